/* BUMP: gives a cell a new timestamp, so that the gap to its next access is below 2^18 (machine.md 2).
 *
 * Both ts_new and ts_new - ts_prev - 1 are shown to lie in [0, 2^27), each as low + 2^18 top with low in RC18 and top < 2^9. The second alone would bound
 * ts_new only relative to ts_prev, and fifteen rows could walk round p. */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"

static const char *const names[] = {
    [BUMP_HI] = "hi", [BUMP_LO] = "lo", [BUMP_V] = "v0", "v1", "v2", "v3", [BUMP_TS_PREV] = "ts_prev", [BUMP_TS_NEW] = "ts_new",
    [BUMP_NEW_TOP] = "new_top", [BUMP_GAP_TOP] = "gap_top",
};

/* x in [0, 2^27), given bits 18.. of it */
static void show_27_bits(hb_air *a, hb_expr x, hb_expr top)
{
    hb_chips_rc18(a, hb_chips_add_scaled(a, x, -(1 << 18), top));
    hb_chips_rc16(a, top);
    hb_chips_rc16(a, hb_air_scale(a, 128, top));
}

static void rules(hb_air *a)
{
    hb_expr before = hb_air_col(a, BUMP_TS_PREV), after = hb_air_col(a, BUMP_TS_NEW);
    hb_expr tuple[7];
    for (uint32_t j = 0; j < 6; j++)
        tuple[j] = hb_air_col(a, BUMP_HI + j);
    tuple[6] = before;
    hb_air_consume(a, HB_BUS_MEM, HB_ALWAYS, tuple, 7);
    tuple[6] = after;
    hb_air_produce(a, HB_BUS_MEM, HB_ALWAYS, tuple, 7);
    show_27_bits(a, after, hb_air_col(a, BUMP_NEW_TOP));
    show_27_bits(a, hb_chips_plus(a, hb_air_sub(a, after, before), -1), hb_air_col(a, BUMP_GAP_TOP));
}

const hb_chip hb_chip_bump = {
    .name = "BUMP", .id = HB_CHIP_BUMP, .width = BUMP_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_CELLS_HEIGHT_LOG2, .rules = rules,
};
