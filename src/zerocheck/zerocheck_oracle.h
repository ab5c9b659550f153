/* The slow prover: docs/protocol.md 8 word for word, scalar, over whole zero-padded cubes. Also an invented, but true, claim of the bus trees. Test code
 * only; shares with the prover nothing but the record's scalar and K readers. */
#pragma once
#include "air/air_toys.h"
#include "air/eval_k.h"
#include "air/row.h"
#include "transcript/send.h"
#include "zerocheck/zerocheck_prove.h"
#include "zerocheck/zerocheck_verify.h"

typedef struct fixture {
    toy_machine m;
    hb_zerocheck_table tables[TOY_CHIPS];
    hb_gkr_layout layout;
    hb_gkr_result trees;
    hb_bus_challenges bus, global;
    hb_zerocheck_claim claim;
    void *scratch;
} fixture;

/* --- a true claim ---------------------------------------------------------------------------------------------------------------------- */
static inline hb_k oracle_eq(const hb_k *r, uint32_t n, uint64_t b)
{
    hb_k e = hb_k_one();
    for (uint32_t i = 0; i < n; i++)
        e = hb_k_mul(e, b >> i & 1 ? r[i] : hb_k_sub(hb_k_one(), r[i]));
    return e;
}

/* Extension of the leaves at xi: every leaf by its index, neutral ones by difference. */
static inline void oracle_claims(fixture *f)
{
    hb_k *sum = f->trees.claims, *low = malloc(4096 * sizeof *low);
    sum[0] = sum[1] = sum[3] = sum[4] = sum[5] = hb_k_one();
    sum[2] = hb_k_zero();
    for (uint32_t x = 0; x < 4096; x++)
        low[x] = oracle_eq(f->trees.xi, 12, x);
    for (uint32_t tree = 0; tree < HB_GKR_TREES_GLOBAL; tree++)
        for (uint32_t b = 0; b < f->layout.trees[tree].n_blocks; b++) {
            const hb_gkr_block *block = &f->layout.trees[tree].blocks[b];
            const hb_table *t = &f->m.tables[block->table];
            hb_f *values = malloc(t->air->n_nodes * sizeof *values);
            hb_k *k = malloc(t->air->n_nodes * sizeof *k), high = hb_k_zero();
            for (uint32_t row = 0; row < t->n_rows; row++) {
                uint64_t leaf_index = block->off + row;
                if (row % 4096 == 0)
                    high = oracle_eq(f->trees.xi + 12, f->layout.depth - 12, leaf_index >> 12);
                hb_air_eval_row(t->air, t->cols, row, &f->m.publics, values);
                for (uint32_t i = 0; i < t->air->n_nodes; i++)
                    k[i] = hb_k_from_f(values[i]);
                hb_air_leaf leaf = hb_air_leaf_k(t->air, &t->air->terms[block->term], k, tree < 3 ? &f->bus : &f->global);
                hb_k e = hb_k_mul(high, low[row % 4096]);
                uint32_t v = tree < 2 ? tree : tree + 1;
                sum[v] = hb_k_mul_add(e, hb_k_sub_f(leaf.den, HB_F_ONE), sum[v]);
                if (tree == 2)
                    sum[2] = hb_k_mul_add(e, leaf.num, sum[2]);
            }
            free(values);
            free(k);
        }
    free(low);
}

