/* The verifier of the bus trees on arbitrary proofs: no crash, no step outside its input, only documented reasons. The first bytes choose depth, number of trees
 * and further coordinates. */
#include <stdlib.h>

#include "gkr/gkr_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Words are brought into range if the fourth byte says so: else hardly an input would get past the first message. */
static uint8_t *exact_copy(const uint8_t *data, size_t size, bool canonical)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    for (size_t i = 0; i < size; i++)
        copy[i] = canonical && i % 4 == 3 ? data[i] & 0x3f : data[i];
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    hb_error err;
    hb_receiver r;
    hb_gkr_result out;
    hb_gkr_layout layout = {.depth = HB_GKR_TILE_LOG2 + data[0] % (HB_GKR_DEPTH_MAX - HB_GKR_TILE_LOG2 + 1),
                            .n_trees = HB_GKR_TREES + data[1] % (HB_GKR_TREES_MAX - HB_GKR_TREES + 1),
                            .n_max = HB_GKR_TILE_LOG2 + data[2] % (HB_GKR_DEPTH_MAX - HB_GKR_TILE_LOG2 + 1)};
    uint8_t *proof = exact_copy(data + 4, size - 4, data[3] & 1);
    hb_error_clear(&err);
    hb_receiver_init(&r, proof, size - 4, &err);
    hb_status st = hb_gkr_verify(&r, &layout, hb_k_one(), hb_k_one(), &out);
    bool known = err.reason == HB_R_TRUNCATED || err.reason == HB_R_NOT_CANONICAL || err.reason == HB_R_GKR_PRODUCT_ZERO ||
                 err.reason == HB_R_GKR_PRODUCTS || err.reason == HB_R_GKR_FRACTIONS || err.reason == HB_R_GKR_DENOMINATOR ||
                 err.reason == HB_R_GKR_LAYER || err.reason == HB_R_ZERO_CHALLENGE;
    if (st != (err.reason ? HB_REJECTED : HB_OK) || (st == HB_REJECTED && !known))
        abort();
    free(proof);
    return 0;
}
