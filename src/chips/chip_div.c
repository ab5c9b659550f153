/* DIV, DIVU, REM, REMU and their W forms.
 *
 * n and d below are the effective operands: the registers, or in W forms their low halves, sign- or zero-extended to 64 bits, so upper halves may be dirty.
 * With signs (0 for unsigned forms) they stand for the integers n_u - 2^64 sign_n and d_u - 2^64 sign_d; sign_n, sign_d are the sign bits by
 * chips_sign. Quotient and remainder are q_u - 2^64 sign_q (bytes, any boolean) and r_u - 2^64 sign_r (limbs, any boolean). Claim: the result is unique
 * and is RISC-V's.
 *
 * 1. q d + r = n in integers. "limb 0" .. "limb 7" say it modulo 2^128 (2^128 sign_q sign_d vanishes, -2^64 sign_r is 65535 sign_r in each upper
 *    limb); the last carry is dropped. In F the equations are ones of integers as in chip_mul.c: the left sides lie in (-2^19, 2^28), and so do
 *    2^16 c_m in [-2^19, 2^30) for carries shown as there.
 *    Signed: |q| <= 2^64 and |d| <= 2^63, so |q d + r - n| <= 2^127 + 2^64 + 2^63 < 2^128: the difference is 0.
 *    Unsigned: sign_q = 0 is forced ("quotient's sign"; also for division by zero) and d, n >= 0, so q d + r - n lies in (-2^65 - 1, 2^128): again 0.
 * 2. real = signed + unsigned is 1 in a row that PROG accepts. "same" + "opposite" + by_zero = real defines by_zero.
 *    same implies sign_r = sign_d, opposite implies sign_r != sign_d, so not both are set, and by_zero is 0 or 1.
 * 3. by_zero = 1: d = 0 and all bytes of q are 255 (byte sums). By 1, r = n. So q = 2^64 - 1 and r = n (sign_r = sign_n): RISC-V's results.
 * 4. by_zero = 0: |r| < |d|, so d != 0. The limbs s of "slack" satisfy, with carries in {-1, 0} and {0, 1},
 *    same:      d_u - r_u = s - 2^64 sign_r,  i.e. s = |d| - |r| for sign 0, s = 2^64 - (|d| - |r|) for sign 1;
 *    opposite:  d_u + r_u = s + 2^64 sign_r,  i.e. s = |d| - |r| for sign_d = 0 (r_u = 2^64 - |r|), s = 2^64 - |d| + |r| for sign_d = 1.
 *    RC18 of (sum of limbs - 1) says s >= 1, and s < 2^64: so |d| - |r| >= 1 in the cases with sign_d = 0, and |d| - |r| = 2^64 - s >= 1 in the others.
 *    (|r| is meant of r_u - 2^64 sign_r, whatever the two are: no other check of sign_r is needed.)
 *    If d = 0: sign_d = 0, and s = |d| - |r| >= 1 has no solution. So by_zero is not a choice.
 * 5. sign_r != sign_n implies r_u = 0 (limb sum), and then sign_r = 0 by |r| < |d| <= 2^64. So r is 0 or has n's sign; with 1 and 4, q and r are
 *    the truncated quotient and remainder, as integers, and (q_u, sign_q), (r_u, sign_r) are unique.
 *    Overflow, -2^63 / -1: q = 2^63 = q_u with sign_q = 0, which reads as -2^63 in the register; r = 0. W: q = 2^31, limbs (0, 2^15), result -2^31.
 * 6. Result: q_u or r_u; W forms extend bit 31 of it.
 * Unsigned forms force sign_r = 0: same has sign_r = sign_d = 0; opposite would need sign_r = 1, so by 5 r_u = 0 and |r| = 2^64 > |d|; by_zero has
 * r = n >= 0. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "chips/product.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [DIV_RS1] = "rs1", "n0", "n1", "n2", "n3", "rs1_ts",
    [DIV_RS2] = "rs2", "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "reg_d2", "reg_d3", "rs2_ts",
    [DIV_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [DIV_SIGNED] = "signed", [DIV_UNSIGNED] = "unsigned", [DIV_W] = "w", [DIV_REM] = "rem",
    [DIV_Q] = "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", [DIV_R] = "r0", "r1", "r2", "r3",
    [DIV_CARRY] = "carry0", "carry1", "carry2", "carry3", "carry4", "carry5", "carry6", "carry7", [DIV_SLACK] = "slack0", "slack1", "slack2", "slack3",
    [DIV_SIGN_N] = "sign_n", [DIV_SIGN_D] = "sign_d", [DIV_SIGN_Q] = "sign_q", [DIV_SIGN_R] = "sign_r",
    [DIV_SAME] = "same", [DIV_OPPOSITE] = "opposite", [DIV_TOP_N] = "top_n", [DIV_TOP_D] = "top_d", [DIV_R1] = "result1", [DIV_SIGN_W] = "sign_w",
};

typedef struct row {
    hb_limbs reg_n, reg_d, n, d, q, r, slack;
    hb_expr is_signed, is_unsigned, w, rem, real;
    hb_expr sign_n, sign_d, sign_q, sign_r, same, opposite, by_zero;
} row;

static row read_row(hb_air *a)
{
    row r = {
        .reg_n = hb_chips_limbs(a, DIV_N), .d = hb_chips_byte_limbs(a, DIV_D), .q = hb_chips_byte_limbs(a, DIV_Q), .r = hb_chips_limbs(a, DIV_R),
        .slack = hb_chips_limbs(a, DIV_SLACK), .is_signed = hb_air_col(a, DIV_SIGNED), .is_unsigned = hb_air_col(a, DIV_UNSIGNED),
        .w = hb_air_col(a, DIV_W), .rem = hb_air_col(a, DIV_REM), .sign_n = hb_air_col(a, DIV_SIGN_N), .sign_d = hb_air_col(a, DIV_SIGN_D),
        .sign_q = hb_air_col(a, DIV_SIGN_Q), .sign_r = hb_air_col(a, DIV_SIGN_R), .same = hb_air_col(a, DIV_SAME),
        .opposite = hb_air_col(a, DIV_OPPOSITE),
    };
    r.reg_d = (hb_limbs){{r.d.v[0], r.d.v[1], hb_air_col(a, DIV_D2), hb_air_col(a, DIV_D3)}};
    r.real = hb_air_add(a, r.is_signed, r.is_unsigned);
    r.by_zero = hb_air_sub(a, r.real, hb_air_add(a, r.same, r.opposite));
    return r;
}

static hb_expr opcode(hb_air *a, const row *r)
{
    static const int64_t ops[2][4] = {{HB_OP_DIV, HB_OP_REM, HB_OP_DIVW, HB_OP_REMW}, {HB_OP_DIVU, HB_OP_REMU, HB_OP_DIVUW, HB_OP_REMUW}};
    hb_expr form[2];
    for (uint32_t i = 0; i < 2; i++) {
        const int64_t *op = ops[i];
        hb_expr full = hb_chips_plus(a, hb_air_scale(a, op[1] - op[0], r->rem), op[0]);
        hb_expr half = hb_chips_plus(a, hb_air_scale(a, op[3] - op[2], r->rem), op[2]);
        form[i] = hb_chips_mux(a, r->w, full, half);
    }
    return hb_air_add(a, hb_air_mul(a, r->is_signed, form[0]), hb_air_mul(a, r->is_unsigned, form[1]));
}

static void flags(hb_air *a, const row *r)
{
    hb_air_bool(a, "signed", r->is_signed);
    hb_air_bool(a, "unsigned", r->is_unsigned);
    hb_air_bool(a, "one of signed, unsigned", r->real);
    hb_air_bool(a, "w", r->w);
    hb_air_bool(a, "rem", r->rem);
    hb_air_bool(a, "sign n", r->sign_n);
    hb_air_bool(a, "sign d", r->sign_d);
    hb_air_bool(a, "sign q", r->sign_q);
    hb_air_bool(a, "sign r", r->sign_r);
    hb_air_bool(a, "same", r->same);
    hb_air_bool(a, "opposite", r->opposite);
}

/* Sets r->n and ties d: upper limbs are the register's, or the sign in W forms. */
static void effective_operands(hb_air *a, row *r)
{
    static const char *const labels[4] = {"", "", "divisor 2", "divisor 3"};
    r->n = r->reg_n;
    for (uint32_t i = 2; i < 4; i++) {
        r->n.v[i] = hb_chips_mux(a, r->w, r->reg_n.v[i], hb_air_scale(a, 65535, r->sign_n));
        hb_expr d = hb_chips_mux(a, r->w, r->reg_d.v[i], hb_air_scale(a, 65535, r->sign_d));
        hb_air_zero(a, labels[i], hb_air_sub(a, d, r->d.v[i]));
    }
    hb_expr top_n = hb_air_col(a, DIV_TOP_N), top_d = hb_air_col(a, DIV_TOP_D);
    hb_air_zero(a, "top n", hb_air_sub(a, hb_chips_mux(a, r->w, r->reg_n.v[3], r->reg_n.v[1]), top_n));
    hb_air_zero(a, "top d", hb_air_sub(a, hb_chips_mux(a, r->w, r->d.v[3], r->d.v[1]), top_d));
    hb_chips_sign(a, top_n, r->is_signed, r->sign_n);
    hb_chips_sign(a, top_d, r->is_signed, r->sign_d);
}

