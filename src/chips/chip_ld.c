/* LD at addresses 0 mod 8 (low3 = 0; others are LOAD2's), near (gadgets.h): rd = the double word. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [NEAR_IMM] = "imm0", [NEAR_IMM_SIGN] = "imm_sign",
    [NEAR_M] = "m0", "m1", "m2", "m3", [NEAR_M_TS] = "m_ts",
    [LD_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
};

static void rules(hb_air *a)
{
    hb_expr rd = hb_air_col(a, LD_RD), zero = hb_air_const(a, 0);
    hb_limbs old = hb_chips_limbs(a, LD_OLD);
    hb_near n = hb_chips_near_begin(a);
    hb_chips_near_end(a, &n, hb_air_const(a, HB_OP_LD), rd, zero, zero, &n.m);
    hb_chips_rd(a, n.ts, rd, &old, hb_air_col(a, LD_RD_TS), &n.m);
}

const hb_chip hb_chip_ld = {
    .name = "LD", .id = HB_CHIP_LD, .width = LD_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
