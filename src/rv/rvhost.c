#include "rv/rvhost.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"

void hb_rv_host_init(hb_rv_host *h, const hb_rv_exec_options *options)
{
    *h = (hb_rv_host){.options = options, .output_limit = options->output_limit ? options->output_limit : HB_RV_DEFAULT_OUTPUT_LIMIT};
}

void hb_rv_host_free(hb_rv_host *h)
{
    hb_buf_free(&h->out[0]);
    hb_buf_free(&h->out[1]);
    hb_buf_free(&h->public_values);
    hb_buf_free(&h->ledger_writes);
    hb_buf_free(&h->pushed);
    hb_buf_free(&h->pushed_lens);
}

uint64_t hb_rv_host_kept(const hb_rv_host *h)
{
    return h->kept_before + h->out[0].len + h->out[1].len + h->public_values.len + h->ledger_writes.len;
}

uint64_t hb_rv_host_room(const hb_rv_host *h)
{
    uint64_t used = hb_rv_host_kept(h) + h->pushed.len + h->pushed_lens.len;
    return used < h->output_limit ? h->output_limit - used : 0;
}

static void add_tail(hb_rv_host *h, const uint8_t *bytes, size_t len)
{
    const size_t half = HB_RV_STDERR_TAIL_BYTES;
    if (len > half) {
        bytes += len - half;
        len = half;
    }
    if (len > sizeof h->tail - h->tail_len) {
        memmove(h->tail, h->tail + h->tail_len - half, half); /* tail_len > half here */
        h->tail_len = half;
    }
    memcpy(h->tail + h->tail_len, bytes, len);
    h->tail_len += len;
}

void hb_rv_host_tail(const hb_rv_host *h, char out[HB_RV_STDERR_TAIL_BYTES + 1])
{
    size_t len = h->tail_len < HB_RV_STDERR_TAIL_BYTES ? h->tail_len : HB_RV_STDERR_TAIL_BYTES;
    const char *from = h->tail + h->tail_len - len, *newline;
    bool cut = from > h->tail && from[-1] != '\n';
    if (cut && (newline = memchr(from, '\n', len)) && newline + 1 < from + len) {
        len -= (size_t)(newline + 1 - from);
        from = newline + 1;
    }
    memcpy(out, from, len);
    out[len] = 0;
}

/* The region with this name; a new one if there is room; else HB_RV_MAX_REGIONS. */
static size_t find_region(hb_rv_host *h, const char *name, size_t len)
{
    if (len >= HB_RV_REGION_NAME_BYTES)
        len = HB_RV_REGION_NAME_BYTES - 1;
    for (size_t i = 0; i < h->n_regions; i++)
        if (strlen(h->regions[i].name) == len && memcmp(h->regions[i].name, name, len) == 0)
            return i;
    if (h->n_regions == HB_RV_MAX_REGIONS)
        return HB_RV_MAX_REGIONS;
    memcpy(h->regions[h->n_regions].name, name, len);
    return h->n_regions++;
}

static void region_line(hb_rv_host *h, const char *line, size_t len, uint64_t cycle)
{
    static const struct {
        const char *prefix;
        bool start;
    } commands[] = {{"cycle-tracker-start:", true}, {"cycle-tracker-end:", false}, {"cycle-tracker-report-start:", true}, {"cycle-tracker-report-end:", false}};
    for (size_t k = 0; k < sizeof commands / sizeof *commands; k++) {
        size_t n = strlen(commands[k].prefix);
        if (len < n || memcmp(line, commands[k].prefix, n) != 0)
            continue;
        while (n < len && line[n] == ' ')
            n++;
        while (len > n && (line[len - 1] == ' ' || line[len - 1] == '\r'))
            len--;
        size_t i = find_region(h, line + n, len - n);
        if (i == HB_RV_MAX_REGIONS)
            return;
        if (commands[k].start) {
            if (h->region_depth[i]++ == 0)
                h->region_start[i] = cycle;
        } else if (h->region_depth[i] && --h->region_depth[i] == 0) {
            h->regions[i].entered++;
            h->regions[i].cycles += cycle - h->region_start[i];
        }
        return;
    }
}

