#include "gkr/gkr_prover.h"

/* --- memory -------------------------------------------------------------------------------------------------------------------------------- */
static size_t tree_tiles(const hb_gkr_tree *tree)
{
    size_t n = 0;
    for (uint32_t b = 0; b < tree->n_blocks; b++)
        n += hb_gkr_block_tiles(&tree->blocks[b]);
    return n;
}

/* Packs of one value of a tree at a level. */
static size_t level_packs(const hb_gkr_layout *layout, uint32_t level, size_t tiles)
{
    if (level < HB_GKR_DENSE_LEVEL)
        return tiles * 2 * hb_gkr_half_packs(level);
    return (size_t)1 << (layout->depth - level - 4);
}

/* Takes memory, or only counts it when there is no arena. */
typedef struct taker {
    hb_arena *arena;
    size_t bytes;
    bool failed;
} taker;

static void *take(taker *t, size_t count, size_t size)
{
    size_t bytes = (count * size + HB_ARENA_ALIGN - 1) & ~(size_t)(HB_ARENA_ALIGN - 1);
    bytes = bytes ? bytes : HB_ARENA_ALIGN; /* as the arena counts it */
    void *p = t->arena ? hb_arena_alloc(t->arena, bytes) : NULL;
    t->bytes += bytes;
    t->failed |= t->arena && !p;
    return p;
}

static void take_work_space(taker *t, hb_gkr_prover *g)
{
    const hb_gkr_layout *layout = g->layout;
    size_t table = hb_gkr_table_size(layout), half = HB_GKR_TILE_PACKS / 2;
    for (uint32_t v = 0; v < g->n_values; v++)
        g->tile[v] = take(t, table, sizeof *g->tile[v]);
    for (uint32_t k = 0; k < layout->n_trees; k++) {
        g->n_present[k] = tree_tiles(&layout->trees[k]);
        g->present[k] = take(t, g->n_present[k], sizeof *g->present[k]);
    }
    g->eq = take(t, table, sizeof *g->eq);
    g->e = take(t, half, sizeof *g->e);
    g->e_lam = take(t, half, sizeof *g->e_lam);
    g->inverse = take(t, half * HB_LANES, sizeof *g->inverse);
    for (uint32_t v = 0; v < g->n_values; v++) {
        g->raw[v][0] = take(t, half * HB_LANES, sizeof(hb_k));
        g->raw[v][1] = take(t, half * HB_LANES, sizeof(hb_k));
        g->small[v] = take(t, 2 * half, sizeof *g->small[v]);
    }
    g->sums = take(t, (size_t)g->threads * layout->n_trees, sizeof *g->sums);
}

static void take_all(taker *t, hb_gkr_prover *g)
{
    take_work_space(t, g);
    for (uint32_t l = 1; l + HB_GKR_TOP_LOG2 <= g->layout->depth; l++) {
        g->mark[l] = t->arena ? hb_arena_mark(t->arena) : 0;
        for (uint32_t k = 0; k < g->layout->n_trees; k++)
            for (uint32_t v = hb_gkr_value(k); v <= hb_gkr_value(k) + (k == HB_GKR_TREE_F); v++)
                g->level[l][v] = take(t, level_packs(g->layout, l, g->n_present[k]), sizeof(hb_kpack));
    }
}

size_t hb_gkr_prove_bytes(const hb_gkr_layout *layout, unsigned threads)
{
    taker t = {0};
    hb_gkr_prover g = {.layout = layout, .threads = threads ? threads : 1, .n_values = hb_gkr_values(layout->n_trees)};
    take_all(&t, &g);
    return t.bytes;
}

static size_t largest_block(const hb_gkr_layout *layout)
{
    size_t most = 0;
    for (uint32_t k = 0; k < layout->n_trees; k++)
        for (uint32_t b = 0; b < layout->trees[k].n_blocks; b++) {
            const size_t packs = hb_gkr_block_packs(&layout->trees[k].blocks[b]) * (k == HB_GKR_TREE_F ? 2 : 1);
            most = packs > most ? packs : most;
        }
    return most;
}

