/* C projects: a directory with hauptbuch.json, compiled with clang or riscv64-unknown-elf-gcc and linked with ld.lld together with
 * guest/c and guest/rt. */
#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/build.h"
#include "cli/build_describe.h"
#include "cli/build_files.h"
#include "cli/build_tools.h"
#include "cli/cli.h"

#define PICOLIBC "/usr/lib/picolibc/riscv64-unknown-elf"

typedef struct words {
    const char **at; /* NULL-terminated */
    size_t count, room;
} words;

static void add(words *w, const char *word)
{
    if (w->count + 1 >= w->room) {
        w->room = w->room ? 2 * w->room : 32;
        w->at = realloc(w->at, w->room * sizeof *w->at);
        if (!w->at) {
            hb_cli_complain("build", "out of memory");
            exit(HB_EXIT_ENVIRONMENT);
        }
    }
    w->at[w->count++] = word;
    w->at[w->count] = NULL;
}

typedef struct project {
    char *dir;
    json_t *json;
    const char *name;
    bool picolibc;
    words sources, include, cflags;
} project;

typedef struct c_tools {
    char *compiler, *linker;
    char *libgcc; /* of riscv64-unknown-elf-gcc; NULL: none */
    bool clang, relax;
} c_tools;

static bool take_list(const project *p, const char *key, words *out)
{
    json_t *list = json_object_get(p->json, key), *item;
    size_t i;
    if (list && !json_is_array(list)) {
        hb_cli_complain("build", "%s/hauptbuch.json: \"%s\" must be a list of strings", p->dir, key);
        return false;
    }
    json_array_foreach(list, i, item) {
        if (!json_is_string(item)) {
            hb_cli_complain("build", "%s/hauptbuch.json: \"%s\" must hold strings only", p->dir, key);
            return false;
        }
        add(out, json_string_value(item));
    }
    return true;
}

static bool check_keys(const project *p)
{
    static const char *const known[] = {"name", "version", "sources", "include", "cflags", "libc", "id", "author", "description", "license", "programs", "limits"};
    const char *key;
    json_t *value;
    json_object_foreach(p->json, key, value) {
        bool ok = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            ok = ok || strcmp(key, known[i]) == 0;
        if (!ok) {
            hb_cli_complain("build", "%s/hauptbuch.json: unknown key \"%s\"", p->dir, key);
            return false;
        }
    }
    return true;
}

static bool is_plain_name(const char *name)
{
    return name && *name && *name != '.' && !strchr(name, '/') && strlen(name) < 200;
}

static bool read_project(project *p, const char *dir)
{
    *p = (project){.dir = realpath(dir, NULL)};
    char *path = hb_cli_format("%s/hauptbuch.json", dir);
    json_error_t error;
    p->json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!p->json)
        hb_cli_complain("build", "%s:%d:%d: %s", path, error.line, error.column, error.text);
    free(path);
    if (!p->json || !p->dir)
        return false;
    p->name = json_string_value(json_object_get(p->json, "name"));
    json_t *libc = json_object_get(p->json, "libc");
    const char *libc_name = libc ? json_string_value(libc) : "none";
    p->picolibc = libc_name && strcmp(libc_name, "picolibc") == 0;
    if (!is_plain_name(p->name) || !json_is_string(json_object_get(p->json, "version"))) {
        hb_cli_complain("build", "%s/hauptbuch.json: needs \"name\" (a plain file name) and \"version\", both strings", dir);
        return false;
    }
    if (!p->picolibc && (!libc_name || strcmp(libc_name, "none") != 0)) {
        hb_cli_complain("build", "%s/hauptbuch.json: \"libc\" must be \"none\" or \"picolibc\"", dir);
        return false;
    }
    if (!check_keys(p) || !take_list(p, "sources", &p->sources) || !take_list(p, "include", &p->include) ||
        !take_list(p, "cflags", &p->cflags))
        return false;
    if (p->sources.count == 0)
        hb_cli_complain("build", "%s/hauptbuch.json: \"sources\" names no file", dir);
    return p->sources.count > 0;
}

