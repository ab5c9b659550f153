/* RC16: the integers below 2^16. */
#include "chips/chip_list.h"

static const char *const names[] = {"count"};

static void rules(hb_air *a)
{
    const hb_expr tuple[1] = {hb_air_structured(a, HB_ST_INDEX)};
    hb_air_provide(a, HB_BUS_RC16, hb_air_col(a, 0), tuple, 1);
}

const hb_chip hb_chip_rc16 = {
    .name = "RC16", .id = HB_CHIP_RC16, .width = 1, .column_names = names,
    .height_rule = HB_HEIGHT_CONSTANT, .fixed_rows = 1u << 16, .max_height_log2 = 16, .rules = rules,
};
