/* The ledger as the registry that packages are resolved against: versions as they were registered, old states resolve as they did. */
#include <stdlib.h>

#include "program/package_case.h"
#include "program/package_resolve.h"
#include "tests/ledger/ledger_case.h"

static void register_version(hb_state_manager *m, const char *id, const char *version, uint8_t mark, uint64_t time)
{
    hb_error err = {0};
    const hb_program_registration p = {.id = id, .version = version, .vkey = {mark}};
    const hb_state_change change = {.timestamp = time, .programs = &p, .n_programs = 1};
    ledger_case_ok(hb_state_put(m, &change, NULL, &err), &err);
}

/* First byte of the key that the requirement resolves to; 0: it cannot be resolved. */
static unsigned resolve(hb_state_manager *m, const char *id, const char *requirement)
{
    const hb_package_registry registry = {m, hb_registry_versions, hb_registry_key};
    hb_package_resolved found[1];
    hb_error err = {.message = ""};
    size_t n = 0;
    hb_package p = pkc_bytecode(PKC_CODE);
    assert_int_equal(pkc_add(&p, HB_DEPENDENCY_PROGRAM, id, requirement, "", NULL), HB_OK);
    const hb_status st = hb_package_resolve(found, &n, &p, &registry, &err);
    if (st != HB_OK)
        assert_int_equal(st, HB_DEPENDENCY_RESOLUTION_FAILED);
    hb_package_free(&p);
    return st == HB_OK ? found[0].vkey[0] : 0;
}

static void packages_resolve_against_a_ledger(void **state)
{
    (void)state;
    ledger_case c;
    hb_error err = {0};
    ledger_case_init(&c, 1);
    hb_state_manager *m = ledger_case_create(&c, NULL);
    assert_int_equal(resolve(m, "helper", "1"), 0);
    register_version(m, "helper", "1.2.0", 1, 1);
    register_version(m, "helper", "1.10.1", 2, 2);
    register_version(m, "helper", "2.0.0", 3, 3);
    register_version(m, "other", "1.9.9", 9, 4);
    assert_int_equal(resolve(m, "helper", "^1"), 2);
    assert_int_equal(resolve(m, "helper", "=1.2.0"), 1);
    assert_int_equal(resolve(m, "helper", "*"), 3);
    assert_int_equal(resolve(m, "helper", "^3"), 0);
    assert_int_equal(resolve(m, "nobody", "*"), 0);
    ledger_case_ok(hb_state_rollback_to(m, 2, 5, NULL, &err), &err);
    assert_int_equal(resolve(m, "helper", "*"), 2);
    assert_int_equal(resolve(m, "other", "*"), 0);
    hb_state_manager_close(m);
    ledger_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(packages_resolve_against_a_ledger)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
