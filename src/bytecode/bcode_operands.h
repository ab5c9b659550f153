/* Operands of a block's instructions, and the files that translate them to RV64IM (bcode_lower*.c). a is the top word, b the one below it; operands are constants
 * or machine registers, a result goes to a register. A result that the next instruction SETs goes straight to the machine register of that r; it may then be
 * the register of an operand too. Inside of the translation only. */
#pragma once
#include "base/check.h"
#include "bytecode/bcode_build.h"

/* Of ADD .. WMUL and AND .. SHR: x is a, y is b. */
void hb_bc_lower_binary(hb_bc_builder *b, uint8_t op);
void hb_bc_lower_not(hb_bc_builder *b);
/* x < y, x = y as words; the operands have been popped. */
void hb_bc_lower_less(hb_bc_builder *b, hb_bc_value x, hb_bc_value y);
void hb_bc_lower_equal(hb_bc_builder *b, hb_bc_value x, hb_bc_value y);

/* LT, GT, EQ, ISZERO: a word, or with the JUMPI behind them a branch. */
void hb_bc_lower_compare(hb_bc_builder *b, uint8_t op);
/* The pushed target of the jump at the end of the block: both are translated together. */
void hb_bc_lower_constant_jump(hb_bc_builder *b);
void hb_bc_lower_computed_jump(hb_bc_builder *b, uint8_t op);
void hb_bc_lower_return(hb_bc_builder *b);
/* Ends the block with a jump. */
void hb_bc_lower_go(hb_bc_builder *b, uint32_t label);

static inline bool hb_bc_is_short(uint64_t imm)
{
    return (int64_t)imm >= -2048 && (int64_t)imm <= 2047;
}

/* Log2 of a power of two from 2 on, else 0. */
static inline unsigned hb_bc_power_of_two(const hb_bc_value *w)
{
    if (w->kind != HB_BC_CONSTANT || w->imm < 2 || (w->imm & (w->imm - 1)))
        return 0;
    return (unsigned)__builtin_ctzll(w->imm);
}

static inline bool hb_bc_is_constant(const hb_bc_value *w, uint64_t imm)
{
    return w->kind == HB_BC_CONSTANT && w->imm == imm;
}

/* The word in a register; a constant gets one. */
static inline unsigned hb_bc_in_register(hb_bc_builder *b, hb_bc_value *w)
{
    if (w->kind == HB_BC_CONSTANT) {
        unsigned reg = HB_X0;
        if (w->imm) {
            reg = hb_bc_values_reserve(&b->v);
            hb_emit_li(b->e, reg, w->imm);
        }
        *w = (hb_bc_value){.kind = HB_BC_IN_REGISTER, .reg = (uint8_t)reg};
    }
    return w->reg;
}

static inline void hb_bc_drop(hb_bc_builder *b, const hb_bc_value *w)
{
    if (w->kind == HB_BC_IN_REGISTER)
        hb_bc_values_drop(&b->v, w->reg);
}

static inline void hb_bc_push_back(hb_bc_builder *b, const hb_bc_value *w)
{
    if (w->kind == HB_BC_CONSTANT)
        hb_bc_values_push_constant(&b->v, w->imm);
    else
        hb_bc_values_push_register(&b->v, w->reg);
}

/* Where the result of instruction k goes. */
static inline unsigned hb_bc_result(hb_bc_builder *b)
{
    const hb_bytecode_insn *next = &b->p->insns[b->k + 1];
    if (b->k < b->last && next->op == HB_BC_SET && b->t->mapped[next->imm] && !hb_bc_values_holds(&b->v, b->t->mapped[next->imm]))
        return b->t->mapped[next->imm];
    return hb_bc_values_reserve(&b->v);
}

static inline void hb_bc_done(hb_bc_builder *b, unsigned rd, const hb_bc_value *x, const hb_bc_value *y)
{
    hb_bc_drop(b, x);
    if (y)
        hb_bc_drop(b, y);
    hb_bc_values_push_register(&b->v, rd);
}

static inline void hb_bc_trap_if(hb_bc_builder *b, hb_op op, unsigned rs1, unsigned rs2, hb_bytecode_end end)
{
    hb_emit_branch(b->e, op, rs1, rs2, hb_bc_trap(b, end));
}

static inline void hb_bc_trap_always(hb_bc_builder *b, hb_bytecode_end end)
{
    hb_emit_jump(b->e, hb_bc_trap(b, end));
    b->over = true;
    b->falls = false;
}

/* Makes the constant of two operands, if there is one, the second. */
static inline void hb_bc_order(hb_bc_value *x, hb_bc_value *y)
{
    if (x->kind == HB_BC_CONSTANT && y->kind != HB_BC_CONSTANT) {
        hb_bc_value w = *x;
        *x = *y;
        *y = w;
    }
}

/* x to a0, y to a1, for routines. All words are saved; their uses end. */
static inline void hb_bc_arguments(hb_bc_builder *b, hb_bc_value *x, hb_bc_value *y)
{
    hb_emit *e = b->e;
    if (x->kind == HB_BC_CONSTANT)
        hb_emit_li(e, HB_T0, x->imm);
    else
        hb_emit_mv(e, HB_T0, x->reg);
    if (y->kind == HB_BC_CONSTANT)
        hb_emit_li(e, HB_A1, y->imm);
    else
        hb_emit_mv(e, HB_A1, y->reg);
    hb_emit_mv(e, HB_A0, HB_T0);
    hb_bc_drop(b, x);
    hb_bc_drop(b, y);
}

/* The result of a routine in a0, which nothing else uses. */
static inline void hb_bc_push_a0(hb_bc_builder *b)
{
    HB_ASSERT(!b->v.uses[HB_A0]);
    hb_bc_values_keep(&b->v, HB_A0);
    hb_bc_values_push_register(&b->v, HB_A0);
}
