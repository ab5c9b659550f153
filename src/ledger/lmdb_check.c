#include "ledger/lmdb_check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

enum { HEADER = 16, NODE = 8, DB = 48, BRANCH = 1, LEAF = 2, OVERFLOW = 4, META = 8, BIGDATA = 1, SUBDATA = 2, DEPTH_MAX = 32, KEY_MAX = 511 };
#define NO_PAGE UINT64_MAX

typedef struct table {
    uint16_t flags, depth;
    uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
} table;

typedef struct meta {
    uint64_t last_page, txn;
    table tables[2]; /* free list, list of tables */
    uint32_t page_bytes;
} meta;

typedef struct check {
    int fd;
    meta meta;
    bool whole;
    uint8_t *seen; /* a bit a page: in use, or free */
    hb_error *err;
} check;

/* One table's walk; counts are compared with what the table says. */
typedef struct walk {
    check *c;
    const table *t;
    bool numbers;   /* keys are 8-byte numbers (the free list) */
    bool of_tables; /* values are tables */
    table found;
    uint8_t last[KEY_MAX];
    size_t last_bytes;
    bool any;
} walk;

static hb_status damaged(const check *c, const char *what, uint64_t page)
{
    const hb_status st = hb_fail(c->err, HB_IO, "damaged: the data file's page %llu: %s", (unsigned long long)page, what);
    if (c->err)
        c->err->offset = page * (c->meta.page_bytes ? c->meta.page_bytes : 4096);
    return st;
}

static table read_table(const uint8_t *p)
{
    return (table){hb_load_le16(p + 4), hb_load_le16(p + 6), hb_load_le64(p + 8), hb_load_le64(p + 16), hb_load_le64(p + 24), hb_load_le64(p + 32), hb_load_le64(p + 40)};
}

/* The meta page of the transaction, of the two there are. */
static hb_status find_meta(check *c, uint64_t txn_id, bool *passed)
{
    uint8_t page[HEADER + 136];
    uint32_t page_bytes = 4096;
    *passed = true;
    for (int i = 0; i < 2; i++) {
        if (pread(c->fd, page, sizeof page, (off_t)i * page_bytes) != (ssize_t)sizeof page)
            return damaged(c, "the file ends within its first pages", (uint64_t)i);
        const uint8_t *m = page + HEADER;
        if (hb_load_le32(m) != 0xbeefc0de || hb_load_le32(m + 4) != 1)
            return damaged(c, "not a meta page of LMDB", (uint64_t)i);
        const uint32_t says = hb_load_le32(m + 24);
        if (says < 256 || says > 65536 || (says & (says - 1)) || (i && says != page_bytes))
            return damaged(c, "the page size", (uint64_t)i);
        page_bytes = says;
        if (hb_load_le64(m + 128) != txn_id)
            continue;
        if (hb_load_le64(page) != (uint64_t)i || hb_load_le16(page + 10) != META)
            return damaged(c, "the header of a meta page", (uint64_t)i);
        c->meta = (meta){.txn = txn_id, .last_page = hb_load_le64(m + 120), .tables = {read_table(m + 24), read_table(m + 24 + DB)}, .page_bytes = says};
        *passed = false;
    }
    return HB_OK;
}

static hb_status take_pages(const check *c, uint64_t first, uint64_t n)
{
    if (first < 2 || n == 0 || first > c->meta.last_page || n - 1 > c->meta.last_page - first)
        return damaged(c, "it is named, but lies outside of the file", first);
    for (uint64_t p = first; p < first + n; p++) {
        if (c->seen[p / 8] >> (p % 8) & 1)
            return damaged(c, "it is used twice, or used and free", p);
        c->seen[p / 8] |= (uint8_t)(1u << (p % 8));
    }
    return HB_OK;
}

