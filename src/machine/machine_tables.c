/* From a record to the tables of a proof: sizes, statement, rows, multiplicities; and commitment 1 by itself. */
#include "machine/machine_tables.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "air/leaves.h"
#include "air/multiplicity.h"
#include "base/pool_trace.h"
#include "gkr/gkr_prove.h"

const char *const hb_prove_phase_names[HB_PHASES] = {"filling tables", "counting lookups", "committing", "bus leaves", "bus trees", "constraints", "opening"};

/* --- times ------------------------------------------------------------------------------------------------------------------------ */

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void hb_machine_phase_begin(hb_machine_proof *p, hb_prove_phase phase)
{
    hb_trace_begin(hb_pool_trace(p->pool), 0, hb_prove_phase_names[phase], HB_TRACE_NO_NUMBER);
    p->wall_s[phase] -= seconds(CLOCK_MONOTONIC);
    p->cpu_s[phase] -= seconds(CLOCK_PROCESS_CPUTIME_ID);
    hb_progress_report(p->progress, hb_prove_phase_names[phase], 0, 1);
}

void hb_machine_phase_end(hb_machine_proof *p, hb_prove_phase phase)
{
    p->wall_s[phase] += seconds(CLOCK_MONOTONIC);
    p->cpu_s[phase] += seconds(CLOCK_PROCESS_CPUTIME_ID);
    hb_trace_end(hb_pool_trace(p->pool), 0);
    hb_progress_report(p->progress, hb_prove_phase_names[phase], 1, 1);
}

/* --- sizes ------------------------------------------------------------------------------------------------------------------------ */

static size_t max_size(size_t a, size_t b) { return a > b ? a : b; }

void hb_machine_zerocheck_tables(const hb_machine_key *key, const hb_machine_layout *layout, const hb_statement *st, hb_zerocheck_table *out)
{
    for (uint32_t i = 0; i < layout->n_tables; i++)
        out[i] = (hb_zerocheck_table){&key->airs.air[layout->chip[i]], st->heights[layout->chip[i]]};
}

/* As air/multiplicity.h and air/leaves.h say. */
static size_t counting_bytes(const hb_machine_key *key, const hb_statement *st, unsigned threads)
{
    size_t rows = 0, nodes = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        const hb_air *air = &key->airs.air[c];
        nodes = max_size(nodes, air->n_nodes);
        for (uint32_t u = 0; u < air->n_uses; u++)
            if (air->uses[u].kind == HB_AIR_PROVIDE)
                rows += (size_t)hb_stored_tiles(st->heights[c]) * HB_TILE_ROWS;
    }
    return (threads + 1) * (4 * rows + (64u << 10) + (1u << 10) * nodes) + (1u << 20);
}

/* What computing leaves takes besides them. */
static size_t leaves_work_bytes(const hb_machine_key *key, unsigned threads)
{
    size_t nodes = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        nodes = max_size(nodes, key->airs.air[c].n_nodes);
    return 100 * nodes + ((size_t)threads << 20) + (1u << 20);
}

/* lean: codewords and leaves are computed twice instead of being kept. */
static size_t arena_bytes_how(const hb_machine_key *key, const hb_machine_layout *layout, const hb_statement *st, hb_pool *pool, bool lean)
{
    const hb_pcs_keep keep = lean ? HB_PCS_DROP_CODEWORDS : HB_PCS_KEEP_CODEWORDS;
    const unsigned threads = pool ? hb_pool_threads(pool) : 1;
    hb_zerocheck_table tables[HB_CHIP_COUNT];
    hb_machine_zerocheck_tables(key, layout, st, tables);
    const hb_zerocheck_claim claim = {.tables = tables, .n_tables = layout->n_tables, .layout = &layout->trees};
    static const uint32_t *kept[1]; /* only whether there are some matters */
    hb_pcs_committed committed[HB_COMMITMENTS] = {key->fixed};
    size_t commit = 0, stay = 0, tiles = layout->stack.tiles[HB_COMMIT_KEY];
    for (int c = HB_COMMIT_BOUNDARY; c <= HB_COMMIT_MAIN; c++) {
        if (layout->stack.w[c] == 0)
            continue;
        committed[c] = (hb_pcs_committed){.width = layout->stack.w[c], .h = layout->stack.h[c], .codewords = lean ? NULL : kept};
        commit = max_size(commit, stay + hb_pcs_commit_bytes(&layout->stack, c, keep, pool));
        stay += hb_pcs_committed_bytes(&layout->stack, c, keep);
        tiles += layout->stack.tiles[c];
    }
    const size_t leaves = hb_gkr_leaf_packs(&layout->trees) * sizeof(hb_kpack);
    const size_t levels = lean ? hb_gkr_stream_bytes(&layout->trees, threads) : leaves + hb_gkr_prove_bytes(&layout->trees, threads);
    const size_t trees = levels + leaves_work_bytes(key, threads);
    const size_t zerocheck = hb_zerocheck_prove_bytes(&claim, threads);
    const size_t values = 64 * (tiles + layout->stack.n_columns);
    const size_t opening = values + hb_pcs_open_bytes(&hb_pcs_shard_params, &layout->stack, committed, pool);
    const size_t rest = stay + max_size(trees, max_size(zerocheck, opening));
    return max_size(counting_bytes(key, st, threads), max_size(commit, rest)) + (1u << 20);
}

