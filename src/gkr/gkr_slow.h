/* A second prover of the bus trees, as plain as docs/protocol.md 7 reads: all levels as dense scalar vectors of 2^(d-l) elements, every round one
 * double loop. The oracle of the fast prover's tests; and it can lie (hb_gkr_lie), which the verifier's tests need. Only for tests. */
#pragma once
#include <stdlib.h>

#include "base/testing.h"
#include "gkr/gkr_layout.h"
#include "transcript/send.h"

/* One false statement in an otherwise honest conversation. */
typedef struct hb_gkr_lie {
    enum {
        HB_GKR_HONEST,
        HB_GKR_LIE_TOP,      /* top values `value`: entries 0 and 1 change places (the root stays) */
        HB_GKR_LIE_T0,       /* + 1 in the given round */
        HB_GKR_LIE_TINF,
        HB_GKR_LIE_END,      /* END value [value][side] + 1 */
        HB_GKR_LIE_END_SCALE /* END pair of a product: one doubled, the other halved. The layer's own check holds */
    } kind;
    uint32_t level, round, value, side;
} hb_gkr_lie;

typedef struct hb_gkr_slow {
    uint32_t depth, n_values;
    hb_k *level[HB_GKR_DEPTH_MAX + 1][HB_GKR_VALUES_MAX]; /* level 0: the leaves */
} hb_gkr_slow;

static inline hb_k *hb_gkr_slow_vector(size_t n)
{
    hb_k *v = malloc(n * sizeof *v);
    assert_non_null(v);
    return v;
}

/* Neutral leaves; the caller overwrites those of the blocks. */
static inline void hb_gkr_slow_init(hb_gkr_slow *s, const hb_gkr_layout *layout)
{
    memset(s, 0, sizeof *s);
    s->depth = layout->depth;
    s->n_values = layout->n_trees + 1;
    for (uint32_t v = 0; v < s->n_values; v++) {
        s->level[0][v] = hb_gkr_slow_vector((size_t)1 << s->depth);
        for (size_t i = 0; i < (size_t)1 << s->depth; i++)
            s->level[0][v][i] = v == 2 ? hb_k_zero() : hb_k_one();
    }
}

static inline void hb_gkr_slow_free(hb_gkr_slow *s)
{
    for (uint32_t l = 0; l <= s->depth; l++)
        for (uint32_t v = 0; v < s->n_values; v++)
            free(s->level[l][v]);
}

/* The position, among the remaining bits of a level, of the bit that is combined next: 11 - l in the tile, then the lowest. */
static inline uint32_t hb_gkr_slow_position(uint32_t level)
{
    return level < 12 ? 11 - level : 0;
}

/* Index in a level of the pair of `i` of the level above with combined bit `side`. */
static inline size_t hb_gkr_slow_below(uint32_t level, size_t i, size_t side)
{
    uint32_t pos = hb_gkr_slow_position(level);
    size_t low = i & (((size_t)1 << pos) - 1);
    return (i >> pos) << (pos + 1) | side << pos | low;
}

static inline void hb_gkr_slow_build(hb_gkr_slow *s)
{
    for (uint32_t l = 0; l < s->depth; l++)
        for (uint32_t v = 0; v < s->n_values; v++) {
            size_t n = (size_t)1 << (s->depth - l - 1);
            const hb_k *in = s->level[l][v], *q = s->level[l][3];
            s->level[l + 1][v] = hb_gkr_slow_vector(n);
            for (size_t i = 0; i < n; i++) {
                size_t x = hb_gkr_slow_below(l, i, 0), y = hb_gkr_slow_below(l, i, 1);
                s->level[l + 1][v][i] =
                    v == 2 ? hb_k_add(hb_k_mul(in[x], q[y]), hb_k_mul(in[y], q[x])) : hb_k_mul(in[x], in[y]);
            }
        }
}

