/* Second half of the opening's prover: WHIR for the combination of all stacked columns (docs/protocol.md 10). Hosted. */
#pragma once
#include "pcs/pcs_cells.h"
#include "pcs/pcs_prove.h"

typedef struct hb_whir_witness {
    const hb_pcs_params *params;
    const hb_stack *stack;
    const hb_pcs_committed *committed; /* [HB_COMMITMENTS] */
    const hb_pcs_cells *cells;         /* [HB_COMMITMENTS] */
    const hb_row_point *point;
    const hb_k *rho;                   /* H - 12 */
} hb_whir_witness;

size_t hb_whir_prove_bytes(const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_committed committed[HB_COMMITMENTS],
                           const hb_pool *pool);

/* From the grinding before gamma to the end. */
hb_status hb_whir_prove(hb_sender *s, const hb_whir_witness *witness, hb_arena *arena, hb_error *err);
