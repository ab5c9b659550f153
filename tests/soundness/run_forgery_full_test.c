/* Runs that never happened, put together from shards that each keep every rule: a prover who commits to the boundary tables of shards that do not belong together draws
 * honest challenges, proves every shard honestly, and fails where the run's account of memory is closed. */
#include "tests/soundness/run_pieces.h"

static proof_case the_case;
static run_source sources[3]; /* two inputs with the same cuts; the first in one shard */

static int make(void **state)
{
    (void)state;
    hb_rvasm *a = calloc(1, sizeof *a);
    proof_case_emit_chain(a, 20, RUN_EXIT_CODE);
    proof_case_start(&the_case, a);
    sources[0] = run_cut_in_three(&the_case, "secret!", 100);
    sources[1] = run_cut_in_three(&the_case, "tecret!", 100);
    assert_memory_equal(sources[0].cuts, sources[1].cuts, sizeof sources[0].cuts);
    sources[2] = (run_source){.input = "secret!", .cuts = {0}, .n_shards = 1};
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}

static void expect(const char *what, run_plan plan, uint32_t reason)
{
    plan.sources = sources;
    run_pieces p = run_forge(&the_case, &plan);
    const uint32_t got = run_verdict(&the_case, &p);
    if (got != reason)
        fail_msg("%s: %s instead of %s", what, hb_reject_text(got), hb_reject_text(reason));
    run_pieces_free(&p);
}

static void honest_runs(void **state)
{
    (void)state;
    expect("three shards", (run_plan){.n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}}, HB_R_NONE);
    expect("another input", (run_plan){.init_source = 1, .n_steps = 3, .steps = {{1, 1, 1}, {1, 2, 2}, {1, 3, 3}}}, HB_R_NONE);
    expect("one shard", (run_plan){.init_source = 2, .n_steps = 1, .steps = {{2, 1, 1}}}, HB_R_NONE);
}

typedef enum edited { LEFT_OUT, TWICE, V_IN, V_OUT, S_PREV_ZERO, TS_LAST, V_FIN, LAST_SHARD, INPUT_VALUE, LATE_V_OUT } edited;

/* The numbers of shards as a cheater puts them: every cell is taken over from the shard that had it last in the run as it is told. */
static uint32_t retold(edited what, uint32_t index, uint32_t shard)
{
    if (what == LEFT_OUT)
        return shard > 1 ? shard - 1 : shard;
    if (index == 3) /* the second time: all its cells were the first time's */
        return 2;
    return shard > 1 ? shard + 1 : shard;
}

static void retell(edited what, uint32_t index, hb_rv_record *record)
{
    hb_rv_boundary *row = record->boundary.data;
    hb_rv_cell *cell = record->cells.data;
    for (size_t i = 0; i < record->boundary.count && index > 1 && !(what == TWICE && index == 2); i++)
        row[i].s_prev = retold(what, index, row[i].s_prev);
    for (size_t i = 0; i < record->cells.count; i++)
        cell[i].ts_last = retold(what, index, cell[i].ts_last);
}

static void edit(const void *ctx, uint32_t index, hb_rv_record *record, bool proving)
{
    if (*(const edited *)ctx <= TWICE) {
        retell(*(const edited *)ctx, index, record);
        return;
    }
    const edited what = *(const edited *)ctx;
    hb_rv_boundary *row = record->boundary.data;
    hb_rv_cell *cell = record->cells.data;
    if (index == 2 && (what == V_IN || what == V_OUT || what == TS_LAST || (what == LATE_V_OUT && proving))) {
        *(what == V_IN ? &row->v_in : &row->v_out) ^= what == TS_LAST ? 0 : 1;
        row->ts_last += what == TS_LAST ? 4 : 0;
    }
    for (size_t i = 0; i < record->boundary.count && index == 2 && what == S_PREV_ZERO; i++)
        if (row[i].s_prev) {
            row[i].s_prev = 0;
            return;
        }
    for (size_t i = 0; i < record->cells.count && index == 0; i++) {
        if (what == V_FIN && i == HB_PUBLIC_WORDS) /* the public words come first */
            cell[i].v_fin ^= 1;
        if (what == LAST_SHARD && i == HB_PUBLIC_WORDS)
            cell[i].ts_last--;
        if (what == INPUT_VALUE && cell[i].type == HB_CELL_INPUT)
            cell[i].v_init ^= 1;
    }
}

