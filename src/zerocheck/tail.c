/* Compiling, and the rounds that bind bits 0 .. 3 of y. */
#include "zerocheck/tail.h"

#include <string.h>

#include "air/rows.h"

#define NO_COLUMN 0xffffu
#define TILE_PACKS 16u

/* --- compiling ----------------------------------------------------------------------------------------------------------------------- */
static uint32_t column_of_input(const hb_tail_table *t, uint32_t input)
{
    uint32_t n_cols = t->pt->summand.n_cols;
    return input < n_cols ? input : t->structured[input - n_cols];
}

/* c = a + b + c, forms over inputs (NULL: 0). */
static bool form_init(hb_tail_form *f, const hb_tail_table *t, const hb_form *a, const hb_form *b, const hb_form *c, hb_arena *arena)
{
    uint32_t n_inputs = t->pt->summand.n_inputs;
    const hb_form *parts[3] = {a, b, c};
    f->n = 0;
    f->constant = hb_k_zero();
    f->columns = hb_arena_alloc_many(arena, n_inputs, sizeof *f->columns);
    f->weights = hb_arena_alloc_many(arena, n_inputs, sizeof *f->weights);
    if (!f->columns || !f->weights)
        return false;
    for (int k = 0; k < 3; k++)
        if (parts[k])
            f->constant = hb_k_add(f->constant, parts[k]->constant);
    for (uint32_t i = 0; i < n_inputs; i++) {
        hb_k w = hb_k_zero();
        for (int k = 0; k < 3; k++)
            if (parts[k])
                w = hb_k_add(w, parts[k]->w[i]);
        if (hb_k_is_zero(w))
            continue;
        f->columns[f->n] = (uint16_t)column_of_input(t, i);
        f->weights[f->n++] = w;
    }
    return true;
}

static bool forms_init(hb_tail_table *t, hb_arena *arena)
{
    const hb_summand *s = &t->pt->summand;
    t->flags = hb_arena_alloc_many(arena, s->n_flags, sizeof *t->flags);
    bool ok = t->flags && form_init(&t->all, t, &s->con[0], &s->con[1], &s->bus, arena) && form_init(&t->con, t, &s->con[0], &s->con[1], NULL, arena) &&
              form_init(&t->bus, t, &s->bus, NULL, NULL, arena);
    for (uint32_t f = 0; ok && f < s->n_flags; f++)
        ok = form_init(&t->flags[f], t, &s->flag_forms[f], NULL, NULL, arena);
    return ok;
}

static void number_columns(hb_tail_table *t)
{
    const hb_summand *s = &t->pt->summand;
    t->n_columns = s->n_cols;
    for (uint32_t i = 0; i < HB_ST_COUNT; i++)
        t->structured[i] = s->structured_used[i] ? (uint16_t)t->n_columns++ : NO_COLUMN;
    t->program.first = (uint16_t)t->n_columns++;
    t->program.second = (uint16_t)t->n_columns++;
    t->program.mask = (uint16_t)t->n_columns++;
    t->n_columns += s->n_flags;
}

/* Outputs of the tape: rests, products, flags; places follow from the lists' order. */
static uint32_t list_outputs(const hb_tail_table *t, hb_expr *nodes, hb_tail_output *out)
{
    const hb_summand *s = &t->pt->summand;
    const hb_outputs *lists[4] = {&s->rest[0], &s->rest[1], &s->product[0], &s->product[1]};
    uint32_t n = 0;
    for (int k = 0; k < 4; k++)
        for (uint32_t i = 0; i < lists[k]->n; i++) {
            nodes[n] = lists[k]->nodes[i];
            out[n++] = (hb_tail_output){.column = NO_COLUMN, .cubic = k & 1, .bus = k >= 2, .weight = lists[k]->weights[i]};
        }
    for (uint32_t f = 0; f < s->n_flags; f++) {
        nodes[n] = s->flags[f];
        out[n++] = (hb_tail_output){.column = (uint16_t)(t->program.mask + 1 + f), .bus = 1};
    }
    return n;
}

