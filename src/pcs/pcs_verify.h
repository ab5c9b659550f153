/* Verifier of the opening: tile sumcheck and WHIR (docs/protocol.md 9 and 10). Freestanding, no allocation.
 *
 * Given claimed values v_{T,j} of all columns at a point, it is convinced (but for the soundness error) that the committed matrices contain
 * columns with these values there. Everything that says how much to read follows from the layout, never from the proof. */
#pragma once
#include "air/structured.h"
#include "base/scratch.h"
#include "merkle/merkle_verify.h"
#include "pcs/stack.h"
#include "transcript/receive.h"

typedef const uint32_t (*hb_pcs_cap)[HB_DIGEST_WORDS]; /* 2^8 digests, trusted (from the key; from the proof and absorbed) */

/* Scratch that hb_pcs_verify needs for this layout, at any alignment. At most 700 KiB. */
size_t hb_pcs_verify_scratch_bytes(const hb_stack *stack);

/* Reads everything from the first tile round to the end of the proof, which must be the end of the input.
 *   caps     of commitments 0, 1 (not used when stack->w[c] = 0) and 2
 *   point    where the zerocheck ended: lagrange, ry and stack->n_max - 12 coordinates ru are used
 *   values   stack->n_columns claimed values, by id: none of idle tables
 * The scratch is as it was when the call returns. Rejections: those of transcript/receive.h and merkle/merkle_verify.h, SCRATCH, TILES,
 * FINAL_QUERIES, OPENING. */
hb_status hb_pcs_verify(hb_receiver *r, const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_cap caps[HB_COMMITMENTS],
                        const hb_row_point *point, const hb_k *values, hb_scratch *scratch);
