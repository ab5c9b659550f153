/* Instructions of a block to RV64IM. a is the top word, b the one below it; operands are constants or machine registers, a result goes to a register. A
 * result that the next instruction SETs goes straight to the machine register of that r; it may then be the register of an operand too. */
#include "base/check.h"
#include "bytecode/bcode_build.h"

typedef hb_bc_builder builder;
typedef hb_bc_value value;

static bool is_short(uint64_t imm)
{
    return (int64_t)imm >= -2048 && (int64_t)imm <= 2047;
}

/* Log2 of a power of two from 2 on, else 0. */
static unsigned power_of_two(const value *w)
{
    if (w->kind != HB_BC_CONSTANT || w->imm < 2 || (w->imm & (w->imm - 1)))
        return 0;
    return (unsigned)__builtin_ctzll(w->imm);
}

static bool is_constant(const value *w, uint64_t imm)
{
    return w->kind == HB_BC_CONSTANT && w->imm == imm;
}

/* The word in a register; a constant gets one. */
static unsigned in_register(builder *b, value *w)
{
    if (w->kind == HB_BC_CONSTANT) {
        unsigned reg = HB_X0;
        if (w->imm) {
            reg = hb_bc_values_reserve(&b->v);
            hb_emit_li(b->e, reg, w->imm);
        }
        *w = (value){.kind = HB_BC_IN_REGISTER, .reg = (uint8_t)reg};
    }
    return w->reg;
}

static void drop(builder *b, const value *w)
{
    if (w->kind == HB_BC_IN_REGISTER)
        hb_bc_values_drop(&b->v, w->reg);
}

static void push_back(builder *b, const value *w)
{
    if (w->kind == HB_BC_CONSTANT)
        hb_bc_values_push_constant(&b->v, w->imm);
    else
        hb_bc_values_push_register(&b->v, w->reg);
}

/* Where the result of instruction k goes. */
static unsigned result(builder *b)
{
    const hb_bytecode_insn *next = &b->p->insns[b->k + 1];
    if (b->k < b->last && next->op == HB_BC_SET && b->t->mapped[next->imm] && !hb_bc_values_holds(&b->v, b->t->mapped[next->imm]))
        return b->t->mapped[next->imm];
    return hb_bc_values_reserve(&b->v);
}

static void done(builder *b, unsigned rd, const value *x, const value *y)
{
    drop(b, x);
    if (y)
        drop(b, y);
    hb_bc_values_push_register(&b->v, rd);
}

static void trap_if(builder *b, hb_op op, unsigned rs1, unsigned rs2, hb_bytecode_end end)
{
    hb_emit_branch(b->e, op, rs1, rs2, hb_bc_trap(b, end));
}

static void trap_always(builder *b, hb_bytecode_end end)
{
    hb_emit_jump(b->e, hb_bc_trap(b, end));
    b->over = true;
    b->falls = false;
}

/* x op y for operations without a trap; imm_op: the form with an immediate, HB_OP_INVALID if none. */
static void plain(builder *b, hb_op op, hb_op imm_op, value x, value y)
{
    unsigned rx = in_register(b, &x);
    if (y.kind == HB_BC_CONSTANT && imm_op != HB_OP_INVALID && is_short(y.imm)) {
        unsigned rd = result(b);
        hb_emit_i(b->e, imm_op, rd, rx, (int64_t)y.imm);
        done(b, rd, &x, NULL);
        return;
    }
    unsigned ry = in_register(b, &y), rd = result(b);
    hb_emit_r(b->e, op, rd, rx, ry);
    done(b, rd, &x, &y);
}

static void plain_shift(builder *b, hb_op op, value x, unsigned amount)
{
    unsigned rx = in_register(b, &x), rd = result(b);
    hb_emit_i(b->e, op, rd, rx, amount);
    done(b, rd, &x, NULL);
}

/* Makes the constant of two operands, if there is one, the second. */
static void order(value *x, value *y)
{
    if (x->kind == HB_BC_CONSTANT && y->kind != HB_BC_CONSTANT) {
        value w = *x;
        *x = *y;
        *y = w;
    }
}

