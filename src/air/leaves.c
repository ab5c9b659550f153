#include "air/leaves.h"

#include <string.h>

#include "air/air_kernels.h"
#include "air/forms.h"
#include "air/rows.h"
#include "air/tape.h"

/* A leaf, compiled: den (or the factor minus 1, when there is a flag) is an affine form in inputs and products; the products, a flag that is not
 * a column and the members of a group come from a tape. */
typedef struct leaf_plan {
    const hb_table *table;
    const hb_air_publics *publics;
    const hb_air_term *term;
    hb_air_tape tape;
    uint16_t *form_slots; /* in the order of weights; for a group: not used */
    hb_k *weights, constant;
    uint32_t n_form;
    hb_group_form group;
    uint32_t flag; /* output number of the flag, UINT32_MAX without */
    uint8_t *scratch; /* a thread's share: worker_bytes each */
    size_t worker_bytes;
    hb_kpack *num, *den;
} leaf_plan;

static bool is_flagged(const leaf_plan *p)
{
    return p->flag != UINT32_MAX;
}

/* --- compiling ----------------------------------------------------------------------------------------------------------------------- */
/* Sweeps the fingerprint; returns its nonlinear rest as outputs of the tape, with their weights behind those of the inputs. */
static bool plan_form(leaf_plan *p, const hb_bus_challenges *ch, hb_expr *outputs, uint32_t *n_outputs, hb_arena *arena)
{
    const hb_air *air = p->table->air;
    const hb_air_use *u = &air->uses[p->term->uses[0]];
    uint32_t n_inputs = air->pre_width + air->width + HB_ST_COUNT;
    p->form_slots = hb_arena_alloc_many(arena, n_inputs + air->n_nodes, sizeof *p->form_slots);
    p->weights = hb_arena_alloc_many(arena, n_inputs + air->n_nodes, sizeof *p->weights);
    hb_k *nodes = hb_arena_alloc_many(arena, air->n_nodes, sizeof *nodes), *inputs = hb_arena_alloc_many(arena, n_inputs, sizeof *inputs);
    if (!p->form_slots || !p->weights || !nodes || !inputs)
        return false;
    memset(nodes, 0, air->n_nodes * sizeof *nodes);
    memset(inputs, 0, n_inputs * sizeof *inputs);
    p->constant = hb_k_sub(ch->alpha, hb_k_mul_f(ch->beta_tag, hb_f_from_u32(u->bus)));
    for (uint32_t j = 0; j < u->n; j++) {
        hb_expr x = hb_air_use_word(air, u, j);
        nodes[x] = hb_k_sub(nodes[x], ch->beta[j]);
    }
    hb_air_sweep(air, p->publics, nodes, inputs, &p->constant);
    p->n_form = 0;
    for (uint32_t i = 0; i < n_inputs; i++)
        if (!hb_k_is_zero(inputs[i])) {
            p->form_slots[p->n_form] = (uint16_t)i;
            p->weights[p->n_form++] = inputs[i];
        }
    for (uint32_t i = 0; i < air->n_nodes; i++)
        if (!hb_k_is_zero(nodes[i])) { /* a product below a tuple word; its slot is known after compiling */
            outputs[(*n_outputs)++] = i;
            p->weights[p->n_form++] = nodes[i];
        }
    if (is_flagged(p) && p->term->tree != HB_AIR_TREE_F)
        p->constant = hb_k_sub_f(p->constant, HB_F_ONE);
    return true;
}

static bool plan(leaf_plan *p, const hb_bus_challenges *ch, unsigned threads, hb_arena *arena)
{
    const hb_air *air = p->table->air;
    const hb_air_use *u = &air->uses[p->term->uses[0]];
    hb_expr *outputs = hb_arena_alloc_many(arena, air->n_nodes + HB_AIR_GROUP + 1, sizeof *outputs);
    uint32_t n_outputs = 0, n_products;
    if (!outputs)
        return false;
    p->flag = UINT32_MAX;
    if (u->flag != HB_ALWAYS) {
        p->flag = n_outputs;
        outputs[n_outputs++] = u->flag;
    }
    uint32_t first = n_outputs;
    if (p->term->n_uses > 1) {
        p->group = hb_air_group_form(ch, p->term->bus, p->term->n_uses);
        for (uint32_t k = 0; k < p->term->n_uses; k++)
            outputs[n_outputs++] = hb_air_use_word(air, &air->uses[p->term->uses[k]], 0);
    } else if (!plan_form(p, ch, outputs, &n_outputs, arena)) {
        return false;
    }
    n_products = n_outputs - first;
    if (!hb_air_tape_compile(air, p->publics, outputs, n_outputs, arena, &p->tape))
        return false;
    if (p->term->n_uses == 1)
        for (uint32_t k = 0; k < n_products; k++)
            p->form_slots[p->n_form - n_products + k] = p->tape.outputs[first + k];
    /* inputs of the form that the tape does not read must be pointed at data too */
    for (uint32_t k = 0; k < p->n_form; k++)
        if (p->form_slots[k] < p->tape.n_inputs && !p->tape.input_used[p->form_slots[k]])
            p->tape.input_used[p->form_slots[k]] = 1;
    size_t blocks = p->tape.n_slots - p->tape.n_inputs + HB_ST_COUNT + HB_AIR_GROUP;
    p->worker_bytes = blocks * HB_BLOCK_ROWS * sizeof(hb_f) + ((size_t)p->tape.n_slots + p->n_form + 64) / 64 * 64 * 2 * sizeof(void *);
    p->scratch = hb_arena_alloc_many(arena, threads, p->worker_bytes);
    return p->scratch != NULL;
}

