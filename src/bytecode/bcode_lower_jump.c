/* Ends of blocks: jumps, calls, returns, and the compares that only feed a jump. */
#include "bytecode/bcode_operands.h"

typedef hb_bc_builder builder;
typedef hb_bc_value value;

void hb_bc_lower_go(builder *b, uint32_t label)
{
    hb_emit_jump(b->e, label);
    b->over = true;
    b->falls = false;
}

/* Is the compare at k, negated or not, only there for the JUMPI at the end of the block? *negated: by the ISZEROs between. */
static bool feeds_jump(const builder *b, bool *negated)
{
    uint32_t k = b->k + 1;
    *negated = false;
    if (b->b->target == HB_BC_NO_BLOCK || b->p->insns[b->last].op != HB_BC_JUMPI)
        return false;
    for (; b->p->insns[k].op == HB_BC_ISZERO; k++)
        *negated = !*negated;
    return k == b->last - 1;
}

/* Ends the block: to its target if `op` holds (or does not hold), else to the next block. */
static void branch(builder *b, hb_op op, value x, value y, bool negated)
{
    unsigned rx = hb_bc_in_register(b, &x), ry = hb_bc_in_register(b, &y);
    hb_bc_values_finish(&b->v);
    hb_bc_drop(b, &x);
    hb_bc_drop(b, &y);
    /* Opposites are neighbours in the ISA table. */
    hb_op taken = negated ? (hb_op)(((op - HB_OP_BEQ) ^ 1) + HB_OP_BEQ) : op;
    hb_emit_branch(b->e, taken, rx, ry, hb_bc_label_direct(b->b->target));
    b->k = b->last;
}

void hb_bc_lower_compare(builder *b, uint8_t op)
{
    const value zero = {.kind = HB_BC_CONSTANT};
    bool negated, fused = feeds_jump(b, &negated);
    value x = hb_bc_values_pop(&b->v), y = op == HB_BC_ISZERO ? zero : hb_bc_values_pop(&b->v);
    if (op == HB_BC_GT) {
        value w = x;
        x = y;
        y = w;
    }
    bool is_less = op == HB_BC_LT || op == HB_BC_GT;
    if (fused)
        branch(b, is_less ? HB_OP_BLTU : HB_OP_BEQ, x, y, negated);
    else if (is_less)
        hb_bc_lower_less(b, x, y);
    else
        hb_bc_lower_equal(b, x, y);
}

void hb_bc_lower_constant_jump(builder *b)
{
    uint8_t op = b->p->insns[b->last].op;
    uint32_t target = hb_bc_label_direct(b->b->target);
    b->gas -= hb_bytecode_rows[b->p->insns[b->k].op].gas; /* of the push: it has happened when CALL traps */
    if (op == HB_BC_JUMPI) {
        value w = hb_bc_values_pop(&b->v);
        if (w.kind != HB_BC_CONSTANT) {
            branch(b, HB_OP_BNE, w, (value){.kind = HB_BC_CONSTANT}, false);
        } else {
            hb_bc_values_finish(&b->v);
            if (w.imm)
                hb_bc_lower_go(b, target);
        }
    } else {
        hb_bc_values_finish(&b->v);
        if (op == HB_BC_CALL) {
            hb_bc_trap_if(b, HB_OP_BEQ, HB_BC_CALLS, HB_BC_BOTTOM, HB_BC_END_STACK);
            hb_emit_call(b->e, hb_bc_label_called(b->b->target));
            b->falls = false;
        } else if (b->b->target != b->block + 1) {
            hb_bc_lower_go(b, target);
        }
    }
    b->gas += hb_bytecode_rows[b->p->insns[b->last - 1].op].gas;
    b->k = b->last;
}

void hb_bc_lower_computed_jump(builder *b, uint8_t op)
{
    value a = hb_bc_values_pop(&b->v), condition = {.kind = HB_BC_CONSTANT, .imm = 1};
    if (op == HB_BC_JUMPI)
        condition = hb_bc_values_pop(&b->v);
    hb_bc_values_finish(&b->v);
    hb_bc_drop(b, &a);
    hb_bc_drop(b, &condition);
    if (condition.kind == HB_BC_CONSTANT && !condition.imm)
        return;
    if (condition.kind != HB_BC_CONSTANT) {
        bool is_last = b->block + 1 == b->t->flow.n_blocks;
        uint32_t next = is_last ? HB_RT_TRAP + HB_BC_END_SUCCESS : hb_bc_label_direct(b->block + 1);
        hb_emit_branch(b->e, HB_OP_BEQ, condition.reg, HB_X0, next);
    }
    if (a.kind == HB_BC_CONSTANT)
        hb_emit_li(b->e, HB_A7, a.imm);
    else
        hb_emit_mv(b->e, HB_A7, a.reg);
    if (op == HB_BC_CALL) {
        hb_emit_call(b->e, HB_RT_CALL);
        b->falls = false;
    } else {
        hb_bc_lower_go(b, op == HB_BC_JUMP ? HB_RT_JUMP : HB_RT_JUMPI);
    }
}

void hb_bc_lower_return(builder *b)
{
    hb_bc_values_finish(&b->v);
    hb_emit_branch(b->e, HB_OP_BEQ, HB_BC_CALLS, HB_BC_GLOB, HB_RT_TRAP + HB_BC_END_SUCCESS);
    hb_emit_i(b->e, HB_OP_LD, HB_T0, HB_BC_CALLS, -8);
    hb_emit_i(b->e, HB_OP_ADDI, HB_BC_CALLS, HB_BC_CALLS, -8);
    hb_emit_i(b->e, HB_OP_JALR, HB_X0, HB_T0, 0);
    b->over = true;
    b->falls = false;
}
