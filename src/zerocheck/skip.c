#include "zerocheck/skip.h"

#include <string.h>

#include "air/air_kernels.h"
#include "air/rows.h"

#define TILE_BYTES (HB_TILE_ROWS * sizeof(hb_f))
#define BLOCK_BYTES (HB_BLOCK_ROWS * sizeof(hb_f))

/* Sets of sums over z, in hb_kacc [16] each. */
enum { SQUARE_D, SQUARE_1, CUBIC_D, CUBIC_1, CUBIC_2, RAGGED_0, N_SUMS = RAGGED_0 + HB_SKIP_COSETS };

/* A weighted sum whose addends lie in slots of a tape. */
typedef struct slot_sum {
    uint16_t *slots;
    hb_k *weights, constant;
    uint32_t n;
} slot_sum;

typedef struct skip_plan {
    const hb_prover_table *pt;
    const hb_skip_eq *eq;
    const hb_air_publics *publics;
    hb_skip_constants constants;
    hb_air_tape all, cubic, products; /* on cosets; class 1 alone; on D */
    slot_sum class_all[HB_CLASSES], class_cubic, class_products[HB_CLASSES];
    slot_sum con, bus;                /* ragged tiles; slots of `all` */
    bool *linear_used;                /* inputs in affine forms */
    uint32_t max_slots;
    uint8_t *scratch;
    size_t worker_bytes;
} skip_plan;

static size_t worker_bytes(const skip_plan *p);

/* --- compiling ----------------------------------------------------------------------------------------------------------------------- */
static bool sum_alloc(slot_sum *s, uint32_t room, hb_arena *arena)
{
    s->n = 0;
    s->constant = hb_k_zero();
    s->slots = hb_arena_alloc_many(arena, room, sizeof *s->slots);
    s->weights = hb_arena_alloc_many(arena, room, sizeof *s->weights);
    return s->slots && s->weights;
}

/* Weights of outputs, whose slots are outputs[first ..] of the tape. */
static void sum_add(slot_sum *s, const hb_outputs *o, const hb_air_tape *tape, uint32_t first)
{
    for (uint32_t i = 0; i < o->n; i++) {
        s->slots[s->n] = tape->outputs[first + i];
        s->weights[s->n++] = o->weights[i];
    }
}

static void sum_add_form(slot_sum *s, const hb_form *f, uint32_t n_inputs, hb_air_tape *tape)
{
    s->constant = hb_k_add(s->constant, f->constant);
    for (uint32_t i = 0; i < n_inputs; i++)
        if (!hb_k_is_zero(f->w[i])) {
            s->slots[s->n] = (uint16_t)i;
            s->weights[s->n++] = f->w[i];
            tape->input_used[i] |= 4; /* read by ragged tiles */
        }
}

static bool compile(const skip_plan *p, const hb_outputs *const *lists, uint32_t n_lists, hb_arena *arena, hb_air_tape *tape)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_lists; i++)
        n += lists[i]->n;
    hb_expr *outputs = hb_arena_alloc_many(arena, n, sizeof *outputs);
    if (!outputs)
        return false;
    n = 0;
    for (uint32_t i = 0; i < n_lists; i++) {
        memcpy(outputs + n, lists[i]->nodes, lists[i]->n * sizeof *outputs);
        n += lists[i]->n;
    }
    return hb_air_tape_compile(&p->pt->summand.ext, p->publics, outputs, n, arena, tape);
}

