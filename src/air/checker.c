#include "air/checker.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "air/row.h"
#include "base/arena.h"

/* --- text -------------------------------------------------------------------------------------------------------------------------- */
__attribute__((format(printf, 2, 3))) static void say(hb_air_finding *f, const char *fmt, ...)
{
    size_t len = strlen(f->text);
    va_list args;
    va_start(args, fmt);
    vsnprintf(f->text + len, sizeof f->text - len, fmt, args);
    va_end(args);
}

static void say_chip(hb_air_finding *f, const hb_table *t)
{
    if (t->name)
        say(f, "%s", t->name);
    else
        say(f, "chip %" PRIu32, t->chip);
}

static void say_column(hb_air_finding *f, const hb_table *t, uint32_t j)
{
    if (t->column_names && t->column_names[j])
        say(f, "%s", t->column_names[j]);
    else
        say(f, "c%" PRIu32, j);
}

static void report(const hb_air_checker *c, size_t already, const hb_air_finding *f)
{
    if (c->report && already < c->max_reports)
        c->report(c->ctx, f);
}

/* --- rows -------------------------------------------------------------------------------------------------------------------------- */
typedef struct row_check {
    const hb_air_checker *checker;
    const hb_table *table;
    hb_f *values;
    uint8_t *reached;
    size_t findings; /* in this table */
    bool unreduced;  /* a cell that arithmetic must not touch */
} row_check;

/* Columns in order, then structured columns; UINT32_MAX for other nodes. */
static uint32_t slot_of(const hb_air *a, const hb_air_node *n)
{
    return n->op == HB_AIR_COL ? n->a : n->op == HB_AIR_STRUCTURED ? a->pre_width + a->width + n->a : UINT32_MAX;
}

/* Names and values of the columns in an expression. */
static void say_cells(hb_air_finding *f, const row_check *rc, hb_expr e)
{
    const hb_air *a = rc->table->air;
    memset(rc->reached, 0, a->n_nodes);
    rc->reached[e] = 1;
    for (uint32_t i = e + 1; i-- > 0;)
        if (rc->reached[i] && a->nodes[i].op >= HB_AIR_ADD)
            rc->reached[a->nodes[i].a] = rc->reached[a->nodes[i].b] = 1;
    for (uint32_t j = 0; j < a->pre_width + a->width + HB_ST_COUNT; j++)
        for (uint32_t i = 0; i <= e; i++)
            if (rc->reached[i] && slot_of(a, &a->nodes[i]) == j) {
                say(f, " ");
                if (a->nodes[i].op == HB_AIR_COL)
                    say_column(f, rc->table, j);
                else
                    say(f, "%s", hb_structured_name((hb_structured)a->nodes[i].a));
                say(f, "=%" PRIu32, hb_f_to_u32(rc->values[i]));
            }
}

static void find_in_row(row_check *rc, hb_air_finding_kind kind, const char *label, uint32_t row, hb_expr e)
{
    hb_air_finding f = {.kind = kind, .chip = rc->table->chip, .row = row, .label = label};
    say_chip(&f, rc->table);
    say(&f, " row %" PRIu32 "%s: %s %s is %" PRIu32 ", with", row, row < rc->table->n_rows ? "" : " (padding)",
        kind == HB_FINDING_FLAG ? "flag of" : "constraint", label, hb_f_to_u32(rc->values[e]));
    say_cells(&f, rc, e);
    report(rc->checker, rc->findings++, &f);
}

/* False if the row cannot be evaluated. */
static bool check_cells(row_check *rc, uint32_t row)
{
    const hb_table *t = rc->table;
    bool ok = true;
    for (uint32_t j = 0; j < t->air->pre_width + t->air->width; j++) {
        if (hb_f_is_canonical(t->cols[j][row]))
            continue;
        hb_air_finding f = {.kind = HB_FINDING_CELL, .chip = t->chip, .row = row, .label = t->column_names ? t->column_names[j] : ""};
        say_chip(&f, t);
        say(&f, " row %" PRIu32 ": cell ", row);
        say_column(&f, t, j);
        say(&f, " = 0x%08" PRIx32 " is not reduced", t->cols[j][row]);
        report(rc->checker, rc->findings++, &f);
        ok = false;
    }
    rc->unreduced |= !ok;
    return ok;
}

