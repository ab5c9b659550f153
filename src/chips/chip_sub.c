/* SUB: rd = rs1 - rs2, shown as rs1 = rd + rs2. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [ADD_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [ADD_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [ADD_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [ADD_R] = "r0", "r1", "r2", "r3",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, ADD_RS1), rs2 = hb_air_col(a, ADD_RS2), rd = hb_air_col(a, ADD_RD);
    hb_limbs x = hb_chips_limbs(a, ADD_A), y = hb_chips_limbs(a, ADD_B), old = hb_chips_limbs(a, ADD_OLD), r = hb_chips_limbs(a, ADD_R);
    hb_limbs none = hb_chips_constant(a, 0);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_SUB), rd, rs1, rs2, &none);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, ADD_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, ADD_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, ADD_RD_TS), &r);
    hb_chips_add64(a, &r, &y, &x);
    hb_chips_rc16_limbs(a, &r);
}

const hb_chip hb_chip_sub = {
    .name = "SUB", .id = HB_CHIP_SUB, .width = ADD_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