/* Small proofs are made lean: what is computed twice takes milliseconds, and the memory is most of a small process. The bytes of the proof are the same. */
#define LEAN_BELOW ((size_t)256 << 20)

static size_t arena_bytes(const hb_machine_key *key, const hb_machine_layout *layout, const hb_statement *st, hb_pool *pool, bool *lean)
{
    const size_t full = arena_bytes_how(key, layout, st, pool, false);
    *lean = full < LEAN_BELOW;
    return *lean ? arena_bytes_how(key, layout, st, pool, true) : full;
}

static size_t cells_bytes(const hb_statement *st)
{
    size_t bytes = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        bytes += (size_t)hb_chips[c]->width * hb_stored_tiles(st->heights[c]) * HB_TILE_ROWS * sizeof(hb_f);
    return bytes;
}

#define LAYOUT_BYTES ((size_t)1 << 20) /* blocks of the trees: at most a few thousand */

size_t hb_machine_prove_bytes(const hb_machine_key *key, const hb_statement *st, hb_pool *pool, hb_error *err)
{
    void *memory = malloc(LAYOUT_BYTES + sizeof(hb_machine_layout));
    if (!memory)
        return 0;
    hb_machine_layout *layout = memory;
    hb_scratch scratch = hb_scratch_of(layout + 1, LAYOUT_BYTES);
    size_t bytes = 0;
    bool lean;
    if (hb_machine_layout_init(layout, &key->airs, &key->part, st, &scratch, err) == HB_OK)
        bytes = cells_bytes(st) + arena_bytes(key, layout, st, pool, &lean) + LAYOUT_BYTES;
    free(memory);
    return bytes;
}

/* --- statement ---------------------------------------------------------------------------------------------------------------------- */

void hb_machine_public_words(const hb_rv_cell *cells, uint32_t words[HB_PUBLIC_WORDS])
{
    for (uint32_t k = 0; k < HB_PUBLIC_WORDS; k++)
        words[k] = (uint32_t)cells[k].v_fin;
}

static void state_public_words(hb_statement *st, const uint32_t words[HB_PUBLIC_WORDS])
{
    memcpy(st->public_digest, words, sizeof st->public_digest);
    memcpy(st->deferred_digest, words + 8, sizeof st->deferred_digest);
    st->exit_code = words[16];
}

static hb_status state_heights(const hb_chip_run *routed, hb_statement *st, hb_error *err)
{
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        if (!hb_chip_in_kind((hb_chip_id)c, st->kind))
            continue;
        const size_t rows = hb_chip_fillers[c]->rows(routed);
        if (rows > (size_t)1 << hb_chips[c]->max_height_log2)
            return hb_fail(err, HB_LIMIT, "the run is too long for one proof: %zu rows of table %s", rows, hb_chips[c]->name);
        st->heights[c] = (uint32_t)rows;
    }
    return HB_OK;
}

