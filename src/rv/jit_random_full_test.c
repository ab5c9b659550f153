/* 10,000 random programs: translated code against the interpreter, at random limits and in random steps, from the
 * first instruction on and as runs have it by default. */
#include "rv/jit_test_util.h"
#include "rv/rvrandom.h"

enum { PROGRAMS = 10000 };

/* Repeats random instructions so often that several looks at what is hot come by (every 20th), or a few times. */
static hb_rv_program make(uint64_t seed, uint64_t *s)
{
    hb_rvasm *a = new_asm();
    const uint64_t counter = HB_RVASM_DATA + HB_RVRANDOM_BUFFER_BYTES,
                   rounds = seed % 20 ? 1 + xorshift(s) % 8 : 200 + xorshift(s) % 2000;
    a->bss = HB_RVRANDOM_BUFFER_BYTES + 8;
    hb_rvasm_li(a, 1, rounds);
    hb_rvasm_li(a, 2, counter);
    hb_rvasm_op(a, HB_OP_SD, 0, 2, 1, 0);
    uint32_t again = hb_rvasm_label(a), end = hb_rvasm_label(a);
    hb_rvasm_place(a, again);
    hb_rvrandom_emit(a, seed, 20 + (unsigned)(xorshift(s) % 200));
    hb_rvasm_li(a, 30, counter);
    hb_rvasm_op(a, HB_OP_LD, 1, 30, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 1, 1, 0, -1);
    hb_rvasm_op(a, HB_OP_SD, 0, 30, 1, 0);
    hb_rvasm_branch(a, HB_OP_BEQ, 1, 0, end);
    hb_rvasm_jal(a, 0, again);
    hb_rvasm_place(a, end);
    if (seed % 3)
        hb_rvasm_halt(a, seed % 256);
    else
        hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    return build_and_free(a);
}

static void random_programs(void **state)
{
    (void)state;
    uint64_t s = 12345, translated = 0, cycles = 0;
    for (uint64_t seed = 1; seed <= PROGRAMS; seed++) {
        hb_rv_program p = make(seed, &s);
        hb_rv_exec_options o = {.cycle_limit = xorshift(&s) % 4 ? 0 : 1 + xorshift(&s) % 2000};
        jit_pair r = start_pair(&p, &o, seed % 8 ? HB_RV_ENGINE_TRANSLATOR : HB_RV_ENGINE_AUTO);
        for (unsigned k = 0; k < 6; k++)
            if (advance_pair(&r, &(hb_rv_bound){.cycles = hb_rv_run_cycles(r.plain) + 1 + xorshift(&s) % 700}) !=
                HB_RV_END_PAUSED)
                break;
        advance_pair(&r, NULL);
        cycles += hb_rv_run_cycles(r.plain);
        translated += finish_pair(&r);
        hb_rv_program_free(&p);
    }
    assert_true(!hb_rv_jit_available() || translated > cycles / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
