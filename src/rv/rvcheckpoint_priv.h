/* The form of a checkpoint (shardrun.h). Little-endian throughout; nothing is aligned.
 *
 *   8    magic "HBSHARD1" (the digit is the version)
 *   32   digest of the program (hb_rv_checkpoint_program)
 *   4x8  cycle_limit, memory_limit, stack_limit, output_limit of the run's options
 *   1    1 when the guest's output is captured, and so counts for the limit; 0 when it went to a callback
 *   4    shard number, 1..HB_RV_MAX_SHARDS
 *   4    how the run ended in this shard (hb_rv_end), or HB_RV_END_PAUSED
 *   2x8  instructions before the shard, in and outside unconstrained blocks: cycles, host_cycles
 *   2x4  pc_in, pc_out
 *        the shard's counts: HB_FAM_COUNT families, bumps, cells, cycles (8 each), ts (4)
 *        50 cells: registers 0..32, then public-value cells 0..16: value (8), last shard that accessed it (4)
 *   8    bytes of output kept before the shard
 *   8    n: pushed chunks of the hint queue, the next one last; n times 8: their lengths; their bytes
 *   8    n: inputs; n times: length (8), 1 when the bytes follow (1), bytes. The last one may have no bytes: only its length was asked for
 *   8    n; n bytes of standard input
 *   8    n: arguments; n times: length with NUL (8), bytes
 *   8    n: named keys; n times: length of the name with NUL (8), bytes, key (32)
 *   4    pages that the run had touched before the shard
 *   4    n: pages among them that the shard accesses; n times, ascending:
 *          number (4); flags (1): HB_CHECKPOINT_DATA, _LAST, _USED, a part without flag is zero
 *          4096: data; 512 x 4: last shard that accessed each double word; 64: bit map of words that HINT_READ filled (input region only)
 *   32   BLAKE3 of all before
 *
 * Every number has one form, so the same state always gives the same bytes. */
#pragma once
#include "rv/interp_state.h"

#define HB_CHECKPOINT_MAGIC "HBSHARD1"

enum {
    HB_CHECKPOINT_MAGIC_BYTES = 8,
    HB_CHECKPOINT_DIGEST_BYTES = 32,
    HB_CHECKPOINT_DATA = 1,
    HB_CHECKPOINT_LAST = 2,
    HB_CHECKPOINT_USED = 4
};

/* Digest of what a run can see of a program: entry, image, text. */
void hb_rv_checkpoint_program(const hb_rv_program *program, uint8_t digest[HB_CHECKPOINT_DIGEST_BYTES]);
