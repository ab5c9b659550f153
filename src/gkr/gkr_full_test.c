/* Trees of a realistic shape (2^21 leaves, hundreds of tiles, gaps, one tree much smaller), beyond what the plain prover manages: one and two threads and all
 * instruction sets agree, the verifier accepts, and the claims are the extensions of the leaves. */
#include "gkr/gkr_testing.h"

static void check_large(const gkr_shape *shapes, uint64_t seed)
{
    gkr_case c;
    hb_buf first = {0};
    hb_gkr_result proven, out;
    hb_reason reason;
    hb_pool *pool = hb_pool_create(2);
    gkr_case_init(&c, shapes, 3, seed);
    assert_int_equal(gkr_prove_fast(&c, NULL, &first, &proven), HB_OK);
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        hb_buf again = {0};
        hb_isa_cap(isa);
        assert_int_equal(gkr_prove_fast(&c, pool, &again, &out), HB_OK);
        assert_int_equal(again.len, first.len);
        assert_memory_equal(again.data, first.data, first.len);
        assert_memory_equal(&out, &proven, sizeof out);
        hb_buf_free(&again);
    }
    hb_isa_cap(HB_ISA_AVX512);
    assert_int_equal(gkr_verify(&c, first.data, first.len, &reason, &out), HB_OK);
    assert_memory_equal(&out, &proven, sizeof out);
    assert_true(gkr_claims_hold(&c, &out));
    hb_buf_free(&first);
    hb_pool_destroy(pool);
    gkr_case_free(&c);
}

static void test_large(void **state)
{
    (void)state;
    check_large((const gkr_shape[]){{530000, "GRF"}, {140000, "GFGR"}, {5000, "FFR"}, {1, "G"}, {0, ""}}, 1);
    check_large((const gkr_shape[]){{600000, "FF"}, {70000, "GR"}, {4096, "GGRF"}, {0, ""}}, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_large)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
