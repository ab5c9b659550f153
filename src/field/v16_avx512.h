/* Body of field/v16.h for AVX-512 (F, DQ, BW, VL): a v16 is one zmm. Include field/v16.h instead.
 * vpmuludq multiplies the even 32-bit lanes; odd lanes are brought down by a shuffle first. */
#pragma once
#include <immintrin.h>

typedef __m512i v16;
typedef struct v16s {
    __m512i e, o;
} v16s;
typedef struct v16w {
    __m512i e, o;
} v16w;
typedef struct v16c {
    __m512i w, q;
} v16c;

HB_V v16 v16_load(const uint32_t *p) { return _mm512_load_si512(p); }
HB_V v16 v16_loadu(const uint32_t *p) { return _mm512_loadu_si512(p); }
HB_V void v16_store(uint32_t *p, v16 x) { _mm512_store_si512(p, x); }
HB_V void v16_storeu(uint32_t *p, v16 x) { _mm512_storeu_si512(p, x); }
HB_V void v16_stream(uint32_t *p, v16 x) { _mm512_stream_si512((__m512i *)(void *)p, x); }
HB_V void v16_stream_end(void) { _mm_sfence(); }
HB_V v16 v16_set1(uint32_t w) { return _mm512_set1_epi32((int)w); }
HB_V v16 v16_add32(v16 x, v16 y) { return _mm512_add_epi32(x, y); }
HB_V v16 v16_sub32(v16 x, v16 y) { return _mm512_sub_epi32(x, y); }
HB_V v16 v16_min32(v16 x, v16 y) { return _mm512_min_epu32(x, y); }

/* Odd lanes into even lanes (the odd ones then hold copies, which vpmuludq ignores). */
HB_V __m512i v16_odd_(__m512i x)
{
    return _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(x)));
}

/* High words of the 64-bit lanes of e and o, as even and odd lanes. */
HB_V __m512i v16_high_(__m512i e, __m512i o)
{
    return _mm512_castps_si512(_mm512_mask_movehdup_ps(_mm512_castsi512_ps(o), 0x5555, _mm512_castsi512_ps(e)));
}

HB_V v16s v16_split(v16 x) { return (v16s){x, v16_odd_(x)}; }
HB_V v16s v16s_set1(uint32_t w) { return (v16s){v16_set1(w), v16_set1(w)}; }
HB_V v16w v16s_mul(v16s x, v16s y) { return (v16w){_mm512_mul_epu32(x.e, y.e), _mm512_mul_epu32(x.o, y.o)}; }
HB_V v16w v16w_add(v16w s, v16w t) { return (v16w){_mm512_add_epi64(s.e, t.e), _mm512_add_epi64(s.o, t.o)}; }
HB_V v16w v16w_zero(void) { return (v16w){_mm512_setzero_si512(), _mm512_setzero_si512()}; }

/* 32-bit minimum: low words are compared with themselves, high words with themselves minus p. */
HB_V v16w v16w_fold(v16w s)
{
    __m512i u = _mm512_set1_epi64((long long)((uint64_t)HB_F_P << 32));
    return (v16w){_mm512_min_epu32(s.e, _mm512_sub_epi32(s.e, u)), _mm512_min_epu32(s.o, _mm512_sub_epi32(s.o, u))};
}

HB_V v16 v16_borrow_(__m512i h, __m512i g)
{
    __m512i r = _mm512_sub_epi32(h, g);
    return _mm512_min_epu32(r, _mm512_add_epi32(r, _mm512_set1_epi32((int)HB_F_P)));
}

/* High words of the multiples of p that agree with s in the low words. */
HB_V __m512i v16w_quotient_(v16w s)
{
    __m512i mu = _mm512_set1_epi32((int)HB_F_P_INV), p = _mm512_set1_epi32((int)HB_F_P);
    return v16_high_(_mm512_mul_epu32(_mm512_mul_epu32(s.e, mu), p), _mm512_mul_epu32(_mm512_mul_epu32(s.o, mu), p));
}

HB_V v16 v16w_reduce(v16w s)
{
    return v16_borrow_(v16_high_(s.e, s.o), v16w_quotient_(s));
}

/* Folds after the even and odd lanes were joined. */
HB_V v16 v16w_reduce2(v16w s)
{
    __m512i h = v16_high_(s.e, s.o);
    return v16_borrow_(_mm512_min_epu32(h, _mm512_sub_epi32(h, _mm512_set1_epi32((int)HB_F_P))), v16w_quotient_(s));
}

HB_V v16 v16_mulc(v16 x, v16c c)
{
    __m512i p = _mm512_set1_epi32((int)HB_F_P), q = _mm512_mullo_epi32(x, c.q);
    __m512i te = _mm512_mul_epu32(x, c.w), ge = _mm512_mul_epu32(q, p);
    __m512i to = _mm512_mul_epu32(v16_odd_(x), c.w), go = _mm512_mul_epu32(v16_odd_(q), p);
    return v16_borrow_(v16_high_(te, to), v16_high_(ge, go));
}

HB_V void v16_deinterleave(v16 x, v16 y, v16 *even, v16 *odd)
{
    __m512i i = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *even = _mm512_permutex2var_epi32(x, i, y);
    *odd = _mm512_permutex2var_epi32(x, _mm512_or_si512(i, _mm512_set1_epi32(1)), y);
}

HB_V void v16_interleave(v16 x, v16 y, v16 *lo, v16 *hi)
{
    __m512i i = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    *lo = _mm512_permutex2var_epi32(x, i, y);
    *hi = _mm512_permutex2var_epi32(x, _mm512_add_epi32(i, _mm512_set1_epi32(8)), y);
}

/* Four steps: pairs of words, pairs of double words, then 128-bit quarters at distance 4 and 8. */
HB_V void v16_transpose(v16 r[16])
{
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) { /* now quarter q of r[i + k] holds column 4 q + k of rows i .. i + 3 */
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
        __m512i a02 = _mm512_shuffle_i32x4(r[k], r[4 + k], 0x88), a13 = _mm512_shuffle_i32x4(r[k], r[4 + k], 0xdd);
        __m512i b02 = _mm512_shuffle_i32x4(r[8 + k], r[12 + k], 0x88), b13 = _mm512_shuffle_i32x4(r[8 + k], r[12 + k], 0xdd);
        t[k] = _mm512_shuffle_i32x4(a02, b02, 0x88);
        t[4 + k] = _mm512_shuffle_i32x4(a13, b13, 0x88);
        t[8 + k] = _mm512_shuffle_i32x4(a02, b02, 0xdd);
        t[12 + k] = _mm512_shuffle_i32x4(a13, b13, 0xdd);
    }
    for (int i = 0; i < 16; i++)
        r[i] = t[i];
}
