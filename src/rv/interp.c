/* The driver around the loops: limits, accounting, and the report. */
#include "rv/interp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "rv/recorder.h"

#define UNIMP_WORD UINT32_C(0xc0001073) /* what assemblers make of unimp: csrrw x0, cycle, x0 */

#define TEXT(NAME, text) text,
static const char *const trap_texts[HB_TRAP_COUNT] = {HB_RV_TRAPS(TEXT)};

const char *hb_rv_trap_text(hb_rv_trap trap)
{
    return trap < HB_TRAP_COUNT ? trap_texts[trap] : "unknown trap";
}

void hb_rv_account(hb_rv_run *m)
{
    uint64_t done = (uint64_t)(m->granted - m->left);
    if (m->host_only)
        m->host_cycles += done;
    else
        m->cycles += done;
    m->granted = m->left;
}

void hb_rv_grant(hb_rv_run *m)
{
    uint64_t limit = m->options.cycle_limit ? m->options.cycle_limit : INT64_MAX;
    uint64_t done = m->host_only ? m->host_cycles : m->cycles, n = limit > done ? limit - done : 0;
    if (n > INT64_MAX)
        n = INT64_MAX;
    if (m->options.record && !m->host_only) {
        /* the last of n instructions may be an ECALL, which takes 16 slots */
        uint64_t slots = HB_RV_RECORD_TS_END - 1 - m->ts, room = slots >= 16 ? (slots - 12) / 4 : 0;
        if (n > room)
            n = room;
        if (m->fault_pending) {
            /* up to the faulty instruction; then that one alone, also when it is a call, which grants anew */
            uint64_t step = m->options.fault->step, stop = done < step ? step - done : done == step;
            if (n > stop)
                n = stop;
        }
    }
    m->granted = m->left = (int64_t)n;
}

static hb_rv_exit run_once(hb_rv_run *m)
{
    if (m->host_only || !m->options.record)
        return hb_rv_loop_plain(m);
    if (m->fault_pending && m->cycles == m->options.fault->step)
        return hb_rv_fault_step(m);
    return hb_rv_loop_record(m);
}

static hb_rv_end run_to_end(hb_rv_run *m)
{
    for (;;) {
        hb_rv_grant(m);
        if (!m->left) {
            uint64_t done = m->host_only ? m->host_cycles : m->cycles;
            return m->options.cycle_limit && done >= m->options.cycle_limit ? HB_RV_END_CYCLE_LIMIT : HB_RV_END_RECORD_FULL;
        }
        hb_rv_exit why = run_once(m);
        hb_rv_account(m);
        if (why == HB_RV_EXIT_HALT)
            return HB_RV_END_HALT;
        if (why == HB_RV_EXIT_TRAP)
            return HB_RV_END_TRAP;
    }
}

/* Turns delta into counts of executions per word, and adds them up. */
static void count_operations(hb_rv_run *m)
{
    hb_rv_report *r = &m->report;
    int64_t runs = 0;
    for (size_t k = 0; k < m->loaded->n_decoded; k++) {
        runs += m->delta_all[k];
        m->delta_all[k] = runs;
        r->op_counts[m->loaded->decoded[k].op] += (uint64_t)runs;
    }
    for (int op = 1; op < HB_OP_COUNT; op++)
        if (hb_isa_table[op].family < HB_FAM_COUNT)
            r->family_counts[hb_isa_table[op].family] += r->op_counts[op];
    static const hb_rv_family within[2][2] = {{HB_FAM_LOAD, HB_FAM_LD}, {HB_FAM_STORE, HB_FAM_SD}};
    for (int store = 0; store < 2; store++)
        for (int wide = 0; wide < 2; wide++) {
            r->family_counts[within[store][wide]] -= m->crossing[store][wide];
            r->family_counts[store ? HB_FAM_STORE2 : HB_FAM_LOAD2] += m->crossing[store][wide];
        }
}

static void describe_trap(hb_rv_run *m)
{
    hb_rv_trap_info *t = &m->report.trap;
    t->reason = m->trap;
    t->pc = hb_rv_pc(m, m->ip);
    t->address = m->trap_address;
    if (m->ip == m->loaded->decoded + m->loaded->n_decoded) {
        t->reason = HB_TRAP_PC_OUTSIDE; /* ran past the last word */
        t->address = t->pc;
    } else {
        t->word = hb_rv_program_word(m->program, t->pc);
        if (t->reason == HB_TRAP_INVALID_INSTRUCTION && t->word == UNIMP_WORD)
            t->reason = HB_TRAP_UNIMP;
    }
    t->function = hb_rv_program_function(m->program, t->pc, &t->function_offset);
}

