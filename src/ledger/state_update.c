/* A proven step of the state, and what a guest needs to make one. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/state_priv.h"
#include "ledger/state_proof.h"
#include "machine/machine_verify.h"

typedef struct step {
    hb_state_manager *m;
    const hb_transition *t;
    hb_buf program;          /* copy of the registered program's commitment, from before the proof was verified */
    hb_program_ref ref;      /* into it */
    hb_span public_values;   /* into the proof */
    hb_write_list writes;
    hb_state_write *list;
    hb_buf receipt, copy;
    hb_state_made made;
} step;

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "applying a transition: out of memory");
}

/* The program as the latest version names it. */
static hb_status find_program(const step *s, const hb_state_head *head, hb_program_ref *ref, hb_error *err)
{
    if (!hb_commitment_find_program(&head->c, hb_text_of(s->t->program), ref))
        return HB_REJECT(err, HB_R_PROGRAM_UNKNOWN);
    if (s->t->program_version && !hb_text_equal(ref->version, hb_text_of(s->t->program_version)))
        return HB_REJECT(err, HB_R_PROGRAM_VERSION);
    return HB_OK;
}

static hb_status program_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    step *s = ctx;
    hb_state_head head;
    const hb_status st = hb_state_load_copy(txn, HB_STATE_LATEST, &s->program, &head, err);
    return st == HB_OK ? find_program(s, &head, &s->ref, err) : st;
}

static hb_status verify_proof(step *s, hb_error *err)
{
    const hb_machine_airs *airs;
    hb_verify_request request = {.exit_code = 0};
    hb_status st = hb_state_airs(s->m, &airs, err);
    if (st != HB_OK)
        return st;
    hb_proof_view *view = malloc(sizeof *view);
    void *memory = hb_pages_alloc(HB_VERIFY_SCRATCH_BYTES);
    memcpy(request.vkey, s->ref.vkey, 32);
    if (view && memory)
        st = hb_machine_verify(airs, s->t->proof.data, s->t->proof.len, &request, hb_scratch_of(memory, HB_VERIFY_SCRATCH_BYTES), view, err);
    else
        st = no_memory(err);
    if (st == HB_OK)
        s->public_values = hb_span_of(view->public_bytes, (size_t)view->n_public_bytes);
    hb_pages_free(memory, HB_VERIFY_SCRATCH_BYTES);
    free(view);
    return st;
}

static bool put_text8(hb_buf *b, hb_text t)
{
    return hb_buf_append_u8(b, (uint8_t)t.len) == HB_OK && hb_buf_append(b, t.data, t.len) == HB_OK;
}

static hb_status make_receipt(step *s, hb_receipt *receipt, hb_error *err)
{
    hb_buf *b = &s->receipt;
    const bool ok = hb_buf_append(b, HB_RECEIPT_MAGIC, 8) == HB_OK && put_text8(b, s->ref.id) && put_text8(b, s->ref.version) &&
                    hb_buf_append_u8(b, s->ref.flags) == HB_OK && hb_buf_append(b, s->ref.vkey, 32) == HB_OK && hb_buf_append_u32(b, 0) == HB_OK &&
                    hb_buf_append_u64(b, s->public_values.len) == HB_OK && hb_buf_append(b, s->public_values.data, s->public_values.len) == HB_OK;
    return ok ? hb_receipt_parse(b->data, b->len, receipt, err) : no_memory(err);
}

/* The writes as keys and values; the list itself is checked here. */
static hb_status read_writes(step *s, const hb_state_values *values, hb_error *err)
{
    hb_write_entry e;
    hb_status st = hb_write_list_parse(s->t->writes.data, s->t->writes.len, &s->writes, err);
    if (st != HB_OK)
        return st;
    if (memcmp(s->writes.digest, values->writes_digest, 32) != 0)
        return HB_REJECT(err, HB_R_WRITES_DIGEST);
    if (!hb_text_equal(s->writes.program, s->ref.id))
        return HB_REJECT(err, HB_R_NAMESPACE);
    free(s->list);
    s->list = calloc(s->writes.n + 1u, sizeof *s->list);
    if (!s->list)
        return no_memory(err);
    hb_write_list walk = s->writes;
    for (uint32_t i = 0; i < s->writes.n && hb_write_next(&walk, &e); i++) {
        memcpy(s->list[i].key, e.key, 32);
        s->list[i].value = e.value.data;
        s->list[i].value_bytes = e.value.len;
    }
    return HB_OK;
}

