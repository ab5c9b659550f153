/* Every check of the opening's verifier, by proofs that only it rejects. Two kinds:
 *   lies       the slow prover of pcs_slow.h deviates in one way and is honest in all that follows, so that without the one check the proof would be accepted;
 *   mutations  one word of an honest proof is changed while all challenges are frozen (HB_TEST_HOOKS of the transcript), for every message.
 * The honest proof is accepted before and after. */
#define HB_TEST_HOOKS
#include "transcript/transcript.c"

#include "pcs/pcs_slow.h"

static const hb_pcs_params few = {.queries = {24, 10, 8, 6}, .grind_gamma = 4, .grind_query = 6, .grind_fold = {3, 4, 5}};

/* H = 14, at least 9 stacked columns in each commitment (a forged row needs 6), short matrices of key and boundary, chunks of all sizes, an idle table. */
static const hb_stack_shape shapes[] = {{4096 * 5 + 1, {2, 0, 4}, false}, {1, {1, 0, 3}, false}, {12000, {0, 3, 0}, false}, {3000, {1, 0, 0}, true},
                                        {12000, {0, 0, 4}, false}};

static pcs_case x;
static slow_prover honest;
static hb_tape tape;

static int make_honest(void **state)
{
    (void)state;
    assert_true(pcs_case_make(&x, shapes, sizeof shapes / sizeof shapes[0], 7));
    pcs_case_evaluate(&x);
    slow_prove(&honest, &x, &few, SLOW_HONEST, 0);
    return 0;
}

static int free_honest(void **state)
{
    (void)state;
    slow_free(&honest);
    pcs_case_free(&x);
    return 0;
}

static uint32_t verdict(const hb_buf *proof)
{
    const hb_pcs_cap cap[] = SLOW_CAPS(&honest);
    return pcs_case_verify(&x, &few, cap, x.values, proof);
}

static hb_buf copy_of(const hb_buf *b)
{
    hb_buf c = {0};
    assert_int_equal(hb_buf_append(&c, b->data, b->len), HB_OK);
    return c;
}

static void accepts_honest(void)
{
    assert_int_equal(verdict(&honest.proof), 0);
}

/* --- lies ------------------------------------------------------------------------------------------------------------------------------- */
static void expect_lie_in(int commitment, slow_lie lie, uint32_t at, uint32_t reason)
{
    slow_prover p;
    slow_prove_lie(&p, &x, &few, lie, at, commitment);
    const uint32_t got = slow_verdict(&p, x.values);
    if (got != reason)
        fail_msg("lie %d at %u in commitment %d: %s instead of %s", (int)lie, at, commitment, hb_reject_text(got), hb_reject_text(reason));
    slow_free(&p);
}

static void expect_lie(slow_lie lie, uint32_t at, uint32_t reason)
{
    expect_lie_in(HB_COMMIT_MAIN, lie, at, reason);
}

