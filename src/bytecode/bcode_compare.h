/* A program under the native interpreter and its translation under the executor of src/rv: same end, output, gas and memory. Only for tests and fuzz targets. */
#pragma once
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "bytecode/bcode_run.h"
#include "bytecode/bcode_translate.h"
#include "hash/sha256.h"
#include "rv/interp.h"

typedef struct bcx_result {
    hb_bytecode_end end;      /* of the interpreter */
    uint64_t steps, cycles;   /* instructions of bytecode; of the image */
    char difference[300];     /* "" when there is none */
} bcx_result;

#define BCX_CHECK(x, ...)                                                                                              \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            snprintf(out->difference, sizeof out->difference, __VA_ARGS__);                                            \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)

/* What the image committed to: its public values, and nothing deferred. */
static inline bool bcx_digest_matches(const hb_rv_report *r)
{
    uint8_t digest[32];
    hb_sha256_hash(digest, r->public_values.data, r->public_values.len);
    for (unsigned k = 0; k < 8; k++)
        if (r->pv_words[k] != hb_load_le32(digest + 4 * k) || r->pv_words[8 + k])
            return false;
    return true;
}

static inline void bcx_compare_runs(const hb_bytecode_program *p, const hb_bytecode_view *v, const hb_rv_run *run, bcx_result *out)
{
    static uint8_t memory[65536];
    const hb_rv_report *r = hb_rv_run_report(run);
    unsigned long long at = v->pc, gas = v->gas;
    BCX_CHECK(r->end == HB_RV_END_HALT, "the image did not halt");
    BCX_CHECK(r->exit_code == hb_bytecode_end_code(v->end), "at %llu: interpreter %s, image %s", at, hb_bytecode_end_text(v->end),
              hb_bytecode_end_text(hb_bytecode_end_of_code(r->exit_code)));
    BCX_CHECK(r->public_values.len == v->output_len + 8, "%llu bytes of output, of the image %zu", (unsigned long long)v->output_len, r->public_values.len);
    BCX_CHECK(v->output_len == 0 || memcmp(r->public_values.data, v->output, v->output_len) == 0, "other bytes of output");
    unsigned long long image_gas = hb_load_le64(r->public_values.data + v->output_len);
    BCX_CHECK(image_gas == gas, "%s at %llu: gas %llu, of the image %llu", hb_bytecode_end_text(v->end), at, gas, image_gas);
    BCX_CHECK(bcx_digest_matches(r), "the digest of the public values is wrong");
    for (uint64_t from = 0; from < p->limits.memory; from += sizeof memory) {
        size_t n = p->limits.memory - from < sizeof memory ? (size_t)(p->limits.memory - from) : sizeof memory;
        BCX_CHECK(hb_rv_run_memory(run, HB_BYTECODE_IMAGE_MEMORY + from, memory, n), "no memory in the image");
        BCX_CHECK(memcmp(memory, v->memory + from, n) == 0, "other memory from %llu on", (unsigned long long)from);
    }
}

static inline void bcx_run_image(const hb_bytecode_program *p, const hb_bytecode_view *v, const hb_rv_span *spans, size_t n_spans, bcx_result *out)
{
    hb_rv_program image;
    hb_rv_run *run = NULL;
    hb_error err = {.message = ""};
    BCX_CHECK(hb_bytecode_translate_load(&image, p, &err) == HB_OK, "%s", err.message);
    hb_rv_exec_options options = {.inputs = spans, .n_inputs = n_spans, .cycle_limit = 100 * v->steps + 100000 + 200 * v->output_len};
    if (hb_rv_exec(&image, &options, &run, &err) != HB_OK)
        snprintf(out->difference, sizeof out->difference, "%s", err.message);
    else
        bcx_compare_runs(p, v, run, out);
    if (run)
        out->cycles = hb_rv_run_report(run)->cycles;
    hb_rv_run_free(run);
    hb_rv_program_free(&image);
}

/* spans: the input in chunks, whole: the same bytes end to end. At most max_steps instructions: a longer run is not compared (out->end is then running). */
static inline void bcx_compare(const hb_bytecode_program *p, const hb_rv_span *spans, size_t n_spans, hb_rv_span whole, uint64_t max_steps, bcx_result *out)
{
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    *out = (bcx_result){.difference = ""};
    BCX_CHECK(hb_bytecode_machine_create(&m, p, whole.data, whole.len, 0, NULL) == HB_OK, "no machine");
    hb_status st = hb_bytecode_machine_run(m, max_steps, NULL);
    hb_bytecode_machine_view(m, &v);
    out->end = v.end;
    out->steps = v.steps;
    if (st == HB_OK && v.end != HB_BC_RUNNING)
        bcx_run_image(p, &v, spans, n_spans, out);
    hb_bytecode_machine_free(m);
}
