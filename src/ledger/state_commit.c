/* Making versions. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/state_priv.h"

enum { STALE_CHUNK = 1 << 16 };

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "making a version: out of memory");
}

static int by_key(const void *a, const void *b)
{
    return memcmp(((const hb_state_write *)a)->key, ((const hb_state_write *)b)->key, 32);
}

hb_status hb_state_sort_writes(hb_state_write *writes, size_t n, hb_error *err)
{
    bool sorted = true;
    if (n > HB_WRITES_MAX)
        return hb_fail(err, HB_LIMIT, "a version takes at most %u writes", HB_WRITES_MAX);
    for (size_t i = 0; i < n; i++) {
        sorted = sorted && (i == 0 || by_key(&writes[i - 1], &writes[i]) < 0);
        if (writes[i].value_bytes > HB_VALUE_BYTES_MAX)
            return hb_fail(err, HB_LIMIT, "a value has at most %u bytes", HB_VALUE_BYTES_MAX);
    }
    if (!sorted)
        qsort(writes, n, sizeof *writes, by_key);
    for (size_t i = 1; i < n; i++)
        if (by_key(&writes[i - 1], &writes[i]) == 0)
            return hb_fail(err, HB_INVALID_ARGUMENT, "two writes of one version go to the same key");
    return HB_OK;
}

static hb_status write_pages(hb_store_txn *txn, const hb_tree_batch *batch, hb_error *err)
{
    hb_status st = HB_OK;
    for (unsigned d = 0; d < 64; d++) {
        hb_reader r = hb_reader_of(batch->pages[d].data, batch->pages[d].len);
        uint8_t key_bytes;
        uint16_t bytes;
        const uint8_t *key, *value;
        while (st == HB_OK && hb_read_u8(&r, &key_bytes) && hb_read_u16(&r, &bytes) && hb_read_span(&r, key_bytes, &key) && hb_read_span(&r, bytes, &value))
            st = hb_store_append(txn, HB_TABLE_PAGES, hb_span_of(key, key_bytes), hb_span_of(value, bytes), hb_span_of(NULL, 0), err);
    }
    return st;
}

static hb_status write_leaves(hb_store_txn *txn, uint64_t version, const hb_tree_op *ops, const hb_state_write *writes, size_t n, hb_error *err)
{
    uint8_t key[12];
    hb_status st = HB_OK;
    hb_store_be64(key, version);
    for (size_t i = 0; st == HB_OK && i < n; i++) {
        hb_store_be32(key + 8, (uint32_t)i);
        if (ops[i].used)
            st = hb_store_append(txn, HB_TABLE_LEAVES, hb_span_of(key, 12), hb_span_of(writes[i].key, 32), hb_span_of(writes[i].value, writes[i].value_bytes),
                                 err);
    }
    return st;
}

/* Whole entries in pieces, so that no record needs megabytes of contiguous pages. */
static hb_status write_stale(hb_store_txn *txn, uint64_t version, const hb_buf *stale, hb_error *err)
{
    uint8_t key[12];
    hb_status st = HB_OK;
    hb_store_be64(key, version);
    size_t from = 0, at = 0;
    for (uint32_t chunk = 0; st == HB_OK && from < stale->len; chunk++, from = at) {
        while (at < stale->len && at - from < STALE_CHUNK)
            at += 2u + stale->data[at + 1];
        hb_store_be32(key + 8, chunk);
        st = hb_store_put_sealed(txn, HB_TABLE_STALE, hb_span_of(key, 12), hb_span_of(stale->data + from, at - from), hb_span_of(NULL, 0), err);
    }
    return st;
}

static bool put_text8(hb_buf *b, const char *text)
{
    const size_t n = strlen(text);
    return n <= 255 && hb_buf_append_u8(b, (uint8_t)n) == HB_OK && hb_buf_append(b, text, n) == HB_OK;
}

