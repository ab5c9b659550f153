#include "rv/record_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "rv/recorder.h"

enum { SPACE_PV, SPACE_REGISTER, SPACE_RAM };

typedef struct token {
    uint32_t hi, lo, ts;
    uint32_t event; /* ts of the event that made it, for messages; 0: cells and bumps */
    uint64_t value;
} token;

typedef struct checker {
    const hb_rv_program *program;
    const hb_rv_record *record;
    hb_error *err;
    token *made, *used; /* room for `room` tokens each */
    size_t n_made, n_used, room;
    uint32_t now; /* ts of the event being read */
    hb_status status;
} checker;

__attribute__((format(printf, 2, 3))) static void complain(checker *c, const char *fmt, ...)
{
    char text[200];
    va_list args;
    if (c->status != HB_OK)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    c->status = hb_fail(c->err, HB_INVALID_ARGUMENT, "record: %s", text);
}

void hb_rv_cell_name(uint32_t hi, uint32_t lo, char *out, size_t size)
{
    if (hi >> 8 == SPACE_REGISTER)
        snprintf(out, size, "register %s", hb_isa_register_name(lo));
    else if (hi >> 8 == SPACE_RAM)
        snprintf(out, size, "word 0x%" PRIx64, (uint64_t)(hi & 255) << 32 | (uint64_t)lo << 3);
    else
        snprintf(out, size, "public-value cell %" PRIu32 " (hi %" PRIu32 ")", lo, hi);
}

static void make(checker *c, uint32_t hi, uint32_t lo, uint64_t value, uint32_t ts)
{
    if (c->n_made == c->room)
        complain(c, "more tokens than events can make");
    else
        c->made[c->n_made++] = (token){hi, lo, ts, c->now, value};
}

static void use(checker *c, uint32_t hi, uint32_t lo, uint64_t value, uint32_t ts)
{
    if (c->n_used == c->room)
        complain(c, "more tokens than events can use");
    else
        c->used[c->n_used++] = (token){hi, lo, ts, c->now, value};
}

static void access_cell(checker *c, uint32_t hi, uint32_t lo, uint64_t before, uint64_t after, uint32_t ts_prev, uint32_t ts)
{
    if (ts_prev >= ts || ts - ts_prev > HB_RV_MAX_GAP) {
        char name[64];
        hb_rv_cell_name(hi, lo, name, sizeof name);
        complain(c, "access of %s at ts %" PRIu32 " follows one at ts %" PRIu32, name, ts, ts_prev);
    }
    use(c, hi, lo, before, ts_prev);
    make(c, hi, lo, after, ts);
}

static void access_register(checker *c, uint32_t r, uint64_t before, uint64_t after, uint32_t ts_prev, uint32_t ts)
{
    access_cell(c, HB_RV_HI_REGISTER, r, before, after, ts_prev, ts);
}

/* Events in order of time: which event starts at each multiple of 4. */
typedef struct step {
    uint8_t family; /* HB_FAM_COUNT: none */
    uint32_t index;
} step;

static const void *event_at(const hb_rv_record *r, hb_rv_family f, size_t i)
{
    return (const uint8_t *)r->family[f].data + i * hb_rv_event_bytes(f);
}

static hb_rv_event_reg head_of(const hb_rv_record *r, hb_rv_family f, size_t i)
{
    const void *e = event_at(r, f, i);
    if (f != HB_FAM_CALL)
        return hb_rv_event_bytes(f) == sizeof(hb_rv_event_mem) ? ((const hb_rv_event_mem *)e)->r : *(const hb_rv_event_reg *)e;
    const hb_rv_event_call *call = e;
    return (hb_rv_event_reg){.insn = call->insn, .ts = call->ts, .next_pc = call->next_pc};
}

/* Does this family serve this instruction (loads and stores may be routed to the crossing family)? */
static bool serves(hb_rv_family f, hb_op op)
{
    hb_rv_family own = hb_isa_table[op].family;
    if (f == HB_FAM_LOAD2)
        return (own == HB_FAM_LD || own == HB_FAM_LOAD) && hb_isa_access_bytes(op) > 1;
    if (f == HB_FAM_STORE2)
        return (own == HB_FAM_SD || own == HB_FAM_STORE) && hb_isa_access_bytes(op) > 1;
    return f == own;
}

static uint64_t immediate(const hb_rv_insn *insn)
{
    return insn->imm[0] | (uint64_t)insn->imm[1] << 16 | (uint64_t)insn->imm[2] << 32 | (uint64_t)insn->imm[3] << 48;
}

