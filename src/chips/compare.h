/* a < b of 64-bit numbers, signed or unsigned, for SLT and BLT. Freestanding. */
#pragma once
#include "chips/gadgets.h"

/* Records the comparison over the CMP_* block of columns that starts at `block` (columns.h) and returns "a < b" as an expression that is 0 or 1.
 * is_signed must be shown boolean by the caller; limbs of a and b in range. */
hb_expr hb_chips_less(hb_air *a, uint32_t block, const hb_limbs *x, const hb_limbs *y, hb_expr is_signed);
