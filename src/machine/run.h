/* What ties the proofs of a run in shards together (docs/protocol.md 14). Freestanding. */
#pragma once
#include <stdbool.h>

#include "air/challenges.h"
#include "base/error.h"
#include "machine/statement.h"

#define HB_GRIND_GLOBAL 16u
#define HB_RUN_TOKENS_MAX (UINT64_C(1) << 40) /* rows of BOUNDARY and INITFIN_GLOBAL of all proofs together stay below */

/* Root of the hash tree over the leaves given so far, one after the other. Zero is empty. */
typedef struct hb_run_tree {
    uint64_t n;           /* leaves */
    uint8_t node[20][32]; /* roots of perfect subtrees, one for each bit of n, the largest first */
} hb_run_tree;

/* beta of a proof: the hash of the cap of its commitment 1, `nodes` digests. */
void hb_run_beta(const uint32_t (*boundary_cap)[8], uint32_t nodes, uint8_t beta[32]);

/* Adds leaf_s of a proof: kind, index, pc_in, pc_out and the height of its chip of commitment 1 are used. At most 2^19 leaves. */
void hb_run_tree_add(hb_run_tree *t, const hb_statement *st, const uint8_t beta[32]);

/* n > 0. */
void hb_run_tree_root(const hb_run_tree *t, uint8_t root[32]);

/* run: digests and exit code are used. */
void hb_run_sigma(const uint8_t vkey[32], const hb_statement *run, uint32_t n_shards, const uint8_t root[32], uint32_t sigma[8]);

/* seed* for a nonce*; false if the nonce does not meet its target. */
bool hb_run_seed(const uint32_t sigma[8], const uint32_t nonce[2], uint32_t seed[8]);

/* The smallest nonce* and its seed* (2^16 trials on average). */
uint64_t hb_run_grind(const uint32_t sigma[8], uint32_t seed[8]);

/* The challenges of the bus GLOBAL. */
void hb_run_challenges(const uint32_t seed[8], hb_bus_challenges *out);

/* Rows on GLOBAL of a proof: the height of BOUNDARY or INITFIN_GLOBAL. */
uint32_t hb_run_rows(const hb_statement *st);
