/* The tile sumcheck: sum over all stacked columns c and tiles kappa of coef_c(kappa) V_c(kappa), one variable of kappa at a time, lowest bit first. Both
 * factors are packed vectors with the column in the low index bits and kappa, bit-reversed, in the high ones; so the lowest bit of kappa is the top
 * index bit, which is what the sumcheck of this room binds, and what is left at the end are the values v_c. */
#include "pcs/pcs_prove.h"

#include <string.h>

#include "base/check.h"
#include "pcs/pcs_kernels.h"
#include "pcs/pcs_math.h"
#include "pcs/pcs_open_tree.h"
#include "pcs/pcs_sumcheck.h"
#include "pcs/whir_prove.h"

static size_t align_up(size_t bytes)
{
    return (bytes + HB_ARENA_ALIGN - 1) & ~(size_t)(HB_ARENA_ALIGN - 1);
}

static uint32_t tile_bits(const hb_stack *stack)
{
    return stack->h[HB_COMMIT_MAIN] - HB_TILE_LOG2;
}

static size_t pair_packs(const hb_stack *stack)
{
    return hb_kpacks(hb_stack_columns(stack)) << tile_bits(stack);
}

static size_t tile_sumcheck_bytes(const hb_stack *stack)
{
    return 2 * pair_packs(stack) * sizeof(hb_kpack) + align_up(sizeof(hb_k) << (stack->n_max - HB_TILE_LOG2));
}

/* What the first step of the opening starts from. */
typedef struct tile_input {
    const hb_stack *stack;
    const hb_table *tables;
    const hb_row_point *point;
    const hb_k *const *tile_values;
    const hb_k *eq_u;
} tile_input;

/* Where tile u of a chunk lies in the pair. at: the chunk's position in commitment c. */
static size_t pair_index(const hb_stack *stack, int c, size_t at, size_t u)
{
    const uint32_t column_bits = stack->h[c] - HB_TILE_LOG2, kappa = (uint32_t)(at + u) & ((1u << column_bits) - 1);
    const size_t columns = hb_kpacks(hb_stack_columns(stack)) * HB_LANES;
    return hb_pcs_bit_reverse(kappa, tile_bits(stack)) * columns + hb_stack_first_column(stack, c) + ((at + u) >> column_bits);
}

/* Enters the tiles of one chunk of one column of a table that is not idle. */
static void fill_chunk(const tile_input *in, int c, const hb_stack_chunk *chunk, size_t at, const hb_k *value, hb_k power, hb_pcs_pair *pair)
{
    for (size_t u = 0; u < (size_t)1 << chunk->tiles_log2; u++) {
        const size_t i = pair_index(in->stack, c, at, u);
        hb_kpack_set(pair->f, i, value[chunk->base + u]);
        hb_kpack_set(pair->w, i, hb_k_mul(power, in->eq_u[chunk->base + u]));
    }
}

/* sum_{y,z} L_z(r_0) eq(r_y, y) cell(y, z): the rows of one z are consecutive. */
static hb_k tile_value(const hb_row_point *point, const hb_kpack *eq_y, const hb_f *tile)
{
    enum { ROWS = 1 << HB_Y_BITS, PACKS = ROWS / HB_LANES };
    const hb_pcs_kernels *kernels = HB_ISA_PICK(hb_pcs_kernels_table);
    const hb_f *by_z[HB_SKIP];
    hb_kpack sum[PACKS];
    for (size_t z = 0; z < HB_SKIP; z++)
        by_z[z] = tile + (z << HB_Y_BITS);
    kernels->combine(sum, by_z, point->lagrange, HB_SKIP, PACKS);
    return kernels->dot(sum, eq_y, PACKS);
}

typedef struct idle_job {
    const tile_input *in;
    const hb_stack_table *shape;
    const hb_table *table;
    const hb_kpack *eq_y;
    hb_pcs_pair *pair;
} idle_job;

static void fill_idle_columns(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const idle_job *job = ctx;
    (void)worker;
    for (size_t j = begin; j < end; j++)
        for (uint32_t k = 0; k < job->shape->n_chunks; k++) {
            const hb_stack_chunk *chunk = &job->shape->chunk[k];
            const size_t at = chunk->first[HB_COMMIT_KEY] + (j << chunk->tiles_log2);
            for (size_t u = 0; u < (size_t)1 << chunk->tiles_log2; u++) {
                const hb_f *tile = job->table->cols[j] + ((chunk->base + u) << HB_TILE_LOG2);
                hb_kpack_set(job->pair->f, pair_index(job->in->stack, HB_COMMIT_KEY, at, u), tile_value(job->in->point, job->eq_y, tile));
            }
        }
}

/* The zerocheck has nothing on idle tables, but their tiles are part of the stacked columns' values; their weight is 0. */
static void fill_idle(const tile_input *in, uint32_t table, hb_pool *pool, hb_pcs_pair *pair)
{
    hb_k eq[1u << HB_Y_BITS];
    hb_kpack packed[(1u << HB_Y_BITS) / HB_LANES];
    hb_pcs_eq_table(eq, in->point->ry, HB_Y_BITS);
    for (size_t y = 0; y < 1u << HB_Y_BITS; y++)
        hb_kpack_set(packed, y, eq[y]);
    idle_job job = {in, &in->stack->tables[table], &in->tables[table], packed, pair};
    hb_pool_for(pool, job.shape->width[HB_COMMIT_KEY], 1, fill_idle_columns, &job);
}

