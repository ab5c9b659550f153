/* hauptbuch prove PROG -o FILE.proof [--stdin FILE] [--input FILE]... [-- ARGS] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/pool_trace.h"
#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "cli/cli_program.h"
#include "cli/prove_ledger.h"
#include "machine/job.h"
#include "machine/pieces.h"

static const char usage[] = "usage: hauptbuch prove PROG -o FILE.proof [--stdin FILE] [--input FILE]... [OPTIONS] [-- ARGS]\n"
                            "  -o FILE             where the proof goes\n"
                            "  --stdin FILE        what the guest reads from standard input\n"
                            "  --input FILE        one chunk of private input (repeat for more)\n"
                            "  --cycle-limit N     give up after N instructions\n"
                            "  --memory-limit SIZE memory that the guest may touch (default 1G)\n"
                            "  --stack-limit SIZE  stack that the guest may use (default 256M)\n"
                            "  --packages DIR      where the packages are whose verifying keys the program may ask for\n"
                            "  --memory SIZE       memory that proving may take (default: three quarters of what is free)\n"
                            "  --shard-cycles N    prove in shards of at most N instructions (default: as memory allows, one piece if possible)\n"
                            "  --resume DIR        keep finished shards in DIR; the same command goes on from there\n"
                            "  --cached DIR        take the proof out of the cache of the ledger in DIR if it is there, else keep it there\n"
                            "  --exec-timeout S    give up when executing takes longer than S seconds (default: none)\n"
                            "  --prove-timeout S   the same for proving\n"
                            "  --threads N         threads (default: all processors)\n"
                            "  --trace-json FILE   write what each thread did when, for Perfetto or Chrome's trace viewer\n"
                            "  --json              print a JSON object\n"
                            "Proves any run that ends in HALT, whatever its exit code; a trapped or limited run has no proof.\n"
                            "Proofs are succinct, not hiding: do not publish one whose input must stay secret.\n";

#define MAX_SECONDS 1000000000u

typedef struct {
    hb_cli_exec exec;
    const char *program, *out, *resume, *cached, *trace;
    uint64_t threads, memory, shard_cycles, exec_timeout, prove_timeout;
    int json;
} arguments;

static int parse(int argc, char **argv, arguments *a)
{
    static const struct option options[] = {{"stdin", required_argument, NULL, 'x'}, {"input", required_argument, NULL, 'x'},
                                            {"cycle-limit", required_argument, NULL, 'x'}, {"memory-limit", required_argument, NULL, 'x'}, {"stack-limit", required_argument, NULL, 'x'},
                                            {"packages", required_argument, NULL, 'x'}, {"memory", required_argument, NULL, 'm'}, {"shard-cycles", required_argument, NULL, 's'},
                                            {"resume", required_argument, NULL, 'r'}, {"cached", required_argument, NULL, 'c'}, {"exec-timeout", required_argument, NULL, 'e'}, {"prove-timeout", required_argument, NULL, 'p'}, {"threads", required_argument, NULL, 't'},
                                            {"trace-json", required_argument, NULL, 'T'}, {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    int index = 0;
    argc = hb_cli_exec_split(&a->exec, argc, argv);
    for (int c; (c = getopt_long(argc, argv, "o:", options, &index)) != -1;) {
        int taken = 1;
        switch (c) {
        case 'o': a->out = optarg; break;
        case 'T': a->trace = optarg; break;
        case 'j': a->json = 1; break;
        case 'h': fputs(usage, stdout); exit(hb_cli_finish("prove", HB_EXIT_YES));
        case 'x': taken = hb_cli_exec_option(&a->exec, "prove", options[index].name, optarg); break;
        case 'm': taken = hb_cli_parse_size(optarg, &a->memory) && a->memory ? 1 : -HB_EXIT_USAGE; break;
        case 's': taken = hb_cli_parse_number(optarg, HB_RUN_SHARD_CYCLES, &a->shard_cycles) && a->shard_cycles ? 1 : -HB_EXIT_USAGE; break;
        case 'r': a->resume = optarg; break;
        case 'c': a->cached = optarg; break;
        case 'e': taken = hb_cli_parse_number(optarg, MAX_SECONDS, &a->exec_timeout) && a->exec_timeout ? 1 : -HB_EXIT_USAGE; break;
        case 'p': taken = hb_cli_parse_number(optarg, MAX_SECONDS, &a->prove_timeout) && a->prove_timeout ? 1 : -HB_EXIT_USAGE; break;
        case 't': taken = hb_cli_parse_number(optarg, 256, &a->threads) && a->threads ? 1 : -HB_EXIT_USAGE; break;
        default: fputs(usage, stderr); return HB_EXIT_USAGE;
        }
        if (taken < 0) {
            if (c != 'x')
                hb_cli_complain("prove", "'%s' is not a good value for --%s", optarg, options[index].name);
            return -taken;
        }
    }
#if !HB_WITH_LEDGER
    if (a->cached) {
        hb_cli_complain("prove", "--cached: this program was built without the ledger");
        return HB_EXIT_USAGE;
    }
#endif
    if (a->cached && a->resume) {
        hb_cli_complain("prove", "--cached and --resume do not go together");
        return HB_EXIT_USAGE;
    }
    if (optind + 1 != argc || !a->out) {
        fputs(usage, stderr);
        return HB_EXIT_USAGE;
    }
    a->program = argv[optind];
    return 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- trace ---------------------------------------------------------------------------------------------------------------------------- */

