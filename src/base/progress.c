#include "base/progress.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_NS UINT64_C(100000000)

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static void show(hb_progress_meter *m, uint64_t done, uint64_t total, uint64_t now)
{
    double seconds = (double)(now - m->begin_ns) / 1e9;
    if (m->tty)
        fputs("\r\033[K", m->out);
    fprintf(m->out, "%-24s ", m->phase);
    if (total)
        fprintf(m->out, "%3u %%", (unsigned)(100.0 * (double)done / (double)total));
    else
        fprintf(m->out, "%llu", (unsigned long long)done);
    fprintf(m->out, "  %.2f s", seconds);
    if (done && seconds > 0 && done != total)
        fprintf(m->out, "  %.4g/s", (double)done / seconds);
    if (done && done < total)
        fprintf(m->out, "  %.0f s left", seconds * (double)(total - done) / (double)done);
    m->shown_ns = now;
}

static void close_line(hb_progress_meter *m)
{
    fputc('\n', m->out);
    fflush(m->out);
    m->phase = NULL;
}

static void report(void *ctx, const char *phase, uint64_t done, uint64_t total)
{
    hb_progress_meter *m = ctx;
    uint64_t now = now_ns();
    if (!m->phase || strcmp(m->phase, phase)) {
        hb_progress_meter_end(m);
        m->phase = phase;
        m->begin_ns = now;
        m->shown_ns = 0;
    }
    bool last = total && done >= total;
    if (last || (m->tty && now - m->shown_ns >= REDRAW_NS))
        show(m, done, total, now);
    if (last)
        close_line(m);
    else
        fflush(m->out);
}

void hb_progress_meter_init(hb_progress_meter *m, FILE *out)
{
    *m = (hb_progress_meter){.out = out, .tty = isatty(fileno(out))};
}

hb_progress hb_progress_meter_sink(hb_progress_meter *m)
{
    return (hb_progress){report, m};
}

void hb_progress_meter_end(hb_progress_meter *m)
{
    if (m->phase && m->shown_ns)
        close_line(m);
    m->phase = NULL;
}
