#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/build.h"
#include "cli/build_describe.h"
#include "cli/build_files.h"
#include "cli/build_std.h"
#include "cli/build_tools.h"
#include "cli/cli.h"
#include "hash/sha256.h"

typedef struct place {
    char *project;   /* whole path */
    char *target;    /* cargo's target directory */
    char *artifacts; /* where cargo puts the program itself */
} place;

/* Names cargo's target directory after everything that our wrapper adds behind cargo's back: with another linker or other flags the
 * program must be built anew, and cargo would not notice. */
static char *make_key(const hb_rust_tools *tools, const hb_guest_std *std_lib, const char *guest)
{
    const char *more = getenv("HB_RUSTFLAGS");
    char *text = hb_cli_format("%s\n%s\n%s\n%s\n%s\n%s", std_lib->key, std_lib->dir, tools->linker, tools->linker_text, guest, more ? more : "");
    uint8_t digest[32];
    hb_sha256_hash(digest, text, strlen(text));
    free(text);
    return hb_cli_format("%02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4], digest[5]);
}

/* Beside the project as cargo users expect, unless that cannot be written to. */
static bool choose_place(place *p, const hb_build_options *options, const char *cache, const char *key)
{
    p->project = realpath(options->dir, NULL);
    if (!p->project)
        return false;
    const char *given = getenv("CARGO_TARGET_DIR");
    if (given && *given) {
        char *whole = *given == '/' ? hb_cli_format("%s", given) : hb_cli_format("%s/%s", p->project, given);
        p->target = hb_cli_format("%s/hauptbuch-%s", whole, key);
        free(whole);
    } else if (access(p->project, W_OK) == 0) {
        p->target = hb_cli_format("%s/target/hauptbuch-%s", p->project, key);
    } else {
        char *name = hb_cli_format("%s", p->project);
        for (char *c = name; *c; c++)
            *c = *c == '/' ? '%' : *c;
        p->target = hb_cli_format("%s/target/%s/hauptbuch-%s", cache, name, key);
        free(name);
    }
    p->artifacts = hb_cli_format("%s/programs", p->target);
    hb_file_remove_tree(p->artifacts);
    return hb_file_make_dirs(p->artifacts);
}

static char *rustc_arguments(const hb_rust_tools *tools, const hb_guest_std *std_lib, const place *p, const char *guest)
{
    const char *cargo_home = getenv("CARGO_HOME"), *home = getenv("HOME"), *more = getenv("HB_RUSTFLAGS");
    char *cargo = cargo_home && *cargo_home ? hb_cli_format("%s", cargo_home) : hb_cli_format("%s/.cargo", home ? home : "");
    char *text = hb_cli_format("--sysroot=%s\n"
                               "-Clinker=%s\n"
                               "-Clink-arg=-T%s/rt/link.ld\n"
                               "-Zallow-features=\n" /* what a stable compiler accepts, and no more */
                               "--cfg=getrandom_backend=\"custom\"\n"
                               "--check-cfg=cfg(getrandom_backend,values(\"custom\"))\n"
                               "--remap-path-prefix=%s=/cargo\n"
                               "--remap-path-prefix=%s=/hauptbuch\n"
                               "--remap-path-prefix=%s=/project\n"
                               "--remap-path-prefix=%s=/target"
                               "%s%s",
                               std_lib->dir, tools->linker, guest, cargo, guest, p->project, p->target, more && *more ? "\n" : "",
                               more ? more : "");
    free(cargo);
    return text;
}

/* What every call of cargo needs to know. */
typedef struct cargo {
    const hb_build_options *options;
    const hb_rust_tools *tools;
    const hb_guest_std *std_lib;
    const place *p;
    const char *guest;
} cargo;

enum { ARGUMENTS = 32 };

/* argv: n arguments so far, with room for ours. output as for hb_program_run. */
static int call_cargo(const cargo *c, const char *argv[ARGUMENTS], int n, char **output)
{
    if (c->options->features) {
        argv[n++] = "--features";
        argv[n++] = c->options->features;
    }
    if (c->options->offline)
        argv[n++] = "--offline";
    if (c->options->locked)
        argv[n++] = "--locked";
    argv[n++] = c->options->verbose ? "--verbose" : NULL;
    argv[n] = NULL;
    char *rustc = hb_cli_format("RUSTC=%s", c->tools->rustc), *wrapper = hb_cli_format("RUSTC_WRAPPER=%s", c->std_lib->wrapper);
    char *json = hb_cli_format("HB_TARGET_JSON=%s", c->std_lib->target_json);
    char *args = rustc_arguments(c->tools, c->std_lib, c->p, c->guest), *rustc_args = hb_cli_format("HB_RUSTC_ARGS=%s", args);
    const char *const env[] = {rustc, wrapper, json, rustc_args, "HB_QUIET", "RUSTC_BOOTSTRAP=1", "CARGO_ENCODED_RUSTFLAGS=", "RUSTFLAGS",
                               "CARGO_BUILD_TARGET", "CARGO_INCREMENTAL=0", "RUSTC_WORKSPACE_WRAPPER", NULL};
    int status = hb_program_run(argv, env, c->p->project, output);
    free(rustc_args), free(args), free(json), free(wrapper), free(rustc);
    return status;
}

static int run_cargo(const cargo *c)
{
    const char *argv[ARGUMENTS] = {c->tools->cargo, "build", "--release", "-Zjson-target-spec", "-Zunstable-options", "--target",
                                   c->std_lib->target_json, "--target-dir", c->p->target, "--artifact-dir", c->p->artifacts};
    int n = 11;
    if (c->options->bin) {
        argv[n++] = "--bin";
        argv[n++] = c->options->bin;
    } else {
        argv[n++] = "--bins";
    }
    return call_cargo(c, argv, n, NULL);
}

/* The nearest Cargo.lock at or above the project: that of its workspace. NULL: none. */
static char *read_lock(const char *project)
{
    char *dir = hb_cli_format("%s", project), *text = NULL;
    for (char *slash = dir + strlen(dir); slash && !text; slash = strrchr(dir, '/')) {
        *slash = '\0';
        char *path = hb_cli_format("%s/Cargo.lock", dir);
        text = hb_file_exists(path) ? hb_file_read(path, NULL) : NULL;
        free(path);
    }
    free(dir);
    return text;
}

typedef struct program {
    const cargo *c;
    const char *name;
} program;

static int describe(hb_package *p, void *ctx)
{
    const program *q = ctx;
    const cargo *c = q->c;
    const char *argv[ARGUMENTS] = {c->tools->cargo, "metadata", "--format-version", "1", "-Zjson-target-spec", "--filter-platform", c->std_lib->target_json};
    char *metadata = NULL, *lock = read_lock(c->p->project);
    int status = HB_EXIT_ENVIRONMENT, answer = call_cargo(c, argv, 7, &metadata);
    if (answer == 0)
        status = hb_describe_cargo(p, metadata, lock, q->name, c->tools->release);
    else
        hb_cli_complain("build", "cargo metadata fails (status %d): the program cannot be described", answer);
    free(lock), free(metadata);
    return status;
}

typedef struct programs {
    char *first, *names;
    int count;
} programs;

static bool note_program(void *ctx, const char *relative, const char *path)
{
    programs *found = ctx;
    size_t n = strlen(relative);
    if (n < 5 || strcmp(relative + n - 4, ".elf") != 0)
        return true;
    if (found->count++ == 0)
        found->first = hb_cli_format("%s", path);
    char *longer = hb_cli_format("%s %.*s", found->names ? found->names : "", (int)n - 4, relative);
    free(found->names);
    found->names = longer;
    return true;
}

static int deliver(const cargo *c)
{
    const hb_build_options *options = c->options;
    programs found = {0};
    if (!hb_file_walk(c->p->artifacts, note_program, &found))
        return HB_EXIT_ENVIRONMENT;
    int status = HB_EXIT_USAGE;
    if (found.count == 0) {
        hb_cli_complain("build", "%s has no program: it needs a src/main.rs or a [[bin]]", options->dir);
    } else if (found.count > 1) {
        hb_cli_complain("build", "%s has several programs; choose one with --bin:%s", options->dir, found.names);
    } else {
        const char *file = strrchr(found.first, '/') + 1;
        char *name = hb_cli_format("%.*s", (int)strlen(file) - 4, file);
        program q = {c, name};
        status = hb_build_deliver(found.first, options->output ? options->output : file, describe, &q);
        free(name);
    }
    free(found.first), free(found.names);
    return status;
}

static int build_with(const hb_build_options *options, const char *guest, const char *cache, const hb_rust_tools *tools, hb_guest_std *std_lib, place *p)
{
    if (!hb_build_std(std_lib, tools, guest, cache))
        return HB_EXIT_ENVIRONMENT;
    char *key = make_key(tools, std_lib, guest);
    const bool placed = choose_place(p, options, cache, key);
    free(key);
    if (!placed) {
        hb_cli_complain("build", "cannot use %s: %s", options->dir, strerror(errno));
        return HB_EXIT_ENVIRONMENT;
    }
    if (options->verbose)
        fprintf(stderr, "compiler: %s (%s)\nlinker: %s (%s)\nstandard library: %s\n", tools->rustc, tools->release, tools->linker,
                tools->linker_text, std_lib->dir);
    const cargo c = {options, tools, std_lib, p, guest};
    int status = run_cargo(&c);
    if (status < 0)
        return HB_EXIT_ENVIRONMENT;
    return status == 0 ? deliver(&c) : HB_EXIT_NO;
}

int hb_build_rust(const hb_build_options *options, const char *guest)
{
    hb_rust_tools tools = {0};
    hb_guest_std std_lib = {0};
    place p = {0};
    int status = HB_EXIT_ENVIRONMENT;
    char *cache = hb_build_cache_dir();
    if (cache && hb_build_find_rust(&tools, guest, options->dir))
        status = build_with(options, guest, cache, &tools, &std_lib, &p);
    hb_build_free_rust(&tools);
    hb_build_free_std(&std_lib);
    free(p.project), free(p.target), free(p.artifacts), free(cache);
    return status;
}
