/* The proof cache with made-up proofs: hits, least recently used out first, spoiled entries, one proof for many who ask at once. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/testing.h"
#include "ledger/proof_cache.h"

static char dir[64];
static hb_state_manager *m;

static void ok(hb_status st, const hb_error *err)
{
    if (st != HB_OK)
        fail_msg("%s: %s", hb_status_text(st), err->message);
}

static int open_ledger(void **state)
{
    hb_error err = {0};
    (void)state;
    strcpy(dir, "/tmp/hb_cache_XXXXXX");
    return mkdtemp(dir) && hb_state_manager_create(dir, NULL, NULL, &m, &err) == HB_OK ? 0 : -1;
}

static int close_ledger(void **state)
{
    char command[96];
    (void)state;
    hb_state_manager_close(m);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? 0 : -1;
}

/* "Proofs": 1,000 bytes of the key's first byte; accepted when they are that. */
typedef struct fake {
    uint8_t byte;
    bool refuse;     /* accept says no */
    hb_status fails; /* of prove */
    int made;
    long nap_ns;
} fake;

static hb_status prove(void *ctx, hb_buf *proof, hb_error *err)
{
    fake *f = ctx;
    uint8_t bytes[1000];
    const struct timespec nap = {0, f->nap_ns};
    nanosleep(&nap, NULL);
    __atomic_add_fetch(&f->made, 1, __ATOMIC_SEQ_CST);
    memset(bytes, f->byte, sizeof bytes);
    return f->fails ? hb_fail(err, f->fails, "cannot prove") : hb_buf_append(proof, bytes, sizeof bytes);
}

static bool accept(void *ctx, const uint8_t *proof, size_t bytes)
{
    const fake *f = ctx;
    bool same = bytes == 1000;
    for (size_t i = 0; same && i < bytes; i++)
        same = proof[i] == f->byte;
    return same && !f->refuse;
}

static bool ask(fake *f)
{
    const hb_proof_maker maker = {f, prove, accept};
    uint8_t key[32] = {f->byte};
    hb_buf proof = {0};
    hb_error err = {0};
    bool hit;
    ok(hb_proof_cached(m, key, &maker, &proof, &hit, &err), &err);
    assert_true(f->refuse || accept(f, proof.data, proof.len));
    hb_buf_free(&proof);
    return hit;
}

static bool asked(uint8_t byte)
{
    fake f = {.byte = byte};
    return ask(&f);
}

static void hits_and_bounds(void **state)
{
    (void)state;
    hb_error err = {0};
    hb_proof_cache_stats stats;
    hb_state_check_report report;
    ok(hb_proof_cache_set_limit(m, 3500, &err), &err);
    for (uint8_t i = 1; i <= 3; i++)
        assert_false(asked(i));
    for (uint8_t i = 1; i <= 3; i++)
        assert_true(asked(i));
    assert_true(asked(1));  /* now 2 is the oldest */
    assert_false(asked(4)); /* and goes */
    assert_true(asked(1));
    assert_true(asked(3));
    assert_true(asked(4));
    assert_false(asked(2)); /* 1 goes */
    assert_false(asked(1));
    ok(hb_proof_cache_read_stats(m, &stats, &err), &err);
    assert_int_equal(stats.entries, 3);
    assert_int_equal(stats.bytes, 3 * 1016);
    ok(hb_state_check(m, false, &report, &err), &err);
    assert_int_equal(report.cache_entries, 3);
    ok(hb_proof_cache_set_limit(m, 0, &err), &err);
    ok(hb_proof_cache_read_stats(m, &stats, &err), &err);
    assert_int_equal(stats.entries, 0);
    assert_int_equal(stats.bytes, 0);
    assert_false(asked(9));
    assert_false(asked(9)); /* nothing is kept */
}

