/* hauptbuch state SUBCOMMAND DIR ...: the ledger. docs/ledger.md is the manual. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/state_cli.h"

enum {
    AT = 1 << 0, TIME = 1 << 1, JSON = 1 << 2, OUT = 1 << 3, BATCH = 1 << 4, PROGRAMS = 1 << 5, DELETE = 1 << 6, METADATA = 1 << 7, WITNESS = 1 << 8,
    STEP = 1 << 9, AUDIT = 1 << 10, CHAIN = 1 << 11, PROOFS = 1 << 12, FROM = 1 << 13
};

static const struct subcommand {
    const char *name, *arguments, *help;
    int (*run)(hb_state_cli *a);
    int least, most; /* arguments, the directory included; most -1: any number */
    unsigned takes;
} subcommands[] = {
    {"init", "DIR [--batch FILE] [--program ID@VERSION=PROG]... [--timestamp T]", "make a ledger; what is given is its version 0", hb_state_cli_init, 1, 1, TIME | BATCH | PROGRAMS | METADATA},
    {"root", "DIR [--at V] [--json]", "print a version's number, root and commitment digest", hb_state_cli_root, 1, 1, AT | JSON},
    {"get", "DIR KEY [--at V] [-o FILE]", "print a value; exit status 1 if there is none", hb_state_cli_get, 2, 2, AT | OUT},
    {"put", "DIR [KEY VALUE]... [--delete KEY]... [--batch FILE] [--program ID@VERSION=PROG]...", "make an administrative version", hb_state_cli_put, 1, -1,
     TIME | BATCH | PROGRAMS | DELETE | METADATA},
    {"prove", "DIR KEY... -o FILE [--at V] | --witness ID NAME... -o FILE", "write a proof of state, or a guest's ledger input", hb_state_cli_prove, 2, -1, AT | OUT | WITNESS},
    {"verify", "--root HEX --proof FILE [KEY[=VALUE]]... | --chain FILE [--genesis HEX] [--allow-admin]", "check a proof of state, or audit a chain", hb_state_cli_verify, 0, -1, AUDIT | JSON},
    {"history", "DIR [--from V] [--json] [--chain FILE]", "list versions; or write them as a chain for an auditor", hb_state_cli_history, 1, 1, FROM | JSON | CHAIN},
    {"apply", "DIR --program ID --proof FILE [--writes FILE] [--base V] [--timestamp T]", "make a version by a proven step", hb_state_cli_apply, 1, 1, STEP | TIME | METADATA},
    {"export", "DIR -o FILE [--at V]", "write the state of a version to a file", hb_state_cli_export, 1, 1, AT | OUT},
    {"import", "DIR FILE [--timestamp T]", "make an administrative version with the state of such a file", hb_state_cli_import, 2, 2, TIME},
    {"rollback", "DIR --at V [--timestamp T]", "make an administrative version with the state of an old one", hb_state_cli_rollback, 1, 1, AT | TIME},
    {"check", "DIR [--proofs]", "recompute everything; --proofs also verifies every kept proof", hb_state_cli_check, 1, 1, PROOFS | JSON},
    {"prune", "DIR --from V", "drop what only versions below V use", hb_state_cli_prune, 1, 1, FROM},
};
enum { SUBCOMMANDS = sizeof subcommands / sizeof *subcommands };

static void print_usage(FILE *out)
{
    fputs("usage:\n", out);
    for (int i = 0; i < SUBCOMMANDS; i++)
        fprintf(out, "  hauptbuch state %s %s\n      %s\n", subcommands[i].name, subcommands[i].arguments, subcommands[i].help);
    fputs("KEY is NAMESPACE:NAME (for example storage/token:alice) or 64 hexadecimal digits; VALUE is text, hex:... or @FILE.\n"
          "PROG is a program or vkey:HEX; with --state-program instead of --program it reads and writes state.\n",
          out);
}

static const struct option options[] = {
    {"at", required_argument, NULL, 'a'},       {"timestamp", required_argument, NULL, 't'}, {"json", no_argument, NULL, 'j'},
    {"batch", required_argument, NULL, 'b'},    {"program", required_argument, NULL, 'p'},   {"state-program", required_argument, NULL, 's'},
    {"delete", required_argument, NULL, 'd'},   {"metadata", required_argument, NULL, 'm'},  {"witness", required_argument, NULL, 'w'},
    {"proof", required_argument, NULL, 'q'},    {"writes", required_argument, NULL, 'W'},    {"base", required_argument, NULL, 'B'},
    {"root", required_argument, NULL, 'r'},     {"chain", required_argument, NULL, 'c'},     {"genesis", required_argument, NULL, 'g'},
    {"allow-admin", no_argument, NULL, 'A'},    {"proofs", no_argument, NULL, 'P'},          {"from", required_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},            {0}};

