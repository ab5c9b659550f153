#include "machine/run_prove.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/pool_trace.h"
#include "machine/prooffile_write.h"
#include "machine/run_record.h"
#include "rv/recorder.h"

/* Instructions between two looks at the counts. A slice brings at most so many events, which the memory model must leave room for. */
#define SLICE ((uint64_t)1 << 15)

/* Bytes that executing takes for a touched page of the guest: its data, time stamps, shard numbers, and the copy of a shard's first values. */
#define PAGE_BYTES ((size_t)14 << 10)

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- memory model --------------------------------------------------------------------------------------------------------------------- */

/* The table that takes a family's events at the highest cost: where several share them, the others are narrower. */
static const hb_chip_id chip_of_family[HB_FAM_COUNT] = {
    [HB_FAM_ADDI] = HB_CHIP_ADDI, [HB_FAM_ADD] = HB_CHIP_ADD, [HB_FAM_SUB] = HB_CHIP_SUB, [HB_FAM_ADDW] = HB_CHIP_ADDW, [HB_FAM_CONST] = HB_CHIP_CONST,
    [HB_FAM_LOGIC] = HB_CHIP_LOGIC, [HB_FAM_SHIFT] = HB_CHIP_SHIFT, [HB_FAM_SLT] = HB_CHIP_SLT, [HB_FAM_BEQ] = HB_CHIP_BEQ, [HB_FAM_BLT] = HB_CHIP_BLT,
    [HB_FAM_JAL] = HB_CHIP_JAL, [HB_FAM_JALR] = HB_CHIP_JALR, [HB_FAM_MUL] = HB_CHIP_MUL, [HB_FAM_DIV] = HB_CHIP_DIV, [HB_FAM_LD] = HB_CHIP_LOAD,
    [HB_FAM_LOAD] = HB_CHIP_LOAD, [HB_FAM_LOAD2] = HB_CHIP_LOAD2, [HB_FAM_SD] = HB_CHIP_STORE, [HB_FAM_STORE] = HB_CHIP_STORE, [HB_FAM_STORE2] = HB_CHIP_STORE2,
    [HB_FAM_CALL] = HB_CHIP_CALL,
};

hb_chip_id hb_run_chip_of_family(hb_rv_family family)
{
    return chip_of_family[family];
}

/* A statement with the heights that these counts give at most. */
static void state_counts(const hb_machine_key *key, uint32_t kind, const hb_rv_shard_counts *counts, uint64_t cells, hb_statement *st)
{
    memset(st, 0, sizeof *st);
    st->kind = kind;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        if (hb_chip_in_kind((hb_chip_id)c, kind) && hb_chips[c]->height_rule == HB_HEIGHT_CONSTANT)
            st->heights[c] = hb_chips[c]->fixed_rows;
    if (kind != HB_KIND_EXEC)
        st->heights[HB_CHIP_IMAGE] = key->part.n_image;
    if (kind == HB_KIND_INIT) {
        st->heights[HB_CHIP_INITFIN_GLOBAL] = (uint32_t)cells;
        return;
    }
    st->heights[HB_CHIP_PROG] = key->part.n_prog;
    st->heights[kind == HB_KIND_EXEC ? HB_CHIP_BOUNDARY : HB_CHIP_INITFIN] = (uint32_t)cells;
    st->heights[HB_CHIP_BUMP] = (uint32_t)counts->bumps;
    for (uint32_t f = 0; f < HB_FAM_COUNT; f++)
        st->heights[chip_of_family[f]] += (uint32_t)counts->family[f];
}

/* Bytes that recording and proving these counts take; SIZE_MAX when one proof cannot hold them. */
static size_t proof_bytes(const hb_run *run, uint32_t kind, const hb_rv_shard_counts *counts, uint64_t cells)
{
    static const hb_rv_shard_counts nothing;
    hb_statement st;
    hb_error err = {0};
    counts = counts ? counts : &nothing;
    state_counts(run->key, kind, counts, cells, &st);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        if (st.heights[c] > UINT32_C(1) << hb_chips[c]->max_height_log2)
            return SIZE_MAX;
    const size_t bytes = hb_machine_prove_bytes(run->key, &st, run->pool, &err);
    return bytes ? bytes + hb_run_record_bytes(counts->family, counts->bumps, kind == HB_KIND_INIT ? 0 : cells) : SIZE_MAX;
}

