/* The base field F = Z/p, p = 2^31 - 2^27 + 1 = 0x78000001 ("BabyBear"). Scalar, freestanding, all inline, constant time but for pow.
 *
 *   type    | meaning                                             | range
 *   --------+-----------------------------------------------------+--------
 *   hb_f    | x * 2^32 mod p (Montgomery form), always            | [0, p)
 *   word    | canonical integer: transcript, proofs, codewords    | [0, p)
 *
 * p - 1 = 2^27 * 15; 31 generates the multiplicative group. Results are always reduced. Checked builds trap on operands out of range. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t hb_f;

#define HB_F_P 0x78000001u
#define HB_F_P_INV 0x88000001u /* p^-1 mod 2^32 */
#define HB_F_TWO_ADICITY 27u
#define HB_F_GENERATOR 31u

/* Montgomery form of an integer constant in [0, 2^32), as a constant expression. */
#define HB_F_CONST(x) ((hb_f)(((uint64_t)((x) % HB_F_P) << 32) % HB_F_P))

#define HB_F_ZERO ((hb_f)0)
#define HB_F_ONE ((hb_f)0x0ffffffeu)       /* 2^32 mod p */
#define HB_F_TWO ((hb_f)0x1ffffffcu)       /* 2^33 mod p */
#define HB_F_MINUS_ONE ((hb_f)0x68000003u) /* -2^32 mod p */
#define HB_F_HALF ((hb_f)0x07ffffffu)      /* 2^31 mod p */
#define HB_F_R2 0x45dddde3u                /* 2^64 mod p: montgomery(x, R2) = x * 2^32 */
#define HB_F_R3 0x12f37bfbu                /* 2^96 mod p */

#ifdef HB_CHECKED
#define HB_F_CHECK(x) ((x) < HB_F_P ? (void)0 : __builtin_trap())
#else
#define HB_F_CHECK(x) ((void)0)
#endif

/* t * 2^-32 mod p for t < p * 2^32 (P. Montgomery 1985, with p^-1 instead of -p^-1, so that a subtraction replaces the carry). */
static inline hb_f hb_f_reduce(uint64_t t)
{
    uint32_t q = (uint32_t)t * HB_F_P_INV;
    uint32_t h = (uint32_t)(t >> 32), g = (uint32_t)(((uint64_t)q * HB_F_P) >> 32);
    uint32_t r = h - g;
    return h < g ? r + HB_F_P : r;
}

/* As hb_f_reduce for any t: the high word is below 2^32 < 3p, so two subtractions bring it below p. */
static inline hb_f hb_f_reduce_any(uint64_t t)
{
    uint32_t h = (uint32_t)(t >> 32);
    h = h >= HB_F_P ? h - HB_F_P : h;
    h = h >= HB_F_P ? h - HB_F_P : h;
    return hb_f_reduce((uint64_t)h << 32 | (uint32_t)t);
}

static inline hb_f hb_f_add(hb_f a, hb_f b)
{
    HB_F_CHECK(a), HB_F_CHECK(b);
    uint32_t s = a + b; /* < 2p < 2^32 */
    return s >= HB_F_P ? s - HB_F_P : s;
}

static inline hb_f hb_f_sub(hb_f a, hb_f b)
{
    HB_F_CHECK(a), HB_F_CHECK(b);
    uint32_t d = a - b;
    return a < b ? d + HB_F_P : d;
}

static inline hb_f hb_f_neg(hb_f a)
{
    HB_F_CHECK(a);
    return a ? HB_F_P - a : 0;
}

static inline hb_f hb_f_double(hb_f a)
{
    return hb_f_add(a, a);
}

/* a / 2: an odd a becomes even by adding p. */
static inline hb_f hb_f_halve(hb_f a)
{
    HB_F_CHECK(a);
    return (a >> 1) + (a & 1 ? (HB_F_P + 1) / 2 : 0);
}

static inline hb_f hb_f_mul(hb_f a, hb_f b)
{
    HB_F_CHECK(a), HB_F_CHECK(b);
    return hb_f_reduce((uint64_t)a * b);
}

static inline hb_f hb_f_square(hb_f a)
{
    return hb_f_mul(a, a);
}

/* Any 32-bit integer, reduced mod p. */
static inline hb_f hb_f_from_u32(uint32_t x)
{
    return hb_f_reduce((uint64_t)x * HB_F_R2);
}

/* Any 64-bit integer, reduced mod p. */
static inline hb_f hb_f_from_u64(uint64_t x)
{
    return hb_f_add(hb_f_reduce((x & 0xffffffffu) * HB_F_R2), hb_f_reduce((x >> 32) * HB_F_R3));
}

/* The canonical integer in [0, p). */
static inline uint32_t hb_f_to_u32(hb_f a)
{
    HB_F_CHECK(a);
    return hb_f_reduce(a);
}

/* Whether a word that came from outside is the canonical form of a field element. */
static inline bool hb_f_is_canonical(uint32_t word)
{
    return word < HB_F_P;
}

/* a^e; 0^0 = 1. Time depends on e. */
static inline hb_f hb_f_pow(hb_f a, uint64_t e)
{
    hb_f r = HB_F_ONE;
    for (; e; e >>= 1) {
        if (e & 1)
            r = hb_f_mul(r, a);
        a = hb_f_square(a);
    }
    return r;
}

static inline hb_f hb_f_square_many(hb_f a, unsigned times)
{
    while (times--)
        a = hb_f_square(a);
    return a;
}

/* 1 / a = a^(p-2), and 0 for 0. p - 2 = 2^31 - 2^27 - 1 = binary 1110 followed by 27 ones = 15 * 2^27 - 1
 *       = 14 * 2^27 + (2^27 - 1); x_n below is a^(2^n - 1). */
static inline hb_f hb_f_inv(hb_f a)
{
    hb_f x2 = hb_f_mul(hb_f_square(a), a), x3 = hb_f_mul(hb_f_square(x2), a);
    hb_f x6 = hb_f_mul(hb_f_square_many(x3, 3), x3), x12 = hb_f_mul(hb_f_square_many(x6, 6), x6);
    hb_f x24 = hb_f_mul(hb_f_square_many(x12, 12), x12), x27 = hb_f_mul(hb_f_square_many(x24, 3), x3);
    return hb_f_mul(hb_f_square_many(hb_f_square(x3), 27), x27);
}

/* out[i] = 1 / in[i] with one inversion; zeros stay zero. scratch: n elements, apart from the others; out may be in. */
static inline void hb_f_inv_many(hb_f *out, const hb_f *in, size_t n, hb_f *scratch)
{
    hb_f all = HB_F_ONE;
    for (size_t i = 0; i < n; i++) {
        scratch[i] = all; /* product of the non-zero elements before i */
        all = in[i] ? hb_f_mul(all, in[i]) : all;
    }
    hb_f inv = hb_f_inv(all);
    for (size_t i = n; i-- > 0;) {
        hb_f x = in[i];
        out[i] = x ? hb_f_mul(inv, scratch[i]) : 0;
        inv = x ? hb_f_mul(inv, x) : inv;
    }
}

/* omega of order n = 2^n_log2, n_log2 <= 27: 31^((p-1)/n). Hence root(k)^2 = root(k-1). */
static inline hb_f hb_f_root(unsigned n_log2)
{
    return hb_f_square_many((hb_f)0x57fab6eeu /* 31^15 */, HB_F_TWO_ADICITY - n_log2);
}
