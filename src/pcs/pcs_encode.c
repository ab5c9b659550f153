#include "pcs/pcs_encode.h"

static size_t align_up(size_t bytes)
{
    return (bytes + HB_ARENA_ALIGN - 1) & ~(size_t)(HB_ARENA_ALIGN - 1);
}

size_t hb_pcs_encoder_bytes(uint32_t h, const hb_pool *pool)
{
    hb_ntt_plan plan;
    if (hb_ntt_plan_init(&plan, h, HB_RATE_LOG2_0) != HB_OK)
        return 0;
    const size_t scratch = align_up(hb_ntt_scratch_bytes(&plan));
    hb_ntt_plan_free(&plan);
    return hb_pool_threads(pool) * (scratch + (sizeof(hb_f) << h)) + 2 * HB_ARENA_ALIGN;
}

hb_status hb_pcs_encoder_init(hb_pcs_encoder *e, uint32_t h, const hb_pool *pool, hb_arena *arena, hb_error *err)
{
    if (hb_ntt_plan_init(&e->plan, h, HB_RATE_LOG2_0) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the tables of a transform of size 2^%u", h + HB_RATE_LOG2_0);
    e->threads = hb_pool_threads(pool);
    e->scratch_bytes = align_up(hb_ntt_scratch_bytes(&e->plan));
    e->cells = (size_t)1 << h;
    e->scratch = hb_arena_alloc_many(arena, e->threads, e->scratch_bytes);
    e->buffer = hb_arena_alloc_many(arena, e->threads, e->cells * sizeof *e->buffer);
    if (e->scratch && e->buffer)
        return HB_OK;
    hb_pcs_encoder_free(e);
    return hb_fail(err, HB_OUT_OF_MEMORY, "the arena has no room for encoding columns of 2^%u cells", h);
}

void hb_pcs_encoder_free(hb_pcs_encoder *e)
{
    hb_ntt_plan_free(&e->plan);
}

typedef struct job {
    const hb_pcs_encoder *encoder;
    const hb_pcs_cells *cells;
    uint32_t first;
    uint32_t *const *out;
} job;

static void encode_columns(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    const hb_pcs_encoder *e = j->encoder;
    for (size_t i = begin; i < end; i++) {
        const hb_f *column = hb_pcs_cells_column(j->cells, j->first + (uint32_t)i, e->buffer + worker * e->cells);
        hb_ntt_encode(&e->plan, column, j->out[i], e->scratch + worker * e->scratch_bytes);
    }
}

/* Whole columns a thread while there are several for each; the few that are left are encoded by all threads together (the scratch
 * of all threads is enough for that). */
void hb_pcs_encode(const hb_pcs_encoder *e, const hb_pcs_cells *cells, uint32_t first, uint32_t n, uint32_t *const *out, hb_pool *pool)
{
    job j = {e, cells, first, out};
    const uint32_t together = n % e->threads, apart = n - together;
    hb_pool_for(pool, apart, 1, encode_columns, &j);
    for (uint32_t i = apart; i < n; i++)
        hb_ntt_encode_pool(pool, &e->plan, hb_pcs_cells_column(cells, first + i, e->buffer), out[i], e->scratch);
}
