#include "chips/move.h"

#include "chips/columns.h"
#include "rv/isa.h"

typedef struct row {
    hb_expr d, right, w, large, whole[4];
    hb_limbs e, h;
} row;

static row read_row(hb_air *a, uint32_t col)
{
    static const char *const labels[3] = {"whole 1", "whole 2", "whole 3"};
    row r = {
        .d = hb_air_col(a, col + MOVE_D), .right = hb_air_col(a, col + MOVE_RIGHT), .w = hb_air_col(a, col + MOVE_W), .large = hb_air_col(a, col + MOVE_LARGE),
        .e = hb_chips_limbs(a, col + MOVE_E), .h = hb_chips_limbs(a, col + MOVE_H),
    };
    hb_air_bool(a, "right", r.right);
    hb_air_bool(a, "w", r.w);
    for (uint32_t k = 1; k < 4; k++) {
        r.whole[k] = hb_air_col(a, col + MOVE_WHOLE1 + k - 1);
        hb_air_bool(a, labels[k - 1], r.whole[k]);
    }
    hb_expr any = hb_chips_total(a, r.whole + 1, 3);
    hb_air_bool(a, "one whole", any);
    r.whole[0] = hb_chips_not(a, any);
    return r;
}

static void split(hb_air *a, const row *r, const hb_limbs *x, hb_expr check)
{
    static const char *const labels[4] = {"split 0", "split 1", "split 2", "split 3"};
    hb_expr digits = hb_air_const(a, 0);
    for (uint32_t i = 4; i-- > 0;) {
        hb_expr limb = i < 2 ? x->v[i] : hb_air_mul(a, hb_chips_not(a, r->w), x->v[i]);
        hb_expr product = hb_chips_add_scaled(a, r->e.v[i], 65536, r->h.v[i]);
        hb_air_zero(a, labels[i], hb_air_sub(a, hb_air_mul(a, r->d, limb), product));
        hb_chips_rc16(a, r->e.v[i]);
        hb_chips_rc16(a, r->h.v[i]);
        digits = hb_air_add(a, hb_air_scale(a, 5, digits), r->e.v[i]);
    }
    hb_expr small = hb_air_scale(a, 64, hb_chips_total(a, r->h.v, 4));
    hb_air_zero(a, "check", hb_air_sub(a, hb_chips_mux(a, r->large, small, hb_air_scale_inv(a, 512, digits)), check));
    hb_chips_rc18(a, check);
}

/* L_i, 0 outside 0..4 */
static hb_expr product_limb(hb_air *a, const row *r, int i)
{
    hb_expr limb = hb_air_const(a, 0);
    if (i >= 0 && i < 4)
        limb = r->e.v[i];
    return i >= 1 && i <= 4 ? hb_air_add(a, limb, r->h.v[i - 1]) : limb;
}

hb_move hb_chips_move(hb_air *a, uint32_t col, const hb_limbs *x)
{
    row r = read_row(a, col);
    split(a, &r, x, hb_air_col(a, col + MOVE_CHECK));
    hb_move m;
    hb_expr k_sum = hb_air_const(a, 0);
    for (int j = 0; j < 4; j++) {
        hb_expr left = hb_air_const(a, 0), right = left;
        for (int k = 0; k < 4; k++) {
            left = hb_air_add(a, left, hb_air_mul(a, r.whole[k], product_limb(a, &r, j - k)));
            right = hb_air_add(a, right, hb_air_mul(a, r.whole[k], product_limb(a, &r, j + k + 1)));
        }
        m.result.v[j] = hb_chips_mux(a, r.right, left, right);
        hb_air_range16(a, m.result.v[j], "e + h with e a multiple of D, e <= 2^16 - D, h < D");
        k_sum = hb_chips_add_scaled(a, k_sum, j, r.whole[j]);
    }
    hb_expr op = hb_chips_add_scaled(a, hb_air_scale(a, HB_OP_SRLI - HB_OP_SLLI, r.right), HB_OP_SRLIW - HB_OP_SRLI, r.w);
    m.op = hb_chips_plus(a, op, HB_OP_SLLI);
    m.imm = (hb_limbs){{r.d, k_sum, r.large, hb_air_const(a, 1)}};
    return m;
}
