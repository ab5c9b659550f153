/* Order of the conversation and all equations: docs/protocol.md 7. Values are numbered as in gkr/gkr_layout.h: G, R, p, q, further products. */
#include "gkr/gkr_verify.h"

#include "gkr/gkr_algebra.h"

static hb_status check_roots(hb_receiver *r, const hb_k *roots, hb_k pv_g, hb_k pv_r)
{
    if (hb_k_is_zero(roots[HB_GKR_VALUE_Q]))
        return HB_REJECT(r->err, HB_R_GKR_DENOMINATOR);
    if (!hb_k_is_zero(roots[HB_GKR_VALUE_P]))
        return HB_REJECT(r->err, HB_R_GKR_FRACTIONS);
    if (hb_k_is_zero(roots[HB_GKR_TREE_G]))
        return HB_REJECT(r->err, HB_R_GKR_PRODUCT_ZERO);
    if (!hb_k_eq(hb_k_mul(roots[HB_GKR_TREE_G], pv_g), hb_k_mul(roots[HB_GKR_TREE_R], pv_r)))
        return HB_REJECT(r->err, HB_R_GKR_PRODUCTS);
    return HB_OK;
}

/* One sumcheck round: z is the bound bit's coordinate and becomes the challenge; *claim becomes t(challenge). */
static hb_status round2(hb_receiver *r, hb_k *z, hb_k *claim)
{
    hb_k t[2]; /* t(0), t(inf) */
    if (hb_receive_k(r, HB_TAG_ROUND2, t, 2) != HB_OK)
        return HB_REJECTED;
    if (hb_k_is_zero(*z))
        return HB_REJECT(r->err, HB_R_ZERO_CHALLENGE);
    hb_k rest = hb_k_sub(*claim, hb_k_mul(hb_k_sub(hb_k_one(), *z), t[0]));
    hb_k t1 = hb_k_mul(rest, hb_k_inv(*z));
    *z = hb_transcript_challenge(&r->t, HB_LABEL_GKR_ROUND);
    *claim = hb_gkr_quadratic(t[0], t1, t[1], *z);
    return HB_OK;
}

/* From claims about level l + 1 at the coordinates xi of its bits to claims about level l. */
static hb_status layer(hb_receiver *r, uint32_t depth, uint32_t level, uint32_t n_values, hb_k *xi, hb_k *claims)
{
    uint8_t rest[HB_GKR_DEPTH_MAX];
    hb_k end[HB_GKR_VALUES_MAX][2];
    hb_gkr_remaining_bits(depth, level + 1, rest);
    hb_k lam = hb_transcript_challenge(&r->t, HB_LABEL_GKR_LAMBDA);
    hb_k claim = hb_gkr_combine(n_values, claims, lam);
    for (uint32_t i = depth - level - 1; i-- > 0;)
        if (round2(r, &xi[rest[i]], &claim) != HB_OK)
            return HB_REJECTED;
    if (hb_receive_k(r, HB_TAG_GKR_END, &end[0][0], 2 * (size_t)n_values) != HB_OK)
        return HB_REJECTED;
    if (!hb_k_eq(claim, hb_gkr_combine_pairs(n_values, end, lam)))
        return HB_REJECT(r->err, HB_R_GKR_LAYER);
    hb_k mu = hb_transcript_challenge(&r->t, HB_LABEL_GKR_MU);
    for (uint32_t v = 0; v < n_values; v++)
        claims[v] = hb_k_line(end[v][0], end[v][1], mu);
    xi[hb_gkr_combined_bit(depth, level)] = mu;
    return HB_OK;
}

static hb_status receive_top(hb_receiver *r, uint32_t depth, uint32_t n_values, hb_k pv_g, hb_k pv_r, hb_gkr_result *out)
{
    hb_k top[HB_GKR_VALUES_MAX][HB_GKR_TOP], point[HB_GKR_TOP_LOG2];
    uint8_t bits[HB_GKR_DEPTH_MAX];
    if (hb_receive_k(r, HB_TAG_GKR_TOP, &top[0][0], HB_GKR_TOP * (size_t)n_values) != HB_OK)
        return HB_REJECTED;
    hb_gkr_roots(n_values, top, out->roots);
    if (check_roots(r, out->roots, pv_g, pv_r) != HB_OK)
        return HB_REJECTED;
    hb_gkr_remaining_bits(depth, depth - HB_GKR_TOP_LOG2, bits);
    for (uint32_t i = 0; i < HB_GKR_TOP_LOG2; i++)
        out->xi[bits[i]] = point[i] = hb_transcript_challenge(&r->t, HB_LABEL_GKR_POINT);
    for (uint32_t v = 0; v < n_values; v++)
        out->claims[v] = hb_gkr_top_at(top[v], point);
    return HB_OK;
}

hb_status hb_gkr_verify(hb_receiver *r, const hb_gkr_layout *layout, hb_k pv_g, hb_k pv_r, hb_gkr_result *out)
{
    uint32_t depth = layout->depth, n_values = hb_gkr_values(layout->n_trees);
    *out = (hb_gkr_result){.depth = depth, .n_xi = depth > layout->n_max ? depth : layout->n_max};
    if (receive_top(r, depth, n_values, pv_g, pv_r, out) != HB_OK)
        return HB_REJECTED;
    for (uint32_t level = depth - HB_GKR_TOP_LOG2; level-- > 0;)
        if (layer(r, depth, level, n_values, out->xi, out->claims) != HB_OK)
            return HB_REJECTED;
    for (uint32_t i = depth; i < out->n_xi; i++)
        out->xi[i] = hb_transcript_challenge(&r->t, HB_LABEL_XI_EXTEND);
    return HB_OK;
}
