#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "program/package_file.h"

#define FILE_MAX ((size_t)1 << 30)

void hb_bytes_free(uint8_t *bytes)
{
    free(bytes);
}

hb_status hb_program_from_bytes(hb_program **program, const uint8_t *bytes, size_t n, hb_error *err)
{
    if (!program || (!bytes && n))
        return hb_fail(err, HB_INVALID_ARGUMENT, "program or bytes is NULL");
    *program = NULL;
    hb_program *p = calloc(1, sizeof *p);
    if (!p)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a program");
    hb_status st = hb_package_read(&p->package, bytes, n, err);
    if (st == HB_OK)
        *program = p;
    else
        free(p);
    return st;
}

hb_status hb_program_from_file(hb_program **program, const char *path, hb_error *err)
{
    if (!program || !path)
        return hb_fail(err, HB_INVALID_ARGUMENT, "program or path is NULL");
    *program = NULL;
    hb_buf file = {0};
    uint8_t block[1 << 14];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f)
        return hb_fail(err, HB_IO, "cannot open '%s': %s", path, strerror(errno));
    hb_status st = HB_OK;
    while (st == HB_OK && (n = fread(block, 1, sizeof block, f)) > 0)
        st = file.len + n > FILE_MAX ? hb_fail(err, HB_LIMIT, "'%s' is larger than 1 GiB", path) : hb_buf_append(&file, block, n);
    if (st == HB_OK && ferror(f))
        st = hb_fail(err, HB_IO, "cannot read '%s': %s", path, strerror(errno));
    fclose(f);
    if (st == HB_OK)
        st = hb_program_from_bytes(program, file.data, file.len, err);
    hb_buf_free(&file);
    return st;
}

void hb_program_free(hb_program *program)
{
    if (program)
        hb_package_free(&program->package);
    free(program);
}

hb_program_kind hb_program_get_kind(const hb_program *program)
{
    return program->package.kind == HB_PACKAGE_ELF ? HB_PROGRAM_ELF : HB_PROGRAM_BYTECODE;
}

const char *hb_program_get_id(const hb_program *program)
{
    return program->package.id;
}

hb_program_metadata hb_program_get_metadata(const hb_program *program)
{
    const hb_package_metadata *m = &program->package.metadata;
    return (hb_program_metadata){m->name, m->version, m->author, m->description, m->license};
}

hb_program_configuration hb_program_get_configuration(const hb_program *program)
{
    const hb_package_configuration *c = &program->package.configuration;
    return (hb_program_configuration){c->memory_limit, c->stack_limit, c->gas_limit, c->cycle_limit};
}

size_t hb_program_dependency_count(const hb_program *program)
{
    return hb_package_dependency_count(&program->package);
}

hb_program_dependency hb_program_get_dependency(const hb_program *program, size_t i)
{
    const hb_package_dependency *d = hb_package_dependency_at(&program->package, i);
    return (hb_program_dependency){d->kind == HB_DEPENDENCY_CRATE ? HB_PROGRAM_NEEDS_CRATE : HB_PROGRAM_NEEDS_PROGRAM, d->id, d->requirement, d->version};
}

/* A text into a fixed place; NULL counts as "". False: too long. */
static bool put(char *to, size_t capacity, const char *text)
{
    const size_t n = text ? strlen(text) : 0;
    if (n >= capacity)
        return false;
    memcpy(to, text ? text : "", n + 1);
    return true;
}

hb_status hb_program_set_id(hb_program *program, const char *id, hb_error *err)
{
    return id ? hb_package_set_id(&program->package, id, err) : hb_fail(err, HB_INVALID_ARGUMENT, "id is NULL");
}

hb_status hb_program_set_metadata(hb_program *program, const hb_program_metadata *m, hb_error *err)
{
    hb_package_metadata to;
    memset(&to, 0, sizeof to);
    if (!put(to.name, sizeof to.name, m->name) || !put(to.version, sizeof to.version, m->version) || !put(to.author, sizeof to.author, m->author) ||
        !put(to.description, sizeof to.description, m->description) || !put(to.license, sizeof to.license, m->license))
        return hb_fail(err, HB_INVALID_ARGUMENT, "a text of the metadata is too long");
    return hb_package_set_metadata(&program->package, &to, err);
}

hb_status hb_program_set_configuration(hb_program *program, const hb_program_configuration *c, hb_error *err)
{
    const hb_package_configuration to = {.memory_limit = c->memory_limit, .stack_limit = c->stack_limit, .gas_limit = c->gas_limit, .cycle_limit = c->cycle_limit};
    return hb_package_set_configuration(&program->package, &to, err);
}

hb_status hb_program_add_dependency(hb_program *program, const hb_program_dependency *d, hb_error *err)
{
    hb_package_dependency to;
    memset(&to, 0, sizeof to);
    to.kind = d->kind == HB_PROGRAM_NEEDS_CRATE ? HB_DEPENDENCY_CRATE : d->kind == HB_PROGRAM_NEEDS_PROGRAM ? HB_DEPENDENCY_PROGRAM : (hb_dependency_kind)0;
    if (!put(to.id, sizeof to.id, d->id))
        return hb_fail(err, HB_INVALID_DEPENDENCY, "Invalid dependency: the id is too long");
    if (!put(to.requirement, sizeof to.requirement, d->requirement) || !put(to.version, sizeof to.version, d->version))
        return hb_fail(err, HB_INVALID_DEPENDENCY_VERSION, "Invalid dependency version: it is too long");
    return hb_package_add_dependency(&program->package, &to, err);
}

hb_status hb_program_to_bytes(const hb_program *program, uint8_t **bytes, size_t *n, hb_error *err)
{
    hb_buf out = {0};
    *bytes = NULL;
    *n = 0;
    hb_status st = hb_package_write(&out, &program->package, err);
    if (st == HB_OK && !(*bytes = malloc(out.len ? out.len : 1)))
        st = hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a program's file");
    if (st == HB_OK) {
        memcpy(*bytes, out.data, out.len);
        *n = out.len;
    }
    hb_buf_free(&out);
    return st;
}

hb_status hb_api_program_copy(hb_program **out, const hb_program *program, hb_error *err)
{
    hb_buf file = {0};
    hb_status st = hb_package_write(&file, &program->package, err);
    *out = NULL;
    if (st == HB_OK)
        st = hb_program_from_bytes(out, file.data, file.len, err);
    hb_buf_free(&file);
    return st;
}

hb_status hb_api_check_limits(const hb_program *program, const hb_zkvm_config *config, hb_error *err)
{
    const hb_package_maxima maxima = {.memory = config->max_memory_limit, .stack = config->max_stack_limit, .gas = config->max_gas, .cycles = config->max_cycles};
    return hb_package_check_limits(&program->package, &maxima, err);
}
