#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ledger/tree.h"

/* A leaf on its way into the tree: a put, or a leaf that was there and moves. */
typedef struct entry {
    const uint8_t *key;
    hb_page_slot slot;
    hb_tree_op *op; /* NULL: it was there */
} entry;

typedef struct update {
    const hb_tree_source *source;
    uint64_t version;
    hb_tree_op *ops;
    hb_tree_batch *batch;
    entry *entries; /* scratch for one subtree at a time, n_ops + 1 of them */
    hb_error *err;
} update;

static hb_status no_memory(const update *u)
{
    return hb_fail(u->err, HB_OUT_OF_MEMORY, "no memory for the batch");
}

static hb_status add_stale(const update *u, uint8_t kind, const uint8_t *key, size_t bytes)
{
    const uint8_t head[2] = {kind, (uint8_t)bytes};
    hb_buf *b = &u->batch->stale;
    u->batch->n_stale++;
    return hb_buf_append(b, head, 2) == HB_OK && hb_buf_append(b, key, bytes) == HB_OK ? HB_OK : no_memory(u);
}

static hb_status stale_leaf(const update *u, const hb_page_slot *slot)
{
    uint8_t key[12];
    hb_store_be64(key, slot->version);
    hb_store_be32(key + 8, slot->index);
    return add_stale(u, HB_PAGE_LEAF, key, sizeof key);
}

static hb_status stale_page(const update *u, uint64_t version, unsigned depth, const uint8_t *path)
{
    uint8_t key[HB_PAGE_KEY_MAX];
    return add_stale(u, HB_PAGE_INNER, key, hb_page_key(key, version, depth, path));
}

/* Writes the page and makes *slot lead to it. */
static hb_status write_page(const update *u, const hb_page *page, unsigned depth, const uint8_t *path, hb_page_slot *slot)
{
    uint8_t record[3 + HB_PAGE_KEY_MAX + HB_PAGE_BYTES_MAX];
    const size_t key = hb_page_key(record + 3, u->version, depth, path), value = hb_page_encode(page, record + 3 + key);
    record[0] = (uint8_t)key;
    hb_store_le16(record + 1, (uint16_t)value);
    *slot = (hb_page_slot){.kind = HB_PAGE_INNER, .version = u->version};
    memcpy(slot->hash, page->node[1], 32);
    u->batch->n_pages++;
    return hb_buf_append(&u->batch->pages[depth], record, 3 + key + value) == HB_OK ? HB_OK : no_memory(u);
}

/* A subtree at this depth that holds just these leaves. */
static hb_status build(const update *u, unsigned depth, const entry *e, size_t n, hb_page_slot *out)
{
    *out = (hb_page_slot){.kind = HB_PAGE_EMPTY};
    if (n == 0)
        return HB_OK;
    if (n == 1 && depth > 0) {
        *out = e->slot;
        if (e->op)
            e->op->used = true;
        return HB_OK;
    }
    hb_page page;
    hb_page_clear(&page);
    for (size_t lo = 0, hi; lo < n; lo = hi) {
        const unsigned s = hb_page_nibble(e[lo].key, depth);
        for (hi = lo + 1; hi < n && hb_page_nibble(e[hi].key, depth) == s; hi++)
            ;
        const hb_status st = build(u, depth + 1, e + lo, hi - lo, &page.slot[s]);
        if (st != HB_OK)
            return st;
    }
    hb_page_hash_all(&page);
    return write_page(u, &page, depth, e->key, out);
}

static entry of_op(const update *u, hb_tree_op *op)
{
    entry e = {.key = op->key, .slot = {.kind = HB_PAGE_LEAF, .version = u->version, .index = op->index}, .op = op};
    memcpy(e.slot.hash, op->leaf_hash, 32);
    return e;
}

/* ops[lo..hi) on a subtree that is empty or one leaf. */
static hb_status update_small(const update *u, unsigned depth, const hb_page_slot *old, size_t lo, size_t hi, hb_page_slot *out)
{
    size_t n = 0;
    hb_tree_leaf leaf = {0};
    uint8_t key[32];
    bool pending = old->kind == HB_PAGE_LEAF;
    if (pending) {
        const hb_status st = hb_tree_load_leaf(u->source, old, &leaf, u->err);
        if (st != HB_OK)
            return st;
        memcpy(key, leaf.key, 32);
    }
    for (size_t i = lo; i < hi; i++) {
        hb_tree_op *op = &u->ops[i];
        const int order = pending ? memcmp(key, op->key, 32) : 1;
        if (pending && order <= 0) {
            pending = false;
            if (order < 0 || (op->put && memcmp(op->leaf_hash, old->hash, 32) == 0)) {
                u->entries[n++] = (entry){.key = key, .slot = *old};
                if (order == 0)
                    continue;
            } else {
                const hb_status st = stale_leaf(u, old);
                if (st != HB_OK)
                    return st;
            }
        }
        if (op->put)
            u->entries[n++] = of_op(u, op);
    }
    if (pending)
        u->entries[n++] = (entry){.key = key, .slot = *old};
    return build(u, depth, u->entries, n, out);
}

