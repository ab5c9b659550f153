/* What each thread did when, for a trace viewer (the "JSON Array/Object Format" of Chrome's Trace Event Format, which Perfetto reads). Hosted.
 *
 * A trace has tracks, one for each thread: each is written by one thread at a time, and different tracks need no lock. A track holds spans that nest
 * (hb_trace_begin, hb_trace_end) and, inside them or alone, busy spans (hb_trace_busy). Memory is bounded: spans that find no room are counted
 * and dropped; busy time is counted in any case. Busy spans with less than HB_TRACE_GAP_NS between them become one, with the sum of the busy time. */
#pragma once
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define HB_TRACE_GAP_NS UINT64_C(20000)
#define HB_TRACE_DEPTH 8 /* of nested spans, at most (asserted) */

typedef struct hb_trace hb_trace;

/* Tracks 0 .. tracks - 1 with room for `spans` spans each; a quarter of it is kept for nested ones. NULL: no memory. Time 0 is now. */
hb_trace *hb_trace_create(unsigned tracks, size_t spans);
void hb_trace_destroy(hb_trace *t); /* t may be NULL */

/* What the viewer calls the track; name as for spans. */
void hb_trace_name(hb_trace *t, unsigned track, const char *name);

/* Nanoseconds of the clock of all traces. */
uint64_t hb_trace_now(void);

/* name: a constant string of printable ASCII without quotes and backslashes. t may be NULL: nothing is traced. number: what the viewer shows as the
 * span's argument `number`, e.g. that of a shard; HB_TRACE_NO_NUMBER: none. */
#define HB_TRACE_NO_NUMBER UINT64_MAX
void hb_trace_begin(hb_trace *t, unsigned track, const char *name, uint64_t number);
void hb_trace_end(hb_trace *t, unsigned track);

/* The track's thread worked from begin to end, and did so `name`. */
void hb_trace_busy(hb_trace *t, unsigned track, const char *name, uint64_t begin_ns, uint64_t end_ns);

/* The track's thread did nothing from begin to end inside of an open nested span. */
void hb_trace_idle(hb_trace *t, unsigned track, uint64_t begin_ns, uint64_t end_ns);

/* Busy time of a track: of its outermost nested spans, those that are open included, without idle times, and of the busy spans outside of them. In
 * nanoseconds; and the time since the trace was created. */
uint64_t hb_trace_busy_ns(const hb_trace *t, unsigned track);
uint64_t hb_trace_age_ns(const hb_trace *t);
unsigned hb_trace_tracks(const hb_trace *t);

/* Writes the trace as one JSON object; spans that are open end now. No thread may be writing to a track. HB_IO. */
hb_status hb_trace_write(const hb_trace *t, FILE *out, hb_error *err);
