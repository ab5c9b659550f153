#include "tests/soundness/forgery.h"

#include <stdlib.h>

#include "air/checker.h"
#include "base/arena.h"
#include "machine/prooffile_write.h"

static void put_tokens(const hb_statement *st, hb_bus_token tokens[4])
{
    tokens[0] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_STATE, {st->pc_in, 4}};
    tokens[1] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_STATE, {st->pc_out, st->ts_end}};
    tokens[2] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_CHAIN, {0, 0, HB_F_P - 1}};
    tokens[3] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_CHAIN, {st->heights[HB_CHIP_INITFIN], st->chain_hi, st->chain_lo}};
}

static void print_finding(void *ctx, const hb_air_finding *finding)
{
    (void)ctx;
    print_message("    %s\n", finding->text);
}

size_t forgery_findings(const hb_machine_proof *p)
{
    hb_bus_token tokens[4];
    size_t findings = 0;
    hb_error err = {0};
    put_tokens(&p->statement, tokens);
    const hb_air_checker checker = {.tables = p->tables, .n_tables = p->layout->n_tables, .publics = p->layout->publics, .tokens = tokens, .n_tokens = 4, .max_reports = 2,
                                    .report = getenv("HB_VERBOSE") ? print_finding : NULL};
    assert_int_equal(hb_air_check_trace(&checker, &findings, &err), HB_OK);
    return findings;
}

forgery_end forge(proof_case *c, const forgery *f, hb_error *why, size_t *findings)
{
    hb_machine_proof p;
    hb_error err = {0};
    hb_buf file = {0};
    forgery_end end = FORGERY_NOT_PROVABLE;
    const hb_machine_key *key = f->key ? f->key : &c->key;
    hb_status st = hb_machine_proof_init(&p, key, HB_KIND_SINGLE, f->record, NULL, NULL, c->pool, NULL, &err);
    if (st == HB_OK && f->edit && !f->edit_after_counting)
        f->edit(f->ctx, &p);
    if (st == HB_OK)
        st = hb_machine_proof_count(&p, &err);
    if (st == HB_OK && f->edit && f->edit_after_counting)
        f->edit(f->ctx, &p);
    if (st == HB_OK && findings)
        *findings = forgery_findings(&p);
    if (st == HB_OK)
        st = hb_proof_write_head(&key->part, &p.statement, 0, 0, f->public_bytes, f->n_public_bytes, &file);
    if (st == HB_OK)
        st = hb_machine_proof_finish(&p, &file, &err);
    if (st == HB_OK)
        end = proof_case_accepts_under(c, key->vkey, file.data, file.len, p.statement.exit_code, why) ? FORGERY_ACCEPTED : FORGERY_REJECTED;
    hb_machine_proof_free(&p);
    hb_buf_free(&file);
    return end;
}

hb_table *forgery_table(hb_machine_proof *p, uint32_t chip)
{
    for (uint32_t i = 0; i < p->layout->n_tables; i++)
        if (p->tables[i].chip == chip)
            return &p->tables[i];
    fail_msg("no table of chip %s", hb_chips[chip]->name);
    return NULL;
}

/* Copies the rows of one table of `before` into new memory. */
static hb_f *move_table(const hb_machine_proof *p, const hb_table *before, size_t n_before, uint32_t chip, hb_table *t, hb_f **column, hb_f *cell)
{
    const hb_chip *c = hb_chips[chip];
    const uint32_t n = p->statement.heights[chip], stored = hb_stored_tiles(n) * HB_TILE_ROWS;
    *t = (hb_table){.chip = chip, .air = &p->key->airs.air[chip], .n_rows = n, .stored_rows = stored, .h_log2 = hb_table_height_log2(n), .cols = column,
                    .name = c->name, .column_names = c->column_names};
    for (uint32_t j = 0; j < c->pre_width; j++)
        *column++ = p->key->pre_cols[chip][j];
    for (uint32_t j = 0; j < c->width; j++, cell += stored) {
        *column++ = cell;
        for (size_t i = 0; i < n_before; i++)
            if (before[i].chip == chip)
                memcpy(cell, before[i].cols[c->pre_width + j], (stored < before[i].stored_rows ? stored : before[i].stored_rows) * sizeof *cell);
    }
    return cell;
}

bool forgery_relayout(hb_machine_proof *p)
{
    hb_table before[HB_CHIP_COUNT];
    const size_t n_before = p->layout->n_tables;
    void *const old_cells = p->room->cells;
    hb_f **const old_columns = p->columns;
    const size_t old_bytes = p->room->cells_bytes;
    memcpy(before, p->tables, sizeof before);
    hb_scratch scratch = hb_scratch_of(p->layout + 1, p->memory_bytes - sizeof *p->layout);
    if (hb_machine_layout_init(p->layout, &p->key->airs, &p->key->part, &p->statement, &scratch, NULL) != HB_OK)
        return false;
    size_t cells = 0, columns = 0;
    for (uint32_t i = 0; i < p->layout->n_tables; i++) {
        const uint32_t chip = p->layout->chip[i];
        columns += hb_chips[chip]->pre_width + hb_chips[chip]->width;
        cells += (size_t)hb_chips[chip]->width * hb_stored_tiles(p->statement.heights[chip]) * HB_TILE_ROWS;
    }
    p->room->cells_bytes = cells * sizeof(hb_f);
    p->room->cells = hb_pages_alloc(p->room->cells_bytes);
    p->columns = malloc(columns * sizeof *p->columns);
    hb_arena_free(&p->room->arena);
    if (!p->room->cells || !p->columns || hb_arena_init(&p->room->arena, hb_machine_prove_bytes(p->key, &p->statement, p->pool, NULL)) != HB_OK)
        fail_msg("no memory");
    hb_f *cell = p->room->cells, **column = p->columns;
    for (uint32_t i = 0; i < p->layout->n_tables; i++) {
        const uint32_t chip = p->layout->chip[i];
        cell = move_table(p, before, n_before, chip, &p->tables[i], column, cell);
        p->stacked[i] = p->tables[i]; /* kind `single` has all tables of the key */
        column += hb_chips[chip]->pre_width + hb_chips[chip]->width;
    }
    hb_pages_free(old_cells, old_bytes);
    free(old_columns);
    return true;
}