static bool program_init(hb_tail_table *t, const hb_air_publics *publics, hb_arena *arena, size_t *n_slots)
{
    const hb_summand *s = &t->pt->summand;
    hb_tail_program *p = &t->program;
    size_t room = (size_t)s->rest[0].n + s->rest[1].n + s->product[0].n + s->product[1].n + s->n_flags;
    hb_air_tape tape;
    hb_expr *nodes = hb_arena_alloc_many(arena, room, sizeof *nodes);
    hb_tail_output *outputs = hb_arena_alloc_many(arena, room, sizeof *outputs);
    uint16_t *slots = hb_arena_alloc_many(arena, s->n_inputs, sizeof *slots), *columns = hb_arena_alloc_many(arena, s->n_inputs, sizeof *columns);
    uint8_t *wide = hb_arena_alloc(arena, s->n_inputs);
    if (!nodes || !outputs || !slots || !columns || !wide)
        return false;
    p->n_outputs = list_outputs(t, nodes, outputs);
    if (!hb_air_tape_compile(&s->ext, publics, nodes, p->n_outputs, arena, &tape))
        return false;
    for (uint32_t i = 0; i < p->n_outputs; i++)
        outputs[i].slot = tape.outputs[i];
    p->n_inputs = 0;
    for (uint32_t i = 0; i < s->n_inputs; i++)
        if (tape.input_used[i]) {
            slots[p->n_inputs] = (uint16_t)i;
            columns[p->n_inputs] = (uint16_t)column_of_input(t, i);
            wide[p->n_inputs++] = tape.input_used[i] == 2;
        }
    p->steps = tape.steps, p->n_steps = tape.n_steps;
    p->input_slots = slots, p->input_columns = columns, p->input_wide = wide, p->outputs = outputs;
    *n_slots = tape.n_slots;
    return true;
}

static hb_kpack *packs(hb_arena *arena, size_t n)
{
    return hb_arena_alloc_many(arena, n, sizeof(hb_kpack));
}

static bool table_init(hb_tail *tail, hb_tail_table *t, hb_arena *arena)
{
    size_t n_slots, tiles = t->pt->active_tiles, full = t->pt->full_tiles;
    number_columns(t);
    if (!forms_init(t, arena) || !program_init(t, tail->publics, arena, &n_slots))
        return false;
    tail->max_slots = n_slots > tail->max_slots ? n_slots : tail->max_slots;
    tail->max_eq = hb_even(tiles) > tail->max_eq ? hb_even(tiles) : tail->max_eq;
    t->full_packs = hb_even(full), t->ragged_packs = hb_even(tiles - full), t->row_packs = hb_even((tiles + 1) / HB_LANES + 1);
    t->tiles = packs(arena, tiles * t->n_columns * TILE_PACKS);
    t->full = packs(arena, t->full_packs * t->n_columns);
    t->ragged = packs(arena, t->ragged_packs * t->n_columns);
    t->rows = packs(arena, t->row_packs * t->n_columns);
    if (!t->tiles || !t->full || !t->ragged || !t->rows)
        return false;
    memset(t->full, 0, t->full_packs * t->n_columns * sizeof(hb_kpack));
    memset(t->ragged, 0, t->ragged_packs * t->n_columns * sizeof(hb_kpack));
    memset(t->rows, 0, t->row_packs * t->n_columns * sizeof(hb_kpack));
    tail->n_tiles += tiles;
    return true;
}

static size_t worker_bytes(size_t max_eq, size_t max_slots, size_t max_columns)
{
    size_t n_packs = (max_eq > 8 ? max_eq : 8) + HB_POINTS * max_slots;
    return (HB_FULL_SUMS + HB_POINTS) * sizeof(hb_kacc) + n_packs * sizeof(hb_kpack) + HB_TILE_ROWS * sizeof(hb_f) +
           (max_columns + 7) / 8 * 8 * sizeof(void *);
}

