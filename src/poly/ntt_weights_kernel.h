/* Kernel table of hb_ntt_weights_add; internal to the room. What the numbers mean: ntt_weights.c. */
#pragma once
#include "base/isa.h"
#include "poly/ntt.h"

typedef struct hb_ntt_weights {
    unsigned m, parts_log2, size_log2, order_log2; /* m = parts_log2 + size_log2 <= order_log2; parts_log2 >= 4, size_log2 >= 4 */
    size_t count, stride;                          /* terms, and the same rounded up to 16 */
    bool dense;                                    /* few terms for a large order: sum power sequences instead of transforming */
    const hb_ntt_twiddle *twiddles;                /* levels of transforms of 2^(order_log2 - parts_log2) */
    hb_kpack *scale;                               /* of the terms; 0 beyond count */
    hb_f *powers;                                  /* [bit b of the part number][term] = z^(2^(parts_log2 - 1 - b)) */
    hb_f *middle;                                  /* [i < 16][term] = product of powers over the bits of i, for bits 4.. of the part number */
    uint32_t *lanes;                               /* [term]: vector over lanes, product of powers over bits 0..3 */
    uint32_t *place;                               /* [term]: element of the transform's input; dense: z^(2^parts_log2) */
    uint32_t *row;                                 /* [i < 2^size_log2] = bitrev(i) */
} hb_ntt_weights;

typedef struct hb_ntt_weights_kernels {
    /* Parts 16 g .. 16 g + 15 for g in [begin, end) are added to w. buffer: hb_ntt_weights_buffer_words(s). */
    void (*add)(const hb_ntt_weights *s, hb_kpack *w, size_t begin, size_t end, uint32_t *buffer);
} hb_ntt_weights_kernels;

/* Products over the high bits; five coefficients of every term; transform. */
static inline size_t hb_ntt_weights_buffer_words(const hb_ntt_weights *s)
{
    size_t transform = s->dense ? (size_t)HB_K_DEGREE << s->size_log2 : (size_t)1 << (s->order_log2 - s->parts_log2);
    return (1 + HB_K_DEGREE) * s->stride + 16 * transform;
}

HB_ISA_TABLES(hb_ntt_weights_kernels, hb_ntt_weights_kernels_table)
