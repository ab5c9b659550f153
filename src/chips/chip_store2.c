/* Stores that cross into the next double word: SH at offset 7, SW at 5..7, SD at 1..7. Byte j of the first double word is overwritten when j >= offset,
 * whatever the width; byte j of the second when j < offset + width - 8. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/crossing.h"
#include "chips/product.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [STORE2_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts",
    [STORE2_RS2] = "rs2", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "rs2_ts",
    [STORE2_IMM] = "imm0", [STORE2_IMM_SIGN] = "imm_sign", [STORE2_Q] = "q", [STORE2_T1] = "t1", [STORE2_L2] = "l2",
    [STORE2_M] = "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15",
    [STORE2_M_TS0] = "m_ts0", [STORE2_M_TS1] = "m_ts1", [STORE2_WRAP] = "wrap",
    [STORE2_HALF] = "half", [STORE2_WORD] = "word", [STORE2_DOUBLE] = "double",
    [STORE2_OFFSET] = "offset1", "offset2", "offset3", "offset4", "offset5", "offset6", "offset7",
};

/* sum over the offsets at which byte j (0..15) is overwritten: flag * (new byte - old byte) */
static hb_expr stored_byte(hb_air *a, const hb_crossing *c, uint32_t j)
{
    hb_expr old = hb_air_col(a, STORE2_M + j), sum = old;
    for (uint32_t o = 1; o < 8 && o <= j; o++) {
        if (j - o > 7)
            continue;
        hb_expr widths = c->dword; /* those whose access covers byte j */
        if (j - o < 4)
            widths = hb_air_add(a, widths, c->word);
        if (j - o < 2)
            widths = hb_air_add(a, widths, c->half);
        hb_expr here = j < 8 ? c->offset[o] : hb_air_mul(a, c->offset[o], widths);
        sum = hb_air_add(a, sum, hb_air_mul(a, here, hb_air_sub(a, hb_air_col(a, STORE2_B + j - o), old)));
    }
    return sum;
}

static hb_limbs stored(hb_air *a, const hb_crossing *c, uint32_t first)
{
    hb_limbs out;
    for (uint32_t i = 0; i < 4; i++) {
        out.v[i] = hb_chips_byte_pair(a, stored_byte(a, c, first + 2 * i), stored_byte(a, c, first + 2 * i + 1));
        hb_air_range16(a, out.v[i], "two bytes shown by BYTES");
    }
    return out;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, STORE2_RS1), rs2 = hb_air_col(a, STORE2_RS2);
    hb_expr now = hb_chips_plus(a, ts, HB_SLOT_MEM);
    hb_limbs x = hb_chips_limbs(a, STORE2_A), y = hb_chips_byte_limbs(a, STORE2_B);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, STORE2_IMM), hb_air_col(a, STORE2_IMM_SIGN));
    hb_limbs m0 = hb_chips_byte_limbs(a, STORE2_M), m1 = hb_chips_byte_limbs(a, STORE2_M + 8);
    hb_crossing c = hb_chips_crossing(a, STORE2_HALF, STORE2_OFFSET);
    hb_chips_show_bytes(a, STORE2_M, 16);
    hb_chips_show_bytes(a, STORE2_B, 8);
    hb_limbs new0 = stored(a, &c, 0), new1 = stored(a, &c, 8);
    hb_expr op = hb_chips_add_scaled(a, hb_air_scale(a, HB_OP_SH, c.half), HB_OP_SW, c.word);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_add_scaled(a, op, HB_OP_SD, c.dword), hb_air_const(a, 0), rs1, rs2, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, STORE2_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, STORE2_RS2_TS));
    hb_cell_key cell = hb_chips_ram(a, &x, &imm, c.low3, hb_air_col(a, STORE2_Q), hb_air_col(a, STORE2_T1), hb_air_col(a, STORE2_L2));
    hb_cell_key next = hb_chips_next_cell(a, cell, hb_air_col(a, STORE2_WRAP));
    hb_chips_access(a, HB_ALWAYS, cell, &m0, hb_air_col(a, STORE2_M_TS0), &new0, now);
    hb_chips_access(a, HB_ALWAYS, next, &m1, hb_air_col(a, STORE2_M_TS1), &new1, now);
}

const hb_chip hb_chip_store2 = {
    .name = "STORE2", .id = HB_CHIP_STORE2, .width = STORE2_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
