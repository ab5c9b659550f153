#include "pcs/stack.h"

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
    uint32_t at[HB_COMMITMENTS] = {0};
    for (uint32_t a = HB_STACK_ROWS_LOG2_MAX - HB_TILE_LOG2 + 1; a-- > 0;)
        for (uint32_t i = 0; i < s->n_tables; i++) {
            hb_stack_table *t = &s->tables[i];
            for (uint32_t k = 0; k < t->n_chunks; k++)
                for (int c = 0; c < HB_COMMITMENTS && t->chunk[k].tiles_log2 == a; c++) {
                    t->chunk[k].first[c] = at[c];
                    at[c] += t->width[c] << a;
                }
        }
    for (int c = 0; c < HB_COMMITMENTS; c++)
        HB_ASSERT(at[c] == s->tiles[c]);
}

static uint32_t clamp(uint32_t x, uint32_t lo, uint32_t hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* log2 of the cells of a stacked column: as many cells as the commitment has, less `spread`, within the bounds. */
static uint32_t stack_log2(uint64_t tiles, uint32_t spread, uint32_t lo)
{
    const uint32_t log2 = hb_ceil_log2(tiles << HB_TILE_LOG2);
    return clamp(log2 < spread ? 0 : log2 - spread, lo, HB_STACK_LOG2_MAX);
}

/* Heights and numbers of stacked columns from the totals, which the caller has bounded by no more than 2^40. False when there are too many. The
 * least height of commitments 0 and 1 is below that of the main one, so an empty one needs no case of its own. */
static bool size_stacks(hb_stack *s, const uint64_t tiles[HB_COMMITMENTS])
{
    s->h[HB_COMMIT_MAIN] = stack_log2(tiles[HB_COMMIT_MAIN], 6, HB_STACK_LOG2_MIN);
    for (int c = 0; c < HB_COMMIT_MAIN; c++) {
        s->h[c] = stack_log2(tiles[c], 4, HB_STACK_PRE_LOG2_MIN);
        if (s->h[HB_COMMIT_MAIN] < s->h[c])
            s->h[HB_COMMIT_MAIN] = s->h[c];
    }
    uint64_t columns = 0;
    for (int c = 0; c < HB_COMMITMENTS; c++) {
        const uint32_t log2 = s->h[c] - HB_TILE_LOG2; /* tiles of a stacked column */
        const uint64_t w = (tiles[c] + ((uint64_t)1 << log2) - 1) >> log2;
        columns += w;
        s->w[c] = (uint32_t)w;
        s->tiles[c] = (uint32_t)tiles[c]; /* at most 512 * 2^8 when accepted */
    }
    return columns <= HB_STACK_COLUMNS_MAX;
}

static bool shape_allowed(const hb_stack_shape *shape)
{
    for (int c = 0; c < HB_COMMITMENTS; c++)
        if (shape->width[c] > HB_STACK_WIDTH_MAX || (shape->idle && c != HB_COMMIT_KEY && shape->width[c]))
            return false;
    return shape->n_rows != 0 && shape->n_rows <= 1u << HB_STACK_ROWS_LOG2_MAX;
}

/* The tables, and the stored tiles of each commitment. */
static bool take_tables(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, uint64_t tiles[HB_COMMITMENTS])
{
    if (n_tables == 0 || n_tables > HB_STACK_TABLES_MAX)
        return false;
    s->n_tables = (uint32_t)n_tables;
    s->n_columns = 0;
    s->n_max = HB_TILE_LOG2;
    for (size_t i = 0; i < n_tables; i++) {
        const hb_stack_shape *shape = &shapes[i];
        if (!shape_allowed(shape))
            return false;
        hb_stack_table *t = &s->tables[i];
        t->n_rows = shape->n_rows;
        t->idle = shape->idle;
        t->rows_log2 = hb_table_height_log2(shape->n_rows);
        t->tiles = hb_stored_tiles(shape->n_rows);
        t->first_id = shape->idle ? HB_STACK_NO_ID : s->n_columns;
        cut_table(t);
        for (int c = 0; c < HB_COMMITMENTS; c++) {
            t->width[c] = shape->width[c];
            tiles[c] += (uint64_t)shape->width[c] * t->tiles;
        }
        if (t->idle)
            continue;
        s->n_columns += hb_stack_table_columns(t, HB_COMMITMENTS);
        s->n_max = t->rows_log2 > s->n_max ? t->rows_log2 : s->n_max;
    }
    return true;
}

/* needed: the commitment that must not be empty. */
static hb_status lay_out(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, int needed, hb_error *err)
{
    uint64_t tiles[HB_COMMITMENTS] = {0}; /* below 2^7 tables * 2^16 columns * 2^17 tiles */
    if (!take_tables(s, shapes, n_tables, tiles))
        return HB_REJECT(err, HB_R_STACK_TABLES);
    if (tiles[needed] == 0 || !size_stacks(s, tiles))
        return HB_REJECT(err, HB_R_STACK_SIZE);
    place_chunks(s);
    return HB_OK;
}

hb_status hb_stack_init(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, hb_error *err)
{
    return lay_out(s, shapes, n_tables, HB_COMMIT_MAIN, err);
}

hb_status hb_stack_init_one(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, int commitment, hb_error *err)
{
    HB_ASSERT(commitment == HB_COMMIT_KEY || commitment == HB_COMMIT_BOUNDARY);
    return lay_out(s, shapes, n_tables, commitment, err);
}
