/* Body of field/v16.h for AVX2: a v16 is two ymm, lanes 0-7 in a and 8-15 in b. Include field/v16.h instead. */
#pragma once
#include <immintrin.h>

typedef struct v16 {
    __m256i a, b;
} v16;
typedef struct v16s {
    v16 e, o;
} v16s;
typedef struct v16w {
    v16 e, o;
} v16w;
typedef struct v16c {
    v16 w, q;
} v16c;

#define HB_V256(x) ((const __m256i *)(const void *)(x))
#define HB_V256W(x) ((__m256i *)(void *)(x))
#define HB_V16_BOTH(op, x, y) ((v16){op((x).a, (y).a), op((x).b, (y).b)})

HB_V v16 v16_load(const uint32_t *p) { return (v16){_mm256_load_si256(HB_V256(p)), _mm256_load_si256(HB_V256(p + 8))}; }
HB_V v16 v16_loadu(const uint32_t *p) { return (v16){_mm256_loadu_si256(HB_V256(p)), _mm256_loadu_si256(HB_V256(p + 8))}; }
HB_V void v16_store(uint32_t *p, v16 x) { _mm256_store_si256(HB_V256W(p), x.a), _mm256_store_si256(HB_V256W(p + 8), x.b); }
HB_V void v16_storeu(uint32_t *p, v16 x) { _mm256_storeu_si256(HB_V256W(p), x.a), _mm256_storeu_si256(HB_V256W(p + 8), x.b); }
HB_V void v16_stream(uint32_t *p, v16 x) { _mm256_stream_si256(HB_V256W(p), x.a), _mm256_stream_si256(HB_V256W(p + 8), x.b); }
HB_V void v16_stream_end(void) { _mm_sfence(); }
HB_V v16 v16_set1(uint32_t w) { return (v16){_mm256_set1_epi32((int)w), _mm256_set1_epi32((int)w)}; }
HB_V v16 v16_add32(v16 x, v16 y) { return HB_V16_BOTH(_mm256_add_epi32, x, y); }
HB_V v16 v16_sub32(v16 x, v16 y) { return HB_V16_BOTH(_mm256_sub_epi32, x, y); }
HB_V v16 v16_min32(v16 x, v16 y) { return HB_V16_BOTH(_mm256_min_epu32, x, y); }
HB_V v16 v16_mul_even_(v16 x, v16 y) { return HB_V16_BOTH(_mm256_mul_epu32, x, y); }

HB_V __m256i v16_odd8_(__m256i x)
{
    return _mm256_castps_si256(_mm256_movehdup_ps(_mm256_castsi256_ps(x)));
}

HB_V v16 v16_odd_(v16 x)
{
    return (v16){v16_odd8_(x.a), v16_odd8_(x.b)};
}

/* High words of the 64-bit lanes of e and o, as even and odd lanes. */
HB_V v16 v16_high_(v16 e, v16 o)
{
    return (v16){_mm256_blend_epi32(v16_odd8_(e.a), o.a, 0xaa), _mm256_blend_epi32(v16_odd8_(e.b), o.b, 0xaa)};
}

HB_V v16s v16_split(v16 x) { return (v16s){x, v16_odd_(x)}; }
HB_V v16s v16s_set1(uint32_t w) { return (v16s){v16_set1(w), v16_set1(w)}; }
HB_V v16w v16s_mul(v16s x, v16s y) { return (v16w){v16_mul_even_(x.e, y.e), v16_mul_even_(x.o, y.o)}; }
HB_V v16w v16w_zero(void) { return (v16w){v16_set1(0), v16_set1(0)}; }

HB_V v16w v16w_add(v16w s, v16w t)
{
    return (v16w){HB_V16_BOTH(_mm256_add_epi64, s.e, t.e), HB_V16_BOTH(_mm256_add_epi64, s.o, t.o)};
}

/* 32-bit minimum: low words are compared with themselves, high words with themselves minus p. */
HB_V v16w v16w_fold(v16w s)
{
    __m256i c = _mm256_set1_epi64x((long long)((uint64_t)HB_F_P << 32));
    v16 u = {c, c};
    return (v16w){v16_min32(s.e, v16_sub32(s.e, u)), v16_min32(s.o, v16_sub32(s.o, u))};
}

