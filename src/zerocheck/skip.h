/* The skip round's polynomial t(Z) (docs/protocol.md 8, step 1). Hosted.
 *
 * Rows of full tiles (all rows real, mask 1) and of the other active tiles ("ragged": the last tile with real rows, and padding tiles that are not all zero)
 * are treated apart. With D the skip domain, a polynomial of degree 15 k needs the values on k cosets of D:
 *   affine part     t_1   sum_j w_j E_j(Z), E_j = sum over (y, u) of eq * column j: 5 products a cell, once for all affine forms; D only
 *   class 0         t_2   degree 2 in cells: D and one coset
 *   class 1         t_3   degree 3: D and two cosets
 *   ragged tiles    t_m   everything, with the mask: D and three cosets
 * On D the rests of constraints are not evaluated: they are minus the affine parts (air constraints vanish there). */
#pragma once
#include "base/pool.h"
#include "zerocheck/skip_kernels.h"
#include "zerocheck/summand.h"

/* One table, prepared; also what the later rounds need. */
typedef struct hb_prover_table {
    const hb_table *table;
    hb_summand summand;
    uint32_t full_tiles;   /* n_rows / 4096 */
    uint32_t active_tiles; /* all later tiles are zero in every column */
} hb_prover_table;

/* eq over y (16 packs, row y = lane + 16 pack) and over u (one K a tile, at least as many as any table has active tiles). */
typedef struct hb_skip_eq {
    hb_kpack y[16];
    const hb_k *u;
} hb_skip_eq;

/* The four polynomials, low coefficient first. t(Z) is their sum. */
typedef struct hb_skip_polynomials {
    hb_k affine[16], square[32], cubic[48], ragged[64];
} hb_skip_polynomials;

hb_skip_constants hb_skip_constants_init(void);

/* Bytes of arena that hb_skip_round takes for a table of this record, given back at the end. */
size_t hb_skip_bytes(const hb_air *air, unsigned threads);

/* False when the arena is full. */
bool hb_skip_round(hb_prover_table *tables, size_t n_tables, const hb_skip_eq *eq, const hb_air_publics *publics, hb_pool *pool, hb_arena *arena,
                   hb_skip_polynomials *out);

/* Coefficients of the polynomial of degree < 16 n with values v[q][z] at shift_q omega_16^z, n = 1 .. 4 cosets. */
void hb_skip_interpolate(hb_k (*v)[HB_SKIP], uint32_t n, hb_k *coefficients);
