/* BLT, BGE, BLTU, BGEU. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/compare.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [BLT_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [BLT_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [BLT_TARGET] = "target", [BLT_SIGNED] = "signed", [BLT_GE] = "ge",
    [BLT_COMPARE] = "sign_a", "sign_b", "mark1", "mark2", "mark3", "difference", "less",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), zero = hb_air_const(a, 0);
    hb_expr rs1 = hb_air_col(a, BLT_RS1), rs2 = hb_air_col(a, BLT_RS2), target = hb_air_col(a, BLT_TARGET);
    hb_expr is_signed = hb_air_col(a, BLT_SIGNED), ge = hb_air_col(a, BLT_GE);
    hb_limbs x = hb_chips_limbs(a, BLT_A), y = hb_chips_limbs(a, BLT_B);

    hb_air_bool(a, "signed", is_signed);
    hb_air_bool(a, "ge", ge);
    hb_expr less = hb_chips_less(a, BLT_COMPARE, &x, &y, is_signed);
    hb_expr lt_op = hb_chips_plus(a, hb_air_scale(a, HB_OP_BLT - HB_OP_BLTU, is_signed), HB_OP_BLTU);
    hb_expr ge_op = hb_chips_plus(a, hb_air_scale(a, HB_OP_BGE - HB_OP_BGEU, is_signed), HB_OP_BGEU);
    hb_expr taken = hb_chips_mux(a, ge, less, hb_chips_not(a, less)), next = hb_chips_plus(a, pc, 1);
    const hb_limbs imm = {{target, zero, zero, zero}};
    hb_chips_state(a, pc, ts, hb_chips_mux(a, taken, next, target), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_mux(a, ge, lt_op, ge_op), zero, rs1, rs2, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, BLT_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, BLT_RS2_TS));
}

const hb_chip hb_chip_blt = {
    .name = "BLT", .id = HB_CHIP_BLT, .width = BLT_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
