#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024, LEVEL_UNKNOWN = -1 };

static const char *const names[] = {"error", "warn", "info", "debug"};
static _Atomic int level = LEVEL_UNKNOWN;
static hb_log_sink_fn *sink;
static void *sink_ctx;

static int level_from_environment(void)
{
    const char *text = getenv("HB_LOG");
    for (int i = 0; text && i <= HB_LOG_DEBUG; i++)
        if (!strcmp(text, names[i]))
            return i;
    return HB_LOG_WARN;
}

bool hb_log_enabled(hb_log_severity severity)
{
    int most = atomic_load_explicit(&level, memory_order_relaxed);
    if (most == LEVEL_UNKNOWN) {
        int unknown = LEVEL_UNKNOWN;
        most = level_from_environment();
        /* Loses against a hb_log_level that came in between, as it should. */
        if (!atomic_compare_exchange_strong(&level, &unknown, most))
            most = unknown;
    }
    return (int)severity <= most;
}

void hb_log_level(hb_log_severity most)
{
    atomic_store_explicit(&level, (int)most, memory_order_relaxed);
}

void hb_log_sink(hb_log_sink_fn *fn, void *ctx)
{
    sink = fn;
    sink_ctx = ctx;
}

void hb_log(hb_log_severity severity, const char *fmt, ...)
{
    if (!hb_log_enabled(severity))
        return;
    char text[TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (sink)
        sink(sink_ctx, severity, text);
    else
        fprintf(stderr, "hauptbuch: %s: %s\n", names[severity], text);
}
