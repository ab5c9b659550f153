/* The transcript against tests/vectors/transcript.txt (an independent model wrote them), and the conversation over it: what was
 * sent is received, and every malformed or altered proof is rejected for the right reason. */
#include "transcript/receive.h"
#include "transcript/send.h"

#include "base/testing.h"
#include "hash/blake3c.h"

#include <stdlib.h>

/* --- vectors ------------------------------------------------------------------------------------------------------------------------ */
enum { MAX_NUMBERS = 4096 };

/* Numbers of a line: before '=' and behind it. `*N SEED` becomes N counted words. */
typedef struct vector_line {
    uint32_t given[MAX_NUMBERS], expected[MAX_NUMBERS];
    size_t n_given, n_expected, n_literal; /* n_literal: numbers before a '*' */
    size_t counted;
    uint32_t seed;
} vector_line;

static void parse_numbers(char *text, vector_line *v)
{
    char *expected = strchr(text, '=');
    memset(v, 0, sizeof *v);
    if (expected)
        *expected++ = 0;
    for (char *tok = strtok(text, " \n"); tok; tok = strtok(NULL, " \n")) {
        if (*tok == '*') {
            v->counted = strtoul(tok + 1, NULL, 10);
            tok = strtok(NULL, " \n");
            assert_non_null(tok);
            v->seed = (uint32_t)strtoul(tok, NULL, 10);
            break;
        }
        v->given[v->n_given++] = (uint32_t)strtoul(tok, NULL, 10);
    }
    v->n_literal = v->n_given;
    for (char *tok = expected ? strtok(expected, " \n") : NULL; tok; tok = strtok(NULL, " \n"))
        v->expected[v->n_expected++] = (uint32_t)strtoul(tok, NULL, 10);
}

static uint32_t counted_word(const vector_line *v, size_t i)
{
    return (v->seed + (uint32_t)i) * 2654435761u;
}

static void check_words(const vector_line *v, const uint32_t *got, size_t n)
{
    assert_int_equal(v->n_expected, n);
    assert_memory_equal(v->expected, got, n * sizeof *got);
}

static void run_absorb(hb_transcript *t, vector_line *v)
{
    for (size_t i = 0; i < v->counted; i++)
        v->given[v->n_given++] = counted_word(v, i);
    hb_transcript_absorb(t, (hb_tag)v->given[0], v->given + 1, v->n_given - 1);
}

static void run_absorb_k(hb_transcript *t, const vector_line *v)
{
    static hb_k values[MAX_NUMBERS];
    for (size_t i = 0; i < v->counted; i++)
        for (size_t j = 0; j < HB_K_DEGREE; j++)
            values[i].c[j] = hb_f_from_u32(counted_word(v, HB_K_DEGREE * i + j));
    hb_transcript_absorb_k(t, (hb_tag)v->given[0], values, v->counted);
}

static void run_challenge(hb_transcript *t, const vector_line *v)
{
    uint32_t words[HB_K_DEGREE];
    hb_k_to_words(words, hb_transcript_challenge(t, (hb_label)v->given[0]));
    check_words(v, words, HB_K_DEGREE);
}

static void run_indices(hb_transcript *t, const vector_line *v)
{
    uint32_t out[MAX_NUMBERS];
    hb_transcript_indices(t, (hb_label)v->given[0], v->given[1], v->given[2], out);
    check_words(v, out, v->given[1]);
}

static void run_grind(hb_transcript *t, const vector_line *v)
{
    hb_buf proof = {0};
    hb_sender s = {.t = *t, .proof = &proof};
    assert_int_equal(hb_send_grind(&s, (hb_label)v->given[0], v->given[1]), HB_OK);
    assert_int_equal(proof.len, 8 * v->n_expected);
    if (v->n_expected)
        assert_int_equal(hb_load_le64(proof.data), v->expected[0]);
    hb_receiver r;
    hb_receiver_init(&r, proof.data, proof.len, NULL);
    r.t = *t;
    assert_int_equal(hb_receive_grind(&r, (hb_label)v->given[0], v->given[1]), HB_OK);
    assert_memory_equal(r.t.cv, s.t.cv, sizeof r.t.cv);
    assert_int_equal(r.t.counter, s.t.counter);
    *t = s.t;
    hb_buf_free(&proof);
}

static void run_state(const hb_transcript *t, const vector_line *v)
{
    uint32_t words[10];
    memcpy(words, t->cv, sizeof t->cv);
    words[8] = t->fill;
    words[9] = (uint32_t)t->counter;
    check_words(v, words, 10);
}

