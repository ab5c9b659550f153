/* Calls: what each does, and its event. Checks come first, so that a trap leaves nothing half done. */
#include "rv/rvcalls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "rv/recorder.h"
#include "rv/rvhooks.h"

#define ROW(NAME, number, gas, kind) {#NAME, number, gas, HB_CALL_##kind},
const hb_rv_call_row hb_rv_calls[HB_RV_CALL_COUNT] = {HB_RV_CALLS(ROW)};

enum { FD_STDOUT = 1, FD_STDERR = 2, FD_PUBLIC_VALUES = 13, FD_HINT = 14, FD_ARGS = 22, FD_STDIN = 23, FD_LEDGER_WRITES = 24, FD_KEY = 25 };

hb_rv_call_id hb_rv_call_find(uint64_t number)
{
    for (int i = 0; i < HB_RV_CALL_COUNT; i++)
        if (hb_rv_calls[i].number == number)
            return (hb_rv_call_id)i;
    return HB_RV_CALL_COUNT;
}

/* What a call sees and does to the state that the proof knows. */
typedef struct effect {
    uint64_t t0, a0, a1;
    uint64_t t0_new;
    uint32_t pv_index; /* UINT32_MAX: none */
    uint64_t pv_new;
} effect;

static void detail(hb_rv_run *m, const char *text)
{
    snprintf(m->report.trap.detail, sizeof m->report.trap.detail, "%s", text);
}

/* fd 1 and 2, in pieces so that long writes need no memory of their own. */
static hb_rv_trap write_output(hb_rv_run *m, int fd, uint64_t address, uint64_t len)
{
    uint8_t piece[4096];
    for (uint64_t done = 0; done < len;) {
        size_t n = len - done < sizeof piece ? (size_t)(len - done) : sizeof piece;
        hb_rv_trap trap = hb_rvmem_read(&m->mem, address + done, piece, n);
        if (trap == HB_TRAP_NONE)
            trap = hb_rv_host_output(&m->host, fd, piece, n, m->cycles);
        if (trap != HB_TRAP_NONE)
            return trap;
        done += n;
    }
    return HB_TRAP_NONE;
}

/* Appends guest bytes to b, within the output limit. */
static hb_rv_trap fetch(hb_rv_run *m, hb_buf *b, uint64_t address, uint64_t len)
{
    if (len > hb_rv_host_room(&m->host))
        return HB_TRAP_OUTPUT_LIMIT;
    if (hb_buf_reserve(b, (size_t)len) != HB_OK)
        return HB_TRAP_HOST_MEMORY;
    hb_rv_trap trap = len ? hb_rvmem_read(&m->mem, address, b->data + b->len, (size_t)len) : HB_TRAP_NONE;
    if (trap == HB_TRAP_NONE)
        b->len += (size_t)len;
    return trap;
}

/* Descriptors whose bytes are a request to the host. */
static hb_rv_trap serve_request(hb_rv_run *m, uint64_t fd, hb_rv_span request)
{
    switch (fd) {
    case FD_HINT:
        return hb_rv_host_push(&m->host, request.data, request.len);
    case FD_ARGS:
        return hb_rv_host_push_args(&m->host);
    case FD_STDIN:
        return request.len == 8 ? hb_rv_host_push_stdin(&m->host, hb_load_le64(request.data)) : HB_TRAP_STDIN_REQUEST;
    case FD_KEY:
        return hb_rv_host_push_key(&m->host, request);
    default: {
        const char *why = NULL;
        hb_rv_trap trap = hb_rv_hook(&m->host, (unsigned)fd, request, &why);
        if (why)
            snprintf(m->report.trap.detail, sizeof m->report.trap.detail, "%s (fd %u): %s", hb_rv_hook_name((unsigned)fd), (unsigned)fd, why);
        return trap;
    }
    }
}

