#include "rv/rvreport.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct sink {
    hb_buf *out;
    hb_status status;
} sink;

static void raw(sink *s, const char *bytes, size_t n)
{
    if (s->status == HB_OK)
        s->status = hb_buf_append(s->out, bytes, n);
}

__attribute__((format(printf, 2, 3))) static void put(sink *s, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n > 0)
        raw(s, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* Length of the UTF-8 sequence at p (RFC 3629: shortest form, no surrogates, below 0x110000), 0 if there is none. */
static size_t utf8_length(const uint8_t *p, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
    uint32_t v = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        v = v << 6 | (p[i] & 63);
    }
    return v >= least[n] && v < 0x110000 && (v < 0xd800 || v > 0xdfff) ? n : 0;
}

static void json_string(sink *s, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    raw(s, "\"", 1);
    for (size_t i = 0; i < len;) {
        size_t n = utf8_length(p + i, len - i);
        if (n == 0)
            raw(s, "\xef\xbf\xbd", 3);
        else if (p[i] == '"' || p[i] == '\\')
            put(s, "\\%c", p[i]);
        else if (p[i] < 0x20 || p[i] == 0x7f)
            put(s, "\\u%04x", p[i]);
        else
            raw(s, (const char *)p + i, n);
        i += n ? n : 1;
    }
    raw(s, "\"", 1);
}

static void json_text(sink *s, const char *text)
{
    json_string(s, text, strlen(text));
}

static const char *end_name(hb_rv_end end)
{
    static const char *const names[] = {"not_run", "halt", "trap", "cycle_limit", "record_full"};
    return names[end];
}

static void json_output(sink *s, int fd, hb_rv_span text)
{
    if (!text.len)
        return;
    put(s, "{\"record\":\"output\",\"fd\":%d,\"text\":", fd);
    json_string(s, text.data, text.len);
    put(s, "}\n");
}

static void json_trap(sink *s, const hb_rv_report *r)
{
    const hb_rv_trap_info *t = &r->trap;
    put(s, "{\"record\":\"trap\",\"reason\":");
    json_text(s, hb_rv_trap_text(t->reason));
    put(s, ",\"pc\":\"0x%" PRIx64 "\",\"address\":\"0x%" PRIx64 "\",\"word\":\"0x%08" PRIx32 "\",\"call\":\"0x%" PRIx64 "\",\"detail\":", t->pc, t->address, t->word,
        t->call);
    json_text(s, t->detail);
    put(s, ",\"function\":");
    if (t->function)
        json_text(s, t->function);
    else
        put(s, "null");
    put(s, ",\"offset\":%" PRIu64 ",\"stderr\":", t->function_offset);
    json_text(s, r->stderr_tail);
    put(s, "}\n");
}

hb_status hb_rv_report_json(const hb_rv_report *r, hb_buf *out)
{
    sink s = {out, HB_OK};
    put(&s, "{\"record\":\"run\",\"end\":\"%s\",\"exit_code\":%" PRIu32 ",\"cycles\":%" PRIu64 ",\"host_cycles\":%" PRIu64 ",\"gas\":%" PRIu64
            ",\"gas_version\":%d,\"touched_pages\":%" PRIu64 ",\"misaligned\":%" PRIu64 ",\"wall_ns\":%" PRIu64 "}\n",
        end_name(r->end), r->exit_code, r->cycles, r->host_cycles, r->gas, HB_RV_GAS_VERSION, r->touched_pages, r->misaligned, r->wall_ns);
    put(&s, "{\"record\":\"public_values\",\"bytes\":\"");
    for (size_t i = 0; i < r->public_values.len; i++)
        put(&s, "%02x", r->public_values.data[i]);
    put(&s, "\",\"words\":[");
    for (int k = 0; k < 16; k++)
        put(&s, "%s%" PRIu32, k ? "," : "", r->pv_words[k]);
    put(&s, "]}\n");
    for (int op = 1; op < HB_OP_COUNT; op++)
        if (r->op_counts[op])
            put(&s, "{\"record\":\"operation\",\"name\":\"%s\",\"count\":%" PRIu64 "}\n", hb_isa_table[op].mnemonic, r->op_counts[op]);
    for (int k = 0; k < HB_RV_CALL_COUNT; k++)
        if (r->call_counts[k])
            put(&s, "{\"record\":\"call\",\"name\":\"%s\",\"number\":%" PRIu64 ",\"count\":%" PRIu64 "}\n", hb_rv_calls[k].name, hb_rv_calls[k].number, r->call_counts[k]);
    for (size_t i = 0; i < r->n_regions; i++) {
        put(&s, "{\"record\":\"region\",\"name\":");
        json_text(&s, r->regions[i].name);
        put(&s, ",\"entered\":%" PRIu64 ",\"cycles\":%" PRIu64 "}\n", r->regions[i].entered, r->regions[i].cycles);
    }
    json_output(&s, 1, r->stdout_bytes);
    json_output(&s, 2, r->stderr_bytes);
    if (r->end == HB_RV_END_TRAP)
        json_trap(&s, r);
    return s.status;
}

