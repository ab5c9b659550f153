#include "chips/fill.h"

#include "chips/fill_kernels.h"

void hb_fill_flush(const hb_fill_block *block, uint32_t width, size_t row, size_t rows, hb_f *const *cols)
{
    const hb_fill_kernels *kernels = HB_ISA_PICK(hb_fill_kernels_table);
    for (uint32_t j = 0; j < width; j++)
        kernels->to_montgomery(cols[j] + row, block->cells + j * HB_FILL_STRIDE, rows);
}

/* The event of a row. */
static const void *event_of(const hb_chip_run *run, hb_chip_id chip, size_t event_bytes, size_t row)
{
    const uint32_t at = run->events[chip] ? run->events[chip][row] : (uint32_t)row;
    const hb_rv_family family = run->family[chip][at >= HB_ROUTE_SECOND];
    return (const uint8_t *)run->record->family[family].data + (at & ~HB_ROUTE_SECOND) * event_bytes;
}

void hb_fill_insns(const hb_chip_run *run, hb_chip_id chip, size_t event_bytes, uint32_t width, hb_fill_row row,
                   void (*finish)(hb_fill_block *block, size_t rows), size_t begin, size_t end, hb_f *const *cols)
{
    hb_fill_block block;
    for (size_t at = begin; at < end; at += HB_FILL_ROWS) {
        size_t rows = end - at < HB_FILL_ROWS ? end - at : HB_FILL_ROWS;
        for (size_t i = 0; i < rows; i++) {
            const void *event = event_of(run, chip, event_bytes, at + i);
            const uint32_t *insn = event; /* the first member of every event */
            row(&run->program->insns[*insn], event, block.cells + i);
        }
        for (size_t i = rows; i % 16; i++) /* the kernel reads whole vectors */
            for (uint32_t j = 0; j < width; j++)
                block.cells[j * HB_FILL_STRIDE + i] = 0;
        if (finish)
            finish(&block, rows);
        hb_fill_flush(&block, width, at, rows, cols);
    }
}

const hb_chip_filler *const hb_chip_fillers[HB_CHIP_COUNT] = {
    [HB_CHIP_PROG] = &hb_filler_prog,   [HB_CHIP_IMAGE] = &hb_filler_image, [HB_CHIP_RC16] = &hb_filler_rc16,   [HB_CHIP_RC18] = &hb_filler_rc18,
    [HB_CHIP_BYTE] = &hb_filler_byte,   [HB_CHIP_INITFIN] = &hb_filler_initfin, [HB_CHIP_BUMP] = &hb_filler_bump,
    [HB_CHIP_BOUNDARY] = &hb_filler_boundary, [HB_CHIP_INITFIN_GLOBAL] = &hb_filler_initfin_global,
    [HB_CHIP_ADDI] = &hb_filler_addi,   [HB_CHIP_ADD] = &hb_filler_add,     [HB_CHIP_SUB] = &hb_filler_sub,     [HB_CHIP_ADDW] = &hb_filler_addw,
    [HB_CHIP_CONST] = &hb_filler_const, [HB_CHIP_LOGIC] = &hb_filler_logic, [HB_CHIP_SHIFT] = &hb_filler_shift, [HB_CHIP_SLT] = &hb_filler_slt,
    [HB_CHIP_BEQ] = &hb_filler_beq,     [HB_CHIP_BLT] = &hb_filler_blt,     [HB_CHIP_JAL] = &hb_filler_jal,     [HB_CHIP_JALR] = &hb_filler_jalr,
    [HB_CHIP_MUL] = &hb_filler_mul,     [HB_CHIP_DIV] = &hb_filler_div,     [HB_CHIP_LD] = &hb_filler_ld,       [HB_CHIP_LOAD] = &hb_filler_load,
    [HB_CHIP_LOAD2] = &hb_filler_load2, [HB_CHIP_SD] = &hb_filler_sd,       [HB_CHIP_STORE] = &hb_filler_store, [HB_CHIP_STORE2] = &hb_filler_store2,
    [HB_CHIP_CALL] = &hb_filler_call,
    [HB_CHIP_LI] = &hb_filler_li, [HB_CHIP_ADDI_SELF] = &hb_filler_addi_self, [HB_CHIP_ADDI_LOW] = &hb_filler_addi_low,
    [HB_CHIP_ADD_SELF] = &hb_filler_add_self, [HB_CHIP_LOGIC_IMM] = &hb_filler_logic_imm, [HB_CHIP_LOGIC_HALF] = &hb_filler_logic_half,
    [HB_CHIP_LOGIC_SELF] = &hb_filler_logic_self, [HB_CHIP_SHIFT_IMM_SELF] = &hb_filler_shift_imm_self,
    [HB_CHIP_SHIFT_IMM] = &hb_filler_shift_imm, [HB_CHIP_BEQ_ZERO] = &hb_filler_beq_zero, [HB_CHIP_BLT_LOW] = &hb_filler_blt_low,
    [HB_CHIP_JALR_NEAR] = &hb_filler_jalr_near, [HB_CHIP_LW] = &hb_filler_lw, [HB_CHIP_LB] = &hb_filler_lb, [HB_CHIP_SW] = &hb_filler_sw,
    [HB_CHIP_SB] = &hb_filler_sb,
};
