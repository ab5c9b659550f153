/* From a program and its input to a proof file, whatever the length of the run: what the command line and the API call. Hosted.
 *
 * The run is planned first (machine/run_prove.h). If it fits one proof of kind `single`, within the limits, it is recorded and proven in one piece, otherwise in shards. The bytes
 * depend on program, input, options and limits only. */
#pragma once
#include "machine/run_prove.h"

typedef struct hb_job_config {
    hb_run_limits limits;
    bool in_shards;             /* also when one piece would do (tests, and files to be aggregated) */
    hb_pool *pool;              /* may be NULL */
    const hb_progress *progress; /* may be NULL */
    double exec_timeout_s, prove_timeout_s; /* wall time of phase 1, and of all behind it; 0: no limit */
    const hb_stop *stop;         /* may be NULL */
    const char *resume_dir;      /* keeps finished proofs (machine/pieces.h): a job with the same run goes on from there; NULL: none. Implies in_shards */
    /* Called when execution has ended, before anything is proven: the report with everything that the guest has written; may be NULL. */
    void (*executed)(void *ctx, const hb_rv_report *report);
    /* Takes the bytes of the proof file in order. Any status but HB_OK ends the job with it. */
    hb_status (*put)(void *ctx, const uint8_t *bytes, size_t n, hb_error *err);
    void *ctx;
} hb_job_config;

typedef struct hb_job_result {
    uint64_t cycles;
    uint32_t exit_code;
    uint32_t n_shards;      /* 0: one piece */
    uint64_t proof_bytes;
    uint64_t largest_proof_bytes; /* of one shard (or the one piece) */
    uint32_t n_resumed;     /* proofs that were there already */
    double plan_s, execute_s; /* wall: phase 1; executing again with recording */
    double wall_s[HB_PHASES], cpu_s[HB_PHASES]; /* cpu of the whole process, with what is executed ahead meanwhile */
} hb_job_result;

/* The budget of a caller who names none: three quarters of the memory that is free now; 0, no limit, where the system does not say. */
size_t hb_job_default_memory(void);

/* HB_EXECUTION_FAILED or HB_LIMIT when the program traps or does not halt (executed has been called, nothing put), HB_OUT_OF_MEMORY, HB_PROOF_GENERATION_FAILED,
 * HB_PROGRAM_TIMEOUT, HB_CANCELLED, HB_IO and HB_INVALID_ARGUMENT of resume_dir, and what put returns. *result is filled as far as the job went. */
hb_status hb_job_prove(const hb_machine_key *key, const hb_rv_exec_options *options, const hb_job_config *config, hb_job_result *result, hb_error *err);
