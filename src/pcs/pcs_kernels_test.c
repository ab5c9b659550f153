/* The packed loops and the sumcheck over them against scalar loops, at every instruction set, with ordinary and extreme values. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "base/testing.h"
#include "pcs/pcs_kernels.h"
#include "pcs/pcs_sumcheck.h"

#define PACKS 40
#define N (PACKS * HB_LANES)

static hb_kpack f[PACKS], w[PACKS], g[PACKS];
static hb_k x[N], y[N];

/* extreme: everything p - 1, the largest sums that lazy reduction meets. */
static hb_f random_f(hb_test_rng *rng, bool extreme)
{
    return extreme ? HB_F_P - 1 : (hb_f)hb_test_below(rng, HB_F_P);
}

static hb_k random_k(hb_test_rng *rng, bool extreme)
{
    hb_k a;
    for (int i = 0; i < HB_K_DEGREE; i++)
        a.c[i] = random_f(rng, extreme);
    return a;
}

static void fill(hb_test_rng *rng, bool extreme)
{
    for (size_t i = 0; i < N; i++) {
        x[i] = random_k(rng, extreme);
        y[i] = random_k(rng, extreme);
    }
    hb_kpack_from_array(f, x, N);
    hb_kpack_from_array(w, y, N);
}

static void equal(hb_k a, hb_k b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void scalar_round(const hb_k *a, const hb_k *b, size_t half, size_t begin, size_t end, hb_k s[2])
{
    s[0] = s[1] = hb_k_zero();
    for (size_t i = begin; i < end; i++) {
        s[0] = hb_k_mul_add(a[i], b[i], s[0]);
        s[1] = hb_k_mul_add(hb_k_sub(a[half + i], a[i]), hb_k_sub(b[half + i], b[i]), s[1]);
    }
}

static void check_combine(const hb_pcs_kernels *k, hb_test_rng *rng, bool extreme)
{
    enum { COLUMNS = 13 };
    static _Alignas(64) hb_f cells[COLUMNS][N];
    const hb_f *column[COLUMNS];
    hb_k weight[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        column[c] = cells[c];
        weight[c] = random_k(rng, extreme);
        for (size_t i = 0; i < N; i++)
            cells[c][i] = random_f(rng, extreme);
    }
    for (size_t n = 0; n <= COLUMNS; n++) {
        const size_t packs = n < 3 ? PACKS : n;
        hb_kpack_set(g, packs < PACKS ? packs * HB_LANES : 0, hb_k_one()); /* must stay */
        k->combine(g, column, weight, n, packs);
        for (size_t i = 0; i < packs * HB_LANES; i++) {
            hb_k sum = hb_k_zero();
            for (size_t c = 0; c < n; c++)
                sum = hb_k_add(sum, hb_k_mul_f(weight[c], cells[c][i]));
            equal(hb_kpack_get(g, i), sum);
        }
        if (packs < PACKS)
            equal(hb_kpack_get(g, packs * HB_LANES), hb_k_one());
    }
}

static void check_rounds(const hb_pcs_kernels *k, hb_test_rng *rng, bool extreme)
{
    const size_t halves[] = {1, 2, 3, 6, 20};
    for (size_t h = 0; h < sizeof halves / sizeof halves[0]; h++) {
        const size_t half = halves[h], begin = half / 3, end = half;
        hb_k s[2], t[2];
        fill(rng, extreme);
        k->round_eval(f, w, half, begin, end, s);
        scalar_round(x, y, half * HB_LANES, begin * HB_LANES, end * HB_LANES, t);
        equal(s[0], t[0]);
        equal(s[1], t[1]);
        const hb_k a = random_k(rng, extreme);
        memcpy(g, f, sizeof g);
        k->fold(g, half, begin, end, a);
        for (size_t i = 0; i < N; i++)
            equal(hb_kpack_get(g, i), i >= begin * HB_LANES && i < end * HB_LANES ? hb_k_line(x[i], x[half * HB_LANES + i], a) : x[i]);
        if (half % 2)
            continue;
        k->fold_eval(f, w, half, 0, half / 2, a, s);
        for (size_t i = 0; i < half * HB_LANES; i++) {
            x[i] = hb_k_line(x[i], x[half * HB_LANES + i], a);
            y[i] = hb_k_line(y[i], y[half * HB_LANES + i], a);
            equal(hb_kpack_get(f, i), x[i]);
            equal(hb_kpack_get(w, i), y[i]);
        }
        scalar_round(x, y, half / 2 * HB_LANES, 0, half / 2 * HB_LANES, t);
        equal(s[0], t[0]);
        equal(s[1], t[1]);
    }
}

static void check_linear(const hb_pcs_kernels *k, hb_test_rng *rng, bool extreme)
{
    fill(rng, extreme);
    hb_k sum = hb_k_zero();
    for (size_t i = 0; i < N; i++)
        sum = hb_k_mul_add(x[i], y[i], sum);
    equal(k->dot(f, w, PACKS), sum);
    equal(k->dot(f, w, 0), hb_k_zero());
    const hb_k c[2] = {random_k(rng, extreme), random_k(rng, extreme)};
    const hb_kpack *const both[2] = {f, w};
    k->scale(g, f, c[0], PACKS);
    for (size_t i = 0; i < N; i++)
        equal(hb_kpack_get(g, i), hb_k_mul(c[0], x[i]));
    k->add_scaled(g, both, c, PACKS);
    for (size_t i = 0; i < N; i++)
        equal(hb_kpack_get(g, i), hb_k_add(hb_k_mul(c[0], hb_k_double(x[i])), hb_k_mul(c[1], y[i])));
    k->scale(f, f, c[1], PACKS);
    for (size_t i = 0; i < N; i++)
        equal(hb_kpack_get(f, i), hb_k_mul(c[1], x[i]));
}

static void kernels(void **state)
{
    (void)state;
    for (int isa = HB_ISA_BASELINE; isa <= (int)hb_isa_detected(); isa++) {
        const hb_pcs_kernels *k = HB_ISA_PICK_AT(hb_pcs_kernels_table, (hb_isa)isa);
        for (int extreme = 0; extreme < 2; extreme++) {
            hb_test_rng rng = {17};
            check_combine(k, &rng, extreme);
            check_rounds(k, &rng, extreme);
            check_linear(k, &rng, extreme);
        }
    }
}

/* From n elements down to one: the rounds' messages and what is left. */
static void check_sumcheck(size_t n, hb_pool *pool, bool fused)
{
    hb_test_rng rng = {n};
    hb_kpack *a = hb_pages_alloc(hb_kpacks(n) * sizeof *a), *b = hb_pages_alloc(hb_kpacks(n) * sizeof *b);
    hb_k *p = malloc(n * sizeof *p), *q = malloc(n * sizeof *q);
    for (size_t i = 0; i < n; i++) {
        p[i] = random_k(&rng, false);
        q[i] = random_k(&rng, false);
    }
    hb_kpack_from_array(a, p, n);
    hb_kpack_from_array(b, q, n);
    hb_pcs_pair pair = {a, b, n};
    hb_k s[2], t[2], r = hb_k_zero();
    for (size_t m = n; m % 2 == 0; m /= 2) {
        if (m < n && fused) {
            hb_pcs_bind_round(pool, &pair, r, s);
        } else {
            if (m < n)
                hb_pcs_bind(pool, &pair, r);
            hb_pcs_round(pool, &pair, s);
        }
        assert_int_equal(pair.n, m);
        scalar_round(p, q, m / 2, 0, m / 2, t);
        equal(s[0], t[0]);
        equal(s[1], t[1]);
        r = random_k(&rng, false);
        for (size_t i = 0; i < m / 2; i++) {
            p[i] = hb_k_line(p[i], p[m / 2 + i], r);
            q[i] = hb_k_line(q[i], q[m / 2 + i], r);
        }
    }
    hb_pcs_bind(pool, &pair, r);
    for (size_t i = 0; i < pair.n; i++) {
        equal(hb_kpack_get(a, i), p[i]);
        equal(hb_kpack_get(b, i), q[i]);
    }
    free(p);
    free(q);
    hb_pages_free(a, hb_kpacks(n) * sizeof *a);
    hb_pages_free(b, hb_kpacks(n) * sizeof *b);
}

static void sumcheck(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(3);
    const size_t sizes[] = {2, 4, 8, 16, 32, 48 * 2, 64, 48 * 4, 128, 80 * 8, 1024, 1 << 13, 144 << 8, 1 << 18};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int fused = 0; fused < 2; fused++) {
            check_sumcheck(sizes[i], NULL, fused);
            check_sumcheck(sizes[i], pool, fused);
        }
    hb_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernels), cmocka_unit_test(sumcheck)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
