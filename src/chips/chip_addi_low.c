/* ADDI where the sum does not leave the low limb: r0 = a0 + imm0 - 2^16 sign is in range (an integer, so RC18 of 4 r0 says it), and the upper limbs stay. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [ADDI_LOW_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [ADDI_LOW_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [ADDI_LOW_IMM] = "imm0", [ADDI_LOW_IMM_SIGN] = "imm_sign",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, ADDI_LOW_RS1), rd = hb_air_col(a, ADDI_LOW_RD);
    hb_expr sign = hb_air_col(a, ADDI_LOW_IMM_SIGN);
    hb_limbs x = hb_chips_limbs(a, ADDI_LOW_A), old = hb_chips_limbs(a, ADDI_LOW_OLD), r = x;
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, ADDI_LOW_IMM), sign);
    r.v[0] = hb_chips_add_scaled(a, hb_air_add(a, x.v[0], imm.v[0]), -65536, sign);
    hb_air_range16(a, r.v[0], "an integer by a consumed limb and a PROG tuple, 4 times it in RC18");
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_ADDI), rd, rs1, hb_air_const(a, 0), &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, ADDI_LOW_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, ADDI_LOW_RD_TS), &r);
    hb_chips_rc16_integer(a, r.v[0]);
}

const hb_chip hb_chip_addi_low = {
    .name = "ADDI_LOW", .id = HB_CHIP_ADDI_LOW, .width = ADDI_LOW_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
