/* Arithmetic, logic, shifts and compares. */
#include "bytecode/bcode_operands.h"

typedef hb_bc_builder builder;
typedef hb_bc_value value;

/* x op y for operations without a trap; imm_op: the form with an immediate, HB_OP_INVALID if none. */
static void plain(builder *b, hb_op op, hb_op imm_op, value x, value y)
{
    unsigned rx = hb_bc_in_register(b, &x);
    if (y.kind == HB_BC_CONSTANT && imm_op != HB_OP_INVALID && hb_bc_is_short(y.imm)) {
        unsigned rd = hb_bc_result(b);
        hb_emit_i(b->e, imm_op, rd, rx, (int64_t)y.imm);
        hb_bc_done(b, rd, &x, NULL);
        return;
    }
    unsigned ry = hb_bc_in_register(b, &y), rd = hb_bc_result(b);
    hb_emit_r(b->e, op, rd, rx, ry);
    hb_bc_done(b, rd, &x, &y);
}

static void plain_shift(builder *b, hb_op op, value x, unsigned amount)
{
    unsigned rx = hb_bc_in_register(b, &x), rd = hb_bc_result(b);
    hb_emit_i(b->e, op, rd, rx, amount);
    hb_bc_done(b, rd, &x, NULL);
}

static void checked_add_imm(builder *b, value x, int64_t imm)
{
    unsigned rx = hb_bc_in_register(b, &x), rd = hb_bc_result(b);
    hb_emit_i(b->e, HB_OP_ADDI, rd, rx, imm);
    if (rd != rx) {
        hb_bc_trap_if(b, HB_OP_BLTU, rd, rx, HB_BC_END_ARITHMETIC);
    } else if (imm == 1) {
        hb_bc_trap_if(b, HB_OP_BEQ, rd, HB_X0, HB_BC_END_ARITHMETIC);
    } else {
        hb_emit_i(b->e, HB_OP_SLTIU, HB_T0, rd, imm);
        hb_bc_trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
    }
    hb_bc_done(b, rd, &x, NULL);
}

static void checked_add(builder *b, value x, value y)
{
    hb_bc_order(&x, &y);
    if (hb_bc_is_constant(&y, 0)) {
        hb_bc_push_back(b, &x);
        return;
    }
    if (y.kind == HB_BC_CONSTANT && y.imm <= 2047) {
        checked_add_imm(b, x, (int64_t)y.imm);
        return;
    }
    unsigned rx = hb_bc_in_register(b, &x), ry = hb_bc_in_register(b, &y), rd = hb_bc_result(b);
    if (rd == rx && rd == ry) {
        hb_bc_trap_if(b, HB_OP_BLT, rx, HB_X0, HB_BC_END_ARITHMETIC); /* doubling overflows when the top bit is set */
        hb_emit_r(b->e, HB_OP_ADD, rd, rx, ry);
    } else {
        hb_emit_r(b->e, HB_OP_ADD, rd, rx, ry);
        hb_bc_trap_if(b, HB_OP_BLTU, rd, rd == rx ? ry : rx, HB_BC_END_ARITHMETIC);
    }
    hb_bc_done(b, rd, &x, &y);
}

static void checked_sub(builder *b, value x, value y)
{
    if (hb_bc_is_constant(&y, 0)) {
        hb_bc_push_back(b, &x);
        return;
    }
    unsigned rx = hb_bc_in_register(b, &x);
    if (y.kind == HB_BC_CONSTANT && y.imm <= 2047) {
        unsigned rd = hb_bc_result(b);
        if (y.imm == 1) {
            hb_bc_trap_if(b, HB_OP_BEQ, rx, HB_X0, HB_BC_END_ARITHMETIC);
        } else {
            hb_emit_i(b->e, HB_OP_SLTIU, HB_T0, rx, (int64_t)y.imm);
            hb_bc_trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
        }
        hb_emit_i(b->e, HB_OP_ADDI, rd, rx, -(int64_t)y.imm);
        hb_bc_done(b, rd, &x, NULL);
        return;
    }
    unsigned ry = hb_bc_in_register(b, &y), rd = hb_bc_result(b);
    hb_bc_trap_if(b, HB_OP_BLTU, rx, ry, HB_BC_END_ARITHMETIC);
    hb_emit_r(b->e, HB_OP_SUB, rd, rx, ry);
    hb_bc_done(b, rd, &x, &y);
}

static void checked_mul(builder *b, value x, value y)
{
    hb_bc_order(&x, &y);
    unsigned shift = hb_bc_power_of_two(&y);
    if (hb_bc_is_constant(&y, 1)) {
        hb_bc_push_back(b, &x);
        return;
    }
    unsigned rx = hb_bc_in_register(b, &x);
    if (shift) {
        unsigned rd = hb_bc_result(b);
        hb_emit_i(b->e, HB_OP_SRLI, HB_T0, rx, 64 - shift);
        hb_bc_trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
        hb_emit_i(b->e, HB_OP_SLLI, rd, rx, shift);
        hb_bc_done(b, rd, &x, NULL);
        return;
    }
    unsigned ry = hb_bc_in_register(b, &y), rd = hb_bc_result(b);
    hb_emit_r(b->e, HB_OP_MULHU, HB_T0, rx, ry);
    hb_bc_trap_if(b, HB_OP_BNE, HB_T0, HB_X0, HB_BC_END_ARITHMETIC);
    hb_emit_r(b->e, HB_OP_MUL, rd, rx, ry);
    hb_bc_done(b, rd, &x, &y);
}

static void wrapping_mul(builder *b, value x, value y)
{
    hb_bc_order(&x, &y);
    if (hb_bc_power_of_two(&y))
        plain_shift(b, HB_OP_SLLI, x, hb_bc_power_of_two(&y));
    else
        plain(b, HB_OP_MUL, HB_OP_INVALID, x, y);
}

