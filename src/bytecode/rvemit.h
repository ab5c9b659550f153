/* A small RV64IM emitter for the translation: instructions through the one ISA table, labels, tables of rows, jumps of any distance.
 *
 * Code is emitted in passes that make the same calls in the same order. In the first pass every branch and jump takes its longest form; after each pass those
 * that reach their label get a shorter one. Code only shrinks, so what reached still reaches. hb_emit_finish resolves the last pass.
 * Errors stick in `failed`, so that callers check once. */
#pragma once
#include "base/buf.h"
#include "rv/isa.h"

enum hb_rv_register {
    HB_X0, HB_RA, HB_SP, HB_GP, HB_TP, HB_T0, HB_T1, HB_T2, HB_S0, HB_S1, HB_A0, HB_A1, HB_A2, HB_A3, HB_A4, HB_A5, HB_A6, HB_A7,
    HB_S2, HB_S3, HB_S4, HB_S5, HB_S6, HB_S7, HB_S8, HB_S9, HB_S10, HB_S11, HB_T3, HB_T4, HB_T5, HB_T6
};

typedef struct hb_emit {
    hb_buf text;    /* words of this pass */
    hb_buf labels;  /* u32 a label: word index + 1, 0: not placed */
    hb_buf sites;   /* hb_emit_site: what refers to labels */
    hb_buf reaches; /* u8 a site: the form it takes, decided after the pass before */
    uint32_t n_sites, n_labels;
    hb_status failed;
} hb_emit;

/* Starts a pass with labels 0 .. n_labels - 1; hb_emit_label makes more. Start from `hb_emit e = {0};`. */
void hb_emit_begin(hb_emit *e, uint32_t n_labels);
/* Chooses shorter forms for the next pass; false when no site changes. */
bool hb_emit_shorten(hb_emit *e);
/* Resolves what refers to labels; text.data then holds the words, as for an address that is a multiple of 4. */
hb_status hb_emit_finish(hb_emit *e);
void hb_emit_free(hb_emit *e);

uint32_t hb_emit_label(hb_emit *e);
void hb_emit_place(hb_emit *e, uint32_t label);
/* Byte offset of a placed label in the text; UINT32_MAX when it was not placed. */
uint32_t hb_emit_offset(const hb_emit *e, uint32_t label);

/* rd, rs1, rs2 and imm as the format needs them; others are ignored. */
void hb_emit_op(hb_emit *e, hb_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm);
static inline void hb_emit_r(hb_emit *e, hb_op op, unsigned rd, unsigned rs1, unsigned rs2)
{
    hb_emit_op(e, op, rd, rs1, rs2, 0);
}
static inline void hb_emit_i(hb_emit *e, hb_op op, unsigned rd, unsigned rs1, int64_t imm)
{
    hb_emit_op(e, op, rd, rs1, 0, imm);
}
/* rs2 to imm(rs1). */
static inline void hb_emit_store(hb_emit *e, hb_op op, unsigned rs2, unsigned rs1, int64_t imm)
{
    hb_emit_op(e, op, 0, rs1, rs2, imm);
}
/* rd := value, in 1 to 8 instructions. */
void hb_emit_li(hb_emit *e, unsigned rd, uint64_t value);
void hb_emit_mv(hb_emit *e, unsigned rd, unsigned rs);

/* Branch op of format B. May change t2 (the longest form). 1 instruction when not taken; 1 or 2, at most 3, when taken. */
void hb_emit_branch(hb_emit *e, hb_op op, unsigned rs1, unsigned rs2, uint32_t label);
/* Jump, or call with the return address in ra. May change t2. */
void hb_emit_jump(hb_emit *e, uint32_t label);
void hb_emit_call(hb_emit *e, uint32_t label);
/* rd := address of the label, 2 instructions. */
void hb_emit_la(hb_emit *e, unsigned rd, uint32_t label);

/* Straight assembler as data. op: hb_op (branches: imm is the label), or one of these. */
enum { HB_ROW_LABEL = 128, HB_ROW_JUMP, HB_ROW_CALL, HB_ROW_LI, HB_ROW_LA };
typedef struct hb_emit_row {
    uint8_t op, rd, rs1, rs2;
    int64_t imm;
} hb_emit_row;

void hb_emit_rows(hb_emit *e, const hb_emit_row *rows, size_t n);

#define HB_R(OP, rd, rs1, rs2) {HB_OP_##OP, rd, rs1, rs2, 0}
#define HB_I(OP, rd, rs1, imm) {HB_OP_##OP, rd, rs1, 0, imm}           /* also loads and JALR */
#define HB_ST(OP, rs2, imm, rs1) {HB_OP_##OP, 0, rs1, rs2, imm}
#define HB_BR(OP, rs1, rs2, label) {HB_OP_##OP, 0, rs1, rs2, label}
#define HB_ECALL {HB_OP_ECALL, 0, 0, 0, 0}
#define HB_MV(rd, rs) {HB_OP_ADDI, rd, rs, 0, 0}
#define HB_LABEL(label) {HB_ROW_LABEL, 0, 0, 0, label}
#define HB_JUMP(label) {HB_ROW_JUMP, 0, 0, 0, label}
#define HB_CALL(label) {HB_ROW_CALL, 0, 0, 0, label}
#define HB_LI(rd, value) {HB_ROW_LI, rd, 0, 0, value}
#define HB_LA(rd, label) {HB_ROW_LA, rd, 0, 0, label}
