/* AND, OR, XOR of limbs, for the LOGIC chips. Freestanding. */
#pragma once
#include "chips/gadgets.h"

typedef struct hb_logic {
    hb_expr or, xor; /* shown boolean, not both */
} hb_logic;

/* Columns `or` and `xor`; neither flag: AND. */
hb_logic hb_chips_logic(hb_air *a, uint32_t or, uint32_t xor);

/* and_op + or * (or_op - and_op) + xor * (xor_op - and_op) */
hb_expr hb_chips_logic_op(hb_air *a, const hb_logic *l, int64_t and_op, int64_t or_op, int64_t xor_op);

/* Limb by limb from x, y and n = x & y, which the caller has shown to be that and numbers below 2^16: x | y = x + y - n and x ^ y = x + y - 2 n. */
hb_limbs hb_chips_logic_result(hb_air *a, const hb_logic *l, const hb_limbs *x, const hb_limbs *y, const hb_limbs *n);

/* AND lookups of `count` bytes in columns x.., y.., n..: n is the AND of x and y, and all are bytes. */
void hb_chips_and_bytes(hb_air *a, uint32_t x, uint32_t y, uint32_t n, uint32_t count);
