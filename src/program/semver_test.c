/* Versions: the grammar and the order of semver.org 2.0.0. Requirements: what the Cargo book says they mean. */
#include "program/semver.h"

#include "base/testing.h"

static hb_semver version(const char *text)
{
    hb_semver v;
    const char *wrong = hb_semver_parse(&v, text);
    if (wrong)
        fail_msg("%s: %s", text, wrong);
    return v;
}

static void versions(void **state)
{
    (void)state;
    static const char *const good[] = {"0.0.0", "1.2.3", "18446744073709551615.0.1", "1.0.0-alpha", "1.0.0-0.a.-", "1.0.0-alpha.1+001", "1.0.0+build.7-x", "1.0.0-0a"};
    static const char *const bad[] = {"", "1", "1.0", "1.0.", "1.0.0.", "1.0.0.0", "01.0.0", "1.00.0", "1.0.0-", "1.0.0-a..b", "1.0.0-01", "1.0.0-a_b", "1.0.0+", "v1.0.0", " 1.0.0",
                                      "1.0.0 ", "18446744073709551616.0.0", "1.-1.0", "1.0.0-a+b+c", "^1.0.0"};
    hb_semver v;
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        version(good[k]);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        if (!hb_semver_parse(&v, bad[k]))
            fail_msg("'%s' is accepted", bad[k]);
    v = version("3.14.15-beta.2+x");
    assert_true(v.major == 3 && v.minor == 14 && v.patch == 15);
    assert_string_equal(v.pre, "beta.2");
    char text[200];
    memset(text, '1', sizeof text);
    memcpy(text, "1.0.0-", 6);
    text[HB_SEMVER_TEXT_MAX] = 0;
    assert_null(hb_semver_parse(&v, text));
    text[HB_SEMVER_TEXT_MAX] = '1', text[HB_SEMVER_TEXT_MAX + 1] = 0;
    assert_non_null(hb_semver_parse(&v, text));
}

static void order(void **state)
{
    (void)state;
    static const char *const ascending[] = {"0.0.9", "0.1.0", "0.10.0-0", "0.10.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                            "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-betaa", "1.0.0-rc.1", "1.0.0", "2.0.0", "10.0.0"};
    size_t n = sizeof ascending / sizeof *ascending;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            hb_semver x = version(ascending[a]), y = version(ascending[b]);
            int c = hb_semver_compare(&x, &y);
            assert_true((c > 0) - (c < 0) == (a > b) - (a < b));
        }
    hb_semver x = version("1.0.0+a"), y = version("1.0.0+b");
    assert_int_equal(hb_semver_compare(&x, &y), 0);
}

static bool satisfies(const char *text, const char *requirement)
{
    hb_semver v = version(text);
    hb_semver_requirement r;
    const char *wrong = hb_semver_requirement_parse(&r, requirement);
    if (wrong)
        fail_msg("%s: %s", requirement, wrong);
    return hb_semver_satisfies(&v, &r);
}

