#include "program/package.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "bytecode/bcode_translate.h"
#include "machine/machine_prove.h"
#include "program/semver.h"
#include "rv/elf.h"

static hb_status make_bytecode(hb_bytecode_program *out, const hb_package *p, hb_error *err)
{
    const hb_package_configuration *c = &p->configuration;
    const hb_bytecode_limits limits = {.stack = c->stack_limit, .memory = c->memory_limit, .gas = c->gas_limit};
    return hb_bytecode_program_make(out, p->code.data, p->code.len, &limits, err);
}

static hb_status check_code(const hb_package *p, hb_error *err)
{
    if (p->kind == HB_PACKAGE_BYTECODE) {
        hb_bytecode_program program;
        hb_status st = make_bytecode(&program, p, err);
        hb_bytecode_program_free(&program);
        return st;
    }
    hb_rv_program program;
    hb_status st = hb_rv_elf_load(&program, p->code.data, p->code.len, err);
    hb_rv_program_free(&program);
    return st;
}

hb_status hb_package_init(hb_package *out, hb_package_kind kind, const uint8_t *code, size_t len, hb_error *err)
{
    const hb_bytecode_limits d = HB_BYTECODE_DEFAULT_LIMITS;
    *out = (hb_package){.kind = kind};
    if (kind != HB_PACKAGE_ELF && kind != HB_PACKAGE_BYTECODE)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a package holds an ELF file or bytecode");
    if (len > HB_PACKAGE_CODE_MAX)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: more than 1 GiB");
    if (kind == HB_PACKAGE_BYTECODE)
        out->configuration = (hb_package_configuration){.memory_limit = d.memory, .stack_limit = d.stack, .gas_limit = d.gas};
    hb_status st = hb_buf_append(&out->code, code, len);
    st = st == HB_OK ? check_code(out, err) : hb_fail(err, st, "no memory for a program of %zu bytes", len);
    if (st != HB_OK)
        hb_package_free(out);
    return st;
}

void hb_package_free(hb_package *p)
{
    hb_buf_free(&p->code);
    hb_buf_free(&p->dependencies);
    *p = (hb_package){0};
}

bool hb_package_is_id(const char *id)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789", more[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    size_t n = strspn(id, more);
    return n && n <= HB_PACKAGE_ID_MAX && !id[n] && strspn(id, first);
}

hb_status hb_package_set_id(hb_package *p, const char *id, hb_error *err)
{
    if (!hb_package_is_id(id))
        return hb_fail(err, HB_INVALID_ARGUMENT, "'%.80s' is not an id: 1 to %u of a-z, 0-9, _ . -, the first a letter or digit", id, HB_PACKAGE_ID_MAX);
    memcpy(p->id, id, strlen(id) + 1);
    return HB_OK;
}

/* Bytes of the UTF-8 character at p, 0 when there is none (The Unicode Standard, table 3-7). */
static size_t character(const unsigned char *p)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] <= 0xdf ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4 : 0;
    if (n == 3)
        low = p[0] == 0xe0 ? 0xa0 : low, high = p[0] == 0xed ? 0x9f : high;
    if (n == 4)
        low = p[0] == 0xf0 ? 0x90 : low, high = p[0] == 0xf4 ? 0x8f : high;
    if (n > 1 && (p[1] < low || p[1] > high))
        return 0;
    for (size_t k = 2; k < n; k++)
        if ((p[k] & 0xc0) != 0x80)
            return 0;
    return n;
}

/* capacity: bytes, with the NUL. */
static bool is_text(const char *text, size_t capacity, bool lines)
{
    if (!memchr(text, 0, capacity))
        return false;
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        size_t n = character(p);
        bool control = *p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
        if (!n || (control && !(lines && *p == '\n')))
            return false;
        p += n;
    }
    return true;
}

hb_status hb_package_set_metadata(hb_package *p, const hb_package_metadata *m, hb_error *err)
{
    hb_semver v;
    const struct {
        const char *what, *text;
        size_t capacity;
    } texts[] = {{"name", m->name, sizeof m->name},
                 {"version", m->version, sizeof m->version},
                 {"author", m->author, sizeof m->author},
                 {"license", m->license, sizeof m->license},
                 {"description", m->description, sizeof m->description}};
    for (unsigned k = 0; k < 5; k++)
        if (!is_text(texts[k].text, texts[k].capacity, k == 4))
            return hb_fail(err, HB_INVALID_ARGUMENT, "the %s of a package is not plain UTF-8 text", texts[k].what);
    const char *wrong = m->version[0] ? hb_semver_parse(&v, m->version) : NULL;
    if (wrong)
        return hb_fail(err, HB_INVALID_ARGUMENT, "'%s' is not a semantic version: %s", m->version, wrong);
    p->metadata = *m;
    return HB_OK;
}

static hb_status too_much(hb_error *err, hb_status st, uint64_t asked, uint64_t most)
{
    return hb_fail(err, st, "%s: %" PRIu64 " bytes, at most %" PRIu64 " are possible", hb_status_text(st), asked, most);
}

hb_status hb_package_set_configuration(hb_package *p, const hb_package_configuration *c, hb_error *err)
{
    bool elf = p->kind == HB_PACKAGE_ELF;
    uint64_t memory = elf ? HB_RV_MAP_END - HB_RV_RAM_LO : HB_BYTECODE_MAX_MEMORY, stack = elf ? HB_RV_STACK_TOP - HB_RV_RAM_LO : HB_BYTECODE_MAX_STACK;
    if (c->memory_limit > memory)
        return too_much(err, HB_MEMORY_LIMIT_EXCEEDED, c->memory_limit, memory);
    if (c->stack_limit > stack)
        return too_much(err, HB_STACK_LIMIT_EXCEEDED, c->stack_limit, stack);
    p->configuration = *c;
    if (!elf)
        p->configuration.stack_limit &= ~UINT64_C(7);
    return HB_OK;
}

