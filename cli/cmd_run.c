/* hauptbuch run PROG: executes a guest as if it were a program of this machine: its stdout and stderr are ours, its exit code is our status. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "bytecode/bcode.h"
#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "cli/run_report.h"

/* As `timeout`, container runtimes and shells use them; a guest may of course end with these codes itself: --json tells. */
enum { TIMED_OUT = 124, OWN_FAILURE = HB_EXIT_RUN_FAILED, TRAPPED = 134 };

static const char usage[] =
    "usage: hauptbuch run PROG [OPTIONS] [-- ARGUMENTS]\n"
    "\n"
    "Runs a guest program without proving anything. Its standard output and error go to ours, its exit code is the exit status.\n"
    "\n"
    "      --stdin FILE           its standard input (-: ours; default: empty)\n"
    "      --input FILE           an input chunk, once for each chunk\n"
    "      --public-values FILE   where its public values go\n"
    "      --ledger-writes FILE   where the list of its writes to a ledger goes (for hauptbuch state apply)\n"
    "      --report               afterwards: cycles, calls, memory and regions, on standard error\n"
    "      --json                 all of that, and what the guest wrote, as one JSON object on standard output\n"
    "      --cycle-limit N        at most so many instructions\n"
    "      --memory-limit SIZE    at most so much memory touched (default 1G)\n"
    "      --stack-limit SIZE     at most so much stack (default 256M)\n"
    "      --packages DIR         where the packages are whose verifying keys the program may ask for\n"
    "      --time-limit SECONDS   at most so long\n"
    "\n"
    "Exit status: the guest's exit code; 124 time limit, 125 the run could not be made, 134 trap or cycle limit.\n";

typedef struct run_options {
    hb_cli_exec exec;
    const char *program, *public_values, *ledger_writes;
    bool report, json;
    uint64_t seconds;
} run_options;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    static const char text[] = "hauptbuch run: time limit reached\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(TIMED_OUT);
}

/* In order of the writes, also between the two streams. The guest need not know when one fails; *ctx, an int, then holds the first errno. */
static void pass_through(void *ctx, int fd, const uint8_t *data, size_t len)
{
    int *failed = ctx;
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (!*failed)
                *failed = n < 0 ? errno : EIO;
            return;
        }
        data += n;
        len -= (size_t)n;
    }
}

/* 0, or a negative status after a message. */
static int take_option(run_options *o, int c, const char *name)
{
    static const char verb[] = "run";
    if (strcmp(name, "report") == 0) {
        o->report = true;
    } else if (strcmp(name, "json") == 0) {
        o->json = true;
    } else if (strcmp(name, "public-values") == 0) {
        o->public_values = optarg;
    } else if (strcmp(name, "ledger-writes") == 0) {
        o->ledger_writes = optarg;
    } else if (strcmp(name, "time-limit") == 0) {
        if (hb_cli_parse_number(optarg, 1000000000, &o->seconds) && o->seconds > 0)
            return 0;
        hb_cli_complain(verb, "--time-limit takes a positive number of seconds, not '%s'", optarg);
        return -1;
    } else {
        return hb_cli_exec_option(&o->exec, verb, name, optarg) == 1 ? 0 : -1;
    }
    (void)c;
    return 0;
}

/* 0: go on; 1: help was printed; negative: wrong usage. */
static int parse(run_options *o, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"stdin", required_argument, NULL, 'x'},        {"input", required_argument, NULL, 'x'},
        {"cycle-limit", required_argument, NULL, 'x'},  {"memory-limit", required_argument, NULL, 'x'},
        {"stack-limit", required_argument, NULL, 'x'},  {"time-limit", required_argument, NULL, 'x'},
        {"public-values", required_argument, NULL, 'x'}, {"ledger-writes", required_argument, NULL, 'x'}, {"report", no_argument, NULL, 'x'},
        {"json", no_argument, NULL, 'x'},               {"packages", required_argument, NULL, 'x'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const int ours = hb_cli_exec_split(&o->exec, argc, argv);
    int index = 0;
    for (int c; (c = getopt_long(ours, argv, "h", long_options, &index)) != -1;) {
        if (c == 'h') {
            fputs(usage, stdout);
            return 1;
        }
        if (c != 'x') {
            fputs(usage, stderr);
            return -1;
        }
        if (take_option(o, c, long_options[index].name) != 0)
            return -1;
    }
    if (ours - optind != 1) {
        fputs(usage, stderr);
        return -1;
    }
    o->program = argv[optind];
    return 0;
}

static void complain_about_end(const hb_rv_report *report, const hb_error *err)
{
    if (report->end == HB_RV_END_TRAP)
        hb_run_print_trap(stderr, report);
    else
        hb_cli_complain("run", "%s", err->message);
}

/* How bytecode ended, when it did not end well; its gas stands behind its output. */
static void complain_about_bytecode(const hb_rv_report *report)
{
    const hb_rv_span *values = &report->public_values;
    if (report->exit_code && values->len >= 8)
        hb_cli_complain("run", "ended with '%s' after %llu gas", hb_bytecode_end_text(hb_bytecode_end_of_code(report->exit_code)),
                        (unsigned long long)hb_load_le64(values->data + values->len - 8));
}

static int status_of(const hb_rv_report *report)
{
    return report && report->end == HB_RV_END_HALT                                           ? (int)report->exit_code
           : report && (report->end == HB_RV_END_TRAP || report->end == HB_RV_END_CYCLE_LIMIT) ? TRAPPED
                                                                                               : OWN_FAILURE;
}

static int execute(run_options *o)
{
    hb_rv_program program;
    if (hb_cli_load_for_run("run", o->program, &o->exec, &program) != 0)
        return OWN_FAILURE;
    int failed = 0;
    if (!o->json) {
        o->exec.options.output = pass_through;
        o->exec.options.output_ctx = &failed;
    }
    hb_error err = {0};
    hb_rv_run *run = NULL;
    hb_status st = hb_rv_exec(&program, &o->exec.options, &run, &err);
    const hb_rv_report *report = run ? hb_rv_run_report(run) : NULL;
    int status = status_of(report);
    alarm(0);
    if (failed) {
        hb_cli_complain("run", "cannot write the guest's output: %s", strerror(failed));
        status = OWN_FAILURE;
    }
    if (!report)
        hb_cli_complain("run", "%s", err.message);
    else if (st != HB_OK && !o->json)
        complain_about_end(report, &err);
    else if (report && o->exec.bytecode && !o->json)
        complain_about_bytecode(report);
    if (report && o->report)
        hb_run_print_report(stderr, report);
    if (report && o->json && !hb_run_print_json(stdout, report, &err))
        status = OWN_FAILURE;
    if (report && o->public_values &&
        hb_cli_write_file("run", o->public_values, report->public_values.data, report->public_values.len) != 0)
        status = OWN_FAILURE;
    if (report && o->ledger_writes &&
        hb_cli_write_file("run", o->ledger_writes, report->ledger_writes.data, report->ledger_writes.len) != 0)
        status = OWN_FAILURE;
    hb_rv_run_free(run);
    hb_rv_program_free(&program);
    return status;
}

static int run_run(int argc, char **argv)
{
    run_options o = {0};
    int status = parse(&o, argc, argv);
    if (status == 0) {
        if (o.seconds) {
            signal(SIGALRM, on_alarm);
            alarm((unsigned)o.seconds);
        }
        status = execute(&o);
    } else {
        status = status > 0 ? HB_EXIT_YES : OWN_FAILURE;
    }
    hb_cli_exec_free(&o.exec);
    return status;
}

const hb_cli_verb hb_cli_run = {"run", "execute a guest program", run_run};
