/* MUL, MULH, MULHU, MULHSU, MULW.
 *
 * Operands are bytes (BYTES lookups). The product modulo 2^128, limb by limb from the bottom: with
 *     T_m = sum of a_i b_j over i + j = 2 m, plus 256 times the sum over i + j = 2 m + 1,
 *     T_m + c_(m-1) = p_m + 2^16 c_m                                     for m = 0..3,
 *     T_m - sign_a b_(m-4) - sign_b a_(m-4) + c_(m-1) = p_m + 2^16 c_m   for m = 4..7 (limbs of a and b),
 * because a = a_u - 2^64 sign_a and b = b_u - 2^64 sign_b, and 2^128 sign_a sign_b is 0. Signs are those of operands read as signed numbers (MULH:
 * both, MULHSU: the first), else 0. The low half is the same for all forms.
 *
 * Exactness. A byte sum has at most 8 products below 2^16, so T_m < 2^19 + 2^27 and the left side lies in (-2^18, 2^28). Every c_m + 8 is in RC16 and
 * 4 sum (c_m + 8) is too, so every c_m lies in [-8, 2^14 - 8) and p_m + 2^16 c_m in [-2^19, 2^30): the equation in F is one of integers, and p_m is
 * the residue. Honest carries lie in [-3, 2041] and their sum below 2^13.
 *
 * MULW takes limbs 0 and 1 of the low product, which depend on the low halves of the operands only, and extends the sign of limb 1. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "chips/product.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [MUL_RS1] = "rs1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "rs1_ts",
    [MUL_RS2] = "rs2", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "rs2_ts", [MUL_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [MUL_H] = "h", [MUL_HU] = "hu", [MUL_HSU] = "hsu", [MUL_W] = "w", [MUL_P] = "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7",
    [MUL_CARRY] = "carry0", "carry1", "carry2", "carry3", "carry4", "carry5", "carry6", "carry7",
    [MUL_SIGN_A] = "sign_a", [MUL_SIGN_B] = "sign_b", [MUL_SIGN_W] = "sign_w",
};

static void product(hb_air *a, const hb_limbs *x, const hb_limbs *y, const hb_expr p[8], hb_expr sign_a, hb_expr sign_b)
{
    static const char *const labels[8] = {"limb 0", "limb 1", "limb 2", "limb 3", "limb 4", "limb 5", "limb 6", "limb 7"};
    hb_expr carry[8], sum = hb_air_const(a, 0);
    for (uint32_t m = 0; m < 8; m++) {
        hb_expr t = hb_air_add(a, hb_chips_byte_products(a, MUL_A, MUL_B, m), sum);
        if (m >= 4)
            t = hb_air_sub(a, t, hb_air_add(a, hb_air_mul(a, sign_a, y->v[m - 4]), hb_air_mul(a, sign_b, x->v[m - 4])));
        carry[m] = hb_air_col(a, MUL_CARRY + m);
        hb_air_zero(a, labels[m], hb_chips_add_scaled(a, hb_air_sub(a, t, p[m]), -65536, carry[m]));
        hb_chips_rc16(a, p[m]);
        sum = carry[m];
    }
    hb_chips_show_carries(a, carry);
}

static hb_limbs result(hb_air *a, const hb_expr p[8], hb_expr high, hb_expr w)
{
    hb_expr sign = hb_air_col(a, MUL_SIGN_W), upper = hb_air_scale(a, 65535, sign), full = hb_chips_not(a, hb_air_add(a, high, w));
    hb_air_bool(a, "sign w", sign);
    hb_chips_sign(a, p[1], w, sign);
    hb_limbs r;
    for (uint32_t i = 0; i < 2; i++)
        r.v[i] = hb_chips_mux(a, high, p[i], p[i + 4]);
    for (uint32_t i = 2; i < 4; i++)
        r.v[i] = hb_air_add(a, hb_air_add(a, hb_air_mul(a, full, p[i]), hb_air_mul(a, high, p[i + 4])), upper);
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, r.v[i], "one of two RC16 limbs, or boolean * 65535");
    return r;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, MUL_RS1), rs2 = hb_air_col(a, MUL_RS2), rd = hb_air_col(a, MUL_RD), p[8];
    hb_limbs x = hb_chips_byte_limbs(a, MUL_A), y = hb_chips_byte_limbs(a, MUL_B), old = hb_chips_limbs(a, MUL_OLD);
    hb_limbs none = hb_chips_constant(a, 0);
    hb_expr sign_a = hb_air_col(a, MUL_SIGN_A), sign_b = hb_air_col(a, MUL_SIGN_B);
    const hb_expr flag[4] = {hb_air_col(a, MUL_H), hb_air_col(a, MUL_HU), hb_air_col(a, MUL_HSU), hb_air_col(a, MUL_W)};
    static const char *const labels[4] = {"h", "hu", "hsu", "w"};
    static const int64_t ops[4] = {HB_OP_MULH, HB_OP_MULHU, HB_OP_MULHSU, HB_OP_MULW};
    hb_expr op = hb_air_const(a, HB_OP_MUL);
    for (uint32_t i = 0; i < 4; i++) {
        hb_air_bool(a, labels[i], flag[i]);
        op = hb_chips_add_scaled(a, op, ops[i] - HB_OP_MUL, flag[i]);
    }
    hb_air_bool(a, "one operation", hb_chips_total(a, flag, 4));
    for (uint32_t m = 0; m < 8; m++)
        p[m] = hb_air_col(a, MUL_P + m);

    hb_chips_show_bytes(a, MUL_A, 8);
    hb_chips_show_bytes(a, MUL_B, 8);
    hb_air_bool(a, "sign a", sign_a);
    hb_air_bool(a, "sign b", sign_b);
    hb_chips_sign(a, x.v[3], hb_air_add(a, flag[0], flag[2]), sign_a);
    hb_chips_sign(a, y.v[3], flag[0], sign_b);
    product(a, &x, &y, p, sign_a, sign_b);
    hb_limbs r = result(a, p, hb_chips_total(a, flag, 3), flag[3]);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, op, rd, rs1, rs2, &none);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, MUL_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, MUL_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, MUL_RD_TS), &r);
}

const hb_chip hb_chip_mul = {
    .name = "MUL", .id = HB_CHIP_MUL, .width = MUL_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
