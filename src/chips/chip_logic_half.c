/* AND, OR, XOR of two registers with rd = rs1 or rd = rs2 where the upper half of the other operand is all zeros or all ones (any 32-bit number, sign-extended or
 * not): only the lower halves need bytes, and x & y of an upper limb is fill * x. */
#include "chips/logic.h"
#include "chips/self.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOGIC_HALF_RD] = "rd", "a0", "a1", "a2", "a3", [LOGIC_HALF_A2] = "a_2", [LOGIC_HALF_A3] = "a_3", [LOGIC_HALF_TS] = "rd_ts",
    [LOGIC_HALF_OTHER] = "other", "b0", "b1", "b2", "b3", [LOGIC_HALF_FILL] = "fill", [LOGIC_HALF_OTHER_TS] = "other_ts", [LOGIC_HALF_SECOND] = "second",
    [LOGIC_HALF_AND] = "and0", "and1", "and2", "and3", [LOGIC_HALF_OR] = "or", [LOGIC_HALF_XOR] = "xor",
};

static void rules(hb_air *a)
{
    hb_expr fill = hb_air_col(a, LOGIC_HALF_FILL), upper = hb_air_scale(a, 65535, fill);
    hb_limbs x, y, n;
    for (uint32_t i = 0; i < 2; i++) {
        x.v[i] = hb_chips_byte_pair(a, hb_air_col(a, LOGIC_HALF_A + 2 * i), hb_air_col(a, LOGIC_HALF_A + 2 * i + 1));
        y.v[i] = hb_chips_byte_pair(a, hb_air_col(a, LOGIC_HALF_B + 2 * i), hb_air_col(a, LOGIC_HALF_B + 2 * i + 1));
        n.v[i] = hb_chips_byte_pair(a, hb_air_col(a, LOGIC_HALF_AND + 2 * i), hb_air_col(a, LOGIC_HALF_AND + 2 * i + 1));
        x.v[2 + i] = hb_air_col(a, LOGIC_HALF_A2 + i);
        y.v[2 + i] = upper;
        n.v[2 + i] = hb_air_mul(a, fill, x.v[2 + i]);
    }
    hb_air_bool(a, "fill", fill);
    hb_self s = hb_chips_self(a, LOGIC_HALF_RD, LOGIC_HALF_OTHER, LOGIC_HALF_SECOND);
    hb_logic l = hb_chips_logic(a, LOGIC_HALF_OR, LOGIC_HALF_XOR);
    hb_limbs r = hb_chips_logic_result(a, &l, &x, &y, &n);
    hb_expr op = hb_chips_logic_op(a, &l, HB_OP_AND, HB_OP_OR, HB_OP_XOR);
    hb_chips_self_accesses(a, &s, op, &x, hb_air_col(a, LOGIC_HALF_TS), &y, hb_air_col(a, LOGIC_HALF_OTHER_TS), &r);
    hb_chips_and_bytes(a, LOGIC_HALF_A, LOGIC_HALF_B, LOGIC_HALF_AND, 4);
}

const hb_chip hb_chip_logic_half = {
    .name = "LOGIC_HALF", .id = HB_CHIP_LOGIC_HALF, .width = LOGIC_HALF_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
