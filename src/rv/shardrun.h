/* A run of any length, cut into shards (machine.md 2, 5, 6).
 *
 * Shards s = 1..S are cut between instructions. In each one, time starts at ts = 4 and every cell that it accesses has one boundary row
 * (hb_rv_boundary); over the whole run, one list of cells says where each began and ended (hb_rv_cell, with shard numbers in place of times). A
 * cell's rows form a chain: v_in of a row is v_out of the row of shard s_prev, or the initial value when s_prev is 0, and the final value is v_out of
 * the row of the last shard.
 *
 *   HB_RV_SHARDS_PLAN    phase 1. The caller advances in slices (2^14 to 2^16 cycles), looks at the counts, and closes the shard where it wants to:
 *       hb_rv_start(program, {.sharding = HB_RV_SHARDS_PLAN, ...}, &run, err);
 *       do {
 *           do end = hb_rv_advance(run, &(hb_rv_bound){.cycles = hb_rv_run_cycles(run) + slice}), hb_rv_shard_counts_now(run, &counts);
 *           while (end == HB_RV_END_PAUSED && there is room for another slice);
 *           hb_rv_shard_end(run, &shard, err);        boundary rows: copy what is to be kept
 *           hb_rv_checkpoint_write(run, &bytes, err); if shards are to be recorded elsewhere, or in another order
 *       } while (end == HB_RV_END_PAUSED);
 *       hb_rv_finish(run, err);                       status and report of the run
 *       hb_rv_run_final_cells(run, &cells, &n, err);
 *   HB_RV_SHARDS_RECORD  phase 2. The same with the known cuts: hb_rv_advance to the last cycle of each shard, hb_rv_shard_end, hb_rv_run_record.
 *   a checkpoint         phase 2 of one shard alone: hb_rv_checkpoint_open, hb_rv_checkpoint_replay, hb_rv_run_record.
 *
 * Same program, input, options and cuts: all of these give the same boundary rows, counts and records, byte for byte. A previous access at shard
 * start has time 0, so the rule for bumps is that of an unsharded run in the shard's own time. One thread at a time for a run; runs are independent
 * of each other. */
#pragma once
#include "base/buf.h"
#include "rv/interp.h"

#define HB_RV_MAX_SHARDS ((UINT32_C(1) << 18) - 1)

typedef struct hb_rv_shard_counts {
    uint64_t family[HB_FAM_COUNT]; /* events */
    uint64_t bumps;
    uint64_t cells;                /* boundary rows */
    uint64_t cycles;               /* instructions of this shard */
    uint32_t ts;                   /* time of the next instruction; in a closed shard: ts_end */
} hb_rv_shard_counts;

typedef struct hb_rv_shard {
    uint32_t index;                 /* from 1 on */
    uint32_t pc_in, pc_out;         /* word indices; pc_out = HB_PC_HALT after a halt */
    uint64_t first_cycle;           /* instructions of the run before this shard */
    hb_rv_shard_counts counts;
    const hb_rv_boundary *boundary; /* counts.cells rows, sorted; the run's, until the next hb_rv_advance or hb_rv_run_free */
} hb_rv_shard;

/* What the shard that is open holds so far (zero counts and ts = 4 between two shards). Cheap enough for every slice when planning: no pass over
 * memory or text. */
void hb_rv_shard_counts_now(const hb_rv_run *run, hb_rv_shard_counts *counts);

/* Closes the open shard, before hb_rv_finish; the next hb_rv_advance opens the next one. The last shard may be empty, when the run ends at its first
 * instruction. hb_rv_advance pauses, whatever was asked, where a shard has no room left for an instruction (ts below 2^27): it must be closed then.
 * HB_INVALID_ARGUMENT: not a run of shards, or none is open. HB_LIMIT: more than HB_RV_MAX_SHARDS. HB_OUT_OF_MEMORY. */
hb_status hb_rv_shard_end(hb_rv_run *run, hb_rv_shard *shard, hb_error *err);

/* The cells of the whole run as events.h lists them, with ts_last = the last shard that accessed the cell. After hb_rv_finish
 * (HB_INVALID_ARGUMENT before that, and for a run from a checkpoint, which does not know the others). *cells belongs to the run. HB_OUT_OF_MEMORY. */
hb_status hb_rv_run_final_cells(hb_rv_run *run, const hb_rv_cell **cells, size_t *n, hb_error *err);

/* Checkpoints: all that is needed to record one shard again, on any machine: registers, memory pages that the shard reads or writes (as they were at
 * its start), the host's side of the calls (hints, standard input and inputs as far as the shard consumes them, arguments, keys, counters of what was
 * put out), limits. Format: rvcheckpoint_priv.h.
 *
 * hb_rv_checkpoint_write appends the checkpoint of the shard that was closed last, before the next hb_rv_advance (HB_INVALID_ARGUMENT otherwise).
 * HB_OUT_OF_MEMORY. */
hb_status hb_rv_checkpoint_write(hb_rv_run *run, hb_buf *out, hb_error *err);

/* A run of sharding HB_RV_SHARDS_RECORD at the start of the checkpoint's shard. Inputs, standard input, arguments and names of keys stay where they are:
 * `data` must outlive the run, as must the program. What the guest writes is captured as in any run, but only what this shard writes is there.
 * HB_INVALID_ARGUMENT with what is wrong and err->offset: not a checkpoint of this version, of another program, cut short, changed (a digest covers
 * all of it), or with numbers out of range. HB_OUT_OF_MEMORY. *run is NULL unless HB_OK. Trust is not needed: a wrong checkpoint gives a record that
 * does not fit the other shards. */
hb_status hb_rv_checkpoint_open(const hb_rv_program *program, const uint8_t *data, size_t len, hb_rv_run **run, hb_error *err);

/* Runs to the end of the shard and closes it; room for the events is reserved exactly. *shard is as planned. HB_INVALID_ARGUMENT when the counts are
 * not those that the checkpoint promises; other statuses for lack of memory. An unconstrained block may loop for ever, as in any run without
 * cycle_limit. A shard in which the run ended, by HALT or otherwise, replays to that
 * end: HB_OK; hb_rv_finish then tells. */
hb_status hb_rv_checkpoint_replay(hb_rv_run *run, hb_rv_shard *shard, hb_error *err);

/* Gives the memory of `from`'s record to `to` (a run that has not begun to record), so that a worker's records use the same pages one after the
 * other. from's record is empty afterwards. */
void hb_rv_run_take_record_room(hb_rv_run *to, hb_rv_run *from);

/* Takes the record of the shard that was closed last, before the next hb_rv_advance, and gives *record, empty or an older record whose memory is used
 * again, for the next one: so one thread may read a shard's record while another records the next shard. The rows of hb_rv_shard move with their record. */
void hb_rv_run_swap_record(hb_rv_run *run, hb_rv_record *record);
