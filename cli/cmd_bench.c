/* hauptbuch bench PROG [options as for prove] [--shard-cycles N] [--memory SIZE] [--json] [--repeat N]: executes, proves and verifies, and prints what each phase took. One process proves one program, so that
 * its peak memory is that program's; bench/ has the script that runs the standard programs one after another. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cli/bench_design.h"
#include "cli/bench_ledger.h"
#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_program.h"
#include "machine/job.h"
#include "machine/machine_verify.h"

static const char usage[] = "usage: hauptbuch bench PROG [--stdin FILE] [--input FILE]... [--threads N] [--shard-cycles N] [--memory SIZE] [--repeat N] [--json] [-- ARGS]\n"
                            "Prints the fastest of N (default 1) proofs; verification is the fastest of 20 (or of as many as 2 s allow).\n"
                            "One piece if possible; in shards with --shard-cycles, or where --memory (default: no limit) asks for it.\n"
                            "       hauptbuch bench --ledger [--keys N] [--dir DIR] [--json]\n"
                            "Measures the ledger instead.\n"
                            "       hauptbuch bench --design-table [FILE.hba] [--threads N] [--repeat N] [--json]\n"
                            "Time, gas and memory of executing, proving and verifying a bytecode program.\n";

enum { VERIFICATIONS = 20 };
#define VERIFICATIONS_S 2.0

typedef struct {
    double key_s, wall_s, cpu_s, verify_s;
    uint64_t peak_rss;
    hb_job_result job;
} figures;

typedef struct {
    uint64_t threads, repeat, shard_cycles, memory;
    int json;
} settings;

static double clock_s(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static hb_status verify_times(const hb_machine_key *key, const hb_buf *file, uint32_t exit_code, figures *f, hb_error *err)
{
    static hb_proof_view view;
    hb_verify_request request = {.exit_code = exit_code};
    memcpy(request.vkey, key->vkey, 32);
    void *memory = malloc(HB_VERIFY_SCRATCH_BYTES);
    hb_status st = memory ? HB_OK : HB_OUT_OF_MEMORY;
    f->verify_s = 1e9;
    const double first = clock_s(CLOCK_MONOTONIC);
    for (int i = 0; st == HB_OK && i < VERIFICATIONS && (i == 0 || clock_s(CLOCK_MONOTONIC) - first < VERIFICATIONS_S); i++) {
        const double begin = clock_s(CLOCK_MONOTONIC);
        st = hb_machine_verify(&key->airs, file->data, file->len, &request, hb_scratch_of(memory, HB_VERIFY_SCRATCH_BYTES), &view, err);
        const double took = clock_s(CLOCK_MONOTONIC) - begin;
        f->verify_s = took < f->verify_s ? took : f->verify_s;
    }
    free(memory);
    return st;
}

static hb_status keep(void *ctx, const uint8_t *bytes, size_t n, hb_error *err)
{
    return hb_buf_append(ctx, bytes, n) == HB_OK ? HB_OK : hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the proof");
}

/* One proof, from the run to bytes; keeps the times if it was the fastest so far. */
static hb_status measure(const hb_machine_key *key, const hb_cli_exec *exec, const settings *s, hb_pool *pool, figures *best, hb_error *err)
{
    figures f = {0};
    hb_buf file = {0};
    const hb_job_config config = {.limits = {s->shard_cycles, (size_t)s->memory}, .in_shards = s->shard_cycles != 0, .pool = pool, .put = keep, .ctx = &file};
    const double cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID), begin = clock_s(CLOCK_MONOTONIC);
    hb_status st = hb_job_prove(key, &exec->options, &config, &f.job, err);
    f.wall_s = clock_s(CLOCK_MONOTONIC) - begin;
    f.cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (st == HB_OK)
        st = verify_times(key, &file, f.job.exit_code, &f, err);
    if (st == HB_OK && (best->wall_s == 0 || f.wall_s < best->wall_s))
        *best = f;
    hb_buf_free(&file);
    return st;
}

static unsigned pieces(const figures *f)
{
    return f->job.n_shards ? f->job.n_shards : 1;
}

static void print_json(const char *program, const figures *f)
{
    printf("{\"program\": \"%s\", \"cycles\": %llu, \"shards\": %u, \"core_us_per_cycle\": %.4f, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"peak_rss_bytes\": %llu, \"proof_bytes\": %llu, "
           "\"largest_proof_bytes\": %llu, \"proof_bytes_per_shard\": %.0f, \"verify_ms\": %.3f, \"verify_ms_per_shard\": %.3f, \"plan_s\": %.4f, \"execute_s\": %.4f, \"key_s\": %.4f, "
           "\"phases_wall_s\": {",
           program, (unsigned long long)f->job.cycles, f->job.n_shards, f->cpu_s * 1e6 / (double)f->job.cycles, f->wall_s, f->cpu_s, (unsigned long long)f->peak_rss,
           (unsigned long long)f->job.proof_bytes, (unsigned long long)f->job.largest_proof_bytes, (double)f->job.proof_bytes / pieces(f), f->verify_s * 1e3,
           f->verify_s * 1e3 / pieces(f), f->job.plan_s, f->job.execute_s, f->key_s);
    for (int i = 0; i < HB_PHASES; i++)
        printf("%s\"%s\": %.4f", i ? ", " : "", hb_prove_phase_names[i], f->job.wall_s[i]);
    fputs("}, \"phases_cpu_s\": {", stdout);
    for (int i = 0; i < HB_PHASES; i++)
        printf("%s\"%s\": %.4f", i ? ", " : "", hb_prove_phase_names[i], f->job.cpu_s[i]);
    puts("}}");
}

