/* The prover's inner loops of the rounds after the skip round, over columns of K, one table per instruction set (base/isa.h).
 *
 * A round looks at pairs (v_0, v_1) of each column: the values where the bit being bound is 0 and 1. Pairs are made from packs 2 m and 2 m + 1, lane by
 * lane, or, "interleaved", from neighbouring lanes of these packs. Points at which a node is evaluated, in this order: */
#pragma once
#include "air/tape.h"
#include "base/isa.h"
#include "field/kpack.h"
#include "zerocheck/skip_kernels.h"

enum { HB_AT_0, HB_AT_INF, HB_AT_2, HB_AT_3, HB_POINTS };

/* One summand of the nonlinear part: weight * slot, or slot * column (an affine form LF_s) when column is not 0xffff. */
typedef struct hb_tail_output {
    uint16_t slot, column;
    uint8_t cubic, bus;
    hb_k weight;
} hb_tail_output;

/* What is evaluated for a pair. Columns are numbered as in tail.h. */
typedef struct hb_tail_program {
    const hb_air_step *steps;
    uint32_t n_steps;
    const uint16_t *input_slots, *input_columns; /* slot and column of each input that the steps read */
    const uint8_t *input_wide;                   /* read by something of degree 3 */
    uint32_t n_inputs;
    const hb_tail_output *outputs;
    uint32_t n_outputs;
    uint16_t first, second, mask; /* columns: ragged: affine part of constraints, of B, and mask; full: affine part of S in `first` */
} hb_tail_program;

/* Sums over pairs. full: t_1(0); t_2(0), t_2(inf); t_3(0), t_3(inf), t_3(2). ragged: t(0), t(inf), t(2), t(3). */
enum { HB_FULL_AFFINE, HB_FULL_SQUARE_0, HB_FULL_SQUARE_INF, HB_FULL_CUBIC_0, HB_FULL_CUBIC_INF, HB_FULL_CUBIC_2, HB_FULL_SUMS };

typedef struct hb_tail_kernels {
    /* A tile of a base column folded in z: out[y mod 16] lane y / 16 = sum_z lagrange[z] column[y + 256 z]. */
    void (*fold_z)(const hb_f *column, const hb_k lagrange[16], hb_kpack out[16]);

    /* out[i] = constant + sum_j weights[j] in[j][i], n packs. */
    void (*form)(const hb_kpack *const *in, const hb_k *weights, uint32_t n_in, hb_k constant, hb_kpack *out, size_t n);

    /* out[m] = v_0 + r (v_1 - v_0) of pair m, n packs of pairs; out may be in. */
    void (*fold)(const hb_kpack *in, bool interleaved, hb_k r, hb_kpack *out, size_t n);

    /* acc += sums over n packs of pairs with weights eq[m]. slots: room for the program's slots, HB_POINTS packs each. */
    void (*full)(const hb_tail_program *p, const hb_kpack *const *columns, bool interleaved, const hb_kpack *eq, size_t n, hb_kpack *slots,
                 hb_kacc acc[HB_FULL_SUMS]);
    void (*ragged)(const hb_tail_program *p, const hb_kpack *const *columns, bool interleaved, const hb_kpack *eq, size_t n, hb_kpack *slots,
                   hb_kacc acc[HB_POINTS]);
} hb_tail_kernels;

HB_ISA_TABLES(hb_tail_kernels, hb_tail_kernels_table)
