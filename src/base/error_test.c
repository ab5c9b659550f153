#include "base/error.h"

#include "base/testing.h"

static void fail_fills_and_returns(void **state)
{
    (void)state;
    hb_error err = {.status = HB_OK, .reason = 9, .chip = 3, .row = 4, .offset = 5};
    assert_int_equal(hb_fail(&err, HB_LIMIT, "%u of %s", 7u, "seven"), HB_LIMIT);
    assert_int_equal(err.status, HB_LIMIT);
    assert_int_equal(err.reason, 0);
    assert_string_equal(err.message, "7 of seven");
    assert_int_equal(err.chip, 3);
    assert_int_equal(err.row, 4);
    assert_int_equal(err.offset, 5);
}

static void no_record_is_fine(void **state)
{
    (void)state;
    assert_int_equal(hb_fail(NULL, HB_IO, "nobody %s", "listens"), HB_IO);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    struct {
        hb_error err;
        char guard;
    } s = {.guard = 'g'};
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    hb_fail(&s.err, HB_IO, "%s", text);
    assert_int_equal(strlen(s.err.message), HB_ERROR_MESSAGE_BYTES - 1);
    assert_int_equal(s.guard, 'g');
}

static void clear_resets_all(void **state)
{
    (void)state;
    hb_error err;
    memset(&err, 0xff, sizeof err);
    hb_error_clear(&err);
    assert_int_equal(err.status, HB_OK);
    assert_true(err.reason == 0 && err.chip == 0 && err.row == 0 && err.offset == 0);
    assert_string_equal(err.message, "");
}

static void fail_with(void *status)
{
    hb_fail(NULL, *(hb_status *)status, "x");
}

static void success_and_rejection_are_not_failures(void **state)
{
    (void)state;
    hb_status ok = HB_OK, rejected = HB_REJECTED, io = HB_IO;
    assert_true(hb_test_aborts(fail_with, &ok));
    assert_true(hb_test_aborts(fail_with, &rejected));
    assert_false(hb_test_aborts(fail_with, &io));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_fills_and_returns),
        cmocka_unit_test(no_record_is_fine),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(clear_resets_all),
        cmocka_unit_test(success_and_rejection_are_not_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