typedef struct counted {
    const char *name;
    uint64_t count;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void text_counts(sink *s, const char *title, counted *list, size_t n, uint64_t all)
{
    qsort(list, n, sizeof *list, by_count);
    if (n)
        put(s, "%s\n", title);
    for (size_t i = 0; i < n; i++)
        put(s, "  %-24s %14" PRIu64 "  %5.1f %%\n", list[i].name, list[i].count, all ? 100.0 * (double)list[i].count / (double)all : 0.0);
}

static void text_trap(sink *s, const hb_rv_report *r)
{
    const hb_rv_trap_info *t = &r->trap;
    char insn[64];
    hb_isa_print(insn, sizeof insn, t->pc, t->word);
    put(s, "trap           %s%s%s\n", hb_rv_trap_text(t->reason), t->detail[0] ? ": " : "", t->detail);
    put(s, "  pc           0x%" PRIx64 "  %s\n", t->pc, insn);
    if (t->function)
        put(s, "  function     %.200s+0x%" PRIx64 "\n", t->function, t->function_offset);
    if (t->address)
        put(s, "  address      0x%" PRIx64 "\n", t->address);
    if (r->stderr_tail[0]) {
        put(s, "  end of stderr:\n");
        raw(s, r->stderr_tail, strlen(r->stderr_tail));
        put(s, "\n");
    }
}

hb_status hb_rv_report_text(const hb_rv_report *r, hb_buf *out)
{
    sink s = {out, HB_OK};
    counted list[HB_OP_COUNT + HB_RV_CALL_COUNT];
    size_t n = 0;
    put(&s, "end            %s", end_name(r->end));
    if (r->end == HB_RV_END_HALT)
        put(&s, ", exit code %" PRIu32, r->exit_code);
    put(&s, "\ncycles         %" PRIu64 "\n", r->cycles);
    if (r->host_cycles)
        put(&s, "host cycles    %" PRIu64 " (unconstrained blocks)\n", r->host_cycles);
    put(&s, "gas            %" PRIu64 " (table %d)\n", r->gas, HB_RV_GAS_VERSION);
    put(&s, "memory         %" PRIu64 " pages of 4 KiB\n", r->touched_pages);
    put(&s, "misaligned     %" PRIu64 " accesses\n", r->misaligned);
    put(&s, "time           %.3f ms, %.1f MHz\n", (double)r->wall_ns / 1e6, r->wall_ns ? (double)(r->cycles + r->host_cycles) * 1e3 / (double)r->wall_ns : 0.0);
    put(&s, "public values  %zu bytes\n", r->public_values.len);
    if (r->end == HB_RV_END_TRAP)
        text_trap(&s, r);
    for (size_t i = 0; i < r->n_regions; i++) {
        put(&s, "%s  %-24s %14" PRIu64 " cycles in %" PRIu64 "\n", i ? "" : "regions\n", r->regions[i].name, r->regions[i].cycles, r->regions[i].entered);
    }
    for (int k = 0; k < HB_RV_CALL_COUNT; k++)
        if (r->call_counts[k])
            list[n++] = (counted){hb_rv_calls[k].name, r->call_counts[k]};
    text_counts(&s, "calls", list, n, r->op_counts[HB_OP_ECALL]);
    n = 0;
    for (int op = 1; op < HB_OP_COUNT; op++)
        if (r->op_counts[op])
            list[n++] = (counted){hb_isa_table[op].mnemonic, r->op_counts[op]};
    text_counts(&s, "operations", list, n, r->cycles);
    return s.status;
}