static inline void fixture_init(fixture *f, const uint32_t rows[TOY_CHIPS], bool garbage, uint64_t seed)
{
    memset(f, 0, sizeof *f);
    toy_build(&f->m, rows, garbage, seed);
    HB_ASSERT(toy_count(&f->m, NULL, NULL) == HB_OK || !f->m.of[TOY_RC]);
    hb_gkr_table g[TOY_CHIPS];
    uint8_t trees[TOY_CHIPS][32];
    size_t bytes = hb_gkr_layout_bytes(100);
    f->scratch = malloc(bytes);
    for (size_t i = 0; i < f->m.n_tables; i++) {
        const hb_table *t = &f->m.tables[i];
        f->tables[i] = (hb_zerocheck_table){t->air, t->n_rows};
        for (uint32_t k = 0; k < t->air->n_terms; k++)
            trees[i][k] = (uint8_t)t->air->terms[k].tree;
        g[i] = (hb_gkr_table){t->n_rows, t->air->n_terms, trees[i]};
    }
    hb_scratch s = hb_scratch_of(f->scratch, bytes);
    HB_ASSERT(hb_gkr_layout_init(&f->layout, HB_GKR_TREES_GLOBAL, g, f->m.n_tables, &s, NULL) == HB_OK);
    f->bus.alpha = toy_k(&seed), f->bus.beta_tag = toy_k(&seed);
    for (int i = 0; i < 16; i++)
        f->bus.beta[i] = toy_k(&seed), f->global.beta[i] = toy_k(&seed);
    f->global.alpha = toy_k(&seed), f->global.beta_tag = toy_k(&seed);
    f->trees.depth = f->layout.depth;
    f->trees.n_xi = f->layout.depth > f->layout.n_max ? f->layout.depth : f->layout.n_max;
    for (uint32_t i = 0; i < f->trees.n_xi; i++)
        f->trees.xi[i] = toy_k(&seed);
    oracle_claims(f);
    f->claim = (hb_zerocheck_claim){f->tables, f->m.n_tables, &f->layout, &f->trees, &f->bus, &f->m.publics, &f->global};
}

static inline void fixture_free(fixture *f)
{
    toy_free(&f->m);
    free(f->scratch);
}

/* --- S_T ------------------------------------------------------------------------------------------------------------------------------- */
typedef struct oracle {
    fixture *f;
    hb_zerocheck_challenges ch;
    hb_k *weights[TOY_CHIPS];
    hb_k lambda_power[TOY_CHIPS];
    hb_k *values;
    /* after the skip round: arrays over y + 2^8 u, all of the cube: columns, structured columns, mask */
    hb_k *folded[TOY_CHIPS][32];
} oracle;

static inline uint32_t oracle_width(const hb_table *t)
{
    return t->air->pre_width + t->air->width;
}

static inline hb_k oracle_summand(oracle *o, size_t i, const hb_k *columns, const hb_k *structured, hb_k mask)
{
    const hb_air *a = o->f->m.tables[i].air;
    hb_k power = o->lambda_power[i], bus = hb_k_zero();
    hb_air_eval_k(a, columns, structured, &o->f->m.publics, o->values);
    hb_k sum = hb_air_constraints_k(a, o->values, o->ch.lambda, &power);
    for (uint32_t k = 0; k < a->n_terms; k++) {
        uint32_t tree = a->terms[k].tree;
        hb_air_leaf leaf = hb_air_leaf_k(a, &a->terms[k], o->values, tree < 3 ? &o->f->bus : &o->f->global);
        hb_k s = hb_k_mul(o->ch.eta[tree < 2 ? tree : tree + 1], hb_k_sub_f(leaf.den, HB_F_ONE));
        if (tree == 2)
            s = hb_k_add(s, hb_k_mul(o->ch.eta[2], leaf.num));
        bus = hb_k_add(bus, hb_k_mul(o->weights[i][k], s));
    }
    return hb_k_add(sum, hb_k_mul(mask, bus));
}

/* Value of column j (structured and mask behind) on a row of the cube. */
static inline hb_f oracle_cell(const oracle *o, size_t i, uint32_t j, uint32_t row)
{
    const hb_table *t = &o->f->m.tables[i];
    uint32_t w = oracle_width(t);
    if (j < w)
        return row < t->stored_rows ? t->cols[j][row] : 0;
    if (j < w + HB_ST_COUNT)
        return hb_structured_row((hb_structured)(j - w), row, &o->f->m.publics);
    return row < t->n_rows ? HB_F_ONE : 0;
}

