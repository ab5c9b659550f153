#include "tests/ledger/memory_source.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "hash/blake3.h"
#include "ref/ref_ledger.h"

static int order(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
    const int c = memcmp(a, b, na < nb ? na : nb);
    return c ? c : (na > nb) - (na < nb);
}

/* Where the record is, or would be. */
static size_t place(const memory_tree *t, const uint8_t *key, size_t n, bool *found)
{
    size_t lo = 0, hi = t->n_records;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (order(t->records[mid].key, t->records[mid].key_bytes, key, n) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *found = lo < t->n_records && order(t->records[lo].key, t->records[lo].key_bytes, key, n) == 0;
    return lo;
}

static void store(memory_tree *t, const uint8_t *key, size_t n, const void *a, size_t na, const void *b, size_t nb)
{
    bool found;
    const size_t at = place(t, key, n, &found);
    assert_false(found);
    if (t->n_records == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->records = realloc(t->records, t->room * sizeof *t->records);
        assert_non_null(t->records);
    }
    memmove(t->records + at + 1, t->records + at, (t->n_records++ - at) * sizeof *t->records);
    memory_record *r = &t->records[at];
    *r = (memory_record){.key_bytes = n, .bytes = na + nb, .data = malloc(na + nb)};
    assert_non_null(r->data);
    memcpy(r->key, key, n);
    memcpy(r->data, a, na);
    if (nb)
        memcpy(r->data + na, b, nb);
}

static void drop_record(memory_tree *t, const uint8_t *key, size_t n)
{
    bool found;
    const size_t at = place(t, key, n, &found);
    assert_true(found); /* nothing becomes stale that was not there, or twice */
    free(t->records[at].data);
    memmove(t->records + at, t->records + at + 1, (--t->n_records - at) * sizeof *t->records);
}

static const memory_record *load(const memory_tree *t, const uint8_t *key, size_t n)
{
    bool found;
    const size_t at = place(t, key, n, &found);
    return found ? &t->records[at] : NULL;
}

static hb_status get_page(void *ctx, uint64_t version, unsigned depth, const uint8_t key[32], hb_page *out, hb_error *err)
{
    uint8_t record[HB_PAGE_KEY_MAX];
    const memory_record *r = load(ctx, record, hb_page_key(record, version, depth, key));
    if (!r || !hb_page_decode(out, r->data, r->bytes))
        return hb_fail(err, HB_IO, "no page");
    return HB_OK;
}

static hb_status get_leaf(void *ctx, uint64_t version, uint32_t index, hb_tree_leaf *out, hb_error *err)
{
    uint8_t key[12];
    hb_store_be64(key, version);
    hb_store_be32(key + 8, index);
    const memory_record *r = load(ctx, key, 12);
    if (!r)
        return hb_fail(err, HB_IO, "no leaf");
    out->key = r->data;
    out->value = r->data + 32;
    out->value_bytes = r->bytes - 32;
    return HB_OK;
}

void memory_tree_init(memory_tree *t)
{
    *t = (memory_tree){0};
    t->source = (hb_tree_source){t, get_page, get_leaf};
}

void memory_tree_free(memory_tree *t)
{
    for (size_t i = 0; i < t->n_records; i++)
        free(t->records[i].data);
    free(t->records);
    free(t->map);
}

static size_t map_place(const memory_tree *t, const uint8_t key[32], bool *found)
{
    size_t lo = 0, hi = t->n_map;
    while (lo < hi) {
        const size_t mid = (lo + hi) / 2;
        if (memcmp(t->map[mid].key, key, 32) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *found = lo < t->n_map && memcmp(t->map[lo].key, key, 32) == 0;
    return lo;
}

const memory_entry *memory_tree_find(const memory_tree *t, const uint8_t key[32])
{
    bool found;
    const size_t at = map_place(t, key, &found);
    return found ? &t->map[at] : NULL;
}

static void change_map(memory_tree *t, const memory_op *op)
{
    bool found;
    const size_t at = map_place(t, op->entry.key, &found);
    if (op->put && !found) {
        if (t->n_map == t->map_room) {
            t->map_room = t->map_room ? 2 * t->map_room : 64;
            t->map = realloc(t->map, t->map_room * sizeof *t->map);
            assert_non_null(t->map);
        }
        memmove(t->map + at + 1, t->map + at, (t->n_map++ - at) * sizeof *t->map);
    }
    if (op->put)
        t->map[at] = op->entry;
    else if (found)
        memmove(t->map + at, t->map + at + 1, (--t->n_map - at) * sizeof *t->map);
}

static int by_key(const void *a, const void *b)
{
    return memcmp(((const memory_op *)a)->entry.key, ((const memory_op *)b)->entry.key, 32);
}

static void write_batch(memory_tree *t, const memory_op *ops, const hb_tree_op *tree_ops, size_t n, const hb_tree_batch *batch, bool drop)
{
    for (unsigned d = 0; d < 64; d++) {
        hb_reader r = hb_reader_of(batch->pages[d].data, batch->pages[d].len);
        uint8_t key_bytes;
        uint16_t bytes = 0;
        const uint8_t *key = NULL, *value = NULL;
        while (hb_read_u8(&r, &key_bytes)) {
            assert_true(hb_read_u16(&r, &bytes) && hb_read_span(&r, key_bytes, &key) && hb_read_span(&r, bytes, &value));
            store(t, key, key_bytes, value, bytes, NULL, 0);
        }
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t key[12];
        hb_store_be64(key, t->version);
        hb_store_be32(key + 8, (uint32_t)i);
        if (tree_ops[i].used)
            store(t, key, 12, ops[i].entry.key, 32, ops[i].entry.value, ops[i].entry.value_bytes);
    }
    hb_reader r = hb_reader_of(batch->stale.data, batch->stale.len);
    uint8_t kind, key_bytes = 0;
    const uint8_t *key = NULL;
    while (drop && hb_read_u8(&r, &kind)) {
        assert_true(hb_read_u8(&r, &key_bytes) && hb_read_span(&r, key_bytes, &key));
        drop_record(t, key, key_bytes);
    }
}

void memory_tree_apply(memory_tree *t, memory_op *ops, size_t n, bool drop)
{
    hb_tree_op *tree_ops = calloc(n + 1, sizeof *tree_ops);
    hb_tree_batch batch = {0};
    hb_error err = {0};
    assert_non_null(tree_ops);
    qsort(ops, n, sizeof *ops, by_key);
    for (size_t i = 0; i < n; i++) {
        uint8_t hash[32];
        memcpy(tree_ops[i].key, ops[i].entry.key, 32);
        hb_blake3_hash(hash, ops[i].entry.value, ops[i].entry.value_bytes);
        hb_ledger_hash_leaf(tree_ops[i].leaf_hash, ops[i].entry.key, hash);
        tree_ops[i].index = (uint32_t)i;
        tree_ops[i].put = ops[i].put;
        change_map(t, &ops[i]);
    }
    t->version++;
    if (hb_tree_update(&t->source, &t->root, t->version, tree_ops, n, &batch, &err) != HB_OK)
        fail_msg("%s", err.message);
    write_batch(t, ops, tree_ops, n, &batch, drop);
    t->root = batch.root;
    hb_tree_batch_free(&batch);
    free(tree_ops);
}

void memory_tree_oracle(const memory_tree *t, uint8_t root[32])
{
    ref_ledger_entry *e = calloc(t->n_map + 1, sizeof *e);
    assert_non_null(e);
    for (size_t i = 0; i < t->n_map; i++) {
        memcpy(e[i].key, t->map[i].key, 32);
        e[i].value = t->map[i].value;
        e[i].value_bytes = t->map[i].value_bytes;
    }
    ref_ledger_root(e, t->n_map, root);
    free(e);
}
