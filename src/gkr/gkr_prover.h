/* The prover's working state; for the files of this room (gkr_prove.c the conversation, gkr_levels.c the levels, gkr_rounds.c one layer's
 * sumcheck).
 *
 * Level l, l <= 7, keeps the leaves' shape: a tile of 4096 leaves has become 2^(8-l) packs, first half before second half of the bit
 * combined next; tiles without real rows are not stored. From level 8 on a level is dense: pack pairs (first half, second half), 2^(d-l-5) of them, with
 * neutral values where nothing is. So "tile" below means 2^(8-l) packs of a tree's value for l <= 7 and a pack pair for l >= 8. */
#pragma once
#include "gkr/gkr_algebra.h"
#include "gkr/gkr_kernels.h"
#include "gkr/gkr_prove.h"

#define HB_GKR_TILE_PACKS 256u
#define HB_GKR_DENSE_LEVEL 8u /* one pack a tile */

typedef struct hb_gkr_prover {
    hb_sender *s;
    const hb_gkr_layout *layout;
    const hb_gkr_leaves *leaves;
    hb_gkr_leaves kept; /* streamed leaves, once all are there again */
    hb_arena *arena;
    const hb_gkr_kernels *kernels;
    unsigned threads;
    uint32_t n_values;
    size_t n_tiles; /* 2^(d-12) tile numbers */

    /* work space of gkr_levels.c and gkr_rounds.c, kept to the end */
    hb_kpack **tile[HB_GKR_VALUES_MAX];     /* hb_gkr_table_size: of each tile number the tile, or NULL */
    uint32_t *present[HB_GKR_TREES_MAX];    /* numbers of the stored tiles, ascending */
    size_t n_present[HB_GKR_TREES_MAX];
    hb_k *eq;                               /* weights of tile numbers over their lowest m bits, at [2^m - 1 ..], m = 0, 1, .. */
    hb_kpack *e, *e_lam;                    /* weights inside half a tile */
    hb_k *inverse;                          /* their inverses */
    hb_k *raw[HB_GKR_VALUES_MAX][2];        /* the last tile's halves */
    hb_kpack *small[HB_GKR_VALUES_MAX];     /* the last tile again, as pack pairs */
    hb_gkr_sums *sums;                      /* threads x trees */

    hb_kpack *level[HB_GKR_DEPTH_MAX][HB_GKR_VALUES_MAX]; /* [l], 1 <= l <= d - 4 */
    size_t mark[HB_GKR_DEPTH_MAX];                        /* fill of the arena before level l */
} hb_gkr_prover;

/* Entries of each tile table: tile numbers of the whole level, or the pack pairs of one tile. */
static inline size_t hb_gkr_table_size(const hb_gkr_layout *layout)
{
    size_t n = (size_t)1 << (layout->depth - HB_GKR_TILE_LOG2), pairs = HB_GKR_TILE_PACKS / 2;
    return n > pairs ? n : pairs;
}

static inline hb_k hb_gkr_neutral(uint32_t value)
{
    return value == HB_GKR_VALUE_P ? hb_k_zero() : hb_k_one();
}

/* Packs of half a tile at a level. */
static inline size_t hb_gkr_half_packs(uint32_t level)
{
    return level < HB_GKR_DENSE_LEVEL ? (size_t)(HB_GKR_TILE_PACKS / 2) >> level : 1;
}

/* --- gkr_levels.c ------------------------------------------------------------------------------------------------------------------------ */
/* Allocates work space and levels. HB_OUT_OF_MEMORY when the arena is too small. */
hb_status hb_gkr_prover_init(hb_gkr_prover *g);

/* Computes all levels above the leaves. HB_OK unless leaves are streamed: HB_OUT_OF_MEMORY, and what their function returns. */
hb_status hb_gkr_build_levels(hb_gkr_prover *g);

/* Before level 0, when all others are closed: streamed leaves are computed again. */
hb_status hb_gkr_restore_leaves(hb_gkr_prover *g);

/* Value v, element i of level d - 4. */
hb_k hb_gkr_top_value(const hb_gkr_prover *g, uint32_t v, uint32_t i);

/* Points g->tile at the tiles of a level; returns log2 of the number of tile numbers. */
uint32_t hb_gkr_open_level(hb_gkr_prover *g, uint32_t level);

/* Gives a level's memory back. */
void hb_gkr_close_level(hb_gkr_prover *g, uint32_t level);

/* --- gkr_rounds.c ------------------------------------------------------------------------------------------------------------------------ */
/* The sumcheck of one layer: from claims about level + 1 at xi to end[v] = the two values of each vector of `level` at the new coordinates,
 * which replace the old ones in xi. Destroys the level. */
hb_status hb_gkr_prove_layer(hb_gkr_prover *g, uint32_t level, hb_k lam, const hb_k *claims, hb_k *xi, hb_k end[][2]);
