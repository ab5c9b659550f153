/* Inside of the interpreter: what its loop (bcode_run.c) and its instructions (bcode_ops.c) share. */
#pragma once
#include "base/buf.h"
#include "bytecode/bcode_run.h"

typedef struct hb_bytecode_cell hb_bytecode_cell;

/* Where a machine is: two machine registers, so that a handler takes and returns it without touching memory. sp points behind the top. */
typedef struct hb_bytecode_at {
    const hb_bytecode_cell *ip; /* NULL: the run is over, m->end says how */
    uint64_t *sp;
} hb_bytecode_at;

/* Executes the instruction at a.ip; gas and stack have been checked. Returns where to go on. When the run ends, nothing else has changed. */
typedef hb_bytecode_at (*hb_bytecode_handler)(hb_bytecode_at a, hb_bytecode_machine *m);

/* An instruction made ready: 32 bytes. */
struct hb_bytecode_cell {
    hb_bytecode_handler run;
    uint64_t imm;
    uint32_t at;
    uint16_t need;  /* bytes of stack below sp */
    int16_t net;    /* bytes of stack that it adds */
    uint8_t gas;
    uint8_t op;
    bool priced;    /* READ, WRITE: ceil(b / 8) more */
};

struct hb_bytecode_machine {
    const hb_bytecode_cell *ip;
    uint64_t gas_left;       /* between ip and sp: side by side, gcc would keep the two in one vector register, by way of memory in each step */
    uint64_t *sp;
    uint64_t steps;
    uint64_t registers[HB_BYTECODE_REGISTERS];
    uint64_t result;         /* last result that sets flags; 1 at the start: neither zero nor negative */
    uint64_t *stack, *stack_end;
    uint8_t *memory;
    uint64_t memory_bytes;
    const hb_bytecode_cell *cells; /* one an instruction, and one for the end of the code */
    const uint32_t *starts;        /* of the program */
    uint32_t code_len, n_insns;
    uint32_t call_depth;
    uint32_t calls[HB_BYTECODE_MAX_CALLS];
    const uint8_t *input, *input_end;
    hb_buf output;
    uint64_t output_limit;
    hb_bytecode_end end;
    hb_status failed; /* of the host: the run stands still */
    const hb_bytecode_program *program;
};

/* By opcode; NULL where there is no instruction. */
extern const hb_bytecode_handler hb_bytecode_handlers[256];

/* Running off the end of the code. */
hb_bytecode_at hb_bytecode_run_off(hb_bytecode_at a, hb_bytecode_machine *m);
