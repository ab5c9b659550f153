/* Challenges that the protocol excludes, forced with a tape: the verifier rejects a zero coordinate, the prover answers with an error. */
#define HB_TEST_HOOKS
#include "transcript/transcript.c"

#include "gkr/gkr_testing.h"

static hb_tape tape;

/* Draws before the first layer's rounds: four coordinates of the point, lambda; then a round's challenge each. */
enum { POINT_AT = 0, ROUND_AT = 5 * 5 };

static void put(size_t at, hb_k value)
{
    memcpy(tape.words + at, value.c, sizeof value.c);
}

static void test_zero_and_one(void **state)
{
    (void)state;
    static const hb_gkr_lie honest;
    static const size_t places[] = {POINT_AT, POINT_AT + 5, POINT_AT + 15, ROUND_AT, ROUND_AT + 5};
    static hb_tape saved;
    gkr_case c;
    hb_buf proof = {0};
    hb_gkr_result out;
    hb_reason reason;
    gkr_case_init(&c, (const gkr_shape[]){{5000, "GRF"}, {0, ""}}, 3, 1);
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    gkr_prove_slow(&c, &honest, &proof, &out);
    saved = tape;
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    assert_int_equal(gkr_verify(&c, proof.data, proof.len, &reason, &out), HB_OK);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (int one = 0; one < 2; one++) {
            hb_buf replayed = {0}, fast = {0};
            tape = saved;
            put(places[i], one ? hb_k_one() : hb_k_zero());
            hb_transcript_tape(&tape, HB_TAPE_REPLAY);
            gkr_prove_slow(&c, &honest, &replayed, &out); /* honest under these challenges */
            hb_transcript_tape(&tape, HB_TAPE_REPLAY);
            assert_int_equal(gkr_verify(&c, replayed.data, replayed.len, &reason, &out), one ? HB_OK : HB_REJECTED);
            assert_int_equal(reason, one ? HB_R_NONE : HB_R_ZERO_CHALLENGE);
            hb_transcript_tape(&tape, HB_TAPE_REPLAY);
            assert_int_equal(gkr_prove_fast(&c, NULL, &fast, &out), HB_PROOF_GENERATION_FAILED);
            hb_buf_free(&fast);
            hb_buf_free(&replayed);
        }
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    hb_buf_free(&proof);
    gkr_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_zero_and_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
