/* JAL: rd = pc + 4 and the target, both from the PROG row. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [JAL_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [JAL_TARGET] = "target", [JAL_LINK] = "link0", "link1",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rd = hb_air_col(a, JAL_RD), zero = hb_air_const(a, 0);
    hb_expr target = hb_air_col(a, JAL_TARGET), link0 = hb_air_col(a, JAL_LINK), link1 = hb_air_col(a, JAL_LINK + 1);
    hb_limbs old = hb_chips_limbs(a, JAL_OLD);
    const hb_limbs imm = {{target, link0, link1, zero}}, link = {{link0, link1, zero, zero}};
    hb_air_range16(a, link0, "limb of a PROG tuple");
    hb_air_range16(a, link1, "limb of a PROG tuple");
    hb_chips_state(a, pc, ts, target, HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_JAL), rd, zero, zero, &imm);
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, JAL_RD_TS), &link);
}

const hb_chip hb_chip_jal = {
    .name = "JAL", .id = HB_CHIP_JAL, .width = JAL_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
