/* The tile sumcheck: sum over all stacked columns c and tiles kappa of coef_c(kappa) V_c(kappa), one variable of kappa at a time, lowest bit first. Both
 * factors are packed vectors with the column in the low index bits and kappa, bit-reversed, in the high ones; so the lowest bit of kappa is the top
 * index bit, which is what the sumcheck of this room binds, and what is left at the end are the values v_c. */
#include "pcs/pcs_prove.h"

#include <string.h>

#include "base/check.h"
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
    return stack->h[1] - HB_TILE_LOG2;
}

static size_t pair_packs(const hb_stack *stack)
{
    return hb_kpacks(hb_stack_columns(stack)) << tile_bits(stack);
}

static size_t tile_sumcheck_bytes(const hb_stack *stack)
{
    return 2 * pair_packs(stack) * sizeof(hb_kpack) + align_up(sizeof(hb_k) << (stack->n_max - HB_TILE_LOG2));
}

/* Enters the tiles of one chunk of one column. at: its position in the commitment; first: the commitment's first stacked column. */
static void fill_chunk(const hb_stack *stack, int c, const hb_stack_chunk *chunk, size_t at, const hb_k *value, const hb_k *eq_u, hb_k power,
                       hb_pcs_pair *pair)
{
    const uint32_t column_bits = stack->h[c] - HB_TILE_LOG2, bits = tile_bits(stack);
    const size_t columns = hb_kpacks(hb_stack_columns(stack)) * HB_LANES, first = c ? stack->w[0] : 0;
    for (size_t u = 0; u < (size_t)1 << chunk->tiles_log2; u++) {
        const uint32_t kappa = (uint32_t)(at + u) & ((1u << column_bits) - 1);
        const size_t i = hb_pcs_bit_reverse(kappa, bits) * columns + first + ((at + u) >> column_bits);
        hb_kpack_set(pair->f, i, value[chunk->base + u]);
        hb_kpack_set(pair->w, i, hb_k_mul(power, eq_u[chunk->base + u]));
    }
}

static void fill_pair(const hb_stack *stack, const hb_k *const *tile_values, const hb_k *eq_u, hb_k tau, hb_pcs_pair *pair)
{
    memset(pair->f, 0, pair_packs(stack) * sizeof *pair->f); /* tiles of no chunk, columns that do not exist */
    memset(pair->w, 0, pair_packs(stack) * sizeof *pair->w);
    hb_k power = hb_k_one();
    for (uint32_t i = 0; i < stack->n_tables; i++) {
        const hb_stack_table *t = &stack->tables[i];
        for (uint32_t id = t->first_id; id < t->first_id + t->width[0] + t->width[1]; id++) {
            const int c = id - t->first_id >= t->width[0];
            const size_t j = id - t->first_id - (c ? t->width[0] : 0);
            for (uint32_t k = 0; k < t->n_chunks; k++)
                fill_chunk(stack, c, &t->chunk[k], t->chunk[k].first[c] + (j << t->chunk[k].tiles_log2), tile_values[id], eq_u, power, pair);
            power = hb_k_mul(power, tau);
        }
    }
}

/* Sends the rounds and v; fills rho. */
static hb_status prove_tiles(hb_sender *s, const hb_stack *stack, const hb_row_point *point, const hb_k *const *tile_values, hb_arena *arena, hb_k *rho,
                             hb_error *err)
{
    const uint32_t bits = tile_bits(stack), width = hb_stack_columns(stack);
    hb_pcs_pair pair = {.f = hb_arena_alloc_many(arena, pair_packs(stack), sizeof(hb_kpack)),
                        .w = hb_arena_alloc_many(arena, pair_packs(stack), sizeof(hb_kpack)),
                        .n = pair_packs(stack) * HB_LANES};
    hb_k *eq_u = hb_arena_alloc(arena, sizeof *eq_u << (stack->n_max - HB_TILE_LOG2));
    if (!pair.f || !pair.w || !eq_u)
        return hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for the tile values of %u stacked columns", width);
    hb_pcs_eq_table(eq_u, point->ru, stack->n_max - HB_TILE_LOG2);
    const hb_k tau = hb_transcript_challenge(&s->t, HB_LABEL_TAU);
    fill_pair(stack, tile_values, eq_u, tau, &pair);
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

size_t hb_pcs_open_bytes(const hb_pcs_params *params, const hb_stack *stack, const hb_pcs_committed committed[2], const hb_pool *pool)
{
    const size_t cells = align_up(hb_pcs_cells_bytes(stack, 0)) + align_up(hb_pcs_cells_bytes(stack, 1));
    const size_t tiles = tile_sumcheck_bytes(stack), whir = hb_whir_prove_bytes(params, stack, committed, pool);
    return whir ? cells + (tiles > whir ? tiles : whir) + 2 * HB_ARENA_ALIGN : 0;
}

/* Whatever failed without words of its own: the growing proof buffer. */
static hb_status worded(hb_status st, hb_error *err)
{
    return st == HB_OUT_OF_MEMORY && err && err->status != st ? hb_fail(err, st, "no memory for the proof") : st;
}

static hb_status open_all(hb_sender *s, const hb_whir_witness *witness, const hb_k *const *tile_values, hb_k *rho, hb_arena *arena, hb_error *err)
{
    const size_t mark = hb_arena_mark(arena);
    const hb_status st = prove_tiles(s, witness->stack, witness->point, tile_values, arena, rho, err);
    hb_arena_release(arena, mark);
    return st == HB_OK ? hb_whir_prove(s, witness, arena, err) : st;
}

hb_status hb_pcs_open(hb_sender *s, const hb_pcs_params *params, const hb_stack *stack, const hb_table *tables, const hb_pcs_committed committed[2],
                      const hb_row_point *point, const hb_k *const *tile_values, hb_arena *arena, hb_error *err)
{
    HB_ASSERT(point->n_u == stack->n_max - HB_TILE_LOG2);
    const size_t mark = hb_arena_mark(arena);
    hb_k rho[HB_STACK_LOG2_MAX - HB_TILE_LOG2];
    hb_pcs_cells cells[2];
    hb_status st = HB_OK;
    if (err)
        hb_error_clear(err);
    for (int c = 0; c < 2 && st == HB_OK; c++)
        st = hb_pcs_cells_init(&cells[c], stack, tables, c, arena, err);
    const hb_whir_witness witness = {params, stack, committed, cells, point, rho};
    if (st == HB_OK)
        st = open_all(s, &witness, tile_values, rho, arena, err);
    hb_arena_release(arena, mark);
    return worded(st, err);
}
