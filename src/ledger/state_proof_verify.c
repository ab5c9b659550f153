/* One pass over the proof computes both roots. What a subtree holds after the update is known to be empty, one leaf or an inner node wherever that
 * matters for its parent (the format sees to it), so the tree keeps its one shape: a lone leaf moves up. */
#include "base/bytes.h"
#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/ledger_hash.h"
#include "ledger/state_proof.h"

enum { EMPTY, LEAF, INNER, OTHER };

/* A subtree after the update: its hash; a leaf keeps what it needs to move (its hash does not depend on the place). */
typedef struct after {
    uint8_t hash[32];
    uint8_t kind; /* EMPTY, LEAF, or INNER (also OTHER subtrees: not empty, and they never have to move) */
} after;

typedef struct subtree {
    uint8_t before[32];
    after after;
    uint8_t kind;   /* before: EMPTY, LEAF, INNER, OTHER (not empty, unknown) */
    bool erasable;  /* not empty, all leaves are the proof's keys */
    bool beside;    /* none of the proof's keys runs through it */
    bool shown;     /* beside, and its kind is known */
} subtree;

typedef struct walk {
    hb_reader in;
    hb_state_cell *cells;
    hb_error *err;
    bool update;
} walk;

static bool same_prefix(const uint8_t a[32], const uint8_t b[32], unsigned bits)
{
    return hb_ledger_common_bits(a, b) >= bits;
}

/* One node from two that are known. */
static void join(after *out, const after *left, const after *right)
{
    if (left->kind == EMPTY && right->kind != INNER)
        *out = *right;
    else if (right->kind == EMPTY && left->kind == LEAF)
        *out = *left;
    else {
        hb_ledger_hash_node(out->hash, left->hash, right->hash);
        out->kind = INNER;
    }
}

/* What is in the set {cells[lo..hi) that are present afterwards} and, if extra is not NULL, the leaf (extra, extra_hash), which is no cell's. */
static void build(const walk *w, unsigned depth, size_t lo, size_t hi, const uint8_t *extra, const uint8_t *extra_hash, after *out)
{
    size_t first = hi, last = hi;
    for (size_t i = lo; i < hi; i++)
        if (w->cells[i].after_present) {
            first = first == hi ? i : first;
            last = i;
        }
    if (first == hi || (first == last && !extra)) {
        *out = (after){.kind = EMPTY};
        if (first != hi || extra) {
            const hb_state_cell *c = &w->cells[first == hi ? lo : first];
            hb_ledger_hash_leaf(out->hash, first == hi ? extra : c->key, first == hi ? extra_hash : c->after_hash);
            out->kind = LEAF;
        }
        return;
    }
    after left, right;
    size_t middle = lo;
    while (middle < hi && !hb_ledger_bit(w->cells[middle].key, depth))
        middle++;
    const bool extra_right = extra && hb_ledger_bit(extra, depth);
    build(w, depth + 1, lo, middle, extra_right ? NULL : extra, extra_hash, &left);
    build(w, depth + 1, middle, hi, extra_right ? extra : NULL, extra_hash, &right);
    join(out, &left, &right);
}

static hb_status read_leaf(walk *w, const uint8_t *path, unsigned depth, size_t lo, size_t hi, subtree *out)
{
    const uint8_t *leaf;
    if (!hb_read_span(&w->in, 64, &leaf))
        return HB_REJECT(w->err, HB_R_TRUNCATED);
    if (!same_prefix(leaf, path, depth))
        return HB_REJECT(w->err, HB_R_STATE_SHAPE);
    hb_ledger_hash_leaf(out->before, leaf, leaf + 32);
    out->kind = LEAF;
    for (size_t i = lo; i < hi; i++)
        if (memcmp(w->cells[i].key, leaf, 32) == 0) {
            w->cells[i].before_present = true;
            memcpy(w->cells[i].before_hash, leaf + 32, 32);
            out->erasable = true;
        }
    if (w->update && lo < hi)
        build(w, depth, lo, hi, out->erasable ? NULL : leaf, leaf + 32, &out->after);
    return HB_OK;
}

/* A subtree that no key runs through. */
static hb_status read_beside(walk *w, uint8_t tag, const uint8_t *path, unsigned depth, subtree *out)
{
    const uint8_t *p;
    out->beside = true;
    out->shown = tag != HB_SP_OTHER;
    if (tag == HB_SP_OTHER) {
        if (!hb_read_copy(&w->in, out->before, 32))
            return HB_REJECT(w->err, HB_R_TRUNCATED);
        out->kind = OTHER;
        if (hb_ledger_is_empty(out->before))
            return HB_REJECT(w->err, HB_R_STATE_SHAPE);
    } else if (tag == HB_SP_OTHER_INNER) {
        if (!hb_read_span(&w->in, 64, &p))
            return HB_REJECT(w->err, HB_R_TRUNCATED);
        hb_ledger_hash_node(out->before, p, p + 32);
        out->kind = INNER;
    } else if (tag == HB_SP_LEAF) {
        const hb_status st = read_leaf(w, path, depth, 0, 0, out);
        if (st != HB_OK)
            return st;
    } else if (tag != HB_SP_EMPTY) {
        return HB_REJECT(w->err, HB_R_STATE_SHAPE);
    }
    memcpy(out->after.hash, out->before, 32);
    out->after.kind = out->kind == OTHER ? INNER : out->kind;
    return HB_OK;
}

