/* Rows that are swapped, dropped, repeated or moved in every table; instructions that change places in time; reads that are stale; each proven by a cheating prover
 * whose other work is honest (attacks.md A6, A8, B1, C1). */
#include "tests/soundness/row_games.h"

#include <stdlib.h>

static proof_case the_case;
static uint32_t heights[HB_CHIP_COUNT];

static int make(void **state)
{
    (void)state;
    hb_proof_view view;
    proof_case_make_everywhere(&the_case, 1, 0);
    assert_int_equal(hb_proof_parse(the_case.proof.data, the_case.proof.len, &view, NULL), HB_OK);
    memcpy(heights, view.statement.heights, sizeof heights);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}

/* Chips whose rows a prover chooses and that have at least two in the case. */
static bool plays(uint32_t chip)
{
    return hb_chips[chip]->height_rule == HB_HEIGHT_FREE && heights[chip] >= 2;
}

static bool is_instruction(uint32_t chip)
{
    return hb_chips[chip]->ts_inc > 0;
}

/* --- whole rows of one table -------------------------------------------------------------------------------------------------------------- */
typedef struct rows {
    uint32_t chip, i, j;
} rows;

static void change_height(hb_machine_proof *p, uint32_t chip, int by)
{
    p->statement.heights[chip] = (uint32_t)((int)p->statement.heights[chip] + by);
    p->statement.ts_end = (uint32_t)((int)p->statement.ts_end + by * (int)hb_chips[chip]->ts_inc);
    assert_true(forgery_relayout(p));
}

/* Row i is gone; the last row takes its place. */
static void drop_row(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    game_copy_row(p, r->chip, r->i, p->statement.heights[r->chip] - 1);
    change_height(p, r->chip, -1);
}

/* The last row is not counted, but stands where it was: a padding row with all that a real row says. */
static void hide_last_row(void *ctx, hb_machine_proof *p)
{
    change_height(p, ((const rows *)ctx)->chip, -1);
}

static void repeat_row(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    change_height(p, r->chip, 1);
    game_copy_row(p, r->chip, p->statement.heights[r->chip] - 1, r->i);
}

static void replace_row(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    game_copy_row(p, r->chip, r->i, r->j);
}

static void clear_row(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    for (uint32_t j = 0; j < hb_chips[r->chip]->width; j++)
        *game_cell(p, r->chip, j, r->i) = 0;
}

/* A row of zeros more: nothing but tuples of zeros. */
static void add_row(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    change_height(p, r->chip, 1);
    for (uint32_t j = 0; j < hb_chips[r->chip]->width; j++)
        *game_cell(p, r->chip, j, p->statement.heights[r->chip] - 1) = 0;
}

static void swap_rows(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    for (uint32_t j = 0; j < hb_chips[r->chip]->width; j++)
        game_swap(game_cell(p, r->chip, j, r->i), game_cell(p, r->chip, j, r->j));
}

static void swap_times(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    game_swap(game_cell(p, r->chip, COL_TS, r->i), game_cell(p, r->chip, COL_TS, r->j));
}

static void swap_pcs(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    game_swap(game_cell(p, r->chip, COL_PC, r->i), game_cell(p, r->chip, COL_PC, r->j));
}

static void fill_padding(void *ctx, hb_machine_proof *p)
{
    const rows *r = ctx;
    const hb_table *t = forgery_table(p, r->chip);
    for (uint32_t row = t->n_rows; row < t->stored_rows; row++)
        game_copy_row(p, r->chip, row, row % t->n_rows);
}

/* One of two games in every table in which it can be played: by turns, as each costs a proof. */
static void in_every_table(void (*edit)(void *ctx, hb_machine_proof *p), void (*other)(void *ctx, hb_machine_proof *p), bool only_instructions, const char *what)
{
    unsigned tables = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        if (!plays(c) || (only_instructions && !is_instruction(c)))
            continue;
        char text[96];
        rows r = {c, 0, heights[c] - 1};
        const game g = {.c = &the_case, .edit = tables++ % 2 && other ? other : edit, .ctx = &r};
        snprintf(text, sizeof text, "%s of table %s", what, hb_chips[c]->name);
        game_lost(&g, text);
    }
    assert_true(tables >= 15);
}

