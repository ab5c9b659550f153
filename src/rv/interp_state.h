/* Inside of a run. Only the interpreter's own files include this. */
#pragma once
#include "rv/interp.h"
#include "rv/rvfault.h"
#include "rv/rvhost.h"
#include "rv/rvmem.h"
#include "rv/rvprogram_priv.h"
#include "rv/shard_state.h"

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
    uint32_t ts;                 /* time of the next instruction (timed) */
    uint32_t x_ts[33];           /* last access of each register */
    bool out_of_memory;          /* a bump was lost: the record is worthless */
    hb_rv_trap trap;             /* set with HB_RV_EXIT_TRAP */
    uint64_t trap_address;
    hb_rvmem mem;
    hb_rv_record record;
    uint64_t pv[HB_RV_PV_CELLS];
    uint32_t pv_ts[HB_RV_PV_CELLS];
    hb_rv_shard_state shard;     /* of options.sharding; times are the shard's then */

    /* what surrounds them */
    const hb_rv_program *program;
    const hb_rv_loaded *loaded;
    hb_rv_exec_options options;
    bool events, timed;          /* events are recorded; accesses are timed (also in shards that are only planned) */
    uint64_t cycles, host_cycles;
    hb_rv_bound bound;           /* of the current advance */
    hb_rv_end end;               /* NOT_RUN, PAUSED, or how it ended */
    struct hb_rv_jit *jit;       /* NULL: interpret */
    bool host_only;              /* in an unconstrained block */
    bool ended_in_block;
    bool settled;                /* hb_rv_settle is done */
    uint32_t pc_end;             /* then: word index of where the run would go on, HB_PC_HALT after a halt */
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

hb_rv_exit hb_rv_loop_plan(hb_rv_run *m);  /* shards without events */

/* Its rare cases: registers that may need bumps (sets their times); loads and stores that the page tables do not serve, timed `now` (rvmem.h for the rest). */
void hb_rv_plan_far(hb_rv_run *m, const hb_rv_decoded *in, bool rs1, bool rs2, bool rd, uint32_t ts);
hb_rv_trap hb_rv_plan_load(hb_rv_run *m, uint64_t at, unsigned bytes, uint64_t *value, uint32_t now);
hb_rv_trap hb_rv_plan_store(hb_rv_run *m, uint64_t at, unsigned bytes, uint64_t value, uint32_t now);

/* One faulty instruction at m->ip (HB_TEST_HOOKS). */
hb_rv_exit hb_rv_fault_step(hb_rv_run *m);

/* The same contract, by translated code wherever possible (jit.h); m->jit is set, and the run is outside unconstrained blocks. */
hb_rv_exit hb_rv_loop_translated(hb_rv_run *m);

/* Executes the ECALL at m->ip, which sees these values in t0, a0 and a1 (they differ from the registers only under fault injection). Records it, updates
 * registers; NONE: behind it goes on with m->left and m->ts; SWITCH: m->ip is where to go on; HALT; TRAP: nothing has happened. */
hb_rv_exit hb_rv_call(hb_rv_run *m, uint64_t t0, uint64_t a0, uint64_t a1);

/* Ends an unconstrained block: everything is as its ENTER left it. */
void hb_rv_end_block(hb_rv_run *m);

/* Books the instructions done since the last accounting, in cycles or host_cycles (granted = left afterwards). */
void hb_rv_account(hb_rv_run *m);

/* Grants what the limits still allow, before the next instruction: 0 means that one of them is reached. */
void hb_rv_grant(hb_rv_run *m);

/* Counts a load or store that completed, when it is misaligned. */
static inline void hb_rv_count_access(hb_rv_run *m, uint64_t at, unsigned bytes, bool store)
{
    m->misaligned += (at & (bytes - 1)) != 0;
    m->crossing[store][bytes == 8] += at % 8 + bytes > 8;
}

/* After the last instruction: describes a trap, ends a block that is open, sets pc_end. The second time it does nothing. */
void hb_rv_settle(hb_rv_run *m);

/* Counts of families from counts of operations and of accesses that reach two double words. Adds to counts. */
void hb_rv_add_family_counts(const uint64_t ops[HB_OP_COUNT], const uint64_t crossing[2][2], uint64_t counts[HB_FAM_COUNT]);

/* Byte address of a decoded word. */
static inline uint64_t hb_rv_pc(const hb_rv_run *m, const hb_rv_decoded *ip)
{
    return m->loaded->text_base + 4 * (uint64_t)(ip - m->loaded->decoded);
}
