/* BYTE: all pairs of bytes, with their AND. Row a + 256 b. */
#include "chips/chip_list.h"
#include "chips/columns.h"

static const char *const names[] = {[BYTE_ANDS] = "ands", [BYTE_PAIRS] = "pairs"};

static void rules(hb_air *a)
{
    const hb_expr tuple[3] = {hb_air_structured(a, HB_ST_BYTE_A), hb_air_structured(a, HB_ST_BYTE_B), hb_air_structured(a, HB_ST_BYTE_AND)};
    hb_air_provide(a, HB_BUS_AND, hb_air_col(a, BYTE_ANDS), tuple, 3);
    hb_air_provide(a, HB_BUS_BYTES, hb_air_col(a, BYTE_PAIRS), tuple, 2);
}

const hb_chip hb_chip_byte = {
    .name = "BYTE", .id = HB_CHIP_BYTE, .width = BYTE_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_CONSTANT, .fixed_rows = 1u << 16, .max_height_log2 = 16, .rules = rules,
};
