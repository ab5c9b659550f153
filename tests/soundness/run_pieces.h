/* Proof files of runs in shards, in pieces that can be taken apart, changed and put together again; and a prover that puts shards of different executions, in any
 * order and under any number, into one run. Includes proof_case.h; for one test program each. */
#pragma once
#include <stdlib.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "machine/prooffile_write.h"
#include "machine/run.h"
#include "rv/shardrun.h"
#include "tests/soundness/proof_case.h"

#define RUN_SHARDS_MAX 6u
#define RUN_EXIT_CODE 7u

/* head, then the proofs, as they stand in a file. */
typedef struct run_pieces {
    uint32_t n;
    hb_buf head, proof[RUN_SHARDS_MAX + 1];
} run_pieces;

/* Offsets in a proof: numbers of its statement, heights, number of words, words. */
enum { AT_KIND = 0, AT_INDEX = 4, AT_PC_IN = 8, AT_PC_OUT = 12, AT_TS_END = 16, AT_CHAIN_HI = 20, AT_CHAIN_LO = 24, AT_CHIPS = 28, AT_HEIGHTS = 32,
       AT_N_WORDS = AT_HEIGHTS + 4 * HB_CHIP_COUNT, AT_WORDS = AT_N_WORDS + 8 };

/* And in the head: behind the cap. */
static inline size_t run_at_public(const run_pieces *p) { return 104 + 32 * (size_t)hb_load_le32(p->head.data + 44); }
static inline size_t run_at_shards(const run_pieces *p) { return run_at_public(p) + 4 * 17; }
static inline size_t run_at_nonce(const run_pieces *p) { return run_at_shards(p) + 4; }

static inline void run_pieces_free(run_pieces *p)
{
    hb_buf_free(&p->head);
    for (uint32_t i = 0; i < p->n; i++)
        hb_buf_free(&p->proof[i]);
    *p = (run_pieces){0};
}

static inline hb_buf run_buf_copy(const hb_buf *b)
{
    hb_buf c = {0};
    assert_int_equal(hb_buf_append(&c, b->data, b->len), HB_OK);
    return c;
}

static inline run_pieces run_pieces_copy(const run_pieces *p)
{
    run_pieces c = {.n = p->n, .head = run_buf_copy(&p->head)};
    for (uint32_t i = 0; i < p->n; i++)
        c.proof[i] = run_buf_copy(&p->proof[i]);
    return c;
}

static inline hb_buf run_joined(const run_pieces *p)
{
    hb_buf file = run_buf_copy(&p->head);
    for (uint32_t i = 0; i < p->n; i++)
        assert_int_equal(hb_buf_append(&file, p->proof[i].data, p->proof[i].len), HB_OK);
    return file;
}

static inline void run_put(hb_buf *b, size_t at, uint32_t x) { hb_store_le32(b->data + at, x); }
static inline uint32_t run_get(const hb_buf *b, size_t at) { return hb_load_le32(b->data + at); }

/* Takes proof i out (its buffer is the caller's), or puts one in before i. */
static inline hb_buf run_take(run_pieces *p, uint32_t i)
{
    const hb_buf b = p->proof[i];
    p->n--;
    memmove(&p->proof[i], &p->proof[i + 1], (p->n - i) * sizeof *p->proof);
    return b;
}

static inline void run_insert(run_pieces *p, uint32_t i, hb_buf b)
{
    assert_true(p->n <= RUN_SHARDS_MAX);
    memmove(&p->proof[i + 1], &p->proof[i], (p->n - i) * sizeof *p->proof);
    p->proof[i] = b;
    p->n++;
}

/* Numbers the proofs by their places, and the head's S with them. */
static inline void run_renumber(run_pieces *p)
{
    for (uint32_t i = 0; i < p->n; i++)
        run_put(&p->proof[i], AT_INDEX, i);
    run_put(&p->head, run_at_shards(p), p->n - 1);
}

/* The reason of src/'s verifier; ref/'s must agree on yes or no. */
static inline uint32_t run_verdict(proof_case *c, const run_pieces *p)
{
    hb_error err = {0};
    hb_buf file = run_joined(p);
    const bool yes = proof_case_accepts(c, file.data, file.len, RUN_EXIT_CODE, &err);
    hb_buf_free(&file);
    return yes ? HB_R_NONE : err.reason;
}

static inline void run_digests(const run_pieces *p, hb_statement *out)
{
    for (uint32_t k = 0; k < 8; k++) {
        out->public_digest[k] = run_get(&p->head, run_at_public(p) + 4 * k);
        out->deferred_digest[k] = run_get(&p->head, run_at_public(p) + 32 + 4 * k);
    }
    out->exit_code = run_get(&p->head, run_at_public(p) + 64);
}

