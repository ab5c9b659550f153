#include "ledger/state_manager.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/state_priv.h"

static hb_status missing(const char *what, uint64_t version, hb_error *err)
{
    const hb_status st = hb_fail(err, HB_IO, "damaged: a %s written by version %" PRIu64 " is missing or malformed", what, version);
    if (err)
        err->offset = version;
    return st;
}

static hb_status load_page(void *ctx, uint64_t version, unsigned depth, const uint8_t key[32], hb_page *out, hb_error *err)
{
    hb_state_source *s = ctx;
    uint8_t record[HB_PAGE_KEY_MAX], packed[HB_PAGE_PACKED_MAX];
    const size_t n = hb_page_key(record, version, depth, key);
    hb_span value;
    if (s->caching) {
        const size_t got = hb_state_cache_get(s->m->cache, record, n, packed, sizeof packed);
        if (got != SIZE_MAX && hb_page_unpack(out, packed, got))
            return HB_OK;
    }
    const hb_status st = hb_store_get(s->txn, HB_TABLE_PAGES, hb_span_of(record, n), &value, err);
    if (st != HB_OK)
        return st;
    if (!value.data || !hb_page_decode(out, value.data, value.len))
        return missing("page", version, err);
    if (s->caching)
        hb_state_cache_put(s->m->cache, record, n, packed, hb_page_pack(out, packed));
    return HB_OK;
}

static hb_status load_leaf(void *ctx, uint64_t version, uint32_t index, hb_tree_leaf *out, hb_error *err)
{
    hb_state_source *s = ctx;
    uint8_t key[13]; /* a byte more than the record's, so that no page has this key in the cache */
    hb_span value;
    hb_store_be64(key, version);
    hb_store_be32(key + 8, index);
    key[12] = 0xff;
    const size_t cached = s->caching ? hb_state_cache_get(s->m->cache, key, sizeof key, s->record, sizeof s->record) : SIZE_MAX;
    if (cached != SIZE_MAX) {
        value = hb_span_of(s->record, cached);
    } else {
        const hb_status st = hb_store_get(s->txn, HB_TABLE_LEAVES, hb_span_of(key, 12), &value, err);
        if (st != HB_OK)
            return st;
        if (!value.data || value.len < 32)
            return missing("value", version, err);
        if (s->caching && value.len <= sizeof s->record)
            hb_state_cache_put(s->m->cache, key, sizeof key, value.data, value.len);
    }
    out->key = value.data;
    out->value = value.data + 32;
    out->value_bytes = value.len - 32;
    return HB_OK;
}

hb_tree_source hb_state_source_of(hb_state_source *s, hb_state_manager *m, hb_store_txn *txn, bool caching)
{
    s->m = m;
    s->txn = txn;
    s->caching = caching && m->cache;
    return (hb_tree_source){s, load_page, load_leaf};
}

hb_status hb_state_parse_version(hb_span value, hb_state_head *out, hb_error *err)
{
    if (value.len < 40 || hb_state_commitment_parse(value.data + 40, value.len - 40, &out->c, err) != HB_OK)
        return hb_fail(err, HB_IO, "damaged: the record of a version is malformed");
    out->bytes = hb_span_of(value.data + 40, value.len - 40);
    memcpy(out->statement, value.data + 8, 32);
    out->root.version = hb_load_le64(value.data);
    memcpy(out->root.hash, out->c.root, 32);
    return HB_OK;
}

hb_status hb_state_load(hb_store_txn *txn, uint64_t version, hb_state_head *out, hb_error *err)
{
    uint8_t number[8];
    hb_span key, value;
    hb_status st;
    if (version == HB_STATE_LATEST) {
        st = hb_store_last(txn, HB_TABLE_VERSIONS, &key, &value, err);
    } else {
        hb_store_be64(number, version);
        key = hb_span_of(number, 8);
        st = hb_store_get(txn, HB_TABLE_VERSIONS, key, &value, err);
    }
    if (st != HB_OK)
        return st;
    if (!value.data)
        return hb_fail(err, HB_INVALID_ARGUMENT, version == HB_STATE_LATEST ? "the ledger has no version (its making was not finished)" : "the ledger has no version %" PRIu64,
                       version);
    st = hb_store_unseal(HB_TABLE_VERSIONS, key, &value, err);
    if (st == HB_OK)
        st = hb_state_parse_version(value, out, err);
    if (st == HB_OK && (key.len != 8 || out->c.version != hb_load_be64(key.data)))
        st = hb_fail(err, HB_IO, "damaged: the record of version %" PRIu64 " is another's", out->c.version);
    return st;
}

