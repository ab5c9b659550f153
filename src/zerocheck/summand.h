/* S_T of one table, taken apart for the prover once all challenges but those of the rounds are known. Hosted.
 *
 *   S_T = sum_k lambda^k C_k + ind * B,   B = sum_b weights of terms (docs/protocol.md 8)
 *
 * Both sums are split into an affine form in the inputs (columns and structured columns, slots as in air/tape.h) and weighted products:
 *   - C_k = affine part + rest. Constraints that are affine hold as identities after any folding, so they contribute nothing and are dropped.
 *   - flagged factors s (fp - 1): s times an affine form LF_s (one for each distinct flag), constant apart; products inside tuples become s * product
 *   - groups: elementary symmetric polynomials of the looked-up expressions
 * Rests and products have degree 2 or 3 ("class" 0 or 1). On the skip domain all constraints vanish, so rest = -affine part there. */
#pragma once
#include "air/forms.h"
#include "air/table.h"
#include "air/tape.h"
#include "base/arena.h"
#include "zerocheck/zerocheck.h"

#define HB_CLASSES 2u /* degree 2, degree 3 */

typedef struct hb_form {
    hb_k *w; /* one an input */
    hb_k constant;
} hb_form;

/* Weighted nodes of the extended record. */
typedef struct hb_outputs {
    hb_expr *nodes;
    hb_k *weights;
    uint32_t n;
} hb_outputs;

typedef struct hb_summand {
    hb_air ext; /* the record and what was added */
    uint32_t n_cols, n_inputs;
    hb_form con[HB_CLASSES]; /* affine parts of the constraints of each degree */
    hb_form bus;             /* affine part of B */
    hb_outputs rest[HB_CLASSES];     /* of constraints */
    hb_outputs product[HB_CLASSES];  /* of B, without flag * input */
    uint32_t n_flags;
    hb_expr *flags;
    hb_form *flag_forms;     /* LF_s, constant 0 */
    bool structured_used[HB_ST_COUNT];
} hb_summand;

/* weights: w_b / eps_T of the terms. power: lambda^(number of constraints before); advanced. Everything stays in the arena. False when it is full. */
bool hb_summand_init(hb_summand *s, const hb_air *air, const hb_zerocheck_claim *claim, const hb_zerocheck_challenges *ch, const hb_k *weights, hb_k *power,
                     hb_arena *arena);

/* Upper bounds: what hb_summand_init takes from the arena; nodes of the extended record, hence also outputs, steps and temporaries of tapes over it. */
size_t hb_summand_bytes(const hb_air *air);
uint32_t hb_summand_nodes(const hb_air *air);

/* Number of distinct flags of G and R terms. */
uint32_t hb_summand_flags(const hb_air *air);

/* All products of B for evaluation in the base field, flag * input included; nodes and weights from the arena. False when it is full. */
bool hb_summand_base_products(hb_summand *s, hb_arena *arena, hb_outputs out[HB_CLASSES]);
