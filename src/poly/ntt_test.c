/* Encoders against direct evaluation of the polynomial, at every instruction set, for every method and many shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cpu.h"
#include "poly/ntt.h"
#include "poly/ntt_small.h"

static uint64_t seed = 3;

static uint32_t random32(void)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 32);
}

static hb_f random_f(void)
{
    uint32_t r = random32();
    return r % 8 == 0 ? 0 : r % 8 == 1 ? HB_F_P - 1 : r % HB_F_P;
}

static void *aligned(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 64) / 64 * 64);
    assert_non_null(p);
    memset(p, 0xff, bytes);
    return p;
}

static size_t bitrev(size_t b, unsigned bits)
{
    size_t r = 0;
    for (unsigned i = 0; i < bits; i++)
        r |= (b >> i & 1) << (bits - 1 - i);
    return r;
}

/* --- plain oracles ------------------------------------------------------------------------------------------------------------------------ */
/* f(x), by the definition: sum of v[b] x^bitrev(b), as multilinear products (bit i of b brings x^(2^(h-1-i))). */
static hb_f evaluate(const hb_f *v, unsigned h, hb_f x)
{
    hb_f *t = malloc(sizeof *t << h), power = x;
    assert_non_null(t);
    memcpy(t, v, sizeof *t << h);
    for (unsigned i = h; i-- > 0; power = hb_f_square(power)) /* top bit of b has weight 1 */
        for (size_t b = 0; b < (size_t)1 << i; b++)
            t[b] = hb_f_add(t[b], hb_f_mul(power, t[b + ((size_t)1 << i)]));
    hb_f r = t[0];
    free(t);
    return r;
}

/* The whole codeword, by recursion on even and odd coefficients (which are the halves of v): f(x) = e(x^2) + x o(x^2). */
static void plain_codeword(const hb_f *v, unsigned h, unsigned n_log2, hb_f *out)
{
    const size_t n = (size_t)1 << n_log2;
    if (h == 0) {
        for (size_t i = 0; i < n; i++)
            out[i] = v[0];
        return;
    }
    if (n_log2 == 0) {
        out[0] = evaluate(v, h, HB_F_ONE);
        return;
    }
    hb_f *half = malloc(n * sizeof *half), x = HB_F_ONE, omega = hb_f_root(n_log2);
    assert_non_null(half);
    plain_codeword(v, h - 1, n_log2 - 1, half);
    plain_codeword(v + ((size_t)1 << (h - 1)), h - 1, n_log2 - 1, half + n / 2);
    for (size_t i = 0; i < n; i++, x = hb_f_mul(x, omega))
        out[i] = hb_f_add(half[i % (n / 2)], hb_f_mul(x, half[n / 2 + i % (n / 2)]));
    free(half);
}

static void assert_codeword(const hb_f *want, const uint32_t *got, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(got[i], hb_f_to_u32(want[i]));
}

/* --- one base column ---------------------------------------------------------------------------------------------------------------------- */
static void check_shape(hb_pool *pool, unsigned h, unsigned rate)
{
    const size_t n = (size_t)1 << (h + rate);
    hb_ntt_plan plan;
    assert_int_equal(hb_ntt_plan_init(&plan, h, rate), HB_OK);
    hb_f *v = aligned(sizeof *v << h), *want = malloc(n * sizeof *want);
    uint32_t *got = aligned(n * sizeof *got);
    void *scratch = aligned(hb_ntt_scratch_bytes(&plan)), *more = aligned(hb_ntt_pool_scratch_bytes(&plan, hb_pool_threads(pool)));
    for (size_t b = 0; b < (size_t)1 << h; b++)
        v[b] = random_f();
    plain_codeword(v, h, h + rate, want);
    for (int i = 0; i < 3; i++) { /* the oracle itself */
        size_t at = random32() % n;
        assert_int_equal(want[at], evaluate(v, h, hb_f_pow(hb_f_root(h + rate), at)));
    }
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        hb_isa_cap(isa);
        hb_ntt_encode(&plan, v, got, scratch);
        assert_codeword(want, got, n);
        memset(got, 0xff, n * sizeof *got);
        hb_ntt_encode_pool(pool, &plan, v, got, more);
        assert_codeword(want, got, n);
    }
    free(v), free(want), free(got), free(scratch), free(more);
    hb_ntt_plan_free(&plan);
}

