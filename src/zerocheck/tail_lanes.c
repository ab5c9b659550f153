/* Rounds that bind bits 4 .. 7 of y and then u. The data is a 256th of the trace's rows and less. */
#include <string.h>

#include "zerocheck/tail.h"

/* One region of a table: columns as arrays of elements, pairs being neighbours. */
typedef struct region {
    hb_tail *tail;
    const hb_tail_table *t;
    hb_kpack *data;
    size_t stride;  /* packs of a column */
    size_t length;  /* elements */
    bool full;
    hb_k r;
    const hb_kpack *eq;
} region;

static size_t pair_packs(size_t length)
{
    return (length / 2 + HB_LANES - 1) / HB_LANES;
}

/* --- folding ------------------------------------------------------------------------------------------------------------------------- */
static void fold_columns(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const region *g = ctx;
    (void)worker;
    for (size_t j = begin; j < end; j++) {
        hb_kpack *column = g->data + j * g->stride;
        HB_ISA_PICK(hb_tail_kernels_table)->fold(column, true, g->r, column, pair_packs(g->length));
    }
}

/* Small regions are not worth waking threads. */
static size_t grain_of(size_t packs_each)
{
    size_t n = 2048 / (packs_each + 1);
    return n ? n : 1;
}

static void fold_region(region *g, hb_k r)
{
    g->r = r;
    if (g->length)
        hb_pool_for(g->tail->pool, g->t->n_columns, grain_of(pair_packs(g->length)), fold_columns, g);
}

/* --- evaluating ---------------------------------------------------------------------------------------------------------------------- */
static void eval_packs(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const region *g = ctx;
    const hb_tail_kernels *k = HB_ISA_PICK(hb_tail_kernels_table);
    hb_tail_worker w = hb_tail_worker_of(g->tail, worker);
    for (uint32_t j = 0; j < g->t->n_columns; j++)
        w.columns[j] = g->data + j * g->stride + 2 * begin;
    if (g->full)
        k->full(&g->t->program, w.columns, true, g->eq + begin, end - begin, w.slots, w.full);
    else
        k->ragged(&g->t->program, w.columns, true, g->eq + begin, end - begin, w.slots, w.ragged);
}

/* eq: one weight a pair, in the memory of worker 0, whose kernels do not use it here; lanes without a pair weigh nothing. */
static void eval_region(region *g)
{
    size_t n = pair_packs(g->length);
    if (n)
        hb_pool_for(g->tail->pool, n, grain_of(g->t->n_columns), eval_packs, g);
}

/* --- bits 4 .. 7 of y ---------------------------------------------------------------------------------------------------------------- */
static void lanes_eval(hb_tail *tail, hb_tail_sums *sums)
{
    uint32_t above = tail->round + 1, rest = HB_Y_BITS - above; /* bits of y that stay */
    hb_kpack *eq = hb_tail_worker_of(tail, 0).eq;
    hb_tail_clear_sums(tail);
    for (size_t i = 0; i < tail->n_tables; i++) {
        const hb_tail_table *t = &tail->tables[i];
        for (int full = 1; full >= 0; full--) {
            uint32_t first = full ? 0 : t->pt->full_tiles, end = full ? t->pt->full_tiles : t->pt->active_tiles;
            region g = {.tail = tail, .t = t, .full = full, .eq = eq, .data = full ? t->full : t->ragged};
            g.stride = full ? t->full_packs : t->ragged_packs;
            g.length = (size_t)(end - first) << (rest + 1);
            hb_k y[1u << 3];
            for (uint32_t b = 0; b < 1u << rest; b++)
                y[b] = hb_eq_bits(tail->xi + above, rest, b);
            memset(eq, 0, pair_packs(g.length) * sizeof *eq);
            for (uint32_t tile = first; tile < end; tile++)
                for (uint32_t b = 0; b < 1u << rest; b++)
                    hb_kpack_set(eq, ((size_t)(tile - first) << rest) + b, hb_k_mul(tail->eq_u[tile], y[b]));
            eval_region(&g);
        }
    }
    hb_tail_collect_sums(tail, sums);
}

void hb_tail_lanes_begin(hb_tail *tail, hb_tail_sums *sums)
{
    lanes_eval(tail, sums);
}

void hb_tail_lanes_bind(hb_tail *tail, hb_k r, hb_tail_sums *sums)
{
    uint32_t left = HB_Y_BITS - (tail->round - 1); /* bits before this one is bound */
    for (size_t i = 0; i < tail->n_tables; i++) {
        const hb_tail_table *t = &tail->tables[i];
        size_t full = t->pt->full_tiles, ragged = t->pt->active_tiles - full;
        region f = {.tail = tail, .t = t, .data = t->full, .stride = t->full_packs, .length = full << left};
        region g = {.tail = tail, .t = t, .data = t->ragged, .stride = t->ragged_packs, .length = ragged << left};
        fold_region(&f, r);
        fold_region(&g, r);
    }
    if (tail->round < HB_Y_ROUNDS)
        lanes_eval(tail, sums);
}

/* --- u ------------------------------------------------------------------------------------------------------------------------------- */
static hb_kpack *row_column(const hb_tail_table *t, uint32_t j)
{
    return t->rows + j * t->row_packs;
}

