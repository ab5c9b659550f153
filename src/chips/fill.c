#include "chips/fill.h"

#include "chips/fill_kernels.h"

void hb_fill_flush(const hb_fill_block *block, uint32_t width, size_t row, size_t rows, hb_f *const *cols)
{
    const hb_fill_kernels *kernels = HB_ISA_PICK(hb_fill_kernels_table);
    for (uint32_t j = 0; j < width; j++)
        kernels->to_montgomery(cols[j] + row, block->cells + j * HB_FILL_STRIDE, rows);
}

void hb_fill_insns(const hb_rv_program *program, const hb_rv_events *events, size_t event_bytes, uint32_t width, hb_fill_row row,
                   void (*finish)(hb_fill_block *block, size_t rows), size_t begin, size_t end, hb_f *const *cols)
{
    hb_fill_block block;
    const uint8_t *event = (const uint8_t *)events->data + begin * event_bytes;
    for (size_t at = begin; at < end; at += HB_FILL_ROWS) {
        size_t rows = end - at < HB_FILL_ROWS ? end - at : HB_FILL_ROWS;
        for (size_t i = 0; i < rows; i++, event += event_bytes) {
            const uint32_t *insn = (const uint32_t *)(const void *)event; /* the first member of every event */
            row(&program->insns[*insn], event, block.cells + i);
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
};
