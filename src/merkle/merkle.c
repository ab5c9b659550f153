/* Work is cut into tiles of 2^10 leaves: a tile's chaining values stay in the nearest caches while each block of 16 columns is read in runs of
 * 4 KiB, and its lowest six levels are finished before the next tile. The few nodes above are done level by level. */
#include "merkle/merkle.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "merkle/merkle_kernel.h"

#define TILE_LOG2 10u
#define TILE_GROUPS ((size_t)1 << (TILE_LOG2 - 4))
#define TILE_LEVELS (TILE_LOG2 - 4) /* levels above the leaves whose nodes in one tile fill whole groups */

static size_t level_groups(unsigned leaves_log2, unsigned level)
{
    unsigned nodes_log2 = leaves_log2 - level;
    return nodes_log2 > 4 ? (size_t)1 << (nodes_log2 - 4) : 1;
}

unsigned hb_merkle_skip(unsigned leaves_log2, unsigned wanted)
{
    unsigned most = leaves_log2 - hb_merkle_cap_log2(leaves_log2);
    most = most < HB_MERKLE_MAX_SKIP ? most : HB_MERKLE_MAX_SKIP;
    return wanted < most ? wanted : most;
}

size_t hb_merkle_tree_bytes(unsigned leaves_log2, unsigned skip_log2)
{
    if (leaves_log2 > HB_MERKLE_MAX_LOG2 || skip_log2 != hb_merkle_skip(leaves_log2, skip_log2))
        return 0;
    size_t groups = 0;
    for (unsigned l = skip_log2; l <= leaves_log2 - hb_merkle_cap_log2(leaves_log2); l++)
        groups += level_groups(leaves_log2, l);
    return groups * sizeof(hb_merkle_group);
}

hb_status hb_merkle_tree_init(hb_merkle_tree *tree, unsigned leaves_log2, size_t width, unsigned skip_log2, void *memory)
{
    if (!hb_merkle_tree_bytes(leaves_log2, skip_log2) || width == 0 || width > HB_MERKLE_MAX_WIDTH)
        return HB_INVALID_ARGUMENT;
    *tree = (hb_merkle_tree){leaves_log2, hb_merkle_cap_log2(leaves_log2), skip_log2, width, {NULL}};
    hb_merkle_group *next = memory;
    for (unsigned l = skip_log2; l <= leaves_log2 - tree->cap_log2; l++) {
        tree->level[l] = next;
        next += level_groups(leaves_log2, l);
    }
    return HB_OK;
}

size_t hb_merkle_state_bytes(unsigned leaves_log2)
{
    return level_groups(leaves_log2, 0) * sizeof(hb_merkle_group);
}

/* --- hashing ------------------------------------------------------------------------------------------------------------------------- */
typedef struct job {
    const hb_merkle_tree *tree;
    const hb_merkle_kernels *kernels;
    const uint32_t *const *columns;
    hb_merkle_group *state;        /* absorb: chaining values of all leaves */
    const hb_merkle_group *leaves; /* finish: digests of all leaves */
    size_t block;
    unsigned level; /* of the nodes to be made, above the tiles */
} job;

static size_t tile_groups(const hb_merkle_tree *tree)
{
    size_t all = level_groups(tree->leaves_log2, 0);
    return all < TILE_GROUPS ? all : TILE_GROUPS;
}

static size_t tile_count(const hb_merkle_tree *tree)
{
    return level_groups(tree->leaves_log2, 0) / tile_groups(tree);
}

static size_t block_columns(const hb_merkle_tree *tree, size_t block)
{
    size_t left = tree->width - HB_BLOCK_WORDS * block;
    return left < HB_BLOCK_WORDS ? left : HB_BLOCK_WORDS;
}

/* Fewer than 16 leaves: columns are too short for vectors. The state is kept as the vector code would leave it in the lanes that exist. */
static void absorb_few(const hb_merkle_tree *tree, hb_merkle_group *cv, const uint32_t *const *columns, size_t block)
{
    for (size_t leaf = 0; leaf < (size_t)1 << tree->leaves_log2; leaf++) {
        uint32_t m[HB_BLOCK_WORDS] = {0}, h[16];
        size_t n = block_columns(tree, block);
        for (size_t j = 0; j < n; j++)
            m[j] = columns[j][leaf];
        for (int i = 0; i < 8; i++)
            h[i] = block ? cv->w[i][leaf] : hb_blake3_iv[i];
        hb_blake3_compress(h, h, m, block, (uint32_t)(4 * n), HB_HASH_LEAF);
        for (int i = 0; i < 8; i++)
            cv->w[i][leaf] = h[i];
    }
}