static hb_status update_page(const update *u, unsigned depth, const hb_page_slot *old, size_t lo, size_t hi, hb_page_slot *out);

static hb_status update_slot(const update *u, unsigned depth, const hb_page_slot *old, size_t lo, size_t hi, hb_page_slot *out)
{
    if (old->kind == HB_PAGE_INNER)
        return update_page(u, depth, old, lo, hi, out);
    return update_small(u, depth, old, lo, hi, out);
}

static bool same_slot(const hb_page_slot *a, const hb_page_slot *b)
{
    return a->kind == b->kind && a->version == b->version && a->index == b->index && memcmp(a->hash, b->hash, 32) == 0;
}

/* What is left of a page after its slots changed: nothing, a leaf that moves up, or a page. */
static hb_status settle(const update *u, unsigned depth, const hb_page *page, const uint8_t *path, hb_page_slot *out)
{
    *out = (hb_page_slot){.kind = HB_PAGE_EMPTY};
    if (page->node_kind[1] == HB_PAGE_EMPTY)
        return HB_OK;
    if (page->node_kind[1] == HB_PAGE_INNER || depth == 0)
        return write_page(u, page, depth, path, out);
    for (unsigned s = 0; s < 16; s++)
        if (page->slot[s].kind == HB_PAGE_LEAF)
            *out = page->slot[s];
    return HB_OK;
}

static hb_status update_page(const update *u, unsigned depth, const hb_page_slot *old, size_t lo, size_t hi, hb_page_slot *out)
{
    hb_page page;
    uint16_t changed = 0;
    const uint8_t *path = u->ops[lo].key;
    hb_status st = hb_tree_load_page(u->source, old->hash, old->version, depth, path, &page, u->err);
    for (size_t end; st == HB_OK && lo < hi; lo = end) {
        const unsigned s = hb_page_nibble(u->ops[lo].key, depth);
        for (end = lo + 1; end < hi && hb_page_nibble(u->ops[end].key, depth) == s; end++)
            ;
        hb_page_slot next;
        st = update_slot(u, depth + 1, &page.slot[s], lo, end, &next);
        if (st == HB_OK && !same_slot(&next, &page.slot[s])) {
            page.slot[s] = next;
            changed |= (uint16_t)(1u << s);
        }
    }
    if (st != HB_OK)
        return st;
    *out = *old;
    if (!changed)
        return HB_OK;
    st = stale_page(u, old->version, depth, path);
    if (st != HB_OK)
        return st;
    hb_page_hash_above(&page, changed);
    return settle(u, depth, &page, path, out);
}

hb_status hb_tree_update(const hb_tree_source *source, const hb_tree_root *root, uint64_t version, hb_tree_op *ops, size_t n, hb_tree_batch *batch,
                         hb_error *err)
{
    update u = {.source = source, .version = version, .ops = ops, .batch = batch, .err = err};
    hb_page_slot old = {.kind = hb_ledger_is_empty(root->hash) ? HB_PAGE_EMPTY : HB_PAGE_INNER, .version = root->version}, next;
    memcpy(old.hash, root->hash, 32);
    batch->root = *root;
    for (size_t i = 0; i < n; i++) {
        ops[i].used = false;
        if (i && memcmp(ops[i - 1].key, ops[i].key, 32) >= 0)
            return hb_fail(err, HB_INVALID_ARGUMENT, "the keys of a batch must be strictly ascending");
    }
    if (n == 0)
        return HB_OK;
    u.entries = malloc((n + 1) * sizeof *u.entries);
    if (!u.entries)
        return no_memory(&u);
    const hb_status st = update_slot(&u, 0, &old, 0, n, &next);
    free(u.entries);
    if (st != HB_OK)
        return st;
    batch->root.version = next.kind == HB_PAGE_EMPTY ? 0 : next.version;
    memcpy(batch->root.hash, next.hash, 32);
    return HB_OK;
}

void hb_tree_batch_free(hb_tree_batch *batch)
{
    for (unsigned i = 0; i < 64; i++)
        hb_buf_free(&batch->pages[i]);
    hb_buf_free(&batch->stale);
}
