/* Random programs: interpreter (plain, recorded) against the second semantics, in registers, memory, and counts; every recorded event against it too. */
#include "rv/rv_test_util.h"
#include "rv/rvmem.h"
#include "rv/rvrandom.h"

enum { PROGRAMS = 150, INSTRUCTIONS = 250 };

typedef struct ref_memory {
    const hb_rv_program *program;
    uint8_t bytes[HB_RVRANDOM_BUFFER_BYTES];
} ref_memory;

static uint8_t get(void *ctx, uint64_t at)
{
    ref_memory *m = ctx;
    assert_true(at - HB_RVASM_DATA < sizeof m->bytes);
    return m->bytes[at - HB_RVASM_DATA];
}

static void set(void *ctx, uint64_t at, uint8_t v)
{
    ref_memory *m = ctx;
    assert_true(at - HB_RVASM_DATA < sizeof m->bytes);
    m->bytes[at - HB_RVASM_DATA] = v;
}

/* Runs the reference to the first ECALL or EBREAK; counts instructions. */
static uint64_t run_reference(const hb_rv_program *p, rvref *m, uint64_t limit)
{
    uint64_t n = 0;
    while (n < limit && rvref_step(m, hb_rv_program_word(p, m->pc)))
        n++;
    return n;
}

static void against_reference(void **state)
{
    (void)state;
    uint64_t misaligned = 0, crossing = 0;
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        hb_rvasm *a = new_asm();
        hb_rvrandom_emit(a, seed, INSTRUCTIONS);
        hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0); /* stops both with all registers as they are */
        hb_rv_program p = build_and_free(a);
        static ref_memory memory;
        memset(&memory, 0, sizeof memory);
        rvref ref = {.pc = HB_RVASM_TEXT, .get = get, .set = set, .ctx = &memory};
        uint64_t cycles = run_reference(&p, &ref, 1000000);
        hb_rv_run *run;
        assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
        const hb_rv_report *r = hb_rv_run_report(run);
        if (r->trap.reason != HB_TRAP_EBREAK)
            fail_msg("seed %llu: %s", (unsigned long long)seed, hb_rv_trap_text(r->trap.reason));
        assert_int_equal(r->cycles, cycles);
        assert_int_equal(r->trap.pc, ref.pc);
        for (unsigned x = 0; x < 32; x++)
            if (hb_rv_run_register(run, x) != ref.x[x])
                fail_msg("seed %llu: register %s", (unsigned long long)seed, hb_isa_register_name(x));
        static uint8_t bytes[HB_RVRANDOM_BUFFER_BYTES];
        assert_true(hb_rv_run_memory(run, HB_RVASM_DATA, bytes, sizeof bytes));
        assert_memory_equal(bytes, memory.bytes, sizeof bytes);
        check_events_by_reference(&p, hb_rv_run_record(run));
        misaligned += r->misaligned;
        crossing += r->family_counts[HB_FAM_LOAD2] + r->family_counts[HB_FAM_STORE2];
        uint64_t sum = 0;
        for (int op = 0; op < HB_OP_COUNT; op++)
            sum += r->op_counts[op];
        assert_int_equal(sum, cycles);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
    assert_true(misaligned > 1000 && crossing > 500); /* the programs do what they are for */
}

/* The limit stops a run after exactly so many instructions, with the state that a single-stepping reference has then, whatever the count. */
static void cycle_limit_is_exact(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    hb_rvrandom_emit(a, 77, 120);
    hb_rvasm_halt(a, 3);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    hb_error err;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    uint64_t all = hb_rv_run_report(run)->cycles;
    hb_rv_run_free(run);
    for (uint64_t limit = 1; limit <= all + 1; limit++) {
        static ref_memory memory;
        memset(&memory, 0, sizeof memory);
        rvref ref = {.pc = HB_RVASM_TEXT, .get = get, .set = set, .ctx = &memory};
        run_reference(&p, &ref, limit);
        hb_rv_exec_options o = {.cycle_limit = limit};
        hb_status st = run_both(&p, &o, &run);
        assert_int_equal(st, limit < all ? HB_LIMIT : HB_OK);
        const hb_rv_report *r = hb_rv_run_report(run);
        assert_int_equal(r->end, limit < all ? HB_RV_END_CYCLE_LIMIT : HB_RV_END_HALT);
        assert_int_equal(r->cycles, limit < all ? limit : all);
        for (unsigned x = 0; x < 32; x++)
            assert_int_equal(hb_rv_run_register(run, x), ref.x[x]);
        if (limit < all)
            assert_int_equal(hb_rv_run_record(run)->pc_out, ref.pc / 4);
        hb_rv_run_free(run);
    }
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.cycle_limit = 5}, &run, &err), HB_LIMIT);
    assert_non_null(strstr(err.message, "cycle limit of 5 instructions reached, at pc 0x"));
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* The profile counts what the reference executes. */
static void profile_counts_words(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    hb_rvrandom_emit(a, 5, 200);
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    hb_rv_program p = build_and_free(a);
    static ref_memory memory;
    memset(&memory, 0, sizeof memory);
    rvref ref = {.pc = HB_RVASM_TEXT, .get = get, .set = set, .ctx = &memory};
    uint64_t base, counts[4096] = {0};
    size_t n;
    while (rvref_step(&ref, hb_rv_program_word(&p, ref.pc)))
        ; /* first pass only finds the end */
    memset(&memory, 0, sizeof memory);
    ref = (rvref){.pc = HB_RVASM_TEXT, .get = get, .set = set, .ctx = &memory};
    for (uint64_t at = ref.pc; rvref_step(&ref, hb_rv_program_word(&p, at)); at = ref.pc)
        counts[(at - HB_RVASM_TEXT) / 4]++;
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
    const uint64_t *profile = hb_rv_run_profile(run, &base, &n);
    assert_int_equal(base, HB_RVASM_TEXT);
    assert_true(n < 4096);
    assert_memory_equal(profile, counts, n * sizeof *counts);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_reference),
        cmocka_unit_test(cycle_limit_is_exact),
        cmocka_unit_test(profile_counts_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
