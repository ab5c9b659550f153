#include "pcs/pcs_cells.h"

#include <string.h>

size_t hb_pcs_cells_bytes(const hb_stack *stack, int commitment)
{
    return ((size_t)stack->w[commitment] << (stack->h[commitment] - HB_TILE_LOG2)) * sizeof(hb_f *);
}

static bool table_fits(const hb_stack_table *shape, const hb_table *table)
{
    const uint32_t main = shape->width[HB_COMMIT_BOUNDARY] + shape->width[HB_COMMIT_MAIN];
    return table->n_rows == shape->n_rows && table->stored_rows == shape->tiles << HB_TILE_LOG2 && table->air->pre_width == shape->width[HB_COMMIT_KEY] &&
           (shape->idle || table->air->width == main);
}

hb_status hb_pcs_cells_init(hb_pcs_cells *cells, const hb_stack *stack, const hb_table *tables, int commitment, hb_arena *arena, hb_error *err)
{
    const size_t bytes = hb_pcs_cells_bytes(stack, commitment);
    cells->tile_bits = stack->h[commitment] - HB_TILE_LOG2;
    cells->width = stack->w[commitment];
    cells->tile = hb_arena_alloc(arena, bytes);
    if (!cells->tile)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no room for the map of %u stacked columns", cells->width);
    memset(cells->tile, 0, bytes);
    for (uint32_t i = 0; i < stack->n_tables; i++) {
        const hb_stack_table *t = &stack->tables[i];
        if (!table_fits(t, &tables[i]))
            return hb_fail(err, HB_INVALID_ARGUMENT, "table %u is not the one that the layout was made for", i);
        hb_f *const *columns = tables[i].cols + hb_stack_table_columns(t, commitment);
        for (uint32_t k = 0; k < t->n_chunks; k++)
            for (uint32_t j = 0; j < t->width[commitment]; j++) {
                const hb_stack_chunk *chunk = &t->chunk[k];
                const hb_f **at = cells->tile + chunk->first[commitment] + ((size_t)j << chunk->tiles_log2);
                for (size_t u = 0; u < (size_t)1 << chunk->tiles_log2; u++)
                    at[u] = columns[j] + ((chunk->base + u) << HB_TILE_LOG2);
            }
    }
    return HB_OK;
}

const hb_f *hb_pcs_cells_column(const hb_pcs_cells *cells, uint32_t column, hb_f *buffer)
{
    const size_t tiles = (size_t)1 << cells->tile_bits;
    const hb_f *const *tile = cells->tile + ((size_t)column << cells->tile_bits);
    size_t run = 1; /* tiles that follow each other in memory */
    while (tile[0] && run < tiles && tile[run] == tile[0] + (run << HB_TILE_LOG2))
        run++;
    if (run == tiles && tile[0])
        return tile[0];
    for (size_t u = 0; u < tiles; u++) {
        hb_f *to = buffer + (u << HB_TILE_LOG2);
        if (tile[u])
            memcpy(to, tile[u], HB_TILE_ROWS * sizeof *to);
        else
            memset(to, 0, HB_TILE_ROWS * sizeof *to);
    }
    return buffer;
}
