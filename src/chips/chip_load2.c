/* Loads that cross into the next double word: LH, LHU at offset 7, LW, LWU at 5..7, LD at 1..7. Rare, hence plain: both double words in bytes, and byte j of
 * the value is byte offset + j of the sixteen. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/crossing.h"
#include "chips/product.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOAD2_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [LOAD2_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [LOAD2_IMM] = "imm0", [LOAD2_IMM_SIGN] = "imm_sign", [LOAD2_Q] = "q", [LOAD2_T1] = "t1", [LOAD2_L2] = "l2",
    [LOAD2_M] = "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15",
    [LOAD2_M_TS0] = "m_ts0", [LOAD2_M_TS1] = "m_ts1", [LOAD2_WRAP] = "wrap",
    [LOAD2_HALF] = "half", [LOAD2_WORD] = "word", [LOAD2_DOUBLE] = "double", [LOAD2_SIGNED] = "signed",
    [LOAD2_OFFSET] = "offset1", "offset2", "offset3", "offset4", "offset5", "offset6", "offset7", [LOAD2_TOP] = "top", [LOAD2_SIGN] = "sign",
};

/* Byte j of the value; offset + j is at most 14. */
static hb_expr value_byte(hb_air *a, const hb_crossing *c, uint32_t j)
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t o = 1; o < 8; o++)
        sum = hb_air_add(a, sum, hb_air_mul(a, c->offset[o], hb_air_col(a, LOAD2_M + o + j)));
    return sum;
}

static hb_limbs result(hb_air *a, const hb_crossing *c, hb_expr is_signed)
{
    hb_expr byte[8], top = hb_air_col(a, LOAD2_TOP), sign = hb_air_col(a, LOAD2_SIGN), fill = hb_air_scale(a, 65535, sign);
    for (uint32_t j = 0; j < 8; j++)
        byte[j] = value_byte(a, c, j);
    hb_expr last = hb_air_add(a, hb_air_mul(a, c->half, byte[1]), hb_air_mul(a, c->word, byte[3]));
    hb_air_zero(a, "top byte", hb_air_sub(a, last, top));
    hb_air_bool(a, "sign", sign);
    hb_chips_sign(a, hb_air_scale(a, 256, top), is_signed, sign);

    hb_limbs out;
    hb_expr carried[4] = {0, hb_air_add(a, c->word, c->dword), c->dword, c->dword};
    hb_expr filled[4] = {0, c->half, hb_air_add(a, c->half, c->word), hb_air_add(a, c->half, c->word)};
    out.v[0] = hb_chips_byte_pair(a, byte[0], byte[1]);
    for (uint32_t i = 1; i < 4; i++) {
        hb_expr value = hb_air_mul(a, carried[i], hb_chips_byte_pair(a, byte[2 * i], byte[2 * i + 1]));
        out.v[i] = hb_air_add(a, value, hb_air_mul(a, filled[i], fill));
    }
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, out.v[i], "two bytes shown by BYTES, or boolean * 65535");
    return out;
}

static hb_expr opcode(hb_air *a, const hb_crossing *c, hb_expr is_signed)
{
    hb_expr half = hb_chips_plus(a, hb_air_scale(a, HB_OP_LH - HB_OP_LHU, is_signed), HB_OP_LHU);
    hb_expr word = hb_chips_plus(a, hb_air_scale(a, HB_OP_LW - HB_OP_LWU, is_signed), HB_OP_LWU);
    return hb_chips_add_scaled(a, hb_air_add(a, hb_air_mul(a, c->half, half), hb_air_mul(a, c->word, word)), HB_OP_LD, c->dword);
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, LOAD2_RS1), rd = hb_air_col(a, LOAD2_RD);
    hb_expr is_signed = hb_air_col(a, LOAD2_SIGNED), now = hb_chips_plus(a, ts, HB_SLOT_MEM);
    hb_limbs x = hb_chips_limbs(a, LOAD2_A), old = hb_chips_limbs(a, LOAD2_OLD);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, LOAD2_IMM), hb_air_col(a, LOAD2_IMM_SIGN));
    hb_limbs m0 = hb_chips_byte_limbs(a, LOAD2_M), m1 = hb_chips_byte_limbs(a, LOAD2_M + 8);
    hb_crossing c = hb_chips_crossing(a, LOAD2_HALF, LOAD2_OFFSET);
    hb_air_bool(a, "signed", is_signed);
    hb_air_zero(a, "LD has no sign", hb_air_mul(a, c.dword, is_signed));
    hb_chips_show_bytes(a, LOAD2_M, 16);
    hb_limbs out = result(a, &c, is_signed);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, opcode(a, &c, is_signed), rd, rs1, hb_air_const(a, 0), &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, LOAD2_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LOAD2_RD_TS), &out);
    hb_cell_key cell = hb_chips_ram(a, &x, &imm, c.low3, hb_air_col(a, LOAD2_Q), hb_air_col(a, LOAD2_T1), hb_air_col(a, LOAD2_L2));
    hb_cell_key next = hb_chips_next_cell(a, cell, hb_air_col(a, LOAD2_WRAP));
    hb_chips_access(a, HB_ALWAYS, cell, &m0, hb_air_col(a, LOAD2_M_TS0), &m0, now);
    hb_chips_access(a, HB_ALWAYS, next, &m1, hb_air_col(a, LOAD2_M_TS1), &m1, now);
}

const hb_chip hb_chip_load2 = {
    .name = "LOAD2", .id = HB_CHIP_LOAD2, .width = LOAD2_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
