/* Translated code as a whole: limits, steps, taking turns with the interpreter, marks, memory for code that is short
 * or refused. */
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "rv/jit_test_util.h"
#include "rv/rvrandom.h"

enum { A0 = 10, A1 = 11, T1 = 6, T2 = 7, S1 = 9 };

static const hb_rv_exec_options none;

/* Random instructions in a loop of `rounds`, with registers mixed and a checksum stored each round; then EBREAK. */
static hb_rv_program random_loop(uint64_t seed, unsigned n, uint64_t rounds)
{
    enum { COUNTER = 30 };
    hb_rvasm *a = new_asm();
    const uint64_t counter = HB_RVASM_DATA + HB_RVRANDOM_BUFFER_BYTES;
    a->bss = HB_RVRANDOM_BUFFER_BYTES + 64;
    hb_rvasm_li(a, 1, rounds);
    hb_rvasm_li(a, 2, counter);
    hb_rvasm_op(a, HB_OP_SD, 0, 2, 1, 0);
    uint32_t again = hb_rvasm_label(a), end = hb_rvasm_label(a);
    hb_rvasm_place(a, again);
    hb_rvrandom_emit(a, seed, n);
    hb_rvasm_li(a, COUNTER, counter);
    hb_rvasm_op(a, HB_OP_LD, 1, COUNTER, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 1, 1, 0, -1);
    hb_rvasm_op(a, HB_OP_SD, 0, COUNTER, 1, 0);
    hb_rvasm_branch(a, HB_OP_BEQ, 1, 0, end);
    hb_rvasm_jal(a, 0, again);
    hb_rvasm_place(a, end);
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    return build_and_free(a);
}

static void loops_run_translated(void **state)
{
    (void)state;
    hb_rv_program p = random_loop(1, 100, 2000);
    for (int engine = HB_RV_ENGINE_AUTO; engine <= HB_RV_ENGINE_TRANSLATOR; engine++) {
        jit_pair r = start_pair(&p, NULL, (hb_rv_engine)engine);
        assert_int_equal(advance_pair(&r, NULL), HB_RV_END_TRAP);
        const uint64_t cycles = hb_rv_run_cycles(r.plain), translated = finish_pair(&r);
        assert_true(cycles > 300000);
        if (engine == HB_RV_ENGINE_INTERPRETER || !hb_rv_jit_available())
            assert_int_equal(translated, 0);
        else
            assert_true(translated > (engine == HB_RV_ENGINE_TRANSLATOR ? cycles * 9 / 10 : cycles / 20));
    }
    hb_rv_program_free(&p);
}

/* Bounds in cycles and in clock, at random; all of both states is compared at each. */
static void steps_are_exact(void **state)
{
    (void)state;
    uint64_t s = 7;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        hb_rv_program p = random_loop(seed, 60, 100);
        jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
        hb_rv_end end;
        do {
            const uint64_t most = xorshift(&s) % 4 ? 100 : 5000, step = 1 + xorshift(&s) % most;
            hb_rv_bound by_cycles = {.cycles = hb_rv_run_cycles(r.plain) + step},
                        by_clock = {.clock = hb_rv_run_clock(r.plain) + 12 + 4 * step + xorshift(&s) % 4};
            const bool clock = xorshift(&s) % 2;
            end = advance_pair(&r, clock ? &by_clock : &by_cycles);
            if (end == HB_RV_END_PAUSED)
                assert_int_equal(hb_rv_run_cycles(r.plain), by_cycles.cycles);
        } while (end == HB_RV_END_PAUSED);
        assert_int_equal(end, HB_RV_END_TRAP);
        finish_pair(&r);
        hb_rv_program_free(&p);
    }
}

/* One run goes on by the interpreter where translated code stopped, and back; the other is interpreted throughout. */
static void engines_take_turns(void **state)
{
    (void)state;
    uint64_t s = 11;
    for (uint64_t seed = 20; seed < 26; seed++) {
        hb_rv_program p = random_loop(seed, 80, 60);
        jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
        hb_rv_jit *j = r.translated->jit;
        hb_rv_end end;
        do {
            r.translated->jit = xorshift(&s) % 2 ? j : NULL;
            end = advance_pair(&r, &(hb_rv_bound){.cycles = hb_rv_run_cycles(r.plain) + 1 + xorshift(&s) % 300});
        } while (end == HB_RV_END_PAUSED);
        r.translated->jit = j;
        finish_pair(&r);
        hb_rv_program_free(&p);
    }
}

