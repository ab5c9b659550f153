/* Shifts by a known amount, for SHIFT_IMM and SHIFT_IMM_SELF. Freestanding.
 *
 * The transpiler has turned SLLI, SRLI and SRLIW into: multiply by D = 2^u, u in 0..15, and move by whole limbs (rv/rvprogram.h). The five limbs of the product are
 * L_i = e_i + h_(i-1) with D a_i = e_i + 2^16 h_i. To the left, limb j of the result is L_(j-k); to the right, L_(j+k+1), and 0 above L_4. SRLIW takes the upper limbs
 * of the operand as 0 (and moves by one bit at least, so its result is below 2^31);
 * w without right would be operation 17, ANDI, whose limb 3 is never 1.
 *
 * Exactness. e_i and h_i are in RC16, so e_i + 2^16 h_i = D a_i + j p in integers with -1 <= j <= 2, and j = 0 is to be shown: then the division is unique. One number s in
 * RC18 does it for all four limbs. D <= 2^8: s = 64 (h_0 + .. + h_3) is an integer below 2^24, so the sum is below 2^12 and e_i + 2^16 h_i below p. D >= 2^9
 * ("large"): 512 s = e_0 + 5 e_1 + 25 e_2 + 125 e_3, both sides below 2^27; modulo 512, D and 2^16 vanish and p is 1, so e_i = j_i, and
 * j_0 + 5 j_1 + 25 j_2 + 125 j_3, between -156 and 312, is 0 modulo 512: a number has one representation with such digits, so all are 0. */
#pragma once
#include "chips/gadgets.h"

typedef struct hb_move {
    hb_expr op;       /* of the PROG tuple */
    hb_limbs imm;     /* of the PROG tuple: D, k, large, 1 */
    hb_limbs result;
} hb_move;

/* Columns MOVE_* from col on. x: the operand, limbs in range. */
hb_move hb_chips_move(hb_air *a, uint32_t col, const hb_limbs *x);