static void requirements(void **state)
{
    (void)state;
    static const struct {
        const char *requirement, *yes, *no; /* versions with blanks between */
    } table[] = {
        {"1.2.3", "1.2.3 1.2.4 1.9.0", "1.2.2 2.0.0 0.9.9 1.2.3-rc.1 2.0.0-alpha"},
        {"^1.2.3", "1.2.3 1.10.0", "1.2.2 2.0.0"},
        {"^1.2", "1.2.0 1.9.9", "1.1.9 2.0.0"},
        {"^1", "1.0.0 1.9.9", "0.9.9 2.0.0"},
        {"^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0 1.0.0"},
        {"^0.2", "0.2.0 0.2.9", "0.1.9 0.3.0"},
        {"^0.0.3", "0.0.3", "0.0.2 0.0.4 0.1.0"},
        {"^0.0", "0.0.0 0.0.9", "0.1.0"},
        {"^0", "0.0.0 0.9.9", "1.0.0"},
        {"~1.2.3", "1.2.3 1.2.9", "1.2.2 1.3.0"},
        {"~1.2", "1.2.0 1.2.9", "1.1.9 1.3.0"},
        {"~1", "1.0.0 1.9.9", "2.0.0 0.9.9"},
        {"=1.2.3", "1.2.3 1.2.3+build", "1.2.2 1.2.4 1.2.3-a"},
        {"=1.2", "1.2.0 1.2.9", "1.1.9 1.3.0"},
        {"=1", "1.0.0 1.9.9", "2.0.0"},
        {">=1.2.3", "1.2.3 7.0.0", "1.2.2 0.9.0"},
        {">=1.2", "1.2.0 7.0.0", "1.1.9 1.2.0-a"},
        {">1.2.3", "1.2.4 2.0.0", "1.2.3 1.0.0"},
        {">1.2", "1.3.0 2.0.0", "1.2.9"},
        {">1", "2.0.0", "1.9.9"},
        {"<1.2.3", "1.2.2 0.0.0", "1.2.3 2.0.0 1.2.3-a"},
        {"<1.2", "1.1.9", "1.2.0"},
        {"<=1.2.3", "1.2.3 1.0.0", "1.2.4"},
        {"<=1.2", "1.2.9 0.1.0", "1.3.0"},
        {"*", "0.0.0 9.9.9", "1.0.0-a"},
        {"1.*", "1.0.0 1.9.9", "2.0.0 0.9.9"},
        {"1.2.*", "1.2.0 1.2.9", "1.3.0 1.1.0"},
        {"1.*.*", "1.0.0 1.9.9", "2.0.0"},
        {">=1.2.0, <1.5", "1.2.0 1.4.9", "1.1.9 1.5.0"},
        {" >= 1.2.0 ,  < 2 ", "1.2.0 1.9.9", "2.0.0"},
        {"^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.3.0", "1.2.3-beta.1 1.2.4-beta.3 2.0.0"},
        {"=1.0.0-rc.1", "1.0.0-rc.1", "1.0.0 1.0.0-rc.2"},
        {"<1.0.0-rc.2", "0.9.0 1.0.0-rc.1", "1.0.0-rc.2 1.0.0 0.9.0-rc.1"},
        {">18446744073709551615", "", "18446744073709551615.0.0 1.0.0"},
        {"^18446744073709551615.1", "18446744073709551615.1.0 18446744073709551615.18446744073709551615.0", "18446744073709551615.0.9"},
    };
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        for (int side = 0; side < 2; side++) {
            char list[200], *rest = list;
            snprintf(list, sizeof list, "%s", side ? table[k].no : table[k].yes);
            for (char *v; (v = strsep(&rest, " ")) != NULL;)
                if (*v && satisfies(v, table[k].requirement) == side)
                    fail_msg("%s %s %s", v, side ? "must not satisfy" : "must satisfy", table[k].requirement);
        }
}

static void wrong_requirements(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " ", "=", "^", "1.2.3.4", "1..2", "1.2.3 1.2.4", "1,", ",1", "*,1", "1, *", ">*", "a", "=>1", "1.02", "01", "^^1", "1.2.3-", "1.2-a", "^1.x",
                                      "18446744073709551616", "1.*.2"};
    hb_semver_requirement r;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        if (!hb_semver_requirement_parse(&r, bad[k]))
            fail_msg("'%s' is accepted", bad[k]);
    char text[HB_SEMVER_TEXT_MAX + 2] = "1";
    for (unsigned k = 1; k < HB_SEMVER_COMPARATORS_MAX; k++)
        strcat(text, ",1");
    assert_null(hb_semver_requirement_parse(&r, text));
    strcat(text, ",1");
    assert_non_null(hb_semver_requirement_parse(&r, text));
    memset(text, ' ', sizeof text - 1);
    text[sizeof text - 1] = 0;
    assert_non_null(hb_semver_requirement_parse(&r, text));
}

/* Any bytes: an answer. */
static void noise(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789.-+^~<>=*, ab\xff";
    hb_test_rng rng = {7};
    hb_semver_requirement r;
    hb_semver v, w;
    unsigned good = 0;
    for (unsigned k = 0; k < 200000; k++) {
        char text[24];
        size_t n = hb_test_below(&rng, sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = alphabet[hb_test_below(&rng, sizeof alphabet - 1)];
        text[n] = 0;
        bool is_version = !hb_semver_parse(&v, text);
        if (!hb_semver_requirement_parse(&r, text)) {
            good++;
            w = version("1.2.3");
            hb_semver_satisfies(&w, &r);
        }
        if (is_version) {
            assert_int_equal(hb_semver_compare(&v, &v), 0);
            assert_null(hb_semver_requirement_parse(&r, text)); /* a version is a requirement, and satisfies it */
            assert_true(hb_semver_satisfies(&v, &r));
        }
    }
    assert_true(good > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(versions), cmocka_unit_test(order), cmocka_unit_test(requirements), cmocka_unit_test(wrong_requirements), cmocka_unit_test(noise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
