/* The numbers of the opening (docs/protocol.md 2), in one place for prover, verifier and soundness report. Freestanding.
 *
 * Nothing here is read from a proof. Shapes (folds, rates) are constants; query counts and grinding are passed to prover and verifier as a
 * hb_pcs_params, so that tests can run with few queries. The library holds one instance, hb_pcs_shard_params, and everything that is
 * shipped uses it. */
#pragma once
#include <stdint.h>

#define HB_TILE_LOG2 12u                    /* rows of a tile; the same as in air/table.h */
#define HB_TILE_ROWS (1u << HB_TILE_LOG2)
#define HB_STACK_LOG2_MIN 14u               /* H of the main stack */
#define HB_STACK_LOG2_MAX 20u
#define HB_STACK_PRE_LOG2_MIN HB_TILE_LOG2  /* H_0, H_1 of the stacks of the key and of the boundary */
#define HB_STACK_COLUMNS_MAX 512u           /* W = W_0 + W_1 + W_2 */

#define HB_ORACLES 3u /* K oracles; oracle 0 is the three commitments together */

#define HB_RATE_LOG2_0 1u
#define HB_RATE_LOG2_1 3u
#define HB_RATE_LOG2_2 6u
#define HB_RATE_LOG2_3 9u

#define HB_FOLD_LOG2_1 4u
#define HB_FOLD_LOG2_2 4u
#define HB_FOLD_LOG2_3 5u
#define HB_FOLD_LOG2_MAX 5u
#define HB_FOLD_LOG2_SUM (HB_FOLD_LOG2_1 + HB_FOLD_LOG2_2 + HB_FOLD_LOG2_3) /* the final polynomial has H - 13 variables */

#define HB_QUERIES_0 261u
#define HB_QUERIES_1 85u
#define HB_QUERIES_2 39u
#define HB_QUERIES_3 26u
#define HB_QUERIES_MAX HB_QUERIES_0

#define HB_GRIND_BUS 8u
#define HB_GRIND_GAMMA 6u
#define HB_GRIND_QUERY 20u
#define HB_GRIND_FOLD_1 11u
#define HB_GRIND_FOLD_2 14u
#define HB_GRIND_FOLD_3 18u

#define HB_OOD_POINTS 2u

/* Johnson parameter m of oracles 1 to 3; oracle 0 is in unique decoding. */
#define HB_JOHNSON_M_1 3
#define HB_JOHNSON_M_2 3
#define HB_JOHNSON_M_3 3

/* Most terms of the final check: OOD_POINTS a round, and the queries of oracles 0 to 2. */
#define HB_PCS_TERMS_MAX (HB_ORACLES * HB_OOD_POINTS + HB_QUERIES_0 + HB_QUERIES_1 + HB_QUERIES_2)

typedef struct hb_pcs_params {
    uint32_t queries[HB_ORACLES + 1]; /* to oracle 0..3; at least 1, at most HB_QUERIES_0..3 */
    uint32_t grind_gamma, grind_query;
    uint32_t grind_fold[HB_ORACLES]; /* each round of oracle i + 1 */
} hb_pcs_params;

extern const hb_pcs_params hb_pcs_shard_params;

/* [i]: of oracle i. fold_log2[0] is 0: a leaf of a commitment is one point. */
extern const uint32_t hb_pcs_fold_log2[HB_ORACLES + 1];
extern const uint32_t hb_pcs_rate_log2[HB_ORACLES + 1];
