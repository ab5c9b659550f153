/* ADDI with rs1 = x0 ("li"): rd = imm. Register 0 is read, and found to be 0. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LI_RS1_TS] = "rs1_ts", [LI_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [LI_IMM] = "imm0", [LI_IMM_SIGN] = "imm_sign",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rd = hb_air_col(a, LI_RD), zero = hb_air_const(a, 0);
    hb_limbs none = hb_chips_constant(a, 0), old = hb_chips_limbs(a, LI_OLD);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, LI_IMM), hb_air_col(a, LI_IMM_SIGN));
    for (uint32_t i = 0; i < 2; i++)
        hb_air_range16(a, imm.v[i], "limb of a PROG tuple");
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_ADDI), rd, zero, zero, &imm);
    hb_chips_rs1(a, ts, zero, &none, hb_air_col(a, LI_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LI_RD_TS), &imm);
}

const hb_chip hb_chip_li = {
    .name = "LI", .id = HB_CHIP_LI, .width = LI_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
