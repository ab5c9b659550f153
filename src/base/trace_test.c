#include "base/pool_trace.h"

#include "base/testing.h"

#include <stdlib.h>

/* The file as text; the caller frees it. */
static char *text_of(const hb_trace *t)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    assert_int_equal(hb_trace_write(t, f, NULL), HB_OK);
    fclose(f);
    return text;
}

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;
    while ((text = strstr(text, part)) != NULL)
        n++, text++;
    return n;
}

static void sleep_ns(uint64_t ns)
{
    const uint64_t end = hb_trace_now() + ns;
    while (hb_trace_now() < end)
        continue;
}

static void nothing_is_traced_without_a_trace(void **state)
{
    (void)state;
    hb_trace_begin(NULL, 5, "a", 1);
    hb_trace_busy(NULL, 5, "b", 2, 1);
    hb_trace_idle(NULL, 5, 2, 1);
    hb_trace_end(NULL, 5);
    assert_null(hb_pool_trace(NULL));
    hb_pool_set_trace(NULL, NULL);
    hb_trace_destroy(NULL);
}

static void busy_time_counts_outermost_spans_without_idle_time(void **state)
{
    (void)state;
    hb_trace *t = hb_trace_create(2, 16);
    hb_trace_begin(t, 0, "outer", 7);
    hb_trace_begin(t, 0, "inner", HB_TRACE_NO_NUMBER);
    const uint64_t a = hb_trace_now();
    sleep_ns(100000);
    const uint64_t b = hb_trace_now();
    hb_trace_busy(t, 0, "loop", a, b); /* inside: no more busy for that */
    hb_trace_idle(t, 0, a, b);
    const uint64_t open = hb_trace_busy_ns(t, 0); /* counts what is open */
    hb_trace_end(t, 0);
    hb_trace_end(t, 0);
    const uint64_t busy = hb_trace_busy_ns(t, 0);
    assert_true(open <= busy && busy + (b - a) <= hb_trace_age_ns(t));
    hb_trace_busy(t, 1, "loop", a, b); /* by itself: counts */
    hb_trace_idle(t, 1, a, b);         /* outside of a span: does not */
    assert_int_equal(hb_trace_busy_ns(t, 1), b - a);
    char *text = text_of(t);
    assert_int_equal(count(text, "\"ph\": \"X\""), 4);
    assert_int_equal(count(text, "\"number\": 7"), 1);
    assert_int_equal(count(text, "\"dropped_spans\": 0"), 1);
    free(text);
    hb_trace_destroy(t);
}

static void close_busy_spans_are_one(void **state)
{
    (void)state;
    hb_trace *t = hb_trace_create(1, 16);
    const uint64_t at = hb_trace_now(), g = HB_TRACE_GAP_NS;
    hb_trace_busy(t, 0, "loop", at, at + 1000);
    hb_trace_busy(t, 0, "loop", at + 1000 + g - 1, at + 2000 + g); /* the same one */
    hb_trace_busy(t, 0, "loop", at + 2000 + 2 * g, at + 3000 + 2 * g);
    char *text = text_of(t);
    assert_int_equal(count(text, "\"loop\""), 2);
    assert_int_equal(count(text, "\"busy_us\": 2.001"), 1); /* without the gap */
    free(text);
    assert_int_equal(hb_trace_busy_ns(t, 0), 3001);
    hb_trace_begin(t, 0, "span", 0); /* nothing joins across the border of a span */
    hb_trace_busy(t, 0, "loop", at + 3000 + 2 * g, at + 4000 + 2 * g);
    text = text_of(t);
    assert_int_equal(count(text, "\"loop\""), 3);
    assert_int_equal(count(text, "\"span\""), 1); /* open, ends in the file */
    free(text);
    hb_trace_destroy(t);
}

static void memory_is_bounded_and_nested_spans_keep_their_part(void **state)
{
    (void)state;
    hb_trace *t = hb_trace_create(1, 8);
    const uint64_t at = hb_trace_now();
    for (uint64_t i = 0; i < 100; i++)
        hb_trace_busy(t, 0, "loop", at + 100 * i * HB_TRACE_GAP_NS, at + 100 * i * HB_TRACE_GAP_NS + 10);
    assert_int_equal(hb_trace_busy_ns(t, 0), 1000); /* dropped ones count */
    for (int i = 0; i < 3; i++) {
        hb_trace_begin(t, 0, "span", 0);
        hb_trace_end(t, 0);
    }
    char *text = text_of(t);
    assert_int_equal(count(text, "\"loop\""), 6);
    assert_int_equal(count(text, "\"span\""), 2);
    assert_int_equal(count(text, "\"dropped_spans\": 95"), 1);
    free(text);
    hb_trace_destroy(t);
}

static void spin(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)ctx, (void)begin, (void)end, (void)worker;
    sleep_ns(200000);
}

static void a_pool_shows_its_workers(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(2);
    hb_trace *t = hb_trace_create(hb_pool_threads(pool), 64);
    hb_pool_set_trace(pool, t);
    assert_ptr_equal(hb_pool_trace(pool), t);
    hb_trace_begin(t, 0, "phase", HB_TRACE_NO_NUMBER);
    hb_pool_for(pool, 16, 1, spin, NULL);
    hb_trace_end(t, 0);
    uint64_t busy = 0;
    for (unsigned i = 0; i < hb_trace_tracks(t); i++)
        busy += hb_trace_busy_ns(t, i);
    assert_true(busy >= 16 * 200000); /* every chunk was somebody's */
    hb_pool_set_trace(pool, NULL);
    const uint64_t before = hb_trace_busy_ns(t, 0);
    hb_pool_for(pool, 4, 1, spin, NULL);
    assert_int_equal(hb_trace_busy_ns(t, 0), before);
    hb_pool_destroy(pool);
    hb_trace_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_traced_without_a_trace),
        cmocka_unit_test(busy_time_counts_outermost_spans_without_idle_time),
        cmocka_unit_test(close_busy_spans_are_one),
        cmocka_unit_test(memory_is_bounded_and_nested_spans_keep_their_part),
        cmocka_unit_test(a_pool_shows_its_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
