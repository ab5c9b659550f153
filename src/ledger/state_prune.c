/* Going back to an old version, and dropping old ones. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/state_diff.h"

typedef struct rollback {
    hb_state_manager *m;
    uint64_t to, timestamp;
    hb_buf latest, target;
    hb_state_made made;
} rollback;

static hb_status rollback_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    rollback *r = ctx;
    hb_state_source reader;
    hb_state_head parent, old;
    hb_state_diff diff = {0};
    char number[24];
    const hb_tree_source source = hb_state_source_of(&reader, r->m, txn, false);
    hb_status st = hb_state_load_readable(txn, r->to, &old, err);
    if (st == HB_OK)
        st = hb_state_load_copy(txn, r->to, &r->target, &old, err);
    if (st == HB_OK)
        st = hb_state_load_copy(txn, HB_STATE_LATEST, &r->latest, &parent, err);
    if (st == HB_OK)
        st = hb_state_diff_make(&source, &parent.root, &old.root, &diff, err);
    snprintf(number, sizeof number, "%" PRIu64, r->to);
    const hb_metadata metadata = {"rollback_to", number};
    if (st == HB_OK) {
        const hb_state_plan plan = {.kind = HB_VERSION_ADMIN, .timestamp = r->timestamp, .writes = diff.writes, .n_writes = diff.n, .expected_root = old.c.root,
                                    .programs = {old.c.programs.p, hb_reader_left(&old.c.programs)}, .n_programs = old.c.n_programs, .metadata = &metadata,
                                    .n_metadata = 1};
        st = hb_state_commit(r->m, txn, &parent, &plan, &r->made, err);
    }
    hb_state_diff_free(&diff);
    return st;
}

hb_status hb_state_rollback_to(hb_state_manager *m, uint64_t to, uint64_t timestamp, uint64_t *version, hb_error *err)
{
    rollback r = {.m = m, .to = to, .timestamp = timestamp};
    const hb_status st = hb_state_transact(m, rollback_in, &r, err);
    if (st == HB_OK) {
        hb_store_write_head(m->store, r.made.version, r.made.digest);
        if (version)
            *version = r.made.version;
    }
    hb_buf_free(&r.latest);
    hb_buf_free(&r.target);
    return st;
}

static hb_status drop_listed(hb_store_txn *txn, const hb_buf *list, hb_error *err)
{
    hb_reader r = hb_reader_of(list->data, list->len);
    uint8_t kind, bytes;
    const uint8_t *key;
    hb_status st = HB_OK;
    while (st == HB_OK && hb_read_u8(&r, &kind)) {
        if (!hb_read_u8(&r, &bytes) || !hb_read_span(&r, bytes, &key) || (kind != HB_PAGE_LEAF && kind != HB_PAGE_INNER))
            return hb_fail(err, HB_IO, "damaged: a list of records to drop");
        st = hb_store_delete(txn, kind == HB_PAGE_LEAF ? HB_TABLE_LEAVES : HB_TABLE_PAGES, hb_span_of(key, bytes), err);
    }
    return st;
}

/* The oldest list of dropped records, if it is for a version up to `oldest`. *done: there is none. */
static hb_status drop_next(hb_store_txn *txn, uint64_t oldest, hb_buf *list, bool *done, hb_error *err)
{
    uint8_t record[12];
    hb_span key, value;
    hb_status st = hb_store_seek(txn, HB_TABLE_STALE, hb_span_of(NULL, 0), &key, &value, err);
    if (st != HB_OK)
        return st;
    *done = !key.data || key.len != sizeof record || hb_load_be64(key.data) > oldest;
    if (*done)
        return HB_OK;
    memcpy(record, key.data, sizeof record);
    st = hb_store_unseal(HB_TABLE_STALE, key, &value, err);
    if (st != HB_OK)
        return st;
    list->len = 0;
    if (hb_buf_append(list, value.data, value.len) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "pruning: out of memory");
    st = drop_listed(txn, list, err);
    return st == HB_OK ? hb_store_delete(txn, HB_TABLE_STALE, hb_span_of(record, sizeof record), err) : st;
}

typedef struct prune {
    uint64_t oldest;
    hb_buf list;
} prune;

static hb_status drop_proofs(hb_store_txn *txn, uint64_t oldest, hb_error *err)
{
    hb_span key, value;
    uint8_t number[8];
    for (;;) {
        hb_status st = hb_store_seek(txn, HB_TABLE_PROOFS, hb_span_of(NULL, 0), &key, &value, err);
        if (st != HB_OK || !key.data || key.len != 8 || hb_load_be64(key.data) >= oldest)
            return st;
        memcpy(number, key.data, 8);
        st = hb_store_delete(txn, HB_TABLE_PROOFS, hb_span_of(number, 8), err);
        if (st != HB_OK)
            return st;
    }
}

static hb_status prune_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    prune *p = ctx;
    hb_state_head last;
    uint64_t oldest;
    uint8_t number[8];
    bool done = false;
    hb_status st = hb_state_load(txn, HB_STATE_LATEST, &last, err);
    if (st == HB_OK)
        st = hb_state_oldest(txn, &oldest, err);
    if (st != HB_OK)
        return st;
    if (p->oldest > last.c.version)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the latest version, %" PRIu64 ", cannot be pruned", last.c.version);
    if (p->oldest <= oldest)
        return HB_OK;
    while (st == HB_OK && !done)
        st = drop_next(txn, p->oldest, &p->list, &done, err);
    if (st == HB_OK)
        st = drop_proofs(txn, p->oldest, err);
    hb_store_le64(number, p->oldest);
    return st == HB_OK ? hb_store_put_sealed(txn, HB_TABLE_META, hb_span_of("oldest", 6), hb_span_of(number, 8), hb_span_of(NULL, 0), err) : st;
}

hb_status hb_state_prune(hb_state_manager *m, uint64_t oldest, hb_error *err)
{
    prune p = {.oldest = oldest};
    const hb_status st = hb_state_transact(m, prune_in, &p, err);
    hb_buf_free(&p.list);
    if (st == HB_OK && m->cache)
        hb_state_cache_clear(m->cache);
    return st;
}
