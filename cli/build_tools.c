#include "cli/build_tools.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/build_files.h"
#include "cli/cli.h"

#define NEWEST_LLD 40
#define OLDEST_LLD 14

static bool is_guest_dir(const char *dir)
{
    char *file = hb_cli_format("%s/rt/link.ld", dir);
    bool yes = hb_file_exists(file);
    free(file);
    return yes;
}

char *hb_build_guest_dir(const char *verb)
{
    const char *given = getenv("HB_GUEST_DIR");
    if (given && *given) {
        if (is_guest_dir(given))
            return realpath(given, NULL);
        hb_cli_complain(verb, "HB_GUEST_DIR is %s, but there is no rt/link.ld below it", given);
        return NULL;
    }
    char here[4096];
    ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
    here[n < 0 ? 0 : n] = '\0';
    for (char *slash; (slash = strrchr(here, '/')) != NULL;) {
        *slash = '\0';
        static const char *const places[] = {"share/hauptbuch/guest", "guest"};
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            char *dir = hb_cli_format("%s/%s", here, places[i]);
            if (is_guest_dir(dir))
                return dir;
            free(dir);
        }
    }
    hb_cli_complain(verb, "cannot find the guest files of this installation; set HB_GUEST_DIR to its directory guest/");
    return NULL;
}

char *hb_build_cache_dir(void)
{
    const char *given = getenv("HAUPTBUCH_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *dir;
    if (given && *given)
        dir = hb_cli_format("%s", given);
    else if (xdg && *xdg)
        dir = hb_cli_format("%s/hauptbuch", xdg);
    else if (home && *home)
        dir = hb_cli_format("%s/.cache/hauptbuch", home);
    else {
        hb_cli_complain("build", "no cache directory: set HAUPTBUCH_CACHE (there is no HOME either)");
        return NULL;
    }
    char *whole = hb_file_make_dirs(dir) ? realpath(dir, NULL) : NULL;
    free(dir);
    return whole;
}

char *hb_build_find_lld(void)
{
    const char *given = getenv("HB_LLD");
    if (given && *given)
        return hb_program_find(given);
    for (int version = NEWEST_LLD; version >= OLDEST_LLD; version--) {
        char *name = hb_cli_format("ld.lld-%d", version);
        char *path = hb_program_find(name);
        free(name);
        if (path)
            return path;
    }
    return hb_program_find("ld.lld");
}

/* The rest of the line of `text` that starts with `key`; NULL if there is none. */
static char *line_after(const char *text, const char *key)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            return hb_cli_format("%.*s", (int)strcspn(line + strlen(key), "\r\n"), line + strlen(key));
    return NULL;
}

/* A line of the list is the first two numbers of a release, as in "1.96". */
static bool is_supported(const char *guest, const char *release, char **list)
{
    char *path = hb_cli_format("%s/rust/supported-compilers.txt", guest);
    char *text = hb_file_read(path, NULL);
    bool yes = false;
    *list = hb_cli_format("%s", "");
    for (char *rest = text, *line; rest && (line = strsep(&rest, "\n")) != NULL;) {
        if (*line == '#' || *line == '\0')
            continue;
        size_t n = strlen(line);
        yes = yes || (strncmp(release, line, n) == 0 && release[n] == '.');
        char *longer = hb_cli_format("%s%s%s", *list, **list ? ", " : "", line);
        free(*list);
        *list = longer;
    }
    free(text);
    free(path);
    return yes;
}

static char *find_library(const char *sysroot, const char *release)
{
    char *places[] = {
        hb_cli_format("%s/lib/rustlib/src/rust/library", sysroot),
        hb_cli_format("/usr/src/rustc-%s/library", release),
    };
    char *found = NULL;
    for (int i = 0; i < 2; i++) {
        char *file = hb_cli_format("%s/std/src/lib.rs", places[i]);
        /* A distribution may keep one source for several compilers: it is only right for the version in its name. */
        if (!found && hb_file_exists(file)) {
            char *whole = realpath(places[i], NULL);
            bool other = whole && strstr(whole, "/rustc-") && !strstr(whole, release);
            found = other ? NULL : whole;
            if (other)
                free(whole);
        }
        free(file);
        free(places[i]);
    }
    return found;
}

/* The linker that came with the compiler, if it is really there. */
static char *find_own_lld(const char *sysroot, const char *host)
{
    char *place = hb_cli_format("%s/lib/rustlib/%s/bin/rust-lld", sysroot, host ? host : "");
    char *path = hb_program_find(place);
    free(place);
    return path;
}