/* q d + r = n mod 2^128 */
static void identity(hb_air *a, const row *r)
{
    static const char *const labels[8] = {"limb 0", "limb 1", "limb 2", "limb 3", "limb 4", "limb 5", "limb 6", "limb 7"};
    hb_expr carry[8], in = hb_air_const(a, 0), extension = hb_air_scale(a, 65535, hb_air_sub(a, r->sign_r, r->sign_n));
    for (uint32_t m = 0; m < 8; m++) {
        hb_expr t = hb_air_add(a, hb_chips_byte_products(a, DIV_Q, DIV_D, m), in);
        if (m < 4) {
            t = hb_air_add(a, t, hb_air_sub(a, r->r.v[m], r->n.v[m]));
        } else {
            t = hb_air_sub(a, t, hb_air_add(a, hb_air_mul(a, r->sign_q, r->d.v[m - 4]), hb_air_mul(a, r->sign_d, r->q.v[m - 4])));
            t = hb_air_add(a, t, extension);
        }
        in = carry[m] = hb_air_col(a, DIV_CARRY + m);
        hb_air_zero(a, labels[m], hb_chips_add_scaled(a, t, -65536, carry[m]));
    }
    hb_chips_show_carries(a, carry);
    hb_chips_show_bytes(a, DIV_Q, 8);
    hb_chips_show_bytes(a, DIV_D, 8);
    hb_chips_rc16_limbs(a, &r->r);
    hb_expr sign_excluded = hb_air_add(a, hb_chips_not(a, r->is_signed), r->by_zero); /* 0, 1 or 2 */
    hb_air_zero(a, "quotient's sign", hb_air_mul(a, r->sign_q, sign_excluded));
}

