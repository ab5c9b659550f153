/* BEQ, BNE with x0 as the second operand. Register 0 is read, and found to be 0. The limbs of the other one are in range, so their sum is 0 only when all are;
 * "differ" is 1 where the sum has an inverse (witness) and 0 where it is 0. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [BEQ_ZERO_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [BEQ_ZERO_RS2_TS] = "rs2_ts", [BEQ_ZERO_TARGET] = "target",
    [BEQ_ZERO_IS_BNE] = "is_bne", [BEQ_ZERO_DIFFER] = "differ", [BEQ_ZERO_WITNESS] = "witness",
};

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), rs1 = hb_air_col(a, BEQ_ZERO_RS1), target = hb_air_col(a, BEQ_ZERO_TARGET);
    hb_expr is_bne = hb_air_col(a, BEQ_ZERO_IS_BNE), differ = hb_air_col(a, BEQ_ZERO_DIFFER), same = hb_chips_not(a, differ), zero = hb_air_const(a, 0);
    hb_limbs x = hb_chips_limbs(a, BEQ_ZERO_A), none = hb_chips_constant(a, 0);
    hb_expr sum = hb_chips_total(a, x.v, 4);
    hb_air_bool(a, "is_bne", is_bne);
    hb_air_zero(a, "zero", hb_air_mul(a, same, sum));
    hb_air_zero(a, "not zero", hb_air_sub(a, hb_air_mul(a, sum, hb_air_col(a, BEQ_ZERO_WITNESS)), differ));
    hb_expr taken = hb_chips_mux(a, is_bne, same, differ), next = hb_chips_plus(a, pc, 1);
    hb_expr op = hb_chips_plus(a, hb_air_scale(a, HB_OP_BNE - HB_OP_BEQ, is_bne), HB_OP_BEQ);
    const hb_limbs imm = {{target, zero, zero, zero}};
    hb_chips_state(a, pc, ts, hb_chips_mux(a, taken, next, target), HB_TS_INC);
    hb_chips_prog(a, pc, op, zero, rs1, zero, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, BEQ_ZERO_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, zero, &none, hb_air_col(a, BEQ_ZERO_RS2_TS));
}

const hb_chip hb_chip_beq_zero = {
    .name = "BEQ_ZERO", .id = HB_CHIP_BEQ_ZERO, .width = BEQ_ZERO_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
