/* Reading checkpoints, which may come from anywhere: every number is checked before it is used. */
#include "rv/rvcheckpoint_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "hash/blake3.h"
#include "rv/recorder.h"

#define MAX_CYCLES (UINT64_C(1) << 62)              /* before the shard: far beyond any run, and sums cannot wrap */
#define MAX_SHARD_CYCLES (HB_RV_RECORD_TS_END / 4)  /* time would run out */
#define MAX_ACCESSES 5                              /* of one instruction */

/* Where the parser is. After the first failure all numbers read are 0. */
typedef struct in {
    hb_reader r;
    const uint8_t *start;
    hb_error *err;
    hb_status status;
} in;

__attribute__((format(printf, 2, 3))) static void refuse(in *c, const char *fmt, ...)
{
    char text[160];
    va_list args;
    if (c->status != HB_OK)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    uint64_t at = (uint64_t)(c->r.p - c->start);
    c->status = hb_fail(c->err, HB_INVALID_ARGUMENT, "checkpoint: %s (at byte %" PRIu64 ")", text, at);
    if (c->err)
        c->err->offset = at;
}

static void no_memory(in *c)
{
    if (c->status == HB_OK)
        c->status = hb_fail(c->err, HB_OUT_OF_MEMORY, "no memory for a checkpoint");
}

static const uint8_t *take_bytes(in *c, uint64_t n, const char *what)
{
    const uint8_t *p = NULL;
    if (c->status == HB_OK && (n > SIZE_MAX || !hb_read_span(&c->r, (size_t)n, &p)))
        refuse(c, "it ends inside %s", what);
    return c->status == HB_OK ? p : NULL;
}

static uint64_t take64(in *c, const char *what)
{
    const uint8_t *p = take_bytes(c, 8, what);
    return p ? hb_load_le64(p) : 0;
}

static uint32_t take32(in *c, const char *what)
{
    const uint8_t *p = take_bytes(c, 4, what);
    return p ? hb_load_le32(p) : 0;
}

static uint8_t take8(in *c, const char *what)
{
    const uint8_t *p = take_bytes(c, 1, what);
    return p ? *p : 0;
}

/* A number of things that take at least `each` bytes. */
static size_t take_count(in *c, uint64_t n, size_t each, const char *what)
{
    if (c->status == HB_OK && n > hb_reader_left(&c->r) / each)
        refuse(c, "it is too short for %" PRIu64 " %s", n, what);
    return c->status == HB_OK ? (size_t)n : 0;
}

/* What must be known before there is a run; the lists go over to it. */
typedef struct head {
    hb_rv_exec_options options;
    hb_rv_shard_state shard; /* goal, start and lists */
    uint64_t host_kept;
    hb_reader cells, queue; /* parts that are read when there is a run */
} head;

static void discard(void *ctx, int fd, const uint8_t *data, size_t len)
{
    (void)ctx;
    (void)fd;
    (void)data;
    (void)len;
}

static void read_envelope(in *c, const hb_rv_program *program, size_t len)
{
    uint8_t digest[HB_CHECKPOINT_DIGEST_BYTES];
    if (len < HB_CHECKPOINT_MAGIC_BYTES + 2 * HB_CHECKPOINT_DIGEST_BYTES || memcmp(c->start, HB_CHECKPOINT_MAGIC, HB_CHECKPOINT_MAGIC_BYTES) != 0) {
        refuse(c, "not a checkpoint of this version");
        return;
    }
    len -= sizeof digest;
    hb_blake3_hash(digest, c->start, len);
    if (memcmp(digest, c->start + len, sizeof digest) != 0) {
        refuse(c, "it was changed or cut short (wrong digest)");
        return;
    }
    c->r = hb_reader_of(c->start, len);
    take_bytes(c, HB_CHECKPOINT_MAGIC_BYTES, "the head");
    hb_rv_checkpoint_program(program, digest);
    const uint8_t *of = take_bytes(c, sizeof digest, "the head");
    if (of && memcmp(of, digest, sizeof digest) != 0)
        refuse(c, "it is of another program");
}