/* --- phase 1 ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct planner {
    hb_run *run;
    uint32_t shards_room;
    uint64_t cells_total;   /* boundary rows of all shards: the run has at most so many touched cells */
    hb_rv_shard_counts all; /* sums over the shards, for a proof in one piece */
} planner;

static bool may_grow(const hb_run *run, const hb_rv_shard_counts *counts)
{
    if (counts->cycles >= run->limits.shard_cycles)
        return false;
    if (!run->limits.memory_bytes)
        return true;
    const size_t here = proof_bytes(run, HB_KIND_EXEC, counts, counts->cells + 1);
    if (here == SIZE_MAX)
        return false;
    /* The next slice should cost about what the shard's others did on average; twice that is kept free for it. */
    const size_t slice = counts->cycles ? (size_t)((double)here / (double)(counts->cycles / SLICE + 1)) * 2 : 0;
    return here + slice + run->guest_bytes <= run->limits.memory_bytes;
}

static hb_status remember(planner *p, const hb_rv_shard *shard, hb_run_shard **out, hb_error *err)
{
    hb_run *run = p->run;
    if (run->n_shards == p->shards_room) {
        const uint32_t room = p->shards_room ? 2 * p->shards_room : 16;
        hb_run_shard *more = realloc(run->shards, room * sizeof *more);
        if (!more)
            return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the list of shards");
        run->shards = more;
        p->shards_room = room;
    }
    *out = &run->shards[run->n_shards++];
    **out = (hb_run_shard){.end = shard->first_cycle + shard->counts.cycles, .pc_in = shard->pc_in, .pc_out = shard->pc_out, .n_boundary = (uint32_t)shard->counts.cells};
    for (uint32_t f = 0; f < HB_FAM_COUNT; f++) {
        p->all.family[f] += shard->counts.family[f];
        run->events_max[f] = shard->counts.family[f] > run->events_max[f] ? shard->counts.family[f] : run->events_max[f];
    }
    run->bumps_max = shard->counts.bumps > run->bumps_max ? shard->counts.bumps : run->bumps_max;
    run->cells_max = shard->counts.cells > run->cells_max ? shard->counts.cells : run->cells_max;
    const size_t bytes = run->limits.memory_bytes ? proof_bytes(run, HB_KIND_EXEC, &shard->counts, shard->counts.cells) : 0;
    run->proof_bytes_max = bytes > run->proof_bytes_max ? bytes : run->proof_bytes_max;
    p->all.bumps += shard->counts.bumps;
    p->cells_total += shard->counts.cells;
    return HB_OK;
}

static hb_status close_shard(planner *p, hb_error *err)
{
    hb_run *run = p->run;
    hb_rv_shard shard;
    hb_run_shard *s = NULL;
    uint32_t cap[HB_CAP_NODES_MAX][8], nodes;
    hb_status st = hb_rv_shard_end(run->plan, &shard, err);
    if (st != HB_OK)
        return st;
    const size_t cells = (size_t)shard.counts.cells;
    const hb_rv_record boundary = {.boundary = {(void *)(uintptr_t)shard.boundary, cells, cells}, .shard = shard.index};
    st = hb_machine_commit_boundary(run->key, HB_KIND_EXEC, &boundary, run->pool, cap, &nodes, err);
    if (st == HB_OK)
        st = remember(p, &shard, &s, err);
    if (st == HB_OK)
        hb_run_beta((const uint32_t(*)[8])cap, nodes, s->beta);
    return st;
}

/* One shard, from its first instruction to its last. *ended: it was the last. */
static hb_status plan_shard(planner *p, hb_rv_end *end, hb_error *err)
{
    hb_run *run = p->run;
    hb_rv_shard_counts counts;
    memset(&counts, 0, sizeof counts);
    do {
        const uint64_t left = run->limits.shard_cycles - counts.cycles;
        const hb_rv_bound bound = {.cycles = hb_rv_run_cycles(run->plan) + (left < SLICE ? left : SLICE)};
        const uint64_t before = counts.cycles;
        *end = hb_rv_advance(run->plan, &bound);
        hb_rv_shard_counts_now(run->plan, &counts);
        run->guest_bytes = hb_rv_run_pages(run->plan) * PAGE_BYTES;
        hb_progress_report(run->progress, "executing", hb_rv_run_cycles(run->plan), 0);
        if (hb_stop_asked(run->stop))
            return hb_fail(err, HB_CANCELLED, "the execution was stopped after %llu instructions", (unsigned long long)hb_rv_run_cycles(run->plan));
        if (counts.cycles == before)
            break; /* no room in time */
    } while (*end == HB_RV_END_PAUSED && may_grow(run, &counts));
    return close_shard(p, err);
}

