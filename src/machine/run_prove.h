/* Proving a run of any length in shards (docs/protocol.md 14). Hosted.
 *
 *   phase 1  hb_run_plan executes the whole program, cuts it into shards that fit the limits, commits to their boundary tables, and so fixes the challenges
 *            of the bus GLOBAL.
 *   phase 2  hb_run_head, then hb_run_proof for i = 0 .. n_shards: the pieces of the proof file, one after the other. Proof 0 is the `init` proof; each other one executes
 *            its shard again, with recording.
 *
 *   hb_run run;
 *   hb_status st = hb_run_plan(&run, &key, &options, &limits, pool, progress, stop, err);
 *   if (st == HB_OK && !hb_run_fits_single(&run)) { hb_run_head(..); for (i = 0; i <= run.n_shards; i++) hb_run_proof(&run, i, &buf, err); }
 *   hb_run_free(&run);
 *
 * The bytes depend on program, input, options and limits only. Memory: phase 1 the guest's and the boundary table of one shard; phase 2 the guest's, the record of one shard and what
 * its proof takes (hb_machine_prove_bytes), which is used again for the next; limits.memory_bytes bounds the sum. Where it leaves room for a second record and the pool has
 * several threads, the next shard is recorded while one is proven (machine/run_record.h).
 *
 * With a traced pool (base/pool_trace.h): spans "planning", and "executing" and "proof" of each shard; executing ahead has the track behind the pool's, if there is one. */
#pragma once
#include <pthread.h>

#include "machine/machine_prove.h"
#include "machine/run.h"
#include "rv/shardrun.h"

#define HB_RUN_SHARD_CYCLES ((uint64_t)1 << 24) /* default; ts stays below 2^27 */

typedef struct hb_run_limits {
    uint64_t shard_cycles; /* instructions of a shard, at most; 0: HB_RUN_SHARD_CYCLES */
    size_t memory_bytes;   /* for executing and proving, at most; 0: no limit */
} hb_run_limits;

typedef struct hb_run_shard {
    uint64_t end;             /* instructions of the run up to the shard's end */
    uint32_t pc_in, pc_out;
    uint32_t n_boundary;
    uint8_t beta[32];         /* of its boundary table (machine/run.h) */
} hb_run_shard;

typedef struct hb_run {
    const hb_machine_key *key;
    hb_rv_exec_options options; /* the caller's; what its pointers lead to must outlive the run */
    hb_run_limits limits;
    hb_pool *pool;
    const hb_progress *progress;
    const hb_stop *stop;        /* may be NULL; the caller may change it between calls. What was stopped returns HB_CANCELLED */

    hb_rv_run *plan;            /* the execution of phase 1; gone once phase 2 has begun */
    bool executed;              /* it has ended, and has a report (hb_rv_run_report) */
    uint32_t n_shards;
    hb_run_shard *shards;       /* n_shards, of shard 1 first */
    uint64_t events_max[HB_FAM_COUNT], bumps_max, cells_max; /* of any shard */
    size_t proof_bytes_max;     /* what recording and proving any shard takes; 0 without a limit of memory */
    size_t guest_bytes;         /* memory of the execution */
    size_t single_bytes;        /* what proving the run in one piece would take; 0 when it cannot be */
    hb_rv_record init;          /* the run's final cells */
    hb_run_facts facts;
    uint64_t nonce;
    hb_buf public_bytes;

    hb_rv_run *record;          /* the execution of phase 2 */
    uint32_t next;              /* the first shard whose record has not been asked for */
    bool ahead;                 /* that one is recorded while the one before, whose record is `ready`, is proven */
    hb_rv_record ready;
    struct {
        pthread_t thread;
        bool running;
        hb_status status;       /* of the last one */
        hb_error err;
    } recorder;
    hb_machine_room room;       /* memory of proofs */
    double wall_s[HB_PHASES], cpu_s[HB_PHASES], plan_wall_s, execute_wall_s; /* sums over the proofs made so far */
} hb_run;

/* Phase 1. HB_EXECUTION_FAILED or HB_LIMIT when the program traps or does not halt (run->plan then has the report), HB_OUT_OF_MEMORY when the limit is too small for this program
 * (the message says what the least is) or the system has no more. Free *run in any case. */
hb_status hb_run_plan(hb_run *run, const hb_machine_key *key, const hb_rv_exec_options *options, const hb_run_limits *limits, hb_pool *pool,
                      const hb_progress *progress, const hb_stop *stop, hb_error *err);

/* Would one proof of kind `single` (hb_machine_prove) do, within the limits? */
bool hb_run_fits_single(const hb_run *run);

/* Appends the head of the proof file. */
hb_status hb_run_head(const hb_run *run, hb_buf *file, hb_error *err);

/* Phase 2: appends proof i. Proof 0 at any time, the others in ascending order; omitted ones are executed but not proven. */
hb_status hb_run_proof(hb_run *run, uint32_t i, hb_buf *file, hb_error *err);

void hb_run_free(hb_run *run);

/* The table that takes a family's events at the highest cost. */
hb_chip_id hb_run_chip_of_family(hb_rv_family family);