static hb_rv_trap call_write(hb_rv_run *m, const effect *e)
{
    uint64_t fd = e->a0, len = m->x[HB_RV_A2];
    if (!hb_rvmem_is_mapped(e->a1, len))
        return HB_TRAP_WRITE_RANGE;
    if (fd == FD_STDOUT || fd == FD_STDERR)
        return write_output(m, (int)fd, e->a1, len);
    if (fd == FD_PUBLIC_VALUES)
        return fetch(m, &m->host.public_values, e->a1, len);
    if (fd == FD_LEDGER_WRITES)
        return fetch(m, &m->host.ledger_writes, e->a1, len);
    if (fd != FD_HINT && fd != FD_ARGS && fd != FD_STDIN && fd != FD_KEY && !hb_rv_hook_name((unsigned)fd)) {
        snprintf(m->report.trap.detail, sizeof m->report.trap.detail, "fd %" PRIu64, fd);
        return HB_TRAP_WRITE_DESCRIPTOR;
    }
    hb_buf request = {0};
    hb_rv_trap trap = fetch(m, &request, e->a1, len);
    if (trap == HB_TRAP_NONE)
        trap = serve_request(m, fd, (hb_rv_span){request.data, request.len});
    hb_buf_free(&request);
    return trap;
}

static hb_rv_trap call_commit(effect *e, uint32_t first_cell)
{
    if (e->a0 >= 8)
        return HB_TRAP_COMMIT_INDEX;
    if (e->a1 >> 32)
        return HB_TRAP_COMMIT_WORD;
    e->pv_index = first_cell + (uint32_t)e->a0;
    e->pv_new = e->a1;
    return HB_TRAP_NONE;
}

static hb_rv_trap call_halt(effect *e)
{
    if (e->a0 > 255)
        return HB_TRAP_EXIT_CODE;
    e->pv_index = HB_RV_PV_EXIT_CODE;
    e->pv_new = e->a0;
    return HB_TRAP_NONE;
}

static void call_hint_len(hb_rv_run *m, effect *e)
{
    hb_rv_span chunk;
    e->t0_new = hb_rv_host_front(&m->host, &chunk) ? chunk.len : UINT64_MAX;
}

static hb_rv_trap call_hint_read(hb_rv_run *m, const effect *e)
{
    hb_rv_span chunk;
    if (!hb_rv_host_front(&m->host, &chunk))
        return HB_TRAP_HINT_EMPTY;
    if (chunk.len != e->a1)
        return HB_TRAP_HINT_LENGTH;
    if (chunk.len && !chunk.data) {
        detail(m, "the checkpoint does not hold this chunk");
        return HB_TRAP_HINT_EMPTY;
    }
    hb_rv_trap trap = hb_rvmem_fill(&m->mem, e->a0, chunk.data, chunk.len);
    if (trap == HB_TRAP_NONE)
        hb_rv_host_pop(&m->host);
    return trap;
}

/* The host's part of a call, and what the proof sees of it in *e. */
static hb_rv_trap perform(hb_rv_run *m, hb_rv_call_id id, effect *e)
{
    switch (id) {
    case HB_CALL_HALT:
        return call_halt(e);
    case HB_CALL_WRITE:
        return call_write(m, e);
    case HB_CALL_ENTER_UNCONSTRAINED:
        e->t0_new = 0;
        return hb_rvmem_enter(&m->mem);
    case HB_CALL_COMMIT:
        return call_commit(e, 0);
    case HB_CALL_COMMIT_DEFERRED_PROOFS:
        return call_commit(e, 8);
    case HB_CALL_HINT_LEN:
        call_hint_len(m, e);
        return HB_TRAP_NONE;
    case HB_CALL_HINT_READ:
        return call_hint_read(m, e);
    default:
        return HB_TRAP_CALL_UNPROVABLE;
    }
}

static bool record_call(hb_rv_run *m, const effect *e, uint32_t next_pc)
{
    uint32_t ts = m->ts;
    hb_rv_event_call unseen, *c = m->events ? hb_rec_event(m, HB_FAM_CALL, sizeof *c) : &unseen;
    if (!c)
        return false;
    *c = (hb_rv_event_call){.insn = m->ip->insn, .ts = ts, .t0 = e->t0, .a0 = e->a0, .a1 = e->a1, .t0_new = e->t0_new, .pv_index = e->pv_index, .next_pc = next_pc};
    c->t0_ts = hb_rec_register(m, HB_RV_T0, m->x[HB_RV_T0], ts);
    c->a0_ts = hb_rec_register(m, HB_RV_A0, m->x[HB_RV_A0], ts);
    c->a1_ts = hb_rec_register(m, HB_RV_A1, m->x[HB_RV_A1], ts);
    if (e->pv_index != UINT32_MAX) {
        c->pv_prev = m->pv[e->pv_index];
        c->pv_new = e->pv_new;
        c->pv_ts = hb_rec_access(m, &m->pv_ts[e->pv_index], 0, e->pv_index, c->pv_prev, ts + 8);
    }
    m->x_ts[HB_RV_T0] = ts + 15;
    m->ts = ts + 16;
    return true;
}

