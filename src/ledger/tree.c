#include "ledger/tree.h"

#include <inttypes.h>
#include <string.h>

#include "hash/blake3.h"

static hb_status damaged(const char *what, uint64_t version, hb_error *err)
{
    const hb_status st = hb_fail(err, HB_IO, "damaged: a %s written by version %" PRIu64 " does not have the hash that names it", what, version);
    if (err)
        err->offset = version;
    return st;
}

hb_status hb_tree_load_page(const hb_tree_source *source, const uint8_t hash[32], uint64_t version, unsigned depth, const uint8_t key[32], hb_page *out,
                            hb_error *err)
{
    if (depth > HB_PAGE_DEPTH_MAX)
        return damaged("page", version, err);
    const hb_status st = source->page(source->ctx, version, depth, key, out, err);
    if (st != HB_OK)
        return st;
    return memcmp(out->node[1], hash, 32) == 0 ? HB_OK : damaged("page", version, err);
}

hb_status hb_tree_load_leaf(const hb_tree_source *source, const hb_page_slot *slot, hb_tree_leaf *out, hb_error *err)
{
    uint8_t hash[32];
    const hb_status st = source->leaf(source->ctx, slot->version, slot->index, out, err);
    if (st != HB_OK)
        return st;
    hb_blake3_hash(out->value_hash, out->value, out->value_bytes);
    hb_ledger_hash_leaf(hash, out->key, out->value_hash);
    return memcmp(hash, slot->hash, 32) == 0 ? HB_OK : damaged("value", slot->version, err);
}

hb_status hb_tree_get(const hb_tree_source *source, const hb_tree_root *root, const uint8_t key[32], bool *present, hb_tree_leaf *out, hb_error *err)
{
    hb_page page;
    hb_page_slot at = {.kind = hb_ledger_is_empty(root->hash) ? HB_PAGE_EMPTY : HB_PAGE_INNER, .version = root->version};
    memcpy(at.hash, root->hash, 32);
    for (unsigned depth = 0; at.kind == HB_PAGE_INNER; depth++) {
        const hb_status st = hb_tree_load_page(source, at.hash, at.version, depth, key, &page, err);
        if (st != HB_OK)
            return st;
        at = page.slot[hb_page_nibble(key, depth)];
    }
    *present = false;
    if (at.kind == HB_PAGE_EMPTY)
        return HB_OK;
    const hb_status st = hb_tree_load_leaf(source, &at, out, err);
    if (st == HB_OK)
        *present = memcmp(out->key, key, 32) == 0;
    return st;
}

typedef struct walk {
    const hb_tree_source *source;
    hb_tree_leaf_fn fn;
    void *ctx;
    hb_error *err;
} walk;

static hb_status walk_page(const walk *w, const uint8_t hash[32], uint64_t version, unsigned depth, const uint8_t key[32])
{
    hb_page page;
    uint8_t path[32];
    hb_tree_leaf leaf;
    hb_status st = hb_tree_load_page(w->source, hash, version, depth, key, &page, w->err);
    for (unsigned s = 0; st == HB_OK && s < 16; s++) {
        const hb_page_slot *slot = &page.slot[s];
        hb_tree_step(path, key, depth, s);
        if (slot->kind == HB_PAGE_INNER) {
            st = walk_page(w, slot->hash, slot->version, depth + 1, path);
        } else if (slot->kind == HB_PAGE_LEAF) {
            st = hb_tree_load_leaf(w->source, slot, &leaf, w->err);
            if (st == HB_OK && hb_ledger_common_bits(leaf.key, path) < 4 * (depth + 1))
                st = damaged("leaf (in the wrong place)", slot->version, w->err);
            if (st == HB_OK)
                st = w->fn(w->ctx, &leaf, w->err);
        }
    }
    return st;
}

hb_status hb_tree_each(const hb_tree_source *source, const hb_tree_root *root, hb_tree_leaf_fn fn, void *ctx, hb_error *err)
{
    static const uint8_t nowhere[32];
    const walk w = {source, fn, ctx, err};
    return hb_ledger_is_empty(root->hash) ? HB_OK : walk_page(&w, root->hash, root->version, 0, nowhere);
}
