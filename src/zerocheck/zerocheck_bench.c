/* ns per row (best of several runs) of the zerocheck's parts, for made-up chips of usual size: CPU time of one thread, or wall-clock time of
 * several. Arguments: rows log2 (18), runs (3), threads (1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/cpu.h"
#include "zerocheck/skip.h"
#include "zerocheck/tail.h"
#include "zerocheck/zerocheck_prove.h"

static hb_pool *pool;

static double now(void)
{
    struct timespec t;
    clock_gettime(pool ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t seed = 1;
static hb_f random_f(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return hb_f_from_u32((uint32_t)(seed >> 33));
}
static hb_k random_k(void)
{
    return (hb_k){{random_f(), random_f(), random_f(), random_f(), random_f()}};
}

/* 24 columns, 12 constraints of two multiplications. */
static void rules_plain(hb_air *a, uint32_t degree)
{
    static const char *const labels[12] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    for (uint32_t q = 0; q < 12; q++) {
        hb_expr x = hb_air_col(a, 3 * q % 24), y = hb_air_col(a, (3 * q + 1) % 24), z = hb_air_col(a, (3 * q + 5) % 24), w = hb_air_col(a, (3 * q + 7) % 24);
        hb_expr inner = degree == 3 ? hb_air_sub(a, hb_air_add(a, hb_air_mul(a, x, y), z), w) : hb_air_sub(a, z, w);
        hb_expr e = hb_air_mul(a, inner, hb_air_add(a, x, z));
        if (degree == 2)
            e = hb_air_add(a, e, hb_air_mul(a, x, y));
        hb_air_zero(a, labels[q], e);
    }
}

/* Like an ADD of three registers: carries, three accesses, PROG, STATE; 25 columns. */
static void rules_add(hb_air *a, uint32_t degree)
{
    static const char *const labels[4] = {"c0", "c1", "c2", "c3"};
    hb_expr c[25], carry = hb_air_const(a, 0), zero = hb_air_const(a, 0);
    (void)degree;
    for (uint32_t j = 0; j < 25; j++)
        c[j] = hb_air_col(a, j);
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr sum = hb_air_sub(a, hb_air_add(a, hb_air_add(a, c[i], c[4 + i]), carry), c[8 + i]);
        carry = hb_air_scale_inv(a, 65536, sum);
        hb_air_bool(a, labels[i], carry);
        hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[8 + i], 1);
    }
    for (uint32_t i = 0; i < 3; i++) {
        const hb_expr *v = &c[4 * i];
        hb_expr ts = hb_air_add(a, c[19], hb_air_const(a, i)), gap = hb_air_sub(a, ts, hb_air_add(a, c[20 + i], hb_air_const(a, 1)));
        hb_expr *old = i == 2 ? &c[12] : &c[4 * i];
        hb_air_consume(a, HB_BUS_MEM, HB_ALWAYS, (hb_expr[]){hb_air_const(a, 256), c[16 + i], old[0], old[1], old[2], old[3], c[20 + i]}, 7);
        hb_air_produce(a, HB_BUS_MEM, HB_ALWAYS, (hb_expr[]){hb_air_const(a, 256), c[16 + i], v[0], v[1], v[2], v[3], ts}, 7);
        hb_air_lookup(a, HB_BUS_RC18, HB_ALWAYS, &gap, 1);
    }
    hb_air_lookup(a, HB_BUS_PROG, HB_ALWAYS, (hb_expr[]){c[23], hb_air_const(a, 33), c[18], c[16], c[17], zero, zero, zero, c[24]}, 9);
    hb_air_consume(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){c[23], c[19]}, 2);
    hb_air_produce(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){hb_air_add(a, c[23], hb_air_const(a, 1)), hb_air_add(a, c[19], hb_air_const(a, 4))}, 2);
}

/* The same with flags on everything. */
static void rules_flags(hb_air *a, uint32_t degree)
{
    hb_expr c[25];
    (void)degree;
    for (uint32_t j = 0; j < 25; j++)
        c[j] = hb_air_col(a, j);
    hb_air_bool(a, "f", c[23]);
    hb_air_bool(a, "g", c[24]);
    for (uint32_t i = 0; i < 4; i++) {
        hb_air_consume(a, HB_BUS_MEM, c[23 + i % 2], &c[4 * i], 7);
        hb_air_produce(a, HB_BUS_GLOBAL, c[23 + i % 2], &c[4 * i + 1], 7);
        hb_air_lookup(a, HB_BUS_AND, c[23], &c[5 * i], 3);
        hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[2 * i], 1);
    }
}

typedef struct bench {
    hb_air air;
    hb_table table;
    hb_f *cols[32];
    hb_gkr_layout layout;
    hb_gkr_result trees;
    hb_bus_challenges bus;
    hb_air_publics publics;
    hb_zerocheck_table zt;
    hb_zerocheck_claim claim;
    hb_zerocheck_challenges ch;
    hb_k weights[64], *eq_u;
    hb_arena arena;
} bench;

