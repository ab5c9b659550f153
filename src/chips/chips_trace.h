/* Tests only: the trace of a run. Programs through rv/rvasm.h, the run through rv/interp.h, tables through the fillers, multiplicities through the air room. */
#pragma once
#include "base/testing.h"

#include <stdlib.h>

#include "air/checker.h"
#include "air/multiplicity.h"
#include "base/arena.h"
#include "chips/chip.h"
#include "chips/columns.h"
#include "chips/route.h"
#include "rv/interp.h"
#include "rv/rvasm.h"

typedef struct chips_trace {
    hb_rv_program program;
    hb_rv_run *run;
    const hb_rv_record *record;
    hb_chip_run routed;
    hb_air air[HB_CHIP_COUNT];
    hb_table tables[HB_CHIP_COUNT]; /* by chip; n_rows 0: absent */
    hb_air_publics publics;
    hb_bus_token tokens[4];
} chips_trace;

/* Records the rules of a chip; fails the test on any problem. */
static inline void chips_record(hb_chip_id id, hb_air *air)
{
    const hb_chip *chip = hb_chips[id];
    hb_air_init(air, chip->pre_width, chip->width, HB_AIR_LIMITS_DEFAULT, malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT)));
    chip->rules(air);
    hb_air_problem p = hb_air_finish(air);
    if (p.code != HB_AIR_OK)
        fail_msg("%s: %s (index %u, part %u, %s)", chip->name, hb_air_problem_text(p.code), p.index, p.part, p.label ? p.label : "");
}

static inline void chips_make_table(chips_trace *t, hb_chip_id id)
{
    const hb_chip *chip = hb_chips[id];
    const hb_chip_filler *filler = hb_chip_fillers[id];
    hb_table *table = &t->tables[id];
    uint32_t columns = chip->pre_width + chip->width, n = hb_chip_in_kind(id, HB_KIND_SINGLE) ? (uint32_t)filler->rows(&t->routed) : 0;
    uint32_t stored = hb_stored_tiles(n) * HB_TILE_ROWS;
    *table = (hb_table){id, &t->air[id], n, stored, hb_table_height_log2(n), NULL, chip->name, chip->column_names};
    if (!n)
        return;
    table->cols = calloc(columns, sizeof *table->cols);
    for (uint32_t j = 0; j < columns; j++)
        table->cols[j] = hb_pages_alloc(stored * sizeof(hb_f));
    if (filler->fill_pre)
        filler->fill_pre(&t->program, table->cols);
    size_t half = n / 2; /* two calls: chunks may begin anywhere */
    if (filler->fill) {
        filler->fill(&t->routed, half, n, table->cols + chip->pre_width);
        filler->fill(&t->routed, 0, half, table->cols + chip->pre_width);
    }
}

static inline size_t chips_row_of(const void *ctx, hb_bus bus, const uint32_t *tuple)
{
    const chips_trace *t = ctx;
    static const hb_chip_id provider[HB_BUS_COUNT] = {[HB_BUS_PROG] = HB_CHIP_PROG, [HB_BUS_IMAGE] = HB_CHIP_IMAGE, [HB_BUS_RC16] = HB_CHIP_RC16,
                                                      [HB_BUS_RC18] = HB_CHIP_RC18, [HB_BUS_AND] = HB_CHIP_BYTE, [HB_BUS_BYTES] = HB_CHIP_BYTE};
    return hb_chip_fillers[provider[bus]]->row_of(&t->program, bus, tuple);
}

/* Present tables, packed. */
static inline size_t chips_present(const chips_trace *t, hb_table out[HB_CHIP_COUNT])
{
    size_t n = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        if (t->tables[c].n_rows)
            out[n++] = t->tables[c];
    return n;
}

static inline hb_status chips_count(chips_trace *t, hb_error *err)
{
    hb_table tables[HB_CHIP_COUNT];
    hb_air_finder finders[HB_CHIP_COUNT];
    size_t n = chips_present(t, tables);
    for (size_t i = 0; i < n; i++)
        finders[i] = (hb_air_finder){hb_chip_fillers[tables[i].chip]->row_of ? chips_row_of : NULL, t};
    hb_arena arena;
    assert_int_equal(hb_arena_init(&arena, (size_t)64 << 20), HB_OK);
    hb_status st = hb_air_count_multiplicities(tables, n, finders, &t->publics, NULL, &arena, err);
    hb_arena_free(&arena);
    return st;
}

