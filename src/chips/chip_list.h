/* The chips, one object a file; hb_chips (chip.h) puts them in machine order. */
#pragma once
#include "chips/chip.h"

extern const hb_chip hb_chip_prog, hb_chip_image, hb_chip_rc16, hb_chip_rc18, hb_chip_byte, hb_chip_initfin, hb_chip_bump, hb_chip_boundary, hb_chip_initfin_global, hb_chip_addi,
    hb_chip_add, hb_chip_sub, hb_chip_addw, hb_chip_const, hb_chip_logic, hb_chip_shift, hb_chip_slt, hb_chip_beq, hb_chip_blt, hb_chip_jal,
    hb_chip_jalr, hb_chip_mul, hb_chip_div, hb_chip_ld, hb_chip_load, hb_chip_load2, hb_chip_sd, hb_chip_store, hb_chip_store2, hb_chip_call;
extern const hb_chip hb_chip_li, hb_chip_addi_self, hb_chip_addi_low, hb_chip_add_self, hb_chip_logic_imm, hb_chip_logic_half, hb_chip_logic_self, hb_chip_shift_imm_self,
    hb_chip_shift_imm, hb_chip_beq_zero, hb_chip_blt_low, hb_chip_jalr_near, hb_chip_lw, hb_chip_lb, hb_chip_sw, hb_chip_sb;

/* Rows of an instruction chip: ts < 2^27, and each takes HB_TS_INC or HB_TS_INC_CALL of it. */
#define HB_INSN_HEIGHT_LOG2 25u
#define HB_CALL_HEIGHT_LOG2 23u
/* INITFIN: touched cells and the whole image; BUMP: at most the accesses. Memory ends long before. */
#define HB_CELLS_HEIGHT_LOG2 26u
#define HB_PROG_HEIGHT_LOG2 22u
#define HB_IMAGE_HEIGHT_LOG2 24u