hb_status hb_state_oldest(hb_store_txn *txn, uint64_t *oldest, hb_error *err)
{
    hb_span value;
    const hb_status st = hb_store_get_sealed(txn, HB_TABLE_META, hb_span_of("oldest", 6), &value, err);
    if (st != HB_OK)
        return st;
    if (!value.data || value.len != 8)
        return hb_fail(err, HB_IO, "damaged: the number of the oldest version is missing");
    *oldest = hb_load_le64(value.data);
    return HB_OK;
}

hb_status hb_state_load_readable(hb_store_txn *txn, uint64_t version, hb_state_head *out, hb_error *err)
{
    uint64_t oldest;
    hb_status st = hb_state_load(txn, version, out, err);
    if (st == HB_OK)
        st = hb_state_oldest(txn, &oldest, err);
    if (st == HB_OK && out->c.version < oldest)
        st = hb_fail(err, HB_INVALID_ARGUMENT, "version %" PRIu64 " has been pruned; the oldest is %" PRIu64, out->c.version, oldest);
    return st;
}

hb_status hb_state_load_copy(hb_store_txn *txn, uint64_t version, hb_buf *copy, hb_state_head *out, hb_error *err)
{
    hb_status st = hb_state_load(txn, version, out, err);
    if (st != HB_OK)
        return st;
    copy->len = 0;
    if (hb_buf_append(copy, out->bytes.data, out->bytes.len) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "reading a version: out of memory");
    out->bytes = hb_span_of(copy->data, copy->len);
    return hb_state_commitment_parse(copy->data, copy->len, &out->c, err);
}

/* The latest version, and that nothing which the head file names has been lost. */
static hb_status check_head(hb_store_txn *txn, void *ctx, hb_error *err)
{
    hb_state_manager *m = ctx;
    hb_state_head head;
    hb_span value;
    bool there;
    uint64_t version;
    uint8_t digest[32];
    hb_status st = hb_store_get_sealed(txn, HB_TABLE_META, hb_span_of("format", 6), &value, err);
    if (st != HB_OK)
        return st;
    if (!value.data)
        return hb_fail(err, HB_INVALID_ARGUMENT, "%s is not a ledger, or its making was not finished", hb_store_dir(m->store));
    if (value.len != 4 || hb_load_le32(value.data) != 1)
        return hb_fail(err, HB_UNSUPPORTED, "the ledger was written by a newer version of this program");
    st = hb_state_load(txn, HB_STATE_LATEST, &head, err);
    if (st == HB_OK)
        st = hb_store_get_sealed(txn, HB_TABLE_META, hb_span_of("head", 4), &value, err);
    if (st != HB_OK)
        return st;
    if (value.len != 40 || hb_load_le64(value.data) != head.c.version || memcmp(value.data + 8, head.c.digest, 32) != 0)
        return hb_fail(err, HB_IO, "damaged: the latest version is not the one that was committed last");
    st = hb_store_read_head(m->store, &there, &version, digest, err);
    if (st != HB_OK || !there)
        return st;
    if (version > head.c.version)
        return hb_fail(err, HB_IO, "damaged: version %" PRIu64 " was committed, but the data file ends with version %" PRIu64, version, head.c.version);
    st = hb_state_load(txn, version, &head, err);
    if (st == HB_OK && memcmp(head.c.digest, digest, 32) != 0)
        st = hb_fail(err, HB_IO, "damaged: version %" PRIu64 " is not the one that was committed", version);
    return st;
}

static hb_status make_manager(hb_store *store, const hb_state_options *options, hb_state_manager **out, hb_error *err)
{
    hb_state_manager *m = calloc(1, sizeof *m);
    if (m && options && options->enable_state_caching)
        m->cache = hb_state_cache_create(options->cache_bytes ? options->cache_bytes : HB_STATE_CACHE_BYTES_DEFAULT);
    if (!m || (options && options->enable_state_caching && !m->cache)) {
        free(m);
        return hb_fail(err, HB_OUT_OF_MEMORY, "opening the ledger: out of memory");
    }
    m->store = store;
    m->read_only = options && options->read_only;
    pthread_mutex_init(&m->airs_lock, NULL);
    *out = m;
    return HB_OK;
}

