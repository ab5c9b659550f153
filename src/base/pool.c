/* One loop at a time. hb_pool_for publishes the loop under the mutex and raises `epoch`; every worker takes part in every loop
 * (perhaps finding no chunk left) and counts itself out in `busy`. Chunks are dealt by an atomic counter. A worker, and the caller at
 * the end, first spins a little, since provers run many short loops in a row, and then sleeps on a condition variable. */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/pool_trace.h"

enum { CHUNKS_PER_WORKER = 8, MAX_THREADS = 1024, SPINS = 2000 };

typedef struct worker {
    hb_pool *pool;
    unsigned number;
    pthread_t thread;
} worker;

struct hb_pool {
    size_t bytes; /* of this allocation */
    unsigned threads;
    unsigned generation;     /* fork_generation when made */
    pthread_mutex_t callers; /* held by the thread whose loop runs */
    pthread_mutex_t lock;    /* guards sleeping: epoch, busy and stop change under it */
    pthread_cond_t wake, idle;
    hb_pool_fn *fn;
    void *ctx;
    size_t n, grain, chunks;
    bool stop;
    hb_trace *trace; /* the caller's, or NULL */
    _Alignas(64) _Atomic unsigned epoch; /* number of loops begun */
    _Alignas(64) _Atomic unsigned busy;  /* workers still in the current loop */
    _Alignas(64) _Atomic size_t next;    /* next chunk */
    worker workers[];                    /* workers[0] is the caller's place */
};

/* Which loop this thread is inside of. */
static _Thread_local hb_pool *inside;
static _Thread_local unsigned inside_worker;

static _Atomic unsigned fork_generation;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void count_fork(void)
{
    atomic_fetch_add(&fork_generation, 1);
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}

static void pause_cpu(void)
{
#if defined __x86_64__
    __builtin_ia32_pause();
#endif
}

static void enter(hb_pool *pool, unsigned number)
{
    inside = pool;
    inside_worker = number;
}

static void leave(void)
{
    inside = NULL;
}

static void run_chunks(hb_pool *pool, unsigned number)
{
    const uint64_t begin = pool->trace ? hb_trace_now() : 0;
    enter(pool, number);
    for (;;) {
        size_t chunk = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (chunk >= pool->chunks)
            break;
        size_t first = chunk * pool->grain;
        size_t end = pool->n - first < pool->grain ? pool->n : first + pool->grain;
        pool->fn(pool->ctx, first, end, number);
    }
    leave();
    if (pool->trace)
        hb_trace_busy(pool->trace, number, "loop", begin, hb_trace_now());
}

/* Returns when a loop after `seen` has begun. */
static unsigned wait_for_loop(hb_pool *pool, unsigned seen)
{
    for (int i = 0; i < SPINS; i++) {
        unsigned epoch = atomic_load_explicit(&pool->epoch, memory_order_acquire);
        if (epoch != seen)
            return epoch;
        pause_cpu();
    }
    pthread_mutex_lock(&pool->lock);
    unsigned epoch;
    while ((epoch = atomic_load(&pool->epoch)) == seen)
        pthread_cond_wait(&pool->wake, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    return epoch;
}

static void *work(void *arg)
{
    worker *self = arg;
    hb_pool *pool = self->pool;
    unsigned seen = 0;
    for (;;) {
        seen = wait_for_loop(pool, seen);
        if (pool->stop)
            return NULL;
        run_chunks(pool, self->number);
        if (atomic_fetch_sub_explicit(&pool->busy, 1, memory_order_acq_rel) == 1) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->idle);
            pthread_mutex_unlock(&pool->lock);
        }
    }
}

