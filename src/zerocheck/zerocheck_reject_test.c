/* Everything that the verifier has to refuse, each beside an honest control that it accepts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "zerocheck/zerocheck_oracle.h"

#define SKIP_WORDS (5 * HB_ZEROCHECK_SKIP_COEFFICIENTS)

static const uint32_t rows[TOY_CHIPS] = {1100, 4096, 200, 5000, UINT32_MAX, 40, 20};
static uint8_t memory[1 << 20];

static uint32_t verify(const fixture *f, const hb_buf *proof, size_t scratch_bytes)
{
    hb_scratch scratch = hb_scratch_of(memory, scratch_bytes);
    hb_receiver r;
    hb_error err = {.reason = HB_R_NONE};
    hb_zerocheck_result result;
    hb_receiver_init(&r, proof->data, proof->len, &err);
    hb_status st = hb_zerocheck_verify(&r, &f->claim, &scratch, &result);
    if (st == HB_OK)
        st = hb_receive_end(&r);
    assert_true(st == HB_OK || st == HB_REJECTED);
    return st == HB_OK ? HB_R_NONE : err.reason;
}

static hb_status prove(const fixture *f, hb_buf *proof, hb_zerocheck_opening *out)
{
    hb_arena arena;
    hb_sender s = {.proof = proof};
    hb_transcript_init(&s.t);
    assert_int_equal(hb_arena_init(&arena, hb_zerocheck_prove_bytes(&f->claim, 1)), HB_OK);
    hb_status st = hb_zerocheck_prove(&s, &f->claim, f->m.tables, &arena, out, NULL);
    hb_arena_free(&arena);
    return st;
}

static uint32_t prove_and_verify(const fixture *f)
{
    hb_buf proof = {0};
    hb_zerocheck_opening out;
    assert_int_equal(prove(f, &proof, &out), HB_OK);
    uint32_t reason = verify(f, &proof, hb_zerocheck_verify_bytes(&f->claim));
    hb_buf_free(&proof);
    return reason;
}

typedef struct context {
    fixture f;
    hb_buf proof;
} context;

static int setup(void **state)
{
    static context c;
    hb_zerocheck_opening out;
    memset(&c, 0, sizeof c);
    fixture_init(&c.f, rows, true, 21);
    assert_int_equal(prove(&c.f, &c.proof, &out), HB_OK);
    assert_int_equal(verify(&c.f, &c.proof, hb_zerocheck_verify_bytes(&c.f.claim)), HB_R_NONE);
    *state = &c;
    return 0;
}

static int teardown(void **state)
{
    context *c = *state;
    hb_buf_free(&c->proof);
    fixture_free(&c->f);
    return 0;
}

static void add_to_word(context *c, size_t word, uint32_t delta)
{
    uint32_t v = hb_load_le32(c->proof.data + 4 * word);
    hb_store_le32(c->proof.data + 4 * word, (uint32_t)(((uint64_t)v + delta) % HB_F_P));
}

static uint32_t verify_case(context *c)
{
    return verify(&c->f, &c->proof, hb_zerocheck_verify_bytes(&c->f.claim));
}

/* --- the proof's words ------------------------------------------------------------------------------------------------------------------ */
static void every_word_counts(void **state)
{
    context *c = *state;
    size_t words = c->proof.len / 4;
    uint32_t rounds = c->f.layout.n_max - 4;
    assert_int_equal(words, SKIP_WORDS + 20 * rounds + 5 * hb_zerocheck_columns(&c->f.claim));
    for (size_t w = 0; w < words; w++) {
        uint32_t before = hb_load_le32(c->proof.data + 4 * w);
        add_to_word(c, w, 1);
        assert_int_equal(verify_case(c), w < SKIP_WORDS ? HB_R_ZEROCHECK_SKIP : HB_R_ZEROCHECK_END);
        hb_store_le32(c->proof.data + 4 * w, before + HB_F_P);
        assert_int_equal(verify_case(c), HB_R_NOT_CANONICAL);
        hb_store_le32(c->proof.data + 4 * w, before);
    }
    assert_int_equal(verify_case(c), HB_R_NONE);
}

/* A multiple of Z^16 - 1 does not change the sum over D, so the skip check passes; the polynomial is another one all the same. */
static void skip_polynomial_is_bound(void **state)
{
    context *c = *state;
    for (uint32_t i = 0; i + 16 <= HB_ZEROCHECK_SKIP_DEGREE; i++) {
        add_to_word(c, 5 * i, 77);
        add_to_word(c, 5 * (i + 16), HB_F_P - 77);
        assert_int_equal(verify_case(c), HB_R_ZEROCHECK_END);
        add_to_word(c, 5 * i, HB_F_P - 77);
        add_to_word(c, 5 * (i + 16), 77);
    }
    assert_int_equal(verify_case(c), HB_R_NONE);
}

