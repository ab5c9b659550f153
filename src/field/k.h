/* The extension K = F[X]/(X^5 - 2), of p^5 = 2^154.5 elements. Scalar, freestanding, all inline.
 *
 * X^5 - 2 is irreducible: 5 divides p - 1 and 2 is no fifth power (2^((p-1)/5) != 1). A hb_k is c[0] + c[1] X + .. + c[4] X^4 with
 * coefficients in Montgomery form, each in [0, p). As words (transcript, proofs): c[0]..c[4] in this order, canonical. */
#pragma once
#include "field/f.h"

#define HB_K_DEGREE 5

typedef struct hb_k {
    hb_f c[HB_K_DEGREE];
} hb_k;

/* Constant expressions for initialisers. */
#define HB_K_ZERO {{0, 0, 0, 0, 0}}
#define HB_K_ONE {{HB_F_ONE, 0, 0, 0, 0}}

static inline hb_k hb_k_zero(void)
{
    return (hb_k)HB_K_ZERO;
}

static inline hb_k hb_k_one(void)
{
    return (hb_k)HB_K_ONE;
}

static inline hb_k hb_k_from_f(hb_f a)
{
    return (hb_k){{a, 0, 0, 0, 0}};
}

/* Canonical words -> element. False, with *out unchanged, if a word is not below p. */
static inline bool hb_k_from_words(hb_k *out, const uint32_t words[HB_K_DEGREE])
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        if (!hb_f_is_canonical(words[i]))
            return false;
    for (int i = 0; i < HB_K_DEGREE; i++)
        out->c[i] = hb_f_from_u32(words[i]);
    return true;
}

static inline void hb_k_to_words(uint32_t words[HB_K_DEGREE], hb_k a)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        words[i] = hb_f_to_u32(a.c[i]);
}

static inline bool hb_k_eq(hb_k a, hb_k b)
{
    uint32_t d = 0;
    for (int i = 0; i < HB_K_DEGREE; i++)
        d |= a.c[i] ^ b.c[i];
    return d == 0;
}

static inline bool hb_k_is_zero(hb_k a)
{
    return hb_k_eq(a, hb_k_zero());
}

static inline hb_k hb_k_add(hb_k a, hb_k b)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = hb_f_add(a.c[i], b.c[i]);
    return a;
}

static inline hb_k hb_k_sub(hb_k a, hb_k b)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = hb_f_sub(a.c[i], b.c[i]);
    return a;
}

static inline hb_k hb_k_neg(hb_k a)
{
    return hb_k_sub(hb_k_zero(), a);
}

static inline hb_k hb_k_double(hb_k a)
{
    return hb_k_add(a, a);
}

static inline hb_k hb_k_add_f(hb_k a, hb_f b)
{
    a.c[0] = hb_f_add(a.c[0], b);
    return a;
}

static inline hb_k hb_k_sub_f(hb_k a, hb_f b)
{
    a.c[0] = hb_f_sub(a.c[0], b);
    return a;
}

static inline hb_k hb_k_mul_f(hb_k a, hb_f b)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = hb_f_mul(a.c[i], b);
    return a;
}

/* Sum of five products of reduced elements, reduced once. p^2 < 0.469 p 2^32, so four products stay below 1.88 p 2^32 < 2^64; one
 * conditional subtraction of p 2^32 leaves less than p 2^32, and the fifth brings at most 1.47 p 2^32. */
static inline hb_f hb_k_dot5(const hb_f x[5], hb_f y0, hb_f y1, hb_f y2, hb_f y3, hb_f y4)
{
    const uint64_t limit = (uint64_t)HB_F_P << 32;
    uint64_t t = (uint64_t)x[0] * y0 + (uint64_t)x[1] * y1 + (uint64_t)x[2] * y2 + (uint64_t)x[3] * y3;
    t = t >= limit ? t - limit : t;
    t += (uint64_t)x[4] * y4;
    t = t >= limit ? t - limit : t;
    return hb_f_reduce(t);
}

/* Schoolbook; X^5 = 2 folds the upper half back through the doubled coefficients of b. */
static inline hb_k hb_k_mul(hb_k a, hb_k b)
{
    hb_f b0 = b.c[0], b1 = b.c[1], b2 = b.c[2], b3 = b.c[3], b4 = b.c[4];
    hb_f d1 = hb_f_double(b1), d2 = hb_f_double(b2), d3 = hb_f_double(b3), d4 = hb_f_double(b4);
    return (hb_k){{
        hb_k_dot5(a.c, b0, d4, d3, d2, d1),
        hb_k_dot5(a.c, b1, b0, d4, d3, d2),
        hb_k_dot5(a.c, b2, b1, b0, d4, d3),
        hb_k_dot5(a.c, b3, b2, b1, b0, d4),
        hb_k_dot5(a.c, b4, b3, b2, b1, b0),
    }};
}

