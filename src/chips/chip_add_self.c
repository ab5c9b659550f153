/* ADD with rd = rs1 or rd = rs2. */
#include "chips/self.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [ADD_SELF_RD] = "rd", "a0", "a1", "a2", "a3", "rd_ts", [ADD_SELF_OTHER] = "other", "b0", "b1", "b2", "b3", "other_ts",
    [ADD_SELF_SECOND] = "second", [ADD_SELF_R] = "r0", "r1", "r2", "r3",
};

static void rules(hb_air *a)
{
    hb_limbs x = hb_chips_limbs(a, ADD_SELF_A), y = hb_chips_limbs(a, ADD_SELF_B), r = hb_chips_limbs(a, ADD_SELF_R);
    hb_self s = hb_chips_self(a, ADD_SELF_RD, ADD_SELF_OTHER, ADD_SELF_SECOND);
    hb_air_range16(a, r.v[0], "an integer by its carry, 4 times it in RC18");
    hb_chips_self_accesses(a, &s, hb_air_const(a, HB_OP_ADD), &x, hb_air_col(a, ADD_SELF_TS), &y, hb_air_col(a, ADD_SELF_OTHER_TS), &r);
    hb_chips_add64(a, &x, &y, &r);
    hb_chips_rc16_integer(a, r.v[0]); /* carry 0 is boolean: r0 is an integer in (-2^16, 2^17) */
    for (uint32_t i = 1; i < 4; i++)
        hb_chips_rc16(a, r.v[i]);
}

const hb_chip hb_chip_add_self = {
    .name = "ADD_SELF", .id = HB_CHIP_ADD_SELF, .width = ADD_SELF_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
