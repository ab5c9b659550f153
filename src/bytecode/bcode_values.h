/* The words of the stack that a block has touched, while it is translated: constants, machine registers, or still in memory.
 *
 * Word k of the block is the one k words above (below, if negative) the entry depth; its home is the memory at 8 k from STK, which does not move inside of a
 * block. Words below `low` were not touched: they are in their homes. */
#pragma once
#include "bytecode/bcode_image.h"

typedef enum hb_bc_kind { HB_BC_AT_HOME, HB_BC_CONSTANT, HB_BC_IN_REGISTER } hb_bc_kind;

typedef struct hb_bc_value {
    uint8_t kind;
    uint8_t reg;    /* IN_REGISTER: a0..a7 (counted), or the machine register of a mapped r (an alias: changes with SET) */
    bool saved;     /* IN_REGISTER: its home holds it too */
    uint64_t imm;   /* CONSTANT */
} hb_bc_value;

enum { HB_BC_VALUES = 1024, HB_BC_VALUES_BELOW = 700 }; /* words of a block: below the entry, and in all */
_Static_assert(HB_BC_VALUES_BELOW > 2 * HB_BC_BLOCK_INSNS + 258 && HB_BC_VALUES - HB_BC_VALUES_BELOW > HB_BC_BLOCK_GROWTH + 2, "fits any block");

typedef struct hb_bc_values {
    hb_emit *e;
    hb_bc_value words[HB_BC_VALUES]; /* word k at [k + HB_BC_VALUES_BELOW] */
    int32_t low, top;                /* touched words: low .. top - 1 */
    uint8_t uses[32];                /* of a0..a7: words and operands that hold it */
} hb_bc_values;

void hb_bc_values_start(hb_bc_values *v, hb_emit *e);

/* A machine register for a result, with one use. May save words to their homes. */
unsigned hb_bc_values_reserve(hb_bc_values *v);
/* Is the register one of a0..a7? */
static inline bool hb_bc_values_is_counted(unsigned reg)
{
    return reg >= HB_A0 && reg <= HB_A7;
}
/* One more or one less use; nothing for registers that are not counted. */
void hb_bc_values_keep(hb_bc_values *v, unsigned reg);
void hb_bc_values_drop(hb_bc_values *v, unsigned reg);

/* Pops a word. The caller owns one use of its register, if it has one; an AT_HOME word comes in a register. */
hb_bc_value hb_bc_values_pop(hb_bc_values *v);
/* Pops without looking. */
void hb_bc_values_discard(hb_bc_values *v);
/* Pushes; takes over the use of a register. */
void hb_bc_values_push_register(hb_bc_values *v, unsigned reg);
void hb_bc_values_push_constant(hb_bc_values *v, uint64_t imm);
void hb_bc_values_dup(hb_bc_values *v, uint32_t n);
void hb_bc_values_swap(hb_bc_values *v, uint32_t n);

/* Is the machine register held by a word other than as an operand already popped? */
bool hb_bc_values_holds(const hb_bc_values *v, unsigned reg);
/* Before a mapped register changes: words that alias it get a copy. */
void hb_bc_values_unalias(hb_bc_values *v, unsigned reg);

/* Saves all words to their homes. Their registers are free afterwards, but not those of popped operands. */
void hb_bc_values_save(hb_bc_values *v);
/* The same, and moves STK to the top: the end of a block. */
void hb_bc_values_finish(hb_bc_values *v);
