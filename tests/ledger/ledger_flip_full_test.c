/* One byte of the data file changed: either it is harmless, or reading it fails or `check` says so; no wrong value is ever served. A change in LMDB's own structure
 * may lead LMDB outside of the file when it is read: the process then ends by a signal, which counts as noticed (the command line says so in words) if opening and `check`
 * did not, and if `check` had said so. How often is printed.
 * HB_FLIPS: number of changes (default 3,000). */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/ledger/ledger_case.h"

enum { VERSIONS = 6, HARMLESS = 10, NOTICED, SERVED_WRONG, CHECK_MISSED };

static hb_buf load(const char *path)
{
    hb_buf b = {0};
    struct stat st;
    const int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    assert_int_equal(hb_buf_reserve(&b, (size_t)st.st_size), HB_OK);
    b.len = (size_t)st.st_size;
    assert_int_equal(pread(fd, b.data, b.len, 0), b.len);
    close(fd);
    return b;
}

/* In a child. Reads all of it, and asks check. */
static _Noreturn void judge(const ledger_case *c, int done)
{
    hb_error err = {0};
    hb_state_check_report counts;
    hb_state_manager *m;
    bool failed = false;
    uint64_t oldest, latest;
    static const int faults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        signal(faults[i], SIG_DFL); /* cmocka's handlers would go on with the test in here */
    fclose(stderr);
    alarm(20);
    if (hb_state_manager_open(c->dir, NULL, &m, &err) != HB_OK || hb_state_versions(m, &oldest, &latest, &err) != HB_OK)
        _exit(NOTICED);
    if (latest != VERSIONS)
        _exit(SERVED_WRONG);
    /* First, as it must not follow LMDB into a damaged page; reading does, and may end by a signal. */
    const hb_status st = hb_state_check(m, true, &counts, &err);
    if (st != HB_OK && st != HB_IO)
        _exit(SERVED_WRONG);
    if (write(done, st == HB_OK ? "o" : "x", 1) != 1)
        _exit(SERVED_WRONG);
    for (uint64_t v = 0; v <= latest; v++) {
        hb_error_clear(&err);
        if (!ledger_case_holds(c, m, v, &err)) {
            if (err.status == HB_OK)
                _exit(SERVED_WRONG);
            failed = true;
        }
    }
    _exit(st != HB_OK ? NOTICED : failed ? CHECK_MISSED : HARMLESS);
}

static void flipped_bytes(void **state)
{
    (void)state;
    const char *asked = getenv("HB_FLIPS");
    const unsigned flips = asked ? (unsigned)atoi(asked) : 3000;
    ledger_case c;
    hb_test_rng rng = {99};
    hb_error err = {0};
    char path[96];
    unsigned harmless = 0, noticed = 0, faults = 0;
    int checked[2];
    assert_int_equal(pipe2(checked, O_NONBLOCK), 0);
    ledger_case_init(&c, 80);
    hb_state_manager *m = ledger_case_create(&c, NULL);
    for (uint64_t v = 1; v <= VERSIONS; v++)
        ledger_case_ok(ledger_case_step(&c, m, v, &err), &err);
    hb_state_manager_close(m);
    snprintf(path, sizeof path, "%s/data.mdb", c.dir);
    hb_buf good = load(path);
    const int fd = open(path, O_RDWR);
    for (unsigned i = 0; i < flips; i++) {
        const size_t at = hb_test_below(&rng, good.len);
        const uint8_t bad = (uint8_t)(good.data[at] ^ (i & 1 ? 1u << hb_test_below(&rng, 8) : 1 + hb_test_below(&rng, 255)));
        int status;
        assert_int_equal(pwrite(fd, &bad, 1, (off_t)at), 1);
        const pid_t child = fork();
        if (child == 0)
            judge(&c, checked[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(pwrite(fd, &good.data[at], 1, (off_t)at), 1);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
            fail_msg("byte %zu -> %02x: no end", at, bad);
        if (WIFEXITED(status) && (WEXITSTATUS(status) == SERVED_WRONG || WEXITSTATUS(status) == CHECK_MISSED))
            fail_msg("byte %zu -> %02x: %s", at, bad, WEXITSTATUS(status) == SERVED_WRONG ? "a wrong value was served" : "reading fails and check says nothing");
        char said = 0; /* by check: x damaged, o sound, nothing: it did not come so far */
        const bool told = read(checked[0], &said, 1) == 1;
        if (WIFSIGNALED(status) && (!told || said == 'o'))
            fail_msg("byte %zu -> %02x: signal %d, and %s", at, bad, WTERMSIG(status), told ? "check had found nothing" : "it was opening or checking");
        harmless += WIFEXITED(status) && WEXITSTATUS(status) == HARMLESS;
        noticed += WIFEXITED(status) && WEXITSTATUS(status) != HARMLESS;
        faults += WIFSIGNALED(status);
    }
    print_message("%u changes in %zu bytes: %u harmless, %u noticed, %u ended LMDB by a signal\n", flips, good.len, harmless, noticed, faults);
    assert_true(harmless && noticed && faults * 20 < flips);
    close(fd);
    hb_buf_free(&good);
    ledger_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(flipped_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
