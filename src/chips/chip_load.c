/* All loads inside one double word, at any address; LD, LW, LB also have chips for the near ones.
 *
 * LD ("double"): the double word, whose last byte is byte 7. Others:
 *
 * The value is found by its last byte: limb k (LIMB1..3 one-hot; none: 0), high byte of it if odd. With last the last byte and last1, last2, last3 the
 * bytes before it,
 *     odd:   m_k = last1 + 256 last,    m_(k-1) = last3 + 256 last2
 *     even:  m_k = last + 256 after,    m_(k-1) = last2 + 256 last1,    m_(k-2) = before + 256 last3
 * where limbs below 0 count as 0. All six are bytes and memory limbs are in range, so each split is unique. An access that begins below the double word is
 * excluded ("half inside" and so on), so its offset 2 k + odd + 1 - width lies in 0..7 and determines the address's low three bits. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [LOAD_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [LOAD_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [LOAD_IMM] = "imm0", [LOAD_IMM_SIGN] = "imm_sign", [LOAD_Q] = "q", [LOAD_T1] = "t1", [LOAD_L2] = "l2",
    [LOAD_M] = "m0", "m1", "m2", "m3", [LOAD_M_TS] = "m_ts", [LOAD_HALF] = "half", [LOAD_WORD] = "word", [LOAD_DOUBLE] = "double", [LOAD_SIGNED] = "signed",
    [LOAD_LIMB1] = "limb1", [LOAD_LIMB2] = "limb2", [LOAD_LIMB3] = "limb3", [LOAD_ODD] = "odd",
    [LOAD_LAST] = "last", [LOAD_LAST1] = "last1", [LOAD_LAST2] = "last2", [LOAD_LAST3] = "last3",
    [LOAD_AFTER] = "after", [LOAD_BEFORE] = "before", [LOAD_SIGN] = "sign",
};

typedef struct row {
    hb_limbs m;
    hb_expr half, word, dword, is_signed, limb[4], odd, even;
    hb_expr last, last1, last2, last3, after, before, sign;
} row;

static row read_row(hb_air *a)
{
    row r = {
        .m = hb_chips_limbs(a, LOAD_M), .half = hb_air_col(a, LOAD_HALF), .word = hb_air_col(a, LOAD_WORD), .dword = hb_air_col(a, LOAD_DOUBLE), .is_signed = hb_air_col(a, LOAD_SIGNED),
        .odd = hb_air_col(a, LOAD_ODD), .last = hb_air_col(a, LOAD_LAST), .last1 = hb_air_col(a, LOAD_LAST1), .last2 = hb_air_col(a, LOAD_LAST2),
        .last3 = hb_air_col(a, LOAD_LAST3), .after = hb_air_col(a, LOAD_AFTER), .before = hb_air_col(a, LOAD_BEFORE),
        .sign = hb_air_col(a, LOAD_SIGN),
    };
    r.even = hb_chips_not(a, r.odd);
    for (uint32_t k = 1; k < 4; k++)
        r.limb[k] = hb_air_col(a, LOAD_LIMB1 + k - 1);
    r.limb[0] = hb_chips_not(a, hb_chips_total(a, r.limb + 1, 3));
    return r;
}

static void flags(hb_air *a, const row *r)
{
    static const char *const limb_labels[3] = {"limb 1", "limb 2", "limb 3"};
    hb_air_bool(a, "half", r->half);
    hb_air_bool(a, "word", r->word);
    hb_air_bool(a, "double", r->dword);
    hb_air_bool(a, "one width", hb_air_add(a, hb_air_add(a, r->half, r->word), r->dword));
    hb_air_bool(a, "signed", r->is_signed);
    for (uint32_t k = 1; k < 4; k++)
        hb_air_bool(a, limb_labels[k - 1], r->limb[k]);
    hb_air_bool(a, "one limb", hb_chips_total(a, r->limb + 1, 3));
    hb_air_bool(a, "odd", r->odd);
    hb_air_zero(a, "half inside", hb_air_mul(a, hb_air_mul(a, r->half, r->limb[0]), r->even));
    hb_expr not_last = hb_air_sub(a, hb_air_const(a, 2), hb_air_add(a, r->limb[3], r->odd)); /* 0 where byte 7 is the last one */
    hb_air_zero(a, "double ends at 7", hb_air_mul(a, r->dword, not_last));
    hb_air_zero(a, "word not in limb 0", hb_air_mul(a, r->word, r->limb[0]));
    hb_air_zero(a, "word inside", hb_air_mul(a, hb_air_mul(a, r->word, r->limb[1]), r->even));
}

