/* Interpreter against translated image: 20,000 random programs; for a soak HB_SOAK_PROGRAMS=1000000 in the environment (and HB_SOAK_SEED for others).
 * bcode_diff_full_test [COUNT [SEED]] */
#include "bytecode/bcode_diff.h"

static uint64_t count = 20000, seed = 1000000;

static void random_programs(void **state)
{
    (void)state;
    bcd_many(count, seed);
}

int main(int argc, char **argv)
{
    const char *soak = getenv("HB_SOAK_PROGRAMS"), *soak_seed = getenv("HB_SOAK_SEED");
    const char *programs = argc > 1 ? argv[1] : soak, *first = argc > 2 ? argv[2] : soak_seed;
    if (programs)
        count = strtoull(programs, NULL, 0);
    if (first)
        seed = strtoull(first, NULL, 0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
