/* Prover of the product and fraction trees (docs/protocol.md 7). Hosted; results do not depend on threads or instruction set.
 *
 * Memory: the caller owns the leaves (20 bytes each) and an arena. Levels above the leaves take about as much as the leaves once more, and
 * are given back level by level; sumchecks fold in place, inside the level they work on, so nothing else of that size is needed. A caller who would rather
 * compute the leaves twice than keep them while the levels are there gives a function instead (streamed): half the memory, the same proof. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "field/kpack.h"
#include "gkr/gkr_layout.h"
#include "transcript/send.h"

/* v[k][b]: the leaves of block b of the tree that value k belongs to (order G, R, p, q, ..): hb_gkr_block_packs(block) packs, 64-byte
 * aligned, neutral in rows >= n_rows of the last tile. v[k] may be NULL when the tree has no blocks. */
typedef struct hb_gkr_leaves {
    hb_kpack **v[HB_GKR_VALUES_MAX];
    /* Streamed leaves: not NULL, and v is not looked at. Writes the leaves of a block of a tree, the same each time: den has room for the tree's only value, or q; num for p, NULL in
     * product trees. Called twice for each block, while the arena is as it was left; what it allocates there it gives back. Any status but HB_OK ends the proof with it. */
    hb_status (*fill)(void *ctx, uint32_t tree, uint32_t block, hb_kpack *num, hb_kpack *den);
    void *ctx;
} hb_gkr_leaves;

/* Packs of all leaves of all values together: what the caller has to provide room for. */
size_t hb_gkr_leaf_packs(const hb_gkr_layout *layout);

/* Bytes of arena that hb_gkr_prove takes at its fullest, for a pool of so many threads. */
size_t hb_gkr_prove_bytes(const hb_gkr_layout *layout, unsigned threads);

/* The same with streamed leaves, without what `fill` takes. */
size_t hb_gkr_stream_bytes(const hb_gkr_layout *layout, unsigned threads);

/* Sends the messages GKR_TOP to the last GKR_END and draws their challenges; fills *out. The leaves are overwritten.
 * The prover does not check that the buses balance (a verifier will); HB_OUT_OF_MEMORY when arena or proof buffer are too small, and
 * HB_PROOF_GENERATION_FAILED in the event (probability 2^-148) that a challenge hits a value that cannot be proven. */
hb_status hb_gkr_prove(hb_sender *s, const hb_gkr_layout *layout, const hb_gkr_leaves *leaves, hb_arena *arena, hb_gkr_result *out,
                       hb_error *err);
