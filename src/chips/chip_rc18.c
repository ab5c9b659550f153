/* RC18: the integers below 2^18. */
#include "chips/chip_list.h"

static const char *const names[] = {"count"};

static void rules(hb_air *a)
{
    const hb_expr tuple[1] = {hb_air_structured(a, HB_ST_INDEX)};
    hb_air_provide(a, HB_BUS_RC18, hb_air_col(a, 0), tuple, 1);
}

const hb_chip hb_chip_rc18 = {
    .name = "RC18", .id = HB_CHIP_RC18, .width = 1, .column_names = names,
    .height_rule = HB_HEIGHT_CONSTANT, .fixed_rows = 1u << 18, .max_height_log2 = 18, .rules = rules,
};
