/* Writing checkpoints. The form is in rvcheckpoint_priv.h. */
#include "rv/rvcheckpoint_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "hash/blake3.h"

void hb_rv_checkpoint_program(const hb_rv_program *p, uint8_t digest[HB_CHECKPOINT_DIGEST_BYTES])
{
    const hb_rv_loaded *l = hb_rv_loaded_of(p);
    const uint64_t numbers[] = {p->entry, p->img_lo, p->img_hi, p->text_lo, p->text_hi, l->text_base, l->n_decoded};
    uint8_t bytes[1024];
    hb_blake3 h;
    hb_blake3_init(&h);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        hb_store_le64(bytes + 8 * k, numbers[k]);
    hb_blake3_update(&h, bytes, sizeof numbers);
    for (uint64_t at = p->img_lo; at < p->img_hi;) {
        size_t n = 0;
        for (; n < sizeof bytes && at < p->img_hi; n += 8, at += 8)
            hb_store_le64(bytes + n, p->image[(at - p->img_lo) / 8]);
        hb_blake3_update(&h, bytes, n);
    }
    hb_blake3_final(&h, digest);
}

/* Bytes to append to; the first failure sticks. */
typedef struct out {
    hb_buf *buf;
    bool failed;
} out;

static void put_bytes(out *o, const void *data, size_t n)
{
    o->failed |= hb_buf_append(o->buf, data, n) != HB_OK;
}

static void put8(out *o, uint8_t v)
{
    o->failed |= hb_buf_append_u8(o->buf, v) != HB_OK;
}

static void put32(out *o, uint32_t v)
{
    o->failed |= hb_buf_append_u32(o->buf, v) != HB_OK;
}

static void put64(out *o, uint64_t v)
{
    o->failed |= hb_buf_append_u64(o->buf, v) != HB_OK;
}

static void put_head(out *o, hb_rv_run *m)
{
    hb_rv_shard_state *s = &m->shard;
    if (!s->program_known)
        hb_rv_checkpoint_program(m->program, s->program);
    s->program_known = true;
    put_bytes(o, HB_CHECKPOINT_MAGIC, HB_CHECKPOINT_MAGIC_BYTES);
    put_bytes(o, s->program, sizeof s->program);
    put64(o, m->options.cycle_limit);
    put64(o, m->options.memory_limit);
    put64(o, m->options.stack_limit);
    put64(o, m->options.output_limit);
    put8(o, m->options.output == NULL);
    put32(o, s->index);
    put32(o, m->end);
    put64(o, s->first_cycle);
    put64(o, s->host_cycles_in);
    put32(o, s->pc_in);
    put32(o, s->closed.pc_out);
    for (int f = 0; f < HB_FAM_COUNT; f++)
        put64(o, s->closed.counts.family[f]);
    put64(o, s->closed.counts.bumps);
    put64(o, s->closed.counts.cells);
    put64(o, s->closed.counts.cycles);
    put32(o, s->closed.counts.ts);
}

static void put_cells(out *o, const hb_rv_shard_state *s)
{
    for (unsigned r = 0; r <= HB_RV_REG_SINK; r++) {
        put64(o, s->x_in[r]);
        put32(o, s->x_shard[r]);
    }
    for (unsigned k = 0; k < HB_RV_PV_CELLS; k++) {
        put64(o, s->pv_in[k]);
        put32(o, s->pv_shard[k]);
    }
}

static void put_queue(out *o, const hb_rv_shard_host *h)
{
    size_t n = h->pushed_lens.len / sizeof(size_t), len;
    put64(o, n);
    for (size_t k = 0; k < n; k++) {
        memcpy(&len, h->pushed_lens.data + k * sizeof len, sizeof len);
        put64(o, len);
    }
    put_bytes(o, h->pushed.data, h->pushed.len);
}

/* Inputs that the shard consumed, and the length of the next one. A HINT_READ that trapped may have used its bytes. */
static void put_inputs(out *o, const hb_rv_run *m)
{
    size_t from = m->shard.host_in.next_input, used = m->host.next_input - from, left = m->options.n_inputs - m->host.next_input;
    put64(o, used + (left > 0));
    for (size_t k = 0; k < used + (left > 0); k++) {
        const hb_rv_span *in = &m->options.inputs[from + k];
        bool whole = k < used || !in->len || m->end == HB_RV_END_TRAP;
        put64(o, in->len);
        put8(o, whole);
        if (whole)
            put_bytes(o, in->data, in->len);
    }
}