static bool plan_sums(skip_plan *p, const hb_outputs product[HB_CLASSES], hb_arena *arena)
{
    const hb_summand *s = &p->pt->summand;
    const hb_outputs *r2 = &s->rest[0], *r3 = &s->rest[1], *p2 = &product[0], *p3 = &product[1];
    uint32_t room = r2->n + r3->n + p2->n + p3->n + s->n_inputs * 3;
    slot_sum *sums[] = {&p->class_all[0], &p->class_all[1], &p->class_cubic, &p->class_products[0], &p->class_products[1], &p->con, &p->bus};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
        if (!sum_alloc(sums[i], room, arena))
            return false;
    uint32_t at2 = 0, at3 = r2->n, ap2 = at3 + r3->n, ap3 = ap2 + p2->n; /* places in `all` */
    sum_add(&p->class_all[0], r2, &p->all, at2), sum_add(&p->class_all[0], p2, &p->all, ap2);
    sum_add(&p->class_all[1], r3, &p->all, at3), sum_add(&p->class_all[1], p3, &p->all, ap3);
    sum_add(&p->class_cubic, r3, &p->cubic, 0), sum_add(&p->class_cubic, p3, &p->cubic, r3->n);
    sum_add(&p->class_products[0], p2, &p->products, 0), sum_add(&p->class_products[1], p3, &p->products, p2->n);
    sum_add(&p->con, r2, &p->all, at2), sum_add(&p->con, r3, &p->all, at3);
    sum_add(&p->bus, p2, &p->all, ap2), sum_add(&p->bus, p3, &p->all, ap3);
    sum_add_form(&p->con, &s->con[0], s->n_inputs, &p->all);
    sum_add_form(&p->con, &s->con[1], s->n_inputs, &p->all);
    sum_add_form(&p->bus, &s->bus, s->n_inputs, &p->all);
    for (uint32_t i = 0; i < s->n_inputs; i++)
        p->linear_used[i] = !hb_k_is_zero(s->con[0].w[i]) || !hb_k_is_zero(s->con[1].w[i]) || !hb_k_is_zero(s->bus.w[i]);
    return true;
}

static bool plan(skip_plan *p, hb_prover_table *pt, unsigned threads, hb_arena *arena)
{
    hb_summand *s = &pt->summand;
    hb_outputs product[HB_CLASSES];
    p->pt = pt;
    if (!hb_summand_base_products(s, arena, product))
        return false;
    const hb_outputs *lists[] = {&s->rest[0], &s->rest[1], &product[0], &product[1]}, *cubic[] = {&s->rest[1], &product[1]};
    p->linear_used = hb_arena_alloc_many(arena, s->n_inputs, sizeof *p->linear_used);
    if (!compile(p, lists, 4, arena, &p->all) || !compile(p, cubic, 2, arena, &p->cubic) || !compile(p, lists + 2, 2, arena, &p->products) ||
        !p->linear_used || !plan_sums(p, product, arena))
        return false;
    uint32_t m = p->all.n_slots > p->cubic.n_slots ? p->all.n_slots : p->cubic.n_slots;
    p->max_slots = m > p->products.n_slots ? m : p->products.n_slots;
    p->worker_bytes = worker_bytes(p);
    p->scratch = hb_arena_alloc_many(arena, threads, p->worker_bytes);
    return p->scratch != NULL;
}

/* --- a worker's memory --------------------------------------------------------------------------------------------------------------- */
typedef struct skip_worker {
    hb_kacc (*sums)[16];   /* N_SUMS */
    hb_kacc (*linear)[16]; /* n_inputs */
    hb_kpack *eq;          /* 16, times the tile's factor */
    hb_f *structured, *mask; /* tiles */
    hb_f *blocks;          /* input i on coset q at (4 i + q) blocks; the mask is input n_inputs */
    hb_f **slots[HB_SKIP_COSETS];
    const hb_f **in[2];    /* addends of a sum */
} skip_worker;

static size_t pointer_bytes(const skip_plan *p)
{
    return (HB_SKIP_COSETS * (size_t)p->max_slots + p->con.n + p->bus.n + p->all.n_outputs + 8) / 8 * 8 * sizeof(void *);
}

static size_t worker_bytes(const skip_plan *p)
{
    uint32_t n = p->pt->summand.n_inputs;
    return (size_t)(n + N_SUMS) * 16 * sizeof(hb_kacc) + 16 * sizeof(hb_kpack) + (HB_ST_COUNT + 1) * TILE_BYTES +
           ((size_t)(n + 1) * HB_SKIP_COSETS + p->max_slots - n) * BLOCK_BYTES + pointer_bytes(p);
}

static hb_f *block_of(const skip_worker *w, uint32_t input, uint32_t q)
{
    return w->blocks + ((size_t)input * HB_SKIP_COSETS + q) * HB_BLOCK_ROWS;
}

