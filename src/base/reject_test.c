#include "base/reject.h"

#include "base/testing.h"

static hb_status verify(int input, hb_error *err)
{
    if (input < 0)
        return HB_REJECT(err, HB_R_BAD_LENGTH);
    return HB_OK;
}

static void reject_fills_and_returns(void **state)
{
    (void)state;
    hb_error err = {.chip = 1, .row = 2, .offset = 3};
    assert_int_equal(verify(1, &err), HB_OK);
    assert_int_equal(verify(-1, &err), HB_REJECTED);
    assert_int_equal(err.status, HB_REJECTED);
    assert_int_equal(err.reason, HB_R_BAD_LENGTH);
    assert_string_equal(err.message, hb_reject_text(HB_R_BAD_LENGTH));
    assert_true(err.chip == 1 && err.row == 2 && err.offset == 3);
    assert_int_equal(verify(-1, NULL), HB_REJECTED);
}

static void every_reason_has_its_own_text_that_fits(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < HB_R_COUNT; a++) {
        const char *text = hb_reject_text(a);
        assert_true(text[0] != 0 && strlen(text) < HB_ERROR_MESSAGE_BYTES);
        assert_string_not_equal(text, "unknown reason");
        for (uint32_t b = 0; b < a; b++)
            assert_string_not_equal(text, hb_reject_text(b));
    }
    assert_string_equal(hb_reject_text(HB_R_COUNT), "unknown reason");
    assert_string_equal(hb_reject_text(UINT32_MAX), "unknown reason");
}

static void reject_with(void *reason)
{
    hb_reject(NULL, *(hb_reason *)reason);
}

static void a_rejection_needs_a_reason(void **state)
{
    (void)state;
    hb_reason none = HB_R_NONE, beyond = HB_R_COUNT, good = HB_R_TRUNCATED;
    assert_true(hb_test_aborts(reject_with, &none));
    assert_true(hb_test_aborts(reject_with, &beyond));
    assert_false(hb_test_aborts(reject_with, &good));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reject_fills_and_returns),
        cmocka_unit_test(every_reason_has_its_own_text_that_fits),
        cmocka_unit_test(a_rejection_needs_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
