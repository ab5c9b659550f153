/* hauptbuch package PROG [CHANGES -o FILE]: what a program says about itself; changing it; the keys of the programs that it needs. */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "cli/package_print.h"
#include "program/package_directory.h"
#include "program/package_file.h"

static const char usage[] =
    "usage: hauptbuch package PROG [CHANGES -o FILE] [--packages DIR]\n"
    "\n"
    "Prints what the program in PROG (ELF or .hbc) says about itself, or changes it.\n"
    "\n"
    "  -o FILE                      where the changed program goes; needed with:\n"
    "      --id ID                  its id: a-z, 0-9, _ . - (at most 64)\n"
    "      --name, --version, --author, --description, --license TEXT\n"
    "      --program ID[=REQ]       needs another program; REQ: a version, or =, ^, ~, >= and one (bare: ^)\n"
    "      --crate NAME=VERSION     holds a crate\n"
    "      --no-dependencies        forget those that there were\n"
    "      --memory-limit SIZE, --stack-limit SIZE, --gas-limit N, --cycle-limit N\n"
    "                               memory, stack and gas of bytecode are part of its verifying key, all else is not\n"
    "      --packages DIR           find the programs that it needs among the packages in DIR and print their keys\n"
    "\n"
    "Exit status: 0 done, 1 no (not a program, not allowed, not found), 2 usage, 3 a file is missing.\n";

enum { ID = 256, NAME, VERSION, AUTHOR, DESCRIPTION, LICENSE, PROGRAM, CRATE, NO_DEPENDENCIES, MEMORY, STACK, GAS, CYCLES, PACKAGES };

typedef struct arguments {
    const char *in, *out, *packages;
    bool changes;
} arguments;

static int complain(const hb_error *err)
{
    hb_cli_complain("package", "%s", err->message);
    return err->status == HB_OUT_OF_MEMORY || err->status == HB_IO ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
}

static int set_text(hb_package *p, int option, const char *value)
{
    hb_package_metadata m = p->metadata;
    hb_error err = {.message = ""};
    const struct {
        int option;
        char *at;
        size_t capacity;
    } texts[] = {{NAME, m.name, sizeof m.name},
                 {VERSION, m.version, sizeof m.version},
                 {AUTHOR, m.author, sizeof m.author},
                 {DESCRIPTION, m.description, sizeof m.description},
                 {LICENSE, m.license, sizeof m.license}};
    for (unsigned k = 0; k < 5; k++) {
        if (texts[k].option != option)
            continue;
        if (strlen(value) >= texts[k].capacity) {
            hb_cli_complain("package", "a text of %zu bytes, at most %zu fit", strlen(value), texts[k].capacity - 1);
            return HB_EXIT_NO;
        }
        memset(texts[k].at, 0, texts[k].capacity);
        strcpy(texts[k].at, value);
    }
    return hb_package_set_metadata(p, &m, &err) == HB_OK ? 0 : complain(&err);
}

/* ID, ID=VERSION. */
static int add(hb_package *p, hb_dependency_kind kind, const char *value)
{
    hb_package_dependency d = {.kind = kind};
    hb_error err = {.message = ""};
    size_t n = strcspn(value, "=");
    const char *rest = value[n] ? value + n + 1 : "";
    char *version = kind == HB_DEPENDENCY_CRATE ? d.version : d.requirement;
    if (n >= sizeof d.id || strlen(rest) >= sizeof d.version) {
        hb_cli_complain("package", "%s: '%.80s' is too long", hb_status_text(HB_INVALID_DEPENDENCY), value);
        return HB_EXIT_NO;
    }
    memcpy(d.id, value, n);
    strcpy(version, rest);
    return hb_package_add_dependency(p, &d, &err) == HB_OK ? 0 : complain(&err);
}

static int set_limit(hb_package *p, int option, const char *value)
{
    hb_package_configuration c = p->configuration;
    hb_error err = {.message = ""};
    uint64_t *const at = option == MEMORY ? &c.memory_limit : option == STACK ? &c.stack_limit : option == GAS ? &c.gas_limit : &c.cycle_limit;
    bool size = option == MEMORY || option == STACK;
    if (size ? !hb_cli_parse_size(value, at) : !hb_cli_parse_number(value, UINT64_MAX, at)) {
        hb_cli_complain("package", "'%s' is not a %s", value, size ? "size such as 64M" : "number");
        return HB_EXIT_USAGE;
    }
    return hb_package_set_configuration(p, &c, &err) == HB_OK ? 0 : complain(&err);
}

