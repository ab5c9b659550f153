#include "base/scratch.h"

#include "base/testing.h"

static void memory_is_aligned_distinct_and_inside(void **state)
{
    (void)state;
    static uint8_t memory[1000];
    for (size_t offset = 0; offset < 65; offset++) {
        hb_scratch s = hb_scratch_of(memory + offset, 500);
        uint8_t *last = memory + offset, *p;
        unsigned count = 0;
        for (; (p = hb_scratch_alloc(&s, 1 + count % 70)); count++) {
            assert_int_equal((uintptr_t)p % HB_SCRATCH_ALIGN, 0);
            assert_true(p >= last && p + 1 + count % 70 <= memory + offset + 500);
            last = p + 1 + count % 70;
        }
        assert_true(count >= 6 && count <= 8);
    }
}

static void full_is_null_and_changes_nothing(void **state)
{
    (void)state;
    static _Alignas(64) uint8_t memory[256];
    hb_scratch s = hb_scratch_of(memory, 256);
    assert_ptr_equal(hb_scratch_alloc(&s, 0), memory);
    assert_int_equal(s.left, 255);
    hb_scratch before = s;
    assert_null(hb_scratch_alloc(&s, 193));
    assert_null(hb_scratch_alloc(&s, SIZE_MAX));
    assert_null(hb_scratch_alloc_many(&s, SIZE_MAX / 2 + 2, 2)); /* product = 2 mod 2^64 */
    assert_null(hb_scratch_alloc_many(&s, 97, 2));
    assert_true(s.p == before.p && s.left == before.left);
    assert_ptr_equal(hb_scratch_alloc_many(&s, 96, 2), memory + 64);
    assert_int_equal(s.left, 0);
    assert_null(hb_scratch_alloc(&s, 1));
    s = before; /* reuse */
    assert_ptr_equal(hb_scratch_alloc_many(&s, 5, 0), memory + 64);

    hb_scratch none = hb_scratch_of(NULL, 0);
    assert_null(hb_scratch_alloc(&none, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_distinct_and_inside),
        cmocka_unit_test(full_is_null_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