#define TRACE_SPANS ((size_t)1 << 17) /* of a thread: 5 MiB, of which only what is used takes memory */

/* One track for each thread of the pool, and one for executing ahead of proving. */
static hb_trace *begin_trace(hb_pool *pool)
{
    const unsigned threads = hb_pool_threads(pool);
    hb_trace *trace = hb_trace_create(threads + 1, TRACE_SPANS);
    if (!trace)
        return NULL;
    hb_trace_name(trace, 0, "main");
    hb_trace_name(trace, threads, "executing ahead");
    hb_pool_set_trace(pool, trace);
    return trace;
}

/* Opened before anything is proven, so that a bad path is said at once. */
static int open_trace(const char *path, FILE **out)
{
    *out = path ? fopen(path, "w") : NULL;
    if (!path || *out)
        return 0;
    hb_cli_complain("prove", "cannot open '%s' for the trace", path);
    return HB_EXIT_ENVIRONMENT;
}

static int write_trace(const hb_trace *trace, FILE *out, const char *path)
{
    hb_error err = {0};
    hb_status st = hb_trace_write(trace, out, &err);
    if (fclose(out) != 0)
        st = HB_IO;
    if (st == HB_OK)
        return 0;
    hb_cli_complain("prove", "cannot write the trace to '%s'", path);
    return HB_EXIT_ENVIRONMENT;
}

/* How much of the time each thread was busy, as a list for JSON or for people. */
static void print_busy(const hb_trace *trace, const char *separator, const char *format)
{
    for (unsigned i = 0; i < hb_trace_tracks(trace); i++) {
        fputs(i ? separator : "", stdout);
        printf(format, 100.0 * (double)hb_trace_busy_ns(trace, i) / (double)hb_trace_age_ns(trace));
    }
}