static int change(hb_package *p, int option, const char *value)
{
    hb_error err = {.message = ""};
    switch (option) {
    case ID: return hb_package_set_id(p, value, &err) == HB_OK ? 0 : complain(&err);
    case PROGRAM: return add(p, HB_DEPENDENCY_PROGRAM, value);
    case CRATE: return add(p, HB_DEPENDENCY_CRATE, value);
    case NO_DEPENDENCIES: p->dependencies.len = 0; return 0;
    case MEMORY:
    case STACK:
    case GAS:
    case CYCLES: return set_limit(p, option, value);
    default: return set_text(p, option, value);
    }
}

static const struct option longs[] = {
    {"output", required_argument, NULL, 'o'},       {"help", no_argument, NULL, 'h'},
    {"packages", required_argument, NULL, PACKAGES}, {"id", required_argument, NULL, ID},
    {"name", required_argument, NULL, NAME},        {"version", required_argument, NULL, VERSION},
    {"author", required_argument, NULL, AUTHOR},    {"description", required_argument, NULL, DESCRIPTION},
    {"license", required_argument, NULL, LICENSE},  {"program", required_argument, NULL, PROGRAM},
    {"crate", required_argument, NULL, CRATE},      {"no-dependencies", no_argument, NULL, NO_DEPENDENCIES},
    {"memory-limit", required_argument, NULL, MEMORY}, {"stack-limit", required_argument, NULL, STACK},
    {"gas-limit", required_argument, NULL, GAS},    {"cycle-limit", required_argument, NULL, CYCLES},
    {NULL, 0, NULL, 0},
};

/* Looks at the options; with p, makes the changes among them. */
static int take_options(int argc, char **argv, arguments *a, hb_package *p)
{
    int status = 0;
    optind = 1;
    for (int c; !status && (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1;) {
        switch (c) {
        case 'o': a->out = optarg; break;
        case PACKAGES: a->packages = optarg; break;
        case 'h': fputs(usage, stdout); exit(HB_EXIT_YES);
        case '?': status = HB_EXIT_USAGE; break;
        default:
            a->changes = true;
            status = p ? change(p, c, optarg) : 0;
        }
    }
    if (!status && (argc - optind != 1 || (a->changes && !a->out)))
        status = HB_EXIT_USAGE;
    if (status == HB_EXIT_USAGE && !p)
        fputs(usage, stderr);
    a->in = argv[argc - 1];
    return status;
}

static int resolve(const hb_package *p, const char *path)
{
    hb_package_directory directory;
    hb_error err = {.message = ""};
    size_t n = 0;
    hb_package_resolved *keys = calloc(hb_package_dependency_count(p) + 1, sizeof *keys);
    hb_status st = keys ? hb_package_directory_open(&directory, path, &err) : hb_fail(&err, HB_OUT_OF_MEMORY, "out of memory");
    if (st == HB_OK) {
        const hb_package_registry registry = hb_package_directory_registry(&directory);
        st = hb_package_resolve(keys, &n, p, &registry, &err);
        hb_package_directory_free(&directory);
    }
    for (size_t k = 0; st == HB_OK && k < n; k++) {
        printf("%-14s %s %s ", "key", keys[k].dependency->id, keys[k].version);
        for (unsigned i = 0; i < 32; i++)
            printf("%02x", keys[k].vkey[i]);
        putchar('\n');
    }
    free(keys);
    return st == HB_OK ? 0 : complain(&err);
}

static int work(int argc, char **argv, arguments *a, hb_package *p)
{
    hb_buf file = {0};
    hb_error err = {.message = ""};
    int status = take_options(argc, argv, a, p);
    if (!status && a->out && hb_package_write(&file, p, &err) != HB_OK)
        status = complain(&err);
    if (!status && a->out)
        status = hb_cli_write_file("package", a->out, file.data, file.len);
    if (!status && !a->out)
        hb_cli_print_package(p);
    if (!status && a->packages)
        status = resolve(p, a->packages);
    hb_buf_free(&file);
    return status;
}

static int run(int argc, char **argv)
{
    arguments a = {0};
    hb_package p = {0};
    hb_buf file = {0};
    hb_error err = {.message = ""};
    int status = take_options(argc, argv, &a, NULL);
    if (!status)
        status = hb_cli_read_file("package", a.in, &file);
    if (!status && hb_package_read(&p, file.data, file.len, &err) != HB_OK) {
        hb_cli_complain("package", "%s: %s", a.in, err.message);
        status = err.status == HB_OUT_OF_MEMORY ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
    }
    if (!status)
        status = work(argc, argv, &a, &p);
    hb_package_free(&p);
    hb_buf_free(&file);
    return status;
}

const hb_cli_verb hb_cli_package = {"package", "show or change what a program says about itself", run};