/* sigma of what the pieces say, from the caps that stand in them (256 digests each). */
static inline void run_sigma(const proof_case *c, const run_pieces *p, uint32_t sigma[8])
{
    hb_run_tree tree = {0};
    hb_statement run = {0};
    uint8_t root[32], beta[32];
    for (uint32_t i = 0; i < p->n; i++) {
        const hb_buf *b = &p->proof[i];
        hb_statement st = {.kind = run_get(b, AT_KIND), .index = run_get(b, AT_INDEX), .pc_in = run_get(b, AT_PC_IN), .pc_out = run_get(b, AT_PC_OUT)};
        uint32_t cap[HB_CAP_NODES_MAX][8];
        for (uint32_t chip = 0; chip < HB_CHIP_COUNT; chip++)
            st.heights[chip] = run_get(b, AT_HEIGHTS + 4 * chip);
        for (uint32_t k = 0; k < HB_CAP_NODES_MAX * 8; k++)
            cap[k / 8][k % 8] = run_get(b, AT_WORDS + 4 * k);
        hb_run_beta((const uint32_t(*)[8])cap, HB_CAP_NODES_MAX, beta);
        hb_run_tree_add(&tree, &st, beta);
    }
    run_digests(p, &run);
    hb_run_tree_root(&tree, root);
    hb_run_sigma(c->key.vkey, &run, run_get(&p->head, run_at_shards(p)), root, sigma);
}

/* What a cheater does first: the nonce that fits the changed pieces, the first from `from` on. */
static inline void run_reseal(const proof_case *c, run_pieces *p, uint64_t from)
{
    uint32_t sigma[8], seed[8], nonce[2];
    run_sigma(c, p, sigma);
    do {
        nonce[0] = (uint32_t)from;
        nonce[1] = (uint32_t)(from >> 32);
        from++;
    } while (!hb_run_seed(sigma, nonce, seed));
    run_put(&p->head, run_at_nonce(p), nonce[0]);
    run_put(&p->head, run_at_nonce(p) + 4, nonce[1]);
}

/* --- forged runs ---------------------------------------------------------------------------------------------------------------------- */

/* Executions of the case's program with different inputs, cut at the same places (instructions from the start, the last one 0 for the end). */
typedef struct run_source {
    const char *input;
    uint64_t cuts[RUN_SHARDS_MAX];
    uint32_t n_shards;
} run_source;

/* Shard `shard` (from 1 on) of an execution, as proof number `index` of the run. */
typedef struct run_step {
    uint32_t source, shard, index;
} run_step;

/* A run put together: whose first and last values, which shards. */
typedef struct run_plan {
    const run_source *sources;
    uint32_t init_source, n_steps;
    run_step steps[RUN_SHARDS_MAX];
    /* Changes a record before its boundary is committed to (proving = false) and before it is proven, or NULL. Boundary rows and cells may be changed, not their number. */
    void (*edit)(const void *ctx, uint32_t index, hb_rv_record *record, bool proving);
    const void *ctx;
    bool false_seed; /* the challenges of GLOBAL come from elsewhere than what is committed */
} run_plan;

typedef struct run_forger {
    proof_case *c;
    const run_plan *plan;
    run_pieces *out;
    bool proving; /* second pass */
    hb_run_facts facts;
    hb_statement statements[RUN_SHARDS_MAX + 1];
    uint8_t beta[RUN_SHARDS_MAX + 1][32];
} run_forger;

/* One proof in this pass: its boundary's cap, or all of it. */
static inline void run_forge_proof(run_forger *f, uint32_t kind, uint32_t index, const hb_rv_record *original)
{
    hb_rv_record record = *original;
    hb_rv_events *rows = kind == HB_KIND_INIT ? &record.cells : &record.boundary;
    const size_t bytes = rows->count * (kind == HB_KIND_INIT ? sizeof(hb_rv_cell) : sizeof(hb_rv_boundary));
    void *copy = malloc(bytes);
    hb_error err = {0};
    memcpy(copy, rows->data, bytes);
    rows->data = copy;
    record.shard = index;
    if (f->plan->edit)
        f->plan->edit(f->plan->ctx, index, &record, f->proving);
    if (!f->proving) {
        uint32_t cap[HB_CAP_NODES_MAX][8], nodes;
        assert_int_equal(hb_machine_commit_boundary(&f->c->key, kind, &record, f->c->pool, cap, &nodes, &err), HB_OK);
        assert_int_equal(hb_machine_statement(&f->c->key, kind, &record, &f->facts, &f->statements[index], &err), HB_OK);
        hb_run_beta((const uint32_t(*)[8])cap, nodes, f->beta[index]);
    } else {
        static hb_machine_proof p;
        hb_status st = hb_machine_proof_init(&p, &f->c->key, kind, &record, &f->facts, NULL, f->c->pool, NULL, &err);
        if (st == HB_OK)
            st = hb_machine_proof_count(&p, &err);
        if (st == HB_OK)
            st = hb_machine_proof_finish(&p, &f->out->proof[index], &err);
        if (st != HB_OK)
            fail_msg("proof %u: %s", index, err.message);
        hb_machine_proof_free(&p);
    }
    free(copy);
}

