/* Formulas that prover and verifier of the bus trees share (docs/protocol.md 7). Freestanding, all inline; for the files of this room. */
#pragma once
#include "gkr/gkr_layout.h"

/* sum of lam^v x_v */
static inline hb_k hb_gkr_combine(uint32_t n_values, const hb_k *x, hb_k lam)
{
    hb_k s = x[n_values - 1];
    for (uint32_t v = n_values - 1; v-- > 0;)
        s = hb_k_mul_add(s, lam, x[v]);
    return s;
}

/* Values of the level above at a place whose two values below are pair[v][0], pair[v][1]: products; for (p, q) the sum of fractions. */
static inline void hb_gkr_above(uint32_t n_values, hb_k pair[][2], hb_k *above)
{
    const hb_k *p = pair[HB_GKR_VALUE_P], *q = pair[HB_GKR_VALUE_Q];
    for (uint32_t v = 0; v < n_values; v++)
        above[v] = hb_k_mul(pair[v][0], pair[v][1]);
    above[HB_GKR_VALUE_P] = hb_k_add(hb_k_mul(p[0], q[1]), hb_k_mul(p[1], q[0]));
}

/* The summand of a layer's sumcheck. */
static inline hb_k hb_gkr_combine_pairs(uint32_t n_values, hb_k pair[][2], hb_k lam)
{
    hb_k above[HB_GKR_VALUES_MAX];
    hb_gkr_above(n_values, pair, above);
    return hb_gkr_combine(n_values, above, lam);
}

/* t(x) of the quadratic with t(0), t(1) and leading coefficient t(inf). */
static inline hb_k hb_gkr_quadratic(hb_k t0, hb_k t1, hb_k t_inf, hb_k x)
{
    hb_k slope = hb_k_sub(hb_k_sub(t1, t0), t_inf);
    return hb_k_mul_add(hb_k_mul_add(t_inf, x, slope), x, t0);
}

#define HB_GKR_TOP_LOG2 4u
#define HB_GKR_TOP (1u << HB_GKR_TOP_LOG2)

/* Roots from the top message: products of 16 values, sum of 16 fractions. */
static inline void hb_gkr_roots(uint32_t n_values, hb_k top[][HB_GKR_TOP], hb_k *roots)
{
    for (uint32_t v = 0; v < n_values; v++)
        roots[v] = top[v][0];
    for (uint32_t i = 1; i < HB_GKR_TOP; i++) {
        hb_k pair[HB_GKR_VALUES_MAX][2];
        for (uint32_t v = 0; v < n_values; v++)
            pair[v][0] = roots[v], pair[v][1] = top[v][i];
        hb_gkr_above(n_values, pair, roots);
    }
}

/* Extension of the 16 values at the point; coordinate i belongs to bit i of the index. */
static inline hb_k hb_gkr_top_at(const hb_k top[HB_GKR_TOP], const hb_k point[HB_GKR_TOP_LOG2])
{
    hb_k v[HB_GKR_TOP];
    for (uint32_t i = 0; i < HB_GKR_TOP; i++)
        v[i] = top[i];
    for (uint32_t k = HB_GKR_TOP_LOG2; k-- > 0;)
        for (uint32_t i = 0; i < 1u << k; i++)
            v[i] = hb_k_line(v[i], v[i + (1u << k)], point[k]);
    return v[0];
}