/* Columns of K of a table, and what else number_columns and table_init take. */
size_t hb_tail_bytes(const hb_air *air, uint32_t n_rows)
{
    size_t nodes = hb_summand_nodes(air), n = air->pre_width + air->width + HB_ST_COUNT, flags = hb_summand_flags(air), structured = 0;
    for (uint32_t i = 0; i < air->n_nodes; i++)
        structured += air->nodes[i].op == HB_AIR_STRUCTURED;
    size_t columns = air->pre_width + air->width + structured + 3 + flags, tiles = hb_stored_tiles(n_rows), outputs = nodes + air->n_constraints + flags;
    size_t forms = (3 + flags) * n * (sizeof(uint16_t) + sizeof(hb_k)) + flags * sizeof(hb_tail_form);
    size_t program = outputs * (sizeof(hb_expr) + sizeof(hb_tail_output) + sizeof(uint16_t)) + n * 6 + nodes * (sizeof(hb_air_step) + 9);
    size_t n_packs = tiles * TILE_PACKS + (tiles + 3) + (tiles / HB_LANES + 4); /* of a column, in the three layouts */
    return forms + program + columns * n_packs * sizeof(hb_kpack) + sizeof(hb_tail_table) + (32 + 2 * flags) * HB_ARENA_ALIGN;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t hb_tail_worker_bytes(const hb_zerocheck_claim *claim)
{
    size_t tiles = 0, slots = 0, columns = 0;
    for (size_t i = 0; i < claim->n_tables; i++) {
        const hb_air *air = claim->tables[i].air;
        size_t inputs = air->pre_width + air->width + HB_ST_COUNT;
        tiles = larger(tiles, hb_stored_tiles(claim->tables[i].n_rows));
        slots = larger(slots, inputs + hb_summand_nodes(air));
        columns = larger(columns, inputs + 3 + hb_summand_flags(air));
    }
    return worker_bytes(tiles + 1, slots, columns);
}

bool hb_tail_init(hb_tail *tail, hb_prover_table *tables, size_t n_tables, const hb_air_publics *publics, const hb_k *xi, uint32_t n_max,
                  const hb_k *eq_u, hb_pool *pool, hb_arena *arena)
{
    size_t max_columns = 0;
    memset(tail, 0, sizeof *tail);
    tail->n_tables = n_tables, tail->publics = publics, tail->xi = xi, tail->n_u = n_max - HB_TILE_LOG2, tail->eq_u = eq_u;
    tail->pool = pool, tail->arena = arena;
    tail->point.n_u = tail->n_u;
    tail->tables = hb_arena_alloc_many(arena, n_tables, sizeof *tail->tables);
    if (!tail->tables)
        return false;
    memset(tail->tables, 0, n_tables * sizeof *tail->tables);
    for (size_t i = 0; i < n_tables; i++) {
        tail->tables[i].pt = &tables[i];
        if (!table_init(tail, &tail->tables[i], arena))
            return false;
        max_columns = tail->tables[i].n_columns > max_columns ? tail->tables[i].n_columns : max_columns;
    }
    tail->worker_bytes = worker_bytes(tail->max_eq, tail->max_slots, max_columns);
    tail->scratch = hb_arena_alloc_many(arena, hb_pool_threads(pool), tail->worker_bytes);
    return tail->scratch != NULL;
}

/* --- workers ------------------------------------------------------------------------------------------------------------------------- */
hb_tail_worker hb_tail_worker_of(const hb_tail *tail, unsigned index)
{
    uint8_t *at = tail->scratch + index * tail->worker_bytes;
    hb_tail_worker w;
    w.full = (void *)at, at += HB_FULL_SUMS * sizeof(hb_kacc);
    w.ragged = (void *)at, at += HB_POINTS * sizeof(hb_kacc);
    w.eq = (void *)at, at += (tail->max_eq > 8 ? tail->max_eq : 8) * sizeof(hb_kpack);
    w.slots = (void *)at, at += HB_POINTS * tail->max_slots * sizeof(hb_kpack);
    w.base = (void *)at, at += HB_TILE_ROWS * sizeof(hb_f);
    w.columns = (void *)at;
    return w;
}

void hb_tail_clear_sums(hb_tail *tail)
{
    for (unsigned t = 0; t < hb_pool_threads(tail->pool); t++)
        memset(hb_tail_worker_of(tail, t).full, 0, (HB_FULL_SUMS + HB_POINTS) * sizeof(hb_kacc));
}

void hb_tail_collect_sums(hb_tail *tail, hb_tail_sums *sums)
{
    const hb_skip_kernels *k = HB_ISA_PICK(hb_skip_kernels_table);
    memset(sums, 0, sizeof *sums);
    for (unsigned t = 0; t < hb_pool_threads(tail->pool); t++) {
        hb_tail_worker w = hb_tail_worker_of(tail, t);
        for (int i = 0; i < HB_FULL_SUMS; i++)
            sums->full[i] = hb_k_add(sums->full[i], k->total(&w.full[i]));
        for (int i = 0; i < HB_POINTS; i++)
            sums->ragged[i] = hb_k_add(sums->ragged[i], k->total(&w.ragged[i]));
    }
}

/* --- rounds 0 .. 3 ------------------------------------------------------------------------------------------------------------------- */
typedef struct tile_pass {
    hb_tail *tail;
    hb_k r;           /* of the round before; not used in round 0 */
    hb_kpack eq[8];   /* of the bits of y above the one being bound: pack = low ones, lane = bits 4 .. 7 */
    uint32_t n;       /* packs of pairs after folding; 0: fold only */
} tile_pass;

static void apply_form(const hb_tail_worker *w, const hb_tail_form *f, const hb_kpack *tile, hb_kpack *out)
{
    for (uint32_t i = 0; i < f->n; i++)
        w->columns[i] = tile + (size_t)f->columns[i] * TILE_PACKS;
    HB_ISA_PICK(hb_tail_kernels_table)->form(w->columns, f->weights, f->n, f->constant, out, TILE_PACKS);
}

/* sum_z L_z [row is real], for each y. */
static void fill_mask(const hb_tail *tail, const hb_tail_table *t, uint32_t tile, hb_kpack *out)
{
    for (uint32_t y = 0; y < 256; y++) {
        hb_k sum = hb_k_zero();
        for (uint32_t z = 0; z < HB_SKIP; z++)
            if ((uint64_t)tile * HB_TILE_ROWS + 256 * z + y < t->pt->table->n_rows)
                sum = hb_k_add(sum, tail->point.lagrange[z]);
        hb_kpack_set(out, (y & 15) * HB_LANES + (y >> 4), sum);
    }
}

static void fold_z(const hb_tail *tail, const hb_tail_table *t, const hb_tail_worker *w, uint32_t tile, hb_kpack *to)
{
    const hb_tail_kernels *k = HB_ISA_PICK(hb_tail_kernels_table);
    const hb_summand *s = &t->pt->summand;
    bool full = tile < t->pt->full_tiles;
    for (uint32_t j = 0; j < s->n_cols; j++)
        k->fold_z(t->pt->table->cols[j] + (size_t)tile * HB_TILE_ROWS, tail->point.lagrange, to + (size_t)j * TILE_PACKS);
    for (uint32_t i = 0; i < HB_ST_COUNT; i++)
        if (t->structured[i] != NO_COLUMN) {
            hb_structured_rows((hb_structured)i, tile * HB_TILE_ROWS, HB_TILE_ROWS, tail->publics, w->base);
            k->fold_z(w->base, tail->point.lagrange, to + (size_t)t->structured[i] * TILE_PACKS);
        }
    apply_form(w, full ? &t->all : &t->con, to, to + (size_t)t->program.first * TILE_PACKS);
    if (!full) {
        apply_form(w, &t->bus, to, to + (size_t)t->program.second * TILE_PACKS);
        fill_mask(tail, t, tile, to + (size_t)t->program.mask * TILE_PACKS);
    }
    for (uint32_t f = 0; f < s->n_flags; f++)
        apply_form(w, &t->flags[f], to, to + (size_t)(t->program.mask + 1 + f) * TILE_PACKS);
}

/* Columns that full tiles do not have. */
static bool is_absent(const hb_tail_table *t, bool full, uint32_t column)
{
    return full && (column == t->program.second || column == t->program.mask);
}

static void one_tile(const tile_pass *pass, const hb_tail_table *t, const hb_tail_worker *w, uint32_t tile)
{
    const hb_tail_kernels *k = HB_ISA_PICK(hb_tail_kernels_table);
    const hb_tail *tail = pass->tail;
    bool full = tile < t->pt->full_tiles;
    hb_kpack *data = t->tiles + (size_t)tile * t->n_columns * TILE_PACKS;
    if (tail->round == 0)
        fold_z(tail, t, w, tile, data);
    for (uint32_t j = 0; j < t->n_columns; j++) {
        hb_kpack *column = data + (size_t)j * TILE_PACKS, *to = column;
        if (pass->n == 0)
            to = full ? t->full + j * t->full_packs + tile : t->ragged + j * t->ragged_packs + (tile - t->pt->full_tiles);
        if (tail->round > 0 && !is_absent(t, full, j))
            k->fold(column, false, pass->r, to, pass->n ? 2 * pass->n : 1);
        w->columns[j] = column;
    }
    if (pass->n == 0)
        return;
    HB_ISA_PICK(hb_skip_kernels_table)->scale(pass->eq, tail->eq_u[tile], w->eq, pass->n);
    if (full)
        k->full(&t->program, w->columns, false, w->eq, pass->n, w->slots, w->full);
    else
        k->ragged(&t->program, w->columns, false, w->eq, pass->n, w->slots, w->ragged);
}

static void run_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const tile_pass *pass = ctx;
    hb_tail_worker w = hb_tail_worker_of(pass->tail, worker);
    for (size_t item = begin; item < end; item++) {
        size_t tile = item;
        const hb_tail_table *t = pass->tail->tables;
        for (; tile >= t->pt->active_tiles; t++)
            tile -= t->pt->active_tiles;
        one_tile(pass, t, &w, (uint32_t)tile);
    }
}

