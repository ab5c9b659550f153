/* Closed forms of structured columns and of the row mask against their definition: the sum over all rows of value * L_z(r_0) eq(r_y, y) eq(r_u, u). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "air/air_toys.h"
#include "air/rows.h"

static hb_row_point some_point(uint32_t n_u, uint64_t seed)
{
    hb_row_point p = {.n_u = n_u};
    assert_true(hb_row_point_set_z(&p, toy_k(&seed)));
    for (uint32_t i = 0; i < HB_Y_BITS; i++)
        p.ry[i] = toy_k(&seed);
    for (uint32_t i = 0; i < n_u; i++)
        p.ru[i] = toy_k(&seed);
    return p;
}

/* weights[x] for all rows; bit i of y and u pairs with coordinate i. */
static hb_k *row_weights(const hb_row_point *p)
{
    hb_k *w = malloc(((size_t)1 << (12 + p->n_u)) * sizeof *w), y[256];
    for (uint32_t b = 0; b < 256; b++) {
        y[b] = hb_k_one();
        for (uint32_t i = 0; i < 8; i++)
            y[b] = hb_k_mul(y[b], b >> i & 1 ? p->ry[i] : hb_k_sub(hb_k_one(), p->ry[i]));
    }
    for (uint32_t u = 0; u < 1u << p->n_u; u++) {
        hb_k e = hb_k_one();
        for (uint32_t i = 0; i < p->n_u; i++)
            e = hb_k_mul(e, u >> i & 1 ? p->ru[i] : hb_k_sub(hb_k_one(), p->ru[i]));
        for (uint32_t z = 0; z < 16; z++)
            for (uint32_t b = 0; b < 256; b++)
                w[b + (z << 8) + (u << 12)] = hb_k_mul(hb_k_mul(e, p->lagrange[z]), y[b]);
    }
    return w;
}

static void lagrange_basis(void **state)
{
    (void)state;
    hb_row_point p;
    uint64_t seed = 4;
    hb_k r = toy_k(&seed), sum = hb_k_zero(), c[16];
    hb_f w = hb_f_root(4);
    assert_true(hb_row_point_set_z(&p, r));
    for (int k = 0; k < 16; k++)
        c[k] = toy_k(&seed);
    for (uint32_t z = 0; z < 16; z++) { /* interpolates every polynomial of degree 15 */
        hb_k v = hb_k_zero();
        for (uint32_t k = 16; k-- > 0;)
            v = hb_k_add(hb_k_mul_f(v, hb_f_pow(w, z)), c[k]);
        sum = hb_k_mul_add(p.lagrange[z], v, sum);
    }
    hb_k want = hb_k_zero();
    for (uint32_t k = 16; k-- > 0;)
        want = hb_k_mul_add(want, r, c[k]);
    assert_true(hb_k_eq(sum, want));
    for (uint32_t z = 0; z < 16; z++) /* points of the domain are excluded */
        assert_false(hb_row_point_set_z(&p, hb_k_from_f(hb_f_pow(w, z))));
    assert_true(hb_row_point_set_z(&p, hb_k_from_f(hb_f_root(5))));
}

static void structured_columns(void **state)
{
    (void)state;
    uint32_t key[HB_KEY_COUNT] = {1, 2, 3}, words[HB_PUBLIC_WORDS];
    uint64_t seed = 8;
    for (uint32_t i = 0; i < HB_PUBLIC_WORDS; i++)
        words[i] = toy_random(&seed) * 3;
    hb_air_publics publics = hb_air_publics_of(key, words);
    static const uint32_t u_bits[] = {0, 1, 3, 4, 6};
    for (size_t k = 0; k < sizeof u_bits / sizeof u_bits[0]; k++) {
        hb_row_point p = some_point(u_bits[k], 100 + k);
        uint32_t n = 1u << (12 + p.n_u);
        hb_k *w = row_weights(&p);
        hb_f *cells = malloc(n * sizeof *cells);
        for (uint32_t s = 0; s < HB_ST_COUNT; s++) {
            hb_k sum = hb_k_zero();
            hb_structured_rows((hb_structured)s, 0, n / 2, &publics, cells);
            hb_structured_rows((hb_structured)s, n / 2, n - n / 2, &publics, cells + n / 2);
            for (uint32_t x = 0; x < n; x++) {
                assert_int_equal(cells[x], hb_structured_row((hb_structured)s, x, &publics));
                sum = hb_k_add(sum, hb_k_mul_f(w[x], cells[x]));
            }
            assert_true(hb_k_eq(sum, hb_structured_at((hb_structured)s, &p, &publics)));
        }
        free(cells);
        free(w);
    }
}

/* What the rows are, in words. */
static void structured_rows(void **state)
{
    (void)state;
    hb_air_publics publics = {.pv_lo = {11, 12}, .pv_hi = {21, 22}};
    static const struct {
        hb_structured s;
        uint32_t row, value;
    } want[] = {{HB_ST_INDEX, 70000, 70000},          {HB_ST_BYTE_A, 0x1234f, 0x4f},         {HB_ST_BYTE_B, 0x1234f, 0x23},
                {HB_ST_BYTE_AND, 0x1234f, 0x4f & 0x23}, {HB_ST_PV_SEL, 16, 1},                 {HB_ST_PV_SEL, 17, 0}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        assert_int_equal(hb_f_to_u32(hb_structured_row(want[i].s, want[i].row, &publics)), want[i].value);
    assert_int_equal(hb_structured_row(HB_ST_PV_LO, 1, &publics), 12);
    assert_int_equal(hb_structured_row(HB_ST_PV_HI, 0, &publics), 21);
    assert_int_equal(hb_structured_row(HB_ST_PV_HI, 4096, &publics), 0);
}

static void mask(void **state)
{
    (void)state;
    for (uint32_t n_u = 0; n_u <= 4; n_u++) {
        hb_row_point p = some_point(n_u, 9 + n_u);
        uint32_t all = 1u << (12 + n_u);
        hb_k *w = row_weights(&p), sum = hb_k_zero();
        for (uint32_t n = 1; n <= all; n++) { /* prefix sums of the weights */
            sum = hb_k_add(sum, w[n - 1]);
            bool edge = n % 4096 < 3 || n % 4096 > 4093 || n % 256 < 2 || n % 97 == 0;
            if (n_u < 2 || edge)
                assert_true(hb_k_eq(sum, hb_mask_at(n, &p)));
        }
        assert_true(hb_k_eq(hb_mask_at(all, &p), hb_k_one()));
        free(w);
    }
}

static void less_than(void **state)
{
    (void)state;
    uint64_t seed = 3;
    hb_k r[6];
    for (int i = 0; i < 6; i++)
        r[i] = toy_k(&seed);
    for (uint32_t bits = 0; bits <= 6; bits++) {
        hb_k sum = hb_k_zero();
        for (uint32_t n = 0; n <= 1u << bits; n++) {
            assert_true(hb_k_eq(sum, hb_less_than_at(n, r, bits)));
            sum = hb_k_add(sum, hb_eq_bits(r, bits, n));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lagrange_basis), cmocka_unit_test(structured_columns), cmocka_unit_test(structured_rows),
        cmocka_unit_test(mask),           cmocka_unit_test(less_than),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
