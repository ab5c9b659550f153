/* The fast prover against the plain one: equal proofs, byte for byte, for many layouts, at every instruction set and number of threads; and the
 * verifier accepts them and ends with the true values. */
#include "gkr/gkr_testing.h"

/* HB_OK, equal bytes, equal results. */
static void check_same(gkr_case *c, const hb_buf *slow_proof, const hb_gkr_result *slow, hb_pool *pool)
{
    hb_buf proof = {0};
    hb_gkr_result out;
    assert_int_equal(gkr_prove_fast(c, pool, &proof, &out), HB_OK);
    assert_int_equal(proof.len, slow_proof->len);
    assert_memory_equal(proof.data, slow_proof->data, proof.len);
    assert_memory_equal(&out, slow, sizeof out);
    hb_buf_free(&proof);
}

static void check_case(const gkr_shape *shapes, uint32_t n_trees, uint64_t seed)
{
    static const hb_gkr_lie honest;
    gkr_case c;
    hb_buf proof = {0};
    hb_gkr_result slow, verified;
    hb_reason reason;
    hb_pool *pool = hb_pool_create(2);
    gkr_case_init(&c, shapes, n_trees, seed);
    gkr_prove_slow(&c, &honest, &proof, &slow);
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        hb_isa_cap(isa);
        check_same(&c, &proof, &slow, NULL);
        check_same(&c, &proof, &slow, pool);
    }
    hb_isa_cap(HB_ISA_AVX512);
    assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &verified), HB_OK);
    assert_memory_equal(&verified, &slow, sizeof slow);
    assert_true(gkr_claims_hold(&c, &verified));
    hb_buf_free(&proof);
    gkr_case_free(&c);
    hb_pool_destroy(pool);
}

static void test_one_tile(void **state)
{
    (void)state;
    check_case((const gkr_shape[]){{1, "GRF"}, {0, ""}}, 3, 1);
    check_case((const gkr_shape[]){{4095, "FRG"}, {0, ""}}, 3, 2);
    check_case((const gkr_shape[]){{4096, "GRF"}, {0, ""}}, 3, 3);
    check_case((const gkr_shape[]){{3000, "F"}, {0, ""}}, 3, 4);
    check_case((const gkr_shape[]){{3000, "G"}, {0, ""}}, 3, 5);
    check_case((const gkr_shape[]){{17, "R"}, {0, ""}}, 3, 6);
}

/* Depths 13 to 16: fewer and more than four bits above the tile. */
static void test_shallow(void **state)
{
    (void)state;
    check_case((const gkr_shape[]){{4097, "GRF"}, {0, ""}}, 3, 10);
    check_case((const gkr_shape[]){{8192, "GRF"}, {4096, "GF"}, {0, ""}}, 3, 11);
    check_case((const gkr_shape[]){{12289, "GRF"}, {5, "FR"}, {0, ""}}, 3, 12);
    check_case((const gkr_shape[]){{20481, "GRF"}, {5, "FRG"}, {8193, "GR"}, {0, ""}}, 3, 13);
}

/* Trees much smaller than the deepest one, or without any block: they lie alone in the lower half for many rounds. */
static void test_uneven(void **state)
{
    (void)state;
    check_case((const gkr_shape[]){{1, "G"}, {1, "RR"}, {20000, "FF"}, {0, ""}}, 3, 20);
    check_case((const gkr_shape[]){{1, "F"}, {4097, "R"}, {30000, "GG"}, {0, ""}}, 3, 21);
    check_case((const gkr_shape[]){{30000, "R"}, {0, ""}}, 3, 22);
    check_case((const gkr_shape[]){{5000, "FGGG"}, {0, ""}}, 3, 23);
    check_case((const gkr_shape[]){{1, "FGGGG"}, {1, "FGGGG"}, {0, ""}}, 3, 24);
}

/* A table without terms may be taller than the trees are deep: xi gets more coordinates. */
static void test_extended_point(void **state)
{
    (void)state;
    check_case((const gkr_shape[]){{70000, ""}, {4097, "GRF"}, {0, ""}}, 3, 30);
}

/* Further product trees behind the fractions. */
static void test_more_trees(void **state)
{
    (void)state;
    check_case((const gkr_shape[]){{4097, "GRF34"}, {4097, "3FR"}, {100, "4433"}, {0, ""}}, 5, 40);
    check_case((const gkr_shape[]){{9000, "GRF"}, {100, "5"}, {0, ""}}, 6, 41);
}

static void test_random_layouts(void **state)
{
    (void)state;
    hb_test_rng rng = {99};
    for (uint64_t i = 0; i < 12; i++) {
        static const uint32_t usual[] = {1, 4095, 4096, 4097, 8191, 8193};
        static char terms[GKR_TABLES_MAX][GKR_TERMS_MAX + 1];
        gkr_shape shapes[5] = {{0}};
        for (size_t t = 0; t < 1 + hb_test_below(&rng, 4); t++) {
            size_t n = 1 + hb_test_below(&rng, 3);
            memset(terms[t], 0, sizeof terms[t]);
            for (size_t k = 0; k < n; k++)
                terms[t][k] = "GRF"[hb_test_below(&rng, 3)];
            shapes[t].terms = terms[t];
            shapes[t].rows = hb_test_below(&rng, 2) ? usual[hb_test_below(&rng, 6)] : 1 + (uint32_t)hb_test_below(&rng, 16000);
        }
        check_case(shapes, 3, 1000 + i);
    }
}

/* An arena that is one line too small is an answer, not a crash, and leaves the arena as it was. */
static void test_arena_too_small(void **state)
{
    (void)state;
    gkr_case c;
    hb_arena arena;
    hb_buf proof = {0};
    hb_gkr_result out;
    hb_sender s = {.proof = &proof};
    hb_error err;
    gkr_case_init(&c, (const gkr_shape[]){{4097, "GRF"}, {0, ""}}, 3, 50);
    gkr_case_fill(&c);
    assert_int_equal(hb_arena_init(&arena, hb_gkr_prove_bytes(&c.layout, 1) - HB_ARENA_ALIGN), HB_OK);
    gkr_start(&s.t);
    assert_int_equal(hb_gkr_prove(&s, &c.layout, &c.leaves, &arena, &out, &err), HB_OUT_OF_MEMORY);
    assert_int_equal(err.status, HB_OUT_OF_MEMORY);
    assert_int_equal(hb_arena_mark(&arena), 0);
    hb_arena_free(&arena);
    hb_buf_free(&proof);
    gkr_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_tile),       cmocka_unit_test(test_shallow),    cmocka_unit_test(test_uneven),
        cmocka_unit_test(test_extended_point), cmocka_unit_test(test_more_trees), cmocka_unit_test(test_random_layouts),
        cmocka_unit_test(test_arena_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
