/* Runs in shards: whatever the cuts, planned and recorded shards agree with each other and with the uncut run, and the chains of their boundary rows close. */
#include "rv/shard_test_util.h"

static void random_programs(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 3, 16, 256, 1024, 4096};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        hb_rv_program p = random_rounds(seed, 150, 3 + seed % 4);
        uint64_t size = sizes[seed % 6];
        size_t shards = check_sharded(&p, NULL, size, seed + 100, true);
        assert_true(size > 300 || shards > 3);
        hb_rv_program_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
