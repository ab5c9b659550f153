#include "air/rows.h"

/* INDEX is the only one that does not repeat; it goes up by 1. */
void hb_structured_rows(hb_structured s, uint32_t row, uint32_t n, const hb_air_publics *publics, hb_f *out)
{
    if (s == HB_ST_INDEX) {
        hb_f x = hb_f_from_u32(row);
        for (uint32_t i = 0; i < n; i++, x = hb_f_add(x, HB_F_ONE))
            out[i] = x;
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        out[i] = hb_structured_row(s, row + i, publics);
}
