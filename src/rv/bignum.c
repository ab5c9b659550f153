#include "rv/bignum.h"

#include <string.h>

#include "base/check.h"

static void trim(hb_big *a)
{
    a->n = HB_BIG_LIMBS;
    while (a->n && !a->limb[a->n - 1])
        a->n--;
}

hb_big hb_big_from_le(const uint8_t *bytes, size_t len)
{
    hb_big a = {.n = 0};
    HB_ASSERT(len <= 512);
    for (size_t i = 0; i < len; i++)
        a.limb[i / 4] |= (uint32_t)bytes[i] << (i % 4 * 8);
    trim(&a);
    return a;
}

hb_big hb_big_from_be(const uint8_t *bytes, size_t len)
{
    hb_big a = {.n = 0};
    HB_ASSERT(len <= 512);
    for (size_t i = 0; i < len; i++)
        a.limb[i / 4] |= (uint32_t)bytes[len - 1 - i] << (i % 4 * 8);
    trim(&a);
    return a;
}

hb_big hb_big_from_u32(uint32_t v)
{
    return (hb_big){.limb = {v}, .n = v != 0};
}

static uint8_t byte_of(const hb_big *a, size_t i)
{
    return i / 4 < a->n ? (uint8_t)(a->limb[i / 4] >> (i % 4 * 8)) : 0;
}

bool hb_big_to_le(const hb_big *a, uint8_t *bytes, size_t len)
{
    for (size_t i = len; i < 4 * a->n; i++)
        if (byte_of(a, i))
            return false;
    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_of(a, i);
    return true;
}

bool hb_big_to_be(const hb_big *a, uint8_t *bytes, size_t len)
{
    if (!hb_big_to_le(a, bytes, len))
        return false;
    for (size_t i = 0; i < len / 2; i++) {
        uint8_t t = bytes[i];
        bytes[i] = bytes[len - 1 - i];
        bytes[len - 1 - i] = t;
    }
    return true;
}