/* Under the flag: d + sign * r = slack + 2^64 sign * sign_r with carries 0 or `sign` (+1 or -1). The flag is 0 on a row of zeros. */
static void bound(hb_air *a, const row *r, hb_expr flag, int64_t sign, const char *const labels[4])
{
    hb_expr carry = hb_air_const(a, 0);
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr sum = hb_air_add(a, hb_chips_add_scaled(a, r->d.v[i], sign, r->r.v[i]), carry);
        carry = hb_air_scale_inv(a, 65536, hb_air_sub(a, sum, r->slack.v[i]));
        hb_expr rule = i < 3 ? hb_air_mul(a, carry, hb_chips_plus(a, carry, -sign)) : hb_chips_add_scaled(a, carry, -sign, r->sign_r);
        hb_air_zero(a, labels[i], hb_air_mul(a, flag, rule));
    }
}

static void remainder_rules(hb_air *a, const row *r)
{
    static const char *const same_labels[4] = {"same 0", "same 1", "same 2", "same 3"};
    static const char *const opposite_labels[4] = {"opposite 0", "opposite 1", "opposite 2", "opposite 3"};
    hb_expr both = hb_air_mul(a, r->sign_d, r->sign_r), differ = hb_chips_add_scaled(a, hb_air_add(a, r->sign_d, r->sign_r), -2, both);
    hb_air_zero(a, "same signs", hb_air_mul(a, r->same, differ));
    hb_air_zero(a, "opposite signs", hb_air_mul(a, r->opposite, hb_chips_not(a, differ)));
    bound(a, r, r->same, -1, same_labels);
    bound(a, r, r->opposite, 1, opposite_labels);
    hb_chips_rc16_limbs(a, &r->slack);
    hb_chips_rc18(a, hb_air_sub(a, hb_chips_total(a, r->slack.v, 4), hb_air_add(a, r->same, r->opposite)));
    hb_air_zero(a, "remainder's sign", hb_air_mul(a, hb_air_sub(a, r->sign_r, r->sign_n), hb_chips_total(a, r->r.v, 4)));

    hb_expr d_bytes = hb_air_const(a, 0), q_bytes = d_bytes;
    for (uint32_t j = 0; j < 8; j++) {
        d_bytes = hb_air_add(a, d_bytes, hb_air_col(a, DIV_D + j));
        q_bytes = hb_air_add(a, q_bytes, hb_air_col(a, DIV_Q + j));
    }
    hb_air_zero(a, "by zero only", hb_air_mul(a, r->by_zero, d_bytes));
    hb_air_zero(a, "quotient by zero", hb_air_mul(a, r->by_zero, hb_chips_plus(a, q_bytes, -8 * 255)));
}