static hb_status record(const step *s, hb_store_txn *txn, const hb_receipt *receipt, hb_error *err)
{
    uint8_t little[8], big[8];
    hb_store_le64(little, s->made.version);
    hb_store_be64(big, s->made.version);
    const hb_status st =
        hb_store_put_sealed(txn, HB_TABLE_RECEIPTS, hb_span_of(receipt->statement, 32), hb_span_of(little, 8), hb_span_of(s->receipt.data, s->receipt.len), err);
    return st == HB_OK ? hb_store_put_sealed(txn, HB_TABLE_PROOFS, hb_span_of(big, 8), s->t->proof, hb_span_of(NULL, 0), err) : st;
}

/* Everything that depends on the latest version, so within the transaction. */
static hb_status check_step(step *s, hb_store_txn *txn, const hb_state_head *parent, const hb_receipt *receipt, hb_state_plan *plan, hb_state_values *values,
                            hb_error *err)
{
    hb_program_ref now;
    hb_span replayed;
    hb_status st = find_program(s, parent, &now, err);
    if (st == HB_OK && (!hb_text_equal(now.version, s->ref.version) || memcmp(now.vkey, s->ref.vkey, 32) != 0))
        st = HB_REJECT(err, HB_R_PROGRAM_VERSION); /* another one was registered meanwhile */
    if (st == HB_OK)
        st = hb_store_get(txn, HB_TABLE_RECEIPTS, hb_span_of(receipt->statement, 32), &replayed, err);
    if (st != HB_OK)
        return st;
    if (replayed.data)
        return HB_REJECT(err, HB_R_REPLAY);
    if (s->t->base_version != HB_STATE_LATEST && s->t->base_version != parent->c.version)
        return HB_REJECT(err, HB_R_STATE_VERSION);
    if (s->t->timestamp < parent->c.timestamp)
        return HB_REJECT(err, HB_R_TIMESTAMP);
    if (!(s->ref.flags & HB_PROGRAM_USES_STATE))
        return s->t->writes.len ? HB_REJECT(err, HB_R_WRITES_DIGEST) : HB_OK;
    st = hb_state_values_read(s->public_values.data, s->public_values.len, values, err);
    if (st != HB_OK)
        return st;
    if (memcmp(values->before, parent->c.root, 32) != 0)
        return HB_REJECT(err, HB_R_PRE_ROOT);
    st = read_writes(s, values, err);
    plan->writes = s->list;
    plan->n_writes = s->writes.n;
    plan->expected_root = values->after;
    return st;
}

static hb_status update_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    step *s = ctx;
    hb_state_head parent;
    hb_receipt receipt;
    hb_state_values values;
    hb_state_plan plan = {.kind = HB_VERSION_PROGRAM, .timestamp = s->t->timestamp, .metadata = s->t->metadata, .n_metadata = s->t->n_metadata};
    hb_status st = hb_state_load_copy(txn, HB_STATE_LATEST, &s->copy, &parent, err);
    if (st == HB_OK)
        st = hb_receipt_parse(s->receipt.data, s->receipt.len, &receipt, err);
    if (st == HB_OK)
        st = check_step(s, txn, &parent, &receipt, &plan, &values, err);
    if (st != HB_OK)
        return st;
    plan.programs = hb_span_of(parent.c.programs.p, hb_reader_left(&parent.c.programs));
    plan.n_programs = parent.c.n_programs;
    plan.receipt = receipt.digest;
    plan.statement = receipt.statement;
    st = hb_state_commit(s->m, txn, &parent, &plan, &s->made, err);
    return st == HB_OK ? record(s, txn, &receipt, err) : st;
}

hb_status hb_state_update(hb_state_manager *m, const hb_transition *t, uint64_t *version, hb_error *err)
{
    step s = {.m = m, .t = t};
    hb_receipt receipt;
    hb_status st = hb_store_read(m->store, program_in, &s, err);
    if (st == HB_OK)
        st = verify_proof(&s, err);
    if (st == HB_OK)
        st = make_receipt(&s, &receipt, err);
    if (st == HB_OK)
        st = hb_state_transact(m, update_in, &s, err);
    if (st == HB_OK) {
        hb_store_write_head(m->store, s.made.version, s.made.digest);
        if (version)
            *version = s.made.version;
    }
    hb_buf_free(&s.program);
    hb_buf_free(&s.receipt);
    hb_buf_free(&s.copy);
    free(s.list);
    return st;
}

/* ---- the guest's input ---- */