static void read_counts(in *c, hb_rv_shard_counts *n)
{
    uint64_t events = 0, calls;
    for (int f = 0; f < HB_FAM_COUNT; f++) {
        n->family[f] = take64(c, "the counts");
        if (n->family[f] > MAX_SHARD_CYCLES)
            refuse(c, "%" PRIu64 " events of family %d", n->family[f], f);
        events += n->family[f];
    }
    n->bumps = take64(c, "the counts");
    n->cells = take64(c, "the counts");
    n->cycles = take64(c, "the counts");
    n->ts = take32(c, "the counts");
    calls = n->family[HB_FAM_CALL];
    if (events != n->cycles || n->cycles > MAX_SHARD_CYCLES || n->ts != 4 + 4 * n->cycles + 12 * calls || n->ts >= HB_RV_RECORD_TS_END)
        refuse(c, "the counts of the shard contradict each other");
    if (n->bumps > MAX_ACCESSES * n->cycles || n->cells > MAX_ACCESSES * n->cycles)
        refuse(c, "more bumps or cells than instructions can make");
}

static void read_shard(in *c, const hb_rv_program *program, head *h)
{
    const hb_rv_loaded *l = hb_rv_loaded_of(program);
    hb_rv_shard *goal = &h->shard.goal;
    h->options.sharding = HB_RV_SHARDS_RECORD;
    h->options.cycle_limit = take64(c, "the limits");
    h->options.memory_limit = take64(c, "the limits");
    h->options.stack_limit = take64(c, "the limits");
    h->options.output_limit = take64(c, "the limits");
    uint8_t captured = take8(c, "the limits");
    if (captured > 1)
        refuse(c, "captured output is %u, neither 0 nor 1", captured);
    h->options.output = captured ? NULL : discard;
    goal->index = take32(c, "the shard");
    uint32_t end = take32(c, "the shard");
    goal->first_cycle = take64(c, "the shard");
    h->shard.host_cycles_in = take64(c, "the shard");
    goal->pc_in = take32(c, "the shard");
    goal->pc_out = take32(c, "the shard");
    if (c->status == HB_OK && (goal->index < 1 || goal->index > HB_RV_MAX_SHARDS))
        refuse(c, "shard number %" PRIu32, goal->index);
    if (goal->index == 1 && (goal->pc_in != program->entry || goal->first_cycle || h->shard.host_cycles_in))
        refuse(c, "the first shard does not begin at the entry");
    if (end != HB_RV_END_HALT && end != HB_RV_END_TRAP && end != HB_RV_END_CYCLE_LIMIT && end != HB_RV_END_PAUSED)
        refuse(c, "a shard cannot end in the way %" PRIu32, end);
    h->shard.goal_end = (hb_rv_end)end;
    if (goal->first_cycle > MAX_CYCLES || h->shard.host_cycles_in > MAX_CYCLES)
        refuse(c, "more instructions before the shard than a run can have");
    uint64_t at = goal->pc_in * UINT64_C(4) - l->text_base;
    if (goal->pc_in * UINT64_C(4) < l->text_base || at / 4 > l->n_decoded)
        refuse(c, "pc 0x%" PRIx64 " is outside the text", goal->pc_in * UINT64_C(4));
    read_counts(c, &goal->counts);
}

/* A list of n elements, or NULL; *bytes for giving it back. */
static void *new_list(in *c, size_t n, size_t element, size_t *bytes)
{
    if (!n || c->status != HB_OK)
        return NULL;
    *bytes = n * element; /* n is bounded by the length of the checkpoint */
    void *p = hb_pages_alloc(*bytes);
    if (!p)
        no_memory(c);
    return p;
}

static void read_inputs(in *c, head *h)
{
    size_t n = take_count(c, take64(c, "the inputs"), 9, "inputs");
    h->shard.inputs = new_list(c, n, sizeof *h->shard.inputs, &h->shard.inputs_bytes);
    for (size_t k = 0; k < n && c->status == HB_OK; k++) {
        uint64_t len = take64(c, "an input");
        uint8_t whole = take8(c, "an input");
        if (len > SIZE_MAX / 2 || whole > 1 || (!whole && (!len || k + 1 < n)))
            refuse(c, "input %zu lacks bytes, or has an impossible length", k);
        h->shard.inputs[k] = (hb_rv_span){whole ? take_bytes(c, len, "an input") : NULL, (size_t)len};
    }
    h->options.inputs = h->shard.inputs;
    h->options.n_inputs = n;
}

