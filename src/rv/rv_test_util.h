/* Tests only: run a program, plain and recorded, compare the two, check the record. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "rv/interp_state.h"
#include "rv/record_check.h"
#include "rv/rvasm.h"
#include "rv/rvref.h"

static inline hb_rvasm *new_asm(void)
{
    hb_rvasm *a = calloc(1, sizeof *a);
    assert_non_null(a);
    return a;
}

static inline hb_rv_program build_and_free(hb_rvasm *a)
{
    hb_rv_program p;
    hb_error err = {0};
    if (hb_rvasm_build(a, &p, &err) != HB_OK)
        fail_msg("build: %s", err.message);
    hb_rvasm_free(a);
    free(a);
    return p;
}

static inline void assert_same_report(const hb_rv_report *a, const hb_rv_report *b)
{
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->exit_code, b->exit_code);
    assert_int_equal(a->cycles, b->cycles);
    assert_int_equal(a->host_cycles, b->host_cycles);
    assert_memory_equal(a->op_counts, b->op_counts, sizeof a->op_counts);
    assert_memory_equal(a->family_counts, b->family_counts, sizeof a->family_counts);
    assert_memory_equal(a->call_counts, b->call_counts, sizeof a->call_counts);
    assert_int_equal(a->touched_pages, b->touched_pages);
    assert_int_equal(a->misaligned, b->misaligned);
    assert_int_equal(a->gas, b->gas);
    assert_memory_equal(a->pv_words, b->pv_words, sizeof a->pv_words);
    assert_int_equal(a->public_values.len, b->public_values.len);
    if (a->public_values.len)
        assert_memory_equal(a->public_values.data, b->public_values.data, a->public_values.len);
    assert_int_equal(a->stdout_bytes.len, b->stdout_bytes.len);
    assert_string_equal(a->stderr_tail, b->stderr_tail);
    assert_int_equal(a->n_regions, b->n_regions);
    assert_memory_equal(a->regions, b->regions, sizeof a->regions);
    assert_memory_equal(&a->trap, &b->trap, sizeof a->trap);
}

/* Every page that one run has touched, in order, must be in the other with the same bytes. */
static inline void assert_same_memory(const hb_rv_run *a, const hb_rv_run *b)
{
    assert_int_equal(a->mem.n_pages, b->mem.n_pages);
    for (uint32_t k = 0; k < a->mem.n_pages; k++) {
        assert_int_equal(a->mem.pages[k].number, b->mem.pages[k].number);
        assert_memory_equal(a->mem.pages[k].data, b->mem.pages[k].data, HB_RVMEM_PAGE_BYTES);
    }
}

static inline void assert_same_run(const hb_rv_run *a, const hb_rv_run *b)
{
    assert_same_report(hb_rv_run_report(a), hb_rv_run_report(b));
    for (unsigned r = 0; r <= 32; r++)
        assert_int_equal(hb_rv_run_register(a, r), hb_rv_run_register(b, r));
    assert_same_memory(a, b);
    uint64_t base, n_words;
    size_t n, n2;
    const uint64_t *counts = hb_rv_run_profile(a, &base, &n), *counts2 = hb_rv_run_profile(b, &n_words, &n2);
    assert_int_equal(n, n2);
    assert_memory_equal(counts, counts2, n * sizeof *counts);
    assert_int_equal(hb_rv_run_pc(a), hb_rv_run_pc(b));
    assert_int_equal(hb_rv_run_clock(a), hb_rv_run_clock(b));
}

/* Runs by translated code; it must agree with the interpreter's run, status and message in everything. */
static inline void check_translated(const hb_rv_program *p, const hb_rv_exec_options *options, const hb_rv_run *plain, hb_status st, const hb_error *err)
{
    hb_rv_exec_options o = *options;
    hb_rv_run *run;
    hb_error err2 = {0};
    o.engine = HB_RV_ENGINE_TRANSLATOR;
    assert_int_equal(hb_rv_exec(p, &o, &run, &err2), st);
    assert_string_equal(err2.message, err->message);
    assert_same_run(plain, run);
    hb_rv_run_free(run);
}

/* Runs by the interpreter with and without recording, and by translated code; all must agree in everything, and the record must be consistent. The status comes
 * from all; the recorded run is returned. */
static inline hb_status run_both(const hb_rv_program *p, const hb_rv_exec_options *options, hb_rv_run **run)
{
    hb_rv_exec_options o = options ? *options : (hb_rv_exec_options){0};
    hb_rv_run *plain;
    hb_error err = {0}, err2 = {0};
    o.record = false;
    o.engine = HB_RV_ENGINE_INTERPRETER;
    hb_status st = hb_rv_exec(p, &o, &plain, &err);
    assert_non_null(plain);
    check_translated(p, &o, plain, st, &err);
    o.record = true;
    o.expected_events = hb_rv_run_report(plain)->family_counts;
    hb_status st2 = hb_rv_exec(p, &o, run, &err2);
    assert_non_null(*run);
    assert_int_equal(st, st2);
    assert_string_equal(err.message, err2.message);
    assert_same_report(hb_rv_run_report(plain), hb_rv_run_report(*run));
    for (unsigned r = 0; r <= 32; r++)
        assert_int_equal(hb_rv_run_register(plain, r), hb_rv_run_register(*run, r));
    const hb_rv_record *record = hb_rv_run_record(*run);
    for (int f = 0; f < HB_FAM_COUNT; f++)
        assert_int_equal(record->family[f].count, hb_rv_run_report(plain)->family_counts[f]);
    if (hb_rv_record_check(p, record, &err) != HB_OK)
        fail_msg("%s", err.message);
    hb_rv_run_free(plain);
    return st;
}

