/* Opening and closing the shards of a run, and what is known of them. */
#include "rv/shardrun.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "rv/recorder.h"

static bool copy_queue(hb_buf *to, const hb_buf *from)
{
    to->len = 0;
    return hb_buf_append(to, from->data, from->len) == HB_OK;
}

/* What a checkpoint will say about the start. */
static bool keep_start(hb_rv_run *m)
{
    hb_rv_shard_state *s = &m->shard;
    s->first_cycle = m->cycles;
    s->host_cycles_in = m->host_cycles;
    s->pc_in = (uint32_t)(hb_rv_pc(m, m->ip) / 4);
    s->pages_in = m->mem.n_pages + m->mem.n_elsewhere;
    memcpy(s->x_in, m->x, sizeof s->x_in);
    memcpy(s->pv_in, m->pv, sizeof s->pv_in);
    memcpy(s->ops_in, s->ops, sizeof s->ops_in);
    memcpy(s->crossing_in, m->crossing, sizeof s->crossing_in);
    s->host_in.next_input = m->host.next_input;
    s->host_in.stdin_at = m->host.stdin_at;
    s->host_in.kept = hb_rv_host_kept(&m->host);
    return copy_queue(&s->host_in.pushed, &m->host.pushed) && copy_queue(&s->host_in.pushed_lens, &m->host.pushed_lens);
}

bool hb_rv_shard_open(hb_rv_run *m)
{
    hb_rv_shard_state *s = &m->shard;
    for (unsigned r = 0; r <= HB_RV_REG_SINK; r++)
        s->x_shard[r] = hb_rv_shard_last(m->x_ts[r], s->index, s->x_shard[r]);
    for (unsigned k = 0; k < HB_RV_PV_CELLS; k++)
        s->pv_shard[k] = hb_rv_shard_last(m->pv_ts[k], s->index, s->pv_shard[k]);
    memset(m->x_ts, 0, sizeof m->x_ts);
    memset(m->pv_ts, 0, sizeof m->pv_ts);
    m->ts = 4;
    s->cells = s->bumps = 0;
    hb_rv_record_reset(&m->record);
    s->index++;
    s->open = keep_start(m) && hb_rvmem_begin_shard(&m->mem, s->index);
    return s->open;
}

void hb_rv_shard_free(hb_rv_run *m)
{
    hb_rv_shard_state *s = &m->shard;
    hb_buf_free(&s->host_in.pushed);
    hb_buf_free(&s->host_in.pushed_lens);
    hb_pages_free(s->inputs, s->inputs_bytes);
    hb_pages_free(s->args, s->args_bytes);
    hb_pages_free(s->keys, s->keys_bytes);
}

static uint64_t accessed_words(const hb_rvmem_page *page)
{
    const uint32_t *stamps = hb_rvmem_stamps(page->data);
    uint64_t n = 0;
    for (unsigned w = 0; w < HB_RVMEM_PAGE_WORDS; w++)
        n += stamps[w] != 0;
    return n;
}

/* Double words of RAM accessed in the shard; planning has counted them. */
static uint64_t ram_cells(const hb_rv_run *m)
{
    uint64_t cells = 0;
    uint32_t n;
    if (!m->events)
        return m->shard.cells;
    const uint32_t *touched = hb_rvmem_touched(&m->mem, &n);
    for (uint32_t k = 0; k < n; k++)
        cells += accessed_words(&m->mem.pages[touched[k]]);
    return cells;
}

void hb_rv_shard_counts_now(const hb_rv_run *m, hb_rv_shard_counts *c)
{
    const hb_rv_shard_state *s = &m->shard;
    *c = (hb_rv_shard_counts){.ts = 4};
    if (!s->open)
        return;
    c->ts = m->ts;
    c->cycles = m->cycles - s->first_cycle;
    c->cells = ram_cells(m);
    for (unsigned r = 0; r <= HB_RV_REG_SINK; r++)
        c->cells += m->x_ts[r] != 0;
    for (unsigned k = 0; k < HB_RV_PV_CELLS; k++)
        c->cells += m->pv_ts[k] != 0;
    if (m->events) {
        c->bumps = m->record.bumps.count;
        for (int f = 0; f < HB_FAM_COUNT; f++)
            c->family[f] = m->record.family[f].count;
        return;
    }
    uint64_t ops[HB_OP_COUNT], crossing[2][2];
    c->bumps = s->bumps;
    for (int op = 0; op < HB_OP_COUNT; op++)
        ops[op] = s->ops[op] - s->ops_in[op];
    for (int k = 0; k < 4; k++)
        crossing[k / 2][k % 2] = m->crossing[k / 2][k % 2] - s->crossing_in[k / 2][k % 2];
    hb_rv_add_family_counts(ops, (const uint64_t(*)[2])crossing, c->family);
}

static bool add_row(hb_rv_run *m, hb_rv_boundary row)
{
    hb_rv_boundary *b = hb_rv_events_add(&m->record.boundary, sizeof *b);
    if (b)
        *b = row;
    return b != NULL;
}

