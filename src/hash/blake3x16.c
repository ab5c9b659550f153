#include "hash/blake3x16.h"

#include <stdatomic.h>

#include "base/check.h"
#include "hash/blake3_kernel.h"

void hb_blake3_compress16(uint32_t cv[8][16], const uint32_t block[16][16], uint64_t counter, uint32_t counter_step, uint32_t block_len,
                          uint32_t flags)
{
    HB_ISA_PICK(hb_blake3_kernels_table)->compress16(cv, block, counter, counter_step, block_len, flags);
}

/* Nonces are searched in slices, in ascending order. Within a window of slices the threads race; the smallest find counts, and slices
 * above a find already made are passed over. */
#define SLICE_GROUPS UINT64_C(64) /* of 16 nonces */
#define SLICE (16 * SLICE_GROUPS)

typedef struct search {
    const uint32_t *cv, *block;
    uint64_t counter, base; /* base: first nonce of the window */
    uint32_t block_len, flags;
    unsigned bits;
    _Atomic uint64_t best;
} search;

static void lower(_Atomic uint64_t *best, uint64_t value)
{
    uint64_t seen = atomic_load(best);
    while (value < seen && !atomic_compare_exchange_weak(best, &seen, value))
        ;
}

static void search_slices(void *ctx, size_t begin, size_t end, unsigned worker)
{
    search *s = ctx;
    (void)worker;
    const hb_blake3_kernels *k = HB_ISA_PICK(hb_blake3_kernels_table);
    for (size_t i = begin; i < end; i++) {
        uint64_t first = s->base + i * SLICE;
        if (first > atomic_load(&s->best))
            return;
        lower(&s->best, k->grind(s->cv, s->block, s->counter, s->block_len, s->flags, s->bits, first, SLICE_GROUPS));
    }
}

bool hb_blake3_grind(hb_pool *pool, uint64_t *nonce, const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t block_len,
                     uint32_t flags, unsigned bits, uint64_t limit)
{
    HB_ASSERT(bits <= 32);
    const uint64_t last = UINT64_MAX / 2; /* far beyond any search; keeps the arithmetic from wrapping */
    search s = {cv, block, counter, 0, block_len, flags, bits, UINT64_MAX};
    if (!limit || limit > last)
        limit = last;
    size_t slices = hb_pool_threads(pool); /* small windows first: easy puzzles end soon */
    while (s.base < limit) {
        const uint64_t left = (limit - s.base + SLICE - 1) / SLICE;
        slices = slices < left ? slices : (size_t)left;
        hb_pool_for(pool, slices, 1, search_slices, &s);
        uint64_t best = atomic_load(&s.best);
        if (best != UINT64_MAX) {
            *nonce = best;
            return best < limit;
        }
        s.base += slices * SLICE;
        slices = slices < 4096 ? 2 * slices : slices;
    }
    return false;
}
