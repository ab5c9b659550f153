/* Steps that prover and verifier share. Freestanding. */
#include "zerocheck/zerocheck.h"

hb_k hb_zerocheck_start(const hb_zerocheck_claim *claim, const hb_zerocheck_challenges *ch)
{
    const hb_k *v = claim->trees->claims;
    hb_k s = hb_k_mul(ch->eta[0], hb_k_sub_f(v[0], HB_F_ONE));
    s = hb_k_mul_add(ch->eta[1], hb_k_sub_f(v[1], HB_F_ONE), s);
    s = hb_k_mul_add(ch->eta[HB_GKR_VALUE_P], v[HB_GKR_VALUE_P], s);
    for (uint32_t i = HB_GKR_VALUE_Q; i < hb_gkr_values(claim->layout->n_trees); i++)
        s = hb_k_mul_add(ch->eta[i], hb_k_sub_f(v[i], HB_F_ONE), s);
    return s;
}

/* eps_T pays for the rows of the cube whose bits from h_T on are not 0. */
static hb_k epsilon(const hb_zerocheck_claim *claim, size_t table)
{
    uint32_t h = hb_gkr_rows_log2(claim->tables[table].n_rows);
    return hb_eq_bits(claim->trees->xi + h, claim->layout->n_max - h, 0);
}

bool hb_zerocheck_weights(const hb_zerocheck_claim *claim, hb_k *const *weights)
{
    for (size_t i = 0; i < claim->n_tables; i++) {
        hb_k eps = epsilon(claim, i);
        if (hb_k_is_zero(eps))
            return false;
        hb_k inverse = hb_k_inv(eps);
        for (uint32_t k = 0; k < claim->tables[i].air->n_terms; k++)
            weights[i][k] = inverse;
    }
    for (uint32_t t = 0; t < claim->layout->n_trees; t++)
        for (uint32_t b = 0; b < claim->layout->trees[t].n_blocks; b++) {
            const hb_gkr_block *block = &claim->layout->trees[t].blocks[b];
            hb_k *w = &weights[block->table][block->term];
            *w = hb_k_mul(*w, hb_gkr_block_weight(claim->layout, block, claim->trees->xi));
        }
    return true;
}

uint32_t hb_zerocheck_columns(const hb_zerocheck_claim *claim)
{
    uint32_t n = 0;
    for (size_t i = 0; i < claim->n_tables; i++)
        n += claim->tables[i].air->pre_width + claim->tables[i].air->width;
    return n;
}

/* The cubic part through t(x) - inf x^4 at 0..3 by Newton's differences. */
hb_k hb_zerocheck_round_value(hb_k t0, hb_k t1, hb_k t2, hb_k t3, hb_k inf, hb_k r)
{
    hb_k c1 = hb_k_sub(t1, inf);
    hb_k c2 = hb_k_sub(t2, hb_k_mul_f(inf, HB_F_CONST(16)));
    hb_k c3 = hb_k_sub(t3, hb_k_mul_f(inf, HB_F_CONST(81)));
    hb_k d1 = hb_k_sub(c1, t0), d1b = hb_k_sub(c2, c1), d1c = hb_k_sub(c3, c2);
    hb_k d2 = hb_k_sub(d1b, d1), d2b = hb_k_sub(d1c, d1b);
    hb_k d3 = hb_k_mul_f(hb_k_sub(d2b, d2), hb_f_inv(HB_F_CONST(6)));
    d2 = hb_k_mul_f(d2, HB_F_HALF);
    hb_k r1 = hb_k_sub_f(r, HB_F_ONE), r2 = hb_k_sub_f(r, HB_F_TWO);
    hb_k inner = hb_k_mul_add(hb_k_mul_add(d3, r2, d2), r1, d1);
    hb_k square = hb_k_square(r);
    return hb_k_mul_add(inf, hb_k_square(square), hb_k_mul_add(inner, r, t0));
}
