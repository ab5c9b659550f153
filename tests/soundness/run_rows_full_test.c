/* Boundary tables, first and last values, and shard numbers that an honest execution would not give, row by row, all committed to before the challenges are drawn and proven
 * as well as the prover can. Beside each one stands the honest control, which the same code makes. (Whole shards that do not belong together: run_forgery_full_test.c.) */
#include "tests/soundness/proof_case.h"

#include <stdlib.h>

#include "machine/prooffile_write.h"
#include "machine/run.h"
#include "rv/recorder.h"
#include "rv/shardrun.h"

#define SHARDS 3u
#define SHARD_CYCLES 2500u

static proof_case the_case;
static const uint8_t chunk[] = "secret!";
static const hb_rv_span inputs[1] = {{chunk, sizeof chunk}};

/* What the prover works from: a record for each shard, and the run's cells. */
typedef struct forged_run {
    hb_rv_run *run[SHARDS + 1]; /* run[s]: recorded up to the end of shard s, so that its record is shard s */
    hb_rv_record init;
} forged_run;

static void execute(forged_run *f)
{
    hb_error err = {0};
    hb_rv_shard shard;
    memset(f, 0, sizeof *f);
    for (uint32_t s = 1; s <= SHARDS; s++) {
        const hb_rv_exec_options options = {.inputs = inputs, .n_inputs = 1, .sharding = HB_RV_SHARDS_RECORD};
        assert_int_equal(hb_rv_start(&the_case.program, &options, &f->run[s], &err), HB_OK);
        for (uint32_t k = 1; k <= s; k++) {
            const hb_rv_bound bound = {.cycles = k < SHARDS ? k * SHARD_CYCLES : 0};
            hb_rv_advance(f->run[s], &bound);
            assert_int_equal(hb_rv_shard_end(f->run[s], &shard, &err), HB_OK);
        }
    }
    const hb_rv_cell *cells;
    size_t n;
    assert_int_equal(hb_rv_finish(f->run[SHARDS], &err), HB_OK);
    assert_int_equal(hb_rv_run_final_cells(f->run[SHARDS], &cells, &n, &err), HB_OK);
    assert_true(hb_rv_events_reserve(&f->init.cells, sizeof *cells, n + 1));
    memcpy(f->init.cells.data, cells, n * sizeof *cells);
    f->init.cells.count = n;
}

static void forget(forged_run *f)
{
    for (uint32_t s = 1; s <= SHARDS; s++)
        hb_rv_run_free(f->run[s]);
    hb_rv_record_free(&f->init);
}

static hb_rv_record *record_of(const forged_run *f, uint32_t s)
{
    return s ? hb_rv_run_record_mutable(f->run[s]) : (hb_rv_record *)&f->init;
}

/* --- edits -------------------------------------------------------------------------------------------------------------------------------- */

static hb_rv_boundary *rows_of(const forged_run *f, uint32_t s)
{
    return record_of(f, s)->boundary.data;
}

static size_t count_of(const forged_run *f, uint32_t s)
{
    return record_of(f, s)->boundary.count;
}

static hb_rv_boundary *row_of(const forged_run *f, uint32_t s, uint32_t hi, uint32_t lo)
{
    for (size_t i = 0; i < count_of(f, s); i++)
        if (rows_of(f, s)[i].hi == hi && rows_of(f, s)[i].lo == lo)
            return &rows_of(f, s)[i];
    return NULL;
}

/* A register that every shard changes. */
static hb_rv_boundary *busy_row(const forged_run *f, uint32_t s)
{
    for (uint32_t r = 1; r < 32; r++) {
        bool busy = true;
        for (uint32_t k = 1; k <= SHARDS; k++) {
            const hb_rv_boundary *row = row_of(f, k, HB_RV_HI_REGISTER, r);
            busy = busy && row && row->v_in != row->v_out;
        }
        if (busy)
            return row_of(f, s, HB_RV_HI_REGISTER, r);
    }
    fail_msg("no register that changes in every shard");
    return NULL;
}

