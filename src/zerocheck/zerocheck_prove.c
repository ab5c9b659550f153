#include "zerocheck/zerocheck_prove.h"

#include <string.h>

#include "base/check.h"
#include "zerocheck/skip.h"
#include "zerocheck/tail.h"

typedef struct prover {
    hb_sender *s;
    const hb_zerocheck_claim *claim;
    const hb_table *tables;
    hb_arena *arena;
    uint32_t n_max;
    hb_zerocheck_challenges ch;
    hb_prover_table *prepared;
    hb_k *eq_u;
    hb_k claims[3]; /* of the affine, quadratic and cubic part over full tiles */
} prover;

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the zerocheck");
}

/* --- preparing ----------------------------------------------------------------------------------------------------------------------- */
static bool is_zero_tile(const hb_table *t, uint32_t tile)
{
    for (uint32_t j = 0; j < t->air->pre_width + t->air->width; j++) {
        const hb_f *cell = t->cols[j] + (size_t)tile * HB_TILE_ROWS;
        hb_f any = 0;
        for (uint32_t i = 0; i < HB_TILE_ROWS; i++)
            any |= cell[i];
        if (any)
            return false;
    }
    return true;
}

/* Padding tiles at the end that are zero satisfy everything and reach no bus. */
static uint32_t active_tiles(const hb_table *t)
{
    uint32_t real = (uint32_t)(((uint64_t)t->n_rows + HB_TILE_ROWS - 1) / HB_TILE_ROWS), tiles = t->stored_rows / HB_TILE_ROWS;
    while (tiles > real && is_zero_tile(t, tiles - 1))
        tiles--;
    return tiles;
}

/* eq(xi_u, u) for u < n. */
static hb_k *eq_table(const hb_k *xi, uint32_t bits, uint32_t n, hb_arena *arena)
{
    hb_k *eq = hb_arena_alloc_many(arena, n, sizeof *eq);
    for (uint32_t u = 0; eq && u < n; u++)
        eq[u] = hb_eq_bits(xi, bits, u);
    return eq;
}

static bool prepare(prover *p)
{
    size_t n = p->claim->n_tables;
    hb_k power = hb_k_one(), **weights = hb_arena_alloc_many(p->arena, n, sizeof *weights);
    uint32_t most = 0;
    p->prepared = hb_arena_alloc_many(p->arena, n, sizeof *p->prepared);
    if (!weights || !p->prepared)
        return false;
    for (size_t i = 0; i < n; i++) {
        weights[i] = hb_arena_alloc_many(p->arena, p->tables[i].air->n_terms, sizeof **weights);
        if (!weights[i])
            return false;
    }
    if (!hb_zerocheck_weights(p->claim, weights))
        return false;
    for (size_t i = 0; i < n; i++) {
        hb_prover_table *t = &p->prepared[i];
        t->table = &p->tables[i];
        t->full_tiles = p->tables[i].n_rows / HB_TILE_ROWS;
        t->active_tiles = active_tiles(&p->tables[i]);
        most = t->active_tiles > most ? t->active_tiles : most;
        if (!hb_summand_init(&t->summand, p->tables[i].air, p->claim, &p->ch, weights[i], &power, p->arena))
            return false;
    }
    p->eq_u = eq_table(p->claim->trees->xi + HB_TILE_LOG2, p->n_max - HB_TILE_LOG2, most, p->arena);
    return p->eq_u != NULL;
}

/* --- skip round ---------------------------------------------------------------------------------------------------------------------- */
static hb_k horner(const hb_k *c, uint32_t n, hb_k x)
{
    hb_k s = hb_k_zero();
    while (n-- > 0)
        s = hb_k_mul_add(s, x, c[n]);
    return s;
}

static hb_status skip_round(prover *p, hb_k *r0, hb_error *err)
{
    hb_skip_polynomials t;
    hb_skip_eq eq = {.u = p->eq_u};
    hb_k sum[64];
    for (uint32_t y = 0; y < 256; y++)
        hb_kpack_set(eq.y, y, hb_eq_bits(p->claim->trees->xi, HB_Y_BITS, y));
    if (!hb_skip_round(p->prepared, p->claim->n_tables, &eq, p->claim->publics, p->s->pool, p->arena, &t))
        return no_memory(err);
    for (uint32_t i = 0; i < 64; i++) {
        sum[i] = hb_k_add(t.ragged[i], i < 48 ? t.cubic[i] : hb_k_zero());
        sum[i] = hb_k_add(sum[i], hb_k_add(i < 32 ? t.square[i] : hb_k_zero(), i < 16 ? t.affine[i] : hb_k_zero()));
    }
    hb_status st = hb_send_k(p->s, HB_TAG_SKIP, sum, HB_ZEROCHECK_SKIP_COEFFICIENTS);
    *r0 = hb_transcript_challenge(&p->s->t, HB_LABEL_SKIP);
    p->claims[0] = horner(t.affine, 16, *r0);
    p->claims[1] = horner(t.square, 32, *r0);
    p->claims[2] = horner(t.cubic, 48, *r0);
    return st;
}