static skip_worker worker_of(const skip_plan *p, unsigned index)
{
    uint8_t *at = p->scratch + index * p->worker_bytes;
    uint32_t n = p->pt->summand.n_inputs;
    skip_worker w;
    w.sums = (void *)at, at += N_SUMS * sizeof *w.sums;
    w.linear = (void *)at, at += n * sizeof *w.linear;
    w.eq = (void *)at, at += 16 * sizeof *w.eq;
    w.structured = (void *)at, at += HB_ST_COUNT * TILE_BYTES;
    w.mask = (void *)at, at += TILE_BYTES;
    w.blocks = (void *)at, at += (size_t)(n + 1) * HB_SKIP_COSETS * BLOCK_BYTES;
    hb_f *temporaries = (void *)at;
    at += (p->max_slots - n) * BLOCK_BYTES;
    for (uint32_t q = 0; q < HB_SKIP_COSETS; q++) {
        w.slots[q] = (void *)at, at += p->max_slots * sizeof(void *);
        for (uint32_t i = 0; i < p->max_slots; i++)
            w.slots[q][i] = i < n ? block_of(&w, i, q) : temporaries + (size_t)(i - n) * HB_BLOCK_ROWS;
    }
    w.in[0] = (void *)at, at += (p->con.n + p->all.n_outputs) * sizeof(void *);
    w.in[1] = (void *)at;
    return w;
}

static const hb_f **gather(const skip_worker *w, const slot_sum *s, uint32_t q, uint32_t which)
{
    for (uint32_t i = 0; i < s->n; i++)
        w->in[which][i] = w->slots[q][s->slots[i]];
    return w->in[which];
}

/* --- running ------------------------------------------------------------------------------------------------------------------------- */
static const hb_f *input_tile(const skip_plan *p, const skip_worker *w, uint32_t input, uint32_t tile)
{
    uint32_t n_cols = p->pt->summand.n_cols;
    if (input < n_cols)
        return p->pt->table->cols[input] + (size_t)tile * HB_TILE_ROWS;
    return w->structured + (size_t)(input - n_cols) * HB_TILE_ROWS;
}

static void weigh_class(const skip_worker *w, const slot_sum *s, uint32_t q, uint32_t vector, hb_kacc sum[16])
{
    if (s->n)
        HB_ISA_PICK(hb_skip_kernels_table)->weigh(gather(w, s, q, 0), s->weights, s->n, &w->eq[vector], sum);
}

static void run_tape(const skip_worker *w, const hb_air_tape *tape, uint32_t q)
{
    HB_ISA_PICK(hb_air_kernels_table)->run(tape->steps, tape->n_steps, w->slots[q]);
}

/* Sixteen y of a full tile on D and its first two other cosets. */
static void full_vector(const skip_plan *p, const skip_worker *w, uint32_t tile, uint32_t v)
{
    const hb_skip_kernels *k = HB_ISA_PICK(hb_skip_kernels_table);
    for (uint32_t i = 0; i < p->pt->summand.n_inputs; i++) {
        if (!(p->all.input_used[i] & 3))
            continue;
        hb_f *const out[HB_SKIP_COSETS] = {p->products.input_used[i] ? block_of(w, i, 0) : NULL, block_of(w, i, 1),
                                           p->cubic.input_used[i] ? block_of(w, i, 2) : NULL, NULL};
        k->transform(&p->constants, input_tile(p, w, i, tile) + 16 * v, out);
    }
    if (p->products.n_outputs) {
        run_tape(w, &p->products, 0);
        weigh_class(w, &p->class_products[0], 0, v, w->sums[SQUARE_D]);
        weigh_class(w, &p->class_products[1], 0, v, w->sums[CUBIC_D]);
    }
    run_tape(w, &p->all, 1);
    weigh_class(w, &p->class_all[0], 1, v, w->sums[SQUARE_1]);
    weigh_class(w, &p->class_all[1], 1, v, w->sums[CUBIC_1]);
    if (p->cubic.n_outputs) {
        run_tape(w, &p->cubic, 2);
        weigh_class(w, &p->class_cubic, 2, v, w->sums[CUBIC_2]);
    }
}

