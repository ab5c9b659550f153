/* Messages for people, not results. One line a call, written at once, so lines of different threads do not mix. Any thread.
 * The level comes from the environment variable HB_LOG (error, warn, info, debug; default warn) until hb_log_level is called. */
#pragma once
#include <stdbool.h>

typedef enum hb_log_severity { HB_LOG_ERROR, HB_LOG_WARN, HB_LOG_INFO, HB_LOG_DEBUG } hb_log_severity;

/* text: the message, NUL-terminated, without newline; valid during the call only. May be called from several threads at once. */
typedef void hb_log_sink_fn(void *ctx, hb_log_severity severity, const char *text);

/* Sends "hauptbuch: <severity>: <message>" to stderr, or the message to the sink. Messages over 1023 bytes are cut. */
__attribute__((format(printf, 2, 3))) void hb_log(hb_log_severity severity, const char *fmt, ...);

/* Would a message of this severity be written? For callers whose arguments are dear to compute. */
bool hb_log_enabled(hb_log_severity severity);

/* Messages above this severity are dropped from now on. */
void hb_log_level(hb_log_severity most);

/* Replaces stderr by fn (NULL: stderr again). Call before threads start. */
void hb_log_sink(hb_log_sink_fn *fn, void *ctx);