/* --- rounds -------------------------------------------------------------------------------------------------------------------------- */
/* Coefficients of a part's polynomial, which has degree 1, 2 or 3: t(1) follows from its claim. */
typedef struct line3 {
    hb_k c[4];
} line3;

static hb_k value_at_1(hb_k claim, hb_k t0, hb_k xi, hb_k xi_inverse)
{
    return hb_k_mul(hb_k_sub(claim, hb_k_mul(hb_k_sub(hb_k_one(), xi), t0)), xi_inverse);
}

static void part_polynomials(const hb_k full[HB_FULL_SUMS], const hb_k claims[3], hb_k xi, line3 out[3])
{
    hb_k inverse = hb_k_inv(xi), t1[3];
    const hb_k zero = hb_k_zero(), t0[3] = {full[HB_FULL_AFFINE], full[HB_FULL_SQUARE_0], full[HB_FULL_CUBIC_0]};
    for (int k = 0; k < 3; k++)
        t1[k] = value_at_1(claims[k], t0[k], xi, inverse);
    out[0] = (line3){{t0[0], hb_k_sub(t1[0], t0[0]), zero, zero}};
    hb_k a = full[HB_FULL_SQUARE_INF];
    out[1] = (line3){{t0[1], hb_k_sub(hb_k_sub(t1[1], t0[1]), a), a, zero}};
    /* c1 + c2 = t(1) - c0 - c3, c1 + 2 c2 = (t(2) - c0 - 8 c3) / 2 */
    hb_k c3 = full[HB_FULL_CUBIC_INF], sum = hb_k_sub(hb_k_sub(t1[2], t0[2]), c3);
    hb_k other = hb_k_mul_f(hb_k_sub(hb_k_sub(full[HB_FULL_CUBIC_2], t0[2]), hb_k_mul_f(c3, HB_F_CONST(8))), HB_F_HALF);
    hb_k c2 = hb_k_sub(other, sum);
    out[2] = (line3){{t0[2], hb_k_sub(sum, c2), c2, c3}};
}

static hb_status y_round(prover *p, const hb_tail_sums *sums, hb_k xi, hb_k *r)
{
    static const hb_f points[3] = {0, HB_F_CONST(2), HB_F_CONST(3)};
    line3 parts[3];
    hb_k message[4];
    part_polynomials(sums->full, p->claims, xi, parts);
    for (int i = 0; i < 3; i++) {
        message[i] = sums->ragged[i == 0 ? HB_AT_0 : i == 1 ? HB_AT_2 : HB_AT_3];
        for (int k = 0; k < 3; k++)
            message[i] = hb_k_add(message[i], horner(parts[k].c, 4, hb_k_from_f(points[i])));
    }
    message[3] = sums->ragged[HB_AT_INF];
    hb_status st = hb_send_k(p->s, HB_TAG_ROUND4, message, 4);
    *r = hb_transcript_challenge(&p->s->t, HB_LABEL_ZEROCHECK_ROUND);
    for (int k = 0; k < 3; k++)
        p->claims[k] = horner(parts[k].c, 4, *r);
    return st;
}

static hb_status u_round(prover *p, const hb_tail_sums *sums, hb_k *r)
{
    const hb_k message[4] = {sums->ragged[HB_AT_0], sums->ragged[HB_AT_2], sums->ragged[HB_AT_3], sums->ragged[HB_AT_INF]};
    hb_status st = hb_send_k(p->s, HB_TAG_ROUND4, message, 4);
    *r = hb_transcript_challenge(&p->s->t, HB_LABEL_ZEROCHECK_ROUND);
    return st;
}

static void take_tiles(const prover *p, const hb_tail *tail, hb_k **tiles)
{
    uint32_t id = 0;
    for (size_t i = 0; i < p->claim->n_tables; i++)
        for (uint32_t j = 0; j < p->prepared[i].summand.n_cols; j++, id++)
            for (uint32_t k = 0; k < p->tables[i].stored_rows / HB_TILE_ROWS; k++)
                tiles[id][k] = k < p->prepared[i].active_tiles ? hb_tail_tile_value(tail, i, j, k) : hb_k_zero();
}

static hb_status all_rounds(prover *p, hb_tail *tail, hb_zerocheck_opening *out)
{
    const hb_k *xi = p->claim->trees->xi;
    uint32_t rounds = p->n_max - 4;
    hb_tail_sums sums;
    hb_status st = HB_OK;
    hb_tail_begin(tail, out->result.r0, &sums);
    for (uint32_t i = 0; i < rounds && st == HB_OK; i++) {
        hb_k *r = i < HB_Y_ROUNDS ? &out->result.ry[i] : &out->result.ru[i - HB_Y_ROUNDS];
        st = i < HB_Y_ROUNDS ? y_round(p, &sums, xi[i], r) : u_round(p, &sums, r);
        hb_tail_bind(tail, *r, i + 1 < rounds ? &sums : NULL);
        if (i + 1 == HB_Y_ROUNDS)
            take_tiles(p, tail, out->tiles);
    }
    return st;
}