/* The smallest limit under which anything can be proven: the fixed tables and one slice. */
static hb_status check_least(const hb_run *run, hb_error *err)
{
    hb_rv_shard_counts slice = {.cycles = SLICE};
    slice.family[HB_FAM_LOAD2] = SLICE;
    const size_t exec = proof_bytes(run, HB_KIND_EXEC, &slice, 4096), init = proof_bytes(run, HB_KIND_INIT, NULL, run->key->part.n_image + 4096);
    const size_t least = exec > init ? exec : init;
    if (!run->limits.memory_bytes || least <= run->limits.memory_bytes)
        return HB_OK;
    return hb_fail(err, HB_OUT_OF_MEMORY, "proving this program needs %zu MiB at the least", (least >> 20) + 1);
}

static hb_status take_final_cells(hb_run *run, hb_error *err)
{
    const hb_rv_cell *cells;
    size_t n;
    hb_status st = hb_rv_run_final_cells(run->plan, &cells, &n, err);
    if (st != HB_OK)
        return st;
    if (!hb_rv_events_reserve(&run->init.cells, sizeof *cells, n))
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for %zu cells", n);
    memcpy(run->init.cells.data, cells, n * sizeof *cells);
    run->init.cells.count = n;
    hb_machine_public_words(run->init.cells.data, run->facts.public_words);
    return HB_OK;
}

/* All boundary tables are committed to; so the challenges of GLOBAL are fixed. */
static hb_status draw_challenges(hb_run *run, hb_error *err)
{
    uint32_t cap[HB_CAP_NODES_MAX][8], nodes, sigma[8];
    uint8_t beta[32], root[32];
    hb_run_tree tree = {0};
    hb_statement st;
    hb_status status = hb_machine_statement(run->key, HB_KIND_INIT, &run->init, &run->facts, &st, err);
    if (status == HB_OK)
        status = hb_machine_commit_boundary(run->key, HB_KIND_INIT, &run->init, run->pool, cap, &nodes, err);
    if (status != HB_OK)
        return status;
    hb_run_beta((const uint32_t(*)[8])cap, nodes, beta);
    hb_run_tree_add(&tree, &st, beta);
    for (uint32_t i = 0; i < run->n_shards; i++) {
        const hb_run_shard *s = &run->shards[i];
        hb_statement exec = {.kind = HB_KIND_EXEC, .index = i + 1, .pc_in = s->pc_in, .pc_out = s->pc_out};
        exec.heights[HB_CHIP_BOUNDARY] = s->n_boundary;
        hb_run_tree_add(&tree, &exec, s->beta);
    }
    hb_run_tree_root(&tree, root);
    hb_run_sigma(run->key->vkey, &st, run->n_shards, root, sigma);
    run->nonce = hb_run_grind(sigma, run->facts.seed);
    hb_run_challenges(run->facts.seed, &run->facts.global);
    return HB_OK;
}

