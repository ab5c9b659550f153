/* WHIR (G. Arnon, A. Chiesa, G. Fenzi, E. Yogev 2024) for one K-polynomial f of H variables, f = sum_c gamma^(c-1) q_c never sent but given by the openings of
 * all commitments. The running claim is sigma = sum_b w_b f_b with w = the tile point's weights plus one power vector for each value of f that was learnt
 * from outside the domain or by a query; sumcheck rounds fold f and w together until f is short enough to be sent. */
#include "pcs/whir_verify.h"

#include <string.h>

#include "base/check.h"
#include "pcs/pcs_math.h"
#include "pcs/pcs_query.h"

#define CAP_NODES (1u << HB_MERKLE_CAP_LOG2)
#define COSET_MAX (1u << HB_FOLD_LOG2_MAX)
#define FINAL_MAX (1u << (HB_STACK_LOG2_MAX - HB_FOLD_LOG2_SUM))

/* Terms added before challenge a[start]: delta ood[0], delta^2 ood[1], then delta^(3 + q) z[q]. */
typedef struct terms {
    uint32_t start, n;
    hb_k delta, ood[HB_OOD_POINTS];
    hb_f z[HB_QUERIES_MAX];
} terms;

typedef struct whir {
    hb_receiver *r;
    const hb_whir_claim *claim;
    hb_scratch scratch;            /* what the openings use, again and again */
    uint32_t h;                    /* H */
    hb_k sigma;
    uint32_t n_a;
    hb_k a[HB_STACK_LOG2_MAX];     /* fold challenges in order; a[i] belongs to index bit H - 1 - i */
    terms terms[HB_ORACLES];       /* of rounds 1 .. 3 */
    uint32_t cap[2][CAP_NODES][HB_DIGEST_WORDS]; /* of oracle i at [i % 2] */
    uint32_t domain_log2[HB_ORACLES + 1];        /* of oracle i; 0: of the main commitment */
    /* the queries of one round */
    uint32_t index[HB_QUERIES_MAX], leaf[HB_QUERIES_MAX];
    hb_k y[HB_QUERIES_MAX], at_leaf[HB_QUERIES_MAX];
    hb_merkle_scratch merkle;
    hb_k final[FINAL_MAX];
    hb_k *powers;                  /* gamma^c 2^32, c < W: a product with a canonical word is then an hb_f at once */
} whir;

/* --- openings ------------------------------------------------------------------------------------------------------------------------ */
/* Reads the leaves v->leaf[0 .. n-1] (sorted, unique) of a tree and checks them against its cap. NULL when rejected. */
static const uint32_t *read_leaves(whir *v, hb_pcs_cap cap, uint32_t leaves_log2, uint32_t n, uint32_t width)
{
    const uint8_t *bytes, *siblings;
    const size_t words = (size_t)n * width;
    const size_t n_siblings = hb_merkle_sibling_count(leaves_log2, v->leaf, n, &v->merkle);
    hb_scratch scratch = v->scratch;
    uint32_t *out = hb_scratch_alloc_many(&scratch, words, sizeof *out);
    if (!out) {
        (void)HB_REJECT(v->r->err, HB_R_SCRATCH);
        return NULL;
    }
    if (hb_receive_raw(v->r, &bytes, words) != HB_OK || hb_receive_raw(v->r, &siblings, n_siblings * HB_DIGEST_WORDS) != HB_OK)
        return NULL;
    for (size_t i = 0; i < words; i++)
        out[i] = hb_load_le32(bytes + 4 * i);
    if (hb_merkle_verify(cap, leaves_log2, v->leaf, n, out, width, siblings, n_siblings, &v->merkle, v->r->err) != HB_OK)
        return NULL;
    return out;
}