static void begin_loop(hb_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->next, 0);
    atomic_store(&pool->busy, pool->threads - 1);
    atomic_fetch_add_explicit(&pool->epoch, 1, memory_order_release);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_for_workers(hb_pool *pool)
{
    for (int i = 0; i < SPINS; i++) {
        if (!atomic_load_explicit(&pool->busy, memory_order_acquire))
            return;
        pause_cpu();
    }
    pthread_mutex_lock(&pool->lock);
    while (atomic_load(&pool->busy))
        pthread_cond_wait(&pool->idle, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static unsigned usable_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

hb_pool *hb_pool_create(unsigned threads)
{
    if (!threads)
        threads = usable_processors();
    if (threads > MAX_THREADS)
        threads = MAX_THREADS;
    size_t bytes = sizeof(hb_pool) + threads * sizeof(worker);
    hb_pool *pool = hb_pages_alloc(bytes);
    if (!pool)
        return NULL;
    pthread_once(&fork_once, watch_forks);
    pool->bytes = bytes;
    pool->generation = atomic_load(&fork_generation);
    pthread_mutex_init(&pool->callers, NULL);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->idle, NULL);
    pool->threads = 1;
    while (pool->threads < threads) {
        worker *w = &pool->workers[pool->threads];
        *w = (worker){.pool = pool, .number = pool->threads};
        if (pthread_create(&w->thread, NULL, work, w))
            break;
        pool->threads++;
    }
    return pool;
}

static bool forked(const hb_pool *pool)
{
    return pool->generation != atomic_load_explicit(&fork_generation, memory_order_relaxed);
}

void hb_pool_destroy(hb_pool *pool)
{
    if (!pool)
        return;
    HB_ASSERT(inside != pool);
    if (!forked(pool)) {
        pool->stop = true;
        begin_loop(pool);
        for (unsigned i = 1; i < pool->threads; i++)
            pthread_join(pool->workers[i].thread, NULL);
        pthread_cond_destroy(&pool->idle);
        pthread_cond_destroy(&pool->wake);
        pthread_mutex_destroy(&pool->lock);
        pthread_mutex_destroy(&pool->callers);
    }
    hb_pages_free(pool, pool->bytes);
}

void hb_pool_set_trace(hb_pool *pool, hb_trace *trace)
{
    HB_ASSERT(!trace || hb_trace_tracks(trace) >= hb_pool_threads(pool));
    if (pool)
        pool->trace = trace;
}

hb_trace *hb_pool_trace(const hb_pool *pool)
{
    return pool ? pool->trace : NULL;
}

unsigned hb_pool_threads(const hb_pool *pool)
{
    return pool ? pool->threads : 1;
}

/* Also inline, fn sees the same chunks: a caller may size scratch memory by the grain. */
static void run_inline(size_t n, size_t grain, hb_pool_fn *fn, void *ctx, unsigned number)
{
    for (size_t begin = 0; begin < n;) {
        size_t end = n - begin < grain ? n : begin + grain;
        fn(ctx, begin, end, number);
        begin = end;
    }
}

void hb_pool_for(hb_pool *pool, size_t n, size_t grain, hb_pool_fn *fn, void *ctx)
{
    unsigned threads = hb_pool_threads(pool);
    if (!grain)
        grain = n / ((size_t)threads * CHUNKS_PER_WORKER) + 1;
    if (threads == 1 || forked(pool)) {
        run_inline(n, grain, fn, ctx, 0);
        return;
    }
    if (inside) {
        HB_ASSERT(inside == pool);
        run_inline(n, grain, fn, ctx, inside_worker);
        return;
    }
    pthread_mutex_lock(&pool->callers);
    if (n <= grain) {
        enter(pool, 0);
        run_inline(n, grain, fn, ctx, 0);
        leave();
    } else {
        pool->fn = fn;
        pool->ctx = ctx;
        pool->n = n;
        pool->grain = grain;
        pool->chunks = n / grain + (n % grain != 0);
        begin_loop(pool);
        run_chunks(pool, 0);
        const uint64_t waiting = pool->trace ? hb_trace_now() : 0;
        wait_for_workers(pool);
        if (pool->trace)
            hb_trace_idle(pool->trace, 0, waiting, hb_trace_now());
    }
    pthread_mutex_unlock(&pool->callers);
}
