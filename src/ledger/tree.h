/* The sparse binary Merkle tree in 16-ary pages (after the Jellyfish Merkle tree of Gao, Hu and Wu, 2021): reading with every hash checked on the way,
 * proofs, and batches of changes. It knows no store: pages and leaf records come through a source and go into a batch.
 *
 * Everything that is read is checked against the hash that named it, from the root down, so a damaged record is an error (HB_IO, with the version
 * that wrote it in err->offset and in the message) and never an answer. Not shared between threads unless the source is. */
#pragma once
#include "base/buf.h"
#include "ledger/page.h"

typedef struct hb_tree_root {
    uint64_t version; /* that wrote the root page; 0 when empty */
    uint8_t hash[32]; /* zero: empty */
} hb_tree_root;

/* A leaf's record; the pointers belong to the source and are good until its next call that writes (LMDB: until the transaction ends). */
typedef struct hb_tree_leaf {
    const uint8_t *key;
    const uint8_t *value;
    size_t value_bytes;
    uint8_t value_hash[32];
} hb_tree_leaf;

typedef struct hb_tree_source {
    void *ctx;
    /* The page decoded, its nodes computed (hashes are the caller's business). HB_IO when it is not there or malformed. */
    hb_status (*page)(void *ctx, uint64_t version, unsigned depth, const uint8_t key[32], hb_page *out, hb_error *err);
    /* key, value, value_bytes; HB_IO when it is not there. */
    hb_status (*leaf)(void *ctx, uint64_t version, uint32_t index, hb_tree_leaf *out, hb_error *err);
} hb_tree_source;

/* *present says whether the key is there; *out is then its leaf. */
hb_status hb_tree_get(const hb_tree_source *source, const hb_tree_root *root, const uint8_t key[32], bool *present, hb_tree_leaf *out, hb_error *err);

/* Appends the proof (ledger/state_proof.h) of keys[0..n), n >= 1, strictly ascending (HB_INVALID_ARGUMENT otherwise). */
hb_status hb_tree_prove(const hb_tree_source *source, const hb_tree_root *root, const uint8_t (*keys)[32], size_t n, hb_buf *proof, hb_error *err);

/* All leaves in order of their keys, every hash checked. fn returns HB_OK to go on; anything else ends the walk and is returned. */
typedef hb_status (*hb_tree_leaf_fn)(void *ctx, const hb_tree_leaf *leaf, hb_error *err);
hb_status hb_tree_each(const hb_tree_source *source, const hb_tree_root *root, hb_tree_leaf_fn fn, void *ctx, hb_error *err);

/* What a batch changes a key to. */
typedef struct hb_tree_op {
    uint8_t key[32];
    uint8_t leaf_hash[32]; /* put: hash of the new leaf */
    uint32_t index;        /* put: of the new leaf's record */
    bool put;              /* else: delete */
    bool used;             /* out: put whose record is part of the tree now (false: the same leaf was there already) */
} hb_tree_op;

/* What a batch writes. pages[d]: records of depth d, ascending by key: key length (1 byte), value length (2, little-endian), key, value. stale: records
 * that the new version does not use any more: kind (1: leaf, 2: page), key length (1), key (leaf: version and index, big-endian). */
typedef struct hb_tree_batch {
    hb_buf pages[64];
    hb_buf stale;
    hb_tree_root root;
    size_t n_pages, n_stale;
} hb_tree_batch;

/* Applies ops[0..n), strictly ascending by key, to the tree at `root`; the result is a tree of `version`, which must be above all versions in it.
 * Deleting an absent key changes nothing. The batch must be zero; free it in any case. */
hb_status hb_tree_update(const hb_tree_source *source, const hb_tree_root *root, uint64_t version, hb_tree_op *ops, size_t n, hb_tree_batch *batch,
                         hb_error *err);
void hb_tree_batch_free(hb_tree_batch *batch);

/* For the files of this room: a page with its hash checked, a leaf likewise (value_hash is filled). */
hb_status hb_tree_load_page(const hb_tree_source *source, const uint8_t hash[32], uint64_t version, unsigned depth, const uint8_t key[32], hb_page *out,
                            hb_error *err);
hb_status hb_tree_load_leaf(const hb_tree_source *source, const hb_page_slot *slot, hb_tree_leaf *out, hb_error *err);

/* The path of slot s of the page at this depth. */
static inline void hb_tree_step(uint8_t out[32], const uint8_t key[32], unsigned depth, unsigned s)
{
    for (unsigned i = 0; i < 32; i++)
        out[i] = i < (depth + 1) / 2 ? key[i] : 0;
    if (depth & 1)
        out[depth / 2] = (uint8_t)((out[depth / 2] & 0xf0) | s);
    else
        out[depth / 2] = (uint8_t)(s << 4);
}
