/* Filling rows, for the *_fill.c files of this room. Hosted.
 *
 * Rows are written as canonical integers into a block on the stack, a few kilobytes that stay in the first-level cache, and a kernel turns each
 * column of the block into Montgomery form on its way to the table: a row-by-row walk over all columns of a large table would meet every cache set it can. */
#pragma once
#include "chips/chip.h"
#include "chips/columns.h"
#include "chips/route.h"

#define HB_FILL_ROWS 128u
#define HB_FILL_STRIDE (HB_FILL_ROWS + 16u) /* cells from column to column; not a multiple of the cache's period */
#define HB_FILL_MAX_WIDTH 68u

typedef struct hb_fill_block {
    _Alignas(64) uint32_t cells[HB_FILL_MAX_WIDTH * HB_FILL_STRIDE];
} hb_fill_block;

/* Moves `rows` rows of `width` columns to cols[j] + row. */
void hb_fill_flush(const hb_fill_block *block, uint32_t width, size_t row, size_t rows, hb_f *const *cols);

/* Writes one row; column j of it is c[j * HB_FILL_STRIDE]. */
typedef void (*hb_fill_row)(const hb_rv_insn *insn, const void *event, uint32_t *c);

/* Instruction chips: rows [begin, end), each from its event. finish: called on each block before it is flushed, may be NULL. */
void hb_fill_insns(const hb_chip_run *run, hb_chip_id chip, size_t event_bytes, uint32_t width, hb_fill_row row,
                   void (*finish)(hb_fill_block *block, size_t rows), size_t begin, size_t end, hb_f *const *cols);

/* The filler of an instruction chip: HB_CHIP_<NAME>, columns <NAME>_WIDTH, rows by <row>. */
#define HB_FILL_INSNS(name, NAME, row, event_type, finish)                                                                                           \
    static size_t name##_rows(const hb_chip_run *run)                                                                                                \
    {                                                                                                                                                \
        return run->rows[HB_CHIP_##NAME];                                                                                                            \
    }                                                                                                                                                \
    static void name##_fill(const hb_chip_run *run, size_t begin, size_t end, hb_f *const *cols)                                                     \
    {                                                                                                                                                \
        _Static_assert(NAME##_WIDTH <= HB_FILL_MAX_WIDTH, "block");                                                                                  \
        hb_fill_insns(run, HB_CHIP_##NAME, sizeof(event_type), NAME##_WIDTH, row, finish, begin, end, cols);                                         \
    }                                                                                                                                                \
    const hb_chip_filler hb_filler_##name = {name##_rows, name##_fill, NULL, NULL};

extern const hb_chip_filler hb_filler_prog, hb_filler_image, hb_filler_rc16, hb_filler_rc18, hb_filler_byte, hb_filler_initfin, hb_filler_bump, hb_filler_boundary, hb_filler_initfin_global,
    hb_filler_addi, hb_filler_add, hb_filler_sub, hb_filler_addw, hb_filler_const, hb_filler_logic, hb_filler_shift, hb_filler_slt, hb_filler_beq,
    hb_filler_blt, hb_filler_jal, hb_filler_jalr, hb_filler_mul, hb_filler_div, hb_filler_ld, hb_filler_load, hb_filler_load2, hb_filler_sd,
    hb_filler_store, hb_filler_store2, hb_filler_call;
extern const hb_chip_filler hb_filler_li, hb_filler_addi_self, hb_filler_addi_low, hb_filler_add_self, hb_filler_logic_imm, hb_filler_logic_half, hb_filler_logic_self,
    hb_filler_shift_imm_self, hb_filler_shift_imm, hb_filler_beq_zero, hb_filler_blt_low, hb_filler_jalr_near, hb_filler_lw, hb_filler_lb, hb_filler_sw, hb_filler_sb;

/* --- cells of a row -------------------------------------------------------------------------------------------------------------------- */
static inline void hb_put(uint32_t *c, uint32_t col, uint32_t v)
{
    c[col * HB_FILL_STRIDE] = v;
}

static inline void hb_put_signed(uint32_t *c, uint32_t col, int32_t v)
{
    hb_put(c, col, v < 0 ? HB_F_P - (uint32_t)-v : (uint32_t)v);
}

static inline uint32_t hb_limb(uint64_t v, uint32_t i)
{
    return (uint32_t)(v >> 16 * i) & 0xffff;
}

static inline uint32_t hb_byte(uint64_t v, uint32_t i)
{
    return (uint32_t)(v >> 8 * i) & 0xff;
}

static inline void hb_put_limbs(uint32_t *c, uint32_t col, uint64_t v)
{
    for (uint32_t i = 0; i < 4; i++)
        hb_put(c, col + i, hb_limb(v, i));
}

static inline void hb_put_bytes(uint32_t *c, uint32_t col, uint64_t v)
{
    for (uint32_t i = 0; i < 8; i++)
        hb_put(c, col + i, hb_byte(v, i));
}

/* index, four limbs, time */
static inline void hb_put_operand(uint32_t *c, uint32_t col, uint32_t index, uint64_t v, uint32_t ts)
{
    hb_put(c, col, index);
    hb_put_limbs(c, col + 1, v);
    hb_put(c, col + 5, ts);
}

static inline void hb_put_start(uint32_t *c, const hb_rv_insn *insn, uint32_t ts)
{
    hb_put(c, COL_PC, insn->pc);
    hb_put(c, COL_TS, ts);
}

/* The 64-bit immediate of ALU instructions, loads and stores. */
static inline uint64_t hb_insn_imm(const hb_rv_insn *insn)
{
    return (uint64_t)insn->imm[0] | (uint64_t)insn->imm[1] << 16 | (uint64_t)insn->imm[2] << 32 | (uint64_t)insn->imm[3] << 48;
}