/* The pages touched and written since a mark, as both engines log them, against what the loop does. */
static void marks(void **state)
{
    (void)state;
    enum { PAGES = 64 };
    hb_rvasm *a = new_asm();
    uint32_t again = hb_rvasm_label(a);
    hb_rvasm_li(a, 8, UINT64_C(0x200000000));
    hb_rvasm_li(a, T2, 4096);
    hb_rvasm_place(
        a,
        again); /* six instructions a round: a load from each page, then one from and a store to the page before it */
    hb_rvasm_op(a, HB_OP_LD, A0, 8, 0, 8);
    hb_rvasm_op(a, HB_OP_SUB, T1, 8, T2, 0);
    hb_rvasm_op(a, HB_OP_LD, A1, T1, 0, 0);
    hb_rvasm_op(a, HB_OP_SD, 0, T1, 8, 0);
    hb_rvasm_op(a, HB_OP_ADD, 8, 8, T2, 0);
    hb_rvasm_jal(a, 0, again);
    hb_rv_program p = build_and_free(a);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    for (uint64_t round = 1; round <= 6; round++) {
        hb_rv_run *runs[2] = {r.plain, r.translated};
        /* three instructions before the loop: the pause comes behind the first load of a round, from page `last` */
        assert_int_equal(advance_pair(&r, &(hb_rv_bound){.cycles = round * 6 * PAGES + 4}), HB_RV_END_PAUSED);
        const uint64_t last = (UINT64_C(0x200000000) >> 12) + round * PAGES;
        uint32_t n[2];
        const uint32_t *touched[2];
        for (unsigned k = 0; k < 2; k++) {
            touched[k] = hb_rvmem_touched(&runs[k]->mem, &n[k]);
            assert_int_equal(n[k], round == 1 ? 0 : PAGES + 2);
            for (uint32_t i = 0; i < n[k]; i++) {
                const hb_rvmem_page *page = &runs[k]->mem.pages[touched[k][i]];
                assert_true(page->number <= last && page->number > last - PAGES - 2);
                assert_int_equal(page->since_mark, HB_RVMEM_TOUCHED | (page->number < last - 1 ? HB_RVMEM_WRITTEN : 0));
            }
        }
        if (n[0])
            assert_memory_equal(touched[0], touched[1], n[0] * sizeof *touched[0]);
        for (unsigned k = 0; k < 2; k++) {
            assert_int_equal(hb_rvmem_mark(&runs[k]->mem, NULL), HB_OK);
            hb_rvmem_touched(&runs[k]->mem, &n[k]);
            assert_int_equal(n[k], 0);
        }
    }
    finish_pair(&r);
    hb_rv_program_free(&p);
}

/* A loop that stays in one page is seen again after each mark, loads and stores apart. */
static void marks_are_seen_in_loops(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t loads = hb_rvasm_label(a), stores = hb_rvasm_label(a);
    a->bss = 4096;
    hb_rvasm_li(a, 8, HB_RVASM_DATA);
    hb_rvasm_li(a, S1, 1000);
    hb_rvasm_place(a, loads);
    hb_rvasm_op(a, HB_OP_LD, A0, 8, 0, 8);
    hb_rvasm_op(a, HB_OP_ADDI, S1, S1, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, S1, 0, loads);
    hb_rvasm_place(a, stores);
    hb_rvasm_op(a, HB_OP_LD, A0, 8, 0, 8);
    hb_rvasm_op(a, HB_OP_SD, 0, 8, A0, 8);
    hb_rvasm_jal(a, 0, stores);
    hb_rv_program p = build_and_free(a);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    for (uint64_t n = 100; n < 6000; n += 100) {
        uint32_t touched;
        hb_rvmem *mem = &r.translated->mem;
        assert_int_equal(hb_rvmem_mark(mem, NULL), HB_OK);
        assert_int_equal(advance_pair(&r, &(hb_rv_bound){.cycles = n}), HB_RV_END_PAUSED);
        const uint32_t *list = hb_rvmem_touched(mem, &touched);
        assert_int_equal(touched, 1);
        assert_int_equal(mem->pages[list[0]].since_mark,
                         n > 3010 ? HB_RVMEM_TOUCHED | HB_RVMEM_WRITTEN : HB_RVMEM_TOUCHED);
    }
    finish_pair(&r);
    hb_rv_program_free(&p);
}