static void watch_lines(hb_rv_host *h, const uint8_t *bytes, size_t len, uint64_t cycle)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n') {
            region_line(h, h->line, h->line_len < sizeof h->line ? h->line_len : sizeof h->line, cycle);
            h->line_len = 0;
        } else {
            if (h->line_len < sizeof h->line)
                h->line[h->line_len] = (char)bytes[i];
            h->line_len++;
        }
    }
}

static hb_rv_trap keep(hb_rv_host *h, hb_buf *b, const void *bytes, size_t len)
{
    if (len > hb_rv_host_room(h))
        return HB_TRAP_OUTPUT_LIMIT;
    return hb_buf_append(b, bytes, len) == HB_OK ? HB_TRAP_NONE : HB_TRAP_HOST_MEMORY;
}

hb_rv_trap hb_rv_host_output(hb_rv_host *h, int fd, const uint8_t *bytes, size_t len, uint64_t cycle)
{
    HB_ASSERT(fd == 1 || fd == 2);
    if (fd == 1)
        watch_lines(h, bytes, len, cycle);
    else
        add_tail(h, bytes, len);
    if (!h->options->output)
        return keep(h, &h->out[fd - 1], bytes, len);
    h->options->output(h->options->output_ctx, fd, bytes, len);
    return HB_TRAP_NONE;
}

/* Ends a chunk whose bytes were appended to `pushed`. */
static hb_rv_trap end_chunk(hb_rv_host *h, size_t len)
{
    return keep(h, &h->pushed_lens, &len, sizeof len);
}

hb_rv_trap hb_rv_host_push(hb_rv_host *h, const uint8_t *bytes, size_t len)
{
    hb_rv_trap trap = keep(h, &h->pushed, bytes, len);
    return trap == HB_TRAP_NONE ? end_chunk(h, len) : trap;
}

hb_rv_trap hb_rv_host_push_args(hb_rv_host *h)
{
    size_t len = 0;
    for (size_t i = 0; i < h->options->n_args; i++) {
        size_t n = strlen(h->options->args[i]) + 1;
        hb_rv_trap trap = keep(h, &h->pushed, h->options->args[i], n);
        if (trap != HB_TRAP_NONE)
            return trap;
        len += n;
    }
    return end_chunk(h, len);
}

hb_rv_trap hb_rv_host_push_stdin(hb_rv_host *h, uint64_t n)
{
    const hb_rv_span *in = &h->options->stdin_bytes;
    size_t left = in->len - h->stdin_at, take = n < left ? (size_t)n : left;
    hb_rv_trap trap = hb_rv_host_push(h, take ? in->data + h->stdin_at : NULL, take);
    h->stdin_at += take;
    return trap;
}

hb_rv_trap hb_rv_host_push_key(hb_rv_host *h, hb_rv_span name)
{
    for (size_t i = 0; i < h->options->n_keys; i++) {
        const hb_rv_named_key *k = &h->options->keys[i];
        if (name.len && strlen(k->name) == name.len && memcmp(k->name, name.data, name.len) == 0)
            return hb_rv_host_push(h, k->key, sizeof k->key);
    }
    return hb_rv_host_push(h, NULL, 0);
}

bool hb_rv_host_front(const hb_rv_host *h, hb_rv_span *chunk)
{
    if (h->pushed_lens.len) {
        size_t len;
        memcpy(&len, h->pushed_lens.data + h->pushed_lens.len - sizeof len, sizeof len);
        *chunk = (hb_rv_span){len ? h->pushed.data + h->pushed.len - len : NULL, len};
        return true;
    }
    if (h->next_input == h->options->n_inputs)
        return false;
    *chunk = h->options->inputs[h->next_input];
    return true;
}

void hb_rv_host_pop(hb_rv_host *h)
{
    if (h->pushed_lens.len) {
        size_t len;
        memcpy(&len, h->pushed_lens.data + h->pushed_lens.len - sizeof len, sizeof len);
        h->pushed.len -= len;
        h->pushed_lens.len -= sizeof len;
    } else {
        HB_ASSERT(h->next_input < h->options->n_inputs);
        h->next_input++;
    }
}