/* --- messages -------------------------------------------------------------------------------------------------------------------------- */
static inline void oracle_skip(oracle *o, hb_sender *s, hb_k *coefficients)
{
    fixture *f = o->f;
    hb_k t[64];
    hb_f basis[64][16], w64 = hb_f_root(6), w16 = hb_f_root(4), n16 = hb_f_inv(HB_F_CONST(16));
    for (uint32_t p = 0; p < 64; p++) {
        t[p] = hb_k_zero();
        for (uint32_t z = 0; z < 16; z++) { /* L_z(x) = 1/16 sum_k (x w^-z)^k */
            hb_f x = hb_f_mul(hb_f_pow(w64, p), hb_f_inv(hb_f_pow(w16, z))), power = HB_F_ONE, sum = 0;
            for (int k = 0; k < 16; k++, power = hb_f_mul(power, x))
                sum = hb_f_add(sum, power);
            basis[p][z] = hb_f_mul(sum, n16);
        }
    }
    for (size_t i = 0; i < f->m.n_tables; i++) {
        const hb_table *tab = &f->m.tables[i];
        uint32_t n = oracle_width(tab) + HB_ST_COUNT + 1;
        for (uint32_t yu = 0; yu < tab->stored_rows / 16; yu++) {
            uint32_t y = yu & 255, u = yu >> 8;
            hb_k weight = hb_k_mul(oracle_eq(f->trees.xi, 8, y), oracle_eq(f->trees.xi + 12, f->layout.n_max - 12, u));
            hb_f cells[32][16];
            for (uint32_t j = 0; j < n; j++)
                for (uint32_t z = 0; z < 16; z++)
                    cells[j][z] = oracle_cell(o, i, j, y + (z << 8) + (u << 12));
            for (uint32_t p = 0; p < 64; p++) {
                hb_k v[32];
                for (uint32_t j = 0; j < n; j++) {
                    hb_f sum = 0;
                    for (uint32_t z = 0; z < 16; z++)
                        sum = hb_f_add(sum, hb_f_mul(basis[p][z], cells[j][z]));
                    v[j] = hb_k_from_f(sum);
                }
                hb_k summand = oracle_summand(o, i, v, v + oracle_width(tab), v[n - 1]);
                t[p] = hb_k_add(t[p], hb_k_mul(weight, summand));
            }
        }
    }
    for (uint32_t c = 0; c < 64; c++) {
        hb_k sum = hb_k_zero();
        for (uint32_t p = 0; p < 64; p++)
            sum = hb_k_add(sum, hb_k_mul_f(t[p], hb_f_pow(hb_f_inv(w64), c * p % 64)));
        coefficients[c] = hb_k_mul_f(sum, hb_f_inv(HB_F_CONST(64)));
    }
    HB_ASSERT(hb_k_is_zero(coefficients[61]) && hb_k_is_zero(coefficients[62]) && hb_k_is_zero(coefficients[63]));
    HB_ASSERT(hb_send_k(s, HB_TAG_SKIP, coefficients, 61) == HB_OK);
}

static inline void oracle_fold(oracle *o, const hb_row_point *point)
{
    fixture *f = o->f;
    uint32_t size = 1u << (f->layout.n_max - 4);
    for (size_t i = 0; i < f->m.n_tables; i++)
        for (uint32_t j = 0; j < oracle_width(&f->m.tables[i]) + HB_ST_COUNT + 1; j++) {
            o->folded[i][j] = malloc(size * sizeof(hb_k));
            for (uint32_t yu = 0; yu < size; yu++) {
                hb_k sum = hb_k_zero();
                for (uint32_t z = 0; z < 16; z++)
                    sum = hb_k_add(sum, hb_k_mul_f(point->lagrange[z], oracle_cell(o, i, j, (yu & 255) + (z << 8) + (yu >> 8 << 12))));
                o->folded[i][j][yu] = sum;
            }
        }
}

/* t(x) for a small integer x; xi: coordinates of the bits above this one. */
static inline hb_k oracle_round_at(oracle *o, uint32_t x, uint32_t size, const hb_k *xi, uint32_t n_xi)
{
    fixture *f = o->f;
    hb_k total = hb_k_zero();
    for (size_t i = 0; i < f->m.n_tables; i++) {
        uint32_t w = oracle_width(&f->m.tables[i]), n = w + HB_ST_COUNT + 1;
        for (uint32_t b = 0; b < size / 2; b++) {
            hb_k v[32];
            for (uint32_t j = 0; j < n; j++) {
                const hb_k *c = o->folded[i][j];
                v[j] = hb_k_line(c[2 * b], c[2 * b + 1], hb_k_from_f(hb_f_from_u32(x)));
            }
            total = hb_k_mul_add(oracle_eq(xi, n_xi, b), oracle_summand(o, i, v, v + w, v[n - 1]), total);
        }
    }
    return total;
}