size_t hb_gkr_stream_bytes(const hb_gkr_layout *layout, unsigned threads)
{
    taker work = {0};
    hb_gkr_prover g = {.layout = layout, .threads = threads ? threads : 1, .n_values = hb_gkr_values(layout->n_trees)};
    take_work_space(&work, &g);
    size_t blocks = 0;
    for (uint32_t k = 0; k < layout->n_trees; k++)
        blocks += layout->trees[k].n_blocks;
    const size_t building = hb_gkr_prove_bytes(layout, threads) + largest_block(layout) * sizeof(hb_kpack) + 2 * HB_ARENA_ALIGN;
    const size_t last = work.bytes + hb_gkr_leaf_packs(layout) * sizeof(hb_kpack) + blocks * (2 * HB_ARENA_ALIGN + 2 * sizeof(void *)) + HB_GKR_VALUES_MAX * HB_ARENA_ALIGN;
    return building > last ? building : last;
}

size_t hb_gkr_leaf_packs(const hb_gkr_layout *layout)
{
    size_t packs = 0;
    for (uint32_t k = 0; k < layout->n_trees; k++)
        packs += tree_tiles(&layout->trees[k]) * HB_GKR_TILE_PACKS * (k == HB_GKR_TREE_F ? 2 : 1);
    return packs;
}

static void list_present(hb_gkr_prover *g, uint32_t k)
{
    const hb_gkr_tree *tree = &g->layout->trees[k];
    uint32_t *next = g->present[k];
    for (uint32_t b = 0; b < tree->n_blocks; b++)
        for (uint32_t i = 0; i < hb_gkr_block_tiles(&tree->blocks[b]); i++)
            *next++ = (uint32_t)(tree->blocks[b].off >> HB_GKR_TILE_LOG2) + i;
}

hb_status hb_gkr_prover_init(hb_gkr_prover *g)
{
    taker t = {.arena = g->arena};
    take_all(&t, g);
    if (t.failed)
        return HB_OUT_OF_MEMORY;
    for (uint32_t k = 0; k < g->layout->n_trees; k++)
        list_present(g, k);
    return HB_OK;
}

/* --- tile tables --------------------------------------------------------------------------------------------------------------------------- */
static void point_at_leaves(hb_gkr_prover *g, uint32_t k, uint32_t v)
{
    const hb_gkr_tree *tree = &g->layout->trees[k];
    for (uint32_t b = 0; b < tree->n_blocks; b++)
        for (uint32_t i = 0; i < hb_gkr_block_tiles(&tree->blocks[b]); i++)
            g->tile[v][(tree->blocks[b].off >> HB_GKR_TILE_LOG2) + i] = g->leaves->v[v][b] + (size_t)i * HB_GKR_TILE_PACKS;
}

static void open_value(hb_gkr_prover *g, uint32_t level, uint32_t k, uint32_t v)
{
    size_t packs = 2 * hb_gkr_half_packs(level), dense = (size_t)1 << (g->layout->depth - level - 5);
    if (level >= HB_GKR_DENSE_LEVEL) {
        for (size_t i = 0; i < dense; i++)
            g->tile[v][i] = g->level[level][v] + i * packs;
        return;
    }
    for (size_t i = 0; i < g->n_tiles; i++)
        g->tile[v][i] = NULL;
    for (size_t i = 0; level && i < g->n_present[k]; i++)
        g->tile[v][g->present[k][i]] = g->level[level][v] + i * packs;
    if (!level)
        point_at_leaves(g, k, v);
}

uint32_t hb_gkr_open_level(hb_gkr_prover *g, uint32_t level)
{
    for (uint32_t k = 0; k < g->layout->n_trees; k++)
        for (uint32_t v = hb_gkr_value(k); v <= hb_gkr_value(k) + (k == HB_GKR_TREE_F); v++)
            open_value(g, level, k, v);
    return g->layout->depth - (level < HB_GKR_DENSE_LEVEL ? HB_GKR_TILE_LOG2 : level + 5);
}

void hb_gkr_close_level(hb_gkr_prover *g, uint32_t level)
{
    if (level)
        hb_arena_release(g->arena, g->mark[level]);
}

/* --- building ------------------------------------------------------------------------------------------------------------------------------ */
static const hb_gkr_tree_kernels *tree_kernels(const hb_gkr_prover *g, uint32_t k)
{
    return k == HB_GKR_TREE_F ? &g->kernels->fraction : &g->kernels->product;
}

