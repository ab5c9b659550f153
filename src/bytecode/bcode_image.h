/* The image that a bytecode program becomes: its memory, its registers, the labels of its run-time part. Inside of the translation only.
 *
 *   text     start, run-time part, then the blocks in code order
 *   rodata   behind the text (8-aligned): version and limits, instruction rows for the exact path, SHA-256 constants, the code, the table of entries
 *   memory   fixed places above the image, zero at the start (below); no segment of the file covers them
 *
 * Table of entries: one word per offset 0 .. code length. 0: no instruction starts there. Odd: an instruction of the exact path (the address is that of its
 * entry, plus 1, which JALR drops). Even: where a block is entered with any stack depth; at the code's length: the end with success. */
#pragma once
#include "bytecode/bcode_flow.h"
#include "bytecode/rvemit.h"

#define HB_BC_TRANSLATOR_VERSION 1u

#define HB_BC_AT_TEXT UINT64_C(0x78000000)
#define HB_BC_AT_CALLS UINT64_C(0x80001000)     /* 1024 machine addresses; GP points here, variables lie below it */
#define HB_BC_AT_STACK (HB_BC_AT_CALLS + 8 * HB_BYTECODE_MAX_CALLS)
#define HB_BC_AT_MEMORY (UINT64_C(1) << 32)          /* + HB_BYTECODE_MAX_MEMORY */
#define HB_BC_AT_OUTPUT (UINT64_C(1) << 36)          /* up to the input region */

/* Variables, as offsets from GP. */
enum {
    HB_BC_VAR_REGISTERS = -256, /* r0..r31: home of those that have no machine register, and of all on the exact path */
    HB_BC_VAR_INPUT = -264,     /* address of the next input byte, and of the end */
    HB_BC_VAR_INPUT_END = -272,
    HB_BC_VAR_OUTPUT = -280,    /* where the next output byte goes */
    HB_BC_VAR_SCHEDULE = -1024, /* SHA-256 message schedule, 64 words of 4 bytes */
    HB_BC_VAR_STATE = -768      /* SHA-256 state, 8 words of 4 bytes */
};

/* Registers that keep their meaning everywhere between start and end of a run. */
enum {
    HB_BC_STK = HB_SP,    /* behind the top word of the stack */
    HB_BC_GLOB = HB_GP,   /* HB_BC_AT_CALLS */
    HB_BC_GAS = HB_TP,    /* gas left, as a signed number (see HB_BC_GAS_START) */
    HB_BC_MEM = HB_S0,    /* HB_BC_AT_MEMORY */
    HB_BC_MEM8 = HB_S1,   /* memory limit - 8 (may be negative) */
    HB_BC_BOTTOM = HB_S2, /* HB_BC_AT_STACK: bottom of the stack, end of the call stack */
    HB_BC_LIMIT = HB_S3,  /* end of the stack */
    HB_BC_CALLS = HB_S4   /* behind the last entry of the call stack */
};
/* t0, t1: scratch. t2: scratch of long jumps. a0..a7: stack words inside a block; a7: target offset of computed jumps and of the exact path.
 * s5..s11, t3..t6: the registers r0..r31 that the program uses most. */
#define HB_BC_MAPPED_MAX 11
extern const uint8_t hb_bc_mapped_pool[HB_BC_MAPPED_MAX];

/* Gas is counted down as a signed number. A larger limit than 2^63 - 1 cannot be reached: a run that ends in a proof has fewer than 2^42 cycles, each of
 * which pays for at most 8 bytes of READ or WRITE or 100 gas; and a single price is at most 2^61 + 3. */
static inline uint64_t hb_bc_gas_start(const hb_bytecode_program *p)
{
    return p->limits.gas < INT64_MAX ? p->limits.gas : INT64_MAX;
}

