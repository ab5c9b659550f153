/* ADDI with rd = rs1 where the sum does not leave the low limb, as in chip_addi_low.c: one merged access. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [ADDI_SELF_RD] = "rd", "a0", "a1", "a2", "a3", "rd_ts", [ADDI_SELF_IMM] = "imm0", [ADDI_SELF_IMM_SIGN] = "imm_sign",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rd = hb_air_col(a, ADDI_SELF_RD), sign = hb_air_col(a, ADDI_SELF_IMM_SIGN);
    hb_limbs x = hb_chips_limbs(a, ADDI_SELF_A), r = x;
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, ADDI_SELF_IMM), sign);
    r.v[0] = hb_chips_add_scaled(a, hb_air_add(a, x.v[0], imm.v[0]), -65536, sign);
    hb_air_range16(a, r.v[0], "an integer by a consumed limb and a PROG tuple, 4 times it in RC18");
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_ADDI), rd, rd, hb_air_const(a, 0), &imm);
    hb_chips_rd(a, ts, rd, &x, hb_air_col(a, ADDI_SELF_TS), &r);
    hb_chips_rc16_integer(a, r.v[0]);
}

const hb_chip hb_chip_addi_self = {
    .name = "ADDI_SELF", .id = HB_CHIP_ADDI_SELF, .width = ADDI_SELF_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
