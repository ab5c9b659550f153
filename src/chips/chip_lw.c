/* LW, LWU at addresses 0 mod 4, near (gadgets.h): the lower or the upper half of the double word. Others are LOAD's and LOAD2's. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [NEAR_IMM] = "imm0", [NEAR_IMM_SIGN] = "imm_sign",
    [NEAR_M] = "m0", "m1", "m2", "m3", [NEAR_M_TS] = "m_ts",
    [LW_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [LW_UPPER] = "upper", [LW_SIGNED] = "signed", [LW_TOP] = "top", [LW_SIGN] = "sign",
};

static void rules(hb_air *a)
{
    hb_expr rd = hb_air_col(a, LW_RD), upper = hb_air_col(a, LW_UPPER), is_signed = hb_air_col(a, LW_SIGNED);
    hb_expr top = hb_air_col(a, LW_TOP), sign = hb_air_col(a, LW_SIGN), fill = hb_air_scale(a, 65535, sign);
    hb_limbs old = hb_chips_limbs(a, LW_OLD);
    hb_near n = hb_chips_near_begin(a);
    hb_air_bool(a, "upper", upper);
    hb_air_bool(a, "signed", is_signed);
    hb_air_bool(a, "sign", sign);
    hb_air_zero(a, "top", hb_air_sub(a, hb_chips_mux(a, upper, n.m.v[1], n.m.v[3]), top));
    hb_chips_sign(a, top, is_signed, sign);
    const hb_limbs r = {{hb_chips_mux(a, upper, n.m.v[0], n.m.v[2]), top, fill, fill}};
    hb_air_range16(a, r.v[0], "one of two consumed limbs");
    hb_air_range16(a, top, "one of two consumed limbs");
    hb_air_range16(a, fill, "boolean * 65535");
    hb_expr op = hb_chips_plus(a, hb_air_scale(a, HB_OP_LW - HB_OP_LWU, is_signed), HB_OP_LWU);
    hb_chips_near_end(a, &n, op, rd, hb_air_const(a, 0), hb_air_scale(a, 4, upper), &n.m);
    hb_chips_rd(a, n.ts, rd, &old, hb_air_col(a, LW_RD_TS), &r);
}

const hb_chip hb_chip_lw = {
    .name = "LW", .id = HB_CHIP_LW, .width = LW_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