static hb_status spoil(hb_store_txn *txn, void *ctx, hb_error *err)
{
    uint8_t key[32] = {5}, copy[1016];
    hb_span value;
    (void)ctx;
    hb_status st = hb_store_get(txn, HB_TABLE_CACHE, hb_span_of(key, 32), &value, err);
    if (st != HB_OK || value.len != sizeof copy)
        return HB_INTERNAL;
    memcpy(copy, value.data, sizeof copy);
    copy[77] ^= 1;
    return hb_store_put(txn, HB_TABLE_CACHE, hb_span_of(key, 32), hb_span_of(copy, sizeof copy), err);
}

static void spoiled_entries_are_made_anew(void **state)
{
    (void)state;
    hb_error err = {0};
    fake f = {.byte = 5};
    assert_false(ask(&f));
    assert_true(ask(&f));
    ok(hb_store_write(hb_state_manager_store(m), spoil, NULL, &err), &err);
    assert_int_not_equal(hb_state_check(m, false, NULL, &err), HB_OK);
    assert_false(ask(&f));
    assert_true(ask(&f));
    assert_int_equal(f.made, 2);
    f.refuse = true; /* whole, but not a proof of what is asked for */
    assert_false(ask(&f));
    f.refuse = false;
    assert_int_equal(f.made, 3);
    assert_true(ask(&f));
}

static void failures_are_not_kept(void **state)
{
    (void)state;
    hb_error err = {0};
    fake f = {.byte = 6, .fails = HB_EXECUTION_FAILED};
    const hb_proof_maker maker = {&f, prove, accept};
    uint8_t key[32] = {6};
    hb_buf proof = {0};
    assert_int_equal(hb_proof_cached(m, key, &maker, &proof, NULL, &err), HB_EXECUTION_FAILED);
    assert_string_equal(err.message, "cannot prove");
    f.fails = HB_OK;
    assert_false(ask(&f));
    assert_int_equal(f.made, 2);
    hb_buf_free(&proof);
}

static void *ask_in_thread(void *ctx)
{
    ask(ctx);
    return NULL;
}

static void one_flight(void **state)
{
    (void)state;
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    fake f = {.byte = 8, .nap_ns = 100000000};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_thread, &f), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(f.made, 1);
}

/* The other process dies in the middle of its proof: who waits goes on. */
static void a_flight_ends_with_its_process(void **state)
{
    (void)state;
    int pipes[2], status;
    char byte = 0;
    fake f = {.byte = 9};
    assert_int_equal(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
        hb_error err = {0};
        fake slow = {.byte = 9, .nap_ns = 999999999};
        if (hb_state_manager_open(dir, NULL, &m, &err) != HB_OK || write(pipes[1], &byte, 1) != 1)
            _exit(1);
        ask(&slow);
        _exit(0);
    }
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    const struct timespec nap = {0, 50000000};
    nanosleep(&nap, NULL);
    kill(child, SIGKILL);
    assert_false(ask(&f));
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipes[0]);
    close(pipes[1]);
}

static void keys_depend_on_everything(void **state)
{
    (void)state;
    uint8_t a[32], b[32], vkey[32] = {1}, input[32] = {2};
    hb_proof_cache_key(a, vkey, input, hb_span_of("x", 1));
    hb_proof_cache_key(b, vkey, input, hb_span_of("y", 1));
    assert_memory_not_equal(a, b, 32);
    hb_proof_cache_key(b, input, vkey, hb_span_of("x", 1));
    assert_memory_not_equal(a, b, 32);
    hb_proof_cache_key(b, vkey, input, hb_span_of("x", 1));
    assert_memory_equal(a, b, 32);
}

#define ISOLATED(test) cmocka_unit_test_setup_teardown(test, open_ledger, close_ledger)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ISOLATED(hits_and_bounds), ISOLATED(spoiled_entries_are_made_anew), ISOLATED(failures_are_not_kept), ISOLATED(one_flight),
        ISOLATED(a_flight_ends_with_its_process), cmocka_unit_test(keys_depend_on_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
