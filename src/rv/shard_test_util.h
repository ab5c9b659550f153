/* Tests only: runs a program in shards in every way there is, and compares all of them with each other and with the run that is not cut. */
#pragma once
#include "rv/recorder.h"
#include "rv/rv_call_test_util.h"
#include "rv/rvrandom.h"
#include "rv/shardrun.h"

/* A deterministic sequence of numbers. */
static inline uint64_t next_random(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

typedef struct kept_shard {
    hb_rv_shard shard; /* boundary: a copy */
    hb_buf checkpoint;
} kept_shard;

/* A planned run and what it gave. */
typedef struct plan {
    hb_rv_run *run;
    kept_shard *shards;
    size_t n, room;
    hb_status status;
    hb_error err;
    const hb_rv_cell *cells;
    size_t n_cells;
} plan;

static inline void assert_same_counts(const hb_rv_shard_counts *a, const hb_rv_shard_counts *b)
{
    for (int f = 0; f < HB_FAM_COUNT; f++)
        if (a->family[f] != b->family[f])
            fail_msg("family %d: %llu and %llu events", f, (unsigned long long)a->family[f], (unsigned long long)b->family[f]);
    assert_int_equal(a->bumps, b->bumps);
    assert_int_equal(a->cells, b->cells);
    assert_int_equal(a->cycles, b->cycles);
    assert_int_equal(a->ts, b->ts);
}

static inline void assert_same_shard(const hb_rv_shard *a, const hb_rv_shard *b)
{
    assert_int_equal(a->index, b->index);
    assert_int_equal(a->pc_in, b->pc_in);
    assert_int_equal(a->pc_out, b->pc_out);
    assert_int_equal(a->first_cycle, b->first_cycle);
    assert_same_counts(&a->counts, &b->counts);
    if (a->counts.cells)
        assert_memory_equal(a->boundary, b->boundary, a->counts.cells * sizeof *a->boundary);
}

static inline void keep(plan *p, const hb_rv_shard *shard)
{
    if (p->n == p->room) {
        p->room = p->room ? 2 * p->room : 16;
        p->shards = realloc(p->shards, p->room * sizeof *p->shards);
        assert_non_null(p->shards);
    }
    size_t bytes = shard->counts.cells * sizeof *shard->boundary;
    hb_rv_boundary *rows = malloc(bytes + 1);
    assert_non_null(rows);
    if (bytes)
        memcpy(rows, shard->boundary, bytes);
    p->shards[p->n] = (kept_shard){.shard = *shard};
    p->shards[p->n++].shard.boundary = rows;
}

/* Plans with shards of size/2 .. 3 size/2 cycles (size 1: of one cycle), in slices. */
static inline plan make_plan(const hb_rv_program *program, const hb_rv_exec_options *options, uint64_t size, uint64_t seed, bool checkpoints)
{
    plan p = {.n = 0};
    hb_rv_exec_options o = options ? *options : (hb_rv_exec_options){0};
    hb_rv_end end;
    o.sharding = HB_RV_SHARDS_PLAN;
    assert_int_equal(hb_rv_start(program, &o, &p.run, NULL), HB_OK);
    do {
        uint64_t from = hb_rv_run_cycles(p.run), to = from + size / 2 + next_random(&seed) % (size + 1), at = from;
        hb_rv_shard_counts before, after;
        hb_rv_shard shard;
        to = to > from && size > 1 ? to : from + 1;
        do {
            at += 1 + next_random(&seed) % (to - at);
            end = hb_rv_advance(p.run, &(hb_rv_bound){.cycles = at});
        } while (end == HB_RV_END_PAUSED && at < to);
        if (end == HB_RV_END_PAUSED)
            assert_int_equal(hb_rv_run_cycles(p.run), to);
        hb_rv_shard_counts_now(p.run, &before);
        if (hb_rv_shard_end(p.run, &shard, &p.err) != HB_OK)
            fail_msg("%s", p.err.message);
        if (end == HB_RV_END_PAUSED || end == HB_RV_END_HALT) /* a block that ends with the run is undone */
            assert_same_counts(&before, &shard.counts);
        hb_rv_shard_counts_now(p.run, &after);
        assert_true(after.ts == 4 && after.cycles == 0);
        keep(&p, &shard);
        if (checkpoints)
            assert_int_equal(hb_rv_checkpoint_write(p.run, &p.shards[p.n - 1].checkpoint, &p.err), HB_OK);
    } while (end == HB_RV_END_PAUSED);
    p.status = hb_rv_finish(p.run, &p.err);
    assert_int_equal(hb_rv_run_final_cells(p.run, &p.cells, &p.n_cells, NULL), HB_OK);
    return p;
}

static inline void free_plan(plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        free((void *)(uintptr_t)p->shards[k].shard.boundary);
        hb_buf_free(&p->shards[k].checkpoint);
    }
    free(p->shards);
    hb_rv_run_free(p->run);
}

