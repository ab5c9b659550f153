#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "zerocheck/zerocheck_oracle.h"

static hb_status verify(const fixture *f, const hb_buf *proof, hb_zerocheck_result *result, hb_error *err)
{
    static uint8_t memory[1 << 20];
    hb_scratch scratch = hb_scratch_of(memory, hb_zerocheck_verify_bytes(&f->claim));
    hb_receiver r;
    hb_receiver_init(&r, proof->data, proof->len, err);
    hb_status st = hb_zerocheck_verify(&r, &f->claim, &scratch, result);
    return st == HB_OK ? hb_receive_end(&r) : st;
}

static void oracle_is_accepted(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f, (uint32_t[TOY_CHIPS]){1100, 4096, 200, 5000, UINT32_MAX, 40, 20}, true, 1);
    hb_buf proof = {0};
    hb_sender s = {.proof = &proof};
    hb_zerocheck_result a, b;
    hb_error err;
    hb_transcript_init(&s.t);
    oracle_prove(&f, &s, &a);
    hb_status st = verify(&f, &proof, &b, &err);
    if (st != HB_OK)
        fail_msg("%s", err.message);
    assert_true(hb_k_eq(a.r0, b.r0));
    free(a.columns);
    hb_buf_free(&proof);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(oracle_is_accepted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