static void nothing(forged_run *f) { (void)f; }
static void other_value_handed_on(forged_run *f) { busy_row(f, 1)->v_out ^= 1; }
static void other_value_taken_over(forged_run *f) { busy_row(f, 2)->v_in ^= 1; }
static void value_from_before(forged_run *f) /* shard 3 takes what shard 1 left, as if shard 2 had not been */
{
    busy_row(f, 3)->s_prev = 1;
    busy_row(f, 3)->v_in = busy_row(f, 1)->v_out;
}
static void value_from_the_future(forged_run *f) { busy_row(f, 2)->s_prev = 3; }
static void value_from_itself(forged_run *f) { busy_row(f, 2)->s_prev = 2; }

static void row_dropped(forged_run *f)
{
    hb_rv_record *r = record_of(f, 2);
    hb_rv_boundary *row = busy_row(f, 2), *end = rows_of(f, 2) + r->boundary.count;
    memmove(row, row + 1, (size_t)(end - row - 1) * sizeof *row);
    r->boundary.count--;
}

/* The cell twice in one shard: a second row takes the first value again and throws it away. */
static void row_doubled(forged_run *f)
{
    hb_rv_record *r = record_of(f, 2);
    const hb_rv_boundary row = *busy_row(f, 2);
    assert_true(hb_rv_events_reserve(&r->boundary, sizeof row, r->boundary.count + 1));
    rows_of(f, 2)[r->boundary.count++] = row;
}

/* An idle cell that the shard never touches may be passed through: harmless, since the value stays. */
static void row_for_an_idle_cell(forged_run *f)
{
    hb_rv_record *r = record_of(f, 2);
    hb_rv_cell *cells = f->init.cells.data;
    for (size_t i = 17; i < f->init.cells.count; i++)
        if (cells[i].ts_last == 0) { /* image words that nobody touches */
            cells[i].ts_last = 2;
            assert_true(hb_rv_events_reserve(&r->boundary, sizeof(hb_rv_boundary), r->boundary.count + 1));
            rows_of(f, 2)[r->boundary.count++] = (hb_rv_boundary){.hi = cells[i].hi, .lo = cells[i].lo, .v_in = cells[i].v_init, .v_out = cells[i].v_init};
            return;
        }
    fail_msg("every cell is touched");
}

/* The same, but the idle cell comes out with another value: nothing in the shard wrote it. */
static void idle_cell_changes(forged_run *f)
{
    row_for_an_idle_cell(f);
    rows_of(f, 2)[count_of(f, 2) - 1].v_out ^= 1;
}

static void other_last_shard(forged_run *f)
{
    hb_rv_cell *cells = f->init.cells.data;
    for (size_t i = 17; i < f->init.cells.count; i++)
        if (cells[i].ts_last == 3 && cells[i].hi == HB_RV_HI_REGISTER) {
            cells[i].ts_last = 2;
            return;
        }
    fail_msg("no such cell");
}

static void other_last_value(forged_run *f)
{
    hb_rv_cell *cells = f->init.cells.data;
    cells[f->init.cells.count - 1].v_fin ^= 1;
}

static void other_first_value(forged_run *f) /* of a register, and of the row that takes it over */
{
    hb_rv_cell *cells = f->init.cells.data;
    for (size_t i = 17; i < f->init.cells.count; i++)
        if (cells[i].hi == HB_RV_HI_REGISTER) {
            cells[i].v_init ^= 1;
            for (uint32_t s = 1; s <= SHARDS; s++) {
                hb_rv_boundary *row = row_of(f, s, cells[i].hi, cells[i].lo);
                if (row && row->s_prev == 0)
                    row->v_in ^= 1;
            }
            return;
        }
}

static void cell_dropped(forged_run *f)
{
    f->init.cells.count--;
}

static void cell_doubled(forged_run *f)
{
    hb_rv_cell *cells = f->init.cells.data;
    cells[f->init.cells.count] = cells[f->init.cells.count - 1];
    f->init.cells.count++;
}

static void other_pc(forged_run *f)
{
    record_of(f, 1)->pc_out++;
    record_of(f, 2)->pc_in++;
}

/* --- proving ------------------------------------------------------------------------------------------------------------------------------ */

