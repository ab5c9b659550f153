/* The command line: hauptbuch VERB ... . Each verb parses its own arguments. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

extern const hb_cli_verb hb_cli_new, hb_cli_build, hb_cli_run;
extern const hb_cli_verb hb_cli_prove, hb_cli_verify, hb_cli_vkey, hb_cli_security, hb_cli_version, hb_cli_inspect, hb_cli_bench;
extern const hb_cli_verb hb_cli_asm, hb_cli_disasm, hb_cli_trace, hb_cli_package, hb_cli_profile;
#if HB_WITH_LEDGER
extern const hb_cli_verb hb_cli_state;
#endif

static const hb_cli_verb *const verbs[] = {
    &hb_cli_new,
    &hb_cli_build,
    &hb_cli_run,
    &hb_cli_prove,
    &hb_cli_verify,
    &hb_cli_vkey,
    &hb_cli_inspect,
    &hb_cli_bench,
    &hb_cli_asm,
    &hb_cli_disasm,
    &hb_cli_trace,
    &hb_cli_profile,
    &hb_cli_package,
#if HB_WITH_LEDGER
    &hb_cli_state,
#endif
    &hb_cli_security,
    &hb_cli_version,
};

static void print_help(FILE *out)
{
    fputs("usage: hauptbuch VERB [ARGUMENTS]\n\n", out);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        fprintf(out, "  %-10s %s\n", verbs[i]->name, verbs[i]->help);
    fputs("\n`hauptbuch VERB --help` says more. Exit status: 0 yes, 1 no, 2 usage, 3 environment.\n", out);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return HB_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return hb_cli_finish("help", HB_EXIT_YES);
    }
    hb_cli_prepare();
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i]->name) == 0)
            return hb_cli_finish(verbs[i]->name, verbs[i]->run(argc - 1, argv + 1));
    fprintf(stderr, "hauptbuch: there is no verb '%s'; see hauptbuch --help\n", argv[1]);
    return HB_EXIT_USAGE;
}
