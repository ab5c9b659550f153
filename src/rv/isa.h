/* The instruction set: RV64I and M, 65 instructions, one table that everything reads (decoder, disassembler, encoder, transpiler,
 * interpreter, chip routing, tests). Encodings from "The RISC-V Instruction Set Manual", volume I, chapter "RV32/64G Instruction Set
 * Listings".
 *
 * Not in the table, hence invalid: CSR instructions, FENCE.I, compressed, atomic and floating-point instructions. FENCE has every encoding of its
 * major opcode with funct3 = 0 (fence.tso, pause, reserved fields): all do nothing. HINTs are ordinary instructions with rd = x0. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rv/events.h"

typedef enum hb_isa_format {
    HB_FMT_NONE,  /* ECALL EBREAK: no operands */
    HB_FMT_R,     /* rd rs1 rs2 */
    HB_FMT_I,     /* rd rs1 imm12 */
    HB_FMT_SH6,   /* rd rs1 shift amount 0..63 */
    HB_FMT_SH5,   /* rd rs1 shift amount 0..31 */
    HB_FMT_LOAD,  /* rd imm12(rs1); JALR too */
    HB_FMT_STORE, /* rs2 imm12(rs1) */
    HB_FMT_B,     /* rs1 rs2 even 13-bit offset */
    HB_FMT_U,     /* rd, imm = bits 31..12 in place, sign-extended */
    HB_FMT_J,     /* rd, even 21-bit offset */
    HB_FMT_FENCE  /* operands ignored */
} hb_isa_format;

/* X(NAME, number, mnemonic, match, mask, format, family). Ordered by major opcode (word bits 6..2); numbers ascend by 1.
 * The number of an operation enters PROG rows and so every verifying key: never renumber, only append. */
#define HB_ISA_TABLE(X)                                                                                                 \
    X(LB, 1, "lb", 0x00000003, 0x0000707f, LOAD, LOAD)                                                                  \
    X(LH, 2, "lh", 0x00001003, 0x0000707f, LOAD, LOAD)                                                                  \
    X(LW, 3, "lw", 0x00002003, 0x0000707f, LOAD, LOAD)                                                                  \
    X(LD, 4, "ld", 0x00003003, 0x0000707f, LOAD, LD)                                                                    \
    X(LBU, 5, "lbu", 0x00004003, 0x0000707f, LOAD, LOAD)                                                                \
    X(LHU, 6, "lhu", 0x00005003, 0x0000707f, LOAD, LOAD)                                                                \
    X(LWU, 7, "lwu", 0x00006003, 0x0000707f, LOAD, LOAD)                                                                \
    X(FENCE, 8, "fence", 0x0000000f, 0x0000707f, FENCE, CONST)                                                          \
    X(ADDI, 9, "addi", 0x00000013, 0x0000707f, I, ADDI)                                                                 \
    X(SLLI, 10, "slli", 0x00001013, 0xfc00707f, SH6, SHIFT)                                                             \
    X(SLTI, 11, "slti", 0x00002013, 0x0000707f, I, SLT)                                                                 \
    X(SLTIU, 12, "sltiu", 0x00003013, 0x0000707f, I, SLT)                                                               \
    X(XORI, 13, "xori", 0x00004013, 0x0000707f, I, LOGIC)                                                               \
    X(SRLI, 14, "srli", 0x00005013, 0xfc00707f, SH6, SHIFT)                                                             \
    X(SRAI, 15, "srai", 0x40005013, 0xfc00707f, SH6, SHIFT)                                                             \
    X(ORI, 16, "ori", 0x00006013, 0x0000707f, I, LOGIC)                                                                 \
    X(ANDI, 17, "andi", 0x00007013, 0x0000707f, I, LOGIC)                                                               \
    X(AUIPC, 18, "auipc", 0x00000017, 0x0000007f, U, CONST)                                                             \
    X(ADDIW, 19, "addiw", 0x0000001b, 0x0000707f, I, ADDW)                                                              \
    X(SLLIW, 20, "slliw", 0x0000101b, 0xfe00707f, SH5, SHIFT)                                                           \
    X(SRLIW, 21, "srliw", 0x0000501b, 0xfe00707f, SH5, SHIFT)                                                           \
    X(SRAIW, 22, "sraiw", 0x4000501b, 0xfe00707f, SH5, SHIFT)                                                           \
    X(SB, 23, "sb", 0x00000023, 0x0000707f, STORE, STORE)                                                               \
    X(SH, 24, "sh", 0x00001023, 0x0000707f, STORE, STORE)                                                               \
    X(SW, 25, "sw", 0x00002023, 0x0000707f, STORE, STORE)                                                               \
    X(SD, 26, "sd", 0x00003023, 0x0000707f, STORE, SD)                                                                  \
    X(ADD, 27, "add", 0x00000033, 0xfe00707f, R, ADD)                                                                   \
    X(SUB, 28, "sub", 0x40000033, 0xfe00707f, R, SUB)                                                                   \
    X(SLL, 29, "sll", 0x00001033, 0xfe00707f, R, SHIFT)                                                                 \
    X(SLT, 30, "slt", 0x00002033, 0xfe00707f, R, SLT)                                                                   \
    X(SLTU, 31, "sltu", 0x00003033, 0xfe00707f, R, SLT)                                                                 \
    X(XOR, 32, "xor", 0x00004033, 0xfe00707f, R, LOGIC)                                                                 \
    X(SRL, 33, "srl", 0x00005033, 0xfe00707f, R, SHIFT)                                                                 \
    X(SRA, 34, "sra", 0x40005033, 0xfe00707f, R, SHIFT)                                                                 \
    X(OR, 35, "or", 0x00006033, 0xfe00707f, R, LOGIC)                                                                   \
    X(AND, 36, "and", 0x00007033, 0xfe00707f, R, LOGIC)                                                                 \
    X(MUL, 37, "mul", 0x02000033, 0xfe00707f, R, MUL)                                                                   \
    X(MULH, 38, "mulh", 0x02001033, 0xfe00707f, R, MUL)                                                                 \
    X(MULHSU, 39, "mulhsu", 0x02002033, 0xfe00707f, R, MUL)                                                             \
    X(MULHU, 40, "mulhu", 0x02003033, 0xfe00707f, R, MUL)                                                               \
    X(DIV, 41, "div", 0x02004033, 0xfe00707f, R, DIV)                                                                   \
    X(DIVU, 42, "divu", 0x02005033, 0xfe00707f, R, DIV)                                                                 \
    X(REM, 43, "rem", 0x02006033, 0xfe00707f, R, DIV)                                                                   \
    X(REMU, 44, "remu", 0x02007033, 0xfe00707f, R, DIV)                                                                 \
    X(LUI, 45, "lui", 0x00000037, 0x0000007f, U, CONST)                                                                 \
    X(ADDW, 46, "addw", 0x0000003b, 0xfe00707f, R, ADDW)                                                                \
    X(SUBW, 47, "subw", 0x4000003b, 0xfe00707f, R, ADDW)                                                                \
    X(SLLW, 48, "sllw", 0x0000103b, 0xfe00707f, R, SHIFT)                                                               \
    X(SRLW, 49, "srlw", 0x0000503b, 0xfe00707f, R, SHIFT)                                                               \
    X(SRAW, 50, "sraw", 0x4000503b, 0xfe00707f, R, SHIFT)                                                               \
    X(MULW, 51, "mulw", 0x0200003b, 0xfe00707f, R, MUL)                                                                 \
    X(DIVW, 52, "divw", 0x0200403b, 0xfe00707f, R, DIV)                                                                 \
    X(DIVUW, 53, "divuw", 0x0200503b, 0xfe00707f, R, DIV)                                                               \
    X(REMW, 54, "remw", 0x0200603b, 0xfe00707f, R, DIV)                                                                 \
    X(REMUW, 55, "remuw", 0x0200703b, 0xfe00707f, R, DIV)                                                               \
    X(BEQ, 56, "beq", 0x00000063, 0x0000707f, B, BEQ)                                                                   \
    X(BNE, 57, "bne", 0x00001063, 0x0000707f, B, BEQ)                                                                   \
    X(BLT, 58, "blt", 0x00004063, 0x0000707f, B, BLT)                                                                   \
    X(BGE, 59, "bge", 0x00005063, 0x0000707f, B, BLT)                                                                   \
    X(BLTU, 60, "bltu", 0x00006063, 0x0000707f, B, BLT)                                                                 \
    X(BGEU, 61, "bgeu", 0x00007063, 0x0000707f, B, BLT)                                                                 \
    X(JALR, 62, "jalr", 0x00000067, 0x0000707f, LOAD, JALR)                                                             \
    X(JAL, 63, "jal", 0x0000006f, 0x0000007f, J, JAL)                                                                   \
    X(ECALL, 64, "ecall", 0x00000073, 0xffffffff, NONE, CALL)                                                           \
    X(EBREAK, 65, "ebreak", 0x00100073, 0xffffffff, NONE, COUNT)

