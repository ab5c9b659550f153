#include "air/multiplicity.h"

#include <string.h>

#include "air/air_kernels.h"
#include "air/rows.h"
#include "air/tape.h"

/* How the row of a tuple is found. */
typedef enum row_rule { ROW_UNKNOWN, ROW_IS_VALUE, ROW_IS_BYTES, ROW_IS_BYTES_AND, ROW_BY_FINDER } row_rule;

typedef struct provider {
    bool present;
    row_rule rule;
    size_t table; /* index into tables */
    uint32_t column, n_rows;
    hb_air_finder finder;
    uint32_t *counts; /* n_rows for each thread */
} provider;

typedef struct failure {
    uint32_t row, use; /* smallest row, UINT32_MAX if there is none */
} failure;

typedef struct counting {
    const hb_table *tables;
    size_t n_tables;
    const hb_air_publics *publics;
    provider providers[HB_BUS_COUNT];
    unsigned threads;
    /* of the table whose lookups are being counted */
    const hb_table *table;
    hb_air_tape tape;
    uint8_t *scratch; /* worker_bytes a thread */
    size_t worker_bytes;
    failure *failures; /* one a thread */
} counting;

/* --- providers ----------------------------------------------------------------------------------------------------------------------- */
static bool is_structured(const hb_air *a, hb_expr x, hb_structured s)
{
    return a->nodes[x].op == HB_AIR_STRUCTURED && a->nodes[x].a == (uint32_t)s;
}

static row_rule rule_of(const hb_air *a, const hb_air_use *u, const hb_air_finder *finder)
{
    const hb_expr *t = a->tuples + u->tuple;
    if (u->n == 1 && is_structured(a, t[0], HB_ST_INDEX))
        return ROW_IS_VALUE;
    bool bytes = u->n >= 2 && is_structured(a, t[0], HB_ST_BYTE_A) && is_structured(a, t[1], HB_ST_BYTE_B);
    if (bytes && u->n == 2)
        return ROW_IS_BYTES;
    if (bytes && u->n == 3 && is_structured(a, t[2], HB_ST_BYTE_AND))
        return ROW_IS_BYTES_AND;
    return finder && finder->row_of ? ROW_BY_FINDER : ROW_UNKNOWN;
}

static hb_status find_providers(counting *c, const hb_air_finder *finders, hb_arena *arena, hb_error *err)
{
    for (size_t i = 0; i < c->n_tables; i++) {
        const hb_air *a = c->tables[i].air;
        for (uint32_t k = 0; k < a->n_uses; k++) {
            const hb_air_use *u = &a->uses[k];
            if (u->kind != HB_AIR_PROVIDE)
                continue;
            provider *p = &c->providers[u->bus];
            if (p->present)
                return hb_fail(err, HB_INVALID_ARGUMENT, "two tables provide bus %s", hb_bus_name((hb_bus)u->bus));
            *p = (provider){.present = true, .table = i, .column = a->nodes[u->flag].a, .n_rows = c->tables[i].n_rows};
            p->rule = rule_of(a, u, finders ? &finders[i] : NULL);
            if (finders)
                p->finder = finders[i];
            p->counts = hb_arena_alloc_many(arena, (size_t)p->n_rows * c->threads, sizeof *p->counts);
            if (!p->counts)
                return hb_fail(err, HB_OUT_OF_MEMORY, "no memory to count lookups");
            memset(p->counts, 0, (size_t)p->n_rows * c->threads * sizeof *p->counts);
        }
    }
    return HB_OK;
}

/* SIZE_MAX if there is none. */
static size_t row_of(const provider *p, hb_bus bus, const uint32_t *tuple)
{
    size_t row = SIZE_MAX;
    switch (p->rule) {
    case ROW_IS_VALUE: row = tuple[0]; break;
    case ROW_IS_BYTES: row = tuple[0] < 256 && tuple[1] < 256 ? tuple[0] + 256u * tuple[1] : SIZE_MAX; break;
    case ROW_IS_BYTES_AND:
        row = tuple[0] < 256 && tuple[1] < 256 && tuple[2] == (tuple[0] & tuple[1]) ? tuple[0] + 256u * tuple[1] : SIZE_MAX;
        break;
    case ROW_BY_FINDER: row = p->finder.row_of(p->finder.ctx, bus, tuple); break;
    case ROW_UNKNOWN: break;
    }
    return row < p->n_rows ? row : SIZE_MAX;
}

/* --- counting ------------------------------------------------------------------------------------------------------------------------ */
typedef struct count_worker {
    hb_f **slots, *structured;
    uint32_t *words; /* blocks of canonical words: flag and tuple of one use */
    failure *failure;
    unsigned index;
} count_worker;

