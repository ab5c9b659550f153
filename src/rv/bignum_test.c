/* Host integers: division against multiplication on limbs that provoke Knuth's corrections, small numbers against the machine's, roots against squares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rv/bignum.h"

static uint64_t rng = 42;

static uint32_t random32(void)
{
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(rng >> 32);
}

/* A number of at most `limbs` limbs, most of them extreme. */
static hb_big random_big(size_t limbs)
{
    static const uint32_t extreme[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    uint8_t bytes[512];
    size_t n = random32() % (limbs + 1);
    for (size_t i = 0; i < n; i++) {
        uint32_t v = random32() % 3 ? extreme[random32() % 6] : random32();
        memcpy(bytes + 4 * i, &v, 4);
    }
    return hb_big_from_le(bytes, 4 * n);
}

static void assert_equal(const hb_big *a, const hb_big *b)
{
    assert_int_equal(hb_big_compare(a, b), 0);
    assert_memory_equal(a, b, sizeof *a);
}

static void division_undoes_multiplication(void **state)
{
    (void)state;
    for (int k = 0; k < 20000; k++) {
        size_t limbs = k % 5 == 0 ? 64 : 5;
        hb_big b = random_big(limbs), q = random_big(limbs), r = random_big(limbs), q2, r2;
        if (hb_big_is_zero(&b))
            continue;
        if (hb_big_compare(&r, &b) >= 0)
            hb_big_divide(&r, &b, NULL, &r);
        assert_true(hb_big_compare(&r, &b) < 0);
        hb_big a = hb_big_mul(&q, &b);
        hb_big sum = hb_big_add(&a, &r);
        if (sum.n > 128)
            continue;
        hb_big_divide(&sum, &b, &q2, &r2);
        assert_equal(&q, &q2);
        assert_equal(&r, &r2);
        hb_big back = hb_big_sub(&sum, &r);
        assert_equal(&back, &a);
    }
}

static hb_big from_u64(uint64_t v)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)(v >> (56 - 8 * i));
    return hb_big_from_be(b, 8);
}

static uint64_t to_u64(const hb_big *a)
{
    uint8_t b[8];
    uint64_t v = 0;
    assert_true(hb_big_to_be(a, b, 8));
    for (int i = 0; i < 8; i++)
        v = v << 8 | b[i];
    return v;
}

static void small_numbers(void **state)
{
    (void)state;
    for (int k = 0; k < 2000; k++) {
        uint64_t a = (uint64_t)random32() << 32 | random32(), b = ((uint64_t)random32() << 32 | random32()) >> (random32() % 64), m = random32() | 1;
        hb_big x = from_u64(a), y = from_u64(b), z = from_u64(m), q, r;
        hb_big product = hb_big_mul_mod(&x, &y, &z);
        assert_int_equal(to_u64(&product), (unsigned __int128)a * b % m);
        if (b) {
            hb_big_divide(&x, &y, &q, &r);
            assert_int_equal(to_u64(&q), a / b);
            assert_int_equal(to_u64(&r), a % b);
        }
        hb_big half = hb_big_half(&x);
        assert_int_equal(to_u64(&half), a / 2);
        uint64_t e = b % 20, want = 1 % m;
        for (uint64_t i = 0; i < e; i++)
            want = (uint64_t)((unsigned __int128)want * a % m);
        y = from_u64(e);
        hb_big power = hb_big_pow_mod(&x, &y, &z);
        assert_int_equal(to_u64(&power), want);
    }
}

static void bytes_in_and_out(void **state)
{
    (void)state;
    uint8_t out[4];
    hb_big a = hb_big_from_be((const uint8_t *)"\0\0\1\2\3", 5);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.limb[0], 0x010203);
    assert_true(hb_big_to_be(&a, out, 4));
    assert_memory_equal(out, "\0\1\2\3", 4);
    assert_true(hb_big_to_le(&a, out, 3));
    assert_memory_equal(out, "\3\2\1", 3);
    assert_false(hb_big_to_be(&a, out, 2));
    a = hb_big_from_u32(0);
    assert_true(hb_big_is_zero(&a));
    assert_true(hb_big_to_be(&a, out, 0));
}

static void roots_of_all_residues(void **state)
{
    (void)state;
    static const struct {
        uint32_t p, non_residue;
    } primes[] = {{3, 2}, {7, 3}, {13, 2}, {17, 3}, {97, 5}, {193, 5}, {257, 3}, {7681, 17}};
    for (size_t k = 0; k < sizeof primes / sizeof *primes; k++) {
        uint32_t p = primes[k].p, squares = 0;
        hb_big m = hb_big_from_u32(p), z = hb_big_from_u32(primes[k].non_residue), root;
        for (uint32_t a = 0; a < p; a++) {
            hb_big v = hb_big_from_u32(a);
            if (!hb_big_sqrt_mod(&v, &m, &z, &root))
                continue;
            squares++;
            hb_big again = hb_big_mul_mod(&root, &root, &m);
            assert_equal(&again, &v);
        }
        assert_int_equal(squares, (p + 1) / 2);
    }
}

static void hostile_roots_end(void **state)
{
    (void)state;
    hb_big root;
    for (int k = 0; k < 300; k++) {
        hb_big p = random_big(8), z = random_big(8), a = random_big(8);
        if (hb_big_sqrt_mod(&a, &p, &z, &root)) { /* composite moduli, residues as "non-residues": an answer is right or is not given */
            hb_big again = hb_big_mul_mod(&root, &root, &p);
            assert_equal(&again, &a);
        }
    }
    hb_big one = hb_big_from_u32(1), zero = hb_big_from_u32(0), two = hb_big_from_u32(2);
    assert_false(hb_big_sqrt_mod(&zero, &one, &two, &root));
    assert_false(hb_big_sqrt_mod(&zero, &zero, &two, &root));
    assert_false(hb_big_sqrt_mod(&one, &two, &one, &root));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(division_undoes_multiplication), cmocka_unit_test(small_numbers),     cmocka_unit_test(bytes_in_and_out),
        cmocka_unit_test(roots_of_all_residues),          cmocka_unit_test(hostile_roots_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