static void dropped_rows(void **state)
{
    (void)state;
    in_every_table(drop_row, hide_last_row, false, "dropped or hidden row");
}

static void repeated_rows(void **state)
{
    (void)state;
    in_every_table(repeat_row, add_row, false, "repeated or added row");
}

static void replaced_rows(void **state)
{
    (void)state;
    in_every_table(replace_row, clear_row, false, "replaced or cleared row");
}

static void rows_out_of_place(void **state)
{
    (void)state;
    in_every_table(swap_times, NULL, true, "exchanged times");
    rows r = {HB_CHIP_INITFIN, 20, 21};
    const game g = {.c = &the_case, .edit = swap_rows, .ctx = &r};
    game_lost(&g, "two cells of memory in the wrong order");
    r = (rows){HB_CHIP_INITFIN, 0, 1};
    game_lost(&g, "two public values in the wrong order");
}

/* pc of different instructions: the first and the last of a table, where they differ. */
static void exchanged_pcs(void **state)
{
    (void)state;
    static const uint32_t chips[] = {HB_CHIP_ADD, HB_CHIP_ADDI, HB_CHIP_LOGIC, HB_CHIP_LOAD, HB_CHIP_STORE, HB_CHIP_CALL, HB_CHIP_SHIFT, HB_CHIP_MUL};
    for (size_t k = 0; k < sizeof chips / sizeof *chips; k++) {
        rows r = {chips[k], 0, heights[chips[k]] - 1};
        const game g = {.c = &the_case, .edit = swap_pcs, .ctx = &r};
        game_lost(&g, hb_chips[chips[k]]->name);
    }
}

/* The order of rows in a table of instructions is nobody's business, and neither is what stands in padding rows. */
static void harmless_games(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        rows r = {c, 0, heights[c] - 1};
        game g = {.c = &the_case, .edit = fill_padding, .ctx = &r};
        if (!plays(c))
            continue;
        if (c % 4 == 0)
            game_harmless(&g, "rows repeated in the padding");
        g.edit = swap_rows;
        if (is_instruction(c) && c % 4 == 1)
            game_harmless(&g, "rows in another order");
    }
}

/* --- time ----------------------------------------------------------------------------------------------------------------------------------- */
/* The rows of instructions by time. */
typedef struct step {
    uint32_t ts, chip, row;
} step;

static int by_time(const void *x, const void *y)
{
    const step *a = x, *b = y;
    return a->ts < b->ts ? -1 : a->ts > b->ts;
}

static size_t steps_of(hb_machine_proof *p, step **out)
{
    size_t n = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        n += is_instruction(c) ? p->statement.heights[c] : 0;
    step *s = *out = malloc(n * sizeof *s);
    n = 0;
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        for (uint32_t row = 0; is_instruction(c) && row < p->statement.heights[c]; row++)
            s[n++] = (step){hb_f_to_u32(*game_cell(p, c, COL_TS, row)), c, row};
    qsort(s, n, sizeof *s, by_time);
    return n;
}

/* Instruction k and the one after it change places in time, each with its own pc. */
static void exchange_steps(void *ctx, hb_machine_proof *p)
{
    step *s;
    const size_t n = steps_of(p, &s), k = *(const size_t *)ctx % (n - 1);
    game_swap(game_cell(p, s[k].chip, COL_TS, s[k].row), game_cell(p, s[k + 1].chip, COL_TS, s[k + 1].row));
    free(s);
}

/* ... and with the other's pc. */
static void exchange_steps_and_pcs(void *ctx, hb_machine_proof *p)
{
    step *s;
    const size_t n = steps_of(p, &s), k = *(const size_t *)ctx % (n - 1);
    game_swap(game_cell(p, s[k].chip, COL_TS, s[k].row), game_cell(p, s[k + 1].chip, COL_TS, s[k + 1].row));
    game_swap(game_cell(p, s[k].chip, COL_PC, s[k].row), game_cell(p, s[k + 1].chip, COL_PC, s[k + 1].row));
    free(s);
}

