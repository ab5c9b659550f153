/* Inside of a run of shards (shardrun.h): what is known of the open shard, and of the state at its start. Only the interpreter's own files include this. */
#pragma once
#include "base/buf.h"
#include "rv/shardrun.h"

/* The host's side of the calls when the shard began (rvhost.h). */
typedef struct hb_rv_shard_host {
    hb_buf pushed, pushed_lens;
    size_t next_input, stdin_at;
    uint64_t kept; /* bytes of output kept by then */
} hb_rv_shard_host;

typedef struct hb_rv_shard_state {
    /* what planning counts */
    uint64_t ops[HB_OP_COUNT]; /* of the run */
    uint64_t cells, bumps;     /* of the shard: RAM double words accessed; bumps */

    uint32_t index;            /* of the open shard or, between two, of the last one; 0: none yet */
    bool open;
    bool from_checkpoint;      /* the run began at a checkpoint and holds this shard only */

    /* at the start of shard `index` */
    uint64_t ops_in[HB_OP_COUNT], crossing_in[2][2];
    uint64_t first_cycle, host_cycles_in;
    uint32_t pc_in;
    uint64_t x_in[33], pv_in[17];
    uint32_t x_shard[33], pv_shard[17]; /* the last shard before this one that accessed the cell, 0: none */
    hb_rv_shard_host host_in;
    uint32_t pages_in;         /* pages that the run had touched */

    hb_rv_shard closed;        /* what hb_rv_shard_end gave last */
    uint8_t program[32];       /* digest of the program for checkpoints, once program_known */
    bool program_known;

    /* a run from a checkpoint */
    hb_rv_shard goal;          /* what the checkpoint promises; boundary is NULL */
    hb_rv_end goal_end;
    bool over;                 /* the shard is closed: there is nothing behind it */
    hb_rv_span *inputs;
    size_t inputs_bytes;       /* of the list */
    const char **args;
    size_t args_bytes;
    hb_rv_named_key *keys;
    size_t keys_bytes;
} hb_rv_shard_state;

struct hb_rv_run;

/* Opens the next shard. False: no memory. */
bool hb_rv_shard_open(struct hb_rv_run *m);

/* Gives back what the state owns. */
void hb_rv_shard_free(struct hb_rv_run *m);

/* The last shard in which a cell was accessed, by its stamp in the shard `shard` and the number known before. */
static inline uint32_t hb_rv_shard_last(uint32_t stamp, uint32_t shard, uint32_t before)
{
    return stamp ? shard : before;
}
