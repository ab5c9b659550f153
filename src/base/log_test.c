#include "base/log.h"

#include "base/testing.h"

#include <stdlib.h>

static struct {
    int count;
    hb_log_severity severity;
    char text[2000];
} seen;

static void sink(void *ctx, hb_log_severity severity, const char *text)
{
    assert_ptr_equal(ctx, &seen);
    seen.count++;
    seen.severity = severity;
    snprintf(seen.text, sizeof seen.text, "%s", text);
}

static int log_all_under(const char *value)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (value)
            setenv("HB_LOG", value, 1);
        else
            unsetenv("HB_LOG");
        hb_log_sink(sink, &seen);
        for (int s = HB_LOG_ERROR; s <= HB_LOG_DEBUG; s++)
            hb_log((hb_log_severity)s, "x");
        _exit(seen.count);
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_environment_sets_the_level(void **state)
{
    (void)state;
    assert_int_equal(log_all_under(NULL), 2);
    assert_int_equal(log_all_under("error"), 1);
    assert_int_equal(log_all_under("warn"), 2);
    assert_int_equal(log_all_under("info"), 3);
    assert_int_equal(log_all_under("debug"), 4);
    assert_int_equal(log_all_under("nonsense"), 2);
}

static void messages_reach_the_sink(void **state)
{
    (void)state;
    hb_log_sink(sink, &seen);
    hb_log_level(HB_LOG_INFO);
    assert_true(hb_log_enabled(HB_LOG_INFO));
    assert_false(hb_log_enabled(HB_LOG_DEBUG));
    hb_log(HB_LOG_DEBUG, "dropped");
    assert_int_equal(seen.count, 0);
    hb_log(HB_LOG_INFO, "%d %s", 5, "five");
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.severity, HB_LOG_INFO);
    assert_string_equal(seen.text, "5 five");
    hb_log(HB_LOG_ERROR, "%1500d", 1);
    assert_int_equal(strlen(seen.text), 1023);
    hb_log_sink(NULL, NULL);
}

static void without_a_sink_it_is_stderr(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int saved = dup(2);
    dup2(ends[1], 2);
    hb_log(HB_LOG_WARN, "low on %s", "tea");
    dup2(saved, 2);
    close(saved);
    close(ends[1]);
    char line[100] = {0};
    assert_true(read(ends[0], line, sizeof line - 1) > 0);
    close(ends[0]);
    assert_string_equal(line, "hauptbuch: warn: low on tea\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_sets_the_level), /* first: the level must not be known yet */
        cmocka_unit_test(messages_reach_the_sink),
        cmocka_unit_test(without_a_sink_it_is_stderr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
