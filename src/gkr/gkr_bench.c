/* Cost of proving the bus trees, per leaf: product leaves alone, fraction leaves alone, and both together.
 *   gkr_bench [log2 of leaves, default 22] [threads, default 1] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cpu.h"
#include "gkr/gkr_prove.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct bench {
    hb_gkr_layout layout;
    hb_gkr_leaves leaves;
    hb_kpack *packs, **pointers;
    hb_arena arena;
    size_t n_packs;
} bench;

static void die(const char *what)
{
    fprintf(stderr, "gkr_bench: %s\n", what);
    exit(1);
}

/* Random words below p; rows behind n_rows would have to be neutral, so heights here are whole tiles. */
static void fill(bench *b)
{
    uint64_t s = 1;
    for (size_t i = 0; i < b->n_packs; i++)
        for (size_t j = 0; j < HB_K_DEGREE * HB_LANES; j++) {
            s = s * 6364136223846793005u + 1442695040888963407u;
            b->packs[i].c[j / HB_LANES][j % HB_LANES] = (hb_f)((s >> 32) % HB_F_P);
        }
}

static void point(bench *b)
{
    hb_kpack *next = b->packs, **pointer = b->pointers;
    for (uint32_t k = 0; k < b->layout.n_trees; k++)
        for (uint32_t v = hb_gkr_value(k); v <= hb_gkr_value(k) + (k == HB_GKR_TREE_F); v++) {
            b->leaves.v[v] = pointer;
            for (uint32_t i = 0; i < b->layout.trees[k].n_blocks; i++) {
                *pointer++ = next;
                next += hb_gkr_block_packs(&b->layout.trees[k].blocks[i]);
            }
        }
}

/* Best seconds of three. terms: tree numbers of a table of `rows` rows. */
static double measure(const char *name, uint32_t rows, const uint8_t *terms, uint32_t n_terms, hb_pool *pool)
{
    static uint8_t layout_memory[1 << 16];
    bench b = {0};
    hb_gkr_table table = {rows, n_terms, terms};
    hb_scratch scratch = hb_scratch_of(layout_memory, sizeof layout_memory);
    if (hb_gkr_layout_init(&b.layout, HB_GKR_TREES, &table, 1, &scratch, NULL) != HB_OK)
        die("no layout");
    size_t arena_bytes = hb_gkr_prove_bytes(&b.layout, hb_pool_threads(pool));
    b.n_packs = hb_gkr_leaf_packs(&b.layout);
    b.packs = hb_pages_alloc(b.n_packs * sizeof *b.packs);
    b.pointers = calloc(2 * (size_t)n_terms, sizeof *b.pointers);
    if (!b.packs || !b.pointers || hb_arena_init(&b.arena, arena_bytes) != HB_OK)
        die("no memory");
    double best = 1e9;
    size_t proof_bytes = 0;
    for (int i = 0; i < 3; i++) { /* the first run also pays for the arena's page faults */
        hb_buf proof = {0};
        hb_sender s = {.proof = &proof, .pool = pool};
        hb_gkr_result out;
        hb_transcript_init(&s.t);
        fill(&b);
        point(&b);
        double begin = now();
        if (hb_gkr_prove(&s, &b.layout, &b.leaves, &b.arena, &out, NULL) != HB_OK)
            die("no proof");
        double took = now() - begin;
        best = took < best ? took : best;
        proof_bytes = proof.len;
        hb_buf_free(&proof);
    }
    printf("%-22s depth %2u  %8.1f ms  %7.2f ns/leaf  leaves %6.1f MiB  levels %6.1f MiB  proof %zu bytes\n", name, b.layout.depth, best * 1e3,
           best * 1e9 / ((double)rows * n_terms), (double)b.n_packs * sizeof *b.packs / (1 << 20), (double)arena_bytes / (1 << 20),
           proof_bytes);
    hb_arena_free(&b.arena);
    hb_pages_free(b.packs, b.n_packs * sizeof *b.packs);
    free(b.pointers);
    return best;
}

int main(int argc, char **argv)
{
    unsigned log2 = argc > 1 ? (unsigned)atoi(argv[1]) : 22, threads = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    if (log2 < 13 || log2 > 27)
        die("log2 of leaves: 13 to 27");
    static const uint8_t products[2] = {HB_GKR_TREE_G, HB_GKR_TREE_R}, fractions[1] = {HB_GKR_TREE_F};
    static const uint8_t seven[7] = {0, 1, 2, 0, 1, 2, 0}, five[5] = {0, 2, 1, 2, 2};
    hb_pool *pool = hb_pool_create(threads);
    printf("%s, %u threads\n", hb_isa_name(hb_isa_current()), hb_pool_threads(pool));
    measure("products, two trees", 1u << (log2 - 1), products, 2, pool);
    measure("fractions", 1u << log2, fractions, 1, pool);
    measure("mixed 3 G, 2 R, 2 F", 1u << (log2 - 2), seven, 7, pool);
    measure("mixed 1 G, 1 R, 3 F", (1u << (log2 - 2)) * 5 / 4, five, 5, pool);
    hb_pool_destroy(pool);
    return 0;
}
