#include <stdlib.h>
#include <string.h>

#include "ledger/state_proof.h"
#include "ledger/tree.h"

typedef struct prover {
    const hb_tree_source *source;
    const uint8_t (*keys)[32];
    hb_buf *out;
    hb_error *err;
} prover;

/* Where the walk is: node i (1..31) of a page at nibble depth d; keys[lo..hi) run through it. */
typedef struct place {
    const hb_page *page;
    unsigned node, depth;
    size_t lo, hi;
} place;

static hb_status put(const prover *p, uint8_t tag, const uint8_t *a, const uint8_t *b)
{
    hb_status st = hb_buf_append_u8(p->out, tag);
    if (st == HB_OK && a)
        st = hb_buf_append(p->out, a, 32);
    if (st == HB_OK && b)
        st = hb_buf_append(p->out, b, 32);
    return st == HB_OK ? st : hb_fail(p->err, st, "no memory for the proof");
}

/* The one leaf below a node of kind LEAF. */
static const hb_page_slot *lone_slot(const hb_page *page, unsigned node)
{
    while (node < 16)
        node = 2 * node + (page->node_kind[2 * node] == HB_PAGE_EMPTY);
    return &page->slot[node - 16];
}

static hb_status put_leaf(const prover *p, const place *at, hb_tree_leaf *leaf)
{
    const hb_status st = hb_tree_load_leaf(p->source, lone_slot(at->page, at->node), leaf, p->err);
    return st == HB_OK ? put(p, HB_SP_LEAF, leaf->key, leaf->value_hash) : st;
}

/* A subtree that no key runs through; path: a key that leads to the page's place. */
static hb_status put_beside(const prover *p, const place *at, bool show, const uint8_t *path)
{
    const hb_page *page = at->page;
    const unsigned i = at->node;
    hb_tree_leaf leaf;
    if (page->node_kind[i] == HB_PAGE_EMPTY)
        return put(p, HB_SP_EMPTY, NULL, NULL);
    if (!show)
        return put(p, HB_SP_OTHER, page->node[i], NULL);
    if (page->node_kind[i] == HB_PAGE_LEAF)
        return put_leaf(p, at, &leaf);
    if (i < 16)
        return put(p, HB_SP_OTHER_INNER, page->node[2 * i], page->node[2 * i + 1]);
    hb_page below;
    uint8_t key[32];
    const hb_page_slot *slot = &page->slot[i - 16];
    hb_tree_step(key, path, at->depth, i - 16);
    const hb_status st = hb_tree_load_page(p->source, slot->hash, slot->version, at->depth + 1, key, &below, p->err);
    return st == HB_OK ? put(p, HB_SP_OTHER_INNER, below.node[2], below.node[3]) : st;
}

/* The bytes from `middle` on go in front of those from `from` on. */
static hb_status rotate(const prover *p, size_t from, size_t middle)
{
    const size_t tail = p->out->len - middle;
    uint8_t save[65];
    if (tail > sizeof save)
        return hb_fail(p->err, HB_INTERNAL, "a sibling of %zu bytes", tail);
    memcpy(save, p->out->data + middle, tail);
    memmove(p->out->data + from + tail, p->out->data + from, middle - from);
    memcpy(p->out->data + from, save, tail);
    return HB_OK;
}

static hb_status put_through(const prover *p, const place *at, bool *erasable);

/* Both children of an inner node. A sibling on the left can only be written when the right side is known. */
static hb_status put_children(const prover *p, const place *at, bool *erasable)
{
    place left = *at, right = *at;
    size_t middle = at->lo;
    unsigned level = 0;
    while (at->node >> (level + 1))
        level++;
    const unsigned bit = 4 * at->depth + level;
    while (middle < at->hi && !hb_ledger_bit(p->keys[middle], bit))
        middle++;
    left.node = 2 * at->node;
    right.node = left.node + 1;
    left.hi = right.lo = middle;
    const size_t from = p->out->len;
    const uint8_t *path = p->keys[at->lo];
    bool l = false, r = false;
    hb_status st;
    if (left.lo == left.hi) {
        st = put_through(p, &right, &r);
        const size_t behind = p->out->len;
        if (st == HB_OK)
            st = put_beside(p, &left, r, path);
        if (st == HB_OK)
            st = rotate(p, from, behind);
    } else {
        st = put_through(p, &left, &l);
        if (st == HB_OK)
            st = right.lo == right.hi ? put_beside(p, &right, l, path) : put_through(p, &right, &r);
    }
    *erasable = (l || at->page->node_kind[left.node] == HB_PAGE_EMPTY) && (r || at->page->node_kind[right.node] == HB_PAGE_EMPTY);
    return st;
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static hb_status put_through(const prover *p, const place *at, bool *erasable)
{
    *erasable = false;
    const uint8_t kind = at->page->node_kind[at->node];
    if (kind == HB_PAGE_EMPTY)
        return put(p, HB_SP_EMPTY, NULL, NULL);
    if (kind == HB_PAGE_LEAF) {
        hb_tree_leaf leaf;
        const hb_status st = put_leaf(p, at, &leaf);
        if (st == HB_OK)
            *erasable = bsearch(leaf.key, p->keys + at->lo, at->hi - at->lo, 32, compare_keys) != NULL;
        return st;
    }
    if (at->node >= 16) {
        hb_page below;
        const hb_page_slot *slot = &at->page->slot[at->node - 16];
        const hb_status st = hb_tree_load_page(p->source, slot->hash, slot->version, at->depth + 1, p->keys[at->lo], &below, p->err);
        const place next = {&below, 1, at->depth + 1, at->lo, at->hi};
        return st == HB_OK ? put_through(p, &next, erasable) : st;
    }
    const hb_status st = put(p, HB_SP_INNER, NULL, NULL);
    return st == HB_OK ? put_children(p, at, erasable) : st;
}

hb_status hb_tree_prove(const hb_tree_source *source, const hb_tree_root *root, const uint8_t (*keys)[32], size_t n, hb_buf *proof, hb_error *err)
{
    const prover p = {source, keys, proof, err};
    hb_page page;
    bool erasable;
    for (size_t i = 0; i < n; i++)
        if (i && memcmp(keys[i - 1], keys[i], 32) >= 0)
            return hb_fail(err, HB_INVALID_ARGUMENT, "the keys of a proof must be strictly ascending");
    if (n == 0)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a proof needs a key");
    hb_status st = hb_buf_append(proof, HB_STATE_PROOF_MAGIC, 8);
    if (st != HB_OK)
        return hb_fail(err, st, "no memory for the proof");
    if (hb_ledger_is_empty(root->hash))
        return put(&p, HB_SP_EMPTY, NULL, NULL);
    st = hb_tree_load_page(source, root->hash, root->version, 0, keys[0], &page, err);
    const place top = {&page, 1, 0, 0, n};
    return st == HB_OK ? put_through(&p, &top, &erasable) : st;
}