/* Levels 1 to 8 of one tile, while it is in the cache. */
static void build_tile(hb_gkr_prover *g, uint32_t k, size_t i)
{
    uint32_t v = hb_gkr_value(k), number = g->present[k][i], n = k == HB_GKR_TREE_F ? 2 : 1;
    const hb_kpack *in[2] = {g->tile[v][number], n == 2 ? g->tile[v + 1][number] : NULL};
    for (uint32_t l = 0; l < HB_GKR_DENSE_LEVEL; l++) {
        size_t packs = hb_gkr_half_packs(l), at = l + 1 < HB_GKR_DENSE_LEVEL ? i * packs : number;
        hb_kpack *out[2] = {g->level[l + 1][v] + at, n == 2 ? g->level[l + 1][v + 1] + at : NULL};
        tree_kernels(g, k)->build(in, out, packs);
        in[0] = out[0];
        in[1] = out[1];
    }
}

static void build_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    hb_gkr_prover *g = ctx;
    size_t first = 0;
    (void)worker;
    for (uint32_t k = 0; k < g->layout->n_trees; k++) {
        size_t next = first + g->n_present[k];
        for (size_t i = begin > first ? begin : first; i < (end < next ? end : next); i++)
            build_tile(g, k, i - first);
        first = next;
    }
}

static void fill_absent(hb_gkr_prover *g, uint32_t v)
{
    for (size_t i = 0; i < g->n_tiles; i++)
        for (size_t lane = 0; lane < HB_LANES && !g->tile[v][i]; lane++)
            hb_kpack_set(g->level[HB_GKR_DENSE_LEVEL][v], i * HB_LANES + lane, hb_gkr_neutral(v));
}

/* From 32 consecutive elements to those whose index bit log2(run) is 0 and those where it is 1, in place. */
static void split_pair(hb_kpack pair[2], size_t run)
{
    for (int c = 0; c < HB_K_DEGREE; c++) {
        hb_f in[2 * HB_LANES];
        for (size_t i = 0; i < HB_LANES; i++)
            in[i] = pair[0].c[c][i], in[HB_LANES + i] = pair[1].c[c][i];
        for (size_t i = 0; i < HB_LANES; i++) {
            size_t from = (i & ~(run - 1)) * 2 + (i & (run - 1));
            pair[0].c[c][i] = in[from];
            pair[1].c[c][i] = in[from + run];
        }
    }
}

typedef struct dense_job {
    hb_gkr_prover *g;
    uint32_t level;
} dense_job;

/* Splits the dense level into pack pairs and combines each pair into a pack of the next level. */
static void build_dense(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const dense_job *job = ctx;
    hb_gkr_prover *g = job->g;
    uint32_t bit = hb_gkr_combined_bit(g->layout->depth, job->level);
    size_t run = bit < HB_GKR_TILE_LOG2 ? (size_t)1 << bit : 1;
    (void)worker;
    for (uint32_t k = 0; k < g->layout->n_trees; k++) {
        uint32_t v = hb_gkr_value(k), n = k == HB_GKR_TREE_F ? 2 : 1;
        hb_kpack **low = &g->level[job->level][v], **high = &g->level[job->level + 1][v];
        for (size_t i = begin; i < end; i++) {
            for (uint32_t j = 0; j < n; j++)
                split_pair(low[j] + 2 * i, run);
            const hb_kpack *in[2] = {low[0] + 2 * i, n == 2 ? low[1] + 2 * i : NULL};
            hb_kpack *out[2] = {high[0] + i, n == 2 ? high[1] + i : NULL};
            tree_kernels(g, k)->build(in, out, 1);
        }
    }
}

static void build_from_leaves(hb_gkr_prover *g)
{
    size_t tiles = 0;
    hb_gkr_open_level(g, 0);
    for (uint32_t k = 0; k < g->layout->n_trees; k++)
        tiles += g->n_present[k];
    hb_pool_for(g->s->pool, tiles, tiles / (16 * (size_t)g->threads) + 1, build_tiles, g);
}

/* --- streamed leaves ----------------------------------------------------------------------------------------------------------------------- */
/* The leaves of a block in the arena; v[0] the tree's value (or q), v[1] p. */
static hb_status fill_block(hb_gkr_prover *g, uint32_t k, uint32_t b, hb_kpack *v[2])
{
    const size_t packs = hb_gkr_block_packs(&g->layout->trees[k].blocks[b]);
    v[0] = hb_arena_alloc_many(g->arena, packs, sizeof *v[0]);
    v[1] = k == HB_GKR_TREE_F ? hb_arena_alloc_many(g->arena, packs, sizeof *v[1]) : NULL;
    if (!v[0] || (k == HB_GKR_TREE_F && !v[1]))
        return HB_OUT_OF_MEMORY;
    return g->leaves->fill(g->leaves->ctx, k, b, v[1], v[0]);
}