/* Little room for code: everything is thrown away and translated again, many times. */
static void code_memory_is_short(void **state)
{
    (void)state;
    if (!hb_rv_jit_available())
        skip();
    hb_rv_program p = random_loop(5, 4000, 30);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    assert_int_equal(advance_pair(&r, &(hb_rv_bound){.cycles = 10}), HB_RV_END_PAUSED);
    hb_rv_jit *j = r.translated->jit;
    const size_t size = j->code.size;
    j->code.size = 600 << 10;
    j->next_look = UINT64_MAX;
    assert_int_equal(advance_pair(&r, NULL), HB_RV_END_TRAP);
    assert_false(j->off);
    j->code.size = size;
    assert_true(finish_pair(&r) > 10000);
    hb_rv_program_free(&p);
}

static void count_lines(void *ctx, hb_log_severity severity, const char *text)
{
    (void)severity;
    *(int *)ctx += strstr(text, "no executable memory") != NULL;
}

/* No room at all from some moment on: the interpreter finishes the run, after a line in the log. */
static void code_memory_ends(void **state)
{
    (void)state;
    if (!hb_rv_jit_available())
        skip();
    int lines = 0;
    hb_log_sink(count_lines, &lines);
    hb_rv_program p = random_loop(6, 300, 200);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    assert_int_equal(advance_pair(&r, &(hb_rv_bound){.cycles = 5000}), HB_RV_END_PAUSED);
    hb_rv_jit *j = r.translated->jit;
    const size_t size = j->code.size;
    j->code.size = 4096;
    j->n_late++; /* the next look translates all anew */
    assert_int_equal(advance_pair(&r, NULL), HB_RV_END_TRAP);
    assert_true(j->off);
    j->code.size = size;
    assert_int_equal(lines, 1);
    const uint64_t cycles = hb_rv_run_cycles(r.plain);
    assert_true(finish_pair(&r) < cycles / 2);
    hb_log_sink(NULL, NULL);
    hb_rv_program_free(&p);
}

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

/* A system that forbids memory to become executable (in a process of its own, as that cannot be taken back). */
static void refused_by_the_system(void **state)
{
    (void)state;
    hb_rv_program p = random_loop(8, 60, 300);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int lines = 0;
        hb_rv_run *run;
        hb_log_sink(count_lines, &lines);
        if (prctl(PR_SET_MDWE, 1L, 0L, 0L, 0L) != 0)
            _exit(77);
        hb_rv_exec(&p, &(hb_rv_exec_options){.engine = HB_RV_ENGINE_TRANSLATOR}, &run, NULL);
        const hb_rv_report *report = hb_rv_run_report(run);
        _exit(report->trap.reason == HB_TRAP_EBREAK && report->translated == 0 && (lines == 1 || !hb_rv_jit_available())
                  ? 0
                  : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    hb_rv_program_free(&p);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void environment_decides(void **state)
{
    (void)state;
    hb_rv_program p = random_loop(9, 60, 300);
    const char *before = getenv("HB_JIT");
    char *old = before ? strdup(before) : NULL;
    for (int always = 0; always < 2; always++) {
        hb_rv_run *run;
        setenv("HB_JIT", always ? "always" : "0", 1);
        assert_int_equal(
            hb_rv_exec(&p, always ? &none : &(hb_rv_exec_options){.engine = HB_RV_ENGINE_TRANSLATOR}, &run, NULL),
            HB_EXECUTION_FAILED);
        assert_true(HB_RV_JIT && always ? hb_rv_run_report(run)->translated > 0
                                        : hb_rv_run_report(run)->translated == 0);
        hb_rv_run_free(run);
    }
    if (old)
        setenv("HB_JIT", old, 1);
    else
        unsetenv("HB_JIT");
    free(old);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_run_translated),    cmocka_unit_test(steps_are_exact),
        cmocka_unit_test(engines_take_turns),      cmocka_unit_test(marks),
        cmocka_unit_test(marks_are_seen_in_loops), cmocka_unit_test(code_memory_is_short),
        cmocka_unit_test(code_memory_ends),        cmocka_unit_test(refused_by_the_system),
        cmocka_unit_test(environment_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