/* sum_j powers[j] words[j], one reduction a coefficient. */
static hb_k combine_row(const hb_k *powers, const uint32_t *words, uint32_t n)
{
    const uint64_t limit = (uint64_t)HB_F_P << 32; /* a sum is kept below it; a product is below half of it */
    uint64_t s[HB_K_DEGREE] = {0};
    for (uint32_t j = 0; j < n; j++)
        for (int i = 0; i < HB_K_DEGREE; i++) {
            s[i] += (uint64_t)words[j] * powers[j].c[i];
            s[i] = s[i] >= limit ? s[i] - limit : s[i];
        }
    hb_k out;
    for (int i = 0; i < HB_K_DEGREE; i++)
        out.c[i] = hb_f_reduce(s[i]);
    return out;
}

/* v->y[q] of the commitments at v->index. */
static hb_status open_commitments(whir *v, uint32_t n)
{
    const hb_stack *stack = v->claim->stack;
    const hb_k *powers = v->powers;
    for (uint32_t q = 0; q < n; q++)
        v->y[q] = hb_k_zero();
    for (int c = 0; c < HB_COMMITMENTS; c++) {
        const uint32_t width = stack->w[c], leaves_log2 = stack->h[c] + HB_RATE_LOG2_0, mask = (1u << leaves_log2) - 1;
        if (width == 0)
            continue;
        for (uint32_t q = 0; q < n; q++)
            v->leaf[q] = v->index[q] & mask;
        const uint32_t unique = hb_pcs_sort_unique(v->leaf, n);
        const uint32_t *rows = read_leaves(v, v->claim->caps[c], leaves_log2, unique, width);
        if (!rows)
            return HB_REJECTED;
        for (uint32_t k = 0; k < unique; k++)
            v->at_leaf[k] = combine_row(powers, rows + (size_t)k * width, width);
        for (uint32_t q = 0; q < n; q++)
            v->y[q] = hb_k_add(v->y[q], v->at_leaf[hb_pcs_find(v->leaf, unique, v->index[q] & mask)]);
        powers += width;
    }
    return HB_OK;
}

/* The 2^k values of a coset leaf, l-th at omega_N^(leaf + l N / 2^k), folded by the last k challenges to one value at omega_N^(leaf 2^k). */
static hb_k fold_coset(const whir *v, const uint32_t *words, uint32_t leaf, uint32_t domain_log2, uint32_t k)
{
    hb_k value[COSET_MAX];
    hb_f inverse[COSET_MAX]; /* 1 / (2 x_l) of the first half: x_{l + s/2} = -x_l */
    uint32_t s = 1u << k;
    for (uint32_t l = 0; l < s; l++)
        for (int i = 0; i < HB_K_DEGREE; i++)
            value[l].c[i] = hb_f_from_u32(words[HB_K_DEGREE * l + (uint32_t)i]);
    const hb_f step = hb_f_inv(hb_f_root(k));
    hb_f x = hb_f_inv(hb_f_pow(hb_f_root(domain_log2), leaf));
    for (uint32_t l = 0; l < s / 2; l++) {
        inverse[l] = hb_f_halve(x);
        x = hb_f_mul(x, step);
    }
    for (uint32_t round = 0; round < k; round++) {
        const hb_k a = v->a[v->n_a - k + round];
        s /= 2;
        for (uint32_t l = 0; l < s; l++) {
            const hb_k even = hb_k_mul_f(hb_k_add(value[l], value[l + s]), HB_F_HALF);
            const hb_k odd = hb_k_mul_f(hb_k_sub(value[l], value[l + s]), inverse[l]);
            value[l] = hb_k_line(even, odd, a);
            inverse[l] = hb_f_double(hb_f_square(inverse[l])); /* 2 / (2 x)^2 = 1 / (2 x^2) */
        }
    }
    return value[0];
}