/* Three products instead of five a coefficient: 3 p^2 < 1.41 p 2^32. */
static inline hb_f hb_k_dot3(hb_f x0, hb_f y0, hb_f x1, hb_f y1, hb_f x2, hb_f y2)
{
    const uint64_t limit = (uint64_t)HB_F_P << 32;
    uint64_t t = (uint64_t)x0 * y0 + (uint64_t)x1 * y1 + (uint64_t)x2 * y2;
    return hb_f_reduce(t >= limit ? t - limit : t);
}

static inline hb_k hb_k_square(hb_k a)
{
    hb_f a0 = a.c[0], a1 = a.c[1], a2 = a.c[2], a3 = a.c[3], a4 = a.c[4];
    hb_f d0 = hb_f_double(a0), d1 = hb_f_double(a1), d2 = hb_f_double(a2), d3 = hb_f_double(a3), d4 = hb_f_double(a4);
    return (hb_k){{
        hb_k_dot3(a0, a0, d1, d4, d2, d3),
        hb_k_dot3(d0, a1, d2, d4, d3, a3),
        hb_k_dot3(d0, a2, a1, a1, d3, d4),
        hb_k_dot3(d0, a3, d1, a2, d4, a4),
        hb_k_dot3(d0, a4, d1, a3, a2, a2),
    }};
}

/* a * b + c. */
static inline hb_k hb_k_mul_add(hb_k a, hb_k b, hb_k c)
{
    return hb_k_add(hb_k_mul(a, b), c);
}

/* a + r (b - a): the line through a (at 0) and b (at 1), at r. */
static inline hb_k hb_k_line(hb_k a, hb_k b, hb_k r)
{
    return hb_k_add(a, hb_k_mul(r, hb_k_sub(b, a)));
}

/* a^e; 0^0 = 1. Time depends on e. */
static inline hb_k hb_k_pow(hb_k a, uint64_t e)
{
    hb_k r = hb_k_one();
    for (; e; e >>= 1) {
        if (e & 1)
            r = hb_k_mul(r, a);
        a = hb_k_square(a);
    }
    return r;
}

/* a^(p^j), j = 1 or 2. X^p = X (X^5)^((p-1)/5) = zeta X with zeta = 2^((p-1)/5) = 815036133, a primitive fifth root of unity; so the
 * j-th power of Frobenius multiplies coefficient i by zeta^(i j). In Montgomery form zeta^1..4 are: */
#define HB_K_ZETA1 ((hb_f)0x405ce03bu) /* 815036133 */
#define HB_K_ZETA2 ((hb_f)0x327d6570u) /* 609564788 */
#define HB_K_ZETA3 ((hb_f)0x5f3cbd45u) /* 1956349769 */
#define HB_K_ZETA4 ((hb_f)0x0de8fd14u) /* 645581151 */

static inline hb_k hb_k_frobenius(hb_k a)
{
    return (hb_k){{a.c[0], hb_f_mul(a.c[1], HB_K_ZETA1), hb_f_mul(a.c[2], HB_K_ZETA2), hb_f_mul(a.c[3], HB_K_ZETA3),
                   hb_f_mul(a.c[4], HB_K_ZETA4)}};
}

static inline hb_k hb_k_frobenius2(hb_k a)
{
    return (hb_k){{a.c[0], hb_f_mul(a.c[1], HB_K_ZETA2), hb_f_mul(a.c[2], HB_K_ZETA4), hb_f_mul(a.c[3], HB_K_ZETA1),
                   hb_f_mul(a.c[4], HB_K_ZETA3)}};
}

/* 1 / a, and 0 for 0. With c = a^(p + p^2 + p^3 + p^4) the norm a c lies in F, hence 1 / a = c / (a c) (Itoh and Tsujii 1988). */
static inline hb_k hb_k_inv(hb_k a)
{
    hb_k a1 = hb_k_frobenius(a);
    hb_k a12 = hb_k_mul(a1, hb_k_frobenius(a1)); /* a^(p + p^2) */
    hb_k c = hb_k_mul(a12, hb_k_frobenius2(a12));
    hb_f norm = hb_k_dot5(a.c, c.c[0], hb_f_double(c.c[4]), hb_f_double(c.c[3]), hb_f_double(c.c[2]), hb_f_double(c.c[1]));
    return hb_k_mul_f(c, hb_f_inv(norm));
}

/* out[i] = 1 / in[i] with one inversion; zeros stay zero. scratch: n elements, apart from the others; out may be in. */
static inline void hb_k_inv_many(hb_k *out, const hb_k *in, size_t n, hb_k *scratch)
{
    hb_k all = hb_k_one();
    for (size_t i = 0; i < n; i++) {
        scratch[i] = all;
        all = hb_k_is_zero(in[i]) ? all : hb_k_mul(all, in[i]);
    }
    hb_k inv = hb_k_inv(all);
    for (size_t i = n; i-- > 0;) {
        hb_k x = in[i];
        bool zero = hb_k_is_zero(x);
        out[i] = zero ? x : hb_k_mul(inv, scratch[i]);
        inv = zero ? inv : hb_k_mul(inv, x);
    }
}
