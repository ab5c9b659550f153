/* Prover of the opening: commitments (docs/protocol.md 4), tile sumcheck and WHIR (9, 10). Hosted; proof bytes depend neither on threads nor on
 * instruction set.
 *
 * All memory comes from the caller's arena and is sized by the functions below; what a commitment returns lives in the arena, everything else
 * is given back. The tables' columns are read again when opening, so they must stay as they were. */
#pragma once
#include "air/structured.h"
#include "air/table.h"
#include "base/arena.h"
#include "base/error.h"
#include "merkle/merkle.h"
#include "pcs/stack.h"
#include "transcript/send.h"

#define HB_PCS_CAP_NODES (1u << HB_MERKLE_CAP_LOG2)

/* One commitment. width = 0 (an empty commitment): nothing else is set, there is no tree and no cap to absorb. */
typedef struct hb_pcs_committed {
    uint32_t width, h;            /* stacked columns, log2 of their cells */
    const uint32_t **codewords;   /* [width], 2^(h + 1) canonical words each; NULL when not kept: they are then computed again for the openings */
    hb_merkle_tree tree;
    uint32_t cap[HB_PCS_CAP_NODES][HB_DIGEST_WORDS];
} hb_pcs_committed;

typedef enum hb_pcs_keep { HB_PCS_KEEP_CODEWORDS, HB_PCS_DROP_CODEWORDS } hb_pcs_keep;

/* Arena bytes of hb_pcs_commit: at its fullest, and what stays in use afterwards. Dropping codewords saves 8 bytes a committed cell and costs a second
 * encoding when opening. pool: the one that will be used. 0 when the system has no memory for tables. */
size_t hb_pcs_commit_bytes(const hb_stack *stack, int commitment, hb_pcs_keep keep, const hb_pool *pool);
size_t hb_pcs_committed_bytes(const hb_stack *stack, int commitment, hb_pcs_keep keep);

/* Commits to the columns of a commitment (0 .. 2). tables: one for each table of the layout, idle ones included, in its order and of its shape; of columns in other
 * commitments not even pointers are read. The layout may be one of hb_stack_init_one. HB_INVALID_ARGUMENT when the tables have other shapes (of an idle one
 * only the preprocessed columns count); HB_OUT_OF_MEMORY when the arena is too small. */
hb_status hb_pcs_commit(int commitment, const hb_stack *stack, const hb_table *tables, hb_pcs_keep keep, hb_pool *pool, hb_arena *arena,
                        hb_pcs_committed *out, hb_error *err);

/* Arena bytes of hb_pcs_open, all of them temporary; 0 when the system has no memory for tables. */
size_t hb_pcs_open_bytes(const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_committed committed[HB_COMMITMENTS],
                         const hb_pool *pool);

/* Sends everything from the first tile round to the end of the proof.
 *   tables        as for hb_pcs_commit: idle ones with their preprocessed columns
 *   committed     commitments 0 to 2, their caps absorbed before
 *   point         where the zerocheck ended
 *   tile_values   what it has computed on the way there, by id (so nothing for idle tables): tile_values[id(T, j)][u] = V_{T,j}(u) = sum_{y,z} L_z(r_0) eq(r_y, y)
 *                 column_{T,j}(y + 2^8 z + 2^12 u) for all stored tiles u
 * HB_INVALID_ARGUMENT (tables not those of the layout), HB_OUT_OF_MEMORY. */
hb_status hb_pcs_open(hb_sender *s, const hb_pcs_params *params, const hb_stack *stack, const hb_table *tables,
                      const hb_pcs_committed committed[HB_COMMITMENTS], const hb_row_point *point, const hb_k *const *tile_values, hb_arena *arena, hb_error *err);
