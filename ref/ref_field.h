/* The field and its extension, written for reading: numbers are plain integers below p, every product is reduced at once. Oracle of src/field. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REF_P UINT64_C(2013265921) /* 15 * 2^27 + 1 */

typedef struct ref_k {
    uint64_t c[5]; /* c[0] + c[1] X + .. + c[4] X^4, X^5 = 2 */
} ref_k;

uint64_t ref_f_pow(uint64_t a, uint64_t e);
uint64_t ref_f_inv(uint64_t a);
uint64_t ref_f_root(uint32_t log2_order); /* 31^((p-1)/2^log2_order) */

ref_k ref_k_of(uint64_t a);
ref_k ref_k_add(ref_k a, ref_k b);
ref_k ref_k_sub(ref_k a, ref_k b);
ref_k ref_k_mul(ref_k a, ref_k b);
ref_k ref_k_pow(ref_k a, uint64_t e);
ref_k ref_k_inv(ref_k a); /* a not 0 */
bool ref_k_eq(ref_k a, ref_k b);
bool ref_k_is_zero(ref_k a);

/* prod_i (r_i b_i + (1 - r_i)(1 - b_i)) over n coordinates, b_i the bits of b. */
ref_k ref_eq_bits(const ref_k *r, uint32_t n, uint64_t b);
/* prod_i (r_i s_i + (1 - r_i)(1 - s_i)). */
ref_k ref_eq(const ref_k *r, const ref_k *s, uint32_t n);
