/* MUL and DIV. */
#include "chips/fill.h"
#include "rv/isa.h"

/* Limb m of the unreduced product of bytes; hb_chips_byte_products (product.h) is the rule's side. */
static int64_t byte_products(uint64_t x, uint64_t y, uint32_t m)
{
    int64_t sum[2] = {0, 0};
    for (uint32_t odd = 0; odd < 2; odd++) {
        uint32_t k = 2 * m + odd;
        for (uint32_t i = k < 8 ? 0 : k - 7; i < 8 && i <= k; i++)
            sum[odd] += (int64_t)hb_byte(x, i) * hb_byte(y, k - i);
    }
    return sum[0] + 256 * sum[1];
}

/* Arithmetic shift by 16, rounding down. */
static int64_t carry_of(int64_t t)
{
    return t >= 0 ? t >> 16 : -((-t + 65535) >> 16);
}

/* The columns that both chips share in layout: rs1 limbs or bytes are put by the caller. */
static void put_rd(uint32_t *c, uint32_t col, const hb_rv_insn *insn, const hb_rv_event_reg *e)
{
    hb_put_operand(c, col, insn->rd, e->rd_prev, e->rd_ts);
}

static void mul_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    uint32_t op = insn->op, sign_a = 0, sign_b = 0;
    hb_put_start(c, insn, e->ts);
    hb_put(c, MUL_RS1, insn->rs1);
    hb_put_bytes(c, MUL_A, e->rs1);
    hb_put(c, MUL_RS1_TS, e->rs1_ts);
    hb_put(c, MUL_RS2, insn->rs2);
    hb_put_bytes(c, MUL_B, e->rs2);
    hb_put(c, MUL_RS2_TS, e->rs2_ts);
    put_rd(c, MUL_RD, insn, e);
    hb_put(c, MUL_H, op == HB_OP_MULH);
    hb_put(c, MUL_HU, op == HB_OP_MULHU);
    hb_put(c, MUL_HSU, op == HB_OP_MULHSU);
    hb_put(c, MUL_W, op == HB_OP_MULW);
    if (op == HB_OP_MULH || op == HB_OP_MULHSU)
        sign_a = (uint32_t)(e->rs1 >> 63);
    if (op == HB_OP_MULH)
        sign_b = (uint32_t)(e->rs2 >> 63);
    int64_t carry = 0;
    for (uint32_t m = 0; m < 8; m++) {
        int64_t t = byte_products(e->rs1, e->rs2, m) + carry;
        if (m >= 4)
            t -= (int64_t)(sign_a * hb_limb(e->rs2, m - 4)) + (int64_t)(sign_b * hb_limb(e->rs1, m - 4));
        carry = carry_of(t);
        hb_put(c, MUL_P + m, (uint32_t)(t - carry * 65536));
        hb_put_signed(c, MUL_CARRY + m, (int32_t)carry);
        if (m == 1)
            hb_put(c, MUL_SIGN_W, op == HB_OP_MULW ? (uint32_t)(t >> 15) & 1 : 0);
    }
    hb_put(c, MUL_SIGN_A, sign_a);
    hb_put(c, MUL_SIGN_B, sign_b);
}

/* --- DIV ------------------------------------------------------------------------------------------------------------------------------ */
typedef struct division {
    bool is_signed, w, rem;
    uint64_t n, d, q, r;                      /* effective operands, quotient and remainder modulo 2^64 */
    uint32_t sign_n, sign_d, sign_q, sign_r;
} division;

static uint64_t effective(uint64_t v, bool w, bool is_signed)
{
    if (!w)
        return v;
    return is_signed ? (uint64_t)(int64_t)(int32_t)(uint32_t)v : (uint32_t)v;
}

static uint64_t magnitude(uint64_t v, uint32_t sign)
{
    return sign ? 0 - v : v;
}

