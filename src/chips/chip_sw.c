/* SW at addresses 0 mod 4, near (gadgets.h): the lower or the upper half of the double word. Others are STORE's and STORE2's. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [NEAR_RS1] = "rs1", "a0", "a1", "rs1_ts", [NEAR_IMM] = "imm0", [NEAR_IMM_SIGN] = "imm_sign",
    [NEAR_M] = "m0", "m1", "m2", "m3", [NEAR_M_TS] = "m_ts",
    [SW_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts", [SW_UPPER] = "upper",
};

static void rules(hb_air *a)
{
    hb_expr rs2 = hb_air_col(a, SW_RS2), upper = hb_air_col(a, SW_UPPER);
    hb_limbs y = hb_chips_limbs(a, SW_B), after;
    hb_near n = hb_chips_near_begin(a);
    hb_air_bool(a, "upper", upper);
    for (uint32_t i = 0; i < 2; i++) {
        after.v[i] = hb_chips_mux(a, upper, y.v[i], n.m.v[i]);
        after.v[2 + i] = hb_chips_mux(a, upper, n.m.v[2 + i], y.v[i]);
    }
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, after.v[i], "one of two consumed limbs");
    hb_chips_near_end(a, &n, hb_air_const(a, HB_OP_SW), hb_air_const(a, 0), rs2, hb_air_scale(a, 4, upper), &after);
    hb_chips_rs2(a, HB_ALWAYS, n.ts, rs2, &y, hb_air_col(a, SW_RS2_TS));
}

const hb_chip hb_chip_sw = {
    .name = "SW", .id = HB_CHIP_SW, .width = SW_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
