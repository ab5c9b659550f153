#include "base/buf.h"

#include "base/testing.h"

static void appends_keep_their_order(void **state)
{
    (void)state;
    hb_buf b = {0};
    assert_int_equal(hb_buf_append(&b, NULL, 0), HB_OK);
    assert_null(b.data);
    for (unsigned i = 0; i < 5000; i++) {
        assert_int_equal(hb_buf_append_u8(&b, (uint8_t)i), HB_OK);
        assert_int_equal(hb_buf_append_u32(&b, i), HB_OK);
        assert_int_equal(hb_buf_append_u64(&b, UINT64_C(0x100000000) + i), HB_OK);
        assert_int_equal(hb_buf_append(&b, "abc", 3), HB_OK);
    }
    assert_int_equal(b.len, 5000 * 16);
    assert_true(b.cap >= b.len && b.cap < 4 * b.len);
    for (unsigned i = 0; i < 5000; i++) {
        const uint8_t *p = b.data + (size_t)i * 16;
        uint8_t expect[16] = {
            (uint8_t)i, (uint8_t)i, (uint8_t)(i >> 8), 0, 0, (uint8_t)i, (uint8_t)(i >> 8), 0, 0, 1, 0, 0, 0, 'a',
            'b',        'c'};
        assert_memory_equal(p, expect, 16);
    }
    hb_buf_free(&b);
    assert_true(b.data == NULL && b.len == 0 && b.cap == 0);
}

static void reserve_does_not_change_the_content(void **state)
{
    (void)state;
    hb_buf b = {0};
    assert_int_equal(hb_buf_append(&b, "xy", 2), HB_OK);
    assert_int_equal(hb_buf_reserve(&b, 1000), HB_OK);
    assert_true(b.len == 2 && b.cap >= 1002);
    uint8_t *data = b.data;
    for (unsigned i = 0; i < 1000; i++)
        hb_buf_append_u8(&b, 7);
    assert_ptr_equal(b.data, data);
    assert_memory_equal(b.data, "xy\7", 3);
    hb_buf_free(&b);
}

static void a_failed_append_changes_nothing(void **state)
{
    (void)state;
    hb_buf b = {0};
    assert_int_equal(hb_buf_append(&b, "xy", 2), HB_OK);
    hb_buf before = b;
    assert_int_equal(hb_buf_reserve(&b, SIZE_MAX), HB_OUT_OF_MEMORY);     /* the sum overflows */
    assert_int_equal(hb_buf_reserve(&b, SIZE_MAX / 2), HB_OUT_OF_MEMORY); /* malloc refuses */
    assert_int_equal(hb_buf_append(&b, "", SIZE_MAX - 2), HB_OUT_OF_MEMORY);
    assert_memory_equal(&b, &before, sizeof b);
    hb_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_keep_their_order),
        cmocka_unit_test(reserve_does_not_change_the_content),
        cmocka_unit_test(a_failed_append_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* AddressSanitizer must answer with NULL, as malloc does, instead of ending the program. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