static void length_is_exact(void **state)
{
    context *c = *state;
    size_t len = c->proof.len;
    for (size_t cut = 4; cut <= len; cut += 4 * 37) {
        c->proof.len = len - cut;
        assert_int_equal(verify_case(c), HB_R_TRUNCATED);
    }
    c->proof.len = len - 1;
    assert_int_equal(verify_case(c), HB_R_TRUNCATED);
    c->proof.len = len;
    assert_int_equal(hb_buf_append_u32(&c->proof, 0), HB_OK);
    assert_int_equal(verify_case(c), HB_R_TRAILING_BYTES);
    c->proof.len = len;
    assert_int_equal(verify_case(c), HB_R_NONE);
}

static void scratch_is_checked(void **state)
{
    context *c = *state;
    size_t enough = hb_zerocheck_verify_bytes(&c->f.claim);
    for (size_t bytes = 0; bytes + 1024 < enough; bytes += 997)
        assert_int_equal(verify(&c->f, &c->proof, bytes), HB_R_SCRATCH);
    assert_int_equal(verify(&c->f, &c->proof, enough), HB_R_NONE);
}

/* --- what is claimed -------------------------------------------------------------------------------------------------------------------- */
static void the_claim_counts(void **state)
{
    context *c = *state;
    fixture *f = &c->f;
    for (int k = 0; k < 4; k++) {
        hb_k before = f->trees.claims[k];
        f->trees.claims[k] = hb_k_add_f(before, HB_F_ONE);
        assert_int_equal(verify_case(c), HB_R_ZEROCHECK_SKIP);
        f->trees.claims[k] = before;
    }
    for (uint32_t i = 0; i < f->trees.n_xi; i++) { /* bits 8 .. 11 are z, used first; those from h_T on enter the weights */
        hb_k before = f->trees.xi[i];
        f->trees.xi[i] = hb_k_add_f(before, HB_F_ONE);
        assert_int_equal(verify_case(c), i >= 8 && i < 12 ? HB_R_ZEROCHECK_SKIP : HB_R_ZEROCHECK_END);
        f->trees.xi[i] = before;
    }
    hb_k *beta[] = {&f->bus.alpha, &f->bus.beta_tag, &f->bus.beta[0], &f->bus.beta[1], &f->bus.beta[6], &f->bus.beta[8]};
    for (size_t i = 0; i < sizeof beta / sizeof beta[0]; i++) {
        hb_k before = *beta[i];
        *beta[i] = hb_k_add_f(before, HB_F_ONE);
        assert_int_equal(verify_case(c), HB_R_ZEROCHECK_END);
        *beta[i] = before;
    }
    for (uint32_t i = 0; i < HB_PUBLIC_WORDS; i++) { /* they enter through structured columns only */
        f->m.publics.pv_lo[i] = hb_f_add(f->m.publics.pv_lo[i], HB_F_ONE);
        assert_int_equal(verify_case(c), HB_R_ZEROCHECK_END);
        f->m.publics.pv_lo[i] = hb_f_sub(f->m.publics.pv_lo[i], HB_F_ONE);
    }
    assert_int_equal(verify_case(c), HB_R_NONE);
}

static void heights_count(void **state)
{
    context *c = *state;
    for (size_t i = 0; i < c->f.m.n_tables; i++)
        for (int up = 0; up < 2; up++) {
            uint32_t before = c->f.tables[i].n_rows;
            if (c->f.tables[i].air->n_terms == 0 || (up && before % 4096 == 0))
                continue; /* a table without terms has no mask; a larger height class has another layout */
            c->f.tables[i].n_rows += up ? 1 : UINT32_MAX;
            assert_int_equal(verify_case(c), HB_R_ZEROCHECK_END);
            c->f.tables[i].n_rows = before;
        }
    assert_int_equal(verify_case(c), HB_R_NONE);
}

static void zero_challenges(void **state)
{
    context *c = *state;
    fixture *f = &c->f;
    hb_buf proof = {0};
    hb_zerocheck_opening out;
    static const uint32_t round_bits[] = {0, 7, 12};
    for (size_t k = 0; k < 3; k++) {
        hb_k before = f->trees.xi[round_bits[k]];
        f->trees.xi[round_bits[k]] = hb_k_zero();
        assert_int_equal(verify_case(c), HB_R_ZERO_CHALLENGE);
        assert_int_equal(prove(f, &proof, &out), HB_PROOF_GENERATION_FAILED);
        f->trees.xi[round_bits[k]] = before;
    }
    hb_k before = f->trees.xi[12]; /* 1: eps of the tables with h_T = 12 is 0 */
    f->trees.xi[12] = hb_k_one();
    assert_int_equal(verify_case(c), HB_R_ZERO_CHALLENGE);
    assert_int_equal(prove(f, &proof, &out), HB_PROOF_GENERATION_FAILED);
    f->trees.xi[12] = before;
    assert_int_equal(verify_case(c), HB_R_NONE);
    hb_buf_free(&proof);
}

