/* What a parallel loop costs beyond its work: mean time of an empty loop of one chunk a worker, back to back. */
#include <stdio.h>
#include <time.h>

#include "base/pool.h"

static void nothing(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)ctx;
    (void)begin;
    (void)end;
    (void)worker;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(void)
{
    enum { LOOPS = 50000 };
    for (unsigned threads = 1; threads <= 8; threads *= 2) {
        hb_pool *pool = hb_pool_create(threads);
        double begin = now();
        for (int i = 0; i < LOOPS; i++)
            hb_pool_for(pool, threads, 1, nothing, NULL);
        printf("%u threads: %.2f us a loop\n", hb_pool_threads(pool), (now() - begin) * 1e6 / LOOPS);
        hb_pool_destroy(pool);
    }
    return 0;
}