static void setup(bench *b, void (*rules)(hb_air *, uint32_t), uint32_t degree, uint32_t width, uint32_t rows_log2)
{
    uint32_t n = 1u << rows_log2;
    hb_air_init(&b->air, 0, width, HB_AIR_LIMITS_DEFAULT, malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT)));
    rules(&b->air, degree);
    hb_air_finish(&b->air); /* limbs without labels do not matter here */
    for (uint32_t j = 0; j < width; j++) {
        b->cols[j] = hb_pages_alloc(n * sizeof(hb_f));
        HB_ASSERT(b->cols[j]);
        for (uint32_t i = 0; i < n; i++)
            b->cols[j][i] = random_f();
    }
    b->table = (hb_table){0, &b->air, n, n, rows_log2, b->cols, "bench", NULL};
    b->layout.n_max = rows_log2;
    b->trees.n_xi = 30;
    for (int i = 0; i < 30; i++)
        b->trees.xi[i] = random_k();
    b->bus.alpha = random_k(), b->bus.beta_tag = random_k();
    for (int i = 0; i < 16; i++)
        b->bus.beta[i] = random_k();
    for (int i = 0; i < 64; i++)
        b->weights[i] = random_k();
    b->ch.lambda = random_k();
    for (int i = 0; i < 4; i++)
        b->ch.eta[i] = random_k();
    b->zt = (hb_zerocheck_table){&b->air, n};
    b->claim = (hb_zerocheck_claim){&b->zt, 1, &b->layout, &b->trees, &b->bus, &b->publics, NULL};
    HB_ASSERT(hb_arena_init(&b->arena, (size_t)width * n * 2 + ((size_t)64 << 20)) == HB_OK);
    b->eq_u = malloc((n / 4096 + 1) * sizeof(hb_k));
    for (uint32_t u = 0; u < n / 4096; u++)
        b->eq_u[u] = hb_eq_bits(b->trees.xi + 12, rows_log2 - 12, u);
}

typedef struct times {
    double skip, first, y, u;
} times;

static times run(bench *b)
{
    hb_prover_table pt = {.table = &b->table, .full_tiles = b->table.n_rows / 4096, .active_tiles = b->table.n_rows / 4096};
    hb_k power = hb_k_one();
    hb_skip_polynomials polynomials;
    hb_skip_eq eq = {.u = b->eq_u};
    hb_tail tail;
    hb_tail_sums sums;
    times t;
    for (uint32_t y = 0; y < 256; y++)
        hb_kpack_set(eq.y, y, hb_eq_bits(b->trees.xi, 8, y));
    HB_ASSERT(hb_summand_init(&pt.summand, &b->air, &b->claim, &b->ch, b->weights, &power, &b->arena));
    double t0 = now();
    HB_ASSERT(hb_skip_round(&pt, 1, &eq, &b->publics, pool, &b->arena, &polynomials));
    double t1 = now();
    HB_ASSERT(hb_tail_init(&tail, &pt, 1, &b->publics, b->trees.xi, b->layout.n_max, b->eq_u, pool, &b->arena));
    hb_tail_begin(&tail, random_k(), &sums);
    double t2 = now();
    for (int i = 0; i < 8; i++)
        hb_tail_bind(&tail, random_k(), &sums);
    double t3 = now();
    for (uint32_t i = 0; i < b->layout.n_max - 12; i++)
        hb_tail_bind(&tail, random_k(), i + 1 < b->layout.n_max - 12 ? &sums : NULL);
    double t4 = now();
    t = (times){t1 - t0, t2 - t1, t3 - t2, t4 - t3};
    return t;
}

static void one(const char *name, void (*rules)(hb_air *, uint32_t), uint32_t degree, uint32_t width, uint32_t rows_log2, int runs)
{
    static bench b;
    memset(&b, 0, sizeof b);
    setup(&b, rules, degree, width, rows_log2);
    times best = {1e9, 1e9, 1e9, 1e9};
    for (int i = 0; i < runs; i++) {
        size_t mark = hb_arena_mark(&b.arena);
        times t = run(&b);
        hb_arena_release(&b.arena, mark);
        best.skip = t.skip < best.skip ? t.skip : best.skip;
        best.first = t.first < best.first ? t.first : best.first;
        best.y = t.y < best.y ? t.y : best.y;
        best.u = t.u < best.u ? t.u : best.u;
    }
    double f = 1e9 / (double)b.table.n_rows;
    printf("%-10s %2u columns %2u constraints %2u terms: skip %6.1f  fold + round 0 %5.1f  rest of y %5.1f  u %4.1f  together %6.1f ns/row\n", name, width,
           b.air.n_constraints, b.air.n_terms, best.skip * f, best.first * f, best.y * f, best.u * f, (best.skip + best.first + best.y + best.u) * f);
    for (uint32_t j = 0; j < width; j++)
        hb_pages_free(b.cols[j], b.table.n_rows * sizeof(hb_f));
    hb_arena_free(&b.arena);
}

int main(int argc, char **argv)
{
    uint32_t rows_log2 = argc > 1 ? (uint32_t)atoi(argv[1]) : 18;
    int runs = argc > 2 ? atoi(argv[2]) : 3;
    unsigned threads = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    pool = threads > 1 ? hb_pool_create(threads) : NULL;
    printf("%s, 2^%u rows, %u threads\n", hb_isa_name(hb_isa_current()), rows_log2, threads);
    one("degree 2", rules_plain, 2, 24, rows_log2, runs);
    one("degree 3", rules_plain, 3, 24, rows_log2, runs);
    one("add", rules_add, 0, 25, rows_log2, runs);
    one("flags", rules_flags, 0, 25, rows_log2, runs);
    hb_pool_destroy(pool);
    return 0;
}