static void columns(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(2);
    for (unsigned h = 0; h <= 16; h++)
        for (unsigned rate = 0; rate <= HB_NTT_MAX_RATE_LOG2; rate++)
            if (h + rate <= (rate <= 1 ? 17u : 14u))
                check_shape(pool, h, rate);
    check_shape(pool, 4, 12);
    check_shape(pool, 13, 4); /* too many rows for the spread method */
    check_shape(pool, 16, 2);
    check_shape(pool, 20, 1); /* the shapes of shards: all passes of four levels */
    check_shape(pool, 16, 6);
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(pool);
}

/* Extreme inputs at a size that runs through all passes: lazy sums at their bounds. */
static void extremes(void **state)
{
    (void)state;
    enum { H = 12, N = 1 << 13 };
    static const hb_f values[] = {0, 1, HB_F_P - 1, HB_F_ONE, HB_F_MINUS_ONE};
    hb_ntt_plan plan;
    assert_int_equal(hb_ntt_plan_init(&plan, H, 1), HB_OK);
    hb_f *v = aligned(sizeof *v << H), *want = malloc(N * sizeof *want);
    uint32_t *got = aligned(N * sizeof *got);
    void *scratch = aligned(hb_ntt_scratch_bytes(&plan));
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        for (size_t b = 0; b < 1 << H; b++)
            v[b] = values[k];
        plain_codeword(v, H, H + 1, want);
        for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
            hb_isa_cap(isa);
            hb_ntt_encode(&plan, v, got, scratch);
            assert_codeword(want, got, N);
        }
    }
    hb_isa_cap(HB_ISA_AVX512);
    free(v), free(want), free(got), free(scratch);
    hb_ntt_plan_free(&plan);
}

static void shapes(void **state)
{
    (void)state;
    hb_ntt_plan plan;
    assert_int_equal(hb_ntt_plan_init(&plan, 25, 0), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_ntt_plan_init(&plan, 10, 13), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_ntt_plan_init(&plan, 24, 4), HB_INVALID_ARGUMENT);
    hb_ntt_plan_free(&plan);
}

/* --- K-vectors ---------------------------------------------------------------------------------------------------------------------------- */
static hb_k random_k(void)
{
    return (hb_k){{random_f(), random_f(), random_f(), random_f(), random_f()}};
}

static void check_k(hb_pool *pool, unsigned m, unsigned rate)
{
    const size_t n = (size_t)1 << (m + rate), count = (size_t)1 << m;
    hb_ntt_plan plan;
    assert_int_equal(hb_ntt_plan_init(&plan, m, rate), HB_OK);
    hb_kpack *v = aligned(hb_kpacks(count) * sizeof *v); /* lanes beyond: 0xffffffff */
    hb_f *column = malloc(count * sizeof *column), *want = malloc(n * sizeof *want);
    uint32_t *planes[HB_K_DEGREE];
    void *scratch = aligned(hb_ntt_pool_scratch_bytes(&plan, hb_pool_threads(pool)));
    for (size_t b = 0; b < count; b++)
        hb_kpack_set(v, b, random_k());
    for (int c = 0; c < HB_K_DEGREE; c++)
        planes[c] = aligned(n * sizeof **planes);
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        hb_isa_cap(isa);
        hb_ntt_encode_k(pool, &plan, v, planes, scratch);
        for (int c = 0; c < HB_K_DEGREE; c++) {
            for (size_t b = 0; b < count; b++)
                column[b] = hb_kpack_get(v, b).c[c];
            plain_codeword(column, m, m + rate, want);
            assert_codeword(want, planes[c], n);
        }
    }
    for (int c = 0; c < HB_K_DEGREE; c++)
        free(planes[c]);
    free(v), free(column), free(want), free(scratch);
    hb_ntt_plan_free(&plan);
}

static void k_vectors(void **state)
{
    (void)state;
    static const unsigned shape[][2] = {{0, 0}, {0, 3}, {1, 2}, {3, 12}, {4, 0}, {4, 4}, {7, 3}, {8, 3}, {10, 6}, {12, 3}, {5, 9}, {13, 1}};
    hb_pool *pool = hb_pool_create(2);
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        check_k(pool, shape[i][0], shape[i][1]);
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(pool);
}

