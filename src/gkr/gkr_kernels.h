/* Inner loops of the prover of the bus trees; for the files of this room. Compiled once per instruction set (base/isa.h).
 *
 * A tile is 2 * packs packs of one value: the half whose combined bit is 0, then the half where it is 1. Written G0, G1 (product tree)
 * and p0, p1, q0, q1 (fraction tree). Tiles of nothing but neutral leaves are absent: NULL.
 *
 * In a sumcheck tiles are *weighted*: the place i in the half tile has the weight e_i = eq(coordinates of the bits inside the tile, i), and
 *     product: first half e G0, second half G1;    fraction: e (p0 + lam q0), e p1 in the p tile, q0, q1 in the q tile.
 * So a round over a bit above the tile needs no weights inside its tiles: it sums G0 G1, or P0 q1 + p1 q0, over all places, and multiplies
 * each tile's sum once by the weight of its tile number. Absent tiles stand for e, 1 and lam e, 0, 1, 1. */
#pragma once
#include "base/isa.h"
#include "field/kpack.h"

typedef struct hb_gkr_round {
    hb_kpack **tile[2];    /* product: [0]; fraction: [0] p, [1] q. Indexed by tile number */
    size_t packs;          /* of half a tile */
    size_t half;           /* pairs (T, T + half), T < half, are evaluated */
    const hb_kpack *e;     /* packs: weights inside the tile */
    const hb_kpack *e_lam; /* lam e; fraction only */
    const hb_k *eq;        /* half: weights of T */
    hb_k r;                /* challenge to fold by */
    bool want_t0;          /* first: is t(0) wanted */
} hb_gkr_round;

/* Lane sums; reduced. [0]: sum over T with tile T present of eq[T] t_T(0). [1]: sum over all T of eq[T] t_T(inf), to which only pairs that are not
 * both absent contribute. Here t_T(X) = the tile's sum on the line through tiles T (X = 0) and T + half (X = 1). */
typedef hb_kpack hb_gkr_sums[2];

typedef struct hb_gkr_tree_kernels {
    /* Weights the tiles T and T + half and evaluates; begin <= T < end. */
    void (*first)(const hb_gkr_round *round, size_t begin, size_t end, hb_gkr_sums sums);
    /* Folds tiles (T, T + 2 half) into T and (T + half, T + 3 half) into T + half by r, in place, then evaluates the pair. The result lies where
     * one of the two tiles lay, the table is updated; absent if both were. */
    void (*fold)(const hb_gkr_round *round, size_t begin, size_t end, hb_gkr_sums sums);
    /* Folds (T, T + half) into T only. */
    void (*last)(const hb_gkr_round *round, size_t begin, size_t end);
    /* The next level's tile: in has 2 * packs packs, out packs. [1]: q of a fraction tree. */
    void (*build)(const hb_kpack *const in[2], hb_kpack *const out[2], size_t packs);
} hb_gkr_tree_kernels;

typedef struct hb_gkr_kernels {
    hb_gkr_tree_kernels product, fraction;
} hb_gkr_kernels;

HB_ISA_TABLES(hb_gkr_kernels, hb_gkr_kernels_table)
