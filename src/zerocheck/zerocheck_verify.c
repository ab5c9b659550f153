#include "zerocheck/zerocheck_verify.h"

#include "air/eval_k.h"

static uint32_t largest_record(const hb_zerocheck_claim *claim)
{
    uint32_t n = 0;
    for (size_t i = 0; i < claim->n_tables; i++)
        n = claim->tables[i].air->n_nodes > n ? claim->tables[i].air->n_nodes : n;
    return n;
}

static size_t all_terms(const hb_zerocheck_claim *claim)
{
    size_t n = 0;
    for (size_t i = 0; i < claim->n_tables; i++)
        n += claim->tables[i].air->n_terms;
    return n;
}

size_t hb_zerocheck_verify_bytes(const hb_zerocheck_claim *claim)
{
    size_t k = hb_zerocheck_columns(claim) + all_terms(claim) + largest_record(claim);
    return k * sizeof(hb_k) + claim->n_tables * sizeof(hb_k *) + 8 * HB_SCRATCH_ALIGN;
}

/* --- skip round ----------------------------------------------------------------------------------------------------------------------
 * sum_z eq(xi_z, z) t(omega^z): coefficient i contributes sum_z eq(xi_z, z) omega^(i z) = prod_j (1 - xi_j + xi_j omega^(i 2^j)), which depends on i
 * mod 16 only. */
static hb_k sum_over_skip_domain(const hb_k t[HB_ZEROCHECK_SKIP_COEFFICIENTS], const hb_k xi_z[4])
{
    hb_f w = hb_f_root(4), wi = HB_F_ONE;
    hb_k sum = hb_k_zero();
    for (uint32_t i = 0; i < HB_SKIP; i++, wi = hb_f_mul(wi, w)) {
        hb_k folded = t[i], product = hb_k_one();
        for (uint32_t k = i + HB_SKIP; k < HB_ZEROCHECK_SKIP_COEFFICIENTS; k += HB_SKIP)
            folded = hb_k_add(folded, t[k]);
        hb_f power = wi;
        for (uint32_t j = 0; j < 4; j++, power = hb_f_square(power))
            product = hb_k_mul(product, hb_k_add_f(hb_k_mul_f(xi_z[j], hb_f_sub(power, HB_F_ONE)), HB_F_ONE));
        sum = hb_k_mul_add(folded, product, sum);
    }
    return sum;
}

static hb_status skip_round(hb_receiver *r, const hb_k *xi, hb_k *claim, hb_zerocheck_result *out, hb_row_point *point)
{
    hb_k t[HB_ZEROCHECK_SKIP_COEFFICIENTS];
    hb_status st = hb_receive_k(r, HB_TAG_SKIP, t, HB_ZEROCHECK_SKIP_COEFFICIENTS);
    if (st != HB_OK)
        return st;
    if (!hb_k_eq(sum_over_skip_domain(t, xi + HB_Y_BITS), *claim))
        return HB_REJECT(r->err, HB_R_ZEROCHECK_SKIP);
    out->r0 = hb_transcript_challenge(&r->t, HB_LABEL_SKIP);
    if (!hb_row_point_set_z(point, out->r0))
        return HB_REJECT(r->err, HB_R_ZERO_CHALLENGE);
    *claim = t[HB_ZEROCHECK_SKIP_DEGREE];
    for (uint32_t i = HB_ZEROCHECK_SKIP_DEGREE; i-- > 0;)
        *claim = hb_k_mul_add(*claim, out->r0, t[i]);
    return HB_OK;
}

/* --- rounds of y and u --------------------------------------------------------------------------------------------------------------- */
static hb_status one_round(hb_receiver *r, hb_k xi, hb_k *claim, hb_k *challenge)
{
    hb_k m[4]; /* t(0), t(2), t(3), inf */
    hb_status st = hb_receive_k(r, HB_TAG_ROUND4, m, 4);
    if (st != HB_OK)
        return st;
    if (hb_k_is_zero(xi))
        return HB_REJECT(r->err, HB_R_ZERO_CHALLENGE);
    hb_k below = hb_k_mul(hb_k_sub(hb_k_one(), xi), m[0]);
    hb_k t1 = hb_k_mul(hb_k_sub(*claim, below), hb_k_inv(xi));
    *challenge = hb_transcript_challenge(&r->t, HB_LABEL_ZEROCHECK_ROUND);
    *claim = hb_zerocheck_round_value(m[0], t1, m[1], m[2], m[3], *challenge);
    return HB_OK;
}

static hb_status rounds(hb_receiver *r, const hb_k *xi, hb_k *claim, hb_zerocheck_result *out)
{
    hb_status st = HB_OK;
    for (uint32_t i = 0; i < HB_Y_BITS && st == HB_OK; i++)
        st = one_round(r, xi[i], claim, &out->ry[i]);
    for (uint32_t i = 0; i + 12 < out->n_max && st == HB_OK; i++)
        st = one_round(r, xi[12 + i], claim, &out->ru[i]);
    return st;
}