static char *first_line_of(const char *program, const char *dir)
{
    bool generic = strstr(program, "rust-lld") != NULL;
    const char *const argv[] = {program, generic ? "-flavor" : "--version", generic ? "gnu" : NULL, "--version", NULL};
    char *text = NULL;
    if (hb_program_run(argv, NULL, dir, &text) != 0 || !text) {
        free(text);
        return hb_cli_format("unknown");
    }
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static bool find_cargo(hb_rust_tools *tools)
{
    const char *cargo = getenv("HB_CARGO");
    char *beside = hb_cli_format("%.*s/cargo", (int)(strrchr(tools->rustc, '/') - tools->rustc), tools->rustc);
    tools->cargo = hb_program_find(cargo && *cargo ? cargo : beside);
    free(beside);
    return tools->cargo != NULL;
}

static bool find_linker(hb_rust_tools *tools, const char *sysroot, const char *dir)
{
    const char *given = getenv("HB_LLD");
    char *host = line_after(tools->version_text, "host: ");
    tools->linker = given && *given ? NULL : find_own_lld(sysroot, host);
    if (!tools->linker)
        tools->linker = hb_build_find_lld();
    free(host);
    tools->linker_text = tools->linker ? first_line_of(tools->linker, dir) : NULL;
    return tools->linker != NULL;
}

/* NULL when everything is there; otherwise what is wrong. */
static char *examine_in(hb_rust_tools *tools, const char *guest, const char *dir, char *sysroot)
{
    sysroot[strcspn(sysroot, "\n")] = '\0';
    tools->release = line_after(tools->version_text, "release: ");
    tools->commit = line_after(tools->version_text, "commit-hash: ");
    if (!tools->commit)
        tools->commit = hb_cli_format("unknown");
    if (!tools->release)
        return hb_cli_format("rustc -vV names no release");
    char *list;
    const bool supported = is_supported(guest, tools->release, &list);
    char *reason = supported ? NULL : hb_cli_format("version %s is not supported (supported: %s)", tools->release, list);
    free(list);
    if (reason)
        return reason;
    tools->library = find_library(sysroot, tools->release);
    if (!tools->library)
        return hb_cli_format("version %s has no source of the standard library (install rust-web-src, or the component rust-src)",
                             tools->release);
    if (!find_cargo(tools))
        return hb_cli_format("there is no cargo beside it (HB_CARGO may name one)");
    if (!find_linker(tools, sysroot, dir))
        return hb_cli_format("there is no linker ld.lld (install lld, or set HB_LLD)");
    return NULL;
}

static char *examine(hb_rust_tools *tools, const char *guest, const char *dir)
{
    const char *const ask[] = {tools->rustc, "-vV", NULL};
    const char *const ask_sysroot[] = {tools->rustc, "--print", "sysroot", NULL};
    char *sysroot = NULL;
    const bool answers = hb_program_run(ask, NULL, dir, &tools->version_text) == 0 && hb_program_run(ask_sysroot, NULL, dir, &sysroot) == 0;
    char *reason = answers ? examine_in(tools, guest, dir, sysroot) : hb_cli_format("does not answer rustc -vV");
    free(sysroot);
    return reason;
}

void hb_build_free_rust(hb_rust_tools *tools)
{
    free(tools->rustc), free(tools->cargo), free(tools->version_text), free(tools->release);
    free(tools->commit), free(tools->library), free(tools->linker), free(tools->linker_text);
    *tools = (hb_rust_tools){0};
}

bool hb_build_find_rust(hb_rust_tools *tools, const char *guest, const char *dir)
{
    const char *given = getenv("HB_RUSTC");
    const char *const names[] = {given && *given ? given : "rustc", given && *given ? NULL : "/usr/bin/rustc", NULL};
    char *wrong = hb_cli_format("%s", "");
    for (int i = 0; names[i]; i++) {
        *tools = (hb_rust_tools){.rustc = hb_program_find(names[i])};
        char *reason = tools->rustc ? examine(tools, guest, dir) : hb_cli_format("not found");
        if (!reason) {
            free(wrong);
            return true;
        }
        char *longer = hb_cli_format("%s\n  %s: %s", wrong, tools->rustc ? tools->rustc : names[i], reason);
        free(wrong);
        free(reason);
        hb_build_free_rust(tools);
        wrong = longer;
    }
    hb_cli_complain("build", "no usable Rust compiler (HB_RUSTC may name one):%s", wrong);
    free(wrong);
    return false;
}
