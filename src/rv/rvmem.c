#include "rv/rvmem.h"

#include <string.h>
#include <sys/mman.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"

typedef struct hb_rvmem_chunk {
    struct hb_rvmem_chunk *next;
    size_t size, used; /* bytes; the header counts as used */
} chunk;

enum { CHUNK_ALIGN = 64, FIRST_CHUNK = 1 << 18, NEXT_CHUNK = 1 << 22 };

/* What to undo at the end of an unconstrained block: copy = NULL means that the page was new. */
typedef struct undo_entry {
    uint32_t page;
    uint8_t *copy;
} undo_entry;

/* Page tables: reserved whole, but only touched where the guest has memory, so huge pages would waste. */
static void *alloc_table(size_t entry_bytes)
{
    void *p = hb_pages_alloc(HB_RVMEM_PAGES * entry_bytes);
#ifdef MADV_NOHUGEPAGE
    if (p)
        madvise(p, HB_RVMEM_PAGES * entry_bytes, MADV_NOHUGEPAGE);
#endif
    return p;
}

hb_status hb_rvmem_init(hb_rvmem *m, const hb_rv_program *program, uint64_t memory_limit, uint64_t stack_limit, bool recording, hb_error *err)
{
    uint64_t pages = memory_limit / HB_RVMEM_PAGE_BYTES;
    *m = (hb_rvmem){.program = program, .recording = recording, .stack_lo = HB_RV_RAM_LO};
    if (stack_limit && stack_limit < HB_RV_STACK_TOP - HB_RV_RAM_LO)
        m->stack_lo = HB_RV_STACK_TOP - stack_limit;
    m->max_pages = (uint32_t)(pages < HB_RVMEM_PAGES ? pages : HB_RVMEM_PAGES);
    m->read = alloc_table(2 * sizeof *m->read);
    m->index = alloc_table(sizeof *m->index);
    m->pages = hb_pages_alloc(m->max_pages * sizeof *m->pages);
    if (m->read && m->index && m->pages) {
        m->write_all = m->write = m->read + HB_RVMEM_PAGES;
        return HB_OK;
    }
    hb_rvmem_free(m);
    return hb_fail(err, HB_OUT_OF_MEMORY, "no address space for the page tables of a guest");
}

void hb_rvmem_free(hb_rvmem *m)
{
    while (m->chunks) {
        chunk *c = m->chunks;
        m->chunks = c->next;
        hb_pages_free(c, c->size);
    }
    hb_pages_free(m->read, 2 * HB_RVMEM_PAGES * sizeof *m->read);
    hb_pages_free(m->write_host, HB_RVMEM_PAGES * sizeof *m->write);
    hb_pages_free(m->index, HB_RVMEM_PAGES * sizeof *m->index);
    hb_pages_free(m->pages, m->max_pages * sizeof *m->pages);
    hb_pages_free(m->touched, m->max_pages * sizeof *m->touched);
    hb_buf_free(&m->undo);
    *m = (hb_rvmem){0};
}

/* Zeroed memory that lives as long as *m, or NULL. */
static void *cut(hb_rvmem *m, size_t bytes)
{
    bytes = (bytes + CHUNK_ALIGN - 1) & ~(size_t)(CHUNK_ALIGN - 1);
    if (!m->chunks || bytes > m->chunks->size - m->chunks->used) {
        size_t size = m->chunks ? NEXT_CHUNK : FIRST_CHUNK;
        chunk *c = hb_pages_alloc(size);
        if (!c)
            return NULL;
        *c = (chunk){m->chunks, size, CHUNK_ALIGN};
        m->chunks = c;
    }
    void *p = (uint8_t *)m->chunks + m->chunks->used;
    m->chunks->used += bytes;
    return p;
}

static size_t frame_bytes(const hb_rvmem *m)
{
    size_t numbers = (size_t)m->recording + m->sharded; /* for each double word */
    return HB_RVMEM_PAGE_BYTES + numbers * HB_RVMEM_PAGE_WORDS * sizeof(uint32_t);
}

/* Data undefined, time stamps and numbers of shards zero (frames that come back were copies, which have none). */
static uint8_t *new_frame(hb_rvmem *m)
{
    uint8_t *f = m->free_frames;
    if (!f)
        return cut(m, frame_bytes(m));
    memcpy(&m->free_frames, f, sizeof m->free_frames);
    return f;
}

