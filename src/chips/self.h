/* Operations with two register operands of which one is the destination too. Freestanding. */
#pragma once
#include "chips/gadgets.h"

/* Operand "self", a merged access in the slot of rd; the other one is read in its own slot. Columns from `self` on: index, then the caller's; all of the flag
 * `second` (rd is rs2), which is shown boolean, decides which is which. (Otherwise it could blend: with second = 2, rd = 4 and other = 5, the PROG tuple reads
 * rs1 = 6, rs2 = 3.) For commutative operations. */
typedef struct hb_self {
    hb_expr pc, ts, rd, other, second;
} hb_self;

hb_self hb_chips_self(hb_air *a, uint32_t rd, uint32_t other, uint32_t second);

/* STATE, PROG (no immediate), both accesses: rd from x to r, the other y. */
void hb_chips_self_accesses(hb_air *a, const hb_self *s, hb_expr op, const hb_limbs *x, hb_expr x_ts, const hb_limbs *y, hb_expr y_ts, const hb_limbs *r);
