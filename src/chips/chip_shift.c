/* SLL, SRL, SRA, their W forms, and the immediate forms that are not prepared (rv/rvprogram.h): SRAI, SLLIW, SRAIW, SRLIW by 0.
 *
 * An immediate amount is limb 0 of a PROG tuple whose other limbs are 0. Those of SLLI, SRLI and SRLIW by 1 and more are prepared for move.h: their limb 0 is a
 * power of two, their limb 3 is 1, and no row of this chip can take them.
 *
 * Amount. s = t + 16 k with t from four bits and k one-hot (WHOLE1..3; none: 0); b0 = s + 64 rest (32 rest in W forms, where k <= 1) with rest in
 * range: both sides are small integers, so s is b0 mod 64 (32).
 *
 * Moving by whole limbs first: m_i = a_(i-k) to the left (0 below), a_(i+k) to the right with the fill limb F above: 65535 for a negative operand of an
 * arithmetic shift, else 0. In right W forms everything from limb 2 up is F; in left W forms limbs 2 and 3 of the result are not used.
 *
 * Moving by t bits: m_i = l_i + C h_i with C D = 2^16, l_i < C, h_i < D. To the left D = 2^t and the result's limb is D l_i + h_(i-1); to the right
 * C = 2^t and it is h_i + D l_(i+1), where above the top D l_4 = D (C - 1) = 2^16 - D for fill 1.
 *
 * Exactness of the split. RC16: l_i, C - 1 - l_i and h_i, so l_i in [0, C) and h_i in [0, 2^16). For C <= 2^14 both sides of the equation are integers
 * below 2^31 - 2^27 < p, and l_i < C makes the division unique. For C = 2^15, 2^16 the product may wrap round p, but only with h_i >= 30719;
 * RC18 of 4 (D - 1) - sum h_i keeps the sum of all h at most 4, and honest h_i < D always pass. So h_i < D follows in every case.
 *
 * W forms: r1 is limb 1 of the result and its bit 15 fills the upper half (chips_sign with flag "W"). SLLW, SRLW, SRAW read limbs 0 and 1 of the operand
 * only: upper halves may be dirty. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [SHIFT_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [SHIFT_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [SHIFT_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [SHIFT_RIGHT] = "right", [SHIFT_LEFT_W] = "left_w", [SHIFT_RIGHT_W] = "right_w", [SHIFT_ARITH] = "arith", [SHIFT_IMM] = "imm",
    [SHIFT_BIT] = "bit0", "bit1", "bit2", "bit3", [SHIFT_POW3] = "pow3", [SHIFT_D] = "d", [SHIFT_C] = "c",
    [SHIFT_WHOLE1] = "whole1", [SHIFT_WHOLE2] = "whole2", [SHIFT_WHOLE3] = "whole3", [SHIFT_REST] = "rest",
    [SHIFT_L] = "l0", "l1", "l2", "l3", [SHIFT_H] = "h0", "h1", "h2", "h3", [SHIFT_TOP] = "top", [SHIFT_FILL] = "fill",
    [SHIFT_R1] = "r1", [SHIFT_SIGN] = "sign",
};

typedef struct row {
    hb_limbs x, y, l, h;
    hb_expr left, right, left_w, right_w;   /* one-hot, the first an expression */
    hb_expr w, to_right, to_left;           /* sums of these */
    hb_expr arith, imm, whole[4], fill, d, c; /* d = D, c = C */
} row;

static row read_row(hb_air *a)
{
    row r = {
        .x = hb_chips_limbs(a, SHIFT_A), .y = hb_chips_limbs(a, SHIFT_B), .l = hb_chips_limbs(a, SHIFT_L), .h = hb_chips_limbs(a, SHIFT_H),
        .right = hb_air_col(a, SHIFT_RIGHT), .left_w = hb_air_col(a, SHIFT_LEFT_W), .right_w = hb_air_col(a, SHIFT_RIGHT_W),
        .arith = hb_air_col(a, SHIFT_ARITH), .imm = hb_air_col(a, SHIFT_IMM), .fill = hb_air_col(a, SHIFT_FILL),
        .d = hb_chips_plus(a, hb_air_col(a, SHIFT_D), 1), .c = hb_air_sub(a, hb_air_const(a, 65536), hb_air_col(a, SHIFT_C)),
    };
    r.w = hb_air_add(a, r.left_w, r.right_w);
    r.to_right = hb_air_add(a, r.right, r.right_w);
    r.to_left = hb_chips_not(a, r.to_right);
    r.left = hb_chips_not(a, hb_air_add(a, r.right, r.w));
    for (uint32_t k = 1; k < 4; k++)
        r.whole[k] = hb_air_col(a, SHIFT_WHOLE1 + k - 1);
    r.whole[0] = hb_chips_not(a, hb_chips_total(a, r.whole + 1, 3));
    return r;
}

