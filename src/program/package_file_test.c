/* Files of packages: what was written is read, what is loaded stays what it was, damage is found. */
#include "base/bytes.h"
#include "bytecode/hbc.h"
#include "program/elf_note.h"
#include "program/package_case.h"
#include "rv/elf.h"

static hb_package full(hb_package_kind kind)
{
    hb_package p = kind == HB_PACKAGE_ELF ? pkc_elf(3) : pkc_bytecode(PKC_CODE);
    hb_package_configuration c = {.memory_limit = 1 << 20, .stack_limit = 1 << 16, .gas_limit = 150000, .cycle_limit = 1000000};
    hb_package_dependency d = pkc_dependency(HB_DEPENDENCY_CRATE, "serde", "^1", "1.0.3");
    d.has_checksum = true;
    memset(d.checksum, 0xc5, sizeof d.checksum);
    pkc_describe(&p, "my-program", "1.2.3-beta.4");
    assert_int_equal(hb_package_set_configuration(&p, &c, NULL), HB_OK);
    assert_int_equal(hb_package_add_dependency(&p, &d, NULL), HB_OK);
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, "helper", "~2.1", "", NULL), HB_OK);
    return p;
}

static hb_buf written(const hb_package *p)
{
    hb_buf file = {0};
    hb_error err = {.message = ""};
    if (hb_package_write(&file, p, &err) != HB_OK)
        fail_msg("%s", err.message);
    return file;
}

static void round_trips(void **state)
{
    (void)state;
    for (int kind = HB_PACKAGE_ELF; kind <= HB_PACKAGE_BYTECODE; kind++)
        for (int described = 0; described < 2; described++) {
            hb_error err = {.message = ""};
            hb_package p = described ? full((hb_package_kind)kind) : kind == HB_PACKAGE_ELF ? pkc_elf(3) : pkc_bytecode(PKC_CODE), q;
            hb_buf file = written(&p), again;
            if (hb_package_read(&q, file.data, file.len, &err) != HB_OK)
                fail_msg("%s", err.message);
            assert_true(pkc_same(&p, &q));
            again = written(&q);
            assert_int_equal(file.len, again.len);
            assert_memory_equal(file.data, again.data, file.len);
            uint8_t before[32], after[32];
            assert_int_equal(hb_package_key(&p, before, NULL), HB_OK);
            assert_int_equal(hb_package_key(&q, after, NULL), HB_OK);
            assert_memory_equal(before, after, 32);
            hb_buf_free(&again);
            hb_buf_free(&file);
            hb_package_free(&p);
            hb_package_free(&q);
        }
}

/* Changing a description leaves nothing of the old one behind; taking it away leaves no description. */
static void descriptions_are_replaced(void **state)
{
    (void)state;
    hb_package p = full(HB_PACKAGE_ELF), q, r;
    hb_buf one = written(&p), two, three, four;
    assert_int_equal(hb_package_read(&q, one.data, one.len, NULL), HB_OK);
    strcpy(q.metadata.description, "a description that is quite a lot longer than the one before, so that everything moves");
    two = written(&q);
    memcpy(p.metadata.description, q.metadata.description, sizeof p.metadata.description);
    three = written(&p);
    assert_int_equal(two.len, three.len);
    assert_memory_equal(two.data, three.data, two.len);
    assert_int_equal(hb_package_init(&r, HB_PACKAGE_ELF, two.data, two.len, NULL), HB_OK);
    four = written(&r);
    hb_package_free(&r);
    assert_int_equal(hb_package_read(&r, four.data, four.len, NULL), HB_OK);
    assert_string_equal(r.id, "");
    assert_int_equal(hb_package_dependency_count(&r), 0);
    hb_buf_free(&one), hb_buf_free(&two), hb_buf_free(&three), hb_buf_free(&four);
    hb_package_free(&p), hb_package_free(&q), hb_package_free(&r);
}

/* Sections of a file that has some: names, contents and the loaded program stay. */
static void other_sections_stay(void **state)
{
    (void)state;
    static const char names[] = "\0.text\0.bss\0.names";
    hb_buf elf = pkc_elf_file(1), noted = {0};
    uint8_t headers[4 * 64] = {0};
    while (elf.len % 8)
        hb_buf_append_u8(&elf, 0);
    const struct {
        uint32_t name, type;
        uint64_t offset, size;
    } s[3] = {{1, 1, 4096, 8}, {7, 8, UINT64_C(1) << 40, UINT64_C(1) << 40}, {12, 3, elf.len, sizeof names}};
    for (int k = 0; k < 3; k++) {
        uint8_t *h = headers + 64 * (k + 1);
        hb_store_le32(h, s[k].name), hb_store_le32(h + 4, s[k].type), hb_store_le64(h + 24, s[k].offset), hb_store_le64(h + 32, s[k].size);
    }
    hb_buf_append(&elf, names, sizeof names);
    hb_store_le64(elf.data + 40, elf.len);
    hb_store_le16(elf.data + 58, 64), hb_store_le16(elf.data + 60, 4), hb_store_le16(elf.data + 62, 3);
    hb_buf_append(&elf, headers, sizeof headers);
    assert_int_equal(hb_elf_note_write(&noted, elf.data, elf.len, (const uint8_t *)"hello", 5, NULL), HB_OK);
    const uint8_t *note, *table = noted.data + hb_load_le64(noted.data + 40);
    size_t n;
    assert_true(hb_elf_note_find(noted.data, noted.len, &note, &n));
    assert_int_equal(n, 5);
    assert_memory_equal(note, "hello", 5);
    assert_int_equal(hb_load_le16(noted.data + 60), 5);
    const uint8_t *strings = table + 64 * hb_load_le16(noted.data + 62);
    static const char *const expect[] = {"", ".text", ".bss", ".names", ".note.hauptbuch"};
    for (unsigned k = 0; k < 5; k++)
        assert_string_equal((const char *)noted.data + hb_load_le64(strings + 24) + hb_load_le32(table + 64 * k), expect[k]);
    assert_memory_equal(table + 64, headers + 64, 2 * 64);
    assert_memory_equal(noted.data + 64, elf.data + 64, elf.len - 64 - sizeof headers);
    assert_false(hb_elf_note_find(elf.data, elf.len, &note, &n));
    hb_buf_free(&elf);
    hb_buf_free(&noted);
}