/* HB_R_NONE: accepted; UINT32_MAX: there is no such proof; else the reason. */
static uint32_t attempt(void (*edit)(forged_run *f))
{
    forged_run f;
    hb_run_facts facts;
    hb_run_tree tree = {0};
    hb_statement st[SHARDS + 1];
    hb_buf file = {0};
    hb_error err = {0};
    uint8_t root[32];
    uint32_t sigma[8];
    bool provable = true;
    execute(&f);
    edit(&f);
    memset(&facts, 0, sizeof facts);
    hb_machine_public_words(f.init.cells.data, facts.public_words);
    for (uint32_t s = 0; s <= SHARDS; s++) {
        const uint32_t kind = s ? HB_KIND_EXEC : HB_KIND_INIT;
        uint32_t cap[HB_CAP_NODES_MAX][8], nodes;
        uint8_t beta[32];
        assert_int_equal(hb_machine_statement(&the_case.key, kind, record_of(&f, s), &facts, &st[s], &err), HB_OK);
        assert_int_equal(hb_machine_commit_boundary(&the_case.key, kind, record_of(&f, s), the_case.pool, cap, &nodes, &err), HB_OK);
        hb_run_beta((const uint32_t(*)[8])cap, nodes, beta);
        hb_run_tree_add(&tree, &st[s], beta);
    }
    hb_run_tree_root(&tree, root);
    hb_run_sigma(the_case.key.vkey, &st[0], SHARDS, root, sigma);
    const uint64_t nonce = hb_run_grind(sigma, facts.seed);
    hb_run_challenges(facts.seed, &facts.global);
    const hb_rv_span values = hb_rv_run_report(f.run[SHARDS])->public_values;
    assert_int_equal(hb_proof_write_head(&the_case.key.part, &st[0], SHARDS, nonce, values.data, values.len, &file), HB_OK);
    for (uint32_t s = 0; s <= SHARDS && provable; s++) {
        hb_machine_proof p;
        hb_status made = hb_machine_proof_init(&p, &the_case.key, s ? HB_KIND_EXEC : HB_KIND_INIT, record_of(&f, s), &facts, NULL, the_case.pool, NULL, &err);
        if (made == HB_OK)
            made = hb_machine_proof_count(&p, &err);
        if (made == HB_OK)
            made = hb_machine_proof_finish(&p, &file, &err);
        provable = made == HB_OK;
        hb_machine_proof_free(&p);
    }
    uint32_t reason = UINT32_MAX;
    if (provable) {
        hb_error why = {0};
        reason = proof_case_accepts(&the_case, file.data, file.len, 7, &why) ? HB_R_NONE : why.reason;
    }
    hb_buf_free(&file);
    forget(&f);
    return reason;
}

#define NOT_PROVABLE UINT32_MAX

static void forged_runs_are_rejected(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*edit)(forged_run *f);
        uint32_t want;
    } cases[] = {
        {"nothing (control)", nothing, HB_R_NONE},
        {"a row for an idle cell (harmless)", row_for_an_idle_cell, HB_R_NONE},
        {"another value handed on", other_value_handed_on, HB_R_GKR_PRODUCTS},
        {"another value taken over", other_value_taken_over, HB_R_GKR_PRODUCTS},
        {"the value from before the last shard", value_from_before, HB_R_GKR_PRODUCTS},
        {"a value from a later shard", value_from_the_future, NOT_PROVABLE},
        {"a value from the shard itself", value_from_itself, NOT_PROVABLE},
        {"a boundary row dropped", row_dropped, HB_R_GKR_PRODUCTS},
        {"a boundary row doubled", row_doubled, HB_R_GKR_PRODUCTS},
        {"an idle cell changes", idle_cell_changes, HB_R_GKR_PRODUCTS},
        {"another last shard", other_last_shard, HB_R_RUN_BALANCE},
        {"another last value", other_last_value, HB_R_RUN_BALANCE},
        {"another first value", other_first_value, HB_R_ZEROCHECK_SKIP},
        {"a cell dropped", cell_dropped, HB_R_RUN_BALANCE},
        {"a cell doubled", cell_doubled, NOT_PROVABLE},
        {"another pc between two shards", other_pc, HB_R_GKR_PRODUCTS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint32_t got = attempt(cases[i].edit);
        if (got != cases[i].want)
            print_message("%s: %s, not %s\n", cases[i].name, got == NOT_PROVABLE ? "not provable" : hb_reject_text(got),
                          cases[i].want == NOT_PROVABLE ? "not provable" : hb_reject_text(cases[i].want));
        assert_true(got == cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forged_runs_are_rejected),
    };
    proof_case_make(&the_case, 9, 7);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    proof_case_free(&the_case);
    return failed;
}
