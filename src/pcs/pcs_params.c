#include "pcs/pcs_params.h"

const hb_pcs_params hb_pcs_shard_params = {
    .queries = {HB_QUERIES_0, HB_QUERIES_1, HB_QUERIES_2, HB_QUERIES_3},
    .grind_gamma = HB_GRIND_GAMMA,
    .grind_query = HB_GRIND_QUERY,
    .grind_fold = {HB_GRIND_FOLD_1, HB_GRIND_FOLD_2, HB_GRIND_FOLD_3},
};

const uint32_t hb_pcs_fold_log2[HB_ORACLES + 1] = {0, HB_FOLD_LOG2_1, HB_FOLD_LOG2_2, HB_FOLD_LOG2_3};
const uint32_t hb_pcs_rate_log2[HB_ORACLES + 1] = {HB_RATE_LOG2_0, HB_RATE_LOG2_1, HB_RATE_LOG2_2, HB_RATE_LOG2_3};
