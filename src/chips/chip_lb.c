/* LB, LBU, near (gadgets.h). */
#include "chips/byte_pick.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [NEAR_IMM] = "imm0", [NEAR_IMM_SIGN] = "imm_sign",
    [NEAR_M] = "m0", "m1", "m2", "m3", [NEAR_M_TS] = "m_ts",
    [LB_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [LB_LIMB1] = "limb1", [LB_LIMB2] = "limb2", [LB_LIMB3] = "limb3", [LB_ODD] = "odd",
    [LB_BYTE] = "byte", [LB_OTHER] = "other", [LB_SIGNED] = "signed", [LB_SIGN] = "sign",
};

static void rules(hb_air *a)
{
    hb_expr rd = hb_air_col(a, LB_RD), is_signed = hb_air_col(a, LB_SIGNED), sign = hb_air_col(a, LB_SIGN), byte = hb_air_col(a, LB_BYTE);
    hb_expr fill = hb_air_scale(a, 65535, sign);
    hb_limbs old = hb_chips_limbs(a, LB_OLD);
    hb_near n = hb_chips_near_begin(a);
    hb_byte_pick p = hb_chips_byte_pick(a, LB_LIMB1, &n.m);
    hb_chips_byte_split(a, &p, byte, hb_air_col(a, LB_OTHER));
    hb_air_bool(a, "signed", is_signed);
    hb_air_bool(a, "sign", sign);
    hb_chips_sign(a, hb_air_scale(a, 256, byte), is_signed, sign);
    const hb_limbs r = {{hb_chips_add_scaled(a, byte, 65280, sign), fill, fill, fill}};
    hb_air_range16(a, r.v[0], "a byte + 65280 * boolean");
    hb_air_range16(a, fill, "boolean * 65535");
    hb_expr op = hb_chips_plus(a, hb_air_scale(a, HB_OP_LB - HB_OP_LBU, is_signed), HB_OP_LBU);
    hb_chips_near_end(a, &n, op, rd, hb_air_const(a, 0), p.low3, &n.m);
    hb_chips_rd(a, n.ts, rd, &old, hb_air_col(a, LB_RD_TS), &r);
}

const hb_chip hb_chip_lb = {
    .name = "LB", .id = HB_CHIP_LB, .width = LB_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
