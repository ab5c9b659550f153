#include "base/arena.h"

#include "base/testing.h"

#define MIB ((size_t)1 << 20)

static void pages_are_zeroed_and_aligned(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 4096, 4097, 2 * MIB - 1, 2 * MIB, 5 * MIB + 3};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint8_t *p = hb_pages_alloc(sizes[s]);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % (sizes[s] >= 2 * MIB ? 2 * MIB : 4096), 0);
        for (size_t i = 0; i < sizes[s]; i++) {
            if (p[i])
                fail();
            p[i] = 0xff;
        }
        hb_pages_free(p, sizes[s]);
    }
    hb_pages_free(NULL, 5);
}

static void pages_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) { /* 400 GiB if the ends were kept */
        void *p = hb_pages_alloc(4 * MIB);
        assert_non_null(p);
        hb_pages_free(p, 4 * MIB);
    }
}

static void too_much_is_an_answer(void **state)
{
    (void)state;
    assert_null(hb_pages_alloc(SIZE_MAX));
    assert_null(hb_pages_alloc(SIZE_MAX - 4 * MIB));
    assert_null(hb_pages_alloc((size_t)1 << 62));
    hb_arena a;
    memset(&a, 0xff, sizeof a);
    assert_int_equal(hb_arena_init(&a, SIZE_MAX), HB_OUT_OF_MEMORY);
    assert_true(a.base == NULL && a.size == 0);
    assert_null(hb_arena_alloc(&a, 1));
    hb_arena_free(&a);
}

static void arena_hands_out_distinct_aligned_memory(void **state)
{
    (void)state;
    hb_arena a;
    assert_int_equal(hb_arena_init(&a, 1000), HB_OK);
    assert_int_equal(a.size, 1024);
    uint8_t *p[16];
    for (unsigned i = 0; i < 16; i++) {
        size_t bytes = i % 2 ? 64 : i == 0 ? 0 : 1;
        p[i] = hb_arena_alloc(&a, bytes);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % HB_ARENA_ALIGN, 0);
        memset(p[i], (int)i, bytes);
        assert_true(i == 0 || p[i] >= p[i - 1] + HB_ARENA_ALIGN);
    }
    for (unsigned i = 1; i < 16; i++)
        assert_int_equal(p[i][0], i);
    assert_null(hb_arena_alloc(&a, 1));
    assert_null(hb_arena_alloc(&a, SIZE_MAX));
    assert_int_equal(hb_arena_peak(&a), 1024);
    hb_arena_free(&a);
    assert_null(a.base);
}

static void marks_release_and_the_peak_stays(void **state)
{
    (void)state;
    hb_arena a;
    assert_int_equal(hb_arena_init(&a, 4096), HB_OK);
    void *first = hb_arena_alloc(&a, 100);
    size_t mark = hb_arena_mark(&a);
    void *second = hb_arena_alloc(&a, 2000);
    assert_null(hb_arena_alloc(&a, 2048)); /* a refusal changes nothing */
    assert_int_equal(hb_arena_peak(&a), 2176);
    hb_arena_release(&a, mark);
    assert_ptr_equal(hb_arena_alloc(&a, 64), second);
    assert_int_equal(hb_arena_peak(&a), 2176);
    hb_arena_release(&a, 0);
    assert_ptr_equal(hb_arena_alloc(&a, 4096), first);
    assert_int_equal(hb_arena_peak(&a), 4096);
    hb_arena_free(&a);
}

static void many_checks_the_product(void **state)
{
    (void)state;
    hb_arena a;
    assert_int_equal(hb_arena_init(&a, 4096), HB_OK);
    assert_null(hb_arena_alloc_many(&a, SIZE_MAX / 2 + 2, 2)); /* product = 2 mod 2^64 */
    assert_null(hb_arena_alloc_many(&a, 65, 64));
    assert_non_null(hb_arena_alloc_many(&a, 64, 64));
    hb_arena_free(&a);
}

static void release_too_far(void *arena)
{
    hb_arena_release(arena, 128);
}

static void release_between(void *arena)
{
    hb_arena_release(arena, 1);
}

static void wrong_marks_are_caught(void **state)
{
    (void)state;
    hb_arena a;
    assert_int_equal(hb_arena_init(&a, 4096), HB_OK);
    hb_arena_alloc(&a, 64);
    assert_true(hb_test_aborts(release_too_far, &a));
    assert_true(hb_test_aborts(release_between, &a));
    hb_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_zeroed_and_aligned),
        cmocka_unit_test(pages_come_back),
        cmocka_unit_test(too_much_is_an_answer),
        cmocka_unit_test(arena_hands_out_distinct_aligned_memory),
        cmocka_unit_test(marks_release_and_the_peak_stays),
        cmocka_unit_test(many_checks_the_product),
        cmocka_unit_test(wrong_marks_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
