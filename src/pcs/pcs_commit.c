/* Committing to stacked columns and opening leaves of them. With codewords kept, all columns are encoded, then hashed row by row. Without, 16 columns at
 * a time are encoded into the same memory and absorbed into the leaves' chaining values (one block of every leaf), and opening encodes them again to pick
 * out the rows that are asked for. */
#include <string.h>

#include "pcs/pcs_encode.h"
#include "pcs/pcs_open_tree.h"

#define BLOCK HB_BLOCK_WORDS /* columns in one block of a leaf */

static size_t align_up(size_t bytes)
{
    return (bytes + HB_ARENA_ALIGN - 1) & ~(size_t)(HB_ARENA_ALIGN - 1);
}

static uint32_t leaves_log2(uint32_t h)
{
    return h + HB_RATE_LOG2_0;
}

static uint32_t min_u32(uint32_t x, uint32_t y)
{
    return x < y ? x : y;
}

/* Codewords in memory together. */
static size_t kept_columns(uint32_t width, hb_pcs_keep keep)
{
    return keep == HB_PCS_KEEP_CODEWORDS ? width : min_u32(width, BLOCK);
}

static size_t codeword_bytes(uint32_t h, size_t n)
{
    return n * (sizeof(uint32_t) << leaves_log2(h)) + align_up(n * sizeof(uint32_t *));
}

static size_t tree_bytes(uint32_t h)
{
    return hb_merkle_tree_bytes(leaves_log2(h), hb_merkle_skip(leaves_log2(h), HB_PCS_TREE_SKIP));
}

size_t hb_pcs_committed_bytes(const hb_stack *stack, int commitment, hb_pcs_keep keep)
{
    const uint32_t width = stack->w[commitment], h = stack->h[commitment];
    if (width == 0)
        return 0;
    return tree_bytes(h) + (keep == HB_PCS_KEEP_CODEWORDS ? codeword_bytes(h, width) : 0) + HB_ARENA_ALIGN;
}

size_t hb_pcs_commit_bytes(const hb_stack *stack, int commitment, hb_pcs_keep keep, const hb_pool *pool)
{
    const uint32_t width = stack->w[commitment], h = stack->h[commitment];
    if (width == 0)
        return 0;
    const size_t encoder = hb_pcs_encoder_bytes(h, pool);
    if (!encoder)
        return 0;
    const size_t streaming = keep == HB_PCS_KEEP_CODEWORDS ? 0 : codeword_bytes(h, kept_columns(width, keep)) + hb_merkle_state_bytes(leaves_log2(h));
    return hb_pcs_committed_bytes(stack, commitment, keep) + align_up(hb_pcs_cells_bytes(stack, commitment)) + encoder + streaming;
}

/* n codewords' memory with the list of pointers to them; NULL when there is none. */
static uint32_t **alloc_codewords(hb_arena *arena, uint32_t h, size_t n)
{
    uint32_t **list = hb_arena_alloc_many(arena, n, sizeof *list);
    uint32_t *words = hb_arena_alloc_many(arena, n, sizeof(uint32_t) << leaves_log2(h));
    for (size_t i = 0; list && words && i < n; i++)
        list[i] = words + (i << leaves_log2(h));
    return words ? list : NULL;
}

/* --- committing ---------------------------------------------------------------------------------------------------------------------- */
static void commit_kept(hb_pcs_committed *out, const hb_pcs_encoder *e, const hb_pcs_cells *cells, uint32_t *const *codewords, hb_pool *pool)
{
    hb_pcs_encode(e, cells, 0, out->width, codewords, pool);
    hb_merkle_commit(pool, &out->tree, (const uint32_t *const *)codewords);
}

