/* Scalar F and K against integers computed elsewhere, and against the laws they must obey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "field/field_vectors.h"
#include "field/kpack.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static uint64_t seed = 11;

static uint32_t random32(void)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 32);
}

static void f_against_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(f_vectors); i++) {
        const struct f_vector *v = &f_vectors[i];
        hb_f a = hb_f_from_u32(v->a), b = hb_f_from_u32(v->b);
        assert_int_equal(hb_f_to_u32(a), v->a);
        assert_int_equal(hb_f_to_u32(hb_f_add(a, b)), v->sum);
        assert_int_equal(hb_f_to_u32(hb_f_sub(a, b)), v->difference);
        assert_int_equal(hb_f_to_u32(hb_f_mul(a, b)), v->product);
        assert_int_equal(hb_f_to_u32(hb_f_inv(a)), v->inverse_of_a);
        assert_int_equal(hb_f_to_u32(hb_f_pow(a, v->b)), v->a_to_b);
        assert_int_equal(hb_f_to_u32(hb_f_neg(a)), v->a ? HB_F_P - v->a : 0);
        assert_int_equal(hb_f_double(a), hb_f_add(a, a));
        assert_int_equal(hb_f_square(a), hb_f_mul(a, a));
        assert_int_equal(hb_f_double(hb_f_halve(a)), a);
    }
}

static void f_constants(void **state)
{
    (void)state;
    assert_int_equal(hb_f_to_u32(HB_F_ONE), 1);
    assert_int_equal(hb_f_to_u32(HB_F_TWO), 2);
    assert_int_equal(hb_f_to_u32(HB_F_MINUS_ONE), HB_F_P - 1);
    assert_int_equal(hb_f_double(HB_F_HALF), HB_F_ONE);
    assert_int_equal(HB_F_CONST(123456789), hb_f_from_u32(123456789));
    assert_int_equal(HB_F_CONST(UINT32_MAX), hb_f_from_u32(UINT32_MAX));
    assert_int_equal((uint32_t)(HB_F_P * HB_F_P_INV), 1);
}

static void f_conversions(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint32_t w = i == 0 ? UINT32_MAX : i == 1 ? HB_F_P : random32();
        uint64_t d = i == 0 ? UINT64_MAX : (uint64_t)random32() << 32 | random32();
        assert_int_equal(hb_f_to_u32(hb_f_from_u32(w)), w % HB_F_P);
        assert_int_equal(hb_f_to_u32(hb_f_from_u64(d)), d % HB_F_P);
        assert_int_equal(hb_f_reduce_any(d), hb_f_mul((hb_f)(d % HB_F_P), 1)); /* d 2^-32 */
    }
    assert_true(hb_f_is_canonical(0) && hb_f_is_canonical(HB_F_P - 1) && !hb_f_is_canonical(HB_F_P) && !hb_f_is_canonical(UINT32_MAX));
}

/* Orders are exact: root(k)^(2^(k-1)) = -1. */
static void f_roots(void **state)
{
    (void)state;
    assert_int_equal(hb_f_root(0), HB_F_ONE);
    for (unsigned k = 1; k <= HB_F_TWO_ADICITY; k++) {
        assert_int_equal(hb_f_pow(hb_f_root(k), UINT64_C(1) << (k - 1)), HB_F_MINUS_ONE);
        assert_int_equal(hb_f_square(hb_f_root(k)), hb_f_root(k - 1));
        assert_int_equal(hb_f_root(k), hb_f_pow(HB_F_CONST(HB_F_GENERATOR), (HB_F_P - 1) >> k));
    }
    /* 31 generates: no power (p-1)/q for q = 2, 3, 5 is 1 */
    for (uint32_t q = 2; q <= 5; q += q == 2 ? 1 : 2)
        assert_int_not_equal(hb_f_pow(HB_F_CONST(HB_F_GENERATOR), (HB_F_P - 1) / q), HB_F_ONE);
}

static void f_inverses(void **state)
{
    (void)state;
    hb_f x[50], y[50], scratch[50];
    for (int i = 0; i < 50; i++)
        x[i] = i % 7 == 3 ? 0 : hb_f_from_u32(random32());
    for (size_t n = 0; n <= 50; n += 10) {
        hb_f_inv_many(y, x, n, scratch);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(y[i], hb_f_inv(x[i]));
    }
    memcpy(y, x, sizeof x);
    hb_f_inv_many(y, y, 50, scratch);
    for (int i = 0; i < 50; i++)
        assert_int_equal(hb_f_mul(y[i], x[i]), x[i] ? HB_F_ONE : 0);
}