static division divide(uint32_t op, uint64_t rs1, uint64_t rs2)
{
    division v = {
        .is_signed = op == HB_OP_DIV || op == HB_OP_REM || op == HB_OP_DIVW || op == HB_OP_REMW,
        .w = op == HB_OP_DIVW || op == HB_OP_REMW || op == HB_OP_DIVUW || op == HB_OP_REMUW,
        .rem = op == HB_OP_REM || op == HB_OP_REMU || op == HB_OP_REMW || op == HB_OP_REMUW,
    };
    v.n = effective(rs1, v.w, v.is_signed);
    v.d = effective(rs2, v.w, v.is_signed);
    v.sign_n = v.is_signed ? (uint32_t)(v.n >> 63) : 0;
    v.sign_d = v.is_signed ? (uint32_t)(v.d >> 63) : 0;
    if (v.d == 0) {
        v.q = UINT64_MAX;
        v.r = v.n;
        v.sign_r = v.sign_n;
        return v;
    }
    uint64_t n = magnitude(v.n, v.sign_n), d = magnitude(v.d, v.sign_d), q = n / d, r = n % d;
    v.sign_q = q ? v.sign_n ^ v.sign_d : 0;
    v.sign_r = r ? v.sign_n : 0;
    v.q = magnitude(q, v.sign_q);
    v.r = magnitude(r, v.sign_r);
    return v;
}

static void put_identity(uint32_t *c, const division *v)
{
    int64_t carry = 0;
    for (uint32_t m = 0; m < 8; m++) {
        int64_t t = byte_products(v->q, v->d, m) + carry;
        if (m < 4)
            t += (int64_t)hb_limb(v->r, m) - (int64_t)hb_limb(v->n, m);
        else
            t += -(int64_t)(v->sign_q * hb_limb(v->d, m - 4)) - (int64_t)(v->sign_d * hb_limb(v->q, m - 4)) +
                 65535 * ((int64_t)v->sign_r - (int64_t)v->sign_n);
        carry = carry_of(t);
        hb_put_signed(c, DIV_CARRY + m, (int32_t)carry);
    }
}

static void div_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    division v = divide(insn->op, e->rs1, e->rs2);
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, DIV_RS1, insn->rs1, e->rs1, e->rs1_ts);
    hb_put(c, DIV_RS2, insn->rs2);
    hb_put_bytes(c, DIV_D, v.d);
    hb_put(c, DIV_D2, hb_limb(e->rs2, 2));
    hb_put(c, DIV_D3, hb_limb(e->rs2, 3));
    hb_put(c, DIV_RS2_TS, e->rs2_ts);
    put_rd(c, DIV_RD, insn, e);
    hb_put(c, DIV_SIGNED, v.is_signed);
    hb_put(c, DIV_UNSIGNED, !v.is_signed);
    hb_put(c, DIV_W, v.w);
    hb_put(c, DIV_REM, v.rem);
    hb_put_bytes(c, DIV_Q, v.q);
    hb_put_limbs(c, DIV_R, v.r);
    put_identity(c, &v);
    bool same = v.d != 0 && v.sign_d == v.sign_r, opposite = v.d != 0 && !same;
    hb_put_limbs(c, DIV_SLACK, same ? v.d - v.r : opposite ? v.d + v.r : 0);
    hb_put(c, DIV_SIGN_N, v.sign_n);
    hb_put(c, DIV_SIGN_D, v.sign_d);
    hb_put(c, DIV_SIGN_Q, v.sign_q);
    hb_put(c, DIV_SIGN_R, v.sign_r);
    hb_put(c, DIV_SAME, same);
    hb_put(c, DIV_OPPOSITE, opposite);
    hb_put(c, DIV_TOP_N, hb_limb(v.w ? e->rs1 << 32 : e->rs1, 3));
    hb_put(c, DIV_TOP_D, hb_limb(v.w ? e->rs2 << 32 : e->rs2, 3));
    uint64_t result = v.rem ? v.r : v.q;
    hb_put(c, DIV_R1, hb_limb(result, 1));
    hb_put(c, DIV_SIGN_W, v.w ? (uint32_t)(result >> 31) & 1 : 0);
}

HB_FILL_INSNS(mul, MUL, mul_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(div, DIV, div_row, hb_rv_event_reg, NULL)