static uint32_t den_value(uint32_t k)
{
    return k == HB_GKR_TREE_F ? HB_GKR_VALUE_Q : hb_gkr_value(k);
}

typedef struct block_job {
    hb_gkr_prover *g;
    uint32_t tree;
    size_t first; /* of its tiles among those of the tree */
} block_job;

static void build_block_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const block_job *job = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++)
        build_tile(job->g, job->tree, job->first + i);
}

/* Levels 1 to 8 over one block, whose leaves are there for no longer. */
static hb_status build_block(hb_gkr_prover *g, uint32_t k, uint32_t b, size_t first)
{
    const hb_gkr_block *block = &g->layout->trees[k].blocks[b];
    const size_t tiles = hb_gkr_block_tiles(block), number = block->off >> HB_GKR_TILE_LOG2, mark = hb_arena_mark(g->arena);
    hb_kpack *v[2];
    hb_status st = fill_block(g, k, b, v);
    if (st == HB_OK) {
        for (size_t i = 0; i < tiles; i++) {
            g->tile[den_value(k)][number + i] = v[0] + i * HB_GKR_TILE_PACKS;
            if (v[1])
                g->tile[HB_GKR_VALUE_P][number + i] = v[1] + i * HB_GKR_TILE_PACKS;
        }
        block_job job = {g, k, first};
        hb_pool_for(g->s->pool, tiles, tiles / (8 * (size_t)g->threads) + 1, build_block_tiles, &job);
    }
    hb_arena_release(g->arena, mark);
    return st;
}

/* The tile tables then say which tiles are there, although nothing lies where they point. */
static hb_status build_streamed(hb_gkr_prover *g)
{
    for (uint32_t v = 0; v < g->n_values; v++)
        for (size_t i = 0; i < g->n_tiles; i++)
            g->tile[v][i] = NULL;
    hb_status st = HB_OK;
    for (uint32_t k = 0; k < g->layout->n_trees; k++) {
        size_t first = 0;
        for (uint32_t b = 0; st == HB_OK && b < g->layout->trees[k].n_blocks; b++) {
            st = build_block(g, k, b, first);
            first += hb_gkr_block_tiles(&g->layout->trees[k].blocks[b]);
        }
    }
    return st;
}

hb_status hb_gkr_restore_leaves(hb_gkr_prover *g)
{
    if (!g->leaves->fill)
        return HB_OK;
    hb_status st = HB_OK;
    for (uint32_t k = 0; k < g->layout->n_trees; k++) {
        const hb_gkr_tree *tree = &g->layout->trees[k];
        hb_kpack **den = hb_arena_alloc_many(g->arena, tree->n_blocks, sizeof *den), **num = NULL;
        if (k == HB_GKR_TREE_F)
            num = hb_arena_alloc_many(g->arena, tree->n_blocks, sizeof *num);
        if (!den || (k == HB_GKR_TREE_F && !num))
            return HB_OUT_OF_MEMORY;
        for (uint32_t b = 0; st == HB_OK && b < tree->n_blocks; b++) {
            hb_kpack *v[2];
            st = fill_block(g, k, b, v);
            den[b] = v[0];
            if (num)
                num[b] = v[1];
        }
        g->kept.v[den_value(k)] = den;
        if (num)
            g->kept.v[HB_GKR_VALUE_P] = num;
    }
    g->leaves = &g->kept;
    return st;
}

hb_status hb_gkr_build_levels(hb_gkr_prover *g)
{
    hb_status st = HB_OK;
    if (g->leaves->fill)
        st = build_streamed(g);
    else
        build_from_leaves(g);
    if (st != HB_OK)
        return st;
    for (uint32_t v = 0; v < g->n_values; v++)
        fill_absent(g, v);
    for (uint32_t l = HB_GKR_DENSE_LEVEL; l + HB_GKR_TOP_LOG2 < g->layout->depth; l++) {
        dense_job job = {g, l};
        hb_pool_for(g->s->pool, (size_t)1 << (g->layout->depth - l - 5), 64, build_dense, &job);
    }
    return HB_OK;
}

hb_k hb_gkr_top_value(const hb_gkr_prover *g, uint32_t v, uint32_t i)
{
    return hb_kpack_get(g->level[g->layout->depth - HB_GKR_TOP_LOG2][v], i);
}
