/* Where the leaves of all bus terms lie in the trees (docs/protocol.md 7). Freestanding; the verifier recomputes it from the numbers
 * of rows alone.
 *
 *   tree   0 G (produce), 1 R (consume): products.  2 F: fractions p / q (lookup and provide).  3 .. : further products (the
 *          global bus, once there are many shards).
 *   value  one vector of K over the index cube: a product tree has one, the fraction tree two. Order: G, R, p, q, then one for each further
 *          tree. Messages, powers of lambda and eta go in this order.
 *   block  the leaves of one term: 2^h_log2 consecutive leaves from `off` on, aligned. Leaf x is the term's value in row x for
 *          x < n_rows, else neutral (1, or 0 / 1). Blocks of a tree: h_log2 descending, then table, then term. */
#pragma once
#include "base/reject.h"
#include "base/scratch.h"
#include "field/k.h"

#define HB_GKR_TILE_LOG2 12u /* rows of a tile; no block is smaller */
#define HB_GKR_DEPTH_MAX 29u
#define HB_GKR_ROWS_MAX (1u << HB_GKR_DEPTH_MAX)

#define HB_GKR_TREE_G 0u
#define HB_GKR_TREE_R 1u
#define HB_GKR_TREE_F 2u
#define HB_GKR_TREES 3u        /* of a single-shard proof */
#define HB_GKR_TREES_GLOBAL 5u /* of a proof in a run of shards: G* (produce on GLOBAL) and R* (consume) too */
#define HB_GKR_TREES_MAX 6u
#define HB_GKR_VALUES_MAX (HB_GKR_TREES_MAX + 1)

#define HB_GKR_VALUE_P 2u
#define HB_GKR_VALUE_Q 3u

/* The (first) value of a tree; number of values of n trees (n >= 3). */
static inline uint32_t hb_gkr_value(uint32_t tree)
{
    return tree > HB_GKR_TREE_F ? tree + 1 : tree;
}

static inline uint32_t hb_gkr_values(uint32_t n_trees)
{
    return n_trees + 1;
}

/* A present table, in chip order. */
typedef struct hb_gkr_table {
    uint32_t n_rows;      /* 1 .. HB_GKR_ROWS_MAX */
    uint32_t n_terms;     /* at most 65536 */
    const uint8_t *trees; /* n_terms tree numbers, terms in recording order */
} hb_gkr_table;

typedef struct hb_gkr_block {
    uint16_t table; /* index into the list of present tables */
    uint16_t term;  /* of that table */
    uint32_t h_log2;
    uint32_t n_rows;
    uint64_t off; /* first leaf */
} hb_gkr_block;

typedef struct hb_gkr_tree {
    hb_gkr_block *blocks; /* in the order in which they lie */
    uint32_t n_blocks;
    uint64_t leaves; /* end of the last block */
} hb_gkr_tree;

typedef struct hb_gkr_layout {
    uint32_t n_trees;
    uint32_t depth; /* d: every tree within 2^d leaves */
    uint32_t n_max; /* largest h_log2 */
    hb_gkr_tree trees[HB_GKR_TREES_MAX];
} hb_gkr_layout;

/* max(12, ceil_log2 n_rows). */
uint32_t hb_gkr_rows_log2(uint32_t n_rows);

/* Lays the blocks out; their memory comes from `scratch`. Rejects: BAD_LENGTH when there is no block at all, a table is empty or too tall, a tree
 * number is not below n_trees, there are too many tables or the depth would exceed 29; SCRATCH. n_trees 3 .. HB_GKR_TREES_MAX. */
hb_status hb_gkr_layout_init(hb_gkr_layout *layout, uint32_t n_trees, const hb_gkr_table *tables, size_t n_tables, hb_scratch *scratch,
                             hb_error *err);

/* Scratch bytes that hb_gkr_layout_init takes for this many terms in all. */
size_t hb_gkr_layout_bytes(size_t n_terms);

/* w_b = prod over i = h_log2 .. d-1 of eq(xi_i, bit i of off) (docs/protocol.md 8). xi: d coordinates. */
hb_k hb_gkr_block_weight(const hb_gkr_layout *layout, const hb_gkr_block *block, const hb_k *xi);

/* Whole tiles that hold real rows; their leaves are what a prover stores: tiles << 8 packs of 16 (field/kpack.h). */
static inline uint32_t hb_gkr_block_tiles(const hb_gkr_block *block)
{
    return (block->n_rows + (1u << HB_GKR_TILE_LOG2) - 1) >> HB_GKR_TILE_LOG2;
}

static inline size_t hb_gkr_block_packs(const hb_gkr_block *block)
{
    return (size_t)hb_gkr_block_tiles(block) << (HB_GKR_TILE_LOG2 - 4);
}

/* What the trees' reduction leaves to prove: the value of each leaf vector's multilinear extension at xi. */
typedef struct hb_gkr_result {
    uint32_t depth; /* d */
    uint32_t n_xi;  /* max(d, n_max): coordinates of xi, the ones from d on by XI_EXTEND */
    hb_k xi[HB_GKR_DEPTH_MAX + 1];
    hb_k claims[HB_GKR_VALUES_MAX]; /* V_G, V_R, V_p, V_q, ..: extensions of the 2^d leaves at xi_0 .. xi_{d-1} */
    hb_k roots[HB_GKR_VALUES_MAX];  /* G, R, p, q, .. */
} hb_gkr_result;

/* --- for prover and verifier ---------------------------------------------------------------------------------------------------------- */
/* The index bit combined between levels l and l + 1: 11, 10, .., 0, 12, 13, .. (bits >= depth are skipped when depth < 12). */
uint32_t hb_gkr_combined_bit(uint32_t depth, uint32_t level);

/* The index bits that remain at a level (depth - level of them), ascending. */
void hb_gkr_remaining_bits(uint32_t depth, uint32_t level, uint8_t *bits);
