/* Products of bytes, for MUL and DIV. Freestanding. */
#pragma once
#include "air/air.h"

/* Limb m (0..7) of the unreduced product of two 8-byte numbers in columns x.., y..: the sum of x_i y_j over i + j = 2 m plus 256 times the sum over
 * i + j = 2 m + 1. Below 2^19 + 2^27 for bytes. */
hb_expr hb_chips_byte_products(hb_air *a, uint32_t x, uint32_t y, uint32_t m);

/* All eight are integers in [-8, 2^14 - 8): each plus 8 is in RC16, and so is 4 times the sum of all these. The eight of an honest row must sum to less
 * than 2^14 - 64. */
#define HB_CARRY_BIAS 8
void hb_chips_show_carries(hb_air *a, const hb_expr carry[8]);

/* n (even) columns from col on are bytes. */
void hb_chips_show_bytes(hb_air *a, uint32_t col, uint32_t n);
