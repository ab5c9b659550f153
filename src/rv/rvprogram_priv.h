/* Inside of a loaded program: what the interpreter runs from. Only src/rv includes this. */
#pragma once
#include "rv/isa.h"
#include "rv/rvprogram.h"

#define HB_RV_JUMP_NOWHERE INT64_MIN /* branch or JAL target outside text or misaligned */
#define HB_RV_NO_INSN UINT32_MAX

/* One 32-bit word of text, ready to run. op = HB_OP_INVALID (all-zero entries too): an undecodable word. */
typedef struct hb_rv_decoded {
    uint8_t op;   /* hb_op, as decoded (AUIPC, FENCE, EBREAK keep their own) */
    uint8_t rd;   /* 1..31, or HB_RV_REG_SINK for x0 and FENCE; 0 when the operation writes no register */
    uint8_t rs1, rs2;
    uint32_t insn; /* index into hb_rv_program.insns, HB_RV_NO_INSN if it has no row */
    int64_t imm;  /* LUI, AUIPC: the value; branches, JAL: distance in words to the target, or HB_RV_JUMP_NOWHERE */
} hb_rv_decoded;

typedef struct hb_rv_symbol {
    uint64_t address;
    uint32_t name; /* offset into names */
} hb_rv_symbol;

typedef struct hb_rv_loaded {
    uint64_t text_base;      /* byte address of decoded[0]: start of the first executable segment with file bytes */
    uint64_t n_decoded;      /* words to the last file-backed word of text; decoded has one entry more, undecodable */
    hb_rv_decoded *decoded;
    hb_rv_symbol *symbols;   /* ascending addresses */
    size_t n_symbols;
    char *names;             /* NUL-terminated strings; names_bytes bytes in all, the last of them NUL */
    size_t names_bytes, symbols_bytes;
} hb_rv_loaded;

static inline const hb_rv_loaded *hb_rv_loaded_of(const hb_rv_program *program)
{
    return program->priv;
}
