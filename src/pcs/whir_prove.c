/* f = sum_c gamma^(c-1) q_c and its weights w are packed K vectors of 2^H elements. A round encodes f as the next oracle, evaluates it outside the domain,
 * opens the previous oracle where the transcript says, adds to w the power vectors of all these positions (one sparse transform for the queries, which
 * lie in a subgroup), and folds f and w by sumcheck. The prover never needs the values of openings or the running claim. */
#include "pcs/whir_prove.h"

#include <string.h>

#include "pcs/pcs_kernels.h"
#include "pcs/pcs_math.h"
#include "pcs/pcs_open_tree.h"
#include "pcs/pcs_sumcheck.h"
#include "poly/ntt.h"

#define LOW_LOG2 10u /* a power vector is the tensor product of 2^10 low powers (packed) and at most 2^10 high ones */
#define HIGH_MAX (1u << (HB_STACK_LOG2_MAX - LOW_LOG2))
#define COSET_COLUMNS_MAX (HB_K_DEGREE << HB_FOLD_LOG2_MAX)

typedef struct oracle {
    uint32_t domain_log2, fold_log2;
    const uint32_t *columns[COSET_COLUMNS_MAX]; /* of its tree */
    hb_merkle_tree tree;
} oracle;

/* z^(bitrev_m(b)) = low[b mod 2^l] high[b / 2^l]. */
typedef struct powers {
    hb_kpack *low;
    hb_k high[HIGH_MAX];
} powers;

typedef struct whir {
    hb_sender *s;
    const hb_whir_witness *witness;
    hb_arena *arena;
    hb_error *err;
    hb_pcs_pair pair;       /* f and w */
    uint32_t variables;     /* of f now */
    uint32_t low_log2;      /* min(LOW_LOG2, variables) */
    powers ood[HB_OOD_POINTS];
    hb_k weight[HB_STACK_COLUMNS_MAX]; /* gamma^c */
    oracle oracles[2];      /* oracle i at [i % 2] */
    hb_arena room[2];       /* their memory */
    uint32_t index[HB_QUERIES_MAX], leaf[HB_QUERIES_MAX];
    hb_k part[HB_OOD_POINTS][HIGH_MAX];
} whir;

static size_t align_up(size_t bytes)
{
    return (bytes + HB_ARENA_ALIGN - 1) & ~(size_t)(HB_ARENA_ALIGN - 1);
}

static hb_status no_room(hb_error *err, const char *what)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for %s", what);
}

/* --- memory -------------------------------------------------------------------------------------------------------------------------- */
/* Variables of f when oracle i = 1 .. 3 is made. */
static uint32_t oracle_variables(uint32_t h, uint32_t i)
{
    for (uint32_t k = 1; k < i; k++)
        h -= hb_pcs_fold_log2[k];
    return h;
}

static size_t oracle_bytes(uint32_t h, uint32_t i)
{
    const uint32_t domain_log2 = oracle_variables(h, i) + hb_pcs_rate_log2[i], leaves_log2 = domain_log2 - hb_pcs_fold_log2[i];
    return (HB_K_DEGREE * sizeof(uint32_t) << domain_log2) + hb_merkle_tree_bytes(leaves_log2, hb_merkle_skip(leaves_log2, HB_PCS_TREE_SKIP));
}

/* Oracles 1 and 3 share a room; 2 has the other. */
static size_t room_bytes(uint32_t h, uint32_t room)
{
    const size_t a = oracle_bytes(h, 1), b = oracle_bytes(h, 3);
    return room == 0 ? oracle_bytes(h, 2) : a > b ? a : b;
}

static size_t sparse_bytes(const hb_pool *pool, uint32_t variables, uint32_t queries, uint32_t order_log2)
{
    return hb_pool_threads(pool) * align_up(hb_ntt_weights_scratch_bytes(pool, variables, queries, order_log2));
}

/* Scratch of encoding oracle i, or of the sparse transform that follows; 0 when the system has no memory for tables. */
static size_t transform_bytes(const hb_pcs_params *params, uint32_t h, uint32_t i, const hb_pool *pool)
{
    hb_ntt_plan plan;
    const uint32_t m = oracle_variables(h, i);
    if (hb_ntt_plan_init(&plan, m, hb_pcs_rate_log2[i]) != HB_OK)
        return 0;
    const size_t encode = align_up(hb_ntt_pool_scratch_bytes(&plan, hb_pool_threads(pool)));
    hb_ntt_plan_free(&plan);
    const uint32_t order_log2 = i == 1 ? h + HB_RATE_LOG2_0 : oracle_variables(h, i - 1) + hb_pcs_rate_log2[i - 1] - hb_pcs_fold_log2[i - 1];
    const size_t sparse = sparse_bytes(pool, m, params->queries[i - 1], order_log2);
    return encode > sparse ? encode : sparse;
}

