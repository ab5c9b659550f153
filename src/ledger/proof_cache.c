#include "ledger/proof_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hash/blake3.h"
#include "ledger/state_priv.h"
#include "machine/statement.h"

typedef struct totals {
    uint64_t bytes, next, limit;
} totals;

typedef struct request {
    const uint8_t *key;
    hb_span proof;   /* to be kept */
    hb_buf *out;     /* found */
    bool found, spoiled;
    uint64_t limit;
    hb_proof_cache_stats stats;
} request;

void hb_proof_cache_key(uint8_t key[32], const uint8_t vkey[32], const uint8_t input_digest[32], hb_span options)
{
    static const char context[] = "hauptbuch proof cache 1"; /* the number is the proof format's */
    uint8_t params[32];
    hb_blake3 h;
    hb_params_id(params);
    hb_blake3_init(&h);
    hb_blake3_update(&h, context, sizeof context);
    hb_blake3_update(&h, params, 32);
    hb_blake3_update(&h, vkey, 32);
    hb_blake3_update(&h, input_digest, 32);
    hb_blake3_update(&h, options.data, options.len);
    hb_blake3_final(&h, key);
}

static hb_status load_totals(hb_store_txn *txn, totals *t, hb_error *err)
{
    hb_span value;
    const hb_status st = hb_store_get_sealed(txn, HB_TABLE_META, hb_span_of("cache", 5), &value, err);
    *t = (totals){.limit = HB_PROOF_CACHE_LIMIT_DEFAULT};
    if (st == HB_OK && value.len == 24)
        *t = (totals){hb_load_le64(value.data), hb_load_le64(value.data + 8), hb_load_le64(value.data + 16)};
    return st;
}

static hb_status store_totals(hb_store_txn *txn, const totals *t, hb_error *err)
{
    uint8_t bytes[24];
    hb_store_le64(bytes, t->bytes);
    hb_store_le64(bytes + 8, t->next);
    hb_store_le64(bytes + 16, t->limit);
    return hb_store_put_sealed(txn, HB_TABLE_META, hb_span_of("cache", 5), hb_span_of(bytes, 24), hb_span_of(NULL, 0), err);
}

static void stamp_key(uint8_t out[33], const uint8_t key[32])
{
    memcpy(out, key, 32);
    out[32] = 's';
}

/* The entry and its place in the order go; a spoiled stamp leaves a place in the order behind, which goes when it is the oldest. */
static hb_status drop(hb_store_txn *txn, totals *t, const uint8_t key[32], hb_error *err)
{
    uint8_t stamp[33], order[8];
    hb_span value;
    stamp_key(stamp, key);
    hb_status st = hb_store_get(txn, HB_TABLE_CACHE, hb_span_of(key, 32), &value, err);
    if (st == HB_OK && value.data)
        t->bytes -= t->bytes < value.len ? t->bytes : value.len;
    if (st == HB_OK && hb_store_get_sealed(txn, HB_TABLE_CACHE, hb_span_of(stamp, 33), &value, NULL) == HB_OK && value.len == 8) {
        hb_store_be64(order, hb_load_le64(value.data));
        st = hb_store_delete(txn, HB_TABLE_CACHE_ORDER, hb_span_of(order, 8), err);
    }
    if (st == HB_OK)
        st = hb_store_delete(txn, HB_TABLE_CACHE, hb_span_of(key, 32), err);
    return st == HB_OK ? hb_store_delete(txn, HB_TABLE_CACHE, hb_span_of(stamp, 33), err) : st;
}

/* Drops the oldest until `more` bytes fit. */
static hb_status make_room(hb_store_txn *txn, totals *t, uint64_t more, hb_error *err)
{
    hb_span key, value;
    uint8_t order[8], entry[32];
    while (t->bytes + more > t->limit) {
        hb_status st = hb_store_seek(txn, HB_TABLE_CACHE_ORDER, hb_span_of(NULL, 0), &key, &value, err);
        if (st != HB_OK || !key.data || key.len != 8)
            return st;
        memcpy(order, key.data, 8);
        const bool whole = value.len == 32;
        if (whole)
            memcpy(entry, value.data, 32);
        st = hb_store_delete(txn, HB_TABLE_CACHE_ORDER, hb_span_of(order, 8), err);
        if (st == HB_OK && whole)
            st = drop(txn, t, entry, err);
        if (st != HB_OK)
            return st;
    }
    return HB_OK;
}

static hb_status set_stamp(hb_store_txn *txn, totals *t, const uint8_t key[32], hb_error *err)
{
    uint8_t stamp[33], little[8], big[8];
    stamp_key(stamp, key);
    hb_store_le64(little, t->next);
    hb_store_be64(big, t->next++);
    const hb_status st = hb_store_put_sealed(txn, HB_TABLE_CACHE, hb_span_of(stamp, 33), hb_span_of(little, 8), hb_span_of(NULL, 0), err);
    return st == HB_OK ? hb_store_put(txn, HB_TABLE_CACHE_ORDER, hb_span_of(big, 8), hb_span_of(key, 32), err) : st;
}

static hb_status put_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    request *a = ctx;
    totals t;
    const uint64_t cost = a->proof.len + 16;
    hb_status st = load_totals(txn, &t, err);
    if (st == HB_OK)
        st = drop(txn, &t, a->key, err);
    if (st == HB_OK && cost <= t.limit) {
        st = make_room(txn, &t, cost, err);
        if (st == HB_OK)
            st = hb_store_put_sealed(txn, HB_TABLE_CACHE, hb_span_of(a->key, 32), a->proof, hb_span_of(NULL, 0), err);
        if (st == HB_OK)
            st = set_stamp(txn, &t, a->key, err);
        t.bytes += cost;
    }
    return st == HB_OK ? store_totals(txn, &t, err) : st;
}

