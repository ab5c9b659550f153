#include "cli/cli_program.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bytecode/hbc.h"
#include "cli/cli.h"
#include "cli/cli_files.h"
#include "machine/machine_prove.h"
#include "program/package_directory.h"
#include "program/package_file.h"

/* Most messages about programs begin with the text of the status already. */
static int complain(const char *verb, const char *path, const hb_error *err)
{
    const char *what = hb_status_text(err->status);
    const bool said = strncmp(err->message, what, strlen(what)) == 0;
    hb_cli_complain(verb, "%s: %s%s%s", path, said ? "" : what, said ? "" : ": ", err->message);
    return HB_EXIT_NO;
}

int hb_cli_load_program(const char *verb, const char *path, hb_rv_program *program)
{
    hb_buf file = {0};
    hb_error err = {0};
    int status = hb_cli_read_file(verb, path, &file);
    if (!status && hb_bytecode_load(program, file.data, file.len, &err) != HB_OK)
        status = complain(verb, path, &err);
    hb_buf_free(&file);
    return status;
}

/* Keys of the programs that p needs, for the guest to ask for. */
static hb_status resolve(const hb_package *p, hb_cli_exec *exec, hb_error *err)
{
    hb_package_directory directory = {0};
    size_t n = 0, most = hb_package_dependency_count(p) + 1;
    hb_package_resolved *resolved = calloc(most, sizeof *resolved);
    exec->keys = calloc(most, sizeof *exec->keys);
    hb_status st = resolved && exec->keys ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "out of memory");
    if (st == HB_OK && exec->packages)
        st = hb_package_directory_open(&directory, exec->packages, err);
    const hb_package_registry registry = hb_package_directory_registry(&directory);
    if (st == HB_OK)
        st = hb_package_resolve(resolved, &n, p, exec->packages ? &registry : NULL, err);
    for (size_t k = 0; st == HB_OK && k < n; k++) {
        exec->keys[k].name = hb_cli_format("%s", resolved[k].dependency->id);
        memcpy(exec->keys[k].key, resolved[k].vkey, 32);
        exec->options.n_keys = k + 1;
    }
    exec->options.keys = exec->keys;
    hb_package_directory_free(&directory);
    free(resolved);
    return st;
}

/* What a package asks for. Memory, stack and gas of bytecode are in its image. */
static void take_limits(const hb_package *p, hb_cli_exec *exec)
{
    const hb_package_configuration *c = &p->configuration;
    const bool elf = p->kind == HB_PACKAGE_ELF;
    if (elf && c->memory_limit && !exec->memory_set)
        exec->options.memory_limit = c->memory_limit;
    if (elf && c->stack_limit && !exec->stack_set)
        exec->options.stack_limit = c->stack_limit;
    if (c->cycle_limit && !exec->options.cycle_limit)
        exec->options.cycle_limit = c->cycle_limit;
}

int hb_cli_load_for_run(const char *verb, const char *path, hb_cli_exec *exec, hb_rv_program *program)
{
    hb_buf file = {0};
    hb_package p = {0};
    hb_error err = {0};
    int status = hb_cli_read_file(verb, path, &file);
    hb_status st = status ? HB_IO : hb_package_read(&p, file.data, file.len, &err);
    if (st == HB_OK)
        st = resolve(&p, exec, &err);
    if (st == HB_OK)
        st = hb_package_load(program, &p, &err);
    exec->bytecode = p.kind == HB_PACKAGE_BYTECODE;
    if (st == HB_OK)
        take_limits(&p, exec);
    else if (!status)
        status = complain(verb, path, &err);
    hb_package_free(&p);
    hb_buf_free(&file);
    return status;
}

int hb_cli_program_vkey(const char *verb, const char *path, uint8_t vkey[32])
{
    hb_rv_program program;
    hb_error err = {0};
    int status = hb_cli_load_program(verb, path, &program);
    if (status)
        return status;
    hb_machine_key *key = malloc(sizeof *key);
    if (!key || hb_machine_key_init(key, &program, NULL, &err) != HB_OK) {
        hb_cli_complain(verb, "%s: %s", path, key ? err.message : "out of memory");
        status = HB_EXIT_ENVIRONMENT;
    } else {
        for (int i = 0; i < 32; i++)
            vkey[i] = key->vkey[i];
    }
    if (key)
        hb_machine_key_free(key);
    free(key);
    hb_rv_program_free(&program);
    return status;
}