size_t hb_whir_prove_bytes(const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_committed committed[HB_COMMITMENTS],
                           const hb_pool *pool)
{
    const uint32_t h = stack->h[HB_COMMIT_MAIN];
    size_t most = 0; /* of the temporary parts */
    for (int c = 0; c < HB_COMMITMENTS; c++) {
        const size_t bytes = hb_pcs_reopen_bytes(stack, c, &committed[c], pool);
        most = bytes > most ? bytes : most;
    }
    for (uint32_t i = 1; i <= HB_ORACLES; i++) {
        const size_t bytes = transform_bytes(params, h, i, pool);
        if (!bytes)
            return 0;
        most = bytes > most ? bytes : most;
    }
    const size_t vectors = 2 * (sizeof(hb_kpack) << (h - 4)) + (sizeof(hb_kpack) << (HB_TILE_LOG2 - 4));
    const size_t low = HB_OOD_POINTS * (sizeof(hb_kpack) << (LOW_LOG2 - 4));
    return align_up(sizeof(whir)) + vectors + low + room_bytes(h, 0) + room_bytes(h, 1) + most + 16 * HB_ARENA_ALIGN;
}

static hb_status reserve(whir *p)
{
    const uint32_t h = p->variables;
    p->pair.f = hb_arena_alloc(p->arena, sizeof(hb_kpack) << (h - 4));
    p->pair.w = hb_arena_alloc(p->arena, sizeof(hb_kpack) << (h - 4));
    p->pair.n = (size_t)1 << h;
    bool ok = p->pair.f && p->pair.w;
    for (uint32_t k = 0; k < HB_OOD_POINTS; k++) {
        p->ood[k].low = hb_arena_alloc(p->arena, sizeof(hb_kpack) << (LOW_LOG2 - 4));
        ok = ok && p->ood[k].low;
    }
    for (uint32_t k = 0; k < 2; k++) {
        p->room[k] = (hb_arena){.base = hb_arena_alloc(p->arena, room_bytes(h, k)), .size = room_bytes(h, k)};
        ok = ok && p->room[k].base;
    }
    return ok ? HB_OK : no_room(p->err, "the opening");
}

/* --- f and w at the start -------------------------------------------------------------------------------------------------------------- */
static void combine_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    whir *p = ctx;
    (void)worker;
    const hb_pcs_cells *cells = p->witness->cells;
    for (size_t kappa = begin; kappa < end; kappa++) {
        const hb_f *column[HB_STACK_COLUMNS_MAX];
        hb_k weight[HB_STACK_COLUMNS_MAX];
        size_t n = 0, first = 0;
        for (int c = 0; c < HB_COMMITMENTS; first += cells[c].width, c++)
            for (size_t j = 0; j < cells[c].width && kappa >> cells[c].tile_bits == 0; j++) {
                const hb_f *tile = cells[c].tile[(j << cells[c].tile_bits) + kappa];
                if (!tile)
                    continue;
                column[n] = tile;
                weight[n++] = p->weight[first + j];
            }
        HB_ISA_PICK(hb_pcs_kernels_table)->combine(p->pair.f + (kappa << (HB_TILE_LOG2 - 4)), column, weight, n, HB_TILE_ROWS / HB_LANES);
    }
}

typedef struct tile_weights {
    whir *whir;
    hb_kpack *tile; /* L_z(r_0) eq(r_y, y), one tile */
    hb_k eq_rho[1u << (HB_STACK_LOG2_MAX - HB_TILE_LOG2)];
} tile_weights;

static void scale_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const tile_weights *t = ctx;
    (void)worker;
    const size_t packs = HB_TILE_ROWS / HB_LANES;
    for (size_t kappa = begin; kappa < end; kappa++)
        HB_ISA_PICK(hb_pcs_kernels_table)->scale(t->whir->pair.w + kappa * packs, t->tile, t->eq_rho[kappa], packs);
}

