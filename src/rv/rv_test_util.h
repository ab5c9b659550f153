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
#include "rv/interp.h"
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

/* Runs with and without recording; both must agree in everything, and the record must be consistent. The status comes from both; the recorded run is returned. */
static inline hb_status run_both(const hb_rv_program *p, const hb_rv_exec_options *options, hb_rv_run **run)
{
    hb_rv_exec_options o = options ? *options : (hb_rv_exec_options){0};
    hb_rv_run *plain;
    hb_error err = {0}, err2 = {0};
    o.record = false;
    hb_status st = hb_rv_exec(p, &o, &plain, &err);
    assert_non_null(plain);
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

/* Recomputes rd (and the pc after branches and jumps) of every event without memory from the operands it recorded, by the second semantics. */
static inline void check_events_by_reference(const hb_rv_program *p, const hb_rv_record *r)
{
    for (int f = 0; f < HB_FAM_LD; f++)
        for (size_t i = 0; i < r->family[f].count; i++) {
            const hb_rv_event_reg *e = (const hb_rv_event_reg *)r->family[f].data + i;
            const hb_rv_insn *insn = &p->insns[e->insn];
            uint32_t word = hb_rv_program_word(p, insn->pc * UINT64_C(4));
            hb_isa_insn d = hb_isa_decode(word);
            rvref m = {.pc = insn->pc * UINT64_C(4), .get = no_get, .set = no_set};
            m.x[d.rs1] = e->rs1;
            m.x[d.rs2] = d.rs2 == d.rs1 ? m.x[d.rs1] : e->rs2;
            assert_int_equal(m.x[0], 0);
            if (d.rd == 0 && hb_isa_writes_rd(d.op)) { /* see what would be written: rd = x31 instead, or x30 when x31 is an operand */
                unsigned other = d.rs1 == 31 || d.rs2 == 31 ? (d.rs1 == 30 || d.rs2 == 30 ? 29 : 30) : 31;
                word |= other << 7;
                d.rd = (uint8_t)other;
            }
            assert_true(rvref_step(&m, word));
            if (hb_isa_writes_rd(d.op) && m.x[d.rd] != e->rd)
                fail_msg("%s: rd 0x%llx, reference 0x%llx", hb_isa[d.op].mnemonic, (unsigned long long)e->rd, (unsigned long long)m.x[d.rd]);
            if (f == HB_FAM_BEQ || f == HB_FAM_BLT || f == HB_FAM_JALR)
                assert_int_equal(m.pc / 4, e->next_pc);
        }
}
