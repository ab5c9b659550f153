/* One committed cell changed: the proof verifies exactly when the trace checker finds nothing wrong with the tables (some witnesses are free: either of two in
 * a comparison, say), and nearly always something is. HB_CELL_EDITS sets how many (default 2,000; the soak tier runs 50,000). */
#include <stdlib.h>

#include "base/reject.h"
#include "tests/soundness/forgery.h"

static proof_case the_case;

typedef struct edit {
    hb_test_rng rng;
    uint32_t chip, column, row;
    hb_f before, after;
} edit;

static hb_f change(hb_test_rng *rng, hb_f x, hb_f neighbour)
{
    switch (hb_test_below(rng, 9)) {
    case 0: return hb_f_add(x, HB_F_ONE);
    case 1: return hb_f_sub(x, HB_F_ONE);
    case 2: return hb_f_add(x, hb_f_from_u32(1u << 16));
    case 3: return hb_f_sub(x, hb_f_from_u32(1u << 18));
    case 4: return hb_f_neg(x);
    case 5: return neighbour;
    case 6: return hb_f_sub(HB_F_ONE, x);
    case 7: return hb_f_mul(x, hb_f_inv(HB_F_TWO));
    default: return hb_f_from_u32(hb_test_u32(rng) % HB_F_P);
    }
}

/* A cell of a real row of any table, main columns only (preprocessed ones are the key's). */
static void edit_cell(void *ctx, hb_machine_proof *p)
{
    edit *e = ctx;
    do {
        const hb_table *t = &p->tables[hb_test_below(&e->rng, p->layout->n_tables)];
        const hb_chip *chip = hb_chips[t->chip];
        e->chip = t->chip;
        e->row = (uint32_t)hb_test_below(&e->rng, t->n_rows);
        e->column = chip->pre_width + (uint32_t)hb_test_below(&e->rng, chip->width);
        hb_f *cell = &t->cols[e->column][e->row];
        e->before = *cell;
        *cell = e->after = change(&e->rng, *cell, t->cols[chip->pre_width + (e->column - chip->pre_width + 1) % chip->width][e->row]);
    } while (e->after == e->before);
}

static int make(void **state)
{
    (void)state;
    proof_case_make(&the_case, 1, 0);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}

static forgery honest(void)
{
    const hb_rv_report *report = hb_rv_run_report(the_case.run);
    return (forgery){.record = hb_rv_run_record(the_case.run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len};
}

static void honest_tables_are_accepted(void **state)
{
    (void)state;
    const forgery f = honest();
    size_t findings = 1;
    assert_int_equal(forge(&the_case, &f, NULL, &findings), FORGERY_ACCEPTED);
    assert_int_equal(findings, 0);
}

static void edited_cells_are_rejected(void **state)
{
    (void)state;
    const char *wanted = getenv("HB_CELL_EDITS");
    const int edits = wanted ? atoi(wanted) : 2000;
    edit e = {.rng = proof_case_rng(20261125)};
    unsigned ends[3] = {0};
    for (int i = 0; i < edits; i++) {
        forgery f = honest();
        f.edit = edit_cell;
        f.ctx = &e;
        f.edit_after_counting = i % 2;
        hb_error why = {0};
        size_t findings = 1;
        const forgery_end end = forge(&the_case, &f, &why, &findings);
        ends[end]++;
        if ((end == FORGERY_ACCEPTED) != (findings == 0))
            fail_msg("edit %d: chip %s column %s row %u: %u became %u: verifier %s, trace checker %zu findings", i, hb_chips[e.chip]->name,
                     hb_chips[e.chip]->column_names[e.column], e.row, hb_f_to_u32(e.before), hb_f_to_u32(e.after), end == FORGERY_ACCEPTED ? "accepts" : why.message, findings);
        if (end == FORGERY_REJECTED && why.reason != HB_R_GKR_PRODUCTS && why.reason != HB_R_GKR_FRACTIONS && why.reason != HB_R_ZEROCHECK_SKIP && why.reason != HB_R_GKR_DENOMINATOR)
            fail_msg("edit %d is rejected, but for another reason: %s", i, why.message);
    }
    print_message("%d edits: %u rejected, %u not provable, %u harmless\n", edits, ends[FORGERY_REJECTED], ends[FORGERY_NOT_PROVABLE], ends[FORGERY_ACCEPTED]);
    assert_true(ends[FORGERY_REJECTED] > (unsigned)edits / 2);
    assert_true(ends[FORGERY_ACCEPTED] < (unsigned)edits / 10 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(honest_tables_are_accepted), cmocka_unit_test(edited_cells_are_rejected)};
    return cmocka_run_group_tests(tests, make, drop);
}