static void tile_round(hb_tail *tail, hb_k r, hb_tail_sums *sums)
{
    tile_pass pass = {.tail = tail, .r = r, .n = tail->round < 4 ? 8u >> tail->round : 0};
    uint32_t above = tail->round + 1; /* first bit of y that stays */
    for (uint32_t m = 0; m < pass.n; m++)
        for (uint32_t lane = 0; lane < HB_LANES; lane++) {
            hb_k e = hb_eq_bits(tail->xi + 4, 4, lane);
            hb_kpack_set(&pass.eq[m], lane, hb_k_mul(e, hb_eq_bits(tail->xi + above, 4 - above, m)));
        }
    hb_tail_clear_sums(tail);
    hb_pool_for(tail->pool, tail->n_tiles, 1, run_tiles, &pass);
    if (pass.n)
        hb_tail_collect_sums(tail, sums);
}

void hb_tail_begin(hb_tail *tail, hb_k r0, hb_tail_sums *sums)
{
    hb_row_point_set_z(&tail->point, r0);
    tile_round(tail, r0, sums);
}

void hb_tail_bind(hb_tail *tail, hb_k r, hb_tail_sums *sums)
{
    uint32_t bound = tail->round++;
    *(bound < HB_Y_ROUNDS ? &tail->point.ry[bound] : &tail->point.ru[bound - HB_Y_ROUNDS]) = r;
    if (tail->round <= 4)
        tile_round(tail, r, sums);
    if (tail->round == 4)
        hb_tail_lanes_begin(tail, sums);
    else if (tail->round > 4 && tail->round <= HB_Y_ROUNDS)
        hb_tail_lanes_bind(tail, r, sums);
    else if (tail->round > HB_Y_ROUNDS)
        hb_tail_rows_bind(tail, r, sums);
    if (tail->round == HB_Y_ROUNDS)
        hb_tail_rows_begin(tail, sums);
}
