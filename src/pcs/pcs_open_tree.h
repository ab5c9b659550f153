/* What prover code shares about openings. Hosted. */
#pragma once
#include "pcs/pcs_cells.h"
#include "pcs/pcs_prove.h"
#include "pcs/pcs_query.h"

/* Lowest levels that trees leave out: three quarters of the tree's memory, for hashing four leaves instead of one in an opening. */
#define HB_PCS_TREE_SKIP 2u

/* Appends the opening of `n` leaves (strictly ascending): their words, then the siblings. row: gives the words of any leaf of the aligned blocks of
 * 2^skip leaves around them; buffer: tree->width words. */
hb_status hb_pcs_open_tree(hb_sender *s, const hb_merkle_tree *tree, const uint32_t *leaf, uint32_t n, hb_merkle_row_fn *row, void *ctx,
                           uint32_t *buffer);

/* The same for a commitment, whose codewords may have to be computed again: hb_pcs_reopen_bytes(..) of arena. */
size_t hb_pcs_reopen_bytes(const hb_stack *stack, int commitment, const hb_pcs_committed *committed, const hb_pool *pool);
hb_status hb_pcs_open_commitment(hb_sender *s, const hb_pcs_committed *committed, const hb_pcs_cells *cells, const uint32_t *leaf, uint32_t n,
                                 hb_arena *arena, hb_error *err);