static const char *take_text(in *c, const char *what)
{
    uint64_t len = take64(c, what);
    const char *text = (const char *)take_bytes(c, len, what);
    if (text && (!len || memchr(text, 0, (size_t)len) != text + len - 1))
        refuse(c, "%s does not end with its only NUL", what);
    return text;
}

static void read_args(in *c, head *h)
{
    size_t n = take_count(c, take64(c, "the arguments"), 9, "arguments");
    h->shard.args = new_list(c, n, sizeof *h->shard.args, &h->shard.args_bytes);
    for (size_t k = 0; k < n && c->status == HB_OK; k++)
        h->shard.args[k] = take_text(c, "an argument");
    h->options.args = h->shard.args;
    h->options.n_args = n;
}

static void read_keys(in *c, head *h)
{
    size_t n = take_count(c, take64(c, "the keys"), 41, "keys");
    h->shard.keys = new_list(c, n, sizeof *h->shard.keys, &h->shard.keys_bytes);
    for (size_t k = 0; k < n && c->status == HB_OK; k++) {
        hb_rv_named_key *key = &h->shard.keys[k];
        key->name = take_text(c, "the name of a key");
        const uint8_t *bytes = take_bytes(c, sizeof key->key, "a key");
        if (bytes)
            memcpy(key->key, bytes, sizeof key->key);
    }
    h->options.keys = h->shard.keys;
    h->options.n_keys = n;
}

static void read_host(in *c, head *h)
{
    h->host_kept = take64(c, "the host's state");
    if (h->host_kept > UINT64_MAX / 2)
        refuse(c, "more output than a run can have");
    uint64_t total = 0;
    h->queue = c->r;
    size_t n = take_count(c, take64(c, "the hint queue"), 8, "hints");
    for (size_t k = 0; k < n; k++) {
        uint64_t len = take64(c, "the hint queue");
        if (len > hb_reader_left(&c->r) || total + len > hb_reader_left(&c->r))
            refuse(c, "it ends inside the hint queue");
        total += len;
    }
    take_bytes(c, total, "the hint queue");
    read_inputs(c, h);
    size_t len = take_count(c, take64(c, "standard input"), 1, "bytes of standard input");
    h->options.stdin_bytes = (hb_rv_span){take_bytes(c, len, "standard input"), len};
    read_args(c, h);
    read_keys(c, h);
}

static uint32_t take_earlier_shard(in *c, uint32_t index, const char *what)
{
    uint32_t s = take32(c, what);
    if (s >= index)
        refuse(c, "%s: accessed in shard %" PRIu32 ", which is not before %" PRIu32, what, s, index);
    return s;
}

/* Registers and public values, from where they were skipped. */
static void set_cells(in *c, hb_rv_run *m)
{
    for (unsigned r = 0; r <= HB_RV_REG_SINK; r++) {
        m->x[r] = take64(c, "the registers");
        m->shard.x_shard[r] = take_earlier_shard(c, m->shard.goal.index, "the registers");
        if (m->x[r] && !m->shard.x_shard[r])
            refuse(c, "register %u is 0x%" PRIx64 " before anything was done with it", r, m->x[r]);
    }
    for (unsigned k = 0; k < HB_RV_PV_CELLS; k++) {
        m->pv[k] = take64(c, "the public values");
        m->shard.pv_shard[k] = take_earlier_shard(c, m->shard.goal.index, "the public values");
        if (m->pv[k] >> (k == HB_RV_PV_EXIT_CODE ? 8 : 32) || (m->pv[k] && !m->shard.pv_shard[k]))
            refuse(c, "public-value cell %u is 0x%" PRIx64, k, m->pv[k]);
    }
    if (m->x[0])
        refuse(c, "x0 is 0x%" PRIx64, m->x[0]);
}

