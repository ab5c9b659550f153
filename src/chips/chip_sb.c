/* SB, near (gadgets.h). The limb that holds the byte changes by byte - lost, or 256 times as much where it is the high byte. */
#include "chips/byte_pick.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [NEAR_IMM] = "imm0", [NEAR_IMM_SIGN] = "imm_sign",
    [NEAR_M] = "m0", "m1", "m2", "m3", [NEAR_M_TS] = "m_ts",
    [SB_RS2] = "rs2", [SB_BYTE] = "byte", [SB_REST] = "rest", [SB_B1] = "b1", "b2", "b3", [SB_RS2_TS] = "rs2_ts",
    [SB_LIMB1] = "limb1", [SB_LIMB2] = "limb2", [SB_LIMB3] = "limb3", [SB_ODD] = "odd", [SB_LOST] = "lost", [SB_KEPT] = "kept", [SB_CHANGE] = "change",
};

static void rules(hb_air *a)
{
    hb_expr rs2 = hb_air_col(a, SB_RS2), byte = hb_air_col(a, SB_BYTE), rest = hb_air_col(a, SB_REST), lost = hb_air_col(a, SB_LOST);
    hb_expr change = hb_air_col(a, SB_CHANGE);
    const hb_limbs y = {{hb_chips_byte_pair(a, byte, rest), hb_air_col(a, SB_B1), hb_air_col(a, SB_B1 + 1), hb_air_col(a, SB_B1 + 2)}};
    hb_near n = hb_chips_near_begin(a);
    hb_byte_pick p = hb_chips_byte_pick(a, SB_LIMB1, &n.m);
    hb_chips_byte_split(a, &p, lost, hb_air_col(a, SB_KEPT));
    hb_chips_bytes(a, byte, rest);
    hb_expr unit = hb_chips_plus(a, hb_air_scale(a, 255, p.odd), 1);
    hb_air_zero(a, "change", hb_air_sub(a, hb_air_mul(a, unit, hb_air_sub(a, byte, lost)), change));
    hb_limbs after;
    for (uint32_t i = 0; i < 4; i++) {
        after.v[i] = hb_air_add(a, n.m.v[i], hb_air_mul(a, p.limb[i], change));
        hb_air_range16(a, after.v[i], "a consumed limb, or two bytes shown by BYTES");
    }
    hb_chips_near_end(a, &n, hb_air_const(a, HB_OP_SB), hb_air_const(a, 0), rs2, p.low3, &after);
    hb_chips_rs2(a, HB_ALWAYS, n.ts, rs2, &y, hb_air_col(a, SB_RS2_TS));
}

const hb_chip hb_chip_sb = {
    .name = "SB", .id = HB_CHIP_SB, .width = SB_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