static hb_expr opcode(hb_air *a, const row *r)
{
    static const int64_t ops[2][6] = {
        {HB_OP_SLL, HB_OP_SRL, HB_OP_SRA, HB_OP_SLLW, HB_OP_SRLW, HB_OP_SRAW},
        {HB_OP_SLLI, HB_OP_SRLI, HB_OP_SRAI, HB_OP_SLLIW, HB_OP_SRLIW, HB_OP_SRAIW},
    };
    hb_expr form[2];
    for (uint32_t i = 0; i < 2; i++) {
        const int64_t *op = ops[i];
        hb_expr srl_sra = hb_chips_plus(a, hb_air_scale(a, op[2] - op[1], r->arith), op[1] - op[0]);
        hb_expr srlw_sraw = hb_chips_plus(a, hb_air_scale(a, op[5] - op[4], r->arith), op[4] - op[0]);
        hb_expr sum = hb_air_add(a, hb_air_mul(a, r->right, srl_sra), hb_air_mul(a, r->right_w, srlw_sraw));
        form[i] = hb_chips_plus(a, hb_chips_add_scaled(a, sum, op[3] - op[0], r->left_w), op[0]);
    }
    return hb_chips_mux(a, r->imm, form[0], form[1]);
}

static void flags(hb_air *a, const row *r)
{
    hb_air_bool(a, "right", r->right);
    hb_air_bool(a, "left_w", r->left_w);
    hb_air_bool(a, "right_w", r->right_w);
    hb_air_bool(a, "one direction", hb_air_add(a, r->right, r->w));
    hb_air_bool(a, "arith", r->arith);
    hb_air_zero(a, "arith only to the right", hb_air_mul(a, r->arith, r->to_left));
    hb_air_bool(a, "imm", r->imm);
}

static void amount(hb_air *a, const row *r)
{
    static const char *const bit_labels[4] = {"bit 0", "bit 1", "bit 2", "bit 3"}, *const whole_labels[3] = {"whole 1", "whole 2", "whole 3"};
    hb_expr bit[4], one = hb_air_const(a, 1), s = hb_air_const(a, 0);
    for (uint32_t i = 0; i < 4; i++) {
        bit[i] = hb_air_col(a, SHIFT_BIT + i);
        hb_air_bool(a, bit_labels[i], bit[i]);
        s = hb_chips_add_scaled(a, s, 1 << i, bit[i]);
    }
    for (uint32_t k = 1; k < 4; k++) {
        hb_air_bool(a, whole_labels[k - 1], r->whole[k]);
        s = hb_chips_add_scaled(a, s, 16 * k, r->whole[k]);
    }
    hb_air_bool(a, "one whole", hb_chips_total(a, r->whole + 1, 3));
    hb_air_zero(a, "W moves at most one limb", hb_air_mul(a, r->w, hb_air_add(a, r->whole[2], r->whole[3])));
    hb_expr rest = hb_air_col(a, SHIFT_REST);
    hb_expr unit = hb_chips_add_scaled(a, hb_air_const(a, 64), -32, r->w);
    hb_air_zero(a, "amount", hb_air_sub(a, hb_air_sub(a, r->y.v[0], s), hb_air_mul(a, unit, rest)));
    hb_chips_rc16(a, rest);

    /* 2^t = (1 + b0)(1 + 3 b1)(1 + 15 b2) * (1 + 255 b3); pow3 is the first part minus 1 */
    hb_expr low = hb_air_mul(a, hb_air_add(a, one, bit[0]), hb_chips_add_scaled(a, one, 3, bit[1]));
    hb_expr pow3 = hb_air_col(a, SHIFT_POW3), product = hb_air_mul(a, low, hb_chips_add_scaled(a, one, 15, bit[2]));
    hb_air_zero(a, "pow3", hb_air_sub(a, hb_chips_plus(a, product, -1), pow3));
    hb_expr pow = hb_air_mul(a, hb_air_add(a, one, pow3), hb_chips_add_scaled(a, one, 255, bit[3]));
    hb_air_zero(a, "D or C is the power", hb_air_sub(a, hb_chips_mux(a, r->to_right, r->d, r->c), pow));
    hb_air_zero(a, "C D = 2^16", hb_chips_plus(a, hb_air_mul(a, r->c, r->d), -65536));
}

