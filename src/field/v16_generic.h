/* Body of field/v16.h for the baseline of every little-endian architecture: a v16 is four registers of 128 bits, by the vector extension that gcc and clang share.
 * Include field/v16.h instead. (With plain loops over lanes, sanitized builds of larger kernels took minutes.) */
#pragma once
#include <string.h>
#if defined __SSE2__
#include <emmintrin.h>
#endif

typedef uint32_t v4 __attribute__((vector_size(16)));
typedef uint64_t v2d __attribute__((vector_size(16)));

typedef struct v16 {
    v4 a, b, c, d; /* lanes 0-3, 4-7, 8-11, 12-15 */
} v16;
typedef struct v16s {
    v16 e, o;
} v16s;
typedef struct v16w {
    v16 e, o; /* 64-bit sums */
} v16w;
typedef struct v16c {
    v16 w, q;
} v16c;

/* --- one register ----------------------------------------------------------------------------------------------------------------------- */
HB_V v4 v4_load(const uint32_t *p)
{
    v4 r;
    memcpy(&r, p, sizeof r);
    return r;
}

HB_V void v4_store(uint32_t *p, v4 x)
{
    memcpy(p, &x, sizeof x);
}

HB_V v4 v4_set1(uint32_t w)
{
    return (v4){w, w, w, w};
}

HB_V v4 v4_min(v4 x, v4 y)
{
    v4 less = (v4)(x < y);
    return (x & less) | (y & ~less);
}

HB_V v4 v4_odd(v4 x)
{
    return (v4)((v2d)x >> 32);
}

/* Products of even lanes. */
HB_V v4 v4_mul_even(v4 x, v4 y)
{
#if defined __SSE2__
    return (v4)_mm_mul_epu32((__m128i)x, (__m128i)y);
#else
    const v2d low = {UINT32_MAX, UINT32_MAX};
    return (v4)(((v2d)x & low) * ((v2d)y & low));
#endif
}

HB_V v4 v4_add64(v4 x, v4 y)
{
    return (v4)((v2d)x + (v2d)y);
}

/* High words of the 64-bit lanes of e and o, as even and odd lanes. */
HB_V v4 v4_high(v4 e, v4 o)
{
    const v4 odd_lanes = {0, UINT32_MAX, 0, UINT32_MAX};
    return v4_odd(e) | (o & odd_lanes);
}

HB_V v4 v4_add32(v4 x, v4 y) { return x + y; }
HB_V v4 v4_sub32(v4 x, v4 y) { return x - y; }

/* --- four registers --------------------------------------------------------------------------------------------------------------------- */
#define HB_V16_MAP1(op, x) ((v16){op((x).a), op((x).b), op((x).c), op((x).d)})
#define HB_V16_MAP2(op, x, y) ((v16){op((x).a, (y).a), op((x).b, (y).b), op((x).c, (y).c), op((x).d, (y).d)})

HB_V v16 v16_loadu(const uint32_t *p) { return (v16){v4_load(p), v4_load(p + 4), v4_load(p + 8), v4_load(p + 12)}; }
HB_V v16 v16_load(const uint32_t *p) { return v16_loadu(p); }
HB_V void v16_storeu(uint32_t *p, v16 x) { v4_store(p, x.a), v4_store(p + 4, x.b), v4_store(p + 8, x.c), v4_store(p + 12, x.d); }
HB_V void v16_store(uint32_t *p, v16 x) { v16_storeu(p, x); }
HB_V void v16_stream(uint32_t *p, v16 x) { v16_storeu(p, x); }
HB_V void v16_stream_end(void) {}
HB_V v16 v16_set1(uint32_t w) { return (v16){v4_set1(w), v4_set1(w), v4_set1(w), v4_set1(w)}; }
HB_V v16 v16_add32(v16 x, v16 y) { return HB_V16_MAP2(v4_add32, x, y); }
HB_V v16 v16_sub32(v16 x, v16 y) { return HB_V16_MAP2(v4_sub32, x, y); }
HB_V v16 v16_min32(v16 x, v16 y) { return HB_V16_MAP2(v4_min, x, y); }
HB_V v16 v16_odd_(v16 x) { return HB_V16_MAP1(v4_odd, x); }
HB_V v16 v16_mul_even_(v16 x, v16 y) { return HB_V16_MAP2(v4_mul_even, x, y); }
HB_V v16 v16_high_(v16 e, v16 o) { return HB_V16_MAP2(v4_high, e, o); }