static void steps_that_change_places(void **state)
{
    (void)state;
    for (size_t k = 0; k < 12; k++) {
        size_t at = 3 + 37 * k;
        game g = {.c = &the_case, .edit = exchange_steps, .ctx = &at};
        game_lost(&g, "two steps exchange their times");
        g.edit = exchange_steps_and_pcs;
        game_lost(&g, "two steps exchange their times and pcs");
    }
}

/* Columns that hold times, by name. */
static bool is_time(const char *name)
{
    const size_t n = strlen(name);
    return strcmp(name, "ts") == 0 || (n > 3 && strcmp(name + n - 3, "_ts") == 0) || strstr(name, "_ts") != NULL;
}

/* An instruction never happens: its row goes, all later times move by its four, the next one takes its pc's place in STATE or not. */
static void skip_step(void *ctx, hb_machine_proof *p)
{
    step *s;
    const size_t n = steps_of(p, &s);
    size_t k = *(const size_t *)ctx % n;
    while (hb_chips[s[k].chip]->ts_inc != 4 || p->statement.heights[s[k].chip] < 2)
        k = (k + 1) % n;
    const step gone = s[k];
    free(s);
    game_copy_row(p, gone.chip, gone.row, p->statement.heights[gone.chip] - 1);
    change_height(p, gone.chip, -1);
    for (uint32_t i = 0; i < p->layout->n_tables; i++) {
        hb_table *t = &p->tables[i];
        for (uint32_t j = 0; j < hb_chips[t->chip]->width; j++)
            for (uint32_t row = 0; is_time(t->column_names[hb_chips[t->chip]->pre_width + j]) && row < t->n_rows; row++) {
                hb_f *x = game_cell(p, t->chip, j, row);
                *x = hb_f_to_u32(*x) > gone.ts ? hb_f_sub(*x, HB_F_CONST(4)) : *x;
            }
    }
}

static void steps_that_are_skipped(void **state)
{
    (void)state;
    for (size_t k = 0; k < 12; k++) {
        size_t at = 5 + 41 * k;
        const game g = {.c = &the_case, .edit = skip_step, .ctx = &at};
        game_lost(&g, "a step that is skipped");
    }
}

/* --- memory ------------------------------------------------------------------------------------------------------------------------------- */
/* A read that takes what it gives: consumes its own token, with any value. Only strictness forbids it. */
static void read_itself(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    *game_cell(p, HB_CHIP_LD, NEAR_M_TS, 0) = hb_f_add(*game_cell(p, HB_CHIP_LD, COL_TS, 0), HB_F_CONST(3));
}

static void read_the_future(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    *game_cell(p, HB_CHIP_LD, NEAR_M_TS, 0) = hb_f_add(*game_cell(p, HB_CHIP_LD, COL_TS, 0), HB_F_CONST(40));
}

/* A row of LD from `row` on, round and round, whose cell has another time than that of the row before. */
static uint32_t differing(hb_machine_proof *p, uint32_t row)
{
    const uint32_t n = heights[HB_CHIP_LD];
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t r = 1 + (row + k) % (n - 1);
        if (*game_cell(p, HB_CHIP_LD, NEAR_M_TS, r) != *game_cell(p, HB_CHIP_LD, NEAR_M_TS, r - 1))
            return r;
    }
    fail_msg("all loads read cells of one time");
    return 0;
}

/* What another access found: value and time. */
static void read_stale(void *ctx, hb_machine_proof *p)
{
    const uint32_t row = differing(p, *(const uint32_t *)ctx), older = row - 1;
    for (uint32_t j = NEAR_M; j <= NEAR_M_TS; j++)
        *game_cell(p, HB_CHIP_LD, j, row) = *game_cell(p, HB_CHIP_LD, j, older);
}

/* Two loads exchange the times of what they read. */
static void exchange_read_times(void *ctx, hb_machine_proof *p)
{
    const uint32_t row = differing(p, *(const uint32_t *)ctx);
    game_swap(game_cell(p, HB_CHIP_LD, NEAR_M_TS, row), game_cell(p, HB_CHIP_LD, NEAR_M_TS, row - 1));
}

