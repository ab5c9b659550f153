/* ns per unit of the encoders. Usage: ntt_bench [repetitions] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "poly/ntt.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill(uint32_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint32_t)((i * UINT64_C(0x9e3779b97f4a7c15)) >> 32) % HB_F_P;
}

static void bench_columns(unsigned h, unsigned rate, int repetitions)
{
    enum { COLUMNS = 4 }; /* more than the caches hold */
    hb_ntt_plan plan;
    if (hb_ntt_plan_init(&plan, h, rate) != HB_OK)
        abort();
    const size_t in_words = (size_t)1 << h, out_words = in_words << rate;
    uint32_t *in = hb_pages_alloc(4 * in_words * COLUMNS), *out = hb_pages_alloc(4 * out_words * COLUMNS);
    void *scratch = hb_pages_alloc(hb_ntt_scratch_bytes(&plan));
    fill(in, in_words * COLUMNS);
    double best = 1e9;
    for (int r = 0; r < repetitions; r++) {
        double t = now();
        for (size_t c = 0; c < COLUMNS; c++)
            hb_ntt_encode(&plan, in + c * in_words, out + c * out_words, scratch);
        t = now() - t;
        best = t < best ? t : best;
    }
    printf("%-8s encode 2^%u -> 2^%u (%u rows_log2, %u width_log2): %.3f ns per output word\n", hb_isa_name(hb_isa_current()), h, h + rate,
           plan.rows_log2, plan.width_log2, best * 1e9 / (double)(out_words * COLUMNS));
    hb_pages_free(in, 4 * in_words * COLUMNS), hb_pages_free(out, 4 * out_words * COLUMNS), hb_pages_free(scratch, hb_ntt_scratch_bytes(&plan));
    hb_ntt_plan_free(&plan);
}

static void bench_k(unsigned m, unsigned rate, int repetitions)
{
    hb_ntt_plan plan;
    if (hb_ntt_plan_init(&plan, m, rate) != HB_OK)
        abort();
    const size_t packs = hb_kpacks((size_t)1 << m), words = (size_t)1 << (m + rate);
    hb_kpack *v = hb_pages_alloc(packs * sizeof *v);
    uint32_t *out = hb_pages_alloc(20 * words), *planes[HB_K_DEGREE];
    void *scratch = hb_pages_alloc(hb_ntt_scratch_bytes(&plan));
    fill(&v->c[0][0], packs * sizeof *v / 4);
    for (size_t c = 0; c < HB_K_DEGREE; c++)
        planes[c] = out + c * words;
    double best = 1e9;
    for (int r = 0; r < repetitions; r++) {
        double t = now();
        hb_ntt_encode_k(NULL, &plan, v, planes, scratch);
        t = now() - t;
        best = t < best ? t : best;
    }
    printf("%-8s encode K 2^%u -> 2^%u: %.3f ns per output element\n", hb_isa_name(hb_isa_current()), m, m + rate, best * 1e9 / (double)words);
    hb_pages_free(v, packs * sizeof *v), hb_pages_free(out, 20 * words), hb_pages_free(scratch, hb_ntt_scratch_bytes(&plan));
    hb_ntt_plan_free(&plan);
}

static void bench_weights(unsigned m, unsigned order, size_t terms, int repetitions)
{
    const size_t packs = hb_kpacks((size_t)1 << m);
    hb_kpack *w = hb_pages_alloc(packs * sizeof *w);
    const size_t scratch_bytes = hb_ntt_weights_scratch_bytes(NULL, m, terms, order);
    void *scratch = hb_pages_alloc(scratch_bytes);
    hb_k scale[512];
    uint32_t index[512];
    for (size_t q = 0; q < terms; q++) {
        scale[q] = hb_k_one();
        index[q] = (uint32_t)(q * 77777) & (((uint32_t)1 << order) - 1);
    }
    double best = 1e9;
    for (int r = 0; r < repetitions; r++) {
        double t = now();
        hb_ntt_weights_add(NULL, w, m, scale, index, terms, order, scratch);
        t = now() - t;
        best = t < best ? t : best;
    }
    printf("%-8s %zu weights to K 2^%u (order 2^%u): %.2f ns per element, %.2f ms\n", hb_isa_name(hb_isa_current()), terms, m, order,
           best * 1e9 / (double)((size_t)1 << m), best * 1e3);
    hb_pages_free(w, packs * sizeof *w), hb_pages_free(scratch, scratch_bytes);
}

int main(int argc, char **argv)
{
    const int repetitions = argc > 1 ? atoi(argv[1]) : 5;
    for (hb_isa isa = hb_isa_detected();; isa--) {
        hb_isa_cap(isa);
        for (unsigned h = 14; h <= 20; h += 2)
            bench_columns(h, 1, repetitions);
        bench_k(20, 3, repetitions);
        bench_k(16, 6, repetitions);
        bench_k(12, 9, repetitions);
        bench_weights(20, 21, 261, repetitions);
        bench_weights(16, 19, 85, repetitions);
        bench_weights(12, 18, 39, repetitions);
        if (isa == HB_ISA_BASELINE)
            return 0;
    }
}
