/* The rounds after the skip round (docs/protocol.md 8, step 2), for all tables together. Hosted.
 *
 * Columns of K of a table, in this order: the committed columns; structured columns that are used; `first`, `second` (affine parts, which fold like
 * columns: full tiles keep that of S_T in first; ragged ones those of the constraints and of B apart), the mask, and LF_s for each flag.
 *
 *   rounds 0 .. 3    bind bits 0 .. 3 of y. Memory by tiles: [tile][column][16 packs], pack = low bits of y, lane = high bits, so pairs are packs.
 *                    A round folds and evaluates a tile while it is in the cache.
 *   rounds 4 .. 7    bind bits 4 .. 7, the lanes: [column][tile], one pack a tile at first; pairs are neighbouring lanes. Full and ragged tiles apart.
 *   later rounds     bind u: [column], one element a tile at first, full and ragged tiles together, with the mask. Where a last element has no partner, its
 *                    partner is a row of the cube that is not stored: 0 in committed columns, the closed form in structured ones.
 *
 * In full tiles the affine part, the degree-2 and the degree-3 part are polynomials of their own with claims of their own, which saves one point each. */
#pragma once
#include "base/pool.h"
#include "zerocheck/skip.h"
#include "zerocheck/tail_kernels.h"

#define HB_Y_ROUNDS HB_Y_BITS

/* An affine form over columns of K. */
typedef struct hb_tail_form {
    uint16_t *columns;
    hb_k *weights, constant;
    uint32_t n;
} hb_tail_form;

typedef struct hb_tail_table {
    hb_prover_table *pt;
    uint32_t n_columns;
    hb_tail_program program;
    hb_tail_form all, con, bus, *flags; /* of first (full), first (ragged), second, LF_s */
    uint16_t structured[HB_ST_COUNT];   /* its column, 0xffff: not used */
    hb_kpack *tiles;                    /* rounds 0 .. 3 */
    hb_kpack *full, *ragged;            /* rounds 4 .. 7: [column], full_packs and ragged_packs each */
    size_t full_packs, ragged_packs;    /* even */
    hb_kpack *rows;                     /* u: [column], row_packs each */
    size_t row_packs, length;           /* length: elements that are left */
} hb_tail_table;

/* Sums of a round over all tables, in the kernels' order. */
typedef struct hb_tail_sums {
    hb_k full[HB_FULL_SUMS], ragged[HB_POINTS];
} hb_tail_sums;

typedef struct hb_tail {
    hb_tail_table *tables;
    size_t n_tables, n_tiles; /* active tiles of all tables */
    const hb_air_publics *publics;
    const hb_k *xi; /* y, z, u */
    uint32_t n_u;
    const hb_k *eq_u; /* eq of a tile */
    hb_row_point point; /* as far as it is known */
    hb_pool *pool;
    hb_arena *arena;
    uint32_t round;
    uint8_t *scratch; /* worker_bytes a thread */
    size_t worker_bytes, max_slots, max_eq;
} hb_tail;

/* Compiles; takes the memory of all rounds. False when the arena is full. */
bool hb_tail_init(hb_tail *tail, hb_prover_table *tables, size_t n_tables, const hb_air_publics *publics, const hb_k *xi, uint32_t n_max,
                  const hb_k *eq_u, hb_pool *pool, hb_arena *arena);

/* Upper bounds of the arena's bytes: for each table; and for each thread. */
size_t hb_tail_bytes(const hb_air *air, uint32_t n_rows);
size_t hb_tail_worker_bytes(const hb_zerocheck_claim *claim);

/* Folds by r_0 and evaluates round 0. */
void hb_tail_begin(hb_tail *tail, hb_k r0, hb_tail_sums *sums);

/* Binds the bit of the last round to r and evaluates the next round; sums NULL: there is none. In rounds of u everything is in sums->ragged. */
void hb_tail_bind(hb_tail *tail, hb_k r, hb_tail_sums *sums);

/* After eight binds: column j of table i over its active tiles. */
hb_k hb_tail_tile_value(const hb_tail *tail, size_t i, uint32_t j, uint32_t tile);

/* After all binds. */
hb_k hb_tail_column_value(const hb_tail *tail, size_t i, uint32_t j);

/* --- for the files of this room --------------------------------------------------------------------------------------------------- */
typedef struct hb_tail_worker {
    hb_kacc *full, *ragged; /* HB_FULL_SUMS, HB_POINTS */
    hb_kpack *eq;           /* max_eq */
    hb_kpack *slots;        /* HB_POINTS * max_slots */
    const hb_kpack **columns;
    hb_f *base;             /* a tile */
} hb_tail_worker;

hb_tail_worker hb_tail_worker_of(const hb_tail *tail, unsigned index);
void hb_tail_clear_sums(hb_tail *tail);
void hb_tail_collect_sums(hb_tail *tail, hb_tail_sums *sums);
void hb_tail_lanes_bind(hb_tail *tail, hb_k r, hb_tail_sums *sums);   /* rounds 5 .. 8 */
void hb_tail_lanes_begin(hb_tail *tail, hb_tail_sums *sums);          /* round 4, once full and ragged are filled */
void hb_tail_rows_begin(hb_tail *tail, hb_tail_sums *sums);           /* round 8 */
void hb_tail_rows_bind(hb_tail *tail, hb_k r, hb_tail_sums *sums);

/* Columns are read in pairs of packs. */
static inline size_t hb_even(size_t n)
{
    return n + (n & 1);
}
