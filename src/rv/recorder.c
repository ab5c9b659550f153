#include "rv/recorder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/bytes.h"

enum { FIRST_EVENTS = 1024 };

/* Growing moves pages, not bytes, where the system can: a record is by far the largest thing in memory. */
bool hb_rv_events_reserve(hb_rv_events *e, size_t element, size_t capacity)
{
    size_t bytes, old = e->capacity * element;
    if (capacity <= e->capacity)
        return true;
    if (__builtin_mul_overflow(capacity, element, &bytes))
        return false;
    uint8_t *data = hb_pages_alloc(bytes);
    if (!data)
        return false;
    if (old) {
#ifdef MREMAP_FIXED
        size_t page = 4096, mapped = (old + page - 1) & ~(page - 1);
        if (mapped > bytes || mremap(e->data, mapped, mapped, MREMAP_MAYMOVE | MREMAP_FIXED, data) == MAP_FAILED)
#endif
        {
            memcpy(data, e->data, old);
            hb_pages_free(e->data, old);
        }
    }
    e->data = data;
    e->capacity = capacity;
    return true;
}

static void events_free(hb_rv_events *e, size_t element)
{
    hb_pages_free(e->data, e->capacity * element);
    *e = (hb_rv_events){0};
}

size_t hb_rv_event_bytes(hb_rv_family family)
{
    if (family == HB_FAM_CALL)
        return sizeof(hb_rv_event_call);
    return family >= HB_FAM_LD && family <= HB_FAM_STORE2 ? sizeof(hb_rv_event_mem) : sizeof(hb_rv_event_reg);
}

void hb_rv_record_free(hb_rv_record *r)
{
    for (int f = 0; f < HB_FAM_COUNT; f++)
        events_free(&r->family[f], hb_rv_event_bytes((hb_rv_family)f));
    events_free(&r->bumps, sizeof(hb_rv_event_bump));
    events_free(&r->cells, sizeof(hb_rv_cell));
    events_free(&r->boundary, sizeof(hb_rv_boundary));
}

static void events_reset(hb_rv_events *e, size_t element)
{
    if (e->count)
        memset(e->data, 0, e->count * element);
    e->count = 0;
}

void hb_rv_record_reset(hb_rv_record *r)
{
    for (int f = 0; f < HB_FAM_COUNT; f++)
        events_reset(&r->family[f], hb_rv_event_bytes((hb_rv_family)f));
    events_reset(&r->bumps, sizeof(hb_rv_event_bump));
    events_reset(&r->cells, sizeof(hb_rv_cell));
    events_reset(&r->boundary, sizeof(hb_rv_boundary));
    r->pc_in = r->pc_out = r->ts_end = r->shard = 0;
    r->cycles = 0;
}

bool hb_rv_record_reserve(hb_rv_record *r, const uint64_t *counts)
{
    for (int f = 0; f < HB_FAM_COUNT; f++)
        if (!hb_rv_events_reserve(&r->family[f], hb_rv_event_bytes((hb_rv_family)f), counts[f]))
            return false;
    return true;
}

static bool grow(hb_rv_events *e, size_t element)
{
    return hb_rv_events_reserve(e, element, e->capacity ? 2 * e->capacity : FIRST_EVENTS);
}

bool hb_rv_record_grow(hb_rv_record *r, hb_rv_family family)
{
    return grow(&r->family[family], hb_rv_event_bytes(family));
}

void *hb_rv_events_add(hb_rv_events *e, size_t element)
{
    if (e->count == e->capacity && !grow(e, element))
        return NULL;
    return (uint8_t *)e->data + element * e->count++;
}

uint32_t hb_rv_record_bump(hb_rv_run *m, uint32_t hi, uint32_t lo, uint64_t value, uint32_t ts_prev, uint32_t ts_new)
{
    if (!m->events) {
        m->shard.bumps++;
        return ts_new;
    }
    hb_rv_event_bump *b = hb_rv_events_add(&m->record.bumps, sizeof *b);
    if (b)
        *b = (hb_rv_event_bump){hi, lo, value, ts_prev, ts_new};
    else
        m->out_of_memory = true;
    return ts_new;
}

static bool add_cell(hb_rv_run *m, hb_rv_cell cell)
{
    hb_rv_cell *c = hb_rv_events_add(&m->record.cells, sizeof cell);
    if (c)
        *c = cell;
    return c != NULL;
}

