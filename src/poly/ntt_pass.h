/* Transforms 16 at a time. Only for *_kernel.c of this room: an element of a transform is a vector, and lanes are independent transforms, so twiddles are broadcast.
 *
 * Decimation in time: at level t, elements i and i + 2^t of each block of 2^(t+1) become x + w y and x - w y with w = omega_{2^(t+1)}^(i mod 2^t). Up to four
 * levels are done together in registers. Between levels values are lazy, in [0, 2p): the sum of a value below p and a product below p; a product accepts any
 * 32-bit word, so only x must be brought below p. */
#pragma once
#include "field/v16.h"
#include "poly/ntt.h"

/* Sixteen vectors must become registers. Without wide registers nothing is gained by it, and sanitizers are in its way. */
#if !defined __AVX2__ || defined HB_CHECKED
#define HB_UNROLL
#elif defined __clang__
#define HB_UNROLL _Pragma("clang loop unroll(full)")
#else
#define HB_UNROLL _Pragma("GCC unroll 16")
#endif

HB_V v16c hb_ntt_factor(const hb_ntt_twiddle *t)
{
    return (v16c){v16_set1(t->w), v16_set1(t->q)};
}

HB_V void hb_ntt_butterfly(v16 *x, v16 *y, v16 product)
{
    v16 a = v16_canon(*x);
    *x = v16_add32(a, product);
    *y = v16_add32(v16_sub32(a, product), v16_set1(HB_F_P));
}

/* k levels, the first of them `level`, on the 2^k elements x[u] = element j + u 2^level of a block. j = 0 if `unit` (the first twiddle of each level is 1). */
HB_V void hb_ntt_levels(v16 x[16], const unsigned k, const hb_ntt_twiddle *tw, size_t level_size, size_t j, const bool unit)
{
    HB_UNROLL for (unsigned i = 0; i < k; i++)
        HB_UNROLL for (unsigned u = 0; u < 1u << i; u++) {
            const hb_ntt_twiddle *t = tw + (level_size << i) + j + u * level_size;
            HB_UNROLL for (unsigned m = u; m < 1u << k; m += 2u << i) {
                v16 *a = &x[m], *b = &x[m + (1u << i)];
                hb_ntt_butterfly(a, b, unit && u == 0 ? v16_canon(*b) : v16_mulc(*b, hb_ntt_factor(t)));
            }
        }
}

/* --- passes over a transform of 2^size_log2 vectors ------------------------------------------------------------------------------------- */
typedef struct hb_ntt_to {
    uint32_t *base;
    size_t stride; /* words between elements */
} hb_ntt_to;

/* What becomes of results: back to the buffer, lazy; or to the codeword, below p and past the cache. */
HB_V void hb_ntt_put(hb_ntt_to to, size_t element, v16 x, const bool last)
{
    if (last)
        v16_stream(to.base + element * to.stride, v16_canon(x));
    else
        v16_store(to.base + element * 16, x);
}

HB_V void hb_ntt_pass_at(hb_ntt_to to, const uint32_t *from, const unsigned k, const hb_ntt_twiddle *tw, size_t level_size, size_t size, size_t j,
                  const bool unit, const bool last)
{
    for (size_t block = j; block < size; block += level_size << k) {
        v16 x[16];
        HB_UNROLL for (unsigned u = 0; u < 1u << k; u++)
            x[u] = v16_load(from + (block + u * level_size) * 16);
        hb_ntt_levels(x, k, tw, level_size, j, unit);
        HB_UNROLL for (unsigned u = 0; u < 1u << k; u++)
            hb_ntt_put(to, block + u * level_size, x[u], last);
    }
}

HB_V void hb_ntt_pass(hb_ntt_to to, const uint32_t *from, const unsigned k, const hb_ntt_twiddle *tw, size_t level_size, size_t size, const bool last)
{
    hb_ntt_pass_at(to, from, k, tw, level_size, size, 0, true, last);
    for (size_t j = 1; j < level_size; j++)
        hb_ntt_pass_at(to, from, k, tw, level_size, size, j, false, last);
}

#define HB_NTT_SWITCH(k, CALL)                                                                                            \
    switch (k) {                                                                                                        \
    case 1:                                                                                                             \
        CALL(1);                                                                                                        \
        break;                                                                                                          \
    case 2:                                                                                                             \
        CALL(2);                                                                                                        \
        break;                                                                                                          \
    case 3:                                                                                                             \
        CALL(3);                                                                                                        \
        break;                                                                                                          \
    default:                                                                                                            \
        CALL(4);                                                                                                        \
    }

static inline void hb_ntt_pass_buffer(uint32_t *to, const uint32_t *from, unsigned k, const hb_ntt_twiddle *tw, unsigned level, unsigned size_log2)
{
#define CALL(K) hb_ntt_pass((hb_ntt_to){to, 16}, from, K, tw, (size_t)1 << level, (size_t)1 << size_log2, false)
    HB_NTT_SWITCH(k, CALL)
#undef CALL
}

/* Levels of the next pass when `left` remain: fours, the odd rest first. */
static inline unsigned hb_ntt_next_levels(unsigned left)
{
    return left % 4 ? left % 4 : 4;
}
