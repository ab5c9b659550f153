#include "chips/gadgets.h"

#include "chips/columns.h"

/* --- values ------------------------------------------------------------------------------------------------------------------------ */
hb_limbs hb_chips_limbs(hb_air *a, uint32_t col)
{
    hb_limbs x;
    for (uint32_t i = 0; i < 4; i++)
        x.v[i] = hb_air_col(a, col + i);
    return x;
}

hb_limbs hb_chips_low_limbs(hb_air *a, uint32_t col)
{
    hb_expr zero = hb_air_const(a, 0);
    return (hb_limbs){{hb_air_col(a, col), hb_air_col(a, col + 1), zero, zero}};
}

hb_limbs hb_chips_byte_limbs(hb_air *a, uint32_t col)
{
    hb_limbs x;
    for (uint32_t i = 0; i < 4; i++)
        x.v[i] = hb_chips_byte_pair(a, hb_air_col(a, col + 2 * i), hb_air_col(a, col + 2 * i + 1));
    return x;
}

hb_limbs hb_chips_constant(hb_air *a, uint64_t value)
{
    hb_limbs x;
    for (uint32_t i = 0; i < 4; i++)
        x.v[i] = hb_air_const(a, (int64_t)(value >> 16 * i & 0xffff));
    return x;
}

hb_limbs hb_chips_sign_extended(hb_air *a, hb_expr low, hb_expr sign)
{
    hb_expr upper = hb_air_scale(a, 65535, sign);
    return (hb_limbs){{low, upper, upper, upper}};
}

hb_limbs hb_chips_scaled(hb_air *a, hb_expr factor, const hb_limbs *x)
{
    hb_limbs y;
    for (uint32_t i = 0; i < 4; i++)
        y.v[i] = hb_air_mul(a, factor, x->v[i]);
    return y;
}

hb_expr hb_chips_plus(hb_air *a, hb_expr x, int64_t c)
{
    return hb_air_add(a, x, hb_air_const(a, c));
}

hb_expr hb_chips_not(hb_air *a, hb_expr x)
{
    return hb_air_sub(a, hb_air_const(a, 1), x);
}

hb_expr hb_chips_mux(hb_air *a, hb_expr flag, hb_expr off, hb_expr on)
{
    return hb_air_add(a, off, hb_air_mul(a, flag, hb_air_sub(a, on, off)));
}

hb_expr hb_chips_total(hb_air *a, const hb_expr *x, uint32_t n)
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t i = 0; i < n; i++)
        sum = hb_air_add(a, sum, x[i]);
    return sum;
}

hb_expr hb_chips_add_scaled(hb_air *a, hb_expr x, int64_t c, hb_expr y)
{
    return hb_air_add(a, x, hb_air_scale(a, c, y));
}

hb_expr hb_chips_byte_pair(hb_air *a, hb_expr lo, hb_expr hi)
{
    return hb_chips_add_scaled(a, lo, 256, hi);
}

/* --- lookups ----------------------------------------------------------------------------------------------------------------------- */
void hb_chips_rc16(hb_air *a, hb_expr x)
{
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &x, 1);
}

void hb_chips_rc18(hb_air *a, hb_expr x)
{
    hb_air_lookup(a, HB_BUS_RC18, HB_ALWAYS, &x, 1);
}

void hb_chips_rc16_integer(hb_air *a, hb_expr x)
{
    hb_chips_rc18(a, hb_air_scale(a, 4, x));
}

void hb_chips_bytes(hb_air *a, hb_expr x, hb_expr y)
{
    const hb_expr pair[2] = {x, y};
    hb_air_lookup(a, HB_BUS_BYTES, HB_ALWAYS, pair, 2);
}

void hb_chips_rc16_limbs(hb_air *a, const hb_limbs *x)
{
    for (uint32_t i = 0; i < 4; i++)
        hb_chips_rc16(a, x->v[i]);
}

void hb_chips_sign(hb_air *a, hb_expr x, hb_expr signed_flag, hb_expr sign)
{
    hb_expr biased = hb_chips_add_scaled(a, x, 32768, signed_flag);
    hb_chips_rc16(a, hb_chips_add_scaled(a, biased, -65536, sign));
}

/* --- machine ----------------------------------------------------------------------------------------------------------------------- */
void hb_chips_state(hb_air *a, hb_expr pc, hb_expr ts, hb_expr next, uint32_t inc)
{
    const hb_expr before[2] = {pc, ts}, after[2] = {next, hb_chips_plus(a, ts, inc)};
    hb_air_consume(a, HB_BUS_STATE, HB_ALWAYS, before, 2);
    hb_air_produce(a, HB_BUS_STATE, HB_ALWAYS, after, 2);
}

void hb_chips_prog(hb_air *a, hb_expr pc, hb_expr op, hb_expr rd, hb_expr rs1, hb_expr rs2, const hb_limbs *imm)
{
    const hb_expr tuple[9] = {pc, op, rd, rs1, rs2, imm->v[0], imm->v[1], imm->v[2], imm->v[3]};
    hb_air_lookup(a, HB_BUS_PROG, HB_ALWAYS, tuple, 9);
}

hb_cell_key hb_chips_register(hb_air *a, hb_expr index)
{
    return (hb_cell_key){hb_air_const(a, HB_SPACE_REG), index};
}

