#include "machine/job.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/pool_trace.h"
#include "machine/pieces.h"
#include "machine/prooffile_write.h"

size_t hb_job_default_memory(void)
{
    char line[128];
    unsigned long long kib = 0;
    FILE *f = fopen("/proc/meminfo", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return (size_t)(kib / 4 * 3) << 10;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- reasons to stop ------------------------------------------------------------------------------------------------------------------ */

typedef struct watch {
    const hb_stop *outer;
    double deadline; /* 0: none */
    hb_status why;   /* HB_OK until one of them asked */
} watch;

static bool asked(void *ctx)
{
    watch *w = ctx;
    if (w->why == HB_OK && hb_stop_asked(w->outer))
        w->why = HB_CANCELLED;
    if (w->why == HB_OK && w->deadline > 0 && now() > w->deadline)
        w->why = HB_PROGRAM_TIMEOUT;
    return w->why != HB_OK;
}

static void set_deadline(watch *w, double seconds)
{
    w->deadline = seconds > 0 ? now() + seconds : 0;
}

/* --- proving -------------------------------------------------------------------------------------------------------------------------- */

static hb_status put(const hb_job_config *config, hb_buf *piece, hb_job_result *result, hb_error *err)
{
    hb_status st = config->put(config->ctx, piece->data, piece->len, err);
    result->proof_bytes += piece->len;
    if (piece->len > result->largest_proof_bytes)
        result->largest_proof_bytes = piece->len;
    piece->len = 0;
    return st;
}

/* Proof i: from the directory if it is there, else made (and kept there). */
static hb_status obtain(hb_run *run, const hb_job_config *config, uint32_t i, hb_buf *piece, hb_job_result *result, hb_error *err)
{
    if (config->resume_dir && hb_pieces_load(config->resume_dir, i, piece)) {
        result->n_resumed++;
        return HB_OK;
    }
    piece->len = 0;
    hb_status st = hb_run_proof(run, i, piece, err);
    if (st == HB_OK && config->resume_dir)
        st = hb_pieces_store(config->resume_dir, i, piece->data, piece->len, err);
    return st;
}

static hb_status prove_in_shards(hb_run *run, const hb_job_config *config, hb_job_result *result, hb_error *err)
{
    hb_buf piece = {0};
    run->progress = NULL; /* shards are counted, not their phases */
    hb_status st = config->resume_dir ? hb_pieces_open(config->resume_dir, run->facts.seed, err) : HB_OK;
    if (st == HB_OK)
        st = hb_run_head(run, &piece, err);
    if (st == HB_OK)
        st = put(config, &piece, result, err);
    for (uint32_t i = 0; st == HB_OK && i <= run->n_shards; i++) {
        hb_progress_report(config->progress, "shards", i, run->n_shards + 1);
        st = obtain(run, config, i, &piece, result, err);
        if (st == HB_OK)
            st = put(config, &piece, result, err);
    }
    hb_buf_free(&piece);
    if (st == HB_OK)
        hb_progress_report(config->progress, "shards", run->n_shards + 1, run->n_shards + 1);
    result->n_shards = run->n_shards;
    result->execute_s = run->execute_wall_s;
    memcpy(result->wall_s, run->wall_s, sizeof result->wall_s);
    memcpy(result->cpu_s, run->cpu_s, sizeof result->cpu_s);
    return st;
}

static hb_status prove_record(const hb_machine_key *key, const hb_rv_run *run, const hb_job_config *config, const hb_stop *stop, hb_buf *file,
                              hb_job_result *result, hb_error *err)
{
    const hb_rv_span *values = &hb_rv_run_report(run)->public_values;
    hb_machine_proof p;
    hb_status st = hb_machine_proof_init(&p, key, HB_KIND_SINGLE, hb_rv_run_record(run), NULL, NULL, config->pool, config->progress, err);
    p.stop = stop;
    if (st == HB_OK)
        st = hb_machine_proof_count(&p, err);
    if (st == HB_OK && hb_proof_write_head(&key->part, &p.statement, 0, 0, values->data, values->len, file) != HB_OK)
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the proof");
    if (st == HB_OK)
        st = hb_machine_proof_finish(&p, file, err);
    memcpy(result->wall_s, p.wall_s, sizeof result->wall_s);
    memcpy(result->cpu_s, p.cpu_s, sizeof result->cpu_s);
    hb_machine_proof_free(&p);
    return st;
}

/* The planned execution has counted the events, so recording takes exactly the room that they need. */
static hb_status prove_single(const hb_machine_key *key, const hb_rv_exec_options *options, const uint64_t *events, const hb_job_config *config,
                              const hb_stop *stop, hb_job_result *result, hb_error *err)
{
    hb_rv_run *record = NULL;
    hb_buf file = {0};
    hb_rv_exec_options recorded = *options;
    recorded.record = true;
    recorded.expected_events = events;
    hb_trace *trace = hb_pool_trace(config->pool);
    const double begin = now();
    hb_trace_begin(trace, 0, "executing", HB_TRACE_NO_NUMBER);
    hb_status st = hb_rv_exec(key->program, &recorded, &record, err);
    hb_trace_end(trace, 0);
    result->execute_s = now() - begin;
    hb_trace_begin(trace, 0, "proof", HB_TRACE_NO_NUMBER);
    if (st == HB_OK)
        st = prove_record(key, record, config, stop, &file, result, err);
    hb_trace_end(trace, 0);
    if (st == HB_OK)
        st = put(config, &file, result, err);
    hb_rv_run_free(record);
    hb_buf_free(&file);
    return st;
}

static void report(const hb_run *run, const hb_job_config *config, hb_job_result *result)
{
    if (!run->executed)
        return;
    const hb_rv_report *r = hb_rv_run_report(run->plan);
    result->cycles = r->cycles;
    result->exit_code = r->exit_code;
    if (config->executed)
        config->executed(config->ctx, r);
}

static hb_status prove(const hb_machine_key *key, const hb_rv_exec_options *options, const hb_job_config *config, watch *w, hb_job_result *result, hb_error *err)
{
    hb_run run;
    const hb_stop stop = {asked, w};
    set_deadline(w, config->exec_timeout_s);
    hb_status st = hb_run_plan(&run, key, options, &config->limits, config->pool, config->progress, &stop, err);
    result->plan_s = run.plan_wall_s;
    report(&run, config, result);
    set_deadline(w, config->prove_timeout_s);
    if (st == HB_OK && !config->in_shards && !config->resume_dir && hb_run_fits_single(&run)) {
        uint64_t events[HB_FAM_COUNT];
        memcpy(events, run.events_max, sizeof events);
        hb_run_free(&run); /* its memory is needed */
        return prove_single(key, options, events, config, &stop, result, err);
    }
    if (st == HB_OK)
        st = prove_in_shards(&run, config, result, err);
    hb_run_free(&run);
    return st;
}

hb_status hb_job_prove(const hb_machine_key *key, const hb_rv_exec_options *options, const hb_job_config *config, hb_job_result *result, hb_error *err)
{
    watch w = {.outer = config->stop};
    memset(result, 0, sizeof *result);
    hb_status st = prove(key, options, config, &w, result, err);
    if (st == HB_OK || w.why == HB_OK)
        return st;
    return hb_fail(err, w.why, w.why == HB_CANCELLED ? "the job was cancelled" : result->cycles ? "proving took longer than allowed" : "the program ran longer than allowed");
}
