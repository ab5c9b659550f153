#include "base/pool.h"

#include "base/testing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MAX_ITEMS = 5000, MAX_WORKERS = 8 };

/* Counts what a loop does: each item once, chunks in shape, no worker number twice at a time. */
typedef struct tally {
    _Atomic int hits[MAX_ITEMS];
    _Atomic int in_use[MAX_WORKERS];
    _Atomic int wrong, chunks;
    size_t n, grain;
    unsigned threads;
    hb_pool *nested; /* loop over it from inside */
} tally;

typedef struct inner {
    unsigned outer_worker;
    size_t sum;
    int wrong;
} inner;

static void add_inner(void *ctx, size_t begin, size_t end, unsigned worker)
{
    inner *in = ctx;
    in->wrong |= worker != in->outer_worker || end - begin > 3;
    for (size_t i = begin; i < end; i++)
        in->sum += i; /* no atomics: it must be inline */
}

static void visit(void *ctx, size_t begin, size_t end, unsigned worker)
{
    tally *t = ctx;
    if (worker >= t->threads || begin >= end || end > t->n ||
        (t->grain && (begin % t->grain || end - begin > t->grain)) ||
        (t->grain && end != t->n && end - begin != t->grain) || atomic_fetch_add(&t->in_use[worker], 1)) {
        t->wrong++;
        return;
    }
    t->chunks++;
    for (size_t i = begin; i < end; i++)
        t->hits[i]++;
    if (t->nested) {
        inner in = {.outer_worker = worker};
        hb_pool_for(t->nested, 100, 3, add_inner, &in);
        t->wrong += in.wrong || in.sum != 4950;
    }
    atomic_fetch_sub(&t->in_use[worker], 1);
}

static void run_and_check(hb_pool *pool, size_t n, size_t grain, bool nest)
{
    static tally t;
    memset(&t, 0, sizeof t);
    t.n = n;
    t.grain = grain;
    t.threads = hb_pool_threads(pool);
    t.nested = nest ? pool : NULL;
    hb_pool_for(pool, n, grain, visit, &t);
    assert_int_equal(t.wrong, 0);
    for (size_t i = 0; i < MAX_ITEMS; i++)
        assert_int_equal(t.hits[i], i < n);
    if (grain)
        assert_int_equal(t.chunks, n / grain + (n % grain != 0));
}

static void every_item_once(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 7, 64, 1000, MAX_ITEMS}, grains[] = {0, 1, 3, 64, MAX_ITEMS, SIZE_MAX - 1};
    for (unsigned threads = 1; threads <= MAX_WORKERS; threads++) {
        hb_pool *pool = hb_pool_create(threads);
        assert_non_null(pool);
        assert_int_equal(hb_pool_threads(pool), threads);
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
                run_and_check(pool, counts[c], grains[g], false);
        hb_pool_destroy(pool);
    }
}

static void no_pool_runs_inline(void **state)
{
    (void)state;
    assert_int_equal(hb_pool_threads(NULL), 1);
    run_and_check(NULL, 1000, 7, false);
    run_and_check(NULL, 1000, 0, true);
    hb_pool_destroy(NULL);
}

static void nested_loops_run_inline(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        hb_pool *pool = hb_pool_create(threads);
        run_and_check(pool, 1000, 7, true);
        run_and_check(pool, 1, 1, true);
        hb_pool_destroy(pool);
    }
}

static void pools_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        hb_pool *pool = hb_pool_create(1 + (unsigned)i % 5);
        assert_non_null(pool);
        if (i % 3)
            run_and_check(pool, (size_t)i, 10, false);
        hb_pool_destroy(pool);
    }
}

static void add_one(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    size_t *counts = ctx;
    for (size_t i = begin; i < end; i++)
        counts[i]++;
}

/* Many short loops, with pauses now and then long enough that workers fall asleep; plain memory must be visible after each. */
static void many_short_loops(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(3);
    static size_t counts[64];
    for (size_t round = 1; round <= 20000; round++) {
        hb_pool_for(pool, 64, 5, add_one, counts);
        for (size_t i = 0; i < 64; i++)
            if (counts[i] != round)
                fail();
        if (round % 1000 == 0)
            usleep(2000);
    }
    hb_pool_destroy(pool);
}

/* A loop that ends only if two workers are in it at once: threads really run side by side, also after sleeping. */
static void meet(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)begin;
    (void)end;
    (void)worker;
    _Atomic int *arrived = ctx;
    (*arrived)++;
    while (*arrived < 2)
        usleep(100);
}

static void workers_run_side_by_side(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(2);
    for (int i = 0; i < 5; i++) {
        _Atomic int arrived = 0;
        hb_pool_for(pool, 2, 1, meet, &arrived);
        assert_int_equal(arrived, 2);
        usleep(3000);
    }
    hb_pool_destroy(pool);
}

static void *call_loops(void *pool)
{
    size_t *counts = calloc(200, sizeof *counts);
    for (int round = 0; counts && round < 300; round++)
        hb_pool_for(pool, 200, 9, add_one, counts);
    for (int i = 0; counts && i < 200; i++)
        if (counts[i] != 300) {
            free(counts);
            return NULL;
        }
    free(counts);
    return pool;
}

static void several_callers_share_a_pool(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(3);
    pthread_t callers[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, call_loops, pool), 0);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;
        pthread_join(callers[i], &result);
        assert_ptr_equal(result, pool);
    }
    hb_pool_destroy(pool);
}

static void a_child_after_fork_runs_inline(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(3);
    run_and_check(pool, 1000, 7, false);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        size_t counts[100] = {0}, sum = 0;
        hb_pool_for(pool, 100, 3, add_one, counts);
        hb_pool_destroy(pool);
        hb_pool *own = hb_pool_create(2);
        hb_pool_for(own, 100, 3, add_one, counts);
        hb_pool_destroy(own);
        for (int i = 0; i < 100; i++)
            sum += counts[i];
        _exit(sum == 200 ? 0 : 1);
    }
    int status = -1;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    run_and_check(pool, 1000, 7, false);
    hb_pool_destroy(pool);
}

static void loop_over_other(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)begin;
    (void)end;
    (void)worker;
    size_t counts[10] = {0};
    hb_pool_for(ctx, 10, 1, add_one, counts);
}

static void loop_over_two_pools(void *ctx)
{
    (void)ctx;
    hb_pool *a = hb_pool_create(2), *b = hb_pool_create(2);
    hb_pool_for(a, 2, 1, loop_over_other, b);
}

static void loops_over_two_pools_are_caught(void **state)
{
    (void)state;
    assert_true(hb_test_aborts(loop_over_two_pools, NULL));
}

static void zero_threads_means_all_processors(void **state)
{
    (void)state;
    hb_pool *pool = hb_pool_create(0);
    assert_true(hb_pool_threads(pool) >= 1);
    assert_true(hb_pool_threads(pool) <= (unsigned)sysconf(_SC_NPROCESSORS_CONF));
    hb_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_once),
        cmocka_unit_test(no_pool_runs_inline),
        cmocka_unit_test(nested_loops_run_inline),
        cmocka_unit_test(pools_come_and_go),
        cmocka_unit_test(many_short_loops),
        cmocka_unit_test(workers_run_side_by_side),
        cmocka_unit_test(several_callers_share_a_pool),
        cmocka_unit_test(a_child_after_fork_runs_inline),
        cmocka_unit_test(loops_over_two_pools_are_caught),
        cmocka_unit_test(zero_threads_means_all_processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
