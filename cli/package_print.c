#include "cli/package_print.h"

#include <inttypes.h>
#include <stdio.h>

static void print_text(const char *name, const char *text)
{
    if (text[0])
        printf("%-14s %s\n", name, text);
}

static void print_limit(const char *name, uint64_t limit, bool always)
{
    if (limit || always)
        printf("%-14s %" PRIu64 "\n", name, limit);
}

static void print_dependency(const hb_package_dependency *d)
{
    printf("%-14s %s", d->kind == HB_DEPENDENCY_CRATE ? "crate" : "program", d->id);
    if (d->version[0])
        printf(" %s", d->version);
    if (d->requirement[0])
        printf(" (%s)", d->requirement);
    if (d->has_checksum)
        fputs(" sha256 ", stdout);
    for (unsigned k = 0; d->has_checksum && k < sizeof d->checksum; k++)
        printf("%02x", d->checksum[k]);
    putchar('\n');
}

void hb_cli_print_package(const hb_package *p)
{
    const hb_package_configuration *c = &p->configuration;
    bool bytecode = p->kind == HB_PACKAGE_BYTECODE;
    printf("%-14s %s, %zu bytes\n", "kind", bytecode ? "bytecode" : "ELF", p->code.len);
    print_text("id", p->id);
    print_text("name", p->metadata.name);
    print_text("version", p->metadata.version);
    print_text("author", p->metadata.author);
    print_text("license", p->metadata.license);
    print_text("description", p->metadata.description);
    print_limit("memory limit", c->memory_limit, bytecode);
    print_limit("stack limit", c->stack_limit, bytecode);
    print_limit("gas limit", c->gas_limit, bytecode);
    print_limit("cycle limit", c->cycle_limit, false);
    for (size_t k = 0; k < hb_package_dependency_count(p); k++)
        print_dependency(hb_package_dependency_at(p, k));
}