/* --- weights ------------------------------------------------------------------------------------------------------------------------------ */
static void check_weights(hb_pool *pool, unsigned m, unsigned order, size_t terms)
{
    const size_t n = (size_t)1 << m;
    hb_kpack *start = aligned(hb_kpacks(n) * sizeof *start), *w = aligned(hb_kpacks(n) * sizeof *w);
    hb_k *want = malloc(n * sizeof *want), *scale = malloc((terms + 1) * sizeof *scale);
    uint32_t *index = malloc((terms + 1) * sizeof *index);
    void *scratch = aligned(hb_ntt_weights_scratch_bytes(pool, m, terms, order) * hb_pool_threads(pool));
    for (size_t b = 0; b < hb_kpacks(n) * 16; b++)
        hb_kpack_set(start, b, random_k());
    for (size_t b = 0; b < n; b++)
        want[b] = hb_kpack_get(start, b);
    for (size_t q = 0; q < terms; q++) {
        scale[q] = random_k();
        index[q] = q % 5 == 4 ? index[q - 1] : q == 1 ? ((uint32_t)1 << order) - 1 : random32() & (((uint32_t)1 << order) - 1);
        hb_f z = hb_f_pow(hb_f_root(order), index[q]), power = HB_F_ONE;
        for (size_t e = 0; e < n; e++, power = hb_f_mul(power, z)) {
            hb_k *at = &want[bitrev(e, m)];
            *at = hb_k_add(*at, hb_k_mul_f(scale[q], power));
        }
    }
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        hb_isa_cap(isa);
        memcpy(w, start, hb_kpacks(n) * sizeof *w);
        hb_ntt_weights_add(pool, w, m, scale, index, terms, order, scratch);
        for (size_t b = 0; b < n; b++)
            assert_true(hb_k_eq(hb_kpack_get(w, b), want[b]));
        for (size_t b = n; b < hb_kpacks(n) * 16; b++) /* lanes beyond are left alone */
            assert_true(hb_k_eq(hb_kpack_get(w, b), hb_kpack_get(start, b)));
    }
    free(start), free(w), free(want), free(scale), free(index), free(scratch);
}

static void weights(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(2);
    for (unsigned m = 0; m <= 13; m++)
        for (unsigned order = m ? m - 1 : 0; order <= m + 4; order++)
            check_weights(order % 2 ? pool : NULL, m, order, 1 + random32() % 40);
    check_weights(pool, 14, 15, 261);
    check_weights(pool, 12, 18, 39);
    check_weights(NULL, 12, 18, 300); /* transforms of 2^13 points */
    check_weights(NULL, 9, 27, 3);
    check_weights(NULL, 12, 13, 0);
    hb_pool *three = hb_pool_create(3); /* slices that begin anywhere, part numbers of more than 8 bits */
    check_weights(three, 17, 18, 60);
    check_weights(three, 17, 20, 2);
    hb_pool_destroy(three);
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(pool);
}

/* --- small transforms --------------------------------------------------------------------------------------------------------------------- */
static void small(void **state)
{
    (void)state;
    for (unsigned l = 0; l <= 8; l++) {
        const size_t n = (size_t)1 << l;
        hb_f a[256], v[256], back[256];
        hb_k k[256], kback[256];
        for (size_t i = 0; i < n; i++)
            a[i] = random_f(), k[i] = random_k();
        for (size_t i = 0; i < n; i++)
            v[bitrev(i, l)] = a[i];
        memcpy(back, a, sizeof a), memcpy(kback, k, sizeof k);
        hb_ntt_small_forward(back, l);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(back[i], evaluate(v, l, hb_f_pow(hb_f_root(l), i)));
        hb_ntt_small_inverse(back, l);
        assert_memory_equal(back, a, n * sizeof *a);
        hb_ntt_small_forward_k(kback, l);
        for (int c = 0; c < HB_K_DEGREE; c++) {
            for (size_t i = 0; i < n; i++)
                back[i] = k[i].c[c];
            hb_ntt_small_forward(back, l);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(kback[i].c[c], back[i]);
        }
        hb_ntt_small_inverse_k(kback, l);
        assert_memory_equal(kback, k, n * sizeof *k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns), cmocka_unit_test(extremes), cmocka_unit_test(shapes),
                                       cmocka_unit_test(k_vectors), cmocka_unit_test(weights),
                                       cmocka_unit_test(small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