static const char *check_version(const hb_package_dependency *d)
{
    hb_semver v;
    hb_semver_requirement r = {.n = 0};
    const char *wrong = d->requirement[0] ? hb_semver_requirement_parse(&r, d->requirement) : NULL;
    if (wrong)
        return wrong;
    if (!d->version[0])
        return d->kind == HB_DEPENDENCY_CRATE && strcmp(d->id, "std") != 0 ? "a crate needs its version" : NULL;
    wrong = hb_semver_parse(&v, d->version);
    if (!wrong && d->requirement[0] && !hb_semver_satisfies(&v, &r))
        wrong = "the version does not satisfy the requirement";
    return wrong;
}

/* Texts of a caller may lack their NUL. */
static bool are_terminated(const hb_package_dependency *d)
{
    return memchr(d->id, 0, sizeof d->id) && memchr(d->requirement, 0, sizeof d->requirement) && memchr(d->version, 0, sizeof d->version);
}

hb_status hb_package_add_dependency(hb_package *p, const hb_package_dependency *d, hb_error *err)
{
    hb_status st = HB_INVALID_DEPENDENCY;
    if (!are_terminated(d))
        return hb_fail(err, st, "%s: a text is too long", hb_status_text(st));
    if (!hb_package_is_id(d->id))
        return hb_fail(err, st, "%s: %s%s%s is not an id", hb_status_text(st), d->id[0] ? "'" : "an empty text", d->id, d->id[0] ? "'" : "");
    if (d->kind != HB_DEPENDENCY_CRATE && d->kind != HB_DEPENDENCY_PROGRAM)
        return hb_fail(err, st, "%s: '%s' is neither a crate nor a program", hb_status_text(st), d->id);
    st = HB_DUPLICATE_DEPENDENCY;
    if (hb_package_find_dependency(p, d->id))
        return hb_fail(err, st, "%s: '%s'", hb_status_text(st), d->id);
    st = HB_INVALID_DEPENDENCY_VERSION;
    const char *wrong = check_version(d);
    if (wrong)
        return hb_fail(err, st, "%s: '%s', version '%.60s', requirement '%.60s': %s", hb_status_text(st), d->id, d->version, d->requirement, wrong);
    if (hb_package_dependency_count(p) == HB_PACKAGE_DEPENDENCIES_MAX)
        return hb_fail(err, HB_LIMIT, "a package has at most %u dependencies", HB_PACKAGE_DEPENDENCIES_MAX);
    if (hb_buf_append(&p->dependencies, d, sizeof *d) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a dependency");
    return HB_OK;
}

const hb_package_dependency *hb_package_dependency_at(const hb_package *p, size_t k)
{
    return (const hb_package_dependency *)(const void *)p->dependencies.data + k;
}

const hb_package_dependency *hb_package_find_dependency(const hb_package *p, const char *id)
{
    for (size_t k = 0; k < hb_package_dependency_count(p); k++)
        if (strcmp(hb_package_dependency_at(p, k)->id, id) == 0)
            return hb_package_dependency_at(p, k);
    return NULL;
}

hb_status hb_package_check_limits(const hb_package *p, const hb_package_maxima *m, hb_error *err)
{
    const hb_package_configuration *c = &p->configuration;
    const struct {
        uint64_t asked, most;
        hb_status st;
        const char *what;
    } checks[] = {{c->memory_limit, m->memory, HB_MEMORY_LIMIT_EXCEEDED, "bytes of memory"},
                  {c->stack_limit, m->stack, HB_STACK_LIMIT_EXCEEDED, "bytes of stack"},
                  {c->gas_limit, m->gas, HB_LIMIT, "gas"},
                  {c->cycle_limit, m->cycles, HB_LIMIT, "cycles"}};
    for (unsigned k = 0; k < 4; k++)
        if (checks[k].most && checks[k].asked > checks[k].most)
            return hb_fail(err, checks[k].st, "%s: the package asks for %" PRIu64 " %s, %" PRIu64 " are allowed", hb_status_text(checks[k].st), checks[k].asked,
                           checks[k].what, checks[k].most);
    return HB_OK;
}

hb_status hb_package_load(hb_rv_program *out, const hb_package *p, hb_error *err)
{
    if (p->kind == HB_PACKAGE_ELF)
        return hb_rv_elf_load(out, p->code.data, p->code.len, err);
    hb_bytecode_program program;
    *out = (hb_rv_program){0};
    hb_status st = make_bytecode(&program, p, err);
    if (st == HB_OK)
        st = hb_bytecode_translate_load(out, &program, err);
    hb_bytecode_program_free(&program);
    return st;
}

hb_status hb_package_key(const hb_package *p, uint8_t vkey[32], hb_error *err)
{
    hb_rv_program program;
    hb_status st = hb_package_load(&program, p, err);
    if (st != HB_OK)
        return st;
    hb_machine_key *key = hb_pages_alloc(sizeof *key);
    st = key ? hb_machine_key_init(key, &program, NULL, err) : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a key");
    if (st == HB_OK)
        memcpy(vkey, key->vkey, 32);
    if (key)
        hb_machine_key_free(key);
    hb_pages_free(key, sizeof *key);
    hb_rv_program_free(&program);
    return st;
}
