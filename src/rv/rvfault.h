/* Fault injection for tests (attacks.md, hook h1): one instruction of a recorded run goes wrong, and the run goes on with the consequences. The record is what a
 * cheating prover would hand to the chips: consistent with the fault, so that only the rule that forbids the fault can reject it.
 *
 * Works in builds with HB_TEST_HOOKS (checked builds define it); others refuse the option. Never in what is shipped. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef HB_CHECKED
#ifndef HB_TEST_HOOKS
#define HB_TEST_HOOKS
#endif
#endif

typedef enum hb_rv_fault_kind {
    HB_FAULT_RESULT,      /* rd receives `value` */
    HB_FAULT_OPERAND1,    /* the instruction sees `value` instead of rs1 (calls: of a0) */
    HB_FAULT_OPERAND2,    /* ... instead of rs2 (calls: of a1) */
    HB_FAULT_DESTINATION, /* the result goes to register value % 33 */
    HB_FAULT_LOADED,      /* the double words that a load reads are xored with `value` (all recorded as read and left so) */
    HB_FAULT_STORED,      /* a store stores `value` */
    HB_FAULT_BRANCH,      /* the condition is negated */
    HB_FAULT_NEXT_PC,     /* next pc = entry + value % (words of text), in words */
    HB_FAULT_WORD,        /* the instruction at entry + value % (words of text) runs instead, recorded under the old row's number */
    HB_FAULT_CALL,        /* a call sees `value` in t0 */
    HB_FAULT_TWICE,       /* the instruction runs twice */
    HB_FAULT_KINDS
} hb_rv_fault_kind;

/* A kind that does not apply to the instruction at that step has no effect; hb_rv_fault_hit tells. */
typedef struct hb_rv_fault {
    hb_rv_fault_kind kind;
    uint64_t step;  /* number of instructions before it */
    uint64_t value;
} hb_rv_fault;

struct hb_rv_run;

/* Did the fault change anything that is recorded (value or control flow)? */
bool hb_rv_fault_hit(const struct hb_rv_run *run);
