/* hauptbuch asm FILE [-o FILE.hbc]: assembles bytecode. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_flow.h"
#include "bytecode/hbc.h"
#include "cli/cli.h"
#include "cli/cli_files.h"

static const char usage[] = "usage: hauptbuch asm FILE [-o FILE.hbc] [--stack-limit BYTES] [--memory-limit BYTES] [--gas-limit GAS] [--report]\n"
                            "  -o FILE          default: the input's name with the suffix .hbc\n"
                            "  --...-limit N    in place of what the text says; limits are part of the verifying key\n"
                            "  --report         say what is unreachable and where the stack depth is known\n"
                            "FILE - is standard input. The text form: docs/bytecode-tools.md.\n";

typedef struct options {
    const char *in, *out;
    uint64_t limits[3];
    bool limit_set[3], report;
} options;

static bool parse_limit(const char *text, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 0);
    return !errno && *text >= '0' && *text <= '9' && !*end;
}

/* 0, or an exit status + 1 when the verb is over. */
static int parse_options(int argc, char **argv, options *o)
{
    static const struct option longs[] = {{"stack-limit", required_argument, NULL, 0}, {"memory-limit", required_argument, NULL, 1},
                                          {"gas-limit", required_argument, NULL, 2},   {"report", no_argument, NULL, 'r'},
                                          {"help", no_argument, NULL, 'h'},            {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "ho:", longs, NULL)) != -1;) {
        if (c >= 0 && c <= 2) {
            o->limit_set[c] = true;
            if (parse_limit(optarg, &o->limits[c]))
                continue;
            hb_cli_complain("asm", "--%s takes a number, not '%s'", longs[c].name, optarg);
            return HB_EXIT_USAGE + 1;
        }
        if (c == 'o')
            o->out = optarg;
        else if (c == 'r')
            o->report = true;
        else {
            fputs(usage, c == 'h' ? stdout : stderr);
            return (c == 'h' ? HB_EXIT_YES : HB_EXIT_USAGE) + 1;
        }
    }
    if (argc - optind != 1) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE + 1;
    }
    o->in = argv[optind];
    if (!o->out && strcmp(o->in, "-") == 0) {
        hb_cli_complain("asm", "standard input needs -o FILE");
        return HB_EXIT_USAGE + 1;
    }
    return 0;
}

/* The name of the input with its suffix replaced. */
static char *default_output(const char *in)
{
    const char *slash = strrchr(in, '/'), *dot = strrchr(in, '.');
    bool suffix = dot && dot != in && (!slash || dot > slash + 1);
    return hb_cli_format("%.*s.hbc", suffix ? (int)(dot - in) : (int)strlen(in), in);
}

static void print_report(const hb_bytecode_program *p, const hb_bytecode_report *r)
{
    printf("%" PRIu32 " bytes, %" PRIu32 " instructions, %" PRIu32 " blocks\n", p->code_len, r->n_insns, r->n_blocks);
    if (r->computed_jumps)
        puts("has computed jumps: every instruction counts as reachable, with any stack depth");
    else if (r->unreachable)
        printf("%" PRIu32 " instructions cannot be reached, the first at offset %" PRIu32 "\n", r->unreachable, r->first_unreachable);
    printf("stack depth known before %" PRIu32 " instructions", r->known_depths);
    if (r->max_known_depth >= 0)
        printf(", at most %" PRId64 " words there", r->max_known_depth);
    putchar('\n');
}

static int report(const hb_bytecode_program *p)
{
    hb_bytecode_flow flow;
    hb_bytecode_report r;
    hb_error err = {0};
    if (hb_bytecode_flow_make(&flow, p, &err) != HB_OK) {
        hb_cli_complain("asm", "%s", err.message);
        return HB_EXIT_ENVIRONMENT;
    }
    hb_bytecode_report_make(&r, p, &flow);
    print_report(p, &r);
    hb_bytecode_flow_free(&flow);
    return HB_EXIT_YES;
}

static int complain(const options *o, const hb_error *err)
{
    hb_cli_complain("asm", "%s: %s", o->in, err->message);
    return err->status == HB_INVALID_PROGRAM ? HB_EXIT_NO : err->status == HB_INVALID_ARGUMENT ? HB_EXIT_USAGE : HB_EXIT_ENVIRONMENT;
}

static int assemble(const options *o, const hb_buf *text)
{
    hb_buf code = {0}, file = {0};
    hb_bytecode_limits limits;
    hb_bytecode_program p = {0};
    hb_error err = {0};
    int status = HB_EXIT_YES;
    hb_status st = hb_bytecode_assemble(&code, &limits, (const char *)text->data, text->len, &err);
    uint64_t *const values[3] = {&limits.stack, &limits.memory, &limits.gas};
    for (unsigned k = 0; k < 3; k++)
        if (o->limit_set[k])
            *values[k] = o->limits[k];
    if (st == HB_OK)
        st = hb_bytecode_program_make(&p, code.data, code.len, &limits, &err);
    if (st == HB_OK && hb_bytecode_write(&file, p.code, p.code_len, &p.limits) != HB_OK)
        st = hb_fail(&err, HB_OUT_OF_MEMORY, "out of memory");
    if (st != HB_OK)
        status = complain(o, &err);
    if (!status)
        status = hb_cli_write_file("asm", o->out, file.data, file.len);
    if (!status && o->report)
        status = report(&p);
    hb_bytecode_program_free(&p);
    hb_buf_free(&code);
    hb_buf_free(&file);
    return status;
}

static int run(int argc, char **argv)
{
    options o = {.in = NULL};
    hb_buf text = {0};
    int status = parse_options(argc, argv, &o);
    if (status)
        return status - 1;
    char *name = o.out ? NULL : default_output(o.in);
    if (name)
        o.out = name;
    status = hb_cli_read_file("asm", o.in, &text);
    if (!status)
        status = assemble(&o, &text);
    hb_buf_free(&text);
    free(name);
    return status;
}

const hb_cli_verb hb_cli_asm = {"asm", "assemble bytecode", run};