static void set_queue(in *c, hb_rv_run *m)
{
    uint64_t total = 0;
    size_t n = (size_t)take64(c, "the hint queue");
    for (size_t k = 0; k < n && c->status == HB_OK; k++) {
        size_t len = (size_t)take64(c, "the hint queue");
        total += len;
        if (hb_buf_append(&m->host.pushed_lens, &len, sizeof len) != HB_OK)
            no_memory(c);
    }
    const uint8_t *bytes = take_bytes(c, total, "the hint queue");
    if (c->status == HB_OK && hb_buf_append(&m->host.pushed, bytes, (size_t)total) != HB_OK)
        no_memory(c);
}

/* Double words that nothing has accessed or filled hold what they began with. */
static void check_initial(in *c, const hb_rv_program *program, uint32_t number, const uint8_t *data, const uint32_t *last, const uint64_t *used)
{
    for (size_t w = 0; w < HB_RVMEM_PAGE_WORDS; w++)
        if (!last[w] && !(used[w / 64] >> (w % 64) & 1) &&
            hb_load_le64(data + 8 * w) != hb_rvmem_image_word(program, number * HB_RVMEM_PAGE_BYTES + 8 * w)) {
            refuse(c, "word 0x%" PRIx64 " was changed before anything was done with it", number * HB_RVMEM_PAGE_BYTES + 8 * w);
            return;
        }
}

static void read_page(in *c, hb_rv_run *m, uint64_t *next)
{
    uint8_t data[HB_RVMEM_PAGE_BYTES] = {0};
    uint32_t last[HB_RVMEM_PAGE_WORDS] = {0}, number = take32(c, "a page");
    uint64_t used[HB_RVMEM_PAGE_WORDS / 64] = {0};
    uint8_t flags = take8(c, "a page");
    bool input = number >= HB_RV_INPUT_LO / HB_RVMEM_PAGE_BYTES, full = false;
    if (flags > (HB_CHECKPOINT_DATA | HB_CHECKPOINT_LAST | HB_CHECKPOINT_USED) || (flags & HB_CHECKPOINT_USED && !input))
        refuse(c, "page 0x%" PRIx32 " has parts that it cannot have", number);
    const uint8_t *bytes = flags & HB_CHECKPOINT_DATA ? take_bytes(c, sizeof data, "a page") : NULL;
    if (bytes)
        memcpy(data, bytes, sizeof data);
    for (size_t w = 0; flags & HB_CHECKPOINT_LAST && w < HB_RVMEM_PAGE_WORDS; w++)
        last[w] = take_earlier_shard(c, m->shard.goal.index, "a page");
    for (size_t k = 0; flags & HB_CHECKPOINT_USED && k < HB_RVMEM_PAGE_WORDS / 64; k++)
        used[k] = take64(c, "a page");
    check_initial(c, m->program, number, data, last, used);
    if (c->status == HB_OK && (number < *next || !hb_rvmem_restore(&m->mem, number, data, last, input ? used : NULL, &full))) {
        if (full)
            no_memory(c);
        else
            refuse(c, "page 0x%" PRIx32 " is out of order, outside the map or beyond the memory limit", number);
    }
    *next = number + UINT64_C(1);
}

static void read_pages(in *c, hb_rv_run *m)
{
    uint32_t pages_in = take32(c, "the pages");
    size_t n = take_count(c, take32(c, "the pages"), 5, "pages");
    uint64_t next = 0;
    if (n > pages_in || pages_in > m->mem.max_pages)
        refuse(c, "%zu pages of %" PRIu32 ", of which %" PRIu32 " are allowed", n, pages_in, m->mem.max_pages);
    for (size_t k = 0; k < n && c->status == HB_OK; k++)
        read_page(c, m, &next);
    m->mem.n_elsewhere = pages_in - (uint32_t)n;
    if (c->status == HB_OK && hb_reader_left(&c->r))
        refuse(c, "%zu bytes too many", hb_reader_left(&c->r));
}

