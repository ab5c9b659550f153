/* BOUNDARY: how a shard takes over and hands on the cells that it accesses (docs/protocol.md 14).
 *
 * The row of a cell consumes what the last shard that accessed it left on GLOBAL (or INITFIN_GLOBAL's first value, with s_prev = 0), and leaves what this shard
 * makes of it. In between the value is the shard's: MEM begins with it at time 0 and ends with the new one at the time of the last access.
 *
 * s - s_prev - 1 in [0, 2^18) says s_prev < s in integers (shard numbers are below 2^18). So the tokens of a cell form a chain that never comes back to
 * a shard: the first value enters once and the last leaves once (keys of INITFIN_GLOBAL are different from row to row), every row moves one token up, and two
 * rows of one cell in one shard would both need a token from below. v_in and v_out are in range because GLOBAL's and MEM's limbs are; nothing
 * bounds hi and lo, because a key without a row in INITFIN_GLOBAL has no first token. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"

static const char *const names[] = {
    [BOUNDARY_HI] = "hi", [BOUNDARY_LO] = "lo", [BOUNDARY_IN] = "in0", "in1", "in2", "in3", [BOUNDARY_OUT] = "out0", "out1", "out2", "out3",
    [BOUNDARY_SHARD_PREV] = "s_prev", [BOUNDARY_TS] = "ts_last",
};

static void rules(hb_air *a)
{
    hb_expr hi = hb_air_col(a, BOUNDARY_HI), lo = hb_air_col(a, BOUNDARY_LO), shard = hb_air_key(a, HB_KEY_SHARD);
    hb_expr before = hb_air_col(a, BOUNDARY_SHARD_PREV), zero = hb_air_const(a, 0);
    hb_limbs in = hb_chips_limbs(a, BOUNDARY_IN), out = hb_chips_limbs(a, BOUNDARY_OUT);
    const hb_expr taken[7] = {hi, lo, in.v[0], in.v[1], in.v[2], in.v[3], before};
    const hb_expr first[7] = {hi, lo, in.v[0], in.v[1], in.v[2], in.v[3], zero};
    const hb_expr last[7] = {hi, lo, out.v[0], out.v[1], out.v[2], out.v[3], hb_air_col(a, BOUNDARY_TS)};
    const hb_expr left[7] = {hi, lo, out.v[0], out.v[1], out.v[2], out.v[3], shard};
    hb_air_consume(a, HB_BUS_GLOBAL, HB_ALWAYS, taken, 7);
    hb_air_produce(a, HB_BUS_MEM, HB_ALWAYS, first, 7);
    hb_air_consume(a, HB_BUS_MEM, HB_ALWAYS, last, 7);
    hb_air_produce(a, HB_BUS_GLOBAL, HB_ALWAYS, left, 7);
    hb_chips_rc18(a, hb_chips_plus(a, hb_air_sub(a, shard, before), -1));
}

const hb_chip hb_chip_boundary = {
    .name = "BOUNDARY", .id = HB_CHIP_BOUNDARY, .width = BOUNDARY_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_CELLS_HEIGHT_LOG2, .rules = rules,
};