static void check_row(row_check *rc, uint32_t row)
{
    const hb_air *a = rc->table->air;
    if (!check_cells(rc, row))
        return;
    hb_air_eval_row(a, rc->table->cols, row, &rc->checker->publics, rc->values);
    for (uint32_t k = 0; k < a->n_constraints; k++)
        if (rc->values[a->constraints[k].expr])
            find_in_row(rc, HB_FINDING_CONSTRAINT, a->constraints[k].label, row, a->constraints[k].expr);
    for (uint32_t i = 0; i < a->n_uses && row < rc->table->n_rows; i++) {
        const hb_air_use *u = &a->uses[i];
        if (u->kind != HB_AIR_PROVIDE && u->flag != HB_ALWAYS && rc->values[u->flag] && rc->values[u->flag] != HB_F_ONE)
            find_in_row(rc, HB_FINDING_FLAG, hb_bus_name((hb_bus)u->bus), row, u->flag);
    }
}

static hb_status check_rows(const hb_air_checker *checker, size_t *findings, bool *unreduced, hb_error *err)
{
    *findings = 0;
    *unreduced = false;
    for (size_t i = 0; i < checker->n_tables; i++) {
        const hb_table *t = &checker->tables[i];
        size_t bytes = t->air->n_nodes * (sizeof(hb_f) + 1);
        row_check rc = {.checker = checker, .table = t, .values = hb_pages_alloc(bytes)};
        if (!rc.values)
            return hb_fail(err, HB_OUT_OF_MEMORY, "no memory to check a trace");
        rc.reached = (uint8_t *)(rc.values + t->air->n_nodes);
        for (uint32_t row = 0; row < t->stored_rows; row++)
            check_row(&rc, row);
        *findings += rc.findings;
        *unreduced |= rc.unreduced;
        hb_pages_free(rc.values, bytes);
    }
    return HB_OK;
}

hb_status hb_air_check_rows(const hb_air_checker *checker, size_t *findings, hb_error *err)
{
    bool unreduced;
    return check_rows(checker, findings, &unreduced, err);
}

/* --- buses: a hash table from tuples to signed counts --------------------------------------------------------------------------------- */
typedef struct tally_entry {
    int64_t count;
    uint32_t chip, row; /* where it was seen first */
    uint32_t used;
    uint32_t words[HB_AIR_MAX_TUPLE];
} tally_entry;

typedef struct tally {
    tally_entry *entries;
    size_t capacity, used; /* capacity a power of two */
    uint32_t n;            /* words of a tuple */
} tally;

static size_t tally_slot(const tally *t, const uint32_t *words)
{
    uint64_t h = 0x243f6a8885a308d3u;
    for (uint32_t j = 0; j < t->n; j++)
        h = (h ^ words[j]) * 0x9e3779b97f4a7c15u, h ^= h >> 29;
    size_t i = (size_t)h & (t->capacity - 1);
    while (t->entries[i].used && memcmp(t->entries[i].words, words, t->n * sizeof *words) != 0)
        i = (i + 1) & (t->capacity - 1);
    return i;
}

static bool tally_grow(tally *t)
{
    tally old = *t;
    t->capacity = old.capacity ? 2 * old.capacity : 1024;
    t->entries = hb_pages_alloc(t->capacity * sizeof *t->entries);
    if (!t->entries) {
        *t = old;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].used)
            t->entries[tally_slot(t, old.entries[i].words)] = old.entries[i];
    hb_pages_free(old.entries, old.capacity * sizeof *old.entries);
    return true;
}

static bool tally_add(tally *t, const uint32_t *words, int64_t count, uint32_t chip, uint32_t row)
{
    if (2 * t->used >= t->capacity && !tally_grow(t))
        return false;
    tally_entry *e = &t->entries[tally_slot(t, words)];
    if (!e->used) {
        *e = (tally_entry){.chip = chip, .row = row, .used = 1};
        memcpy(e->words, words, t->n * sizeof *words);
        t->used++;
    }
    e->count += count;
    return true;
}

/* Signed number of times that a use puts its tuple on the bus in a row with these values. */
static int64_t use_count(const hb_air_use *u, const hb_f *values)
{
    if (u->kind == HB_AIR_PROVIDE)
        return -(int64_t)hb_f_to_u32(values[u->flag]);
    int64_t s = u->flag == HB_ALWAYS || values[u->flag];
    return u->kind == HB_AIR_CONSUME ? -s : s;
}

