/* How the columns of all tables lie in the stacked columns of the two commitments (docs/protocol.md 4). Freestanding.
 *
 *   unit: a tile, 2^12 rows. A table's columns have `tiles` stored tiles, cut into at most 4 chunks (binary digits of `tiles`, large first).
 *   Commitment 0 holds the preprocessed columns, commitment 1 the main ones. Within a commitment the chunks lie in the order
 *   (size descending, table, column), so all columns of a table have their equally large chunks side by side:
 *     chunk k of column i (counted within the commitment) of table t starts first[c] + (i << tiles_log2) tiles into commitment c;
 *     tile position x of commitment c is tile x mod 2^(h[c]-12) of its stacked column x >> (h[c]-12).
 *   A chunk is aligned to its own size, and one that is larger than a stacked column covers whole stacked columns.
 *
 * The verifier recomputes all of this from the numbers of rows alone; nothing of it is ever read from a proof. */
#pragma once
#include <stddef.h>

#include "air/table.h"
#include "base/reject.h"
#include "pcs/pcs_params.h"

#define HB_STACK_TABLES_MAX 128u
#define HB_STACK_WIDTH_MAX 65535u   /* columns of a table in a commitment */
#define HB_STACK_ROWS_LOG2_MAX 29u  /* 2^17 tiles: 512 stacked columns of 2^20 */
#define HB_STACK_CHUNKS_MAX 4u

typedef struct hb_stack_shape {
    uint32_t n_rows;   /* real rows, at least 1 */
    uint32_t width[2]; /* preprocessed, main columns */
} hb_stack_shape;

typedef struct hb_stack_chunk {
    uint32_t tiles_log2;
    uint32_t base;     /* first tile of the column that is in this chunk */
    uint32_t first[2]; /* tile position of column 0's chunk in commitment c; meaningless when width[c] = 0 */
} hb_stack_chunk;

typedef struct hb_stack_table {
    uint32_t n_rows, width[2];
    uint32_t rows_log2; /* h_T */
    uint32_t tiles;     /* hb_stored_tiles */
    uint32_t first_id;  /* id(T, 0); preprocessed columns first, then main */
    uint32_t n_chunks;
    hb_stack_chunk chunk[HB_STACK_CHUNKS_MAX];
} hb_stack_table;

typedef struct hb_stack {
    uint32_t n_tables;
    uint32_t n_columns;    /* of all tables, both commitments: ids are below it */
    uint32_t n_max;        /* largest rows_log2 */
    uint32_t h[2];         /* H_0, H: log2 of the cells of a stacked column. h[0] <= h[1] */
    uint32_t w[2];         /* W_0, W_1: number of stacked columns. w[0] may be 0, w[1] >= 1 */
    uint32_t tiles[2];     /* used, = sum over columns of stored tiles; the last stacked column is filled up with zeros */
    hb_stack_table tables[HB_STACK_TABLES_MAX];
} hb_stack;

/* The smallest n with 2^n >= x; 0 for x <= 1. */
uint32_t hb_ceil_log2(uint64_t x);

/* The layout of the present tables, in chip order. Rejects (STACK_TABLES) when there are too many tables or one is empty, too tall or too wide, and
 * (STACK_SIZE) when the main commitment would be empty or there would be more than 512 stacked columns. *s is then undefined. */
hb_status hb_stack_init(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, hb_error *err);

/* All stacked columns together. */
static inline uint32_t hb_stack_columns(const hb_stack *s)
{
    return s->w[0] + s->w[1];
}