static void give_frame(hb_rvmem *m, uint8_t *f)
{
    memcpy(f, &m->free_frames, sizeof m->free_frames);
    m->free_frames = f;
}

uint64_t hb_rvmem_image_word(const hb_rv_program *p, uint64_t address)
{
    return address >= p->img_lo && address < p->img_hi ? p->image[(address - p->img_lo) / 8] : 0;
}

const hb_rvmem_page *hb_rvmem_find(const hb_rvmem *m, uint64_t number)
{
    uint32_t i = number < HB_RVMEM_PAGES ? m->index[number] : 0;
    return i ? &m->pages[i - 1] : NULL;
}

static bool is_full(const hb_rvmem_input *in)
{
    uint64_t all = UINT64_MAX;
    for (size_t k = 0; k < HB_RVMEM_PAGE_WORDS / 64; k++)
        all &= in->used[k];
    return all == UINT64_MAX;
}

/* May an access inside this page skip all checks? The page exists, so it is inside the map. */
static bool is_plain(const hb_rvmem *m, const hb_rvmem_page *p, bool store)
{
    uint64_t lo = p->number * HB_RVMEM_PAGE_BYTES, hi = lo + HB_RVMEM_PAGE_BYTES;
    if (lo < m->stack_lo)
        return false;
    if (p->input && !m->recording && !is_full(p->input))
        return false; /* accesses must be seen to know which words are fresh */
    if (m->touched && !(p->since_mark & (store && !m->host_only ? HB_RVMEM_WRITTEN : HB_RVMEM_TOUCHED)))
        return false; /* the first access must be seen */
    return !store || hi <= m->program->text_lo || lo >= m->program->text_hi;
}

/* A page whose host and guest addresses happen to be the same is never published: correct, though slow. */
static void publish(hb_rvmem *m, const hb_rvmem_page *p)
{
    uintptr_t bias = (uintptr_t)p->data - p->number * (uintptr_t)HB_RVMEM_PAGE_BYTES;
    if (is_plain(m, p, false))
        m->read[p->number] = bias;
    if (is_plain(m, p, true) && (!m->host_only || p->saved))
        m->write[p->number] = bias;
}

/* The first access in a shard: times of an earlier one become its number. */
static void open_page(hb_rvmem *m, hb_rvmem_page *p)
{
    uint32_t *stamps = hb_rvmem_stamps(p->data), *last = hb_rvmem_last(p->data);
    for (unsigned w = 0; w < HB_RVMEM_PAGE_WORDS; w++) {
        last[w] = stamps[w] ? p->shard : last[w];
        stamps[w] = 0;
    }
    p->shard = m->shard;
    if (p->input)
        memcpy(p->input->used_before, p->input->used, sizeof p->input->used);
}

/* Logs an access since the mark. In a run of shards, pages are kept before they change. */
static hb_rv_trap note(hb_rvmem *m, hb_rvmem_page *p, bool store)
{
    uint8_t what = HB_RVMEM_TOUCHED | (store && !m->host_only ? HB_RVMEM_WRITTEN : 0);
    if (!m->touched || (p->since_mark & what) == what)
        return HB_TRAP_NONE;
    if (m->sharded && what & HB_RVMEM_WRITTEN) {
        p->before = new_frame(m);
        if (!p->before)
            return HB_TRAP_HOST_MEMORY;
        memcpy(p->before, p->data, HB_RVMEM_PAGE_BYTES);
    }
    if (!p->since_mark) {
        m->touched[m->n_touched++] = (uint32_t)(p - m->pages);
        if (m->sharded)
            open_page(m, p);
    }
    p->since_mark |= what;
    publish(m, p);
    return HB_TRAP_NONE;
}

/* The contents of a page that nobody has written to. */
static void set_initial(const hb_rvmem *m, hb_rvmem_page *p)
{
    uint64_t lo = p->number * HB_RVMEM_PAGE_BYTES, hi = lo + HB_RVMEM_PAGE_BYTES;
    if (hi <= m->program->img_lo || lo >= m->program->img_hi)
        memset(p->data, 0, HB_RVMEM_PAGE_BYTES);
    else
        for (unsigned w = 0; w < HB_RVMEM_PAGE_WORDS; w++)
            hb_store_le64(p->data + 8 * w, hb_rvmem_image_word(m->program, lo + 8 * w));
}