static bool encode_metadata(hb_buf *b, const hb_metadata *metadata, size_t n)
{
    bool ok = hb_buf_append_u32(b, (uint32_t)n) == HB_OK;
    for (size_t i = 0; i < n && ok; i++) {
        const size_t len = strlen(metadata[i].value);
        ok = put_text8(b, metadata[i].key) && hb_buf_append_u32(b, (uint32_t)len) == HB_OK && hb_buf_append(b, metadata[i].value, len) == HB_OK;
    }
    return ok;
}

static bool encode_commitment(hb_buf *b, uint64_t version, const hb_state_head *parent, const hb_state_plan *plan, const uint8_t root[32])
{
    static const uint8_t zero[32];
    return hb_buf_append(b, HB_COMMITMENT_MAGIC, 8) == HB_OK && hb_buf_append_u64(b, version) == HB_OK && hb_buf_append_u64(b, plan->timestamp) == HB_OK &&
           hb_buf_append_u8(b, (uint8_t)plan->kind) == HB_OK && hb_buf_append(b, root, 32) == HB_OK &&
           hb_buf_append(b, parent ? parent->c.root : zero, 32) == HB_OK && hb_buf_append(b, parent ? parent->c.digest : zero, 32) == HB_OK &&
           hb_buf_append(b, plan->receipt ? plan->receipt : zero, 32) == HB_OK && hb_buf_append_u32(b, plan->n_programs) == HB_OK &&
           hb_buf_append(b, plan->programs.data, plan->programs.len) == HB_OK && encode_metadata(b, plan->metadata, plan->n_metadata);
}

/* The commitment, and that it is one which everybody accepts. */
static hb_status write_version(hb_store_txn *txn, const hb_state_head *parent, const hb_state_plan *plan, const hb_tree_root *root, hb_state_made *made,
                               hb_error *err)
{
    hb_buf b = {0};
    hb_state_commitment c;
    uint8_t key[8], front[40] = {0}, head[40];
    if (!encode_commitment(&b, made->version, parent, plan, root->hash)) {
        hb_buf_free(&b);
        return no_memory(err);
    }
    hb_status st = hb_state_commitment_parse(b.data, b.len, &c, err);
    if (st != HB_OK)
        st = hb_fail(err, HB_INVALID_ARGUMENT, "metadata (at most %u entries, keys of 1 to 255 bytes, ascending) or programs do not fit a state commitment",
                     HB_COMMITMENT_METADATA_MAX);
    if (st == HB_OK && parent)
        st = hb_state_commitment_follows(&parent->c, &c, err);
    hb_store_be64(key, made->version);
    hb_store_le64(front, root->version);
    if (plan->statement)
        memcpy(front + 8, plan->statement, 32);
    if (st == HB_OK)
        st = hb_store_put_sealed(txn, HB_TABLE_VERSIONS, hb_span_of(key, 8), hb_span_of(front, 40), hb_span_of(b.data, b.len), err);
    if (st == HB_OK) {
        memcpy(made->digest, c.digest, 32);
        hb_store_le64(head, made->version);
        memcpy(head + 8, c.digest, 32);
        st = hb_store_put_sealed(txn, HB_TABLE_META, hb_span_of("head", 4), hb_span_of(head, 40), hb_span_of(NULL, 0), err);
    }
    hb_buf_free(&b);
    return st;
}

static hb_tree_op *ops_of(const hb_state_write *writes, size_t n)
{
    hb_tree_op *ops = calloc(n + 1, sizeof *ops);
    for (size_t i = 0; ops && i < n; i++) {
        uint8_t hash[32];
        memcpy(ops[i].key, writes[i].key, 32);
        ops[i].index = (uint32_t)i;
        ops[i].put = writes[i].value != NULL;
        if (!ops[i].put)
            continue;
        hb_blake3_hash(hash, writes[i].value, writes[i].value_bytes);
        hb_ledger_hash_leaf(ops[i].leaf_hash, writes[i].key, hash);
    }
    return ops;
}

