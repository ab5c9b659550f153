/* Packed arithmetic in K: 16 elements of field/k.h, one a lane. Only for *_kernel.c; ranges and lazy sums as in field/v16.h.
 *
 *   type  | meaning
 *   ------+------------------------------------------------------------------------------------------------------------
 *   v16k  | 16 elements of K: five v16
 *   v16kp | a v16k made ready as a factor (split lanes, and doubled coefficients for X^5 = 2); make once, use several times
 *   v16kc | the same for one element of K broadcast to all lanes
 *   v16ka | a sum of products not yet reduced; every lane < U between calls
 *
 * A v16kc may stand wherever a v16kp is expected: pass &c.p. Results are reduced unless the type says otherwise. */
#pragma once
#include "field/v16.h"

typedef struct v16k {
    v16 c[HB_K_DEGREE];
} v16k;

typedef struct v16kp {
    v16s c[HB_K_DEGREE], d[HB_K_DEGREE]; /* d = 2 c; d[0] is not used */
} v16kp;

typedef struct v16kc {
    v16kp p;
} v16kc;

typedef struct v16ka {
    v16w c[HB_K_DEGREE];
} v16ka;

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */
HB_V v16k v16k_load(const hb_kpack *p)
{
    return (v16k){{v16_load(p->c[0]), v16_load(p->c[1]), v16_load(p->c[2]), v16_load(p->c[3]), v16_load(p->c[4])}};
}

HB_V void v16k_store(hb_kpack *p, v16k a)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        v16_store(p->c[i], a.c[i]);
}

HB_V v16k v16k_set1(hb_k a)
{
    return (v16k){{v16_set1(a.c[0]), v16_set1(a.c[1]), v16_set1(a.c[2]), v16_set1(a.c[3]), v16_set1(a.c[4])}};
}

HB_V v16k v16k_zero(void)
{
    v16 z = v16_zero();
    return (v16k){{z, z, z, z, z}};
}

HB_V v16k v16k_from_v16(v16 a)
{
    v16 z = v16_zero();
    return (v16k){{a, z, z, z, z}};
}

/* --- linear ----------------------------------------------------------------------------------------------------------------------- */
HB_V v16k v16k_add(v16k a, v16k b)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = v16_add(a.c[i], b.c[i]);
    return a;
}

HB_V v16k v16k_sub(v16k a, v16k b)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = v16_sub(a.c[i], b.c[i]);
    return a;
}

HB_V v16k v16k_neg(v16k a)
{
    return v16k_sub(v16k_zero(), a);
}

HB_V v16k v16k_double(v16k a)
{
    return v16k_add(a, a);
}

/* Element plus / minus base element. */
HB_V v16k v16k_add_f(v16k a, v16 b)
{
    a.c[0] = v16_add(a.c[0], b);
    return a;
}

HB_V v16k v16k_sub_f(v16k a, v16 b)
{
    a.c[0] = v16_sub(a.c[0], b);
    return a;
}

/* Lanes of two packs by even and odd index: binding the lowest index bit. */
HB_V void v16k_deinterleave(v16k x, v16k y, v16k *even, v16k *odd)
{
    for (int i = 0; i < HB_K_DEGREE; i++)
        v16_deinterleave(x.c[i], y.c[i], &even->c[i], &odd->c[i]);
}

HB_V hb_k v16k_hsum(v16k a)
{
    return (hb_k){{v16_hsum(a.c[0]), v16_hsum(a.c[1]), v16_hsum(a.c[2]), v16_hsum(a.c[3]), v16_hsum(a.c[4])}};
}

/* --- factors ---------------------------------------------------------------------------------------------------------------------- */
HB_V v16kp v16k_prepare(v16k b)
{
    v16kp r;
    r.c[0] = r.d[0] = v16_split(b.c[0]);
    for (int i = 1; i < HB_K_DEGREE; i++) {
        r.c[i] = v16_split(b.c[i]);
        r.d[i] = v16_split(v16_double(b.c[i]));
    }
    return r;
}

HB_V v16kc v16kc_of(hb_k b)
{
    v16kc r;
    for (int i = 0; i < HB_K_DEGREE; i++) {
        r.p.c[i] = v16s_set1(b.c[i]);
        r.p.d[i] = v16s_set1(hb_f_double(b.c[i]));
    }
    return r;
}

/* --- products --------------------------------------------------------------------------------------------------------------------- */
/* Coefficient k of a b as a sum of five products, < 1.47 U: four products (< 1.88 U), folded (< U), and one more. */
HB_V v16w v16k_coefficient_(const v16s a[HB_K_DEGREE], const v16kp *b, int k)
{
    v16w s = v16s_mul(a[0], b->c[k]);
    for (int i = 1; i < HB_K_DEGREE; i++) {
        if (i == 4)
            s = v16w_fold(s);
        s = v16w_add(s, v16s_mul(a[i], i <= k ? b->c[k - i] : b->d[HB_K_DEGREE + k - i]));
    }
    return s;
}

HB_V v16k v16k_mul_p(v16k a, const v16kp *b)
{
    v16s s[HB_K_DEGREE];
    v16k r;
    for (int i = 0; i < HB_K_DEGREE; i++)
        s[i] = v16_split(a.c[i]);
    for (int k = 0; k < HB_K_DEGREE; k++)
        r.c[k] = v16w_reduce2(v16k_coefficient_(s, b, k));
    return r;
}