static void checked_add_imm(builder *b, value x, int64_t imm)
{
    unsigned rx = in_register(b, &x), rd = result(b);
    hb_emit_i(b->e, HB_OP_ADDI, rd, rx, imm);
    if (rd != rx) {
        trap_if(b, HB_OP_BLTU, rd, rx, HB_BC_END_ARITHMETIC);
    } else if (imm == 1) {
        trap_if(b, HB_OP_BEQ, rd, HB_X0, HB_BC_END_ARITHMETIC);
    } else {
        hb_emit_i(b->e, HB_OP_SLTIU, HB_T0, rd, imm);
        trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
    }
    done(b, rd, &x, NULL);
}

static void checked_add(builder *b, value x, value y)
{
    order(&x, &y);
    if (is_constant(&y, 0)) {
        push_back(b, &x);
        return;
    }
    if (y.kind == HB_BC_CONSTANT && y.imm <= 2047) {
        checked_add_imm(b, x, (int64_t)y.imm);
        return;
    }
    unsigned rx = in_register(b, &x), ry = in_register(b, &y), rd = result(b);
    if (rd == rx && rd == ry) {
        trap_if(b, HB_OP_BLT, rx, HB_X0, HB_BC_END_ARITHMETIC); /* doubling overflows when the top bit is set */
        hb_emit_r(b->e, HB_OP_ADD, rd, rx, ry);
    } else {
        hb_emit_r(b->e, HB_OP_ADD, rd, rx, ry);
        trap_if(b, HB_OP_BLTU, rd, rd == rx ? ry : rx, HB_BC_END_ARITHMETIC);
    }
    done(b, rd, &x, &y);
}

static void checked_sub(builder *b, value x, value y)
{
    if (is_constant(&y, 0)) {
        push_back(b, &x);
        return;
    }
    unsigned rx = in_register(b, &x);
    if (y.kind == HB_BC_CONSTANT && y.imm <= 2047) {
        unsigned rd = result(b);
        if (y.imm == 1) {
            trap_if(b, HB_OP_BEQ, rx, HB_X0, HB_BC_END_ARITHMETIC);
        } else {
            hb_emit_i(b->e, HB_OP_SLTIU, HB_T0, rx, (int64_t)y.imm);
            trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
        }
        hb_emit_i(b->e, HB_OP_ADDI, rd, rx, -(int64_t)y.imm);
        done(b, rd, &x, NULL);
        return;
    }
    unsigned ry = in_register(b, &y), rd = result(b);
    trap_if(b, HB_OP_BLTU, rx, ry, HB_BC_END_ARITHMETIC);
    hb_emit_r(b->e, HB_OP_SUB, rd, rx, ry);
    done(b, rd, &x, &y);
}

static void checked_mul(builder *b, value x, value y)
{
    order(&x, &y);
    unsigned shift = power_of_two(&y);
    if (is_constant(&y, 1)) {
        push_back(b, &x);
        return;
    }
    unsigned rx = in_register(b, &x);
    if (shift) {
        unsigned rd = result(b);
        hb_emit_i(b->e, HB_OP_SRLI, HB_T0, rx, 64 - shift);
        trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
        hb_emit_i(b->e, HB_OP_SLLI, rd, rx, shift);
        done(b, rd, &x, NULL);
        return;
    }
    unsigned ry = in_register(b, &y), rd = result(b);
    hb_emit_r(b->e, HB_OP_MULHU, HB_T0, rx, ry);
    trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
    hb_emit_r(b->e, HB_OP_MUL, rd, rx, ry);
    done(b, rd, &x, &y);
}

static void wrapping_mul(builder *b, value x, value y)
{
    order(&x, &y);
    if (power_of_two(&y))
        plain_shift(b, HB_OP_SLLI, x, power_of_two(&y));
    else
        plain(b, HB_OP_MUL, HB_OP_INVALID, x, y);
}

