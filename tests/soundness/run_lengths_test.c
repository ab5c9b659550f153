/* Runs of exactly 2^k - 1, 2^k and 2^k + 1 cycles, and tables of exactly that many rows: all are proved, and both verifiers accept. */
#include <stdlib.h>

#include "tests/soundness/proof_case.h"

/* One round of the case's program, with `pad` instructions without effect in front. */
static uint64_t make_padded(proof_case *c, unsigned pad)
{
    proof_case_make_padded(c, 1, 0, pad);
    return hb_rv_run_report(c->run)->cycles;
}

static void around(uint32_t target, bool rows)
{
    proof_case c;
    const uint64_t unpadded = make_padded(&c, 0);
    const uint64_t base = rows ? c.key.program->n_insns : unpadded;
    proof_case_free(&c);
    assert_true(base + 1 < target);
    for (uint64_t n = target - 1; n <= (uint64_t)target + 1; n++) {
        const uint64_t cycles = make_padded(&c, (unsigned)(n - base));
        assert_int_equal(rows ? c.key.program->n_insns : cycles, n);
        proof_case_free(&c); /* making it has proved it, and both verifiers have accepted */
    }
}

static void cycles_around_powers_of_two(void **state)
{
    (void)state;
    for (uint32_t k = 11; k <= 16; k++)
        around(UINT32_C(1) << k, false);
}

static void program_rows_around_powers_of_two(void **state)
{
    (void)state;
    around(4096, true);
    around(8192, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cycles_around_powers_of_two), cmocka_unit_test(program_rows_around_powers_of_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