/* --- running ------------------------------------------------------------------------------------------------------------------------- */
typedef struct leaf_worker {
    hb_f *structured, *symmetric[HB_AIR_GROUP];
    hb_f **slots;
    const hb_f **in;
} leaf_worker;

static leaf_worker worker_of(const leaf_plan *p, unsigned worker)
{
    leaf_worker w;
    hb_f *block = (hb_f *)(p->scratch + worker * p->worker_bytes);
    uint32_t n_temporaries = p->tape.n_slots - p->tape.n_inputs;
    hb_f *after = block + (size_t)(n_temporaries + HB_ST_COUNT + HB_AIR_GROUP) * HB_BLOCK_ROWS;
    w.slots = (hb_f **)(void *)after;
    w.in = (const hb_f **)(void *)(w.slots + p->tape.n_slots);
    for (uint32_t i = 0; i < n_temporaries; i++, block += HB_BLOCK_ROWS)
        w.slots[p->tape.n_inputs + i] = block;
    w.structured = block;
    for (uint32_t k = 0; k < HB_AIR_GROUP; k++)
        w.symmetric[k] = block + (HB_ST_COUNT + k) * HB_BLOCK_ROWS;
    return w;
}

static void point_inputs(const leaf_plan *p, leaf_worker *w, uint32_t row)
{
    uint32_t columns = p->tape.n_inputs - HB_ST_COUNT;
    for (uint32_t j = 0; j < columns; j++)
        w->slots[j] = p->table->cols[j] + row;
    for (uint32_t s = 0; s < HB_ST_COUNT; s++) {
        w->slots[columns + s] = w->structured + s * HB_BLOCK_ROWS;
        if (p->tape.input_used[columns + s])
            hb_structured_rows((hb_structured)s, row, HB_BLOCK_ROWS, p->publics, w->slots[columns + s]);
    }
}

static void leaf_values(const leaf_plan *p, leaf_worker *w, hb_kpack *num, hb_kpack *den)
{
    const hb_air_kernels *k = HB_ISA_PICK(hb_air_kernels_table);
    uint32_t n = p->term->n_uses;
    k->run(p->tape.steps, p->tape.n_steps, w->slots);
    if (n > 1) {
        const hb_f *x[HB_AIR_GROUP], *e[HB_AIR_GROUP] = {w->symmetric[0], w->symmetric[1], w->symmetric[2]};
        for (uint32_t i = 0; i < n; i++)
            x[i] = w->slots[p->tape.outputs[i]];
        k->symmetric(x, n, w->symmetric);
        k->form(e, p->group.den + 1, n, p->group.den[0], den);
        k->form(e, p->group.num + 1, n - 1, p->group.num[0], num);
        return;
    }
    for (uint32_t i = 0; i < p->n_form; i++)
        w->in[i] = w->slots[p->form_slots[i]];
    k->form(w->in, p->weights, p->n_form, p->constant, den);
    const hb_f *s = is_flagged(p) ? w->slots[p->tape.outputs[p->flag]] : NULL;
    if (p->term->tree != HB_AIR_TREE_F) {
        if (s)
            k->flag(s, den);
    } else if (s) {
        k->embed(s, p->term->kind == HB_AIR_PROVIDE, num);
    } else {
        k->form(NULL, NULL, 0, hb_k_one(), num);
    }
}

static void make_neutral(const leaf_plan *p, uint32_t row, hb_kpack *num, hb_kpack *den)
{
    uint32_t n = p->table->n_rows;
    for (uint32_t i = n > row ? n - row : 0; i < HB_BLOCK_ROWS; i++) {
        hb_kpack_set(den, i, hb_k_one());
        if (num)
            hb_kpack_set(num, i, hb_k_zero());
    }
}

static void fill_blocks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const leaf_plan *p = ctx;
    leaf_worker w = worker_of(p, worker);
    for (size_t b = begin; b < end; b++) {
        uint32_t row = (uint32_t)b * HB_BLOCK_ROWS;
        hb_kpack *num = p->num ? p->num + b * HB_BLOCK_VECTORS : NULL, *den = p->den + b * HB_BLOCK_VECTORS;
        if (row < p->table->n_rows) {
            point_inputs(p, &w, row);
            leaf_values(p, &w, num, den);
        }
        if (row + HB_BLOCK_ROWS > p->table->n_rows)
            make_neutral(p, row, num, den);
    }
}

hb_status hb_air_leaves(const hb_table *table, uint32_t term, const hb_bus_challenges *challenges, const hb_air_publics *publics, hb_pool *pool,
                        hb_arena *arena, hb_kpack *num, hb_kpack *den, hb_error *err)
{
    size_t mark = hb_arena_mark(arena), tiles = ((size_t)table->n_rows + HB_TILE_ROWS - 1) / HB_TILE_ROWS;
    leaf_plan p = {.table = table, .publics = publics, .term = &table->air->terms[term], .num = num, .den = den};
    bool ok = plan(&p, challenges, hb_pool_threads(pool), arena);
    if (ok)
        hb_pool_for(pool, tiles * (HB_TILE_ROWS / HB_BLOCK_ROWS), 16, fill_blocks, &p);
    hb_arena_release(arena, mark);
    return ok ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "no memory to compile a bus term");
}
