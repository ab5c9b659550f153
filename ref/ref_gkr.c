/* Product and fraction trees: docs/protocol.md 7. */
#include <string.h>

#include "ref_protocol.h"

/* t of degree 2 with t(0), t(inf) and (1 - z) t(0) + z t(1) = claim, at x. */
static ref_k round_with_eq(ref_reader *r, ref_k z, ref_k claim, uint32_t label, ref_k *x) {
    ref_k m[2];
    ref_read_k(r, REF_ROUND2, m, 2);
    if (!ref_check(r, !ref_k_is_zero(z), "coordinate zero")) z = ref_k_of(1);
    const ref_k rest = ref_k_sub(claim, ref_k_mul(ref_k_sub(ref_k_of(1), z), m[0]));
    const ref_k t1 = ref_k_mul(rest, ref_k_inv(z));
    *x = ref_challenge(r, label);
    const ref_k linear = ref_k_sub(ref_k_sub(t1, m[0]), m[1]);
    return ref_k_add(m[0], ref_k_mul(*x, ref_k_add(linear, ref_k_mul(m[1], *x))));
}

static ref_k mle16(const ref_k *v, const ref_k *point) {
    ref_k s = ref_k_of(0);
    for (uint32_t i = 0; i < 16; i++) s = ref_k_add(s, ref_k_mul(v[i], ref_eq_bits(point, 4, i)));
    return s;
}

static void roots(ref_run *run, ref_k top[REF_VALUES][16], ref_k pv_g, ref_k pv_r) {
    ref_k product[REF_VALUES], p = ref_k_of(0), q = ref_k_of(1);
    for (uint32_t v = 0; v < run->n_values; v++) {
        product[v] = ref_k_of(1);
        for (int i = 0; i < 16; i++) product[v] = ref_k_mul(product[v], top[v][i]);
    }
    for (int i = 0; i < 16; i++) {
        p = ref_k_add(ref_k_mul(p, top[3][i]), ref_k_mul(q, top[2][i]));
        q = ref_k_mul(q, top[3][i]);
    }
    ref_check(&run->r, !ref_k_is_zero(q), "a lookup denominator is zero");
    ref_check(&run->r, ref_k_is_zero(p), "lookups do not balance");
    ref_check(&run->r, !ref_k_is_zero(product[0]), "a product is zero");
    ref_check(&run->r, ref_k_eq(ref_k_mul(product[0], pv_g), ref_k_mul(product[1], pv_r)), "permutation buses do not balance");
    for (uint32_t i = 0; i < 2 && run->n_values == REF_VALUES; i++) {
        run->product[i] = product[4 + i];
        ref_check(&run->r, !ref_k_is_zero(product[4 + i]), "a product of the run is zero");
    }
}

/* sum_v lam^v values[v] */
static ref_k powers_sum(const ref_k *values, uint32_t n, ref_k lam) {
    ref_k s = ref_k_of(0);
    for (uint32_t i = n; i-- > 0;) s = ref_k_add(ref_k_mul(s, lam), values[i]);
    return s;
}

/* The bits in the order in which they are combined from the leaves up. */
static uint32_t combined_at(uint32_t level) { return level < 12 ? 11 - level : level; }

/* Bits that remain after combining `level` of them, ascending. */
static uint32_t remaining(uint32_t depth, uint32_t level, uint32_t *bits) {
    uint32_t n = 0;
    for (uint32_t b = 0; b < depth; b++) {
        bool gone = false;
        for (uint32_t l = 0; l < level; l++) gone |= combined_at(l) == b;
        if (!gone) bits[n++] = b;
    }
    return n;
}

static void layer(ref_run *run, uint32_t level) {
    ref_reader *r = &run->r;
    uint32_t rest[64];
    const uint32_t n = remaining(run->depth, level + 1, rest);
    const ref_k lam = ref_challenge(r, REF_L_GKR_LAMBDA);
    ref_k c = powers_sum(run->claims, run->n_values, lam);
    for (uint32_t i = n; i-- > 0;) {
        ref_k x;
        c = round_with_eq(r, run->xi[rest[i]], c, REF_L_GKR_ROUND, &x);
        run->xi[rest[i]] = x;
    }
    ref_k e[REF_VALUES][2], above[REF_VALUES]; /* G0 G1 R0 R1 p0 p1 q0 q1 G*0 G*1 R*0 R*1; and the level above by what is below it */
    ref_read_k(r, REF_GKR_END, e[0], 2 * run->n_values);
    for (uint32_t v = 0; v < run->n_values; v++) above[v] = ref_k_mul(e[v][0], e[v][1]);
    above[2] = ref_k_add(ref_k_mul(e[2][0], e[3][1]), ref_k_mul(e[2][1], e[3][0]));
    ref_check(r, ref_k_eq(c, powers_sum(above, run->n_values, lam)), "GKR layer");
    const ref_k mu = ref_challenge(r, REF_L_GKR_MU);
    for (uint32_t v = 0; v < run->n_values; v++) run->claims[v] = ref_k_add(e[v][0], ref_k_mul(mu, ref_k_sub(e[v][1], e[v][0])));
    run->xi[combined_at(level)] = mu;
}

void ref_gkr(ref_run *run, ref_k pv_g, ref_k pv_r) {
    ref_reader *r = &run->r;
    ref_k top[REF_VALUES][16], point[4];
    ref_read_k(r, REF_GKR_TOP, top[0], 16 * run->n_values);
    roots(run, top, pv_g, pv_r);
    for (int i = 0; i < 4; i++) point[i] = ref_challenge(r, REF_L_GKR_POINT);
    for (uint32_t v = 0; v < run->n_values; v++) run->claims[v] = mle16(top[v], point);
    uint32_t bits[64];
    remaining(run->depth, run->depth - 4, bits);
    for (int i = 0; i < 4; i++) run->xi[bits[i]] = point[i];
    for (uint32_t level = run->depth - 4; level-- > 0;) layer(run, level);
    for (uint32_t i = run->depth; i < run->n_max; i++) run->xi[i] = ref_challenge(r, REF_L_XI_EXTEND);
}
