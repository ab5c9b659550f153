/* HB_ISA is read once a process, so each setting is tried in a child. */
#include "base/cpu.h"

#include "base/testing.h"

#include <stdlib.h>

#include "base/log.h"

static int warnings;

static void count_warnings(void *ctx, hb_log_severity severity, const char *text)
{
    (void)ctx;
    (void)text;
    warnings += severity == HB_LOG_WARN;
}

/* current isa, +16 when a warning was logged, in a child with HB_ISA = value (NULL: unset). */
static int current_under(const char *value)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (value)
            setenv("HB_ISA", value, 1);
        else
            unsetenv("HB_ISA");
        hb_log_sink(count_warnings, NULL);
        int isa = (int)hb_isa_current();
        isa = isa == (int)hb_isa_current() ? isa : 15;
        _exit(isa + 16 * warnings);
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int at_most(hb_isa cap)
{
    hb_isa detected = hb_isa_detected();
    return (int)(detected < cap ? detected : cap);
}

static void the_environment_caps(void **state)
{
    (void)state;
    assert_int_equal(current_under(NULL), hb_isa_detected());
    assert_int_equal(current_under(""), hb_isa_detected());
    assert_int_equal(current_under("avx512"), hb_isa_detected());
    assert_int_equal(current_under("avx2"), at_most(HB_ISA_AVX2));
    assert_int_equal(current_under("baseline"), HB_ISA_BASELINE);
    assert_int_equal(current_under("AVX2"), 16 + HB_ISA_BASELINE);
    assert_int_equal(current_under("avx"), 16 + HB_ISA_BASELINE);
}

static void the_program_caps(void **state)
{
    (void)state;
    hb_isa start = hb_isa_current();
    for (int cap = HB_ISA_COUNT - 1; cap >= 0; cap--) {
        hb_isa_cap((hb_isa)cap);
        assert_int_equal(hb_isa_current(), (int)start < cap ? (int)start : cap);
    }
    hb_isa_cap(HB_ISA_AVX512);
    assert_int_equal(hb_isa_current(), start);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(hb_isa_name(HB_ISA_BASELINE), "baseline");
    assert_string_equal(hb_isa_name(HB_ISA_AVX2), "avx2");
    assert_string_equal(hb_isa_name(HB_ISA_AVX512), "avx512");
    assert_string_equal(hb_isa_name(HB_ISA_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_caps), /* first: the process must not have asked yet */
        cmocka_unit_test(the_program_caps),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
