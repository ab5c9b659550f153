/* What the public API promises and only its inside can show: results that are not their proof's, answers that are damaged, the cache. */
#include "api/handles.h"
#include "tests/api/api_case.h"

static hb_execution_result *proven(hb_verifying_key *key)
{
    hb_error err = {0};
    hb_zkvm *vm;
    hb_execution_result *r;
    hb_program *p = api_bytecode("    PUSH 7\n    OUTPUT\n    STOP\n");
    assert_int_equal(hb_zkvm_new(&vm, NULL, &err), HB_OK);
    if (hb_zkvm_execute_program(vm, p, NULL, &r, &err) != HB_OK)
        fail_msg("%s", err.message);
    *key = hb_execution_result_verifying_key(r);
    hb_program_free(p);
    hb_zkvm_free(vm);
    return r;
}

static void results_must_be_their_proofs(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_verifying_key key, other;
    hb_execution_result *r = proven(&key);
    assert_int_equal(hb_api_check_result(r, &key, &err), HB_OK);
    r->public_values.data[0] ^= 1;
    assert_int_equal(hb_api_check_result(r, &key, &err), HB_INVALID_EXECUTION_RESULT);
    r->public_values.data[0] ^= 1;
    r->public_values.len--;
    assert_int_equal(hb_api_check_result(r, &key, &err), HB_INVALID_EXECUTION_RESULT);
    r->public_values.len++;
    other = key;
    other.bytes[31] ^= 1;
    assert_int_equal(hb_api_check_result(r, &other, &err), HB_INVALID_EXECUTION_RESULT);
    r->exit_code = 1;
    assert_int_equal(hb_api_check_result(r, &key, &err), HB_PROOF_VERIFICATION_FAILED);
    hb_execution_result_free(r);
}

static void answers_are_read_strictly(void **state)
{
    (void)state;
    hb_verifying_key key;
    hb_execution_result *r = proven(&key), again;
    hb_buf bytes = {0};
    assert_int_equal(hb_api_result_write(r, &bytes), HB_OK);
    assert_true(hb_api_result_read(&again, bytes.data, bytes.len));
    assert_int_equal(again.cycles, r->cycles);
    assert_int_equal(again.proof.len, r->proof.len);
    hb_api_result_clear(&again);
    for (size_t n = 0; n < 200; n++)
        assert_false(hb_api_result_read(&again, bytes.data, n));
    assert_false(hb_api_result_read(&again, bytes.data, bytes.len - 1));
    for (size_t i = 0; i < 32; i += 8) {
        bytes.data[i + 7] ^= 0x80; /* a length that is none */
        assert_false(hb_api_result_read(&again, bytes.data, bytes.len));
        bytes.data[i + 7] ^= 0x80;
    }
    hb_buf_free(&bytes);
    hb_execution_result_free(r);
}

static void the_cache_drops_the_least_recent(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_api_cache *c = hb_api_cache_new(2);
    hb_execution_result *found, r;
    uint8_t key[32] = {0};
    memset(&r, 0, sizeof r);
    for (uint8_t i = 1; i <= 2; i++) {
        key[0] = i;
        assert_int_equal(hb_api_cache_get(c, key, &found, &err), HB_OK);
        assert_null(found);
        r.exit_code = i;
        hb_api_cache_put(c, key, &r);
    }
    key[0] = 1;
    assert_int_equal(hb_api_cache_get(c, key, &found, &err), HB_OK);
    assert_int_equal(found->exit_code, 1);
    hb_execution_result_free(found);
    key[0] = 3;
    assert_int_equal(hb_api_cache_get(c, key, &found, &err), HB_OK);
    hb_api_cache_put(c, key, &r);
    key[0] = 2; /* the oldest: gone */
    assert_int_equal(hb_api_cache_get(c, key, &found, &err), HB_OK);
    assert_null(found);
    hb_api_cache_put(c, key, NULL); /* it failed: nobody waits for it, nothing is kept */
    assert_int_equal(hb_api_cache_get(c, key, &found, &err), HB_OK);
    assert_null(found);
    hb_api_cache_put(c, key, NULL);
    hb_api_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_must_be_their_proofs),
        cmocka_unit_test(answers_are_read_strictly),
        cmocka_unit_test(the_cache_drops_the_least_recent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
