/* Public handles on a ledger, and the one that a virtual machine holds as a registry. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/state.h"
#include "hash/blake3.h"
#include "ledger/state_proof.h"

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a ledger's answer");
}

static hb_status is_null(hb_error *err)
{
    return hb_fail(err, HB_INVALID_ARGUMENT, "an argument of the ledger's call is NULL");
}

/* Gives the buffer's bytes to the caller, at least one byte so that "empty" is not NULL. */
static hb_status give(hb_buf *from, hb_status st, uint8_t **bytes, size_t *n, hb_error *err)
{
    if (st == HB_OK && !(*bytes = malloc(from->len + 1)))
        st = no_memory(err);
    if (st == HB_OK) {
        if (from->len)
            memcpy(*bytes, from->data, from->len);
        *n = from->len;
    }
    hb_buf_free(from);
    return st;
}

/* The ledger's "no" to a change is not a proof's. */
static hb_status changed(hb_status st, hb_error *err)
{
    if (st == HB_REJECTED && err)
        err->status = HB_STATE_COMMITMENT_FAILED;
    return st == HB_REJECTED ? HB_STATE_COMMITMENT_FAILED : st;
}

/* --- changes ------------------------------------------------------------------------------------------------------------------------------ */

static hb_status make_change(hb_state_change *change, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells, hb_error *err)
{
    if ((!programs && n_programs) || (!cells && n_cells))
        return is_null(err);
    hb_program_registration *p = calloc(n_programs + 1, sizeof *p);
    hb_state_write *w = calloc(n_cells + 1, sizeof *w);
    *change = (hb_state_change){.timestamp = (uint64_t)time(NULL), .writes = w, .n_writes = n_cells, .programs = p, .n_programs = n_programs};
    if (!p || !w)
        return no_memory(err);
    for (size_t i = 0; i < n_programs; i++) {
        if (!programs[i].id || !programs[i].version)
            return is_null(err);
        p[i] = (hb_program_registration){.id = programs[i].id, .version = programs[i].version, .uses_state = programs[i].uses_state != 0};
        memcpy(p[i].vkey, programs[i].key.bytes, 32);
    }
    for (size_t i = 0; i < n_cells; i++) {
        w[i] = (hb_state_write){.value = cells[i].value.bytes, .value_bytes = cells[i].value.n};
        memcpy(w[i].key, cells[i].key, 32);
    }
    return HB_OK;
}

static void drop_change(hb_state_change *change)
{
    free((void *)(uintptr_t)change->programs);
    free((void *)(uintptr_t)change->writes);
}

hb_status hb_ledger_create(hb_ledger **ledger, const char *directory, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells, hb_error *err)
{
    hb_state_change change = {0};
    const hb_state_options options = {.enable_state_caching = true};
    if (!ledger || !directory)
        return is_null(err);
    hb_ledger *l = *ledger = NULL;
    hb_status st = make_change(&change, programs, n_programs, cells, n_cells, err);
    if (st == HB_OK && !(l = calloc(1, sizeof *l)))
        st = no_memory(err);
    if (st == HB_OK)
        st = changed(hb_state_manager_create(directory, &change, &options, &l->manager, err), err);
    drop_change(&change);
    if (st == HB_OK)
        *ledger = l;
    else
        free(l);
    return st;
}

hb_status hb_ledger_open(hb_ledger **ledger, const char *directory, int caching, hb_error *err)
{
    const hb_state_options options = {.enable_state_caching = caching != 0};
    if (!ledger || !directory)
        return is_null(err);
    *ledger = NULL;
    hb_ledger *l = calloc(1, sizeof *l);
    hb_status st = l ? hb_state_manager_open(directory, &options, &l->manager, err) : no_memory(err);
    if (st == HB_OK)
        *ledger = l;
    else
        free(l);
    return st;
}

void hb_ledger_close(hb_ledger *ledger)
{
    if (ledger)
        hb_state_manager_close(ledger->manager);
    free(ledger);
}

hb_status hb_ledger_put(hb_ledger *ledger, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells, uint64_t *version, hb_error *err)
{
    hb_state_change change = {0};
    if (!ledger)
        return is_null(err);
    hb_status st = make_change(&change, programs, n_programs, cells, n_cells, err);
    if (st == HB_OK)
        st = changed(hb_state_put(ledger->manager, &change, version, err), err);
    drop_change(&change);
    return st;
}

hb_status hb_ledger_rollback(hb_ledger *ledger, uint64_t to, uint64_t *version, hb_error *err)
{
    return ledger ? changed(hb_state_rollback_to(ledger->manager, to, (uint64_t)time(NULL), version, err), err) : is_null(err);
}

/* --- reading ------------------------------------------------------------------------------------------------------------------------------ */

hb_status hb_ledger_cell_key(uint8_t key[32], const char *space, const void *name, size_t n_name)
{
    hb_ledger_key(key, space, strlen(space), name, n_name);
    return HB_OK;
}

hb_status hb_ledger_versions(hb_ledger *ledger, uint64_t *oldest, uint64_t *latest, hb_error *err)
{
    return ledger && oldest && latest ? hb_state_versions(ledger->manager, oldest, latest, err) : is_null(err);
}

