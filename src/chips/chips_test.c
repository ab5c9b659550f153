/* Honest traces of programs that cover every instruction pass the trace checker, and rules record without a problem. */
#include "chips/chips_trace.h"

#include "chips/chips_programs.h"
#include "rv/record_check.h"

static void rules_are_sound_records(void **state)
{
    (void)state;
    print_message("%-8s %5s %5s %5s %5s %7s %5s %6s\n", "chip", "pre", "main", "nodes", "rules", "lookups", "terms", "degree");
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        hb_air air;
        const hb_chip *chip = hb_chips[c];
        chips_record((hb_chip_id)c, &air);
        assert_int_equal(chip->id, c);
        for (uint32_t j = 0; j < chip->pre_width + chip->width; j++)
            assert_non_null(chip->column_names[j]);
        print_message("%-8s %5u %5u %5u %5u %7u %5u %6u\n", chip->name, chip->pre_width, chip->width, air.n_nodes, air.n_constraints,
                      air.lookups_per_row, air.n_terms, air.max_constraint_degree > air.max_term_degree ? air.max_constraint_degree : air.max_term_degree);
        free(air.nodes);
    }
}

static void expect_valid(hb_rvasm *a, unsigned exit_code, const hb_rv_exec_options *options)
{
    hb_rvasm_halt(a, exit_code);
    chips_trace *t = chips_trace_of(a, options);
    assert_int_equal(hb_rv_run_report(t->run)->exit_code, exit_code);
    assert_int_equal(chips_findings(t, true), 0);
    chips_trace_free(t);
}

static void register_operations(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    chips_emit_reg_ops(a, 1, HB_OP_COUNT - 1, 1);
    expect_valid(a, 0, NULL);
}

static void immediates_and_shifts(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    chips_emit_imm_ops(a);
    chips_emit_shift_amounts(a);
    expect_valid(a, 255, NULL);
}

static void control_flow(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    chips_emit_control(a);
    expect_valid(a, 1, NULL);
}

static void loads_and_stores(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    chips_emit_memory(a);
    a->bss = 100;
    expect_valid(a, 42, NULL);
}

static void calls(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    hb_rv_exec_options o = chips_options();
    chips_emit_calls(a);
    expect_valid(a, 3, &o);
}

static void bumps(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    hb_rvasm_li(a, 9, 77);
    hb_rvasm_li(a, 10, 1);
    hb_rvasm_li(a, 11, 5);
    hb_rvasm_call(a, 0x10);
    chips_emit_long_loop(a, 150000);
    hb_rvasm_op(a, HB_OP_ADD, 9, 9, 9, 0);
    hb_rvasm_li(a, 10, 1);
    hb_rvasm_li(a, 11, 6);
    hb_rvasm_call(a, 0x10);
    hb_rvasm_halt(a, 0);
    chips_trace *t = chips_trace_of(a, NULL);
    assert_true(t->record->bumps.count >= 3);
    assert_int_equal(chips_findings(t, true), 0);
    chips_trace_free(t);
}

static void random_programs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        hb_rvasm *a = chips_asm();
        hb_rvrandom_emit(a, seed, 1500);
        expect_valid(a, 0, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_sound_records), cmocka_unit_test(register_operations), cmocka_unit_test(immediates_and_shifts),
        cmocka_unit_test(control_flow),            cmocka_unit_test(loads_and_stores),    cmocka_unit_test(calls),
        cmocka_unit_test(bumps),                   cmocka_unit_test(random_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
