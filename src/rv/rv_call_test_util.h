/* Tests only: programs that make calls. */
#pragma once
#include "rv/rv_test_util.h"

enum { T0 = 5, A0 = 10, A1 = 11, A2 = 12 };

static inline void call2(hb_rvasm *a, uint64_t number, uint64_t a0, uint64_t a1)
{
    hb_rvasm_li(a, A0, a0);
    hb_rvasm_li(a, A1, a1);
    hb_rvasm_call(a, number);
}

static inline void emit_write(hb_rvasm *a, uint64_t fd, uint64_t address, uint64_t len)
{
    hb_rvasm_li(a, A2, len);
    call2(a, 2, fd, address);
}

static inline void write_text(hb_rvasm *a, uint64_t fd, const char *text)
{
    emit_write(a, fd, hb_rvasm_bytes(a, text, strlen(text)), strlen(text));
}

typedef struct outcome {
    hb_rv_program program;
    hb_rv_run *run;
    hb_status status;
    const hb_rv_report *report;
} outcome;

static inline outcome finish(hb_rvasm *a, const hb_rv_exec_options *options)
{
    outcome o = {.program = build_and_free(a)};
    o.status = run_both(&o.program, options, &o.run);
    o.report = hb_rv_run_report(o.run);
    return o;
}

static inline void end(outcome *o)
{
    hb_rv_run_free(o->run);
    hb_rv_program_free(&o->program);
}

static inline hb_rv_span span_of(const char *text)
{
    return (hb_rv_span){(const uint8_t *)text, strlen(text)};
}

static inline void assert_span(hb_rv_span s, const char *want)
{
    assert_int_equal(s.len, strlen(want));
    if (s.len)
        assert_memory_equal(s.data, want, s.len);
}

/* HINT_LEN, then HINT_READ of what it says to `address`. */
static inline void read_hint(hb_rvasm *a, uint64_t address)
{
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, T0, 0, 0);
    hb_rvasm_li(a, A0, address);
    hb_rvasm_call(a, 0xf1);
}