static hb_status prove(prover *p, hb_zerocheck_opening *out, hb_error *err)
{
    hb_tail tail;
    if (!prepare(p))
        return no_memory(err);
    hb_status st = skip_round(p, &out->result.r0, err);
    if (st != HB_OK)
        return st;
    if (!hb_tail_init(&tail, p->prepared, p->claim->n_tables, p->claim->publics, p->claim->trees->xi, p->n_max, p->eq_u, p->s->pool, p->arena))
        return no_memory(err);
    st = all_rounds(p, &tail, out);
    uint32_t id = 0;
    for (size_t i = 0; i < p->claim->n_tables; i++)
        for (uint32_t j = 0; j < p->prepared[i].summand.n_cols; j++)
            out->result.columns[id++] = hb_tail_column_value(&tail, i, j);
    if (st == HB_OK)
        st = hb_send_k(p->s, HB_TAG_COLUMNS, out->result.columns, out->result.n_columns);
    return st;
}

/* --- sizes --------------------------------------------------------------------------------------------------------------------------- */
size_t hb_zerocheck_prove_bytes(const hb_zerocheck_claim *claim, unsigned threads)
{
    size_t bytes = (claim->n_tables + 8) * HB_ARENA_ALIGN, skip = 0, tail = threads * hb_tail_worker_bytes(claim), most = 0;
    for (size_t i = 0; i < claim->n_tables; i++) {
        const hb_air *air = claim->tables[i].air;
        uint32_t n_rows = claim->tables[i].n_rows;
        size_t columns = air->pre_width + air->width, tiles = hb_stored_tiles(n_rows);
        bytes += columns * (tiles * sizeof(hb_k) + sizeof(hb_k) + sizeof(hb_k *) + HB_ARENA_ALIGN); /* stays */
        bytes += air->n_terms * sizeof(hb_k) + sizeof(hb_k *) + sizeof(hb_prover_table) + HB_ARENA_ALIGN + hb_summand_bytes(air);
        size_t s = hb_skip_bytes(air, threads);
        skip = s > skip ? s : skip;
        most = tiles > most ? tiles : most;
        tail += hb_tail_bytes(air, n_rows);
    }
    return bytes + most * sizeof(hb_k) + (skip > tail ? skip : tail);
}

/* --- entry --------------------------------------------------------------------------------------------------------------------------- */
/* Challenges that make the verifier divide by zero. */
static bool is_unlucky(const hb_zerocheck_claim *claim, uint32_t n_max)
{
    for (uint32_t i = 0; i < n_max; i++)
        if (hb_k_is_zero(claim->trees->xi[i]) || hb_k_eq(claim->trees->xi[i], hb_k_one()))
            return true;
    return false;
}

static bool take_output(const prover *p, hb_zerocheck_opening *out)
{
    out->result.n_max = p->n_max;
    out->result.n_columns = hb_zerocheck_columns(p->claim);
    out->result.columns = hb_arena_alloc_many(p->arena, out->result.n_columns, sizeof(hb_k));
    out->tiles = hb_arena_alloc_many(p->arena, out->result.n_columns, sizeof *out->tiles);
    if (!out->result.columns || !out->tiles)
        return false;
    uint32_t id = 0;
    for (size_t i = 0; i < p->claim->n_tables; i++)
        for (uint32_t j = 0; j < p->tables[i].air->pre_width + p->tables[i].air->width; j++, id++) {
            out->tiles[id] = hb_arena_alloc_many(p->arena, p->tables[i].stored_rows / HB_TILE_ROWS, sizeof(hb_k));
            if (!out->tiles[id])
                return false;
        }
    return true;
}

hb_status hb_zerocheck_prove(hb_sender *s, const hb_zerocheck_claim *claim, const hb_table *tables, hb_arena *arena, hb_zerocheck_opening *out,
                             hb_error *err)
{
    prover p = {.s = s, .claim = claim, .tables = tables, .arena = arena, .n_max = claim->layout->n_max};
    HB_ASSERT(p.n_max >= HB_TILE_LOG2 && p.n_max <= HB_TILE_LOG2 + HB_U_BITS_MAX && claim->trees->n_xi >= p.n_max);
    p.ch.lambda = hb_transcript_challenge(&s->t, HB_LABEL_LAMBDA);
    for (uint32_t i = 0; i < hb_gkr_values(claim->layout->n_trees); i++)
        p.ch.eta[i] = hb_transcript_challenge(&s->t, HB_LABEL_ETA);
    if (is_unlucky(claim, p.n_max))
        return hb_fail(err, HB_PROOF_GENERATION_FAILED, "a challenge is 0 or 1");
    if (!take_output(&p, out))
        return no_memory(err);
    size_t mark = hb_arena_mark(arena);
    hb_status st = prove(&p, out, err);
    hb_arena_release(arena, mark);
    if (st == HB_OUT_OF_MEMORY)
        no_memory(err);
    return st;
}
