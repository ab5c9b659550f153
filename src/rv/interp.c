/* The driver around the loops: limits, accounting, and the report. */
#include "rv/interp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "rv/jit.h"
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

/* How many instructions may run from `clock` so that none ends beyond `last`: the last of them may be an ECALL, which takes 16 slots. */
static uint64_t room_until(uint64_t clock, uint64_t last)
{
    uint64_t slots = last > clock ? last - clock : 0;
    return slots >= 16 ? (slots - 12) / 4 : 0;
}

static uint64_t at_most(uint64_t n, uint64_t limit)
{
    return n < limit ? n : limit;
}

void hb_rv_grant(hb_rv_run *m)
{
    uint64_t limit = m->options.cycle_limit ? m->options.cycle_limit : INT64_MAX;
    uint64_t done = m->host_only ? m->host_cycles : m->cycles;
    if (!m->host_only && m->bound.cycles)
        limit = at_most(limit, m->bound.cycles);
    uint64_t n = at_most(limit > done ? limit - done : 0, INT64_MAX);
    if (m->jit && !m->host_only)
        n = at_most(n, hb_rv_jit_patience(m->jit, done));
    if (!m->host_only && m->bound.clock)
        n = at_most(n, room_until(hb_rv_run_clock(m), m->bound.clock));
    if (m->timed && !m->host_only) {
        n = at_most(n, room_until(m->ts, HB_RV_RECORD_TS_END - 1));
        if (m->bound.ts)
            n = at_most(n, room_until(m->ts, m->bound.ts));
        if (m->fault_pending) {
            /* up to the faulty instruction; then that one alone, also when it is a call, which grants anew */
            uint64_t step = m->options.fault->step;
            n = at_most(n, done < step ? step - done : done == step);
        }
    }
    m->granted = m->left = (int64_t)n;
}

static hb_rv_exit run_once(hb_rv_run *m)
{
    if (m->host_only || !m->timed)
        return m->jit && !m->host_only ? hb_rv_loop_translated(m) : hb_rv_loop_plain(m);
    if (!m->events)
        return hb_rv_loop_plan(m);
    if (m->fault_pending && m->cycles == m->options.fault->step)
        return hb_rv_fault_step(m);
    return hb_rv_loop_record(m);
}

/* Nothing is granted: a limit ends the run, a bound does not. */
static hb_rv_end why_nothing_is_left(const hb_rv_run *m)
{
    uint64_t done = m->host_only ? m->host_cycles : m->cycles;
    if (m->options.cycle_limit && done >= m->options.cycle_limit)
        return HB_RV_END_CYCLE_LIMIT;
    if (m->events && !m->options.sharding && !room_until(m->ts, HB_RV_RECORD_TS_END - 1))
        return HB_RV_END_RECORD_FULL; /* where a shard is full, the next one begins */
    return HB_RV_END_PAUSED;
}

static hb_rv_end run_to_end(hb_rv_run *m)
{
    for (;;) {
        hb_rv_grant(m);
        if (!m->left)
            return why_nothing_is_left(m);
        hb_rv_exit why = run_once(m);
        hb_rv_account(m);
        if (why == HB_RV_EXIT_HALT)
            return HB_RV_END_HALT;
        if (why == HB_RV_EXIT_TRAP)
            return HB_RV_END_TRAP;
    }
}

void hb_rv_add_family_counts(const uint64_t ops[HB_OP_COUNT], const uint64_t crossing[2][2], uint64_t counts[HB_FAM_COUNT])
{
    for (int op = 1; op < HB_OP_COUNT; op++)
        if (hb_isa_table[op].family < HB_FAM_COUNT)
            counts[hb_isa_table[op].family] += ops[op];
    static const hb_rv_family within[2][2] = {{HB_FAM_LOAD, HB_FAM_LD}, {HB_FAM_STORE, HB_FAM_SD}};
    for (int store = 0; store < 2; store++)
        for (int wide = 0; wide < 2; wide++) {
            counts[within[store][wide]] -= crossing[store][wide];
            counts[store ? HB_FAM_STORE2 : HB_FAM_LOAD2] += crossing[store][wide];
        }
}

