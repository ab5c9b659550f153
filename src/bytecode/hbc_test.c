/* The container: bytes to the letter, every refusal with its offset, and loading as the one door for both kinds of program. */
#include "bytecode/hbc.h"

#include "base/bytes.h"
#include "base/testing.h"
#include "bytecode/bcode_translate.h"
#include "rv/rvasm.h"

#define MAGIC "\x89HBC\r\n\x1a\n"
#define HEADER(sections) MAGIC "\1\0\0\0" sections "\0\0\0"
#define SECTION(tag, len) tag len "\0\0\0\0\0\0\0"

static void parses(const void *bytes, size_t len, uint32_t sections)
{
    hb_hbc c;
    hb_error err = {.message = ""};
    if (hb_hbc_parse(&c, bytes, len, &err) != HB_OK)
        fail_msg("%s", err.message);
    assert_int_equal(c.n, sections);
}

static void refused(const void *bytes, size_t len, uint64_t offset, const char *reason)
{
    hb_hbc c;
    hb_error err = {.message = ""};
    char expect[200];
    snprintf(expect, sizeof expect, "Invalid program: offset %llu: %s", (unsigned long long)offset, reason);
    assert_int_equal(hb_hbc_parse(&c, bytes, len, &err), HB_INVALID_PROGRAM);
    assert_string_equal(err.message, expect);
    assert_int_equal(err.offset, offset);
}
#define PARSES(text, n) parses(text, sizeof(text) - 1, n)
#define REFUSED(text, offset, reason) refused(text, sizeof(text) - 1, offset, reason)

static void format(void **state)
{
    (void)state;
    static const char cut_off[] = "a section is cut off by the end of the file";
    PARSES(HEADER("\1") SECTION("CODE", "\1") "%", 1);
    PARSES(HEADER("\2") SECTION("CODE", "\1") "%" SECTION("name", "\2") "ab", 2);
    PARSES(HEADER("\1") SECTION("zz~!", "\0"), 1);
    REFUSED("", 0, "not a bytecode file");
    REFUSED("\177ELF\2\1\1\0", 0, "not a bytecode file");
    REFUSED(MAGIC "\1\0\0\0\1\0\0", 15, "the file ends in its header");
    REFUSED(MAGIC "\2\0\0\0\1\0\0\0", 8, "unknown version of the container");
    REFUSED(HEADER("\0"), 12, "not 1 to 64 sections");
    REFUSED(HEADER("\101"), 12, "not 1 to 64 sections");
    REFUSED(HEADER("\1"), 16, cut_off);
    REFUSED(HEADER("\1") "CODE\1\0\0\0\0\0\0", 16, cut_off);
    REFUSED(HEADER("\1") SECTION("CODE", "\2") "%", 16, cut_off);
    REFUSED(HEADER("\1") "CODE\xff\xff\xff\xff\xff\xff\xff\xff%", 16, cut_off);
    REFUSED(HEADER("\2") SECTION("CODE", "\1") "%", 29, cut_off);
    REFUSED(HEADER("\1") SECTION("CODE", "\1") "%x", 29, "bytes behind the last section");
    REFUSED(HEADER("\1") SECTION("a\nbc", "\0"), 16, "the tag of a section is not printable");
    REFUSED(HEADER("\1") SECTION("a bc", "\0"), 16, "the tag of a section is not printable");
    REFUSED(HEADER("\2") SECTION("CODE", "\1") "%" SECTION("CODE", "\1") "%", 29, "sections do not ascend");
    REFUSED(HEADER("\2") SECTION("LIMT", "\0") SECTION("CODE", "\1") "%", 28, "sections do not ascend");
    REFUSED(HEADER("\2") SECTION("CODE", "\1") "%" SECTION("DATA", "\0"), 29, "a section that this version does not know");
}

static void writing(void **state)
{
    (void)state;
    static const char expect[] = HEADER("\2") SECTION("CODE", "\1") "%" SECTION("name", "\2") "ab";
    hb_hbc_section s[65];
    hb_buf out = {0};
    s[0] = (hb_hbc_section){"CODE", (const uint8_t *)"%", 1};
    s[1] = (hb_hbc_section){"name", (const uint8_t *)"ab", 2};
    assert_int_equal(hb_hbc_write(&out, s, 2), HB_OK);
    assert_int_equal(out.len, sizeof expect - 1);
    assert_memory_equal(out.data, expect, out.len);
    assert_int_equal(hb_hbc_write(&out, s, 0), HB_INVALID_ARGUMENT);
    s[2] = s[1];
    assert_int_equal(hb_hbc_write(&out, s, 3), HB_INVALID_ARGUMENT);
    s[1].tag[0] = '\n';
    assert_int_equal(hb_hbc_write(&out, s, 2), HB_INVALID_ARGUMENT);
    for (unsigned k = 0; k < 65; k++)
        s[k] = (hb_hbc_section){{'a', 'a', (char)('a' + k / 26), (char)('a' + k % 26)}, NULL, 0};
    assert_int_equal(hb_hbc_write(&out, s, 65), HB_INVALID_ARGUMENT);
    assert_int_equal(out.len, sizeof expect - 1);
    assert_int_equal(hb_hbc_write(&out, s, 64), HB_OK);
    parses(out.data + sizeof expect - 1, out.len - (sizeof expect - 1), 64);
    hb_buf_free(&out);
}

