/* Threads for loops over independent items. By hand on pthreads, because OpenMP's run-time library hangs in a child after fork.
 *
 * A pool of t threads is the calling thread (worker 0) and t - 1 sleeping ones (workers 1 .. t-1). Results must not depend on how a
 * loop is cut into chunks or on which worker runs one: that is the caller's duty. Worker numbers are for scratch memory only. */
#pragma once
#include <stddef.h>

typedef struct hb_pool hb_pool;

/* Handles items [begin, end), begin < end. worker < hb_pool_threads(pool); one worker number is never in two threads at once (for NULL
 * and one-thread pools: unless two threads of the caller's own run loops). */
typedef void hb_pool_fn(void *ctx, size_t begin, size_t end, unsigned worker);

/* threads: 0 = one for each processor this process may run on; 1 = everything runs inline. When the system gives fewer threads, the
 * pool has fewer. NULL when out of memory; since NULL is a pool that runs inline, ignoring that is safe. */
hb_pool *hb_pool_create(unsigned threads);

/* Waits for the workers to end. pool may be NULL. No loop may be running. */
void hb_pool_destroy(hb_pool *pool);

/* Number of workers, the caller included; 1 for NULL. */
unsigned hb_pool_threads(const hb_pool *pool);

/* Runs fn over [0, n) in chunks of `grain` items (the last one may be smaller; 0 = a size that gives each worker a few chunks) and
 * returns when all are done; what fn wrote is then visible to the caller. Every chunk begins at a multiple of grain and none is
 * larger, however it is run. n = 0 calls nothing.
 *
 * Inline, in the calling thread: with worker 0 when pool is NULL, has one thread or there is one chunk; with the surrounding call's
 * worker number inside a loop of the same pool. Inside a loop of another pool of several threads: not allowed (asserted).
 * Several threads may use one pool of several threads; their loops run one after another. NULL and one-thread pools never wait.
 * In a child after fork the pool runs inline and may be destroyed (its threads exist in the parent only). */
void hb_pool_for(hb_pool *pool, size_t n, size_t grain, hb_pool_fn *fn, void *ctx);
