/* The value: ids, texts, limits, and every way in which a dependency is refused. */
#include "program/package_case.h"

static void ids(void **state)
{
    (void)state;
    char longest[HB_PACKAGE_ID_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[HB_PACKAGE_ID_MAX] = 0;
    static const char *const good[] = {"a", "0", "a.b_c-d", "std", "9lives", "a..b"};
    static const char *const bad[] = {"", ".a", "-a", "_a", "A", "aB", "a b", "a/b", "\xc3\xbc", "a\n", "a:b"};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        assert_true(hb_package_is_id(good[k]));
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_false(hb_package_is_id(bad[k]));
    assert_true(hb_package_is_id(longest));
    longest[HB_PACKAGE_ID_MAX] = 'a', longest[HB_PACKAGE_ID_MAX + 1] = 0;
    assert_false(hb_package_is_id(longest));
    hb_package p = pkc_bytecode(PKC_CODE);
    assert_int_equal(hb_package_set_id(&p, "Not", NULL), HB_INVALID_ARGUMENT);
    assert_string_equal(p.id, "");
    assert_int_equal(hb_package_set_id(&p, "yes", NULL), HB_OK);
    assert_string_equal(p.id, "yes");
    hb_package_free(&p);
}

static void code(void **state)
{
    (void)state;
    hb_package p;
    hb_error err = {.message = ""};
    assert_int_equal(hb_package_init(&p, HB_PACKAGE_BYTECODE, (const uint8_t *)"\xff", 1, &err), HB_INVALID_PROGRAM);
    assert_non_null(strstr(err.message, "invalid opcode"));
    assert_true(!p.code.data && !p.kind);
    assert_int_equal(hb_package_init(&p, HB_PACKAGE_ELF, (const uint8_t *)"\177ELF", 4, &err), HB_INVALID_PROGRAM);
    assert_int_equal(hb_package_init(&p, (hb_package_kind)3, (const uint8_t *)"%", 1, &err), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_package_init(&p, HB_PACKAGE_BYTECODE, NULL, 0, &err), HB_INVALID_PROGRAM);
}

static void texts(void **state)
{
    (void)state;
    static const char *const bad[] = {"a\nb", "\t", "\x1b[31m", "\x7f", "\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc2\x85", "\xe2\x82"};
    static const char *const good[] = {"", "plain", "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xc2\xa0"};
    hb_package p = pkc_bytecode(PKC_CODE);
    for (unsigned field = 0; field < 4; field++) {
        for (size_t k = 0; k < sizeof bad / sizeof *bad + sizeof good / sizeof *good; k++) {
            bool is_bad = k < sizeof bad / sizeof *bad;
            hb_package_metadata m = {.name = ""};
            char *const fields[] = {m.name, m.author, m.license, m.description};
            strcpy(fields[field], is_bad ? bad[k] : good[k - sizeof bad / sizeof *bad]);
            bool lines = field == 3 && k == 0; /* a description may have them */
            assert_int_equal(hb_package_set_metadata(&p, &m, NULL), is_bad && !lines ? HB_INVALID_ARGUMENT : HB_OK);
        }
    }
    hb_package_metadata m = {.version = "1.0"};
    hb_error err = {.message = ""};
    assert_int_equal(hb_package_set_metadata(&p, &m, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "'1.0' is not a semantic version"));
    strcpy(m.version, "1.0.0-rc.1");
    assert_int_equal(hb_package_set_metadata(&p, &m, NULL), HB_OK);
    memset(m.license, 'x', sizeof m.license);
    assert_int_equal(hb_package_set_metadata(&p, &m, NULL), HB_INVALID_ARGUMENT);
    hb_package_free(&p);
}

/* Refused with this status; the message begins with its text, and the package is as before. */
static void refused(hb_package *p, hb_dependency_kind kind, const char *id, const char *requirement, const char *version, hb_status st, const char *text)
{
    hb_error err = {.message = ""};
    size_t n = hb_package_dependency_count(p);
    if (pkc_add(p, kind, id, requirement, version, &err) != st || strncmp(err.message, text, strlen(text)) != 0)
        fail_msg("'%s' '%s' '%s': %s", id, requirement, version, err.message);
    assert_string_equal(hb_status_text(st), text);
    assert_int_equal(hb_package_dependency_count(p), n);
}

static void dependencies(void **state)
{
    (void)state;
    const hb_dependency_kind crate = HB_DEPENDENCY_CRATE, program = HB_DEPENDENCY_PROGRAM;
    hb_package p = pkc_bytecode(PKC_CODE);
    assert_int_equal(pkc_add(&p, crate, "serde", "^1.0", "1.0.219", NULL), HB_OK);
    assert_int_equal(pkc_add(&p, crate, "std", "", "", NULL), HB_OK);
    assert_int_equal(pkc_add(&p, program, "helper", ">=1.2, <2", "", NULL), HB_OK);
    assert_int_equal(pkc_add(&p, program, "pinned", "~0.3.1", "0.3.7", NULL), HB_OK);
    assert_int_equal(pkc_add(&p, program, "any", "", "", NULL), HB_OK);
    assert_int_equal(hb_package_dependency_count(&p), 5);
    assert_string_equal(hb_package_find_dependency(&p, "pinned")->version, "0.3.7");
    assert_null(hb_package_find_dependency(&p, "nobody"));

    refused(&p, program, "", "1", "", HB_INVALID_DEPENDENCY, "Invalid dependency");
    refused(&p, program, "Upper", "1", "", HB_INVALID_DEPENDENCY, "Invalid dependency");
    refused(&p, crate, "a b", "1", "1.0.0", HB_INVALID_DEPENDENCY, "Invalid dependency");
    refused(&p, (hb_dependency_kind)0, "thing", "1", "1.0.0", HB_INVALID_DEPENDENCY, "Invalid dependency");
    refused(&p, crate, "serde", "^1.0", "1.0.219", HB_DUPLICATE_DEPENDENCY, "Duplicate dependency");
    refused(&p, program, "serde", "^2", "", HB_DUPLICATE_DEPENDENCY, "Duplicate dependency");
    refused(&p, crate, "rand", "^0.8", "0.8", HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version");
    refused(&p, crate, "rand", "^0.8", "0.9.0", HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version");
    refused(&p, crate, "rand", "0.8", "", HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version");
    refused(&p, program, "lib", "banana", "", HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version");
    refused(&p, program, "lib", "1", "2.0.0", HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version");
    refused(&p, program, "lib", "", "1.0", HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version");

    hb_package_dependency d = pkc_dependency(crate, "rand", "", "0.8.5");
    memset(d.version, '1', sizeof d.version);
    assert_int_equal(hb_package_add_dependency(&p, &d, NULL), HB_INVALID_DEPENDENCY);
    hb_package_free(&p);
}

static void many_dependencies(void **state)
{
    (void)state;
    hb_package p = pkc_bytecode(PKC_CODE);
    char id[16];
    for (unsigned k = 0; k <= HB_PACKAGE_DEPENDENCIES_MAX; k++) {
        snprintf(id, sizeof id, "d%u", k);
        assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, id, "1", "", NULL), k < HB_PACKAGE_DEPENDENCIES_MAX ? HB_OK : HB_LIMIT);
    }
    hb_package_free(&p);
}

static void limits(void **state)
{
    (void)state;
    hb_error err = {.message = ""};
    hb_package b = pkc_bytecode(PKC_CODE), e = pkc_elf(0);
    hb_package_configuration c = b.configuration;
    assert_true(c.stack_limit == 65536 && c.memory_limit == 1048576 && c.gas_limit == UINT64_MAX);
    c.memory_limit = (UINT64_C(1) << 32) + 1;
    assert_int_equal(hb_package_set_configuration(&b, &c, &err), HB_MEMORY_LIMIT_EXCEEDED);
    assert_int_equal(strncmp(err.message, "Memory limit exceeded", 21), 0);
    assert_int_equal(hb_package_set_configuration(&e, &c, &err), HB_OK);
    c.memory_limit--;
    c.stack_limit = (UINT64_C(1) << 30) + 1;
    assert_int_equal(hb_package_set_configuration(&b, &c, &err), HB_STACK_LIMIT_EXCEEDED);
    assert_int_equal(strncmp(err.message, "Stack limit exceeded", 20), 0);
    c.stack_limit = 1030;
    assert_int_equal(hb_package_set_configuration(&b, &c, &err), HB_OK);
    assert_int_equal(b.configuration.stack_limit, 1024);
    c = (hb_package_configuration){.stack_limit = HB_RV_STACK_TOP};
    assert_int_equal(hb_package_set_configuration(&e, &c, &err), HB_STACK_LIMIT_EXCEEDED);
    c = (hb_package_configuration){.memory_limit = HB_RV_MAP_END};
    assert_int_equal(hb_package_set_configuration(&e, &c, &err), HB_MEMORY_LIMIT_EXCEEDED);
    hb_package_free(&b);
    hb_package_free(&e);
}

static void host_maxima(void **state)
{
    (void)state;
    hb_error err = {.message = ""};
    hb_package p = pkc_elf(0);
    const hb_package_configuration c = {1000, 100, 10, 1};
    const hb_package_maxima same = {1000, 100, 10, 1}, nothing = {0}, memory = {.memory = 999}, stack = {.stack = 99}, gas = {.gas = 9};
    const hb_package_maxima tight = {1, 1, 1, 1};
    assert_int_equal(hb_package_check_limits(&p, &tight, &err), HB_OK); /* it asks for nothing */
    assert_int_equal(hb_package_set_configuration(&p, &c, NULL), HB_OK);
    assert_int_equal(hb_package_check_limits(&p, &same, &err), HB_OK);
    assert_int_equal(hb_package_check_limits(&p, &nothing, &err), HB_OK);
    assert_int_equal(hb_package_check_limits(&p, &memory, &err), HB_MEMORY_LIMIT_EXCEEDED);
    assert_string_equal(err.message, "Memory limit exceeded: the package asks for 1000 bytes of memory, 999 are allowed");
    assert_int_equal(hb_package_check_limits(&p, &stack, &err), HB_STACK_LIMIT_EXCEEDED);
    assert_int_equal(hb_package_check_limits(&p, &gas, &err), HB_LIMIT);
    hb_package_free(&p);
}

/* Limits of bytecode are part of its key; description and cycle limit are not. */
static void keys(void **state)
{
    (void)state;
    uint8_t first[32], second[32];
    hb_package p = pkc_bytecode(PKC_CODE);
    assert_int_equal(hb_package_key(&p, first, NULL), HB_OK);
    pkc_describe(&p, "answer", "1.0.0");
    p.configuration.cycle_limit = 5;
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, "helper", "1", "", NULL), HB_OK);
    assert_int_equal(hb_package_key(&p, second, NULL), HB_OK);
    assert_memory_equal(first, second, 32);
    hb_package_configuration c = p.configuration;
    c.gas_limit--;
    assert_int_equal(hb_package_set_configuration(&p, &c, NULL), HB_OK);
    assert_int_equal(hb_package_key(&p, second, NULL), HB_OK);
    assert_memory_not_equal(first, second, 32);
    hb_package_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids),    cmocka_unit_test(code),        cmocka_unit_test(texts), cmocka_unit_test(dependencies), cmocka_unit_test(many_dependencies),
        cmocka_unit_test(limits), cmocka_unit_test(host_maxima), cmocka_unit_test(keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
