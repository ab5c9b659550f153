/* Small sums that prover and verifier of the opening both need. Freestanding, all inline. */
#pragma once
#include <stddef.h>

#include "field/k.h"

/* eq(x, y) of two coordinates: 1 - x - y + 2 x y. */
static inline hb_k hb_pcs_eq_pair(hb_k x, hb_k y)
{
    return hb_k_add_f(hb_k_sub(hb_k_double(hb_k_mul(x, y)), hb_k_add(x, y)), HB_F_ONE);
}

/* out[b] = eq(r, b) for all b < 2^n; bit i of b pairs with r[i]. */
static inline void hb_pcs_eq_table(hb_k *out, const hb_k *r, uint32_t n)
{
    out[0] = hb_k_one();
    for (uint32_t i = 0; i < n; i++)
        for (size_t b = 0, half = (size_t)1 << i; b < half; b++) {
            hb_k hi = hb_k_mul(out[b], r[i]);
            out[half + b] = hi;
            out[b] = hb_k_sub(out[b], hi);
        }
}

/* s(x) of the quadratic with s(0) + s(1) = claim, s(0) = s[0] and leading coefficient s[1]. */
static inline hb_k hb_pcs_round_value(hb_k claim, const hb_k s[2], hb_k x)
{
    hb_k linear = hb_k_sub(hb_k_sub(claim, hb_k_double(s[0])), s[1]);
    return hb_k_mul_add(hb_k_mul_add(s[1], x, linear), x, s[0]);
}

static inline uint32_t hb_pcs_bit_reverse(uint32_t x, uint32_t bits)
{
    uint32_t r = 0;
    for (uint32_t i = 0; i < bits; i++)
        r |= (x >> i & 1) << (bits - 1 - i);
    return r;
}
