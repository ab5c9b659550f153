/* Executing a program step by step, without proving. Both kinds of program behind one handle. C17 and C++. One thread at a time for an executor. */
#pragma once
#include "hauptbuch/config.h"
#include "hauptbuch/keys.h"
#include "hauptbuch/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_executor hb_executor;

typedef enum hb_vm_end {
    HB_VM_RUNNING,
    HB_VM_HALTED,  /* exit_code is valid */
    HB_VM_TRAPPED, /* what the message says */
    HB_VM_LIMIT    /* the cycle limit */
} hb_vm_end;

/* What the machine is like between two instructions. */
typedef struct hb_vm_state {
    uint64_t program_counter;  /* ELF: an address; bytecode: an offset in the code */
    uint64_t registers[32];
    uint64_t steps;            /* instructions done */
    uint64_t gas;              /* used by them */
    hb_vm_end end;
    uint32_t exit_code;        /* bytecode: 0 success, or the code of the end (docs/bytecode-tools.md) */
    uint64_t stack_depth;      /* bytecode: words on the stack; ELF: 0 (the stack is memory below register 2) */
    int flag_zero, flag_negative, flag_halted, flag_reverted; /* bytecode; ELF: halted alone */
} hb_vm_state;

/* One completed instruction. */
typedef struct hb_vm_step {
    uint64_t program_counter;
    uint32_t opcode;           /* ELF: the instruction word; bytecode: the opcode byte */
    const char *name;          /* its mnemonic, in static memory */
    const hb_vm_state *after;
} hb_vm_step;
typedef void (*hb_vm_trace_fn)(void *ctx, const hb_vm_step *step);

/* At the program's start. config may be NULL. The input is copied; the program must outlive the executor. HB_OUT_OF_MEMORY, HB_INVALID_ARGUMENT; what the program asks for beyond the
 * configuration is HB_MEMORY_LIMIT_EXCEEDED, HB_STACK_LIMIT_EXCEEDED or HB_LIMIT. *executor is NULL then. */
HB_PUBLIC hb_status hb_executor_new(hb_executor **executor, const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_error *err);
HB_PUBLIC void hb_executor_free(hb_executor *executor);

/* At most n instructions; stops at an end. HB_OK also when the program has ended (inspect says how). HB_INVALID_INSTRUCTION when it stands before a word that is none (ELF);
 * HB_EXECUTION_FAILED for other traps. After an end: HB_OK again, nothing happens. */
HB_PUBLIC hb_status hb_executor_step(hb_executor *executor, uint64_t n, hb_error *err);
/* To the end. */
HB_PUBLIC hb_status hb_executor_run(hb_executor *executor, hb_error *err);
/* At most n instructions, one by one, with a call after each. */
HB_PUBLIC hb_status hb_executor_trace(hb_executor *executor, uint64_t n, hb_vm_trace_fn fn, void *ctx, hb_error *err);

HB_PUBLIC void hb_executor_inspect(hb_executor *executor, hb_vm_state *state);
/* n bytes of memory at an address (bytecode: 0 is its memory's first byte). HB_INVALID_ARGUMENT: outside. */
HB_PUBLIC hb_status hb_executor_read_memory(hb_executor *executor, uint64_t address, uint8_t *out, size_t n, hb_error *err);
/* Words of a bytecode program's stack, 0 is the bottom. HB_INVALID_ARGUMENT: not that many, or not bytecode. */
HB_PUBLIC hb_status hb_executor_read_stack(hb_executor *executor, uint64_t i, uint64_t *word, hb_error *err);
/* What the program has written: public values; what has been written so far, until the executor runs on. */
HB_PUBLIC hb_chunk hb_executor_public_values(hb_executor *executor);

#ifdef __cplusplus
}
#endif