static void read_refused(const void *bytes, size_t len, const char *message)
{
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    assert_int_equal(hb_bytecode_read(&p, bytes, len, &err), HB_INVALID_PROGRAM);
    assert_string_equal(err.message, message);
    assert_true(!p.code);
}
#define READ_REFUSED(text, message) read_refused(text, sizeof(text) - 1, message)

static void programs(void **state)
{
    (void)state;
    hb_bytecode_program p;
    hb_buf file = {0};
    const hb_bytecode_limits l = {.stack = 1024, .memory = 4096, .gas = 150000};
    assert_int_equal(hb_bytecode_write(&file, (const uint8_t *)"\x24%", 2, &l), HB_OK);
    assert_int_equal(hb_bytecode_read(&p, file.data, file.len, NULL), HB_OK);
    assert_true(p.code_len == 2 && p.limits.stack == 1024 && p.limits.memory == 4096 && p.limits.gas == 150000);
    hb_bytecode_program_free(&p);
    hb_buf_free(&file);
    static const char bare[] = HEADER("\1") SECTION("CODE", "\1") "%";
    assert_int_equal(hb_bytecode_read(&p, (const uint8_t *)bare, sizeof bare - 1, NULL), HB_OK);
    assert_true(p.limits.stack == 65536 && p.limits.memory == 1048576 && p.limits.gas == UINT64_MAX);
    hb_bytecode_program_free(&p);
    READ_REFUSED(HEADER("\1") SECTION("name", "\1") "x", "Invalid program: offset 29: no section CODE");
    READ_REFUSED(HEADER("\1") SECTION("CODE", "\0"), "Invalid program: offset 0: empty code");
    READ_REFUSED(HEADER("\1") SECTION("CODE", "\2") "%\xff", "Invalid program: offset 1: invalid opcode");
    READ_REFUSED(HEADER("\2") SECTION("CODE", "\1") "%" SECTION("LIMT", "\1") "x", "Invalid program: offset 41: section LIMT does not have 24 bytes");
    READ_REFUSED(HEADER("\2") SECTION("CODE", "\1") "%" SECTION("LIMT", "\30") "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                 "Invalid program: offset 41: a limit is larger than possible");
}

/* Descriptions do not change the image; limits do, even where the code does not depend on them. */
static void images(void **state)
{
    (void)state;
    static const char bare[] = HEADER("\1") SECTION("CODE", "\1") "%", described[] = HEADER("\2") SECTION("CODE", "\1") "%" SECTION("name", "\2") "ab";
    const char *const files[2] = {bare, described};
    const size_t lens[2] = {sizeof bare - 1, sizeof described - 1};
    hb_buf images[3] = {{0}};
    hb_bytecode_program p;
    for (unsigned k = 0; k < 2; k++) {
        assert_int_equal(hb_bytecode_read(&p, (const uint8_t *)files[k], lens[k], NULL), HB_OK);
        assert_int_equal(hb_bytecode_translate(&images[k], &p, NULL), HB_OK);
        p.limits.gas--;
        if (k)
            assert_int_equal(hb_bytecode_translate(&images[2], &p, NULL), HB_OK);
        hb_bytecode_program_free(&p);
    }
    assert_int_equal(images[0].len, images[1].len);
    assert_memory_equal(images[0].data, images[1].data, images[0].len);
    assert_int_equal(images[0].len, images[2].len);
    assert_memory_not_equal(images[0].data, images[2].data, images[0].len);
    for (unsigned k = 0; k < 3; k++)
        hb_buf_free(&images[k]);
}

static void loading(void **state)
{
    (void)state;
    static const char bare[] = HEADER("\1") SECTION("CODE", "\1") "%";
    static hb_rvasm a;
    hb_buf elf = {0};
    hb_rv_program program;
    hb_error err = {.message = ""};
    assert_int_equal(hb_bytecode_load(&program, (const uint8_t *)bare, sizeof bare - 1, &err), HB_OK);
    assert_true(program.n_insns > 100);
    hb_rv_program_free(&program);
    hb_rvasm_halt(&a, 0);
    assert_int_equal(hb_rvasm_elf(&a, &elf, NULL), HB_OK);
    assert_int_equal(hb_bytecode_load(&program, elf.data, elf.len, &err), HB_OK);
    assert_true(program.n_insns < 10);
    hb_rv_program_free(&program);
    assert_int_equal(hb_bytecode_load(&program, (const uint8_t *)"text", 4, &err), HB_INVALID_PROGRAM);
    assert_non_null(strstr(err.message, "not an ELF file"));
    assert_int_equal(hb_bytecode_load(&program, (const uint8_t *)bare, sizeof bare - 2, &err), HB_INVALID_PROGRAM);
    assert_true(!program.insns);
    hb_buf_free(&elf);
    hb_rvasm_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(format), cmocka_unit_test(writing), cmocka_unit_test(programs), cmocka_unit_test(images), cmocka_unit_test(loading)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