static bool tally_row(tally *t, const hb_air_checker *c, const hb_table *table, hb_bus bus, uint32_t row, hb_f *values)
{
    const hb_air *a = table->air;
    hb_air_eval_row(a, table->cols, row, &c->publics, values);
    for (uint32_t i = 0; i < a->n_uses; i++) {
        const hb_air_use *u = &a->uses[i];
        int64_t count = u->bus == (uint32_t)bus ? use_count(u, values) : 0;
        uint32_t words[HB_AIR_MAX_TUPLE];
        if (count == 0)
            continue;
        for (uint32_t j = 0; j < u->n; j++)
            words[j] = hb_f_to_u32(values[hb_air_use_word(a, u, j)]);
        if (!tally_add(t, words, count, table->chip, row))
            return false;
    }
    return true;
}

static bool tally_table(tally *t, const hb_air_checker *c, const hb_table *table, hb_bus bus)
{
    bool touches = false;
    for (uint32_t i = 0; i < table->air->n_uses; i++)
        touches |= table->air->uses[i].bus == (uint32_t)bus;
    if (!touches)
        return true;
    size_t bytes = table->air->n_nodes * sizeof(hb_f);
    hb_f *values = hb_pages_alloc(bytes);
    bool ok = values != NULL;
    for (uint32_t row = 0; ok && row < table->n_rows; row++)
        ok = tally_row(t, c, table, bus, row, values);
    hb_pages_free(values, bytes);
    return ok;
}

static void find_unbalanced(const hb_air_checker *c, const tally *t, hb_bus bus, size_t *findings)
{
    for (size_t i = 0; i < t->capacity; i++) {
        const tally_entry *e = &t->entries[i];
        if (!e->used || e->count == 0)
            continue;
        hb_air_finding f = {.kind = HB_FINDING_BUS, .chip = e->chip, .row = e->row, .label = hb_bus_name(bus), .count = e->count};
        say(&f, "bus %s (", f.label);
        for (uint32_t j = 0; j < t->n; j++)
            say(&f, j ? ", %" PRIu32 : "%" PRIu32, e->words[j]);
        const char *plus = hb_bus_is_permutation(bus) ? "produced but not consumed" : "looked up but not provided";
        const char *minus = hb_bus_is_permutation(bus) ? "consumed but not produced" : "provided but not looked up";
        say(&f, "): %s, %" PRId64 " times; first seen in ", e->count > 0 ? plus : minus, e->count > 0 ? e->count : -e->count);
        const hb_table *table = NULL;
        for (size_t k = 0; k < c->n_tables; k++)
            table = c->tables[k].chip == e->chip ? &c->tables[k] : table;
        if (table) {
            say_chip(&f, table);
            say(&f, " row %" PRIu32, e->row);
        } else {
            say(&f, "the statement");
        }
        report(c, (*findings)++, &f);
    }
}

hb_status hb_air_check_bus(const hb_air_checker *checker, hb_bus bus, size_t *findings, hb_error *err)
{
    tally t = {.n = hb_bus_tuple_words(bus)};
    bool ok = true;
    *findings = 0;
    for (size_t i = 0; ok && i < checker->n_tables; i++)
        ok = tally_table(&t, checker, &checker->tables[i], bus);
    for (size_t i = 0; ok && i < checker->n_tokens; i++) {
        const hb_bus_token *k = &checker->tokens[i];
        if (k->bus == bus)
            ok = tally_add(&t, k->words, k->kind == HB_AIR_CONSUME ? -1 : 1, UINT32_MAX, 0);
    }
    if (ok)
        find_unbalanced(checker, &t, bus, findings);
    hb_pages_free(t.entries, t.capacity * sizeof *t.entries);
    return ok ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "no memory to check a bus");
}

hb_status hb_air_check_trace(const hb_air_checker *checker, size_t *findings, hb_error *err)
{
    size_t more;
    bool unreduced;
    hb_status st = check_rows(checker, findings, &unreduced, err);
    for (uint32_t bus = HB_BUS_STATE; st == HB_OK && !unreduced && bus < HB_BUS_COUNT; bus++) {
        st = hb_air_check_bus(checker, (hb_bus)bus, &more, err);
        *findings += more;
    }
    return st;
}
