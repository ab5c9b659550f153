/* What becomes of cargo's answers: crates with their versions and checksums, our own table, wrong ones. The files of the program are taken in whole, as they are
 * in no library. */
#include "base/testing.h"
#include "cli/build_cargo.c"
#include "cli/build_describe.c"
#include "cli/build_files.c"
#include "cli/cli_text.c"
#include "rv/rvasm.h"

/* A package `prog` with: a crate of a registry, one by another name in a second version, a path, one of the build script, one of the tests. */
#define METADATA(ours)                                                                                                                                                             \
    "{\"packages\":["                                                                                                                                                              \
    "{\"id\":\"path#prog\",\"name\":\"prog\",\"version\":\"0.3.1\",\"authors\":[\"A <a@b>\",\"B\"],\"description\":\"tab\\there\",\"license\":\"MIT OR Apache-2.0\","              \
    "\"dependencies\":[{\"name\":\"serde\",\"req\":\"^1.0\",\"kind\":null,\"rename\":null},{\"name\":\"serde\",\"req\":\"^0.9\",\"kind\":null,\"rename\":\"old_serde\"},"          \
    "{\"name\":\"Local\",\"req\":\"*\",\"kind\":null},{\"name\":\"cc\",\"req\":\"^1\",\"kind\":\"build\"}],"                                                                       \
    "\"targets\":[{\"kind\":[\"lib\"],\"name\":\"prog\"},{\"kind\":[\"bin\"],\"name\":\"Main-Prog\"}],\"metadata\":" ours "},"                                                     \
    "{\"id\":\"reg#serde1\",\"name\":\"serde\",\"version\":\"1.0.219\",\"targets\":[]},{\"id\":\"reg#serde0\",\"name\":\"serde\",\"version\":\"0.9.15\",\"targets\":[]},"           \
    "{\"id\":\"path#Local\",\"name\":\"Local\",\"version\":\"0.1.0-alpha\",\"targets\":[]},{\"id\":\"reg#cc\",\"name\":\"cc\",\"version\":\"1.2.0\",\"targets\":[]}],"                \
    "\"workspace_members\":[\"path#prog\"],\"resolve\":{\"root\":null,\"nodes\":[{\"id\":\"path#prog\",\"deps\":["                                                                  \
    "{\"name\":\"serde\",\"pkg\":\"reg#serde1\",\"dep_kinds\":[{\"kind\":null}]},{\"name\":\"old_serde\",\"pkg\":\"reg#serde0\",\"dep_kinds\":[{\"kind\":null}]},"                   \
    "{\"name\":\"local\",\"pkg\":\"path#Local\",\"dep_kinds\":[{\"kind\":\"dev\"},{\"kind\":null}]},{\"name\":\"cc\",\"pkg\":\"reg#cc\",\"dep_kinds\":[{\"kind\":\"build\"}]}]}]}}"

#define SUM_OF_1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char lock[] = "version = 4\n\n[[package]]\nname = \"other\"\nversion = \"1.0.219\"\nchecksum = \"ffff\"\n\n[[package]]\nname = \"serde\"\nversion = \"0.9.15\"\n\n"
                           "[[package]]\nname = \"serde\"\nversion = \"1.0.219\"\nsource = \"registry+https://example.org\"\nchecksum = \"" SUM_OF_1 "\"\ndependencies = [\n \"x\",\n]\n";

static hb_package package(void)
{
    static hb_rvasm a;
    hb_buf elf = {0};
    hb_package p;
    memset(&a, 0, sizeof a);
    hb_rvasm_halt(&a, 0);
    assert_int_equal(hb_rvasm_elf(&a, &elf, NULL), HB_OK);
    assert_int_equal(hb_package_init(&p, HB_PACKAGE_ELF, elf.data, elf.len, NULL), HB_OK);
    hb_buf_free(&elf);
    hb_rvasm_free(&a);
    return p;
}