/* Labels of the run-time part. */
enum {
    HB_RT_TRAP,                                   /* + end: HB_RT_TRAP + HB_BC_END_GAS */
    HB_RT_FINISH = HB_RT_TRAP + HB_BC_END_COUNT,  /* a0: exit code */
    HB_RT_EXACT,       /* exact path from offset a7 on; machine registers hold r0..r31 */
    HB_RT_EXACT_LOOP,  /* the same, with all of r0..r31 in memory and the bases set */
    HB_RT_EXACT_GO,    /* goes on with offset a4 (at most the code's length), in a block if one starts there */
    HB_RT_EXACT_LEAVE, /* goes to the block entry t0 */
    HB_RT_EXACT_BINARY, HB_RT_EXACT_UNARY, HB_RT_EXACT_PUSH, HB_RT_EXACT_DROP2, /* result a0 to the stack, or two words off it; go on */
    HB_RT_EXACT_ADDRESS, /* checks t1 bytes at address a0; a0 := machine address */
    HB_RT_EXACT_TRAP,  /* + end: gives the gas a3 of the instruction back */
    HB_RT_JUMP = HB_RT_EXACT_TRAP + HB_BC_END_COUNT, /* to offset a7 (gas of the jump: 8) */
    HB_RT_JUMPI,       /* the same, 10 */
    HB_RT_CALL,        /* computed call to offset a7; ra: where it returns to */
    HB_RT_READ, HB_RT_WRITE, /* a0 address, a1 bytes; the fixed part of the gas has been paid. Change a0..a2 and t0..t2 */
    HB_RT_POW,         /* a0 := a0 ^ a1, a1 := not 0 on overflow. Changes a2 and t0..t2 */
    HB_RT_INPUT,       /* a0 := next word, a1 := not 0 when there is no byte. Changes t0..t2 */
    HB_RT_COPY,        /* a1 bytes from a2 to a0, forwards. Changes a0..a2 and t0..t2 */
    HB_RT_SHA_BLOCK,   /* one block at t3; changes everything but GP, SP, t3 and t4 */
    HB_RT_RODATA,
    HB_RT_LOCAL,       /* labels inside of one routine */
    HB_RT_LOCAL_END = HB_RT_LOCAL + 64,
    HB_RT_HANDLER = HB_RT_LOCAL_END,       /* + opcode: its body on the exact path */
    HB_RT_BLOCKS = HB_RT_HANDLER + HB_BC_OPS_END /* three labels a block */
};

/* Labels of block k. */
static inline uint32_t hb_bc_label_direct(uint32_t k) /* entered from code that knows the stack depth */
{
    return HB_RT_BLOCKS + 3 * k;
}
static inline uint32_t hb_bc_label_any(uint32_t k) /* entered with any depth; placed only where that can happen */
{
    return HB_RT_BLOCKS + 3 * k + 1;
}
static inline uint32_t hb_bc_label_called(uint32_t k) /* entered by a constant CALL */
{
    return HB_RT_BLOCKS + 3 * k + 2;
}

/* Parts of rodata, as offsets. */
enum {
    HB_BC_RO_HEADER = 0, /* version, stack limit, memory limit, gas limit: u64 each */
    HB_BC_RO_ROWS = 32,  /* per opcode below HB_BC_OPS_END, u64: address of the body | gas << 32 | need << 40 | net << 48 (words, signed) | size << 56 */
    HB_BC_RO_SHA = HB_BC_RO_ROWS + 8 * HB_BC_OPS_END, /* 64 round constants, u32 */
    HB_BC_RO_CODE = HB_BC_RO_SHA + 256
    /* the table of entries: at the next multiple of 8 behind the code */
};
_Static_assert(HB_BC_RO_CODE + 16 < 2048, "the code is reached with an immediate");

static inline uint32_t hb_bc_entries_at(const hb_bytecode_program *p)
{
    return (uint32_t)(HB_BC_RO_CODE + p->code_len + 7) & ~UINT32_C(7);
}

typedef struct hb_bc_translation {
    const hb_bytecode_program *p;
    hb_bytecode_flow flow;
    hb_emit e;
    uint8_t mapped[HB_BYTECODE_REGISTERS]; /* machine register of r0..r31, or 0 */
    bool reads_input;
} hb_bc_translation;

/* Sets t->mapped: the most used registers, weighted by loop depth. */
hb_status hb_bc_map_registers(hb_bc_translation *t, hb_error *err);

/* The parts of the text. */
void hb_bc_emit_start(hb_bc_translation *t);   /* bcode_start.c: entry, input, goes on with what follows */
void hb_bc_emit_finish(hb_bc_translation *t);  /* bcode_finish.c: ends, public values, digest, HALT */
void hb_bc_emit_routines(hb_bc_translation *t);/* bcode_routines.c: what blocks and the exact path share */
void hb_bc_emit_exact(hb_bc_translation *t);   /* bcode_exact.c: the exact path */
hb_status hb_bc_emit_blocks(hb_bc_translation *t); /* bcode_blocks.c */

/* SHA-256 round constants, for rodata. */
extern const uint32_t hb_bc_sha_constants[64];
