/* Threads of one process on one handle: readers, with and without state caching, while a writer makes versions, the map grows under them, and old versions are pruned. */
#include <pthread.h>
#include <stdlib.h>

#include "tests/ledger/ledger_case.h"

enum { READERS = 4, VERSIONS = 25, KEPT = 5 };

typedef struct shared {
    const ledger_case *c;
    hb_state_manager *m;
    uint64_t latest;  /* that may be read */
    int stop, wrong;
    uint64_t reads;
} shared;

static void *read_on(void *ctx)
{
    shared *s = ctx;
    hb_test_rng rng = {(uint64_t)(uintptr_t)&rng};
    while (!__atomic_load_n(&s->stop, __ATOMIC_SEQ_CST)) {
        const uint64_t latest = __atomic_load_n(&s->latest, __ATOMIC_SEQ_CST), v = latest - hb_test_below(&rng, latest < KEPT ? latest + 1 : KEPT);
        hb_error err = {0};
        /* A version may be pruned while it is read. */
        if (!ledger_case_holds(s->c, s->m, v, &err) && !(err.status == HB_INVALID_ARGUMENT && strstr(err.message, "pruned")))
            __atomic_store_n(&s->wrong, 1, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(&s->reads, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void threads_on_one_handle(bool caching)
{
    const hb_state_options options = {.enable_state_caching = caching, .cache_bytes = 1 << 18, .map_bytes = 1 << 17};
    ledger_case c;
    hb_error err = {0};
    hb_state_check_report report;
    pthread_t threads[READERS];
    ledger_case_init(&c, 50);
    shared s = {.c = &c, .m = ledger_case_create(&c, &options)};
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &s), 0);
    for (uint64_t v = 1; v <= VERSIONS; v++) {
        ledger_case_ok(ledger_case_step(&c, s.m, v, &err), &err);
        __atomic_store_n(&s.latest, v, __ATOMIC_SEQ_CST);
        if (v % 8 == 0)
            ledger_case_ok(hb_state_prune(s.m, v - KEPT, &err), &err);
    }
    while (__atomic_load_n(&s.reads, __ATOMIC_SEQ_CST) < 4 * READERS)
        sched_yield();
    __atomic_store_n(&s.stop, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(s.wrong, 0);
    assert_true(hb_store_file_bytes(hb_state_manager_store(s.m)) > options.map_bytes); /* it did grow */
    ledger_case_ok(hb_state_check(s.m, false, &report, &err), &err);
    hb_state_manager_close(s.m);
    ledger_case_free(&c);
}

static void plain(void **state)
{
    (void)state;
    threads_on_one_handle(false);
}

static void with_state_caching(void **state)
{
    (void)state;
    threads_on_one_handle(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain), cmocka_unit_test(with_state_caching)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
