/* AND, OR, XOR of two registers with rd = rs1 or rd = rs2, byte by byte. */
#include "chips/logic.h"
#include "chips/self.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOGIC_SELF_RD] = "rd", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "rd_ts",
    [LOGIC_SELF_OTHER] = "other", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "other_ts", [LOGIC_SELF_SECOND] = "second",
    [LOGIC_SELF_AND] = "and0", "and1", "and2", "and3", "and4", "and5", "and6", "and7", [LOGIC_SELF_OR] = "or", [LOGIC_SELF_XOR] = "xor",
};

static void rules(hb_air *a)
{
    hb_limbs x = hb_chips_byte_limbs(a, LOGIC_SELF_A), y = hb_chips_byte_limbs(a, LOGIC_SELF_B), n = hb_chips_byte_limbs(a, LOGIC_SELF_AND);
    hb_self s = hb_chips_self(a, LOGIC_SELF_RD, LOGIC_SELF_OTHER, LOGIC_SELF_SECOND);
    hb_logic l = hb_chips_logic(a, LOGIC_SELF_OR, LOGIC_SELF_XOR);
    hb_limbs r = hb_chips_logic_result(a, &l, &x, &y, &n);
    hb_expr op = hb_chips_logic_op(a, &l, HB_OP_AND, HB_OP_OR, HB_OP_XOR);
    hb_chips_self_accesses(a, &s, op, &x, hb_air_col(a, LOGIC_SELF_TS), &y, hb_air_col(a, LOGIC_SELF_OTHER_TS), &r);
    hb_chips_and_bytes(a, LOGIC_SELF_A, LOGIC_SELF_B, LOGIC_SELF_AND, 8);
}

const hb_chip hb_chip_logic_self = {
    .name = "LOGIC_SELF", .id = HB_CHIP_LOGIC_SELF, .width = LOGIC_SELF_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
