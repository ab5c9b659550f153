/* The memory argument between the shards of a run, in plain C. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/arena.h"
#include "rv/record_check.h"
#include "rv/recorder.h"

typedef struct token {
    uint32_t hi, lo, shard;
    uint64_t value;
} token;

static bool add(hb_rv_events *e, uint32_t hi, uint32_t lo, uint64_t value, uint32_t shard)
{
    token *t = hb_rv_events_add(e, sizeof *t);
    if (t)
        *t = (token){hi, lo, shard, value};
    return t != NULL;
}

static hb_status no_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "no memory to check the shards of a run");
}

hb_status hb_rv_shards_check_add(hb_rv_shards_check *c, const hb_rv_shard *s, hb_error *err)
{
    uint32_t pc = c->shards ? c->pc : c->program->entry;
    if (s->index != c->shards + 1 || s->pc_in != pc || s->first_cycle != c->cycles)
        return hb_fail(err, HB_INVALID_ARGUMENT, "shards: shard %" PRIu32 " does not go on where %" PRIu32 " ends", s->index, c->shards);
    for (size_t i = 0; i < s->counts.cells; i++) {
        const hb_rv_boundary *b = &s->boundary[i];
        if (i && (b[-1].hi > b->hi || (b[-1].hi == b->hi && b[-1].lo >= b->lo)))
            return hb_fail(err, HB_INVALID_ARGUMENT, "shards: rows %zu and %zu of shard %" PRIu32 " are not ascending", i - 1, i, s->index);
        if (b->s_prev >= s->index)
            return hb_fail(err, HB_INVALID_ARGUMENT, "shards: row %zu of shard %" PRIu32 " follows shard %" PRIu32, i, s->index, b->s_prev);
        if (!add(&c->used, b->hi, b->lo, b->v_in, b->s_prev) || !add(&c->made, b->hi, b->lo, b->v_out, s->index))
            return no_memory(err);
    }
    c->shards++;
    c->pc = s->pc_out;
    c->cycles += s->counts.cycles;
    return HB_OK;
}

static int by_cell_and_shard(const void *a, const void *b)
{
    const token *x = a, *y = b;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->shard != y->shard)
        return x->shard < y->shard ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

static hb_status check_balance(hb_rv_shards_check *c, hb_error *err)
{
    size_t n = c->made.count < c->used.count ? c->made.count : c->used.count;
    token *made = c->made.data, *used = c->used.data;
    char name[64];
    qsort(made, c->made.count, sizeof *made, by_cell_and_shard);
    qsort(used, c->used.count, sizeof *used, by_cell_and_shard);
    for (size_t i = 0; i < n; i++) {
        int order = by_cell_and_shard(&made[i], &used[i]);
        const token *t = order < 0 ? &made[i] : &used[i];
        hb_rv_cell_name(t->hi, t->lo, name, sizeof name);
        if (order)
            return hb_fail(err, HB_INVALID_ARGUMENT, "shards: %s: value 0x%" PRIx64 " of shard %" PRIu32 " is %s", name, t->value, t->shard,
                           order < 0 ? "produced but never consumed" : "consumed but never produced");
    }
    if (c->made.count != c->used.count)
        return hb_fail(err, HB_INVALID_ARGUMENT, "shards: %zu tokens produced, %zu consumed", c->made.count, c->used.count);
    return HB_OK;
}

static hb_status check_final(const hb_rv_shards_check *c, const hb_rv_cell *cell, size_t i, hb_error *err)
{
    hb_rv_cell_type type;
    uint64_t value;
    char name[64];
    hb_rv_cell_name(cell->hi, cell->lo, name, sizeof name);
    bool inside = hb_rv_cell_rule(c->program, cell->hi, cell->lo, &type, &value);
    if (i && (cell[-1].hi > cell->hi || (cell[-1].hi == cell->hi && cell[-1].lo >= cell->lo)))
        return hb_fail(err, HB_INVALID_ARGUMENT, "shards: final cells %zu and %zu are not ascending", i - 1, i);
    if (!inside || cell->type != (uint32_t)type || (type != HB_CELL_INPUT && cell->v_init != value) || (i < HB_RV_PV_CELLS) != (cell->hi == 0))
        return hb_fail(err, HB_INVALID_ARGUMENT, "shards: final cell %s: outside the map, out of place, wrong type or initial value", name);
    if (cell->ts_last > c->shards)
        return hb_fail(err, HB_INVALID_ARGUMENT, "shards: final cell %s names shard %" PRIu32 " of %" PRIu32, name, cell->ts_last, c->shards);
    return HB_OK;
}

hb_status hb_rv_shards_check_end(hb_rv_shards_check *c, const hb_rv_cell *cells, size_t n, hb_error *err)
{
    uint64_t image = 0;
    for (size_t i = 0; i < n; i++) {
        hb_status st = check_final(c, &cells[i], i, err);
        if (st != HB_OK)
            return st;
        image += cells[i].type == HB_CELL_IMAGE;
        if (!add(&c->made, cells[i].hi, cells[i].lo, cells[i].v_init, 0) || !add(&c->used, cells[i].hi, cells[i].lo, cells[i].v_fin, cells[i].ts_last))
            return no_memory(err);
    }
    if (n < HB_RV_PV_CELLS || image != (c->program->img_hi - c->program->img_lo) / 8)
        return hb_fail(err, HB_INVALID_ARGUMENT, "shards: public-value cells or image words are missing");
    return check_balance(c, err);
}

void hb_rv_shards_check_free(hb_rv_shards_check *c)
{
    hb_pages_free(c->made.data, c->made.capacity * sizeof(token));
    hb_pages_free(c->used.data, c->used.capacity * sizeof(token));
    *c = (hb_rv_shards_check){.program = c->program};
}