static void lies(void **state)
{
    (void)state;
    const uint32_t width = hb_stack_columns(&x.stack), bits = x.stack.h[HB_COMMIT_MAIN] - HB_TILE_LOG2;
    for (int c = 0; c < HB_COMMITMENTS; c++)
        assert_true(x.stack.w[c] >= 6 && (c == HB_COMMIT_MAIN || x.stack.h[c] < x.stack.h[HB_COMMIT_MAIN]));
    expect_lie(SLOW_HONEST, 0, 0);
    for (uint32_t i = 0; i < bits; i++)
        expect_lie(SLOW_LIE_TILE_ROUND, i, HB_R_TILES);
    for (uint32_t c = 0; c < HB_COMMITMENTS; c++) {
        expect_lie(SLOW_LIE_STACKED, c, HB_R_TILES);
        expect_lie(SLOW_LIE_COMMITTED, c, HB_R_OPENING);
        expect_lie(SLOW_LIE_COMMIT_WORD, hb_stack_first_column(&x.stack, (int)c), HB_R_NOT_CANONICAL);
        expect_lie_in((int)c, SLOW_LIE_LEAF, 0, HB_R_MERKLE_ROOT);
        expect_lie_in((int)c, SLOW_LIE_SIBLING, 0, HB_R_MERKLE_ROOT);
    }
    expect_lie(SLOW_LIE_COMMIT_WORD, width - 1, HB_R_NOT_CANONICAL);
    for (uint32_t i = 1; i <= HB_ORACLES; i++) {
        expect_lie(SLOW_LIE_OOD, i, HB_R_OPENING);
        expect_lie(SLOW_LIE_ORACLE, i, i == HB_ORACLES ? HB_R_FINAL_QUERIES : HB_R_OPENING);
        expect_lie(SLOW_LIE_SWITCH, i, HB_R_OPENING);
        expect_lie(SLOW_LIE_ORACLE_WORD, i, HB_R_NOT_CANONICAL);
    }
    expect_lie(SLOW_LIE_FINAL, 0, HB_R_FINAL_QUERIES);
    for (uint32_t bit = 0; bit < 8; bit += 3) /* one wrong answer is enough, whichever */
        expect_lie(SLOW_LIE_LAST_LEAVES, bit, HB_R_FINAL_QUERIES);
    for (uint32_t i = 1; i <= HB_ORACLES; i++) {
        expect_lie(SLOW_LIE_LEAF, i, HB_R_MERKLE_ROOT);
        expect_lie(SLOW_LIE_SIBLING, i, HB_R_MERKLE_ROOT);
    }
    for (uint32_t i = 0; i < x.stack.h[HB_COMMIT_MAIN]; i++)
        expect_lie(SLOW_LIE_ROUND, i, HB_R_OPENING);
}

/* Nothing is claimed about an idle table: other contents, committed to and opened, prove the same claims. What it holds is the key's business alone; a matrix that
 * is not the committed one is noticed here as everywhere. */
static void idle_contents(void **state)
{
    (void)state;
    static pcs_case y;
    const struct {
        slow_lie lie;
        uint32_t reason;
    } expected[] = {{SLOW_HONEST, 0}, {SLOW_LIE_STACKED, 0}, {SLOW_LIE_COMMITTED, HB_R_OPENING}};
    assert_true(pcs_case_make(&y, (const hb_stack_shape[]){{9000, {3, 0, 0}, true}, {100, {1, 2, 0}, false}, {12000, {0, 0, 4}, false}}, 3, 8));
    pcs_case_evaluate(&y);
    assert_int_equal(y.stack.tables[0].chunk[0].first[HB_COMMIT_KEY], 0);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        slow_prover p;
        slow_prove(&p, &y, &few, expected[i].lie, HB_COMMIT_KEY);
        assert_int_equal(slow_verdict(&p, y.values), expected[i].reason);
        slow_free(&p);
    }
    pcs_case_free(&y);
}

