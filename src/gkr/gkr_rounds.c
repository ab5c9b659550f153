/* One layer's sumcheck. Index bits are bound from the highest down, in three stages with the same arithmetic:
 *
 *   1. bits of the tile number, on the tiles of the level;
 *   2. for levels 0 to 6, one tile per value is left: its bits from 4 up, on the tile cut into pack pairs;
 *   3. the last four bits, in scalar code on 16 pairs.
 *
 * Stages 1 and 2 are `stage`. Nearly all time goes into stage 1 of levels 0 to 3; see gkr_kernels.h for its data.
 *
 * Per tree the prover tracks the tree's own claim, sum of eq t over the tree (for the fraction tree of P0 q1 + P1 q0 with P0 = p0 + lam q0).
 * That pays where a tree lies in the lower half of the cube and the upper half is neutral ("alone"): with one bit X bound there, every value
 * u has become 1 + (1 - X) s (u - 1), s = product of (1 - challenge) of the earlier such rounds. Then t(1) = neutral, t(0) follows
 * from the claim, and t(inf) = s^2 prod (1 - z) sum eq (u0 - 1)(u1 - 1) needs one pass over the tiles for all such rounds together.
 * The values are left as they are until the first other round, which folds by 1 - s with absent upper tiles. */
#include <string.h>

#include "gkr/gkr_prover.h"

/* Work below INLINE_PACKS packs is not worth waking threads for. A chunk has at least a quarter of that; beyond it each thread gets CHUNKS chunks, long
 * ones, so that few tiles change from one processor's cache to another's from round to round. */
enum { INLINE_PACKS = 512, CHUNKS = 8 };

typedef struct tree_state {
    uint32_t value;        /* its first */
    hb_k neutral;          /* sum of a neutral tile: 1, or lam */
    hb_k claim, t0, t_inf; /* of this tree alone */
    bool empty;            /* no tile at all */
    uint32_t span_log2;    /* all tiles have numbers below 2^span_log2 */
    bool weighted;         /* tiles carry the weights e */
    bool pending;          /* a fold by r is due */
    hb_k r;
    bool alone;            /* lonely_sum is known */
    hb_k lonely_sum, scale; /* sum eq (u0 - 1)(u1 - 1); s */
} tree_state;

typedef struct layer {
    hb_gkr_prover *g;
    hb_k lam, weight[HB_GKR_TREES_MAX]; /* power of lam of each tree */
    tree_state tree[HB_GKR_TREES_MAX];
    size_t packs; /* of half a tile in this stage */
} layer;

/* --- tables -------------------------------------------------------------------------------------------------------------------------------- */
/* Weights of n-bit numbers at z from those of n-1 bits: to[0 .. 2^(n-1)) and the upper half. */
static void extend_weights(hb_k *to, const hb_k *from, size_t half, hb_k z)
{
    for (size_t i = 0; i < half; i++) {
        hb_k up = hb_k_mul(from[i], z);
        to[i] = hb_k_sub(from[i], up);
        to[half + i] = up;
    }
}

/* All sizes 0 .. n-1 one after another: g->eq + 2^m - 1 has 2^m entries. */
static const hb_k *eq_of(const hb_gkr_prover *g, uint32_t m)
{
    return g->eq + ((size_t)1 << m) - 1;
}

static void fill_eq(hb_gkr_prover *g, const hb_k *z, uint32_t n)
{
    g->eq[0] = hb_k_one();
    for (uint32_t m = 1; m < n; m++)
        extend_weights(g->eq + ((size_t)1 << m) - 1, eq_of(g, m - 1), (size_t)1 << (m - 1), z[m - 1]);
}

/* e, lam e and 1 / e for the places in half a tile. False when a weight is 0. */
static bool fill_e(layer *y, const hb_k *z)
{
    hb_gkr_prover *g = y->g;
    size_t n = y->packs * HB_LANES, done = 1;
    hb_k *w = g->raw[0][0], *scratch = g->raw[0][1]; /* free until the stage ends */
    w[0] = hb_k_one();
    for (; done < n; done *= 2, z++)
        extend_weights(w, w, done, *z);
    for (size_t i = 0; i < n; i++) {
        hb_kpack_set(g->e, i, w[i]);
        hb_kpack_set(g->e_lam, i, hb_k_mul(w[i], y->lam));
        if (hb_k_is_zero(w[i]))
            return false;
    }
    hb_k_inv_many(g->inverse, w, n, scratch);
    return true;
}