static void summary(const arguments *a, const hb_job_result *r, const hb_machine_key *key, const hb_trace *trace, double wall)
{
    struct rusage usage_now;
    getrusage(RUSAGE_SELF, &usage_now);
    char vkey[65];
    for (int i = 0; i < 32; i++)
        snprintf(vkey + 2 * i, 3, "%02x", key->vkey[i]);
    if (a->json)
        printf("{\"exit_code\": %u, \"cycles\": %llu, \"shards\": %u, \"resumed\": %u, \"proof_bytes\": %llu, \"wall_s\": %.3f, \"peak_rss_bytes\": %lld, \"vkey\": \"%s\"", r->exit_code,
               (unsigned long long)r->cycles, r->n_shards, r->n_resumed, (unsigned long long)r->proof_bytes, wall, (long long)usage_now.ru_maxrss * 1024, vkey);
    else
        printf("proven: exit code %u, %llu cycles, %u shards (0: in one piece), %llu bytes of proof, %.2f s, peak memory %ld MiB\nverifying key %s\n", r->exit_code,
               (unsigned long long)r->cycles, r->n_shards, (unsigned long long)r->proof_bytes, wall, usage_now.ru_maxrss / 1024, vkey);
    if (trace) {
        fputs(a->json ? ", \"busy_percent\": [" : "threads busy: ", stdout);
        print_busy(trace, ", ", a->json ? "%.1f" : "%.1f %%");
        fputs(a->json ? "]" : " (the last one executes ahead)\n", stdout);
    }
    if (a->json)
        puts("}");
}

/* What the job's callbacks need. */
typedef struct {
    hb_progress_meter meter;
    hb_cli_file file;
    char stderr_tail[HB_RV_STDERR_TAIL_BYTES + 1];
} output;

static void executed(void *ctx, const hb_rv_report *report)
{
    output *o = ctx;
    memcpy(o->stderr_tail, report->stderr_tail, sizeof o->stderr_tail);
}

static hb_status put(void *ctx, const uint8_t *bytes, size_t n, hb_error *err)
{
    output *o = ctx;
    if (hb_cli_file_put(&o->file, bytes, n) == 0)
        return HB_OK;
    return hb_fail(err, HB_IO, "the proof cannot be written");
}

static int complain(const output *o, hb_status st, const hb_error *err)
{
    const bool ran = st == HB_EXECUTION_FAILED || st == HB_LIMIT || st == HB_PROGRAM_TIMEOUT;
    if (st != HB_IO) /* that has been said */
        hb_cli_complain("prove", "%s: %s", hb_status_text(ran && st != HB_PROGRAM_TIMEOUT ? HB_EXECUTION_FAILED : st), err->message);
    if (ran && o->stderr_tail[0])
        fprintf(stderr, "last lines of the guest's stderr:\n%s\n", o->stderr_tail);
    return ran || st == HB_PROOF_GENERATION_FAILED ? HB_EXIT_NO : HB_EXIT_ENVIRONMENT;
}

static int prove(const arguments *a, const hb_machine_key *key, hb_pool *pool, double begin)
{
    static output o;
    hb_error err = {0};
    hb_job_result result;
    hb_progress_meter_init(&o.meter, stderr);
    const hb_progress sink = hb_progress_meter_sink(&o.meter);
    const hb_job_config config = {.limits = {a->shard_cycles, a->memory ? (size_t)a->memory : hb_job_default_memory()}, .in_shards = a->shard_cycles != 0, .pool = pool,
                                  .exec_timeout_s = (double)a->exec_timeout, .prove_timeout_s = (double)a->prove_timeout, .resume_dir = a->resume, .progress = &sink, .executed = executed, .put = put, .ctx = &o};
    int status = hb_cli_file_begin(&o.file, "prove", a->out);
    if (status)
        return status;
    const hb_status st = hb_job_prove(key, &a->exec.options, &config, &result, &err);
    hb_progress_meter_end(&o.meter);
    if (st == HB_OK) {
        status = hb_cli_file_end(&o.file);
        if (!status && a->resume)
            hb_pieces_remove(a->resume, result.n_shards + 1);
    } else {
        hb_cli_file_drop(&o.file);
        status = complain(&o, st, &err);
    }
    if (!status)
        summary(a, &result, key, hb_pool_trace(pool), now() - begin);
    return status;
}