static hb_status make_statement(const hb_chip_run *routed, uint32_t kind, const hb_run_facts *run, hb_statement *st, hb_error *err)
{
    const hb_rv_record *record = routed->record;
    const hb_rv_cell *cells = record->cells.data;
    memset(st, 0, sizeof *st);
    st->kind = kind;
    st->ts_end = 4; /* where time starts: no instruction in kind `init` */
    if (kind != HB_KIND_EXEC) {
        if (record->cells.count < HB_PUBLIC_WORDS || (kind == HB_KIND_SINGLE && record->pc_out != HB_PC_HALT))
            return hb_fail(err, HB_INVALID_ARGUMENT, "the run has not halted: there is nothing to prove");
        const hb_rv_cell *last = hb_chip_run_cell(routed, hb_chip_run_cells(routed) - 1);
        st->chain_hi = last->hi;
        st->chain_lo = last->lo;
    }
    if (kind != HB_KIND_INIT) {
        st->pc_in = record->pc_in;
        st->pc_out = record->pc_out;
        st->ts_end = record->ts_end;
    }
    if (kind == HB_KIND_EXEC)
        st->index = record->shard;
    uint32_t words[HB_PUBLIC_WORDS];
    if (kind == HB_KIND_SINGLE)
        hb_machine_public_words(cells, words);
    state_public_words(st, run ? run->public_words : words);
    if (run)
        memcpy(st->seed, run->seed, sizeof st->seed);
    return state_heights(routed, st, err);
}

hb_status hb_machine_statement(const hb_machine_key *key, uint32_t kind, const hb_rv_record *record, const hb_run_facts *run, hb_statement *st, hb_error *err)
{
    hb_chip_run routed;
    hb_status status = hb_chip_run_init(&routed, key->program, record, key->routes, NULL, err);
    if (status == HB_OK)
        status = make_statement(&routed, kind, run, st, err);
    hb_chip_run_free(&routed);
    return status;
}

/* --- step 1: tables --------------------------------------------------------------------------------------------------------------- */

typedef struct {
    const hb_machine_proof *p;
    const hb_chip_run *routed;
    uint32_t table;
} fill_job;

static void fill_rows(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const fill_job *job = ctx;
    const hb_table *t = &job->p->tables[job->table];
    hb_chip_fillers[t->chip]->fill(job->routed, begin, end, t->cols + hb_chips[t->chip]->pre_width);
}

static hb_table table_of(const hb_machine_key *key, uint32_t chip, uint32_t rows, hb_f **columns)
{
    return (hb_table){.chip = chip, .air = &key->airs.air[chip], .n_rows = rows, .stored_rows = hb_stored_tiles(rows) * HB_TILE_ROWS,
                      .h_log2 = hb_table_height_log2(rows), .cols = columns, .name = hb_chips[chip]->name, .column_names = hb_chips[chip]->column_names};
}

/* Column pointers of all tables; preprocessed ones belong to the key, and an absent table has no others. */
static void place_columns(hb_machine_proof *p)
{
    hb_f *cell = p->room->cells, **column = p->columns;
    uint32_t present = 0;
    for (uint32_t i = 0; i < p->layout->n_stacked; i++) {
        const uint32_t c = p->layout->stacked_chip[i], n = p->statement.heights[c];
        const hb_chip *chip = hb_chips[c];
        p->stacked[i] = table_of(p->key, c, n ? n : p->layout->stack.tables[i].n_rows, column);
        for (uint32_t j = 0; j < chip->pre_width; j++)
            *column++ = p->key->pre_cols[c][j];
        if (n == 0)
            continue;
        for (uint32_t j = 0; j < chip->width; j++, cell += p->stacked[i].stored_rows)
            *column++ = cell;
        p->tables[present++] = p->stacked[i];
    }
}

static size_t column_count(const hb_machine_layout *layout)
{
    size_t n = 0;
    for (uint32_t i = 0; i < layout->n_stacked; i++)
        n += hb_chips[layout->stacked_chip[i]]->pre_width + hb_chips[layout->stacked_chip[i]]->width;
    return n;
}

void hb_machine_room_free(hb_machine_room *room)
{
    hb_arena_free(&room->arena);
    hb_pages_free(room->cells, room->cells_bytes);
    memset(room, 0, sizeof *room);
}

/* Makes the room at least as large; its contents are lost when it grows. */
static bool grow_room(hb_machine_room *room, size_t cells, size_t arena)
{
    if (cells > room->cells_bytes) {
        hb_pages_free(room->cells, room->cells_bytes);
        room->cells = hb_pages_alloc(cells);
        room->cells_bytes = room->cells ? cells : 0;
    }
    if (arena > room->arena.size) {
        hb_arena_free(&room->arena);
        if (hb_arena_init(&room->arena, arena) != HB_OK)
            return false;
    }
    return room->cells != NULL;
}

