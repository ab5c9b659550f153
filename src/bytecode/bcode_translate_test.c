/* Translation as a function: the same bytes each time, images that load, and no program of the longest length that takes long. */
#include "bytecode/bcode_translate.h"

#include <time.h>

#include "base/testing.h"

/* A program that repeats a piece of code up to the longest length. */
static hb_bytecode_program repeated(const char *piece, size_t n)
{
    static uint8_t code[HB_BYTECODE_MAX_CODE];
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    size_t len = sizeof code / n * n;
    for (size_t k = 0; k < len; k++)
        code[k] = (uint8_t)piece[k % n];
    if (hb_bytecode_program_make(&p, code, len, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    return p;
}

static void longest_programs(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t n;
    } pieces[] = {
        {"\x40\x00\x40\x01\x01\x41\x02", 7},     /* checked arithmetic: a trap for each */
        {"\x30\x00\x22", 3},                     /* constant calls: code out of line that cannot be placed until the end */
        {"\x40\x00\x20", 3},                     /* computed jumps */
        {"\x30\x01\x30\x00\x21", 5},             /* conditional jumps to the start */
        {"\x30\x01\x30\x00\x63", 5},             /* READ */
        {"\x40\x00\x10\x40\x01\x11", 6},         /* memory */
        {"\x35\x00\x36\x01", 4},                 /* words that are not there */
        {"\x33\xef\xcd\xab\x89\x67\x45\x23\x01\x62", 10}, /* large constants */
        {"\x70", 1}, {"\x25", 1}, {"\x01", 1},
    };
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        hb_bytecode_program p = repeated(pieces[k].piece, pieces[k].n);
        hb_rv_program image;
        hb_error err = {.message = ""};
        clock_t begin = clock();
        if (hb_bytecode_translate_load(&image, &p, &err) != HB_OK)
            fail_msg("piece %zu: %s", k, err.message);
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds > 10) /* a tenth of a second; with sanitizers a second */
            fail_msg("piece %zu takes %.1f s", k, seconds);
        assert_true(image.n_insns <= HB_RV_MAX_INSNS);
        hb_rv_program_free(&image);
        hb_bytecode_program_free(&p);
    }
}

static void same_bytes(void **state)
{
    (void)state;
    hb_bytecode_program p = repeated("\x40\x00\x40\x01\x01\x41\x02\x30\x00\x22", 10);
    hb_buf one = {0}, two = {0};
    assert_int_equal(hb_buf_append(&two, "kept", 4), HB_OK);
    assert_int_equal(hb_bytecode_translate(&one, &p, NULL), HB_OK);
    assert_int_equal(hb_bytecode_translate(&two, &p, NULL), HB_OK);
    assert_int_equal(two.len, one.len + 4);
    assert_memory_equal(two.data, "kept", 4);
    assert_memory_equal(two.data + 4, one.data, one.len);
    hb_buf_free(&one);
    hb_buf_free(&two);
    hb_bytecode_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(longest_programs), cmocka_unit_test(same_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