static bool log_undo(hb_rvmem *m, const hb_rvmem_page *p, uint8_t *copy)
{
    undo_entry e = {(uint32_t)(p - m->pages), copy};
    return hb_buf_append(&m->undo, &e, sizeof e) == HB_OK;
}

static hb_rv_trap add_page(hb_rvmem *m, uint32_t number, hb_rvmem_page **out)
{
    bool input = number * HB_RVMEM_PAGE_BYTES >= HB_RV_INPUT_LO;
    if (m->n_pages + m->n_elsewhere >= m->max_pages)
        return HB_TRAP_MEMORY_LIMIT;
    hb_rvmem_page *p = &m->pages[m->n_pages];
    *p = (hb_rvmem_page){.number = number, .saved = m->host_only, .data = new_frame(m), .shard = m->shard, .born = m->shard};
    if (p->data && input)
        p->input = cut(m, m->recording ? sizeof *p->input : sizeof p->input->used);
    if (!p->data || (input && !p->input) || (m->host_only && !log_undo(m, p, NULL)))
        return HB_TRAP_HOST_MEMORY;
    set_initial(m, p);
    m->index[number] = ++m->n_pages;
    publish(m, p);
    *out = p;
    return HB_TRAP_NONE;
}

static hb_rv_trap find_or_add(hb_rvmem *m, uint64_t number, hb_rvmem_page **out)
{
    uint32_t i = m->index[number];
    if (!i)
        return add_page(m, (uint32_t)number, out);
    *out = &m->pages[i - 1];
    return HB_TRAP_NONE;
}

static hb_rv_trap check_map(const hb_rvmem *m, uint64_t address, uint64_t bytes, bool store)
{
    if (address < HB_RV_RAM_LO)
        return HB_TRAP_NULL_ACCESS;
    if (address > HB_RV_MAP_END - bytes)
        return HB_TRAP_UNMAPPED;
    if (address < m->stack_lo)
        return HB_TRAP_STACK_OVERFLOW;
    if (store && address < m->program->text_hi && address + bytes > m->program->text_lo)
        return HB_TRAP_STORE_TO_TEXT;
    return HB_TRAP_NONE;
}

/* Before the first store to an old page in an unconstrained block. */
static hb_rv_trap save_page(hb_rvmem *m, hb_rvmem_page *p)
{
    uint8_t *copy = new_frame(m);
    if (!copy || !log_undo(m, p, copy))
        return HB_TRAP_HOST_MEMORY;
    memcpy(copy, p->data, HB_RVMEM_PAGE_BYTES);
    p->saved = true;
    publish(m, p);
    return HB_TRAP_NONE;
}

/* Marks the words of [address, address + bytes) that lie in this page as used. */
static void mark_used(hb_rvmem *m, hb_rvmem_page *p, uint64_t address, uint64_t bytes)
{
    uint64_t lo = p->number * HB_RVMEM_PAGE_BYTES, from = address > lo ? address - lo : 0, to = address + bytes - lo;
    if (to > HB_RVMEM_PAGE_BYTES)
        to = HB_RVMEM_PAGE_BYTES;
    for (uint64_t w = from / 8; w < (to + 7) / 8; w++)
        p->input->used[w / 64] |= UINT64_C(1) << (w % 64);
    if (is_full(p->input))
        publish(m, p);
}

hb_rv_trap hb_rvmem_touch(hb_rvmem *m, uint64_t address, unsigned bytes, bool store, uint8_t *page[2])
{
    hb_rv_trap trap = check_map(m, address, bytes, store);
    if (trap != HB_TRAP_NONE)
        return trap;
    uint64_t first = address / HB_RVMEM_PAGE_BYTES, last = (address + bytes - 1) / HB_RVMEM_PAGE_BYTES;
    hb_rvmem_page *p[2];
    trap = find_or_add(m, first, &p[0]);
    if (trap == HB_TRAP_NONE)
        trap = find_or_add(m, last, &p[1]);
    for (unsigned k = 0; k < 2 && trap == HB_TRAP_NONE; k++) {
        page[k] = p[k]->data;
        trap = note(m, p[k], store);
        if (trap == HB_TRAP_NONE && m->host_only && store && !p[k]->saved)
            trap = save_page(m, p[k]);
        if (p[k]->input && !m->recording && !m->host_only)
            mark_used(m, p[k], address, bytes);
    }
    return trap;
}