/* The middle shard begins and ends at the same pc: left out or done again, the pcs still fit. */
static void shards_that_do_not_belong_together(void **state)
{
    (void)state;
    const edited left_out = LEFT_OUT, twice = TWICE;
    expect("a shard left out", (run_plan){.n_steps = 2, .steps = {{0, 1, 1}, {0, 3, 2}}, .edit = edit, .ctx = &left_out}, HB_R_RUN_BALANCE);
    expect("a shard twice", (run_plan){.n_steps = 4, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 2, 3}, {0, 3, 4}}}, HB_R_RUN_BALANCE);
    expect("a shard twice, taken over", (run_plan){.n_steps = 4, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 2, 3}, {0, 3, 4}}, .edit = edit, .ctx = &twice}, HB_R_RUN_BALANCE);
    expect("a first shard of another execution", (run_plan){.n_steps = 3, .steps = {{1, 1, 1}, {0, 2, 2}, {0, 3, 3}}}, HB_R_RUN_BALANCE);
    expect("a middle shard of another execution", (run_plan){.n_steps = 3, .steps = {{0, 1, 1}, {1, 2, 2}, {0, 3, 3}}}, HB_R_RUN_BALANCE);
    expect("a last shard of another execution", (run_plan){.n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {1, 3, 3}}}, HB_R_RUN_BALANCE);
    expect("first and last values of another execution", (run_plan){.init_source = 1, .n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}}, HB_R_RUN_BALANCE);
    expect("last values of a run in one shard", (run_plan){.init_source = 2, .n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}}, HB_R_RUN_BALANCE);
}

static void expect_edit(const char *what, edited e, uint32_t reason)
{
    expect(what, (run_plan){.n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}, .edit = edit, .ctx = &e}, reason);
}

static void other_values(void **state)
{
    (void)state;
    expect_edit("a shard takes over another value than it uses", V_IN, HB_R_GKR_PRODUCTS);
    expect_edit("a shard hands on another value than it has", V_OUT, HB_R_GKR_PRODUCTS);
    expect_edit("a shard claims another time of its last access", TS_LAST, HB_R_GKR_PRODUCTS);
    expect_edit("a shard takes over the first value again", S_PREV_ZERO, HB_R_RUN_BALANCE);
    expect_edit("another last value", V_FIN, HB_R_RUN_BALANCE);
    expect_edit("another last shard", LAST_SHARD, HB_R_RUN_BALANCE);
    expect_edit("another input", INPUT_VALUE, HB_R_RUN_BALANCE);
    expect_edit("another boundary than the one that the challenges come from", LATE_V_OUT, HB_R_BAD_GRINDING);
}

/* Challenges that were not drawn from the commitments. */
static void other_challenges(void **state)
{
    (void)state;
    expect("other challenges", (run_plan){.n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}, .false_seed = true}, HB_R_ZEROCHECK_END);
}

/* One bit anywhere, both verifiers on every file. */
static void flipped_bits(void **state)
{
    (void)state;
    hb_test_rng rng = {14};
    const run_plan plan = {.sources = sources, .n_steps = 3, .steps = {{0, 1, 1}, {0, 2, 2}, {0, 3, 3}}};
    run_pieces p = run_forge(&the_case, &plan);
    hb_buf file = run_joined(&p);
    for (int i = 0; i < 120; i++) {
        const size_t bit = (size_t)hb_test_below(&rng, 8 * file.len);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const bool yes = proof_case_accepts(&the_case, file.data, file.len, RUN_EXIT_CODE, NULL);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (yes)
            fail_msg("bit %zu flipped: accepted", bit);
    }
    assert_true(proof_case_accepts(&the_case, file.data, file.len, RUN_EXIT_CODE, NULL));
    hb_buf_free(&file);
    run_pieces_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_runs),  cmocka_unit_test(shards_that_do_not_belong_together), cmocka_unit_test(other_values),
        cmocka_unit_test(other_challenges), cmocka_unit_test(flipped_bits),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