/* A proof is for the values, the point, the caps and the layout that the verifier holds. */
static void wrong_claims(void **state)
{
    (void)state;
    const hb_pcs_cap cap[] = SLOW_CAPS(&honest);
    for (uint32_t id = 0; id < x.stack.n_columns; id++) {
        const hb_k kept = x.values[id];
        x.values[id] = hb_k_add_f(kept, HB_F_ONE);
        assert_int_equal(pcs_case_verify(&x, &few, cap, x.values, &honest.proof), HB_R_TILES);
        x.values[id] = kept;
    }
    hb_k *const coordinates[] = {&x.point.ru[0], &x.point.ru[x.point.n_u - 1], &x.point.ry[0], &x.point.ry[HB_Y_BITS - 1], &x.point.lagrange[0],
                                 &x.point.lagrange[HB_SKIP - 1]};
    for (size_t i = 0; i < sizeof coordinates / sizeof coordinates[0]; i++) {
        const hb_k kept = *coordinates[i];
        *coordinates[i] = hb_k_add_f(kept, HB_F_ONE);
        assert_int_equal(verdict(&honest.proof), i < 2 ? HB_R_TILES : HB_R_OPENING);
        *coordinates[i] = kept;
    }
    /* Caps with frozen challenges: else another transcript would be noticed first. */
    for (int c = 0; c < HB_COMMITMENTS; c++)
        for (uint32_t word = 0; word < HB_PCS_CAP_NODES * HB_DIGEST_WORDS; word += 97) {
            hb_transcript_tape(&tape, HB_TAPE_RECORD);
            accepts_honest();
            hb_transcript_tape(&tape, HB_TAPE_REPLAY);
            honest.cap[c][word / HB_DIGEST_WORDS][word % HB_DIGEST_WORDS] ^= 1;
            const uint32_t got = verdict(&honest.proof);
            honest.cap[c][word / HB_DIGEST_WORDS][word % HB_DIGEST_WORDS] ^= 1;
            hb_transcript_tape(NULL, HB_TAPE_OFF);
            assert_true(got == HB_R_MERKLE_ROOT || got == 0); /* 0: a node under which nothing was opened */
            honest.cap[c][word / HB_DIGEST_WORDS][word % HB_DIGEST_WORDS] ^= 1;
            assert_int_not_equal(verdict(&honest.proof), 0);
            honest.cap[c][word / HB_DIGEST_WORDS][word % HB_DIGEST_WORDS] ^= 1;
        }
    accepts_honest();
}

/* --- mutations -------------------------------------------------------------------------------------------------------------------------- */
static uint32_t *word_at(hb_buf *b, size_t i)
{
    return (uint32_t *)(void *)(b->data + 4 * i);
}

/* x -> x + 1 mod p for field elements, another word else. */
static uint32_t other_word(slow_kind kind, uint32_t word)
{
    if (kind == SLOW_NONCE || kind == SLOW_CAP || kind == SLOW_SIBLINGS)
        return word ^ 0x40;
    return word + 1 == HB_F_P ? 0 : word + 1;
}

static uint32_t frozen_verdict(const hb_buf *proof)
{
    hb_transcript_tape(&tape, HB_TAPE_RECORD);
    accepts_honest();
    hb_transcript_tape(&tape, HB_TAPE_REPLAY);
    const uint32_t got = verdict(proof);
    hb_transcript_tape(NULL, HB_TAPE_OFF);
    return got;
}

/* What must notice a changed word when challenges stay as they are; 0: nothing can (nonces, whose puzzle is frozen too, and caps over unopened leaves). */
static uint32_t expected(const slow_message *m)
{
    switch (m->kind) {
    case SLOW_TILE_ROUND:
    case SLOW_STACKED: return HB_R_TILES;
    case SLOW_CAP:
    case SLOW_LEAVES:
    case SLOW_SIBLINGS: return HB_R_MERKLE_ROOT;
    case SLOW_OOD:
    case SLOW_ROUND: return HB_R_OPENING;
    case SLOW_FINAL: return HB_R_FINAL_QUERIES;
    default: return 0;
    }
}

static void changed_words(void **state)
{
    (void)state;
    hb_buf proof = copy_of(&honest.proof);
    size_t covered = 0;
    for (size_t k = 0; k < honest.n_messages; k++) {
        const slow_message *m = &honest.messages[k];
        assert_int_equal(m->at, covered); /* the list of messages leaves nothing out */
        covered += m->words;
        const size_t step = m->kind == SLOW_CAP ? HB_DIGEST_WORDS : m->words > 400 ? m->words / 23 : m->words > 40 ? 7 : 1;
        size_t noticed = 0;
        for (size_t i = 0; i < m->words; i += step) {
            uint32_t *word = word_at(&proof, m->at + i), kept = *word;
            *word = other_word(m->kind, kept);
            const uint32_t frozen = frozen_verdict(&proof);
            if (frozen != expected(m) && !(m->kind == SLOW_CAP && frozen == 0))
                fail_msg("message %zu, kind %d, word %zu: %s", k, (int)m->kind, i, hb_reject_text(frozen));
            noticed += frozen != 0;
            assert_int_not_equal(verdict(&proof), 0); /* and with live challenges nothing passes */
            if (m->kind == SLOW_NONCE)
                assert_int_equal(verdict(&proof), HB_R_BAD_GRINDING);
            *word = kept;
        }
        assert_true(noticed > 0 || m->kind == SLOW_NONCE);
    }
    assert_int_equal(4 * covered, proof.len);
    assert_int_equal(verdict(&proof), 0);
    hb_buf_free(&proof);
}