static void apply_form(hb_tail *tail, const hb_tail_table *t, const hb_tail_form *f, uint32_t column)
{
    const hb_kpack **in = hb_tail_worker_of(tail, 0).columns;
    for (uint32_t i = 0; i < f->n; i++)
        in[i] = row_column(t, f->columns[i]);
    HB_ISA_PICK(hb_tail_kernels_table)->form(in, f->weights, f->n, f->constant, row_column(t, column), t->row_packs);
}

/* Joins the tiles of both regions; affine parts are made anew, since full tiles have kept only their sum. */
static void gather_rows(hb_tail *tail, hb_tail_table *t)
{
    uint32_t full = t->pt->full_tiles;
    t->length = t->pt->active_tiles;
    for (uint32_t j = 0; j < t->n_columns; j++)
        for (uint32_t tile = 0; tile < t->length; tile++) {
            hb_k v = tile < full ? hb_kpack_get(t->full + j * t->full_packs, tile) : hb_kpack_get(t->ragged + j * t->ragged_packs, tile - full);
            hb_kpack_set(row_column(t, j), tile, j == t->program.mask && tile < full ? hb_k_one() : v);
        }
    apply_form(tail, t, &t->con, t->program.first);
    apply_form(tail, t, &t->bus, t->program.second);
    for (uint32_t f = 0; f < t->pt->summand.n_flags; f++)
        apply_form(tail, t, &t->flags[f], t->program.mask + 1 + f);
}

/* A form where the committed columns are 0. */
static hb_k form_of_structured(const hb_tail_table *t, const hb_tail_form *f, size_t at)
{
    hb_k s = f->constant;
    for (uint32_t i = 0; i < f->n; i++)
        if (f->columns[i] >= t->pt->summand.n_cols)
            s = hb_k_mul_add(f->weights[i], hb_kpack_get(row_column(t, f->columns[i]), at), s);
    return s;
}

/* The element behind the last one: a row of the cube beyond what is stored. */
static void add_partner(hb_tail *tail, hb_tail_table *t)
{
    size_t at = t->length++;
    uint32_t bit = tail->round - HB_Y_ROUNDS; /* of u, about to be bound */
    hb_row_point point = tail->point;
    for (uint32_t i = bit; i < tail->n_u; i++)
        point.ru[i] = at >> (i - bit) & 1 ? hb_k_one() : hb_k_zero();
    for (uint32_t j = 0; j < t->n_columns; j++)
        hb_kpack_set(row_column(t, j), at, hb_k_zero());
    for (uint32_t s = 0; s < HB_ST_COUNT; s++)
        if (t->pt->summand.structured_used[s])
            hb_kpack_set(row_column(t, t->structured[s]), at, hb_structured_at((hb_structured)s, &point, tail->publics));
    hb_kpack_set(row_column(t, t->program.first), at, form_of_structured(t, &t->con, at));
    hb_kpack_set(row_column(t, t->program.second), at, form_of_structured(t, &t->bus, at));
    for (uint32_t f = 0; f < t->pt->summand.n_flags; f++)
        hb_kpack_set(row_column(t, t->program.mask + 1 + f), at, form_of_structured(t, &t->flags[f], at));
}

static void rows_eval(hb_tail *tail, hb_tail_sums *sums)
{
    uint32_t above = tail->round - HB_Y_ROUNDS + 1; /* first bit of u that stays */
    hb_kpack *eq = hb_tail_worker_of(tail, 0).eq;
    hb_tail_clear_sums(tail);
    for (size_t i = 0; i < tail->n_tables; i++) {
        hb_tail_table *t = &tail->tables[i];
        if (t->length & 1)
            add_partner(tail, t);
        region g = {.tail = tail, .t = t, .data = t->rows, .stride = t->row_packs, .length = t->length, .eq = eq};
        memset(eq, 0, pair_packs(g.length) * sizeof *eq);
        for (size_t b = 0; b < g.length / 2; b++)
            hb_kpack_set(eq, b, hb_eq_bits(tail->xi + HB_TILE_LOG2 + above, tail->n_u - above, b));
        eval_region(&g);
    }
    hb_tail_collect_sums(tail, sums);
}

void hb_tail_rows_begin(hb_tail *tail, hb_tail_sums *sums)
{
    for (size_t i = 0; i < tail->n_tables; i++)
        gather_rows(tail, &tail->tables[i]);
    if (sums)
        rows_eval(tail, sums);
}

void hb_tail_rows_bind(hb_tail *tail, hb_k r, hb_tail_sums *sums)
{
    for (size_t i = 0; i < tail->n_tables; i++) {
        hb_tail_table *t = &tail->tables[i];
        region g = {.tail = tail, .t = t, .data = t->rows, .stride = t->row_packs, .length = t->length};
        fold_region(&g, r);
        t->length /= 2;
    }
    if (sums)
        rows_eval(tail, sums);
}

hb_k hb_tail_tile_value(const hb_tail *tail, size_t i, uint32_t j, uint32_t tile)
{
    return hb_kpack_get(row_column(&tail->tables[i], j), tile);
}

hb_k hb_tail_column_value(const hb_tail *tail, size_t i, uint32_t j)
{
    return hb_kpack_get(row_column(&tail->tables[i], j), 0);
}
