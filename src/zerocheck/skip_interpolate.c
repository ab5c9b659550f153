/* From values on cosets of D to coefficients. On the coset of shift s, P agrees with its remainder mod Z^16 - s^16; the remainders' coefficients of
 * Z^m are R_q[m] = sum_k P[16 k + m] a_q^k with a_q = s_q^16 = 1, -1, i, -i, i = omega_4: a small Vandermonde system for each m. */
#include "zerocheck/skip.h"

static hb_f shift_of(uint32_t q)
{
    hb_f w64 = hb_f_root(6);
    return q == 0 ? HB_F_ONE : hb_f_pow(w64, q == 1 ? 2 : q == 2 ? 1 : 3);
}

static uint32_t reverse4(uint32_t m)
{
    return (m & 1) << 3 | (m & 2) << 1 | (m & 4) >> 1 | m >> 3;
}

static void put(hb_f out[2], hb_f w)
{
    out[0] = w;
    out[1] = w * HB_F_P_INV;
}

hb_skip_constants hb_skip_constants_init(void)
{
    hb_skip_constants k;
    hb_f w = hb_f_root(4), n = hb_f_inv(HB_F_CONST(16));
    for (uint32_t j = 0; j < 8; j++) {
        put(k.forward[j], hb_f_pow(w, j));
        put(k.inverse[j], hb_f_inv(hb_f_pow(w, j)));
    }
    for (uint32_t q = 0; q < HB_SKIP_COSETS; q++)
        for (uint32_t m = 0; m < 16; m++)
            put(k.shift[q][reverse4(m)], hb_f_mul(n, hb_f_pow(shift_of(q), m)));
    return k;
}

/* R[m] = s^-m / 16 sum_z v[z] omega^(-m z). */
static void remainder_of(const hb_k v[HB_SKIP], uint32_t q, hb_k r[HB_SKIP])
{
    hb_f back = hb_f_inv(hb_f_root(4)), unshift = hb_f_inv(shift_of(q)), factor = hb_f_inv(HB_F_CONST(16));
    for (uint32_t m = 0; m < HB_SKIP; m++) {
        hb_f step = hb_f_pow(back, m), w = factor;
        r[m] = hb_k_zero();
        for (uint32_t z = 0; z < HB_SKIP; z++, w = hb_f_mul(w, step))
            r[m] = hb_k_add(r[m], hb_k_mul_f(v[z], w));
        factor = hb_f_mul(factor, unshift);
    }
}

static hb_k half_sum(hb_k a, hb_k b)
{
    return hb_k_mul_f(hb_k_add(a, b), HB_F_HALF);
}

static hb_k half_difference(hb_k a, hb_k b)
{
    return hb_k_mul_f(hb_k_sub(a, b), HB_F_HALF);
}

void hb_skip_interpolate(hb_k (*v)[HB_SKIP], uint32_t n, hb_k *p)
{
    hb_k r[HB_SKIP_COSETS][HB_SKIP];
    hb_f i = hb_f_root(2), minus_i = hb_f_neg(i);
    for (uint32_t q = 0; q < n; q++)
        remainder_of(v[q], q, r[q]);
    for (uint32_t m = 0; m < HB_SKIP; m++) {
        if (n == 1) {
            p[m] = r[0][m];
            continue;
        }
        hb_k even = half_sum(r[0][m], r[1][m]), odd = half_difference(r[0][m], r[1][m]); /* P0 + P2, P1 + P3 */
        if (n == 2) {
            p[m] = even, p[16 + m] = odd;
        } else if (n == 3) { /* at i: P0 - P2 + i P1 */
            hb_k d = hb_k_sub(r[2][m], hb_k_mul_f(odd, i));
            p[m] = half_sum(even, d), p[16 + m] = odd, p[32 + m] = half_difference(even, d);
        } else { /* at +-i: (P0 - P2) +- i (P1 - P3) */
            hb_k d = half_sum(r[2][m], r[3][m]), e = hb_k_mul_f(half_difference(r[2][m], r[3][m]), minus_i);
            p[m] = half_sum(even, d), p[32 + m] = half_difference(even, d);
            p[16 + m] = half_sum(odd, e), p[48 + m] = half_difference(odd, e);
        }
    }
}