/* Executes one source and makes of it what the plan asks for. */
static inline void run_forge_source(run_forger *f, uint32_t source)
{
    const run_source *from = &f->plan->sources[source];
    const hb_rv_span inputs[1] = {{(const uint8_t *)from->input, strlen(from->input) + 1}};
    const hb_rv_exec_options options = {.inputs = inputs, .n_inputs = 1, .sharding = HB_RV_SHARDS_RECORD};
    hb_rv_run *run = NULL;
    hb_rv_shard shard;
    hb_error err = {0};
    assert_int_equal(hb_rv_start(&f->c->program, &options, &run, &err), HB_OK);
    for (uint32_t i = 1; i <= from->n_shards; i++) {
        const hb_rv_bound bound = {.cycles = from->cuts[i - 1]};
        hb_rv_advance(run, &bound);
        assert_int_equal(hb_rv_shard_end(run, &shard, &err), HB_OK);
        for (uint32_t k = 0; k < f->plan->n_steps; k++)
            if (f->plan->steps[k].source == source && f->plan->steps[k].shard == i)
                run_forge_proof(f, HB_KIND_EXEC, f->plan->steps[k].index, hb_rv_run_record(run));
    }
    assert_int_equal(hb_rv_finish(run, &err), HB_OK);
    if (source == f->plan->init_source) {
        const hb_rv_cell *cells;
        size_t n;
        assert_int_equal(hb_rv_run_final_cells(run, &cells, &n, &err), HB_OK);
        const hb_rv_record init = {.cells = {(void *)(uintptr_t)cells, n, n}};
        hb_machine_public_words(cells, f->facts.public_words);
        run_forge_proof(f, HB_KIND_INIT, 0, &init);
    }
    hb_rv_run_free(run);
}

static inline bool run_uses(const run_plan *plan, uint32_t source)
{
    bool used = plan->init_source == source;
    for (uint32_t k = 0; k < plan->n_steps; k++)
        used = used || plan->steps[k].source == source;
    return used;
}

static inline void run_pass(run_forger *f, bool proving)
{
    f->proving = proving;
    run_forge_source(f, f->plan->init_source); /* first: the public words are in every statement */
    for (uint32_t s = 0; s < 4; s++)
        if (s != f->plan->init_source && run_uses(f->plan, s))
            run_forge_source(f, s);
}

/* The whole file, every proof honest about its own tables, all under the challenges that the caps give. */
static inline run_pieces run_forge(proof_case *c, const run_plan *plan)
{
    run_pieces out = {.n = plan->n_steps + 1};
    run_forger *f = calloc(1, sizeof *f);
    hb_run_tree tree = {0};
    uint32_t sigma[8];
    uint8_t root[32];
    *f = (run_forger){.c = c, .plan = plan, .out = &out};
    run_pass(f, false);
    for (uint32_t i = 0; i < out.n; i++)
        hb_run_tree_add(&tree, &f->statements[i], f->beta[i]);
    hb_run_tree_root(&tree, root);
    hb_run_sigma(c->key.vkey, &f->statements[0], plan->n_steps, root, sigma);
    const uint64_t nonce = hb_run_grind(sigma, f->facts.seed);
    hb_run_challenges(f->facts.seed, &f->facts.global);
    if (plan->false_seed) {
        const uint32_t other[8] = {1, 2, 3, 4, 5, 6, 7, 8};
        hb_run_challenges(other, &f->facts.global);
    }
    assert_int_equal(hb_proof_write_head(&c->key.part, &f->statements[0], plan->n_steps, nonce, (const uint8_t *)PROOF_CASE_PUBLIC,
                                         sizeof PROOF_CASE_PUBLIC - 1, &out.head),
                     HB_OK);
    run_pass(f, true);
    free(f);
    return out;
}

/* Cuts an execution of the case's program in three, so that the middle shard ends at the instruction where it began, about `at` instructions from the start. */
static inline run_source run_cut_in_three(const proof_case *c, const char *input, uint64_t at)
{
    const hb_rv_span inputs[1] = {{(const uint8_t *)input, strlen(input) + 1}};
    const hb_rv_exec_options options = {.inputs = inputs, .n_inputs = 1};
    hb_rv_run *run = NULL;
    hb_error err = {0};
    hb_rv_bound bound = {.cycles = at};
    assert_int_equal(hb_rv_start(&c->program, &options, &run, &err), HB_OK);
    hb_rv_advance(run, &bound);
    const uint64_t pc = hb_rv_run_pc(run);
    do {
        bound.cycles++;
        assert_int_equal(hb_rv_advance(run, &bound), HB_RV_END_PAUSED);
    } while (hb_rv_run_pc(run) != pc);
    const run_source s = {.input = input, .cuts = {at, bound.cycles, 0}, .n_shards = 3};
    hb_rv_run_free(run);
    return s;
}
