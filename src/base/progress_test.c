#include "base/progress.h"

#include "base/testing.h"

#include <stdlib.h>

static struct {
    const char *phase;
    uint64_t done, total;
    int count;
} last;

static void record(void *ctx, const char *phase, uint64_t done, uint64_t total)
{
    assert_ptr_equal(ctx, &last);
    last.phase = phase;
    last.done = done;
    last.total = total;
    last.count++;
}

static void reports_reach_the_sink(void **state)
{
    (void)state;
    hb_progress p = {record, &last};
    hb_progress_report(&p, "commit", 3, 9);
    assert_string_equal(last.phase, "commit");
    assert_true(last.done == 3 && last.total == 9 && last.count == 1);
    hb_progress nobody = {0};
    hb_progress_report(&nobody, "commit", 4, 9);
    hb_progress_report(NULL, "commit", 4, 9);
    assert_int_equal(last.count, 1);
}

/* What a meter writes into a file for the given reports; the caller frees. */
static char *written(bool tty, bool finish)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    assert_non_null(f);
    hb_progress_meter m;
    hb_progress_meter_init(&m, f);
    assert_false(m.tty);
    m.tty = tty;
    hb_progress p = hb_progress_meter_sink(&m);
    hb_progress_report(&p, "execute", 1, 4);
    hb_progress_report(&p, "execute", 2, 4);
    hb_progress_report(&p, "execute", 4, 4);
    hb_progress_report(&p, "prove", 1, 8);
    if (finish)
        hb_progress_report(&p, "prove", 8, 8);
    hb_progress_meter_end(&m);
    hb_progress_meter_end(&m);
    fclose(f);
    return text;
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

static void a_file_gets_one_line_a_finished_phase(void **state)
{
    (void)state;
    char *text = written(false, true);
    assert_int_equal(count(text, "\n"), 2);
    assert_int_equal(count(text, "100 %"), 2);
    assert_int_equal(count(text, "\r"), 0);
    assert_int_equal(strncmp(text, "execute ", 8), 0);
    assert_int_equal(count(text, "\nprove "), 1);
    free(text);
    text = written(false, false);
    assert_int_equal(count(text, "\n"), 1);
    assert_int_equal(count(text, "prove"), 0);
    free(text);
}

static void a_terminal_line_is_rewritten_and_ended(void **state)
{
    (void)state;
    char *text = written(true, false);
    assert_int_equal(count(text, "\n"), 2);
    assert_int_equal(count(text, " 25 %"), 1);
    assert_int_equal(count(text, " 50 %"), 0); /* too soon after the 25 */
    assert_int_equal(count(text, "100 %"), 1);
    assert_int_equal(count(text, " 12 %"), 1);
    assert_int_equal(count(text, "\r\033[K"), 3);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_reach_the_sink),
        cmocka_unit_test(a_file_gets_one_line_a_finished_phase),
        cmocka_unit_test(a_terminal_line_is_rewritten_and_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