static inline uint64_t word_at(const hb_rv_run *run, uint64_t address)
{
    uint8_t b[8];
    assert_true(hb_rv_run_memory(run, address, b, 8));
    return hb_load_le64(b);
}

static inline uint8_t no_get(void *ctx, uint64_t address)
{
    (void)ctx;
    (void)address;
    fail_msg("the reference touched memory");
    return 0;
}

static inline void no_set(void *ctx, uint64_t address, uint8_t v)
{
    (void)v;
    no_get(ctx, address);
}

/* The double words of one memory event, as the reference's memory. */
typedef struct event_words {
    uint64_t base;
    uint8_t bytes[16];
    bool outside;
} event_words;

static inline uint8_t words_get(void *ctx, uint64_t at)
{
    event_words *w = ctx;
    w->outside |= at - w->base >= 16;
    return w->bytes[(at - w->base) % 16];
}

static inline void words_set(void *ctx, uint64_t at, uint8_t v)
{
    event_words *w = ctx;
    w->outside |= at - w->base >= 16;
    w->bytes[(at - w->base) % 16] = v;
}

/* Recomputes an event by the second semantics from the operands (and memory words) that it recorded: does it have the same rd, memory and next pc? */
static inline bool event_agrees(const hb_rv_program *p, hb_rv_family f, const hb_rv_event_reg *e)
{
    const hb_rv_insn *insn = &p->insns[e->insn];
    const hb_rv_event_mem *mem = f >= HB_FAM_LD ? (const hb_rv_event_mem *)(const void *)e : NULL;
    uint32_t word = hb_rv_program_word(p, insn->pc * UINT64_C(4));
    hb_isa_insn d = hb_isa_decode(word);
    event_words w = {.base = mem ? mem->addr & ~UINT64_C(7) : 0};
    rvref m = {.pc = insn->pc * UINT64_C(4), .get = mem ? words_get : no_get, .set = mem ? words_set : no_set, .ctx = &w};
    for (int k = 0; mem && k < 2; k++)
        hb_store_le64(w.bytes + 8 * k, mem->mem_prev[k]);
    m.x[d.rs2] = e->rs2;
    m.x[d.rs1] = e->rs1;
    if (hb_isa_reads_rs2(d.op) && d.rs1 == d.rs2 && e->rs1 != e->rs2)
        return false;
    if (m.x[0] || (d.op == HB_OP_FENCE && e->rd))
        return false;
    if (d.rd == 0 && hb_isa_writes_rd(d.op)) { /* see what would be written: a register that is no operand stands in for x0 */
        unsigned other = 31;
        while (other == d.rs1 || other == d.rs2)
            other--;
        word |= other << 7;
        d.rd = (uint8_t)other;
    }
    if (!rvref_step(&m, word) || (hb_isa_writes_rd(d.op) && m.x[d.rd] != e->rd))
        return false;
    if (f == HB_FAM_BEQ || f == HB_FAM_BLT || f == HB_FAM_JALR)
        return m.pc / 4 == e->next_pc;
    for (int k = 0; mem && k < 2; k++)
        if (hb_load_le64(w.bytes + 8 * k) != mem->mem_new[k])
            return false;
    return !w.outside;
}

/* The first event that does not agree; NULL when all do. Calls are not looked at. */
static inline const hb_rv_event_reg *first_wrong_event(const hb_rv_program *p, const hb_rv_record *r)
{
    for (int f = 0; f < HB_FAM_CALL; f++) {
        size_t bytes = f >= HB_FAM_LD ? sizeof(hb_rv_event_mem) : sizeof(hb_rv_event_reg);
        for (size_t i = 0; i < r->family[f].count; i++) {
            const hb_rv_event_reg *e = (const void *)((const uint8_t *)r->family[f].data + i * bytes);
            if (!event_agrees(p, (hb_rv_family)f, e))
                return e;
        }
    }
    return NULL;
}

static inline void check_events_by_reference(const hb_rv_program *p, const hb_rv_record *r)
{
    const hb_rv_event_reg *e = first_wrong_event(p, r);
    if (e)
        fail_msg("%s at ts %u: rs1 0x%llx rs2 0x%llx rd 0x%llx is not what the reference computes", hb_isa_table[p->insns[e->insn].op].mnemonic, e->ts,
                 (unsigned long long)e->rs1, (unsigned long long)e->rs2, (unsigned long long)e->rd);
}