/* f = sum gamma^c q_c, w = eq(rho) x L(r_0) x eq(r_y). */
static hb_status start(whir *p)
{
    const uint32_t tiles_log2 = p->variables - HB_TILE_LOG2;
    const hb_k gamma = hb_transcript_challenge(&p->s->t, HB_LABEL_GAMMA);
    p->weight[0] = hb_k_one();
    for (uint32_t c = 1; c < hb_stack_columns(p->witness->stack); c++)
        p->weight[c] = hb_k_mul(p->weight[c - 1], gamma);
    hb_pool_for(p->s->pool, (size_t)1 << tiles_log2, 1, combine_tiles, p);

    const size_t mark = hb_arena_mark(p->arena);
    tile_weights t = {.whir = p, .tile = hb_arena_alloc(p->arena, sizeof(hb_kpack) << (HB_TILE_LOG2 - 4))};
    if (!t.tile)
        return no_room(p->err, "the weights of a tile");
    hb_k eq_y[1u << HB_Y_BITS];
    hb_pcs_eq_table(eq_y, p->witness->point->ry, HB_Y_BITS);
    for (size_t x = 0; x < HB_TILE_ROWS; x++)
        hb_kpack_set(t.tile, x, hb_k_mul(p->witness->point->lagrange[x >> HB_Y_BITS], eq_y[x & ((1u << HB_Y_BITS) - 1)]));
    hb_pcs_eq_table(t.eq_rho, p->witness->rho, tiles_log2);
    hb_pool_for(p->s->pool, (size_t)1 << tiles_log2, 0, scale_tiles, &t);
    hb_arena_release(p->arena, mark);
    return HB_OK;
}

/* --- values outside the domain --------------------------------------------------------------------------------------------------------- */
/* Index bit j stands for exponent 2^(variables - 1 - j). */
static void make_powers(const whir *p, powers *t, hb_k z)
{
    hb_k square[HB_STACK_LOG2_MAX]; /* z^(2^e) */
    for (uint32_t e = 0; e < p->variables; e++, z = hb_k_square(z))
        square[p->variables - 1 - e] = z; /* by index bit */
    hb_kpack_set(t->low, 0, hb_k_one());
    for (uint32_t j = 0; j < p->low_log2; j++)
        for (size_t b = 0, half = (size_t)1 << j; b < half; b++)
            hb_kpack_set(t->low, half + b, hb_k_mul(hb_kpack_get(t->low, b), square[j]));
    t->high[0] = hb_k_one();
    for (uint32_t j = p->low_log2; j < p->variables; j++)
        for (size_t b = 0, half = (size_t)1 << (j - p->low_log2); b < half; b++)
            t->high[half + b] = hb_k_mul(t->high[b], square[j]);
}

static void evaluate_pieces(void *ctx, size_t begin, size_t end, unsigned worker)
{
    whir *p = ctx;
    (void)worker;
    const size_t packs = (size_t)1 << (p->low_log2 - 4);
    for (size_t i = begin; i < end; i++)
        for (uint32_t k = 0; k < HB_OOD_POINTS; k++)
            p->part[k][i] = hb_k_mul(p->ood[k].high[i], HB_ISA_PICK(hb_pcs_kernels_table)->dot(p->pair.f + i * packs, p->ood[k].low, packs));
}

/* value[k] = f(z_k). */
static void evaluate(whir *p, hb_k value[HB_OOD_POINTS])
{
    const size_t pieces = (size_t)1 << (p->variables - p->low_log2);
    hb_pool_for(p->s->pool, pieces, 0, evaluate_pieces, p);
    for (uint32_t k = 0; k < HB_OOD_POINTS; k++) {
        value[k] = hb_k_zero();
        for (size_t i = 0; i < pieces; i++)
            value[k] = hb_k_add(value[k], p->part[k][i]);
    }
}

typedef struct ood_terms {
    whir *whir;
    hb_k coefficient[HB_OOD_POINTS];
} ood_terms;

static void add_pieces(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const ood_terms *t = ctx;
    whir *p = t->whir;
    (void)worker;
    const size_t packs = (size_t)1 << (p->low_log2 - 4);
    const hb_kpack *const low[2] = {p->ood[0].low, p->ood[1].low};
    _Static_assert(HB_OOD_POINTS == 2, "add_scaled takes two");
    for (size_t i = begin; i < end; i++) {
        const hb_k c[2] = {hb_k_mul(t->coefficient[0], p->ood[0].high[i]), hb_k_mul(t->coefficient[1], p->ood[1].high[i])};
        HB_ISA_PICK(hb_pcs_kernels_table)->add_scaled(p->pair.w + i * packs, low, c, packs);
    }
}