static unsigned needs(int c)
{
    switch (c) {
    case 'a': return AT;
    case 't': return TIME;
    case 'j': return JSON;
    case 'o': return OUT;
    case 'b': return BATCH;
    case 'p': return PROGRAMS | STEP;
    case 's': return PROGRAMS;
    case 'd': return DELETE;
    case 'm': return METADATA;
    case 'w': return WITNESS;
    case 'q': return STEP | AUDIT;
    case 'W': case 'B': return STEP;
    case 'r': case 'g': case 'A': return AUDIT;
    case 'c': return AUDIT | CHAIN;
    case 'P': return PROOFS;
    case 'f': return FROM;
    default: return 0;
    }
}

static bool push(const char ***list, size_t *n, const char *text)
{
    const char **more = *n < HB_STATE_CLI_LIST_MAX ? realloc(*list, (*n + 1) * sizeof **list) : NULL;
    if (!more)
        return false;
    *list = more;
    more[(*n)++] = text;
    return true;
}

static bool take(hb_state_cli *a, int c)
{
    switch (c) {
    case 'a': return hb_cli_parse_number(optarg, UINT64_MAX - 1, &a->at);
    case 't': return a->has_timestamp = hb_cli_parse_number(optarg, UINT64_MAX - 1, &a->timestamp);
    case 'f': return hb_cli_parse_number(optarg, UINT64_MAX - 1, &a->from);
    case 'B': return hb_cli_parse_number(optarg, UINT64_MAX - 1, &a->base);
    case 'j': return a->json = true;
    case 'A': return a->allow_admin = true;
    case 'P': return a->proofs = true;
    case 'o': a->out = optarg; return true;
    case 'b': a->batch = optarg; return true;
    case 'w': a->witness = optarg; return true;
    case 'q': a->proof = optarg; return true;
    case 'W': a->writes = optarg; return true;
    case 'r': a->root = optarg; return true;
    case 'c': a->chain = optarg; return true;
    case 'g': a->genesis = optarg; return true;
    case 'p': a->program = optarg; return push(&a->programs, &a->n_programs, optarg);
    case 's': return push(&a->state_programs, &a->n_state_programs, optarg);
    case 'd': return push(&a->deletes, &a->n_deletes, optarg);
    case 'm': return push(&a->metadata, &a->n_metadata, optarg);
    default: return false;
    }
}

static int parse(const struct subcommand *s, int argc, char **argv, hb_state_cli *a)
{
    a->verb = s->name;
    a->at = a->base = HB_STATE_LATEST;
    a->from = UINT64_MAX;
    for (int c, index = 0; (c = getopt_long(argc, argv, "o:", options, &index)) != -1;) {
        if (c == 'h') {
            print_usage(stdout);
            exit(HB_EXIT_YES);
        }
        if (c == '?')
            return HB_EXIT_USAGE;
        if (!(s->takes & needs(c)) || !take(a, c)) {
            hb_cli_complain("state", s->takes & needs(c) ? "%s: bad value for -%s%s" : "%s does not take -%s%s", s->name, c == 'o' ? "" : "-", c == 'o' ? "o" : options[index].name);
            return HB_EXIT_USAGE;
        }
    }
    const int n = argc - optind;
    if (n < s->least || (s->most >= 0 && n > s->most)) {
        fprintf(stderr, "usage: hauptbuch state %s %s\n", s->name, s->arguments);
        return HB_EXIT_USAGE;
    }
    const bool has_dir = s->least > 0;
    a->dir = has_dir ? argv[optind] : NULL;
    a->rest = argv + optind + has_dir;
    a->n_rest = n - has_dir;
    return 0;
}

/* A damaged data file can lead LMDB outside of it. Nothing of the answer has been printed then, as answers are checked before. */
static void on_fault(int signal_number)
{
    static const char text[] = "hauptbuch state: damaged: reading the data file failed (restore it from a copy or an export)\n";
    const ssize_t n = write(2, text, sizeof text - 1);
    (void)n;
    _exit(signal_number ? HB_EXIT_NO : HB_EXIT_ENVIRONMENT);
}

static int run(int argc, char **argv)
{
    hb_state_cli a = {0};
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        print_usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? HB_EXIT_USAGE : HB_EXIT_YES;
    }
    for (int i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(argv[1], subcommands[i].name) != 0)
            continue;
        int status = parse(&subcommands[i], argc - 1, argv + 1, &a);
        if (!status) {
            signal(SIGSEGV, on_fault);
            signal(SIGBUS, on_fault);
            signal(SIGABRT, on_fault);
            status = subcommands[i].run(&a);
        }
        hb_state_cli_free(&a);
        return status;
    }
    hb_cli_complain("state", "there is no subcommand '%s'; see hauptbuch state --help", argv[1]);
    return HB_EXIT_USAGE;
}

const hb_cli_verb hb_cli_state = {"state", "the ledger: versions of a state, proven and changed by proven steps", run};