static void fill_report(hb_rv_run *m, hb_rv_end end, uint64_t wall_ns)
{
    hb_rv_report *r = &m->report;
    r->end = end;
    r->exit_code = end == HB_RV_END_HALT ? (uint32_t)m->pv[HB_RV_PV_EXIT_CODE] : 0;
    r->cycles = m->cycles;
    r->host_cycles = m->host_cycles;
    r->touched_pages = m->mem.n_pages;
    r->misaligned = m->misaligned;
    r->wall_ns = wall_ns;
    r->gas = m->cycles;
    for (int k = 0; k < HB_RV_CALL_COUNT; k++) {
        r->call_counts[k] = m->call_counts[k];
        r->gas += m->call_counts[k] * hb_rv_calls[k].gas;
    }
    for (int k = 0; k < 16; k++)
        r->pv_words[k] = (uint32_t)m->pv[k];
    r->public_values = (hb_rv_span){m->host.public_values.data, m->host.public_values.len};
    r->stdout_bytes = (hb_rv_span){m->host.out[0].data, m->host.out[0].len};
    r->stderr_bytes = (hb_rv_span){m->host.out[1].data, m->host.out[1].len};
    hb_rv_host_tail(&m->host, r->stderr_tail);
    r->n_regions = m->host.n_regions;
    memcpy(r->regions, m->host.regions, sizeof r->regions);
    count_operations(m);
}

/* " in name+0x10" */
static void where_text(const hb_rv_trap_info *t, char *out, size_t size)
{
    out[0] = 0;
    if (t->function)
        snprintf(out, size, " in %.80s+0x%" PRIx64, t->function, t->function_offset);
}

static void what_text(const hb_rv_trap_info *t, char *out, size_t size)
{
    char insn[48];
    out[0] = 0;
    switch (t->reason) {
    case HB_TRAP_INVALID_INSTRUCTION:
        snprintf(out, size, ", word 0x%08" PRIx32, t->word);
        break;
    case HB_TRAP_PC_MISALIGNED:
    case HB_TRAP_PC_OUTSIDE:
        snprintf(out, size, ", target 0x%" PRIx64, t->address);
        break;
    case HB_TRAP_NULL_ACCESS:
    case HB_TRAP_UNMAPPED:
    case HB_TRAP_STORE_TO_TEXT:
    case HB_TRAP_STACK_OVERFLOW:
    case HB_TRAP_MEMORY_LIMIT:
        hb_isa_print(insn, sizeof insn, t->pc, t->word);
        snprintf(out, size, ", address 0x%" PRIx64 " (%s)", t->address, insn);
        break;
    case HB_TRAP_EBREAK:
    case HB_TRAP_UNIMP:
    case HB_TRAP_HOST_MEMORY:
        break;
    default:
        snprintf(out, size, ", call 0x%" PRIx64, t->call);
        break;
    }
}

static hb_status failure(const hb_rv_run *m, hb_error *err)
{
    const hb_rv_report *r = &m->report;
    const hb_rv_trap_info *t = &r->trap;
    char where[120], what[96];
    switch (r->end) {
    case HB_RV_END_HALT:
        return HB_OK;
    case HB_RV_END_CYCLE_LIMIT:
        return hb_fail(err, HB_LIMIT, "cycle limit of %" PRIu64 " instructions reached%s", m->options.cycle_limit, m->ended_in_block ? " in an unconstrained block" : "");
    case HB_RV_END_RECORD_FULL:
        return hb_fail(err, HB_LIMIT, "the run is too long for one record: %" PRIu64 " instructions", r->cycles);
    default:
        break;
    }
    if (err)
        err->offset = t->pc;
    if (t->reason == HB_TRAP_HOST_MEMORY)
        return hb_fail(err, HB_OUT_OF_MEMORY, "the host has no memory left for the guest, at pc 0x%" PRIx64, t->pc);
    where_text(t, where, sizeof where);
    what_text(t, what, sizeof what);
    return hb_fail(err, HB_EXECUTION_FAILED, "Execution failed: %s%s%s at pc 0x%" PRIx64 "%s%s", hb_rv_trap_text(t->reason), t->detail[0] ? ": " : "", t->detail,
                   t->pc, where, what);
}

