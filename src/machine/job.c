#include "machine/job.h"

#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static hb_status put(const hb_job_config *config, hb_buf *piece, hb_job_result *result, hb_error *err)
{
    hb_status st = config->put(config->ctx, piece->data, piece->len, err);
    result->proof_bytes += piece->len;
    if (piece->len > result->largest_proof_bytes)
        result->largest_proof_bytes = piece->len;
    piece->len = 0;
    return st;
}

static hb_status prove_in_shards(hb_run *run, const hb_job_config *config, hb_job_result *result, hb_error *err)
{
    hb_buf piece = {0};
    hb_status st = hb_run_head(run, &piece, err);
    if (st == HB_OK)
        st = put(config, &piece, result, err);
    for (uint32_t i = 0; st == HB_OK && i <= run->n_shards; i++) {
        st = hb_run_proof(run, i, &piece, err);
        if (st == HB_OK)
            st = put(config, &piece, result, err);
    }
    hb_buf_free(&piece);
    result->n_shards = run->n_shards;
    result->execute_s = run->execute_wall_s;
    memcpy(result->wall_s, run->wall_s, sizeof result->wall_s);
    return st;
}

/* The planned execution has counted the events, so recording takes exactly the room that they need. */
static hb_status prove_single(const hb_machine_key *key, const hb_rv_exec_options *options, const uint64_t *events, const hb_job_config *config,
                              hb_job_result *result, hb_error *err)
{
    hb_rv_run *record = NULL;
    hb_buf file = {0};
    hb_rv_exec_options recorded = *options;
    recorded.record = true;
    recorded.expected_events = events;
    const double begin = now();
    hb_status st = hb_rv_exec(key->program, &recorded, &record, err);
    result->execute_s = now() - begin;
    if (st == HB_OK) {
        const hb_rv_report *report = hb_rv_run_report(record);
        st = hb_machine_prove(key, hb_rv_run_record(record), report->public_values.data, report->public_values.len, config->pool, config->progress, &file,
                              result->wall_s, err);
    }
    if (st == HB_OK)
        st = put(config, &file, result, err);
    hb_rv_run_free(record);
    hb_buf_free(&file);
    return st;
}

hb_status hb_job_prove(const hb_machine_key *key, const hb_rv_exec_options *options, const hb_job_config *config, hb_job_result *result, hb_error *err)
{
    hb_run run;
    memset(result, 0, sizeof *result);
    hb_status st = hb_run_plan(&run, key, options, &config->limits, config->pool, config->progress, err);
    result->plan_s = run.plan_wall_s;
    if (run.executed) {
        const hb_rv_report *report = hb_rv_run_report(run.plan);
        result->cycles = report->cycles;
        result->exit_code = report->exit_code;
        if (config->executed)
            config->executed(config->ctx, report);
    }
    if (st == HB_OK && !config->in_shards && hb_run_fits_single(&run)) {
        uint64_t events[HB_FAM_COUNT];
        memcpy(events, run.events_max, sizeof events);
        hb_run_free(&run); /* its memory is needed */
        return prove_single(key, options, events, config, result, err);
    }
    if (st == HB_OK)
        st = prove_in_shards(&run, config, result, err);
    hb_run_free(&run);
    return st;
}