static hb_status drop_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    const request *a = ctx;
    totals t;
    hb_status st = load_totals(txn, &t, err);
    if (st == HB_OK)
        st = drop(txn, &t, a->key, err);
    return st == HB_OK ? store_totals(txn, &t, err) : st;
}

/* Used now. */
static hb_status touch_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    const request *a = ctx;
    totals t;
    uint8_t stamp[33], order[8];
    hb_span value;
    stamp_key(stamp, a->key);
    hb_status st = load_totals(txn, &t, err);
    if (st == HB_OK)
        st = hb_store_get_sealed(txn, HB_TABLE_CACHE, hb_span_of(stamp, 33), &value, err);
    if (st != HB_OK || value.len != 8)
        return st;
    if (hb_load_le64(value.data) + 1 == t.next)
        return HB_OK; /* it is the newest already */
    hb_store_be64(order, hb_load_le64(value.data));
    st = hb_store_delete(txn, HB_TABLE_CACHE_ORDER, hb_span_of(order, 8), err);
    if (st == HB_OK)
        st = set_stamp(txn, &t, a->key, err);
    return st == HB_OK ? store_totals(txn, &t, err) : st;
}

static hb_status get_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    request *a = ctx;
    hb_span value;
    const hb_status st = hb_store_get(txn, HB_TABLE_CACHE, hb_span_of(a->key, 32), &value, err);
    if (st != HB_OK || !value.data)
        return st;
    a->found = true;
    a->spoiled = hb_store_unseal(HB_TABLE_CACHE, hb_span_of(a->key, 32), &value, NULL) != HB_OK;
    if (!a->spoiled && hb_buf_append(a->out, value.data, value.len) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "reading a cached proof: out of memory");
    return HB_OK;
}

/* A kept proof that is accepted, appended; a spoiled one is dropped. */
static hb_status look_up(hb_state_manager *m, const uint8_t key[32], const hb_proof_maker *maker, hb_buf *proof, bool *hit, hb_error *err)
{
    request a = {.key = key, .out = proof};
    const size_t from = proof->len;
    const hb_status st = hb_store_read(m->store, get_in, &a, err);
    *hit = false;
    if (st != HB_OK || !a.found)
        return st;
    *hit = !a.spoiled && maker->accept(maker->ctx, proof->data + from, proof->len - from);
    if (!*hit)
        proof->len = from;
    if (!m->read_only) /* that it cannot be noted harms nobody */
        hb_store_write(m->store, *hit ? touch_in : drop_in, &a, NULL);
    return HB_OK;
}

/* Who holds the byte of this key makes the proof. The lock belongs to the open file, so it keeps threads apart too, and ends with its process. -1: no lock can be
 * had, and everybody makes their own. */
static int begin_flight(hb_state_manager *m, const uint8_t key[32])
{
    char path[4096];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)(hb_load_le64(key) >> 2), .l_len = 1};
    if ((size_t)snprintf(path, sizeof path, "%s/flight.lock", hb_store_dir(m->store)) >= sizeof path)
        return -1;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    while (fcntl(fd, F_OFD_SETLKW, &lock) != 0)
        if (errno != EINTR) {
            close(fd);
            return -1;
        }
    return fd;
}

hb_status hb_proof_cached(hb_state_manager *m, const uint8_t key[32], const hb_proof_maker *maker, hb_buf *proof, bool *hit_out, hb_error *err)
{
    bool hit;
    const size_t from = proof->len;
    hb_status st = look_up(m, key, maker, proof, &hit, err);
    if (st == HB_OK && !hit) {
        const int flight = begin_flight(m, key);
        st = look_up(m, key, maker, proof, &hit, err); /* somebody may have made it while we waited */
        if (st == HB_OK && !hit) {
            st = maker->prove(maker->ctx, proof, err);
            request a = {.key = key, .proof = hb_span_of(proof->data + from, proof->len - from)};
            if (st == HB_OK && !m->read_only)
                hb_store_write(m->store, put_in, &a, NULL);
        }
        if (flight >= 0)
            close(flight);
    }
    if (hit_out)
        *hit_out = hit;
    return st;
}

static hb_status limit_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    const request *a = ctx;
    totals t;
    hb_status st = load_totals(txn, &t, err);
    t.limit = a->limit;
    if (st == HB_OK)
        st = make_room(txn, &t, 0, err);
    return st == HB_OK ? store_totals(txn, &t, err) : st;
}

hb_status hb_proof_cache_set_limit(hb_state_manager *m, uint64_t bytes, hb_error *err)
{
    request a = {.limit = bytes};
    return hb_state_transact(m, limit_in, &a, err);
}

static hb_status stats_in(hb_store_txn *txn, void *ctx, hb_error *err)
{
    request *a = ctx;
    totals t;
    const hb_status st = load_totals(txn, &t, err);
    a->stats = (hb_proof_cache_stats){hb_store_entries(txn, HB_TABLE_CACHE_ORDER), t.bytes, t.limit};
    return st;
}

hb_status hb_proof_cache_read_stats(hb_state_manager *m, hb_proof_cache_stats *stats, hb_error *err)
{
    request a = {0};
    const hb_status st = hb_store_read(m->store, stats_in, &a, err);
    *stats = a.stats;
    return st;
}
