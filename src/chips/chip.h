/* What a chip is: its columns, its rules, and how rows are filled from the record of a run. One file a chip; chips.c lists them in machine order. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "air/air.h"
#include "field/f.h"

/* Machine order; enters the key. Fixed chips first. */
typedef enum hb_chip_id {
    HB_CHIP_PROG, HB_CHIP_IMAGE, HB_CHIP_RC16, HB_CHIP_RC18, HB_CHIP_BYTE, HB_CHIP_INITFIN, HB_CHIP_BUMP, HB_CHIP_BOUNDARY, HB_CHIP_INITFIN_GLOBAL,
    HB_CHIP_ADDI, HB_CHIP_ADD, HB_CHIP_SUB, HB_CHIP_ADDW, HB_CHIP_CONST, HB_CHIP_LOGIC, HB_CHIP_SHIFT, HB_CHIP_SLT, HB_CHIP_BEQ, HB_CHIP_BLT,
    HB_CHIP_JAL, HB_CHIP_JALR, HB_CHIP_MUL, HB_CHIP_DIV, HB_CHIP_LD, HB_CHIP_LOAD, HB_CHIP_LOAD2, HB_CHIP_SD, HB_CHIP_STORE, HB_CHIP_STORE2, HB_CHIP_CALL,
    /* variants of the above with more side conditions (route.h) */
    HB_CHIP_LI, HB_CHIP_ADDI_SELF, HB_CHIP_ADDI_LOW, HB_CHIP_ADD_SELF, HB_CHIP_LOGIC_IMM, HB_CHIP_LOGIC_HALF, HB_CHIP_LOGIC_SELF, HB_CHIP_SHIFT_IMM_SELF, HB_CHIP_SHIFT_IMM,
    HB_CHIP_BEQ_ZERO, HB_CHIP_BLT_LOW, HB_CHIP_JALR_NEAR, HB_CHIP_LW, HB_CHIP_LB, HB_CHIP_SW, HB_CHIP_SB,
    HB_CHIP_COUNT
} hb_chip_id;

/* Kinds of proof (docs/protocol.md 6). */
#define HB_KIND_SINGLE 0u /* a whole run */
#define HB_KIND_EXEC 1u   /* one shard of a run */
#define HB_KIND_INIT 2u   /* first and last values of a run in shards */
#define HB_KIND_COUNT 3u

struct hb_rv_program;
struct hb_chip_run; /* route.h */

/* How the height of a table is determined. */
typedef enum hb_height_rule {
    HB_HEIGHT_FREE,     /* any number of rows up to 2^max_height_log2 */
    HB_HEIGHT_CONSTANT, /* exactly fixed_rows (RC16, RC18, BYTE) */
    HB_HEIGHT_KEY       /* the key says (PROG, IMAGE) */
} hb_height_rule;

typedef struct hb_chip {
    const char *name;
    hb_chip_id id;
    uint32_t pre_width, width;          /* preprocessed and main columns */
    const char *const *column_names;    /* pre_width + width names */
    hb_height_rule height_rule;
    uint32_t fixed_rows;
    uint32_t max_height_log2;
    uint32_t ts_inc;                    /* by how much one row advances STATE; 0 if it does not consume STATE */
    void (*rules)(hb_air *a);           /* freestanding: part of the verifier */
} hb_chip;

extern const hb_chip *const hb_chips[HB_CHIP_COUNT];

/* May a proof of this kind have rows in this chip? (docs/protocol.md 11) */
bool hb_chip_in_kind(hb_chip_id id, uint32_t kind);

/* The commitment that holds a chip's main columns: 1 (made before the challenges of GLOBAL are drawn; chips that use this bus, and only they) or 2. */
uint32_t hb_chip_commitment(hb_chip_id id);

/* The prover's side, apart from the rules (files <chip>_fill.c or fill.c; hosted). */
typedef struct hb_chip_filler {
    /* Number of real rows of this run. */
    size_t (*rows)(const struct hb_chip_run *run);
    /* Writes rows [begin, end) of the main columns; cols[j] points at row 0 of main column j (Montgomery form). Rows outside are left alone (zero). NULL for
     * tables whose only main columns are multiplicities. */
    void (*fill)(const struct hb_chip_run *run, size_t begin, size_t end, hb_f *const *cols);
    /* Preprocessed columns, all rows (PROG, IMAGE). NULL elsewhere. */
    void (*fill_pre)(const struct hb_rv_program *program, hb_f *const *cols);
    /* Tables that provide: the row that holds a tuple (canonical words), or SIZE_MAX if no row does. bus tells which of the chip's provides. */
    size_t (*row_of)(const struct hb_rv_program *program, hb_bus bus, const uint32_t *tuple);
} hb_chip_filler;

extern const hb_chip_filler *const hb_chip_fillers[HB_CHIP_COUNT];
