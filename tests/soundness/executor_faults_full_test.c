/* One wrong step of the executor: what it records is what a cheating prover would commit to. No such run has an accepted proof, unless the fault had no
 * effect. HB_EXECUTOR_FAULTS sets how many (default 2,000; the soak tier runs 50,000). */
#include <stdlib.h>

#include "rv/rvfault.h"
#include "tests/soundness/forgery.h"

static proof_case the_case;

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

static hb_rv_run *run_with(const hb_rv_fault *fault, hb_status *st)
{
    static const uint8_t chunk[] = "secret!";
    const hb_rv_span inputs[1] = {{chunk, sizeof chunk}};
    const hb_rv_exec_options options = {.record = true, .inputs = inputs, .n_inputs = 1, .fault = fault, .cycle_limit = 200000};
    hb_rv_run *run = NULL;
    hb_error err = {0};
    *st = hb_rv_exec(&the_case.program, &options, &run, &err);
    return run;
}

static forgery_end prove_run(const hb_rv_run *run, hb_error *why)
{
    const hb_rv_report *report = hb_rv_run_report(run);
    const forgery f = {.record = hb_rv_run_record(run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len};
    return forge(&the_case, &f, why, NULL);
}

static void run_without_fault_is_accepted(void **state)
{
    (void)state;
    hb_status st;
    hb_rv_run *run = run_with(NULL, &st);
    assert_int_equal(st, HB_OK);
    assert_int_equal(prove_run(run, NULL), FORGERY_ACCEPTED);
    hb_rv_run_free(run);
}

static uint64_t value(hb_test_rng *rng)
{
    static const uint64_t edges[] = {0, 1, 2, UINT64_MAX, INT64_MIN, INT64_MAX, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 31};
    return hb_test_below(rng, 2) ? edges[hb_test_below(rng, sizeof edges / sizeof *edges)] : hb_test_u64(rng);
}

/* The number of another call: a random one would only trap. */
static uint64_t call_number(hb_test_rng *rng)
{
    static const uint64_t numbers[] = {0x00, 0x02, 0x10, 0x1a, 0xf0, 0xf1};
    return numbers[hb_test_below(rng, sizeof numbers / sizeof *numbers)];
}

/* A fault of this kind that changes the run and lets it come to its HALT. Kinds take turns, because most steps are no branch, load or call. */
static hb_rv_run *next_faulty_run(hb_rv_fault *fault, hb_rv_fault_kind kind, uint64_t cycles, hb_test_rng *rng)
{
    for (int tries = 0; tries < 100000; tries++) {
        hb_status st;
        *fault = (hb_rv_fault){kind, hb_test_below(rng, cycles), kind == HB_FAULT_CALL ? call_number(rng) : value(rng)};
        hb_rv_run *run = run_with(fault, &st);
        if (st == HB_OK && hb_rv_fault_hit(run))
            return run;
        hb_rv_run_free(run);
    }
    fail_msg("no run with a fault of kind %d comes to its end", kind);
    return NULL;
}

static void faulty_runs_are_rejected(void **state)
{
    (void)state;
    const char *wanted = getenv("HB_EXECUTOR_FAULTS");
    const unsigned faults = wanted ? (unsigned)atoi(wanted) : 2000;
    const uint64_t cycles = hb_rv_run_report(the_case.run)->cycles;
    hb_test_rng rng = proof_case_rng(42);
    unsigned rejected = 0, refused = 0;
    for (unsigned i = 0; i < faults; i++) {
        hb_rv_fault fault;
        hb_rv_run *run = next_faulty_run(&fault, (hb_rv_fault_kind)(i % HB_FAULT_KINDS), cycles, &rng);
        hb_error why = {0};
        const forgery_end end = prove_run(run, &why);
        if (end == FORGERY_ACCEPTED)
            fail_msg("fault of kind %d at step %llu with value %llx: accepted", fault.kind, (unsigned long long)fault.step, (unsigned long long)fault.value);
        *(end == FORGERY_REJECTED ? &rejected : &refused) += 1;
        hb_rv_run_free(run);
    }
    print_message("%u faults, %d kinds in turn: %u rejected, %u not even provable\n", faults, HB_FAULT_KINDS, rejected, refused);
    assert_true(rejected > faults / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(run_without_fault_is_accepted), cmocka_unit_test(faulty_runs_are_rejected)};
    return cmocka_run_group_tests(tests, make, drop);
}
