/* JALR: rd = pc + 4, next pc = (rs1 + imm) without its lowest bit.
 *
 * The target lies below 2^32 (t2 = t3 = 0) and is t0 + 2^16 t1 with t0 = 4 q + bit 0; bit 1 is 0: a target that is not 4-aligned has no proof. q < 2^14
 * and t1 < 2^16, so the next word index q + 2^14 t1 is below 2^30 (machine.md 3, 4). */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [JALR_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [JALR_RD] = "rd", "old0", "old1", "old2", "old3", "rd_ts",
    [JALR_IMM] = "imm0", [JALR_IMM_SIGN] = "imm_sign", [JALR_LINK] = "link0", "link1", [JALR_Q] = "q", [JALR_BIT0] = "bit0", [JALR_T1] = "t1",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), zero = hb_air_const(a, 0);
    hb_expr rs1 = hb_air_col(a, JALR_RS1), rd = hb_air_col(a, JALR_RD), link0 = hb_air_col(a, JALR_LINK), link1 = hb_air_col(a, JALR_LINK + 1);
    hb_expr q = hb_air_col(a, JALR_Q), bit0 = hb_air_col(a, JALR_BIT0), t1 = hb_air_col(a, JALR_T1);
    hb_limbs x = hb_chips_limbs(a, JALR_A), old = hb_chips_limbs(a, JALR_OLD);
    hb_limbs imm = hb_chips_sign_extended(a, hb_air_col(a, JALR_IMM), hb_air_col(a, JALR_IMM_SIGN));
    const hb_limbs prog_imm = {{imm.v[0], imm.v[1], link0, link1}}, link = {{link0, link1, zero, zero}};
    const hb_limbs target = {{hb_chips_add_scaled(a, bit0, 4, q), t1, zero, zero}};
    hb_air_range16(a, link0, "limb of a PROG tuple");
    hb_air_range16(a, link1, "limb of a PROG tuple");

    hb_chips_state(a, pc, ts, hb_chips_add_scaled(a, q, 1 << 14, t1), HB_TS_INC);
    hb_chips_prog(a, pc, hb_air_const(a, HB_OP_JALR), rd, rs1, zero, &prog_imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, JALR_RS1_TS));
    hb_chips_rd(a, ts, rd, &old, hb_air_col(a, JALR_RD_TS), &link);
    hb_chips_add64(a, &x, &imm, &target);
    hb_air_bool(a, "bit 0", bit0);
    hb_chips_rc16(a, q); /* 4 q alone admits q = 1/4 */
    hb_chips_rc16(a, hb_air_scale(a, 4, q));
    hb_chips_rc16(a, t1);
}

const hb_chip hb_chip_jalr = {
    .name = "JALR", .id = HB_CHIP_JALR, .width = JALR_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