void hb_chips_access(hb_air *a, hb_expr flag, hb_cell_key cell, const hb_limbs *before, hb_expr ts_prev, const hb_limbs *after, hb_expr now)
{
    const hb_expr old[7] = {cell.hi, cell.lo, before->v[0], before->v[1], before->v[2], before->v[3], ts_prev};
    const hb_expr new[7] = {cell.hi, cell.lo, after->v[0], after->v[1], after->v[2], after->v[3], now};
    hb_air_consume(a, HB_BUS_MEM, flag, old, 7);
    hb_air_produce(a, HB_BUS_MEM, flag, new, 7);
    hb_chips_rc18(a, hb_chips_plus(a, hb_air_sub(a, now, ts_prev), -1));
}

void hb_chips_rs1(hb_air *a, hb_expr ts, hb_expr index, const hb_limbs *value, hb_expr ts_prev)
{
    hb_chips_access(a, HB_ALWAYS, hb_chips_register(a, index), value, ts_prev, value, hb_chips_plus(a, ts, HB_SLOT_RS1));
}

void hb_chips_rs2(hb_air *a, hb_expr flag, hb_expr ts, hb_expr index, const hb_limbs *value, hb_expr ts_prev)
{
    hb_chips_access(a, flag, hb_chips_register(a, index), value, ts_prev, value, hb_chips_plus(a, ts, HB_SLOT_RS2));
}

void hb_chips_rd(hb_air *a, hb_expr ts, hb_expr index, const hb_limbs *before, hb_expr ts_prev, const hb_limbs *after)
{
    hb_chips_access(a, HB_ALWAYS, hb_chips_register(a, index), before, ts_prev, after, hb_chips_plus(a, ts, HB_SLOT_RD));
}

/* A sum of three limbs in range and a carry lies in (-2^16, 2^17), so "carry boolean" in F is "carry boolean" in integers. */
static void add64(hb_air *a, const char *const labels[4], const hb_limbs *x, const hb_limbs *y, const hb_limbs *z)
{
    hb_expr carry = hb_air_const(a, 0);
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr sum = hb_air_add(a, hb_air_add(a, x->v[i], y->v[i]), carry);
        carry = hb_air_scale_inv(a, 65536, hb_air_sub(a, sum, z->v[i]));
        hb_air_bool(a, labels[i], carry);
    }
}

void hb_chips_add64(hb_air *a, const hb_limbs *x, const hb_limbs *y, const hb_limbs *z)
{
    static const char *const labels[4] = {"carry 0", "carry 1", "carry 2", "carry 3"};
    add64(a, labels, x, y, z);
}

hb_cell_key hb_chips_ram(hb_air *a, const hb_limbs *base, const hb_limbs *imm, hb_expr low3, hb_expr q, hb_expr t1, hb_expr l2)
{
    static const char *const labels[4] = {"address carry 0", "address carry 1", "address carry 2", "address carry 3"};
    const hb_limbs address = {{hb_chips_add_scaled(a, low3, 8, q), t1, l2, hb_air_const(a, 0)}};
    add64(a, labels, base, imm, &address);
    hb_chips_rc16(a, q); /* 8 q alone admits q = 1/8; q in range makes 8 q an integer below 2^19 */
    hb_chips_rc16(a, hb_air_scale(a, 8, q));
    hb_chips_rc16(a, t1);
    hb_chips_rc16(a, l2);
    hb_chips_rc16(a, hb_air_scale(a, 2048, l2));
    return (hb_cell_key){hb_chips_plus(a, l2, HB_SPACE_RAM), hb_chips_add_scaled(a, q, 8192, t1)};
}

hb_cell_key hb_chips_near(hb_air *a, hb_expr x0, hb_expr x1, hb_expr imm0, hb_expr sign, hb_expr low3)
{
    hb_expr q = hb_air_scale_inv(a, 8, hb_air_sub(a, hb_air_add(a, x0, imm0), low3));
    hb_chips_rc16(a, q);
    return (hb_cell_key){hb_air_const(a, HB_SPACE_RAM), hb_chips_add_scaled(a, q, 8192, hb_air_sub(a, x1, sign))};
}

hb_near hb_chips_near_begin(hb_air *a)
{
    return (hb_near){hb_air_col(a, COL_PC), hb_air_col(a, COL_TS), hb_chips_limbs(a, NEAR_M)};
}

void hb_chips_near_end(hb_air *a, const hb_near *n, hb_expr op, hb_expr rd, hb_expr rs2, hb_expr low3, const hb_limbs *after)
{
    hb_expr rs1 = hb_air_col(a, NEAR_RS1);
    hb_limbs x = hb_chips_low_limbs(a, NEAR_A), imm = hb_chips_sign_extended(a, hb_air_col(a, NEAR_IMM), hb_air_col(a, NEAR_IMM_SIGN));
    hb_chips_state(a, n->pc, n->ts, hb_chips_plus(a, n->pc, 1), HB_TS_INC);
    hb_chips_prog(a, n->pc, op, rd, rs1, rs2, &imm);
    hb_chips_rs1(a, n->ts, rs1, &x, hb_air_col(a, NEAR_RS1_TS));
    hb_cell_key cell = hb_chips_near(a, x.v[0], x.v[1], imm.v[0], hb_air_col(a, NEAR_IMM_SIGN), low3);
    hb_chips_access(a, HB_ALWAYS, cell, &n->m, hb_air_col(a, NEAR_M_TS), after, hb_chips_plus(a, n->ts, HB_SLOT_MEM));
}