static bool add_page_rows(hb_rv_run *m, const hb_rvmem_page *page)
{
    const uint8_t *before = hb_rvmem_before(page);
    const uint32_t *stamps = hb_rvmem_stamps(page->data), *last = hb_rvmem_last(page->data);
    for (unsigned w = 0; w < HB_RVMEM_PAGE_WORDS; w++) {
        if (!stamps[w])
            continue;
        uint64_t at = page->number * HB_RVMEM_PAGE_BYTES + 8 * w;
        bool filled = hb_rvmem_is_used(page, w) && !(page->input->used_before[w / 64] >> (w % 64) & 1);
        hb_rv_boundary row = {HB_RV_HI_RAM + (uint32_t)(at >> 32), (uint32_t)at >> 3, filled ? page->input->init[w] : hb_load_le64(before + 8 * w),
                              hb_load_le64(page->data + 8 * w), last[w], stamps[w]};
        if (!add_row(m, row))
            return false;
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    const hb_rvmem_page *const *x = a, *const *y = b;
    return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

static bool add_memory_rows(hb_rv_run *m)
{
    uint32_t n;
    const uint32_t *touched = hb_rvmem_touched(&m->mem, &n);
    const hb_rvmem_page **pages = hb_pages_alloc((n + 1) * sizeof *pages);
    bool ok = pages != NULL;
    for (uint32_t k = 0; k < n && ok; k++)
        pages[k] = &m->mem.pages[touched[k]];
    if (ok)
        qsort(pages, n, sizeof *pages, by_number);
    for (uint32_t k = 0; k < n && ok; k++)
        ok = add_page_rows(m, pages[k]);
    hb_pages_free(pages, (n + 1) * sizeof *pages);
    return ok;
}

static bool add_rows(hb_rv_run *m)
{
    const hb_rv_shard_state *s = &m->shard;
    m->record.boundary.count = 0;
    for (uint32_t k = 0; k < HB_RV_PV_CELLS; k++)
        if (m->pv_ts[k] && !add_row(m, (hb_rv_boundary){0, k, s->pv_in[k], m->pv[k], s->pv_shard[k], m->pv_ts[k]}))
            return false;
    for (uint32_t r = 0; r <= HB_RV_REG_SINK; r++)
        if (m->x_ts[r] && !add_row(m, (hb_rv_boundary){HB_RV_HI_REGISTER, r, s->x_in[r], m->x[r], s->x_shard[r], m->x_ts[r]}))
            return false;
    return add_memory_rows(m);
}

hb_status hb_rv_shard_end(hb_rv_run *m, hb_rv_shard *shard, hb_error *err)
{
    hb_rv_shard_state *s = &m->shard;
    if (!s->open)
        return hb_fail(err, HB_INVALID_ARGUMENT, "no shard is open");
    if (s->index == HB_RV_MAX_SHARDS && m->end == HB_RV_END_PAUSED)
        return hb_fail(err, HB_LIMIT, "the run needs more than %" PRIu32 " shards", HB_RV_MAX_SHARDS);
    hb_rv_settle(m);
    if (m->out_of_memory || !add_rows(m))
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of shard %" PRIu32, s->index);
    *shard = (hb_rv_shard){.index = s->index, .pc_in = s->pc_in, .first_cycle = s->first_cycle, .boundary = m->record.boundary.data};
    shard->pc_out = m->settled ? m->pc_end : (uint32_t)(hb_rv_pc(m, m->ip) / 4);
    hb_rv_shard_counts_now(m, &shard->counts);
    m->record.shard = s->index;
    m->record.pc_in = shard->pc_in;
    m->record.pc_out = shard->pc_out;
    m->record.ts_end = m->ts;
    m->record.cycles = shard->counts.cycles;
    s->closed = *shard;
    s->open = false;
    s->over = s->from_checkpoint;
    return HB_OK;
}

hb_status hb_rv_run_final_cells(hb_rv_run *m, const hb_rv_cell **cells, size_t *n, hb_error *err)
{
    if (!m->options.sharding || !m->settled || m->shard.from_checkpoint)
        return hb_fail(err, HB_INVALID_ARGUMENT, "final cells are those of a run of shards that has ended");
    if (!m->record.cells.count && !hb_rv_record_cells(m))
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the final cells of a run");
    *cells = m->record.cells.data;
    *n = m->record.cells.count;
    return HB_OK;
}

void hb_rv_run_take_record_room(hb_rv_run *to, hb_rv_run *from)
{
    hb_rv_record_free(&to->record);
    hb_rv_record_reset(&from->record);
    to->record = from->record;
    from->record = (hb_rv_record){0};
}

void hb_rv_run_swap_record(hb_rv_run *run, hb_rv_record *record)
{
    const hb_rv_record mine = run->record;
    run->record = *record;
    *record = mine;
}