static hb_k from_words(const uint32_t w[5])
{
    hb_k a = hb_k_one();
    assert_true(hb_k_from_words(&a, w));
    return a;
}

static void assert_words(hb_k a, const uint32_t w[5])
{
    uint32_t got[5];
    hb_k_to_words(got, a);
    assert_memory_equal(got, w, sizeof got);
}

static void k_against_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(k_vectors); i++) {
        const struct k_vector *v = &k_vectors[i];
        hb_k a = from_words(v->a), b = from_words(v->b);
        assert_words(a, v->a);
        assert_words(hb_k_mul(a, b), v->product);
        assert_words(hb_k_mul(b, a), v->product);
        assert_words(hb_k_square(a), v->square_of_a);
        assert_words(hb_k_inv(a), v->inverse_of_a);
        assert_words(hb_k_pow(a, 12345), v->a_to_12345);
        for (int c = 0; c < 5; c++) {
            assert_int_equal(hb_k_add(a, b).c[c], hb_f_add(a.c[c], b.c[c]));
            assert_int_equal(hb_k_sub(a, b).c[c], hb_f_sub(a.c[c], b.c[c]));
        }
        assert_true(hb_k_eq(hb_k_neg(a), hb_k_sub(hb_k_zero(), a)) && hb_k_eq(hb_k_double(a), hb_k_add(a, a)));
        assert_true(hb_k_eq(hb_k_mul_f(a, b.c[0]), hb_k_mul(a, hb_k_from_f(b.c[0]))));
        assert_true(hb_k_eq(hb_k_add_f(a, b.c[1]), hb_k_add(a, hb_k_from_f(b.c[1]))));
        assert_true(hb_k_eq(hb_k_sub_f(a, b.c[1]), hb_k_sub(a, hb_k_from_f(b.c[1]))));
        assert_true(hb_k_eq(hb_k_mul_add(a, b, a), hb_k_add(hb_k_mul(a, b), a)));
        assert_true(hb_k_eq(hb_k_line(a, b, hb_k_one()), b) && hb_k_eq(hb_k_line(a, b, hb_k_zero()), a));
        assert_true(hb_k_eq(hb_k_frobenius(a), hb_k_pow(a, HB_F_P)));
        assert_true(hb_k_eq(hb_k_frobenius2(a), hb_k_frobenius(hb_k_frobenius(a))));
    }
}

static void k_words_are_canonical(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        uint32_t w[5] = {1, 2, 3, 4, 5};
        hb_k a = hb_k_zero();
        w[i] = HB_F_P;
        assert_false(hb_k_from_words(&a, w));
        assert_true(hb_k_is_zero(a));
        w[i] = HB_F_P - 1;
        assert_true(hb_k_from_words(&a, w));
        a = hb_k_zero(), a.c[i] = 1;
        assert_false(hb_k_is_zero(a));
        assert_false(hb_k_eq(a, hb_k_zero()));
    }
}

static void k_inverses_and_packs(void **state)
{
    (void)state;
    hb_k x[37], y[37], scratch[37];
    hb_kpack packs[3];
    for (int i = 0; i < 37; i++)
        for (int c = 0; c < 5; c++)
            x[i].c[c] = i % 6 == 2 ? 0 : hb_f_from_u32(random32());
    memcpy(y, x, sizeof x);
    hb_k_inv_many(y, y, 37, scratch);
    for (int i = 0; i < 37; i++)
        assert_true(hb_k_eq(hb_k_mul(x[i], y[i]), hb_k_is_zero(x[i]) ? hb_k_zero() : hb_k_one()));
    assert_int_equal(hb_kpacks(37), 3);
    hb_kpack_from_array(packs, x, 37);
    hb_kpack_to_array(y, packs, 37);
    assert_memory_equal(x, y, sizeof x);
    assert_int_equal(packs[1].c[3][4], x[20].c[3]);
    assert_true(hb_k_is_zero(hb_kpack_get(packs, 37)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f_against_vectors), cmocka_unit_test(f_constants),           cmocka_unit_test(f_conversions),
        cmocka_unit_test(f_roots),           cmocka_unit_test(f_inverses),            cmocka_unit_test(k_against_vectors),
        cmocka_unit_test(k_words_are_canonical), cmocka_unit_test(k_inverses_and_packs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