/* --- one round ----------------------------------------------------------------------------------------------------------------------------- */
typedef struct round_op {
    const hb_gkr_tree_kernels *kernels;
    uint32_t tree;
    enum { OP_FIRST, OP_FOLD, OP_LAST } kind;
    hb_gkr_round round;
    size_t items;
} round_op;

typedef struct round_job {
    const layer *y;
    uint32_t n_ops;
    round_op op[HB_GKR_TREES_MAX];
} round_job;

static void add_op(round_job *job, uint32_t k, int kind, size_t half, const hb_k *eq, bool want_t0)
{
    const layer *y = job->y;
    const tree_state *t = &y->tree[k];
    round_op *op = &job->op[job->n_ops++];
    hb_gkr_prover *g = y->g;
    *op = (round_op){.tree = k, .items = half};
    op->kernels = k == HB_GKR_TREE_F ? &g->kernels->fraction : &g->kernels->product;
    op->kind = kind;
    op->round = (hb_gkr_round){.tile = {g->tile[t->value], k == HB_GKR_TREE_F ? g->tile[t->value + 1] : NULL},
                               .packs = y->packs,
                               .half = half,
                               .e = g->e,
                               .e_lam = g->e_lam,
                               .eq = eq,
                               .r = t->r,
                               .want_t0 = want_t0};
}

static void run_op(const round_op *op, size_t begin, size_t end, hb_gkr_sums *sums)
{
    if (op->kind == OP_FIRST)
        op->kernels->first(&op->round, begin, end, sums[op->tree]);
    else if (op->kind == OP_FOLD)
        op->kernels->fold(&op->round, begin, end, sums[op->tree]);
    else
        op->kernels->last(&op->round, begin, end);
}

static void run_chunk(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const round_job *job = ctx;
    const hb_gkr_prover *g = job->y->g;
    size_t first = 0;
    for (uint32_t i = 0; i < job->n_ops; i++) {
        size_t next = first + job->op[i].items, from = begin > first ? begin : first, to = end < next ? end : next;
        if (from < to)
            run_op(&job->op[i], from - first, to - first, g->sums + (size_t)worker * g->layout->n_trees);
        first = next;
    }
}

static void run_job(round_job *job)
{
    hb_gkr_prover *g = job->y->g;
    size_t items = 0, packs = job->y->packs, least = INLINE_PACKS / 4 / packs;
    for (uint32_t i = 0; i < job->n_ops; i++)
        items += job->op[i].items;
    size_t grain = items / (CHUNKS * (size_t)g->threads) + 1;
    grain = items * packs < INLINE_PACKS ? items : grain > least ? grain : least;
    memset(g->sums, 0, (size_t)g->threads * g->layout->n_trees * sizeof *g->sums);
    hb_pool_for(g->s->pool, items, grain, run_chunk, job);
}

static hb_f sum_lanes(const hb_f lane[HB_LANES])
{
    uint64_t s = 0;
    for (size_t i = 0; i < HB_LANES; i++)
        s += lane[i];
    return (hb_f)(s % HB_F_P);
}

/* Sum number j of a tree over lanes and workers. */
static hb_k collect(const hb_gkr_prover *g, uint32_t k, int j)
{
    hb_k s = hb_k_zero();
    for (unsigned w = 0; w < g->threads; w++)
        for (int c = 0; c < HB_K_DEGREE; c++)
            s.c[c] = hb_f_add(s.c[c], sum_lanes(g->sums[(size_t)w * g->layout->n_trees + k][j].c[c]));
    return s;
}

/* Weight of the lower tiles that are absent. */
static hb_k absent_weight(const hb_gkr_prover *g, const tree_state *t, uint32_t bit)
{
    const hb_k *eq = eq_of(g, bit);
    hb_k s = hb_k_zero();
    for (size_t i = 0; i < (size_t)1 << bit; i++)
        if (!g->tile[t->value][i])
            s = hb_k_add(s, eq[i]);
    return s;
}