/* G0 G1 + lam R0 R1 + lam^2 (p0 q1 + p1 q0) + lam^3 q0 q1 (+ lam^4 ..) */
static inline hb_k hb_gkr_slow_combine(uint32_t n_values, hb_k x[][2], hb_k lam)
{
    hb_k sum = hb_k_zero(), power = hb_k_one();
    for (uint32_t v = 0; v < n_values; v++) {
        hb_k term = hb_k_mul(x[v][0], x[v][1]);
        if (v == 2)
            term = hb_k_add(hb_k_mul(x[2][0], x[3][1]), hb_k_mul(x[2][1], x[3][0]));
        sum = hb_k_add(sum, hb_k_mul(power, term));
        power = hb_k_mul(power, lam);
    }
    return sum;
}

static inline hb_k hb_gkr_slow_eq(const hb_k *z, uint32_t n, size_t index)
{
    hb_k w = hb_k_one();
    for (uint32_t i = 0; i < n; i++)
        w = hb_k_mul(w, index >> i & 1 ? z[i] : hb_k_sub(hb_k_one(), z[i]));
    return w;
}

/* Multilinear extension of 2^n values. */
static inline hb_k hb_gkr_slow_extension(const hb_k *values, uint32_t n, const hb_k *z)
{
    hb_k sum = hb_k_zero();
    for (size_t i = 0; i < (size_t)1 << n; i++)
        sum = hb_k_add(sum, hb_k_mul(values[i], hb_gkr_slow_eq(z, n, i)));
    return sum;
}

/* The weights of all numbers of n bits at z. */
static inline hb_k *hb_gkr_slow_weights(const hb_k *z, uint32_t n)
{
    hb_k *w = hb_gkr_slow_vector((size_t)1 << n);
    for (size_t i = 0; i < (size_t)1 << n; i++)
        w[i] = n > 8 ? hb_k_zero() : hb_gkr_slow_eq(z, n, i);
    w[0] = n > 8 ? hb_k_one() : w[0];
    for (uint32_t k = 0; n > 8 && k < n; k++)
        for (size_t i = (size_t)1 << k; i-- > 0;) {
            hb_k up = hb_k_mul(w[i], z[k]);
            w[i | (size_t)1 << k] = up;
            w[i] = hb_k_sub(w[i], up);
        }
    return w;
}