/* v->y[q] of K oracle i at v->index. */
static hb_status open_oracle(whir *v, uint32_t i, uint32_t n)
{
    const uint32_t k = hb_pcs_fold_log2[i], leaves_log2 = v->domain_log2[i] - k, width = HB_K_DEGREE << k;
    memcpy(v->leaf, v->index, n * sizeof *v->leaf);
    const uint32_t unique = hb_pcs_sort_unique(v->leaf, n);
    const uint32_t *rows = read_leaves(v, (hb_pcs_cap)v->cap[i % 2], leaves_log2, unique, width);
    if (!rows)
        return HB_REJECTED;
    for (uint32_t j = 0; j < unique; j++)
        v->at_leaf[j] = fold_coset(v, rows + (size_t)j * width, v->leaf[j], v->domain_log2[i], k);
    for (uint32_t q = 0; q < n; q++)
        v->y[q] = v->at_leaf[hb_pcs_find(v->leaf, unique, v->index[q])];
    return HB_OK;
}

/* Queries to oracle i (0: the commitments): values in v->y, positions in z, in the order drawn. */
static hb_status query(whir *v, uint32_t i, hb_f *z)
{
    const uint32_t n = v->claim->params->queries[i], bits = v->domain_log2[i] - hb_pcs_fold_log2[i];
    if (hb_receive_grind(v->r, HB_LABEL_QUERY, v->claim->params->grind_query) != HB_OK)
        return HB_REJECTED;
    hb_transcript_indices(&v->r->t, HB_LABEL_QUERY, n, bits, v->index);
    for (uint32_t q = 0; q < n; q++)
        z[q] = hb_f_pow(hb_f_root(bits), v->index[q]);
    return i == 0 ? open_commitments(v, n) : open_oracle(v, i, n);
}

/* --- rounds -------------------------------------------------------------------------------------------------------------------------- */
static hb_status sumcheck_round(whir *v, hb_label label, uint32_t grind)
{
    hb_k s[2];
    if (hb_receive_k(v->r, HB_TAG_ROUND2, s, 2) != HB_OK || hb_receive_grind(v->r, label, grind) != HB_OK)
        return HB_REJECTED;
    const hb_k a = hb_transcript_challenge(&v->r->t, label);
    v->sigma = hb_pcs_round_value(v->sigma, s, a);
    v->a[v->n_a++] = a;
    return HB_OK;
}

/* Oracle i = 1 .. 3 for f of `variables` variables. */
static hb_status oracle_round(whir *v, uint32_t i, uint32_t variables)
{
    terms *t = &v->terms[i - 1];
    hb_k ood[HB_OOD_POINTS];
    v->domain_log2[i] = variables + hb_pcs_rate_log2[i];
    if (hb_receive_words(v->r, HB_TAG_CAP, v->cap[i % 2][0], CAP_NODES * HB_DIGEST_WORDS) != HB_OK)
        return HB_REJECTED;
    for (uint32_t k = 0; k < HB_OOD_POINTS; k++)
        t->ood[k] = hb_transcript_challenge(&v->r->t, HB_LABEL_OOD_POINT);
    if (hb_receive_k(v->r, HB_TAG_OOD, ood, HB_OOD_POINTS) != HB_OK || query(v, i - 1, t->z) != HB_OK)
        return HB_REJECTED;
    t->n = v->claim->params->queries[i - 1];
    t->start = v->n_a;
    t->delta = hb_transcript_challenge(&v->r->t, HB_LABEL_DELTA);
    hb_k sum = hb_k_zero(); /* Horner from the last query */
    for (uint32_t q = t->n; q-- > 0;)
        sum = hb_k_mul(hb_k_add(sum, v->y[q]), t->delta);
    for (uint32_t k = HB_OOD_POINTS; k-- > 0;)
        sum = hb_k_mul(hb_k_add(sum, ood[k]), t->delta);
    v->sigma = hb_k_add(v->sigma, sum);
    for (uint32_t k = 0; k < hb_pcs_fold_log2[i]; k++)
        if (sumcheck_round(v, HB_LABEL_FOLD, v->claim->params->grind_fold[i - 1]) != HB_OK)
            return HB_REJECTED;
    return HB_OK;
}

