/* Dependencies to keys: the choice of a version, every way to fail, and a directory as registry. */
#include "program/package_resolve.h"

#include <stdlib.h>

#include "program/package_case.h"
#include "program/package_directory.h"

/* A registry of one program with these versions; the key of number k begins with k + 1. */
typedef struct shelf {
    const char *const *versions;
    size_t n;
    bool broken, keyless;
    unsigned asked;
} shelf;

static hb_status list(void *ctx, const char *id, hb_package_version_fn found, void *found_ctx, hb_error *err)
{
    shelf *s = ctx;
    if (s->broken)
        return hb_fail(err, HB_IO, "the shelf has fallen down");
    for (size_t k = 0; k < s->n && strcmp(id, "helper") == 0; k++)
        found(found_ctx, s->versions[k]);
    return HB_OK;
}

static hb_status key(void *ctx, const char *id, const char *version, uint8_t vkey[32], hb_error *err)
{
    shelf *s = ctx;
    assert_string_equal(id, "helper");
    s->asked++;
    if (s->keyless)
        return hb_fail(err, HB_INVALID_PROGRAM, "its key is lost");
    memset(vkey, 0, 32);
    for (size_t k = 0; k < s->n; k++)
        if (strcmp(s->versions[k], version) == 0)
            vkey[0] = (uint8_t)(k + 1);
    return HB_OK;
}

static const char *const versions[] = {"1.0.0", "1.10.0", "1.9.9", "2.0.0-rc.1", "0.3.1", "0.3.4", "0.4.0", "banana", "1.10.0+later", "2.0"};

/* Which version is taken; NULL: none. Then the message says why. */
static const char *taken(shelf *s, const char *requirement, const char *version, hb_error *err)
{
    static hb_package_resolved r[2];
    const hb_package_registry registry = {s, list, key};
    hb_package p = pkc_bytecode(PKC_CODE);
    size_t n = 9;
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_CRATE, "serde", "1", "1.0.0", NULL), HB_OK);
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, "helper", requirement, version, NULL), HB_OK);
    hb_status st = hb_package_resolve(r, &n, &p, &registry, err);
    if (st == HB_OK) {
        assert_int_equal(n, 1);
        assert_string_equal(r[0].dependency->id, "helper");
        for (size_t k = 0; k < s->n; k++)
            assert_true(strcmp(s->versions[k], r[0].version) != 0 || r[0].vkey[0] == k + 1);
    } else {
        assert_int_equal(st, HB_DEPENDENCY_RESOLUTION_FAILED);
        assert_int_equal(strncmp(err->message, "Dependency resolution failed: 'helper'", 38), 0);
    }
    hb_package_free(&p);
    return st == HB_OK ? r[0].version : NULL;
}

static void choices(void **state)
{
    (void)state;
    shelf s = {.versions = versions, .n = sizeof versions / sizeof *versions};
    hb_error err = {.message = ""};
    static const char *const table[][3] = {{"", "", "1.10.0"},        {"^1", "", "1.10.0"},   {"1.0", "", "1.10.0"},  {"=1.9.9", "", "1.9.9"},      {"~1.9", "", "1.9.9"},
                                           {">=0.3, <0.4", "", "0.3.4"}, {"0.3", "", "0.3.4"}, {">=1", "1.0.0", "1.0.0"}, {"^2.0.0-rc.0", "", "2.0.0-rc.1"}, {"<0.3.4", "", "0.3.1"}, {"", "2.0.0-rc.1", "2.0.0-rc.1"}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        const char *version = taken(&s, table[k][0], table[k][1], &err);
        if (!version || strcmp(version, table[k][2]) != 0)
            fail_msg("%s: %s", table[k][0], version ? version : err.message);
    }
}

static void failures(void **state)
{
    (void)state;
    shelf s = {.versions = versions, .n = sizeof versions / sizeof *versions};
    hb_error err = {.message = ""};
    assert_null(taken(&s, "^3", "", &err));
    assert_non_null(strstr(err.message, "no version satisfies"));
    assert_null(taken(&s, "^2", "", &err)); /* a pre-release is not offered unasked */
    assert_null(taken(&s, "1", "1.2.3", &err));
    s.n = 0;
    assert_null(taken(&s, "1", "", &err));
    assert_non_null(strstr(err.message, "no such program"));
    s.n = 3;
    assert_int_equal(s.asked, 0);
    s.keyless = true;
    assert_null(taken(&s, "1", "", &err));
    assert_non_null(strstr(err.message, "its key is lost"));
    s.broken = true;
    assert_null(taken(&s, "1", "", &err));
    assert_non_null(strstr(err.message, "fallen down"));
}

