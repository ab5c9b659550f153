#include "air/structured.h"

/* L_i(r) = w^i (r^16 - 1) / (16 (r - w^i)), w = omega_16: the derivative of Z^16 - 1 at w^i is 16 w^(-i). */
bool hb_row_point_set_z(hb_row_point *p, hb_k r0)
{
    hb_k r16 = r0, differences[HB_SKIP], scratch[HB_SKIP];
    hb_f w = hb_f_root(4), wi = HB_F_ONE;
    for (int i = 0; i < 4; i++)
        r16 = hb_k_square(r16);
    hb_k vanishing = hb_k_sub_f(r16, HB_F_ONE);
    if (hb_k_is_zero(vanishing))
        return false;
    for (uint32_t i = 0; i < HB_SKIP; i++, wi = hb_f_mul(wi, w))
        differences[i] = hb_k_sub_f(r0, wi);
    hb_k_inv_many(differences, differences, HB_SKIP, scratch);
    hb_k factor = hb_k_mul_f(vanishing, hb_f_inv(HB_F_CONST(16)));
    wi = HB_F_ONE;
    for (uint32_t i = 0; i < HB_SKIP; i++, wi = hb_f_mul(wi, w))
        p->lagrange[i] = hb_k_mul(hb_k_mul_f(factor, wi), differences[i]);
    for (uint32_t b = 0; b < 4; b++) {
        p->zb[b] = hb_k_zero();
        for (uint32_t z = 0; z < HB_SKIP; z++)
            if (z >> b & 1)
                p->zb[b] = hb_k_add(p->zb[b], p->lagrange[z]);
    }
    return true;
}

hb_f hb_structured_row(hb_structured s, uint32_t row, const hb_air_publics *publics)
{
    uint32_t a = row & 255, b = row >> 8 & 255;
    switch (s) {
    case HB_ST_INDEX: return hb_f_from_u32(row);
    case HB_ST_BYTE_A: return hb_f_from_u32(a);
    case HB_ST_BYTE_B: return hb_f_from_u32(b);
    case HB_ST_BYTE_AND: return hb_f_from_u32(a & b);
    case HB_ST_PV_SEL: return row < HB_PUBLIC_WORDS ? HB_F_ONE : HB_F_ZERO;
    case HB_ST_PV_LO: return row < HB_PUBLIC_WORDS ? publics->pv_lo[row] : HB_F_ZERO;
    case HB_ST_PV_HI: return row < HB_PUBLIC_WORDS ? publics->pv_hi[row] : HB_F_ZERO;
    case HB_ST_COUNT: break;
    }
    return HB_F_ZERO;
}

static hb_k u_coordinate(const hb_row_point *p, uint32_t i)
{
    return i < p->n_u ? p->ru[i] : hb_k_zero();
}

/* Bit i of BYTE_B: four from z, four from u. */
static hb_k b_bit(const hb_row_point *p, uint32_t i)
{
    return i < 4 ? p->zb[i] : u_coordinate(p, i - 4);
}

static hb_k index_at(const hb_row_point *p)
{
    hb_k s = hb_k_zero();
    for (uint32_t i = p->n_u; i-- > 0;)
        s = hb_k_add(hb_k_double(s), p->ru[i]);
    for (uint32_t i = 4; i-- > 0;)
        s = hb_k_add(hb_k_double(s), p->zb[i]);
    for (uint32_t i = HB_Y_BITS; i-- > 0;)
        s = hb_k_add(hb_k_double(s), p->ry[i]);
    return s;
}

static hb_k byte_at(const hb_row_point *p, hb_structured s)
{
    hb_k sum = hb_k_zero();
    for (uint32_t i = 8; i-- > 0;) {
        hb_k bit = s == HB_ST_BYTE_A ? p->ry[i] : s == HB_ST_BYTE_B ? b_bit(p, i) : hb_k_mul(p->ry[i], b_bit(p, i));
        sum = hb_k_add(hb_k_double(sum), bit);
    }
    return sum;
}

hb_k hb_eq_bits(const hb_k *r, uint32_t bits, uint64_t b)
{
    hb_k e = hb_k_one();
    for (uint32_t i = 0; i < bits; i++)
        e = hb_k_mul(e, hb_eq_bit(r[i], b >> i & 1));
    return e;
}

/* The public rows 0..16 lie in z = 0, u = 0. */
static hb_k public_at(const hb_row_point *p, hb_structured s, const hb_air_publics *publics)
{
    hb_k sum = hb_k_zero();
    for (uint32_t k = 0; k < HB_PUBLIC_WORDS; k++)
        sum = hb_k_add(sum, hb_k_mul_f(hb_eq_bits(p->ry, HB_Y_BITS, k), hb_structured_row(s, k, publics)));
    return hb_k_mul(hb_k_mul(p->lagrange[0], hb_eq_bits(p->ru, p->n_u, 0)), sum);
}

hb_k hb_structured_at(hb_structured s, const hb_row_point *p, const hb_air_publics *publics)
{
    switch (s) {
    case HB_ST_INDEX: return index_at(p);
    case HB_ST_BYTE_A:
    case HB_ST_BYTE_B:
    case HB_ST_BYTE_AND: return byte_at(p, s);
    case HB_ST_PV_SEL:
    case HB_ST_PV_LO:
    case HB_ST_PV_HI: return public_at(p, s, publics);
    case HB_ST_COUNT: break;
    }
    return hb_k_zero();
}

/* lt_i = [x mod 2^i < n mod 2^i], from the low bit up: a higher bit of x below n's decides, an equal one keeps the answer. */
hb_k hb_less_than_at(uint32_t n, const hb_k *r, uint32_t bits)
{
    if (bits < 32 && n >= 1u << bits)
        return hb_k_one();
    hb_k lt = hb_k_zero();
    for (uint32_t i = 0; i < bits; i++) {
        hb_k below = hb_k_sub(hb_k_one(), r[i]);
        lt = n >> i & 1 ? hb_k_add(below, hb_k_mul(lt, r[i])) : hb_k_mul(lt, below);
    }
    return lt;
}

hb_k hb_mask_at(uint32_t n, const hb_row_point *p)
{
    uint32_t yn = n & 255, zn = n >> 8 & 15, un = n >> 12;
    if (un >> p->n_u)
        return hb_k_one();
    hb_k inside = hb_k_mul(p->lagrange[zn], hb_less_than_at(yn, p->ry, HB_Y_BITS));
    for (uint32_t z = 0; z < zn; z++)
        inside = hb_k_add(inside, p->lagrange[z]);
    return hb_k_add(hb_less_than_at(un, p->ru, p->n_u), hb_k_mul(hb_eq_bits(p->ru, p->n_u, un), inside));
}