/* --- the end ------------------------------------------------------------------------------------------------------------------------- */
/* f(z) = sum_b f_b z^(bitrev(b)). */
static hb_k evaluate(const hb_k *f, uint32_t variables, hb_f z)
{
    hb_k sum = hb_k_zero();
    for (uint32_t e = 1u << variables; e-- > 0;)
        sum = hb_k_add(hb_k_mul_f(sum, z), f[hb_pcs_bit_reverse(e, variables)]);
    return sum;
}

/* prod_j ((1 - a_{start + j}) + a_{start + j} z^(2^j)): the extension of (z^(bitrev(b)))_b at the challenges from `start` on. */
static hb_k power_weight_f(const whir *v, uint32_t start, hb_f z)
{
    hb_k w = hb_k_one();
    for (uint32_t j = start; j < v->h; j++) {
        w = hb_k_mul(w, hb_k_add_f(hb_k_mul_f(v->a[j], hb_f_sub(z, HB_F_ONE)), HB_F_ONE));
        z = hb_f_square(z);
    }
    return w;
}

static hb_k power_weight(const whir *v, uint32_t start, hb_k z)
{
    hb_k w = hb_k_one();
    for (uint32_t j = start; j < v->h; j++) {
        w = hb_k_mul(w, hb_k_add_f(hb_k_mul(v->a[j], hb_k_sub_f(z, HB_F_ONE)), HB_F_ONE));
        z = hb_k_square(z);
    }
    return w;
}

/* w at the full point: the tile point's weights and all terms. */
static hb_k final_weight(const whir *v)
{
    hb_k point[HB_STACK_LOG2_MAX]; /* coordinate of index bit i */
    for (uint32_t i = 0; i < v->h; i++)
        point[i] = v->a[v->h - 1 - i];
    hb_k skip[HB_SKIP], weight = hb_k_zero();
    hb_pcs_eq_table(skip, point + HB_Y_BITS, HB_TILE_LOG2 - HB_Y_BITS);
    for (uint32_t z = 0; z < HB_SKIP; z++)
        weight = hb_k_mul_add(v->claim->point->lagrange[z], skip[z], weight);
    for (uint32_t i = 0; i < HB_Y_BITS; i++)
        weight = hb_k_mul(weight, hb_pcs_eq_pair(v->claim->point->ry[i], point[i]));
    for (uint32_t i = HB_TILE_LOG2; i < v->h; i++)
        weight = hb_k_mul(weight, hb_pcs_eq_pair(v->claim->rho[i - HB_TILE_LOG2], point[i]));
    for (uint32_t i = 0; i < HB_ORACLES; i++) {
        const terms *t = &v->terms[i];
        hb_k sum = hb_k_zero();
        for (uint32_t q = t->n; q-- > 0;)
            sum = hb_k_mul(hb_k_add(sum, power_weight_f(v, t->start, t->z[q])), t->delta);
        for (uint32_t k = HB_OOD_POINTS; k-- > 0;)
            sum = hb_k_mul(hb_k_add(sum, power_weight(v, t->start, t->ood[k])), t->delta);
        weight = hb_k_add(weight, sum);
    }
    return weight;
}

static hb_status final_round(whir *v)
{
    const uint32_t variables = v->h - HB_FOLD_LOG2_SUM;
    hb_f z[HB_QUERIES_3];
    if (hb_receive_k(v->r, HB_TAG_FINAL, v->final, (size_t)1 << variables) != HB_OK || query(v, HB_ORACLES, z) != HB_OK)
        return HB_REJECTED;
    for (uint32_t q = 0; q < v->claim->params->queries[HB_ORACLES]; q++)
        if (!hb_k_eq(v->y[q], evaluate(v->final, variables, z[q])))
            return HB_REJECT(v->r->err, HB_R_FINAL_QUERIES);
    for (uint32_t half = 1u << variables; half >>= 1;) {
        if (sumcheck_round(v, HB_LABEL_FINAL_ROUND, 0) != HB_OK)
            return HB_REJECTED;
        for (uint32_t b = 0; b < half; b++)
            v->final[b] = hb_k_line(v->final[b], v->final[half + b], v->a[v->n_a - 1]);
    }
    if (!hb_k_eq(v->sigma, hb_k_mul(v->final[0], final_weight(v))))
        return HB_REJECT(v->r->err, HB_R_OPENING);
    return HB_OK;
}

