/* Verifier of the product and fraction trees (docs/protocol.md 7). Freestanding; a few KiB of stack, no scratch.
 *
 * HB_OK means: if in addition every claims[k] is the value at xi of the extension of the leaves that the layout describes, then (up to the
 * soundness error) the fractions sum to zero, no denominator is zero and product(G) * pv_g = product(R) * pv_r != 0. Roots of further trees
 * are returned, not checked. Rejections: those of transcript/receive.h and GKR_PRODUCTS, GKR_PRODUCT_ZERO, GKR_FRACTIONS, GKR_DENOMINATOR,
 * GKR_LAYER, ZERO_CHALLENGE. */
#pragma once
#include "gkr/gkr_layout.h"
#include "transcript/receive.h"

/* Reads GKR_TOP to the last GKR_END. Uses depth, n_max and n_trees of the layout only. pv_g, pv_r: the public factors. */
hb_status hb_gkr_verify(hb_receiver *r, const hb_gkr_layout *layout, hb_k pv_g, hb_k pv_r, hb_gkr_result *out);
