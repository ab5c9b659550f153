/* ns per cell of leaf hashing, per node, and of openings; one thread, matrices larger than the caches. Usage: merkle_bench [repetitions] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "hash/blake3x16.h"
#include "merkle/merkle.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Columns at the power-of-two distance that codewords have. */
static void bench_commit(unsigned leaves_log2, size_t width, int repetitions)
{
    const size_t leaves = (size_t)1 << leaves_log2, bytes = hb_merkle_tree_bytes(leaves_log2, 0);
    uint32_t *cells = hb_pages_alloc(4 * leaves * width);
    const uint32_t *columns[HB_MERKLE_MAX_WIDTH];
    void *memory = hb_pages_alloc(bytes);
    hb_merkle_tree tree;
    if (!cells || !memory || hb_merkle_tree_init(&tree, leaves_log2, width, 0, memory) != HB_OK)
        abort();
    for (size_t i = 0; i < leaves * width; i++)
        cells[i] = (uint32_t)i;
    for (size_t j = 0; j < width; j++)
        columns[j] = cells + j * leaves;
    double all = 1e9, leaf = 1e9;
    for (int r = 0; r < repetitions; r++) {
        double t = now();
        hb_merkle_commit(NULL, &tree, columns);
        t = now() - t;
        all = t < all ? t : all;
        t = now();
        for (size_t block = 0; 16 * block < width; block++)
            hb_merkle_absorb(NULL, &tree, tree.level[0], block, columns + 16 * block);
        t = now() - t;
        leaf = t < leaf ? t : leaf;
    }
    const double n = (double)leaves * (double)width;
    printf("%-8s 2^%u leaves of %zu words: commit %.3f ns per word, leaves alone block by block %.3f\n", hb_isa_name(hb_isa_current()), leaves_log2, width,
           all * 1e9 / n, leaf * 1e9 / n);
    hb_pages_free(cells, 4 * leaves * width), hb_pages_free(memory, bytes);
}

static void bench_compress(void)
{
    _Alignas(64) uint32_t cv[8][16] = {{1}}, block[16][16] = {{2}};
    uint32_t one[16] = {1}, out[16];
    double many = 1e9, single = 1e9, grind = 1e9;
    for (int r = 0; r < 5; r++) {
        double t = now();
        for (int i = 0; i < 20000; i++)
            hb_blake3_compress16(cv, (const uint32_t(*)[16])block, 0, 0, 64, HB_HASH_NODE);
        t = now() - t;
        many = t < many ? t : many;
        t = now();
        for (int i = 0; i < 20000; i++) {
            hb_blake3_compress(out, one, one, 0, 64, HB_HASH_NODE);
            memcpy(one, out, sizeof one);
        }
        t = now() - t;
        single = t < single ? t : single;
        uint64_t nonce = 0;
        t = now();
        hb_blake3_grind(NULL, &nonce, one, one, 0, 16, HB_HASH_GRIND, 32, 1 << 19); /* practically never found */
        t = now() - t;
        grind = t < grind ? t : grind;
    }
    printf("%-8s compression: 16 lanes %.2f ns each, scalar %.1f ns, grinding %.2f ns a nonce\n", hb_isa_name(hb_isa_current()), many * 1e9 / 320000,
           single * 1e9 / 20000, grind * 1e9 / (1 << 19));
}

int main(int argc, char **argv)
{
    const int repetitions = argc > 1 ? atoi(argv[1]) : 3;
    for (hb_isa isa = hb_isa_detected();; isa--) {
        hb_isa_cap(isa);
        bench_compress();
        bench_commit(21, 104, repetitions);
        bench_commit(19, 80, repetitions);
        bench_commit(14, 64, repetitions);
        if (isa == HB_ISA_BASELINE)
            return 0;
    }
}
