/* ns per row (CPU time of one thread, best of several runs) of leaves and multiplicities. Arguments: rows log2 (18), runs (5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "air/leaves.h"
#include "air/multiplicity.h"
#include "base/check.h"
#include "base/cpu.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t seed = 1;
static uint32_t random_u32(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}
static hb_k random_k(void)
{
    hb_k k;
    for (int i = 0; i < 5; i++)
        k.c[i] = hb_f_from_u32(random_u32());
    return k;
}

enum { COLUMNS = 12, TERMS = 6 };
static const char *const names[TERMS] = {"MEM, 7 words", "MEM, 7 words, flag", "STATE, 2 words", "RC16, three to a leaf", "PROG, 9 words", "BYTES, flag"};

static void rules(hb_air *a)
{
    hb_expr c[COLUMNS];
    for (uint32_t j = 0; j < COLUMNS; j++)
        c[j] = hb_air_col(a, j);
    hb_air_bool(a, "flag", c[11]);
    hb_air_consume(a, HB_BUS_MEM, HB_ALWAYS, c, 7);
    hb_air_consume(a, HB_BUS_MEM, c[11], c + 2, 7);
    hb_air_consume(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){c[9], hb_air_add(a, c[10], hb_air_const(a, 4))}, 2);
    for (uint32_t i = 0; i < 3; i++)
        hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[i], 1);
    hb_air_lookup(a, HB_BUS_PROG, HB_ALWAYS, c, 9);
    hb_air_lookup(a, HB_BUS_BYTES, c[11], c + 3, 2);
}

static void rules_tables(hb_air *a)
{
    hb_expr index = hb_air_structured(a, HB_ST_INDEX), bytes[2] = {hb_air_structured(a, HB_ST_BYTE_A), hb_air_structured(a, HB_ST_BYTE_B)};
    hb_expr nine[9];
    for (uint32_t j = 0; j < 9; j++)
        nine[j] = index;
    hb_air_provide(a, HB_BUS_RC16, hb_air_col(a, 0), &index, 1);
    hb_air_provide(a, HB_BUS_BYTES, hb_air_col(a, 1), bytes, 2);
    hb_air_provide(a, HB_BUS_PROG, hb_air_col(a, 2), nine, 9);
}

static size_t row_of(const void *ctx, hb_bus bus, const uint32_t *tuple)
{
    (void)ctx, (void)bus;
    return tuple[0];
}

static void record(hb_air *a, uint32_t width, void (*write)(hb_air *))
{
    hb_air_init(a, 0, width, HB_AIR_LIMITS_DEFAULT, malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT)));
    write(a);
    HB_ASSERT(hb_air_finish(a).code == HB_AIR_OK);
}

int main(int argc, char **argv)
{
    uint32_t n = 1u << (argc > 1 ? atoi(argv[1]) : 18);
    int runs = argc > 2 ? atoi(argv[2]) : 5;
    hb_air air, tables_air;
    hb_f *cols[COLUMNS], *table_cols[3];
    hb_bus_challenges ch = {.alpha = random_k(), .beta_tag = random_k()};
    hb_air_publics publics = {.key = {0}};
    hb_arena arena;
    record(&air, COLUMNS, rules);
    record(&tables_air, 3, rules_tables);
    for (int i = 0; i < 16; i++)
        ch.beta[i] = random_k();
    for (uint32_t j = 0; j < COLUMNS; j++) {
        cols[j] = hb_pages_alloc(n * sizeof(hb_f));
        for (uint32_t i = 0; i < n; i++)
            cols[j][i] = hb_f_from_u32(random_u32() % (j == 11 ? 2 : j > 2 ? 256 : 65536));
    }
    for (uint32_t j = 0; j < 3; j++)
        table_cols[j] = hb_pages_alloc(65536 * sizeof(hb_f));
    hb_table tables[2] = {{0, &air, n, n, 0, cols, "user", NULL}, {1, &tables_air, 65536, 65536, 16, table_cols, "tables", NULL}};
    hb_air_finder finders[2] = {{NULL, NULL}, {row_of, NULL}};
    hb_kpack *num = hb_pages_alloc(n / 16 * sizeof *num), *den = hb_pages_alloc(n / 16 * sizeof *den);
    HB_ASSERT(num && den && hb_arena_init(&arena, (size_t)8 << 20) == HB_OK);
    printf("%s, %u rows\n", hb_isa_name(hb_isa_current()), n);
    for (uint32_t t = 0; t < TERMS; t++) {
        double best = 1e9;
        for (int r = 0; r < runs; r++) {
            double t0 = now();
            HB_ASSERT(hb_air_leaves(&tables[0], t, &ch, &publics, NULL, &arena, t >= 3 ? num : NULL, den, NULL) == HB_OK);
            best = now() - t0 < best ? now() - t0 : best;
        }
        printf("leaves %-22s %5.2f ns/row\n", names[t], best * 1e9 / n);
    }
    double best = 1e9;
    for (int r = 0; r < runs; r++) {
        double t0 = now();
        HB_ASSERT(hb_air_count_multiplicities(tables, 2, finders, &publics, NULL, &arena, NULL) == HB_OK);
        best = now() - t0 < best ? now() - t0 : best;
    }
    printf("multiplicities of 5 lookups    %5.2f ns/row\n", best * 1e9 / n);
    return 0;
}
