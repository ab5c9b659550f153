#include "cli/run_report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const char *const ends[] = {"not run", "halt", "trap", "cycle limit", "record full"};

void hb_run_print_trap(FILE *out, const hb_rv_report *report)
{
    const hb_rv_trap_info *t = &report->trap;
    fprintf(out, "hauptbuch run: trap: %s\n  pc 0x%" PRIx64, hb_rv_trap_text(t->reason), t->pc);
    if (t->function)
        fprintf(out, " in %s+0x%" PRIx64, t->function, t->function_offset);
    if (t->address)
        fprintf(out, ", address 0x%" PRIx64, t->address);
    fprintf(out, ", instruction 0x%08" PRIx32 ", after %" PRIu64 " cycles\n", t->word, report->cycles);
    if (t->detail[0])
        fprintf(out, "  %s\n", t->detail);
}

static void print_hex(FILE *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%02x", bytes[i]);
}

static void digest_bytes(const hb_rv_report *report, uint8_t out[32])
{
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(report->pv_words[i / 4] >> (8 * (i % 4)));
}

typedef struct counted {
    const char *name;
    uint64_t count;
} counted;

static int more_first(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

static void print_ops(FILE *out, const hb_rv_report *report)
{
    counted list[HB_OP_COUNT];
    size_t n = 0;
    for (size_t op = 0; op < HB_OP_COUNT; op++)
        if (report->op_counts[op])
            list[n++] = (counted){hb_isa_table[op].mnemonic, report->op_counts[op]};
    qsort(list, n, sizeof *list, more_first);
    fputs("instructions\n", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-8s %14" PRIu64 "  %5.1f %%\n", list[i].name, list[i].count,
                100.0 * (double)list[i].count / (double)(report->cycles ? report->cycles : 1));
}

void hb_run_print_report(FILE *out, const hb_rv_report *report)
{
    const double seconds = 1e-9 * (double)report->wall_ns;
    fprintf(out, "end              %s", ends[report->end]);
    if (report->end == HB_RV_END_HALT)
        fprintf(out, ", exit code %" PRIu32, report->exit_code);
    fprintf(out, "\ncycles           %" PRIu64 "\ngas              %" PRIu64 " (table %d)\n", report->cycles, report->gas, HB_RV_GAS_VERSION);
    if (report->host_cycles)
        fprintf(out, "unconstrained    %" PRIu64 " cycles\n", report->host_cycles);
    fprintf(out, "touched memory   %" PRIu64 " pages of 4 KiB\nmisaligned       %" PRIu64 " accesses\n", report->touched_pages, report->misaligned);
    fprintf(out, "wall time        %.3f s", seconds);
    if (report->wall_ns)
        fprintf(out, ", %.1f MHz", 1e-6 * (double)report->cycles / seconds);
    if (report->translated)
        fprintf(out, ", %.1f %% by translated code", 100.0 * (double)report->translated / (double)report->cycles);
    uint8_t digest[32];
    digest_bytes(report, digest);
    fprintf(out, "\npublic values    %zu bytes, digest ", report->public_values.len);
    print_hex(out, digest, sizeof digest);
    fputs("\ncalls\n", out);
    for (size_t i = 0; i < HB_RV_CALL_COUNT; i++)
        if (report->call_counts[i])
            fprintf(out, "  %-24s %12" PRIu64 "\n", hb_rv_calls[i].name, report->call_counts[i]);
    if (report->n_regions)
        fputs("regions\n", out);
    for (size_t i = 0; i < report->n_regions; i++)
        fprintf(out, "  %-24s %12" PRIu64 " cycles in %" PRIu64 "\n", report->regions[i].name, report->regions[i].cycles, report->regions[i].entered);
    print_ops(out, report);
}

static json_t *hex_json(const uint8_t *bytes, size_t len)
{
    char *text = malloc(2 * len + 1);
    if (!text)
        return NULL;
    text[0] = '\0';
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    json_t *value = json_stringn(text, 2 * len);
    free(text);
    return value;
}

/* Text as "name" when it is UTF-8, otherwise as "name_hex". */
static int add_output(json_t *object, const char *name, hb_rv_span span)
{
    json_t *text = json_stringn(span.len ? (const char *)span.data : "", span.len);
    if (text)
        return json_object_set_new(object, name, text);
    char *key = hb_cli_format("%s_hex", name);
    const int failed = json_object_set_new(object, key, hex_json(span.data, span.len));
    free(key);
    return failed;
}

static json_t *counts_json(const hb_rv_report *report, bool calls)
{
    json_t *object = json_object();
    const size_t n = calls ? HB_RV_CALL_COUNT : HB_OP_COUNT;
    for (size_t i = 0; i < n; i++) {
        const uint64_t count = calls ? report->call_counts[i] : report->op_counts[i];
        const char *name = calls ? hb_rv_calls[i].name : hb_isa_table[i].mnemonic;
        if (count)
            json_object_set_new(object, name, json_integer((json_int_t)count));
    }
    return object;
}

static json_t *regions_json(const hb_rv_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->n_regions; i++)
        json_array_append_new(list, json_pack("{s:s%, s:I, s:I}", "name", report->regions[i].name, strlen(report->regions[i].name), "entered",
                                              (json_int_t)report->regions[i].entered, "cycles", (json_int_t)report->regions[i].cycles));
    return list;
}

static json_t *trap_json(const hb_rv_trap_info *t)
{
    return json_pack("{s:s, s:I, s:I, s:s?, s:I, s:s}", "reason", hb_rv_trap_text(t->reason), "pc", (json_int_t)t->pc, "address", (json_int_t)t->address,
                     "function", t->function, "function_offset", (json_int_t)t->function_offset, "detail", t->detail);
}

/* Where the cycle limit ended a run. */
static json_t *place_json(const hb_rv_trap_info *t)
{
    return json_pack("{s:I, s:s?, s:I}", "pc", (json_int_t)t->pc, "function", t->function, "function_offset", (json_int_t)t->function_offset);
}

bool hb_run_print_json(FILE *out, const hb_rv_report *report, const hb_error *err)
{
    uint8_t digest[32];
    digest_bytes(report, digest);
    json_t *object = json_pack(
        "{s:s, s:o?, s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o?, s:o?}", "end", ends[report->end], "exit_code",
        report->end == HB_RV_END_HALT ? json_integer(report->exit_code) : NULL, "message", report->end == HB_RV_END_HALT ? NULL : err->message, "cycles",
        (json_int_t)report->cycles, "unconstrained_cycles", (json_int_t)report->host_cycles, "gas", (json_int_t)report->gas, "touched_pages",
        (json_int_t)report->touched_pages, "misaligned", (json_int_t)report->misaligned, "wall_ns", (json_int_t)report->wall_ns, "translated",
        (json_int_t)report->translated, "public_values",
        hex_json(report->public_values.data, report->public_values.len), "public_digest", hex_json(digest, sizeof digest), "instructions",
        counts_json(report, false), "calls", counts_json(report, true), "regions", regions_json(report), "trap",
        report->end == HB_RV_END_TRAP ? trap_json(&report->trap) : NULL, "place", report->end == HB_RV_END_CYCLE_LIMIT ? place_json(&report->trap) : NULL);
    bool ok = object && add_output(object, "stdout", report->stdout_bytes) == 0 && add_output(object, "stderr", report->stderr_bytes) == 0;
    ok = ok && json_dumpf(object, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF && fflush(out) == 0;
    if (!ok)
        hb_cli_complain("run", "cannot write the report");
    json_decref(object);
    return ok;
}