int hb_big_compare(const hb_big *a, const hb_big *b)
{
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (size_t i = a->n; i-- > 0;)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

hb_big hb_big_add(const hb_big *a, const hb_big *b)
{
    hb_big r = {.n = 0};
    size_t n = a->n > b->n ? a->n : b->n;
    uint64_t carry = 0;
    HB_ASSERT(n < HB_BIG_LIMBS);
    for (size_t i = 0; i <= n; i++) {
        carry += (uint64_t)a->limb[i] + b->limb[i];
        r.limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    trim(&r);
    return r;
}

hb_big hb_big_sub(const hb_big *a, const hb_big *b)
{
    hb_big r = {.n = 0};
    uint64_t borrow = 0;
    HB_ASSERT(hb_big_compare(a, b) >= 0);
    for (size_t i = 0; i < a->n; i++) {
        uint64_t d = (uint64_t)a->limb[i] - b->limb[i] - borrow;
        r.limb[i] = (uint32_t)d;
        borrow = d >> 63;
    }
    trim(&r);
    return r;
}

hb_big hb_big_mul(const hb_big *a, const hb_big *b)
{
    hb_big r = {.n = 0};
    HB_ASSERT(a->n + b->n <= HB_BIG_LIMBS - 2);
    for (size_t i = 0; i < a->n; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < b->n; j++) {
            carry += (uint64_t)a->limb[i] * b->limb[j] + r.limb[i + j];
            r.limb[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        r.limb[i + b->n] = (uint32_t)carry;
    }
    trim(&r);
    return r;
}

hb_big hb_big_half(const hb_big *a)
{
    hb_big r = {.n = 0};
    for (size_t i = 0; i < a->n; i++)
        r.limb[i] = a->limb[i] >> 1 | (i + 1 < HB_BIG_LIMBS ? a->limb[i + 1] << 31 : 0);
    trim(&r);
    return r;
}

/* a << bits, bits < 32. */
static hb_big shift_left(const hb_big *a, unsigned bits)
{
    hb_big r = {.n = 0};
    uint64_t carry = 0;
    HB_ASSERT(a->n < HB_BIG_LIMBS);
    for (size_t i = 0; i <= a->n; i++) {
        carry |= (uint64_t)a->limb[i] << bits;
        r.limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    trim(&r);
    return r;
}

static hb_big shift_right(const hb_big *a, unsigned bits)
{
    hb_big r = {.n = 0};
    for (size_t i = 0; i < a->n; i++) {
        uint64_t two = a->limb[i] | (uint64_t)(i + 1 < HB_BIG_LIMBS ? a->limb[i + 1] : 0) << 32;
        r.limb[i] = (uint32_t)(two >> bits);
    }
    trim(&r);
    return r;
}

/* u[j .. j + v.n] -= q * v; returns whether it went negative (then u is 2^(32 (v.n + 1)) too large). */
static bool subtract_multiple(hb_big *u, size_t j, const hb_big *v, uint32_t q)
{
    uint64_t carry = 0, borrow = 0;
    for (size_t i = 0; i <= v->n; i++) {
        carry += i < v->n ? (uint64_t)q * v->limb[i] : 0;
        uint64_t d = (uint64_t)u->limb[j + i] - (uint32_t)carry - borrow;
        u->limb[j + i] = (uint32_t)d;
        borrow = d >> 63;
        carry >>= 32;
    }
    return borrow;
}

static void add_back(hb_big *u, size_t j, const hb_big *v)
{
    uint64_t carry = 0;
    for (size_t i = 0; i <= v->n; i++) {
        carry += (uint64_t)u->limb[j + i] + (i < v->n ? v->limb[i] : 0);
        u->limb[j + i] = (uint32_t)carry;
        carry >>= 32;
    }
}

void hb_big_divide(const hb_big *a, const hb_big *b, hb_big *quotient, hb_big *remainder)
{
    hb_big q = {.n = 0};
    HB_ASSERT(b->n > 0 && a->n < HB_BIG_LIMBS - 1);
    unsigned shift = (unsigned)__builtin_clz(b->limb[b->n - 1]);
    hb_big u = shift_left(a, shift), v = shift_left(b, shift);
    uint32_t top = v.limb[v.n - 1], second = v.n > 1 ? v.limb[v.n - 2] : 0;
    for (size_t j = a->n + 1 > v.n ? a->n + 1 - v.n : 0; j-- > 0;) {
        uint64_t two = (uint64_t)u.limb[j + v.n] << 32 | u.limb[j + v.n - 1];
        uint64_t guess = two / top, rest = two % top;
        uint32_t third = v.n > 1 ? u.limb[j + v.n - 2] : 0;
        while (guess >> 32 || guess * second > (rest << 32 | third)) {
            guess--;
            rest += top;
            if (rest >> 32)
                break;
        }
        if (subtract_multiple(&u, j, &v, (uint32_t)guess)) {
            guess--;
            add_back(&u, j, &v);
        }
        q.limb[j] = (uint32_t)guess;
    }
    trim(&q);
    trim(&u);
    if (quotient)
        *quotient = q;
    if (remainder)
        *remainder = shift_right(&u, shift);
}

hb_big hb_big_mul_mod(const hb_big *a, const hb_big *b, const hb_big *m)
{
    hb_big p = hb_big_mul(a, b), r;
    hb_big_divide(&p, m, NULL, &r);
    return r;
}

hb_big hb_big_pow_mod(const hb_big *a, const hb_big *e, const hb_big *m)
{
    hb_big base, one = hb_big_from_u32(1), r;
    hb_big_divide(a, m, NULL, &base);
    hb_big_divide(&one, m, NULL, &r);
    for (size_t bit = 32 * e->n; bit-- > 0;) {
        r = hb_big_mul_mod(&r, &r, m);
        if (e->limb[bit / 32] >> (bit % 32) & 1)
            r = hb_big_mul_mod(&r, &base, m);
    }
    return r;
}

/* The exponent k of the order 2^k of t, if below limit; else limit. */
static unsigned order_log2(const hb_big *t, const hb_big *p, unsigned limit)
{
    hb_big one = hb_big_from_u32(1), power = *t;
    unsigned k = 0;
    for (; k < limit && hb_big_compare(&power, &one) != 0; k++)
        power = hb_big_mul_mod(&power, &power, p);
    return k;
}

bool hb_big_sqrt_mod(const hb_big *a, const hb_big *p, const hb_big *non_residue, hb_big *root)
{
    hb_big one = hb_big_from_u32(1), check;
    if (hb_big_compare(p, &one) <= 0 || !hb_big_is_odd(p) || hb_big_compare(a, p) >= 0)
        return false;
    hb_big q = hb_big_sub(p, &one);
    unsigned s = 0; /* p - 1 = q 2^s */
    for (; !hb_big_is_odd(&q); s++)
        q = hb_big_half(&q);
    hb_big up = hb_big_add(&q, &one), half = hb_big_half(&up);
    hb_big r = hb_big_pow_mod(a, &half, p), t = hb_big_pow_mod(a, &q, p), c = hb_big_pow_mod(non_residue, &q, p);
    if (hb_big_is_zero(a)) {
        *root = *a;
        return true;
    }
    /* r^2 = a t; t has order 2^k with k < m, c has order 2^m: shrink t to 1. */
    for (unsigned m = s, k; (k = order_log2(&t, p, m)) > 0; m = k) {
        if (k == m)
            return false;
        for (unsigned i = k + 1; i < m; i++)
            c = hb_big_mul_mod(&c, &c, p);
        r = hb_big_mul_mod(&r, &c, p);
        c = hb_big_mul_mod(&c, &c, p);
        t = hb_big_mul_mod(&t, &c, p);
    }
    check = hb_big_mul_mod(&r, &r, p);
    *root = r;
    return hb_big_compare(&check, a) == 0;
}
