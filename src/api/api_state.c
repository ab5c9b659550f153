/* The ledger of a virtual machine: from a proven run to the next version of the state. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/state.h"
#include "base/reject.h"
#include "hash/blake3.h"

hb_status hb_zkvm_open_ledger(hb_zkvm *vm, const char *directory, hb_error *err)
{
    hb_ledger *ledger;
    if (!vm || !directory)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm or directory is NULL");
    const hb_status st = hb_ledger_open(&ledger, directory, vm->config.enable_state_caching, err);
    if (st != HB_OK)
        return st;
    pthread_rwlock_wrlock(&vm->ledger_lock);
    hb_ledger *old = vm->ledger;
    vm->ledger = ledger;
    pthread_rwlock_unlock(&vm->ledger_lock);
    hb_ledger_close(old);
    return HB_OK;
}

void hb_zkvm_close_ledger(hb_zkvm *vm)
{
    if (!vm)
        return;
    pthread_rwlock_wrlock(&vm->ledger_lock);
    hb_ledger *old = vm->ledger;
    vm->ledger = NULL;
    pthread_rwlock_unlock(&vm->ledger_lock);
    hb_ledger_close(old);
}

/* --- what a step leads to ----------------------------------------------------------------------------------------------------------------- */

static hb_status say(hb_execution_result *r, hb_status st, const char *format, ...) __attribute__((format(printf, 3, 4)));
static hb_status say(hb_execution_result *r, hb_status st, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(r->state_status, sizeof r->state_status, format, list);
    va_end(list);
    return st;
}

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the state of a result");
}

/* The registered program with the result's key: of several that which the list of writes is for. *found: its id fits nothing longer. */
static hb_status find_program(hb_state_manager *m, const hb_execution_result *r, char id[HB_PROGRAM_ID_MAX + 1], bool *found, bool *uses_state, hb_error *err)
{
    hb_buf bytes = {0};
    hb_state_commitment c;
    hb_program_ref p;
    hb_write_list writes;
    *found = *uses_state = false;
    const bool listed = hb_write_list_parse(r->writes.data, r->writes.len, &writes, NULL) == HB_OK;
    hb_status st = hb_state_commitment_bytes(m, HB_STATE_LATEST, &bytes, err);
    if (st == HB_OK)
        st = hb_state_commitment_parse(bytes.data, bytes.len, &c, err);
    while (st == HB_OK && hb_commitment_next_program(&c.programs, &p)) {
        const bool named = listed && hb_text_equal(p.id, writes.program);
        if (memcmp(p.vkey, r->vkey.bytes, 32) != 0 || (*found && !named))
            continue;
        memcpy(id, p.id.data, p.id.len);
        id[p.id.len] = 0;
        *found = true;
        *uses_state = (p.flags & HB_PROGRAM_USES_STATE) != 0;
    }
    hb_buf_free(&bytes);
    return st;
}

typedef struct {
    hb_state_cell *cells; /* of the writes and of the program's record, ascending */
    size_t n;
} cell_list;

static int by_key(const void *a, const void *b)
{
    return memcmp(((const hb_state_cell *)a)->key, ((const hb_state_cell *)b)->key, 32);
}

/* What the new version must hold: what was written, and the program's record as it is in the version before. */
static hb_status expected_cells(hb_state_manager *m, uint64_t version, const char *id, const hb_execution_result *r, cell_list *out, hb_error *err)
{
    hb_write_list writes = {0};
    hb_write_entry e;
    hb_buf record = {0};
    bool present = false;
    hb_status st = r->writes.len ? hb_write_list_parse(r->writes.data, r->writes.len, &writes, err) : HB_OK;
    if (st != HB_OK)
        return st;
    hb_state_cell *c = out->cells = calloc(writes.n + 1u, sizeof *c);
    if (!c)
        return no_memory(err);
    hb_ledger_key(c->key, "program", 7, id, strlen(id));
    st = hb_state_get(m, version - 1, c->key, &present, &record, err);
    c->before_present = present;
    if (st == HB_OK && present)
        hb_blake3_hash(c->before_hash, record.data, record.len);
    hb_buf_free(&record);
    out->n = 1;
    for (; out->n <= writes.n && hb_write_next(&writes, &e); out->n++) {
        c = &out->cells[out->n];
        memcpy(c->key, e.key, 32);
        c->before_present = e.value.data != NULL;
        if (c->before_present)
            hb_blake3_hash(c->before_hash, e.value.data, e.value.len);
    }
    qsort(out->cells, out->n, sizeof *out->cells, by_key);
    return st;
}

