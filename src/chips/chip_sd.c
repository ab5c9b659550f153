/* SD at addresses 0 mod 8 (low3 = 0; others are STORE2's), near (gadgets.h): the double word = rs2. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [NEAR_IMM] = "imm0", [NEAR_IMM_SIGN] = "imm_sign",
    [NEAR_M] = "m0", "m1", "m2", "m3", [NEAR_M_TS] = "m_ts",
    [SD_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
};

static void rules(hb_air *a)
{
    hb_expr rs2 = hb_air_col(a, SD_RS2), zero = hb_air_const(a, 0);
    hb_limbs y = hb_chips_limbs(a, SD_B);
    hb_near n = hb_chips_near_begin(a);
    hb_chips_near_end(a, &n, hb_air_const(a, HB_OP_SD), zero, rs2, zero, &y);
    hb_chips_rs2(a, HB_ALWAYS, n.ts, rs2, &y, hb_air_col(a, SD_RS2_TS));
}

const hb_chip hb_chip_sd = {
    .name = "SD", .id = HB_CHIP_SD, .width = SD_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
