/* Fault injection: every fault that changes something leaves a record that the memory and state checker, or the recomputation of single events, refuses; without a fault, and
 * with one that changes nothing, the same run passes both. In builds without the hooks the option is refused. */
#include "rv/rv_test_util.h"
#include "rv/rvfault.h"
#include "rv/rvrandom.h"

/* Random instructions, calls, and a halt. */
static hb_rv_program victim(uint64_t seed)
{
    hb_rvasm *a = new_asm();
    hb_rvrandom_emit(a, seed, 60);
    hb_rvasm_li(a, 10, 2);
    hb_rvasm_li(a, 11, 99);
    hb_rvasm_call(a, 0x10);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_halt(a, 0);
    return build_and_free(a);
}

#ifdef HB_TEST_HOOKS
static bool call_agrees(const hb_rv_program *p, const hb_rv_event_call *c)
{
    static const uint64_t known[] = {0x10, 0xf0, 0};
    if (c->next_pc != (c->t0 ? p->insns[c->insn].pc + 1 : HB_PC_HALT))
        return false;
    for (size_t k = 0; k < 3; k++)
        if (c->t0 == known[k])
            return c->t0_new == (known[k] == 0xf0 ? UINT64_MAX : known[k]) && (known[k] == 0x10) == (c->pv_index < 8) && (known[k] != 0x10 || c->pv_new == c->a1);
    return false;
}

static bool record_is_honest(const hb_rv_program *p, const hb_rv_record *r)
{
    const hb_rv_event_call *c = r->family[HB_FAM_CALL].data;
    bool calls = true;
    for (size_t i = 0; i < r->family[HB_FAM_CALL].count; i++)
        calls &= call_agrees(p, &c[i]);
    return hb_rv_record_check(p, r, NULL) == HB_OK && !first_wrong_event(p, r) && calls;
}

static void every_fault_shows(void **state)
{
    (void)state;
    unsigned hits[HB_FAULT_KINDS] = {0};
    uint64_t rng = 99;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        hb_rv_program p = victim(seed);
        hb_rv_run *run;
        assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true}, &run, NULL), HB_OK);
        uint64_t cycles = hb_rv_run_report(run)->cycles;
        assert_true(record_is_honest(&p, hb_rv_run_record(run)));
        assert_false(hb_rv_fault_hit(run));
        hb_rv_run_free(run);
        for (int kind = 0; kind < HB_FAULT_KINDS; kind++)
            for (uint64_t step = kind == HB_FAULT_CALL ? cycles - 16 : (uint64_t)kind % 3; step < cycles; step += kind == HB_FAULT_CALL ? 1 : 3) {
                static const uint64_t calls[] = {0, 0x10, 0xf0}; /* unknown numbers only trap */
                hb_rv_fault fault = {(hb_rv_fault_kind)kind, step, kind == HB_FAULT_CALL ? calls[seed % 3] : hb_rvrandom_value(&rng)};
                hb_rv_exec_options o = {.record = true, .fault = &fault, .cycle_limit = 2 * cycles + 100};
                hb_rv_exec(&p, &o, &run, NULL);
                assert_non_null(run);
                bool honest = record_is_honest(&p, hb_rv_run_record(run)), hit = hb_rv_fault_hit(run);
                if (honest == hit)
                    fail_msg("seed %llu, kind %d, step %llu, value 0x%llx: hit %d, honest %d, end %d", (unsigned long long)seed, kind, (unsigned long long)step,
                             (unsigned long long)fault.value, hit, honest, hb_rv_run_report(run)->end);
                hits[kind] += hit;
                hb_rv_run_free(run);
            }
        hb_rv_program_free(&p);
    }
    for (int kind = 0; kind < HB_FAULT_KINDS; kind++)
        if (hits[kind] < 5)
            fail_msg("kind %d hit only %u times", kind, hits[kind]);
}

/* What a fault does is what its name says. */
static void effects(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    hb_rvasm_op(a, HB_OP_ADDI, 8, 0, 0, 5); /* step 0 */
    hb_rvasm_op(a, HB_OP_ADD, 9, 8, 8, 0);  /* step 1 */
    hb_rvasm_li(a, 3, HB_RVASM_DATA);       /* step 2 */
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 0);   /* step 3 */
    hb_rvasm_op(a, HB_OP_LW, 13, 3, 0, 0);  /* step 4 */
    hb_rvasm_op(a, HB_OP_ADDI, 11, 11, 0, 1); /* step 5 */
    hb_rvasm_halt(a, 0);
    a->bss = 64;
    hb_rv_program p = build_and_free(a);
    static const struct {
        hb_rv_fault fault;
        unsigned reg;
        uint64_t want;
    } cases[] = {
        {{HB_FAULT_RESULT, 1, 77}, 9, 77},     {{HB_FAULT_OPERAND1, 1, 100}, 9, 105}, {{HB_FAULT_OPERAND2, 1, 1}, 9, 6},
        {{HB_FAULT_DESTINATION, 1, 12}, 12, 10}, {{HB_FAULT_DESTINATION, 1, 33}, 0, 10}, {{HB_FAULT_LOADED, 4, 1}, 13, 11},
        {{HB_FAULT_STORED, 3, 123}, 13, 123},  {{HB_FAULT_TWICE, 5, 0}, 11, 2},       {{HB_FAULT_WORD, 5, 0}, 8, 5},
        {{HB_FAULT_NEXT_PC, 0, 5}, 11, 1},     {{HB_FAULT_RESULT, 5, 1}, 11, 1},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rv_run *run;
        hb_rv_exec(&p, &(hb_rv_exec_options){.record = true, .fault = &cases[k].fault}, &run, NULL);
        if (k + 1 < sizeof cases / sizeof *cases)
            assert_true(hb_rv_fault_hit(run));
        else
            assert_false(hb_rv_fault_hit(run)); /* the right result is no fault */
        if (k < 9 && hb_rv_run_register(run, cases[k].reg) != cases[k].want)
            fail_msg("case %zu: 0x%llx", k, (unsigned long long)hb_rv_run_register(run, cases[k].reg));
        hb_rv_run_free(run);
    }
    /* a call that sees another number: COMMIT instead of HALT runs on and off the end of text */
    hb_rv_run *run;
    hb_rv_fault call = {HB_FAULT_CALL, 8, 0x10};
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true, .fault = &call}, &run, NULL), HB_EXECUTION_FAILED);
    assert_true(hb_rv_fault_hit(run));
    assert_int_equal(hb_rv_run_report(run)->trap.reason, HB_TRAP_PC_OUTSIDE);
    hb_rv_run_free(run);
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.fault = &call}, &run, NULL), HB_INVALID_ARGUMENT);
    assert_null(run);
    hb_rv_program_free(&p);
}
#else
static void refused(void **state)
{
    (void)state;
    hb_rv_program p = victim(1);
    hb_rv_run *run;
    hb_rv_fault fault = {HB_FAULT_TWICE, 3, 0};
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true, .fault = &fault}, &run, NULL), HB_UNSUPPORTED);
    assert_null(run);
    hb_rv_program_free(&p);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef HB_TEST_HOOKS
        cmocka_unit_test(every_fault_shows),
        cmocka_unit_test(effects),
#else
        cmocka_unit_test(refused),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
