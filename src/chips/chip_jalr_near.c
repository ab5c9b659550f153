/* JALR with rs1 below 2^32: rd = pc + 4, next pc = (rs1 + imm) without its lowest bit, by two limbs.
 *
 * q = (a0 + imm0 - bit 0) / 4 in RC18 is an integer, as the numerator is one in [-1, 2^17): so bit 0 is what it says and bit 1 of the target is 0. The next
 * word index q + 2^14 (a1 - sign) is an integer in [-2^14, 2^30 + 2^15), nowhere near HB_PC_HALT; where it is negative or 2^30 and more, PROG has no row. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [JALR_NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [JALR_NEAR_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [JALR_NEAR_IMM] = "imm0", [JALR_NEAR_IMM_SIGN] = "imm_sign", [JALR_NEAR_LINK] = "link0", "link1", [JALR_NEAR_BIT0] = "bit0",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), zero = hb_air_const(a, 0), sign = hb_air_col(a, JALR_NEAR_IMM_SIGN);
    hb_expr rs1 = hb_air_col(a, JALR_NEAR_RS1), rd = hb_air_col(a, JALR_NEAR_RD), bit0 = hb_air_col(a, JALR_NEAR_BIT0);
    hb_expr link0 = hb_air_col(a, JALR_NEAR_LINK), link1 = hb_air_col(a, JALR_NEAR_LINK + 1);
    hb_limbs x = hb_chips_low_limbs(a, JALR_NEAR_A), old = hb_chips_limbs(a, JALR_NEAR_OLD);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, JALR_NEAR_IMM), sign);
    const hb_limbs prog_imm = {{imm.v[0], imm.v[1], link0, link1}}, link = {{link0, link1, zero, zero}};
    hb_air_range16(a, link0, "limb of a PROG tuple");
    hb_air_range16(a, link1, "limb of a PROG tuple");
    hb_air_bool(a, "bit 0", bit0);
    hb_expr q = hb_air_scale_inv(a, 4, hb_air_sub(a, hb_air_add(a, x.v[0], imm.v[0]), bit0));
    hb_chips_rc18(a, q);
    hb_chips_state(a, pc, ts, hb_chips_add_scaled(a, q, 1 << 14, hb_air_sub(a, x.v[1], sign)), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_JALR), rd, rs1, zero, &prog_imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, JALR_NEAR_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, JALR_NEAR_RD_TS), &link);
}

const hb_chip hb_chip_jalr_near = {
    .name = "JALR_NEAR", .id = HB_CHIP_JALR_NEAR, .width = JALR_NEAR_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