/* --- end ----------------------------------------------------------------------------------------------------------------------------- */
typedef struct ending {
    const hb_zerocheck_claim *claim;
    const hb_zerocheck_challenges *ch;
    const hb_row_point *point;
    hb_k structured[HB_ST_COUNT];
    hb_k **weights;
    hb_k *values; /* of nodes */
} ending;

/* S_T at the point; *power: lambda^(number of constraints before). */
static hb_k summand(const ending *e, size_t i, const hb_k *columns, hb_k *power)
{
    const hb_zerocheck_table *t = &e->claim->tables[i];
    const hb_k *eta = e->ch->eta;
    hb_air_eval_k(t->air, columns, e->structured, e->claim->publics, e->values);
    hb_k bus = hb_k_zero();
    for (uint32_t k = 0; k < t->air->n_terms; k++) {
        const hb_air_term *term = &t->air->terms[k];
        hb_air_leaf leaf = hb_air_leaf_k(t->air, term, e->values, hb_bus_challenges_of(term->bus, e->claim->bus, e->claim->global));
        uint32_t n = term->tree == HB_AIR_TREE_F ? HB_GKR_VALUE_Q : hb_gkr_value(term->tree);
        hb_k s = hb_k_mul(eta[n], hb_k_sub_f(leaf.den, HB_F_ONE));
        if (n == HB_GKR_VALUE_Q)
            s = hb_k_mul_add(eta[HB_GKR_VALUE_P], leaf.num, s);
        bus = hb_k_mul_add(e->weights[i][k], s, bus);
    }
    hb_k constraints = hb_air_constraints_k(t->air, e->values, e->ch->lambda, power);
    return hb_k_mul_add(hb_mask_at(t->n_rows, e->point), bus, constraints);
}

static hb_k all_summands(ending *e, const hb_k *columns)
{
    hb_k sum = hb_k_zero(), power = hb_k_one();
    for (uint32_t s = 0; s < HB_ST_COUNT; s++)
        e->structured[s] = hb_structured_at((hb_structured)s, e->point, e->claim->publics);
    for (size_t i = 0; i < e->claim->n_tables; i++) {
        sum = hb_k_add(sum, summand(e, i, columns, &power));
        columns += e->claim->tables[i].air->pre_width + e->claim->tables[i].air->width;
    }
    return sum;
}

static bool ending_alloc(ending *e, hb_scratch *s)
{
    e->values = hb_scratch_alloc_many(s, largest_record(e->claim), sizeof(hb_k));
    e->weights = hb_scratch_alloc_many(s, e->claim->n_tables, sizeof(hb_k *));
    hb_k *w = hb_scratch_alloc_many(s, all_terms(e->claim), sizeof(hb_k));
    if (!e->values || !e->weights || !w)
        return false;
    for (size_t i = 0; i < e->claim->n_tables; i++) {
        e->weights[i] = w;
        w += e->claim->tables[i].air->n_terms;
    }
    return true;
}

static hb_status finish(hb_receiver *r, ending *e, hb_k claim, hb_zerocheck_result *out)
{
    hb_status st = hb_receive_k(r, HB_TAG_COLUMNS, out->columns, out->n_columns);
    if (st != HB_OK)
        return st;
    if (!hb_zerocheck_weights(e->claim, e->weights))
        return HB_REJECT(r->err, HB_R_ZERO_CHALLENGE);
    return hb_k_eq(all_summands(e, out->columns), claim) ? HB_OK : HB_REJECT(r->err, HB_R_ZEROCHECK_END);
}

hb_status hb_zerocheck_verify(hb_receiver *r, const hb_zerocheck_claim *claim, hb_scratch *scratch, hb_zerocheck_result *out)
{
    uint32_t n_max = claim->layout->n_max;
    if (n_max < 12 || n_max > 12 + HB_U_BITS_MAX || claim->trees->n_xi < n_max)
        return HB_REJECT(r->err, HB_R_BAD_LENGTH);
    hb_zerocheck_challenges ch;
    hb_row_point point = {.n_u = n_max - 12};
    ending e = {.claim = claim, .ch = &ch, .point = &point};
    out->n_max = n_max;
    out->n_columns = hb_zerocheck_columns(claim);
    out->columns = hb_scratch_alloc_many(scratch, out->n_columns, sizeof(hb_k));
    hb_scratch temporary = *scratch;
    if (!out->columns || !ending_alloc(&e, &temporary))
        return HB_REJECT(r->err, HB_R_SCRATCH);
    ch.lambda = hb_transcript_challenge(&r->t, HB_LABEL_LAMBDA);
    for (uint32_t i = 0; i < hb_gkr_values(claim->layout->n_trees); i++)
        ch.eta[i] = hb_transcript_challenge(&r->t, HB_LABEL_ETA);
    hb_k sum = hb_zerocheck_start(claim, &ch);
    hb_status st = skip_round(r, claim->trees->xi, &sum, out, &point);
    if (st == HB_OK)
        st = rounds(r, claim->trees->xi, &sum, out);
    if (st != HB_OK)
        return st;
    for (uint32_t i = 0; i < HB_Y_BITS; i++)
        point.ry[i] = out->ry[i];
    for (uint32_t i = 0; i < point.n_u; i++)
        point.ru[i] = out->ru[i];
    return finish(r, &e, sum, out);
}