static void put_text(out *o, const char *text)
{
    size_t n = strlen(text) + 1;
    put64(o, n);
    put_bytes(o, text, n);
}

static void put_host(out *o, const hb_rv_run *m)
{
    const hb_rv_shard_host *h = &m->shard.host_in;
    const hb_rv_span *in = &m->options.stdin_bytes;
    put64(o, h->kept);
    put_queue(o, h);
    put_inputs(o, m);
    put64(o, m->host.stdin_at - h->stdin_at);
    if (m->host.stdin_at > h->stdin_at)
        put_bytes(o, in->data + h->stdin_at, m->host.stdin_at - h->stdin_at);
    put64(o, m->options.n_args);
    for (size_t k = 0; k < m->options.n_args; k++)
        put_text(o, m->options.args[k]);
    put64(o, m->options.n_keys);
    for (size_t k = 0; k < m->options.n_keys; k++) {
        put_text(o, m->options.keys[k].name);
        put_bytes(o, m->options.keys[k].key, sizeof m->options.keys[k].key);
    }
}

static bool any(const void *data, size_t n)
{
    const uint8_t *p = data;
    return n && (p[0] || memcmp(p, p + 1, n - 1) != 0);
}

static void put_page(out *o, const hb_rvmem_page *page)
{
    const uint8_t *data = hb_rvmem_before(page);
    const uint32_t *last = hb_rvmem_last(page->data);
    const size_t last_bytes = HB_RVMEM_PAGE_WORDS * sizeof *last;
    uint8_t flags = 0;
    if (any(data, HB_RVMEM_PAGE_BYTES))
        flags |= HB_CHECKPOINT_DATA;
    if (any(last, last_bytes))
        flags |= HB_CHECKPOINT_LAST;
    if (page->input && any(page->input->used_before, sizeof page->input->used_before))
        flags |= HB_CHECKPOINT_USED;
    put32(o, page->number);
    put8(o, flags);
    if (flags & HB_CHECKPOINT_DATA)
        put_bytes(o, data, HB_RVMEM_PAGE_BYTES);
    for (size_t w = 0; flags & HB_CHECKPOINT_LAST && w < HB_RVMEM_PAGE_WORDS; w++)
        put32(o, last[w]);
    for (size_t k = 0; flags & HB_CHECKPOINT_USED && k < HB_RVMEM_PAGE_WORDS / 64; k++)
        put64(o, page->input->used_before[k]);
}

static int by_number(const void *a, const void *b)
{
    const hb_rvmem_page *const *x = a, *const *y = b;
    return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

/* Pages that the shard accessed and that were there before it; the others begin in the same way wherever it is run. */
static void put_pages(out *o, const hb_rv_run *m)
{
    uint32_t touched, n = 0;
    const uint32_t *list = hb_rvmem_touched(&m->mem, &touched);
    const hb_rvmem_page **pages = hb_pages_alloc((touched + 1) * sizeof *pages);
    if (!pages) {
        o->failed = true;
        return;
    }
    for (uint32_t k = 0; k < touched; k++)
        if (m->mem.pages[list[k]].born < m->shard.index)
            pages[n++] = &m->mem.pages[list[k]];
    qsort(pages, n, sizeof *pages, by_number);
    put32(o, m->shard.pages_in);
    put32(o, n);
    for (uint32_t k = 0; k < n && !o->failed; k++)
        put_page(o, pages[k]);
    hb_pages_free(pages, (touched + 1) * sizeof *pages);
}

hb_status hb_rv_checkpoint_write(hb_rv_run *m, hb_buf *buf, hb_error *err)
{
    out o = {buf, false};
    size_t start = buf->len;
    if (!m->options.sharding || m->shard.from_checkpoint || !m->shard.index || m->shard.open)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a checkpoint is of a shard that has just been closed");
    put_head(&o, m);
    put_cells(&o, &m->shard);
    put_host(&o, m);
    put_pages(&o, m);
    if (!o.failed) {
        uint8_t digest[HB_CHECKPOINT_DIGEST_BYTES];
        hb_blake3_hash(digest, buf->data + start, buf->len - start);
        put_bytes(&o, digest, sizeof digest);
    }
    if (!o.failed)
        return HB_OK;
    buf->len = start;
    return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a checkpoint");
}