static count_worker worker_of(const counting *c, unsigned worker)
{
    count_worker w = {.index = worker, .failure = &c->failures[worker]};
    hb_f *block = (hb_f *)(c->scratch + worker * c->worker_bytes);
    uint32_t n_temporaries = c->tape.n_slots - c->tape.n_inputs;
    w.structured = block + (size_t)n_temporaries * HB_BLOCK_ROWS;
    w.words = w.structured + HB_ST_COUNT * HB_BLOCK_ROWS;
    w.slots = (hb_f **)(void *)(w.words + (HB_AIR_MAX_TUPLE + 1) * HB_BLOCK_ROWS);
    for (uint32_t i = 0; i < n_temporaries; i++)
        w.slots[c->tape.n_inputs + i] = block + i * HB_BLOCK_ROWS;
    return w;
}

static void note_failure(count_worker *w, uint32_t row, uint32_t use)
{
    if (row < w->failure->row)
        *w->failure = (failure){row, use};
}

/* The commonest kind in a loop of its own. */
static void count_values(count_worker *w, const provider *p, const uint32_t *values, uint32_t *counts, uint32_t use, uint32_t row, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (values[i] < p->n_rows)
            counts[values[i]]++;
        else
            note_failure(w, row + i, use);
    }
}

/* words: block 0 the flag (if any), then the tuple's. */
static void count_block(const counting *c, count_worker *w, const hb_air_use *u, uint32_t use, uint32_t row, uint32_t n)
{
    const provider *p = &c->providers[u->bus];
    uint32_t *counts = p->counts + (size_t)p->n_rows * w->index, tuple[HB_AIR_MAX_TUPLE];
    const uint32_t *flag = u->flag == HB_ALWAYS ? NULL : w->words, *words = w->words + (flag ? HB_BLOCK_ROWS : 0);
    if (!flag && p->rule == ROW_IS_VALUE) {
        count_values(w, p, words, counts, use, row, n);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (flag && flag[i] == 0)
            continue;
        for (uint32_t j = 0; j < u->n; j++)
            tuple[j] = words[j * HB_BLOCK_ROWS + i];
        size_t r = row_of(p, (hb_bus)u->bus, tuple);
        if (r == SIZE_MAX)
            note_failure(w, row + i, use);
        else
            counts[r]++;
    }
}

static void count_blocks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const counting *c = ctx;
    const hb_air_kernels *k = HB_ISA_PICK(hb_air_kernels_table);
    const hb_air *a = c->table->air;
    count_worker w = worker_of(c, worker);
    uint32_t columns = c->tape.n_inputs - HB_ST_COUNT;
    for (size_t b = begin; b < end; b++) {
        uint32_t row = (uint32_t)b * HB_BLOCK_ROWS, left = c->table->n_rows - row, output = 0;
        for (uint32_t j = 0; j < columns; j++)
            w.slots[j] = c->table->cols[j] + row;
        for (uint32_t s = 0; s < HB_ST_COUNT; s++) {
            w.slots[columns + s] = w.structured + s * HB_BLOCK_ROWS;
            if (c->tape.input_used[columns + s])
                hb_structured_rows((hb_structured)s, row, HB_BLOCK_ROWS, c->publics, w.slots[columns + s]);
        }
        k->run(c->tape.steps, c->tape.n_steps, w.slots);
        for (uint32_t i = 0; i < a->n_uses; i++) {
            const hb_air_use *u = &a->uses[i];
            if (u->kind != HB_AIR_LOOKUP)
                continue;
            uint32_t n = u->n + (u->flag != HB_ALWAYS);
            for (uint32_t j = 0; j < n; j++)
                k->canonical(w.slots[c->tape.outputs[output++]], w.words + j * HB_BLOCK_ROWS);
            count_block(c, &w, u, i, row, left < HB_BLOCK_ROWS ? left : HB_BLOCK_ROWS);
        }
    }
}

/* --- one table's lookups --------------------------------------------------------------------------------------------------------------- */
static hb_status check_buses(const counting *c, hb_error *err)
{
    for (uint32_t i = 0; i < c->table->air->n_uses; i++) {
        const hb_air_use *u = &c->table->air->uses[i];
        if (u->kind == HB_AIR_LOOKUP && (!c->providers[u->bus].present || c->providers[u->bus].rule == ROW_UNKNOWN))
            return hb_fail(err, HB_PROOF_GENERATION_FAILED, "%s looks up bus %s, which no table provides", c->table->name ? c->table->name : "a chip",
                           hb_bus_name((hb_bus)u->bus));
    }
    return HB_OK;
}