/* One layer; half[v][side] are scratch vectors of 2^(depth - l - 1). */
static inline void hb_gkr_slow_layer(hb_gkr_slow *s, hb_sender *send, uint32_t l, const hb_gkr_lie *lie, hb_k *xi, hb_k *claims)
{
    uint32_t n = s->depth - l - 1;
    hb_k *half[HB_GKR_VALUES_MAX][2], z[HB_GKR_DEPTH_MAX], end[HB_GKR_VALUES_MAX][2];
    uint8_t rest[HB_GKR_DEPTH_MAX];
    hb_gkr_remaining_bits(s->depth, l + 1, rest);
    for (uint32_t i = 0; i < n; i++)
        z[i] = xi[rest[i]];
    for (uint32_t v = 0; v < s->n_values; v++)
        for (size_t side = 0; side < 2; side++) {
            half[v][side] = hb_gkr_slow_vector((size_t)1 << n);
            for (size_t i = 0; i < (size_t)1 << n; i++)
                half[v][side][i] = s->level[l][v][hb_gkr_slow_below(l, i, side)];
        }
    hb_k lam = hb_transcript_challenge(&send->t, HB_LABEL_GKR_LAMBDA);
    for (uint32_t bit = n; bit-- > 0;) {
        hb_k t[2] = {hb_k_zero(), hb_k_zero()}, *eq = hb_gkr_slow_weights(z, bit);
        size_t m = (size_t)1 << bit;
        for (size_t i = 0; i < m; i++) {
            hb_k low[HB_GKR_VALUES_MAX][2], slope[HB_GKR_VALUES_MAX][2];
            for (uint32_t v = 0; v < s->n_values; v++)
                for (size_t side = 0; side < 2; side++) {
                    low[v][side] = half[v][side][i];
                    slope[v][side] = hb_k_sub(half[v][side][i + m], half[v][side][i]);
                }
            t[0] = hb_k_add(t[0], hb_k_mul(eq[i], hb_gkr_slow_combine(s->n_values, low, lam)));
            t[1] = hb_k_add(t[1], hb_k_mul(eq[i], hb_gkr_slow_combine(s->n_values, slope, lam)));
        }
        free(eq);
        if ((lie->kind == HB_GKR_LIE_T0 || lie->kind == HB_GKR_LIE_TINF) && lie->level == l && lie->round == n - 1 - bit) {
            hb_k *which = &t[lie->kind == HB_GKR_LIE_TINF];
            *which = hb_k_add(*which, hb_k_one());
        }
        assert_int_equal(hb_send_k(send, HB_TAG_ROUND2, t, 2), HB_OK);
        hb_k rr = hb_transcript_challenge(&send->t, HB_LABEL_GKR_ROUND);
        xi[rest[bit]] = rr;
        for (uint32_t v = 0; v < s->n_values; v++)
            for (size_t side = 0; side < 2; side++)
                for (size_t i = 0; i < m; i++)
                    half[v][side][i] = hb_k_line(half[v][side][i], half[v][side][i + m], rr);
    }
    for (uint32_t v = 0; v < s->n_values; v++)
        for (size_t side = 0; side < 2; side++) {
            end[v][side] = half[v][side][0];
            free(half[v][side]);
        }
    if (lie->kind == HB_GKR_LIE_END && lie->level == l)
        end[lie->value][lie->side] = hb_k_add(end[lie->value][lie->side], hb_k_one());
    if (lie->kind == HB_GKR_LIE_END_SCALE && lie->level == l) {
        end[lie->value][0] = hb_k_double(end[lie->value][0]);
        end[lie->value][1] = hb_k_mul_f(end[lie->value][1], HB_F_HALF);
    }
    assert_int_equal(hb_send_k(send, HB_TAG_GKR_END, &end[0][0], 2 * (size_t)s->n_values), HB_OK);
    hb_k mu = hb_transcript_challenge(&send->t, HB_LABEL_GKR_MU);
    for (uint32_t v = 0; v < s->n_values; v++)
        claims[v] = hb_k_line(end[v][0], end[v][1], mu);
    xi[l < 12 ? 11 - l : l] = mu;
}

/* The whole conversation; the leaves stay. */
static inline void hb_gkr_slow_prove(hb_gkr_slow *s, hb_sender *send, uint32_t n_max, const hb_gkr_lie *lie, hb_gkr_result *out)
{
    hb_k top[HB_GKR_VALUES_MAX][16], point[4];
    uint8_t bits[HB_GKR_DEPTH_MAX];
    hb_gkr_slow_build(s);
    memset(out, 0, sizeof *out);
    out->depth = s->depth;
    out->n_xi = s->depth > n_max ? s->depth : n_max;
    for (uint32_t v = 0; v < s->n_values; v++) {
        memcpy(top[v], s->level[s->depth - 4][v], sizeof top[v]);
        out->roots[v] = s->level[s->depth][v][0];
    }
    if (lie->kind == HB_GKR_LIE_TOP) {
        hb_k swap = top[lie->value][0];
        top[lie->value][0] = top[lie->value][1];
        top[lie->value][1] = swap;
    }
    assert_int_equal(hb_send_k(send, HB_TAG_GKR_TOP, &top[0][0], 16 * (size_t)s->n_values), HB_OK);
    hb_gkr_remaining_bits(s->depth, s->depth - 4, bits);
    for (uint32_t i = 0; i < 4; i++)
        out->xi[bits[i]] = point[i] = hb_transcript_challenge(&send->t, HB_LABEL_GKR_POINT);
    for (uint32_t v = 0; v < s->n_values; v++)
        out->claims[v] = hb_gkr_slow_extension(top[v], 4, point);
    for (uint32_t l = s->depth - 4; l-- > 0;)
        hb_gkr_slow_layer(s, send, l, lie, out->xi, out->claims);
    for (uint32_t i = s->depth; i < out->n_xi; i++)
        out->xi[i] = hb_transcript_challenge(&send->t, HB_LABEL_XI_EXTEND);
}
