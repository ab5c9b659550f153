/* What a proof is tied to: the program's tables as they are committed in its key, the public bytes to the last one, one encoding; and what it does not show: the
 * private input as it was (attacks.md A7, B6, C3, C4, D5). */
#include "base/bytes.h"
#include "base/reject.h"
#include "machine/prooffile_write.h"
#include "tests/soundness/forgery.h"

#include <stdlib.h>

static proof_case seven, nine; /* programs that differ in one instruction: the exit code */

static int make(void **state)
{
    (void)state;
    proof_case_make(&seven, 1, 7);
    proof_case_make(&nine, 1, 9);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&seven);
    proof_case_free(&nine);
    return 0;
}

/* --- the program's tables ------------------------------------------------------------------------------------------------------------------ */
/* The run of `nine` proven under this key and asked for under its verifying key. */
static hb_reason prove_nine(const hb_machine_key *key)
{
    const hb_rv_report *report = hb_rv_run_report(nine.run);
    const forgery f = {.record = hb_rv_run_record(nine.run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len, .key = key};
    hb_error why = {0};
    const forgery_end end = forge(&nine, &f, &why, NULL);
    assert_int_not_equal(end, FORGERY_NOT_PROVABLE);
    return end == FORGERY_ACCEPTED ? HB_R_NONE : (hb_reason)why.reason;
}

/* Only what a prover holds of `nine` under the name, and the cap, of `seven`. */
static void other_program_tables(void **state)
{
    (void)state;
    static hb_machine_key key;
    assert_int_equal(seven.key.part.n_prog, nine.key.part.n_prog);
    key = nine.key;
    assert_int_equal(prove_nine(&key), HB_R_NONE);
    memcpy(key.vkey, seven.key.vkey, sizeof key.vkey);
    assert_int_equal(prove_nine(&key), HB_R_WRONG_KEY); /* its own cap */
    key.part = seven.key.part;
    assert_int_equal(prove_nine(&key), HB_R_MERKLE_ROOT); /* the right cap, its own tree below it */
    key.fixed = seven.key.fixed;
    assert_int_equal(prove_nine(&key), HB_R_OPENING); /* the right tree, other values */
}

/* One field of one row of the program's table is another one: the committed tree stays. */
static void other_program_field(void **state)
{
    (void)state;
    hb_f **columns = seven.key.pre_cols[HB_CHIP_PROG];
    const hb_rv_report *report = hb_rv_run_report(seven.run);
    const forgery f = {.record = hb_rv_run_record(seven.run), .public_bytes = report->public_values.data, .n_public_bytes = report->public_values.len};
    for (uint32_t j = 0; j < hb_chips[HB_CHIP_PROG]->pre_width; j++) {
        hb_f *cell = &columns[j][seven.key.part.n_prog - 1]; /* ECALL of the end */
        hb_error why = {0};
        *cell = hb_f_add(*cell, HB_F_ONE);
        const forgery_end end = forge(&seven, &f, &why, NULL);
        *cell = hb_f_sub(*cell, HB_F_ONE);
        assert_int_equal(end, FORGERY_REJECTED);
        assert_true(why.reason == HB_R_GKR_FRACTIONS || why.reason == HB_R_OPENING); /* the run looks it up, or nobody does */
    }
}

/* --- public bytes --------------------------------------------------------------------------------------------------------------------------- */
static void expect_bytes(const uint8_t *bytes, size_t n, bool accepted)
{
    const forgery f = {.record = hb_rv_run_record(seven.run), .public_bytes = bytes, .n_public_bytes = n};
    hb_error why = {0};
    const forgery_end end = forge(&seven, &f, &why, NULL);
    assert_int_equal(end, accepted ? FORGERY_ACCEPTED : FORGERY_REJECTED);
    assert_true(accepted || why.reason == HB_R_PUBLIC_BYTES);
}

static void public_bytes_to_the_last(void **state)
{
    (void)state;
    const size_t n = sizeof PROOF_CASE_PUBLIC - 1;
    uint8_t bytes[sizeof PROOF_CASE_PUBLIC + 4] = PROOF_CASE_PUBLIC;
    expect_bytes(bytes, n, true);
    expect_bytes(bytes, n + 1, false); /* a zero more */
    expect_bytes(bytes, n - 1, false);
    expect_bytes(bytes, 0, false);
    uint8_t first = bytes[0];
    bytes[0] = bytes[1], bytes[1] = first; /* two that change places */
    expect_bytes(bytes, n, false);
}

/* --- encodings, input ------------------------------------------------------------------------------------------------------------------------ */
static void one_encoding(void **state)
{
    (void)state;
    hb_proof_view view;
    hb_buf again = {0};
    size_t at;
    assert_int_equal(hb_proof_parse(seven.proof.data, seven.proof.len, &view, NULL), HB_OK);
    assert_int_equal(hb_proof_write_head(&view.part, &view.statement, 0, 0, view.public_bytes, (size_t)view.n_public_bytes, &again), HB_OK);
    assert_int_equal(hb_proof_write_statement(&view.statement, &again, &at), HB_OK);
    hb_store_le64(again.data + at, view.n_words);
    assert_int_equal(hb_buf_append(&again, view.words, 4 * (size_t)view.n_words), HB_OK);
    assert_int_equal(again.len, seven.proof.len);
    assert_memory_equal(again.data, seven.proof.data, again.len);
    hb_buf_free(&again);
}

/* Hiding is not claimed; but the input does not stand in the proof in clear either, in any of the forms in which tables hold it. */
static void private_input_is_not_copied(void **state)
{
    (void)state;
    static const char secret[] = "secret!", limbs[] = {'s', 'e', 0, 0, 'c', 'r', 0, 0};
    assert_null(memmem(seven.proof.data, seven.proof.len, secret, sizeof secret - 1));
    assert_null(memmem(seven.proof.data, seven.proof.len, limbs, sizeof limbs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_program_tables), cmocka_unit_test(other_program_field), cmocka_unit_test(public_bytes_to_the_last),
        cmocka_unit_test(one_encoding),         cmocka_unit_test(private_input_is_not_copied),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
