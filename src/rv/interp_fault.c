/* Fault injection (rvfault.h): a third loop, entered for one instruction, and the faults that lie around an instruction rather than in it. */
#include "rv/rvfault.h"

#ifdef HB_TEST_HOOKS
#define HB_BODY hb_rv_loop_fault
#define HB_RECORD 1
#define HB_FAULT 1
#include "rv/interp_body.h"

/* The field that holds the next pc in the last event of a family, or NULL. */
static uint32_t *last_next_pc(hb_rv_run *m, hb_rv_family f)
{
    const hb_rv_events *e = &m->record.family[f];
    if (f == HB_FAM_CALL)
        return &((hb_rv_event_call *)e->data)[e->count - 1].next_pc;
    if (f == HB_FAM_BEQ || f == HB_FAM_BLT || f == HB_FAM_JALR)
        return &((hb_rv_event_reg *)e->data)[e->count - 1].next_pc;
    return NULL;
}

static void change_next_pc(hb_rv_run *m, const size_t counts[HB_FAM_COUNT])
{
    const hb_rv_decoded *to = m->loaded->decoded + m->fault.value % m->loaded->n_decoded;
    m->fault_hit = to != m->ip;
    m->ip = to;
    for (int f = 0; f < HB_FAM_COUNT; f++) {
        uint32_t *next = m->record.family[f].count > counts[f] ? last_next_pc(m, (hb_rv_family)f) : NULL;
        if (next)
            *next = (uint32_t)(hb_rv_pc(m, to) / 4);
    }
}

hb_rv_exit hb_rv_fault_step(hb_rv_run *m)
{
    const hb_rv_decoded *ip = m->ip;
    size_t counts[HB_FAM_COUNT];
    for (int f = 0; f < HB_FAM_COUNT; f++)
        counts[f] = m->record.family[f].count;
    m->fault = *m->options.fault;
    hb_rv_exit result = hb_rv_loop_fault(m);
    m->fault_pending = false;
    if (result == HB_RV_EXIT_TRAP)
        m->fault_hit = false; /* nothing was recorded */
    if (result != HB_RV_EXIT_BUDGET)
        return result;
    if (m->fault.kind == HB_FAULT_NEXT_PC)
        change_next_pc(m, counts);
    if (m->fault.kind == HB_FAULT_TWICE) {
        m->fault_hit = true;
        m->ip = ip;
    }
    return result;
}
#else
#include "rv/interp_state.h"

hb_rv_exit hb_rv_fault_step(hb_rv_run *m)
{
    (void)m;
    return HB_RV_EXIT_BUDGET;
}
#endif

bool hb_rv_fault_hit(const struct hb_rv_run *run)
{
    return run->fault_hit;
}
