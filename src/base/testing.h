/* What every *_test.c includes instead of cmocka.h: cmocka with the headers it wants before it, seeded randomness, death tests.
 * Only for tests. */
#pragma once
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* SplitMix64 (Steele, Lea, Flood 2014). The seed is the state: `hb_test_rng rng = {1};`. Equal seeds, equal sequences. */
typedef struct hb_test_rng {
    uint64_t state;
} hb_test_rng;

static inline uint64_t hb_test_u64(hb_test_rng *rng)
{
    uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint32_t hb_test_u32(hb_test_rng *rng)
{
    return (uint32_t)(hb_test_u64(rng) >> 32);
}

/* In [0, bound), bound > 0; the bias (below bound / 2^64) is of no matter to tests. */
static inline uint64_t hb_test_below(hb_test_rng *rng, uint64_t bound)
{
    return hb_test_u64(rng) % bound;
}

static inline void hb_test_bytes(hb_test_rng *rng, void *out, size_t n)
{
    for (uint8_t *p = out; n--; p++)
        *p = (uint8_t)hb_test_u64(rng);
}

/* Does fn(ctx), run in a child with its error output closed, end in abort()? (HB_ASSERT does that, a sanitizer report too.) */
static inline bool hb_test_aborts(void (*fn)(void *ctx), void *ctx)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        signal(SIGABRT, SIG_DFL);
        fn(ctx);
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return false;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}
