#include "program/elf_note.h"

#include <string.h>

#include "base/bytes.h"

enum {
    EHDR_BYTES = 64,
    PHDR_BYTES = 56,
    SHDR_BYTES = 64,
    SHT_STRTAB = 3,
    SHT_NOTE = 7,
    SHT_NOBITS = 8,
    MAX_SECTIONS = 0xff00,
    NOTE_HEADER = 12,
    OWNER_BYTES = sizeof HB_ELF_NOTE_OWNER,
    NO_SECTION = 0
};

static const char section_name[] = ".note.hauptbuch";
static const char strings_name[] = ".shstrtab";

/* The section headers of a file. */
typedef struct sections {
    const uint8_t *file;
    size_t len;
    uint64_t table;  /* offset of the headers */
    uint32_t n;      /* 0: the file has none */
    uint32_t strings; /* section of the names, or NO_SECTION */
} sections;

static const uint8_t *header(const sections *s, uint32_t k)
{
    return s->file + s->table + (size_t)k * SHDR_BYTES;
}

static uint64_t offset_of(const uint8_t *h)
{
    return hb_load_le64(h + 24);
}

static uint64_t size_of(const uint8_t *h)
{
    return hb_load_le32(h + 4) == SHT_NOBITS ? 0 : hb_load_le64(h + 32);
}

/* Nothing lies everywhere. */
static bool lies_inside(uint64_t offset, uint64_t size, size_t len)
{
    return size == 0 || (offset <= len && size <= len - offset);
}

static bool read_sections(sections *s, const uint8_t *file, size_t len)
{
    *s = (sections){.file = file, .len = len};
    if (len < EHDR_BYTES || memcmp(file, "\177ELF\2\1", 6) != 0)
        return false;
    s->table = hb_load_le64(file + 40);
    if (!s->table)
        return true;
    s->n = hb_load_le16(file + 60);
    s->strings = hb_load_le16(file + 62);
    if (!s->n || hb_load_le16(file + 58) != SHDR_BYTES || !lies_inside(s->table, (uint64_t)s->n * SHDR_BYTES, len) || s->strings >= s->n)
        return false;
    for (uint32_t k = 1; k < s->n; k++)
        if (!lies_inside(offset_of(header(s, k)), size_of(header(s, k)), len))
            return false;
    return true;
}

/* Section k as our note; false when it is none. */
static bool read_note(const sections *s, uint32_t k, const uint8_t **data, size_t *n)
{
    const uint8_t *h = header(s, k);
    uint64_t size = size_of(h);
    if (hb_load_le32(h + 4) != SHT_NOTE || size < NOTE_HEADER + ((OWNER_BYTES + 3) & ~3))
        return false;
    const uint8_t *p = s->file + offset_of(h);
    uint64_t left = size - NOTE_HEADER - ((OWNER_BYTES + 3) & ~3);
    if (hb_load_le32(p) != OWNER_BYTES || hb_load_le32(p + 8) != HB_ELF_NOTE_TYPE || memcmp(p + NOTE_HEADER, HB_ELF_NOTE_OWNER, OWNER_BYTES) != 0 || hb_load_le32(p + 4) > left)
        return false;
    *data = p + size - left;
    *n = hb_load_le32(p + 4);
    return true;
}

/* Our section, or NO_SECTION. */
static uint32_t find_section(const sections *s, const uint8_t **data, size_t *n)
{
    for (uint32_t k = 1; k < s->n; k++)
        if (read_note(s, k, data, n))
            return k;
    return NO_SECTION;
}

bool hb_elf_note_find(const uint8_t *file, size_t len, const uint8_t **data, size_t *n)
{
    sections s;
    return read_sections(&s, file, len) && find_section(&s, data, n) != NO_SECTION;
}

/* Does a segment, or a section other than our note and the names, need bytes of the file from `end` on? */
static bool is_needed(const sections *s, uint32_t mine, uint64_t end)
{
    uint64_t table = hb_load_le64(s->file + 32);
    uint32_t n = hb_load_le16(s->file + 56);
    if (!lies_inside(table, (uint64_t)n * PHDR_BYTES, s->len) || hb_load_le16(s->file + 54) != PHDR_BYTES || table + (uint64_t)n * PHDR_BYTES > end)
        return true;
    for (uint32_t k = 0; k < n; k++) {
        const uint8_t *h = s->file + table + (size_t)k * PHDR_BYTES;
        uint64_t offset = hb_load_le64(h + 8), size = hb_load_le64(h + 32);
        if (!lies_inside(offset, size, (size_t)end))
            return true;
    }
    for (uint32_t k = 1; k < s->n; k++) {
        const uint8_t *h = header(s, k);
        if (k != mine && k != s->strings && !lies_inside(offset_of(h), size_of(h), (size_t)end))
            return true;
    }
    return false;
}

/* How much of the file stays in front of the note: without an older note and what was written behind it, where nothing needs that. */
static size_t kept_bytes(const sections *s, uint32_t mine)
{
    if (mine == NO_SECTION)
        return s->len;
    uint64_t at = offset_of(header(s, mine));
    bool tail = at >= EHDR_BYTES && s->table > at && s->strings && offset_of(header(s, s->strings)) > at;
    return tail && !is_needed(s, mine, at) ? (size_t)at : s->len;
}

static bool append_zeros(hb_buf *b, size_t n)
{
    static const uint8_t zeros[16];
    return hb_buf_append(b, zeros, n) == HB_OK;
}