static void everything(void **state)
{
    (void)state;
    hb_package p = package();
    assert_int_equal(hb_describe_cargo(&p, METADATA("{\"hauptbuch\":{\"id\":\"my.id\",\"programs\":{\"helper\":\">=1.2, <2\"},\"limits\":{\"memory\":1048576,\"cycles\":5}},\"else\":1}"), lock,
                                       "Main-Prog", "1.96.0"),
                     0);
    assert_string_equal(p.id, "my.id");
    assert_string_equal(p.metadata.name, "Main-Prog");
    assert_string_equal(p.metadata.version, "0.3.1");
    assert_string_equal(p.metadata.author, "A <a@b>, B");
    assert_string_equal(p.metadata.description, "tab here");
    assert_string_equal(p.metadata.license, "MIT OR Apache-2.0");
    assert_true(p.configuration.memory_limit == 1048576 && p.configuration.cycle_limit == 5 && !p.configuration.stack_limit);
    static const struct {
        const char *id, *requirement, *version;
        bool checksum;
    } expect[] = {{"std", "", "1.96.0", false}, {"serde", "^1.0", "1.0.219", true}, {"old_serde", "^0.9", "0.9.15", false}, {"local", "", "0.1.0-alpha", false}, {"helper", ">=1.2, <2", "", false}};
    assert_int_equal(hb_package_dependency_count(&p), 5);
    for (unsigned k = 0; k < 5; k++) {
        const hb_package_dependency *d = hb_package_dependency_at(&p, k);
        assert_string_equal(d->id, expect[k].id);
        assert_string_equal(d->requirement, expect[k].requirement);
        assert_string_equal(d->version, expect[k].version);
        assert_int_equal(d->has_checksum, expect[k].checksum);
        assert_int_equal(d->kind, k == 4 ? HB_DEPENDENCY_PROGRAM : HB_DEPENDENCY_CRATE);
    }
    assert_true(hb_package_dependency_at(&p, 1)->checksum[0] == 0x01 && hb_package_dependency_at(&p, 1)->checksum[31] == 0xef);
    hb_package_free(&p);
}

static void without_our_table(void **state)
{
    (void)state;
    hb_package p = package();
    assert_int_equal(hb_describe_cargo(&p, METADATA("null"), NULL, "Main-Prog", "1.96.0"), 0);
    assert_string_equal(p.id, "main-prog");
    assert_false(hb_package_dependency_at(&p, 1)->has_checksum);
    hb_package_free(&p);
}

static void wrong_answers(void **state)
{
    (void)state;
    static const struct {
        const char *metadata, *program;
        int status;
    } table[] = {
        {"", "Main-Prog", HB_EXIT_ENVIRONMENT},
        {"[]", "Main-Prog", HB_EXIT_ENVIRONMENT},
        {METADATA("null"), "nobody", HB_EXIT_ENVIRONMENT},
        {METADATA("{\"hauptbuch\":1}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"ids\":\"a\"}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"id\":\"A\"}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"programs\":[]}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"programs\":{\"a\":1}}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"programs\":{\"a\":\"x\"}}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"programs\":{\"serde\":\"1\"}}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"limits\":{\"memory\":-1}}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"limits\":{\"time\":1}}}"), "Main-Prog", HB_EXIT_NO},
        {METADATA("{\"hauptbuch\":{\"limits\":{\"memory\":4611686018427387904}}}"), "Main-Prog", HB_EXIT_NO},
    };
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        hb_package p = package();
        assert_int_equal(hb_describe_cargo(&p, table[k].metadata, lock, table[k].program, "1.96.0"), table[k].status);
        hb_package_free(&p);
    }
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    hb_package p = package();
    char text[400];
    for (size_t n = 250; n <= 260; n++) {
        memset(text, 'x', n);
        strcpy(text + n, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
        const hb_description d = {.name = "n", .version = "1.0.0", .author = text};
        assert_int_equal(hb_describe(&p, &d), 0);
        assert_true(strlen(p.metadata.author) <= HB_PACKAGE_AUTHOR_MAX && strlen(p.metadata.author) + 3 > (n < HB_PACKAGE_AUTHOR_MAX ? n : HB_PACKAGE_AUTHOR_MAX));
    }
    hb_package_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything), cmocka_unit_test(without_our_table), cmocka_unit_test(wrong_answers),
                                       cmocka_unit_test(long_texts_are_cut_between_characters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