static void ragged_vector(const skip_plan *p, const skip_worker *w, uint32_t tile, uint32_t v)
{
    const hb_skip_kernels *k = HB_ISA_PICK(hb_skip_kernels_table);
    uint32_t n = p->pt->summand.n_inputs;
    for (uint32_t i = 0; i <= n; i++) {
        if (i < n && !p->all.input_used[i])
            continue;
        hb_f *const out[HB_SKIP_COSETS] = {block_of(w, i, 0), block_of(w, i, 1), block_of(w, i, 2), block_of(w, i, 3)};
        k->transform(&p->constants, (i < n ? input_tile(p, w, i, tile) : w->mask) + 16 * v, out);
    }
    for (uint32_t q = 0; q < HB_SKIP_COSETS; q++) {
        run_tape(w, &p->all, q);
        k->masked(gather(w, &p->con, q, 0), p->con.weights, p->con.n, p->con.constant, gather(w, &p->bus, q, 1), p->bus.weights, p->bus.n,
                  p->bus.constant, block_of(w, n, q), &w->eq[v], w->sums[RAGGED_0 + q]);
    }
}

static void fill_mask(const skip_plan *p, const skip_worker *w, uint32_t tile)
{
    uint64_t first = (uint64_t)tile * HB_TILE_ROWS, n = p->pt->table->n_rows;
    for (uint32_t i = 0; i < HB_TILE_ROWS; i++)
        w->mask[i] = first + i < n ? HB_F_ONE : HB_F_ZERO;
}

static void run_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const skip_plan *p = ctx;
    const hb_summand *s = &p->pt->summand;
    const hb_skip_kernels *k = HB_ISA_PICK(hb_skip_kernels_table);
    skip_worker w = worker_of(p, worker);
    for (uint32_t tile = (uint32_t)begin; tile < end; tile++) {
        bool full = tile < p->pt->full_tiles;
        k->scale(p->eq->y, p->eq->u[tile], w.eq, 16);
        for (uint32_t i = 0; i < HB_ST_COUNT; i++)
            if (s->structured_used[i])
                hb_structured_rows((hb_structured)i, tile * HB_TILE_ROWS, HB_TILE_ROWS, p->publics, w.structured + i * HB_TILE_ROWS);
        for (uint32_t i = 0; full && i < s->n_inputs; i++)
            if (p->linear_used[i])
                k->linear(input_tile(p, &w, i, tile), w.eq, w.linear[i]);
        if (!full)
            fill_mask(p, &w, tile);
        for (uint32_t v = 0; v < 16 && (!full || p->all.n_outputs); v++)
            (full ? full_vector : ragged_vector)(p, &w, tile, v);
    }
}

/* --- results ------------------------------------------------------------------------------------------------------------------------- */
/* Values on D and cosets: the affine part, then the sums in their order (SQUARE_D ..). */
enum { AFFINE, SUMS, N_VALUES = SUMS + N_SUMS };

typedef struct skip_values {
    hb_k v[N_VALUES][HB_SKIP];
} skip_values;

/* A form at the sums E_j(omega^z). */
static hb_k form_at(const hb_form *f, uint32_t n_inputs, const hb_k *sums, hb_k one)
{
    hb_k s = hb_k_mul(f->constant, one);
    for (uint32_t i = 0; i < n_inputs; i++)
        if (!hb_k_is_zero(f->w[i]))
            s = hb_k_mul_add(f->w[i], sums[i], s);
    return s;
}

static void add_sums(const skip_plan *p, unsigned threads, skip_values *out)
{
    const hb_skip_kernels *k = HB_ISA_PICK(hb_skip_kernels_table);
    for (unsigned t = 0; t < threads; t++) {
        skip_worker w = worker_of(p, t);
        for (uint32_t i = 0; i < N_SUMS; i++)
            for (uint32_t z = 0; z < HB_SKIP; z++)
                out->v[SUMS + i][z] = hb_k_add(out->v[SUMS + i][z], k->total(&w.sums[i][z]));
    }
}

