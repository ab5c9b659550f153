/* Reading versions. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/state_priv.h"

typedef struct query {
    hb_state_manager *m;
    uint64_t version;
    const uint8_t (*keys)[32];
    size_t n;
    bool present;
    hb_buf *out;
    uint8_t *root;
    hb_state_entry_fn each;
    void *each_ctx;
    hb_state_source reader;
} query;

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "reading the ledger: out of memory");
}

static hb_status get_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    query *q = ctx;
    hb_state_head head;
    hb_tree_leaf leaf;
    const hb_tree_source source = hb_state_source_of(&q->reader, q->m, txn, true);
    hb_status st = hb_state_load_readable(txn, q->version, &head, err);
    if (st == HB_OK)
        st = hb_tree_get(&source, &head.root, q->keys[0], &q->present, &leaf, err);
    if (st == HB_OK && q->present && hb_buf_append(q->out, leaf.value, leaf.value_bytes) != HB_OK)
        st = no_memory(err);
    return st;
}

hb_status hb_state_get(hb_state_manager *m, uint64_t version, const uint8_t key[32], bool *present, hb_buf *value, hb_error *err)
{
    query q = {.m = m, .version = version, .keys = (const uint8_t(*)[32])key, .out = value};
    const hb_status st = hb_store_read(m->store, get_in, &q, err);
    *present = st == HB_OK && q.present;
    return st;
}

static hb_status prove_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    query *q = ctx;
    hb_state_head head;
    const hb_tree_source source = hb_state_source_of(&q->reader, q->m, txn, true);
    const hb_status st = hb_state_load_readable(txn, q->version, &head, err);
    return st == HB_OK ? hb_tree_prove(&source, &head.root, q->keys, q->n, q->out, err) : st;
}

hb_status hb_state_prove(hb_state_manager *m, uint64_t version, const uint8_t (*keys)[32], size_t n, hb_buf *proof, hb_error *err)
{
    query q = {.m = m, .version = version, .keys = keys, .n = n, .out = proof};
    return hb_store_read(m->store, prove_in, &q, err);
}

static hb_status root_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    query *q = ctx;
    hb_state_head head;
    const hb_status st = hb_state_load(txn, q->version, &head, err);
    if (st != HB_OK)
        return st;
    if (q->root)
        memcpy(q->root, head.c.root, 32);
    if (q->out && hb_buf_append(q->out, head.bytes.data, head.bytes.len) != HB_OK)
        return no_memory(err);
    return HB_OK;
}

hb_status hb_state_root(hb_state_manager *m, uint64_t version, uint8_t root[32], hb_error *err)
{
    query q = {.m = m, .version = version, .root = root};
    return hb_store_read(m->store, root_in, &q, err);
}

hb_status hb_state_commitment_bytes(hb_state_manager *m, uint64_t version, hb_buf *out, hb_error *err)
{
    query q = {.m = m, .version = version, .out = out};
    return hb_store_read(m->store, root_in, &q, err);
}

static hb_status versions_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    uint64_t *range = ctx;
    hb_state_head head;
    hb_status st = hb_state_load(txn, HB_STATE_LATEST, &head, err);
    if (st == HB_OK)
        st = hb_state_oldest(txn, &range[0], err);
    if (st == HB_OK)
        range[1] = head.c.version;
    return st;
}

hb_status hb_state_versions(hb_state_manager *m, uint64_t *oldest, uint64_t *latest, hb_error *err)
{
    uint64_t range[2] = {0, 0};
    const hb_status st = hb_store_read(m->store, versions_in, range, err);
    *oldest = range[0];
    *latest = range[1];
    return st;
}

static hb_status leaf_to_entry(void *ctx, const hb_tree_leaf *leaf, hb_error *err)
{
    const query *q = ctx;
    return q->each(q->each_ctx, leaf->key, hb_span_of(leaf->value, leaf->value_bytes), err);
}

static hb_status each_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    query *q = ctx;
    hb_state_head head;
    const hb_tree_source source = hb_state_source_of(&q->reader, q->m, txn, false);
    const hb_status st = hb_state_load_readable(txn, q->version, &head, err);
    return st == HB_OK ? hb_tree_each(&source, &head.root, leaf_to_entry, q, err) : st;
}

hb_status hb_state_each(hb_state_manager *m, uint64_t version, hb_state_entry_fn fn, void *ctx, hb_error *err)
{
    query q = {.m = m, .version = version, .each = fn, .each_ctx = ctx};
    return hb_store_read(m->store, each_in, &q, err);
}

typedef struct history {
    uint64_t from, to;
    hb_state_history_fn fn;
    void *ctx;
} history;

static hb_status history_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    const history *h = ctx;
    hb_state_head head, last;
    hb_status st = hb_state_load(txn, HB_STATE_LATEST, &last, err);
    const uint64_t to = st == HB_OK && h->to > last.c.version ? last.c.version : h->to;
    for (uint64_t v = h->from; st == HB_OK && v <= to; v++) {
        st = hb_state_load(txn, v, &head, err);
        if (st == HB_OK)
            st = h->fn(h->ctx, &head.c, head.bytes, err);
    }
    return st;
}

hb_status hb_state_history(hb_state_manager *m, uint64_t from, uint64_t to, hb_state_history_fn fn, void *ctx, hb_error *err)
{
    history h = {from, to, fn, ctx};
    return hb_store_read(m->store, history_in, &h, err);
}

typedef struct receipt_query {
    uint64_t version;
    hb_buf *receipt, *proof;
} receipt_query;

static hb_status receipt_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    receipt_query *q = ctx;
    hb_state_head head;
    uint8_t number[8];
    hb_span value;
    hb_status st = hb_state_load(txn, q->version, &head, err);
    if (st != HB_OK)
        return st;
    if (head.c.kind != HB_VERSION_PROGRAM)
        return hb_fail(err, HB_INVALID_ARGUMENT, "version %" PRIu64 " was not made by a program", q->version);
    st = hb_store_get_sealed(txn, HB_TABLE_RECEIPTS, hb_span_of(head.statement, 32), &value, err);
    if (st == HB_OK && (!value.data || value.len < 8 || hb_load_le64(value.data) != q->version))
        st = hb_fail(err, HB_IO, "damaged: the receipt of version %" PRIu64 " is missing", q->version);
    if (st == HB_OK && hb_buf_append(q->receipt, value.data + 8, value.len - 8) != HB_OK)
        st = no_memory(err);
    if (st != HB_OK)
        return st;
    if (!q->proof)
        return HB_OK;
    hb_store_be64(number, q->version);
    st = hb_store_get_sealed(txn, HB_TABLE_PROOFS, hb_span_of(number, 8), &value, err);
    if (st == HB_OK && hb_buf_append(q->proof, value.data, value.len) != HB_OK)
        st = no_memory(err);
    return st;
}

hb_status hb_state_receipt(hb_state_manager *m, uint64_t version, hb_buf *receipt, hb_buf *proof, hb_error *err)
{
    receipt_query q = {version, receipt, proof};
    return hb_store_read(m->store, receipt_in, &q, err);
}
