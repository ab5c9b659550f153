/* What prover and verifier of the batched zerocheck share (docs/protocol.md 8). Freestanding.
 *
 *   n_max   largest h_T; rows of the cube: 2^n_max, n_max 12 .. 29
 *   id      columns of all present tables in chip order, preprocessed before main, numbered from 0
 *   lambda  its powers run over the constraints of all present tables in chip order */
#pragma once
#include "air/challenges.h"
#include "air/record.h"
#include "air/structured.h"
#include "gkr/gkr_layout.h"

#define HB_ZEROCHECK_SKIP_DEGREE 60u  /* of t(Z): degree 4 in columns and mask, each of degree 15 */
#define HB_ZEROCHECK_SKIP_COEFFICIENTS (HB_ZEROCHECK_SKIP_DEGREE + 1)

/* A present table, as both sides see it. */
typedef struct hb_zerocheck_table {
    const hb_air *air;
    uint32_t n_rows;
} hb_zerocheck_table;

/* What the zerocheck starts from. layout->trees[..].blocks[..].table indexes `tables`. */
typedef struct hb_zerocheck_claim {
    const hb_zerocheck_table *tables;
    size_t n_tables;
    const hb_gkr_layout *layout;
    const hb_gkr_result *trees;
    const hb_bus_challenges *bus;
    const hb_air_publics *publics;
    const hb_bus_challenges *global; /* of the bus GLOBAL; NULL when the layout has no trees for it */
} hb_zerocheck_claim;

/* Where it ends: the claim that column id has the value columns[id] at (r0, ry, ru). */
typedef struct hb_zerocheck_result {
    uint32_t n_max, n_columns;
    hb_k r0, ry[HB_Y_BITS], ru[HB_U_BITS_MAX]; /* n_max - 12 coordinates in ru */
    hb_k *columns;                             /* in the scratch or arena that was given */
} hb_zerocheck_result;

/* --- steps that both sides take ---------------------------------------------------------------------------------------------------------- */
typedef struct hb_zerocheck_challenges {
    hb_k lambda, eta[HB_GKR_VALUES_MAX]; /* one eta for each value of the trees */
} hb_zerocheck_challenges;

/* eta_0 (V_G - 1) + eta_1 (V_R - 1) + eta_2 V_p + eta_3 (V_q - 1), and eta_4 (V_G* - 1) + eta_5 (V_R* - 1) if there are such trees. */
hb_k hb_zerocheck_start(const hb_zerocheck_claim *claim, const hb_zerocheck_challenges *ch);

/* weights[i][k] = w_b / eps_T for term k of table i. weights[i]: n_terms elements. False if an eps_T is 0. */
bool hb_zerocheck_weights(const hb_zerocheck_claim *claim, hb_k *const *weights);

/* t(r) from t(0), t(1), t(2), t(3) and the coefficient of X^4. */
hb_k hb_zerocheck_round_value(hb_k t0, hb_k t1, hb_k t2, hb_k t3, hb_k inf, hb_k r);

/* Number of columns of all tables. */
uint32_t hb_zerocheck_columns(const hb_zerocheck_claim *claim);
