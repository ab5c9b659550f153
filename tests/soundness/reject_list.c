#include "tests/soundness/reject_list.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>

#include "base/testing.h"

/* Reasons in the verifier's sources that no proof file can bring about. */
static const struct {
    const char *name, *argument;
} unreachable[] = {
    {"STACK_TABLES", "hb_statement_check bounds the rows of every table by 2^26; numbers and widths of tables are the machine's"},
};

static void check_name(const char *file, const char *name, const bool *met)
{
    static const char *const names[] = {
#define NAME(n, text) #n,
        HB_REJECT_REASONS(NAME)
#undef NAME
    };
    for (size_t i = 0; i < sizeof unreachable / sizeof *unreachable; i++)
        if (strcmp(unreachable[i].name, name) == 0)
            return;
    for (size_t i = 0; i < HB_R_COUNT; i++)
        if (strcmp(names[i], name) == 0 && met[i])
            return;
    fail_msg("%s rejects for the reason %s, and no case here meets it", file, name);
}

static unsigned names_in(const char *path, const bool *met)
{
    char text[1 << 16];
    unsigned n = 0;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    for (const char *p = text; (p = strstr(p, "HB_R_")) != NULL; n++) {
        char name[64] = {0};
        p += 5;
        for (size_t i = 0; i < sizeof name - 1 && (isupper((unsigned char)p[i]) || isdigit((unsigned char)p[i]) || p[i] == '_'); i++)
            name[i] = p[i];
        check_name(path, name, met);
    }
    return n;
}

void reject_list_check(const bool met[HB_R_COUNT])
{
    static const char *const files[] = {"machine/*_verify.c",   "machine/*statement*.c", "gkr/*_verify.c",         "gkr/gkr_layout.c", "zerocheck/*_verify.c",
                                        "zerocheck/zerocheck.c", "pcs/*_verify.c",       "pcs/stack.c", "merkle/*_verify.c",    "transcript/receive.c"};
    const char *root = getenv("HB_SOURCE_DIR");
    unsigned n = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char pattern[512];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/src/%s", root ? root : ".", files[i]);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            n += names_in(found.gl_pathv[k], met);
        globfree(&found);
    }
    assert_true(n > 50);
}
