/* A validated bytecode program. */
#pragma once
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "bytecode/bcode.h"

#define HB_BC_NO_INSN UINT32_MAX

typedef struct hb_bytecode_insn {
    uint64_t imm;  /* 0 without an immediate */
    uint32_t at;   /* offset of the opcode byte */
    uint8_t op;    /* hb_bytecode_op */
    uint8_t size;  /* bytes, 1 to 9 */
} hb_bytecode_insn;

/* Read-only after it was made; any number of threads, machines and translations may share it. */
typedef struct hb_bytecode_program {
    uint8_t *code;
    uint32_t code_len; /* 1 .. HB_BYTECODE_MAX_CODE */
    hb_bytecode_limits limits;
    hb_bytecode_insn *insns; /* in code order */
    uint32_t n_insns;
    uint32_t *starts; /* code_len + 1 entries: index of the instruction that starts there, or HB_BC_NO_INSN (always at code_len) */
    hb_arena memory;
} hb_bytecode_program;

/* Copies, checks and decodes. HB_INVALID_PROGRAM, with err->offset and a message "Invalid program: offset N: reason": empty or too long code, an invalid
 * opcode, an immediate cut off, a register above 31, SWAP 0, or a jump whose target is pushed by the instruction before it and is no instruction start.
 * HB_INVALID_ARGUMENT: limits beyond the maxima. HB_OUT_OF_MEMORY. limits may be NULL: the defaults. On failure *out is all zero. */
hb_status hb_bytecode_program_make(hb_bytecode_program *out, const uint8_t *code, size_t len, const hb_bytecode_limits *limits, hb_error *err);

/* Also right for an all-zero program. */
void hb_bytecode_program_free(hb_bytecode_program *p);

/* Words that must be on the stack before the instruction, and how many more there are after it. */
static inline uint32_t hb_bytecode_need(const hb_bytecode_insn *i)
{
    return i->op == HB_BC_DUP || i->op == HB_BC_SWAP ? (uint32_t)i->imm + 1 : hb_bytecode_rows[i->op].pops;
}

static inline int32_t hb_bytecode_net(const hb_bytecode_insn *i)
{
    return hb_bytecode_rows[i->op].pushes - hb_bytecode_rows[i->op].pops;
}

static inline bool hb_bytecode_is_push(uint8_t op)
{
    return op >= HB_BC_PUSH1 && op <= HB_BC_PUSH8;
}

/* JUMP, JUMPI, CALL: take their target from the stack. */
static inline bool hb_bytecode_takes_target(uint8_t op)
{
    return op == HB_BC_JUMP || op == HB_BC_JUMPI || op == HB_BC_CALL;
}