HB_V v16s v16_split(v16 x) { return (v16s){x, v16_odd_(x)}; }
HB_V v16s v16s_set1(uint32_t w) { return (v16s){v16_set1(w), v16_set1(w)}; }
HB_V v16w v16s_mul(v16s x, v16s y) { return (v16w){v16_mul_even_(x.e, y.e), v16_mul_even_(x.o, y.o)}; }
HB_V v16w v16w_add(v16w s, v16w t) { return (v16w){HB_V16_MAP2(v4_add64, s.e, t.e), HB_V16_MAP2(v4_add64, s.o, t.o)}; }
HB_V v16w v16w_zero(void) { return (v16w){v16_set1(0), v16_set1(0)}; }

/* 32-bit minimum: low words are compared with themselves, high words with themselves minus p. */
HB_V v16w v16w_fold(v16w s)
{
    const v4 u = {0, HB_F_P, 0, HB_F_P};
    const v16 all = {u, u, u, u};
    return (v16w){v16_min32(s.e, v16_sub32(s.e, all)), v16_min32(s.o, v16_sub32(s.o, all))};
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

HB_V v16 v16_mulc(v16 x, v16c c)
{
    v16 p = v16_set1(HB_F_P), xo = v16_odd_(x);
    v16 ge = v16_mul_even_(v16_mul_even_(x, c.q), p), go = v16_mul_even_(v16_mul_even_(xo, c.q), p);
    return v16_borrow_(v16_high_(v16_mul_even_(x, c.w), v16_mul_even_(xo, c.w)), v16_high_(ge, go));
}

/* --- moves -------------------------------------------------------------------------------------------------------------------------------- */
#define HB_V4_PICK(x, y, i, j, k, l) __builtin_shufflevector((x), (y), (i), (j), (k), (l))

HB_V void v16_deinterleave(v16 x, v16 y, v16 *even, v16 *odd)
{
#define EVEN(p, q) HB_V4_PICK(p, q, 0, 2, 4, 6)
#define ODD(p, q) HB_V4_PICK(p, q, 1, 3, 5, 7)
    *even = (v16){EVEN(x.a, x.b), EVEN(x.c, x.d), EVEN(y.a, y.b), EVEN(y.c, y.d)};
    *odd = (v16){ODD(x.a, x.b), ODD(x.c, x.d), ODD(y.a, y.b), ODD(y.c, y.d)};
#undef EVEN
#undef ODD
}

HB_V void v16_interleave(v16 x, v16 y, v16 *lo, v16 *hi)
{
#define LOW(p, q) HB_V4_PICK(p, q, 0, 4, 1, 5)
#define HIGH(p, q) HB_V4_PICK(p, q, 2, 6, 3, 7)
    *lo = (v16){LOW(x.a, y.a), HIGH(x.a, y.a), LOW(x.b, y.b), HIGH(x.b, y.b)};
    *hi = (v16){LOW(x.c, y.c), HIGH(x.c, y.c), LOW(x.d, y.d), HIGH(x.d, y.d)};
#undef LOW
#undef HIGH
}

HB_V void v16_transpose(v16 r[16])
{
    uint32_t m[16][16];
    for (int i = 0; i < 16; i++) {
        uint32_t row[16];
        v16_storeu(row, r[i]);
        for (int j = 0; j < 16; j++)
            m[j][i] = row[j];
    }
    for (int i = 0; i < 16; i++)
        r[i] = v16_loadu(m[i]);
}