static hb_expr opcode(hb_air *a, const row *r)
{
    static const int64_t ops[2][3] = {{HB_OP_LBU, HB_OP_LHU, HB_OP_LWU}, {HB_OP_LB, HB_OP_LH, HB_OP_LW}};
    hb_expr form[2];
    for (uint32_t i = 0; i < 2; i++) {
        const int64_t *op = ops[i];
        hb_expr sum = hb_chips_add_scaled(a, hb_air_scale(a, op[1] - op[0], r->half), op[2] - op[0], r->word);
        form[i] = hb_chips_plus(a, hb_chips_add_scaled(a, sum, HB_OP_LD - op[0], r->dword), op[0]);
    }
    return hb_chips_mux(a, r->is_signed, form[0], form[1]);
}

/* Memory limb `down` below the selected one; 0 below limb 0. */
static hb_expr selected(hb_air *a, const row *r, uint32_t down)
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t k = down; k < 4; k++)
        sum = hb_air_add(a, sum, hb_air_mul(a, r->limb[k], r->m.v[k - down]));
    return sum;
}

static void split(hb_air *a, const row *r)
{
    hb_expr here = hb_chips_mux(a, r->odd, hb_chips_byte_pair(a, r->last, r->after), hb_chips_byte_pair(a, r->last1, r->last));
    hb_expr below = hb_chips_mux(a, r->odd, hb_chips_byte_pair(a, r->last2, r->last1), hb_chips_byte_pair(a, r->last3, r->last2));
    hb_air_zero(a, "last limb", hb_air_sub(a, selected(a, r, 0), here));
    hb_air_zero(a, "limb below", hb_air_sub(a, selected(a, r, 1), below));
    hb_expr second = hb_air_sub(a, selected(a, r, 2), hb_chips_byte_pair(a, r->before, r->last3));
    hb_air_zero(a, "second limb below", hb_air_mul(a, r->even, second));
    hb_chips_bytes(a, r->last, r->after);
    hb_chips_bytes(a, r->last2, r->last1);
    hb_chips_bytes(a, r->before, r->last3);
}

static hb_limbs result(hb_air *a, const row *r)
{
    hb_expr fill = hb_air_scale(a, 65535, r->sign);
    hb_expr top_pair = hb_chips_byte_pair(a, r->last1, r->last), low_pair = hb_chips_byte_pair(a, r->last3, r->last2);
    hb_expr byte = hb_chips_add_scaled(a, r->last, 65280, r->sign);
    hb_expr narrow = hb_chips_mux(a, r->half, byte, top_pair);
    hb_limbs out = {{0, hb_chips_mux(a, r->word, fill, top_pair), fill, fill}};
    out.v[0] = hb_air_add(a, narrow, hb_air_mul(a, r->word, hb_air_sub(a, low_pair, byte)));
    hb_air_bool(a, "sign", r->sign);
    hb_chips_sign(a, hb_air_scale(a, 256, r->last), r->is_signed, r->sign);
    for (uint32_t i = 0; i < 4; i++) {
        out.v[i] = hb_chips_mux(a, r->dword, out.v[i], r->m.v[i]);
        hb_air_range16(a, out.v[i], "two bytes shown by BYTES, or a byte + 65280 * boolean, or boolean * 65535, or a consumed limb");
    }
    return out;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, LOAD_RS1), rd = hb_air_col(a, LOAD_RD);
    hb_limbs x = hb_chips_limbs(a, LOAD_A), old = hb_chips_limbs(a, LOAD_OLD);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, LOAD_IMM), hb_air_col(a, LOAD_IMM_SIGN));
    row r = read_row(a);
    flags(a, &r);
    split(a, &r);
    hb_limbs out = result(a, &r);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, opcode(a, &r), rd, rs1, hb_air_const(a, 0), &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, LOAD_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, LOAD_RD_TS), &out);

    hb_expr end = r.odd, before_last = hb_chips_add_scaled(a, hb_chips_add_scaled(a, r.half, 3, r.word), 7, r.dword); /* width - 1 */
    for (uint32_t k = 1; k < 4; k++)
        end = hb_chips_add_scaled(a, end, 2 * k, r.limb[k]);
    hb_expr low3 = hb_air_sub(a, end, before_last);
    hb_cell_key cell = hb_chips_ram(a, &x, &imm, low3, hb_air_col(a, LOAD_Q), hb_air_col(a, LOAD_T1), hb_air_col(a, LOAD_L2));
    hb_chips_access(a, HB_ALWAYS, cell, &r.m, hb_air_col(a, LOAD_M_TS), &r.m, hb_chips_plus(a, ts, HB_SLOT_MEM));
}

const hb_chip hb_chip_load = {
    .name = "LOAD", .id = HB_CHIP_LOAD, .width = LOAD_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