/* --- oracles --------------------------------------------------------------------------------------------------------------------------- */
/* Encodes f, hashes its cosets, sends the cap. */
static hb_status send_oracle(whir *p, uint32_t i)
{
    oracle *o = &p->oracles[i % 2];
    hb_arena *room = &p->room[i % 2];
    o->domain_log2 = p->variables + hb_pcs_rate_log2[i];
    o->fold_log2 = hb_pcs_fold_log2[i];
    const uint32_t leaves_log2 = o->domain_log2 - o->fold_log2, skip = hb_merkle_skip(leaves_log2, HB_PCS_TREE_SKIP);
    const size_t mark = hb_arena_mark(p->arena);
    uint32_t *planes[HB_K_DEGREE];
    hb_ntt_plan plan;
    hb_arena_release(room, 0);
    for (int k = 0; k < HB_K_DEGREE; k++)
        planes[k] = hb_arena_alloc(room, sizeof(uint32_t) << o->domain_log2);
    void *memory = hb_arena_alloc(room, hb_merkle_tree_bytes(leaves_log2, skip));
    if (!memory || !planes[HB_K_DEGREE - 1])
        return no_room(p->err, "an oracle");
    if (hb_ntt_plan_init(&plan, p->variables, hb_pcs_rate_log2[i]) != HB_OK)
        return hb_fail(p->err, HB_OUT_OF_MEMORY, "no memory for the tables of a transform of size 2^%u", o->domain_log2);
    void *scratch = hb_arena_alloc(p->arena, hb_ntt_pool_scratch_bytes(&plan, hb_pool_threads(p->s->pool)));
    if (scratch)
        hb_ntt_encode_k(p->s->pool, &plan, p->pair.f, planes, scratch);
    hb_ntt_plan_free(&plan);
    if (!scratch)
        return no_room(p->err, "a transform");
    hb_arena_release(p->arena, mark);
    hb_merkle_coset_columns(o->columns, (const uint32_t *const *)planes, o->domain_log2, o->fold_log2);
    const hb_status st = hb_merkle_tree_init(&o->tree, leaves_log2, (size_t)HB_K_DEGREE << o->fold_log2, skip, memory);
    if (st != HB_OK)
        return st;
    hb_merkle_commit(p->s->pool, &o->tree, o->columns);
    uint32_t cap[HB_PCS_CAP_NODES][HB_DIGEST_WORDS];
    hb_merkle_cap(&o->tree, cap);
    return hb_send_words(p->s, HB_TAG_CAP, cap[0], sizeof cap / sizeof cap[0][0]);
}

/* Draws and opens queries to oracle i (0: the commitments); the indices, as drawn, stay in p->index. */
static hb_status send_queries(whir *p, uint32_t i, uint32_t *bits)
{
    const hb_whir_witness *witness = p->witness;
    const uint32_t n = witness->params->queries[i];
    oracle *o = &p->oracles[i % 2];
    *bits = i == 0 ? witness->stack->h[HB_COMMIT_MAIN] + HB_RATE_LOG2_0 : o->domain_log2 - o->fold_log2;
    hb_status st = hb_send_grind(p->s, HB_LABEL_QUERY, witness->params->grind_query);
    if (st != HB_OK)
        return st;
    hb_transcript_indices(&p->s->t, HB_LABEL_QUERY, n, *bits, p->index);
    if (i > 0) {
        uint32_t words[COSET_COLUMNS_MAX];
        hb_merkle_columns columns = {o->columns, o->tree.width};
        memcpy(p->leaf, p->index, n * sizeof *p->leaf);
        return hb_pcs_open_tree(p->s, &o->tree, p->leaf, hb_pcs_sort_unique(p->leaf, n), hb_merkle_columns_row, &columns, words);
    }
    for (int c = 0; c < HB_COMMITMENTS && st == HB_OK; c++) {
        const uint32_t mask = (1u << (witness->committed[c].h + HB_RATE_LOG2_0)) - 1;
        if (witness->committed[c].width == 0)
            continue;
        for (uint32_t q = 0; q < n; q++)
            p->leaf[q] = p->index[q] & mask;
        st = hb_pcs_open_commitment(p->s, &witness->committed[c], &witness->cells[c], p->leaf, hb_pcs_sort_unique(p->leaf, n), p->arena, p->err);
    }
    return st;
}

