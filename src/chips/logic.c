#include "chips/logic.h"

hb_logic hb_chips_logic(hb_air *a, uint32_t or, uint32_t xor)
{
    hb_logic l = {hb_air_col(a, or), hb_air_col(a, xor)};
    hb_air_bool(a, "or", l.or);
    hb_air_bool(a, "xor", l.xor);
    hb_air_zero(a, "one operation", hb_air_mul(a, l.or, l.xor));
    return l;
}

hb_expr hb_chips_logic_op(hb_air *a, const hb_logic *l, int64_t and_op, int64_t or_op, int64_t xor_op)
{
    hb_expr op = hb_chips_add_scaled(a, hb_air_scale(a, or_op - and_op, l->or), xor_op - and_op, l->xor);
    return hb_chips_plus(a, op, and_op);
}

hb_limbs hb_chips_logic_result(hb_air *a, const hb_logic *l, const hb_limbs *x, const hb_limbs *y, const hb_limbs *n)
{
    hb_limbs r;
    hb_expr or_xor = hb_air_add(a, l->or, l->xor);
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr joined = hb_chips_mux(a, or_xor, n->v[i], hb_air_sub(a, hb_air_add(a, x->v[i], y->v[i]), n->v[i]));
        r.v[i] = hb_air_sub(a, joined, hb_air_mul(a, l->xor, n->v[i]));
        hb_air_range16(a, r.v[i], "AND, OR or XOR of numbers below 2^16");
    }
    return r;
}

void hb_chips_and_bytes(hb_air *a, uint32_t x, uint32_t y, uint32_t n, uint32_t count)
{
    for (uint32_t j = 0; j < count; j++) {
        const hb_expr tuple[3] = {hb_air_col(a, x + j), hb_air_col(a, y + j), hb_air_col(a, n + j)};
        hb_air_lookup(a, HB_BUS_AND, HB_ALWAYS, tuple, 3);
    }
}
