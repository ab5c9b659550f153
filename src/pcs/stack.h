/* How the columns of all tables lie in the stacked columns of the three commitments (docs/protocol.md 4). Freestanding.
 *
 *   unit: a tile, 2^12 rows. A table's columns have `tiles` stored tiles, cut into at most 4 chunks (binary digits of `tiles`, large first).
 *   Commitment 0 (key) holds preprocessed columns, 1 (boundary) the main columns of the tables that carry values from shard to shard, 2 (main) all other main
 *   columns. A table's columns are numbered through its commitments: width[0] columns, then width[1], then width[2]. Within a commitment the chunks lie in the order
 *   (size descending, table, column), so all columns of a table have their equally large chunks side by side:
 *     chunk k of column i (counted within the commitment) of table t starts first[c] + (i << tiles_log2) tiles into commitment c;
 *     tile position x of commitment c is tile x mod 2^(h[c]-12) of its stacked column x >> (h[c]-12).
 *   A chunk is aligned to its own size, and one that is larger than a stacked column covers whole stacked columns.
 *   The layout of commitments 0 and 1 depends only on the shapes with columns in them: they are committed to before the others are known (hb_stack_init_one).
 *
 *   An idle table is one that this proof does not have, but whose preprocessed columns are in the key's commitment all the same: they take room there, and
 *   nothing is claimed about them. It has no ids.
 *
 * The verifier recomputes all of this from the numbers of rows alone; nothing of it is ever read from a proof. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "air/table.h"
#include "base/reject.h"
#include "pcs/pcs_params.h"

#define HB_COMMITMENTS 3
#define HB_COMMIT_KEY 0
#define HB_COMMIT_BOUNDARY 1
#define HB_COMMIT_MAIN 2

#define HB_STACK_TABLES_MAX 128u    /* idle ones included */
#define HB_STACK_WIDTH_MAX 65535u   /* columns of a table in a commitment */
#define HB_STACK_ROWS_LOG2_MAX 29u  /* 2^17 tiles: 512 stacked columns of 2^20 */
#define HB_STACK_CHUNKS_MAX 4u
#define HB_STACK_NO_ID UINT32_MAX

typedef struct hb_stack_shape {
    uint32_t n_rows;                /* real rows, at least 1 */
    uint32_t width[HB_COMMITMENTS]; /* columns in each commitment */
    bool idle;                      /* width[1] = width[2] = 0 */
} hb_stack_shape;

typedef struct hb_stack_chunk {
    uint32_t tiles_log2;
    uint32_t base;                  /* first tile of the column that is in this chunk */
    uint32_t first[HB_COMMITMENTS]; /* tile position of column 0's chunk in commitment c; meaningless when width[c] = 0 */
} hb_stack_chunk;

typedef struct hb_stack_table {
    uint32_t n_rows, width[HB_COMMITMENTS];
    bool idle;
    uint32_t rows_log2; /* h_T */
    uint32_t tiles;     /* hb_stored_tiles */
    uint32_t first_id;  /* id(T, 0), counted over the tables that are not idle; HB_STACK_NO_ID for an idle one */
    uint32_t n_chunks;
    hb_stack_chunk chunk[HB_STACK_CHUNKS_MAX];
} hb_stack_table;

typedef struct hb_stack {
    uint32_t n_tables;                 /* idle ones included */
    uint32_t n_columns;                /* of all tables that are not idle, all commitments: ids are below it */
    uint32_t n_max;                    /* largest rows_log2 of a table that is not idle; at least 12 */
    uint32_t h[HB_COMMITMENTS];        /* H_c: log2 of the cells of a stacked column; meaningless when w[c] = 0, but within 12 .. 20. h[0], h[1] <= h[2] = H */
    uint32_t w[HB_COMMITMENTS];        /* W_c: number of stacked columns. w[0] and w[1] may be 0: an empty commitment has no tree and no cap */
    uint32_t tiles[HB_COMMITMENTS];    /* used, = sum over columns of stored tiles; the last stacked column is filled up with zeros */
    hb_stack_table tables[HB_STACK_TABLES_MAX]; /* one a shape, in their order */
} hb_stack;

/* The smallest n with 2^n >= x; 0 for x <= 1. */
uint32_t hb_ceil_log2(uint64_t x);

/* The layout of the present and the idle tables, in chip order. Rejects (STACK_TABLES) when there are too many tables or one is empty, too tall, too wide, or idle
 * with main columns, and (STACK_SIZE) when the main commitment would be empty or there would be more than 512 stacked columns. *s is then undefined. */
hb_status hb_stack_init(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, hb_error *err);

/* The layout of one commitment, HB_COMMIT_KEY or HB_COMMIT_BOUNDARY, from the tables that have columns in it alone (others do no harm); the main commitment may be
 * empty, this one may not (STACK_SIZE). Committing with it gives the tree that the whole layout gives. */
hb_status hb_stack_init_one(hb_stack *s, const hb_stack_shape *shapes, size_t n_tables, int commitment, hb_error *err);

/* Stacked columns of the commitments before c, = the number of c's first one; of all, for c = HB_COMMITMENTS. */
static inline uint32_t hb_stack_first_column(const hb_stack *s, int c)
{
    uint32_t w = 0;
    for (int i = 0; i < c; i++)
        w += s->w[i];
    return w;
}

/* All stacked columns together. */
static inline uint32_t hb_stack_columns(const hb_stack *s)
{
    return hb_stack_first_column(s, HB_COMMITMENTS);
}

/* A table's columns in the commitments before c, = the number in the table of its first column in c; all of them, for c = HB_COMMITMENTS. */
static inline uint32_t hb_stack_table_columns(const hb_stack_table *t, int c)
{
    uint32_t w = 0;
    for (int i = 0; i < c; i++)
        w += t->width[i];
    return w;
}
