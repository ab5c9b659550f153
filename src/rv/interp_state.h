/* Inside of a run. Only the interpreter's own files include this. */
#pragma once
#include "rv/interp.h"
#include "rv/rvfault.h"
#include "rv/rvhost.h"
#include "rv/rvmem.h"
#include "rv/rvprogram_priv.h"

/* Why a loop over instructions came back. */
typedef enum hb_rv_exit {
    HB_RV_EXIT_NONE,   /* calls only: go on behind the ECALL */
    HB_RV_EXIT_BUDGET, /* `left` is used up */
    HB_RV_EXIT_TRAP,
    HB_RV_EXIT_HALT,
    HB_RV_EXIT_SWITCH  /* an unconstrained block begins or ends */
} hb_rv_exit;

enum { HB_RV_T0 = 5, HB_RV_A0 = 10, HB_RV_A1 = 11, HB_RV_A2 = 12, HB_RV_PV_CELLS = 17, HB_RV_PV_EXIT_CODE = 16 };

/* What an unconstrained block must not change. */
typedef struct hb_rv_snapshot {
    uint64_t x[33];
    const hb_rv_decoded *ip;
    uint64_t misaligned, crossing[2][2];
} hb_rv_snapshot;

struct hb_rv_run {
    /* what the loops use */
    uint64_t x[33];              /* x[0] = 0; x[32] takes what is written to x0 */
    const hb_rv_decoded *ip;     /* next instruction */
    int64_t granted, left;       /* instructions allowed at the last accounting, and not yet done */
    int64_t *delta;              /* per word of text: runs of instructions that start here minus runs that ended before it */
    uint64_t misaligned;
    uint64_t crossing[2][2];     /* loads and stores that reach two double words: [store][eight bytes wide] */
    uint32_t ts;                 /* time of the next instruction (recording) */
    uint32_t x_ts[33];           /* last access of each register */
    bool out_of_memory;          /* a bump was lost: the record is worthless */
    hb_rv_trap trap;             /* set with HB_RV_EXIT_TRAP */
    uint64_t trap_address;
    hb_rvmem mem;
    hb_rv_record record;
    uint64_t pv[HB_RV_PV_CELLS];
    uint32_t pv_ts[HB_RV_PV_CELLS];

    /* what surrounds them */
    const hb_rv_program *program;
    const hb_rv_loaded *loaded;
    hb_rv_exec_options options;
    uint64_t cycles, host_cycles;
    bool host_only;              /* in an unconstrained block */
    bool ended_in_block;
    hb_rv_snapshot snapshot;     /* what to return to */
    int64_t *delta_all, *delta_host;
    hb_rv_host host;
    uint64_t call_counts[HB_RV_CALL_COUNT];
    hb_rv_report report;
    hb_rv_fault fault;           /* the one being injected into the current instruction */
    bool fault_pending, fault_hit;
};

/* The loops: run at most `left` instructions from `ip`. */
hb_rv_exit hb_rv_loop_plain(hb_rv_run *m);
hb_rv_exit hb_rv_loop_record(hb_rv_run *m);
hb_rv_exit hb_rv_loop_fault(hb_rv_run *m); /* recording, with m->fault (HB_TEST_HOOKS) */

/* One faulty instruction at m->ip (HB_TEST_HOOKS). */
hb_rv_exit hb_rv_fault_step(hb_rv_run *m);

/* Executes the ECALL at m->ip, which sees these values in t0, a0 and a1 (they differ from the registers only under fault injection). Records it, updates
 * registers; NONE: behind it goes on with m->left and m->ts; SWITCH: m->ip is where to go on; HALT; TRAP: nothing has happened. */
hb_rv_exit hb_rv_call(hb_rv_run *m, uint64_t t0, uint64_t a0, uint64_t a1);

/* Ends an unconstrained block: everything is as its ENTER left it. */
void hb_rv_end_block(hb_rv_run *m);

/* Books the instructions done since the last accounting, in cycles or host_cycles (granted = left afterwards). */
void hb_rv_account(hb_rv_run *m);

/* Grants what the limits still allow, before the next instruction: 0 means that one of them is reached. */
void hb_rv_grant(hb_rv_run *m);

/* Byte address of a decoded word. */
static inline uint64_t hb_rv_pc(const hb_rv_run *m, const hb_rv_decoded *ip)
{
    return m->loaded->text_base + 4 * (uint64_t)(ip - m->loaded->decoded);
}
