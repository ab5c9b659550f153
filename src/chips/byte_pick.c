#include "chips/byte_pick.h"

hb_byte_pick hb_chips_byte_pick(hb_air *a, uint32_t col, const hb_limbs *m)
{
    static const char *const labels[3] = {"limb 1", "limb 2", "limb 3"};
    hb_byte_pick p = {.odd = hb_air_col(a, col + 3)};
    hb_air_bool(a, "odd", p.odd);
    p.low3 = p.odd;
    for (uint32_t k = 1; k < 4; k++) {
        p.limb[k] = hb_air_col(a, col + k - 1);
        hb_air_bool(a, labels[k - 1], p.limb[k]);
        p.low3 = hb_chips_add_scaled(a, p.low3, 2 * k, p.limb[k]);
    }
    hb_expr any = hb_chips_total(a, p.limb + 1, 3);
    hb_air_bool(a, "one limb", any);
    p.limb[0] = hb_chips_not(a, any);
    p.value = hb_air_const(a, 0);
    for (uint32_t k = 0; k < 4; k++)
        p.value = hb_air_add(a, p.value, hb_air_mul(a, p.limb[k], m->v[k]));
    return p;
}

void hb_chips_byte_split(hb_air *a, const hb_byte_pick *p, hb_expr picked, hb_expr other)
{
    hb_expr split = hb_chips_mux(a, p->odd, hb_chips_byte_pair(a, picked, other), hb_chips_byte_pair(a, other, picked));
    hb_air_zero(a, "split", hb_air_sub(a, p->value, split));
    hb_chips_bytes(a, picked, other);
}
