#include "program/package_file.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "bytecode/hbc.h"
#include "program/elf_note.h"

enum { CONFIGURATION_BYTES = 32, LIMITS_BYTES = 24, SECTIONS_MAX = 10 };

static hb_status invalid(hb_error *err, const char *what)
{
    return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: the description of the package: %s", what);
}

/* The texts of a package by their tags. */
typedef struct text {
    char tag[5];
    char *at;
    size_t capacity; /* with the NUL */
} text;

enum { TEXTS = 6 };

static void list_texts(hb_package_metadata *m, char id[HB_PACKAGE_ID_MAX + 1], text out[TEXTS])
{
    const text list[TEXTS] = {{"auth", m->author, sizeof m->author},   {"desc", m->description, sizeof m->description}, {"lice", m->license, sizeof m->license},
                              {"name", m->name, sizeof m->name},       {"prid", id, HB_PACKAGE_ID_MAX + 1},             {"vers", m->version, sizeof m->version}};
    memcpy(out, list, sizeof list);
}

static hb_status read_texts(hb_package *p, const hb_hbc *c, hb_error *err)
{
    hb_package_metadata m = {.name = ""};
    hb_error why = {.message = ""};
    char id[HB_PACKAGE_ID_MAX + 1] = "";
    text texts[TEXTS];
    list_texts(&m, id, texts);
    for (unsigned k = 0; k < TEXTS; k++) {
        const hb_hbc_section *s = hb_hbc_find(c, texts[k].tag);
        if (!s)
            continue;
        if (s->len >= texts[k].capacity || memchr(s->data, 0, s->len))
            return invalid(err, "a text is too long or has a NUL");
        memcpy(texts[k].at, s->data, s->len);
    }
    if (id[0] && hb_package_set_id(p, id, &why) != HB_OK)
        return invalid(err, why.message);
    if (hb_package_set_metadata(p, &m, &why) != HB_OK)
        return invalid(err, why.message);
    return HB_OK;
}

static hb_status read_configuration(hb_package *p, const hb_hbc *c, hb_error *err)
{
    const hb_hbc_section *s = hb_hbc_find(c, "conf");
    if (!s)
        return HB_OK;
    if (s->len != CONFIGURATION_BYTES)
        return invalid(err, "section conf does not have 32 bytes");
    hb_package_configuration conf = {hb_load_le64(s->data), hb_load_le64(s->data + 8), hb_load_le64(s->data + 16), hb_load_le64(s->data + 24)};
    if (p->kind == HB_PACKAGE_BYTECODE) {
        if (conf.memory_limit || conf.stack_limit || conf.gas_limit)
            return invalid(err, "the limits of bytecode belong into section LIMT");
        p->configuration.cycle_limit = conf.cycle_limit;
        return HB_OK;
    }
    return hb_package_set_configuration(p, &conf, err);
}

/* u8 length and bytes, into a text with room for max + 1. */
static bool read_short_text(hb_reader *r, char *out, size_t max)
{
    uint8_t n;
    if (!hb_read_u8(r, &n) || n > max || !hb_read_copy(r, out, n))
        return false;
    out[n] = '\0';
    return !memchr(out, 0, n);
}

static bool read_dependency(hb_reader *r, hb_package_dependency *d)
{
    uint8_t kind, has_checksum;
    *d = (hb_package_dependency){.id = ""};
    if (!hb_read_u8(r, &kind) || !read_short_text(r, d->id, HB_PACKAGE_ID_MAX) || !read_short_text(r, d->requirement, HB_PACKAGE_VERSION_MAX) ||
        !read_short_text(r, d->version, HB_PACKAGE_VERSION_MAX) || !hb_read_u8(r, &has_checksum) || has_checksum > 1)
        return false;
    d->kind = (hb_dependency_kind)kind;
    d->has_checksum = has_checksum;
    return !has_checksum || hb_read_copy(r, d->checksum, sizeof d->checksum);
}

static hb_status read_dependencies(hb_package *p, const hb_hbc *c, hb_error *err)
{
    const hb_hbc_section *s = hb_hbc_find(c, "deps");
    uint32_t n;
    if (!s)
        return HB_OK;
    hb_reader r = hb_reader_of(s->data, s->len);
    if (!hb_read_u32(&r, &n))
        return invalid(err, "section deps is cut off");
    for (uint32_t k = 0; k < n; k++) {
        hb_package_dependency d;
        if (!read_dependency(&r, &d))
            return invalid(err, "a dependency is cut off or damaged");
        hb_status st = hb_package_add_dependency(p, &d, err);
        if (st != HB_OK)
            return st;
    }
    return hb_reader_left(&r) ? invalid(err, "bytes behind the last dependency") : HB_OK;
}

static hb_status read_description(hb_package *p, const hb_hbc *c, hb_error *err)
{
    hb_status st = read_texts(p, c, err);
    if (st == HB_OK)
        st = read_configuration(p, c, err);
    return st == HB_OK ? read_dependencies(p, c, err) : st;
}

static hb_status read_bytecode(hb_package *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    hb_hbc c;
    hb_bytecode_program program;
    hb_status st = hb_bytecode_read(&program, bytes, len, err);
    if (st == HB_OK)
        st = hb_package_init(out, HB_PACKAGE_BYTECODE, program.code, program.code_len, err);
    if (st == HB_OK) {
        const hb_bytecode_limits *l = &program.limits;
        const hb_package_configuration conf = {.memory_limit = l->memory, .stack_limit = l->stack, .gas_limit = l->gas};
        st = hb_package_set_configuration(out, &conf, err);
    }
    hb_bytecode_program_free(&program);
    if (st == HB_OK)
        st = hb_hbc_parse(&c, bytes, len, err);
    return st == HB_OK ? read_description(out, &c, err) : st;
}

