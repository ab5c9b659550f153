/* Where long work tells how far it is. The work calls a sink; what the sink does (a terminal line, a callback of the API, nothing) is
 * not the work's business and never changes its result. Reports come from one thread at a time. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct hb_progress {
    /* phase: a constant string; done <= total, total 0 = not known; done == total > 0 ends the phase. */
    void (*report)(void *ctx, const char *phase, uint64_t done, uint64_t total);
    void *ctx;
} hb_progress;

/* p, or p->report, may be NULL: nobody listens. */
static inline void hb_progress_report(const hb_progress *p, const char *phase, uint64_t done, uint64_t total)
{
    if (p && p->report)
        p->report(p->ctx, phase, done, total);
}

/* A sink for people: on a terminal one line a phase, rewritten in place at most ten times a second; elsewhere one line at the end
 * of each phase. With the phase's time; on a terminal also the rate, and what is left if it stays so. */
typedef struct hb_progress_meter {
    FILE *out; /* not owned */
    bool tty;
    const char *phase; /* open phase, or NULL */
    uint64_t begin_ns, shown_ns;
} hb_progress_meter;

void hb_progress_meter_init(hb_progress_meter *m, FILE *out);

/* The meter as a sink; m must outlive it. */
hb_progress hb_progress_meter_sink(hb_progress_meter *m);

/* Ends an open phase's line (after a failure, say) so that other output starts on a fresh one. */
void hb_progress_meter_end(hb_progress_meter *m);