static void wrapping_sub(builder *b, value x, value y)
{
    if (y.kind == HB_BC_CONSTANT && is_short(0 - y.imm))
        plain(b, HB_OP_ADD, HB_OP_ADDI, x, (value){.kind = HB_BC_CONSTANT, .imm = 0 - y.imm});
    else
        plain(b, HB_OP_SUB, HB_OP_INVALID, x, y);
}

static void divide(builder *b, bool remainder, value x, value y)
{
    unsigned shift = power_of_two(&y);
    if (is_constant(&y, 0)) {
        trap_always(b, HB_BC_END_ARITHMETIC);
    } else if (shift && !remainder) {
        plain_shift(b, HB_OP_SRLI, x, shift);
    } else if (shift && is_short(y.imm - 1)) {
        plain(b, HB_OP_AND, HB_OP_ANDI, x, (value){.kind = HB_BC_CONSTANT, .imm = y.imm - 1});
    } else {
        if (y.kind != HB_BC_CONSTANT)
            trap_if(b, HB_OP_BEQ, y.reg, HB_X0, HB_BC_END_ARITHMETIC);
        plain(b, remainder ? HB_OP_REMU : HB_OP_DIVU, HB_OP_INVALID, x, y);
    }
}

/* x to a0, y to a1, for routines. All words are saved; their uses end. */
static void arguments(builder *b, value *x, value *y)
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
    drop(b, x);
    drop(b, y);
}

/* The result of a routine in a0, which nothing else uses. */
static void push_a0(builder *b)
{
    HB_ASSERT(!b->v.uses[HB_A0]);
    hb_bc_values_keep(&b->v, HB_A0);
    hb_bc_values_push_register(&b->v, HB_A0);
}

static void power(builder *b, value x, value y)
{
    hb_bc_values_save(&b->v);
    arguments(b, &x, &y);
    hb_emit_call(b->e, HB_RT_POW);
    trap_if(b, HB_OP_BNE, HB_A1, HB_X0, HB_BC_END_ARITHMETIC);
    push_a0(b);
}

static void less(builder *b, value x, value y)
{
    plain(b, HB_OP_SLTU, y.kind == HB_BC_CONSTANT && y.imm <= 2047 ? HB_OP_SLTIU : HB_OP_INVALID, x, y);
}

static void equal(builder *b, value x, value y)
{
    order(&x, &y);
    unsigned rx = in_register(b, &x), difference = HB_T0;
    if (is_constant(&y, 0)) {
        difference = rx;
    } else if (y.kind == HB_BC_CONSTANT && is_short(y.imm)) {
        hb_emit_i(b->e, HB_OP_XORI, HB_T0, rx, (int64_t)y.imm);
    } else {
        unsigned ry = in_register(b, &y);
        hb_emit_r(b->e, HB_OP_XOR, HB_T0, rx, ry);
    }
    unsigned rd = result(b); /* reserving may use t1, never t0 */
    hb_emit_i(b->e, HB_OP_SLTIU, rd, difference, 1);
    done(b, rd, &x, &y);
}

static void shift(builder *b, hb_op op, hb_op imm_op, value x, value y)
{
    if (y.kind == HB_BC_CONSTANT && y.imm >= 64) {
        drop(b, &x);
        hb_bc_values_push_constant(&b->v, 0);
        return;
    }
    if (y.kind == HB_BC_CONSTANT) {
        plain_shift(b, imm_op, x, (unsigned)y.imm);
        return;
    }
    unsigned rx = in_register(b, &x), rd = result(b);
    hb_emit_i(b->e, HB_OP_SLTIU, HB_T0, y.reg, 64);
    hb_emit_r(b->e, HB_OP_SUB, HB_T0, HB_X0, HB_T0);
    hb_emit_r(b->e, op, rd, rx, y.reg);
    hb_emit_r(b->e, HB_OP_AND, rd, rd, HB_T0);
    done(b, rd, &x, &y);
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
    unsigned rx = in_register(b, &x), ry = in_register(b, &y);
    hb_bc_values_finish(&b->v);
    drop(b, &x);
    drop(b, &y);
    /* Opposites are neighbours in the ISA table. */
    hb_op taken = negated ? (hb_op)(((op - HB_OP_BEQ) ^ 1) + HB_OP_BEQ) : op;
    hb_emit_branch(b->e, taken, rx, ry, hb_bc_label_direct(b->b->target));
    b->k = b->last;
}

