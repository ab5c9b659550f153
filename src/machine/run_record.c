#include "machine/run_record.h"

#include <time.h>

#include "base/pool_trace.h"
#include "rv/recorder.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

size_t hb_run_record_bytes(const uint64_t family[HB_FAM_COUNT], uint64_t bumps, uint64_t cells)
{
    size_t bytes = bumps * sizeof(hb_rv_event_bump) * 2 + cells * sizeof(hb_rv_boundary) * 2;
    for (uint32_t f = 0; f < HB_FAM_COUNT; f++)
        bytes += family[f] * hb_rv_event_bytes((hb_rv_family)f);
    return bytes;
}

/* Is a second record worth its memory, and is there memory for it? The cuts do not depend on the answer, nor do the bytes of proofs. */
static bool may_record_ahead(const hb_run *run)
{
    if (run->n_shards < 2 || hb_pool_threads(run->pool) < 2)
        return false;
    if (!run->limits.memory_bytes)
        return true;
    const size_t second = hb_run_record_bytes(run->events_max, run->bumps_max, run->cells_max);
    return run->proof_bytes_max < run->limits.memory_bytes && run->proof_bytes_max + run->guest_bytes + second <= run->limits.memory_bytes;
}

static hb_status begin_recording(hb_run *run, hb_error *err)
{
    hb_rv_run_free(run->plan);
    run->plan = NULL;
    run->options.sharding = HB_RV_SHARDS_RECORD;
    run->options.expected_events = run->events_max;
    run->ahead = may_record_ahead(run) && hb_rv_record_reserve(&run->ready, run->events_max);
    return hb_rv_start(run->key->program, &run->options, &run->record, err);
}

/* Executes shard i again. It must be what was planned: anything else is our own fault. */
static hb_status record_one(hb_run *run, uint32_t i, hb_error *err)
{
    const hb_run_shard *planned = &run->shards[i - 1];
    hb_rv_shard shard;
    const hb_rv_bound bound = {.cycles = planned->end};
    const double begin = now();
    hb_rv_advance(run->record, &bound);
    hb_status st = hb_rv_shard_end(run->record, &shard, err);
    run->execute_wall_s += now() - begin;
    if (st != HB_OK)
        return st;
    if (shard.index != i || shard.pc_in != planned->pc_in || shard.pc_out != planned->pc_out || shard.counts.cells != planned->n_boundary)
        return hb_fail(err, HB_INTERNAL, "shard %u ran differently when it was recorded", i);
    return HB_OK;
}

/* --- ahead ------------------------------------------------------------------------------------------------------------------------------ */

static void *record_in_thread(void *ctx)
{
    hb_run *run = ctx;
    hb_trace *trace = hb_pool_trace(run->pool);
    const unsigned track = hb_pool_threads(run->pool);
    if (trace && track >= hb_trace_tracks(trace))
        trace = NULL;
    hb_trace_begin(trace, track, "executing", run->next);
    run->recorder.status = record_one(run, run->next, &run->recorder.err);
    hb_trace_end(trace, track);
    return NULL;
}

/* The record that was made last is moved away, so that the thread may make shard run->next's. Without a thread, that is done when it is asked for. */
static const hb_rv_record *record_ahead(hb_run *run)
{
    hb_rv_run_swap_record(run->record, &run->ready);
    run->recorder.running = pthread_create(&run->recorder.thread, NULL, record_in_thread, run) == 0;
    return &run->ready;
}

static hb_status wait_for_record(hb_run *run, hb_error *err)
{
    pthread_join(run->recorder.thread, NULL);
    run->recorder.running = false;
    if (run->recorder.status != HB_OK && err)
        *err = run->recorder.err;
    return run->recorder.status;
}

hb_status hb_run_record_shard(hb_run *run, uint32_t i, const hb_rv_record **record, hb_error *err)
{
    hb_trace *trace = hb_pool_trace(run->pool);
    hb_status st = run->record ? HB_OK : begin_recording(run, err);
    while (st == HB_OK && run->next <= i) {
        if (run->recorder.running) {
            st = wait_for_record(run, err);
        } else {
            hb_trace_begin(trace, 0, "executing", run->next);
            st = record_one(run, run->next, err);
            hb_trace_end(trace, 0);
        }
        run->next++;
    }
    if (st == HB_OK)
        *record = run->ahead && run->next <= run->n_shards ? record_ahead(run) : hb_rv_run_record(run->record);
    return st;
}

void hb_run_record_free(hb_run *run)
{
    if (run->recorder.running)
        wait_for_record(run, NULL);
    hb_rv_run_free(run->record);
    hb_rv_record_free(&run->ready);
    run->record = NULL;
}
