/* Recording: events with room made as needed, time stamps of cells, bumps, and the list of cells at the end. Contract of the data: events.h. */
#pragma once
#include "rv/interp_state.h"

#define HB_RV_MAX_GAP (UINT32_C(1) << 18) /* an access may follow the last one of its cell after at most this many slots */

/* Makes *e hold at least `capacity` elements of `element` bytes; new room is zero. False: no memory, *e as before. */
bool hb_rv_events_reserve(hb_rv_events *e, size_t element, size_t capacity);

/* Gives a record's memory back. */
void hb_rv_record_free(hb_rv_record *r);

/* Bytes of one event of a family. */
size_t hb_rv_event_bytes(hb_rv_family family);

/* Room for `counts` events of each family (HB_FAM_COUNT numbers). */
bool hb_rv_record_reserve(hb_rv_record *r, const uint64_t *counts);

/* Doubles the room of a family. */
bool hb_rv_record_grow(hb_rv_record *r, hb_rv_family family);

/* Empties a record and zeroes what it used of its memory, which stays for the next one. */
void hb_rv_record_reset(hb_rv_record *r);

/* Appends a zeroed element of `element` bytes to a list other than the families. NULL: no memory. */
void *hb_rv_events_add(hb_rv_events *e, size_t element);

/* Records a bump of a cell to time ts_new (planning: counts it) and returns ts_new. */
uint32_t hb_rv_record_bump(hb_rv_run *m, uint32_t hi, uint32_t lo, uint64_t value, uint32_t ts_prev, uint32_t ts_new);

/* Builds record.cells from the final state. False: no memory. */
bool hb_rv_record_cells(hb_rv_run *m);

/* Ends the record of an unsharded run: its cells and totals. False: no memory. */
bool hb_rv_record_finish(hb_rv_run *m, uint32_t pc_out);

#define HB_RV_HI_REGISTER UINT32_C(0x100)
#define HB_RV_HI_RAM UINT32_C(0x200)

/* A zeroed event of a family, counted, or NULL without memory. */
static inline void *hb_rec_event(hb_rv_run *m, hb_rv_family family, size_t bytes)
{
    hb_rv_events *e = &m->record.family[family];
    if (__builtin_expect(e->count == e->capacity, 0) && !hb_rv_record_grow(&m->record, family))
        return NULL;
    return (uint8_t *)e->data + bytes * e->count++;
}

/* An access at time ts of a cell whose stamp is *stamp and whose value is `value`: returns the time of the access before it, after a bump where
 * the distance needs one. */
static inline uint32_t hb_rec_access(hb_rv_run *m, uint32_t *stamp, uint32_t hi, uint32_t lo, uint64_t value, uint32_t ts)
{
    uint32_t before = *stamp;
    if (__builtin_expect(ts - before > HB_RV_MAX_GAP, 0))
        before = hb_rv_record_bump(m, hi, lo, value, before, ts - 1);
    *stamp = ts;
    return before;
}

/* The same when planning: an access at time `now` of a RAM double word. */
static inline void hb_rv_plan_access(hb_rv_run *m, uint32_t *stamp, uint32_t now)
{
    uint32_t before = *stamp;
    *stamp = now;
    if (__builtin_expect(now - before > HB_RV_MAX_GAP, 0))
        m->shard.bumps++;
    if (__builtin_expect(!before, 0))
        m->shard.cells++;
}

static inline uint32_t hb_rec_register(hb_rv_run *m, unsigned r, uint64_t value, uint32_t ts)
{
    return hb_rec_access(m, &m->x_ts[r], HB_RV_HI_REGISTER, r, value, ts);
}

static inline uint32_t hb_rec_word(hb_rv_run *m, uint32_t *stamp, uint64_t address, uint64_t value, uint32_t ts)
{
    return hb_rec_access(m, stamp, HB_RV_HI_RAM + (uint32_t)(address >> 32), (uint32_t)address >> 3, value, ts);
}
