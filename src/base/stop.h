/* How long work is asked to end early: it looks now and then, and returns as soon as it can when the answer is yes. Freestanding. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef struct hb_stop {
    bool (*asked)(void *ctx); /* cheap; once it has said yes it goes on saying yes. One thread at a time calls it */
    void *ctx;
} hb_stop;

/* stop, or stop->asked, may be NULL: nobody asks. */
static inline bool hb_stop_asked(const hb_stop *stop)
{
    return stop && stop->asked && stop->asked(stop->ctx);
}
