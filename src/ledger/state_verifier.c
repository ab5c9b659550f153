#include "ledger/state_verifier.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/reject.h"
#include "machine/machine_verify.h"

struct hb_verification_system {
    hb_machine_airs airs;
    hb_proof_view view;
    void *airs_memory, *scratch;
};

hb_status hb_verification_system_create(hb_verification_system **out, hb_error *err)
{
    hb_verification_system *s = calloc(1, sizeof *s);
    *out = NULL;
    if (s) {
        s->airs_memory = hb_pages_alloc(HB_MACHINE_AIRS_BYTES);
        s->scratch = hb_pages_alloc(HB_VERIFY_SCRATCH_BYTES);
    }
    if (!s || !s->airs_memory || !s->scratch) {
        hb_verification_system_destroy(s);
        return hb_fail(err, HB_OUT_OF_MEMORY, "making a verifier: out of memory");
    }
    hb_scratch scratch = hb_scratch_of(s->airs_memory, HB_MACHINE_AIRS_BYTES);
    const hb_status st = hb_machine_airs_init(&s->airs, &scratch, err);
    if (st != HB_OK)
        hb_verification_system_destroy(s);
    else
        *out = s;
    return st;
}

void hb_verification_system_destroy(hb_verification_system *s)
{
    if (!s)
        return;
    hb_pages_free(s->airs_memory, HB_MACHINE_AIRS_BYTES);
    hb_pages_free(s->scratch, HB_VERIFY_SCRATCH_BYTES);
    free(s);
}

hb_status hb_verify_cryptographic_proof(hb_verification_system *s, hb_span proof, const uint8_t vkey[32], uint32_t exit_code, hb_span *public_values, hb_error *err)
{
    hb_verify_request request = {.exit_code = exit_code};
    memcpy(request.vkey, vkey, 32);
    const hb_status st = hb_machine_verify(&s->airs, proof.data, proof.len, &request, hb_scratch_of(s->scratch, HB_VERIFY_SCRATCH_BYTES), &s->view, err);
    if (st == HB_OK && public_values)
        *public_values = hb_span_of(s->view.public_bytes, (size_t)s->view.n_public_bytes);
    return st;
}

hb_status hb_verify_state_commitment(const hb_state_verifier *v, const hb_state_commitment *previous, hb_span bytes, hb_state_commitment *out, hb_error *err)
{
    hb_status st = hb_state_commitment_parse(bytes.data, bytes.len, out, err);
    if (st != HB_OK)
        return st;
    if (!previous)
        return v->genesis && memcmp(v->genesis, out->digest, 32) != 0 ? HB_REJECT(err, HB_R_COMMITMENT_GENESIS) : HB_OK;
    st = hb_state_commitment_follows(previous, out, err);
    if (st == HB_OK && out->kind == HB_VERSION_ADMIN && !v->allow_admin)
        st = HB_REJECT(err, HB_R_ADMIN_VERSION);
    return st;
}

static hb_status verify_cells(const uint8_t root[32], const hb_state_proof *proof, hb_error *err)
{
    hb_state_cell *cells = malloc((proof->n_cells + 1) * sizeof *cells);
    if (!cells)
        return hb_fail(err, HB_OUT_OF_MEMORY, "verifying a state proof: out of memory");
    if (proof->n_cells)
        memcpy(cells, proof->cells, proof->n_cells * sizeof *cells);
    hb_status st = hb_state_proof_read(proof->merkle.data, proof->merkle.len, cells, proof->n_cells, root, err);
    for (size_t i = 0; st == HB_OK && i < proof->n_cells; i++)
        if (cells[i].before_present != proof->cells[i].before_present ||
            (cells[i].before_present && memcmp(cells[i].before_hash, proof->cells[i].before_hash, 32) != 0))
            st = HB_REJECT(err, HB_R_STATE_VALUE);
    free(cells);
    return st;
}

hb_status hb_verify_state_proof(const hb_state_verifier *v, const uint8_t root[32], const hb_state_proof *proof, const hb_receipt *receipt, hb_error *err)
{
    hb_span values = {NULL, 0};
    hb_status st = HB_OK;
    if (proof->merkle.data)
        st = verify_cells(root, proof, err);
    if (st != HB_OK || !receipt)
        return st;
    st = hb_verify_cryptographic_proof(v->system, proof->zk, receipt->vkey, receipt->exit_code, &values, err);
    if (st == HB_OK && (values.len != receipt->public_values.len || (values.len && memcmp(values.data, receipt->public_values.data, values.len) != 0)))
        st = HB_REJECT(err, HB_R_PUBLIC_BYTES);
    return st;
}

hb_status hb_verify_state(const hb_state_verifier *v, const hb_state_commitment *previous, hb_span bytes, hb_span receipt_bytes, const hb_state_proof *proof,
                          hb_state_commitment *out, hb_error *err)
{
    hb_receipt receipt;
    hb_status st = hb_verify_state_commitment(v, previous, bytes, out, err);
    if (st != HB_OK)
        return st;
    if (out->kind != HB_VERSION_PROGRAM || !previous) {
        if (receipt_bytes.len)
            return HB_REJECT(err, HB_R_RECEIPT);
        return hb_verify_state_proof(v, out->root, proof, NULL, err);
    }
    st = hb_receipt_parse(receipt_bytes.data, receipt_bytes.len, &receipt, err);
    if (st == HB_OK)
        st = hb_verify_state_consistency(previous, out, &receipt, err);
    return st == HB_OK ? hb_verify_state_proof(v, out->root, proof, &receipt, err) : st;
}

/* ---- chains ---- */

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "a chain of versions: out of memory");
}

