/* All stores inside one double word, at any address; SD, SW, SB also have chips for the near ones.
 *
 * SD ("double"): the double word becomes rs2. Others:
 *
 * The value begins in limb k (LIMB1..3 one-hot; none: 0), in the high byte of it if odd. w_0, w_1, w_2 are memory limbs k, k+1, k+2 (0 beyond limb 3), x_0..x_3
 * the low bytes of rs2. The first limb is split into the byte at the offset (lost) and the other one (kept; overwritten too by an even half or word); the limb
 * where an odd half or word ends (w_1, w_2) into end_lost + 256 end_kept. Both splits are made in every row. The changes of the three limbs are
 *     w_0:  even: x_0 - lost [+ 256 (x_1 - kept) for half, word]        odd: 256 (x_0 - lost)
 *     w_1:  word: even x_2 + 256 x_3 - w_1, odd x_1 + 256 x_2 - w_1     odd half: x_1 - end_lost
 *     w_2:  odd word: x_3 - end_lost
 * so every new limb is old or made of two bytes. An access that ends above the double word is excluded. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [STORE_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [STORE_RS2] = "rs2", "x0", "x1", "x2", "x3",
    [STORE_B2] = "b2", [STORE_B3] = "b3", [STORE_RS2_TS] = "rs2_ts", [STORE_IMM] = "imm0", [STORE_IMM_SIGN] = "imm_sign",
    [STORE_Q] = "q", [STORE_T1] = "t1", [STORE_L2] = "l2", [STORE_M] = "m0", "m1", "m2", "m3", [STORE_M_TS] = "m_ts",
    [STORE_HALF] = "half", [STORE_WORD] = "word", [STORE_DOUBLE] = "double", [STORE_LIMB1] = "limb1", [STORE_LIMB2] = "limb2", [STORE_LIMB3] = "limb3", [STORE_ODD] = "odd",
    [STORE_LOST] = "lost", [STORE_KEPT] = "kept", [STORE_END_LOST] = "end_lost", [STORE_END_KEPT] = "end_kept",
    [STORE_CHANGE] = "change0", "change1", "change2",
};

typedef struct row {
    hb_limbs m;
    hb_expr x[4], half, word, dword, limb[4], odd, even;
    hb_expr w[3], lost, kept, end_lost, end_kept, change[3];
} row;

/* Memory limb `up` above the first one; 0 above limb 3. */
static hb_expr selected(hb_air *a, const row *r, uint32_t up)
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t k = 0; k + up < 4; k++)
        sum = hb_air_add(a, sum, hb_air_mul(a, r->limb[k], r->m.v[k + up]));
    return sum;
}

static row read_row(hb_air *a)
{
    row r = {
        .m = hb_chips_limbs(a, STORE_M), .half = hb_air_col(a, STORE_HALF), .word = hb_air_col(a, STORE_WORD), .dword = hb_air_col(a, STORE_DOUBLE), .odd = hb_air_col(a, STORE_ODD),
        .lost = hb_air_col(a, STORE_LOST), .kept = hb_air_col(a, STORE_KEPT), .end_lost = hb_air_col(a, STORE_END_LOST),
        .end_kept = hb_air_col(a, STORE_END_KEPT),
    };
    r.even = hb_chips_not(a, r.odd);
    for (uint32_t k = 1; k < 4; k++)
        r.limb[k] = hb_air_col(a, STORE_LIMB1 + k - 1);
    r.limb[0] = hb_chips_not(a, hb_chips_total(a, r.limb + 1, 3));
    for (uint32_t i = 0; i < 3; i++) {
        r.w[i] = selected(a, &r, i);
        r.change[i] = hb_air_col(a, STORE_CHANGE + i);
    }
    for (uint32_t i = 0; i < 4; i++)
        r.x[i] = hb_air_col(a, STORE_B + i);
    return r;
}

static void flags(hb_air *a, const row *r)
{
    static const char *const limb_labels[3] = {"limb 1", "limb 2", "limb 3"};
    hb_air_bool(a, "half", r->half);
    hb_air_bool(a, "word", r->word);
    hb_air_bool(a, "double", r->dword);
    hb_air_bool(a, "one width", hb_air_add(a, hb_air_add(a, r->half, r->word), r->dword));
    for (uint32_t k = 1; k < 4; k++)
        hb_air_bool(a, limb_labels[k - 1], r->limb[k]);
    hb_air_bool(a, "one limb", hb_chips_total(a, r->limb + 1, 3));
    hb_air_bool(a, "odd", r->odd);
    hb_expr not_first = hb_air_add(a, hb_chips_total(a, r->limb + 1, 3), r->odd);
    hb_air_zero(a, "double begins at 0", hb_air_mul(a, r->dword, not_first));
    hb_air_zero(a, "half inside", hb_air_mul(a, hb_air_mul(a, r->half, r->limb[3]), r->odd));
    hb_air_zero(a, "word not in limb 3", hb_air_mul(a, r->word, r->limb[3]));
    hb_air_zero(a, "word inside", hb_air_mul(a, hb_air_mul(a, r->word, r->limb[2]), r->odd));
}