/* The head into the run, which owns its lists from then on. */
static void set_start(hb_rv_run *m, const head *h)
{
    m->shard.goal = h->shard.goal;
    m->shard.goal_end = h->shard.goal_end;
    m->shard.inputs = h->shard.inputs;
    m->shard.inputs_bytes = h->shard.inputs_bytes;
    m->shard.args = h->shard.args;
    m->shard.args_bytes = h->shard.args_bytes;
    m->shard.keys = h->shard.keys;
    m->shard.keys_bytes = h->shard.keys_bytes;
    m->shard.from_checkpoint = true;
    m->shard.index = h->shard.goal.index - 1;
    m->cycles = h->shard.goal.first_cycle;
    m->host_cycles = h->shard.host_cycles_in;
    m->ip = m->loaded->decoded + (h->shard.goal.pc_in * UINT64_C(4) - m->loaded->text_base) / 4;
    m->host.kept_before = h->host_kept;
}

/* A run with the head's options; the pages are all that is left to read. */
static hb_rv_run *start_run(in *c, const hb_rv_program *program, const head *h)
{
    hb_rv_run *m = NULL;
    if (c->status == HB_OK)
        c->status = hb_rv_start(program, &h->options, &m, c->err);
    if (!m) {
        hb_pages_free(h->shard.inputs, h->shard.inputs_bytes);
        hb_pages_free(h->shard.args, h->shard.args_bytes);
        hb_pages_free(h->shard.keys, h->shard.keys_bytes);
        return NULL;
    }
    set_start(m, h);
    in part = *c;
    part.r = h->cells;
    set_cells(&part, m);
    if (part.status == HB_OK) {
        part.r = h->queue;
        set_queue(&part, m);
    }
    c->status = part.status;
    return m;
}

hb_status hb_rv_checkpoint_open(const hb_rv_program *program, const uint8_t *data, size_t len, hb_rv_run **run, hb_error *err)
{
    in c = {.start = data, .r = hb_reader_of(data, len), .err = err};
    head h = {.host_kept = 0};
    *run = NULL;
    read_envelope(&c, program, len);
    read_shard(&c, program, &h);
    h.cells = c.r;
    take_bytes(&c, (HB_RV_REG_SINK + 1 + HB_RV_PV_CELLS) * 12, "the registers");
    read_host(&c, &h);
    hb_rv_run *m = start_run(&c, program, &h);
    if (!m)
        return c.status;
    read_pages(&c, m);
    if (c.status == HB_OK)
        *run = m;
    else
        hb_rv_run_free(m);
    return c.status;
}

static bool as_promised(const hb_rv_run *m, const hb_rv_shard *got)
{
    const hb_rv_shard *want = &m->shard.goal;
    bool same = m->end == m->shard.goal_end && got->pc_out == want->pc_out;
    for (int f = 0; f < HB_FAM_COUNT; f++)
        same &= got->counts.family[f] == want->counts.family[f];
    return same && got->counts.bumps == want->counts.bumps && got->counts.cells == want->counts.cells && got->counts.cycles == want->counts.cycles &&
           got->counts.ts == want->counts.ts;
}

hb_status hb_rv_checkpoint_replay(hb_rv_run *m, hb_rv_shard *shard, hb_error *err)
{
    const hb_rv_shard_state *s = &m->shard;
    if (!s->from_checkpoint || s->open || s->over)
        return hb_fail(err, HB_INVALID_ARGUMENT, "not a run that begins at a checkpoint");
    if (!hb_rv_record_reserve(&m->record, s->goal.counts.family))
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of shard %" PRIu32, s->goal.index);
    /* a run that ends in this shard needs the chance to do so at the next instruction */
    uint64_t until = s->goal.first_cycle + s->goal.counts.cycles + (s->goal_end != HB_RV_END_PAUSED);
    hb_rv_end end = hb_rv_advance(m, &(hb_rv_bound){.cycles = until});
    if (end == HB_RV_END_TRAP && m->trap == HB_TRAP_HOST_MEMORY)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the record of shard %" PRIu32, s->goal.index);
    hb_status st = hb_rv_shard_end(m, shard, err);
    if (st == HB_OK && !as_promised(m, shard))
        return hb_fail(err, HB_INVALID_ARGUMENT, "checkpoint: shard %" PRIu32 " does not run as it says", s->goal.index);
    return st;
}
