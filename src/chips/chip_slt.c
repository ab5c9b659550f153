/* SLT, SLTU, SLTI, SLTIU: rd = (rs1 < rs2 or imm). SLTIU compares with the sign-extended immediate as an unsigned number. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/compare.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [SLT_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [SLT_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [SLT_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [SLT_SIGNED] = "signed", [SLT_IMM] = "imm",
    [SLT_COMPARE] = "sign_a", "sign_b", "mark1", "mark2", "mark3", "difference", "less",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), zero = hb_air_const(a, 0);
    hb_expr rs1 = hb_air_col(a, SLT_RS1), rs2 = hb_air_col(a, SLT_RS2), rd = hb_air_col(a, SLT_RD);
    hb_expr is_signed = hb_air_col(a, SLT_SIGNED), imm = hb_air_col(a, SLT_IMM);
    hb_limbs x = hb_chips_limbs(a, SLT_A), y = hb_chips_limbs(a, SLT_B), old = hb_chips_limbs(a, SLT_OLD);

    hb_air_bool(a, "signed", is_signed);
    hb_air_bool(a, "imm", imm);
    const hb_limbs r = {{hb_chips_less(a, SLT_COMPARE, &x, &y, is_signed), zero, zero, zero}};
    hb_air_range16(a, r.v[0], "boolean");
    hb_expr reg = hb_chips_plus(a, hb_air_scale(a, HB_OP_SLT - HB_OP_SLTU, is_signed), HB_OP_SLTU);
    hb_expr with_imm = hb_chips_plus(a, hb_air_scale(a, HB_OP_SLTI - HB_OP_SLTIU, is_signed), HB_OP_SLTIU);
    hb_limbs prog_imm = hb_chips_scaled(a, imm, &y);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_mux(a, imm, reg, with_imm), rd, rs1, rs2, &prog_imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, SLT_RS1_TS));
    hb_chips_rs2(a, hb_chips_not(a, imm), ts, rs2, &y, hb_air_col(a, SLT_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, SLT_RD_TS), &r);
}

const hb_chip hb_chip_slt = {
    .name = "SLT", .id = HB_CHIP_SLT, .width = SLT_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
