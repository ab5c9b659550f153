/* BEQ, BNE.
 *
 * With d_i = a_i - b_i, the norms n = d_0^2 - 11 d_1^2 and m = d_2^2 - 11 d_3^2 vanish only when both their arguments do, because 11 is not a square. So
 * "differ" is 1 exactly when w n + v m = 1 has a solution, and n = m = 0 otherwise: two witnesses instead of four. That differ is 0 or 1 follows: it is w n + v m, and
 * 1 where n or m is not 0. */
#include "chips/beq.h"
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"
#include "rv/isa.h"

static const char *const names[] = {
    [COL_PC] = "pc", [COL_TS] = "ts", [BEQ_RS1] = "rs1", "a0", "a1", "a2", "a3", "rs1_ts", [BEQ_RS2] = "rs2", "b0", "b1", "b2", "b3", "rs2_ts",
    [BEQ_TARGET] = "target", [BEQ_IS_BNE] = "is_bne", [BEQ_DIFFER] = "differ", [BEQ_WITNESS_LOW] = "witness_low", [BEQ_WITNESS_HIGH] = "witness_high",
};

static hb_expr norm(hb_air *a, const hb_limbs *x, const hb_limbs *y, uint32_t i)
{
    hb_expr d = hb_air_sub(a, x->v[i], y->v[i]), e = hb_air_sub(a, x->v[i + 1], y->v[i + 1]);
    return hb_chips_add_scaled(a, hb_air_mul(a, d, d), -HB_BEQ_NONRESIDUE, hb_air_mul(a, e, e));
}

static void rules(hb_air *a)
{
    hb_expr pc = hb_air_col(a, COL_PC), ts = hb_air_col(a, COL_TS), zero = hb_air_const(a, 0);
    hb_expr rs1 = hb_air_col(a, BEQ_RS1), rs2 = hb_air_col(a, BEQ_RS2), target = hb_air_col(a, BEQ_TARGET);
    hb_expr is_bne = hb_air_col(a, BEQ_IS_BNE), differ = hb_air_col(a, BEQ_DIFFER), same = hb_chips_not(a, differ);
    hb_limbs x = hb_chips_limbs(a, BEQ_A), y = hb_chips_limbs(a, BEQ_B);

    hb_air_bool(a, "is_bne", is_bne);
    hb_expr low = norm(a, &x, &y, 0), high = norm(a, &x, &y, 2);
    hb_air_zero(a, "low limbs equal", hb_air_mul(a, same, low));
    hb_air_zero(a, "high limbs equal", hb_air_mul(a, same, high));
    hb_expr shown = hb_air_add(a, hb_air_mul(a, low, hb_air_col(a, BEQ_WITNESS_LOW)), hb_air_mul(a, high, hb_air_col(a, BEQ_WITNESS_HIGH)));
    hb_air_zero(a, "limbs differ", hb_air_sub(a, shown, differ));

    hb_expr taken = hb_chips_mux(a, is_bne, same, differ), next = hb_chips_plus(a, pc, 1);
    hb_expr op = hb_chips_plus(a, hb_air_scale(a, HB_OP_BNE - HB_OP_BEQ, is_bne), HB_OP_BEQ);
    const hb_limbs imm = {{target, zero, zero, zero}};
    hb_chips_state(a, pc, ts, hb_chips_mux(a, taken, next, target), HB_TS_INC);
    hb_chips_prog(a, pc, op, zero, rs1, rs2, &imm);
    hb_chips_rs1(a, ts, rs1, &x, hb_air_col(a, BEQ_RS1_TS));
    hb_chips_rs2(a, HB_ALWAYS, ts, rs2, &y, hb_air_col(a, BEQ_RS2_TS));
}

const hb_chip hb_chip_beq = {
    .name = "BEQ", .id = HB_CHIP_BEQ, .width = BEQ_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_INSN_HEIGHT_LOG2, .ts_inc = HB_TS_INC, .rules = rules,
};
