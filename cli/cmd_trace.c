/* hauptbuch trace FILE.hbc: bytecode in the native interpreter, step by step. */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytecode/bcode_run.h"
#include "bytecode/hbc.h"
#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"

static const char usage[] =
    "usage: hauptbuch trace FILE.hbc [--input FILE]... [--steps N] [--quiet]\n"
    "\n"
    "Runs bytecode in the native interpreter and prints each instruction with what it cost and the machine behind it.\n"
    "\n"
    "      --input FILE   input, end to end in the order given (repeat for more)\n"
    "      --steps N      stop after N instructions\n"
    "      --quiet        print only how it ended\n"
    "\n"
    "Exit status: that of the program: 0 success, 16 reverted, 17 arithmetic, 18 stack, 19 memory, 20 jump, 21 gas, 22 input; 125 it was not run to an end.\n";

enum { NOT_RUN = 125, WORDS_SHOWN = 8 };

static void print_step(void *ctx, const hb_bytecode_step *s)
{
    const hb_bytecode_view *v = &s->after;
    (void)ctx;
    printf("%6" PRIu32 "  %-8s gas %-3" PRIu64 " ops %" PRIu32 "  total %-8" PRIu64 " %c%c  depth %" PRIu64 " [", s->pc, hb_bytecode_rows[s->op].name, s->gas, s->stack_ops, v->gas,
           v->zero ? 'Z' : '-', v->negative ? 'N' : '-', v->depth);
    for (uint64_t k = 0; k < v->depth && k < WORDS_SHOWN; k++)
        printf("%s%" PRIu64, k ? " " : "", v->stack[v->depth - 1 - k]);
    puts(v->depth > WORDS_SHOWN ? " ...]" : "]");
}

static int print_end(const hb_bytecode_view *v)
{
    printf("%s at %" PRIu32 ": %" PRIu64 " instructions, %" PRIu64 " gas, %" PRIu64 " bytes of output", hb_bytecode_end_text(v->end), v->pc, v->steps, v->gas, v->output_len);
    for (uint64_t k = 0; k < v->output_len; k++)
        printf("%s%02x", k ? "" : ": ", v->output[k]);
    putchar('\n');
    return v->end == HB_BC_RUNNING ? NOT_RUN : (int)hb_bytecode_end_code(v->end);
}

static int trace(const hb_bytecode_program *p, const hb_buf *input, uint64_t steps, bool quiet)
{
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_error err = {.message = ""};
    int status = NOT_RUN;
    hb_status st = hb_bytecode_machine_create(&m, p, input->data, input->len, 0, &err);
    if (st == HB_OK)
        st = quiet ? hb_bytecode_machine_run(m, steps, &err) : hb_bytecode_machine_trace(m, steps, print_step, NULL, &err);
    if (st == HB_OK) {
        hb_bytecode_machine_view(m, &v);
        status = print_end(&v);
    } else {
        hb_cli_complain("trace", "%s", err.message);
    }
    hb_bytecode_machine_free(m);
    return status;
}

typedef struct arguments {
    hb_buf input;
    uint64_t steps;
    bool quiet;
} arguments;

/* 0; 1: the verb is over, well; NOT_RUN. */
static int take_options(int argc, char **argv, arguments *a)
{
    static const struct option longs[] = {{"input", required_argument, NULL, 'i'}, {"steps", required_argument, NULL, 's'}, {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    a->steps = UINT64_MAX;
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        if (c == 'h') {
            fputs(usage, stdout);
            return 1;
        }
        if (c == 'q') {
            a->quiet = true;
        } else if (c == 'i') {
            if (hb_cli_read_file("trace", optarg, &a->input) != 0)
                return NOT_RUN;
        } else if (c != 's') {
            fputs(usage, stderr);
            return NOT_RUN;
        } else if (!hb_cli_parse_number(optarg, UINT64_MAX, &a->steps)) {
            hb_cli_complain("trace", "--steps takes a number, not '%s'", optarg);
            return NOT_RUN;
        }
    }
    if (argc - optind == 1)
        return 0;
    fputs(usage, stderr);
    return NOT_RUN;
}

static int run(int argc, char **argv)
{
    arguments a = {.quiet = false};
    hb_buf file = {0};
    hb_bytecode_program p = {0};
    hb_error err = {.message = ""};
    int status = take_options(argc, argv, &a);
    bool over = status != 0;
    if (status == 1)
        status = HB_EXIT_YES;
    if (!over && hb_cli_read_file("trace", argv[optind], &file) != 0) {
        status = NOT_RUN;
    } else if (!over && hb_bytecode_read(&p, file.data, file.len, &err) != HB_OK) {
        hb_cli_complain("trace", "%s: %s", argv[optind], err.message);
        status = NOT_RUN;
    } else if (!over) {
        status = trace(&p, &a.input, a.steps, a.quiet);
    }
    hb_bytecode_program_free(&p);
    hb_buf_free(&file);
    hb_buf_free(&a.input);
    return status;
}

const hb_cli_verb hb_cli_trace = {"trace", "run bytecode step by step", run};
