/* Inputs for tests and benchmarks of this room: random tables of given shapes, a random point, and what the zerocheck would hand over. Only for tests. */
#pragma once
#include <stdlib.h>

#include "base/check.h"
#include "base/testing.h"
#include "pcs/pcs_math.h"
#include "pcs/pcs_prove.h"
#include "pcs/pcs_verify.h"

#define PCS_CASE_TABLES 8

/* The caps of an array of hb_pcs_committed, as an initialiser. */
#define PCS_CASE_CAPS(committed) \
    {(hb_pcs_cap)(committed)[0].cap, (hb_pcs_cap)(committed)[1].cap, (hb_pcs_cap)(committed)[2].cap}

typedef struct pcs_case {
    hb_stack stack;
    hb_air airs[PCS_CASE_TABLES]; /* only their widths are used */
    hb_table tables[PCS_CASE_TABLES];
    hb_f *cells;
    size_t cell_bytes;
    hb_row_point point;
    hb_k *values;       /* by id */
    hb_k **tile_values; /* by id */
} pcs_case;

static inline hb_k pcs_case_random_k(hb_test_rng *rng)
{
    hb_k x;
    for (int i = 0; i < HB_K_DEGREE; i++)
        x.c[i] = (hb_f)hb_test_below(rng, HB_F_P);
    return x;
}

/* V(u) of every stored tile of a column, in plain loops. */
static inline void pcs_case_tile_values(const pcs_case *x, const hb_f *column, uint32_t tiles, const hb_k weight[HB_TILE_ROWS], hb_k *out)
{
    (void)x;
    for (uint32_t u = 0; u < tiles; u++) {
        out[u] = hb_k_zero();
        for (uint32_t row = 0; row < HB_TILE_ROWS; row++)
            out[u] = hb_k_add(out[u], hb_k_mul_f(weight[row], column[((size_t)u << HB_TILE_LOG2) + row]));
    }
}

static inline void pcs_case_point(pcs_case *x, hb_test_rng *rng)
{
    do
        x->point = (hb_row_point){.n_u = x->stack.n_max - HB_TILE_LOG2};
    while (!hb_row_point_set_z(&x->point, pcs_case_random_k(rng)));
    for (uint32_t i = 0; i < HB_Y_BITS; i++)
        x->point.ry[i] = pcs_case_random_k(rng);
    for (uint32_t i = 0; i < x->point.n_u; i++)
        x->point.ru[i] = pcs_case_random_k(rng);
}

static inline void pcs_case_evaluate(pcs_case *x)
{
    hb_k *weight = malloc(HB_TILE_ROWS * sizeof *weight);
    for (uint32_t row = 0; row < HB_TILE_ROWS; row++)
        weight[row] = hb_k_mul(x->point.lagrange[row >> HB_Y_BITS], hb_eq_bits(x->point.ry, HB_Y_BITS, row));
    x->values = malloc(x->stack.n_columns * sizeof *x->values);
    x->tile_values = malloc(x->stack.n_columns * sizeof *x->tile_values);
    for (uint32_t t = 0; t < x->stack.n_tables; t++) {
        const hb_stack_table *table = &x->stack.tables[t];
        for (uint32_t j = 0; j < hb_stack_table_columns(table, HB_COMMITMENTS) && !table->idle; j++) {
            const uint32_t id = table->first_id + j;
            x->tile_values[id] = malloc(table->tiles * sizeof **x->tile_values);
            pcs_case_tile_values(x, x->tables[t].cols[j], table->tiles, weight, x->tile_values[id]);
            x->values[id] = hb_k_zero();
            for (uint32_t u = 0; u < table->tiles; u++)
                x->values[id] = hb_k_mul_add(x->tile_values[id][u], hb_eq_bits(x->point.ru, x->point.n_u, u), x->values[id]);
        }
    }
    free(weight);
}

/* False when the shapes do not fit a layout. */
static inline bool pcs_case_make(pcs_case *x, const hb_stack_shape *shapes, size_t n, uint64_t seed)
{
    hb_test_rng rng = {seed};
    if (hb_stack_init(&x->stack, shapes, n, NULL) != HB_OK)
        return false;
    x->cell_bytes = ((size_t)x->stack.tiles[0] + x->stack.tiles[1] + x->stack.tiles[2]) * HB_TILE_ROWS * sizeof(hb_f);
    x->cells = hb_pages_alloc(x->cell_bytes);
    hb_f *next = x->cells;
    for (size_t t = 0; t < n; t++) {
        const hb_stack_table *s = &x->stack.tables[t];
        const uint32_t width = hb_stack_table_columns(s, HB_COMMITMENTS), stored = s->tiles << HB_TILE_LOG2;
        x->airs[t] = (hb_air){.pre_width = s->width[0], .width = s->idle ? 99 : width - s->width[0]}; /* an idle table's main columns do not matter */
        x->tables[t] = (hb_table){.air = &x->airs[t], .n_rows = s->n_rows, .stored_rows = stored, .h_log2 = s->rows_log2};
        x->tables[t].cols = malloc((width + 1) * sizeof(hb_f *));
        for (uint32_t j = 0; j < width; j++, next += stored) {
            x->tables[t].cols[j] = next;
            for (uint32_t row = 0; row < stored; row++)
                next[row] = hb_test_u32(&rng) >> 2 < HB_F_P / 2 ? hb_test_u32(&rng) >> 2 : HB_F_P - 1; /* padding rows hold garbage too */
        }
    }
    pcs_case_point(x, &rng);
    return true;
}

static inline void pcs_case_free(pcs_case *x)
{
    for (uint32_t id = 0; id < x->stack.n_columns && x->tile_values; id++)
        free(x->tile_values[id]);
    for (uint32_t t = 0; t < x->stack.n_tables; t++)
        free(x->tables[t].cols);
    free(x->tile_values);
    free(x->values);
    hb_pages_free(x->cells, x->cell_bytes);
    *x = (pcs_case){0};
}

/* The transcript as both sides have it before the opening: the caps. */
static inline void pcs_case_absorb(hb_transcript *t, const pcs_case *x, const hb_pcs_cap cap[HB_COMMITMENTS])
{
    hb_transcript_init(t);
    for (int c = 0; c < HB_COMMITMENTS; c++)
        if (x->stack.w[c])
            hb_transcript_absorb(t, HB_TAG_CAP, cap[c][0], (size_t)HB_PCS_CAP_NODES * HB_DIGEST_WORDS);
}

/* Verifies; returns the reason, 0 when accepted. Scratch of exactly the announced size. */
static inline uint32_t pcs_case_verify(const pcs_case *x, const hb_pcs_params *params, const hb_pcs_cap cap[HB_COMMITMENTS], const hb_k *values, const hb_buf *proof)
{
    hb_error err;
    hb_receiver r;
    const size_t bytes = hb_pcs_verify_scratch_bytes(&x->stack);
    uint8_t *memory = malloc(bytes);
    hb_scratch scratch = hb_scratch_of(memory, bytes);
    hb_error_clear(&err);
    hb_receiver_init(&r, proof->data, proof->len, &err);
    pcs_case_absorb(&r.t, x, cap);
    const hb_status st = hb_pcs_verify(&r, params, &x->stack, cap, &x->point, values, &scratch);
    free(memory);
    HB_ASSERT(st == HB_OK || (st == HB_REJECTED && err.reason != HB_R_NONE));
    HB_ASSERT(st == HB_OK || scratch.left == bytes);
    return st == HB_OK ? 0 : err.reason;
}
