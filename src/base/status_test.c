#include "base/status.h"

#include "base/testing.h"

static void every_status_has_its_own_text(void **state)
{
    (void)state;
    for (int a = 0; a < HB_STATUS_COUNT; a++) {
        assert_true(hb_status_text((hb_status)a)[0] != 0);
        assert_string_not_equal(hb_status_text((hb_status)a), "Unknown status");
        for (int b = 0; b < a; b++)
            assert_string_not_equal(hb_status_text((hb_status)a), hb_status_text((hb_status)b));
    }
    assert_string_equal(hb_status_text(HB_STATUS_COUNT), "Unknown status");
    assert_string_equal(hb_status_text((hb_status)77), "Unknown status");
}

static void numbers_and_texts_are_stable(void **state)
{
    (void)state;
    assert_int_equal(HB_OK, 0);
    assert_int_equal(HB_REJECTED, 1);
    assert_int_equal(HB_INVALID_PROGRAM, 3);
    assert_int_equal(HB_INTERNAL, 10);
    assert_string_equal(hb_status_text(HB_INVALID_PROGRAM), "Invalid program");
    assert_string_equal(hb_status_text(HB_EXECUTION_FAILED), "Program execution failed");
    assert_string_equal(hb_status_text(HB_PROOF_GENERATION_FAILED), "Proof generation failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_text),
        cmocka_unit_test(numbers_and_texts_are_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