static hb_status read_elf(hb_package *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    hb_hbc c;
    const uint8_t *note;
    size_t n;
    hb_status st = hb_package_init(out, HB_PACKAGE_ELF, bytes, len, err);
    if (st != HB_OK || !hb_elf_note_find(bytes, len, &note, &n) || !n)
        return st;
    if (hb_hbc_parse(&c, note, n, err) != HB_OK || hb_hbc_find(&c, "CODE") || hb_hbc_find(&c, "LIMT"))
        return invalid(err, "the note is damaged");
    return read_description(out, &c, err);
}

hb_status hb_package_read(hb_package *out, const uint8_t *bytes, size_t len, hb_error *err)
{
    *out = (hb_package){0};
    hb_status st = hb_hbc_is(bytes, len) ? read_bytecode(out, bytes, len, err) : read_elf(out, bytes, len, err);
    if (st != HB_OK)
        hb_package_free(out);
    return st;
}

static hb_status put_short_text(hb_buf *b, const char *s)
{
    hb_status st = hb_buf_append_u8(b, (uint8_t)strlen(s));
    return st == HB_OK ? hb_buf_append(b, s, strlen(s)) : st;
}

static hb_status put_dependency(hb_buf *b, const hb_package_dependency *d)
{
    const char *const texts[3] = {d->id, d->requirement, d->version};
    hb_status st = hb_buf_append_u8(b, (uint8_t)d->kind);
    for (unsigned k = 0; k < 3 && st == HB_OK; k++)
        st = put_short_text(b, texts[k]);
    if (st == HB_OK)
        st = hb_buf_append_u8(b, d->has_checksum);
    return st == HB_OK && d->has_checksum ? hb_buf_append(b, d->checksum, sizeof d->checksum) : st;
}

static hb_status put_dependencies(hb_buf *b, const hb_package *p)
{
    size_t n = hb_package_dependency_count(p);
    hb_status st = n ? hb_buf_append_u32(b, (uint32_t)n) : HB_OK;
    for (size_t k = 0; k < n && st == HB_OK; k++)
        st = put_dependency(b, hb_package_dependency_at(p, k));
    return st;
}

/* Adds a section that is not empty. */
static void add_section(hb_hbc_section *sections, size_t *n, const char *tag, const void *data, size_t len)
{
    if (!len)
        return;
    hb_hbc_section *s = &sections[(*n)++];
    *s = (hb_hbc_section){.data = data, .len = len};
    memcpy(s->tag, tag, 4);
}

/* Limits of bytecode, and what is in section conf. 0 bytes: nothing is set. */
static size_t configuration_bytes(const hb_package *p, uint8_t limits[LIMITS_BYTES], uint8_t conf[CONFIGURATION_BYTES])
{
    hb_package_configuration c = p->configuration;
    hb_store_le64(limits, c.stack_limit);
    hb_store_le64(limits + 8, c.memory_limit);
    hb_store_le64(limits + 16, c.gas_limit);
    if (p->kind == HB_PACKAGE_BYTECODE)
        c.memory_limit = c.stack_limit = c.gas_limit = 0;
    hb_store_le64(conf, c.memory_limit);
    hb_store_le64(conf + 8, c.stack_limit);
    hb_store_le64(conf + 16, c.gas_limit);
    hb_store_le64(conf + 24, c.cycle_limit);
    return c.memory_limit || c.stack_limit || c.gas_limit || c.cycle_limit ? CONFIGURATION_BYTES : 0;
}

static hb_status write_sections(hb_buf *out, const hb_package *p, const hb_buf *dependencies)
{
    uint8_t limits[LIMITS_BYTES], conf[CONFIGURATION_BYTES];
    hb_package_metadata m = p->metadata;
    char id[HB_PACKAGE_ID_MAX + 1];
    text t[TEXTS];
    hb_hbc_section sections[SECTIONS_MAX];
    size_t n = 0, conf_bytes = configuration_bytes(p, limits, conf);
    memcpy(id, p->id, sizeof id);
    list_texts(&m, id, t);
    if (p->kind == HB_PACKAGE_BYTECODE) {
        add_section(sections, &n, "CODE", p->code.data, p->code.len);
        add_section(sections, &n, "LIMT", limits, sizeof limits);
    }
    add_section(sections, &n, t[0].tag, t[0].at, strlen(t[0].at));
    add_section(sections, &n, "conf", conf, conf_bytes);
    add_section(sections, &n, "deps", dependencies->data, dependencies->len);
    for (unsigned k = 1; k < TEXTS; k++)
        add_section(sections, &n, t[k].tag, t[k].at, strlen(t[k].at));
    return n ? hb_hbc_write(out, sections, n) : HB_OK;
}

hb_status hb_package_write(hb_buf *out, const hb_package *p, hb_error *err)
{
    hb_buf dependencies = {0}, description = {0};
    hb_buf *sections = p->kind == HB_PACKAGE_BYTECODE ? out : &description;
    const uint8_t *old;
    size_t old_n;
    hb_status st = put_dependencies(&dependencies, p);
    if (st == HB_OK)
        st = write_sections(sections, p, &dependencies);
    if (st != HB_OK)
        hb_fail(err, st, "no memory for the file of a package");
    /* A description that is taken away leaves an empty note. */
    bool plain = !description.len && !hb_elf_note_find(p->code.data, p->code.len, &old, &old_n);
    if (st == HB_OK && p->kind == HB_PACKAGE_ELF)
        st = plain ? hb_buf_append(out, p->code.data, p->code.len) : hb_elf_note_write(out, p->code.data, p->code.len, description.data, description.len, err);
    hb_buf_free(&dependencies);
    hb_buf_free(&description);
    return st;
}
