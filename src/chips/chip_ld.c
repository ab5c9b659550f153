/* LD at addresses 0 mod 8 (low3 = 0; others are LOAD2's): rd = the double word. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LD_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [LD_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [LD_IMM] = "imm0", [LD_IMM_SIGN] = "imm_sign", [LD_Q] = "q", [LD_T1] = "t1", [LD_L2] = "l2", [LD_M] = "m0", "m1", "m2", "m3", [LD_M_TS] = "m_ts",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, LD_RS1), rd = hb_air_col(a, LD_RD), zero = hb_air_const(a, 0);
    hb_limbs x = hb_chips_limbs(a, LD_A), old = hb_chips_limbs(a, LD_OLD), m = hb_chips_limbs(a, LD_M);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, LD_IMM), hb_air_col(a, LD_IMM_SIGN));
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_LD), rd, rs1, zero, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, LD_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LD_RD_TS), &m);
    hb_cell_key cell = hb_chips_ram(a, &x, &imm, zero, hb_air_col(a, LD_Q), hb_air_col(a, LD_T1), hb_air_col(a, LD_L2));
    hb_chips_access(a, HB_ALWAYS, cell, &m, hb_air_col(a, LD_M_TS), &m, hb_chips_plus(a, ts, HB_SLOT_MEM));
}

const hb_chip hb_chip_ld = {
    .name = "LD", .id = HB_CHIP_LD, .width = LD_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