/* --- false traces ----------------------------------------------------------------------------------------------------------------------- */
typedef struct edit {
    uint32_t chip, column, row;
} edit;

/* One cell changed; the claims of the trees are those of the changed table, so only the constraints are violated. */
static void constraints_hold_on_every_row(void **state)
{
    (void)state;
    static const edit edits[] = {
        {TOY_USER, U_P, 17}, {TOY_USER, U_P, 4999}, {TOY_USER, U_P, 5000}, {TOY_USER, U_P, 8191}, /* full, ragged, padding, last stored row */
        {TOY_USER, U_V, 17},  {TOY_USER, U_V, 4500}, {TOY_USER, U_S, 3},    {TOY_USER, U_D, 17},   /* cubic, flag, affine */
        {TOY_USER, U_D, 7000}, {TOY_PUB, P_LO, 3},   {TOY_PUB, P_KEY, 16},  {TOY_PLAIN, L_C, 0},   {TOY_PLAIN, L_C, 4095},
        {TOY_OTHER, O_F, 4095},
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        fixture f;
        fixture_init(&f, rows, true, 5);
        assert_int_equal(prove_and_verify(&f), HB_R_NONE);
        hb_f *cell = &f.m.cols[edits[i].chip][edits[i].column][edits[i].row];
        *cell = hb_f_add(*cell, HB_F_TWO);
        oracle_claims(&f);
        uint32_t reason = prove_and_verify(&f); /* the prover takes for granted that constraints vanish on D in full tiles, so it lies there */
        assert_true(reason == HB_R_ZEROCHECK_SKIP || reason == HB_R_ZEROCHECK_END);
        fixture_free(&f);
    }
}

/* One cell changed that no constraint reads: the trees' claims are those of the honest table. */
static void leaves_are_those_of_the_columns(void **state)
{
    (void)state;
    static const edit edits[] = {{TOY_USER, U_K, 17}, {TOY_USER, U_T, 4500}, {TOY_RC, 0, 3}, {TOY_BYTE, 1, 4095}, {TOY_PROG, 8, 199}, {TOY_OTHER, O_K, 0}};
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        fixture f;
        fixture_init(&f, rows, true, 5);
        hb_f *cell = &f.m.cols[edits[i].chip][edits[i].column][edits[i].row];
        *cell = hb_f_add(*cell, HB_F_ONE);
        if (edits[i].column == U_K && edits[i].chip == TOY_USER)
            f.m.cols[TOY_USER][U_D][17] = hb_f_add(f.m.cols[TOY_USER][U_D][17], HB_F_TWO);
        uint32_t reason = prove_and_verify(&f);
        assert_true(reason == HB_R_ZEROCHECK_SKIP || reason == HB_R_ZEROCHECK_END);
        oracle_claims(&f); /* control: with the table's own claims all is well */
        assert_int_equal(prove_and_verify(&f), HB_R_NONE);
        fixture_free(&f);
    }
}

/* Rows from n_T on reach no bus: whatever satisfies the constraints may stand there, and the claims do not change. */
static void padding_is_harmless(void **state)
{
    (void)state;
    fixture a, b;
    fixture_init(&a, rows, true, 5);
    fixture_init(&b, rows, true, 5);
    for (uint32_t row = 5000; row < 8192; row++)
        for (uint32_t j = 0; j < U_WIDTH; j++)
            b.m.cols[TOY_USER][j][row] = a.m.cols[TOY_USER][j][row - 3000];
    for (uint32_t row = 1100; row < 4096; row++)
        b.m.cols[TOY_RC][0][row] = b.m.cols[TOY_RC][1][row] = HB_F_TWO;
    oracle_claims(&b);
    for (int k = 0; k < 4; k++)
        assert_true(hb_k_eq(a.trees.claims[k], b.trees.claims[k]));
    assert_int_equal(prove_and_verify(&b), HB_R_NONE);
    fixture_free(&a);
    fixture_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_word_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(skip_polynomial_is_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(length_is_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(scratch_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(the_claim_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(heights_count, setup, teardown),
        cmocka_unit_test_setup_teardown(zero_challenges, setup, teardown),
        cmocka_unit_test(constraints_hold_on_every_row),
        cmocka_unit_test(leaves_are_those_of_the_columns),
        cmocka_unit_test(padding_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
