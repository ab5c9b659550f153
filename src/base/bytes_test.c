#include "base/bytes.h"

#include "base/testing.h"

static void loads_and_stores_name_their_order(void **state)
{
    (void)state;
    static const uint8_t b[9] = {0, 0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8}; /* + 1: no alignment */
    assert_int_equal(hb_load_le16(b + 1), 0x9281);
    assert_int_equal(hb_load_le32(b + 1), 0xb4a39281);
    assert_true(hb_load_le64(b + 1) == UINT64_C(0xf8e7d6c5b4a39281));
    assert_int_equal(hb_load_be32(b + 1), 0x8192a3b4);
    assert_true(hb_load_be64(b + 1) == UINT64_C(0x8192a3b4c5d6e7f8));

    uint8_t out[9] = {0};
    hb_store_le64(out + 1, UINT64_C(0xf8e7d6c5b4a39281));
    assert_memory_equal(out, b, 9);
    memset(out, 0, 9);
    hb_store_be64(out + 1, UINT64_C(0x8192a3b4c5d6e7f8));
    assert_memory_equal(out, b, 9);
    memset(out, 0, 9);
    hb_store_le32(out + 1, 0xb4a39281);
    hb_store_le16(out + 5, 0xd6c5);
    assert_memory_equal(out, b, 7);
    assert_int_equal(out[7], 0);
    hb_store_be32(out + 1, 0x8192a3b4);
    assert_memory_equal(out, b, 7);
}

static void reader_takes_all_or_nothing(void **state)
{
    (void)state;
    static const uint8_t b[18] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    hb_reader r = hb_reader_of(b, sizeof b);
    uint8_t u8 = 0, copy[4] = {0};
    uint16_t u16 = 0;
    uint32_t u32 = 0;
    uint64_t u64 = 0;
    const uint8_t *span = NULL;
    assert_true(hb_read_u8(&r, &u8) && u8 == 1);
    assert_true(hb_read_u16(&r, &u16) && u16 == 0x0302);
    assert_true(hb_read_u32(&r, &u32) && u32 == 0x07060504);
    assert_true(hb_read_u64(&r, &u64) && u64 == UINT64_C(0x0f0e0d0c0b0a0908));
    assert_int_equal(hb_reader_left(&r), 3);
    assert_false(hb_read_u32(&r, &u32) || hb_read_u64(&r, &u64) || hb_read_span(&r, 4, &span) ||
                 hb_read_copy(&r, copy, 4));
    assert_false(hb_read_span(&r, SIZE_MAX, &span));
    assert_true(u32 == 0x07060504 && span == NULL && hb_reader_left(&r) == 3);
    assert_true(hb_read_span(&r, 1, &span) && span == b + 15);
    assert_true(hb_read_copy(&r, copy, 2) && copy[0] == 17 && copy[1] == 18);
    assert_false(hb_read_u8(&r, &u8) || hb_read_u16(&r, &u16));
    assert_true(hb_read_span(&r, 0, &span) && hb_read_copy(&r, NULL, 0));
    assert_int_equal(hb_reader_left(&r), 0);
}

static void an_empty_reader_has_nothing(void **state)
{
    (void)state;
    hb_reader r = hb_reader_of(NULL, 0);
    uint8_t v = 0;
    const uint8_t *span;
    assert_int_equal(hb_reader_left(&r), 0);
    assert_false(hb_read_u8(&r, &v));
    assert_true(hb_read_span(&r, 0, &span));
}

static void writer_fills_and_reports_overflow(void **state)
{
    (void)state;
    uint8_t out[20];
    memset(out, 0xee, sizeof out);
    hb_writer w = hb_writer_of(out, 18);
    hb_write_u8(&w, 1);
    hb_write_u16(&w, 0x0302);
    hb_write_u32(&w, 0x07060504);
    hb_write_u64(&w, UINT64_C(0x0f0e0d0c0b0a0908));
    hb_write_copy(&w, "\x10\x11", 2);
    hb_write_copy(&w, NULL, 0);
    assert_int_equal(w.len, 17);
    for (unsigned i = 0; i < 17; i++)
        assert_int_equal(out[i], i + 1);
    assert_false(w.overflow);
    hb_write_u16(&w, 0xffff); /* one byte of room */
    assert_true(w.overflow);
    hb_write_u8(&w, 0xff); /* would fit, but the stream has a hole */
    assert_null(hb_write_span(&w, 1));
    assert_int_equal(w.len, 17);
    assert_int_equal(out[17], 0xee);
    assert_int_equal(out[18], 0xee);

    hb_writer none = hb_writer_of(NULL, 0);
    hb_write_copy(&none, NULL, 0);
    assert_false(none.overflow);
    hb_write_u8(&none, 1);
    assert_true(none.overflow);
    hb_writer w2 = hb_writer_of(out, 4);
    hb_write_u8(&w2, 1);
    assert_null(hb_write_span(&w2, SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_and_stores_name_their_order),
        cmocka_unit_test(reader_takes_all_or_nothing),
        cmocka_unit_test(an_empty_reader_has_nothing),
        cmocka_unit_test(writer_fills_and_reports_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