hb_status hb_state_commit(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *parent, const hb_state_plan *plan, hb_state_made *made, hb_error *err)
{
    static const hb_tree_root empty;
    hb_state_source reader;
    hb_tree_source source = hb_state_source_of(&reader, m, txn, false);
    hb_tree_batch batch = {0};
    hb_tree_op *ops = ops_of(plan->writes, plan->n_writes);
    if (!ops)
        return no_memory(err);
    made->version = parent ? parent->c.version + 1 : 0;
    hb_status st = hb_tree_update(&source, parent ? &parent->root : &empty, made->version, ops, plan->n_writes, &batch, err);
    if (st == HB_OK && plan->expected_root && memcmp(plan->expected_root, batch.root.hash, 32) != 0)
        st = HB_REJECT(err, HB_R_POST_ROOT);
    if (st == HB_OK)
        st = write_pages(txn, &batch, err);
    if (st == HB_OK)
        st = write_leaves(txn, made->version, ops, plan->writes, plan->n_writes, err);
    if (st == HB_OK)
        st = write_stale(txn, made->version, &batch.stale, err);
    if (st == HB_OK)
        st = write_version(txn, parent, plan, &batch.root, made, err);
    hb_tree_batch_free(&batch);
    free(ops);
    return st;
}

/* A key that holds a registry record can only be changed by registering. */
static hb_status keep_off_registry(const hb_state_head *parent, const hb_state_change *change, hb_error *err)
{
    hb_program_ref p;
    uint8_t key[32];
    if (!parent)
        return HB_OK;
    hb_reader r = parent->c.programs;
    while (hb_commitment_next_program(&r, &p)) {
        hb_registry_key_of(key, p.id);
        for (size_t i = 0; i < change->n_writes; i++)
            if (memcmp(change->writes[i].key, key, 32) == 0)
                return hb_fail(err, HB_INVALID_ARGUMENT, "the record of program %.*s is changed by registering, not by writing", (int)p.id.len, p.id.data);
    }
    return HB_OK;
}

hb_status hb_state_apply_change(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *parent, const hb_state_change *change, hb_state_made *made,
                                hb_error *err)
{
    hb_buf records = {0}, list = {0};
    hb_state_plan plan = {.kind = parent ? HB_VERSION_ADMIN : HB_VERSION_GENESIS, .timestamp = change->timestamp, .metadata = change->metadata,
                          .n_metadata = change->n_metadata, .n_writes = change->n_writes + change->n_programs};
    hb_state_write *writes = calloc(plan.n_writes + 1, sizeof *writes);
    hb_status st = writes ? keep_off_registry(parent, change, err) : no_memory(err);
    if (st == HB_OK)
        st = hb_registry_add(m, txn, parent, change->programs, change->n_programs, &records, writes, &list, &plan.n_programs, err);
    if (st == HB_OK) {
        if (change->n_writes)
            memcpy(writes + change->n_programs, change->writes, change->n_writes * sizeof *writes);
        st = hb_state_sort_writes(writes, plan.n_writes, err);
    }
    plan.writes = writes;
    plan.programs = hb_span_of(list.data, list.len);
    if (st == HB_OK)
        st = hb_state_commit(m, txn, parent, &plan, made, err);
    hb_buf_free(&records);
    hb_buf_free(&list);
    free(writes);
    return st;
}

typedef struct put {
    hb_state_manager *m;
    const hb_state_change *change;
    hb_buf copy;
    hb_state_made made;
} put;

static hb_status put_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    put *p = ctx;
    hb_state_head parent;
    const hb_status st = hb_state_load_copy(txn, HB_STATE_LATEST, &p->copy, &parent, err);
    return st == HB_OK ? hb_state_apply_change(p->m, txn, &parent, p->change, &p->made, err) : st;
}

hb_status hb_state_put(hb_state_manager *m, const hb_state_change *change, uint64_t *version, hb_error *err)
{
    put p = {.m = m, .change = change};
    const hb_status st = hb_state_transact(m, put_in, &p, err);
    hb_buf_free(&p.copy);
    if (st != HB_OK)
        return st;
    hb_store_write_head(m->store, p.made.version, p.made.digest);
    if (version)
        *version = p.made.version;
    return HB_OK;
}