/* Draws gamma: powers for the leaves, and the first sigma. */
static hb_status combine_columns(whir *v)
{
    const uint32_t w = hb_stack_columns(v->claim->stack);
    if (hb_receive_grind(v->r, HB_LABEL_GAMMA, v->claim->params->grind_gamma) != HB_OK)
        return HB_REJECTED;
    const hb_k gamma = hb_transcript_challenge(&v->r->t, HB_LABEL_GAMMA);
    v->sigma = hb_k_zero();
    for (uint32_t c = w; c-- > 0;)
        v->sigma = hb_k_mul_add(v->sigma, gamma, v->claim->stacked[c]);
    hb_k power = hb_k_from_f(HB_F_R2);
    for (uint32_t c = 0; c < w; c++) {
        v->powers[c] = power;
        power = hb_k_mul(power, gamma);
    }
    return HB_OK;
}

size_t hb_whir_verify_scratch_bytes(const hb_stack *stack)
{
    size_t words = 0; /* the largest set of leaves */
    for (int c = 0; c < HB_COMMITMENTS; c++)
        words = (size_t)HB_QUERIES_0 * stack->w[c] > words ? (size_t)HB_QUERIES_0 * stack->w[c] : words;
    const uint32_t queries[HB_ORACLES + 1] = {HB_QUERIES_0, HB_QUERIES_1, HB_QUERIES_2, HB_QUERIES_3};
    for (uint32_t i = 1; i <= HB_ORACLES; i++) {
        const size_t leaf_words = (size_t)queries[i] * (HB_K_DEGREE << hb_pcs_fold_log2[i]);
        words = leaf_words > words ? leaf_words : words;
    }
    return sizeof(whir) + sizeof(hb_k) * hb_stack_columns(stack) + 4 * words + 3 * HB_SCRATCH_ALIGN;
}

hb_status hb_whir_verify(hb_receiver *r, const hb_whir_claim *claim, hb_scratch *scratch)
{
    const uint32_t most[HB_ORACLES + 1] = {HB_QUERIES_0, HB_QUERIES_1, HB_QUERIES_2, HB_QUERIES_3};
    for (uint32_t i = 0; i <= HB_ORACLES; i++)
        HB_ASSERT(claim->params->queries[i] >= 1 && claim->params->queries[i] <= most[i]);
    hb_scratch mine = *scratch;
    whir *v = hb_scratch_alloc(&mine, sizeof *v);
    hb_k *powers = hb_scratch_alloc_many(&mine, hb_stack_columns(claim->stack), sizeof *powers);
    if (!v || !powers)
        return HB_REJECT(r->err, HB_R_SCRATCH);
    v->r = r;
    v->claim = claim;
    v->scratch = mine;
    v->h = claim->stack->h[HB_COMMIT_MAIN];
    v->n_a = 0;
    v->domain_log2[0] = v->h + HB_RATE_LOG2_0;
    v->powers = powers;
    if (combine_columns(v) != HB_OK)
        return HB_REJECTED;
    uint32_t variables = v->h;
    for (uint32_t i = 1; i <= HB_ORACLES; i++) {
        if (oracle_round(v, i, variables) != HB_OK)
            return HB_REJECTED;
        variables -= hb_pcs_fold_log2[i];
    }
    return final_round(v);
}
