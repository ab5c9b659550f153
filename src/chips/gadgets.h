/* What the rules of many chips have in common. Freestanding: part of the verifier.
 *
 * 64-bit values are four limbs of 16 bits, low limb first. Limbs that come from the MEM bus lie in [0, 2^16) because every produced limb does
 * (machine.md 7); limbs of PROG tuples because the table is the key's. "In range" below means: an integer below 2^16. */
#pragma once
#include "air/air.h"

typedef struct hb_limbs {
    hb_expr v[4];
} hb_limbs;

/* Key of a memory cell (machine.md 1): hi = space * 2^8 + address bits 32..36, lo = register index or (address mod 2^32) / 8. */
typedef struct hb_cell_key {
    hb_expr hi, lo;
} hb_cell_key;

#define HB_SPACE_PV 0
#define HB_SPACE_REG 256
#define HB_SPACE_RAM 512

/* Slots of an ordinary instruction (machine.md 2). */
enum { HB_SLOT_RS1, HB_SLOT_RS2, HB_SLOT_RD, HB_SLOT_MEM, HB_TS_INC };
#define HB_TS_INC_CALL 16

/* --- values ------------------------------------------------------------------------------------------------------------------------ */
hb_limbs hb_chips_limbs(hb_air *a, uint32_t col);                /* columns col .. col + 3 */
hb_limbs hb_chips_low_limbs(hb_air *a, uint32_t col);            /* col, col + 1, 0, 0: a number below 2^32 */
hb_limbs hb_chips_byte_limbs(hb_air *a, uint32_t col);           /* limb i = column col + 2i + 256 * column col + 2i + 1 */
hb_limbs hb_chips_constant(hb_air *a, uint64_t value);
hb_limbs hb_chips_sign_extended(hb_air *a, hb_expr low, hb_expr sign); /* low, 65535 sign, 65535 sign, 65535 sign */
hb_limbs hb_chips_scaled(hb_air *a, hb_expr factor, const hb_limbs *x);

hb_expr hb_chips_plus(hb_air *a, hb_expr x, int64_t c);          /* x + c */
hb_expr hb_chips_not(hb_air *a, hb_expr x);                      /* 1 - x */
hb_expr hb_chips_mux(hb_air *a, hb_expr flag, hb_expr off, hb_expr on); /* off + flag (on - off) */
hb_expr hb_chips_total(hb_air *a, const hb_expr *x, uint32_t n); /* sum */
hb_expr hb_chips_add_scaled(hb_air *a, hb_expr x, int64_t c, hb_expr y); /* x + c y */
hb_expr hb_chips_byte_pair(hb_air *a, hb_expr lo, hb_expr hi);   /* lo + 256 hi */

/* --- lookups ----------------------------------------------------------------------------------------------------------------------- */
void hb_chips_rc16(hb_air *a, hb_expr x);
void hb_chips_rc18(hb_air *a, hb_expr x);
/* An integer of absolute value below 2^28 (which the caller has shown) lies in [0, 2^16): RC18 of 4 x. The same as RC16 for such x; the bus decides in which
 * group of three it is looked up. */
void hb_chips_rc16_integer(hb_air *a, hb_expr x);
void hb_chips_bytes(hb_air *a, hb_expr x, hb_expr y);
void hb_chips_rc16_limbs(hb_air *a, const hb_limbs *x);

/* If sign is shown boolean and x is in range: sign = signed_flag * (bit 15 of x). One lookup says it for both values of the flag: without it x - 2^16 sign
 * must be in range, with it x + 2^15 - 2^16 sign. signed_flag must be 0 or 1. */
void hb_chips_sign(hb_air *a, hb_expr x, hb_expr signed_flag, hb_expr sign);

/* --- machine ----------------------------------------------------------------------------------------------------------------------- */
/* Consumes (pc, ts), produces (next, ts + inc). */
void hb_chips_state(hb_air *a, hb_expr pc, hb_expr ts, hb_expr next, uint32_t inc);
void hb_chips_prog(hb_air *a, hb_expr pc, hb_expr op, hb_expr rd, hb_expr rs1, hb_expr rs2, const hb_limbs *imm);

hb_cell_key hb_chips_register(hb_air *a, hb_expr index);

/* One access: consumes (cell, before, ts_prev), produces (cell, after, now), shows now - ts_prev - 1 in [0, 2^18). With a flag the cell is only touched
 * where it is 1; the range check is made regardless (unflagged lookups share leaves), so rows without the access put a fitting ts_prev. */
void hb_chips_access(hb_air *a, hb_expr flag, hb_cell_key cell, const hb_limbs *before, hb_expr ts_prev, const hb_limbs *after, hb_expr now);

/* Register operands in their slots. */
void hb_chips_rs1(hb_air *a, hb_expr ts, hb_expr index, const hb_limbs *value, hb_expr ts_prev);
void hb_chips_rs2(hb_air *a, hb_expr flag, hb_expr ts, hb_expr index, const hb_limbs *value, hb_expr ts_prev);
/* The last one also is a merged access: a register that is operand and destination has only this one, with before = the operand. */
void hb_chips_rd(hb_air *a, hb_expr ts, hb_expr index, const hb_limbs *before, hb_expr ts_prev, const hb_limbs *after);

/* x + y = z mod 2^64 for limbs in range: the four carries (x_i + y_i + c_(i-1) - z_i) / 2^16 are 0 or 1. Labels "carry 0" .. "carry 3". */
void hb_chips_add64(hb_air *a, const hb_limbs *x, const hb_limbs *y, const hb_limbs *z);

/* The double word that holds address base + imm, whose limbs are (8 q + low3, t1, l2, 0), machine.md 1. Shows: the sum mod 2^64 (labels "address
 * carry 0" ..), q < 2^13 integer, t1 in range, l2 < 2^5, top limb 0. low3 must be shown to be an integer in 0..7 by the caller. */
hb_cell_key hb_chips_ram(hb_air *a, const hb_limbs *base, const hb_limbs *imm, hb_expr low3, hb_expr q, hb_expr t1, hb_expr l2);

/* The double word that holds address base + imm, where base is below 2^32 (limbs x0, x1; the others are 0), imm = imm0 - 2^16 sign, and the address
 * below 2^32 as well. Shows with one lookup that q = (x0 + imm0 - low3) / 8 is an integer: the numerator lies in (-8, 2^17), so RC16(q) says that
 * it is 8 q. The key is q + 2^13 (x1 - sign) = (base + imm - low3) / 8, an integer in [-2^13, 2^29 + 2^13); addresses that are negative or 2^32 and more
 * give one outside [0, 2^29), which INITFIN has no row for, so such an access has no proof. low3 must be shown to be an integer in 0..7 by the
 * caller, sign is 0 or 1 by the PROG tuple. */
hb_cell_key hb_chips_near(hb_air *a, hb_expr x0, hb_expr x1, hb_expr imm0, hb_expr sign, hb_expr low3);

/* What the chips for near accesses (columns NEAR_*) have in common: STATE, PROG, the read of rs1, the access of memory from m to `after`. rd and rs2 as they stand in the
 * PROG tuple. */
typedef struct hb_near {
    hb_expr pc, ts;
    hb_limbs m; /* the double word before */
} hb_near;

hb_near hb_chips_near_begin(hb_air *a);
void hb_chips_near_end(hb_air *a, const hb_near *n, hb_expr op, hb_expr rd, hb_expr rs2, hb_expr low3, const hb_limbs *after);