static void compare(builder *b, uint8_t op)
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
        less(b, x, y);
    else
        equal(b, x, y);
}

/* Checks an address of `bytes` bytes; false: it never lies inside, the block is over. *base, *offset: where it is (t0 may be used). */
static bool address(builder *b, value *a, unsigned bytes, unsigned *base, int64_t *offset)
{
    uint64_t limit = b->p->limits.memory;
    if (limit < bytes || (a->kind == HB_BC_CONSTANT && a->imm > limit - bytes)) {
        trap_always(b, HB_BC_END_MEMORY);
        return false;
    }
    *offset = 0;
    *base = HB_T0;
    if (a->kind == HB_BC_CONSTANT && a->imm <= 2047) {
        *base = HB_BC_MEM;
        *offset = (int64_t)a->imm;
        return true;
    }
    if (a->kind == HB_BC_CONSTANT) {
        hb_emit_li(b->e, HB_T0, a->imm);
        hb_emit_r(b->e, HB_OP_ADD, HB_T0, HB_T0, HB_BC_MEM);
        return true;
    }
    unsigned bound = HB_T0;
    if (limit < 8)
        hb_emit_li(b->e, HB_T0, limit - bytes);
    else if (bytes < 8)
        hb_emit_i(b->e, HB_OP_ADDI, HB_T0, HB_BC_MEM8, 8 - (int64_t)bytes);
    else
        bound = HB_BC_MEM8;
    trap_if(b, HB_OP_BLTU, bound, a->reg, HB_BC_END_MEMORY);
    hb_emit_r(b->e, HB_OP_ADD, HB_T0, a->reg, HB_BC_MEM);
    return true;
}

static void load(builder *b, hb_op op)
{
    value a = hb_bc_values_pop(&b->v);
    unsigned rd = result(b), base;
    int64_t offset;
    if (!address(b, &a, hb_isa_access_bytes(op), &base, &offset))
        return;
    hb_emit_i(b->e, op, rd, base, offset);
    done(b, rd, &a, NULL);
}

static void store(builder *b, hb_op op)
{
    value a = hb_bc_values_pop(&b->v), word = hb_bc_values_pop(&b->v);
    unsigned reg = in_register(b, &word), base;
    int64_t offset;
    if (!address(b, &a, hb_isa_access_bytes(op), &base, &offset))
        return;
    hb_emit_store(b->e, op, reg, base, offset);
    drop(b, &a);
    drop(b, &word);
}

static void set_register(builder *b, unsigned r)
{
    value w = hb_bc_values_pop(&b->v);
    unsigned home = b->t->mapped[r];
    if (!home) {
        hb_emit_store(b->e, HB_OP_SD, in_register(b, &w), HB_BC_GLOB, HB_BC_VAR_REGISTERS + 8 * (int64_t)r);
    } else if (w.kind == HB_BC_CONSTANT) {
        hb_bc_values_unalias(&b->v, home);
        hb_emit_li(b->e, home, w.imm);
    } else if (w.reg != home) {
        hb_bc_values_unalias(&b->v, home);
        hb_emit_mv(b->e, home, w.reg);
    }
    drop(b, &w);
}

static void get_register(builder *b, unsigned r)
{
    unsigned reg = b->t->mapped[r];
    if (!reg) {
        reg = result(b);
        hb_emit_i(b->e, HB_OP_LD, reg, HB_BC_GLOB, HB_BC_VAR_REGISTERS + 8 * (int64_t)r);
    }
    hb_bc_values_push_register(&b->v, reg);
}

static void next_input(builder *b)
{
    hb_bc_values_save(&b->v);
    hb_emit_call(b->e, HB_RT_INPUT);
    trap_if(b, HB_OP_BNE, HB_A1, HB_X0, HB_BC_END_INPUT);
    push_a0(b);
}