static void test_vectors(void **state)
{
    (void)state;
    const char *root = getenv("HB_SOURCE_DIR");
    static char path[4096], line[65536];
    static vector_line v;
    snprintf(path, sizeof path, "%s/tests/vectors/transcript.txt", root ? root : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    hb_transcript t;
    hb_transcript_init(&t);
    size_t done = 0;
    while (fgets(line, sizeof line, f)) {
        char *rest = strpbrk(line, " \n");
        char op[16] = {0};
        if (*line == '#' || !rest || (size_t)(rest - line) >= sizeof op)
            continue;
        memcpy(op, line, (size_t)(rest - line));
        parse_numbers(rest, &v);
        if (!strcmp(op, "init"))
            hb_transcript_init(&t);
        else if (!strcmp(op, "absorb"))
            run_absorb(&t, &v);
        else if (!strcmp(op, "absorb_k"))
            run_absorb_k(&t, &v);
        else if (!strcmp(op, "challenge"))
            run_challenge(&t, &v);
        else if (!strcmp(op, "indices"))
            run_indices(&t, &v);
        else if (!strcmp(op, "grind"))
            run_grind(&t, &v);
        else if (!strcmp(op, "state"))
            run_state(&t, &v);
        else
            fail_msg("unknown operation %s", op);
        done++;
    }
    fclose(f);
    assert_true(done > 60);
}

/* --- by hand -------------------------------------------------------------------------------------------------------------------------- */
/* One squeeze on an empty transcript is one BLAKE3 compression that can be written down. */
static void test_first_squeeze(void **state)
{
    (void)state;
    static const uint32_t iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint32_t block[16] = {0x80000001}, out[16], drawn[8];
    hb_transcript t;
    hb_transcript_init(&t);
    hb_transcript_indices(&t, HB_LABEL_ALPHA, 8, 32, drawn);
    hb_blake3_compress(out, iv, block, 0, 4, 1u << 11);
    assert_memory_equal(drawn, out + 8, sizeof drawn);
    assert_memory_equal(t.cv, out, sizeof t.cv);
    assert_int_equal(t.counter, 1);
}

/* Tag, length, words and labels all matter. */
static void test_separation(void **state)
{
    (void)state;
    static const uint32_t words[4] = {3, 0, 3, 0};
    static const struct {
        hb_tag tag;
        size_t n;
        hb_label label;
    } cases[] = {{HB_TAG_CAP, 0, HB_LABEL_TAU},   {HB_TAG_CAP, 1, HB_LABEL_TAU},  {HB_TAG_CAP, 2, HB_LABEL_TAU},
                 {HB_TAG_OOD, 2, HB_LABEL_TAU},   {HB_TAG_OOD, 2, HB_LABEL_GAMMA}, {HB_TAG_CAP, 4, HB_LABEL_TAU}};
    hb_k seen[sizeof cases / sizeof *cases];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hb_transcript t;
        hb_transcript_init(&t);
        hb_transcript_absorb(&t, cases[i].tag, words, cases[i].n);
        seen[i] = hb_transcript_challenge(&t, cases[i].label);
        for (size_t j = 0; j < i; j++)
            assert_false(hb_k_eq(seen[i], seen[j]));
    }
}

/* --- conversation ----------------------------------------------------------------------------------------------------------------------- */
enum { CAP_WORDS = 24, VALUES = 3, RAW_WORDS = 5, GRIND_BITS = 9, PROOF_WORDS = CAP_WORDS + 5 * VALUES + 2 + RAW_WORDS };
enum { VALUES_AT = CAP_WORDS, NONCE_AT = VALUES_AT + 5 * VALUES, RAW_AT = NONCE_AT + 2 };

static hb_k make_proof(hb_buf *proof, hb_pool *pool)
{
    hb_test_rng rng = {5};
    uint32_t cap[CAP_WORDS], raw[RAW_WORDS];
    hb_k values[VALUES];
    hb_test_bytes(&rng, cap, sizeof cap);
    hb_test_bytes(&rng, raw, sizeof raw);
    for (size_t i = 0; i < VALUES; i++)
        for (size_t j = 0; j < HB_K_DEGREE; j++)
            values[i].c[j] = hb_f_from_u32(hb_test_u32(&rng));
    hb_sender s = {.proof = proof, .pool = pool};
    hb_transcript_init(&s.t);
    assert_int_equal(hb_send_words(&s, HB_TAG_CAP, cap, CAP_WORDS), HB_OK);
    assert_int_equal(hb_send_k(&s, HB_TAG_OOD, values, VALUES), HB_OK);
    assert_int_equal(hb_send_grind(&s, HB_LABEL_QUERY, GRIND_BITS), HB_OK);
    assert_int_equal(hb_send_raw(&s, raw, RAW_WORDS), HB_OK);
    assert_int_equal(proof->len, 4 * PROOF_WORDS);
    return hb_transcript_challenge(&s.t, HB_LABEL_DELTA);
}

