/* Packed operations of every instruction set against the scalar field. Lanes hold all pairs of edge values, then random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/cpu.h"
#include "field/v16_probe.h"

#define VECTORS 40u
#define LANES (VECTORS * 16u)

static uint64_t seed = 5;

static uint32_t random32(void)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 32);
}

static const uint32_t edges[] = {0, 1, 2, HB_F_P - 1, HB_F_P - 2, HB_F_P / 2, HB_F_P / 2 + 1, HB_F_ONE};
#define EDGES (sizeof edges / sizeof *edges)

static _Alignas(64) uint32_t x[LANES], y[LANES], out[LANES];
static hb_kpack kx[VECTORS], ky[VECTORS], kout[VECTORS];

static hb_f edge_or_random(void)
{
    uint32_t r = random32();
    return r % 3 ? r % HB_F_P : edges[(r >> 8) % EDGES];
}

static void fill(void)
{
    for (unsigned i = 0; i < LANES; i++) {
        x[i] = i < EDGES * EDGES ? edges[i / EDGES] : edge_or_random();
        y[i] = i < EDGES * EDGES ? edges[i % EDGES] : edge_or_random();
    }
    for (unsigned i = 0; i < LANES; i++) {
        hb_k a, b;
        for (int c = 0; c < 5; c++) {
            a.c[c] = i < EDGES * EDGES ? edges[i / EDGES] : edge_or_random();
            b.c[c] = i < EDGES * EDGES ? edges[i % EDGES] : edge_or_random();
        }
        hb_kpack_set(kx, i, a);
        hb_kpack_set(ky, i, b);
    }
}

static hb_f want_f(hb_v16_op op, hb_f a, hb_f b)
{
    switch (op) {
    case HB_V16_ADD: return hb_f_add(a, b);
    case HB_V16_SUB: return hb_f_sub(a, b);
    case HB_V16_MUL: return hb_f_mul(a, b);
    case HB_V16_NEG: return hb_f_neg(a);
    case HB_V16_DOUBLE: return hb_f_double(a);
    case HB_V16_SQUARE: return hb_f_square(a);
    case HB_V16_MULC: return hb_f_mul(a, y[0]);
    case HB_V16_TO_CANONICAL: return hb_f_to_u32(a);
    case HB_V16_FROM_CANONICAL: return hb_f_from_u32(a);
    case HB_V16_CANON: return hb_f_add(a, b);
    case HB_V16_STREAM: return a;
    default: return y[0];
    }
}

static void f_operations(const hb_v16_probe *probe)
{
    for (unsigned c = 0; c < EDGES; c++) {
        y[0] = edges[c]; /* the constant of MULC and SET1 */
        for (hb_v16_op op = 0; op < HB_V16_OP_COUNT; op++) {
            memset(out, 0xff, sizeof out);
            probe->f(op, out, x, y, VECTORS);
            for (unsigned i = 0; i < LANES; i++)
                assert_int_equal(out[i], want_f(op, x[i], y[i]));
        }
    }
}

/* A constant factor accepts any word, reduced or not. */
static void unreduced_factors(const hb_v16_probe *probe)
{
    _Alignas(64) uint32_t any[LANES];
    for (unsigned i = 0; i < LANES; i++)
        any[i] = i < 8 ? UINT32_MAX - i : i < 16 ? HB_F_P + i - 12 : i < 24 ? 2 * HB_F_P - 4 + (i - 16) : random32();
    y[0] = HB_F_P - 1;
    probe->f(HB_V16_MULC, out, any, y, VECTORS);
    for (unsigned i = 0; i < LANES; i++)
        assert_int_equal(out[i], hb_f_mul(any[i] % HB_F_P, y[0]));
    probe->f(HB_V16_FROM_CANONICAL, out, any, y, VECTORS);
    for (unsigned i = 0; i < LANES; i++)
        assert_int_equal(out[i], hb_f_from_u32(any[i]));
}

static hb_k want_k(hb_v16k_op op, hb_k a, hb_k b, hb_k first_a, hb_k first_b)
{
    switch (op) {
    case HB_V16K_ADD: return hb_k_add(a, b);
    case HB_V16K_SUB: return hb_k_sub(a, b);
    case HB_V16K_NEG: return hb_k_neg(a);
    case HB_V16K_DOUBLE: return hb_k_double(a);
    case HB_V16K_MUL: return hb_k_mul(a, b);
    case HB_V16K_SQUARE: return hb_k_square(a);
    case HB_V16K_MUL_C: return hb_k_mul(a, first_b);
    case HB_V16K_MUL_F: return hb_k_mul_f(a, b.c[0]);
    case HB_V16K_F_MUL: return hb_k_mul_f(b, a.c[0]);
    case HB_V16K_ADD_F: return hb_k_add_f(a, b.c[0]);
    case HB_V16K_SUB_F: return hb_k_sub_f(a, b.c[0]);
    case HB_V16K_FROM_F: return hb_k_from_f(a.c[0]);
    case HB_V16K_LINE: return hb_k_line(a, b, first_a);
    case HB_V16K_LINE_F: return hb_k_line(hb_k_from_f(a.c[0]), hb_k_from_f(b.c[0]), first_a);
    case HB_V16K_MUL2: return hb_k_add(hb_k_mul(a, b), hb_k_square(b));
    default: return hb_k_mul_f(hb_k_mul(a, b), HB_F_CONST(9));
    }
}