typedef struct witness {
    hb_state_manager *m;
    uint64_t version;
    hb_text program;
    const hb_span *names;
    size_t n;
    hb_buf *out;
    struct named {
        uint8_t key[32];
        const hb_span *name;
    } *sorted;
} witness;

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static bool put_name(hb_buf *b, hb_span name)
{
    const uint8_t len[2] = {(uint8_t)name.len, (uint8_t)(name.len >> 8)};
    return hb_buf_append(b, len, 2) == HB_OK && hb_buf_append(b, name.data, name.len) == HB_OK;
}

static hb_status put_cells(const witness *w, const hb_tree_source *source, const hb_tree_root *root, hb_error *err)
{
    bool ok = hb_buf_append(w->out, "hbwitnes", 8) == HB_OK && hb_buf_append_u32(w->out, (uint32_t)w->n) == HB_OK;
    for (size_t i = 0; ok && i < w->n; i++) {
        hb_tree_leaf leaf;
        bool present;
        const hb_status st = hb_tree_get(source, root, w->sorted[i].key, &present, &leaf, err);
        if (st != HB_OK)
            return st;
        ok = put_name(w->out, *w->sorted[i].name) && hb_buf_append_u8(w->out, present) == HB_OK;
        if (ok && present)
            ok = hb_buf_append_u32(w->out, (uint32_t)leaf.value_bytes) == HB_OK && hb_buf_append(w->out, leaf.value, leaf.value_bytes) == HB_OK;
    }
    return ok ? HB_OK : no_memory(err);
}

static hb_status put_proof(const witness *w, const hb_tree_source *source, const hb_tree_root *root, hb_error *err)
{
    uint8_t(*keys)[32] = malloc(w->n * 32 + 32);
    hb_buf proof = {0};
    if (!keys)
        return no_memory(err);
    for (size_t i = 0; i < w->n; i++)
        memcpy(keys[i], w->sorted[i].key, 32);
    hb_status st = hb_tree_prove(source, root, (const uint8_t(*)[32])keys, w->n, &proof, err);
    if (st == HB_OK && (hb_buf_append_u32(w->out, (uint32_t)proof.len) != HB_OK || hb_buf_append(w->out, proof.data, proof.len) != HB_OK))
        st = no_memory(err);
    hb_buf_free(&proof);
    free(keys);
    return st;
}

static hb_status witness_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    const witness *w = ctx;
    hb_state_head head;
    hb_state_source *reader = malloc(sizeof *reader);
    if (!reader)
        return no_memory(err);
    const hb_tree_source source = hb_state_source_of(reader, w->m, txn, true);
    hb_status st = hb_state_load_readable(txn, w->version, &head, err);
    if (st == HB_OK)
        st = put_cells(w, &source, &head.root, err);
    if (st == HB_OK)
        st = put_proof(w, &source, &head.root, err);
    free(reader);
    return st;
}

hb_status hb_state_witness(hb_state_manager *m, uint64_t version, const char *program, const hb_span *names, size_t n, hb_buf *out, hb_error *err)
{
    char space[HB_STORAGE_NAMESPACE_MAX];
    witness w = {.m = m, .version = version, .program = hb_text_of(program), .names = names, .n = n, .out = out};
    const size_t from = out->len;
    if (!hb_program_id_valid(w.program) || n == 0 || n > HB_WRITES_MAX)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a witness is for a program's id and at least one name");
    w.sorted = calloc(n, sizeof *w.sorted);
    if (!w.sorted)
        return no_memory(err);
    const size_t space_bytes = hb_storage_namespace(space, w.program);
    hb_status st = HB_OK;
    for (size_t i = 0; i < n; i++) {
        if (names[i].len > UINT16_MAX)
            st = hb_fail(err, HB_INVALID_ARGUMENT, "a name has at most 65535 bytes");
        w.sorted[i].name = &names[i];
        hb_ledger_key(w.sorted[i].key, space, space_bytes, names[i].data, names[i].len);
    }
    qsort(w.sorted, n, sizeof *w.sorted, by_key);
    for (size_t i = 1; i < n; i++)
        if (memcmp(w.sorted[i - 1].key, w.sorted[i].key, 32) == 0)
            st = hb_fail(err, HB_INVALID_ARGUMENT, "a name occurs twice");
    if (st == HB_OK)
        st = hb_store_read(m->store, witness_in, &w, err);
    if (st != HB_OK)
        out->len = from;
    free(w.sorted);
    return st;
}
