#include "cli/flame.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct writer {
    hb_buf *out;
    hb_status status;
} writer;

__attribute__((format(printf, 2, 3))) static void put(writer *w, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (w->status == HB_OK && n > 0)
        w->status = hb_buf_append(w->out, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* A name as text of XML, or of a JSON string; control characters become ?. */
static void put_name(writer *w, const char *name, bool xml, size_t most)
{
    for (size_t i = 0; name[i] && i < most; i++) {
        const unsigned char c = (unsigned char)name[i];
        if (xml && (c == '<' || c == '>' || c == '&' || c == '"'))
            put(w, "&#%u;", c);
        else if (!xml && (c == '"' || c == '\\'))
            put(w, "\\%c", c);
        else
            put(w, "%c", c < 0x20 || c >= 0x7f ? '?' : c);
    }
}

/* --- SVG ---------------------------------------------------------------------------------------------------------------------------------- */
enum { WIDTH = 1200, ROW = 18, MARGIN = 10, LETTER = 7 };
#define LEAST_WIDTH 0.3

static uint32_t depth_of(const hb_rv_profile *p, uint32_t node, double scale)
{
    uint32_t most = 0;
    for (uint32_t c = p->nodes[node].child; c != HB_RV_PROFILE_NONE; c = p->nodes[c].next)
        if (hb_rv_profile_total(p, c) * scale >= LEAST_WIDTH) {
            const uint32_t d = depth_of(p, c, scale);
            most = d > most ? d : most;
        }
    return most + 1;
}

static uint32_t colour_of(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return (205 + h % 50) << 16 | (90 + (h >> 8) % 120) << 8 | (40 + (h >> 16) % 40);
}

static void put_frame(writer *w, const hb_rv_profile *p, uint32_t node, double x, uint32_t row, double scale)
{
    const hb_rv_profile_node *n = &p->nodes[node];
    const double total = hb_rv_profile_total(p, node), width = total * scale;
    const double y = MARGIN + ROW * (double)row;
    if (width < LEAST_WIDTH)
        return;
    put(w, "<g><title>");
    put_name(w, n->function, true, 400);
    put(w, ": %.2f %% of the cost of proving, %.2f %% without its callees, %" PRIu64 " instructions of its own</title>", 100 * total / p->cost, 100 * n->cost / p->cost, n->cycles);
    put(w, "<rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" rx=\"2\" fill=\"#%06x\"/>", x, y, width, ROW - 1, colour_of(n->function));
    if (width > 3 * LETTER) {
        put(w, "<text x=\"%.2f\" y=\"%.0f\">", x + 3, y + ROW - 5);
        put_name(w, n->function, true, (size_t)(width / LETTER) - 1);
        put(w, "</text>");
    }
    put(w, "</g>\n");
    x += n->cost * scale;
    for (uint32_t c = n->child; c != HB_RV_PROFILE_NONE; c = p->nodes[c].next) {
        put_frame(w, p, c, x, row + 1, scale);
        x += hb_rv_profile_total(p, c) * scale;
    }
}

hb_status hb_flame_svg(const hb_rv_profile *p, const char *title, hb_buf *out)
{
    writer w = {out, HB_OK};
    const double scale = p->cost > 0 ? (WIDTH - 2 * MARGIN) / p->cost : 0;
    const uint32_t rows = depth_of(p, 0, scale) + 2;
    put(&w, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" font-family=\"monospace\" font-size=\"12\">\n<title>", WIDTH, rows * ROW + 2 * MARGIN);
    put_name(&w, title, true, 400);
    put(&w, "</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fffdf5\"/>\n");
    put_frame(&w, p, 0, MARGIN, 0, scale);
    put(&w, "<text x=\"%d\" y=\"%u\">%" PRIu64 " instructions; widths: cost of proving</text>\n</svg>\n", MARGIN, rows * ROW + MARGIN - 4, p->cycles);
    return w.status;
}

/* --- Firefox profiler --------------------------------------------------------------------------------------------------------------------- */
#define SAMPLES 20000.0 /* the whole run in samples of equal cost */

hb_status hb_flame_firefox(const hb_rv_profile *p, const char *title, hb_buf *out)
{
    writer w = {out, HB_OK};
    double at = 0;
    put(&w, "{\"meta\":{\"version\":24,\"startTime\":0,\"shutdownTime\":null,\"interval\":1,\"stackwalk\":1,\"debug\":0,\"gcpoison\":0,\"asyncstack\":0,\"processType\":0,"
            "\"categories\":[{\"name\":\"Guest\",\"color\":\"orange\",\"subcategories\":[\"Other\"]}],\"product\":\"");
    put_name(&w, title, false, 400);
    put(&w, "\",\"markerSchema\":[]},\"libs\":[],\"pages\":[],\"processes\":[],\"pausedRanges\":[],\"threads\":[{\"name\":\"guest\",\"processType\":\"default\",\"pid\":1,\"tid\":1,"
            "\"registerTime\":0,\"unregisterTime\":null,\"markers\":{\"schema\":{\"name\":0,\"startTime\":1,\"endTime\":2,\"phase\":3,\"category\":4,\"data\":5},\"data\":[]},"
            "\"stringTable\":[");
    for (uint32_t i = 0; i < p->n; i++) {
        put(&w, "%s\"", i ? "," : "");
        put_name(&w, p->nodes[i].function, false, 400);
        put(&w, "\"");
    }
    put(&w, "],\"frameTable\":{\"schema\":{\"location\":0,\"relevantForJS\":1,\"innerWindowID\":2,\"implementation\":3,\"line\":4,\"column\":5,\"category\":6,\"subcategory\":7},\"data\":[");
    for (uint32_t i = 0; i < p->n; i++)
        put(&w, "%s[%u,false,null,null,null,null,0,0]", i ? "," : "", i);
    put(&w, "]},\"stackTable\":{\"schema\":{\"prefix\":0,\"frame\":1},\"data\":[");
    for (uint32_t i = 0; i < p->n; i++) /* parents come first, so node numbers are stack numbers */
        if (p->nodes[i].parent == HB_RV_PROFILE_NONE)
            put(&w, "[null,%u]", i);
        else
            put(&w, ",[%u,%u]", p->nodes[i].parent, i);
    put(&w, "]},\"samples\":{\"schema\":{\"stack\":0,\"time\":1,\"eventDelay\":2},\"data\":[");
    uint64_t sample = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        at += p->cost > 0 ? p->nodes[i].cost / p->cost * SAMPLES : 0;
        for (; (double)sample + 0.5 < at; sample++)
            put(&w, "%s[%u,%" PRIu64 ",0]", sample ? "," : "", i, sample);
    }
    put(&w, "]}}]}\n");
    return w.status;
}