hb_rv_trap hb_rvmem_load(hb_rvmem *m, uint64_t address, unsigned bytes, uint64_t *value)
{
    uint8_t *page[2];
    hb_rv_trap trap = hb_rvmem_touch(m, address, bytes, false, page);
    if (trap != HB_TRAP_NONE)
        return trap;
    uint64_t at = address % HB_RVMEM_PAGE_BYTES, v = 0;
    for (unsigned k = 0; k < bytes; k++, at++)
        v |= (uint64_t)page[at / HB_RVMEM_PAGE_BYTES][at % HB_RVMEM_PAGE_BYTES] << (8 * k);
    *value = v;
    return HB_TRAP_NONE;
}

hb_rv_trap hb_rvmem_store(hb_rvmem *m, uint64_t address, unsigned bytes, uint64_t value)
{
    uint8_t *page[2];
    hb_rv_trap trap = hb_rvmem_touch(m, address, bytes, true, page);
    if (trap != HB_TRAP_NONE)
        return trap;
    uint64_t at = address % HB_RVMEM_PAGE_BYTES;
    for (unsigned k = 0; k < bytes; k++, at++)
        page[at / HB_RVMEM_PAGE_BYTES][at % HB_RVMEM_PAGE_BYTES] = (uint8_t)(value >> (8 * k));
    return HB_TRAP_NONE;
}

static hb_rv_trap fill_word(hb_rvmem *m, hb_rvmem_page *p, unsigned word, uint64_t value)
{
    if (hb_rvmem_is_used(p, word) || (m->recording && hb_rvmem_stamps(p->data)[word]) || (m->sharded && hb_rvmem_last(p->data)[word]))
        return HB_TRAP_HINT_NOT_FRESH;
    hb_store_le64(p->data + 8 * word, value);
    p->input->used[word / 64] |= UINT64_C(1) << (word % 64);
    if (m->recording)
        p->input->init[word] = value;
    return HB_TRAP_NONE;
}

hb_rv_trap hb_rvmem_fill(hb_rvmem *m, uint64_t address, const uint8_t *bytes, size_t len)
{
    HB_ASSERT(!m->host_only);
    if (address % 8)
        return HB_TRAP_HINT_POINTER;
    if (address < HB_RV_INPUT_LO || address > HB_RV_MAP_END || len > HB_RV_MAP_END - address)
        return HB_TRAP_HINT_REGION;
    hb_rvmem_page *p = NULL;
    for (size_t done = 0; done < len; done += 8, address += 8) {
        uint8_t word[8] = {0};
        memcpy(word, bytes + done, len - done < 8 ? len - done : 8);
        if (!p || address % HB_RVMEM_PAGE_BYTES == 0) {
            if (p)
                publish(m, p);
            hb_rv_trap trap = find_or_add(m, address / HB_RVMEM_PAGE_BYTES, &p);
            if (trap == HB_TRAP_NONE)
                trap = note(m, p, true);
            if (trap != HB_TRAP_NONE)
                return trap;
        }
        hb_rv_trap trap = fill_word(m, p, (unsigned)(address % HB_RVMEM_PAGE_BYTES / 8), hb_load_le64(word));
        if (trap != HB_TRAP_NONE)
            return trap;
    }
    if (p)
        publish(m, p);
    return HB_TRAP_NONE;
}

bool hb_rvmem_peek(const hb_rvmem *m, uint64_t address, uint8_t *out, size_t len)
{
    if (!hb_rvmem_is_mapped(address, len))
        return false;
    while (len) {
        uint64_t at = address % HB_RVMEM_PAGE_BYTES;
        size_t n = HB_RVMEM_PAGE_BYTES - at < len ? (size_t)(HB_RVMEM_PAGE_BYTES - at) : len;
        const hb_rvmem_page *p = hb_rvmem_find(m, address / HB_RVMEM_PAGE_BYTES);
        if (p)
            memcpy(out, p->data + at, n);
        else
            for (size_t k = 0; k < n; k++)
                out[k] = (uint8_t)(hb_rvmem_image_word(m->program, (address + k) & ~UINT64_C(7)) >> ((address + k) % 8 * 8));
        out += n;
        address += n;
        len -= n;
    }
    return true;
}