#define HB_ISA_ENUM_(NAME, number, ...) HB_OP_##NAME = number,
typedef enum hb_op { HB_OP_INVALID = 0, HB_ISA_TABLE(HB_ISA_ENUM_) HB_OP_COUNT } hb_op;

typedef struct hb_isa_row {
    const char *mnemonic;
    uint32_t match, mask;  /* a word is this instruction iff (word & mask) == match */
    hb_isa_format format;
    hb_rv_family family;   /* HB_FAM_COUNT: no chip (EBREAK, INVALID). Loads and stores: the family when aligned (events.h) */
} hb_isa_row;

/* Indexed by hb_op. Entry HB_OP_INVALID: mnemonic "invalid", mask and match such that nothing matches. */
extern const hb_isa_row hb_isa_table[HB_OP_COUNT];

/* Operand fields that the format does not have are 0. */
typedef struct hb_isa_insn {
    hb_op op;
    uint8_t rd, rs1, rs2; /* 0..31 as encoded */
    int64_t imm;          /* sign-extended; shifts: the amount; B and J: byte offset from pc; U: the value, low 12 bits zero */
} hb_isa_insn;

/* Any word; op = HB_OP_INVALID (all else 0) when it is no instruction of the table. */
hb_isa_insn hb_isa_decode(uint32_t word);

bool hb_isa_writes_rd(hb_op op);
bool hb_isa_reads_rs1(hb_op op);
bool hb_isa_reads_rs2(hb_op op);
/* Bytes that a load or store moves: 1, 2, 4 or 8; 0 for other operations. */
unsigned hb_isa_access_bytes(hb_op op);

/* "x0".."x31" -> "zero", "ra", ...; r = 32 -> "sink"; others "?". */
const char *hb_isa_register_name(unsigned r);

/* Writes the assembler text of a word into out (always NUL-terminated, cut to size); pc is only used for branch and jump targets,
 * printed as absolute addresses. Returns the length without cutting. An undecodable word prints as ".word 0x...". */
size_t hb_isa_print(char *out, size_t size, uint64_t pc, uint32_t word);

/* The inverse of hb_isa_decode: the canonical word of an instruction (FENCE: fence iorw, iorw with zero rd and rs1). Fields that the format lacks are
 * ignored. Returns false, leaving *word alone, when a field does not fit: register above 31, immediate out of range or odd. */
bool hb_isa_encode(const hb_isa_insn *insn, uint32_t *word);
