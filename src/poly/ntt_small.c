#include "poly/ntt_small.h"

/* Decimation in time after a bit-reversal permutation (Cooley and Tukey 1965). w: a root of order 2^n_log2. F and K differ in the element type only. */
#define HB_NTT_SMALL(name, type, add, sub, mul_f)                                                                       \
    static void name(type *a, unsigned n_log2, hb_f w)                                                                  \
    {                                                                                                                   \
        const size_t n = (size_t)1 << n_log2;                                                                           \
        for (size_t i = 1, r = 0; i < n; i++) { /* r = bitrev(i): add one from the top */                               \
            size_t bit = n >> 1;                                                                                        \
            for (; r & bit; bit >>= 1)                                                                                  \
                r ^= bit;                                                                                               \
            r ^= bit;                                                                                                   \
            if (i < r) {                                                                                                \
                type t = a[i];                                                                                          \
                a[i] = a[r];                                                                                            \
                a[r] = t;                                                                                               \
            }                                                                                                           \
        }                                                                                                               \
        for (unsigned level = 0; level < n_log2; level++) {                                                             \
            const size_t half = (size_t)1 << level;                                                                     \
            const hb_f step = hb_f_square_many(w, n_log2 - level - 1);                                                  \
            hb_f c = HB_F_ONE;                                                                                          \
            for (size_t j = 0; j < half; j++, c = hb_f_mul(c, step))                                                    \
                for (size_t i = j; i < n; i += 2 * half) {                                                              \
                    type x = a[i], y = mul_f(a[i + half], c);                                                           \
                    a[i] = add(x, y);                                                                                   \
                    a[i + half] = sub(x, y);                                                                            \
                }                                                                                                       \
        }                                                                                                               \
    }

HB_NTT_SMALL(transform_f, hb_f, hb_f_add, hb_f_sub, hb_f_mul)
HB_NTT_SMALL(transform_k, hb_k, hb_k_add, hb_k_sub, hb_k_mul_f)

/* 2^-n. */
static hb_f inverse_of_size(unsigned n_log2)
{
    return hb_f_pow(HB_F_HALF, n_log2);
}

void hb_ntt_small_forward(hb_f *a, unsigned n_log2)
{
    transform_f(a, n_log2, hb_f_root(n_log2));
}

void hb_ntt_small_inverse(hb_f *a, unsigned n_log2)
{
    const hb_f s = inverse_of_size(n_log2);
    transform_f(a, n_log2, hb_f_inv(hb_f_root(n_log2)));
    for (size_t i = 0; i < (size_t)1 << n_log2; i++)
        a[i] = hb_f_mul(a[i], s);
}

void hb_ntt_small_forward_k(hb_k *a, unsigned n_log2)
{
    transform_k(a, n_log2, hb_f_root(n_log2));
}

void hb_ntt_small_inverse_k(hb_k *a, unsigned n_log2)
{
    const hb_f s = inverse_of_size(n_log2);
    transform_k(a, n_log2, hb_f_inv(hb_f_root(n_log2)));
    for (size_t i = 0; i < (size_t)1 << n_log2; i++)
        a[i] = hb_k_mul_f(a[i], s);
}
