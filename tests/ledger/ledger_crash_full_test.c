/* Processes killed in the middle of their work: a child makes versions (and prunes) and reports each through a pipe; the parent kills it at a random moment. The
 * ledger must open at the last reported version or the one after it, sound, with every readable version as it was. 50 rounds, or HB_CRASH_ROUNDS. */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "tests/ledger/ledger_case.h"

static void report(int fd, uint64_t v)
{
    if (write(fd, &v, sizeof v) != sizeof v)
        _exit(3);
}

static _Noreturn void work(const ledger_case *c, int fd, uint64_t seed)
{
    hb_error err = {0};
    hb_state_manager *m;
    uint64_t oldest, latest;
    hb_test_rng rng = {seed};
    if (hb_state_manager_open(c->dir, NULL, &m, &err) != HB_OK || hb_state_versions(m, &oldest, &latest, &err) != HB_OK) {
        fprintf(stderr, "%s\n", err.message);
        _exit(2);
    }
    report(fd, latest);
    for (uint64_t v = latest + 1;; v++) {
        if (ledger_case_step(c, m, v, &err) != HB_OK || (hb_test_below(&rng, 8) == 0 && v > 6 && hb_state_prune(m, v - 6, &err) != HB_OK)) {
            fprintf(stderr, "%s\n", err.message);
            _exit(2);
        }
        report(fd, v);
    }
}

/* The last number that came through the pipe. */
static uint64_t drain(int fd)
{
    uint64_t v, last = UINT64_MAX;
    while (read(fd, &v, sizeof v) == sizeof v)
        last = v;
    return last;
}

static void inspect(const ledger_case *c, uint64_t reported)
{
    hb_error err = {0};
    hb_state_check_report counts;
    uint64_t oldest, latest;
    hb_state_manager *m = ledger_case_open(c, NULL);
    ledger_case_ok(hb_state_versions(m, &oldest, &latest, &err), &err);
    assert_in_range(latest, reported, reported + 1);
    ledger_case_ok(hb_state_check(m, true, &counts, &err), &err);
    for (uint64_t v = oldest; v <= latest; v++)
        if (!ledger_case_holds(c, m, v, &err))
            fail_msg("version %llu of %llu is not what it was: %s", (unsigned long long)v, (unsigned long long)latest, err.message);
    hb_state_manager_close(m);
}

static void killed_at_random_moments(void **state)
{
    (void)state;
    const char *asked = getenv("HB_CRASH_ROUNDS");
    const unsigned rounds = asked ? (unsigned)atoi(asked) : 50;
    ledger_case c;
    hb_test_rng rng = {42};
    uint64_t versions = 0;
    ledger_case_init(&c, 60);
    hb_state_manager_close(ledger_case_create(&c, NULL));
    for (unsigned round = 0; round < rounds; round++) {
        int pipes[2], status;
        assert_int_equal(pipe(pipes), 0);
        const pid_t child = fork();
        if (child == 0) {
            close(pipes[0]);
            work(&c, pipes[1], round + 1);
        }
        close(pipes[1]);
        uint64_t first;
        assert_int_equal(read(pipes[0], &first, sizeof first), sizeof first);
        const struct timespec pause = {0, (long)hb_test_below(&rng, 60000000)};
        nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* and did not end by itself */
        uint64_t last = drain(pipes[0]);
        last = last == UINT64_MAX ? first : last;
        close(pipes[0]);
        inspect(&c, last);
        versions = last;
    }
    print_message("%u rounds, %llu versions\n", rounds, (unsigned long long)versions);
    assert_true(versions > rounds);
    ledger_case_free(&c);
}

/* While the first version is made, so that there may be no ledger yet. */
static void killed_while_it_is_made(void **state)
{
    (void)state;
    hb_test_rng rng = {7};
    for (int round = 0; round < 20; round++) {
        ledger_case c;
        hb_error err = {0};
        hb_state_manager *m;
        int status;
        ledger_case_init(&c, 40);
        const pid_t child = fork();
        if (child == 0) {
            m = ledger_case_create(&c, NULL);
            hb_state_manager_close(m);
            _exit(0);
        }
        const struct timespec pause = {0, (long)hb_test_below(&rng, 3000000)};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        hb_status st = hb_state_manager_open(c.dir, NULL, &m, &err);
        if (st != HB_OK) {
            assert_int_equal(st, HB_INVALID_ARGUMENT); /* no ledger there, and one can be made */
            m = ledger_case_create(&c, NULL);
        }
        ledger_case_ok(ledger_case_step(&c, m, 1, &err), &err);
        assert_true(ledger_case_holds(&c, m, 1, &err));
        hb_state_manager_close(m);
        ledger_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_random_moments), cmocka_unit_test(killed_while_it_is_made)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
