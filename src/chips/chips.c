#include "chips/chip_list.h"

const hb_chip *const hb_chips[HB_CHIP_COUNT] = {
    [HB_CHIP_PROG] = &hb_chip_prog,     [HB_CHIP_IMAGE] = &hb_chip_image, [HB_CHIP_RC16] = &hb_chip_rc16,   [HB_CHIP_RC18] = &hb_chip_rc18,
    [HB_CHIP_BYTE] = &hb_chip_byte,     [HB_CHIP_INITFIN] = &hb_chip_initfin, [HB_CHIP_BUMP] = &hb_chip_bump,
    [HB_CHIP_BOUNDARY] = &hb_chip_boundary, [HB_CHIP_INITFIN_GLOBAL] = &hb_chip_initfin_global,
    [HB_CHIP_ADDI] = &hb_chip_addi,
    [HB_CHIP_ADD] = &hb_chip_add,       [HB_CHIP_SUB] = &hb_chip_sub,     [HB_CHIP_ADDW] = &hb_chip_addw,   [HB_CHIP_CONST] = &hb_chip_const,
    [HB_CHIP_LOGIC] = &hb_chip_logic,   [HB_CHIP_SHIFT] = &hb_chip_shift, [HB_CHIP_SLT] = &hb_chip_slt,     [HB_CHIP_BEQ] = &hb_chip_beq,
    [HB_CHIP_BLT] = &hb_chip_blt,       [HB_CHIP_JAL] = &hb_chip_jal,     [HB_CHIP_JALR] = &hb_chip_jalr,   [HB_CHIP_MUL] = &hb_chip_mul,
    [HB_CHIP_DIV] = &hb_chip_div,       [HB_CHIP_LD] = &hb_chip_ld,       [HB_CHIP_LOAD] = &hb_chip_load,   [HB_CHIP_LOAD2] = &hb_chip_load2,
    [HB_CHIP_SD] = &hb_chip_sd,         [HB_CHIP_STORE] = &hb_chip_store, [HB_CHIP_STORE2] = &hb_chip_store2, [HB_CHIP_CALL] = &hb_chip_call,
    [HB_CHIP_LI] = &hb_chip_li, [HB_CHIP_ADDI_SELF] = &hb_chip_addi_self, [HB_CHIP_ADDI_LOW] = &hb_chip_addi_low,
    [HB_CHIP_ADD_SELF] = &hb_chip_add_self, [HB_CHIP_LOGIC_IMM] = &hb_chip_logic_imm, [HB_CHIP_LOGIC_HALF] = &hb_chip_logic_half,
    [HB_CHIP_LOGIC_SELF] = &hb_chip_logic_self, [HB_CHIP_SHIFT_IMM_SELF] = &hb_chip_shift_imm_self,
    [HB_CHIP_SHIFT_IMM] = &hb_chip_shift_imm, [HB_CHIP_BEQ_ZERO] = &hb_chip_beq_zero, [HB_CHIP_BLT_LOW] = &hb_chip_blt_low,
    [HB_CHIP_JALR_NEAR] = &hb_chip_jalr_near, [HB_CHIP_LW] = &hb_chip_lw, [HB_CHIP_LB] = &hb_chip_lb, [HB_CHIP_SW] = &hb_chip_sw,
    [HB_CHIP_SB] = &hb_chip_sb,
};

bool hb_chip_in_kind(hb_chip_id id, uint32_t kind)
{
    const bool global = id == HB_CHIP_BOUNDARY || id == HB_CHIP_INITFIN_GLOBAL;
    switch (kind) {
    case HB_KIND_SINGLE: return !global;
    case HB_KIND_EXEC: return id != HB_CHIP_IMAGE && id != HB_CHIP_INITFIN && id != HB_CHIP_INITFIN_GLOBAL;
    case HB_KIND_INIT: return id == HB_CHIP_IMAGE || id == HB_CHIP_RC16 || id == HB_CHIP_RC18 || id == HB_CHIP_INITFIN_GLOBAL;
    default: return false;
    }
}

uint32_t hb_chip_commitment(hb_chip_id id)
{
    return id == HB_CHIP_BOUNDARY || id == HB_CHIP_INITFIN_GLOBAL ? 1 : 2;
}
