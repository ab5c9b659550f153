/* Packages for the tests of this room. Only for tests. */
#pragma once
#include "base/testing.h"
#include "bytecode/bcode_asm.h"
#include "program/package_file.h"
#include "rv/rvasm.h"

#define PKC_CODE "PUSH 7\nPUSH 35\nADD\nOUTPUT\nSTOP\n"

/* A package of this bytecode. */
static inline hb_package pkc_bytecode(const char *text)
{
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_package p;
    assert_int_equal(hb_bytecode_assemble(&code, &limits, text, strlen(text), NULL), HB_OK);
    assert_int_equal(hb_package_init(&p, HB_PACKAGE_BYTECODE, code.data, code.len, NULL), HB_OK);
    hb_buf_free(&code);
    return p;
}

/* An ELF file that halts with this code. */
static inline hb_buf pkc_elf_file(unsigned code)
{
    static hb_rvasm a;
    hb_buf elf = {0};
    memset(&a, 0, sizeof a);
    hb_rvasm_bytes(&a, "data", 5);
    hb_rvasm_halt(&a, code);
    assert_int_equal(hb_rvasm_elf(&a, &elf, NULL), HB_OK);
    hb_rvasm_free(&a);
    return elf;
}

static inline hb_package pkc_elf(unsigned code)
{
    hb_buf elf = pkc_elf_file(code);
    hb_package p;
    assert_int_equal(hb_package_init(&p, HB_PACKAGE_ELF, elf.data, elf.len, NULL), HB_OK);
    hb_buf_free(&elf);
    return p;
}

static inline hb_package_dependency pkc_dependency(hb_dependency_kind kind, const char *id, const char *requirement, const char *version)
{
    hb_package_dependency d = {.kind = kind};
    snprintf(d.id, sizeof d.id, "%s", id);
    snprintf(d.requirement, sizeof d.requirement, "%s", requirement);
    snprintf(d.version, sizeof d.version, "%s", version);
    return d;
}

static inline hb_status pkc_add(hb_package *p, hb_dependency_kind kind, const char *id, const char *requirement, const char *version, hb_error *err)
{
    const hb_package_dependency d = pkc_dependency(kind, id, requirement, version);
    return hb_package_add_dependency(p, &d, err);
}

/* Id, version and everything else of a description. */
static inline void pkc_describe(hb_package *p, const char *id, const char *version)
{
    hb_package_metadata m = {.name = "A name", .author = "Ada <ada@example.org>", .description = "two\nlines \xc3\xbc", .license = "MIT"};
    snprintf(m.version, sizeof m.version, "%s", version);
    assert_int_equal(hb_package_set_id(p, id, NULL), HB_OK);
    assert_int_equal(hb_package_set_metadata(p, &m, NULL), HB_OK);
}

static inline bool pkc_same(const hb_package *a, const hb_package *b)
{
    return a->kind == b->kind && strcmp(a->id, b->id) == 0 && memcmp(&a->metadata, &b->metadata, sizeof a->metadata) == 0 &&
           memcmp(&a->configuration, &b->configuration, sizeof a->configuration) == 0 && a->dependencies.len == b->dependencies.len &&
           (!a->dependencies.len || memcmp(a->dependencies.data, b->dependencies.data, a->dependencies.len) == 0);
}
