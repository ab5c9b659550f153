/* Structured columns and the row mask: values on rows, and in closed form at the point where the zerocheck ends (docs/protocol.md 8
 * and 12). Nobody commits to them. Freestanding. */
#pragma once
#include "air/challenges.h"

#define HB_SKIP 16u     /* |D| */
#define HB_Y_BITS 8u
#define HB_U_BITS_MAX 20u

/* A point of the row space: z by the Lagrange basis of D at r_0, y and u by coordinates. Coordinates may be 0 and 1 too, so that a partly bound
 * index is a point. */
typedef struct hb_row_point {
    hb_k lagrange[HB_SKIP]; /* L_z(r_0) */
    hb_k zb[4];             /* sum over z with bit i set of L_z(r_0) */
    hb_k ry[HB_Y_BITS];
    hb_k ru[HB_U_BITS_MAX];
    uint32_t n_u;           /* n_max - 12 */
} hb_row_point;

/* Sets lagrange and zb. False if r_0^16 = 1 (rejected by the protocol); the point is then unusable. */
bool hb_row_point_set_z(hb_row_point *p, hb_k r0);

/* Value of a structured column on a row. */
hb_f hb_structured_row(hb_structured s, uint32_t row, const hb_air_publics *publics);

/* Value at a point. */
hb_k hb_structured_at(hb_structured s, const hb_row_point *p, const hb_air_publics *publics);

/* The multilinear extension of [x < n] at r[0 .. bits), bit i of x with r[i]; 1 if n >= 2^bits. */
hb_k hb_less_than_at(uint32_t n, const hb_k *r, uint32_t bits);

/* ind_T at a point, for a table of n rows, n <= 2^(12 + n_u). */
hb_k hb_mask_at(uint32_t n, const hb_row_point *p);

/* prod_i (r_i b_i + (1 - r_i)(1 - b_i)) for the bits b of an integer; and the factor for one bit. */
hb_k hb_eq_bits(const hb_k *r, uint32_t bits, uint64_t b);
static inline hb_k hb_eq_bit(hb_k r, bool bit)
{
    return bit ? r : hb_k_sub(hb_k_one(), r);
}
