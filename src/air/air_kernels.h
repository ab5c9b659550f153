/* The prover's inner loops over blocks of 256 rows of base values, one table per instruction set (base/isa.h). A block is 16 vectors of 16
 * hb_f, 64-byte aligned; a block of K is 16 packs. Results are exact, hence the same everywhere. */
#pragma once
#include "air/tape.h"
#include "base/isa.h"
#include "field/kpack.h"

#define HB_BLOCK_ROWS 256u
#define HB_BLOCK_VECTORS (HB_BLOCK_ROWS / HB_LANES)

typedef struct hb_air_kernels {
    /* Runs a tape; slots[i] points at the block of slot i. */
    void (*run)(const hb_air_step *steps, uint32_t n, hb_f *const *slots);

    /* out = constant + sum_i weights[i] in[i]. n any, 0 included. */
    void (*form)(const hb_f *const *in, const hb_k *weights, uint32_t n, hb_k constant, hb_kpack *out);

    /* x = s x + 1: a product leaf under a flag. */
    void (*flag)(const hb_f *s, hb_kpack *x);

    /* out = s or -s, as elements of K. */
    void (*embed)(const hb_f *s, bool negate, hb_kpack *out);

    /* e[0 .. n-1] = elementary symmetric polynomials e_1 .. e_n of n = 2 or 3 blocks. */
    void (*symmetric)(const hb_f *const *x, uint32_t n, hb_f *const *e);

    /* Canonical words. */
    void (*canonical)(const hb_f *x, uint32_t *out);
} hb_air_kernels;

HB_ISA_TABLES(hb_air_kernels, hb_air_kernels_table)