#if HB_WITH_LEDGER
static void summary_cached(const arguments *a, const hb_job_result *r)
{
    if (a->json)
        printf("{\"cached\": true, \"exit_code\": %u, \"proof_bytes\": %llu}\n", r->exit_code, (unsigned long long)r->proof_bytes);
    else
        printf("out of the cache: exit code %u, %llu bytes of proof\n", r->exit_code, (unsigned long long)r->proof_bytes);
}

static int prove_cached(const arguments *a, const hb_machine_key *key, hb_pool *pool, double begin)
{
    static output o;
    hb_error err = {0};
    hb_job_result result = {0};
    hb_buf proof = {0};
    bool hit = false;
    hb_progress_meter_init(&o.meter, stderr);
    const hb_progress sink = hb_progress_meter_sink(&o.meter);
    const hb_job_config config = {.limits = {a->shard_cycles, a->memory ? (size_t)a->memory : hb_job_default_memory()}, .in_shards = a->shard_cycles != 0, .pool = pool,
                                  .exec_timeout_s = (double)a->exec_timeout, .prove_timeout_s = (double)a->prove_timeout, .progress = &sink, .executed = executed, .ctx = &o};
    const hb_status st = hb_cli_prove_cached(a->cached, key, &a->exec.options, &config, &result, &proof, &hit, &err);
    hb_progress_meter_end(&o.meter);
    int status = 0;
    if (st == HB_OK)
        status = hb_cli_write_file("prove", a->out, proof.data, proof.len);
    else if (st == HB_IO || st == HB_INVALID_ARGUMENT) {
        hb_cli_complain("prove", "%s: %s", a->cached, err.message);
        status = st == HB_IO ? HB_EXIT_ENVIRONMENT : HB_EXIT_USAGE;
    } else
        status = complain(&o, st, &err);
    if (!status && hit)
        summary_cached(a, &result);
    else if (!status)
        summary(a, &result, key, hb_pool_trace(pool), now() - begin);
    hb_buf_free(&proof);
    return status;
}
#endif

static int run(int argc, char **argv)
{
    arguments a = {0};
    FILE *trace_out = NULL;
    const double begin = now();
    hb_rv_program program;
    hb_error err = {0};
    int status = parse(argc, argv, &a);
    if (!status)
        status = open_trace(a.trace, &trace_out);
    if (!status)
        status = hb_cli_load_for_run("prove", a.program, &a.exec, &program);
    if (status) {
        if (trace_out)
            fclose(trace_out);
        hb_cli_exec_free(&a.exec);
        return status;
    }
    if (!a.threads)
        a.threads = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
    hb_pool *pool = hb_pool_create((unsigned)a.threads);
    hb_trace *trace = a.trace && pool ? begin_trace(pool) : NULL;
    hb_machine_key *key = calloc(1, sizeof *key);
    hb_trace_begin(trace, 0, "key", HB_TRACE_NO_NUMBER);
    hb_status st = pool && key && (trace || !a.trace) ? hb_machine_key_init(key, &program, pool, &err) : hb_fail(&err, HB_OUT_OF_MEMORY, "no memory");
    hb_trace_end(trace, 0);
    if (st == HB_OK) {
#if HB_WITH_LEDGER
        status = a.cached ? prove_cached(&a, key, pool, begin) : prove(&a, key, pool, begin);
#else
        status = prove(&a, key, pool, begin);
#endif
    } else {
        hb_cli_complain("prove", "%s: %s", a.program, err.message);
        status = HB_EXIT_ENVIRONMENT;
    }
    if (key)
        hb_machine_key_free(key);
    free(key);
    if (trace) {
        const int written = write_trace(trace, trace_out, a.trace);
        status = status ? status : written;
    } else if (trace_out) {
        fclose(trace_out);
    }
    hb_pool_destroy(pool);
    hb_trace_destroy(trace);
    hb_rv_program_free(&program);
    hb_cli_exec_free(&a.exec);
    return status;
}

const hb_cli_verb hb_cli_prove = {"prove", "run a program and prove the run", run};