typedef struct {
    const hb_table *t;
    size_t from;
} clear_job;

static void clear_columns(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const clear_job *job = ctx;
    hb_f *const *columns = job->t->cols + hb_chips[job->t->chip]->pre_width;
    for (size_t j = begin; j < end; j++)
        memset(columns[j] + job->from, 0, (job->t->stored_rows - job->from) * sizeof(hb_f));
}

#define CLEAR_CELLS ((size_t)1 << 15) /* of a chunk, at least: less is not worth another thread */

/* In used memory, all that no filler will write: padding rows, and the multiplicities. */
static void clear_table(const hb_table *t, hb_pool *pool)
{
    clear_job job = {t, hb_chip_fillers[t->chip]->fill ? t->n_rows : 0};
    hb_pool_for(pool, hb_chips[t->chip]->width, CLEAR_CELLS / (t->stored_rows - job.from + 1) + 1, clear_columns, &job);
}

static hb_status reserve(hb_machine_proof *p, hb_error *err)
{
    p->memory_bytes = LAYOUT_BYTES + sizeof *p->layout;
    p->memory = hb_pages_alloc(p->memory_bytes);
    if (!p->memory)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the layout");
    p->layout = p->memory;
    hb_scratch scratch = hb_scratch_of(p->layout + 1, LAYOUT_BYTES);
    hb_status st = hb_machine_layout_init(p->layout, &p->key->airs, &p->key->part, &p->statement, &scratch, err);
    if (st != HB_OK)
        return hb_fail(err, HB_LIMIT, "the run is too long for one proof: %s", err ? err->message : "too many cells");
    p->columns = malloc(column_count(p->layout) * sizeof *p->columns);
    if (!p->columns || !grow_room(p->room, cells_bytes(&p->statement), arena_bytes(p->key, p->layout, &p->statement, p->pool, &p->lean)))
        return hb_fail(err, HB_OUT_OF_MEMORY, "proving needs %zu MiB", hb_machine_prove_bytes(p->key, &p->statement, p->pool, NULL) >> 20);
    return HB_OK;
}

/* Rows of all tables; `used`: the room's memory may hold another proof's cells. */
static void fill(hb_machine_proof *p, const hb_chip_run *routed, bool used)
{
    place_columns(p);
    for (uint32_t i = 0; i < p->layout->n_tables; i++) {
        fill_job job = {p, routed, i};
        if (used)
            clear_table(&p->tables[i], p->pool);
        if (hb_chip_fillers[p->tables[i].chip]->fill)
            hb_pool_for(p->pool, p->tables[i].n_rows, HB_TILE_ROWS, fill_rows, &job);
    }
}

hb_status hb_machine_proof_init(hb_machine_proof *p, const hb_machine_key *key, uint32_t kind, const hb_rv_record *record, const hb_run_facts *run,
                                hb_machine_room *room, hb_pool *pool, const hb_progress *progress, hb_error *err)
{
    memset(p, 0, sizeof *p);
    p->key = key;
    p->run = run;
    p->room = room ? room : &p->own_room;
    p->pool = pool;
    p->progress = progress;
    hb_chip_run routed;
    hb_machine_phase_begin(p, HB_PHASE_FILL);
    hb_status st = hb_chip_run_init(&routed, key->program, record, key->routes, pool, err);
    if (st == HB_OK)
        st = make_statement(&routed, kind, run, &p->statement, err);
    if (st == HB_OK)
        st = reserve(p, err);
    if (st == HB_OK)
        fill(p, &routed, room != NULL);
    hb_chip_run_free(&routed);
    hb_machine_phase_end(p, HB_PHASE_FILL);
    return st;
}

/* --- step 2: multiplicities --------------------------------------------------------------------------------------------------------- */

typedef struct {
    const hb_rv_program *program;
    const hb_chip_filler *filler;
} finder_ctx;

static size_t find_row(const void *ctx, hb_bus bus, const uint32_t *tuple)
{
    const finder_ctx *f = ctx;
    return f->filler->row_of(f->program, bus, tuple);
}

