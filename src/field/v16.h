/* Packed field arithmetic: 16 lanes. Only for *_kernel.c, which is compiled once per instruction set; which body is used follows the
 * compiler's flags. All operations are exact and lanes are independent, so every instruction set gives the same results.
 *
 *   type  | meaning                                                                     | range of a lane
 *   ------+-----------------------------------------------------------------------------+----------------------------
 *   v16   | 16 x hb_f (Montgomery), or 16 raw 32-bit words for the ..32 operations      | [0, p), or any word
 *   v16s  | a v16 made ready as a factor: even lanes in e, odd lanes moved down in o    | [0, p)
 *   v16w  | 16 x 64-bit sums of products, even and odd lanes apart                      | stated in units of U = p 2^32
 *   v16c  | one constant w in all lanes, with w p^-1 mod 2^32: cheapest multiplication  | [0, p)
 *
 * One product of reduced elements is below 0.469 U, and 64 bits hold 2.13 U. So up to 4 products may be summed before v16w_fold, which
 * subtracts U once where possible: < 2 U becomes < U. Adding two more products to a folded sum stays below 1.94 U.
 *
 * Body by body (v16_avx512.h, v16_avx2.h, v16_generic.h) there are:
 *   v16   v16_load(p), v16_loadu(p)         p: 16 words, 64-byte aligned / any alignment
 *   void  v16_store(p, x), v16_storeu(p, x)
 *   void  v16_stream(p, x)                  store past the caches, 64-byte aligned; v16_stream_end() before others may read
 *   v16   v16_set1(word)                    broadcast
 *   v16   v16_add32, v16_sub32, v16_min32 (x, y)     raw unsigned words mod 2^32
 *   v16s  v16_split(x)                      also of raw words
 *   v16s  v16s_set1(word)                   broadcast, ready as a factor
 *   v16w  v16s_mul(x, y)                    64-bit products, unreduced
 *   v16w  v16w_add(s, t), v16w_zero(), v16w_fold(s)
 *   v16   v16w_reduce(s)                    Montgomery: s 2^-32 mod p, for s < U
 *   v16   v16w_reduce2(s)                   the same for s < 2 U
 *   v16   v16_mulc(x, c)                    x may be ANY word; result x w 2^-32 mod p in [0, p)
 *   void  v16_deinterleave(x, y, &even, &odd)  even = x0 x2 .. x14 y0 y2 .. y14, odd = x1 x3 ..
 *   void  v16_interleave(x, y, &lo, &hi)       lo = x0 y0 x1 y1 .. x7 y7, hi = x8 y8 ..; the inverse
 *   void  v16_transpose(v16 r[16])             r[i] lane j <-> r[j] lane i */
#pragma once
#include "field/f.h"
#include "field/kpack.h"

#define HB_V static inline __attribute__((always_inline))

#if defined __AVX512F__ && defined __AVX512VL__
#include "field/v16_avx512.h"
#elif defined __AVX2__
#include "field/v16_avx2.h"
#else
#include "field/v16_generic.h"
#endif

HB_V v16 v16_zero(void)
{
    return v16_set1(0);
}

/* [0, 2p) -> [0, p): where x < p the difference wraps to something larger. */
HB_V v16 v16_canon(v16 x)
{
    return v16_min32(x, v16_sub32(x, v16_set1(HB_F_P)));
}

HB_V v16 v16_add(v16 x, v16 y)
{
    return v16_canon(v16_add32(x, y));
}

/* A negative difference wraps to at least 2^32 - p > p, so the minimum picks the corrected one. */
HB_V v16 v16_sub(v16 x, v16 y)
{
    v16 d = v16_sub32(x, y);
    return v16_min32(d, v16_add32(d, v16_set1(HB_F_P)));
}

HB_V v16 v16_neg(v16 x)
{
    return v16_sub(v16_zero(), x);
}

HB_V v16 v16_double(v16 x)
{
    return v16_add(x, x);
}

HB_V v16 v16s_mul_reduce(v16s x, v16s y)
{
    return v16w_reduce(v16s_mul(x, y));
}

HB_V v16 v16_mul(v16 x, v16 y)
{
    return v16s_mul_reduce(v16_split(x), v16_split(y));
}

HB_V v16 v16_square(v16 x)
{
    v16s s = v16_split(x);
    return v16s_mul_reduce(s, s);
}

HB_V v16c v16c_set1(hb_f w)
{
    return (v16c){v16_set1(w), v16_set1(w * HB_F_P_INV)};
}

/* Montgomery -> canonical words, and back. */
HB_V v16 v16_to_canonical(v16 x)
{
    return v16_mulc(x, v16c_set1(1));
}

HB_V v16 v16_from_canonical(v16 words)
{
    return v16_mulc(words, v16c_set1(HB_F_R2));
}

/* Sum of the 16 lanes. Not for inner loops. */
HB_V hb_f v16_hsum(v16 x)
{
    _Alignas(64) uint32_t w[HB_LANES];
    v16_store(w, x);
    uint64_t s = 0;
    for (unsigned i = 0; i < HB_LANES; i++)
        s += w[i];
    return (hb_f)(s % HB_F_P);
}
