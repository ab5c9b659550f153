#include "base/trace.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

#include "base/arena.h"
#include "base/check.h"

typedef struct span {
    const char *name;
    uint64_t number, begin, end, busy; /* number: of nested spans; busy: of busy spans, else 0 */
} span;

typedef struct track {
    const char *name; /* of its thread, or NULL */
    span *spans;
    size_t count, dropped;
    span open[HB_TRACE_DEPTH];
    unsigned depth;
    bool joinable; /* the last span is a busy one, and nothing nested has begun or ended since */
    uint64_t busy, idle;
} __attribute__((aligned(128))) track; /* tracks of two threads share no cache line */

struct hb_trace {
    size_t bytes; /* of this allocation, spans included */
    size_t room;  /* spans of a track */
    unsigned tracks;
    uint64_t zero;
    track track[];
};

void hb_trace_name(hb_trace *t, unsigned number_of_track, const char *name)
{
    HB_ASSERT(number_of_track < t->tracks);
    t->track[number_of_track].name = name;
}

uint64_t hb_trace_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

hb_trace *hb_trace_create(unsigned tracks, size_t spans)
{
    const size_t head = sizeof(hb_trace) + tracks * sizeof(track), bytes = head + tracks * spans * sizeof(span);
    hb_trace *t = hb_pages_alloc(bytes);
    if (!t)
        return NULL;
    t->bytes = bytes;
    t->room = spans;
    t->tracks = tracks;
    t->zero = hb_trace_now();
    for (unsigned i = 0; i < tracks; i++)
        t->track[i].spans = (span *)(void *)((char *)t + head) + i * spans;
    return t;
}

void hb_trace_destroy(hb_trace *t)
{
    if (t)
        hb_pages_free(t, t->bytes);
}

static void add(track *k, const span *s, size_t room)
{
    if (k->count < room)
        k->spans[k->count++] = *s;
    else
        k->dropped++;
}

void hb_trace_begin(hb_trace *t, unsigned number_of_track, const char *name, uint64_t number)
{
    if (!t)
        return;
    HB_ASSERT(number_of_track < t->tracks);
    track *k = &t->track[number_of_track];
    HB_ASSERT(k->depth < HB_TRACE_DEPTH);
    k->joinable = false;
    k->open[k->depth++] = (span){.name = name, .number = number, .begin = hb_trace_now()};
}

void hb_trace_end(hb_trace *t, unsigned number_of_track)
{
    if (!t)
        return;
    HB_ASSERT(number_of_track < t->tracks);
    track *k = &t->track[number_of_track];
    HB_ASSERT(k->depth > 0);
    span *s = &k->open[--k->depth];
    s->end = hb_trace_now();
    k->joinable = false;
    add(k, s, t->room);
    if (k->depth == 0)
        k->busy += s->end - s->begin;
}

void hb_trace_busy(hb_trace *t, unsigned number_of_track, const char *name, uint64_t begin_ns, uint64_t end_ns)
{
    if (!t)
        return;
    HB_ASSERT(number_of_track < t->tracks && begin_ns <= end_ns);
    track *k = &t->track[number_of_track];
    if (k->depth == 0)
        k->busy += end_ns - begin_ns;
    span *last = k->joinable ? &k->spans[k->count - 1] : NULL;
    if (last && last->name == name && begin_ns - last->end < HB_TRACE_GAP_NS) {
        last->end = end_ns;
        last->busy += end_ns - begin_ns;
        return;
    }
    const size_t before = k->count;
    const span s = {.name = name, .number = HB_TRACE_NO_NUMBER, .begin = begin_ns, .end = end_ns, .busy = end_ns - begin_ns};
    add(k, &s, t->room - t->room / 4);
    k->joinable = k->count > before;
}

void hb_trace_idle(hb_trace *t, unsigned number_of_track, uint64_t begin_ns, uint64_t end_ns)
{
    if (!t)
        return;
    HB_ASSERT(number_of_track < t->tracks && begin_ns <= end_ns);
    track *k = &t->track[number_of_track];
    if (k->depth > 0)
        k->idle += end_ns - begin_ns;
}

uint64_t hb_trace_busy_ns(const hb_trace *t, unsigned number_of_track)
{
    HB_ASSERT(number_of_track < t->tracks);
    const track *k = &t->track[number_of_track];
    return k->busy + (k->depth ? hb_trace_now() - k->open[0].begin : 0) - k->idle;
}

uint64_t hb_trace_age_ns(const hb_trace *t)
{
    return hb_trace_now() - t->zero;
}

unsigned hb_trace_tracks(const hb_trace *t)
{
    return t->tracks;
}

static void write_span(FILE *out, const hb_trace *t, unsigned tid, const span *s)
{
    fprintf(out, ",\n{\"ph\": \"X\", \"pid\": 1, \"tid\": %u, \"name\": \"%s\", \"ts\": %.3f, \"dur\": %.3f", tid, s->name, 1e-3 * (double)(s->begin - t->zero),
            1e-3 * (double)(s->end - s->begin));
    if (s->busy)
        fprintf(out, ", \"args\": {\"busy_us\": %.3f}", 1e-3 * (double)s->busy);
    else if (s->number != HB_TRACE_NO_NUMBER)
        fprintf(out, ", \"args\": {\"number\": %" PRIu64 "}", s->number);
    fputc('}', out);
}

hb_status hb_trace_write(const hb_trace *t, FILE *out, hb_error *err)
{
    size_t dropped = 0;
    const uint64_t now = hb_trace_now();
    fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n{\"ph\": \"M\", \"pid\": 1, \"name\": \"process_name\", \"args\": {\"name\": \"hauptbuch\"}}", out);
    for (unsigned i = 0; i < t->tracks; i++) {
        const track *k = &t->track[i];
        fprintf(out, ",\n{\"ph\": \"M\", \"pid\": 1, \"tid\": %u, \"name\": \"thread_name\", \"args\": {\"name\": \"%s\"}}", i, k->name ? k->name : "worker");
        for (size_t j = 0; j < k->count; j++)
            write_span(out, t, i, &k->spans[j]);
        for (unsigned d = 0; d < k->depth; d++) {
            span s = k->open[d];
            s.end = now;
            write_span(out, t, i, &s);
        }
        dropped += k->dropped;
    }
    fprintf(out, "\n], \"otherData\": {\"dropped_spans\": %zu}}\n", dropped);
    return fflush(out) || ferror(out) ? hb_fail(err, HB_IO, "the trace cannot be written") : HB_OK;
}
