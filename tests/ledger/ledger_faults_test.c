/* The disk says no: each of the first calls of pwrite, pwritev, writev, fdatasync, fsync and ftruncate fails in turn (LMDB finds this program's functions before the C library's),
 * with EIO, ENOSPC or half of the bytes; and a file size limit of the system stands in for a full disk. The call is refused, or the version is there; either
 * way the ledger opens again, sound, at the version before or this one, and goes on. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tests/ledger/ledger_case.h"

enum fault { WRITES, SYNCS, TRUNCATES, FAULTS };

static struct {
    enum fault kind;
    int error;     /* 0: half of the bytes */
    long at;       /* fail the at-th call from now; 0: none */
    long seen[FAULTS];
} plan;

/* Is this call the one that fails? */
static bool hit(enum fault kind)
{
    plan.seen[kind]++;
    return plan.at && plan.kind == kind && --plan.at == 0;
}

#define VISIBLE __attribute__((visibility("default")))

VISIBLE ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    if (hit(WRITES)) {
        if (plan.error) {
            errno = plan.error;
            return -1;
        }
        n /= 2;
    }
    return syscall(SYS_pwrite64, fd, data, n, at);
}

VISIBLE ssize_t pwrite64(int fd, const void *data, size_t n, off_t at)
{
    return pwrite(fd, data, n, at);
}

static ssize_t write_many(int fd, const struct iovec *v, int n, off_t at, bool positioned)
{
    if (hit(WRITES)) {
        if (plan.error) {
            errno = plan.error;
            return -1;
        }
        return positioned ? syscall(SYS_pwrite64, fd, v->iov_base, v->iov_len / 2, at) : syscall(SYS_write, fd, v->iov_base, v->iov_len / 2);
    }
    return positioned ? syscall(SYS_pwritev, fd, v, n, at, 0) : syscall(SYS_writev, fd, v, n);
}

VISIBLE ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    return write_many(fd, v, n, at, true);
}

VISIBLE ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t at)
{
    return write_many(fd, v, n, at, true);
}

VISIBLE ssize_t writev(int fd, const struct iovec *v, int n)
{
    return write_many(fd, v, n, 0, false);
}

static int sync_call(long number, int fd)
{
    if (hit(SYNCS)) {
        errno = plan.error ? plan.error : EIO;
        return -1;
    }
    return (int)syscall(number, fd);
}

VISIBLE int fdatasync(int fd)
{
    return sync_call(SYS_fdatasync, fd);
}

VISIBLE int fsync(int fd)
{
    return sync_call(SYS_fsync, fd);
}

VISIBLE int ftruncate(int fd, off_t size)
{
    if (hit(TRUNCATES)) {
        errno = plan.error ? plan.error : EIO;
        return -1;
    }
    return (int)syscall(SYS_ftruncate, fd, size);
}

VISIBLE int ftruncate64(int fd, off_t size)
{
    return ftruncate(fd, size);
}

static void sound(const ledger_case *c, hb_state_manager *m, uint64_t latest)
{
    hb_error err = {0};
    hb_state_check_report counts;
    ledger_case_ok(hb_state_check(m, false, &counts, &err), &err);
    for (uint64_t v = 0; v <= latest; v++)
        if (!ledger_case_holds(c, m, v, &err))
            fail_msg("version %llu is not what it was: %s", (unsigned long long)v, err.message);
}

/* One more version with a fault at its k-th call. Returns whether the fault was reached. */
static bool step_with_fault(const ledger_case *c, uint64_t *latest, enum fault kind, int error, long k)
{
    hb_error err = {0};
    uint64_t oldest, now;
    plan.at = 0;
    hb_state_manager *m = NULL;
    plan.kind = kind;
    plan.error = error;
    plan.at = k;
    hb_status st = hb_state_manager_open(c->dir, NULL, &m, &err); /* opening may be what fails */
    if (st == HB_OK)
        st = ledger_case_step(c, m, *latest + 1, &err);
    const bool reached = plan.at == 0;
    plan.at = 0;
    if (st != HB_OK) {
        assert_true(reached);
        assert_true(err.message[0]);
    }
    hb_state_manager_close(m);
    m = ledger_case_open(c, NULL);
    ledger_case_ok(hb_state_versions(m, &oldest, &now, &err), &err);
    if (st == HB_OK)
        assert_int_equal(now, *latest + 1);
    else
        assert_in_range(now, *latest, *latest + 1);
    *latest = now;
    sound(c, m, now);
    ledger_case_ok(ledger_case_step(c, m, now + 1, &err), &err); /* and it goes on */
    ++*latest;
    hb_state_manager_close(m);
    return reached;
}

static void calls_that_fail(void **state)
{
    (void)state;
    static const int errors[] = {EIO, ENOSPC, 0};
    for (enum fault kind = 0; kind < TRUNCATES; kind++)
        for (size_t e = 0; e < sizeof errors / sizeof *errors; e++) {
            ledger_case c;
            uint64_t latest = 0;
            long k = 1;
            ledger_case_init(&c, 25);
            hb_state_manager_close(ledger_case_create(&c, NULL));
            while (step_with_fault(&c, &latest, kind, errors[e], k))
                k++;
            assert_true(k > 1); /* this program's functions are those that are called */
            ledger_case_free(&c);
        }
}

/* LMDB sets the size of its lock file when the first process opens the ledger. */
static void making_with_failing_calls(void **state)
{
    (void)state;
    for (enum fault kind = 0; kind < FAULTS; kind++)
        for (long k = 1;; k++) {
            ledger_case c;
            hb_error err = {0};
            hb_state_manager *m;
            ledger_case_init(&c, 10);
            plan.kind = kind;
            plan.error = ENOSPC;
            plan.at = k;
            hb_status st = hb_state_manager_create(c.dir, NULL, NULL, &m, &err);
            const bool reached = plan.at == 0;
            plan.at = 0;
            assert_true(st == HB_OK || reached);
            hb_state_manager_close(m);
            if (hb_state_manager_open(c.dir, NULL, &m, &err) != HB_OK)
                m = ledger_case_create(&c, NULL);
            ledger_case_ok(ledger_case_step(&c, m, 1, &err), &err);
            sound(&c, m, 1);
            hb_state_manager_close(m);
            ledger_case_free(&c);
            if (!reached)
                break;
        }
    assert_true(plan.seen[TRUNCATES] > 0);
}

/* In a child, as the limit stays. */
static void a_full_disk(void **state)
{
    (void)state;
    ledger_case c;
    hb_error err = {0};
    int status;
    ledger_case_init(&c, 200);
    hb_state_manager_close(ledger_case_create(&c, NULL));
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {200000, 200000};
        hb_state_manager *m;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (hb_state_manager_open(c.dir, NULL, &m, &err) != HB_OK)
            _exit(200);
        uint64_t v = 1;
        hb_status st = HB_OK;
        while (v < 150 && (st = ledger_case_step(&c, m, v, &err)) == HB_OK)
            v++;
        const bool told = st == HB_IO && strstr(err.message, "full");
        const bool readable = ledger_case_holds(&c, m, v - 1, &err); /* what was committed is served on */
        _exit(told && readable ? (int)v - 1 : 201);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    const uint64_t committed = (uint64_t)WEXITSTATUS(status);
    assert_in_range(committed, 1, 149);
    hb_state_manager *m = ledger_case_open(&c, NULL);
    sound(&c, m, committed);
    ledger_case_ok(ledger_case_step(&c, m, committed + 1, &err), &err);
    hb_state_manager_close(m);
    ledger_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(calls_that_fail), cmocka_unit_test(making_with_failing_calls), cmocka_unit_test(a_full_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
