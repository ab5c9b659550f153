#include "base/check.h"

#include "base/testing.h"

struct with_ghost {
    uint32_t value;
    HB_GHOST(uint32_t range;)
};

static void assert_that(void *condition)
{
    HB_ASSERT(*(int *)condition);
}

static void asserts_hold_in_every_build(void **state)
{
    (void)state;
    int yes = 1, no = 0;
    assert_false(hb_test_aborts(assert_that, &yes));
    assert_true(hb_test_aborts(assert_that, &no));
}

static void assert_evaluates_once_and_fits_after_if(void **state)
{
    (void)state;
    int n = 0;
    if (n == 0)
        HB_ASSERT(++n);
    else
        n = 7;
    assert_int_equal(n, 1);
}

static void ghosts_exist_in_checked_builds_only(void **state)
{
    (void)state;
    int seen = 0;
    HB_GHOST(seen = 1;)
#ifdef HB_CHECKED
    assert_int_equal(seen, 1);
    assert_int_equal(sizeof(struct with_ghost), 8);
#else
    assert_int_equal(seen, 0);
    assert_int_equal(sizeof(struct with_ghost), 4);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asserts_hold_in_every_build),
        cmocka_unit_test(assert_evaluates_once_and_fits_after_if),
        cmocka_unit_test(ghosts_exist_in_checked_builds_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
