/* ns per lane of packed operations on arrays that fit the first-level cache, at every instruction set; and of scalar ones. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cpu.h"
#include "field/v16_probe.h"

#define VECTORS 64u
#define ROUNDS 2000u

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static _Alignas(64) uint32_t x[VECTORS * 16], y[VECTORS * 16], out[VECTORS * 16];
static hb_kpack kx[VECTORS], ky[VECTORS], kout[VECTORS];

#define BENCH(isa, name, units, call)                                                                                   \
    do {                                                                                                                \
        double best = 1e9;                                                                                              \
        for (int repeat = 0; repeat < 10; repeat++) {                                                                   \
            double t = now();                                                                                           \
            for (unsigned round = 0; round < ROUNDS; round++) {                                                         \
                __asm__ volatile("" ::: "memory");                                                                      \
                call;                                                                                                   \
            }                                                                                                           \
            t = now() - t;                                                                                              \
            best = t < best ? t : best;                                                                                 \
        }                                                                                                               \
        printf("%-8s %-28s %7.3f ns\n", isa, name, best * 1e9 / ((double)ROUNDS * (units)));                            \
    } while (0)

static void packed(hb_isa isa)
{
    const hb_v16_probe *p = HB_ISA_PICK_AT(hb_v16_probe_table, isa);
    const char *s = hb_isa_name(isa);
    const double n = VECTORS * 16;
    hb_k sink;
    BENCH(s, "F add", n, p->f(HB_V16_ADD, out, x, y, VECTORS));
    BENCH(s, "F mul", n, p->f(HB_V16_MUL, out, x, y, VECTORS));
    BENCH(s, "F mul by constant", n, p->f(HB_V16_MULC, out, x, y, VECTORS));
    BENCH(s, "K add", n, p->k(HB_V16K_ADD, kout, kx, ky, VECTORS));
    BENCH(s, "K mul", n, p->k(HB_V16K_MUL, kout, kx, ky, VECTORS));
    BENCH(s, "K mul by constant", n, p->k(HB_V16K_MUL_C, kout, kx, ky, VECTORS));
    BENCH(s, "K square", n, p->k(HB_V16K_SQUARE, kout, kx, ky, VECTORS));
    BENCH(s, "K x F", n, p->k(HB_V16K_MUL_F, kout, kx, ky, VECTORS));
    BENCH(s, "K fold a + r (b - a)", n, p->k(HB_V16K_LINE, kout, kx, ky, VECTORS));
    BENCH(s, "F fold a + r (b - a)", n, p->k(HB_V16K_LINE_F, kout, kx, ky, VECTORS));
    BENCH(s, "K a b + c d", n, p->k(HB_V16K_MUL2, kout, kx, ky, VECTORS));
    BENCH(s, "sum of F x K, per product", n, sink = p->dot_f(x, ky, VECTORS));
    BENCH(s, "sum of K x K, per product", n, sink = p->dot_k(kx, ky, VECTORS));
    (void)sink;
}

static void scalar(void)
{
    hb_f a = 12345;
    hb_k k = {{1, 2, 3, 4, 5}}, r = {{6, 7, 8, 9, 10}};
    BENCH("scalar", "F mul (latency)", 1, a = hb_f_mul(a, a));
    BENCH("scalar", "F inverse", 1, a = hb_f_inv(a));
    BENCH("scalar", "K mul (latency)", 1, k = hb_k_mul(k, r));
    BENCH("scalar", "K square (latency)", 1, k = hb_k_square(k));
    BENCH("scalar", "K inverse", 1, k = hb_k_inv(k));
    volatile uint32_t sink = a ^ k.c[0];
    (void)sink;
}

int main(void)
{
    for (unsigned i = 0; i < VECTORS * 16; i++) {
        x[i] = (i * 2654435761u) % HB_F_P, y[i] = (i * 40503u + 7) % HB_F_P;
        hb_kpack_set(kx, i, (hb_k){{x[i], y[i], x[i], y[i], 5}});
        hb_kpack_set(ky, i, (hb_k){{y[i], 3, x[i], 7, x[i]}});
    }
    for (hb_isa isa = hb_isa_detected();; isa--) {
        packed(isa);
        if (isa == HB_ISA_BASELINE)
            break;
    }
    scalar();
    return 0;
}