static hb_status prove_cells(hb_state_manager *m, uint64_t version, const cell_list *list, hb_buf *proof, hb_error *err)
{
    uint8_t(*keys)[32] = malloc(list->n * sizeof *keys);
    if (!keys)
        return no_memory(err);
    for (size_t i = 0; i < list->n; i++)
        memcpy(keys[i], list->cells[i].key, 32);
    const hb_status st = hb_state_prove(m, version, (const uint8_t(*)[32])keys, list->n, proof, err);
    free(keys);
    return st;
}

/* The step as an auditor sees it, from the records: commitment after commitment, receipt, state. The zk proof is the one that the update has verified within its transaction. */
static hb_status audit(hb_state_manager *m, uint64_t version, const cell_list *list, const hb_execution_result *r, hb_error *err)
{
    const hb_state_verifier verifier = {.allow_admin = true};
    const hb_state_proof claim = {.merkle = {r->state_proof.data, r->state_proof.len}, .cells = list->cells, .n_cells = list->n};
    hb_buf before = {0}, receipt_bytes = {0};
    hb_state_commitment previous, next;
    hb_receipt receipt;
    hb_status st = hb_state_commitment_bytes(m, version - 1, &before, err);
    if (st == HB_OK)
        st = hb_state_commitment_parse(before.data, before.len, &previous, err);
    if (st == HB_OK)
        st = hb_verify_state_commitment(&verifier, &previous, hb_span_of(r->state_commitment.data, r->state_commitment.len), &next, err);
    if (st == HB_OK)
        st = hb_state_receipt(m, version, &receipt_bytes, NULL, err);
    if (st == HB_OK)
        st = hb_receipt_parse(receipt_bytes.data, receipt_bytes.len, &receipt, err);
    if (st == HB_OK)
        st = hb_verify_state_consistency(&previous, &next, &receipt, err);
    if (st == HB_OK)
        st = hb_verify_state_proof(&verifier, next.root, &claim, NULL, err);
    hb_buf_free(&before);
    hb_buf_free(&receipt_bytes);
    return st;
}

static hb_status fill_result(hb_state_manager *m, uint64_t version, const char *id, hb_execution_result *r, hb_error *err)
{
    cell_list list = {0};
    hb_buf_free(&r->state_commitment);
    hb_buf_free(&r->state_proof);
    hb_status st = expected_cells(m, version, id, r, &list, err);
    if (st == HB_OK)
        st = hb_state_commitment_bytes(m, version, &r->state_commitment, err);
    if (st == HB_OK)
        st = prove_cells(m, version, &list, &r->state_proof, err);
    if (st == HB_OK)
        st = audit(m, version, &list, r, err);
    free(list.cells);
    if (st == HB_OK)
        return HB_OK;
    hb_buf_free(&r->state_commitment);
    hb_buf_free(&r->state_proof);
    return st;
}

/* --- the step ----------------------------------------------------------------------------------------------------------------------------- */

