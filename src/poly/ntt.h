/* Reed-Solomon encoding and other transforms over subgroups of F* (hosted; SIMD by hb_isa_current).
 *
 * A vector v of 2^h elements stands for the polynomial f(X) = sum_b v[b] X^(bitrev_h(b)). Its codeword of rate 2^-rate_log2 is
 *     codeword[i] = f(omega^i), 0 <= i < N = 2^(h + rate_log2), omega = hb_f_root(h + rate_log2): natural order, CANONICAL words.
 * With bit-reversed input a decimation-in-time transform needs no permutation. A K-vector is encoded coefficient by coefficient, since
 * omega lies in F: its codeword is five planes of N words, plane c holding coefficient c (so a Merkle tree over it takes plain
 * column pointers, see hb_merkle_coset_columns).
 *
 *   what       | representation
 *   -----------+--------------------------------------------------------------------
 *   input      | hb_f or hb_kpack vectors: Montgomery
 *   codeword   | uint32_t: canonical
 *
 * Method: four-step (D. Bailey 1990), two passes over memory. h <= 24, rate_log2 <= 12, h + rate_log2 <= 27. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/status.h"
#include "field/kpack.h"

#define HB_NTT_MAX_H 24u
#define HB_NTT_MAX_RATE_LOG2 12u

typedef struct hb_ntt_twiddle {
    hb_f w;     /* omega^j, Montgomery */
    uint32_t q; /* w p^-1 mod 2^32 */
} hb_ntt_twiddle;

/* Tables for one shape. Read-only after init; any number of threads may use one plan. The codeword is seen as a matrix of 2^rows_log2 rows of
 * 2^width_log2 words. */
typedef enum hb_ntt_method {
    HB_NTT_SCALAR, /* small: plain loops */
    HB_NTT_SPREAD, /* rate_log2 >= 4: every row starts as one coefficient repeated; width_log2 = rate_log2 */
    HB_NTT_FOUR_STEP
} hb_ntt_method;

typedef struct hb_ntt_plan {
    unsigned h, rate_log2;
    hb_ntt_method method;
    unsigned rows_log2, width_log2;
    hb_ntt_twiddle *twiddles; /* omega_{2 s}^j at [s + j], j < s, s = 1, 2, 4, .. */
    size_t twiddle_bytes;
} hb_ntt_plan;

/* HB_INVALID_ARGUMENT: shape out of range. HB_OUT_OF_MEMORY. A failed plan is empty and may be freed. */
hb_status hb_ntt_plan_init(hb_ntt_plan *plan, unsigned h, unsigned rate_log2);
void hb_ntt_plan_free(hb_ntt_plan *plan);

/* Bytes of 64-byte aligned scratch: about one codeword, and up to 1 MiB for each thread. The first is for hb_ntt_encode; calls with a pool of `threads`
 * threads need the second, which is at most `threads` times the first. */
size_t hb_ntt_scratch_bytes(const hb_ntt_plan *plan);
size_t hb_ntt_pool_scratch_bytes(const hb_ntt_plan *plan, unsigned threads);

/* One base column: in 2^h elements, out N words; both 64-byte aligned and apart. One thread; columns are independent, so callers with many
 * columns loop over them with a pool. */
void hb_ntt_encode(const hb_ntt_plan *plan, const hb_f *in, uint32_t *out, void *scratch);

/* The same for one column with all threads of the pool working on it. */
void hb_ntt_encode_pool(hb_pool *pool, const hb_ntt_plan *plan, const hb_f *in, uint32_t *out, void *scratch);

/* One K-vector: in hb_kpacks(2^h) packs (lanes from 2^h on are ignored), planes[c] N words, 64-byte aligned. */
void hb_ntt_encode_k(hb_pool *pool, const hb_ntt_plan *plan, const hb_kpack *in, uint32_t *const planes[HB_K_DEGREE], void *scratch);

/* Adds sum_q scale[q] * (z_q^(bitrev_m(b)))_b to w (2^m elements), z_q = omega^(index[q]) with omega of order 2^order_log2; index[q] <
 * 2^order_log2, order_log2 <= 27, m <= 24, any count, repetitions allowed. One sparse-input transform: first levels touch only what is not zero.
 * scratch: hb_ntt_weights_scratch_bytes(..) for each thread of the pool, 64-byte aligned. */
void hb_ntt_weights_add(hb_pool *pool, hb_kpack *w, unsigned m, const hb_k *scale, const uint32_t *index, size_t count, unsigned order_log2,
                        void *scratch);
size_t hb_ntt_weights_scratch_bytes(const hb_pool *pool, unsigned m, size_t count, unsigned order_log2);
