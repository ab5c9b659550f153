#include "tests/soundness/reject_list.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>

#include "base/testing.h"

/* Reasons in the verifier's sources that no proof file can bring about, or none that a test can hold. */
static const struct {
    const char *name, *argument;
} unreachable[] = {
    {"STACK_TABLES", "hb_statement_check bounds the rows of every table by 2^26; numbers and widths of tables are the machine's"},
    {"RUN_SIZE", "2^40 rows on GLOBAL are 2^14 proofs whose tables of boundary values are as high as may be: 2^27 bytes of caps alone"},
};

/* Reasons that only runs in shards meet, and the test that meets them. */
static const struct {
    const char *name, *test;
} elsewhere[] = {
    {"RUN_CONTINUITY", "run_agreement_test.c"},
    {"RUN_BALANCE", "run_forgery_full_test.c"},
};

static bool is_met_elsewhere(const char *root, const char *name)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        static char text[1 << 17];
        char path[512], wanted[80];
        if (strcmp(elsewhere[i].name, name) != 0)
            continue;
        snprintf(path, sizeof path, "%s/tests/soundness/%s", root, elsewhere[i].test);
        snprintf(wanted, sizeof wanted, "HB_R_%s", name);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        text[fread(text, 1, sizeof text - 1, f)] = 0;
        fclose(f);
        return strstr(text, wanted) != NULL;
    }
    return false;
}

static void check_name(const char *root, const char *file, const char *name, const bool *met)
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
    if (is_met_elsewhere(root, name))
        return;
    fail_msg("%s rejects for the reason %s, and no case here meets it", file, name);
}

static unsigned names_in(const char *root, const char *path, const bool *met)
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
        check_name(root, path, name, met);
    }
    return n;
}

void reject_list_check(const bool met[HB_R_COUNT])
{
    static const char *const files[] = {"machine/*_verify.c",   "machine/*statement*.c", "gkr/*_verify.c",         "gkr/gkr_layout.c", "zerocheck/*_verify.c",
                                        "zerocheck/zerocheck.c", "pcs/*_verify.c",       "pcs/stack.c", "merkle/*_verify.c",    "transcript/receive.c"};
    const char *root = getenv("HB_SOURCE_DIR") ? getenv("HB_SOURCE_DIR") : ".";
    unsigned n = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char pattern[512];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/src/%s", root, files[i]);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            n += names_in(root, found.gl_pathv[k], met);
        globfree(&found);
    }
    assert_true(n > 50);
}