static bool prepare(counting *c, hb_arena *arena)
{
    const hb_air *a = c->table->air;
    hb_expr *outputs = hb_arena_alloc_many(arena, a->n_tuple_words + a->n_uses, sizeof *outputs);
    uint32_t n = 0;
    if (!outputs)
        return false;
    for (uint32_t i = 0; i < a->n_uses; i++) {
        const hb_air_use *u = &a->uses[i];
        if (u->kind != HB_AIR_LOOKUP)
            continue;
        if (u->flag != HB_ALWAYS)
            outputs[n++] = u->flag;
        for (uint32_t j = 0; j < u->n; j++)
            outputs[n++] = hb_air_use_word(a, u, j);
    }
    if (!hb_air_tape_compile(a, c->publics, outputs, n, arena, &c->tape))
        return false;
    size_t blocks = c->tape.n_slots - c->tape.n_inputs + HB_ST_COUNT + HB_AIR_MAX_TUPLE + 1;
    c->worker_bytes = blocks * HB_BLOCK_ROWS * sizeof(hb_f) + ((size_t)c->tape.n_slots + 7) / 8 * 8 * sizeof(void *);
    c->scratch = hb_arena_alloc_many(arena, c->threads, c->worker_bytes);
    c->failures = hb_arena_alloc_many(arena, c->threads, sizeof *c->failures);
    for (unsigned t = 0; c->failures && t < c->threads; t++)
        c->failures[t] = (failure){UINT32_MAX, 0};
    return c->scratch && c->failures;
}

static hb_status report(const counting *c, hb_error *err)
{
    failure first = {UINT32_MAX, 0};
    for (unsigned t = 0; t < c->threads; t++)
        if (c->failures[t].row < first.row)
            first = c->failures[t];
    if (first.row == UINT32_MAX)
        return HB_OK;
    if (err) {
        err->chip = c->table->chip;
        err->row = first.row;
    }
    return hb_fail(err, HB_PROOF_GENERATION_FAILED, "%s row %u looks up a tuple that bus %s does not hold", c->table->name ? c->table->name : "a chip",
                   first.row, hb_bus_name((hb_bus)c->table->air->uses[first.use].bus));
}

static hb_status count_table(counting *c, const hb_table *table, hb_pool *pool, hb_arena *arena, hb_error *err)
{
    c->table = table;
    bool any = false;
    for (uint32_t i = 0; i < table->air->n_uses; i++)
        any |= table->air->uses[i].kind == HB_AIR_LOOKUP;
    hb_status st = any ? check_buses(c, err) : HB_OK;
    if (!any || st != HB_OK)
        return st;
    size_t mark = hb_arena_mark(arena);
    if (prepare(c, arena)) {
        hb_pool_for(pool, ((size_t)table->n_rows + HB_BLOCK_ROWS - 1) / HB_BLOCK_ROWS, 16, count_blocks, c);
        st = report(c, err);
    } else {
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory to count lookups");
    }
    hb_arena_release(arena, mark);
    return st;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------------- */
typedef struct writing {
    const provider *p;
    hb_f *column;
    unsigned threads;
} writing;

static void write_rows(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const writing *w = ctx;
    (void)worker;
    for (size_t r = begin; r < end; r++) {
        uint32_t sum = 0;
        for (unsigned t = 0; t < w->threads; t++)
            sum += w->p->counts[(size_t)w->p->n_rows * t + r];
        w->column[r] = hb_f_from_u32(sum);
    }
}

static void write_columns(const counting *c, hb_pool *pool)
{
    for (uint32_t bus = 0; bus < HB_BUS_COUNT; bus++) {
        const provider *p = &c->providers[bus];
        if (!p->present)
            continue;
        const hb_table *t = &c->tables[p->table];
        writing w = {p, t->cols[p->column], c->threads};
        hb_pool_for(pool, p->n_rows, 4096, write_rows, &w);
        memset(w.column + p->n_rows, 0, (t->stored_rows - p->n_rows) * sizeof(hb_f));
    }
}

hb_status hb_air_count_multiplicities(const hb_table *tables, size_t n_tables, const hb_air_finder *finders, const hb_air_publics *publics, hb_pool *pool,
                                      hb_arena *arena, hb_error *err)
{
    counting c = {.tables = tables, .n_tables = n_tables, .publics = publics, .threads = hb_pool_threads(pool)};
    size_t mark = hb_arena_mark(arena);
    hb_status st = find_providers(&c, finders, arena, err);
    for (size_t i = 0; i < n_tables && st == HB_OK; i++)
        st = count_table(&c, &tables[i], pool, arena, err);
    if (st == HB_OK)
        write_columns(&c, pool);
    hb_arena_release(arena, mark);
    return st;
}