/* Every field element that is read must be canonical: x and x + p mean the same, so only the form check can tell. */
static void not_canonical(void **state)
{
    (void)state;
    hb_buf proof = copy_of(&honest.proof);
    for (size_t k = 0; k < honest.n_messages; k++) {
        const slow_message *m = &honest.messages[k];
        if (m->kind == SLOW_NONCE || m->kind == SLOW_CAP || m->kind == SLOW_SIBLINGS)
            continue;
        for (size_t i = 0; i < m->words; i += 1 + m->words / 11) {
            uint32_t *word = word_at(&proof, m->at + i), kept = *word;
            *word = kept + HB_F_P;
            assert_int_equal(frozen_verdict(&proof), HB_R_NOT_CANONICAL);
            *word = kept;
        }
    }
    hb_buf_free(&proof);
}

static hb_buf without(const hb_buf *b, size_t at, size_t words)
{
    hb_buf c = {0};
    assert_int_equal(hb_buf_append(&c, b->data, 4 * at), HB_OK);
    assert_int_equal(hb_buf_append(&c, b->data + 4 * (at + words), b->len - 4 * (at + words)), HB_OK);
    return c;
}

static hb_buf with(const hb_buf *b, size_t at, const uint8_t *extra, size_t words)
{
    hb_buf c = {0};
    assert_int_equal(hb_buf_append(&c, b->data, 4 * at), HB_OK);
    assert_int_equal(hb_buf_append(&c, extra, 4 * words), HB_OK);
    assert_int_equal(hb_buf_append(&c, b->data + 4 * at, b->len - 4 * at), HB_OK);
    return c;
}

static void rejected_and_freed(hb_buf *proof)
{
    assert_int_not_equal(frozen_verdict(proof), 0);
    assert_int_not_equal(verdict(proof), 0);
    hb_buf_free(proof);
}

/* Openings with leaves exchanged, and with a leaf or sibling too few or too many (also a copy of one that is there). */
static void openings(void **state)
{
    (void)state;
    for (size_t k = 0; k < honest.n_messages; k++) {
        const slow_message *m = &honest.messages[k];
        if (m->kind != SLOW_LEAVES && m->kind != SLOW_SIBLINGS)
            continue;
        const size_t unit = m->kind == SLOW_LEAVES ? m->width : HB_DIGEST_WORDS;
        assert_true(m->words % unit == 0 && m->words >= 2 * unit);
        hb_buf swapped = copy_of(&honest.proof);
        memcpy(word_at(&swapped, m->at), honest.proof.data + 4 * (m->at + unit), 4 * unit);
        memcpy(word_at(&swapped, m->at + unit), honest.proof.data + 4 * m->at, 4 * unit);
        assert_int_equal(frozen_verdict(&swapped), HB_R_MERKLE_ROOT);
        rejected_and_freed(&swapped);
        for (size_t i = 0; i < m->words; i += unit * (1 + m->words / unit / 5)) {
            hb_buf less = without(&honest.proof, m->at + i, unit);
            rejected_and_freed(&less);
            hb_buf more = with(&honest.proof, m->at + i, honest.proof.data + 4 * (m->at + i), unit);
            rejected_and_freed(&more);
        }
        const uint8_t zero[4 * 1024] = {0};
        hb_buf more = with(&honest.proof, m->at + m->words, zero, unit);
        rejected_and_freed(&more);
    }
}