/* A store is forgotten: it leaves the cell as it was. */
static void forget_store(void *ctx, hb_machine_proof *p)
{
    const uint32_t row = *(const uint32_t *)ctx;
    for (uint32_t j = 0; j < 4; j++) {
        hb_f *now = game_cell(p, HB_CHIP_SD, SD_B + j, row);
        *now = hb_f_add(*game_cell(p, HB_CHIP_SD, NEAR_M + j, row), j == 0 ? HB_F_ONE : 0);
    }
}

static void reads_and_writes(void **state)
{
    (void)state;
    uint32_t row = 0;
    game g = {.c = &the_case, .edit = read_itself, .ctx = &row};
    assert_int_equal(game_lost(&g, "a read that consumes its own token"), HB_R_GKR_FRACTIONS);
    g.edit = read_the_future;
    game_lost(&g, "a read of the future");
    for (row = 1; row < heights[HB_CHIP_LD]; row += 17) {
        g.edit = read_stale;
        game_lost(&g, "a stale read");
        g.edit = exchange_read_times;
        game_lost(&g, "reads that exchange times");
    }
    for (row = 0; row < heights[HB_CHIP_SD]; row++) {
        g.edit = forget_store;
        game_lost(&g, "a forgotten store");
    }
}

/* --- the end -------------------------------------------------------------------------------------------------------------------------------- */
/* A run that is cut off and pretends to have halted. */
static void cut_runs(void **state)
{
    (void)state;
    static const uint8_t chunk[] = "secret!";
    const hb_rv_span inputs[1] = {{chunk, sizeof chunk}};
    const uint64_t cycles = hb_rv_run_report(the_case.run)->cycles;
    for (uint64_t k = 1; k < cycles; k += cycles / 24) {
        const hb_rv_exec_options options = {.record = true, .inputs = inputs, .n_inputs = 1, .cycle_limit = cycles - k};
        hb_rv_run *run = NULL;
        assert_int_equal(hb_rv_exec(&the_case.program, &options, &run, NULL), HB_LIMIT);
        hb_rv_record *record = hb_rv_run_record_mutable(run);
        record->pc_out = HB_PC_HALT;
        const hb_rv_report *report = hb_rv_run_report(run);
        const forgery f = {.record = record, .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len};
        hb_error why = {0};
        size_t findings = 0;
        assert_int_equal(forge(&the_case, &f, &why, &findings), FORGERY_REJECTED);
        assert_true(why.reason == HB_R_GKR_PRODUCTS || why.reason == HB_R_PUBLIC_BYTES); /* bytes without a digest are noticed first */
        assert_true(findings > 0);
        hb_rv_run_free(run);
    }
}

/* A second HALT after the first, at the place where a run that has halted is. */
static void add_halt(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    change_height(p, HB_CHIP_CALL, 1);
    const uint32_t n = p->statement.heights[HB_CHIP_CALL];
    game_copy_row(p, HB_CHIP_CALL, n - 1, n - 2);
    *game_cell(p, HB_CHIP_CALL, COL_PC, n - 1) = hb_f_from_u32(HB_PC_HALT);
    hb_f *ts = game_cell(p, HB_CHIP_CALL, COL_TS, n - 1);
    *ts = hb_f_add(*ts, HB_F_CONST(16));
}

static void halts_twice(void **state)
{
    (void)state;
    const game g = {.c = &the_case, .edit = add_halt};
    assert_int_equal(game_lost(&g, "a second HALT"), HB_R_GKR_FRACTIONS); /* there is no instruction */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropped_rows),     cmocka_unit_test(repeated_rows),  cmocka_unit_test(replaced_rows),
        cmocka_unit_test(rows_out_of_place), cmocka_unit_test(exchanged_pcs), cmocka_unit_test(harmless_games),
        cmocka_unit_test(steps_that_change_places), cmocka_unit_test(steps_that_are_skipped), cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(cut_runs),         cmocka_unit_test(halts_twice),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
