/* Bytecode, the stack machine for ledger scripts: its one instruction table, its ends, its limits. The definition is shared by validator, interpreter,
 * assembler, disassembler and translation; what a word "a" or "b" is: a is the top of the stack and popped first, b is popped second.
 *
 * Opcodes are hexadecimal bytes. One instruction is its opcode byte and an immediate of 0, 1, 2, 4 or 8 bytes, little-endian. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* X(NAME, opcode, gas, pops, pushes, stack ops, immediate bytes).
 * gas: READ and WRITE cost ceil(b / 8) more, saturating. pops, pushes: DUP n and SWAP n need n + 1 words and pop none. stack ops: the figure of the trace. */
#define HB_BYTECODE_TABLE(X)                                                                                           \
    X(ADD, 0x01, 1, 2, 1, 3, 0)                                                                                        \
    X(SUB, 0x02, 1, 2, 1, 3, 0)                                                                                        \
    X(MUL, 0x03, 2, 2, 1, 3, 0)                                                                                        \
    X(DIV, 0x04, 3, 2, 1, 3, 0)                                                                                        \
    X(MOD, 0x05, 3, 2, 1, 3, 0)                                                                                        \
    X(POW, 0x06, 10, 2, 1, 3, 0)                                                                                       \
    X(WADD, 0x07, 1, 2, 1, 3, 0)                                                                                       \
    X(WSUB, 0x08, 1, 2, 1, 3, 0)                                                                                       \
    X(WMUL, 0x09, 2, 2, 1, 3, 0)                                                                                       \
    X(LOAD, 0x10, 3, 1, 1, 2, 0)                                                                                       \
    X(STORE, 0x11, 3, 2, 0, 2, 0)                                                                                      \
    X(LOAD8, 0x12, 3, 1, 1, 2, 0)                                                                                      \
    X(STORE8, 0x13, 3, 2, 0, 2, 0)                                                                                     \
    X(LOAD16, 0x14, 3, 1, 1, 2, 0)                                                                                     \
    X(STORE16, 0x15, 3, 2, 0, 2, 0)                                                                                    \
    X(LOAD32, 0x16, 3, 1, 1, 2, 0)                                                                                     \
    X(STORE32, 0x17, 3, 2, 0, 2, 0)                                                                                    \
    X(LOAD64, 0x18, 3, 1, 1, 2, 0)                                                                                     \
    X(STORE64, 0x19, 3, 2, 0, 2, 0)                                                                                    \
    X(JUMP, 0x20, 8, 1, 0, 1, 0)                                                                                       \
    X(JUMPI, 0x21, 10, 2, 0, 2, 0)                                                                                     \
    X(CALL, 0x22, 10, 1, 0, 1, 0)                                                                                      \
    X(RETURN, 0x23, 5, 0, 0, 0, 0)                                                                                     \
    X(REVERT, 0x24, 0, 0, 0, 0, 0)                                                                                     \
    X(STOP, 0x25, 0, 0, 0, 0, 0)                                                                                       \
    X(PUSH1, 0x30, 1, 0, 1, 1, 1)                                                                                      \
    X(PUSH2, 0x31, 1, 0, 1, 1, 2)                                                                                      \
    X(PUSH4, 0x32, 1, 0, 1, 1, 4)                                                                                      \
    X(PUSH8, 0x33, 1, 0, 1, 1, 8)                                                                                      \
    X(POP, 0x34, 1, 1, 0, 1, 0)                                                                                        \
    X(DUP, 0x35, 1, 0, 1, 1, 1)                                                                                        \
    X(SWAP, 0x36, 1, 0, 0, 2, 1)                                                                                       \
    X(GET, 0x40, 1, 0, 1, 1, 1)                                                                                        \
    X(SET, 0x41, 1, 1, 0, 1, 1)                                                                                        \
    X(LT, 0x50, 1, 2, 1, 3, 0)                                                                                         \
    X(GT, 0x51, 1, 2, 1, 3, 0)                                                                                         \
    X(EQ, 0x52, 1, 2, 1, 3, 0)                                                                                         \
    X(ISZERO, 0x53, 1, 1, 1, 2, 0)                                                                                     \
    X(AND, 0x54, 1, 2, 1, 3, 0)                                                                                        \
    X(OR, 0x55, 1, 2, 1, 3, 0)                                                                                         \
    X(XOR, 0x56, 1, 2, 1, 3, 0)                                                                                        \
    X(NOT, 0x57, 1, 1, 1, 2, 0)                                                                                        \
    X(SHL, 0x58, 1, 2, 1, 3, 0)                                                                                        \
    X(SHR, 0x59, 1, 2, 1, 3, 0)                                                                                        \
    X(INPUT, 0x60, 2, 0, 1, 1, 0)                                                                                      \
    X(INPUTLEN, 0x61, 1, 0, 1, 1, 0)                                                                                   \
    X(OUTPUT, 0x62, 2, 1, 0, 1, 0)                                                                                     \
    X(READ, 0x63, 3, 2, 0, 2, 0)                                                                                       \
    X(WRITE, 0x64, 3, 2, 0, 2, 0)                                                                                      \
    X(SLOAD, 0x70, 20, 1, 1, 2, 0)                                                                                     \
    X(SSTORE, 0x71, 50, 2, 0, 2, 0)