static void add_affine(const skip_plan *p, unsigned threads, hb_k *sums, skip_values *out)
{
    const hb_skip_kernels *k = HB_ISA_PICK(hb_skip_kernels_table);
    const hb_summand *s = &p->pt->summand;
    hb_k one = hb_k_zero();
    for (uint32_t u = 0; u < p->pt->full_tiles; u++)
        one = hb_k_add(one, p->eq->u[u]);
    for (uint32_t z = 0; z < HB_SKIP; z++) {
        for (uint32_t i = 0; i < s->n_inputs; i++) {
            sums[i] = hb_k_zero();
            for (unsigned t = 0; t < threads && p->linear_used[i]; t++)
                sums[i] = hb_k_add(sums[i], k->total(&worker_of(p, t).linear[i][z]));
        }
        hb_k square = form_at(&s->con[0], s->n_inputs, sums, one), cubic = form_at(&s->con[1], s->n_inputs, sums, one);
        hb_k bus = form_at(&s->bus, s->n_inputs, sums, one);
        hb_k *affine = &out->v[AFFINE][z], *square_d = &out->v[SUMS + SQUARE_D][z], *cubic_d = &out->v[SUMS + CUBIC_D][z];
        *affine = hb_k_add(*affine, hb_k_add(bus, hb_k_add(square, cubic)));
        *square_d = hb_k_sub(*square_d, square); /* rests are minus affine parts on D */
        *cubic_d = hb_k_sub(*cubic_d, cubic);
    }
}

static bool one_table(skip_plan *p, hb_prover_table *pt, hb_pool *pool, hb_arena *arena, skip_values *out)
{
    unsigned threads = hb_pool_threads(pool);
    if (!plan(p, pt, threads, arena))
        return false;
    hb_k *sums = hb_arena_alloc_many(arena, pt->summand.n_inputs, sizeof *sums);
    if (!sums)
        return false;
    for (unsigned t = 0; t < threads; t++)
        memset(p->scratch + t * p->worker_bytes, 0, (size_t)(N_SUMS + pt->summand.n_inputs) * 16 * sizeof(hb_kacc));
    hb_pool_for(pool, pt->active_tiles, 1, run_tiles, p);
    add_sums(p, threads, out);
    add_affine(p, threads, sums, out);
    return true;
}

size_t hb_skip_bytes(const hb_air *air, unsigned threads)
{
    size_t nodes = hb_summand_nodes(air), n = air->pre_width + air->width + HB_ST_COUNT, outputs = nodes + air->n_constraints;
    size_t products = 3 * nodes * (sizeof(hb_expr) + sizeof(hb_k));
    size_t tapes = 3 * (outputs * (sizeof(hb_expr) + sizeof(uint16_t)) + nodes * sizeof(hb_air_step) + n) + nodes * 9;
    size_t sums = 7 * (outputs + 3 * n) * (sizeof(uint16_t) + sizeof(hb_k));
    size_t pointers = (HB_SKIP_COSETS * (n + nodes) + 4 * outputs + 6 * n + 16) * sizeof(void *);
    size_t worker = (n + N_SUMS) * 16 * sizeof(hb_kacc) + 16 * sizeof(hb_kpack) + (HB_ST_COUNT + 1) * TILE_BYTES +
                    ((n + 1) * HB_SKIP_COSETS + nodes) * BLOCK_BYTES + pointers;
    return products + tapes + sums + n * (sizeof(hb_k) + 1) + threads * worker + 64 * HB_ARENA_ALIGN;
}

bool hb_skip_round(hb_prover_table *tables, size_t n_tables, const hb_skip_eq *eq, const hb_air_publics *publics, hb_pool *pool, hb_arena *arena,
                   hb_skip_polynomials *out)
{
    skip_values v;
    memset(&v, 0, sizeof v);
    for (size_t i = 0; i < n_tables; i++) {
        skip_plan p = {.eq = eq, .publics = publics, .constants = hb_skip_constants_init()};
        size_t mark = hb_arena_mark(arena);
        bool ok = one_table(&p, &tables[i], pool, arena, &v);
        hb_arena_release(arena, mark);
        if (!ok)
            return false;
    }
    hb_skip_interpolate(&v.v[AFFINE], 1, out->affine);
    hb_skip_interpolate(&v.v[SUMS + SQUARE_D], 2, out->square);
    hb_skip_interpolate(&v.v[SUMS + CUBIC_D], 3, out->cubic);
    hb_skip_interpolate(&v.v[SUMS + RAGGED_0], 4, out->ragged);
    return true;
}