/* Turns delta into counts of executions per word, and adds them up (planning counts operations instead). */
static void count_operations(hb_rv_run *m)
{
    hb_rv_report *r = &m->report;
    int64_t runs = 0;
    for (size_t k = 0; k < m->loaded->n_decoded; k++) {
        runs += m->delta_all[k];
        m->delta_all[k] = runs;
        r->op_counts[m->loaded->decoded[k].op] += (uint64_t)runs;
    }
    for (int op = 0; op < HB_OP_COUNT; op++)
        r->op_counts[op] += m->shard.ops[op];
    hb_rv_add_family_counts(r->op_counts, (const uint64_t(*)[2])m->crossing, r->family_counts);
}

/* Where the run ended: also of a limit, when the reason is none. */
static void describe_place(hb_rv_run *m)
{
    hb_rv_trap_info *t = &m->report.trap;
    t->pc = hb_rv_pc(m, m->ip);
    if (m->ip != m->loaded->decoded + m->loaded->n_decoded)
        t->word = hb_rv_program_word(m->program, t->pc);
    t->function = hb_rv_program_function(m->program, t->pc, &t->function_offset);
}

static void describe_trap(hb_rv_run *m)
{
    hb_rv_trap_info *t = &m->report.trap;
    t->reason = m->trap;
    t->address = m->trap_address;
    describe_place(m);
    if (m->ip == m->loaded->decoded + m->loaded->n_decoded) {
        t->reason = HB_TRAP_PC_OUTSIDE; /* ran past the last word */
        t->address = t->pc;
    } else if (t->reason == HB_TRAP_INVALID_INSTRUCTION && t->word == UNIMP_WORD) {
        t->reason = HB_TRAP_UNIMP;
    }
}

void hb_rv_settle(hb_rv_run *m)
{
    if (m->settled || m->end == HB_RV_END_NOT_RUN || m->end == HB_RV_END_PAUSED)
        return;
    m->settled = true;
    if (m->end == HB_RV_END_TRAP)
        describe_trap(m);
    else if (m->end == HB_RV_END_CYCLE_LIMIT)
        describe_place(m);
    m->ended_in_block = m->host_only;
    if (m->host_only)
        hb_rv_end_block(m); /* what the block did is no part of the run */
    m->pc_end = m->end == HB_RV_END_HALT ? HB_PC_HALT : (uint32_t)(hb_rv_pc(m, m->ip) / 4);
}

static void fill_report(hb_rv_run *m)
{
    hb_rv_report *r = &m->report;
    const hb_rv_end end = m->end;
    r->end = end;
    r->exit_code = end == HB_RV_END_HALT ? (uint32_t)m->pv[HB_RV_PV_EXIT_CODE] : 0;
    r->cycles = m->cycles;
    r->host_cycles = m->host_cycles;
    r->touched_pages = m->mem.n_pages + m->mem.n_elsewhere;
    r->misaligned = m->misaligned;
    r->translated = hb_rv_jit_instructions(m->jit);
    r->gas = m->cycles;
    for (int k = 0; k < HB_RV_CALL_COUNT; k++) {
        r->call_counts[k] = m->call_counts[k];
        r->gas += m->call_counts[k] * hb_rv_calls[k].gas;
    }
    for (int k = 0; k < 16; k++)
        r->pv_words[k] = (uint32_t)m->pv[k];
    r->public_values = (hb_rv_span){m->host.public_values.data, m->host.public_values.len};
    r->ledger_writes = (hb_rv_span){m->host.ledger_writes.data, m->host.ledger_writes.len};
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
    case HB_RV_END_PAUSED:
    case HB_RV_END_NOT_RUN:
        return HB_OK;
    case HB_RV_END_CYCLE_LIMIT:
        where_text(t, where, sizeof where);
        return hb_fail(err, HB_LIMIT, "cycle limit of %" PRIu64 " instructions reached%s, at pc 0x%" PRIx64 "%s", m->options.cycle_limit,
                       m->ended_in_block ? " in an unconstrained block" : "", t->pc, where);
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
    return hb_fail(err, HB_EXECUTION_FAILED, "%s%s%s at pc 0x%" PRIx64 "%s%s", hb_rv_trap_text(t->reason), t->detail[0] ? ": " : "", t->detail,
                   t->pc, where, what);
}