static char *ask(const char *program, const char *const *rest)
{
    const char *argv[8] = {program};
    for (int i = 0; rest[i]; i++)
        argv[i + 1] = rest[i];
    char *text = NULL;
    if (hb_program_run(argv, NULL, NULL, &text) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static bool find_tools(c_tools *tools)
{
    const char *given = getenv("HB_CC");
    *tools = (c_tools){.compiler = hb_program_find(given && *given ? given : "clang"), .linker = hb_build_find_lld()};
    char *gcc = hb_program_find("riscv64-unknown-elf-gcc");
    if (!tools->compiler && !(given && *given))
        tools->compiler = gcc ? hb_cli_format("%s", gcc) : NULL;
    if (!tools->compiler || !tools->linker) {
        free(gcc);
        hb_cli_complain("build", "no %s (install %s)", tools->compiler ? "linker ld.lld" : "C compiler for RISC-V",
                        tools->compiler ? "lld, or set HB_LLD" : "clang or gcc-riscv64-unknown-elf, or set HB_CC");
        return false;
    }
    char *version = ask(tools->compiler, (const char *const[]){"--version", NULL});
    tools->clang = version && strstr(version, "clang");
    char *lld = ask(tools->linker, (const char *const[]){"--version", NULL});
    const char *number = lld ? strstr(lld, "LLD ") : NULL;
    /* Linker relaxation for RISC-V came with 15; an older one refuses objects that ask for it. */
    tools->relax = number && atoi(number + 4) >= 15;
    char *libgcc = gcc ? ask(gcc, (const char *const[]){"-march=rv64im", "-mabi=lp64", "-print-libgcc-file-name", NULL}) : NULL;
    if (libgcc) {
        libgcc[strcspn(libgcc, "\n")] = '\0';
        tools->libgcc = hb_file_exists(libgcc) ? hb_cli_format("%s", libgcc) : NULL;
    }
    free(libgcc), free(gcc), free(lld), free(version);
    return true;
}

static void add_target_flags(words *w, const c_tools *tools)
{
    if (tools->clang)
        add(w, "--target=riscv64-unknown-elf");
    else
        add(w, "-mstrict-align");
    add(w, "-march=rv64im");
    add(w, "-mabi=lp64");
    add(w, tools->relax ? "-mrelax" : "-mno-relax");
}

/* Flags that only mean something for C. */
static void add_language_flags(words *w, const project *p)
{
    static const char *const flags[] = {"-mcmodel=medany", "-fno-pic", "-ffunction-sections", "-fdata-sections",
                                        "-fno-asynchronous-unwind-tables", "-std=c17", "-O2", "-Wall"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        add(w, flags[i]);
    if (p->picolibc) {
        add(w, "-isystem");
        add(w, PICOLIBC "/include");
        add(w, "-DHB_PICOLIBC");
    } else {
        add(w, "-ffreestanding");
    }
}

/* Compiles one file in directory `dir` to `object`; flags of the project come last, so that they win. */
static int compile(const c_tools *tools, const project *p, const char *guest, const char *dir, const char *source,
                   const char *object, const words *more, bool verbose)
{
    words w = {0};
    add(&w, tools->compiler);
    add_target_flags(&w, tools);
    if (source[strlen(source) - 1] != 's')
        add_language_flags(&w, p);
    char *include = hb_cli_format("-I%s/c/include", guest), *map = hb_cli_format("-ffile-prefix-map=%s=/hauptbuch", guest);
    char *map_dir = hb_cli_format("-ffile-prefix-map=%s=/project", p->dir);
    add(&w, include);
    add(&w, map);
    add(&w, map_dir);
    /* The SDK's ledger is made of the verifier's own freestanding sources, which are beside the guest directory. */
    char *sources = hb_cli_format("-I%s/../src", guest), *public = hb_cli_format("-I%s/../include", guest);
    char *memory = hb_cli_format("-I%s/../verifiers/freestanding/include", guest);
    if (!more) {
        add(&w, sources);
        add(&w, public);
        if (!p->picolibc)
            add(&w, memory);
    }
    for (size_t i = 0; more && i < p->include.count; i++) {
        add(&w, "-I");
        add(&w, p->include.at[i]);
    }
    for (size_t i = 0; more && i < more->count; i++)
        add(&w, more->at[i]);
    add(&w, "-c");
    add(&w, source);
    add(&w, "-o");
    add(&w, object);
    for (size_t i = 0; verbose && i < w.count; i++)
        fprintf(stderr, "%s%c", w.at[i], i + 1 < w.count ? ' ' : '\n');
    int status = hb_program_run(w.at, NULL, dir, NULL);
    free(memory), free(public), free(sources), free(map_dir), free(map), free(include), free(w.at);
    return status;
}

typedef struct sdk_build {
    const c_tools *tools;
    const project *p;
    const char *guest, *work;
    words *objects;
    bool verbose;
    int status;
} sdk_build;

static bool compile_sdk_file(void *ctx, const char *relative, const char *path)
{
    sdk_build *b = ctx;
    size_t n = strlen(relative);
    bool glue = strcmp(relative, "picolibc_glue.c") == 0;
    if (n < 3 || (strcmp(relative + n - 2, ".c") != 0 && strcmp(relative + n - 2, ".s") != 0) || (glue && !b->p->picolibc))
        return true;
    char *object = hb_cli_format("%s/sdk_%s.o", b->work, relative);
    add(b->objects, object);
    b->status = compile(b->tools, b->p, b->guest, b->guest, path, object, NULL, b->verbose);
    return b->status == 0;
}

static int link_program(const c_tools *tools, const project *p, const char *guest, const words *objects, const char *output, bool verbose)
{
    words w = {0};
    char *script = hb_cli_format("-T%s/rt/link.ld", guest);
    add(&w, tools->linker);
    static const char *const flags[] = {"-m", "elf64lriscv", "-static", "--gc-sections", "-z", "noexecstack", "--build-id=none"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        add(&w, flags[i]);
    add(&w, script);
    for (size_t i = 0; i < objects->count; i++)
        add(&w, objects->at[i]);
    add(&w, "--start-group");
    if (p->picolibc)
        add(&w, PICOLIBC "/lib/rv64im/lp64/libc.a");
    if (p->picolibc && hb_file_exists(PICOLIBC "/lib/rv64im/lp64/libm.a"))
        add(&w, PICOLIBC "/lib/rv64im/lp64/libm.a");
    if (tools->libgcc)
        add(&w, tools->libgcc);
    add(&w, "--end-group");
    add(&w, "-o");
    add(&w, output);
    for (size_t i = 0; verbose && i < w.count; i++)
        fprintf(stderr, "%s%c", w.at[i], i + 1 < w.count ? ' ' : '\n');
    int status = hb_program_run(w.at, NULL, NULL, NULL);
    free(script), free(w.at);
    return status;
}

/* 0, or an exit status; *objects gets names that the caller frees. */
static int compile_all(const char *work, const project *p, const c_tools *tools, const hb_build_options *options, const char *guest, words *objects)
{
    for (size_t i = 0; i < p->sources.count; i++) {
        char *object = hb_cli_format("%s/%zu.o", work, i);
        add(objects, object);
        int status = compile(tools, p, guest, p->dir, p->sources.at[i], object, &p->cflags, options->verbose);
        if (status != 0)
            return status < 0 ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
    }
    sdk_build sdk = {tools, p, guest, work, objects, options->verbose, 0};
    char *src = hb_cli_format("%s/c/src", guest), *rt = hb_cli_format("%s/rt", guest);
    const bool ok = hb_file_walk(src, compile_sdk_file, &sdk) && hb_file_walk(rt, compile_sdk_file, &sdk);
    if (!ok)
        hb_cli_complain("build", "%s cannot compile the C SDK", tools->compiler);
    free(rt), free(src);
    return ok ? 0 : HB_EXIT_ENVIRONMENT;
}

static int describe(hb_package *package, void *ctx)
{
    const project *p = ctx;
    const hb_description d = {.name = p->name,
                              .version = json_string_value(json_object_get(p->json, "version")),
                              .author = json_string_value(json_object_get(p->json, "author")),
                              .description = json_string_value(json_object_get(p->json, "description")),
                              .license = json_string_value(json_object_get(p->json, "license")),
                              .id = json_string_value(json_object_get(p->json, "id"))};
    int status = hb_describe(package, &d);
    if (!status)
        status = hb_describe_programs(package, json_object_get(p->json, "programs"), "hauptbuch.json");
    return status ? status : hb_describe_limits(package, json_object_get(p->json, "limits"), "hauptbuch.json");
}

static int build_in(const char *work, const project *p, const c_tools *tools, const hb_build_options *options, const char *guest)
{
    words objects = {0};
    int result = compile_all(work, p, tools, options, guest, &objects);
    if (result == 0) {
        char *program = hb_cli_format("%s/program.elf", work), *name = hb_cli_format("%s.elf", p->name);
        int status = link_program(tools, p, guest, &objects, program, options->verbose);
        result = status == 0 ? HB_EXIT_YES : status < 0 ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
        if (result == 0)
            result = hb_build_deliver(program, options->output ? options->output : name, describe, (void *)(uintptr_t)p);
        free(name), free(program);
    }
    for (size_t i = 0; i < objects.count; i++)
        free((void *)(uintptr_t)objects.at[i]);
    free(objects.at);
    return result;
}

static int build_with(const project *p, const c_tools *tools, const hb_build_options *options, const char *guest)
{
    if (p->picolibc && !hb_file_exists(PICOLIBC "/lib/rv64im/lp64/libc.a")) {
        hb_cli_complain("build", "no picolibc for rv64im/lp64 below " PICOLIBC " (install picolibc-riscv64-unknown-elf)");
        return HB_EXIT_ENVIRONMENT;
    }
    char *cache = hb_build_cache_dir();
    if (!cache)
        return HB_EXIT_ENVIRONMENT;
    char *work = hb_cli_format("%s/work-XXXXXX", cache);
    int status = HB_EXIT_ENVIRONMENT;
    if (mkdtemp(work)) {
        status = build_in(work, p, tools, options, guest);
        hb_file_remove_tree(work);
    } else {
        hb_cli_complain("build", "cannot make a directory in %s: %s", cache, strerror(errno));
    }
    free(work), free(cache);
    return status;
}

int hb_build_c(const hb_build_options *options, const char *guest)
{
    project p;
    c_tools tools = {0};
    if (options->bin || options->features) {
        hb_cli_complain("build", "--bin and --features are for Rust projects");
        return HB_EXIT_USAGE;
    }
    int status = HB_EXIT_NO;
    if (read_project(&p, options->dir))
        status = find_tools(&tools) ? build_with(&p, &tools, options, guest) : HB_EXIT_ENVIRONMENT;
    json_decref(p.json);
    free(tools.compiler), free(tools.linker), free(tools.libgcc);
    free(p.dir), free(p.sources.at), free(p.include.at), free(p.cflags.at);
    return status;
}
