#include "chips/product.h"

#include "chips/gadgets.h"

/* sum of x_i y_j over i + j = k, 0 <= i, j < 8 */
static hb_expr diagonal(hb_air *a, uint32_t x, uint32_t y, uint32_t k)
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t i = k < 8 ? 0 : k - 7; i < 8 && i <= k; i++)
        sum = hb_air_add(a, sum, hb_air_mul(a, hb_air_col(a, x + i), hb_air_col(a, y + k - i)));
    return sum;
}

hb_expr hb_chips_byte_products(hb_air *a, uint32_t x, uint32_t y, uint32_t m)
{
    return hb_chips_byte_pair(a, diagonal(a, x, y, 2 * m), diagonal(a, x, y, 2 * m + 1));
}

void hb_chips_show_carries(hb_air *a, const hb_expr carry[8])
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t m = 0; m < 8; m++) {
        hb_expr biased = hb_chips_plus(a, carry[m], HB_CARRY_BIAS);
        hb_chips_rc16(a, biased);
        sum = hb_air_add(a, sum, biased);
    }
    hb_chips_rc16(a, hb_air_scale(a, 4, sum));
}

void hb_chips_show_bytes(hb_air *a, uint32_t col, uint32_t n)
{
    for (uint32_t j = 0; j < n; j += 2)
        hb_chips_bytes(a, hb_air_col(a, col + j), hb_air_col(a, col + j + 1));
}