static hb_status read_proof(const uint8_t *proof, size_t bytes, hb_error *err, hb_k *challenge)
{
    uint32_t cap[CAP_WORDS];
    const uint8_t *raw;
    hb_k values[VALUES];
    hb_receiver r;
    hb_receiver_init(&r, proof, bytes, err);
    if (hb_receive_words(&r, HB_TAG_CAP, cap, CAP_WORDS) || hb_receive_k(&r, HB_TAG_OOD, values, VALUES) ||
        hb_receive_grind(&r, HB_LABEL_QUERY, GRIND_BITS) || hb_receive_raw(&r, &raw, RAW_WORDS))
        return HB_REJECTED;
    *challenge = hb_transcript_challenge(&r.t, HB_LABEL_DELTA);
    return hb_receive_end(&r);
}

static void expect_reason(const hb_buf *proof, hb_reason reason)
{
    hb_error err;
    hb_k challenge;
    hb_error_clear(&err);
    assert_int_equal(read_proof(proof->data, proof->len, &err, &challenge), reason ? HB_REJECTED : HB_OK);
    assert_int_equal(err.reason, reason);
}

static void poke(hb_buf *proof, size_t word, uint32_t value)
{
    hb_store_le32(proof->data + 4 * word, value);
}

static uint32_t peek(const hb_buf *proof, size_t word)
{
    return hb_load_le32(proof->data + 4 * word);
}

static void test_conversation(void **state)
{
    (void)state;
    hb_buf proof = {0}, again = {0};
    hb_pool *pool = hb_pool_create(2);
    hb_k sent = make_proof(&proof, NULL), same = make_proof(&again, pool), received;
    assert_memory_equal(proof.data, again.data, proof.len);
    assert_true(hb_k_eq(sent, same));
    assert_int_equal(read_proof(proof.data, proof.len, NULL, &received), HB_OK);
    assert_true(hb_k_eq(sent, received));
    hb_buf_free(&proof);
    hb_buf_free(&again);
    hb_pool_destroy(pool);
}

static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    hb_buf proof = {0};
    make_proof(&proof, NULL);
    for (size_t cut = 0; cut < 4 * PROOF_WORDS; cut++) {
        hb_error err;
        hb_k challenge;
        uint8_t *exact = malloc(cut ? cut : 1); /* its own block, so that a sanitizer sees reads behind it */
        assert_non_null(exact);
        memcpy(exact, proof.data, cut);
        hb_error_clear(&err);
        assert_int_equal(read_proof(exact, cut, &err, &challenge), HB_REJECTED);
        assert_int_equal(err.reason, HB_R_TRUNCATED);
        free(exact);
    }
    assert_int_equal(hb_buf_append_u8(&proof, 0), HB_OK);
    expect_reason(&proof, HB_R_TRAILING_BYTES);
    hb_buf_free(&proof);
}

static void test_words_out_of_range(void **state)
{
    (void)state;
    hb_buf proof = {0};
    make_proof(&proof, NULL);
    for (size_t i = 0; i < 5 * VALUES; i++) {
        uint32_t was = peek(&proof, VALUES_AT + i);
        poke(&proof, VALUES_AT + i, HB_F_P);
        expect_reason(&proof, HB_R_NOT_CANONICAL);
        poke(&proof, VALUES_AT + i, UINT32_MAX);
        expect_reason(&proof, HB_R_NOT_CANONICAL);
        poke(&proof, VALUES_AT + i, was);
    }
    expect_reason(&proof, HB_R_NONE);
    hb_buf_free(&proof);
}

/* Any change of an absorbed word, or of the nonce, spoils the proof of work (or, rarely, changes the challenge after it). */
static void test_altered(void **state)
{
    (void)state;
    hb_buf proof = {0};
    hb_k sent = make_proof(&proof, NULL);
    size_t refused = 0;
    for (size_t i = 0; i < RAW_AT; i++) {
        hb_error err;
        hb_k challenge;
        uint32_t was = peek(&proof, i);
        poke(&proof, i, was ^ 1);
        hb_error_clear(&err);
        if (read_proof(proof.data, proof.len, &err, &challenge) == HB_OK)
            assert_false(hb_k_eq(challenge, sent));
        else
            assert_int_equal(err.reason, HB_R_BAD_GRINDING), refused++;
        poke(&proof, i, was);
    }
    assert_true(refused >= RAW_AT - 2);
    expect_reason(&proof, HB_R_NONE);
    hb_buf_free(&proof);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_first_squeeze),
        cmocka_unit_test(test_separation),
        cmocka_unit_test(test_conversation),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_words_out_of_range),
        cmocka_unit_test(test_altered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
