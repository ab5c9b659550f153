/* hauptbuch/verify.h, as a program outside uses it: the verdicts are those of the verifier behind it. */
#include "hauptbuch/verify.h"

#include <stdlib.h>

#include "base/reject.h"
#include "base/testing.h"
#include "machine/machine_prove.h"
#include "machine/machine_verify.h"
#include "rv/interp.h"
#include "rv/rvasm.h"

static hb_buf proof;
static uint8_t vkey[32];
static void *memory;

/* A run that does nothing but commit to the empty public values and end with code 5. */
static int make(void **state)
{
    (void)state;
    static const uint32_t empty[8] = {0x42c4b0e3, 0x141cfc98, 0xc8f4fb9a, 0x24b96f99, 0xe441ae27, 0x4c939b64, 0x1b9995a4, 0x55b85278};
    static hb_rvasm a;
    static hb_machine_key key;
    hb_rv_program program;
    hb_rv_run *run = NULL;
    hb_error err = {0};
    const hb_rv_exec_options options = {.record = true};
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(&a, 10, i);
        hb_rvasm_li(&a, 11, empty[i]);
        hb_rvasm_call(&a, 0x10);
    }
    hb_rvasm_halt(&a, 5);
    assert_int_equal(hb_rvasm_build(&a, &program, &err), HB_OK);
    assert_int_equal(hb_machine_key_init(&key, &program, NULL, &err), HB_OK);
    assert_int_equal(hb_rv_exec(&program, &options, &run, &err), HB_OK);
    if (hb_machine_prove(&key, hb_rv_run_record(run), NULL, 0, NULL, NULL, &proof, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    memcpy(vkey, key.vkey, sizeof vkey);
    hb_rv_run_free(run);
    hb_machine_key_free(&key);
    hb_rv_program_free(&program);
    hb_rvasm_free(&a);
    memory = malloc(HB_VERIFIER_BYTES + 64);
    return memory ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    hb_buf_free(&proof);
    free(memory);
    return 0;
}

static void needs_its_memory(void **state)
{
    (void)state;
    assert_null(hb_verifier_init(NULL, HB_VERIFIER_BYTES));
    assert_null(hb_verifier_init(memory, HB_VERIFIER_BYTES - 1));
    for (size_t shift = 1; shift < 64; shift += 31)
        assert_non_null(hb_verifier_init((uint8_t *)memory + shift, HB_VERIFIER_BYTES));
}

static void accepts(void **state)
{
    (void)state;
    hb_verifier *v = hb_verifier_init(memory, HB_VERIFIER_BYTES);
    hb_verdict verdict;
    static const uint8_t sha256_of_nothing[4] = {0xe3, 0xb0, 0xc4, 0x42};
    for (int i = 0; i < 3; i++) { /* the scratch is used again */
        assert_int_equal(hb_verifier_check(v, proof.data, proof.len, vkey, 5, &verdict), 1);
        assert_int_equal(verdict.accepted, 1);
        assert_int_equal(verdict.reason, 0);
        assert_string_equal(verdict.text, "accepted");
        assert_int_equal(verdict.exit_code, 5);
        assert_int_equal(verdict.public_bytes, 0);
        assert_memory_equal(verdict.public_digest, sha256_of_nothing, 4);
    }
}

static void rejects_as_the_verifier_behind_it(void **state)
{
    (void)state;
    static hb_machine_airs airs;
    static hb_proof_view view;
    void *rules = malloc(HB_MACHINE_AIRS_BYTES), *space = malloc(HB_VERIFY_SCRATCH_BYTES);
    hb_scratch s = hb_scratch_of(rules, HB_MACHINE_AIRS_BYTES);
    assert_int_equal(hb_machine_airs_init(&airs, &s, NULL), HB_OK);
    hb_verifier *v = hb_verifier_init(memory, HB_VERIFIER_BYTES);
    hb_verify_request request = {.exit_code = 5};
    memcpy(request.vkey, vkey, 32);
    hb_test_rng rng = {3};
    for (int i = 0; i < 200; i++) {
        hb_error err = {0};
        hb_verdict verdict;
        const size_t bit = (size_t)hb_test_below(&rng, i % 2 ? 8 * 600 : 8 * proof.len), bytes = i % 8 ? proof.len : (size_t)hb_test_below(&rng, proof.len);
        proof.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const hb_status st = hb_machine_verify(&airs, proof.data, bytes, &request, hb_scratch_of(space, HB_VERIFY_SCRATCH_BYTES), &view, &err);
        assert_int_equal(hb_verifier_check(v, proof.data, bytes, vkey, 5, &verdict), 0);
        proof.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(st, HB_REJECTED);
        assert_int_equal(verdict.accepted, 0);
        assert_int_equal(verdict.reason, err.reason);
        assert_string_equal(verdict.text, err.message);
        assert_null(verdict.public_values);
        assert_int_equal(verdict.exit_code, 0);
    }
    hb_verdict verdict;
    assert_int_equal(hb_verifier_check(v, proof.data, proof.len, vkey, 0, &verdict), 0);
    assert_int_equal(verdict.reason, HB_R_EXIT_CODE);
    assert_int_equal(hb_verifier_check(v, proof.data, proof.len, (const uint8_t[32]){0}, 5, &verdict), 0);
    assert_int_equal(verdict.reason, HB_R_WRONG_KEY);
    free(rules);
    free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_its_memory),
        cmocka_unit_test(accepts),
        cmocka_unit_test(rejects_as_the_verifier_behind_it),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
