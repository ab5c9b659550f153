/* The prover's inner loops of the skip round, one table per instruction set (base/isa.h). Vectors run along y; the 16 values of z are 16 vectors.
 * A block is 16 vectors, one for each point of a coset of the skip domain (air/air_kernels.h runs tapes over such blocks). */
#pragma once
#include "base/isa.h"
#include "field/kpack.h"

#define HB_SKIP_COSETS 4u /* of D in the subgroup of order 64: shifts 1, w32, w64, w64^3; so D and the first make the subgroup of order 32 */

/* Sixteen lanes of a sum of products that is not yet reduced. Opaque; zero bytes are zero. */
typedef struct hb_kacc {
    _Alignas(64) uint64_t c[HB_K_DEGREE][16];
} hb_kacc;

/* Twiddle factors with their products by 1/p mod 2^32 (v16c). */
typedef struct hb_skip_constants {
    hb_f inverse[8][2], forward[8][2];   /* w16^-j, w16^j */
    hb_f shift[HB_SKIP_COSETS][16][2];   /* shift_q^m / 16 at place bitrev(m) */
} hb_skip_constants;

typedef struct hb_skip_kernels {
    /* in[256 z + lane]: values on D at 16 y. out[q]: block of the values on coset q, for q with out[q] not NULL; q = 0 copies. */
    void (*transform)(const hb_skip_constants *k, const hb_f *in, hb_f *const out[HB_SKIP_COSETS]);

    /* acc[z] += sum over the 256 y of a tile of column[256 z + y] eq[y]. */
    void (*linear)(const hb_f *column, const hb_kpack eq[16], hb_kacc acc[16]);

    /* acc[z] += eq * sum_i weights[i] in[i][z]. */
    void (*weigh)(const hb_f *const *in, const hb_k *weights, uint32_t n, const hb_kpack *eq, hb_kacc acc[16]);

    /* acc[z] += eq * (con + mask bus), con and bus being sums with constants. */
    void (*masked)(const hb_f *const *con, const hb_k *con_weights, uint32_t n_con, hb_k con_constant, const hb_f *const *bus, const hb_k *bus_weights,
                   uint32_t n_bus, hb_k bus_constant, const hb_f *mask, const hb_kpack *eq, hb_kacc acc[16]);

    /* out = c in, n packs. */
    void (*scale)(const hb_kpack *in, hb_k c, hb_kpack *out, size_t n);

    /* Sum of the lanes. */
    hb_k (*total)(const hb_kacc *acc);
} hb_skip_kernels;

HB_ISA_TABLES(hb_skip_kernels, hb_skip_kernels_table)
