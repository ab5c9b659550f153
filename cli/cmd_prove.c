/* hauptbuch prove PROG -o FILE.proof [--stdin FILE] [--input FILE]... [-- ARGS] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "machine/machine_prove.h"

static const char usage[] = "usage: hauptbuch prove PROG -o FILE.proof [--stdin FILE] [--input FILE]... [OPTIONS] [-- ARGS]\n"
                            "  -o FILE             where the proof goes\n"
                            "  --stdin FILE        what the guest reads from standard input\n"
                            "  --input FILE        one chunk of private input (repeat for more)\n"
                            "  --cycle-limit N     give up after N instructions\n"
                            "  --memory-limit SIZE memory that the guest may touch (default 1G)\n"
                            "  --memory SIZE       memory that proving may take (default: what is there)\n"
                            "  --threads N         threads (default: all processors)\n"
                            "  --json              print a JSON object\n"
                            "Proves any run that ends in HALT, whatever its exit code; a trapped or limited run has no proof.\n"
                            "Proofs are succinct, not hiding: do not publish one whose input must stay secret.\n";

typedef struct {
    hb_cli_exec exec;
    const char *program, *out;
    uint64_t threads, memory;
    int json;
} arguments;

static int parse(int argc, char **argv, arguments *a)
{
    static const struct option options[] = {{"stdin", required_argument, NULL, 'x'}, {"input", required_argument, NULL, 'x'},
                                            {"cycle-limit", required_argument, NULL, 'x'}, {"memory-limit", required_argument, NULL, 'x'},
                                            {"memory", required_argument, NULL, 'm'}, {"threads", required_argument, NULL, 't'},
                                            {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    int index = 0;
    argc = hb_cli_exec_split(&a->exec, argc, argv);
    for (int c; (c = getopt_long(argc, argv, "o:", options, &index)) != -1;) {
        int taken = 1;
        switch (c) {
        case 'o': a->out = optarg; break;
        case 'j': a->json = 1; break;
        case 'h': fputs(usage, stdout); exit(HB_EXIT_YES);
        case 'x': taken = hb_cli_exec_option(&a->exec, "prove", options[index].name, optarg); break;
        case 'm': taken = hb_cli_parse_size(optarg, &a->memory) && a->memory ? 1 : -HB_EXIT_USAGE; break;
        case 't': taken = hb_cli_parse_number(optarg, 256, &a->threads) && a->threads ? 1 : -HB_EXIT_USAGE; break;
        default: fputs(usage, stderr); return HB_EXIT_USAGE;
        }
        if (taken < 0) {
            if (c != 'x')
                hb_cli_complain("prove", "'%s' is not a good value for --%s", optarg, options[index].name);
            return -taken;
        }
    }
    if (optind + 1 != argc || !a->out) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    a->program = argv[optind];
    return 0;
}

/* The run, recorded. NULL after a message; *status is then set. */
static hb_rv_run *execute(const arguments *a, const hb_rv_program *program, int *status)
{
    hb_rv_run *run = NULL;
    hb_error err = {0};
    hb_rv_exec_options options = a->exec.options;
    options.record = true;
    const hb_status st = hb_rv_exec(program, &options, &run, &err);
    if (st == HB_OK)
        return run;
    const bool failed = st == HB_EXECUTION_FAILED || st == HB_LIMIT;
    *status = failed ? HB_EXIT_NO : HB_EXIT_ENVIRONMENT;
    hb_cli_complain("prove", "%s: %s", hb_status_text(st), err.message);
    if (run && failed && hb_rv_run_report(run)->stderr_tail[0])
        fprintf(stderr, "last lines of the guest's stderr:\n%s\n", hb_rv_run_report(run)->stderr_tail);
    hb_rv_run_free(run);
    return NULL;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void summary(const arguments *a, const hb_rv_report *report, const hb_machine_key *key, size_t proof_bytes, double wall)
{
    struct rusage usage_now;
    getrusage(RUSAGE_SELF, &usage_now);
    char vkey[65];
    for (int i = 0; i < 32; i++)
        snprintf(vkey + 2 * i, 3, "%02x", key->vkey[i]);
    if (a->json)
        printf("{\"exit_code\": %u, \"cycles\": %llu, \"proof_bytes\": %zu, \"wall_s\": %.3f, \"peak_rss_bytes\": %lld, \"vkey\": \"%s\"}\n", report->exit_code,
               (unsigned long long)report->cycles, proof_bytes, wall, (long long)usage_now.ru_maxrss * 1024, vkey);
    else
        printf("proven: exit code %u, %llu cycles, %zu bytes of proof, %.2f s, peak memory %ld MiB\nverifying key %s\n", report->exit_code,
               (unsigned long long)report->cycles, proof_bytes, wall, usage_now.ru_maxrss / 1024, vkey);
}

static int fits(const arguments *a, const hb_machine_key *key, const hb_rv_record *record, hb_pool *pool)
{
    hb_statement st;
    hb_error err = {0};
    if (hb_machine_statement(key, HB_KIND_SINGLE, record, NULL, &st, &err) != HB_OK) {
        hb_cli_complain("prove", "%s", err.message);
        return HB_EXIT_NO;
    }
    const size_t need = hb_machine_prove_bytes(key, &st, pool, &err);
    if (need == 0) {
        hb_cli_complain("prove", "the run is too long for one shard: %s", err.message);
        return HB_EXIT_NO;
    }
    if (a->memory && need > a->memory) {
        hb_cli_complain("prove", "proving this run needs %zu MiB (--memory allows %llu MiB)", (need >> 20) + 1, (unsigned long long)(a->memory >> 20));
        return HB_EXIT_ENVIRONMENT;
    }
    return 0;
}

static int prove(const arguments *a, const hb_machine_key *key, const hb_rv_run *run, hb_pool *pool, double begin)
{
    hb_progress_meter meter;
    hb_progress_meter_init(&meter, stderr);
    const hb_progress sink = hb_progress_meter_sink(&meter);
    const hb_rv_report *report = hb_rv_run_report(run);
    hb_error err = {0};
    hb_buf file = {0};
    int status = fits(a, key, hb_rv_run_record(run), pool);
    if (status)
        return status;
    hb_status st = hb_machine_prove(key, hb_rv_run_record(run), report->public_values.data, report->public_values.len, pool, &sink, &file, NULL, &err);
    hb_progress_meter_end(&meter);
    if (st != HB_OK) {
        hb_cli_complain("prove", "%s: %s", hb_status_text(st), err.message);
        status = st == HB_OUT_OF_MEMORY ? HB_EXIT_ENVIRONMENT : HB_EXIT_NO;
    } else {
        status = hb_cli_write_file("prove", a->out, file.data, file.len);
    }
    if (!status)
        summary(a, report, key, file.len, now() - begin);
    hb_buf_free(&file);
    return status;
}

static int run(int argc, char **argv)
{
    arguments a = {0};
    const double begin = now();
    hb_rv_program program;
    hb_error err = {0};
    int status = parse(argc, argv, &a);
    if (!status)
        status = hb_cli_load_program("prove", a.program, &program);
    if (status) {
        hb_cli_exec_free(&a.exec);
        return status;
    }
    if (!a.threads)
        a.threads = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
    hb_pool *pool = hb_pool_create((unsigned)a.threads);
    hb_machine_key *key = calloc(1, sizeof *key);
    hb_rv_run *guest = pool && key ? execute(&a, &program, &status) : NULL;
    if (!guest && !status) {
        hb_cli_complain("prove", "out of memory");
        status = HB_EXIT_ENVIRONMENT;
    }
    if (guest && hb_machine_key_init(key, &program, pool, &err) != HB_OK) {
        hb_cli_complain("prove", "%s: %s", a.program, err.message);
        status = HB_EXIT_ENVIRONMENT;
    }
    if (!status)
        status = prove(&a, key, guest, pool, begin);
    hb_rv_run_free(guest);
    if (key)
        hb_machine_key_free(key);
    free(key);
    hb_pool_destroy(pool);
    hb_rv_program_free(&program);
    hb_cli_exec_free(&a.exec);
    return status;
}

const hb_cli_verb hb_cli_prove = {"prove", "run a program and prove the run", run};
