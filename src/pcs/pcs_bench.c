/* Costs of committing and opening: pcs_bench [threads [log2 of rows [widths ..]]]. One table of 2^20 rows unless told otherwise, so a column is a
 * stacked column. Processor time of all threads together, best of three; memory is the arena's, tables aside. */
#include <stdio.h>
#include <time.h>

#include "base/cpu.h"
#include "pcs/pcs_case.h"

/* CPU time of all threads. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double least(double x, double y)
{
    return x == 0 || y < x ? y : x;
}

/* One round: commits, opens, verifies; keeps the least times. The arena is used again and again, so its pages are new in the first round only. */
static void round_trip(const pcs_case *x, hb_pcs_keep keep, hb_pool *pool, hb_arena *arena, double best[3], size_t *kept, size_t *proof_bytes)
{
    static hb_pcs_committed committed[HB_COMMITMENTS];
    hb_error err;
    hb_buf proof = {0};
    double start = now();
    if (hb_pcs_commit(HB_COMMIT_MAIN, &x->stack, x->tables, keep, pool, arena, &committed[HB_COMMIT_MAIN], &err) != HB_OK)
        exit(1);
    best[0] = least(best[0], now() - start);
    *kept = arena->used;
    hb_sender s = {.proof = &proof, .pool = pool};
    const hb_pcs_cap cap[] = PCS_CASE_CAPS(committed);
    pcs_case_absorb(&s.t, x, cap);
    start = now();
    if (hb_pcs_open(&s, &hb_pcs_shard_params, &x->stack, x->tables, committed, &x->point, (const hb_k *const *)x->tile_values, arena, &err) != HB_OK)
        exit(1);
    best[1] = least(best[1], now() - start);
    start = now();
    if (pcs_case_verify(x, &hb_pcs_shard_params, cap, x->values, &proof) != 0)
        exit(1);
    best[2] = least(best[2], now() - start);
    *proof_bytes = proof.len;
    hb_buf_free(&proof);
    hb_arena_release(arena, 0);
}

static void measure(uint32_t rows_log2, uint32_t width, hb_pcs_keep keep, hb_pool *pool)
{
    static pcs_case x;
    const hb_stack_shape shape = {1u << rows_log2, {0, 0, width}, false};
    double best[3] = {0};
    size_t kept, bytes;
    hb_arena arena;
    if (!pcs_case_make(&x, &shape, 1, 1))
        exit(1);
    pcs_case_evaluate(&x);
    if (hb_arena_init(&arena, hb_pcs_commit_bytes(&x.stack, HB_COMMIT_MAIN, keep, pool) + ((size_t)1 << 29)) != HB_OK)
        exit(1);
    for (int i = 0; i < 3; i++)
        round_trip(&x, keep, pool, &arena, best, &kept, &bytes);
    const double cells = (double)width * (double)((uint64_t)1 << rows_log2);
    printf("%3u x 2^%u (H %u) %s  commit %6.2f ns/cell  open %7.1f ms  verify %5.2f ms  proof %zu bytes  memory %zu MiB kept, %zu at most\n", hb_stack_columns(&x.stack),
           x.stack.h[HB_COMMIT_MAIN], x.stack.h[HB_COMMIT_MAIN], keep == HB_PCS_KEEP_CODEWORDS ? "keep" : "drop", 1e9 * best[0] / cells, 1e3 * best[1], 1e3 * best[2], bytes,
           kept >> 20, hb_arena_peak(&arena) >> 20);
    fflush(stdout);
    hb_arena_free(&arena);
    pcs_case_free(&x);
}

int main(int argc, char **argv)
{
    const unsigned threads = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    const uint32_t rows_log2 = argc > 2 ? (uint32_t)atoi(argv[2]) : 20;
    hb_pool *pool = hb_pool_create(threads);
    printf("%u threads, %s\n", hb_pool_threads(pool), hb_isa_name(hb_isa_current()));
    static const uint32_t widths[] = {33, 64, 104};
    for (int i = 3; i < argc; i++)
        measure(rows_log2, (uint32_t)atoi(argv[i]), HB_PCS_KEEP_CODEWORDS, pool);
    for (size_t i = 0; argc <= 3 && i < sizeof widths / sizeof widths[0]; i++) {
        measure(rows_log2, widths[i], HB_PCS_KEEP_CODEWORDS, pool);
        measure(rows_log2, widths[i], HB_PCS_DROP_CODEWORDS, pool);
    }
    hb_pool_destroy(pool);
    return 0;
}