static void check_words(checker *c, hb_rv_family f, const hb_rv_insn *insn, const hb_rv_event_mem *e)
{
    unsigned bytes = hb_isa_access_bytes((hb_op)insn->op), n = f == HB_FAM_LOAD2 || f == HB_FAM_STORE2 ? 2 : 1;
    bool load = f == HB_FAM_LD || f == HB_FAM_LOAD || f == HB_FAM_LOAD2;
    if (e->addr != e->r.rs1 + immediate(insn))
        complain(c, "%s at ts %" PRIu32 " accesses 0x%" PRIx64 ", which is not rs1 + immediate", hb_isa_table[insn->op].mnemonic, e->r.ts, e->addr);
    if (n == 1 && (e->mem_prev[1] | e->mem_new[1] | e->mem_ts[1]))
        complain(c, "unused second word at ts %" PRIu32 " is not zero", e->r.ts);
    if (n != 1 + (e->addr % 8 + bytes > 8))
        complain(c, "%s of %u bytes at 0x%" PRIx64 " is in the wrong family", hb_isa_table[insn->op].mnemonic, bytes, e->addr);
    for (unsigned k = 0; k < n; k++) {
        uint64_t at = (e->addr & ~UINT64_C(7)) + 8 * k;
        if (load && e->mem_new[k] != e->mem_prev[k])
            complain(c, "load at ts %" PRIu32 " changes memory", e->r.ts);
        access_cell(c, HB_RV_HI_RAM + (uint32_t)(at >> 32), (uint32_t)at >> 3, e->mem_prev[k], e->mem_new[k], e->mem_ts[k], e->r.ts + 3);
    }
}

static void check_registers(checker *c, hb_rv_family f, const hb_rv_insn *insn, const hb_rv_event_reg *e)
{
    hb_op op = (hb_op)insn->op;
    uint64_t unused = 0; /* of the fields that this instruction does not have */
    if (hb_isa_reads_rs1(op))
        access_register(c, insn->rs1, e->rs1, e->rs1, e->rs1_ts, e->ts);
    else
        unused |= e->rs1 | e->rs1_ts;
    if (hb_isa_reads_rs2(op))
        access_register(c, insn->rs2, e->rs2, e->rs2, e->rs2_ts, e->ts + 1);
    else
        unused |= e->rs2 | e->rs2_ts;
    if (hb_isa_writes_rd(op))
        access_register(c, insn->rd, e->rd_prev, e->rd, e->rd_ts, e->ts + 2);
    else
        unused |= e->rd_prev | e->rd | e->rd_ts;
    if (f != HB_FAM_BEQ && f != HB_FAM_BLT && f != HB_FAM_JALR)
        unused |= e->next_pc;
    if (unused)
        complain(c, "unused field of %s at ts %" PRIu32 " is not zero", hb_isa_table[op].mnemonic, e->ts);
}

static void check_call(checker *c, const hb_rv_event_call *e)
{
    access_register(c, HB_RV_T0, e->t0, e->t0, e->t0_ts, e->ts);
    access_register(c, HB_RV_A0, e->a0, e->a0, e->a0_ts, e->ts);
    access_register(c, HB_RV_A1, e->a1, e->a1, e->a1_ts, e->ts);
    access_register(c, HB_RV_T0, e->t0, e->t0_new, e->ts, e->ts + 15);
    if (e->pv_index != UINT32_MAX)
        access_cell(c, SPACE_PV, e->pv_index, e->pv_prev, e->pv_new, e->pv_ts, e->ts + 8);
    else if (e->pv_prev | e->pv_new | e->pv_ts)
        complain(c, "unused public-value fields of the call at ts %" PRIu32 " are not zero", e->ts);
}

/* One event at word index pc: its tokens, and the pc after it. */
static uint32_t check_event(checker *c, hb_rv_family f, size_t i, uint32_t pc)
{
    hb_rv_event_reg head = head_of(c->record, f, i);
    if (head.insn >= c->program->n_insns) {
        complain(c, "event at ts %" PRIu32 " names no instruction", head.ts);
        return 0;
    }
    const hb_rv_insn *insn = &c->program->insns[head.insn];
    c->now = head.ts;
    if (!serves(f, (hb_op)insn->op))
        complain(c, "%s at ts %" PRIu32 " is in family %d", hb_isa_table[insn->op].mnemonic, head.ts, f);
    if (insn->pc != pc)
        complain(c, "event at ts %" PRIu32 " is at pc 0x%" PRIx64 ", not 0x%" PRIx64, head.ts, insn->pc * UINT64_C(4), pc * UINT64_C(4));
    if (f == HB_FAM_CALL)
        check_call(c, event_at(c->record, f, i));
    else
        check_registers(c, f, insn, &head);
    if (hb_rv_event_bytes(f) == sizeof(hb_rv_event_mem))
        check_words(c, f, insn, event_at(c->record, f, i));
    if (f == HB_FAM_JAL)
        return insn->imm[0];
    return f == HB_FAM_BEQ || f == HB_FAM_BLT || f == HB_FAM_JALR || f == HB_FAM_CALL ? head.next_pc : insn->pc + 1;
}

