/* AND, OR, XOR of two registers, byte by byte. */
#include "chips/logic.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOGIC_RS1] = "rs1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "rs1_ts",
    [LOGIC_RS2] = "rs2", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "rs2_ts", [LOGIC_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [LOGIC_AND] = "and0", "and1", "and2", "and3", "and4", "and5", "and6", "and7", [LOGIC_OR] = "or", [LOGIC_XOR] = "xor",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, LOGIC_RS1), rs2 = hb_air_col(a, LOGIC_RS2), rd = hb_air_col(a, LOGIC_RD);
    hb_limbs x = hb_chips_byte_limbs(a, LOGIC_A), y = hb_chips_byte_limbs(a, LOGIC_B), n = hb_chips_byte_limbs(a, LOGIC_AND);
    hb_limbs old = hb_chips_limbs(a, LOGIC_OLD), none = hb_chips_constant(a, 0);
    hb_logic l = hb_chips_logic(a, LOGIC_OR, LOGIC_XOR);
    hb_limbs r = hb_chips_logic_result(a, &l, &x, &y, &n);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_logic_op(a, &l, HB_OP_AND, HB_OP_OR, HB_OP_XOR), rd, rs1, rs2, &none);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, LOGIC_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, LOGIC_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LOGIC_RD_TS), &r);
    hb_chips_and_bytes(a, LOGIC_A, LOGIC_B, LOGIC_AND, 8);
}

const hb_chip hb_chip_logic = {
    .name = "LOGIC", .id = HB_CHIP_LOGIC, .width = LOGIC_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
