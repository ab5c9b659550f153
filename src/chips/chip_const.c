/* CONST: LUI, AUIPC, FENCE: rd = the immediate of the PROG row. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [CONST_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [CONST_VALUE] = "r0", "r1", "r2", "r3",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rd = hb_air_col(a, CONST_RD), zero = hb_air_const(a, 0);
    hb_limbs old = hb_chips_limbs(a, CONST_OLD), value = hb_chips_limbs(a, CONST_VALUE);
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, value.v[i], "limb of a PROG tuple");
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_LUI), rd, zero, zero, &value);
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, CONST_RD_TS), &value);
}

const hb_chip hb_chip_const = {
    .name = "CONST", .id = HB_CHIP_CONST, .width = CONST_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
