#include "gkr/gkr_layout.h"

uint32_t hb_gkr_rows_log2(uint32_t n_rows)
{
    uint32_t h = HB_GKR_TILE_LOG2;
    while (h < 32 && UINT64_C(1) << h < n_rows)
        h++;
    return h;
}

size_t hb_gkr_layout_bytes(size_t n_terms)
{
    return n_terms * sizeof(hb_gkr_block) + HB_GKR_TREES_MAX * (size_t)HB_SCRATCH_ALIGN;
}

static hb_status check_tables(uint32_t n_trees, const hb_gkr_table *tables, size_t n_tables, hb_error *err)
{
    if (n_tables > UINT16_MAX)
        return HB_REJECT(err, HB_R_BAD_LENGTH);
    for (size_t t = 0; t < n_tables; t++) {
        if (tables[t].n_rows < 1 || tables[t].n_rows > HB_GKR_ROWS_MAX || tables[t].n_terms > UINT16_MAX + 1u)
            return HB_REJECT(err, HB_R_BAD_LENGTH);
        for (uint32_t k = 0; k < tables[t].n_terms; k++)
            if (tables[t].trees[k] >= n_trees)
                return HB_REJECT(err, HB_R_BAD_LENGTH);
    }
    return HB_OK;
}

static uint32_t count_blocks(uint32_t tree, const hb_gkr_table *tables, size_t n_tables)
{
    uint32_t n = 0;
    for (size_t t = 0; t < n_tables; t++)
        for (uint32_t k = 0; k < tables[t].n_terms; k++)
            n += tables[t].trees[k] == tree;
    return n;
}

/* Appends the tree's blocks of height h in the order (table, term). */
static void lay_height(hb_gkr_tree *tree, uint32_t number, uint32_t h, const hb_gkr_table *tables, size_t n_tables)
{
    for (size_t t = 0; t < n_tables; t++) {
        if (hb_gkr_rows_log2(tables[t].n_rows) != h)
            continue;
        for (uint32_t k = 0; k < tables[t].n_terms; k++) {
            if (tables[t].trees[k] != number)
                continue;
            tree->blocks[tree->n_blocks++] = (hb_gkr_block){(uint16_t)t, (uint16_t)k, h, tables[t].n_rows, tree->leaves};
            tree->leaves += UINT64_C(1) << h;
        }
    }
}

static hb_status lay_tree(hb_gkr_tree *tree, uint32_t number, const hb_gkr_table *tables, size_t n_tables, hb_scratch *scratch,
                          hb_error *err)
{
    uint32_t n = count_blocks(number, tables, n_tables);
    *tree = (hb_gkr_tree){0};
    if (!n)
        return HB_OK;
    tree->blocks = hb_scratch_alloc_many(scratch, n, sizeof *tree->blocks);
    if (!tree->blocks)
        return HB_REJECT(err, HB_R_SCRATCH);
    for (uint32_t h = HB_GKR_DEPTH_MAX + 1; h-- > HB_GKR_TILE_LOG2;)
        lay_height(tree, number, h, tables, n_tables);
    return HB_OK;
}

hb_status hb_gkr_layout_init(hb_gkr_layout *layout, uint32_t n_trees, const hb_gkr_table *tables, size_t n_tables, hb_scratch *scratch,
                             hb_error *err)
{
    *layout = (hb_gkr_layout){.n_trees = n_trees};
    if (check_tables(n_trees, tables, n_tables, err) != HB_OK)
        return HB_REJECTED;
    uint64_t leaves = 0;
    for (uint32_t k = 0; k < n_trees; k++) {
        if (lay_tree(&layout->trees[k], k, tables, n_tables, scratch, err) != HB_OK)
            return HB_REJECTED;
        leaves = layout->trees[k].leaves > leaves ? layout->trees[k].leaves : leaves;
    }
    if (!leaves || leaves > UINT64_C(1) << HB_GKR_DEPTH_MAX)
        return HB_REJECT(err, HB_R_BAD_LENGTH);
    while (UINT64_C(1) << layout->depth < leaves)
        layout->depth++;
    for (size_t t = 0; t < n_tables; t++) {
        uint32_t h = hb_gkr_rows_log2(tables[t].n_rows);
        layout->n_max = h > layout->n_max ? h : layout->n_max;
    }
    return HB_OK;
}

hb_k hb_gkr_block_weight(const hb_gkr_layout *layout, const hb_gkr_block *block, const hb_k *xi)
{
    hb_k w = hb_k_one();
    for (uint32_t i = block->h_log2; i < layout->depth; i++)
        w = hb_k_mul(w, block->off >> i & 1 ? xi[i] : hb_k_sub(hb_k_one(), xi[i]));
    return w;
}

uint32_t hb_gkr_combined_bit(uint32_t depth, uint32_t level)
{
    uint32_t in_tile = depth < HB_GKR_TILE_LOG2 ? depth : HB_GKR_TILE_LOG2;
    return level < in_tile ? in_tile - 1 - level : level;
}

void hb_gkr_remaining_bits(uint32_t depth, uint32_t level, uint8_t *bits)
{
    uint32_t in_tile = depth < HB_GKR_TILE_LOG2 ? depth : HB_GKR_TILE_LOG2;
    uint32_t low = level < in_tile ? in_tile - level : 0; /* bits 0 .. low-1 are left of the tile's */
    for (uint32_t i = 0; i < low; i++)
        *bits++ = (uint8_t)i;
    for (uint32_t i = level < in_tile ? in_tile : level; i < depth; i++)
        *bits++ = (uint8_t)i;
}
