/* SD at addresses 0 mod 8 (low3 = 0; others are STORE2's): the double word = rs2. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [SD_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [SD_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [SD_IMM] = "imm0", [SD_IMM_SIGN] = "imm_sign", [SD_Q] = "q", [SD_T1] = "t1", [SD_L2] = "l2", [SD_M] = "m0", "m1", "m2", "m3", [SD_M_TS] = "m_ts",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, SD_RS1), rs2 = hb_air_col(a, SD_RS2), zero = hb_air_const(a, 0);
    hb_limbs x = hb_chips_limbs(a, SD_A), y = hb_chips_limbs(a, SD_B), m = hb_chips_limbs(a, SD_M);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, SD_IMM), hb_air_col(a, SD_IMM_SIGN));
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_SD), zero, rs1, rs2, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, SD_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, SD_RS2_TS));
    hb_cell_key cell = hb_chips_ram(a, &x, &imm, zero, hb_air_col(a, SD_Q), hb_air_col(a, SD_T1), hb_air_col(a, SD_L2));
    hb_chips_access(a, HB_ALWAYS, cell, &m, hb_air_col(a, SD_M_TS), &y, hb_chips_plus(a, ts, HB_SLOT_MEM));
}

const hb_chip hb_chip_sd = {
    .name = "SD", .id = HB_CHIP_SD, .width = SD_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
