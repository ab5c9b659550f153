/* Runs in shards, longer: many programs and sizes of shards; a run too long for one record; shards filled to the brim. */
#include "rv/shard_calls_test_util.h"

static void many_programs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        uint64_t size = seed % 3 ? UINT64_C(1) << (4 + seed % 9) : 1 + seed % 50;
        hb_rv_program p = random_rounds(seed + 1000, 60 + 5 * (seed % 50), 2 + seed % 30);
        check_sharded(&p, NULL, size, seed + 7, true);
        hb_rv_program_free(&p);
    }
}

static void many_cuts_of_calls(void **state)
{
    (void)state;
    hb_rv_program p = calls_program();
    for (uint64_t seed = 1; seed <= 60; seed++) {
        hb_rv_exec_options o = calls_options(seed % 2);
        check_sharded(&p, &o, 1 + seed * 5, seed, true);
    }
    hb_rv_program_free(&p);
}

/* 36 million instructions over 3 MiB: more than one record holds. */
static hb_rv_program long_program(void)
{
    hb_rvasm *a = new_asm();
    uint32_t outer = hb_rvasm_label(a), inner = hb_rvasm_label(a);
    a->bss = 3 << 20;
    hb_rvasm_li(a, 6, 15);
    hb_rvasm_place(a, outer);
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    hb_rvasm_li(a, 4, HB_RVASM_DATA + (3 << 20) - 16);
    hb_rvasm_place(a, inner);
    hb_rvasm_op(a, HB_OP_LD, 8, 3, 0, 0);
    hb_rvasm_op(a, HB_OP_ADD, 8, 8, 3, 0);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 8, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 3, 3, 0, 8);
    hb_rvasm_op(a, HB_OP_SW, 0, 3, 8, 2);
    hb_rvasm_branch(a, HB_OP_BLTU, 3, 4, inner);
    hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 6, 0, outer);
    hb_rvasm_halt(a, 2);
    return build_and_free(a);
}

static void longer_than_a_record(void **state)
{
    (void)state;
    hb_rv_program p = long_program();
    hb_rv_run *plain, *alone, *last = NULL;
    assert_int_equal(hb_rv_exec(&p, NULL, &plain, NULL), HB_OK);
    plan n = make_plan(&p, NULL, 1 << 21, 5, true);
    assert_int_equal(n.status, HB_OK);
    assert_true(n.n > 10);
    const hb_rv_report *a = hb_rv_run_report(plain), *b = hb_rv_run_report(n.run);
    assert_true(a->cycles == b->cycles && a->cycles > HB_RV_RECORD_TS_END / 4);
    assert_memory_equal(a->op_counts, b->op_counts, sizeof a->op_counts);
    assert_memory_equal(a->family_counts, b->family_counts, sizeof a->family_counts);
    for (size_t k = 0; k < n.n_cells; k++) {
        uint64_t at = (uint64_t)(n.cells[k].hi & 255) << 32 | (uint64_t)n.cells[k].lo << 3;
        if (n.cells[k].hi >= 0x200)
            assert_int_equal(n.cells[k].v_fin, word_at(plain, at));
    }
    check_chains(&p, &n);
    for (size_t k = 0; k < n.n; k += 5) {
        hb_rv_shard got;
        const hb_buf *c = &n.shards[k].checkpoint;
        assert_int_equal(hb_rv_checkpoint_open(&p, c->data, c->len, &alone, NULL), HB_OK);
        if (last)
            hb_rv_run_take_record_room(alone, last);
        hb_rv_run_free(last);
        assert_int_equal(hb_rv_checkpoint_replay(alone, &got, NULL), HB_OK);
        check_record(&p, alone, &got, &n.shards[k].shard);
        last = alone;
    }
    hb_rv_run_free(last);
    free_plan(&n);
    hb_rv_run_free(plain);
    hb_rv_program_free(&p);
}

/* Without a bound, shards end where time does, and the run goes on. */
static void shards_that_are_full(void **state)
{
    (void)state;
    hb_rv_program p = long_program();
    hb_rv_shards_check c = {.program = &p};
    hb_rv_run *run;
    hb_rv_shard s;
    hb_rv_end end;
    const hb_rv_cell *cells;
    size_t n;
    assert_int_equal(hb_rv_start(&p, &(hb_rv_exec_options){.sharding = HB_RV_SHARDS_PLAN}, &run, NULL), HB_OK);
    do {
        end = hb_rv_advance(run, NULL);
        assert_int_equal(hb_rv_shard_end(run, &s, NULL), HB_OK);
        assert_true(s.counts.ts < HB_RV_RECORD_TS_END);
        assert_true(end == HB_RV_END_HALT || s.counts.ts + 16 >= HB_RV_RECORD_TS_END);
        assert_int_equal(hb_rv_shards_check_add(&c, &s, NULL), HB_OK);
    } while (end == HB_RV_END_PAUSED);
    assert_int_equal(end, HB_RV_END_HALT);
    assert_int_equal(s.index, 2);
    assert_int_equal(hb_rv_finish(run, NULL), HB_OK);
    assert_int_equal(hb_rv_run_final_cells(run, &cells, &n, NULL), HB_OK);
    assert_int_equal(hb_rv_shards_check_end(&c, cells, n, NULL), HB_OK);
    hb_rv_shards_check_free(&c);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_programs),
        cmocka_unit_test(many_cuts_of_calls),
        cmocka_unit_test(longer_than_a_record),
        cmocka_unit_test(shards_that_are_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
