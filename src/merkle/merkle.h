/* Merkle trees over the rows of column-major matrices: the committing side (hosted). The format: docs/protocol.md 4.
 *
 *   leaf i  = (col_0[i], .., col_{W-1}[i]), canonical words
 *   digest  : cv = IV; for block j = words 16 j .. (zero padded; at least one block): cv = compress(cv, block, j, bytes in the block, LEAF)[0..7]
 *   node    = compress(IV, left || right, 0, 64, NODE)[0..7]
 *   cap     = the level of min(2^8, leaves) nodes; commitments absorb the cap
 *
 * Level l has 2^(leaves_log2 - l) digests, level 0 the leaves. In memory 16 digests are one hb_merkle_group, word-major. The lowest levels
 * may be left out (skip_log2): they are recomputed from rows when a tree is opened. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/status.h"
#include "hash/blake3c.h"
#include "merkle/merkle_verify.h"

typedef struct hb_merkle_group {
    _Alignas(64) uint32_t w[HB_DIGEST_WORDS][16]; /* word, digest */
} hb_merkle_group;

typedef struct hb_merkle_tree {
    unsigned leaves_log2, cap_log2, skip_log2; /* skip_log2: lowest stored level */
    size_t width;                              /* words a leaf */
    hb_merkle_group *level[HB_MERKLE_MAX_LOG2 + 1]; /* levels skip_log2 .. leaves_log2 - cap_log2; others NULL. Caller's memory */
} hb_merkle_tree;

#define HB_MERKLE_MAX_SKIP 5u
#define HB_MERKLE_MAX_WIDTH 4096u

/* The largest skip_log2 that is possible for a tree of this size (the cap is always stored) and at most `wanted`. */
unsigned hb_merkle_skip(unsigned leaves_log2, unsigned wanted);

/* Bytes of memory for the stored levels; 0 if the shape is out of range (leaves_log2 <= HB_MERKLE_MAX_LOG2, skip_log2 <= hb_merkle_skip(leaves_log2,
 * HB_MERKLE_MAX_SKIP)). About 64 * 2^(leaves_log2 - skip_log2). */
size_t hb_merkle_tree_bytes(unsigned leaves_log2, unsigned skip_log2);

/* Lays the levels out in `memory` (64-byte aligned, hb_merkle_tree_bytes). HB_INVALID_ARGUMENT: shape out of range, or width
 * not in 1 .. HB_MERKLE_MAX_WIDTH. */
hb_status hb_merkle_tree_init(hb_merkle_tree *tree, unsigned leaves_log2, size_t width, unsigned skip_log2, void *memory);

/* Commits to columns[0 .. width-1], each of 2^leaves_log2 canonical words (any alignment of 4; 64 is faster). */
void hb_merkle_commit(hb_pool *pool, hb_merkle_tree *tree, const uint32_t *const *columns);

/* The same when the codewords do not fit in memory together: state (2^leaves_log2 digests, hb_merkle_state_bytes, 64-byte aligned) is carried over
 * calls. Block j must be absorbed after block j - 1; block j takes columns 16 j .. min(16 j + 16, width) - 1, so the columns of earlier blocks
 * may be overwritten. After the last block: hb_merkle_finish. If skip_log2 = 0 state may be tree->level[0]. */
size_t hb_merkle_state_bytes(unsigned leaves_log2);
/* columns: those of this block only. */
void hb_merkle_absorb(hb_pool *pool, const hb_merkle_tree *tree, hb_merkle_group *state, size_t block, const uint32_t *const *columns);
void hb_merkle_finish(hb_pool *pool, hb_merkle_tree *tree, const hb_merkle_group *state);

/* The cap: 2^cap_log2 digests of 8 words. */
void hb_merkle_cap(const hb_merkle_tree *tree, uint32_t (*cap)[HB_DIGEST_WORDS]);

/* Gives row `leaf` (width words). Called only for leaves of the aligned blocks of 2^skip_log2 leaves around opened ones. */
typedef void hb_merkle_row_fn(void *ctx, size_t leaf, uint32_t *words);
/* A row function over column pointers: ctx is a hb_merkle_columns. */
typedef struct hb_merkle_columns {
    const uint32_t *const *columns;
    size_t width;
} hb_merkle_columns;
void hb_merkle_columns_row(void *ctx, size_t leaf, uint32_t *words);

/* Appends the sibling digests of the multi-opening of `indices` (sorted, unique, below 2^leaves_log2, 1 .. HB_MERKLE_MAX_OPENINGS of them): level by level
 * from the leaves up to below the cap, left to right, those not computable from opened leaves. row may be NULL if skip_log2 = 0.
 * HB_INVALID_ARGUMENT: indices not as required. HB_OUT_OF_MEMORY. */
hb_status hb_merkle_open(const hb_merkle_tree *tree, const uint32_t *indices, size_t count, hb_merkle_row_fn *row, void *ctx, hb_buf *out);

/* Column pointers for an oracle of K-values (five planes of 2^domain_log2 words, poly/ntt.h) whose leaf i holds points i + l N / 2^fold, l ascending, five words
 * each: fills 5 * 2^fold pointers; the tree has 2^(domain_log2 - fold) leaves. */
void hb_merkle_coset_columns(const uint32_t **columns, const uint32_t *const planes[5], unsigned domain_log2, unsigned fold);
