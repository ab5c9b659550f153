/* Translated code as a whole: limits, steps, taking turns with the interpreter, traps, calls, jumps, memory for code that is short or refused. */
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
            hb_rv_bound by_cycles = {.cycles = hb_rv_run_cycles(r.plain) + step}, by_clock = {.clock = hb_rv_run_clock(r.plain) + 12 + 4 * step + xorshift(&s) % 4};
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

/* A loop whose body begins with `n` additions and may trap in its last round; 64 bits at HB_RVASM_DATA count rounds. */
static void trapping_loop(hb_rvasm *a, unsigned n, void (*body)(hb_rvasm *))
{
    uint32_t again = hb_rvasm_label(a), on = hb_rvasm_label(a);
    a->bss = 1 << 16;
    hb_rvasm_li(a, 8, HB_RVASM_DATA);
    hb_rvasm_li(a, S1, 40);
    hb_rvasm_li(a, A1, 0x12345);
    hb_rvasm_place(a, again);
    for (unsigned k = 0; k < n; k++)
        hb_rvasm_op(a, HB_OP_ADDI, 12 + k % 4, 12 + k % 4, 0, 1);
    hb_rvasm_op(a, HB_OP_ADDI, S1, S1, 0, -1);
    hb_rvasm_op(a, HB_OP_SD, 0, 8, S1, 0);
    hb_rvasm_branch(a, HB_OP_BNE, S1, 0, on);
    body(a);
    hb_rvasm_place(a, on);
    hb_rvasm_op(a, HB_OP_XOR, A1, A1, 12, 0);
    hb_rvasm_jal(a, 0, again);
}

static void load_null(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_LD, A1, 0, 0, 16);
}

static void load_outside(hb_rvasm *a)
{
    hb_rvasm_li(a, T1, HB_RV_MAP_END - 4);
    hb_rvasm_op(a, HB_OP_LD, A1, T1, 0, 0);
}

static void load_far_outside(hb_rvasm *a)
{
    hb_rvasm_li(a, T1, HB_RVASM_DATA | UINT64_C(1) << 63);
    hb_rvasm_op(a, HB_OP_LBU, A1, T1, 0, 0);
}

static void store_to_text(hb_rvasm *a)
{
    hb_rvasm_li(a, T1, HB_RVASM_TEXT);
    hb_rvasm_op(a, HB_OP_LW, A1, T1, 0, 0);
    hb_rvasm_op(a, HB_OP_SW, 0, T1, A1, 0);
}

static void store_below_stack(hb_rvasm *a)
{
    hb_rvasm_li(a, T1, HB_RV_STACK_TOP - (1 << 16) - 8);
    hb_rvasm_op(a, HB_OP_SD, 0, T1, A1, 8);
    hb_rvasm_op(a, HB_OP_SD, 0, T1, A1, 0);
}

static void touch_much(hb_rvasm *a)
{
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, T1, UINT64_C(0x100000000));
    hb_rvasm_li(a, T2, 4096);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_SB, 0, T1, A1, 0);
    hb_rvasm_op(a, HB_OP_ADD, T1, T1, T2, 0);
    hb_rvasm_jal(a, 0, loop);
}

static void invalid_word(hb_rvasm *a)
{
    hb_rvasm_word(a, 0xffffffff);
}

static void unimp(hb_rvasm *a)
{
    hb_rvasm_word(a, 0xc0001073);
}

static void ebreak(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
}

static void jump_misaligned(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_AUIPC, T1, 0, 0, 0);
    hb_rvasm_op(a, HB_OP_JALR, T1, T1, 0, 10); /* bit 0 would be cleared, bit 1 is not */
}

static void jump_outside(hb_rvasm *a)
{
    hb_rvasm_li(a, A1, HB_RVASM_TEXT - 4);
    hb_rvasm_op(a, HB_OP_JALR, A1, A1, 0, 0);
}

static void jump_far_outside(hb_rvasm *a)
{
    hb_rvasm_li(a, A1, UINT64_C(1) << 63 | HB_RVASM_TEXT);
    hb_rvasm_op(a, HB_OP_JALR, 0, A1, 0, 0);
}

static void branch_nowhere(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_BEQ, 0, 0, 0, -4096);
}

static void jal_misaligned(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_JAL, 1, 0, 0, 6);
}

static void unknown_call(hb_rvasm *a)
{
    hb_rvasm_call(a, 0x777);
}

static void halt_badly(hb_rvasm *a)
{
    hb_rvasm_li(a, A0, 256);
    hb_rvasm_call(a, 0);
}

