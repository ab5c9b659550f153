#include "chips/self.h"

#include "chips/columns.h"

hb_self hb_chips_self(hb_air *a, uint32_t rd, uint32_t other, uint32_t second)
{
    hb_self s = {hb_air_col(a, COL_PC), hb_air_col(a, COL_TS), hb_air_col(a, rd), hb_air_col(a, other), hb_air_col(a, second)};
    hb_air_bool(a, "second", s.second);
    return s;
}

void hb_chips_self_accesses(hb_air *a, const hb_self *s, hb_expr op, const hb_limbs *x, hb_expr x_ts, const hb_limbs *y, hb_expr y_ts, const hb_limbs *r)
{
    hb_limbs none = hb_chips_constant(a, 0);
    hb_expr rs1 = hb_chips_mux(a, s->second, s->rd, s->other), rs2 = hb_chips_mux(a, s->second, s->other, s->rd);
    hb_expr slot = hb_chips_mux(a, s->second, hb_air_const(a, HB_SLOT_RS2), hb_air_const(a, HB_SLOT_RS1)); /* of the other operand */
    hb_chips_state(a, s->pc, s->ts, hb_chips_plus(a, s->pc, 1), HB_TS_INC);
    hb_chips_prog(a, s->pc, op, s->rd, rs1, rs2, &none);
    hb_chips_access(a, HB_ALWAYS, hb_chips_register(a, s->other), y, y_ts, y, hb_air_add(a, s->ts, slot));
    hb_chips_rd(a, s->ts, s->rd, x, x_ts, r);
}