/* Adds to w what the values at the two points and at the queries (positions of order 2^bits) will be checked with. */
static hb_status add_weights(whir *p, uint32_t n, uint32_t bits)
{
    hb_k scale[HB_QUERIES_MAX];
    ood_terms ood = {.whir = p};
    const hb_k delta = hb_transcript_challenge(&p->s->t, HB_LABEL_DELTA);
    hb_k power = delta;
    for (uint32_t k = 0; k < HB_OOD_POINTS; k++, power = hb_k_mul(power, delta))
        ood.coefficient[k] = power;
    for (uint32_t q = 0; q < n; q++, power = hb_k_mul(power, delta))
        scale[q] = power;
    hb_pool_for(p->s->pool, (size_t)1 << (p->variables - p->low_log2), 0, add_pieces, &ood);

    const size_t mark = hb_arena_mark(p->arena);
    void *scratch = hb_arena_alloc(p->arena, sparse_bytes(p->s->pool, p->variables, n, bits));
    if (!scratch)
        return no_room(p->err, "a sparse transform");
    hb_ntt_weights_add(p->s->pool, p->pair.w, p->variables, scale, p->index, n, bits, scratch);
    hb_arena_release(p->arena, mark);
    return HB_OK;
}

/* `rounds` rounds of sumcheck over f and w. */
static hb_status send_rounds(whir *p, uint32_t rounds, hb_label label, uint32_t grind)
{
    hb_k a = hb_k_zero();
    for (uint32_t k = 0; k < rounds; k++) {
        hb_k message[2];
        if (k == 0)
            hb_pcs_round(p->s->pool, &p->pair, message);
        else
            hb_pcs_bind_round(p->s->pool, &p->pair, a, message);
        hb_status st = hb_send_k(p->s, HB_TAG_ROUND2, message, 2);
        if (st == HB_OK)
            st = hb_send_grind(p->s, label, grind);
        if (st != HB_OK)
            return st;
        a = hb_transcript_challenge(&p->s->t, label);
    }
    hb_pcs_bind(p->s->pool, &p->pair, a);
    p->variables -= rounds;
    return HB_OK;
}

static hb_status oracle_round(whir *p, uint32_t i)
{
    uint32_t bits = 0;
    p->low_log2 = p->variables < LOW_LOG2 ? p->variables : LOW_LOG2;
    hb_status st = send_oracle(p, i);
    if (st != HB_OK)
        return st;
    for (uint32_t k = 0; k < HB_OOD_POINTS; k++)
        make_powers(p, &p->ood[k], hb_transcript_challenge(&p->s->t, HB_LABEL_OOD_POINT));
    hb_k value[HB_OOD_POINTS];
    evaluate(p, value);
    st = hb_send_k(p->s, HB_TAG_OOD, value, HB_OOD_POINTS);
    if (st == HB_OK)
        st = send_queries(p, i - 1, &bits);
    if (st == HB_OK)
        st = add_weights(p, p->witness->params->queries[i - 1], bits);
    if (st != HB_OK)
        return st;
    return send_rounds(p, hb_pcs_fold_log2[i], HB_LABEL_FOLD, p->witness->params->grind_fold[i - 1]);
}

static hb_status final_round(whir *p)
{
    hb_k final[1u << (HB_STACK_LOG2_MAX - HB_FOLD_LOG2_SUM)];
    uint32_t bits = 0;
    hb_kpack_to_array(final, p->pair.f, p->pair.n);
    hb_status st = hb_send_k(p->s, HB_TAG_FINAL, final, p->pair.n);
    if (st == HB_OK)
        st = send_queries(p, HB_ORACLES, &bits);
    return st == HB_OK ? send_rounds(p, p->variables, HB_LABEL_FINAL_ROUND, 0) : st;
}

hb_status hb_whir_prove(hb_sender *s, const hb_whir_witness *witness, hb_arena *arena, hb_error *err)
{
    const size_t mark = hb_arena_mark(arena);
    whir *p = hb_arena_alloc(arena, sizeof *p);
    if (!p)
        return no_room(err, "the opening");
    *p = (whir){.s = s, .witness = witness, .arena = arena, .err = err, .variables = witness->stack->h[HB_COMMIT_MAIN]};
    hb_status st = reserve(p);
    if (st == HB_OK)
        st = hb_send_grind(s, HB_LABEL_GAMMA, witness->params->grind_gamma);
    if (st == HB_OK)
        st = start(p);
    for (uint32_t i = 1; i <= HB_ORACLES && st == HB_OK; i++)
        st = oracle_round(p, i);
    if (st == HB_OK)
        st = final_round(p);
    hb_arena_release(arena, mark);
    return st;
}
