/* Unsigned integers of up to 4096 bits, for the host's hooks: plain schoolbook arithmetic, no secrets, no claim to speed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_BIG_LIMBS 130 /* 32 bits each: a product of two 2048-bit numbers, and room for a shift in division */

typedef struct hb_big {
    uint32_t limb[HB_BIG_LIMBS]; /* little-endian; limbs from n on are 0 */
    size_t n;                    /* limbs in use; limb[n - 1] != 0; 0 is n = 0 */
} hb_big;

/* len at most 512 bytes (asserted). */
hb_big hb_big_from_be(const uint8_t *bytes, size_t len);
hb_big hb_big_from_le(const uint8_t *bytes, size_t len);
hb_big hb_big_from_u32(uint32_t v);

/* False when the number does not fit into len bytes. */
bool hb_big_to_be(const hb_big *a, uint8_t *bytes, size_t len);
bool hb_big_to_le(const hb_big *a, uint8_t *bytes, size_t len);

int hb_big_compare(const hb_big *a, const hb_big *b); /* -1, 0, 1 */
static inline bool hb_big_is_zero(const hb_big *a)
{
    return a->n == 0;
}
static inline bool hb_big_is_odd(const hb_big *a)
{
    return a->limb[0] & 1;
}

/* a + b below 2^4128 and a * b below 2^4096 (asserted); a - b for a >= b (asserted). */
hb_big hb_big_add(const hb_big *a, const hb_big *b);
hb_big hb_big_sub(const hb_big *a, const hb_big *b);
hb_big hb_big_mul(const hb_big *a, const hb_big *b);
hb_big hb_big_half(const hb_big *a); /* rounded down */

/* b != 0 (asserted). Knuth, TAOCP volume 2, algorithm 4.3.1 D. Either result pointer may be NULL. */
void hb_big_divide(const hb_big *a, const hb_big *b, hb_big *quotient, hb_big *remainder);

/* Modulo m != 0 below 2^2048. */
hb_big hb_big_mul_mod(const hb_big *a, const hb_big *b, const hb_big *m);
hb_big hb_big_pow_mod(const hb_big *a, const hb_big *e, const hb_big *m);

/* *root with root^2 = a modulo the odd prime p (a < p), given a non-residue of p: Tonelli and Shanks (H. Cohen, A Course in Computational Algebraic Number Theory,
 * 1.5.1). False when there is none; also, after bounded work, when p is no prime or the non-residue is none and no root was found. */
bool hb_big_sqrt_mod(const hb_big *a, const hb_big *p, const hb_big *non_residue, hb_big *root);
