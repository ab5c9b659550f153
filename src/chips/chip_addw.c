/* ADDW, SUBW, ADDIW: rd = the low 32 bits of rs1 +- rs2 (or imm), sign-extended. Upper halves of the operands do not matter.
 *
 * SUBW is shown as a = r + b. With imm set, operand 2 is the immediate: its limbs stand in the PROG tuple, which has rs2 = 0, and register rs2 is not
 * touched; without it the PROG tuple's immediate is 0. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [ADDW_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [ADDW_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [ADDW_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [ADDW_SUB] = "sub", [ADDW_IMM] = "imm",
    [ADDW_R0] = "r0", [ADDW_R1] = "r1", [ADDW_SIGN] = "sign",
};

/* Under the flag, x + y = z mod 2^32. */
static void add32(hb_air *a, hb_expr flag, const char *const labels[2], const hb_expr *x, const hb_expr *y, const hb_expr *z)
{
    hb_expr carry = hb_air_const(a, 0);
    for (uint32_t i = 0; i < 2; i++) {
        hb_expr sum = hb_air_add(a, hb_air_add(a, x[i], y[i]), carry);
        carry = hb_air_scale_inv(a, 65536, hb_air_sub(a, sum, z[i]));
        hb_air_zero(a, labels[i], hb_air_mul(a, flag, hb_air_mul(a, carry, hb_chips_plus(a, carry, -1))));
    }
}

static void rules(hb_air *a)
{
    static const char *const add_labels[2] = {"add carry 0", "add carry 1"}, *const sub_labels[2] = {"sub carry 0", "sub carry 1"};
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, ADDW_RS1), rs2 = hb_air_col(a, ADDW_RS2), rd = hb_air_col(a, ADDW_RD);
    hb_limbs x = hb_chips_limbs(a, ADDW_A), y = hb_chips_limbs(a, ADDW_B), old = hb_chips_limbs(a, ADDW_OLD);
    hb_expr sub = hb_air_col(a, ADDW_SUB), imm = hb_air_col(a, ADDW_IMM), sign = hb_air_col(a, ADDW_SIGN);
    hb_expr upper = hb_air_scale(a, 65535, sign);
    const hb_limbs r = {{hb_air_col(a, ADDW_R0), hb_air_col(a, ADDW_R1), upper, upper}};
    hb_air_range16(a, upper, "boolean * 65535");

    hb_air_bool(a, "sub", sub);
    hb_air_bool(a, "imm", imm);
    hb_air_zero(a, "one flag", hb_air_mul(a, sub, imm));
    hb_expr op = hb_chips_add_scaled(a, hb_air_scale(a, HB_OP_SUBW - HB_OP_ADDW, sub), HB_OP_ADDIW - HB_OP_ADDW, imm);
    hb_limbs prog_imm = hb_chips_scaled(a, imm, &y);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_plus(a, op, HB_OP_ADDW), rd, rs1, rs2, &prog_imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, ADDW_RS1_TS));
    hb_chips_rs2(a, hb_chips_not(a, imm), ts, rs2, &y, hb_air_col(a, ADDW_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, ADDW_RD_TS), &r);

    add32(a, hb_chips_not(a, sub), add_labels, x.v, y.v, r.v);
    add32(a, sub, sub_labels, r.v, y.v, x.v);
    hb_air_bool(a, "sign", sign);
    hb_chips_rc16(a, r.v[0]);
    hb_air_range16(a, r.v[1], "an integer by its carry, below 2^16 by the lookup of the sign");
    hb_chips_rc16(a, hb_chips_add_scaled(a, hb_air_scale(a, 2, r.v[1]), -65536, sign)); /* r1, an integer by its carry, minus 2^15 sign is in [0, 2^15) */
}

const hb_chip hb_chip_addw = {
    .name = "ADDW", .id = HB_CHIP_ADDW, .width = ADDW_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