/* What this round has to compute for the tree. */
static void plan_tree(round_job *job, layer *y, uint32_t k, uint32_t bit)
{
    tree_state *t = &y->tree[k];
    if (t->empty)
        return;
    if (t->span_log2 <= bit) {
        if (!t->alone)
            add_op(job, k, OP_FIRST, (size_t)1 << t->span_log2, eq_of(y->g, t->span_log2), false);
    } else {
        add_op(job, k, t->weighted ? OP_FOLD : OP_FIRST, (size_t)1 << bit, eq_of(y->g, bit), true);
    }
}

/* t(0) and t(inf) of the tree alone in the lower half. z: coordinates of the tile bits. */
static void finish_alone(const hb_gkr_prover *g, tree_state *t, uint32_t k, uint32_t bit, const hb_k *z)
{
    hb_k below = hb_k_sub(hb_k_one(), z[bit]);
    t->t0 = hb_k_mul(hb_k_sub(t->claim, hb_k_mul(z[bit], t->neutral)), hb_k_inv(below));
    t->t_inf = hb_k_zero();
    if (t->empty)
        return;
    if (!t->alone) {
        t->alone = t->weighted = true;
        t->lonely_sum = collect(g, k, 1);
        t->scale = hb_k_one();
    }
    t->t_inf = hb_k_mul(hb_k_square(t->scale), t->lonely_sum);
    for (uint32_t i = t->span_log2; i < bit; i++)
        t->t_inf = hb_k_mul(t->t_inf, hb_k_sub(hb_k_one(), z[i]));
}

static void finish_tree(const layer *y, tree_state *t, uint32_t k, uint32_t bit, const hb_k *z)
{
    if (t->empty || t->span_log2 <= bit) {
        finish_alone(y->g, t, k, bit, z);
        return;
    }
    t->weighted = true;
    t->t0 = hb_k_add(collect(y->g, k, 0), hb_k_mul(t->neutral, absent_weight(y->g, t, bit)));
    t->t_inf = collect(y->g, k, 1);
}

/* The challenge rr: new claim, and how the tree will have to be folded. */
static void bind_tree(tree_state *t, uint32_t bit, hb_k z, hb_k z_inverse, hb_k rr)
{
    hb_k rest = hb_k_sub(t->claim, hb_k_mul(hb_k_sub(hb_k_one(), z), t->t0));
    t->claim = hb_gkr_quadratic(t->t0, hb_k_mul(rest, z_inverse), t->t_inf, rr);
    if (t->empty)
        return;
    t->pending = true;
    t->r = rr;
    if (t->span_log2 <= bit) {
        t->scale = hb_k_mul(t->scale, hb_k_sub(hb_k_one(), rr));
        t->r = hb_k_sub(hb_k_one(), t->scale);
    }
}

/* Sends the round's message over all trees and draws the challenge. */
static hb_status speak(hb_gkr_prover *g, hb_k t0, hb_k t_inf, hb_k *rr)
{
    hb_status st = hb_send_k(g->s, HB_TAG_ROUND2, (const hb_k[2]){t0, t_inf}, 2);
    *rr = hb_transcript_challenge(&g->s->t, HB_LABEL_GKR_ROUND);
    return st;
}

static hb_status prove_round(layer *y, uint32_t bit, const hb_k *z, hb_k *rr)
{
    round_job job = {.y = y};
    hb_k t0 = hb_k_zero(), t_inf = hb_k_zero();
    for (uint32_t k = 0; k < y->g->layout->n_trees; k++)
        plan_tree(&job, y, k, bit);
    run_job(&job);
    for (uint32_t k = 0; k < y->g->layout->n_trees; k++) {
        finish_tree(y, &y->tree[k], k, bit, z);
        t0 = hb_k_mul_add(y->weight[k], y->tree[k].t0, t0);
        t_inf = hb_k_mul_add(y->weight[k], y->tree[k].t_inf, t_inf);
    }
    if (speak(y->g, t0, t_inf, rr) != HB_OK)
        return HB_OUT_OF_MEMORY;
    hb_k z_inverse = hb_k_inv(z[bit]);
    for (uint32_t k = 0; k < y->g->layout->n_trees; k++)
        bind_tree(&y->tree[k], bit, z[bit], z_inverse, *rr);
    return HB_OK;
}