static void fill_pair(const tile_input *in, hb_k tau, hb_pool *pool, hb_pcs_pair *pair)
{
    const hb_stack *stack = in->stack;
    memset(pair->f, 0, pair_packs(stack) * sizeof *pair->f); /* tiles of no chunk, columns that do not exist */
    memset(pair->w, 0, pair_packs(stack) * sizeof *pair->w);
    hb_k power = hb_k_one();
    for (uint32_t i = 0; i < stack->n_tables; i++) {
        const hb_stack_table *t = &stack->tables[i];
        if (t->idle) {
            fill_idle(in, i, pool, pair);
            continue;
        }
        uint32_t id = t->first_id;
        for (int c = 0; c < HB_COMMITMENTS; c++)
            for (size_t j = 0; j < t->width[c]; j++, id++) {
                for (uint32_t k = 0; k < t->n_chunks; k++)
                    fill_chunk(in, c, &t->chunk[k], t->chunk[k].first[c] + (j << t->chunk[k].tiles_log2), in->tile_values[id], power, pair);
                power = hb_k_mul(power, tau);
            }
    }
}

/* Sends the rounds and v; fills rho. */
static hb_status prove_tiles(hb_sender *s, tile_input *in, hb_arena *arena, hb_k *rho, hb_error *err)
{
    const hb_stack *stack = in->stack;
    const uint32_t bits = tile_bits(stack), width = hb_stack_columns(stack);
    hb_pcs_pair pair = {.f = hb_arena_alloc_many(arena, pair_packs(stack), sizeof(hb_kpack)),
                        .w = hb_arena_alloc_many(arena, pair_packs(stack), sizeof(hb_kpack)),
                        .n = pair_packs(stack) * HB_LANES};
    hb_k *eq_u = hb_arena_alloc(arena, sizeof *eq_u << (stack->n_max - HB_TILE_LOG2));
    if (!pair.f || !pair.w || !eq_u)
        return hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for the tile values of %u stacked columns", width);
    hb_pcs_eq_table(eq_u, in->point->ru, stack->n_max - HB_TILE_LOG2);
    in->eq_u = eq_u;
    const hb_k tau = hb_transcript_challenge(&s->t, HB_LABEL_TAU);
    fill_pair(in, tau, s->pool, &pair);
    for (uint32_t i = 0; i < bits; i++) {
        hb_k message[2];
        if (i == 0)
            hb_pcs_round(s->pool, &pair, message);
        else
            hb_pcs_bind_round(s->pool, &pair, rho[i - 1], message);
        const hb_status st = hb_send_k(s, HB_TAG_ROUND2, message, 2);
        if (st != HB_OK)
            return st;
        rho[i] = hb_transcript_challenge(&s->t, HB_LABEL_TILE_ROUND);
    }
    hb_pcs_bind(s->pool, &pair, rho[bits - 1]);
    hb_k stacked[HB_STACK_COLUMNS_MAX];
    hb_kpack_to_array(stacked, pair.f, width);
    return hb_send_k(s, HB_TAG_STACKED, stacked, width);
}

size_t hb_pcs_open_bytes(const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_committed committed[HB_COMMITMENTS],
                         const hb_pool *pool)
{
    size_t cells = 0;
    for (int c = 0; c < HB_COMMITMENTS; c++)
        cells += align_up(hb_pcs_cells_bytes(stack, c));
    const size_t tiles = tile_sumcheck_bytes(stack), whir = hb_whir_prove_bytes(params, stack, committed, pool);
    return whir ? cells + (tiles > whir ? tiles : whir) + 2 * HB_ARENA_ALIGN : 0;
}

/* Whatever failed without words of its own: the growing proof buffer. */
static hb_status worded(hb_status st, hb_error *err)
{
    return st == HB_OUT_OF_MEMORY && err && err->status != st ? hb_fail(err, st, "no memory for the proof") : st;
}

static hb_status open_all(hb_sender *s, const hb_whir_witness *witness, tile_input *in, hb_k *rho, hb_arena *arena, hb_error *err)
{
    const size_t mark = hb_arena_mark(arena);
    const hb_status st = prove_tiles(s, in, arena, rho, err);
    hb_arena_release(arena, mark);
    return st == HB_OK ? hb_whir_prove(s, witness, arena, err) : st;
}

hb_status hb_pcs_open(hb_sender *s, const hb_pcs_params *params, const hb_stack *stack, const hb_table *tables,
                      const hb_pcs_committed committed[HB_COMMITMENTS], const hb_row_point *point, const hb_k *const *tile_values, hb_arena *arena, hb_error *err)
{
    HB_ASSERT(point->n_u == stack->n_max - HB_TILE_LOG2);
    const size_t mark = hb_arena_mark(arena);
    hb_k rho[HB_STACK_LOG2_MAX - HB_TILE_LOG2];
    hb_pcs_cells cells[HB_COMMITMENTS];
    hb_status st = HB_OK;
    if (err)
        hb_error_clear(err);
    for (int c = 0; c < HB_COMMITMENTS && st == HB_OK; c++)
        st = hb_pcs_cells_init(&cells[c], stack, tables, c, arena, err);
    const hb_whir_witness witness = {params, stack, committed, cells, point, rho};
    tile_input in = {.stack = stack, .tables = tables, .point = point, .tile_values = tile_values};
    if (st == HB_OK)
        st = open_all(s, &witness, &in, rho, arena, err);
    hb_arena_release(arena, mark);
    return worded(st, err);
}
