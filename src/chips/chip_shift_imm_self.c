/* SLLI, SRLI, SRLIW with rd = rs1, otherwise as in chip_shift_imm.c: one merged access. */
#include "chips/move.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [SHIFT_IMM_SELF_RD] = "rd", "a0", "a1", "a2", "a3", "rd_ts",
    [SHIFT_IMM_SELF_MOVE + MOVE_D] = "d", [SHIFT_IMM_SELF_MOVE + MOVE_RIGHT] = "right", [SHIFT_IMM_SELF_MOVE + MOVE_W] = "w", [SHIFT_IMM_SELF_MOVE + MOVE_LARGE] = "large",
    [SHIFT_IMM_SELF_MOVE + MOVE_WHOLE1] = "whole1", "whole2", "whole3", [SHIFT_IMM_SELF_MOVE + MOVE_E] = "e0", "e1", "e2", "e3", [SHIFT_IMM_SELF_MOVE + MOVE_H] = "h0", "h1", "h2", "h3",
    [SHIFT_IMM_SELF_MOVE + MOVE_CHECK] = "check",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rd = hb_air_col(a, SHIFT_IMM_SELF_RD);
    hb_limbs x = hb_chips_limbs(a, SHIFT_IMM_SELF_A);
    hb_move m = hb_chips_move(a, SHIFT_IMM_SELF_MOVE, &x);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, m.op, rd, rd, hb_air_const(a, 0), &m.imm);
    hb_chips_rd(a, ts, rd, &x, hb_air_col(a, SHIFT_IMM_SELF_TS), &m.result);
}

const hb_chip hb_chip_shift_imm_self = {
    .name = "SHIFT_IMM_SELF", .id = HB_CHIP_SHIFT_IMM_SELF, .width = SHIFT_IMM_SELF_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