hb_rv_trap hb_rvmem_read(hb_rvmem *m, uint64_t address, uint8_t *out, size_t len)
{
    HB_ASSERT(hb_rvmem_is_mapped(address, len));
    for (uint64_t n = address / HB_RVMEM_PAGE_BYTES; m->touched && len && n <= (address + len - 1) / HB_RVMEM_PAGE_BYTES; n++) {
        uint32_t i = m->index[n];
        hb_rv_trap trap = i ? note(m, &m->pages[i - 1], false) : HB_TRAP_NONE;
        if (trap != HB_TRAP_NONE)
            return trap;
    }
    hb_rvmem_peek(m, address, out, len);
    return HB_TRAP_NONE;
}

static void forget(hb_rvmem *m, hb_rvmem_page *p)
{
    p->since_mark = 0;
    if (p->before)
        give_frame(m, p->before);
    p->before = NULL;
    m->read[p->number] = m->write_all[p->number] = 0;
}

hb_status hb_rvmem_mark(hb_rvmem *m, hb_error *err)
{
    HB_ASSERT(!m->host_only);
    if (m->touched) {
        for (uint32_t k = 0; k < m->n_touched; k++)
            forget(m, &m->pages[m->touched[k]]);
    } else {
        m->touched = hb_pages_alloc(m->max_pages * sizeof *m->touched);
        if (!m->touched)
            return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the list of touched pages");
        for (uint32_t k = 0; k < m->n_pages; k++)
            forget(m, &m->pages[k]);
    }
    m->n_touched = 0;
    m->marks++;
    return HB_OK;
}

void hb_rvmem_set_shards(hb_rvmem *m)
{
    HB_ASSERT(m->recording && !m->n_pages);
    m->sharded = true;
}

bool hb_rvmem_begin_shard(hb_rvmem *m, uint32_t shard)
{
    HB_ASSERT(m->sharded);
    m->shard = shard;
    return hb_rvmem_mark(m, NULL) == HB_OK;
}

bool hb_rvmem_restore(hb_rvmem *m, uint32_t number, const uint8_t *data, const uint32_t *last, const uint64_t *used, bool *full)
{
    hb_rvmem_page *p;
    uint64_t lo = number * HB_RVMEM_PAGE_BYTES;
    *full = false;
    if (lo < HB_RV_RAM_LO || lo >= HB_RV_MAP_END || m->index[number] || (used != NULL) != (lo >= HB_RV_INPUT_LO))
        return false;
    hb_rv_trap trap = add_page(m, number, &p);
    *full = trap == HB_TRAP_HOST_MEMORY;
    if (trap != HB_TRAP_NONE)
        return false;
    memcpy(p->data, data, HB_RVMEM_PAGE_BYTES);
    memcpy(hb_rvmem_last(p->data), last, HB_RVMEM_PAGE_WORDS * sizeof *last);
    if (used)
        memcpy(p->input->used, used, sizeof p->input->used);
    return true;
}

const uint32_t *hb_rvmem_touched(const hb_rvmem *m, uint32_t *n)
{
    *n = m->n_touched;
    return m->touched;
}

hb_rv_trap hb_rvmem_enter(hb_rvmem *m)
{
    HB_ASSERT(!m->host_only);
    if (!m->write_host)
        m->write_host = alloc_table(sizeof *m->write_host);
    if (!m->write_host)
        return HB_TRAP_HOST_MEMORY;
    m->host_only = true;
    m->write = m->write_host;
    return HB_TRAP_NONE;
}

void hb_rvmem_leave(hb_rvmem *m)
{
    HB_ASSERT(m->host_only);
    m->host_only = false;
    m->write = m->write_all;
    for (size_t at = 0; at < m->undo.len; at += sizeof(undo_entry)) {
        undo_entry e;
        memcpy(&e, m->undo.data + at, sizeof e);
        hb_rvmem_page *p = &m->pages[e.page];
        p->saved = false;
        m->write_host[p->number] = 0;
        if (e.copy) {
            memcpy(p->data, e.copy, HB_RVMEM_PAGE_BYTES);
            give_frame(m, e.copy);
        } else {
            set_initial(m, p); /* stays as a touched page: the host did spend memory on it */
            publish(m, p);
        }
    }
    m->undo.len = 0;
}
