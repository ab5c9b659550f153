/* A loaded RV64IM program: the transpiled instructions (what the PROG table commits) and the initial memory image.
 *
 * The transpiler resolves everything that a chip would otherwise have to decode:
 *   - rd = x0 becomes rd = 32, a register that nothing reads (rule machine.md 1); instructions without rd carry 0;
 *   - the immediate becomes four 16-bit limbs whose meaning depends on the operation:
 *       ALU, load, store     the sign-extended 64-bit immediate, low limb first (SRAI, SLLIW, SRAIW: the amount in limb 0);
 *       SLLI, SRLI, SRLIW    limb 0 = D = 2^u, u in 0..15: what the chips multiply by before they move by whole limbs; limb 1 = by how many, k; limb 2 = 1 if
 *                            D >= 2^9; limb 3 = 1. Amount: 16 k + u to the left, 16 (k + 1) - u to the right. SRLI by 0 is op = HB_OP_SLLI; SRLIW by 0 stays
 *                            as it is, with the amount (0) in limb 0 and 0 in limb 3;
 *       LUI, AUIPC, FENCE    op = HB_OP_LUI, the 64-bit value that rd receives (FENCE: rd = 32, value 0);
 *       branches             limb 0 = target pc as a word index, limbs 1..3 zero;
 *       JAL                  limb 0 = target word index, limbs 1, 2 = low and high half of the link address pc + 4, limb 3 zero;
 *       JALR                 limb 0 = immediate & 0xffff, limb 1 = 0 or 0xffff (its sign), limbs 2, 3 = halves of pc + 4.
 *     A branch or JAL target that is not 4-aligned or not below 2^32 becomes the word index HB_PC_NOWHERE, which no row has.
 *     ECALL has no operands: rd, rs1, rs2 and all limbs are 0 (its registers are fixed: t0, a0, a1).
 *   - words that do not decode, EBREAK and UNIMP have no entry (they trap when executed, so no proof exists).
 * Limb 0 of control-flow instructions is a full field element (below 2^31), not a 16-bit limb. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define HB_PC_NOWHERE (UINT32_C(1) << 30)                            /* no instruction is there */
#define HB_PC_HALT ((UINT32_C(1) << 30) + (UINT32_C(1) << 29))       /* pc after HALT (machine.md 4) */
#define HB_RV_MAX_INSNS (UINT32_C(1) << 22)
#define HB_RV_MAX_IMAGE_BYTES (UINT64_C(1) << 27)                    /* 2^24 double words */
#define HB_RV_IMAGE_END_MAX (UINT64_C(1) << 32)                       /* the IMAGE table has one cell for an address */
#define HB_RV_RAM_LO UINT64_C(0x10000)
#define HB_RV_STACK_TOP UINT64_C(0x78000000)
#define HB_RV_MAP_END (UINT64_C(1) << 37)
#define HB_RV_INPUT_LO ((UINT64_C(1) << 37) - (UINT64_C(1) << 34))
#define HB_RV_REG_SINK 32u                                           /* where writes to x0 go */

typedef struct hb_rv_insn {
    uint32_t pc;      /* word index: address / 4, below 2^30 */
    uint8_t op;       /* hb_op of rv/isa.h; LUI also stands for AUIPC and FENCE */
    uint8_t rd, rs1, rs2; /* rd: 0..32 (never 0 when the instruction writes) */
    uint32_t imm[4];  /* see above; each below 2^31 */
} hb_rv_insn;

typedef struct hb_rv_program {
    hb_rv_insn *insns;       /* ascending pc; n_insns <= 2^22 */
    uint32_t n_insns;
    uint32_t entry;          /* word index of the entry */
    uint64_t img_lo, img_hi; /* byte addresses, multiples of 8; [img_lo, img_hi) is the image: everything from the lowest
                                loaded byte (rounded down to 8) to the last file-backed byte (rounded up to 8) */
    uint64_t *image;         /* (img_hi - img_lo) / 8 double words, gaps zero */
    uint64_t text_lo, text_hi; /* hull of the executable segments, rounded outwards to multiples of 8; a store that touches
                                  it traps. No writable segment reaches into it. text_hi < 2^32 */
    uint64_t image_end;      /* end of the last segment's memory (p_vaddr + p_memsz): heap starts after it */
    uint8_t load_digest[32]; /* BLAKE3 of vaddr, file_bytes, mem_bytes (64 bit) and flags (32 bit) of every segment with memory, in order, little-endian:
                                makes the key depend also on what no table shows (docs/protocol.md 11) */
    void *priv;              /* the loader's own: decoded words, symbols (rvprogram_priv.h) */
} hb_rv_program;

/* One part of memory to load. Bytes are copied; the caller keeps them. */
typedef struct hb_rv_segment {
    uint64_t vaddr;
    const uint8_t *data;           /* file_bytes bytes */
    uint64_t file_bytes, mem_bytes; /* the bytes behind the file's are zero */
    bool writable, executable;
    uint32_t flags;                /* p_flags of the file's header; only load_digest depends on it */
    uint32_t header;               /* its number in messages */
} hb_rv_segment;

/* Makes a program of segments (what the ELF loader does after parsing; tests and translators call it directly). Segments without memory are ignored.
 * HB_INVALID_PROGRAM, with the segment's number and the reason, unless: the others ascend, are disjoint, lie in
 * [HB_RV_STACK_TOP, HB_RV_INPUT_LO), have mem_bytes >= file_bytes and are not both writable and executable; executable ones start at a
 * multiple of 4 and end before 2^32 - 8; no writable one reaches into [text_lo, text_hi); the image spans at most HB_RV_MAX_IMAGE_BYTES and ends at most at HB_RV_IMAGE_END_MAX; the entry is a
 * multiple of 4 inside the file bytes of an executable segment; at most HB_RV_MAX_INSNS words decode. HB_OUT_OF_MEMORY. On failure *out is all zero. */
hb_status hb_rv_program_build(hb_rv_program *out, const hb_rv_segment *segments, size_t n, uint64_t entry, hb_error *err);

/* Gives everything back; also right for an all-zero program. A built program is read-only: any number of threads and runs may share it. */
void hb_rv_program_free(hb_rv_program *program);

/* Index into insns of the instruction at word index pc, or UINT32_MAX. */
uint32_t hb_rv_program_find(const hb_rv_program *program, uint32_t pc);

/* The 32-bit word of the image at byte address `address` (a multiple of 4), 0 outside. */
uint32_t hb_rv_program_word(const hb_rv_program *program, uint64_t address);

/* Name of the function around an address of text (the last symbol at or before it), and the distance from its start; NULL when no symbol is known. */
const char *hb_rv_program_function(const hb_rv_program *program, uint64_t address, uint64_t *offset);
