/* Kernel table of poly/ntt.h; internal to the room. Vectors below are 16 words (64 bytes). */
#pragma once
#include "base/isa.h"
#include "poly/ntt.h"

/* An input column: element e is word e % 16 of the vector at base + (e / 16) * stride; stride 16 for a plain column, 80 for one coefficient of packs. */
typedef struct hb_ntt_input {
    const uint32_t *base;
    size_t stride;
} hb_ntt_input;

/* The matrix between the two steps of the four-step method: group g holds rows 16 g .. 16 g + 15 as 2^width_log2 vectors, lane = row. Groups are kept apart by
 * some more vectors, so that equal columns of different groups do not fall into the same cache sets. */
static inline size_t hb_ntt_group_words(const hb_ntt_plan *plan)
{
    return (((size_t)1 << plan->width_log2) + 16) * 16;
}

/* All levels of transforms of up to 2^size_log2 elements: t[s + j] = omega_{2 s}^j for j < s, s = 1, 2, .. 2^(size_log2 - 1). t[0] is not set. */
void hb_ntt_fill_twiddles(hb_ntt_twiddle *t, unsigned size_log2);

typedef struct hb_ntt_kernels {
    /* Step 1 for row groups [begin, end): the transforms inside the rows. buffer: 2^width_log2 + 2^(width_log2 - rate_log2) vectors. */
    void (*rows)(const hb_ntt_plan *plan, hb_ntt_input in, uint32_t *matrix, size_t begin, size_t end, uint32_t *buffer);
    /* Step 2 for chunks of 16 columns [begin, end): twiddles, the transforms across rows, codeword words to out. matrix: of step 1; HB_NTT_SPREAD: not used.
     * buffer: 2^rows_log2 + 2^(rows_log2 - 4) vectors. */
    void (*columns)(const hb_ntt_plan *plan, hb_ntt_input in, const uint32_t *matrix, uint32_t *out, size_t begin, size_t end, uint32_t *buffer);
} hb_ntt_kernels;

HB_ISA_TABLES(hb_ntt_kernels, hb_ntt_kernels_table)
