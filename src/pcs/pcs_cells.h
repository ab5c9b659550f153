/* Where the cells of the stacked columns of a commitment lie in the tables' columns. Hosted, for the prover. */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "pcs/stack.h"

typedef struct hb_pcs_cells {
    uint32_t tile_bits, width; /* 2^tile_bits tiles in a stacked column; stacked columns */
    const hb_f **tile;         /* [(column << tile_bits) + kappa]: 2^12 cells, or NULL for zeros */
} hb_pcs_cells;

size_t hb_pcs_cells_bytes(const hb_stack *stack, int commitment);

/* HB_INVALID_ARGUMENT when the tables have not the shapes of the layout; HB_OUT_OF_MEMORY. */
hb_status hb_pcs_cells_init(hb_pcs_cells *cells, const hb_stack *stack, const hb_table *tables, int commitment, hb_arena *arena, hb_error *err);

/* The cells of a stacked column, consecutive: in place where one chunk covers it, else copied to `buffer` (64-byte aligned, a whole stacked column). */
const hb_f *hb_pcs_cells_column(const hb_pcs_cells *cells, uint32_t column, hb_f *buffer);