static void too_short_too_long(void **state)
{
    (void)state;
    hb_buf proof = copy_of(&honest.proof);
    for (size_t k = 0; k < honest.n_messages; k++)
        for (size_t cut = 0; cut < 3; cut++) {
            const slow_message *m = &honest.messages[k];
            proof.len = 4 * m->at + (cut == 0 ? 0 : cut == 1 ? 1 : 4 * m->words - 1);
            assert_int_equal(verdict(&proof), HB_R_TRUNCATED);
        }
    proof.len = honest.proof.len;
    for (size_t extra = 1; extra <= 4; extra++) {
        assert_int_equal(hb_buf_append_u8(&proof, 0), HB_OK);
        assert_int_equal(verdict(&proof), HB_R_TRAILING_BYTES);
    }
    hb_buf_free(&proof);
}

/* Whatever the scratch, the answer is yes or SCRATCH; the announced size is enough (pcs_case_verify uses exactly that). */
static void small_scratch(void **state)
{
    (void)state;
    const hb_pcs_cap cap[] = SLOW_CAPS(&honest);
    const size_t bytes = hb_pcs_verify_scratch_bytes(&x.stack);
    static hb_stack widest;
    assert_int_equal(hb_stack_init(&widest, (hb_stack_shape[]){{1u << 29, {0, 0, 1}, false}}, 1, NULL), HB_OK);
    assert_int_equal(hb_stack_columns(&widest), HB_STACK_COLUMNS_MAX);
    assert_true(hb_pcs_verify_scratch_bytes(&widest) <= 700 * 1024);
    for (size_t k = 0; k < 16; k++) {
        hb_error err;
        hb_receiver r;
        uint8_t *memory = malloc(bytes / 16 * k + 1);
        hb_scratch scratch = hb_scratch_of(memory, bytes / 16 * k);
        hb_error_clear(&err);
        hb_receiver_init(&r, honest.proof.data, honest.proof.len, &err);
        pcs_case_absorb(&r.t, &x, cap);
        const hb_status st = hb_pcs_verify(&r, &few, &x.stack, cap, &x.point, x.values, &scratch);
        assert_true(st == HB_OK || (st == HB_REJECTED && err.reason == HB_R_SCRATCH));
        assert_true(k > 3 || st == HB_REJECTED);
        free(memory);
    }
}

/* Fewer queries or bits than the verifier asks for never pass, whichever it is. */
static void other_parameters(void **state)
{
    (void)state;
    const hb_pcs_cap cap[] = SLOW_CAPS(&honest);
    for (int i = 0; i < 9; i++) {
        hb_pcs_params p = few;
        uint32_t *const field[] = {&p.queries[0], &p.queries[1], &p.queries[2], &p.queries[3], &p.grind_gamma,
                                   &p.grind_query, &p.grind_fold[0], &p.grind_fold[1], &p.grind_fold[2]};
        ++*field[i];
        assert_int_not_equal(pcs_case_verify(&x, &p, cap, x.values, &honest.proof), 0);
        *field[i] -= 2;
        assert_int_not_equal(pcs_case_verify(&x, &p, cap, x.values, &honest.proof), 0);
    }
    assert_int_not_equal(pcs_case_verify(&x, &hb_pcs_shard_params, cap, x.values, &honest.proof), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lies),         cmocka_unit_test(idle_contents), cmocka_unit_test(wrong_claims), cmocka_unit_test(changed_words), cmocka_unit_test(not_canonical),
        cmocka_unit_test(openings),     cmocka_unit_test(too_short_too_long), cmocka_unit_test(small_scratch), cmocka_unit_test(other_parameters),
    };
    return cmocka_run_group_tests(tests, make_honest, free_honest);
}
