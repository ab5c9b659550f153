/* ADDI: rd = rs1 + imm. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [ADDI_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [ADDI_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [ADDI_IMM] = "imm0", [ADDI_IMM_SIGN] = "imm_sign", [ADDI_R] = "r0", "r1", "r2", "r3",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, ADDI_RS1), rd = hb_air_col(a, ADDI_RD);
    hb_limbs x = hb_chips_limbs(a, ADDI_A), old = hb_chips_limbs(a, ADDI_OLD), r = hb_chips_limbs(a, ADDI_R);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, ADDI_IMM), hb_air_col(a, ADDI_IMM_SIGN));
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_ADDI), rd, rs1, hb_air_const(a, 0), &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, ADDI_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, ADDI_RD_TS), &r);
    hb_chips_add64(a, &x, &imm, &r);
    hb_chips_rc16_limbs(a, &r);
}

const hb_chip hb_chip_addi = {
    .name = "ADDI", .id = HB_CHIP_ADDI, .width = ADDI_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
