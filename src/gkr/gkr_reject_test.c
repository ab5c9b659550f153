/* The verifier of the bus trees says no: for every check a false proof that is honest in everything else, so that the check named by the
 * reason is the one that noticed; with the honest proof as control. */
#include "gkr/gkr_testing.h"

static const hb_gkr_lie honest;

static const gkr_shape small[] = {{5000, "GRF"}, {100, "FR"}, {0, ""}}, tiny[] = {{100, "GRF"}, {0, ""}};

/* Proves with the lie and verifies; *holds: are the claims at the end true? */
static hb_reason prove_and_verify(gkr_case *c, const hb_gkr_lie *lie, bool *holds)
{
    hb_buf proof = {0};
    hb_gkr_result proven, out;
    hb_reason reason;
    gkr_prove_slow(c, lie, &proof, &proven);
    hb_status st = gkr_verify(c, proof.data, proof.len, &reason, &out);
    assert_int_equal(st, reason == HB_R_NONE ? HB_OK : HB_REJECTED);
    if (holds)
        *holds = st == HB_OK && gkr_claims_hold(c, &out);
    hb_buf_free(&proof);
    return reason;
}

static void expect(gkr_case *c, hb_reason reason)
{
    assert_int_equal(prove_and_verify(c, &honest, NULL), reason);
}

/* --- roots: the proof is honest, the statement is false ---------------------------------------------------------------------------------- */
static void test_roots(void **state)
{
    (void)state;
    gkr_case c;
    gkr_case_init(&c, small, 3, 1);
    hb_k **leaf = c.slow.level[0];
    expect(&c, HB_R_NONE);

    hb_k was = c.pv_r; /* public values do not fit, on either side */
    c.pv_r = hb_k_add_f(was, HB_F_ONE);
    expect(&c, HB_R_GKR_PRODUCTS);
    c.pv_r = was;
    was = c.pv_g;
    c.pv_g = hb_k_add_f(was, HB_F_ONE);
    expect(&c, HB_R_GKR_PRODUCTS);
    c.pv_g = was;

    for (uint32_t v = 0; v < 2; v++) { /* a tuple too much, in G and in R */
        was = leaf[v][5];
        leaf[v][5] = hb_k_add_f(was, HB_F_ONE);
        expect(&c, HB_R_GKR_PRODUCTS);
        leaf[v][5] = was;
    }
    was = leaf[2][5]; /* a multiplicity is wrong */
    leaf[2][5] = hb_k_add_f(was, HB_F_ONE);
    expect(&c, HB_R_GKR_FRACTIONS);
    leaf[2][5] = was;
    was = leaf[3][5]; /* a tuple was looked up that the table does not have */
    leaf[3][5] = hb_k_add_f(was, HB_F_ONE);
    expect(&c, HB_R_GKR_FRACTIONS);
    leaf[3][5] = was;
    expect(&c, HB_R_NONE);
    gkr_case_free(&c);
}

/* 0 / 0 makes every sum of fractions zero, and 0 = 0 balances any products. */
static void test_zeros(void **state)
{
    (void)state;
    gkr_case c;
    gkr_case_init(&c, small, 3, 2);
    hb_k **leaf = c.slow.level[0], p = leaf[2][7], q = leaf[3][7];
    leaf[2][7] = leaf[3][7] = hb_k_zero();
    leaf[2][9] = hb_k_add_f(leaf[2][9], HB_F_ONE); /* and so any numerator passes */
    expect(&c, HB_R_GKR_DENOMINATOR);
    leaf[2][9] = hb_k_sub_f(leaf[2][9], HB_F_ONE);
    leaf[2][7] = p;
    leaf[3][7] = q;
    expect(&c, HB_R_NONE);
    leaf[0][7] = leaf[1][7] = hb_k_zero();
    expect(&c, HB_R_GKR_PRODUCT_ZERO);
    gkr_case_free(&c);
}

/* --- lies inside the reduction ------------------------------------------------------------------------------------------------------------ */
static void test_lies_in_rounds(void **state)
{
    (void)state;
    gkr_case c;
    gkr_case_init(&c, small, 3, 3);
    uint32_t d = c.layout.depth;
    for (uint32_t level = 0; level + 4 < d; level++)
        for (uint32_t round = 0; round < d - level - 1; round++) {
            hb_gkr_lie lie = {.kind = (round + level) % 2 ? HB_GKR_LIE_T0 : HB_GKR_LIE_TINF, .level = level, .round = round};
            assert_int_equal(prove_and_verify(&c, &lie, NULL), HB_R_GKR_LAYER);
        }
    gkr_case_free(&c);
}

