/* A table of the prover: the rows of one chip. */
#pragma once
#include "air/record.h"

#define HB_TILE_LOG2 12u
#define HB_TILE_ROWS (1u << HB_TILE_LOG2)

/* docs/protocol.md 4. A present table has n_rows >= 1. */
typedef struct hb_table {
    uint32_t chip;                   /* number in the machine's list; only for messages */
    const hb_air *air;               /* finished */
    uint32_t n_rows;                 /* real rows */
    uint32_t stored_rows;            /* hb_stored_tiles(n_rows) tiles */
    uint32_t h_log2;                 /* h_T */
    hb_f **cols;                     /* preprocessed, then main; stored_rows cells each, 64-byte aligned, Montgomery form */
    const char *name;                /* for messages; may be NULL, as may the next */
    const char *const *column_names;
} hb_table;

/* Tiles that hold n_rows rows, rounded up to four significant bits. */
static inline uint32_t hb_stored_tiles(uint32_t n_rows)
{
    uint32_t tiles = (uint32_t)(((uint64_t)n_rows + HB_TILE_ROWS - 1) >> HB_TILE_LOG2);
    if (tiles < 16)
        return tiles;
    uint32_t unit = 1u << (31 - (uint32_t)__builtin_clz(tiles) - 3);
    return (tiles + unit - 1) / unit * unit;
}

/* max(12, ceil log2 n_rows). */
static inline uint32_t hb_table_height_log2(uint32_t n_rows)
{
    uint32_t h = HB_TILE_LOG2;
    while (((uint64_t)1 << h) < n_rows)
        h++;
    return h;
}