HB_V v16k v16k_mul(v16k a, v16k b)
{
    v16kp p = v16k_prepare(b);
    return v16k_mul_p(a, &p);
}

HB_V v16k v16k_mul_c(v16k a, const v16kc *b)
{
    return v16k_mul_p(a, &b->p);
}

/* a^2: three products a coefficient (< 1.41 U). Formulas as in hb_k_square. */
HB_V v16k v16k_square(v16k a)
{
    v16kp p = v16k_prepare(a);
    v16s d0 = v16_split(v16_double(a.c[0]));
    const v16s *c = p.c, *d = p.d;
    v16k r;
#define HB_V16_DOT3(x0, y0, x1, y1, x2, y2)                                                                             \
    v16w_reduce2(v16w_add(v16w_add(v16s_mul(x0, y0), v16s_mul(x1, y1)), v16s_mul(x2, y2)))
    r.c[0] = HB_V16_DOT3(c[0], c[0], d[1], d[4], d[2], d[3]);
    r.c[1] = HB_V16_DOT3(d0, c[1], d[2], d[4], d[3], c[3]);
    r.c[2] = HB_V16_DOT3(d0, c[2], c[1], c[1], d[3], d[4]);
    r.c[3] = HB_V16_DOT3(d0, c[3], d[1], c[2], d[4], c[4]);
    r.c[4] = HB_V16_DOT3(d0, c[4], d[1], c[3], c[2], c[2]);
#undef HB_V16_DOT3
    return r;
}

/* Element times base element. */
HB_V v16k v16k_mul_f(v16k a, v16 b)
{
    v16s s = v16_split(b);
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = v16s_mul_reduce(v16_split(a.c[i]), s);
    return a;
}

/* Base elements times one factor. */
HB_V v16k v16k_f_mul_p(v16 a, const v16kp *b)
{
    v16s s = v16_split(a);
    v16k r;
    for (int i = 0; i < HB_K_DEGREE; i++)
        r.c[i] = v16s_mul_reduce(s, b->c[i]);
    return r;
}

/* a + r (b - a). */
HB_V v16k v16k_line(v16k a, v16k b, const v16kc *r)
{
    return v16k_add(a, v16k_mul_c(v16k_sub(b, a), r));
}

/* The same for base elements a, b. */
HB_V v16k v16k_line_f(v16 a, v16 b, const v16kc *r)
{
    return v16k_add_f(v16k_f_mul_p(v16_sub(b, a), &r->p), a);
}

/* --- sums of products, one reduction at the end -------------------------------------------------------------------------------------- */
HB_V v16ka v16ka_zero(void)
{
    v16w z = v16w_zero();
    return (v16ka){{z, z, z, z, z}};
}

/* s += a b. */
HB_V void v16ka_mac(v16ka *s, v16k a, const v16kp *b)
{
    v16s x[HB_K_DEGREE];
    for (int i = 0; i < HB_K_DEGREE; i++)
        x[i] = v16_split(a.c[i]);
    for (int k = 0; k < HB_K_DEGREE; k++)
        s->c[k] = v16w_fold(v16w_add(s->c[k], v16w_fold(v16k_coefficient_(x, b, k))));
}

/* s += a b, a in F. */
HB_V void v16ka_mac_f(v16ka *s, v16 a, const v16kp *b)
{
    v16s x = v16_split(a);
    for (int k = 0; k < HB_K_DEGREE; k++)
        s->c[k] = v16w_fold(v16w_add(s->c[k], v16s_mul(x, b->c[k])));
}

/* s += a0 b0 + a1 b1, a0 and a1 in F; one fold for two products, so prefer it. */
HB_V void v16ka_mac_f2(v16ka *s, v16 a0, const v16kp *b0, v16 a1, const v16kp *b1)
{
    v16s x = v16_split(a0), y = v16_split(a1);
    for (int k = 0; k < HB_K_DEGREE; k++) {
        v16w t = v16w_add(v16s_mul(x, b0->c[k]), v16s_mul(y, b1->c[k]));
        s->c[k] = v16w_fold(v16w_add(s->c[k], t));
    }
}

HB_V v16ka v16ka_add(v16ka s, v16ka t)
{
    for (int k = 0; k < HB_K_DEGREE; k++)
        s.c[k] = v16w_fold(v16w_add(s.c[k], t.c[k]));
    return s;
}

HB_V v16k v16ka_reduce(v16ka s)
{
    v16k r;
    for (int k = 0; k < HB_K_DEGREE; k++)
        r.c[k] = v16w_reduce(s.c[k]);
    return r;
}

/* a b + c d with one reduction. */
HB_V v16k v16k_mul2_p(v16k a, const v16kp *b, v16k c, const v16kp *d)
{
    v16s x[HB_K_DEGREE], y[HB_K_DEGREE];
    v16k r;
    for (int i = 0; i < HB_K_DEGREE; i++)
        x[i] = v16_split(a.c[i]), y[i] = v16_split(c.c[i]);
    for (int k = 0; k < HB_K_DEGREE; k++)
        r.c[k] = v16w_reduce2(v16w_add(v16w_fold(v16k_coefficient_(x, b, k)), v16w_fold(v16k_coefficient_(y, d, k))));
    return r;
}