static hb_limbs result(hb_air *a, const row *r)
{
    hb_expr sign = hb_air_col(a, DIV_SIGN_W), upper = hb_air_scale(a, 65535, sign), r1 = hb_air_col(a, DIV_R1);
    hb_limbs out;
    for (uint32_t i = 0; i < 4; i++)
        out.v[i] = hb_chips_mux(a, r->rem, r->q.v[i], r->r.v[i]);
    hb_air_zero(a, "result 1", hb_air_sub(a, out.v[1], r1));
    out.v[1] = r1;
    hb_air_bool(a, "sign w", sign);
    hb_chips_sign(a, r1, r->w, sign);
    for (uint32_t i = 2; i < 4; i++)
        out.v[i] = hb_air_add(a, hb_air_mul(a, hb_chips_not(a, r->w), out.v[i]), upper);
    for (uint32_t i = 0; i < 4; i++)
        hb_air_range16(a, out.v[i], "quotient bytes or RC16 remainder limb, or boolean * 65535");
    return out;
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS);
    hb_expr rs1 = hb_air_col(a, DIV_RS1), rs2 = hb_air_col(a, DIV_RS2), rd = hb_air_col(a, DIV_RD);
    hb_limbs old = hb_chips_limbs(a, DIV_OLD), none = hb_chips_constant(a, 0);
    row r = read_row(a);
    flags(a, &r);
    effective_operands(a, &r);
    identity(a, &r);
    remainder_rules(a, &r);
    hb_limbs out = result(a, &r);
    hb_chips_state(a, pc, ts, hb_chips_plus(a, pc, 1), HB_TS_INC);
    hb_chips_prog(a, pc, opcode(a, &r), rd, rs1, rs2, &none);
    hb_chips_rs1(a, ts, rs1, &r.reg_n, hb_air_col(a, DIV_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &r.reg_d, hb_air_col(a, DIV_RS2_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, DIV_RD_TS), &out);
}

const hb_chip hb_chip_div = {
    .name = "DIV", .id = HB_CHIP_DIV, .width = DIV_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
