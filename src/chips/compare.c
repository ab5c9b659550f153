/* A marker names the highest limb where a and b differ, or any limb if they are equal there too and the limb is 0:
 *   - limbs above the marked one are equal ("equal 3" ..);
 *   - d = b - a at the marked limb; lt claims d >= 1, otherwise -d >= 1, or -d >= 0 when limb 0 is marked. Without the strictness a marked limb with
 *     d = 0 above limb 0 would decide nothing and prove a >= b of any lower limbs.
 * For signed numbers the top limbs are biased by 2^15 modulo 2^16, which the sign bits do: x_3 + 2^15 - 2^16 sign is that limb. Without is_signed
 * the same lookup forces the sign to 0. */
#include "chips/compare.h"

#include "chips/columns.h"

hb_expr hb_chips_less(hb_air *a, uint32_t block, const hb_limbs *x, const hb_limbs *y, hb_expr is_signed)
{
    hb_expr sign_a = hb_air_col(a, block + CMP_SIGN_A), sign_b = hb_air_col(a, block + CMP_SIGN_B), lt = hb_air_col(a, block + CMP_LT);
    hb_expr mark[4], d[4], one = hb_air_const(a, 1);
    for (uint32_t i = 0; i < 4; i++)
        d[i] = hb_air_sub(a, y->v[i], x->v[i]);
    d[3] = hb_chips_add_scaled(a, d[3], -65536, hb_air_sub(a, sign_b, sign_a));
    for (uint32_t i = 1; i < 4; i++)
        mark[i] = hb_air_col(a, block + CMP_MARK1 + i - 1);
    hb_expr above = hb_chips_total(a, mark + 1, 3);
    mark[0] = hb_air_sub(a, one, above);

    hb_air_bool(a, "sign a", sign_a);
    hb_air_bool(a, "sign b", sign_b);
    hb_chips_sign(a, x->v[3], is_signed, sign_a);
    hb_chips_sign(a, y->v[3], is_signed, sign_b);
    hb_air_bool(a, "mark 1", mark[1]);
    hb_air_bool(a, "mark 2", mark[2]);
    hb_air_bool(a, "mark 3", mark[3]);
    hb_air_bool(a, "one mark", above);
    hb_air_zero(a, "equal 3", hb_air_mul(a, hb_air_sub(a, one, mark[3]), d[3]));
    hb_air_zero(a, "equal 2", hb_air_mul(a, hb_air_sub(a, one, hb_air_add(a, mark[3], mark[2])), d[2]));
    hb_air_zero(a, "equal 1", hb_air_mul(a, mark[0], d[1]));

    hb_expr marked = hb_air_const(a, 0);
    for (uint32_t i = 0; i < 4; i++)
        marked = hb_air_add(a, marked, hb_air_mul(a, mark[i], d[i]));
    hb_expr if_less = hb_chips_plus(a, marked, -1), if_not = hb_air_sub(a, hb_air_scale(a, -1, marked), above);
    hb_expr difference = hb_air_col(a, block + CMP_DIFF);
    hb_air_bool(a, "less", lt);
    hb_air_zero(a, "difference", hb_air_sub(a, hb_chips_mux(a, lt, if_not, if_less), difference));
    hb_chips_rc16(a, difference);
    return lt;
}
