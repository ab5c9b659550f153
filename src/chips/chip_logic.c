/* AND, OR, XOR and their immediate forms, byte by byte.
 *
 * With n = a & b (an AND lookup, which also shows that a, b and n are bytes): a | b = a + b - n and a ^ b = a + b - 2 n, so a limb of the result
 * is the same combination of limbs. With imm set, operand 2 is the immediate, as in chip_addw.c. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOGIC_RS1] = "rs1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "rs1_ts",
    [LOGIC_RS2] = "rs2", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "rs2_ts", [LOGIC_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [LOGIC_AND] = "and0", "and1", "and2", "and3", "and4", "and5", "and6", "and7", [LOGIC_OR] = "or", [LOGIC_XOR] = "xor", [LOGIC_IMM] = "imm",
};

static hb_expr opcode(hb_air *a, hb_expr or, hb_expr xor, hb_expr imm)
{
    hb_expr reg = hb_chips_add_scaled(a, hb_air_scale(a, HB_OP_OR - HB_OP_AND, or), HB_OP_XOR - HB_OP_AND, xor);
    hb_expr with_imm = hb_chips_add_scaled(a, hb_air_scale(a, HB_OP_ORI - HB_OP_ANDI, or), HB_OP_XORI - HB_OP_ANDI, xor);
    return hb_chips_mux(a, imm, hb_chips_plus(a, reg, HB_OP_AND), hb_chips_plus(a, with_imm, HB_OP_ANDI));
}

static hb_limbs result(hb_air *a, const hb_limbs *x, const hb_limbs *y, const hb_limbs *n, hb_expr or, hb_expr xor)
{
    hb_limbs r;
    hb_expr or_xor = hb_air_add(a, or, xor);
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr joined = hb_chips_mux(a, or_xor, n->v[i], hb_air_sub(a, hb_air_add(a, x->v[i], y->v[i]), n->v[i]));
        r.v[i] = hb_air_sub(a, joined, hb_air_mul(a, xor, n->v[i]));
        hb_air_range16(a, r.v[i], "two bytes: AND, OR or XOR of bytes");
    }
    return r;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, LOGIC_RS1), rs2 = hb_air_col(a, LOGIC_RS2), rd = hb_air_col(a, LOGIC_RD);
    hb_expr or = hb_air_col(a, LOGIC_OR), xor = hb_air_col(a, LOGIC_XOR), imm = hb_air_col(a, LOGIC_IMM);
    hb_limbs x = hb_chips_byte_limbs(a, LOGIC_A), y = hb_chips_byte_limbs(a, LOGIC_B), n = hb_chips_byte_limbs(a, LOGIC_AND);
    hb_limbs old = hb_chips_limbs(a, LOGIC_OLD);

    hb_air_bool(a, "or", or);
    hb_air_bool(a, "xor", xor);
    hb_air_bool(a, "imm", imm);
    hb_air_zero(a, "one operation", hb_air_mul(a, or, xor));
    hb_limbs r = result(a, &x, &y, &n, or, xor), prog_imm = hb_chips_scaled(a, imm, &y);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, opcode(a, or, xor, imm), rd, rs1, rs2, &prog_imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, LOGIC_RS1_TS));
    hb_chips_rs2(a, hb_chips_not(a, imm), ts, rs2, &y, hb_air_col(a, LOGIC_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LOGIC_RD_TS), &r);
    for (uint32_t j = 0; j < 8; j++) {
        const hb_expr tuple[3] = {hb_air_col(a, LOGIC_A + j), hb_air_col(a, LOGIC_B + j), hb_air_col(a, LOGIC_AND + j)};
        hb_air_lookup(a, HB_BUS_AND, HB_ALWAYS, tuple, 3);
    }
}

const hb_chip hb_chip_logic = {
    .name = "LOGIC", .id = HB_CHIP_LOGIC, .width = LOGIC_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
