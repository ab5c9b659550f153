/* Builds small programs in C, for tests and benchmarks: instructions through the one table, labels, constants, a data segment.
 *
 * The text starts at HB_RVASM_TEXT, the data segment (writable) at HB_RVASM_DATA. Errors stick: after a bad operand, an unplaced label at the end or a
 * lack of memory, hb_rvasm_build and hb_rvasm_elf return HB_INVALID_ARGUMENT or HB_OUT_OF_MEMORY, so callers check once. */
#pragma once
#include "base/buf.h"
#include "rv/isa.h"
#include "rv/rvprogram.h"

#define HB_RVASM_TEXT UINT64_C(0x78000000)
#define HB_RVASM_DATA UINT64_C(0x78040000) /* room for 2^16 instructions, and an image that stays small */
#define HB_RVASM_MAX_LABELS 1024
#define HB_RVASM_MAX_FIXUPS 4096

typedef struct hb_rvasm_fixup {
    uint32_t at, label; /* word index of a branch or jal, and its target */
} hb_rvasm_fixup;

/* Start from `hb_rvasm a = {0};`, end with hb_rvasm_free. */
typedef struct hb_rvasm {
    hb_buf text, data;
    uint64_t bss;                          /* bytes of zeros behind data */
    uint32_t labels[HB_RVASM_MAX_LABELS];  /* word index + 1; 0: not placed */
    uint32_t n_labels;
    hb_rvasm_fixup fixups[HB_RVASM_MAX_FIXUPS];
    uint32_t n_fixups;
    hb_status failed;
} hb_rvasm;

void hb_rvasm_free(hb_rvasm *a);

/* Any word, instruction or not. */
void hb_rvasm_word(hb_rvasm *a, uint32_t word);

/* One instruction; fields that the format lacks are ignored (give 0). */
void hb_rvasm_op(hb_rvasm *a, hb_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm);

/* rd := value, in 1 to 8 instructions. */
void hb_rvasm_li(hb_rvasm *a, unsigned rd, uint64_t value);

/* A new label; hb_rvasm_place sets it to the next instruction. */
uint32_t hb_rvasm_label(hb_rvasm *a);
void hb_rvasm_place(hb_rvasm *a, uint32_t label);

/* Branches and JAL to a label (before or behind). */
void hb_rvasm_branch(hb_rvasm *a, hb_op op, unsigned rs1, unsigned rs2, uint32_t label);
void hb_rvasm_jal(hb_rvasm *a, unsigned rd, uint32_t label);

/* li t0, number; ecall */
void hb_rvasm_call(hb_rvasm *a, uint64_t number);

/* HALT with an exit code (changes a0 and t0). */
void hb_rvasm_halt(hb_rvasm *a, unsigned code);

/* Address of the next instruction. */
uint64_t hb_rvasm_here(const hb_rvasm *a);

/* Appends bytes to the data segment; returns their address. */
uint64_t hb_rvasm_bytes(hb_rvasm *a, const void *bytes, size_t n);

/* The program; entry = the first instruction. Labels are resolved; the assembler may be used on. */
hb_status hb_rvasm_build(hb_rvasm *a, hb_rv_program *out, hb_error *err);

/* The same program as an ELF file, appended to out. */
hb_status hb_rvasm_elf(hb_rvasm *a, hb_buf *out, hb_error *err);