static void wrapping_sub(builder *b, value x, value y)
{
    if (y.kind == HB_BC_CONSTANT && hb_bc_is_short(0 - y.imm))
        plain(b, HB_OP_ADD, HB_OP_ADDI, x, (value){.kind = HB_BC_CONSTANT, .imm = 0 - y.imm});
    else
        plain(b, HB_OP_SUB, HB_OP_INVALID, x, y);
}

static void divide(builder *b, bool remainder, value x, value y)
{
    unsigned shift = hb_bc_power_of_two(&y);
    if (hb_bc_is_constant(&y, 0)) {
        hb_bc_trap_always(b, HB_BC_END_ARITHMETIC);
    } else if (shift && !remainder) {
        plain_shift(b, HB_OP_SRLI, x, shift);
    } else if (shift && hb_bc_is_short(y.imm - 1)) {
        plain(b, HB_OP_AND, HB_OP_ANDI, x, (value){.kind = HB_BC_CONSTANT, .imm = y.imm - 1});
    } else {
        if (y.kind != HB_BC_CONSTANT)
            hb_bc_trap_if(b, HB_OP_BEQ, y.reg, HB_X0, HB_BC_END_ARITHMETIC);
        plain(b, remainder ? HB_OP_REMU : HB_OP_DIVU, HB_OP_INVALID, x, y);
    }
}

static void power(builder *b, value x, value y)
{
    hb_bc_values_save(&b->v);
    hb_bc_arguments(b, &x, &y);
    hb_emit_call(b->e, HB_RT_POW);
    hb_bc_trap_if(b, HB_OP_BNE, HB_A1, HB_X0, HB_BC_END_ARITHMETIC);
    hb_bc_push_a0(b);
}

void hb_bc_lower_less(builder *b, value x, value y)
{
    plain(b, HB_OP_SLTU, y.kind == HB_BC_CONSTANT && y.imm <= 2047 ? HB_OP_SLTIU : HB_OP_INVALID, x, y);
}

void hb_bc_lower_equal(builder *b, value x, value y)
{
    hb_bc_order(&x, &y);
    unsigned rx = hb_bc_in_register(b, &x), difference = HB_T0;
    if (hb_bc_is_constant(&y, 0)) {
        difference = rx;
    } else if (y.kind == HB_BC_CONSTANT && hb_bc_is_short(y.imm)) {
        hb_emit_i(b->e, HB_OP_XORI, HB_T0, rx, (int64_t)y.imm);
    } else {
        unsigned ry = hb_bc_in_register(b, &y);
        hb_emit_r(b->e, HB_OP_XOR, HB_T0, rx, ry);
    }
    unsigned rd = hb_bc_result(b); /* reserving may use t1, never t0 */
    hb_emit_i(b->e, HB_OP_SLTIU, rd, difference, 1);
    hb_bc_done(b, rd, &x, &y);
}

static void shift(builder *b, hb_op op, hb_op imm_op, value x, value y)
{
    if (y.kind == HB_BC_CONSTANT && y.imm >= 64) {
        hb_bc_drop(b, &x);
        hb_bc_values_push_constant(&b->v, 0);
        return;
    }
    if (y.kind == HB_BC_CONSTANT) {
        plain_shift(b, imm_op, x, (unsigned)y.imm);
        return;
    }
    unsigned rx = hb_bc_in_register(b, &x), rd = hb_bc_result(b);
    hb_emit_i(b->e, HB_OP_SLTIU, HB_T0, y.reg, 64);
    hb_emit_r(b->e, HB_OP_SUB, HB_T0, HB_X0, HB_T0);
    hb_emit_r(b->e, op, rd, rx, y.reg);
    hb_emit_r(b->e, HB_OP_AND, rd, rd, HB_T0);
    hb_bc_done(b, rd, &x, &y);
}

void hb_bc_lower_binary(builder *b, uint8_t op)
{
    value x = hb_bc_values_pop(&b->v), y = hb_bc_values_pop(&b->v);
    switch (op) {
    case HB_BC_ADD: checked_add(b, x, y); break;
    case HB_BC_SUB: checked_sub(b, x, y); break;
    case HB_BC_MUL: checked_mul(b, x, y); break;
    case HB_BC_DIV: divide(b, false, x, y); break;
    case HB_BC_MOD: divide(b, true, x, y); break;
    case HB_BC_POW: power(b, x, y); break;
    case HB_BC_WADD: hb_bc_order(&x, &y), plain(b, HB_OP_ADD, HB_OP_ADDI, x, y); break;
    case HB_BC_WSUB: wrapping_sub(b, x, y); break;
    case HB_BC_WMUL: wrapping_mul(b, x, y); break;
    case HB_BC_AND: hb_bc_order(&x, &y), plain(b, HB_OP_AND, HB_OP_ANDI, x, y); break;
    case HB_BC_OR: hb_bc_order(&x, &y), plain(b, HB_OP_OR, HB_OP_ORI, x, y); break;
    case HB_BC_XOR: hb_bc_order(&x, &y), plain(b, HB_OP_XOR, HB_OP_XORI, x, y); break;
    case HB_BC_SHL: shift(b, HB_OP_SLL, HB_OP_SLLI, x, y); break;
    default: shift(b, HB_OP_SRL, HB_OP_SRLI, x, y);
    }
}

void hb_bc_lower_not(builder *b)
{
    plain(b, HB_OP_XOR, HB_OP_XORI, hb_bc_values_pop(&b->v), (value){.kind = HB_BC_CONSTANT, .imm = UINT64_MAX});
}
