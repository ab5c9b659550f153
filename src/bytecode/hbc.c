#include "bytecode/hbc.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "bytecode/bcode_translate.h"
#include "rv/elf.h"

enum { HEADER_BYTES = 16, SECTION_BYTES = 12, LIMITS_BYTES = 24 };
static const uint8_t magic[8] = {0x89, 'H', 'B', 'C', '\r', '\n', 0x1a, '\n'};

static hb_status invalid(hb_error *err, uint64_t offset, const char *reason)
{
    hb_status st = hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: offset %" PRIu64 ": %s", offset, reason);
    if (err)
        err->offset = offset;
    return st;
}

bool hb_hbc_is(const uint8_t *bytes, size_t len)
{
    return len >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

static bool is_printable(const char tag[4])
{
    for (unsigned k = 0; k < 4; k++)
        if (tag[k] < 0x21 || tag[k] > 0x7e)
            return false;
    return true;
}

static bool is_known(const char tag[4])
{
    return memcmp(tag, "CODE", 4) == 0 || memcmp(tag, "LIMT", 4) == 0;
}

/* What is wrong with a section that was read completely, or NULL. */
static const char *check_section(const hb_hbc *c, const hb_hbc_section *s)
{
    if (!is_printable(s->tag))
        return "the tag of a section is not printable";
    if (c->n && memcmp(c->sections[c->n - 1].tag, s->tag, 4) >= 0)
        return "sections do not ascend";
    if (s->tag[0] >= 'A' && s->tag[0] <= 'Z' && !is_known(s->tag))
        return "a section that this version does not know";
    return NULL;
}

hb_status hb_hbc_parse(hb_hbc *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    hb_reader r = hb_reader_of(bytes, len);
    const uint8_t *start;
    uint32_t version, sections;
    out->n = 0;
    if (!hb_hbc_is(bytes, len))
        return invalid(err, 0, "not a bytecode file");
    if (!hb_read_span(&r, sizeof magic, &start) || !hb_read_u32(&r, &version) || !hb_read_u32(&r, &sections))
        return invalid(err, len, "the file ends in its header");
    if (version != HB_HBC_VERSION)
        return invalid(err, 8, "unknown version of the container");
    if (!sections || sections > HB_HBC_MAX_SECTIONS)
        return invalid(err, 12, "not 1 to 64 sections");
    for (uint32_t k = 0; k < sections; k++) {
        hb_hbc_section s = {.tag = {0}};
        uint64_t at = len - hb_reader_left(&r), n;
        if (!hb_read_copy(&r, s.tag, 4) || !hb_read_u64(&r, &n) || n > hb_reader_left(&r) || !hb_read_span(&r, (size_t)n, &s.data))
            return invalid(err, at, "a section is cut off by the end of the file");
        s.len = (size_t)n;
        const char *reason = check_section(out, &s);
        if (reason)
            return invalid(err, at, reason);
        out->sections[out->n++] = s;
    }
    if (hb_reader_left(&r))
        return invalid(err, len - hb_reader_left(&r), "bytes behind the last section");
    return HB_OK;
}

const hb_hbc_section *hb_hbc_find(const hb_hbc *c, const char tag[4])
{
    for (uint32_t k = 0; k < c->n; k++)
        if (memcmp(c->sections[k].tag, tag, 4) == 0)
            return &c->sections[k];
    return NULL;
}

hb_status hb_hbc_write(hb_buf *out, const hb_hbc_section *sections, size_t n)
{
    size_t bytes = HEADER_BYTES, start = out->len;
    if (!n || n > HB_HBC_MAX_SECTIONS)
        return HB_INVALID_ARGUMENT;
    for (size_t k = 0; k < n; k++) {
        if (!is_printable(sections[k].tag) || (k && memcmp(sections[k - 1].tag, sections[k].tag, 4) >= 0))
            return HB_INVALID_ARGUMENT;
        bytes += SECTION_BYTES + sections[k].len;
    }
    if (hb_buf_reserve(out, bytes) != HB_OK)
        return HB_OUT_OF_MEMORY;
    hb_writer w = hb_writer_of(out->data + start, bytes);
    hb_write_copy(&w, magic, sizeof magic);
    hb_write_u32(&w, HB_HBC_VERSION);
    hb_write_u32(&w, (uint32_t)n);
    for (size_t k = 0; k < n; k++) {
        hb_write_copy(&w, sections[k].tag, 4);
        hb_write_u64(&w, sections[k].len);
        hb_write_copy(&w, sections[k].data, sections[k].len);
    }
    out->len += bytes;
    return HB_OK;
}

hb_status hb_bytecode_write(hb_buf *out, const uint8_t *code, size_t len, const hb_bytecode_limits *limits)
{
    uint8_t l[LIMITS_BYTES];
    hb_store_le64(l, limits->stack);
    hb_store_le64(l + 8, limits->memory);
    hb_store_le64(l + 16, limits->gas);
    const hb_hbc_section sections[] = {{"CODE", code, len}, {"LIMT", l, sizeof l}};
    return hb_hbc_write(out, sections, 2);
}

hb_status hb_bytecode_read(hb_bytecode_program *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    hb_hbc c;
    hb_bytecode_limits limits = HB_BYTECODE_DEFAULT_LIMITS;
    *out = (hb_bytecode_program){0};
    hb_status st = hb_hbc_parse(&c, bytes, len, err);
    if (st != HB_OK)
        return st;
    const hb_hbc_section *code = hb_hbc_find(&c, "CODE"), *l = hb_hbc_find(&c, "LIMT");
    if (!code)
        return invalid(err, len, "no section CODE");
    if (l && l->len != LIMITS_BYTES)
        return invalid(err, (uint64_t)(l->data - bytes), "section LIMT does not have 24 bytes");
    if (l)
        limits = (hb_bytecode_limits){hb_load_le64(l->data), hb_load_le64(l->data + 8), hb_load_le64(l->data + 16)};
    if (l && (limits.stack > HB_BYTECODE_MAX_STACK || limits.memory > HB_BYTECODE_MAX_MEMORY))
        return invalid(err, (uint64_t)(l->data - bytes), "a limit is larger than possible");
    return hb_bytecode_program_make(out, code->data, code->len, &limits, err);
}

hb_status hb_bytecode_load(hb_rv_program *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    hb_bytecode_program p;
    if (!hb_hbc_is(bytes, len))
        return hb_rv_elf_load(out, bytes, len, err);
    *out = (hb_rv_program){0};
    hb_status st = hb_bytecode_read(&p, bytes, len, err);
    if (st == HB_OK)
        st = hb_bytecode_translate_load(out, &p, err);
    hb_bytecode_program_free(&p);
    return st;
}
