/* Two processes write, eight read, all at once (10 seconds, or HB_CONCURRENT_SECONDS). Every version gives all cells one stamp, so that a torn read would show two; one more
 * reader holds on to an old version, which must never change, and one process checks everything again and again. */
#include <stdlib.h>
#include <time.h>

#include "tests/ledger/ledger_case.h"

enum { CELLS = 24, WRITERS = 2, READERS = 8, LEAST = 80 /* versions that each writer makes, however slow the machine */ };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void key_of(uint8_t key[32], unsigned i)
{
    hb_ledger_key(key, "stamp", 5, &i, sizeof i);
}

static hb_status stamp_all(hb_state_manager *m, uint64_t stamp, hb_error *err)
{
    hb_state_write w[CELLS];
    for (unsigned i = 0; i < CELLS; i++) {
        w[i] = (hb_state_write){.value = &stamp, .value_bytes = sizeof stamp};
        key_of(w[i].key, i);
    }
    const hb_state_change change = {.timestamp = 1, .writes = w, .n_writes = CELLS};
    return hb_state_put(m, &change, NULL, err);
}

/* The stamp of all cells at this version; 0: they differ, or reading failed. */
static uint64_t read_stamp(hb_state_manager *m, uint64_t version, hb_error *err)
{
    uint64_t stamp = 0, cell;
    hb_buf value = {0};
    for (unsigned i = 0; i < CELLS; i++) {
        uint8_t key[32];
        bool present;
        key_of(key, i);
        value.len = 0;
        if (hb_state_get(m, version, key, &present, &value, err) != HB_OK || !present || value.len != sizeof cell)
            return 0;
        memcpy(&cell, value.data, sizeof cell);
        if (i && cell != stamp)
            return 0;
        stamp = cell;
    }
    hb_buf_free(&value);
    return stamp;
}

static _Noreturn void writer(const ledger_case *c, unsigned id, double until)
{
    hb_error err = {0};
    hb_state_manager *m;
    uint64_t count = 0;
    if (hb_state_manager_open(c->dir, NULL, &m, &err) != HB_OK)
        _exit(1);
    while (now() < until || count < LEAST)
        if (stamp_all(m, ++count * 4 + id + 1, &err) != HB_OK) {
            fprintf(stderr, "writer: %s\n", err.message);
            _exit(1);
        }
    hb_state_manager_close(m);
    _exit(0);
}

static _Noreturn void reader(const ledger_case *c, unsigned id, double until)
{
    const hb_state_options options = {.enable_state_caching = id & 1, .read_only = id & 2};
    hb_error err = {0};
    hb_state_manager *m;
    uint64_t oldest, latest, before = 0, rounds = 0;
    if (hb_state_manager_open(c->dir, &options, &m, &err) != HB_OK)
        _exit(1);
    for (; now() < until; rounds++) {
        if (hb_state_versions(m, &oldest, &latest, &err) != HB_OK || latest < before || !read_stamp(m, latest, &err)) {
            fprintf(stderr, "reader at version %llu: %s\n", (unsigned long long)latest, err.message);
            _exit(1);
        }
        before = latest;
    }
    hb_state_manager_close(m);
    _exit(rounds ? 0 : 2);
}

/* A check in the middle of it all sees one sound version after the other. */
static _Noreturn void checker(const ledger_case *c, double until)
{
    const hb_state_options options = {.read_only = true};
    hb_error err = {0};
    hb_state_manager *m;
    uint64_t rounds = 0;
    if (hb_state_manager_open(c->dir, &options, &m, &err) != HB_OK)
        _exit(1);
    for (; now() < until; rounds++)
        if (hb_state_check(m, false, NULL, &err) != HB_OK) {
            fprintf(stderr, "checker: %s\n", err.message);
            _exit(1);
        }
    _exit(rounds ? 0 : 2);
}

/* Version 1 as it was, while the others go on. */
static _Noreturn void historian(const ledger_case *c, double until)
{
    hb_error err = {0};
    hb_state_manager *m;
    uint64_t oldest, first, latest = 0;
    if (hb_state_manager_open(c->dir, NULL, &m, &err) != HB_OK || hb_state_versions(m, &oldest, &first, &err) != HB_OK)
        _exit(1);
    do {
        if (read_stamp(m, 1, &err) != UINT64_MAX || hb_state_versions(m, &oldest, &latest, &err) != HB_OK)
            _exit(1);
    } while (now() < until || latest - first < 100);
    _exit(read_stamp(m, 1, &err) == UINT64_MAX ? 0 : 1);
}

static void two_writers_eight_readers(void **state)
{
    (void)state;
    const char *asked = getenv("HB_CONCURRENT_SECONDS");
    const double until = now() + (asked ? atof(asked) : 10.0);
    ledger_case c;
    hb_error err = {0};
    pid_t children[WRITERS + READERS + 2];
    uint64_t oldest, latest;
    hb_state_check_report counts;
    ledger_case_init(&c, 1);
    const hb_state_options small = {.map_bytes = 1 << 20}; /* which grows meanwhile */
    hb_state_manager *m = ledger_case_create(&c, &small);
    ledger_case_ok(stamp_all(m, UINT64_MAX, &err), &err);
    hb_state_manager_close(m);
    for (unsigned i = 0; i < WRITERS + READERS + 2; i++) {
        children[i] = fork();
        if (children[i] == 0 && i < WRITERS)
            writer(&c, i, until);
        if (children[i] == 0 && i < WRITERS + READERS)
            reader(&c, i, until);
        if (children[i] == 0 && i == WRITERS + READERS)
            historian(&c, until);
        if (children[i] == 0)
            checker(&c, until);
    }
    for (unsigned i = 0; i < WRITERS + READERS + 2; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    m = ledger_case_open(&c, NULL);
    ledger_case_ok(hb_state_versions(m, &oldest, &latest, &err), &err);
    ledger_case_ok(hb_state_check(m, false, &counts, &err), &err);
    print_message("%llu versions\n", (unsigned long long)latest);
    hb_state_manager_close(m);
    ledger_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_writers_eight_readers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