/* --- stages -------------------------------------------------------------------------------------------------------------------------------- */
static bool provable(const hb_k *z, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (hb_k_is_zero(z[i]) || hb_k_eq(z[i], hb_k_one()))
            return false;
    return true;
}

static void begin_tree(layer *y, tree_state *t, uint32_t n)
{
    hb_kpack **tile = y->g->tile[t->value];
    size_t span = (size_t)1 << n;
    while (span && !tile[span - 1])
        span--;
    t->empty = !span;
    t->span_log2 = 0;
    while ((size_t)1 << t->span_log2 < span)
        t->span_log2++;
    t->weighted = t->pending = t->alone = false;
}

/* Binds n tile bits. z, rr: 4 + log2(packs) coordinates of the bits inside half a tile, then n of the tile bits; rr gets the new ones of the
 * latter. Afterwards tile 0 of each value holds (or, if NULL, is neutral) what is left. */
static hb_status stage(layer *y, size_t packs, uint32_t n, const hb_k *z, hb_k *rr)
{
    hb_gkr_prover *g = y->g;
    uint32_t inside = 4;
    while ((size_t)HB_LANES * packs >> inside > 1)
        inside++;
    y->packs = packs;
    for (uint32_t k = 0; k < g->layout->n_trees; k++)
        begin_tree(y, &y->tree[k], n);
    if (!n)
        return HB_OK;
    if (!fill_e(y, z))
        return HB_PROOF_GENERATION_FAILED;
    fill_eq(g, z + inside, n);
    for (uint32_t bit = n; bit-- > 0;) {
        hb_status st = prove_round(y, bit, z + inside, &rr[inside + bit]);
        if (st != HB_OK)
            return st;
    }
    round_job job = {.y = y};
    for (uint32_t k = 0; k < g->layout->n_trees; k++)
        if (y->tree[k].pending)
            add_op(&job, k, OP_LAST, 1, NULL, false);
    run_job(&job);
    return HB_OK;
}

/* g->raw[v] = the two halves of tile 0 without weights. */
static void take_raw(layer *y)
{
    hb_gkr_prover *g = y->g;
    size_t n = y->packs * HB_LANES;
    for (uint32_t v = 0; v < g->n_values; v++) {
        const hb_kpack *tile = g->tile[v][0];
        for (size_t i = 0; i < n; i++) {
            g->raw[v][0][i] = tile ? hb_kpack_get(tile, i) : hb_gkr_neutral(v);
            g->raw[v][1][i] = tile ? hb_kpack_get(tile + y->packs, i) : hb_gkr_neutral(v);
        }
    }
    for (uint32_t k = 0; k < g->layout->n_trees; k++) {
        hb_k **raw = g->raw[y->tree[k].value], **q = g->raw[HB_GKR_VALUE_Q];
        for (size_t i = 0; i < n && y->tree[k].weighted; i++) {
            raw[0][i] = hb_k_mul(raw[0][i], g->inverse[i]);
            if (k != HB_GKR_TREE_F)
                continue;
            raw[0][i] = hb_k_sub(raw[0][i], hb_k_mul(y->lam, q[0][i]));
            raw[1][i] = hb_k_mul(raw[1][i], g->inverse[i]);
        }
    }
}

/* The tile that is left becomes a level of its own, of pack pairs. */
static void open_raw(layer *y)
{
    hb_gkr_prover *g = y->g;
    for (uint32_t v = 0; v < g->n_values; v++)
        for (size_t i = 0; i < y->packs; i++) {
            hb_kpack *pair = g->tile[v][i] = g->small[v] + 2 * i;
            hb_kpack_from_array(pair, g->raw[v][0] + i * HB_LANES, HB_LANES);
            hb_kpack_from_array(pair + 1, g->raw[v][1] + i * HB_LANES, HB_LANES);
        }
}

