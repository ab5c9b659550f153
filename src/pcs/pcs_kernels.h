/* The prover's inner loops over packed K vectors, one table per instruction set (base/isa.h). Sizes are in packs of 16 elements.
 * Results are exact field elements, so they depend neither on the instruction set nor on how a range is cut into pieces. */
#pragma once
#include "base/isa.h"
#include "field/kpack.h"

typedef struct hb_pcs_kernels {
    /* out[i] = sum_c weight[c] column[c][i] for n packs (16 n cells of each column, 64-byte aligned). */
    void (*combine)(hb_kpack *out, const hb_f *const *column, const hb_k *weight, size_t n_columns, size_t n);

    /* One sumcheck round of sum f w over vectors of 2 half packs whose halves differ in the top index bit, on pairs [begin, end) of [0, half):
     * sum[0] = sum of f w at bit = 0, sum[1] = its leading coefficient. */
    void (*round_eval)(const hb_kpack *f, const hb_kpack *w, size_t half, size_t begin, size_t end, hb_k sum[2]);

    /* v[i] = v[i] + a (v[half + i] - v[i]) for i in [begin, end), in place. */
    void (*fold)(hb_kpack *v, size_t half, size_t begin, size_t end, hb_k a);

    /* fold of f and w (2 half packs each, half even) by a, and round_eval of what results, on pairs [begin, end) of [0, half / 2). */
    void (*fold_eval)(hb_kpack *f, hb_kpack *w, size_t half, size_t begin, size_t end, hb_k a, hb_k sum[2]);

    /* Sum of x y over n packs, all lanes. */
    hb_k (*dot)(const hb_kpack *x, const hb_kpack *y, size_t n);

    /* out = c x; n packs. out may be x. */
    void (*scale)(hb_kpack *out, const hb_kpack *x, hb_k c, size_t n);

    /* out += c[0] x[0] + c[1] x[1]; n packs. */
    void (*add_scaled)(hb_kpack *out, const hb_kpack *const x[2], const hb_k c[2], size_t n);
} hb_pcs_kernels;

HB_ISA_TABLES(hb_pcs_kernels, hb_pcs_kernels_table)
