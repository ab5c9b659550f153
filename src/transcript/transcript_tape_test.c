/* The tape: a test that includes transcript.c with HB_TEST_HOOKS replaces the library's object, for all of the library. */
#define HB_TEST_HOOKS
#include "transcript/transcript.c"

#include "base/testing.h"
#include "transcript/receive.h"
#include "transcript/send.h"

static hb_tape tape;

/* A conversation whose proof is one element, a nonce, and nothing else. */
typedef struct drawn {
    hb_k a, b;
    uint32_t indices[40];
} drawn;

static void draw(hb_transcript *t, drawn *d)
{
    d->a = hb_transcript_challenge(t, HB_LABEL_TAU);
    hb_transcript_indices(t, HB_LABEL_QUERY, 40, 13, d->indices);
    d->b = hb_transcript_challenge(t, HB_LABEL_DELTA);
}

static hb_status receive(const hb_buf *proof, hb_reason *reason, drawn *d)
{
    hb_error err;
    hb_receiver r;
    hb_k value;
    hb_error_clear(&err);
    hb_receiver_init(&r, proof->data, proof->len, &err);
    hb_status st = hb_receive_k(&r, HB_TAG_OOD, &value, 1);
    if (st == HB_OK)
        st = hb_receive_grind(&r, HB_LABEL_QUERY, 12);
    *reason = (hb_reason)err.reason;
    draw(&r.t, d);
    return st;
}

static void test_freeze(void **state)
{
    (void)state;
    hb_buf proof = {0};
    hb_k value = hb_k_one();
    hb_sender s = {.proof = &proof};
    drawn sent, got;
    hb_reason reason;
    hb_transcript_init(&s.t);
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    assert_int_equal(hb_send_k(&s, HB_TAG_OOD, &value, 1), HB_OK);
    assert_int_equal(hb_send_grind(&s, HB_LABEL_QUERY, 12), HB_OK);
    draw(&s.t, &sent);
    assert_int_equal(tape.used, 50);

    proof.data[0] ^= 4; /* another message: without the tape another conversation, with it the same challenges */
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    assert_int_equal(receive(&proof, &reason, &got), HB_REJECTED);
    assert_int_equal(reason, HB_R_BAD_GRINDING);
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    assert_int_equal(receive(&proof, &reason, &got), HB_OK);
    assert_memory_equal(&sent, &got, sizeof sent);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    hb_buf_free(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_freeze)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
