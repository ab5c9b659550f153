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

/* What route_admit.c says of costs is what the rules say. */
static void costs_of_routes(void **state)
{
    (void)state;
    for (size_t i = 0; i < hb_n_routes; i++)
        for (uint32_t k = 0; k < hb_routes[i].n; k++) {
            const hb_route_choice *choice = &hb_routes[i].choice[k];
            uint32_t fractions = 0;
            hb_air air;
            chips_record(choice->chip, &air);
            for (uint32_t j = 0; j < air.n_terms; j++)
                fractions += air.terms[j].tree == HB_AIR_TREE_F;
            if (fractions != choice->fractions || air.n_terms != fractions + choice->products)
                fail_msg("%s: %u terms, %u of them fractions", hb_chips[choice->chip]->name, air.n_terms, fractions);
            free(air.nodes);
        }
}

static hb_rvasm *a_mixture(void)
{
    hb_rvasm *a = chips_asm();
    chips_emit_reg_ops(a, 1, HB_OP_COUNT - 1, 7);
    chips_emit_imm_ops(a);
    chips_emit_control(a);
    chips_emit_memory(a);
    chips_emit_long_loop(a, 9000);
    a->bss = 100;
    hb_rvasm_halt(a, 0);
    return a;
}

/* The same run by either policy; the cheap one has no more rows of any general chip, and both are valid. Threads do not matter. */
static void policies(void **state)
{
    (void)state;
    chips_trace *turns = chips_trace_routed(a_mixture(), NULL, HB_ROUTE_TURNS), *cheap = chips_trace_routed(a_mixture(), NULL, HB_ROUTE_CHEAPEST);
    assert_int_equal(chips_findings(turns, true), 0);
    assert_int_equal(chips_findings(cheap, true), 0);
    hb_pool *pool = hb_pool_create(3);
    hb_chip_run again;
    assert_int_equal(hb_chip_run_init(&again, &cheap->program, cheap->record, HB_ROUTE_CHEAPEST, pool, NULL), HB_OK);
    size_t rows[2] = {0};
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++) {
        rows[0] += hb_chips[c]->ts_inc ? turns->routed.rows[c] : 0;
        rows[1] += hb_chips[c]->ts_inc ? cheap->routed.rows[c] : 0;
        assert_int_equal(again.rows[c], cheap->routed.rows[c]);
        if (again.events[c])
            assert_memory_equal(again.events[c], cheap->routed.events[c], again.rows[c] * sizeof(uint32_t));
    }
    assert_int_equal(rows[0], cheap->record->cycles);
    assert_int_equal(rows[1], cheap->record->cycles);
    assert_true(cheap->routed.rows[HB_CHIP_ADDI_SELF] >= 9000 && cheap->routed.rows[HB_CHIP_ADDI] < turns->routed.rows[HB_CHIP_ADDI]);
    for (size_t i = 0; i < hb_n_routes; i++) /* every choice that some event of the mixture admits has its turn */
        for (uint32_t k = 0; k < hb_routes[i].n; k++)
            assert_true(turns->routed.rows[hb_routes[i].choice[k].chip] > 0);
    hb_chip_run_free(&again);
    hb_pool_destroy(pool);
    chips_trace_free(turns);
    chips_trace_free(cheap);
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
        cmocka_unit_test(rules_are_sound_records), cmocka_unit_test(costs_of_routes), cmocka_unit_test(policies), cmocka_unit_test(register_operations), cmocka_unit_test(immediates_and_shifts),
        cmocka_unit_test(control_flow),            cmocka_unit_test(loads_and_stores),    cmocka_unit_test(calls),
        cmocka_unit_test(bumps),                   cmocka_unit_test(random_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