static void k_operations(const hb_v16_probe *probe)
{
    for (unsigned first = 0; first < 6; first++) {
        hb_k a, b; /* lane 0 is also the constant */
        for (int c = 0; c < 5; c++)
            a.c[c] = first == 0 ? HB_F_P - 1 : edge_or_random(), b.c[c] = first < 2 ? HB_F_P - 1 : edge_or_random();
        hb_kpack_set(kx, 0, a);
        hb_kpack_set(ky, 0, b);
        for (hb_v16k_op op = 0; op < HB_V16K_OP_COUNT; op++) {
            memset(kout, 0xff, sizeof kout);
            probe->k(op, kout, kx, ky, VECTORS);
            for (unsigned i = 0; i < LANES; i++) {
                hb_k got = hb_kpack_get(kout, i), want = want_k(op, hb_kpack_get(kx, i), hb_kpack_get(ky, i), a, b);
                assert_memory_equal(&got, &want, sizeof got);
            }
        }
    }
}

/* Sums over lanes, and long lazy sums of products of the largest elements. */
static void sums(const hb_v16_probe *probe)
{
    for (int round = 0; round < 3; round++) {
        hb_k want_dot_f = hb_k_zero(), want_dot_k = hb_k_zero(), want_sum = hb_k_zero();
        for (unsigned i = 0; i < LANES; i++) {
            if (round == 0) {
                hb_k big = {{HB_F_P - 1, HB_F_P - 1, HB_F_P - 1, HB_F_P - 1, HB_F_P - 1}};
                x[i] = HB_F_P - 1;
                hb_kpack_set(kx, i, big), hb_kpack_set(ky, i, big);
            }
            hb_k a = hb_kpack_get(kx, i), b = hb_kpack_get(ky, i);
            want_dot_f = hb_k_add(want_dot_f, hb_k_mul_f(b, x[i]));
            want_dot_k = hb_k_add(want_dot_k, hb_k_mul(a, b));
            want_sum = i < 16 ? hb_k_add(want_sum, a) : want_sum;
        }
        assert_true(hb_k_eq(probe->dot_f(x, ky, VECTORS), want_dot_f));
        assert_true(hb_k_eq(probe->dot_k(kx, ky, VECTORS), want_dot_k));
        assert_true(hb_k_eq(probe->hsum_k(kx), want_sum));
        assert_int_equal(probe->hsum(kx[0].c[2]), want_sum.c[2]);
        fill();
    }
}

static void moves(const hb_v16_probe *probe)
{
    uint32_t in[32], moved[32], m[16][16];
    hb_kpack k[2], ko[2];
    for (uint32_t i = 0; i < 32; i++) {
        in[i] = 1000 + i;
        hb_kpack_set(k, i, (hb_k){{i, 100 + i, 200 + i, 300 + i, 400 + i}});
    }
    probe->deinterleave(moved, in);
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(moved[i], 1000 + (i < 16 ? 2 * i : 2 * (i - 16) + 1));
    probe->interleave(moved, in);
    for (uint32_t i = 0; i < 32; i++)
        assert_int_equal(moved[i], 1000 + (i % 2 ? 16 : 0) + i / 2);
    probe->deinterleave_k(ko, k);
    for (uint32_t i = 0; i < 32; i++)
        for (uint32_t c = 0; c < 5; c++)
            assert_int_equal(hb_kpack_get(ko, i).c[c], 100 * c + (i < 16 ? 2 * i : 2 * (i - 16) + 1));
    for (uint32_t i = 0; i < 256; i++)
        m[i / 16][i % 16] = i;
    probe->transpose(m);
    for (uint32_t i = 0; i < 256; i++)
        assert_int_equal(m[i / 16][i % 16], 16 * (i % 16) + i / 16);
}

static void each_isa(void (*test)(const hb_v16_probe *))
{
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        fill();
        test(HB_ISA_PICK_AT(hb_v16_probe_table, isa));
    }
}

#define EACH_ISA(name)                                                                                                  \
    static void name##_each(void **state)                                                                               \
    {                                                                                                                   \
        (void)state;                                                                                                    \
        each_isa(name);                                                                                                 \
    }
EACH_ISA(f_operations)
EACH_ISA(unreduced_factors)
EACH_ISA(k_operations)
EACH_ISA(sums)
EACH_ISA(moves)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(f_operations_each), cmocka_unit_test(unreduced_factors_each),
                                       cmocka_unit_test(k_operations_each), cmocka_unit_test(sums_each), cmocka_unit_test(moves_each)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