/* When a double word of a page was accessed last: the time, or in a run of shards the shard. */
static uint32_t last_access(const hb_rv_run *m, const hb_rvmem_page *page, unsigned word)
{
    uint32_t stamp = hb_rvmem_stamps(page->data)[word];
    return m->options.sharding ? hb_rv_shard_last(stamp, page->shard, hb_rvmem_last(page->data)[word]) : stamp;
}

static uint32_t last_of(const hb_rv_run *m, uint32_t stamp, uint32_t before)
{
    return m->options.sharding ? hb_rv_shard_last(stamp, m->shard.index, before) : stamp;
}

/* The double word at `address`, if the list needs it. page may be NULL: then the word was never touched. */
static bool add_word(hb_rv_run *m, const hb_rvmem_page *page, uint64_t address)
{
    const hb_rv_program *p = m->program;
    unsigned word = (unsigned)(address % HB_RVMEM_PAGE_BYTES / 8);
    bool image = address >= p->img_lo && address < p->img_hi, filled = page && hb_rvmem_is_used(page, word);
    uint32_t ts = page ? last_access(m, page, word) : 0;
    if (!image && !ts && !filled)
        return true;
    hb_rv_cell c = {.hi = HB_RV_HI_RAM + (uint32_t)(address >> 32), .lo = (uint32_t)address >> 3, .ts_last = ts, .type = HB_CELL_ZERO};
    if (image) {
        c.type = HB_CELL_IMAGE;
        c.v_init = hb_rvmem_image_word(p, address);
    } else if (address >= HB_RV_INPUT_LO) {
        c.type = HB_CELL_INPUT;
        c.v_init = filled ? page->input->init[word] : 0;
    }
    c.v_fin = page ? hb_load_le64(page->data + 8 * word) : c.v_init;
    return add_cell(m, c);
}

/* The words of [from, to) that lie in pages nobody touched: only the image's count. */
static bool add_untouched(hb_rv_run *m, uint64_t from, uint64_t to)
{
    if (from < m->program->img_lo)
        from = m->program->img_lo;
    if (to > m->program->img_hi)
        to = m->program->img_hi;
    for (; from < to; from += 8)
        if (!add_word(m, NULL, from))
            return false;
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static bool add_memory(hb_rv_run *m)
{
    const hb_rvmem *mem = &m->mem;
    size_t bytes = mem->n_pages * sizeof(uint32_t);
    uint32_t *numbers = hb_pages_alloc(bytes);
    if (!numbers)
        return false;
    for (uint32_t i = 0; i < mem->n_pages; i++)
        numbers[i] = mem->pages[i].number;
    qsort(numbers, mem->n_pages, sizeof *numbers, by_number);
    uint64_t done = 0;
    bool ok = true;
    for (uint32_t i = 0; i < mem->n_pages && ok; i++) {
        const hb_rvmem_page *page = hb_rvmem_find(mem, numbers[i]);
        uint64_t lo = numbers[i] * HB_RVMEM_PAGE_BYTES;
        ok = add_untouched(m, done, lo);
        done = lo + HB_RVMEM_PAGE_BYTES;
        for (uint64_t at = lo; at < done && ok; at += 8)
            ok = add_word(m, page, at);
    }
    hb_pages_free(numbers, bytes);
    return ok && add_untouched(m, done, HB_RV_MAP_END);
}

bool hb_rv_record_cells(hb_rv_run *m)
{
    for (uint32_t k = 0; k < HB_RV_PV_CELLS; k++)
        if (!add_cell(m, (hb_rv_cell){.lo = k, .v_fin = m->pv[k], .ts_last = last_of(m, m->pv_ts[k], m->shard.pv_shard[k]), .type = HB_CELL_ZERO}))
            return false;
    for (uint32_t r = 0; r <= HB_RV_REG_SINK; r++) {
        uint32_t last = last_of(m, m->x_ts[r], m->shard.x_shard[r]);
        if (last && !add_cell(m, (hb_rv_cell){.hi = HB_RV_HI_REGISTER, .lo = r, .v_fin = m->x[r], .ts_last = last, .type = HB_CELL_ZERO}))
            return false;
    }
    return add_memory(m);
}

bool hb_rv_record_finish(hb_rv_run *m, uint32_t pc_out)
{
    m->record.pc_in = m->program->entry;
    m->record.pc_out = pc_out;
    m->record.ts_end = m->ts;
    m->record.cycles = m->cycles;
    return hb_rv_record_cells(m) && !m->out_of_memory;
}