static void no_registry(void **state)
{
    (void)state;
    hb_package_resolved r[1];
    hb_error err = {.message = ""};
    hb_package p = pkc_bytecode(PKC_CODE);
    size_t n = 1;
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_CRATE, "serde", "1", "1.0.0", NULL), HB_OK);
    assert_int_equal(hb_package_resolve(r, &n, &p, NULL, &err), HB_OK); /* crates need none */
    assert_int_equal(n, 0);
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, "helper", "1", "", NULL), HB_OK);
    assert_int_equal(hb_package_resolve(r, &n, &p, NULL, &err), HB_DEPENDENCY_RESOLUTION_FAILED);
    hb_package_free(&p);
}

static char directory[] = "/tmp/hb_packages_XXXXXX";

static void put(const char *name, hb_package p, const char *id, const char *version)
{
    char path[200];
    hb_buf file = {0};
    if (id)
        pkc_describe(&p, id, version);
    assert_int_equal(hb_package_write(&file, &p, NULL), HB_OK);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(file.data, 1, file.len, f), file.len);
    fclose(f);
    hb_buf_free(&file);
    hb_package_free(&p);
}

/* The key that `helper` resolves to in the directory. */
static hb_status from_directory(const char *requirement, uint8_t vkey[32], char *version, hb_error *err)
{
    hb_package_directory d;
    hb_package_resolved r[1];
    size_t n;
    hb_package p = pkc_bytecode(PKC_CODE);
    assert_int_equal(hb_package_directory_open(&d, directory, err), HB_OK);
    const hb_package_registry registry = hb_package_directory_registry(&d);
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, "helper", requirement, "", NULL), HB_OK);
    hb_status st = hb_package_resolve(r, &n, &p, &registry, err);
    if (st == HB_OK) {
        memcpy(vkey, r[0].vkey, 32);
        strcpy(version, r[0].version);
    }
    hb_package_free(&p);
    hb_package_directory_free(&d);
    return st;
}

static void directories(void **state)
{
    (void)state;
    uint8_t expect[32], vkey[32];
    char version[HB_PACKAGE_VERSION_MAX + 1] = "";
    hb_error err = {.message = ""};
    hb_package_directory d;
    assert_non_null(mkdtemp(directory));
    put("one.hbc", pkc_bytecode(PKC_CODE), "helper", "1.0.0");
    put("two.elf", pkc_elf(2), "helper", "1.5.0");
    put("three.elf", pkc_elf(3), "helper", "2.0.0");
    put("other.hbc", pkc_bytecode("STOP\n"), "other", "1.9.0");
    put("nameless.hbc", pkc_bytecode("STOP\n"), NULL, NULL);
    put("helper.txt", pkc_bytecode("STOP\n"), "helper", "1.9.0");
    hb_package p = pkc_elf(2);
    assert_int_equal(hb_package_key(&p, expect, NULL), HB_OK);
    hb_package_free(&p);
    assert_int_equal(from_directory("1", vkey, version, &err), HB_OK);
    assert_string_equal(version, "1.5.0");
    assert_memory_equal(vkey, expect, 32);
    assert_int_equal(from_directory("3", vkey, version, &err), HB_DEPENDENCY_RESOLUTION_FAILED);
    /* The same program twice does no harm; two programs of one version do. */
    put("two-again.elf", pkc_elf(2), "helper", "1.5.0");
    assert_int_equal(from_directory("1", vkey, version, &err), HB_OK);
    put("two-forged.elf", pkc_elf(9), "helper", "1.5.0");
    assert_int_equal(from_directory("1", vkey, version, &err), HB_DEPENDENCY_RESOLUTION_FAILED);
    assert_non_null(strstr(err.message, "different programs"));
    assert_int_equal(from_directory("=1.0.0", vkey, version, &err), HB_OK);
    assert_int_equal(hb_package_directory_open(&d, "/nonexistent/packages", &err), HB_IO);
    hb_package_directory_free(&d);
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(choices), cmocka_unit_test(failures), cmocka_unit_test(no_registry), cmocka_unit_test(directories)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
