/* BLT, BGE, BLTU, BGEU of operands with the same upper halves (one pair of columns for both): signs are equal, so the lower halves decide, as unsigned numbers.
 * As in compare.c, "mark" names limb 1 or limb 0; if it is limb 0, limbs 1 are equal. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [BLT_LOW_RS1] = "rs1", "a0", "a1", "rs1_ts", [BLT_LOW_RS2] = "rs2", "b0", "b1", "rs2_ts", [BLT_LOW_UPPER] = "upper2", "upper3",
    [BLT_LOW_TARGET] = "target", [BLT_LOW_SIGNED] = "signed", [BLT_LOW_GE] = "ge", [BLT_LOW_MARK] = "mark", [BLT_LOW_DIFF] = "difference", [BLT_LOW_LT] = "less",
};

/* "less" claims d >= 1 at the marked limb for d = b - a; otherwise -d >= 1 at limb 1, or -d >= 0 at limb 0. The difference is an integer, being made of limbs. */
static hb_expr less_low(hb_air *a, const hb_limbs *x, const hb_limbs *y)
{
    hb_expr mark = hb_air_col(a, BLT_LOW_MARK), difference = hb_air_col(a, BLT_LOW_DIFF), less = hb_air_col(a, BLT_LOW_LT);
    hb_expr d0 = hb_air_sub(a, y->v[0], x->v[0]), d1 = hb_air_sub(a, y->v[1], x->v[1]);
    hb_air_bool(a, "mark", mark);
    hb_air_zero(a, "equal 1", hb_air_mul(a, hb_chips_not(a, mark), d1));
    hb_expr marked = hb_chips_mux(a, mark, d0, d1);
    hb_expr if_less = hb_chips_plus(a, marked, -1), if_not = hb_air_sub(a, hb_air_scale(a, -1, marked), mark);
    hb_air_bool(a, "less", less);
    hb_air_zero(a, "difference", hb_air_sub(a, hb_chips_mux(a, less, if_not, if_less), difference));
    hb_chips_rc16_integer(a, difference);
    return less;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), zero = hb_air_const(a, 0);
    hb_expr rs1 = hb_air_col(a, BLT_LOW_RS1), rs2 = hb_air_col(a, BLT_LOW_RS2), target = hb_air_col(a, BLT_LOW_TARGET);
    hb_expr is_signed = hb_air_col(a, BLT_LOW_SIGNED), ge = hb_air_col(a, BLT_LOW_GE);
    hb_expr upper2 = hb_air_col(a, BLT_LOW_UPPER), upper3 = hb_air_col(a, BLT_LOW_UPPER + 1);
    const hb_limbs x = {{hb_air_col(a, BLT_LOW_A), hb_air_col(a, BLT_LOW_A + 1), upper2, upper3}};
    const hb_limbs y = {{hb_air_col(a, BLT_LOW_B), hb_air_col(a, BLT_LOW_B + 1), upper2, upper3}};
    hb_air_bool(a, "signed", is_signed);
    hb_air_bool(a, "ge", ge);
    hb_expr less = less_low(a, &x, &y);
    hb_expr lt_op = hb_chips_plus(a, hb_air_scale(a, HB_OP_BLT - HB_OP_BLTU, is_signed), HB_OP_BLTU);
    hb_expr ge_op = hb_chips_plus(a, hb_air_scale(a, HB_OP_BGE - HB_OP_BGEU, is_signed), HB_OP_BGEU);
    hb_expr taken = hb_chips_mux(a, ge, less, hb_chips_not(a, less)), next = hb_chips_plus(a, pc, 1);
    const hb_limbs imm = {{target, zero, zero, zero}};
    hb_chips_state(a, pc, ts, hb_chips_mux(a, taken, next, target), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_mux(a, ge, lt_op, ge_op), zero, rs1, rs2, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, BLT_LOW_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, BLT_LOW_RS2_TS));
}

const hb_chip hb_chip_blt_low = {
    .name = "BLT_LOW", .id = HB_CHIP_BLT_LOW, .width = BLT_LOW_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
