/* One byte of a double word, for LB and SB. Freestanding. */
#pragma once
#include "chips/gadgets.h"

typedef struct hb_byte_pick {
    hb_expr limb[4]; /* one-hot, the first an expression */
    hb_expr odd;     /* the high byte of that limb */
    hb_expr low3;    /* number of the byte, 0..7 */
    hb_expr value;   /* the limb */
} hb_byte_pick;

/* Columns col .. col + 2: limb 1, 2, 3; col + 3: odd. Shows that they are boolean and that at most one limb is named. */
hb_byte_pick hb_chips_byte_pick(hb_air *a, uint32_t col, const hb_limbs *m);

/* The limb's bytes are these two, the picked one and the other. Both are shown to be bytes, so that they are unique. */
void hb_chips_byte_split(hb_air *a, const hb_byte_pick *p, hb_expr picked, hb_expr other);