HB_V v16 v16_borrow_(v16 h, v16 g)
{
    v16 r = v16_sub32(h, g);
    return v16_min32(r, v16_add32(r, v16_set1(HB_F_P)));
}

/* High words of the multiples of p that agree with s in the low words. */
HB_V v16 v16w_quotient_(v16w s)
{
    v16 mu = v16_set1(HB_F_P_INV), p = v16_set1(HB_F_P);
    return v16_high_(v16_mul_even_(v16_mul_even_(s.e, mu), p), v16_mul_even_(v16_mul_even_(s.o, mu), p));
}

HB_V v16 v16w_reduce(v16w s)
{
    return v16_borrow_(v16_high_(s.e, s.o), v16w_quotient_(s));
}

/* Folds after the even and odd lanes were joined. */
HB_V v16 v16w_reduce2(v16w s)
{
    v16 h = v16_high_(s.e, s.o);
    return v16_borrow_(v16_min32(h, v16_sub32(h, v16_set1(HB_F_P))), v16w_quotient_(s));
}

/* vpmulld is slow on many AVX2 processors, so the quotient comes from two vpmuludq. */
HB_V v16 v16_mulc(v16 x, v16c c)
{
    v16 p = v16_set1(HB_F_P), xo = v16_odd_(x);
    v16 ge = v16_mul_even_(v16_mul_even_(x, c.q), p), go = v16_mul_even_(v16_mul_even_(xo, c.q), p);
    v16 te = v16_mul_even_(x, c.w), to = v16_mul_even_(xo, c.w);
    return v16_borrow_(v16_high_(te, to), v16_high_(ge, go));
}

HB_V void v16_unzip8_(__m256i x, __m256i y, __m256i *even, __m256i *odd)
{
    __m256 a = _mm256_castsi256_ps(x), b = _mm256_castsi256_ps(y);
    *even = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88)), 0xd8);
    *odd = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xdd)), 0xd8);
}

HB_V void v16_deinterleave(v16 x, v16 y, v16 *even, v16 *odd)
{
    v16_unzip8_(x.a, x.b, &even->a, &odd->a);
    v16_unzip8_(y.a, y.b, &even->b, &odd->b);
}

HB_V v16 v16_zip8_(__m256i x, __m256i y)
{
    __m256i lo = _mm256_unpacklo_epi32(x, y), hi = _mm256_unpackhi_epi32(x, y);
    return (v16){_mm256_permute2x128_si256(lo, hi, 0x20), _mm256_permute2x128_si256(lo, hi, 0x31)};
}

HB_V void v16_interleave(v16 x, v16 y, v16 *lo, v16 *hi)
{
    *lo = v16_zip8_(x.a, y.a);
    *hi = v16_zip8_(x.b, y.b);
}

HB_V void v16_transpose8_(__m256i r[8])
{
    __m256i t[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) { /* now half h of r[i + k] holds column 4 h + k of rows i .. i + 3 */
        r[i] = _mm256_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm256_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm256_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm256_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int k = 0; k < 4; k++) {
        t[k] = _mm256_permute2x128_si256(r[k], r[4 + k], 0x20);
        t[4 + k] = _mm256_permute2x128_si256(r[k], r[4 + k], 0x31);
    }
    for (int i = 0; i < 8; i++)
        r[i] = t[i];
}

/* Four 8 x 8 blocks; the two off the diagonal change places. */
HB_V void v16_transpose(v16 r[16])
{
    __m256i x[8], y[8];
    for (int i = 0; i < 8; i++)
        x[i] = r[i].a;
    v16_transpose8_(x);
    for (int i = 0; i < 8; i++)
        r[i].a = x[i], x[i] = r[i].b, y[i] = r[8 + i].a;
    v16_transpose8_(x);
    v16_transpose8_(y);
    for (int i = 0; i < 8; i++)
        r[8 + i].a = x[i], r[i].b = y[i], x[i] = r[8 + i].b;
    v16_transpose8_(x);
    for (int i = 0; i < 8; i++)
        r[8 + i].b = x[i];
}