/* columns: of this block. */
static void absorb_tile(const job *j, hb_merkle_group *cv, const uint32_t *const *columns, size_t block, size_t tile)
{
    if (j->tree->leaves_log2 < 4) {
        absorb_few(j->tree, cv, columns, block);
        return;
    }
    size_t groups = tile_groups(j->tree);
    j->kernels->absorb(cv, groups, columns, block_columns(j->tree, block), 16 * groups * tile, block);
}

/* From the leaf digests of a tile to its stored levels. `leaves` may be where level 0 is stored. */
static void finish_tile(const job *j, const hb_merkle_group *leaves, size_t tile)
{
    const hb_merkle_tree *tree = j->tree;
    const unsigned top = tree->leaves_log2 - tree->cap_log2;
    hb_merkle_group local[TILE_GROUPS / 2];
    size_t groups = tile_groups(tree);
    const hb_merkle_group *below = leaves;
    if (tree->skip_log2 == 0 && tree->level[0] + tile * groups != leaves)
        memcpy(tree->level[0] + tile * groups, leaves, groups * sizeof *leaves);
    for (unsigned l = 1; l <= TILE_LEVELS && l <= top; l++) {
        groups /= 2;
        hb_merkle_group *out = l >= tree->skip_log2 ? tree->level[l] + tile * groups : local;
        j->kernels->nodes(out, below, groups);
        below = out;
    }
}

static void commit_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    (void)worker;
    for (size_t tile = begin; tile < end; tile++) {
        hb_merkle_group local[TILE_GROUPS], *cv = local;
        if (j->tree->skip_log2 == 0)
            cv = j->tree->level[0] + tile * tile_groups(j->tree);
        for (size_t block = 0; block * HB_BLOCK_WORDS < j->tree->width; block++)
            absorb_tile(j, cv, j->columns + HB_BLOCK_WORDS * block, block, tile);
        finish_tile(j, cv, tile);
    }
}

static void absorb_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    (void)worker;
    for (size_t tile = begin; tile < end; tile++)
        absorb_tile(j, j->state + tile * tile_groups(j->tree), j->columns, j->block, tile);
}

static void finish_tiles(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    (void)worker;
    for (size_t tile = begin; tile < end; tile++)
        finish_tile(j, j->leaves + tile * tile_groups(j->tree), tile);
}

static void node_groups(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    (void)worker;
    j->kernels->nodes(j->tree->level[j->level] + begin, j->tree->level[j->level - 1] + 2 * begin, end - begin);
}

static void finish_top(hb_pool *pool, job *j)
{
    const hb_merkle_tree *tree = j->tree;
    for (j->level = TILE_LEVELS + 1; j->level <= tree->leaves_log2 - tree->cap_log2; j->level++)
        hb_pool_for(pool, level_groups(tree->leaves_log2, j->level), 256, node_groups, j);
}

void hb_merkle_commit(hb_pool *pool, hb_merkle_tree *tree, const uint32_t *const *columns)
{
    job j = {.tree = tree, .kernels = HB_ISA_PICK(hb_merkle_kernels_table), .columns = columns};
    hb_pool_for(pool, tile_count(tree), 0, commit_tiles, &j);
    finish_top(pool, &j);
}

void hb_merkle_absorb(hb_pool *pool, const hb_merkle_tree *tree, hb_merkle_group *state, size_t block, const uint32_t *const *columns)
{
    HB_ASSERT(block * HB_BLOCK_WORDS < tree->width);
    job j = {.tree = tree, .kernels = HB_ISA_PICK(hb_merkle_kernels_table), .columns = columns, .state = state, .block = block};
    hb_pool_for(pool, tile_count(tree), 0, absorb_tiles, &j);
}

void hb_merkle_finish(hb_pool *pool, hb_merkle_tree *tree, const hb_merkle_group *state)
{
    job j = {.tree = tree, .kernels = HB_ISA_PICK(hb_merkle_kernels_table), .leaves = state};
    hb_pool_for(pool, tile_count(tree), 0, finish_tiles, &j);
    finish_top(pool, &j);
}

