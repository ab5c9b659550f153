/* The native interpreter: the reference semantics of bytecode, as fast as plain C allows, with or without a view of every step.
 *
 * Checks of one instruction, in this order: gas, stack underflow, stack limit or call depth, then operands (input, memory, jump, arithmetic); the first that
 * fails is the end, and an instruction that traps has changed nothing. READ and WRITE check the price that they have without their length, then underflow,
 * then the whole price: with fewer than two words on the stack the length does not exist. Without a ledger SLOAD and SSTORE end with `memory`. */
#pragma once
#include "bytecode/bcode_program.h"

#define HB_BYTECODE_DEFAULT_OUTPUT_LIMIT (UINT64_C(1) << 28)

typedef struct hb_bytecode_machine hb_bytecode_machine;

/* What a machine is like between two instructions. Pointers belong to the machine and stay valid until it runs on. */
typedef struct hb_bytecode_view {
    uint32_t pc;              /* the next instruction; after an end: the one that ended the run, or the code's length */
    hb_bytecode_end end;      /* HB_BC_RUNNING while it is not over */
    uint64_t steps;           /* completed instructions */
    uint64_t gas;             /* used by them */
    const uint64_t *registers; /* 32 */
    const uint64_t *stack;    /* [0] is the bottom */
    uint64_t depth;           /* words on it */
    const uint32_t *calls;    /* return offsets, [0] is the outermost */
    uint32_t call_depth;
    const uint8_t *memory;    /* limits.memory bytes */
    const uint8_t *output;
    uint64_t output_len;
    uint64_t input_left;      /* unread bytes */
    bool zero, negative;      /* of the last arithmetic or compare result; false before the first */
    bool halted, reverted;    /* halted: any end */
} hb_bytecode_view;

/* One completed or trapped instruction. */
typedef struct hb_bytecode_step {
    uint32_t pc;
    uint8_t op;
    uint64_t gas;       /* what it cost; 0 when it trapped */
    uint32_t stack_ops; /* 0 when it trapped */
    hb_bytecode_view after;
} hb_bytecode_step;

typedef void (*hb_bytecode_trace_fn)(void *ctx, const hb_bytecode_step *step);

/* A machine at the start of a program, which must outlive it, as must the input (NULL when len is 0). output_limit: bytes; 0: the default.
 * HB_OUT_OF_MEMORY with *out NULL. */
hb_status hb_bytecode_machine_create(hb_bytecode_machine **out, const hb_bytecode_program *program, const uint8_t *input, size_t len,
                                     uint64_t output_limit, hb_error *err);
void hb_bytecode_machine_free(hb_bytecode_machine *m); /* m may be NULL */

/* Runs at most max_steps instructions. HB_OK: done so or at the end (see the view); then it does nothing more.
 * HB_LIMIT: the next instruction would pass the output limit; HB_OUT_OF_MEMORY: no memory for its output. Nothing of it has happened then. */
hb_status hb_bytecode_machine_run(hb_bytecode_machine *m, uint64_t max_steps, hb_error *err);

/* The same, calling fn after each instruction. Running off the end of the code is no instruction. */
hb_status hb_bytecode_machine_trace(hb_bytecode_machine *m, uint64_t max_steps, hb_bytecode_trace_fn fn, void *ctx, hb_error *err);

void hb_bytecode_machine_view(const hb_bytecode_machine *m, hb_bytecode_view *view);
