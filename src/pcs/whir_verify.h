/* Second half of the opening's verifier: that the combination of all stacked columns has its value at the tile point (docs/protocol.md 10). Freestanding. */
#pragma once
#include "pcs/pcs_verify.h"

typedef struct hb_whir_claim {
    const hb_pcs_params *params;
    const hb_stack *stack;
    const hb_pcs_cap *caps;      /* [HB_COMMITMENTS] */
    const hb_row_point *point;
    const hb_k *rho;             /* H - 12 */
    const hb_k *stacked;         /* W claimed values v_c */
} hb_whir_claim;

size_t hb_whir_verify_scratch_bytes(const hb_stack *stack);
hb_status hb_whir_verify(hb_receiver *r, const hb_whir_claim *claim, hb_scratch *scratch);
