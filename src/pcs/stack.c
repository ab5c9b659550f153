#include "pcs/stack.h"

#include <stdbool.h>

#include "base/check.h"

uint32_t hb_ceil_log2(uint64_t x)
{
    uint32_t n = 0;
    while (n < 63 && (uint64_t)1 << n < x)
        n++;
    return n;
}

/* The binary digits of the number of tiles, from the top. At most 4: rounding up may carry, but leaves four significant bits. */
static void cut_table(hb_stack_table *t)
{
    uint32_t base = 0;
    t->n_chunks = 0;
    for (uint32_t a = HB_STACK_ROWS_LOG2_MAX - HB_TILE_LOG2 + 1; a-- > 0;) {
        if (!(t->tiles >> a & 1))
            continue;
        HB_ASSERT(t->n_chunks < HB_STACK_CHUNKS_MAX);
        t->chunk[t->n_chunks++] = (hb_stack_chunk){.tiles_log2 = a, .base = base};
        base += 1u << a;
    }
}

/* Deals out positions: sizes descending, tables in order. The totals are known to be below 2^32. */
static void place_chunks(hb_stack *s)
{
    uint32_t at[2] = {0, 0};
    for (uint32_t a = HB_STACK_ROWS_LOG2_MAX - HB_TILE_LOG2 + 1; a-- > 0;)
        for (uint32_t i = 0; i < s->n_tables; i++) {
            hb_stack_table *t = &s->tables[i];
            for (uint32_t k = 0; k < t->n_chunks; k++)
                for (int c = 0; c < 2 && t->chunk[k].tiles_log2 == a; c++) {
                    t->chunk[k].first[c] = at[c];
                    at[c] += t->width[c] << a;
                }
        }
    HB_ASSERT(at[0] == s->tiles[0] && at[1] == s->tiles[1]);
}

static uint32_t clamp(uint32_t x, uint32_t lo, uint32_t hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* Heights and numbers of stacked columns from the totals, which the caller has bounded by no more than 2^64. */
static bool size_stacks(hb_stack *s, const uint64_t tiles[2])
{
    const uint32_t log0 = hb_ceil_log2(tiles[0] << HB_TILE_LOG2), log1 = hb_ceil_log2(tiles[1] << HB_TILE_LOG2);
    s->h[0] = clamp(log0 < 4 ? 0 : log0 - 4, HB_STACK_PRE_LOG2_MIN, HB_STACK_LOG2_MAX);
    s->h[1] = clamp(log1 < 6 ? 0 : log1 - 6, HB_STACK_LOG2_MIN, HB_STACK_LOG2_MAX);
    if (s->h[1] < s->h[0])
        s->h[1] = s->h[0];

    uint64_t w[2];
    for (int c = 0; c < 2; c++) {
        const uint32_t log2 = s->h[c] - HB_TILE_LOG2; /* tiles of a stacked column */
        w[c] = (tiles[c] + ((uint64_t)1 << log2) - 1) >> log2;
    }
    if (w[1] == 0 || w[0] > HB_STACK_COLUMNS_MAX || w[1] > HB_STACK_COLUMNS_MAX || w[0] + w[1] > HB_STACK_COLUMNS_MAX)
        return false;
    for (int c = 0; c < 2; c++) {
        s->w[c] = (uint32_t)w[c];
        s->tiles[c] = (uint32_t)tiles[c]; /* at most 512 * 2^8 */
    }
    return true;
}

hb_status hb_stack_init(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, hb_error *err)
{
    if (n_tables == 0 || n_tables > HB_STACK_TABLES_MAX)
        return HB_REJECT(err, HB_R_STACK_TABLES);
    uint64_t tiles[2] = {0, 0}; /* below 2^7 tables * 2^16 columns * 2^17 tiles */
    s->n_tables = (uint32_t)n_tables;
    s->n_columns = 0;
    s->n_max = HB_TILE_LOG2;
    for (size_t i = 0; i < n_tables; i++) {
        const hb_stack_shape *shape = &shapes[i];
        if (shape->n_rows == 0 || shape->n_rows > 1u << HB_STACK_ROWS_LOG2_MAX || shape->width[0] > HB_STACK_WIDTH_MAX ||
            shape->width[1] > HB_STACK_WIDTH_MAX)
            return HB_REJECT(err, HB_R_STACK_TABLES);
        hb_stack_table *t = &s->tables[i];
        t->n_rows = shape->n_rows;
        t->rows_log2 = hb_table_height_log2(shape->n_rows);
        t->tiles = hb_stored_tiles(shape->n_rows);
        t->first_id = s->n_columns;
        cut_table(t);
        for (int c = 0; c < 2; c++) {
            t->width[c] = shape->width[c];
            s->n_columns += shape->width[c];
            tiles[c] += (uint64_t)shape->width[c] * t->tiles;
        }
        s->n_max = t->rows_log2 > s->n_max ? t->rows_log2 : s->n_max;
    }
    if (!size_stacks(s, tiles))
        return HB_REJECT(err, HB_R_STACK_SIZE);
    place_chunks(s);
    return HB_OK;
}
