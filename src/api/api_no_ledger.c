/* What the ledger's functions say in a library that was built without LMDB: none can be opened, so a virtual machine has none. */
#include <stdio.h>
#include <string.h>

#include "api/handles.h"

static hb_status absent(hb_error *err)
{
    return hb_fail(err, HB_UNSUPPORTED, "this library was built without the ledger (LMDB was not installed)");
}

hb_status hb_ledger_create(hb_ledger **ledger, const char *directory, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells, hb_error *err)
{
    (void)directory, (void)programs, (void)n_programs, (void)cells, (void)n_cells;
    if (ledger)
        *ledger = NULL;
    return absent(err);
}

hb_status hb_ledger_open(hb_ledger **ledger, const char *directory, int caching, hb_error *err)
{
    (void)directory, (void)caching;
    if (ledger)
        *ledger = NULL;
    return absent(err);
}

void hb_ledger_close(hb_ledger *ledger) { (void)ledger; }

hb_status hb_ledger_cell_key(uint8_t key[32], const char *space, const void *name, size_t n_name)
{
    (void)space, (void)name, (void)n_name;
    memset(key, 0, 32);
    return HB_UNSUPPORTED;
}

hb_status hb_ledger_versions(hb_ledger *ledger, uint64_t *oldest, uint64_t *latest, hb_error *err)
{
    (void)ledger, (void)oldest, (void)latest;
    return absent(err);
}

hb_status hb_ledger_root(hb_ledger *ledger, uint64_t version, uint8_t root[32], hb_error *err)
{
    (void)ledger, (void)version, (void)root;
    return absent(err);
}

hb_status hb_ledger_commitment(hb_ledger *ledger, uint64_t version, uint8_t **bytes, size_t *n, hb_error *err)
{
    (void)ledger, (void)version, (void)bytes, (void)n;
    return absent(err);
}

hb_status hb_ledger_get(hb_ledger *ledger, uint64_t version, const uint8_t key[32], uint8_t **value, size_t *n, hb_error *err)
{
    (void)ledger, (void)version, (void)key, (void)value, (void)n;
    return absent(err);
}

hb_status hb_ledger_prove(hb_ledger *ledger, uint64_t version, const uint8_t (*keys)[32], size_t n_keys, uint8_t **proof, size_t *n, hb_error *err)
{
    (void)ledger, (void)version, (void)keys, (void)n_keys, (void)proof, (void)n;
    return absent(err);
}

hb_status hb_ledger_verify(const uint8_t root[32], const uint8_t *proof, size_t n, const hb_ledger_cell *cells, size_t n_cells, hb_error *err)
{
    (void)root, (void)proof, (void)n, (void)cells, (void)n_cells;
    return absent(err);
}

hb_status hb_ledger_witness(hb_ledger *ledger, const char *program, const hb_chunk *names, size_t n_names, uint8_t **bytes, size_t *n, hb_error *err)
{
    (void)ledger, (void)program, (void)names, (void)n_names, (void)bytes, (void)n;
    return absent(err);
}

hb_status hb_ledger_put(hb_ledger *ledger, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells, uint64_t *version, hb_error *err)
{
    (void)ledger, (void)programs, (void)n_programs, (void)cells, (void)n_cells, (void)version;
    return absent(err);
}

hb_status hb_ledger_rollback(hb_ledger *ledger, uint64_t to, uint64_t *version, hb_error *err)
{
    (void)ledger, (void)to, (void)version;
    return absent(err);
}

hb_status hb_ledger_history(hb_ledger *ledger, uint64_t first, uint64_t last, int (*fn)(void *ctx, const hb_ledger_version *version), void *ctx, hb_error *err)
{
    (void)ledger, (void)first, (void)last, (void)fn, (void)ctx;
    return absent(err);
}

hb_package_registry hb_api_ledger_registry(hb_ledger *ledger)
{
    (void)ledger;
    return (hb_package_registry){0};
}

hb_status hb_zkvm_open_ledger(hb_zkvm *vm, const char *directory, hb_error *err)
{
    (void)vm, (void)directory;
    return absent(err);
}

void hb_zkvm_close_ledger(hb_zkvm *vm) { (void)vm; }

hb_status hb_api_state_step(hb_zkvm *vm, hb_execution_result *result, bool asked_for, hb_error *err)
{
    (void)vm, (void)asked_for;
    snprintf(result->state_status, sizeof result->state_status, "no ledger");
    return hb_fail(err, HB_STATE_COMMITMENT_FAILED, "no ledger");
}

hb_status hb_zkvm_commit_state(hb_zkvm *vm, hb_execution_result *result, hb_error *err)
{
    return vm && result ? hb_api_state_step(vm, result, true, err) : hb_fail(err, HB_INVALID_ARGUMENT, "vm or result is NULL");
}

hb_status hb_zkvm_verify_state(hb_zkvm *vm, const uint8_t root[32], hb_error *err)
{
    return vm && root ? hb_fail(err, HB_STATE_VERIFICATION_FAILED, "no ledger is open") : hb_fail(err, HB_INVALID_ARGUMENT, "vm or root is NULL");
}