static void test_lies_at_ends(void **state)
{
    (void)state;
    gkr_case c;
    gkr_case_init(&c, small, 3, 4);
    for (uint32_t v = 0; v < 4; v++) {
        assert_int_equal(prove_and_verify(&c, &(hb_gkr_lie){.kind = HB_GKR_LIE_TOP, .value = v}, NULL), v < 2 ? HB_R_GKR_LAYER : HB_R_GKR_FRACTIONS);
        for (uint32_t side = 0; side < 2; side++)
            for (uint32_t level = 0; level < 3; level++) {
                hb_gkr_lie lie = {.kind = HB_GKR_LIE_END, .level = level, .value = v, .side = side};
                assert_int_equal(prove_and_verify(&c, &lie, NULL), HB_R_GKR_LAYER);
            }
    }
    gkr_case_free(&c);
}

/* Values that satisfy a layer's own check are caught by the next layer; at the leaves they come out as false claims, which the zerocheck refutes. */
static void test_consistent_lies(void **state)
{
    (void)state;
    gkr_case c;
    bool holds;
    gkr_case_init(&c, small, 3, 5);
    for (uint32_t v = 0; v < 2; v++) {
        hb_gkr_lie lie = {.kind = HB_GKR_LIE_END_SCALE, .level = 2, .value = v};
        assert_int_equal(prove_and_verify(&c, &lie, NULL), HB_R_GKR_LAYER);
        lie.level = 0;
        assert_int_equal(prove_and_verify(&c, &lie, &holds), HB_R_NONE);
        assert_false(holds);
    }
    assert_int_equal(prove_and_verify(&c, &honest, &holds), HB_R_NONE);
    assert_true(holds);
    gkr_case_free(&c);
}

/* --- the proof's bytes ---------------------------------------------------------------------------------------------------------------------- */
/* Where a proof of a single tile has its messages, in words: 64 top values, then per layer rounds of two and an end of eight elements. */
static void test_every_word(void **state)
{
    (void)state;
    gkr_case c;
    hb_buf proof = {0};
    hb_gkr_result out;
    hb_reason reason;
    gkr_case_init(&c, tiny, 3, 6);
    gkr_prove_slow(&c, &honest, &proof, &out);
    size_t words = proof.len / 4, expected = 5 * 64;
    for (uint32_t level = 0; level + 4 < c.layout.depth; level++)
        expected += 5 * (2 * (c.layout.depth - level - 1) + 8);
    assert_int_equal(words, expected);
    for (size_t i = 0; i < words; i++) {
        uint8_t *at = proof.data + 4 * i;
        uint32_t was = hb_load_le32(at);
        hb_store_le32(at, was + HB_F_P); /* the same element, written differently */
        assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &out), HB_REJECTED);
        assert_int_equal(reason, HB_R_NOT_CANONICAL);
        hb_store_le32(at, was ? was - 1 : 1); /* another element */
        assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &out), HB_REJECTED);
        assert_true(i < 5 * 64 || reason == HB_R_GKR_LAYER);
        hb_store_le32(at, was);
        assert_int_equal(gkr_verify(&c, proof.data, 4 * i + i % 4, &reason, &out), HB_REJECTED);
        assert_int_equal(reason, HB_R_TRUNCATED);
    }
    assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &out), HB_OK);
    assert_int_equal(hb_buf_append_u32(&proof, 0), HB_OK);
    assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &out), HB_REJECTED);
    assert_int_equal(reason, HB_R_TRAILING_BYTES);
    hb_buf_free(&proof);
    gkr_case_free(&c);
}

/* A proof for one layout is none for another: number of rounds and powers differ. */
static void test_other_depth(void **state)
{
    (void)state;
    gkr_case c;
    hb_buf proof = {0};
    hb_gkr_result out;
    hb_reason reason;
    gkr_case_init(&c, small, 3, 7);
    gkr_prove_slow(&c, &honest, &proof, &out);
    uint32_t depth = c.layout.depth;
    for (uint32_t d = 12; d <= depth + 2; d++) {
        c.layout.depth = d;
        assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &out), d == depth ? HB_OK : HB_REJECTED);
    }
    c.layout.depth = depth;
    gkr_case_free(&c);
    hb_buf_free(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots),        cmocka_unit_test(test_zeros),           cmocka_unit_test(test_lies_in_rounds),
        cmocka_unit_test(test_lies_at_ends), cmocka_unit_test(test_consistent_lies), cmocka_unit_test(test_every_word),
        cmocka_unit_test(test_other_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