/* Puts every event at its time; false when two share one or one lies outside. */
static bool order(checker *c, step *steps, size_t n)
{
    for (size_t k = 0; k < n; k++)
        steps[k].family = HB_FAM_COUNT;
    for (int f = 0; f < HB_FAM_COUNT; f++)
        for (size_t i = 0; i < c->record->family[f].count; i++) {
            uint32_t ts = head_of(c->record, (hb_rv_family)f, i).ts;
            if (ts % 4 || ts / 4 >= n || steps[ts / 4].family != HB_FAM_COUNT) {
                complain(c, "event %zu of family %d has an impossible ts %" PRIu32, i, f, ts);
                return false;
            }
            steps[ts / 4] = (step){(uint8_t)f, (uint32_t)i};
        }
    return true;
}

static void check_state(checker *c)
{
    const hb_rv_record *r = c->record;
    size_t n = r->ts_end / 4, bytes = (n + 1) * sizeof(step);
    step *steps = hb_pages_alloc(bytes);
    uint64_t cycles = 0, events = 0;
    uint32_t pc = r->pc_in, ts = 4;
    if (!steps) {
        c->status = hb_fail(c->err, HB_OUT_OF_MEMORY, "no memory to check a record");
        return;
    }
    if (r->ts_end >= HB_RV_RECORD_TS_END || (r->shard <= 1 && pc != c->program->entry))
        complain(c, "wrong entry, or ts_end not below 2^27");
    for (int f = 0; f < HB_FAM_COUNT; f++)
        events += r->family[f].count;
    if (c->status == HB_OK && order(c, steps, n)) {
        while (ts < r->ts_end && steps[ts / 4].family != HB_FAM_COUNT && c->status == HB_OK) {
            hb_rv_family f = (hb_rv_family)steps[ts / 4].family;
            pc = check_event(c, f, steps[ts / 4].index, pc);
            ts += f == HB_FAM_CALL ? 16 : 4;
            cycles++;
        }
        if (ts != r->ts_end || cycles != events || cycles != r->cycles)
            complain(c, "state stops at ts %" PRIu32 " of %" PRIu32 " after %" PRIu64 " of %" PRIu64 " events", ts, r->ts_end, cycles, events);
        if (pc != r->pc_out)
            complain(c, "ends at pc index 0x%" PRIx32 ", not 0x%" PRIx32, pc, r->pc_out);
    }
    c->now = 0;
    hb_pages_free(steps, bytes);
}

static void check_bumps(checker *c)
{
    const hb_rv_event_bump *b = c->record->bumps.data;
    for (size_t i = 0; i < c->record->bumps.count; i++) {
        if (b[i].ts_prev >= b[i].ts_new || b[i].ts_new >= HB_RV_RECORD_TS_END)
            complain(c, "bump %zu goes from ts %" PRIu32 " to %" PRIu32, i, b[i].ts_prev, b[i].ts_new);
        use(c, b[i].hi, b[i].lo, b[i].value, b[i].ts_prev);
        make(c, b[i].hi, b[i].lo, b[i].value, b[i].ts_new);
    }
}

bool hb_rv_cell_rule(const hb_rv_program *program, uint32_t hi, uint32_t lo, hb_rv_cell_type *type, uint64_t *v_init)
{
    uint64_t at = (uint64_t)(hi & 255) << 32 | (uint64_t)lo << 3;
    *type = HB_CELL_ZERO;
    *v_init = 0;
    if (hi >> 8 != SPACE_RAM)
        return hi == HB_RV_HI_REGISTER ? lo <= HB_RV_REG_SINK : hi == 0 && lo < HB_RV_PV_CELLS;
    if (at >= HB_RV_INPUT_LO) {
        *type = HB_CELL_INPUT;
    } else if (at >= program->img_lo && at < program->img_hi) {
        *type = HB_CELL_IMAGE;
        *v_init = hb_rvmem_image_word(program, at);
    }
    return (hi & 255) < 32 && lo < UINT32_C(1) << 29 && at >= HB_RV_RAM_LO;
}

/* A cell whose initial value is v_init. */
static void check_region(checker *c, uint32_t hi, uint32_t lo, const hb_rv_cell_type *type, uint64_t v_init)
{
    hb_rv_cell_type want;
    uint64_t value;
    bool inside = hb_rv_cell_rule(c->program, hi, lo, &want, &value);
    if (!inside || (type && *type != want) || (want != HB_CELL_INPUT && v_init != value)) {
        char name[64];
        hb_rv_cell_name(hi, lo, name, sizeof name);
        complain(c, "cell %s: outside the map, wrong type or initial value", name);
    }
}