static hb_status prepare(hb_rv_run *m, const hb_rv_program *program, const hb_rv_exec_options *options, hb_error *err)
{
    m->program = program;
    m->loaded = hb_rv_loaded_of(program);
    if (options)
        m->options = *options;
    m->events = m->options.sharding ? m->options.sharding == HB_RV_SHARDS_RECORD : m->options.record;
    m->timed = m->events || m->options.sharding;
    m->fault_pending = m->options.fault != NULL;
    if (m->fault_pending && !m->events)
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
    if (m->events && m->options.expected_events && !hb_rv_record_reserve(&m->record, m->options.expected_events))
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of a run");
    if (!m->timed)
        m->jit = hb_rv_jit_create(m->loaded, m->options.engine);
    uint64_t limit = m->options.memory_limit ? m->options.memory_limit : HB_RV_DEFAULT_MEMORY_LIMIT;
    hb_status st = hb_rvmem_init(&m->mem, program, limit, m->options.stack_limit, m->timed, err);
    if (st == HB_OK && m->options.sharding)
        hb_rvmem_set_shards(&m->mem);
    return st;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

hb_status hb_rv_start(const hb_rv_program *program, const hb_rv_exec_options *options, hb_rv_run **run, hb_error *err)
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
    return HB_OK;
}

hb_rv_end hb_rv_advance(hb_rv_run *m, const hb_rv_bound *bound)
{
    if ((m->end != HB_RV_END_NOT_RUN && m->end != HB_RV_END_PAUSED) || m->shard.over)
        return m->end;
    m->bound = bound ? *bound : (hb_rv_bound){0};
    uint64_t start = now_ns();
    if (m->options.sharding && !m->shard.open && !hb_rv_shard_open(m)) {
        m->trap = HB_TRAP_HOST_MEMORY;
        return m->end = HB_RV_END_TRAP;
    }
    m->end = run_to_end(m);
    m->report.wall_ns += now_ns() - start;
    return m->end;
}

hb_status hb_rv_finish(hb_rv_run *m, hb_error *err)
{
    hb_status st = HB_OK;
    hb_rv_settle(m);
    if (m->events && !m->options.sharding && !hb_rv_record_finish(m, m->settled ? m->pc_end : (uint32_t)(hb_rv_pc(m, m->ip) / 4)))
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of a run");
    hb_rv_jit_count(m->jit, m->delta_all);
    fill_report(m);
    return st == HB_OK ? failure(m, err) : st;
}

hb_status hb_rv_exec(const hb_rv_program *program, const hb_rv_exec_options *options, hb_rv_run **run, hb_error *err)
{
    if (options && options->sharding) {
        *run = NULL;
        return hb_fail(err, HB_INVALID_ARGUMENT, "a run of shards goes in steps");
    }
    hb_status st = hb_rv_start(program, options, run, err);
    if (st != HB_OK)
        return st;
    hb_rv_advance(*run, NULL);
    return hb_rv_finish(*run, err);
}

void hb_rv_run_free(hb_rv_run *m)
{
    if (!m)
        return;
    size_t counters = (m->loaded->n_decoded + 1) * sizeof *m->delta;
    hb_pages_free(m->delta_all, counters);
    hb_pages_free(m->delta_host, counters);
    hb_rv_jit_free(m->jit);
    hb_rv_record_free(&m->record);
    hb_rv_shard_free(m);
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
    return m->events ? &m->record : NULL;
}

hb_rv_record *hb_rv_run_record_mutable(hb_rv_run *m)
{
    return m->events ? &m->record : NULL;
}

const uint64_t *hb_rv_run_profile(const hb_rv_run *m, uint64_t *base, size_t *n)
{
    *base = m->loaded->text_base;
    *n = m->timed && !m->events ? 0 : m->loaded->n_decoded;
    return (const uint64_t *)m->delta_all;
}

uint64_t hb_rv_run_cycles(const hb_rv_run *m)
{
    return m->cycles;
}

size_t hb_rv_run_pages(const hb_rv_run *m)
{
    return m->mem.n_pages;
}

uint64_t hb_rv_run_clock(const hb_rv_run *m)
{
    uint64_t calls = 0;
    for (int k = 0; k < HB_RV_CALL_COUNT; k++)
        calls += m->call_counts[k];
    return 4 + 4 * m->cycles + 12 * calls;
}

uint64_t hb_rv_run_pc(const hb_rv_run *m)
{
    return hb_rv_pc(m, m->ip);
}

uint64_t hb_rv_run_register(const hb_rv_run *m, unsigned r)
{
    return r <= HB_RV_REG_SINK ? m->x[r] : 0;
}

bool hb_rv_run_memory(const hb_rv_run *m, uint64_t address, uint8_t *out, size_t len)
{
    return hb_rvmem_peek(&m->mem, address, out, len);
}