static hb_store_options store_options(const hb_state_options *o, bool create)
{
    if (!o)
        return (hb_store_options){.create = create};
    return (hb_store_options){.create = create, .read_only = o->read_only, .no_sync = o->no_sync, .map_bytes = o->map_bytes, .map_bytes_max = o->map_bytes_max};
}

hb_status hb_state_manager_open(const char *dir, const hb_state_options *options, hb_state_manager **out, hb_error *err)
{
    const hb_store_options so = store_options(options, false);
    hb_store *store;
    *out = NULL;
    hb_status st = hb_store_open(dir, &so, &store, err);
    if (st != HB_OK)
        return st;
    st = make_manager(store, options, out, err);
    if (st != HB_OK) {
        hb_store_close(store);
        return st;
    }
    st = hb_store_read(store, check_head, *out, err);
    if (st != HB_OK) {
        hb_state_manager_close(*out);
        *out = NULL;
    }
    return st;
}

typedef struct genesis {
    hb_state_manager *m;
    const hb_state_change *change;
    hb_state_made made;
} genesis;

static hb_status write_genesis(hb_store_txn *txn, void *ctx, hb_error *err)
{
    static const uint8_t one[4] = {1}, zero[8];
    genesis *g = ctx;
    hb_span value;
    hb_status st = hb_store_get(txn, HB_TABLE_META, hb_span_of("format", 6), &value, err);
    if (st == HB_OK && value.data)
        st = hb_fail(err, HB_INVALID_ARGUMENT, "%s is a ledger already", hb_store_dir(g->m->store));
    if (st == HB_OK)
        st = hb_store_put_sealed(txn, HB_TABLE_META, hb_span_of("format", 6), hb_span_of(one, 4), hb_span_of(NULL, 0), err);
    if (st == HB_OK)
        st = hb_store_put_sealed(txn, HB_TABLE_META, hb_span_of("oldest", 6), hb_span_of(zero, 8), hb_span_of(NULL, 0), err);
    return st == HB_OK ? hb_state_apply_change(g->m, txn, NULL, g->change, &g->made, err) : st;
}

hb_status hb_state_manager_create(const char *dir, const hb_state_change *change, const hb_state_options *options, hb_state_manager **out, hb_error *err)
{
    static const hb_state_change nothing;
    const hb_store_options so = store_options(options, true);
    hb_store *store;
    *out = NULL;
    if (options && options->read_only)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a ledger cannot be made read-only");
    hb_status st = hb_store_open(dir, &so, &store, err);
    if (st != HB_OK)
        return st;
    st = make_manager(store, options, out, err);
    if (st != HB_OK) {
        hb_store_close(store);
        return st;
    }
    genesis g = {.m = *out, .change = change ? change : &nothing};
    st = hb_store_write(store, write_genesis, &g, err);
    if (st != HB_OK) {
        hb_state_manager_close(*out);
        *out = NULL;
        return st;
    }
    hb_store_write_head(store, 0, g.made.digest);
    return HB_OK;
}

void hb_state_manager_close(hb_state_manager *m)
{
    if (!m)
        return;
    hb_store_close(m->store);
    hb_state_cache_destroy(m->cache);
    pthread_mutex_destroy(&m->airs_lock);
    free(m->airs);
    free(m->airs_memory);
    free(m);
}

hb_store *hb_state_manager_store(hb_state_manager *m)
{
    return m->store;
}

hb_status hb_state_transact(hb_state_manager *m, hb_store_fn fn, void *ctx, hb_error *err)
{
    if (m->read_only)
        return hb_fail(err, HB_INVALID_ARGUMENT, "the ledger is open read-only");
    return hb_store_write(m->store, fn, ctx, err);
}

hb_status hb_state_airs(hb_state_manager *m, const hb_machine_airs **airs, hb_error *err)
{
    hb_status st = HB_OK;
    pthread_mutex_lock(&m->airs_lock);
    if (!m->airs) {
        hb_machine_airs *made = malloc(sizeof *made);
        m->airs_memory = m->airs_memory ? m->airs_memory : malloc(HB_MACHINE_AIRS_BYTES);
        if (made && m->airs_memory) {
            hb_scratch scratch = hb_scratch_of(m->airs_memory, HB_MACHINE_AIRS_BYTES);
            st = hb_machine_airs_init(made, &scratch, err);
        } else {
            st = hb_fail(err, HB_OUT_OF_MEMORY, "verifying a proof: out of memory");
        }
        if (st == HB_OK)
            m->airs = made;
        else
            free(made);
    }
    *airs = m->airs;
    pthread_mutex_unlock(&m->airs_lock);
    return st;
}
