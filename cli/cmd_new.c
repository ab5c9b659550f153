/* hauptbuch new NAME [--c]: a project from guest/{rust,c}/template. Files may hold @NAME@ and @SDK@. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/build_files.h"
#include "cli/build_tools.h"
#include "cli/cli.h"

static const char usage[] =
    "usage: hauptbuch new NAME [--c]\n"
    "\n"
    "Makes a project in the new directory NAME: Rust, or C with --c. The last part of NAME becomes the program's name.\n"
    "Build it with `hauptbuch build NAME -o NAME.elf`.\n";

typedef struct filling {
    const char *dir, *name, *sdk;
} filling;

/* Letters, digits, - and _, beginning with a letter: what cargo accepts. */
static bool is_program_name(const char *name)
{
    bool ok = isalpha((unsigned char)*name);
    for (const char *c = name; *c; c++)
        ok = ok && (isalnum((unsigned char)*c) || *c == '-' || *c == '_');
    return ok && strlen(name) <= 64;
}

static char *replace(char *text, const char *mark, const char *by)
{
    for (char *at; (at = strstr(text, mark)) != NULL;) {
        char *longer = hb_cli_format("%.*s%s%s", (int)(at - text), text, by, at + strlen(mark));
        free(text);
        text = longer;
    }
    return text;
}

static bool fill_one(void *ctx, const char *relative, const char *path)
{
    const filling *f = ctx;
    /* In the template tree a manifest is called Cargo.toml.in, so that cargo does not take the template for a package. */
    size_t n = strlen(relative);
    bool suffixed = n > 3 && strcmp(relative + n - 3, ".in") == 0;
    char *to = hb_cli_format("%s/%.*s", f->dir, (int)(suffixed ? n - 3 : n), relative);
    char *slash = strrchr(to, '/');
    *slash = '\0';
    char *text = hb_file_make_dirs(to) ? hb_file_read(path, NULL) : NULL;
    *slash = '/';
    if (text)
        text = replace(replace(text, "@NAME@", f->name), "@SDK@", f->sdk);
    bool ok = text && hb_file_write(to, text, strlen(text), 0644);
    free(text);
    free(to);
    return ok;
}

static int make_project(const char *dir, bool c)
{
    const char *slash = strrchr(dir, '/'), *name = slash ? slash + 1 : dir;
    if (!is_program_name(name)) {
        hb_cli_complain("new", "'%s' cannot be a program's name: a letter, then letters, digits, - and _", name);
        return HB_EXIT_USAGE;
    }
    if (hb_file_exists(dir)) {
        hb_cli_complain("new", "%s exists already", dir);
        return HB_EXIT_ENVIRONMENT;
    }
    char *guest = hb_build_guest_dir("new");
    if (!guest)
        return HB_EXIT_ENVIRONMENT;
    char *from = hb_cli_format("%s/%s/template", guest, c ? "c" : "rust"), *sdk = hb_cli_format("%s/rust/hauptbuch", guest);
    filling f = {dir, name, sdk};
    hb_cli_hold_signals();
    bool ok = hb_file_walk(from, fill_one, &f);
    if (ok)
        printf("made %s; next: hauptbuch build %s -o %s.elf\n", dir, dir, name);
    free(sdk), free(from), free(guest);
    return ok ? HB_EXIT_YES : HB_EXIT_ENVIRONMENT;
}

static int run_new(int argc, char **argv)
{
    static const struct option long_options[] = {{"c", no_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool c = false;
    for (int option; (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(usage, stdout);
            return HB_EXIT_YES;
        }
        if (option != 'c') {
            fputs(usage, stderr);
            return HB_EXIT_USAGE;
        }
        c = true;
    }
    if (argc - optind != 1) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    char *dir = argv[optind];
    for (size_t n = strlen(dir); n > 1 && dir[n - 1] == '/'; n--)
        dir[n - 1] = '\0';
    return make_project(dir, c);
}

const hb_cli_verb hb_cli_new = {"new", "make a project from a template", run_new};