/* Planning and executing have one thread: their wall time stands for CPU time, and is more on a busy machine. */
static void print_phase(const char *name, double wall_s, double cpu_s, const figures *f)
{
    const double per_cycle = 1e6 / (double)f->job.cycles;
    printf("  %-18s %8.4f s  %7.4f us a cycle, %7.4f core-us\n", name, wall_s, wall_s * per_cycle, cpu_s * per_cycle);
}

static void print_text(const char *program, const figures *f)
{
    printf("%s: %llu cycles, %.3f core-us a cycle, %.3f s wall, %.3f s cpu, %.1f MiB peak, %.1f KiB proof, verified in %.2f ms\n", program, (unsigned long long)f->job.cycles,
           f->cpu_s * 1e6 / (double)f->job.cycles, f->wall_s, f->cpu_s, (double)f->peak_rss / 1048576, (double)f->job.proof_bytes / 1024, f->verify_s * 1e3);
    if (f->job.n_shards)
        printf("  %u shards and the proof of their memory: %.1f KiB a shard, the largest %.1f KiB, verified in %.2f ms a shard\n", f->job.n_shards,
               (double)f->job.proof_bytes / 1024 / pieces(f), (double)f->job.largest_proof_bytes / 1024, f->verify_s * 1e3 / pieces(f));
    printf("  %-18s %8.4f s\n", "key (once)", f->key_s);
    print_phase("planning", f->job.plan_s, f->job.plan_s, f);
    print_phase("executing", f->job.execute_s, f->job.execute_s, f);
    for (int i = 0; i < HB_PHASES; i++)
        print_phase(hb_prove_phase_names[i], f->job.wall_s[i], f->job.cpu_s[i], f);
}

static int bench(const char *path, const hb_cli_exec *exec, const settings *s)
{
    hb_rv_program program;
    hb_error err = {0};
    figures best = {0};
    int status = hb_cli_load_program("bench", path, &program);
    if (status)
        return status;
    hb_pool *pool = hb_pool_create((unsigned)s->threads);
    hb_machine_key *key = calloc(1, sizeof *key);
    const double begin = clock_s(CLOCK_MONOTONIC);
    hb_status st = pool && key ? hb_machine_key_init(key, &program, pool, &err) : HB_OUT_OF_MEMORY;
    const double key_s = clock_s(CLOCK_MONOTONIC) - begin;
    for (uint64_t i = 0; st == HB_OK && i < s->repeat; i++)
        st = measure(key, exec, s, pool, &best, &err);
    if (st == HB_OK) {
        struct rusage usage_now;
        getrusage(RUSAGE_SELF, &usage_now);
        best.peak_rss = (uint64_t)usage_now.ru_maxrss * 1024;
        best.key_s = key_s;
        if (s->json)
            print_json(path, &best);
        else
            print_text(path, &best);
    } else {
        hb_cli_complain("bench", "%s: %s: %s", path, hb_status_text(st), err.message);
        status = HB_EXIT_NO;
    }
    if (key)
        hb_machine_key_free(key);
    free(key);
    hb_pool_destroy(pool);
    hb_rv_program_free(&program);
    return status;
}

static int run(int argc, char **argv)
{
#if HB_WITH_LEDGER
    if (argc > 1 && strcmp(argv[1], "--ledger") == 0)
        return hb_cli_bench_ledger(argc, argv);
#endif
    if (argc > 1 && strcmp(argv[1], "--design-table") == 0)
        return hb_cli_bench_design(argc, argv);
    static const struct option options[] = {{"stdin", required_argument, NULL, 'x'}, {"input", required_argument, NULL, 'x'}, {"cycle-limit", required_argument, NULL, 'x'},
                                            {"memory-limit", required_argument, NULL, 'x'}, {"stack-limit", required_argument, NULL, 'x'}, {"threads", required_argument, NULL, 't'}, {"repeat", required_argument, NULL, 'r'},
                                            {"shard-cycles", required_argument, NULL, 's'}, {"memory", required_argument, NULL, 'm'},
                                            {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    hb_cli_exec exec = {0};
    settings s = {.threads = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN), .repeat = 1};
    int index = 0, status = 0;
    argc = hb_cli_exec_split(&exec, argc, argv);
    for (int c; !status && (c = getopt_long(argc, argv, "", options, &index)) != -1;) {
        int taken = 1;
        switch (c) {
        case 'x': taken = hb_cli_exec_option(&exec, "bench", options[index].name, optarg); break;
        case 't': taken = hb_cli_parse_number(optarg, 256, &s.threads) && s.threads ? 1 : -HB_EXIT_USAGE; break;
        case 'r': taken = hb_cli_parse_number(optarg, 1000, &s.repeat) && s.repeat ? 1 : -HB_EXIT_USAGE; break;
        case 's': taken = hb_cli_parse_number(optarg, HB_RUN_SHARD_CYCLES, &s.shard_cycles) && s.shard_cycles ? 1 : -HB_EXIT_USAGE; break;
        case 'm': taken = hb_cli_parse_size(optarg, &s.memory) && s.memory ? 1 : -HB_EXIT_USAGE; break;
        case 'j': s.json = 1; break;
        case 'h': fputs(usage, stdout); hb_cli_exec_free(&exec); return HB_EXIT_YES;
        default: taken = -HB_EXIT_USAGE;
        }
        status = taken < 0 ? -taken : 0;
    }
    if (!status && optind + 1 != argc)
        status = HB_EXIT_USAGE;
    if (status == HB_EXIT_USAGE)
        fputs(usage, stderr);
    if (!status)
        status = bench(argv[optind], &exec, &s);
    hb_cli_exec_free(&exec);
    return status;
}

const hb_cli_verb hb_cli_bench = {"bench", "measure executing, proving and verifying a program", run};
