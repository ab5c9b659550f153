/* Tests only: two runs of a program, one by the interpreter and one by translated code, compared wherever they stop. */
#pragma once
#include "rv/jit_state.h"
#include "rv/rv_test_util.h"

typedef struct jit_pair {
    hb_rv_run *plain, *translated;
} jit_pair;

static inline jit_pair start_pair(const hb_rv_program *p, const hb_rv_exec_options *options, hb_rv_engine engine)
{
    hb_rv_exec_options o = options ? *options : (hb_rv_exec_options){0};
    jit_pair r;
    hb_error err;
    o.engine = HB_RV_ENGINE_INTERPRETER;
    if (hb_rv_start(p, &o, &r.plain, &err) != HB_OK)
        fail_msg("%s", err.message);
    o.engine = engine;
    if (hb_rv_start(p, &o, &r.translated, &err) != HB_OK)
        fail_msg("%s", err.message);
    assert_null(r.plain->jit);
    return r;
}

static inline void assert_same_state(const hb_rv_run *a, const hb_rv_run *b)
{
    assert_int_equal(hb_rv_run_cycles(a), hb_rv_run_cycles(b));
    assert_int_equal(hb_rv_run_clock(a), hb_rv_run_clock(b));
    assert_int_equal(hb_rv_run_pc(a), hb_rv_run_pc(b));
    assert_memory_equal(a->x, b->x, sizeof a->x);
    assert_int_equal(a->misaligned, b->misaligned);
    assert_memory_equal(a->crossing, b->crossing, sizeof a->crossing);
    assert_same_memory(a, b);
}

/* Both go on to the bound; they must stop alike. */
static inline hb_rv_end advance_pair(const jit_pair *r, const hb_rv_bound *bound)
{
    hb_rv_end end = hb_rv_advance(r->plain, bound);
    assert_int_equal(hb_rv_advance(r->translated, bound), end);
    assert_same_state(r->plain, r->translated);
    return end;
}

/* Reports and counts must agree too; frees both. Returns how many instructions ran as translated code. */
static inline uint64_t finish_pair(jit_pair *r)
{
    hb_error a = {0}, b = {0};
    assert_int_equal(hb_rv_finish(r->plain, &a), hb_rv_finish(r->translated, &b));
    assert_string_equal(a.message, b.message);
    assert_same_run(r->plain, r->translated);
    const uint64_t translated = hb_rv_run_report(r->translated)->translated;
    hb_rv_run_free(r->plain);
    hb_rv_run_free(r->translated);
    return translated;
}

static inline uint64_t xorshift(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}
