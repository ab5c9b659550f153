/* Translated code where it meets others: traps, jumps to where a register says, calls and unconstrained blocks. */
#include "rv/jit_test_util.h"

enum { A0 = 10, A1 = 11, T1 = 6, T2 = 7, S1 = 9 };

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
        {load_null, HB_TRAP_NULL_ACCESS},
        {load_outside, HB_TRAP_UNMAPPED},
        {load_far_outside, HB_TRAP_UNMAPPED},
        {store_to_text, HB_TRAP_STORE_TO_TEXT},
        {store_below_stack, HB_TRAP_STACK_OVERFLOW},
        {touch_much, HB_TRAP_MEMORY_LIMIT},
        {invalid_word, HB_TRAP_INVALID_INSTRUCTION},
        {unimp, HB_TRAP_UNIMP},
        {ebreak, HB_TRAP_EBREAK},
        {jump_misaligned, HB_TRAP_PC_MISALIGNED},
        {jump_outside, HB_TRAP_PC_OUTSIDE},
        {jump_far_outside, HB_TRAP_PC_OUTSIDE},
        {branch_nowhere, HB_TRAP_PC_OUTSIDE},
        {jal_misaligned, HB_TRAP_PC_MISALIGNED},
        {unknown_call, HB_TRAP_CALL_UNKNOWN},
        {halt_badly, HB_TRAP_EXIT_CODE},
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

/* A table of code addresses, walked through by JALR with different link registers; and the end of the text without a
 * jump. */
static void indirect_jumps(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint64_t table[4];
    uint32_t again = hb_rvasm_label(a), start = hb_rvasm_label(a);
    hb_rvasm_li(a, S1, 5000);
    hb_rvasm_jal(a, 0, start);
    for (unsigned k = 0; k < 4; k++) {         /* functions that are reached in no other way */
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
        for (uint64_t n = step;
             (end = advance_pair(&r, step % 2 ? &(hb_rv_bound){.cycles = n} : &(hb_rv_bound){.clock = 4 * n + 16})) ==
             HB_RV_END_PAUSED;
             n += step)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traps_are_the_same),
        cmocka_unit_test(indirect_jumps),
        cmocka_unit_test(calls_in_loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