static void commit_streaming(hb_pcs_committed *out, const hb_pcs_encoder *e, const hb_pcs_cells *cells, uint32_t *const *codewords,
                             hb_merkle_group *state, hb_pool *pool)
{
    for (uint32_t first = 0; first < out->width; first += BLOCK) {
        hb_pcs_encode(e, cells, first, min_u32(BLOCK, out->width - first), codewords, pool);
        hb_merkle_absorb(pool, &out->tree, state, first / BLOCK, (const uint32_t *const *)codewords);
    }
    hb_merkle_finish(pool, &out->tree, state);
}

hb_status hb_pcs_commit(int commitment, const hb_stack *stack, const hb_table *tables, hb_pcs_keep keep, hb_pool *pool, hb_arena *arena,
                        hb_pcs_committed *out, hb_error *err)
{
    *out = (hb_pcs_committed){.width = stack->w[commitment], .h = stack->h[commitment]};
    if (out->width == 0)
        return HB_OK;
    const size_t start = hb_arena_mark(arena);
    const uint32_t log2 = leaves_log2(out->h);
    const bool kept = keep == HB_PCS_KEEP_CODEWORDS;
    uint32_t **codewords = kept ? alloc_codewords(arena, out->h, out->width) : NULL;
    void *memory = hb_arena_alloc(arena, tree_bytes(out->h));
    const size_t temporary = hb_arena_mark(arena);
    hb_merkle_group *state = kept ? NULL : hb_arena_alloc(arena, hb_merkle_state_bytes(log2));
    if (!kept)
        codewords = alloc_codewords(arena, out->h, kept_columns(out->width, keep));
    if (!codewords || !memory || (!kept && !state)) {
        hb_arena_release(arena, start);
        return hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for the codewords of %u columns of 2^%u cells", out->width, out->h);
    }
    hb_pcs_cells cells;
    hb_pcs_encoder encoder;
    hb_status st = hb_merkle_tree_init(&out->tree, log2, out->width, hb_merkle_skip(log2, HB_PCS_TREE_SKIP), memory);
    if (st == HB_OK)
        st = hb_pcs_cells_init(&cells, stack, tables, commitment, arena, err);
    if (st == HB_OK)
        st = hb_pcs_encoder_init(&encoder, out->h, pool, arena, err);
    if (st != HB_OK) {
        hb_arena_release(arena, start);
        return st;
    }
    if (kept)
        commit_kept(out, &encoder, &cells, codewords, pool);
    else
        commit_streaming(out, &encoder, &cells, codewords, state, pool);
    hb_pcs_encoder_free(&encoder);
    hb_merkle_cap(&out->tree, out->cap);
    out->codewords = kept ? (const uint32_t **)codewords : NULL;
    hb_arena_release(arena, temporary);
    return HB_OK;
}

/* --- opening ------------------------------------------------------------------------------------------------------------------------- */
hb_status hb_pcs_open_tree(hb_sender *s, const hb_merkle_tree *tree, const uint32_t *leaf, uint32_t n, hb_merkle_row_fn *row, void *ctx,
                           uint32_t *buffer)
{
    for (uint32_t i = 0; i < n; i++) {
        row(ctx, leaf[i], buffer);
        const hb_status st = hb_send_raw(s, buffer, tree->width);
        if (st != HB_OK)
            return st;
    }
    return hb_merkle_open(tree, leaf, n, row, ctx, s->proof);
}

/* Rows of the aligned blocks of 2^skip leaves around the opened ones, gathered while the columns pass by. */
typedef struct rows {
    uint32_t skip, n_blocks, width;
    uint32_t block[HB_QUERIES_MAX]; /* ascending: leaf >> skip */
    uint32_t *words;                /* [n_blocks << skip][width] */
} rows;

static void copy_row(void *ctx, size_t leaf, uint32_t *words)
{
    const rows *r = ctx;
    const size_t at = ((size_t)hb_pcs_find(r->block, r->n_blocks, (uint32_t)(leaf >> r->skip)) << r->skip) + (leaf & ((1u << r->skip) - 1));
    memcpy(words, r->words + at * r->width, r->width * sizeof *words);
}