static void input_length(builder *b)
{
    unsigned rd = result(b);
    hb_emit_i(b->e, HB_OP_LD, rd, HB_BC_GLOB, HB_BC_VAR_INPUT_END);
    hb_emit_i(b->e, HB_OP_LD, HB_T0, HB_BC_GLOB, HB_BC_VAR_INPUT);
    hb_emit_r(b->e, HB_OP_SUB, rd, rd, HB_T0);
    hb_bc_values_push_register(&b->v, rd);
}

static void output(builder *b)
{
    value w = hb_bc_values_pop(&b->v);
    unsigned reg = in_register(b, &w);
    hb_emit_i(b->e, HB_OP_LD, HB_T0, HB_BC_GLOB, HB_BC_VAR_OUTPUT);
    hb_emit_store(b->e, HB_OP_SD, reg, HB_T0, 0);
    hb_emit_i(b->e, HB_OP_ADDI, HB_T0, HB_T0, 8);
    hb_emit_store(b->e, HB_OP_SD, HB_T0, HB_BC_GLOB, HB_BC_VAR_OUTPUT);
    drop(b, &w);
}

static void copy_bytes(builder *b, uint32_t routine)
{
    value a = hb_bc_values_pop(&b->v), n = hb_bc_values_pop(&b->v);
    hb_bc_values_finish(&b->v);
    arguments(b, &a, &n);
    hb_emit_call(b->e, routine);
}

static void go(builder *b, uint32_t label)
{
    hb_emit_jump(b->e, label);
    b->over = true;
    b->falls = false;
}

/* The pushed target of the jump at the end of the block: both are translated together. */
static void constant_jump(builder *b)
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
                go(b, target);
        }
    } else {
        hb_bc_values_finish(&b->v);
        if (op == HB_BC_CALL) {
            trap_if(b, HB_OP_BEQ, HB_BC_CALLS, HB_BC_BOTTOM, HB_BC_END_STACK);
            hb_emit_call(b->e, hb_bc_label_called(b->b->target));
            b->falls = false;
        } else if (b->b->target != b->block + 1) {
            go(b, target);
        }
    }
    b->gas += hb_bytecode_rows[b->p->insns[b->last - 1].op].gas;
    b->k = b->last;
}

static void computed_jump(builder *b, uint8_t op)
{
    value a = hb_bc_values_pop(&b->v), condition = {.kind = HB_BC_CONSTANT, .imm = 1};
    if (op == HB_BC_JUMPI)
        condition = hb_bc_values_pop(&b->v);
    hb_bc_values_finish(&b->v);
    drop(b, &a);
    drop(b, &condition);
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
        go(b, op == HB_BC_JUMP ? HB_RT_JUMP : HB_RT_JUMPI);
    }
}

static void return_to_caller(builder *b)
{
    hb_bc_values_finish(&b->v);
    hb_emit_branch(b->e, HB_OP_BEQ, HB_BC_CALLS, HB_BC_GLOB, HB_RT_TRAP + HB_BC_END_SUCCESS);
    hb_emit_i(b->e, HB_OP_LD, HB_T0, HB_BC_CALLS, -8);
    hb_emit_i(b->e, HB_OP_ADDI, HB_BC_CALLS, HB_BC_CALLS, -8);
    hb_emit_i(b->e, HB_OP_JALR, HB_X0, HB_T0, 0);
    b->over = true;
    b->falls = false;
}

static void lower_binary(builder *b, uint8_t op)
{
    value x = hb_bc_values_pop(&b->v), y = hb_bc_values_pop(&b->v);
    switch (op) {
    case HB_BC_ADD: checked_add(b, x, y); break;
    case HB_BC_SUB: checked_sub(b, x, y); break;
    case HB_BC_MUL: checked_mul(b, x, y); break;
    case HB_BC_DIV: divide(b, false, x, y); break;
    case HB_BC_MOD: divide(b, true, x, y); break;
    case HB_BC_POW: power(b, x, y); break;
    case HB_BC_WADD: order(&x, &y), plain(b, HB_OP_ADD, HB_OP_ADDI, x, y); break;
    case HB_BC_WSUB: wrapping_sub(b, x, y); break;
    case HB_BC_WMUL: wrapping_mul(b, x, y); break;
    case HB_BC_AND: order(&x, &y), plain(b, HB_OP_AND, HB_OP_ANDI, x, y); break;
    case HB_BC_OR: order(&x, &y), plain(b, HB_OP_OR, HB_OP_ORI, x, y); break;
    case HB_BC_XOR: order(&x, &y), plain(b, HB_OP_XOR, HB_OP_XORI, x, y); break;
    case HB_BC_SHL: shift(b, HB_OP_SLL, HB_OP_SLLI, x, y); break;
    default: shift(b, HB_OP_SRL, HB_OP_SRLI, x, y);
    }
}