static hb_status read_page(const check *c, uint64_t number, uint8_t *page)
{
    const size_t n = c->meta.page_bytes;
    if (number > c->meta.last_page || pread(c->fd, page, n, (off_t)(number * n)) != (ssize_t)n)
        return damaged(c, "it is named, but lies outside of the file", number);
    return hb_load_le64(page) == number ? HB_OK : damaged(c, "it carries another number", number);
}

static hb_status check_key(walk *w, const uint8_t *key, size_t bytes, uint64_t page)
{
    bool above = bytes <= KEY_MAX && bytes > 0;
    if (above && w->any && w->numbers)
        above = bytes == 8 && hb_load_le64(w->last) < hb_load_le64(key);
    else if (above && w->any) {
        const int order = memcmp(w->last, key, bytes < w->last_bytes ? bytes : w->last_bytes);
        above = order < 0 || (order == 0 && w->last_bytes < bytes);
    }
    if (!above)
        return damaged(w->c, "its keys do not ascend", page);
    memcpy(w->last, key, bytes);
    w->last_bytes = bytes;
    w->any = true;
    return HB_OK;
}

static hb_status check_table(check *c, const table *t, bool numbers, bool of_tables);

/* Pages on the free list: in use nowhere else. */
static hb_status check_free(const check *c, const uint8_t *list, size_t bytes, uint64_t page)
{
    const uint64_t n = bytes >= 8 ? hb_load_le64(list) : UINT64_MAX;
    if (n > bytes / 8 - (bytes >= 8))
        return damaged(c, "the free list", page);
    for (uint64_t i = 1; i <= n; i++) {
        const hb_status st = take_pages(c, hb_load_le64(list + 8 * i), 1);
        if (st != HB_OK)
            return st;
    }
    return HB_OK;
}

static hb_status check_big(walk *w, uint64_t first, size_t bytes)
{
    check *c = w->c;
    uint8_t head[HEADER];
    const uint64_t n = (HEADER - 1 + (uint64_t)bytes) / c->meta.page_bytes + 1;
    hb_status st = take_pages(c, first, n);
    if (st != HB_OK)
        return st;
    w->found.overflow_pages += n;
    if (pread(c->fd, head, HEADER, (off_t)(first * c->meta.page_bytes)) != HEADER || hb_load_le64(head) != first || hb_load_le16(head + 10) != OVERFLOW ||
        hb_load_le32(head + 12) != n)
        return damaged(c, "the header of a long value", first);
    if (!w->numbers)
        return HB_OK;
    uint8_t *list = malloc(bytes + 1);
    if (!list)
        return hb_fail(c->err, HB_OUT_OF_MEMORY, "checking the data file: out of memory");
    st = pread(c->fd, list, bytes, (off_t)(first * c->meta.page_bytes + HEADER)) == (ssize_t)bytes ? check_free(c, list, bytes, first)
                                                                                                   : damaged(c, "it is cut off", first);
    free(list);
    return st;
}

static hb_status check_value(walk *w, const uint8_t *node, const uint8_t *value, size_t bytes, uint64_t page)
{
    const uint16_t flags = hb_load_le16(node + 4);
    w->found.entries++;
    if (flags != (w->of_tables ? SUBDATA : flags & BIGDATA))
        return damaged(w->c, "a value of another kind", page);
    if (w->of_tables) {
        if (bytes != DB)
            return damaged(w->c, "the record of a table", page);
        const table t = read_table(value);
        return w->c->whole ? check_table(w->c, &t, false, false) : HB_OK;
    }
    if (flags & BIGDATA)
        return check_big(w, hb_load_le64(value), bytes);
    return w->numbers ? check_free(w->c, value, bytes, page) : HB_OK;
}

static hb_status walk_page(walk *w, uint64_t number, unsigned depth);