static void split(hb_air *a, const row *r)
{
    hb_expr first = hb_chips_mux(a, r->odd, hb_chips_byte_pair(a, r->lost, r->kept), hb_chips_byte_pair(a, r->kept, r->lost));
    hb_air_zero(a, "first limb", hb_air_sub(a, r->w[0], first));
    hb_expr end = hb_chips_mux(a, r->word, r->w[1], r->w[2]);
    hb_air_zero(a, "end limb", hb_air_sub(a, end, hb_chips_byte_pair(a, r->end_lost, r->end_kept)));
    hb_chips_bytes(a, r->x[0], r->x[1]);
    hb_chips_bytes(a, r->x[2], r->x[3]);
    hb_chips_bytes(a, r->lost, r->kept);
    hb_chips_bytes(a, r->end_lost, r->end_kept);
}

static void changes(hb_air *a, const row *r)
{
    hb_expr first = hb_air_sub(a, r->x[0], r->lost), second = hb_air_sub(a, r->x[1], r->kept);
    hb_expr even = hb_chips_add_scaled(a, first, 256, hb_air_mul(a, hb_air_add(a, r->half, r->word), second));
    hb_air_zero(a, "change 0", hb_air_sub(a, hb_chips_mux(a, r->odd, even, hb_air_scale(a, 256, first)), r->change[0]));

    hb_expr middle = hb_chips_mux(a, r->odd, hb_chips_byte_pair(a, r->x[2], r->x[3]), hb_chips_byte_pair(a, r->x[1], r->x[2]));
    hb_expr of_word = hb_air_mul(a, r->word, hb_air_sub(a, middle, r->w[1]));
    hb_expr of_half = hb_air_mul(a, hb_air_mul(a, r->half, r->odd), hb_air_sub(a, r->x[1], r->end_lost));
    hb_air_zero(a, "change 1", hb_air_sub(a, hb_air_add(a, of_word, of_half), r->change[1]));

    hb_expr last = hb_air_mul(a, hb_air_mul(a, r->word, r->odd), hb_air_sub(a, r->x[3], r->end_lost));
    hb_air_zero(a, "change 2", hb_air_sub(a, last, r->change[2]));
}

static hb_limbs stored(hb_air *a, const row *r, const hb_limbs *y)
{
    hb_limbs out = r->m;
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t j = 0; j < 3 && j <= i; j++)
            out.v[i] = hb_air_add(a, out.v[i], hb_air_mul(a, r->limb[i - j], r->change[j]));
        out.v[i] = hb_chips_mux(a, r->dword, out.v[i], y->v[i]);
        hb_air_range16(a, out.v[i], "a consumed limb, or two bytes shown by BYTES");
    }
    return out;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, STORE_RS1), rs2 = hb_air_col(a, STORE_RS2);
    hb_expr zero = hb_air_const(a, 0);
    hb_limbs x = hb_chips_limbs(a, STORE_A), imm = hb_chips_sign_extended(a, hb_air_col(a, STORE_IMM), hb_air_col(a, STORE_IMM_SIGN));
    row r = read_row(a);
    const hb_limbs y = {{hb_chips_byte_pair(a, r.x[0], r.x[1]), hb_chips_byte_pair(a, r.x[2], r.x[3]), hb_air_col(a, STORE_B2),
                         hb_air_col(a, STORE_B3)}};
    flags(a, &r);
    split(a, &r);
    changes(a, &r);
    hb_limbs out = stored(a, &r, &y);
    hb_expr op = hb_chips_add_scaled(a, hb_air_scale(a, HB_OP_SH - HB_OP_SB, r.half), HB_OP_SW - HB_OP_SB, r.word);
    op = hb_chips_add_scaled(a, op, HB_OP_SD - HB_OP_SB, r.dword);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_chips_plus(a, op, HB_OP_SB), zero, rs1, rs2, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, STORE_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, STORE_RS2_TS));

    hb_expr low3 = r.odd;
    for (uint32_t k = 1; k < 4; k++)
        low3 = hb_chips_add_scaled(a, low3, 2 * k, r.limb[k]);
    hb_cell_key cell = hb_chips_ram(a, &x, &imm, low3, hb_air_col(a, STORE_Q), hb_air_col(a, STORE_T1), hb_air_col(a, STORE_L2));
    hb_chips_access(a, HB_ALWAYS, cell, &r.m, hb_air_col(a, STORE_M_TS), &out, hb_chips_plus(a, ts, HB_SLOT_MEM));
}

const hb_chip hb_chip_store = {
    .name = "STORE", .id = HB_CHIP_STORE, .width = STORE_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