/* The pairs of value vectors at place i on the line through i (X = 0) and i + half: at 0, and their slope. */
static void pairs_at(const hb_gkr_prover *g, size_t i, size_t half, hb_k low[][2], hb_k slope[][2])
{
    for (uint32_t v = 0; v < g->n_values; v++)
        for (int h = 0; h < 2; h++) {
            low[v][h] = g->raw[v][h][i];
            slope[v][h] = hb_k_sub(g->raw[v][h][i + half], low[v][h]);
        }
}

/* Stage 3: the lowest four bits, on g->raw. */
static hb_status prove_last_bits(layer *y, const hb_k *z, hb_k *rr)
{
    hb_gkr_prover *g = y->g;
    if (!provable(z, HB_GKR_TOP_LOG2))
        return HB_PROOF_GENERATION_FAILED;
    fill_eq(g, z, HB_GKR_TOP_LOG2);
    for (uint32_t bit = HB_GKR_TOP_LOG2; bit-- > 0;) {
        hb_k t0 = hb_k_zero(), t_inf = hb_k_zero(), low[HB_GKR_VALUES_MAX][2], slope[HB_GKR_VALUES_MAX][2];
        size_t half = (size_t)1 << bit;
        for (size_t i = 0; i < half; i++) {
            pairs_at(g, i, half, low, slope);
            t0 = hb_k_mul_add(eq_of(g, bit)[i], hb_gkr_combine_pairs(g->n_values, low, y->lam), t0);
            t_inf = hb_k_mul_add(eq_of(g, bit)[i], hb_gkr_combine_pairs(g->n_values, slope, y->lam), t_inf);
        }
        if (speak(g, t0, t_inf, &rr[bit]) != HB_OK)
            return HB_OUT_OF_MEMORY;
        for (uint32_t v = 0; v < g->n_values; v++)
            for (size_t i = 0; i < 2 * half; i++) {
                hb_k *x = g->raw[v][i / half] + i % half;
                *x = hb_k_line(*x, x[half], rr[bit]);
            }
    }
    return HB_OK;
}

static void begin_layer(layer *y, const hb_k *claims)
{
    hb_k power = hb_k_one();
    for (uint32_t k = 0; k < y->g->layout->n_trees; k++) {
        tree_state *t = &y->tree[k];
        *t = (tree_state){.value = hb_gkr_value(k), .neutral = hb_k_one(), .claim = claims[hb_gkr_value(k)]};
        y->weight[k] = power;
        power = hb_k_mul(power, y->lam);
        if (k != HB_GKR_TREE_F)
            continue;
        power = hb_k_mul(power, y->lam);
        t->neutral = y->lam;
        t->claim = hb_k_mul_add(y->lam, claims[HB_GKR_VALUE_Q], claims[HB_GKR_VALUE_P]);
    }
}

hb_status hb_gkr_prove_layer(hb_gkr_prover *g, uint32_t level, hb_k lam, const hb_k *claims, hb_k *xi, hb_k end[][2])
{
    layer y = {.g = g, .lam = lam};
    uint8_t rest[HB_GKR_DEPTH_MAX];
    hb_k z[HB_GKR_DEPTH_MAX], rr[HB_GKR_DEPTH_MAX];
    uint32_t n_rest = g->layout->depth - level - 1, n = hb_gkr_open_level(g, level);
    hb_gkr_remaining_bits(g->layout->depth, level + 1, rest);
    for (uint32_t i = 0; i < n_rest; i++)
        z[i] = xi[rest[i]];
    begin_layer(&y, claims);
    hb_status st = provable(z, n_rest) ? stage(&y, hb_gkr_half_packs(level), n, z, rr) : HB_PROOF_GENERATION_FAILED;
    if (st == HB_OK && y.packs > 1) {
        take_raw(&y);
        open_raw(&y);
        st = stage(&y, 1, n_rest - n - 4, z, rr);
    }
    if (st == HB_OK) {
        take_raw(&y);
        st = prove_last_bits(&y, z, rr);
    }
    for (uint32_t i = 0; i < n_rest; i++)
        xi[rest[i]] = rr[i];
    for (uint32_t v = 0; v < g->n_values; v++)
        for (int h = 0; h < 2; h++)
            end[v][h] = g->raw[v][h][0];
    return st;
}