/* --- reading -------------------------------------------------------------------------------------------------------------------------- */
static void stored_digest(const hb_merkle_tree *tree, unsigned level, size_t index, uint32_t digest[HB_DIGEST_WORDS])
{
    for (unsigned i = 0; i < HB_DIGEST_WORDS; i++)
        digest[i] = tree->level[level][index / 16].w[i][index % 16];
}

void hb_merkle_cap(const hb_merkle_tree *tree, uint32_t (*cap)[HB_DIGEST_WORDS])
{
    for (size_t i = 0; i < (size_t)1 << tree->cap_log2; i++)
        stored_digest(tree, tree->leaves_log2 - tree->cap_log2, i, cap[i]);
}

void hb_merkle_columns_row(void *ctx, size_t leaf, uint32_t *words)
{
    const hb_merkle_columns *c = ctx;
    for (size_t j = 0; j < c->width; j++)
        words[j] = c->columns[j][leaf];
}

typedef struct rows {
    hb_merkle_row_fn *row;
    void *ctx;
    uint32_t words[HB_MERKLE_MAX_WIDTH];
} rows;

/* A digest of any level; those below skip_log2 are hashed again from their rows (recursion at most HB_MERKLE_MAX_SKIP deep). */
static void any_digest(const hb_merkle_tree *tree, rows *r, unsigned level, size_t index, uint32_t digest[HB_DIGEST_WORDS])
{
    if (level >= tree->skip_log2) {
        stored_digest(tree, level, index, digest);
    } else if (level == 0) {
        r->row(r->ctx, index, r->words);
        hb_merkle_leaf(digest, r->words, tree->width);
    } else {
        uint32_t right[HB_DIGEST_WORDS];
        any_digest(tree, r, level - 1, 2 * index, digest);
        any_digest(tree, r, level - 1, 2 * index + 1, right);
        hb_merkle_node(digest, digest, right);
    }
}

static hb_status append_digest(hb_buf *out, const uint32_t digest[HB_DIGEST_WORDS])
{
    uint8_t bytes[HB_DIGEST_BYTES];
    for (unsigned i = 0; i < HB_DIGEST_WORDS; i++)
        hb_store_le32(bytes + 4 * i, digest[i]);
    return hb_buf_append(out, bytes, sizeof bytes);
}

static bool opening_is_valid(const hb_merkle_tree *tree, const uint32_t *indices, size_t count, bool have_rows)
{
    if (count == 0 || count > HB_MERKLE_MAX_OPENINGS || (!have_rows && tree->skip_log2))
        return false;
    for (size_t k = 0; k < count; k++)
        if (indices[k] >> tree->leaves_log2 || (k && indices[k - 1] >= indices[k]))
            return false;
    return true;
}

hb_status hb_merkle_open(const hb_merkle_tree *tree, const uint32_t *indices, size_t count, hb_merkle_row_fn *row, void *ctx, hb_buf *out)
{
    uint32_t index[HB_MERKLE_MAX_OPENINGS], digest[HB_DIGEST_WORDS];
    rows r = {.row = row, .ctx = ctx};
    if (!opening_is_valid(tree, indices, count, row != NULL))
        return HB_INVALID_ARGUMENT;
    memcpy(index, indices, count * sizeof *index);
    for (unsigned level = 0; level < tree->leaves_log2 - tree->cap_log2; level++) {
        size_t parents = 0;
        for (size_t k = 0; k < count; k++) {
            uint32_t i = index[k];
            if (k + 1 < count && index[k + 1] == (i ^ 1)) {
                k++;
            } else {
                any_digest(tree, &r, level, i ^ 1, digest);
                hb_status st = append_digest(out, digest);
                if (st != HB_OK)
                    return st;
            }
            index[parents++] = i >> 1;
        }
        count = parents;
    }
    return HB_OK;
}

void hb_merkle_coset_columns(const uint32_t **columns, const uint32_t *const planes[5], unsigned domain_log2, unsigned fold)
{
    const size_t leaves = (size_t)1 << (domain_log2 - fold);
    for (size_t l = 0; l < (size_t)1 << fold; l++)
        for (size_t c = 0; c < 5; c++)
            columns[5 * l + c] = planes[c] + l * leaves;
}