static void traps_are_the_same(void **state)
{
    (void)state;
    static const struct {
        void (*body)(hb_rvasm *);
        hb_rv_trap trap;
    } cases[] = {
        {load_null, HB_TRAP_NULL_ACCESS},       {load_outside, HB_TRAP_UNMAPPED},          {load_far_outside, HB_TRAP_UNMAPPED},   {store_to_text, HB_TRAP_STORE_TO_TEXT},
        {store_below_stack, HB_TRAP_STACK_OVERFLOW}, {touch_much, HB_TRAP_MEMORY_LIMIT},   {invalid_word, HB_TRAP_INVALID_INSTRUCTION}, {unimp, HB_TRAP_UNIMP},
        {ebreak, HB_TRAP_EBREAK},               {jump_misaligned, HB_TRAP_PC_MISALIGNED},  {jump_outside, HB_TRAP_PC_OUTSIDE},     {jump_far_outside, HB_TRAP_PC_OUTSIDE},
        {branch_nowhere, HB_TRAP_PC_OUTSIDE},   {jal_misaligned, HB_TRAP_PC_MISALIGNED},   {unknown_call, HB_TRAP_CALL_UNKNOWN},   {halt_badly, HB_TRAP_EXIT_CODE},
    };
    const hb_rv_exec_options o = {.memory_limit = 64 << 12, .stack_limit = 1 << 16};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (unsigned n = 0; n < 70; n += 23) { /* the last ones do not fit into one block */
            hb_rvasm *a = new_asm();
            trapping_loop(a, n, cases[k].body);
            hb_rv_program p = build_and_free(a);
            jit_pair r = start_pair(&p, &o, HB_RV_ENGINE_TRANSLATOR);
            assert_int_equal(advance_pair(&r, NULL), HB_RV_END_TRAP);
            hb_error err;
            hb_rv_finish(r.plain, &err);
            hb_rv_finish(r.translated, &err);
            assert_int_equal(hb_rv_run_report(r.plain)->trap.reason, cases[k].trap);
            assert_same_run(r.plain, r.translated);
            assert_true(!hb_rv_jit_available() || hb_rv_run_report(r.translated)->translated > 100);
            hb_rv_run_free(r.plain);
            hb_rv_run_free(r.translated);
            hb_rv_program_free(&p);
        }
}

/* A table of code addresses, walked through by JALR with different link registers; and the end of the text without a jump. */
static void indirect_jumps(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint64_t table[4];
    uint32_t again = hb_rvasm_label(a), start = hb_rvasm_label(a);
    hb_rvasm_li(a, S1, 5000);
    hb_rvasm_jal(a, 0, start);
    for (unsigned k = 0; k < 4; k++) { /* functions that are reached in no other way */
        table[k] = hb_rvasm_here(a) | (k & 1); /* JALR clears bit 0 */
        hb_rvasm_op(a, HB_OP_ADDI, A0, A0, 0, k + 1);
        hb_rvasm_op(a, HB_OP_XOR, A1, A1, 1, 0);
        hb_rvasm_op(a, HB_OP_JALR, 0, k & 1 ? T1 : 1, 0, 0);
    }
    hb_rvasm_place(a, start);
    hb_rvasm_li(a, 8, hb_rvasm_bytes(a, table, sizeof table));
    hb_rvasm_place(a, again);
    hb_rvasm_op(a, HB_OP_LD, T1, 8, 0, 0);
    hb_rvasm_op(a, HB_OP_AUIPC, T2, 0, 0, 0); /* not what the jump goes by */
    hb_rvasm_op(a, HB_OP_JALR, 1, T1, 0, 0);
    for (unsigned k = 0; k < 4; k++) {
        hb_rvasm_op(a, HB_OP_LD, T1, 8, 0, 8 * k);
        hb_rvasm_op(a, HB_OP_JALR, k & 1 ? T1 : 1, T1, 0, 0);
    }
    hb_rvasm_op(a, HB_OP_ANDI, T2, S1, 0, 24); /* one of four, changing */
    hb_rvasm_op(a, HB_OP_ADD, T2, T2, 8, 0);
    hb_rvasm_op(a, HB_OP_LD, T1, T2, 0, 0);
    hb_rvasm_op(a, HB_OP_ANDI, T2, S1, 0, 8);
    uint32_t other = hb_rvasm_label(a), on = hb_rvasm_label(a);
    hb_rvasm_branch(a, HB_OP_BNE, T2, 0, other);
    hb_rvasm_op(a, HB_OP_JALR, 1, T1, 0, 0);
    hb_rvasm_jal(a, 0, on);
    hb_rvasm_place(a, other);
    hb_rvasm_op(a, HB_OP_JALR, T1, T1, 0, 0);
    hb_rvasm_place(a, on);
    hb_rvasm_op(a, HB_OP_ADDI, S1, S1, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, S1, 0, again);
    hb_rv_program p = build_and_free(a);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    assert_int_equal(advance_pair(&r, NULL), HB_RV_END_TRAP);
    assert_true(hb_rv_run_cycles(r.plain) > 100000);
    finish_pair(&r);
    r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    for (uint64_t n = 13; advance_pair(&r, &(hb_rv_bound){.cycles = n}) == HB_RV_END_PAUSED; n += n < 3000 ? 13 : 4999)
        ;
    finish_pair(&r);
    hb_rv_program_free(&p);
}

