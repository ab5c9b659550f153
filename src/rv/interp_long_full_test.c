/* A record ends where time stamps would reach 2^27 (machine.md 2): needs about 3 GB of memory for a moment. */
#include "rv/rv_test_util.h"

static void record_is_full(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_place(a, loop);
    hb_rvasm_jal(a, 0, loop);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    hb_error err;
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true}, &run, &err), HB_LIMIT);
    const hb_rv_report *r = hb_rv_run_report(run);
    assert_int_equal(r->end, HB_RV_END_RECORD_FULL);
    const hb_rv_record *record = hb_rv_run_record(run);
    assert_true(record->ts_end < HB_RV_RECORD_TS_END && record->ts_end + 16 >= HB_RV_RECORD_TS_END);
    assert_int_equal(record->ts_end, 4 + 4 * r->cycles);
    assert_int_equal(record->family[HB_FAM_JAL].count, r->cycles);
    hb_rv_run_free(run);
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true, .cycle_limit = 1000}, &run, &err), HB_LIMIT);
    assert_int_equal(hb_rv_run_report(run)->end, HB_RV_END_CYCLE_LIMIT);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* Calls take 16 slots: an endless row of them stops in time, too. */
static void record_is_full_of_calls(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, 5, 0x10);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_ECALL, 0, 0, 0, 0);
    hb_rvasm_jal(a, 0, loop);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true}, &run, NULL), HB_LIMIT);
    const hb_rv_record *record = hb_rv_run_record(run);
    uint64_t calls = record->family[HB_FAM_CALL].count;
    assert_int_equal(record->ts_end, 4 + 4 * (record->cycles - calls) + 16 * calls);
    assert_true(record->ts_end < HB_RV_RECORD_TS_END && record->ts_end + 40 >= HB_RV_RECORD_TS_END);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* `before` ordinary instructions, then HALT: the last one that fits, and one too many. */
static void last_call_fits_or_not(void **state)
{
    (void)state;
    const uint64_t room = HB_RV_RECORD_TS_END - 1 - 4 - 16; /* slots for ordinary instructions */
    for (uint64_t over = 0; over < 2; over++) {
        uint64_t before = room / 4 + over;
        hb_rvasm *a = new_asm();
        uint32_t loop = hb_rvasm_label(a);
        uint64_t odd = before % 2;
        hb_rvasm_li(a, 6, (before - 2 - odd) / 2);
        assert_int_equal(hb_rvasm_here(a), HB_RVASM_TEXT + 8); /* two instructions */
        for (uint64_t k = 0; k < odd; k++)
            hb_rvasm_op(a, HB_OP_ADDI, 7, 7, 0, 0);
        hb_rvasm_place(a, loop);
        hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -1);
        hb_rvasm_branch(a, HB_OP_BNE, 6, 0, loop);
        hb_rvasm_op(a, HB_OP_ECALL, 0, 0, 0, 0); /* t0 = a0 = 0: HALT 0 */
        hb_rv_program p = build_and_free(a);
        hb_rv_run *run;
        assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true}, &run, NULL), over ? HB_LIMIT : HB_OK);
        const hb_rv_record *record = hb_rv_run_record(run);
        assert_int_equal(record->cycles, before + !over);
        assert_true(record->ts_end < HB_RV_RECORD_TS_END);
        if (!over)
            assert_true(record->ts_end + 4 >= HB_RV_RECORD_TS_END);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(record_is_full), cmocka_unit_test(record_is_full_of_calls),
                                       cmocka_unit_test(last_call_fits_or_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