/* Is this how the pair must be written? */
static bool well_formed(const subtree *left, const subtree *right)
{
    const bool lone_left = left->kind == LEAF && right->kind == EMPTY, lone_right = left->kind == EMPTY && right->kind == LEAF;
    if (lone_left || lone_right || (left->kind == EMPTY && right->kind == EMPTY))
        return false;
    if (!left->beside && !right->beside)
        return true;
    const subtree *other = left->beside ? left : right, *through = left->beside ? right : left;
    return other->kind == EMPTY || other->shown == through->erasable;
}

static hb_status read_node(walk *w, const uint8_t *path, unsigned depth, size_t lo, size_t hi, subtree *out);

static hb_status read_inner(walk *w, const uint8_t *path, unsigned depth, size_t lo, size_t hi, subtree *out)
{
    subtree left, right;
    uint8_t turn[32];
    size_t middle = lo;
    if (depth == HB_LEDGER_KEY_BITS)
        return HB_REJECT(w->err, HB_R_STATE_SHAPE);
    while (middle < hi && !hb_ledger_bit(w->cells[middle].key, depth))
        middle++;
    memcpy(turn, path, 32);
    turn[depth >> 3] &= (uint8_t)~(0x80u >> (depth & 7));
    hb_status st = read_node(w, turn, depth + 1, lo, middle, &left);
    if (st != HB_OK)
        return st;
    turn[depth >> 3] |= (uint8_t)(0x80u >> (depth & 7));
    st = read_node(w, turn, depth + 1, middle, hi, &right);
    if (st != HB_OK)
        return st;
    if (!well_formed(&left, &right))
        return HB_REJECT(w->err, HB_R_STATE_SHAPE);
    hb_ledger_hash_node(out->before, left.before, right.before);
    out->kind = INNER;
    out->erasable = (left.erasable || left.kind == EMPTY) && (right.erasable || right.kind == EMPTY);
    if (w->update)
        join(&out->after, &left.after, &right.after);
    return HB_OK;
}

/* path: the first `depth` bits lead here. */
static hb_status read_node(walk *w, const uint8_t *path, unsigned depth, size_t lo, size_t hi, subtree *out)
{
    uint8_t tag;
    *out = (subtree){.kind = EMPTY};
    if (!hb_read_u8(&w->in, &tag))
        return HB_REJECT(w->err, HB_R_TRUNCATED);
    if (lo == hi)
        return read_beside(w, tag, path, depth, out);
    if (tag == HB_SP_LEAF)
        return read_leaf(w, path, depth, lo, hi, out);
    if (tag == HB_SP_INNER)
        return read_inner(w, path, depth, lo, hi, out);
    if (tag != HB_SP_EMPTY)
        return HB_REJECT(w->err, HB_R_STATE_SHAPE);
    if (w->update)
        build(w, depth, lo, hi, NULL, NULL, &out->after);
    return HB_OK;
}

static hb_status walk_proof(const uint8_t *proof, size_t bytes, hb_state_cell *cells, size_t n, bool update, subtree *root, hb_error *err)
{
    walk w = {.in = hb_reader_of(proof, bytes), .cells = cells, .err = err, .update = update};
    const uint8_t *magic;
    static const uint8_t nowhere[32];
    if (!hb_read_span(&w.in, 8, &magic))
        return HB_REJECT(err, HB_R_TRUNCATED);
    if (memcmp(magic, HB_STATE_PROOF_MAGIC, 8) != 0)
        return HB_REJECT(err, HB_R_BAD_MAGIC);
    if (n == 0)
        return HB_REJECT(err, HB_R_STATE_KEYS);
    for (size_t i = 0; i < n; i++) {
        if (i && memcmp(cells[i - 1].key, cells[i].key, 32) >= 0)
            return HB_REJECT(err, HB_R_STATE_KEYS);
        cells[i].before_present = false;
        memset(cells[i].before_hash, 0, 32);
    }
    const hb_status st = read_node(&w, nowhere, 0, 0, n, root);
    if (st != HB_OK)
        return st;
    return hb_reader_left(&w.in) ? HB_REJECT(err, HB_R_TRAILING_BYTES) : HB_OK;
}

hb_status hb_state_proof_read(const uint8_t *proof, size_t bytes, hb_state_cell *cells, size_t n, const uint8_t root[32], hb_error *err)
{
    subtree top;
    const hb_status st = walk_proof(proof, bytes, cells, n, false, &top, err);
    if (st != HB_OK)
        return st;
    return memcmp(top.before, root, 32) == 0 ? HB_OK : HB_REJECT(err, HB_R_STATE_ROOT);
}

hb_status hb_state_proof_update(const uint8_t *proof, size_t bytes, hb_state_cell *cells, size_t n, uint8_t before_root[32], uint8_t after_root[32],
                                hb_error *err)
{
    subtree top;
    const hb_status st = walk_proof(proof, bytes, cells, n, after_root != NULL, &top, err);
    if (st != HB_OK)
        return st;
    memcpy(before_root, top.before, 32);
    if (after_root)
        memcpy(after_root, top.after.hash, 32);
    return HB_OK;
}

hb_status hb_verify_merkle_proof(const uint8_t *proof, size_t bytes, const uint8_t root[32], const uint8_t key[32], const void *value,
                                 size_t value_bytes, hb_error *err)
{
    hb_state_cell cell;
    uint8_t hash[32] = {0};
    memcpy(cell.key, key, 32);
    const hb_status st = hb_state_proof_read(proof, bytes, &cell, 1, root, err);
    if (st != HB_OK)
        return st;
    if (value)
        hb_blake3_hash(hash, value, value_bytes);
    if (cell.before_present != (value != NULL) || memcmp(hash, cell.before_hash, 32) != 0)
        return HB_REJECT(err, HB_R_STATE_VALUE);
    return HB_OK;
}
