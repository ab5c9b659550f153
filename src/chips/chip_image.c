/* IMAGE: the initial memory image, in the key. Row k holds the double word at img_lo + 8 k; gaps between segments are zero words of it. is_text is 1 inside the
 * hull of the executable segments, which keeps its value (chip_initfin.c). */
#include "chips/chip_list.h"
#include "chips/columns.h"

static const char *const names[] = {[IMAGE_V] = "v0", "v1", "v2", "v3", [IMAGE_TEXT] = "is_text", [IMAGE_PRE_WIDTH] = "count"};

static void rules(hb_air *a)
{
    hb_expr tuple[6] = {hb_air_add(a, hb_air_structured(a, HB_ST_INDEX), hb_air_key(a, HB_KEY_IMG_LO))};
    for (uint32_t i = 0; i < 4; i++)
        tuple[1 + i] = hb_air_col(a, IMAGE_V + i);
    tuple[5] = hb_air_col(a, IMAGE_TEXT);
    hb_air_provide(a, HB_BUS_IMAGE, hb_air_col(a, IMAGE_PRE_WIDTH), tuple, 6);
}

const hb_chip hb_chip_image = {
    .name = "IMAGE", .id = HB_CHIP_IMAGE, .pre_width = IMAGE_PRE_WIDTH, .width = 1, .column_names = names,
    .height_rule = HB_HEIGHT_KEY, .max_height_log2 = HB_IMAGE_HEIGHT_LOG2, .rules = rules,
};