/* What the statement contributes, from the record: public values and the first and last tokens of STATE and CHAIN. */
static inline void chips_statement(chips_trace *t)
{
    const hb_rv_report *report = hb_rv_run_report(t->run);
    const hb_rv_cell *last = hb_chip_run_cell(&t->routed, hb_chip_run_cells(&t->routed) - 1);
    uint32_t words[HB_PUBLIC_WORDS], key[HB_KEY_COUNT] = {(uint32_t)(t->program.img_lo / 8), (uint32_t)(t->program.img_hi / 8), 0};
    memcpy(words, report->pv_words, sizeof report->pv_words);
    words[16] = report->exit_code;
    t->publics = hb_air_publics_of(key, words);
    t->tokens[0] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_STATE, {t->record->pc_in, 4}};
    t->tokens[1] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_STATE, {t->record->pc_out, t->record->ts_end}};
    t->tokens[2] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_CHAIN, {0, 0, HB_F_P - 1}};
    t->tokens[3] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_CHAIN, {(uint32_t)hb_chip_run_cells(&t->routed), last->hi, last->lo}};
}

/* Builds, runs and fills, by this policy of routing. The assembler is freed. */
static inline chips_trace *chips_trace_routed(hb_rvasm *a, const hb_rv_exec_options *options, hb_route_policy policy)
{
    chips_trace *t = calloc(1, sizeof *t);
    hb_error err = {0};
    if (hb_rvasm_build(a, &t->program, &err) != HB_OK)
        fail_msg("build: %s", err.message);
    hb_rvasm_free(a);
    free(a);
    hb_rv_exec_options o = options ? *options : (hb_rv_exec_options){0};
    o.record = true;
    if (hb_rv_exec(&t->program, &o, &t->run, &err) != HB_OK)
        fail_msg("run: %s", err.message);
    t->record = hb_rv_run_record(t->run);
    if (hb_chip_run_init(&t->routed, &t->program, t->record, policy, NULL, &err) != HB_OK)
        fail_msg("routing: %s", err.message);
    chips_statement(t);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        chips_record((hb_chip_id)c, &t->air[c]);
        chips_make_table(t, (hb_chip_id)c);
    }
    if (chips_count(t, &err) != HB_OK)
        fail_msg("multiplicities: %s", err.message);
    return t;
}

/* With rows in every table that can have some. */
static inline chips_trace *chips_trace_of(hb_rvasm *a, const hb_rv_exec_options *options)
{
    return chips_trace_routed(a, options, HB_ROUTE_TURNS);
}

static inline void chips_print_finding(void *ctx, const hb_air_finding *f)
{
    (void)ctx;
    print_message("%s\n", f->text);
}

/* Number of things wrong with the trace; the first few are printed when `print`. */
static inline size_t chips_findings(const chips_trace *t, bool print)
{
    hb_table tables[HB_CHIP_COUNT];
    size_t n = chips_present(t, tables), findings = 0;
    hb_air_checker checker = {.tables = tables, .n_tables = n, .publics = t->publics, .tokens = t->tokens, .n_tokens = 4, .max_reports = 5,
                              .report = print ? chips_print_finding : NULL};
    hb_error err = {0};
    assert_int_equal(hb_air_check_trace(&checker, &findings, &err), HB_OK);
    return findings;
}

static inline void chips_trace_free(chips_trace *t)
{
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        const hb_table *table = &t->tables[c];
        for (uint32_t j = 0; table->cols && j < t->air[c].pre_width + t->air[c].width; j++)
            hb_pages_free(table->cols[j], table->stored_rows * sizeof(hb_f));
        free(table->cols);
        free(t->air[c].nodes); /* the start of the record's memory */
    }
    hb_chip_run_free(&t->routed);
    hb_rv_run_free(t->run);
    hb_rv_program_free(&t->program);
    free(t);
}
