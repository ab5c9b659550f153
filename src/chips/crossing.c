#include "chips/crossing.h"

hb_crossing hb_chips_crossing(hb_air *a, uint32_t width, uint32_t offset)
{
    static const char *const labels[8] = {"", "offset 1", "offset 2", "offset 3", "offset 4", "offset 5", "offset 6", "offset 7"};
    hb_crossing c = {.half = hb_air_col(a, width), .word = hb_air_col(a, width + 1), .dword = hb_air_col(a, width + 2)};
    hb_air_bool(a, "half", c.half);
    hb_air_bool(a, "word", c.word);
    hb_air_bool(a, "double", c.dword);
    hb_expr any = hb_air_add(a, hb_air_add(a, c.half, c.word), c.dword);
    hb_air_bool(a, "one width", any);
    c.low3 = hb_air_const(a, 0);
    for (uint32_t o = 1; o < 8; o++) {
        c.offset[o] = hb_air_col(a, offset + o - 1);
        hb_air_bool(a, labels[o], c.offset[o]);
        c.low3 = hb_chips_add_scaled(a, c.low3, o, c.offset[o]);
    }
    hb_air_zero(a, "one offset", hb_air_sub(a, hb_chips_total(a, c.offset + 1, 7), any));
    hb_air_zero(a, "half crosses", hb_air_mul(a, c.half, hb_chips_total(a, c.offset + 1, 6)));
    hb_air_zero(a, "word crosses", hb_air_mul(a, c.word, hb_chips_total(a, c.offset + 1, 4)));
    return c;
}

hb_cell_key hb_chips_next_cell(hb_air *a, hb_cell_key cell, hb_expr wrap)
{
    hb_air_bool(a, "wrap", wrap);
    return (hb_cell_key){hb_air_add(a, cell.hi, wrap), hb_chips_add_scaled(a, hb_chips_plus(a, cell.lo, 1), -(1 << 29), wrap)};
}
