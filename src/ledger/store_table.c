/* Records in and out of the tables. */
#include <string.h>

#include "hash/blake3.h"
#include "ledger/store_priv.h"

enum { SEAL_BYTES = 16 };

static MDB_val val(hb_span s)
{
    return (MDB_val){s.len, (void *)(uintptr_t)s.data};
}

static hb_span span(MDB_val v)
{
    return (hb_span){v.mv_data, v.mv_size};
}

static hb_status failed(hb_store_txn *txn, int rc, const char *what, hb_error *err)
{
    txn->full = txn->full || rc == MDB_MAP_FULL;
    return hb_store_mdb_error(txn->store, rc, what, err);
}

hb_status hb_store_get(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span *value, hb_error *err)
{
    MDB_val k = val(key), v;
    const int rc = mdb_get(txn->txn, txn->store->dbi[table], &k, &v);
    *value = rc ? (hb_span){NULL, 0} : span(v);
    return rc == 0 || rc == MDB_NOTFOUND ? HB_OK : failed(txn, rc, "reading", err);
}

hb_status hb_store_put(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span value, hb_error *err)
{
    MDB_val k = val(key), v = val(value);
    const int rc = mdb_put(txn->txn, txn->store->dbi[table], &k, &v, 0);
    return rc ? failed(txn, rc, "writing", err) : HB_OK;
}

static hb_status put_parts(hb_store_txn *txn, hb_store_table table, hb_span key, const hb_span *parts, size_t n, unsigned flags, hb_error *err)
{
    MDB_val k = val(key), v = {0, NULL};
    for (size_t i = 0; i < n; i++)
        v.mv_size += parts[i].len;
    const int rc = mdb_put(txn->txn, txn->store->dbi[table], &k, &v, flags | MDB_RESERVE);
    if (rc == MDB_KEYEXIST)
        return hb_fail(err, HB_INTERNAL, "a record of table %s is out of order", hb_table_names[table]);
    if (rc)
        return failed(txn, rc, "writing", err);
    uint8_t *to = v.mv_data;
    for (size_t i = 0; i < n; to += parts[i++].len)
        if (parts[i].len)
            memcpy(to, parts[i].data, parts[i].len);
    return HB_OK;
}

hb_status hb_store_append(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span head, hb_span tail, hb_error *err)
{
    const hb_span parts[] = {head, tail};
    return put_parts(txn, table, key, parts, 2, MDB_APPEND, err);
}

hb_status hb_store_delete(hb_store_txn *txn, hb_store_table table, hb_span key, hb_error *err)
{
    MDB_val k = val(key);
    const int rc = mdb_del(txn->txn, txn->store->dbi[table], &k, NULL);
    return rc == 0 || rc == MDB_NOTFOUND ? HB_OK : failed(txn, rc, "deleting", err);
}

static void seal(hb_store_table table, hb_span key, hb_span head, hb_span tail, uint8_t out[SEAL_BYTES])
{
    hb_blake3 h;
    uint8_t digest[32];
    hb_blake3_init(&h);
    hb_blake3_update(&h, hb_table_names[table], strlen(hb_table_names[table]) + 1);
    hb_blake3_update(&h, key.data, key.len);
    hb_blake3_update(&h, head.data, head.len);
    hb_blake3_update(&h, tail.data, tail.len);
    hb_blake3_final(&h, digest);
    memcpy(out, digest, SEAL_BYTES);
}

hb_status hb_store_unseal(hb_store_table table, hb_span key, hb_span *value, hb_error *err)
{
    uint8_t expected[SEAL_BYTES];
    const bool room = value->len >= SEAL_BYTES;
    const hb_span inner = {value->data, room ? value->len - SEAL_BYTES : 0};
    if (room)
        seal(table, key, inner, (hb_span){NULL, 0}, expected);
    if (!room || memcmp(expected, value->data + inner.len, SEAL_BYTES) != 0)
        return hb_fail(err, HB_IO, "damaged: a record of table %s", hb_table_names[table]);
    *value = inner;
    return HB_OK;
}

hb_status hb_store_get_sealed(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span *value, hb_error *err)
{
    const hb_status st = hb_store_get(txn, table, key, value, err);
    return st == HB_OK && value->data ? hb_store_unseal(table, key, value, err) : st;
}

hb_status hb_store_put_sealed(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span head, hb_span tail, hb_error *err)
{
    uint8_t mark[SEAL_BYTES];
    seal(table, key, head, tail, mark);
    const hb_span parts[] = {head, tail, {mark, SEAL_BYTES}};
    return put_parts(txn, table, key, parts, 3, 0, err);
}

static hb_status one(hb_store_txn *txn, hb_store_table table, MDB_val *k, MDB_cursor_op op, hb_span *key, hb_span *value, hb_error *err)
{
    MDB_cursor *cursor;
    MDB_val v;
    *key = *value = (hb_span){NULL, 0};
    int rc = mdb_cursor_open(txn->txn, txn->store->dbi[table], &cursor);
    if (rc)
        return failed(txn, rc, "reading", err);
    rc = mdb_cursor_get(cursor, k, &v, op);
    if (rc == 0) {
        *key = span(*k);
        *value = span(v);
    }
    mdb_cursor_close(cursor);
    return rc == 0 || rc == MDB_NOTFOUND ? HB_OK : failed(txn, rc, "reading", err);
}

hb_status hb_store_seek(hb_store_txn *txn, hb_store_table table, hb_span from, hb_span *key, hb_span *value, hb_error *err)
{
    MDB_val k = val(from);
    return one(txn, table, &k, from.len ? MDB_SET_RANGE : MDB_FIRST, key, value, err);
}

hb_status hb_store_last(hb_store_txn *txn, hb_store_table table, hb_span *key, hb_span *value, hb_error *err)
{
    MDB_val k = {0, NULL};
    return one(txn, table, &k, MDB_LAST, key, value, err);
}

hb_status hb_store_each(hb_store_txn *txn, hb_store_table table, hb_span from, hb_store_entry_fn fn, void *ctx, hb_error *err)
{
    MDB_cursor *cursor;
    MDB_val k = val(from), v;
    int rc = mdb_cursor_open(txn->txn, txn->store->dbi[table], &cursor);
    if (rc)
        return failed(txn, rc, "reading", err);
    hb_status st = HB_OK;
    for (rc = mdb_cursor_get(cursor, &k, &v, from.len ? MDB_SET_RANGE : MDB_FIRST); rc == 0 && st == HB_OK;
         rc = st == HB_OK ? mdb_cursor_get(cursor, &k, &v, MDB_NEXT) : 0)
        st = fn(ctx, span(k), span(v), err);
    mdb_cursor_close(cursor);
    if (st != HB_OK || rc == MDB_NOTFOUND || rc == 0)
        return st;
    return failed(txn, rc, "reading", err);
}

uint64_t hb_store_entries(hb_store_txn *txn, hb_store_table table)
{
    MDB_stat stat;
    return mdb_stat(txn->txn, txn->store->dbi[table], &stat) ? 0 : stat.ms_entries;
}
