/* A tape: straight-line code that evaluates chosen nodes of a record, made once and run over blocks of rows. Hosted, prover only.
 *
 * Values live in slots. The first n_inputs slots are columns (preprocessed, main) and then structured columns; the caller points them at data. The rest
 * are temporaries, reused as soon as their value is dead. Constants, key constants and what follows from them alone are folded into the steps.
 *
 * The same tape runs over base values (air/tape_kernel.h; a slot is a block of 256 rows) and over values at points of a line (zerocheck; a slot is a pack of K
 * for each of the points 0, inf, 2, 3). For the point inf, where the value of a node means the coefficient of X^degree, sums take only the
 * operands of full degree; `inf` says which. */
#pragma once
#include "air/challenges.h"
#include "air/table.h"
#include "base/arena.h"

typedef enum hb_tape_op {
    HB_TAPE_ADD,    /* a + b */
    HB_TAPE_SUB,    /* a - b */
    HB_TAPE_MUL,    /* a b */
    HB_TAPE_ADD_C,  /* a + c */
    HB_TAPE_MUL_C,  /* a c */
    HB_TAPE_C_SUB,  /* c - a */
    HB_TAPE_SET     /* c */
} hb_tape_op;

typedef enum hb_tape_inf { HB_TAPE_INF_BOTH, HB_TAPE_INF_A, HB_TAPE_INF_B } hb_tape_inf;

typedef struct hb_air_step {
    uint8_t op, inf, wide, unused; /* wide: an output of degree 3 depends on it */
    uint16_t dst, a, b;
    hb_f c;
} hb_air_step;

typedef struct hb_air_tape {
    hb_air_step *steps;
    uint32_t n_steps, n_inputs, n_slots, n_outputs;
    uint16_t *outputs;   /* slot of each output */
    uint8_t *input_used; /* n_inputs: 0 not read, 1 read, 2 read by something of degree 3 */
} hb_air_tape;

/* Slot of column j is j; of structured column s: */
static inline uint32_t hb_tape_structured_slot(const hb_air *air, hb_structured s)
{
    return air->pre_width + air->width + (uint32_t)s;
}

/* Compiles the outputs (node ids, any number of them equal). Everything the tape points to comes from the arena; what compiling needs besides is given back.
 * False when the arena is full or there are more than 65535 slots. */
bool hb_air_tape_compile(const hb_air *air, const hb_air_publics *publics, const hb_expr *outputs, uint32_t n_outputs, hb_arena *arena, hb_air_tape *tape);

/* Value of a node of degree 0. */
hb_f hb_air_constant(const hb_air *air, const hb_air_publics *publics, hb_expr node);