/* Is there a step to make? Says in the result why not. */
static hb_status look_at(hb_state_manager *m, hb_execution_result *r, bool asked_for, char id[HB_PROGRAM_ID_MAX + 1], hb_error *err)
{
    bool found, uses_state;
    if (r->exit_code != 0)
        return say(r, HB_STATE_VERIFICATION_FAILED, "the program ended with exit code %u", r->exit_code);
    const hb_status st = find_program(m, r, id, &found, &uses_state, err);
    if (st != HB_OK)
        return say(r, HB_STATE_COMMITMENT_FAILED, "the ledger cannot be read: %s", err->message);
    const bool stateless = found && !uses_state;
    if (r->public_values.len < 3 * 32 && !(stateless && asked_for))
        return say(r, HB_STATE_VERIFICATION_FAILED, "the public values do not begin with the state roots");
    if (!found)
        return say(r, HB_STATE_VERIFICATION_FAILED, "the ledger has no program registered with this verifying key");
    if (stateless && !asked_for)
        return say(r, HB_STATE_VERIFICATION_FAILED, "the program is registered as one that uses no state");
    return HB_OK;
}

static hb_status step(hb_state_manager *m, hb_execution_result *r, bool asked_for, hb_error *why)
{
    char id[HB_PROGRAM_ID_MAX + 1];
    uint64_t version;
    hb_status st = look_at(m, r, asked_for, id, why);
    if (st != HB_OK)
        return st;
    const hb_transition t = {.program = id, .base_version = HB_STATE_LATEST, .timestamp = (uint64_t)time(NULL), .proof = {r->proof.data, r->proof.len},
                             .writes = {r->writes.len ? r->writes.data : NULL, r->writes.len}};
    st = hb_state_update(m, &t, &version, why);
    if (st == HB_REJECTED)
        return say(r, HB_STATE_VERIFICATION_FAILED, "the ledger refuses the step: %s", why->message);
    if (st != HB_OK)
        return say(r, HB_STATE_COMMITMENT_FAILED, "the ledger cannot take the step: %s", why->message);
    r->state_version = version;
    r->committed = true;
    st = fill_result(m, version, id, r, why);
    if (st != HB_OK)
        return say(r, HB_STATE_VERIFICATION_FAILED, "version %llu was made, and cannot be verified: %s", (unsigned long long)version, why->message);
    r->state_verified = true;
    return say(r, HB_OK, "verified");
}

hb_status hb_api_state_step(hb_zkvm *vm, hb_execution_result *result, bool asked_for, hb_error *err)
{
    hb_error why = {0};
    hb_status st;
    pthread_rwlock_rdlock(&vm->ledger_lock);
    if (!vm->ledger)
        st = say(result, HB_STATE_COMMITMENT_FAILED, "no ledger");
    else
        st = step(vm->ledger->manager, result, asked_for, &why);
    pthread_rwlock_unlock(&vm->ledger_lock);
    if (st != HB_OK && err) {
        *err = why;
        err->status = st;
        snprintf(err->message, sizeof err->message, "%s", result->state_status);
    }
    return st;
}

hb_status hb_zkvm_commit_state(hb_zkvm *vm, hb_execution_result *result, hb_error *err)
{
    if (!vm || !result)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm or result is NULL");
    if (result->committed)
        return hb_fail(err, HB_STATE_COMMITMENT_FAILED, "this result was committed already, as version %llu", (unsigned long long)result->state_version);
    return hb_api_state_step(vm, result, true, err);
}

hb_status hb_zkvm_verify_state(hb_zkvm *vm, const uint8_t root[32], hb_error *err)
{
    uint8_t now[32];
    uint64_t oldest = 0, latest = 0;
    if (!vm || !root)
        return hb_fail(err, HB_INVALID_ARGUMENT, "vm or root is NULL");
    pthread_rwlock_rdlock(&vm->ledger_lock);
    hb_status st = vm->ledger ? hb_state_versions(vm->ledger->manager, &oldest, &latest, err) : hb_fail(err, HB_STATE_VERIFICATION_FAILED, "no ledger is open");
    if (st == HB_OK)
        st = hb_state_root(vm->ledger->manager, latest, now, err);
    pthread_rwlock_unlock(&vm->ledger_lock);
    if (st == HB_OK && memcmp(now, root, sizeof now) != 0)
        st = hb_fail(err, HB_STATE_VERIFICATION_FAILED, "version %llu, the ledger's last one, has another root", (unsigned long long)latest);
    return st;
}
