/* The transcript of whole proofs (attacks.md D1, D2): every byte of a proof is a message that was absorbed before the next challenge, or an opening under an absorbed
 * cap; every word absorbed changes every later challenge and no earlier one. */
#include "tests/soundness/frozen.h"

#include "base/reject.h"

/* --- what is read is bound ---------------------------------------------------------------------------------------------------------------- */
static void message_is_absorbed(const reading *r)
{
    const uint8_t *bytes = the_case.proof.data + words_at + r->offset;
    assert_true(r->next > 0);
    const talk *e = &honest.talks[r->next - 1];
    assert_int_equal(e->kind, TALK_ABSORB);
    assert_int_equal(e->label, r->label);
    assert_int_equal(e->n, r->n);
    for (size_t i = 0; i < r->n; i++)
        assert_int_equal(honest.words[e->at + i], hb_load_le32(bytes + 4 * i));
}

static void every_word_of_the_proof_is_bound(void **state)
{
    (void)state;
    size_t end = 0, raw = 0;
    for (size_t i = 0; i < honest.n_readings; i++) {
        const reading *r = &honest.readings[i];
        assert_int_equal(r->offset, end);
        end += 4 * r->n;
        const talk *before = &honest.talks[r->next - 1];
        switch (r->kind) {
        case READING_K:
        case READING_WORDS: message_is_absorbed(r); break;
        case READING_NONCE:
            assert_int_equal(before->kind, TALK_NONCE);
            assert_int_equal(before->nonce, hb_load_le64(the_case.proof.data + words_at + r->offset));
            break;
        case READING_RAW: /* leaves and siblings: nothing was said since the indices were drawn */
            assert_int_equal(before->kind, TALK_INDICES);
            raw++;
            break;
        }
    }
    assert_int_equal(end, the_case.proof.len - words_at);
    assert_true(raw >= 2 * (2 + HB_ORACLES) - 1); /* leaves and siblings of two commitments and the oracles */
}

/* Nothing is drawn after the last message except the answer to it: a message that is followed by no challenge would be unbound. */
static void every_message_is_followed_by_a_challenge(void **state)
{
    (void)state;
    for (size_t i = 0; i < honest.n_talks; i++)
        if (honest.talks[i].kind == TALK_ABSORB || honest.talks[i].kind == TALK_NONCE) {
            size_t k = i + 1;
            while (k < honest.n_talks && honest.talks[k].kind != TALK_CHALLENGE && honest.talks[k].kind != TALK_INDICES)
                k++;
            assert_true(k < honest.n_talks);
        }
}

/* --- what is absorbed matters ----------------------------------------------------------------------------------------------------------- */
static uint32_t drawn[TALK_WORDS_MAX];

/* Talks up to `at` as before, all that is drawn later different. */
static void expect_change(size_t at, const char *what)
{
    size_t later = 0;
    for (size_t i = 0; i < honest.n_talks; i++) {
        const talk *e = &honest.talks[i];
        if (e->kind != TALK_CHALLENGE && e->kind != TALK_INDICES)
            continue;
        const bool same = memcmp(drawn + e->at, honest.words + e->at, e->n * sizeof *drawn) == 0;
        if (same != (i < at))
            fail_msg("%s of talk %zu changed: what talk %zu draws is %s", what, at, i, same ? "the same" : "different");
        later += i > at;
    }
    assert_true(later > 0);
}

static void every_word_changes_all_later_challenges(void **state)
{
    (void)state;
    size_t changes = 0;
    conversation_replay(&honest, SIZE_MAX, 0, SIZE_MAX, drawn);
    for (size_t i = 0; i < honest.n_talks; i++) {
        const talk *e = &honest.talks[i];
        if (e->kind == TALK_CHALLENGE || e->kind == TALK_INDICES)
            assert_memory_equal(drawn + e->at, honest.words + e->at, e->n * sizeof *drawn);
    }
    for (size_t i = 0; i < honest.n_talks; i++) {
        const talk *e = &honest.talks[i];
        if (e->kind == TALK_NONCE) {
            conversation_replay(&honest, SIZE_MAX, 0, i, drawn);
            expect_change(i, "nonce");
            changes++;
        }
        const size_t step = e->n > 64 ? e->n / 16 : 1;
        for (size_t k = 0; e->kind == TALK_ABSORB && k < e->n; k += k + step < e->n || k == e->n - 1 ? step : e->n - 1 - k) {
            conversation_replay(&honest, e->at + k, honest.words[e->at + k] ^ 1u << changes % 32, SIZE_MAX, drawn);
            expect_change(i, "word");
            changes++;
        }
    }
    print_message("%zu words and nonces changed, one at a time\n", changes);
}

/* Every field of the statement is absorbed, not only those that some check reads. */
static hb_k challenge_of(const hb_statement *st, const uint8_t vkey[32])
{
    hb_transcript t;
    hb_transcript_init(&t);
    hb_statement_absorb(st, vkey, &t);
    return hb_transcript_challenge(&t, HB_LABEL_ALPHA);
}

static void every_field_of_the_statement_is_absorbed(void **state)
{
    (void)state;
    hb_proof_view view;
    assert_int_equal(hb_proof_parse(the_case.proof.data, the_case.proof.len, &view, NULL), HB_OK);
    hb_statement *st = &view.statement;
    const hb_k plain = challenge_of(st, the_case.key.vkey);
    assert_int_equal(sizeof *st % sizeof(uint32_t), 0);
    for (size_t i = 0; i < sizeof *st; i++) /* all its fields are 32-bit words, so there is no padding */
        for (unsigned bit = 0; bit < 8; bit++) {
            ((uint8_t *)st)[i] ^= (uint8_t)(1u << bit);
            if (hb_k_eq(challenge_of(st, the_case.key.vkey), plain))
                fail_msg("bit %u of byte %zu of the statement is not absorbed", bit, i);
            ((uint8_t *)st)[i] ^= (uint8_t)(1u << bit);
        }
    for (size_t i = 0; i < 32; i++) {
        the_case.key.vkey[i] ^= 1;
        assert_false(hb_k_eq(challenge_of(st, the_case.key.vkey), plain));
        the_case.key.vkey[i] ^= 1;
    }
}

/* The key's machine part is nowhere but in the transcript. */
static void forged_machine(void **state)
{
    (void)state;
    hb_error why = {0};
    uint8_t vkey[32];
    memcpy(vkey, the_case.key.vkey, sizeof vkey);
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, NULL));
    the_case.key.airs.digest[5] ^= 1;
    hb_vkey_digest(&the_case.key.part, the_case.key.airs.digest, the_case.key.vkey);
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    assert_true(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, &why));
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    assert_false(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, 7, &why));
    assert_int_equal(why.reason, HB_R_BAD_GRINDING); /* with chance 2^-8 GKR_PRODUCTS; the case is fixed */
    the_case.key.airs.digest[5] ^= 1;
    memcpy(the_case.key.vkey, vkey, sizeof vkey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_of_the_proof_is_bound),
        cmocka_unit_test(every_message_is_followed_by_a_challenge),
        cmocka_unit_test(every_word_changes_all_later_challenges),
        cmocka_unit_test(every_field_of_the_statement_is_absorbed),
        cmocka_unit_test(forged_machine),
    };
    return cmocka_run_group_tests(tests, frozen_make, frozen_drop);
}