/* Node i of a page whose header is checked. */
static hb_status check_node(walk *w, const uint8_t *page, unsigned i, uint64_t number, unsigned depth)
{
    const size_t size = w->c->meta.page_bytes;
    const size_t at = hb_load_le16(page + HEADER + 2 * i), upper = hb_load_le16(page + 14);
    if (at < upper || at > size - NODE)
        return damaged(w->c, "a node lies outside of it", number);
    const uint8_t *node = page + at;
    const size_t key = hb_load_le16(node + 6), room = size - at - NODE;
    const uint64_t low = hb_load_le32(node);
    const bool leaf = depth == w->t->depth;
    const size_t stored = !leaf ? 0 : hb_load_le16(node + 4) & BIGDATA ? 8 : (size_t)low;
    if (key > room || stored > room - key)
        return damaged(w->c, "a node reaches outside of it", number);
    if (!leaf)
        return walk_page(w, low | (uint64_t)hb_load_le16(node + 4) << 32, depth + 1);
    const hb_status st = check_key(w, node + NODE, key, number);
    return st == HB_OK ? check_value(w, node, node + NODE + key, (size_t)low, number) : st;
}

static hb_status walk_page(walk *w, uint64_t number, unsigned depth)
{
    check *c = w->c;
    const size_t size = c->meta.page_bytes;
    const bool leaf = depth == w->t->depth;
    hb_status st = take_pages(c, number, 1);
    if (st != HB_OK)
        return st;
    uint8_t *page = malloc(size);
    if (!page)
        return hb_fail(c->err, HB_OUT_OF_MEMORY, "checking the data file: out of memory");
    st = read_page(c, number, page);
    const unsigned lower = hb_load_le16(page + 12), upper = hb_load_le16(page + 14), n = lower >= HEADER ? (lower - HEADER) / 2 : 0;
    if (st == HB_OK && (hb_load_le16(page + 10) != (leaf ? LEAF : BRANCH) || lower < HEADER || lower % 2 || lower > upper || upper > size || n < (leaf ? 1 : 2)))
        st = damaged(c, "its header", number);
    *(leaf ? &w->found.leaf_pages : &w->found.branch_pages) += 1;
    for (unsigned i = 0; st == HB_OK && i < n; i++)
        st = check_node(w, page, i, number, depth);
    free(page);
    return st;
}

static hb_status check_table(check *c, const table *t, bool numbers, bool of_tables)
{
    walk w = {.c = c, .t = t, .numbers = numbers, .of_tables = of_tables};
    if (t->root == NO_PAGE)
        return t->depth || t->entries || t->branch_pages || t->leaf_pages || t->overflow_pages ? damaged(c, "an empty table has entries", 0) : HB_OK;
    if (t->depth == 0 || t->depth > DEPTH_MAX)
        return damaged(c, "the depth of a table", t->root);
    const hb_status st = walk_page(&w, t->root, 1);
    if (st != HB_OK)
        return st;
    if (w.found.entries != t->entries || w.found.branch_pages != t->branch_pages || w.found.leaf_pages != t->leaf_pages || w.found.overflow_pages != t->overflow_pages)
        return damaged(c, "its table counts other pages or entries", t->root);
    return HB_OK;
}

hb_status hb_lmdb_check(int fd, uint64_t txn_id, bool whole, bool *passed, hb_error *err)
{
    check c = {.fd = fd, .whole = whole, .err = err};
    struct stat st;
    hb_status status = find_meta(&c, txn_id, passed);
    if (status != HB_OK || *passed)
        return status;
    if (fstat(fd, &st) || c.meta.last_page > (uint64_t)st.st_size / c.meta.page_bytes)
        return damaged(&c, "the file ends before its last page", c.meta.last_page);
    c.seen = calloc(c.meta.last_page / 8 + 1, 1);
    if (!c.seen)
        return hb_fail(err, HB_OUT_OF_MEMORY, "checking the data file: out of memory");
    status = check_table(&c, &c.meta.tables[1], false, true);
    if (status == HB_OK && whole)
        status = check_table(&c, &c.meta.tables[0], true, false);
    free(c.seen);
    return status;
}