static hb_status plan(planner *p, hb_error *err)
{
    hb_run *run = p->run;
    hb_rv_end end = HB_RV_END_PAUSED;
    hb_status st = check_least(run, err);
    if (st == HB_OK)
        st = hb_rv_start(run->key->program, &run->options, &run->plan, err);
    while (st == HB_OK && end == HB_RV_END_PAUSED)
        st = plan_shard(p, &end, err);
    if (st == HB_OK) {
        st = hb_rv_finish(run->plan, err);
        run->executed = true;
    }
    if (st != HB_OK)
        return st;
    hb_progress_report(run->progress, "executing", hb_rv_run_cycles(run->plan), hb_rv_run_cycles(run->plan));
    st = take_final_cells(run, err);
    if (st != HB_OK)
        return st;
    const hb_rv_report *report = hb_rv_run_report(run->plan);
    if (hb_buf_append(&run->public_bytes, report->public_values.data, report->public_values.len) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the public values");
    const size_t single = report->cycles <= HB_RUN_SHARD_CYCLES ? proof_bytes(run, HB_KIND_SINGLE, &p->all, run->init.cells.count) : SIZE_MAX;
    run->single_bytes = single == SIZE_MAX ? 0 : single + run->guest_bytes;
    return draw_challenges(run, err);
}

hb_status hb_run_plan(hb_run *run, const hb_machine_key *key, const hb_rv_exec_options *options, const hb_run_limits *limits, hb_pool *pool,
                      const hb_progress *progress, const hb_stop *stop, hb_error *err)
{
    memset(run, 0, sizeof *run);
    run->key = key;
    run->options = *options;
    run->options.record = false;
    run->options.expected_events = NULL;
    run->options.sharding = HB_RV_SHARDS_PLAN;
    run->limits = *limits;
    if (run->limits.shard_cycles == 0 || run->limits.shard_cycles > HB_RUN_SHARD_CYCLES)
        run->limits.shard_cycles = HB_RUN_SHARD_CYCLES;
    run->pool = pool;
    run->progress = progress;
    run->stop = stop;
    run->next = 1;
    planner p = {.run = run};
    const double begin = now();
    hb_trace_begin(hb_pool_trace(pool), 0, "planning", HB_TRACE_NO_NUMBER);
    hb_status st = plan(&p, err);
    hb_trace_end(hb_pool_trace(pool), 0);
    run->plan_wall_s = now() - begin;
    return st;
}

bool hb_run_fits_single(const hb_run *run)
{
    if (run->n_shards > 1 || run->single_bytes == 0)
        return false;
    return !run->limits.memory_bytes || run->single_bytes <= run->limits.memory_bytes;
}

/* --- phase 2 ---------------------------------------------------------------------------------------------------------------------------- */

hb_status hb_run_head(const hb_run *run, hb_buf *file, hb_error *err)
{
    hb_statement st;
    hb_status status = hb_machine_statement(run->key, HB_KIND_INIT, &run->init, &run->facts, &st, err);
    if (status != HB_OK)
        return status;
    if (hb_proof_write_head(&run->key->part, &st, run->n_shards, run->nonce, run->public_bytes.data, run->public_bytes.len, file) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the proof");
    return HB_OK;
}

static hb_status prove(hb_run *run, uint32_t kind, const hb_rv_record *record, hb_buf *file, hb_error *err)
{
    hb_machine_proof p;
    hb_trace_begin(hb_pool_trace(run->pool), 0, "proof", kind == HB_KIND_EXEC ? record->shard : 0);
    hb_status st = hb_machine_proof_init(&p, run->key, kind, record, &run->facts, &run->room, run->pool, run->progress, err);
    p.stop = run->stop;
    if (st == HB_OK)
        st = hb_machine_proof_count(&p, err);
    if (st == HB_OK)
        st = hb_machine_proof_finish(&p, file, err);
    for (int i = 0; i < HB_PHASES; i++) {
        run->wall_s[i] += p.wall_s[i];
        run->cpu_s[i] += p.cpu_s[i];
    }
    hb_machine_proof_free(&p);
    hb_trace_end(hb_pool_trace(run->pool), 0);
    return st;
}

hb_status hb_run_proof(hb_run *run, uint32_t i, hb_buf *file, hb_error *err)
{
    if (i > run->n_shards || (i > 0 && i < run->next))
        return hb_fail(err, HB_INVALID_ARGUMENT, "there is no shard %u to be proven now", i);
    if (i == 0)
        return prove(run, HB_KIND_INIT, &run->init, file, err);
    const hb_rv_record *record;
    hb_status st = hb_run_record_shard(run, i, &record, err);
    return st == HB_OK ? prove(run, HB_KIND_EXEC, record, file, err) : st;
}

void hb_run_free(hb_run *run)
{
    hb_run_record_free(run);
    hb_rv_run_free(run->plan);
    hb_rv_record_free(&run->init);
    hb_machine_room_free(&run->room);
    hb_buf_free(&run->public_bytes);
    free(run->shards);
    memset(run, 0, sizeof *run);
}