static bool append_note(hb_buf *out, const uint8_t *data, size_t n)
{
    uint8_t head[NOTE_HEADER];
    hb_store_le32(head, OWNER_BYTES);
    hb_store_le32(head + 4, (uint32_t)n);
    hb_store_le32(head + 8, HB_ELF_NOTE_TYPE);
    return hb_buf_append(out, head, sizeof head) == HB_OK && hb_buf_append(out, HB_ELF_NOTE_OWNER, OWNER_BYTES) == HB_OK && append_zeros(out, -OWNER_BYTES & 3) &&
           hb_buf_append(out, data, n) == HB_OK && append_zeros(out, -n & 3);
}

static void fill_header(uint8_t *h, uint32_t name, uint32_t type, uint64_t offset, uint64_t size, uint64_t align)
{
    memset(h, 0, SHDR_BYTES);
    hb_store_le32(h, name);
    hb_store_le32(h + 4, type);
    hb_store_le64(h + 24, offset);
    hb_store_le64(h + 32, size);
    hb_store_le64(h + 48, align);
}

/* What is written behind the file. */
typedef struct tail {
    uint32_t mine, strings, n;        /* sections */
    uint32_t mine_name, strings_name; /* offsets among the names */
    uint64_t note, names, table;      /* offsets in the file */
    uint64_t note_bytes, names_bytes;
} tail;

static bool append_names(hb_buf *out, const sections *s, tail *t)
{
    size_t start = out->len;
    uint64_t old = s->strings ? size_of(header(s, s->strings)) : 0;
    bool ok = !old || hb_buf_append(out, s->file + offset_of(header(s, s->strings)), old) == HB_OK;
    if (out->len == start || out->data[out->len - 1])
        ok = ok && append_zeros(out, 1);
    t->mine_name = (uint32_t)(out->len - start);
    if (t->mine == s->n || !s->n)
        ok = ok && hb_buf_append(out, section_name, sizeof section_name) == HB_OK;
    t->strings_name = (uint32_t)(out->len - start);
    if (!s->strings)
        ok = ok && hb_buf_append(out, strings_name, sizeof strings_name) == HB_OK;
    t->names_bytes = out->len - start;
    return ok;
}

static bool append_table(hb_buf *out, const sections *s, const tail *t)
{
    size_t start = out->len;
    if (hb_buf_reserve(out, (size_t)t->n * SHDR_BYTES) != HB_OK)
        return false;
    uint8_t *h = out->data + start;
    memset(h, 0, (size_t)t->n * SHDR_BYTES);
    if (s->n)
        memcpy(h, header(s, 0), (size_t)s->n * SHDR_BYTES);
    for (uint32_t k = 0; k < s->n && !s->strings; k++) /* the old names led nowhere */
        hb_store_le32(h + (size_t)k * SHDR_BYTES, 0);
    uint8_t *mine = h + (size_t)t->mine * SHDR_BYTES, *strings = h + (size_t)t->strings * SHDR_BYTES;
    bool is_new = t->mine >= s->n;
    fill_header(mine, is_new ? t->mine_name : hb_load_le32(mine), SHT_NOTE, t->note, t->note_bytes, 4);
    fill_header(strings, s->strings ? hb_load_le32(strings) : t->strings_name, SHT_STRTAB, t->names, t->names_bytes, 1);
    out->len += (size_t)t->n * SHDR_BYTES;
    return true;
}

/* Numbers of the new sections: behind the old ones, or behind the empty section 0. */
static tail plan(const sections *s, uint32_t mine)
{
    tail t = {.n = s->n ? s->n : 1};
    t.mine = mine ? mine : t.n++;
    t.strings = s->strings ? s->strings : t.n++;
    return t;
}

static bool append_all(hb_buf *out, const sections *s, uint32_t mine, tail *t, const uint8_t *data, size_t n)
{
    size_t start = out->len;
    bool ok = hb_buf_append(out, s->file, kept_bytes(s, mine)) == HB_OK && append_zeros(out, -(out->len - start) & 7);
    t->note = out->len - start;
    ok = ok && append_note(out, data, n);
    t->note_bytes = out->len - start - t->note;
    t->names = out->len - start;
    ok = ok && append_names(out, s, t) && append_zeros(out, -(out->len - start) & 7);
    t->table = out->len - start;
    return ok && append_table(out, s, t);
}

hb_status hb_elf_note_write(hb_buf *out, const uint8_t *file, size_t len, const uint8_t *data, size_t n, hb_error *err)
{
    sections s;
    size_t start = out->len;
    if (!read_sections(&s, file, len) || s.n + 2 >= MAX_SECTIONS)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: its section headers are damaged, or too many");
    if (n > UINT32_MAX - 3)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a note of more than 4 GiB");
    const uint8_t *old;
    size_t old_n;
    uint32_t mine = find_section(&s, &old, &old_n);
    tail t = plan(&s, mine);
    if (!append_all(out, &s, mine, &t, data, n)) {
        out->len = start;
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the file of a package");
    }
    uint8_t *h = out->data + start;
    hb_store_le64(h + 40, t.table);
    hb_store_le16(h + 58, SHDR_BYTES);
    hb_store_le16(h + 60, (uint16_t)t.n);
    hb_store_le16(h + 62, (uint16_t)t.strings);
    return HB_OK;
}
