/* Differential test: a program under the native interpreter and its translation under the executor of src/rv: same end, output, gas and memory. Only for tests. */
#pragma once
#include <inttypes.h>
#include <stdlib.h>

#include "bytecode/bcode_flow.h"
#include "bytecode/bcode_random.h"
#include "bytecode/bcode_run.h"
#include "bytecode/bcode_translate.h"
#include "hash/sha256.h"
#include "rv/interp.h"

typedef struct bcd_totals {
    uint64_t ends[HB_BC_END_COUNT], steps, cycles;
} bcd_totals;

#define BCD_CHECK(x)                                                                                                   \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            print_error("%s:%d: %s\n", __FILE__, __LINE__, #x);                                                        \
            return false;                                                                                              \
        }                                                                                                              \
    } while (0)

/* What the image committed to: its public values, and nothing deferred. */
static inline bool bcd_digest_matches(const hb_rv_report *r)
{
    uint8_t digest[32];
    hb_sha256_hash(digest, r->public_values.data, r->public_values.len);
    for (unsigned k = 0; k < 8; k++)
        if (r->pv_words[k] != hb_load_le32(digest + 4 * k) || r->pv_words[8 + k])
            return false;
    return true;
}

static inline bool bcd_same(const hb_bytecode_program *p, const hb_bytecode_view *v, const hb_rv_run *run)
{
    static uint8_t memory[65536];
    const hb_rv_report *r = hb_rv_run_report(run);
    BCD_CHECK(r->end == HB_RV_END_HALT);
    if (r->exit_code != hb_bytecode_end_code(v->end))
        print_error("interpreter: %s; image: %s\n", hb_bytecode_end_text(v->end), hb_bytecode_end_text(hb_bytecode_end_of_code(r->exit_code)));
    BCD_CHECK(r->exit_code == hb_bytecode_end_code(v->end));
    BCD_CHECK(r->public_values.len == v->output_len + 8);
    BCD_CHECK(v->output_len == 0 || memcmp(r->public_values.data, v->output, v->output_len) == 0);
    uint64_t gas = hb_load_le64(r->public_values.data + v->output_len);
    if (gas != v->gas)
        print_error("%s at %" PRIu32 ": gas %" PRIu64 ", of the image %" PRIu64 "\n", hb_bytecode_end_text(v->end), v->pc, v->gas, gas);
    BCD_CHECK(gas == v->gas);
    BCD_CHECK(bcd_digest_matches(r));
    for (uint64_t at = 0; at < p->limits.memory; at += sizeof memory) {
        size_t n = p->limits.memory - at < sizeof memory ? (size_t)(p->limits.memory - at) : sizeof memory;
        BCD_CHECK(hb_rv_run_memory(run, HB_BYTECODE_IMAGE_MEMORY + at, memory, n));
        BCD_CHECK(memcmp(memory, v->memory + at, n) == 0);
    }
    return true;
}

/* Runs both; spans: the input in chunks, whole: the same bytes end to end. */
static inline bool bcd_compare(const hb_bytecode_program *p, const hb_rv_span *spans, size_t n_spans, hb_rv_span whole, bcd_totals *totals)
{
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_rv_program image;
    hb_rv_run *run;
    hb_error err = {.message = ""};
    BCD_CHECK(hb_bytecode_machine_create(&m, p, whole.data, whole.len, 0, &err) == HB_OK);
    BCD_CHECK(hb_bytecode_machine_run(m, UINT64_MAX, &err) == HB_OK);
    hb_bytecode_machine_view(m, &v);
    hb_status st = hb_bytecode_translate_load(&image, p, &err);
    if (st != HB_OK)
        print_error("%s\n", err.message);
    BCD_CHECK(st == HB_OK);
    hb_rv_exec_options options = {.inputs = spans, .n_inputs = n_spans, .cycle_limit = 100 * v.steps + 100000 + 200 * v.output_len};
    st = hb_rv_exec(&image, &options, &run, &err);
    if (st != HB_OK)
        print_error("%s\n", err.message);
    bool same = st == HB_OK && bcd_same(p, &v, run);
    totals->ends[v.end]++;
    totals->steps += v.steps;
    if (same)
        totals->cycles += hb_rv_run_report(run)->cycles;
    hb_rv_run_free(run);
    hb_rv_program_free(&image);
    hb_bytecode_machine_free(m);
    return same;
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