/* Output, commits and unconstrained blocks in a loop; limits and pauses before, in and behind blocks. */
static void calls_in_loops(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t again = hb_rvasm_label(a), outside = hb_rvasm_label(a);
    static const char lines[48] = "cycle-tracker-start: x\ncycle-tracker-end: x\n";
    const uint64_t text = hb_rvasm_bytes(a, lines, sizeof lines);
    hb_rvasm_li(a, S1, 300);
    hb_rvasm_place(a, again);
    hb_rvasm_li(a, A0, 1);
    hb_rvasm_li(a, A1, text);
    hb_rvasm_li(a, 12, 44);
    hb_rvasm_call(a, 2);
    hb_rvasm_call(a, 3); /* ENTER_UNCONSTRAINED */
    hb_rvasm_branch(a, HB_OP_BEQ, 5, 0, outside);
    hb_rvasm_op(a, HB_OP_ADDI, S1, S1, 0, -5);
    hb_rvasm_op(a, HB_OP_SD, 0, A1, S1, 64);
    hb_rvasm_call(a, 4);
    hb_rvasm_place(a, outside);
    hb_rvasm_op(a, HB_OP_ANDI, A0, S1, 0, 7);
    hb_rvasm_op(a, HB_OP_ADDI, A1, S1, 0, 0);
    hb_rvasm_call(a, 0x10);
    hb_rvasm_op(a, HB_OP_ADDI, S1, S1, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, S1, 0, again);
    hb_rvasm_halt(a, 3);
    a->bss = 4096;
    hb_rv_program p = build_and_free(a);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    assert_int_equal(advance_pair(&r, NULL), HB_RV_END_HALT);
    const uint64_t cycles = hb_rv_run_cycles(r.plain);
    assert_true(finish_pair(&r) > 1000 || !hb_rv_jit_available());
    for (uint64_t step = 1; step < 40; step += step < 20 ? 1 : 7) {
        hb_rv_end end;
        r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
        for (uint64_t n = step; (end = advance_pair(&r, step % 2 ? &(hb_rv_bound){.cycles = n} : &(hb_rv_bound){.clock = 4 * n + 16})) == HB_RV_END_PAUSED; n += step)
            ;
        assert_int_equal(end, HB_RV_END_HALT);
        finish_pair(&r);
    }
    for (uint64_t limit = cycles - 40; limit <= cycles; limit++) {
        r = start_pair(&p, &(hb_rv_exec_options){.cycle_limit = limit}, HB_RV_ENGINE_TRANSLATOR);
        assert_int_equal(advance_pair(&r, NULL), limit < cycles ? HB_RV_END_CYCLE_LIMIT : HB_RV_END_HALT);
        finish_pair(&r);
    }
    hb_rv_program_free(&p);
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
    hb_rvasm_place(a, again); /* six instructions a round: a load from each page, then one from and a store to the page before it */
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
        assert_int_equal(mem->pages[list[0]].since_mark, n > 3010 ? HB_RVMEM_TOUCHED | HB_RVMEM_WRITTEN : HB_RVMEM_TOUCHED);
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
        _exit(report->trap.reason == HB_TRAP_EBREAK && report->translated == 0 && (lines == 1 || !hb_rv_jit_available()) ? 0 : 1);
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
        assert_int_equal(hb_rv_exec(&p, always ? &none : &(hb_rv_exec_options){.engine = HB_RV_ENGINE_TRANSLATOR}, &run, NULL), HB_EXECUTION_FAILED);
        assert_true(HB_RV_JIT && always ? hb_rv_run_report(run)->translated > 0 : hb_rv_run_report(run)->translated == 0);
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
        cmocka_unit_test(loops_run_translated), cmocka_unit_test(steps_are_exact),      cmocka_unit_test(engines_take_turns), cmocka_unit_test(traps_are_the_same),
        cmocka_unit_test(indirect_jumps),       cmocka_unit_test(calls_in_loops),       cmocka_unit_test(marks), cmocka_unit_test(marks_are_seen_in_loops),              cmocka_unit_test(code_memory_is_short),
        cmocka_unit_test(code_memory_ends),     cmocka_unit_test(refused_by_the_system), cmocka_unit_test(environment_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