/* What a shard has instead of cells. */
static void check_boundary(checker *c)
{
    const hb_rv_boundary *b = c->record->boundary.data;
    for (size_t i = 0; i < c->record->boundary.count; i++, b++) {
        hb_rv_cell_type type;
        uint64_t value;
        if (i && (b[-1].hi > b->hi || (b[-1].hi == b->hi && b[-1].lo >= b->lo)))
            complain(c, "boundary rows %zu and %zu are not ascending", i - 1, i);
        if (b->s_prev >= c->record->shard || !b->ts_last || !hb_rv_cell_rule(c->program, b->hi, b->lo, &type, &value))
            complain(c, "boundary row %zu: not of an earlier shard, not accessed, or outside the map", i);
        if (!b->s_prev)
            check_region(c, b->hi, b->lo, NULL, b->v_in);
        make(c, b->hi, b->lo, b->v_in, 0);
        use(c, b->hi, b->lo, b->v_out, b->ts_last);
    }
    if (c->record->cells.count)
        complain(c, "the record of a shard has cells");
}

static void check_cells(checker *c)
{
    const hb_rv_cell *cell = c->record->cells.data;
    uint64_t image = 0;
    for (size_t i = 0; i < c->record->cells.count; i++, cell++) {
        if (i && (cell[-1].hi > cell->hi || (cell[-1].hi == cell->hi && cell[-1].lo >= cell->lo)))
            complain(c, "cells %zu and %zu are not ascending", i - 1, i);
        if ((i < HB_RV_PV_CELLS) != (cell->hi >> 8 == SPACE_PV))
            complain(c, "the public-value cells are not the first 17");
        const hb_rv_cell_type type = (hb_rv_cell_type)cell->type;
        check_region(c, cell->hi, cell->lo, &type, cell->v_init);
        image += cell->type == HB_CELL_IMAGE;
        make(c, cell->hi, cell->lo, cell->v_init, 0);
        use(c, cell->hi, cell->lo, cell->v_fin, cell->ts_last);
    }
    if (c->record->cells.count < HB_RV_PV_CELLS || image != (c->program->img_hi - c->program->img_lo) / 8)
        complain(c, "public-value cells or image words are missing");
    if (c->record->boundary.count)
        complain(c, "the record of a whole run has boundary rows");
}

static int by_cell_and_time(const void *a, const void *b)
{
    const token *x = a, *y = b;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->ts != y->ts)
        return x->ts < y->ts ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

static void check_balance(checker *c)
{
    qsort(c->made, c->n_made, sizeof(token), by_cell_and_time);
    qsort(c->used, c->n_used, sizeof(token), by_cell_and_time);
    for (size_t i = 0; i < c->n_made && i < c->n_used; i++) {
        int order = by_cell_and_time(&c->made[i], &c->used[i]);
        if (!order)
            continue;
        const token *t = order < 0 ? &c->made[i] : &c->used[i];
        char name[64];
        hb_rv_cell_name(t->hi, t->lo, name, sizeof name);
        complain(c, "%s: value 0x%" PRIx64 " of ts %" PRIu32 " is %s (event at ts %" PRIu32 ")", name, t->value, t->ts,
                 order < 0 ? "produced but never consumed" : "consumed but never produced", t->event);
        return;
    }
    if (c->n_made != c->n_used)
        complain(c, "%zu tokens produced, %zu consumed", c->n_made, c->n_used);
}

hb_status hb_rv_record_check(const hb_rv_program *program, const hb_rv_record *record, hb_error *err)
{
    checker c = {.program = program, .record = record, .err = err, .status = HB_OK};
    for (int f = 0; f < HB_FAM_COUNT; f++)
        c.room += record->family[f].count * 5; /* no event makes more than five accesses */
    c.room += record->bumps.count + record->cells.count + record->boundary.count + 1;
    size_t bytes = c.room * sizeof(token);
    c.made = hb_pages_alloc(bytes);
    c.used = hb_pages_alloc(bytes);
    if (!c.made || !c.used) {
        c.status = hb_fail(err, HB_OUT_OF_MEMORY, "no memory to check a record");
    } else {
        if (record->shard)
            check_boundary(&c);
        else
            check_cells(&c);
        check_bumps(&c);
        check_state(&c);
        if (c.status == HB_OK)
            check_balance(&c);
    }
    hb_pages_free(c.made, bytes);
    hb_pages_free(c.used, bytes);
    return c.status;
}