/* The block begins: what follows is undone at its end, and then it goes on behind this ECALL with t0 = 0. */
static void begin_block(hb_rv_run *m)
{
    hb_rv_snapshot *s = &m->snapshot;
    memcpy(s->x, m->x, sizeof s->x);
    memcpy(s->crossing, m->crossing, sizeof s->crossing);
    s->misaligned = m->misaligned;
    s->ip = m->ip + 1;
    m->ip = s->ip;
    m->x[HB_RV_T0] = 1;
    m->host_only = true;
    m->delta = m->delta_host;
}

void hb_rv_end_block(hb_rv_run *m)
{
    const hb_rv_snapshot *s = &m->snapshot;
    hb_rvmem_leave(&m->mem);
    memcpy(m->x, s->x, sizeof m->x);
    memcpy(m->crossing, s->crossing, sizeof m->crossing);
    m->misaligned = s->misaligned;
    m->ip = s->ip;
    m->host_only = false;
    m->delta = m->delta_all;
}

static hb_rv_exit trap_with(hb_rv_run *m, hb_rv_trap trap, uint64_t number)
{
    m->trap = trap;
    m->trap_address = 0;
    m->report.trap.call = number;
    return HB_RV_EXIT_TRAP;
}

/* Inside an unconstrained block. */
static hb_rv_exit host_call(hb_rv_run *m, hb_rv_call_id id, effect *e)
{
    if (id == HB_CALL_WRITE) {
        hb_rv_trap trap = call_write(m, e);
        return trap == HB_TRAP_NONE ? HB_RV_EXIT_NONE : trap_with(m, trap, e->t0);
    }
    if (id != HB_CALL_EXIT_UNCONSTRAINED)
        return trap_with(m, HB_TRAP_CALL_UNCONSTRAINED, e->t0);
    hb_rv_account(m); /* still as host cycles */
    hb_rv_end_block(m);
    hb_rv_grant(m);
    return HB_RV_EXIT_SWITCH;
}

hb_rv_exit hb_rv_call(hb_rv_run *m, uint64_t t0, uint64_t a0, uint64_t a1)
{
    effect e = {.t0 = t0, .a0 = a0, .a1 = a1, .t0_new = t0, .pv_index = UINT32_MAX};
    hb_rv_call_id id = hb_rv_call_find(t0);
    m->left++; /* the ECALL itself is booked when it has happened */
    hb_rv_account(m);
    m->left--;
    m->report.trap.detail[0] = 0;
    if (id == HB_RV_CALL_COUNT)
        return trap_with(m, HB_TRAP_CALL_UNKNOWN, t0);
    if (m->host_only)
        return host_call(m, id, &e);
    if (id == HB_CALL_EXIT_UNCONSTRAINED)
        return trap_with(m, HB_TRAP_EXIT_UNCONSTRAINED, t0);
    hb_rv_trap trap = perform(m, id, &e);
    if (trap == HB_TRAP_CALL_UNPROVABLE)
        detail(m, hb_rv_calls[id].name);
    if (trap != HB_TRAP_NONE)
        return trap_with(m, trap, t0);
    uint32_t next_pc = id == HB_CALL_HALT ? HB_PC_HALT : (uint32_t)(hb_rv_pc(m, m->ip + 1) / 4);
    if (m->timed && !record_call(m, &e, next_pc))
        return trap_with(m, HB_TRAP_HOST_MEMORY, t0);
    m->call_counts[id]++;
    m->x[HB_RV_T0] = e.t0_new;
    if (e.pv_index != UINT32_MAX)
        m->pv[e.pv_index] = e.pv_new;
    hb_rv_account(m);
    if (id == HB_CALL_ENTER_UNCONSTRAINED)
        begin_block(m);
    hb_rv_grant(m);
    if (id == HB_CALL_HALT) {
        m->ip++;
        return HB_RV_EXIT_HALT;
    }
    return id == HB_CALL_ENTER_UNCONSTRAINED ? HB_RV_EXIT_SWITCH : HB_RV_EXIT_NONE;
}
