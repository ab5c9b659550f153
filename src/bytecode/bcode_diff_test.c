/* Interpreter against translated image, quick tier. bcode_diff_test [COUNT [SEED]] */
#include "bytecode/bcode_diff.h"

static uint64_t count = 500, seed = 1;

static void random_programs(void **state)
{
    (void)state;
    bcd_many(count, seed);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        count = strtoull(argv[1], NULL, 0);
    if (argc > 2)
        seed = strtoull(argv[2], NULL, 0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