hb_status hb_machine_proof_count(hb_machine_proof *p, hb_error *err)
{
    hb_air_finder finders[HB_CHIP_COUNT];
    finder_ctx contexts[HB_CHIP_COUNT];
    for (uint32_t i = 0; i < p->layout->n_tables; i++) {
        const hb_chip_filler *filler = hb_chip_fillers[p->tables[i].chip];
        contexts[i] = (finder_ctx){p->key->program, filler};
        finders[i] = (hb_air_finder){filler->row_of ? find_row : NULL, &contexts[i]};
    }
    hb_machine_phase_begin(p, HB_PHASE_COUNT_LOOKUPS);
    const size_t mark = hb_arena_mark(&p->room->arena);
    hb_status st = hb_air_count_multiplicities(p->tables, p->layout->n_tables, finders, &p->layout->publics, p->pool, &p->room->arena, err);
    hb_arena_release(&p->room->arena, mark);
    hb_machine_phase_end(p, HB_PHASE_COUNT_LOOKUPS);
    return st;
}

/* --- commitment 1 by itself ----------------------------------------------------------------------------------------------------------- */

static hb_status commit_boundary_table(hb_table *table, const hb_stack *stack, const hb_machine_key *key, const hb_chip_run *routed, hb_pool *pool,
                                       uint32_t (*cap)[8], uint32_t *nodes, hb_error *err)
{
    hb_arena arena;
    hb_pcs_committed committed;
    hb_machine_proof p = {.key = key, .pool = pool};
    p.tables[0] = *table;
    fill_job job = {&p, routed, 0};
    hb_pool_for(pool, table->n_rows, HB_TILE_ROWS, fill_rows, &job);
    if (hb_arena_init(&arena, hb_pcs_commit_bytes(stack, HB_COMMIT_BOUNDARY, HB_PCS_DROP_CODEWORDS, pool)) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the commitment of a boundary table");
    hb_status st = hb_pcs_commit(HB_COMMIT_BOUNDARY, stack, table, HB_PCS_DROP_CODEWORDS, pool, &arena, &committed, err);
    if (st == HB_OK) {
        *nodes = UINT32_C(1) << hb_merkle_cap_log2(stack->h[HB_COMMIT_BOUNDARY] + HB_RATE_LOG2_0);
        memcpy(cap, committed.cap, *nodes * sizeof *cap);
    }
    hb_arena_free(&arena);
    return st;
}

static hb_status commit_boundary(const hb_machine_key *key, uint32_t kind, const hb_chip_run *routed, hb_pool *pool, uint32_t (*cap)[8], uint32_t *nodes, hb_error *err)
{
    const uint32_t c = kind == HB_KIND_INIT ? HB_CHIP_INITFIN_GLOBAL : HB_CHIP_BOUNDARY, width = hb_chips[c]->width;
    const size_t rows = hb_chip_fillers[c]->rows(routed);
    hb_statement statement = {.kind = kind};
    if (rows == 0 || rows > (size_t)1 << hb_chips[c]->max_height_log2)
        return hb_fail(err, HB_LIMIT, "a shard touches %zu cells, at most 2^%u are possible", rows, hb_chips[c]->max_height_log2);
    statement.heights[c] = (uint32_t)rows;
    hb_stack *stack = malloc(sizeof *stack);
    hb_f **columns = calloc(width, sizeof *columns);
    hb_table table = table_of(key, c, (uint32_t)rows, columns);
    const size_t bytes = (size_t)width * table.stored_rows * sizeof(hb_f);
    hb_f *cells = hb_pages_alloc(bytes);
    hb_status st = HB_OUT_OF_MEMORY;
    if (stack && columns && cells) {
        for (uint32_t j = 0; j < width; j++)
            columns[j] = cells + (size_t)j * table.stored_rows;
        st = hb_machine_boundary_layout(stack, &statement, err);
        if (st == HB_OK)
            st = commit_boundary_table(&table, stack, key, routed, pool, cap, nodes, err);
    }
    hb_pages_free(cells, bytes);
    free(columns);
    free(stack);
    return st == HB_OUT_OF_MEMORY ? hb_fail(err, st, "no memory for the commitment of a boundary table") : st;
}

hb_status hb_machine_commit_boundary(const hb_machine_key *key, uint32_t kind, const hb_rv_record *record, hb_pool *pool, uint32_t (*cap)[8], uint32_t *nodes,
                                     hb_error *err)
{
    hb_chip_run routed;
    hb_status st = hb_chip_run_init(&routed, key->program, record, key->routes, pool, err);
    if (st == HB_OK)
        st = commit_boundary(key, kind, &routed, pool, cap, nodes, err);
    hb_chip_run_free(&routed);
    return st;
}