static void lower_stack(builder *b, const hb_bytecode_insn *i)
{
    switch (i->op) {
    case HB_BC_POP: hb_bc_values_discard(&b->v); break;
    case HB_BC_DUP: hb_bc_values_dup(&b->v, (uint32_t)i->imm); break;
    case HB_BC_SWAP: hb_bc_values_swap(&b->v, (uint32_t)i->imm); break;
    case HB_BC_GET: get_register(b, (unsigned)i->imm); break;
    case HB_BC_SET: set_register(b, (unsigned)i->imm); break;
    default:
        if (b->b->target != HB_BC_NO_BLOCK && b->k + 1 == b->last)
            constant_jump(b);
        else
            hb_bc_values_push_constant(&b->v, i->imm);
    }
}

static void lower_memory(builder *b, uint8_t op)
{
    switch (op) {
    case HB_BC_LOAD:
    case HB_BC_LOAD64: load(b, HB_OP_LD); break;
    case HB_BC_LOAD32: load(b, HB_OP_LWU); break;
    case HB_BC_LOAD16: load(b, HB_OP_LHU); break;
    case HB_BC_LOAD8: load(b, HB_OP_LBU); break;
    case HB_BC_STORE:
    case HB_BC_STORE64: store(b, HB_OP_SD); break;
    case HB_BC_STORE32: store(b, HB_OP_SW); break;
    case HB_BC_STORE16: store(b, HB_OP_SH); break;
    default: store(b, HB_OP_SB);
    }
}

static void lower_rest(builder *b, uint8_t op)
{
    switch (op) {
    case HB_BC_LT:
    case HB_BC_GT:
    case HB_BC_EQ:
    case HB_BC_ISZERO: compare(b, op); break;
    case HB_BC_NOT: plain(b, HB_OP_XOR, HB_OP_XORI, hb_bc_values_pop(&b->v), (value){.kind = HB_BC_CONSTANT, .imm = UINT64_MAX}); break;
    case HB_BC_JUMP:
    case HB_BC_JUMPI:
    case HB_BC_CALL: computed_jump(b, op); break;
    case HB_BC_RETURN: return_to_caller(b); break;
    case HB_BC_REVERT: go(b, HB_RT_TRAP + HB_BC_END_REVERTED); break;
    case HB_BC_STOP: go(b, HB_RT_TRAP + HB_BC_END_SUCCESS); break;
    case HB_BC_INPUT: next_input(b); break;
    case HB_BC_INPUTLEN: input_length(b); break;
    case HB_BC_OUTPUT: output(b); break;
    case HB_BC_READ: copy_bytes(b, HB_RT_READ); break;
    case HB_BC_WRITE: copy_bytes(b, HB_RT_WRITE); break;
    default: trap_always(b, HB_BC_END_MEMORY); /* SLOAD, SSTORE: there is no ledger */
    }
}

void hb_bc_lower(hb_bc_builder *b)
{
    const hb_bytecode_insn *i = &b->p->insns[b->k];
    uint8_t op = i->op;
    if (op <= HB_BC_WMUL || (op >= HB_BC_AND && op <= HB_BC_SHR && op != HB_BC_NOT))
        lower_binary(b, op);
    else if (op >= HB_BC_LOAD && op <= HB_BC_STORE64)
        lower_memory(b, op);
    else if (op >= HB_BC_PUSH1 && op <= HB_BC_SET)
        lower_stack(b, i);
    else
        lower_rest(b, op);
    b->k++;
}