static inline hb_k oracle_round(oracle *o, hb_sender *s, uint32_t round)
{
    fixture *f = o->f;
    uint32_t rounds = f->layout.n_max - 4, size = 1u << (rounds - round);
    hb_k rest[32], t[5], m[4];
    for (uint32_t i = round + 1; i < rounds; i++)
        rest[i - round - 1] = f->trees.xi[i < 8 ? i : i + 4];
    for (uint32_t x = 0; x < 5; x++)
        t[x] = oracle_round_at(o, x, size, rest, rounds - round - 1);
    m[0] = t[0], m[1] = t[2], m[2] = t[3];
    /* fourth difference = 4! times the coefficient of X^4 */
    hb_k d = hb_k_add(hb_k_sub(hb_k_add(t[4], t[0]), hb_k_mul_f(hb_k_add(t[1], t[3]), HB_F_CONST(4))), hb_k_mul_f(t[2], HB_F_CONST(6)));
    m[3] = hb_k_mul_f(d, hb_f_inv(HB_F_CONST(24)));
    HB_ASSERT(hb_send_k(s, HB_TAG_ROUND4, m, 4) == HB_OK);
    hb_k r = hb_transcript_challenge(&s->t, HB_LABEL_ZEROCHECK_ROUND);
    for (size_t i = 0; i < f->m.n_tables; i++)
        for (uint32_t j = 0; j < oracle_width(&f->m.tables[i]) + HB_ST_COUNT + 1; j++)
            for (uint32_t b = 0; b < size / 2; b++)
                o->folded[i][j][b] = hb_k_line(o->folded[i][j][2 * b], o->folded[i][j][2 * b + 1], r);
    return r;
}

/* The whole proof. result->columns: malloc. */
static inline void oracle_prove(fixture *f, hb_sender *s, hb_zerocheck_result *result)
{
    oracle o = {.f = f};
    uint32_t nodes = 0, id = 0;
    hb_k power = hb_k_one(), coefficients[64];
    o.ch.lambda = hb_transcript_challenge(&s->t, HB_LABEL_LAMBDA);
    for (int i = 0; i < 6; i++)
        o.ch.eta[i] = hb_transcript_challenge(&s->t, HB_LABEL_ETA);
    for (size_t i = 0; i < f->m.n_tables; i++) {
        const hb_air *a = f->m.tables[i].air;
        nodes = a->n_nodes > nodes ? a->n_nodes : nodes;
        o.weights[i] = malloc((a->n_terms + 1) * sizeof(hb_k));
        o.lambda_power[i] = power;
        for (uint32_t k = 0; k < a->n_constraints; k++)
            power = hb_k_mul(power, o.ch.lambda);
    }
    o.values = malloc(nodes * sizeof(hb_k));
    HB_ASSERT(hb_zerocheck_weights(&f->claim, o.weights));
    oracle_skip(&o, s, coefficients);
    hb_row_point point = {.n_u = f->layout.n_max - 12};
    result->n_max = f->layout.n_max;
    result->r0 = hb_transcript_challenge(&s->t, HB_LABEL_SKIP);
    HB_ASSERT(hb_row_point_set_z(&point, result->r0));
    oracle_fold(&o, &point);
    for (uint32_t i = 0; i < f->layout.n_max - 4; i++) {
        hb_k r = oracle_round(&o, s, i);
        *(i < 8 ? &result->ry[i] : &result->ru[i - 8]) = r;
    }
    result->n_columns = hb_zerocheck_columns(&f->claim);
    result->columns = malloc(result->n_columns * sizeof(hb_k));
    for (size_t i = 0; i < f->m.n_tables; i++) {
        for (uint32_t j = 0; j < oracle_width(&f->m.tables[i]) + HB_ST_COUNT + 1; j++) {
            if (j < oracle_width(&f->m.tables[i]))
                result->columns[id++] = o.folded[i][j][0];
            free(o.folded[i][j]);
        }
        free(o.weights[i]);
    }
    free(o.values);
    HB_ASSERT(hb_send_k(s, HB_TAG_COLUMNS, result->columns, result->n_columns) == HB_OK);
}