static hb_status export_version(hb_state_manager *m, uint64_t version, bool first, hb_buf *out, hb_buf parts[3], hb_error *err)
{
    hb_state_commitment c;
    for (int i = 0; i < 3; i++)
        parts[i].len = 0;
    hb_status st = hb_state_commitment_bytes(m, version, &parts[0], err);
    if (st == HB_OK)
        st = hb_state_commitment_parse(parts[0].data, parts[0].len, &c, err);
    if (st == HB_OK && c.kind == HB_VERSION_PROGRAM && !first)
        st = hb_state_receipt(m, version, &parts[1], &parts[2], err);
    if (st != HB_OK)
        return st;
    if (c.kind == HB_VERSION_PROGRAM && !first && !parts[2].len)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the proof of version %llu has been pruned", (unsigned long long)version);
    const bool ok = hb_buf_append_u32(out, (uint32_t)parts[0].len) == HB_OK && hb_buf_append(out, parts[0].data, parts[0].len) == HB_OK &&
                    hb_buf_append_u32(out, (uint32_t)parts[1].len) == HB_OK && hb_buf_append(out, parts[1].data, parts[1].len) == HB_OK &&
                    hb_buf_append_u64(out, parts[2].len) == HB_OK && hb_buf_append(out, parts[2].data, parts[2].len) == HB_OK;
    return ok ? HB_OK : no_memory(err);
}

hb_status hb_state_chain_export(hb_state_manager *m, uint64_t from, uint64_t to, hb_buf *out, hb_error *err)
{
    hb_buf parts[3] = {{0}};
    uint64_t oldest, latest;
    hb_status st = hb_state_versions(m, &oldest, &latest, err);
    if (st == HB_OK && from > latest)
        st = hb_fail(err, HB_INVALID_ARGUMENT, "the ledger has no version %llu", (unsigned long long)from);
    if (st == HB_OK && hb_buf_append(out, HB_CHAIN_MAGIC, 8) != HB_OK)
        st = no_memory(err);
    for (uint64_t v = from; st == HB_OK && v <= latest && v <= to; v++)
        st = export_version(m, v, v == from, out, parts, err);
    for (int i = 0; i < 3; i++)
        hb_buf_free(&parts[i]);
    return st;
}

typedef struct chain_walk {
    hb_reader in;
    hb_state_commitment last;
    uint8_t (*statements)[32];
    size_t n, room;
    hb_chain_report *report;
} chain_walk;

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static hb_status keep_statement(chain_walk *w, hb_span receipt_bytes, hb_error *err)
{
    hb_receipt receipt;
    const hb_status st = hb_receipt_parse(receipt_bytes.data, receipt_bytes.len, &receipt, err);
    if (st != HB_OK)
        return st;
    if (w->n == w->room) {
        const size_t room = w->room ? 2 * w->room : 64;
        void *more = realloc(w->statements, room * 32);
        if (!more)
            return no_memory(err);
        w->statements = more;
        w->room = room;
    }
    memcpy(w->statements[w->n++], receipt.statement, 32);
    w->report->proofs++;
    return HB_OK;
}

static bool take(hb_reader *r, bool wide, hb_span *out)
{
    uint32_t small;
    uint64_t n;
    if (wide ? !hb_read_u64(r, &n) : !hb_read_u32(r, &small))
        return false;
    n = wide ? n : small;
    out->len = (size_t)n;
    return n <= hb_reader_left(r) && hb_read_span(r, (size_t)n, &out->data);
}

static hb_status verify_next(const hb_state_verifier *v, chain_walk *w, bool first, hb_error *err)
{
    hb_span commitment, receipt;
    hb_state_proof proof = {0};
    hb_state_commitment c;
    if (!take(&w->in, false, &commitment) || !take(&w->in, false, &receipt) || !take(&w->in, true, &proof.zk))
        return HB_REJECT(err, HB_R_TRUNCATED);
    hb_status st = hb_verify_state(v, first ? NULL : &w->last, commitment, receipt, &proof, &c, err);
    if (st == HB_OK && !receipt.len && proof.zk.len)
        st = HB_REJECT(err, HB_R_RESULT_MISMATCH);
    if (st == HB_OK && receipt.len)
        st = keep_statement(w, receipt, err);
    if (st != HB_OK) {
        if (err)
            err->offset = first ? 0 : w->last.version + 1;
        return st;
    }
    hb_chain_report *r = w->report;
    if (first) {
        r->first = c.version;
        memcpy(r->first_root, c.root, 32);
    }
    r->last = c.version;
    r->steps += !first;
    memcpy(r->last_root, c.root, 32);
    memcpy(r->last_digest, c.digest, 32);
    w->last = c;
    return HB_OK;
}

static hb_status no_replay(chain_walk *w, hb_error *err)
{
    if (w->n)
        qsort(w->statements, w->n, 32, by_bytes);
    for (size_t i = 1; i < w->n; i++)
        if (memcmp(w->statements[i - 1], w->statements[i], 32) == 0)
            return HB_REJECT(err, HB_R_REPLAY);
    return HB_OK;
}

hb_status hb_verify_chain(const hb_state_verifier *v, hb_span chain, hb_chain_report *report, hb_error *err)
{
    chain_walk w = {.in = hb_reader_of(chain.data, chain.len), .report = report};
    const uint8_t *magic;
    *report = (hb_chain_report){0};
    if (!hb_read_span(&w.in, 8, &magic))
        return HB_REJECT(err, HB_R_TRUNCATED);
    if (memcmp(magic, HB_CHAIN_MAGIC, 8) != 0)
        return HB_REJECT(err, HB_R_BAD_MAGIC);
    hb_status st = verify_next(v, &w, true, err);
    while (st == HB_OK && hb_reader_left(&w.in))
        st = verify_next(v, &w, false, err);
    if (st == HB_OK)
        st = no_replay(&w, err);
    free(w.statements);
    return st;
}
