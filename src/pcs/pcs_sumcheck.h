/* Sumcheck over sum_b f_b w_b for two packed K vectors, top index bit first; used for the tiles and inside WHIR. Hosted. */
#pragma once
#include "base/pool.h"
#include "field/kpack.h"

/* n elements each, a multiple of 2 at every round. The vectors are folded in place; lanes beyond n are never read. */
typedef struct hb_pcs_pair {
    hb_kpack *f, *w;
    size_t n;
} hb_pcs_pair;

/* s[0] = s(0), s[1] = leading coefficient of s(X) = sum f w with the top index bit = X. */
void hb_pcs_round(hb_pool *pool, const hb_pcs_pair *pair, hb_k s[2]);

/* Binds the top index bit to a: n becomes n / 2. */
void hb_pcs_bind(hb_pool *pool, hb_pcs_pair *pair, hb_k a);

/* hb_pcs_bind, then hb_pcs_round of the result, in one pass over memory. n >= 4. */
void hb_pcs_bind_round(hb_pool *pool, hb_pcs_pair *pair, hb_k a, hb_k s[2]);
