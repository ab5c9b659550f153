/* The tables that a statement's heights describe, as all steps of a proof see them; and the checks on integers that come before everything else.
 * Shared by prover and verifier. Freestanding. */
#pragma once
#include "air/challenges.h"
#include "gkr/gkr_layout.h"
#include "machine/airs.h"
#include "machine/statement.h"
#include "pcs/stack.h"
#include "zerocheck/zerocheck.h"

typedef struct hb_machine_layout {
    uint32_t n_tables;                    /* present ones, in chip order */
    uint32_t chip[HB_CHIP_COUNT];         /* of present table i */
    uint32_t n_stacked;                   /* tables of the stacks: the present ones, and those of the key that are absent (idle) */
    uint32_t stacked_chip[HB_CHIP_COUNT];
    hb_stack stack;
    hb_gkr_layout trees;
    hb_air_publics publics;
    hb_k pv_g, pv_r;                      /* public factors, set by hb_machine_layout_publics */
} hb_machine_layout;

/* docs/protocol.md 11: kind and index, ends, heights, time, counts, exit code, deferred digest; of proofs of a run only what one can be asked alone.
 * HB_OK or HB_REJECTED. */
hb_status hb_statement_check(const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st, hb_error *err);

/* Lays out tables, stacks and trees. The statement has passed hb_statement_check. */
hb_status hb_machine_layout_init(hb_machine_layout *layout, const hb_machine_airs *airs, const hb_program_part *part, const hb_statement *st,
                                 hb_scratch *scratch, hb_error *err);

/* The layout of commitment 1 alone, which is made before the other heights are known. Kinds `exec` and `init`; their chip of commitment 1 has a row. */
hb_status hb_machine_boundary_layout(hb_stack *stack, const hb_statement *st, hb_error *err);

/* The public factors of protocol.md 7 under these challenges. */
void hb_machine_public_factors(const hb_statement *st, const hb_bus_challenges *challenges, hb_k *pv_g, hb_k *pv_r);

/* The bus challenges in transcript order. */
void hb_machine_bus_challenges(hb_transcript *t, hb_bus_challenges *out);

/* The point where the zerocheck ended, as the opening takes it. False if r_0 lies in the skip domain. */
bool hb_machine_point(const hb_zerocheck_result *at, hb_row_point *out);