/* Operand limb `from` under the four directions, or its replacement. */
static hb_expr moved_limb(hb_air *a, const row *r, uint32_t i)
{
    hb_expr fill_limb = hb_air_scale(a, 65535, r->fill), to_left = hb_air_const(a, 0), right = to_left, right_w = to_left;
    for (uint32_t k = 0; k < 4; k++) {
        if (i >= k)
            to_left = hb_air_add(a, to_left, hb_air_mul(a, r->whole[k], r->x.v[i - k]));
        right = hb_air_add(a, right, hb_air_mul(a, r->whole[k], i + k < 4 ? r->x.v[i + k] : fill_limb));
        right_w = hb_air_add(a, right_w, hb_air_mul(a, r->whole[k], i + k < 2 ? r->x.v[i + k] : fill_limb));
    }
    hb_expr m = hb_air_mul(a, r->to_left, to_left);
    return hb_air_add(a, m, hb_air_add(a, hb_air_mul(a, r->right, right), hb_air_mul(a, r->right_w, right_w)));
}

static void split(hb_air *a, const row *r)
{
    static const char *const labels[4] = {"split 0", "split 1", "split 2", "split 3"};
    hb_expr c_minus_1 = hb_chips_plus(a, r->c, -1), d_minus_1 = hb_air_col(a, SHIFT_D);
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr whole = hb_air_add(a, r->l.v[i], hb_air_mul(a, r->c, r->h.v[i]));
        hb_air_zero(a, labels[i], hb_air_sub(a, whole, moved_limb(a, r, i)));
        hb_chips_rc16(a, r->l.v[i]);
        hb_chips_rc16(a, hb_air_sub(a, c_minus_1, r->l.v[i]));
        hb_chips_rc16(a, r->h.v[i]);
    }
    hb_chips_rc18(a, hb_air_sub(a, hb_air_scale(a, 4, d_minus_1), hb_chips_total(a, r->h.v, 4)));
}

/* D l_i + h_(i-1) and h_i + D l_(i+1), limb i of a shift to the left and to the right. */
static hb_expr left_limb(hb_air *a, const row *r, uint32_t i)
{
    hb_expr moved = hb_air_mul(a, r->d, r->l.v[i]);
    return i ? hb_air_add(a, moved, r->h.v[i - 1]) : moved;
}

static hb_expr right_limb(hb_air *a, const row *r, uint32_t i)
{
    hb_expr above = i < 3 ? hb_air_mul(a, r->d, r->l.v[i + 1]) : hb_air_mul(a, r->fill, hb_air_sub(a, hb_air_const(a, 65536), r->d));
    return hb_air_add(a, r->h.v[i], above);
}

static hb_limbs result(hb_air *a, const row *r)
{
    hb_expr r1 = hb_air_col(a, SHIFT_R1), sign = hb_air_col(a, SHIFT_SIGN), limb[2], upper = hb_air_scale(a, 65535, sign);
    for (uint32_t i = 0; i < 2; i++)
        limb[i] = hb_chips_mux(a, r->to_right, left_limb(a, r, i), right_limb(a, r, i));
    hb_limbs out = {{limb[0], r1, 0, 0}};
    for (uint32_t i = 2; i < 4; i++) { /* the W forms have neither flag */
        hb_expr full = hb_air_add(a, hb_air_mul(a, r->left, left_limb(a, r, i)), hb_air_mul(a, r->right, right_limb(a, r, i)));
        out.v[i] = hb_air_add(a, full, upper);
    }
    hb_air_zero(a, "r1", hb_air_sub(a, limb[1], r1));
    hb_air_bool(a, "sign", sign);
    hb_chips_sign(a, r1, r->w, sign);
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, out.v[i], "D l + h with l < C, h < D, C D = 2^16; or boolean * 65535");
    return out;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, SHIFT_RS1), rs2 = hb_air_col(a, SHIFT_RS2), rd = hb_air_col(a, SHIFT_RD);
    hb_limbs old = hb_chips_limbs(a, SHIFT_OLD);
    row r = read_row(a);
    flags(a, &r);
    amount(a, &r);
    hb_expr top = hb_air_col(a, SHIFT_TOP);
    hb_air_zero(a, "top", hb_air_sub(a, hb_chips_mux(a, r.right_w, r.x.v[3], r.x.v[1]), top));
    hb_air_bool(a, "fill", r.fill);
    hb_chips_sign(a, top, r.arith, r.fill);
    split(a, &r);
    hb_limbs out = result(a, &r), prog_imm = hb_chips_constant(a, 0); /* limb 3 too: prepared shifts, whose limb 0 is no amount, have a 1 there */
    prog_imm.v[0] = hb_air_mul(a, r.imm, r.y.v[0]);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, opcode(a, &r), rd, rs1, rs2, &prog_imm);
    hb_chips_rs1(a, ts, rs1, &r.x, hb_air_col(a, SHIFT_RS1_TS));
    hb_chips_rs2(a, hb_chips_not(a, r.imm), ts, rs2, &r.y, hb_air_col(a, SHIFT_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, SHIFT_RD_TS), &out);
}

const hb_chip hb_chip_shift = {
    .name = "SHIFT", .id = HB_CHIP_SHIFT, .width = SHIFT_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