static inline void check_chains(const hb_rv_program *program, const plan *p)
{
    hb_rv_shards_check c = {.program = program};
    hb_error err = {0};
    for (size_t k = 0; k < p->n; k++)
        if (hb_rv_shards_check_add(&c, &p->shards[k].shard, &err) != HB_OK)
            fail_msg("%s", err.message);
    if (hb_rv_shards_check_end(&c, p->cells, p->n_cells, &err) != HB_OK)
        fail_msg("%s", err.message);
    assert_int_equal(c.pc, p->status == HB_OK ? HB_PC_HALT : c.pc);
    hb_rv_shards_check_free(&c);
}

/* The planned run ended as the uncut one did, with the same cells but for the times. */
static inline void check_against_whole(const plan *p, const hb_rv_run *whole, hb_status status)
{
    const hb_rv_record *record = hb_rv_run_record(whole);
    const hb_rv_cell *cells = record->cells.data;
    assert_int_equal(p->status, status);
    assert_same_report(hb_rv_run_report(whole), hb_rv_run_report(p->run));
    for (unsigned r = 0; r <= 32; r++)
        assert_int_equal(hb_rv_run_register(whole, r), hb_rv_run_register(p->run, r));
    assert_int_equal(p->n_cells, record->cells.count);
    for (size_t k = 0; k < p->n_cells; k++) {
        hb_rv_cell c = p->cells[k];
        assert_int_equal(c.ts_last > 0, cells[k].ts_last > 0);
        c.ts_last = cells[k].ts_last;
        assert_memory_equal(&c, &cells[k], sizeof c);
    }
    assert_int_equal(p->shards[p->n - 1].shard.pc_out, record->pc_out);
}

/* An event without its times of previous accesses, which the start of a shard changes. */
static inline void copy_event(hb_rv_family f, const void *from, uint32_t base, hb_rv_event_mem *to)
{
    memset(to, 0, sizeof *to);
    if (f == HB_FAM_CALL) {
        hb_rv_event_call *c = (void *)to;
        memcpy(c, from, sizeof *c);
        c->ts += base;
        c->t0_ts = c->a0_ts = c->a1_ts = c->pv_ts = 0;
        return;
    }
    memcpy(to, from, hb_rv_event_bytes(f));
    to->r.ts += base;
    to->r.rs1_ts = to->r.rs2_ts = to->r.rd_ts = 0;
    memset(to->mem_ts, 0, sizeof to->mem_ts);
}

/* The events of a shard are those of the whole run from done[family] on. */
static inline void check_events_of_whole(const hb_rv_record *whole, const hb_rv_record *shard, uint32_t base, size_t done[HB_FAM_COUNT])
{
    for (int f = 0; f < HB_FAM_COUNT; f++) {
        size_t bytes = hb_rv_event_bytes((hb_rv_family)f), n = shard->family[f].count;
        assert_true(done[f] + n <= whole->family[f].count);
        for (size_t i = 0; i < n; i++) {
            hb_rv_event_mem a, b;
            copy_event((hb_rv_family)f, (const uint8_t *)whole->family[f].data + (done[f] + i) * bytes, 0, &a);
            copy_event((hb_rv_family)f, (const uint8_t *)shard->family[f].data + i * bytes, base, &b);
            assert_memory_equal(&a, &b, sizeof a);
        }
        done[f] += n;
    }
}

static inline void assert_same_events(const hb_rv_events *a, const hb_rv_events *b, size_t bytes)
{
    assert_int_equal(a->count, b->count);
    if (a->count)
        assert_memory_equal(a->data, b->data, a->count * bytes);
}

static inline void assert_same_record(const hb_rv_record *a, const hb_rv_record *b)
{
    for (int f = 0; f < HB_FAM_COUNT; f++)
        assert_same_events(&a->family[f], &b->family[f], hb_rv_event_bytes((hb_rv_family)f));
    assert_same_events(&a->bumps, &b->bumps, sizeof(hb_rv_event_bump));
    assert_same_events(&a->cells, &b->cells, sizeof(hb_rv_cell));
    assert_same_events(&a->boundary, &b->boundary, sizeof(hb_rv_boundary));
    assert_true(a->pc_in == b->pc_in && a->pc_out == b->pc_out && a->ts_end == b->ts_end && a->cycles == b->cycles && a->shard == b->shard);
}