static void gather(const rows *r, uint32_t first, uint32_t n, uint32_t *const *codewords)
{
    for (uint32_t b = 0; b < r->n_blocks; b++)
        for (size_t i = 0; i < (size_t)1 << r->skip; i++) {
            const size_t leaf = ((size_t)r->block[b] << r->skip) + i, at = ((size_t)b << r->skip) + i;
            for (uint32_t j = 0; j < n; j++)
                r->words[at * r->width + first + j] = codewords[j][leaf];
        }
}

static size_t rows_bytes(uint32_t width)
{
    return ((size_t)HB_QUERIES_0 << HB_PCS_TREE_SKIP) * width * sizeof(uint32_t);
}

size_t hb_pcs_reopen_bytes(const hb_stack *stack, int commitment, const hb_pcs_committed *committed, const hb_pool *pool)
{
    const uint32_t width = stack->w[commitment], h = stack->h[commitment];
    const size_t buffer = align_up(width * sizeof(uint32_t));
    if (width == 0 || committed->codewords)
        return buffer;
    return buffer + align_up(sizeof(rows)) + align_up(rows_bytes(width)) + codeword_bytes(h, kept_columns(width, HB_PCS_DROP_CODEWORDS)) +
           hb_pcs_encoder_bytes(h, pool) + HB_ARENA_ALIGN;
}

/* All columns once more, for the rows around some leaves. */
static hb_status encode_rows(rows **out, const hb_pcs_committed *committed, const hb_pcs_cells *cells, const uint32_t *leaf, uint32_t n_leaves, hb_pool *pool,
                             hb_arena *arena, hb_error *err)
{
    hb_pcs_encoder encoder;
    rows *r = hb_arena_alloc(arena, sizeof *r);
    uint32_t *words = hb_arena_alloc(arena, rows_bytes(committed->width));
    uint32_t **codewords = alloc_codewords(arena, committed->h, kept_columns(committed->width, HB_PCS_DROP_CODEWORDS));
    if (!r || !words || !codewords)
        return hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for encoding columns again");
    *r = (rows){.skip = committed->tree.skip_log2, .width = committed->width, .words = words};
    for (uint32_t i = 0; i < n_leaves; i++)
        if (r->n_blocks == 0 || r->block[r->n_blocks - 1] != leaf[i] >> r->skip)
            r->block[r->n_blocks++] = leaf[i] >> r->skip;
    *out = r;
    const hb_status st = hb_pcs_encoder_init(&encoder, committed->h, pool, arena, err);
    if (st != HB_OK)
        return st;
    for (uint32_t first = 0; first < committed->width; first += BLOCK) {
        const uint32_t n = min_u32(BLOCK, committed->width - first);
        hb_pcs_encode(&encoder, cells, first, n, codewords, pool);
        gather(r, first, n, codewords);
    }
    hb_pcs_encoder_free(&encoder);
    return HB_OK;
}

hb_status hb_pcs_open_commitment(hb_sender *s, const hb_pcs_committed *committed, const hb_pcs_cells *cells, const uint32_t *leaf, uint32_t n,
                                 hb_arena *arena, hb_error *err)
{
    const size_t mark = hb_arena_mark(arena);
    uint32_t *buffer = hb_arena_alloc_many(arena, committed->width, sizeof *buffer);
    hb_status st;
    if (!buffer) {
        st = hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for a row of %u columns", committed->width);
    } else if (committed->codewords) {
        hb_merkle_columns columns = {committed->codewords, committed->width};
        st = hb_pcs_open_tree(s, &committed->tree, leaf, n, hb_merkle_columns_row, &columns, buffer);
    } else {
        rows *r = NULL;
        st = encode_rows(&r, committed, cells, leaf, n, s->pool, arena, err);
        if (st == HB_OK)
            st = hb_pcs_open_tree(s, &committed->tree, leaf, n, copy_row, r, buffer);
    }
    hb_arena_release(arena, mark);
    return st;
}
