/* Accesses that cross from one double word into the next, for LOAD2 and STORE2. Freestanding. */
#pragma once
#include "chips/gadgets.h"

/* Width flags and the one-hot offset (1..7) of the access in its first double word. */
typedef struct hb_crossing {
    hb_expr half, word, dword; /* exactly one is 1 in a row that PROG accepts: op is a sum over them without a constant */
    hb_expr offset[8];         /* entry 0 unused */
    hb_expr low3;              /* the offset as a number */
} hb_crossing;

/* Reads the flags half, word, dword from columns width.. and the offset from columns offset..; shows that they are boolean, that exactly one offset is set
 * when one width is, and that the access crosses: half at 7, word at 5..7, double word at 1..7. */
hb_crossing hb_chips_crossing(hb_air *a, uint32_t width, uint32_t offset);

/* Key of the double word after `cell`: (hi + wrap, lo + 1 - 2^29 wrap). wrap is shown boolean; a wrong one gives a lo outside [0, 2^29), which INITFIN
 * has no row for, so such an access has no proof; nor has one that ends beyond the map, where hi would be 544. */
hb_cell_key hb_chips_next_cell(hb_air *a, hb_cell_key cell, hb_expr wrap);