hb_status hb_ledger_root(hb_ledger *ledger, uint64_t version, uint8_t root[32], hb_error *err)
{
    return ledger && root ? hb_state_root(ledger->manager, version, root, err) : is_null(err);
}

hb_status hb_ledger_commitment(hb_ledger *ledger, uint64_t version, uint8_t **bytes, size_t *n, hb_error *err)
{
    hb_buf out = {0};
    if (!ledger || !bytes || !n)
        return is_null(err);
    *bytes = NULL, *n = 0;
    return give(&out, hb_state_commitment_bytes(ledger->manager, version, &out, err), bytes, n, err);
}

hb_status hb_ledger_get(hb_ledger *ledger, uint64_t version, const uint8_t key[32], uint8_t **value, size_t *n, hb_error *err)
{
    hb_buf out = {0};
    bool present = false;
    if (!ledger || !key || !value || !n)
        return is_null(err);
    *value = NULL, *n = 0;
    const hb_status st = hb_state_get(ledger->manager, version, key, &present, &out, err);
    if (st == HB_OK && present)
        return give(&out, st, value, n, err);
    hb_buf_free(&out);
    return st;
}

hb_status hb_ledger_prove(hb_ledger *ledger, uint64_t version, const uint8_t (*keys)[32], size_t n_keys, uint8_t **proof, size_t *n, hb_error *err)
{
    hb_buf out = {0};
    if (!ledger || !keys || !proof || !n)
        return is_null(err);
    *proof = NULL, *n = 0;
    return give(&out, hb_state_prove(ledger->manager, version, keys, n_keys, &out, err), proof, n, err);
}

hb_status hb_ledger_verify(const uint8_t root[32], const uint8_t *proof, size_t n, const hb_ledger_cell *cells, size_t n_cells, hb_error *err)
{
    if (!root || !proof || !cells)
        return is_null(err);
    hb_state_cell *claims = calloc(n_cells + 1, sizeof *claims);
    if (!claims)
        return no_memory(err);
    for (size_t i = 0; i < n_cells; i++) {
        memcpy(claims[i].key, cells[i].key, 32);
        claims[i].before_present = cells[i].value.bytes != NULL;
        if (claims[i].before_present)
            hb_blake3_hash(claims[i].before_hash, cells[i].value.bytes, cells[i].value.n);
    }
    const hb_state_proof claim = {.merkle = {proof, n}, .cells = claims, .n_cells = n_cells};
    const hb_state_verifier verifier = {0};
    hb_status st = hb_verify_state_proof(&verifier, root, &claim, NULL, err);
    free(claims);
    if (st == HB_REJECTED && err)
        err->status = HB_STATE_VERIFICATION_FAILED;
    return st == HB_REJECTED ? HB_STATE_VERIFICATION_FAILED : st;
}

hb_status hb_ledger_witness(hb_ledger *ledger, const char *program, const hb_chunk *names, size_t n_names, uint8_t **bytes, size_t *n, hb_error *err)
{
    hb_buf out = {0};
    if (!ledger || !program || !names || !bytes || !n)
        return is_null(err);
    *bytes = NULL, *n = 0;
    hb_span *spans = malloc((n_names + 1) * sizeof *spans);
    if (!spans)
        return no_memory(err);
    for (size_t i = 0; i < n_names; i++)
        spans[i] = hb_span_of(names[i].bytes, names[i].n);
    const hb_status st = hb_state_witness(ledger->manager, HB_STATE_LATEST, program, spans, n_names, &out, err);
    free(spans);
    return give(&out, st, bytes, n, err);
}

/* --- history ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    int (*fn)(void *ctx, const hb_ledger_version *version);
    void *ctx;
    bool ended;
} teller;

static hb_status tell(void *ctx, const hb_state_commitment *c, hb_span bytes, hb_error *err)
{
    teller *t = ctx;
    (void)bytes;
    hb_ledger_version v = {.version = c->version, .timestamp = c->timestamp,
                           .kind = c->kind == HB_VERSION_GENESIS ? HB_LEDGER_GENESIS : c->kind == HB_VERSION_ADMIN ? HB_LEDGER_ADMIN : HB_LEDGER_PROVEN};
    memcpy(v.root, c->root, 32);
    memcpy(v.digest, c->digest, 32);
    t->ended = t->fn(t->ctx, &v) != 0;
    return t->ended ? hb_fail(err, HB_CANCELLED, "the walk was ended") : HB_OK;
}

hb_status hb_ledger_history(hb_ledger *ledger, uint64_t first, uint64_t last, int (*fn)(void *ctx, const hb_ledger_version *version), void *ctx, hb_error *err)
{
    teller t = {fn, ctx, false};
    if (!ledger || !fn)
        return is_null(err);
    const hb_status st = hb_state_history(ledger->manager, first, last, tell, &t, err);
    return t.ended ? HB_OK : st;
}

/* --- registry ----------------------------------------------------------------------------------------------------------------------------- */

hb_package_registry hb_api_ledger_registry(hb_ledger *ledger)
{
    return (hb_package_registry){.ctx = ledger->manager, .versions = hb_registry_versions, .key = hb_registry_key};
}