#define HB_BYTECODE_ENUM_(NAME, code, ...) HB_BC_##NAME = code,
typedef enum hb_bytecode_op { HB_BYTECODE_TABLE(HB_BYTECODE_ENUM_) HB_BC_OPS_END } hb_bytecode_op;

typedef struct hb_bytecode_row {
    const char *name; /* NULL: no such instruction, all else 0 */
    uint8_t gas, pops, pushes, stack_ops, imm_bytes;
} hb_bytecode_row;

/* Indexed by opcode byte. */
extern const hb_bytecode_row hb_bytecode_rows[256];

/* X(NAME, exit code, text). */
#define HB_BYTECODE_ENDS(X)                                                                                            \
    X(SUCCESS, 0, "success")                                                                                           \
    X(REVERTED, 16, "reverted")                                                                                        \
    X(ARITHMETIC, 17, "arithmetic")                                                                                    \
    X(STACK, 18, "stack")                                                                                              \
    X(MEMORY, 19, "memory")                                                                                            \
    X(JUMP, 20, "jump")                                                                                                \
    X(GAS, 21, "gas")                                                                                                  \
    X(INPUT, 22, "input")

#define HB_BYTECODE_END_ENUM_(NAME, ...) HB_BC_END_##NAME,
typedef enum hb_bytecode_end { HB_BC_RUNNING, HB_BYTECODE_ENDS(HB_BYTECODE_END_ENUM_) HB_BC_END_COUNT } hb_bytecode_end;

/* "success", ...; "running" for HB_BC_RUNNING; never NULL. */
const char *hb_bytecode_end_text(hb_bytecode_end end);
/* 0, 16..22; 255 for HB_BC_RUNNING. */
uint32_t hb_bytecode_end_code(hb_bytecode_end end);
/* The end with this exit code; HB_BC_RUNNING when none has it. */
hb_bytecode_end hb_bytecode_end_of_code(uint32_t exit_code);

#define HB_BYTECODE_REGISTERS 32u
#define HB_BYTECODE_MAX_CALLS 1024u
#define HB_BYTECODE_MAX_CODE (UINT32_C(1) << 17)          /* bytes; keeps the image of any program inside HB_RV_MAX_INSNS */
#define HB_BYTECODE_MAX_STACK (UINT64_C(1) << 30)
#define HB_BYTECODE_MAX_MEMORY (UINT64_C(1) << 32)

/* Constants of a program, hence of its verifying key. */
typedef struct hb_bytecode_limits {
    uint64_t stack;  /* bytes, rounded down to 8; at most HB_BYTECODE_MAX_STACK */
    uint64_t memory; /* bytes; at most HB_BYTECODE_MAX_MEMORY */
    uint64_t gas;
} hb_bytecode_limits;

#define HB_BYTECODE_DEFAULT_LIMITS ((hb_bytecode_limits){.stack = 65536, .memory = 1048576, .gas = UINT64_MAX})
