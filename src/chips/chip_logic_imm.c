/* ANDI, ORI, XORI. Upper limbs of the immediate are 65535 times its sign, so x & imm of an upper limb is sign * x. */
#include "chips/logic.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOGIC_IMM_RS1] = "rs1", "a0", "a1", [LOGIC_IMM_A1] = "a_1", "a_2", "a_3", [LOGIC_IMM_RS1_TS] = "rs1_ts",
    [LOGIC_IMM_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts", [LOGIC_IMM_IMM] = "imm_a", "imm_b", [LOGIC_IMM_SIGN] = "imm_sign",
    [LOGIC_IMM_AND] = "and0", "and1", [LOGIC_IMM_OR] = "or", [LOGIC_IMM_XOR] = "xor",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, LOGIC_IMM_RS1), rd = hb_air_col(a, LOGIC_IMM_RD);
    hb_expr sign = hb_air_col(a, LOGIC_IMM_SIGN);
    hb_limbs old = hb_chips_limbs(a, LOGIC_IMM_OLD), x, n;
    hb_limbs imm = hb_chips_sign_extended(a, hb_chips_byte_pair(a, hb_air_col(a, LOGIC_IMM_IMM), hb_air_col(a, LOGIC_IMM_IMM + 1)), sign);
    x.v[0] = hb_chips_byte_pair(a, hb_air_col(a, LOGIC_IMM_A), hb_air_col(a, LOGIC_IMM_A + 1));
    n.v[0] = hb_chips_byte_pair(a, hb_air_col(a, LOGIC_IMM_AND), hb_air_col(a, LOGIC_IMM_AND + 1));
    for (uint32_t i = 1; i < 4; i++) {
        x.v[i] = hb_air_col(a, LOGIC_IMM_A1 + i - 1);
        n.v[i] = hb_air_mul(a, sign, x.v[i]);
    }
    hb_logic l = hb_chips_logic(a, LOGIC_IMM_OR, LOGIC_IMM_XOR);
    hb_limbs r = hb_chips_logic_result(a, &l, &x, &imm, &n);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_logic_op(a, &l, HB_OP_ANDI, HB_OP_ORI, HB_OP_XORI), rd, rs1, hb_air_const(a, 0), &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, LOGIC_IMM_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LOGIC_IMM_RD_TS), &r);
    hb_chips_and_bytes(a, LOGIC_IMM_A, LOGIC_IMM_IMM, LOGIC_IMM_AND, 2);
}

const hb_chip hb_chip_logic_imm = {
    .name = "LOGIC_IMM", .id = HB_CHIP_LOGIC_IMM, .width = LOGIC_IMM_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