/* A read of changed bytes never crashes; what is accepted can be written and read again. */
static void damage(void **state)
{
    (void)state;
    hb_test_rng rng = {11};
    for (int kind = HB_PACKAGE_ELF; kind <= HB_PACKAGE_BYTECODE; kind++) {
        hb_package p = full((hb_package_kind)kind), q;
        hb_buf file = written(&p);
        unsigned refused = 0;
        for (unsigned round = 0; round < 3000; round++) {
            hb_buf bad = {0};
            size_t len = hb_test_below(&rng, 4) ? file.len : hb_test_below(&rng, file.len);
            /* The ELF file's interesting bytes are its header and what was put behind it. */
            size_t from = kind == HB_PACKAGE_ELF && hb_test_below(&rng, 4) ? p.code.len : 0;
            assert_int_equal(hb_buf_append(&bad, file.data, len), HB_OK);
            for (uint64_t k = 1 + hb_test_below(&rng, 3); k-- && len > from;)
                bad.data[from + hb_test_below(&rng, len - from)] ^= (uint8_t)(1u << hb_test_below(&rng, 8));
            hb_error err = {.message = ""};
            hb_status st = hb_package_read(&q, bad.data, bad.len, &err);
            if (st != HB_OK) {
                refused++;
                assert_true(!q.code.data && !q.dependencies.data && err.message[0]);
            } else {
                hb_buf again = {0};
                st = hb_package_write(&again, &q, &err);
                assert_true(st == HB_OK || st == HB_INVALID_PROGRAM);
                hb_package r;
                if (st == HB_OK) {
                    assert_int_equal(hb_package_read(&r, again.data, again.len, NULL), HB_OK);
                    assert_true(pkc_same(&q, &r));
                    hb_package_free(&r);
                }
                hb_buf_free(&again);
            }
            hb_package_free(&q);
            hb_buf_free(&bad);
        }
        assert_true(refused > 100);
        hb_buf_free(&file);
        hb_package_free(&p);
    }
}

/* A container of the sections of a description. */
static void reads(const char *tag, const void *data, size_t len, hb_status st, const char *message)
{
    hb_buf file = {0};
    hb_package p;
    hb_error err = {.message = ""};
    hb_hbc_section s[2] = {{"CODE", (const uint8_t *)"%", 1}, {.data = data, .len = len}};
    memcpy(s[1].tag, tag, 4);
    assert_int_equal(hb_hbc_write(&file, s, 2), HB_OK);
    if (hb_package_read(&p, file.data, file.len, &err) != st || !strstr(err.message, message))
        fail_msg("%s: '%s', should be '%s'", tag, err.message, message);
    hb_package_free(&p);
    hb_buf_free(&file);
}

static void wrong_descriptions(void **state)
{
    (void)state;
    static const char many[300] = "";
    reads("prid", "ok", 2, HB_OK, "");
    reads("prid", "Not", 3, HB_INVALID_PROGRAM, "is not an id");
    reads("prid", many, 65, HB_INVALID_PROGRAM, "too long");
    reads("name", "a\0b", 3, HB_INVALID_PROGRAM, "NUL");
    reads("name", "\xff", 1, HB_INVALID_PROGRAM, "UTF-8");
    reads("vers", "1", 1, HB_INVALID_PROGRAM, "semantic version");
    reads("conf", many, 31, HB_INVALID_PROGRAM, "32 bytes");
    reads("conf", "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, HB_INVALID_PROGRAM, "LIMT");
    reads("deps", "\0\0\0", 3, HB_INVALID_PROGRAM, "cut off");
    reads("deps", "\1\0\0\0", 4, HB_INVALID_PROGRAM, "cut off");
    reads("deps", "\0\0\0\0x", 5, HB_INVALID_PROGRAM, "behind");
    reads("deps", "\1\0\0\0\2\1a\0\0\0", 10, HB_OK, "");
    reads("deps", "\1\0\0\0\2\1a\0\0\2", 10, HB_INVALID_PROGRAM, "damaged");
    reads("deps", "\1\0\0\0\3\1a\0\0\0", 10, HB_INVALID_DEPENDENCY, "neither");
    reads("deps", "\1\0\0\0\2\1A\0\0\0", 10, HB_INVALID_DEPENDENCY, "not an id");
    reads("deps", "\2\0\0\0\2\1a\0\0\0\1\1a\0\0\0", 16, HB_DUPLICATE_DEPENDENCY, "Duplicate dependency");
    reads("deps", "\1\0\0\0\1\1a\0\0\0", 10, HB_INVALID_DEPENDENCY_VERSION, "needs its version");
    reads("zzzz", "whatever", 8, HB_OK, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trips), cmocka_unit_test(descriptions_are_replaced), cmocka_unit_test(other_sections_stay), cmocka_unit_test(damage),
                                       cmocka_unit_test(wrong_descriptions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