/* The shard that `run` has just closed is the planned one, and its record is consistent. */
static inline void check_record(const hb_rv_program *program, const hb_rv_run *run, const hb_rv_shard *got, const hb_rv_shard *want)
{
    const hb_rv_record *r = hb_rv_run_record(run);
    hb_error err = {0};
    assert_same_shard(got, want);
    if (hb_rv_record_check(program, r, &err) != HB_OK)
        fail_msg("shard %u: %s", want->index, err.message);
    check_events_by_reference(program, r);
    assert_int_equal(r->bumps.count, want->counts.bumps);
    assert_int_equal(r->boundary.count, want->counts.cells);
    for (int f = 0; f < HB_FAM_COUNT; f++)
        assert_int_equal(r->family[f].count, want->counts.family[f]);
}

/* Phase 2 in one run; whole may be NULL (a run too long for one record). With checkpoints: each shard's record also from its checkpoint. */
static inline void check_records(const hb_rv_program *program, const hb_rv_exec_options *options, const plan *p, const hb_rv_record *whole, bool checkpoints)
{
    hb_rv_exec_options o = options ? *options : (hb_rv_exec_options){0};
    hb_rv_run *run, *last = NULL;
    size_t done[HB_FAM_COUNT] = {0};
    uint32_t base = 0;
    o.sharding = HB_RV_SHARDS_RECORD;
    assert_int_equal(hb_rv_start(program, &o, &run, NULL), HB_OK);
    for (size_t k = 0; k < p->n; k++) {
        const hb_rv_shard *want = &p->shards[k].shard;
        hb_rv_shard got;
        hb_error err = {0};
        hb_rv_end end = hb_rv_advance(run, k + 1 < p->n ? &(hb_rv_bound){.cycles = want->first_cycle + want->counts.cycles} : NULL);
        assert_int_equal(end == HB_RV_END_PAUSED, k + 1 < p->n);
        assert_int_equal(hb_rv_shard_end(run, &got, NULL), HB_OK);
        check_record(program, run, &got, want);
        if (whole)
            check_events_of_whole(whole, hb_rv_run_record(run), base, done);
        base += want->counts.ts - 4;
        if (!checkpoints)
            continue;
        hb_rv_run *alone;
        if (hb_rv_checkpoint_open(program, p->shards[k].checkpoint.data, p->shards[k].checkpoint.len, &alone, &err) != HB_OK)
            fail_msg("checkpoint %zu: %s", k, err.message);
        if (last)
            hb_rv_run_take_record_room(alone, last);
        hb_rv_run_free(last);
        if (hb_rv_checkpoint_replay(alone, &got, &err) != HB_OK)
            fail_msg("checkpoint %zu: %s", k, err.message);
        assert_same_shard(&got, want);
        assert_same_record(hb_rv_run_record(alone), hb_rv_run_record(run));
        last = alone;
    }
    hb_rv_run_free(last);
    assert_int_equal(hb_rv_finish(run, NULL), p->status);
    assert_same_report(hb_rv_run_report(run), hb_rv_run_report(p->run));
    hb_rv_run_free(run);
}

/* All of it, for shards of about `size` cycles. Returns the number of shards. */
static inline size_t check_sharded(const hb_rv_program *program, const hb_rv_exec_options *options, uint64_t size, uint64_t seed, bool checkpoints)
{
    hb_rv_run *whole;
    hb_status status = run_both(program, options, &whole);
    plan p = make_plan(program, options, size, seed, checkpoints);
    size_t n = p.n;
    check_against_whole(&p, whole, status);
    check_chains(program, &p);
    check_records(program, options, &p, hb_rv_run_record(whole), checkpoints);
    free_plan(&p);
    hb_rv_run_free(whole);
    return n;
}

/* Random instructions, repeated `rounds` times with what memory then holds. */
static inline hb_rv_program random_rounds(uint64_t seed, unsigned n, uint64_t rounds)
{
    hb_rvasm *a = new_asm();
    uint32_t again = hb_rvasm_label(a), done = hb_rvasm_label(a);
    const uint64_t counter = HB_RVASM_DATA + HB_RVRANDOM_BUFFER_BYTES + 4096;
    a->bss = HB_RVRANDOM_BUFFER_BYTES + 8192;
    hb_rvasm_li(a, 1, counter);
    hb_rvasm_li(a, 2, rounds);
    hb_rvasm_op(a, HB_OP_SD, 0, 1, 2, 0);
    hb_rvasm_place(a, again);
    hb_rvrandom_emit(a, seed, n);
    hb_rvasm_li(a, 1, counter);
    hb_rvasm_op(a, HB_OP_LD, 2, 1, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 2, 2, 0, -1);
    hb_rvasm_op(a, HB_OP_SD, 0, 1, 2, 0);
    hb_rvasm_branch(a, HB_OP_BEQ, 2, 0, done);
    hb_rvasm_jal(a, 0, again);
    hb_rvasm_place(a, done);
    hb_rvasm_halt(a, 9);
    return build_and_free(a);
}
