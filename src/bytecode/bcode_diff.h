/* Differential test: random programs with random input, compared by bcode_compare.h. Only for tests. */
#pragma once
#include <inttypes.h>
#include <stdlib.h>

#include "bytecode/bcode_compare.h"
#include "bytecode/bcode_random.h"

typedef struct bcd_totals {
    uint64_t ends[HB_BC_END_COUNT], steps, cycles;
} bcd_totals;

/* spans: the input in chunks, whole: the same bytes end to end. */
static inline bool bcd_compare(const hb_bytecode_program *p, const hb_rv_span *spans, size_t n_spans, hb_rv_span whole, bcd_totals *totals)
{
    bcx_result r;
    bcx_compare(p, spans, n_spans, whole, UINT64_MAX, &r);
    if (r.difference[0])
        print_error("%s\n", r.difference);
    totals->ends[r.end]++;
    totals->steps += r.steps;
    totals->cycles += r.cycles;
    return !r.difference[0];
}

typedef struct bcd_input {
    uint8_t bytes[512];
    hb_rv_span spans[6], whole;
    size_t n;
} bcd_input;

static inline void bcd_random_input(hb_test_rng *rng, bcd_input *in)
{
    size_t at = 0;
    in->n = hb_test_below(rng, 6);
    for (size_t k = 0; k < in->n; k++) {
        size_t len = hb_test_below(rng, 3) ? 8 * hb_test_below(rng, 8) : hb_test_below(rng, 80);
        hb_test_bytes(rng, in->bytes + at, len);
        in->spans[k] = (hb_rv_span){in->bytes + at, len};
        at += len;
    }
    in->whole = (hb_rv_span){in->bytes, at};
}

static inline bool bcd_one(uint64_t seed, bcd_totals *totals)
{
    hb_test_rng rng = {seed};
    hb_bytecode_program p;
    bcd_input in;
    bcr_program(&rng, &p);
    bcd_random_input(&rng, &in);
    bool same = bcd_compare(&p, in.spans, in.n, in.whole, totals);
    hb_bytecode_program_free(&p);
    return same;
}

/* `count` programs from the seed on. Arguments of the test override: COUNT [SEED]. */
static inline void bcd_many(uint64_t count, uint64_t seed)
{
    bcd_totals totals = {{0}, 0, 0};
    print_message("%" PRIu64 " programs, first seed %" PRIu64 "\n", count, seed);
    for (uint64_t k = 0; k < count; k++)
        if (!bcd_one(seed + k, &totals))
            fail_msg("seed %" PRIu64 " differs (run again with: 1 %" PRIu64 ")", seed + k, seed + k);
    for (unsigned e = 1; e < HB_BC_END_COUNT; e++) {
        print_message("%s %" PRIu64 "  ", hb_bytecode_end_text((hb_bytecode_end)e), totals.ends[e]);
        if (count >= 500)
            assert_true(totals.ends[e] > 0);
    }
    print_message("\n%" PRIu64 " steps, %.2f instructions a step, start and digest included\n", totals.steps,
                  totals.steps ? (double)totals.cycles / (double)totals.steps : 0);
}