static hb_status prepare(hb_rv_run *m, const hb_rv_program *program, const hb_rv_exec_options *options, hb_error *err)
{
    m->program = program;
    m->loaded = hb_rv_loaded_of(program);
    if (options)
        m->options = *options;
    m->fault_pending = m->options.fault != NULL;
    if (m->fault_pending && !m->options.record)
        return hb_fail(err, HB_INVALID_ARGUMENT, "fault injection needs a recorded run");
#ifndef HB_TEST_HOOKS
    if (m->fault_pending)
        return hb_fail(err, HB_UNSUPPORTED, "this build has no fault injection");
#endif
    m->fault.kind = HB_FAULT_KINDS;
    m->ip = m->loaded->decoded + (program->entry * UINT64_C(4) - m->loaded->text_base) / 4;
    m->ts = 4;
    m->delta = m->delta_all = hb_pages_alloc((m->loaded->n_decoded + 1) * sizeof *m->delta);
    m->delta_host = hb_pages_alloc((m->loaded->n_decoded + 1) * sizeof *m->delta);
    if (!m->delta_all || !m->delta_host)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the counters of a run");
    hb_rv_host_init(&m->host, &m->options);
    if (m->options.record && m->options.expected_events && !hb_rv_record_reserve(&m->record, m->options.expected_events))
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of a run");
    uint64_t limit = m->options.memory_limit ? m->options.memory_limit : HB_RV_DEFAULT_MEMORY_LIMIT;
    return hb_rvmem_init(&m->mem, program, limit, m->options.stack_limit, m->options.record, err);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

hb_status hb_rv_exec(const hb_rv_program *program, const hb_rv_exec_options *options, hb_rv_run **run, hb_error *err)
{
    *run = NULL;
    hb_rv_run *m = hb_pages_alloc(sizeof *m);
    if (!m)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a run");
    hb_status st = prepare(m, program, options, err);
    if (st != HB_OK) {
        hb_rv_run_free(m);
        return st;
    }
    *run = m;
    uint64_t start = now_ns();
    hb_rv_end end = run_to_end(m);
    uint64_t wall_ns = now_ns() - start;
    if (end == HB_RV_END_TRAP)
        describe_trap(m);
    m->ended_in_block = m->host_only;
    if (m->host_only)
        hb_rv_end_block(m); /* what the block did is no part of the run */
    if (m->options.record && !hb_rv_record_finish(m, end == HB_RV_END_HALT ? HB_PC_HALT : (uint32_t)(hb_rv_pc(m, m->ip) / 4)))
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of a run");
    fill_report(m, end, wall_ns);
    return st == HB_OK ? failure(m, err) : st;
}

void hb_rv_run_free(hb_rv_run *m)
{
    if (!m)
        return;
    size_t counters = (m->loaded->n_decoded + 1) * sizeof *m->delta;
    hb_pages_free(m->delta_all, counters);
    hb_pages_free(m->delta_host, counters);
    hb_rv_record_free(&m->record);
    hb_rv_host_free(&m->host);
    if (m->mem.program)
        hb_rvmem_free(&m->mem);
    hb_pages_free(m, sizeof *m);
}

const hb_rv_report *hb_rv_run_report(const hb_rv_run *m)
{
    return &m->report;
}

const hb_rv_record *hb_rv_run_record(const hb_rv_run *m)
{
    return m->options.record ? &m->record : NULL;
}

hb_rv_record *hb_rv_run_record_mutable(hb_rv_run *m)
{
    return m->options.record ? &m->record : NULL;
}

const uint64_t *hb_rv_run_profile(const hb_rv_run *m, uint64_t *base, size_t *n)
{
    *base = m->loaded->text_base;
    *n = m->loaded->n_decoded;
    return (const uint64_t *)m->delta_all;
}

uint64_t hb_rv_run_register(const hb_rv_run *m, unsigned r)
{
    return r <= HB_RV_REG_SINK ? m->x[r] : 0;
}

bool hb_rv_run_memory(const hb_rv_run *m, uint64_t address, uint8_t *out, size_t len)
{
    return hb_rvmem_peek(&m->mem, address, out, len);
}
