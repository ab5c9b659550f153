/* hauptbuch bench --design-table [FILE.hba] [--threads N] [--repeat N] [--json]: the table of the original design, time, gas and memory of executing, proving, verifying and aggregating one
 * bytecode program. docs/gas-prices.md has the prices. Every phase runs in a child process, whose peak memory above what it started with is the phase's. */
#include "cli/bench_design.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/pool.h"
#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_run.h"
#include "bytecode/bcode_translate.h"
#include "cli/build_tools.h"
#include "cli/cli.h"
#include "cli/cli_exec.h"
#include "cli/cli_files.h"
#include "machine/machine_prove.h"
#include "machine/machine_verify.h"
#include "rv/interp.h"

static const char usage[] = "usage: hauptbuch bench --design-table [FILE.hba] [--threads N] [--repeat N] [--json]\n"
                            "Time, gas and memory of executing, proving and verifying a bytecode program (default: transfers.hba of the examples, 150,000 gas);\n"
                            "the fastest of N (default 5). Memory is above the idle process.\n";

/* docs/gas-prices.md. What a phase does is priced, not how long a machine took for it. */
#define GAS_PROOF UINT64_C(20000000)
#define GAS_PROVEN_CYCLE UINT64_C(1000)
#define GAS_VERIFICATION UINT64_C(500000)
#define GAS_PROOF_BYTE UINT64_C(1)

typedef struct subject {
    hb_bytecode_program code;
    hb_rv_program image;
    hb_machine_key key;
    hb_buf proof;
    uint64_t threads, repeat;
    hb_error err;
} subject;

typedef struct figures {
    double seconds, bytes;
    uint64_t gas;
} figures;

typedef hb_status (*phase_fn)(subject *s, uint64_t *gas);

/* --- phases ------------------------------------------------------------------------------------------------------------------------------- */

static hb_status execute(subject *s, uint64_t *gas)
{
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_status st = hb_bytecode_machine_create(&m, &s->code, NULL, 0, 0, &s->err);
    if (st == HB_OK)
        st = hb_bytecode_machine_run(m, UINT64_MAX, &s->err);
    if (st == HB_OK) {
        hb_bytecode_machine_view(m, &v);
        *gas = v.gas;
        st = v.end == HB_BC_END_SUCCESS ? HB_OK : hb_fail(&s->err, HB_EXECUTION_FAILED, "the program ends with '%s'", hb_bytecode_end_text(v.end));
    }
    hb_bytecode_machine_free(m);
    return st;
}

static hb_status prove(subject *s, uint64_t *gas)
{
    const hb_rv_exec_options options = {.record = true};
    hb_pool *pool = hb_pool_create((unsigned)s->threads);
    hb_rv_run *run = NULL;
    hb_status st = pool ? hb_rv_exec(&s->image, &options, &run, &s->err) : hb_fail(&s->err, HB_OUT_OF_MEMORY, "no threads");
    s->proof.len = 0;
    if (st == HB_OK) {
        const hb_rv_report *report = hb_rv_run_report(run);
        st = hb_machine_prove(&s->key, hb_rv_run_record(run), report->public_values.data, report->public_values.len, pool, NULL, &s->proof, NULL, &s->err);
        *gas = GAS_PROOF + GAS_PROVEN_CYCLE * report->cycles;
    }
    hb_rv_run_free(run);
    hb_pool_destroy(pool);
    return st;
}

static hb_status verify(subject *s, uint64_t *gas)
{
    static hb_proof_view view;
    hb_verify_request request = {.exit_code = 0};
    void *memory = malloc(HB_VERIFY_SCRATCH_BYTES); /* small pages: what the verifier does not touch does not count */
    memcpy(request.vkey, s->key.vkey, 32);
    const hb_status st = memory ? hb_machine_verify(&s->key.airs, s->proof.data, s->proof.len, &request, hb_scratch_of(memory, HB_VERIFY_SCRATCH_BYTES), &view, &s->err)
                                : hb_fail(&s->err, HB_OUT_OF_MEMORY, "no memory to verify");
    *gas = GAS_VERIFICATION + GAS_PROOF_BYTE * s->proof.len;
    free(memory);
    return st;
}

/* --- measuring ---------------------------------------------------------------------------------------------------------------------------- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_bytes(void)
{
    struct rusage usage_now;
    getrusage(RUSAGE_SELF, &usage_now);
    return (double)usage_now.ru_maxrss * 1024;
}

/* What a child says: the figures and how it ended; then, behind it, the proof. */
typedef struct answer {
    figures f;
    hb_status st;
    hb_error err;
    uint64_t proof_bytes;
} answer;

static bool send_all(int fd, const void *bytes, size_t n)
{
    ssize_t done = 1;
    for (const uint8_t *p = bytes; n > 0 && done > 0; n -= (size_t)done, p += done)
        if ((done = write(fd, p, n)) <= 0)
            return false;
    return true;
}

static bool receive_all(int fd, void *bytes, size_t n)
{
    ssize_t done = 1;
    for (uint8_t *p = bytes; n > 0; n -= (size_t)done, p += done)
        if ((done = read(fd, p, n)) <= 0)
            return false;
    return true;
}

/* Fastest of all runs; memory of the first, before anything is left over. */
static void child(subject *s, phase_fn phase, int fd)
{
    answer a = {.f = {.seconds = 1e9}};
    const double before = peak_bytes();
    for (uint64_t i = 0; i < s->repeat && a.st == HB_OK; i++) {
        const double begin = now();
        a.st = phase(s, &a.f.gas);
        const double took = now() - begin;
        a.f.seconds = took < a.f.seconds ? took : a.f.seconds;
        a.f.bytes = i ? a.f.bytes : peak_bytes() - before;
    }
    a.err = s->err;
    a.proof_bytes = s->proof.len;
    _exit(send_all(fd, &a, sizeof a) && send_all(fd, s->proof.data, s->proof.len) ? 0 : 1);
}

static hb_status measure(subject *s, phase_fn phase, figures *f)
{
    int ends[2];
    answer a;
    if (pipe(ends) != 0)
        return hb_fail(&s->err, HB_IO, "no pipe");
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(s, phase, ends[1]);
    }
    close(ends[1]);
    hb_status st = pid > 0 && receive_all(ends[0], &a, sizeof a) ? a.st : hb_fail(&s->err, HB_EXECUTION_FAILED, "the process of a phase ended early");
    if (st == HB_OK) {
        *f = a.f;
        s->proof.len = 0;
        st = hb_buf_reserve(&s->proof, (size_t)a.proof_bytes);
        if (st == HB_OK && !receive_all(ends[0], s->proof.data, (size_t)a.proof_bytes))
            st = hb_fail(&s->err, HB_IO, "the proof does not arrive");
        s->proof.len = st == HB_OK ? (size_t)a.proof_bytes : 0;
    } else if (pid > 0) {
        s->err = a.err;
    }
    close(ends[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return st;
}

/* --- the table ---------------------------------------------------------------------------------------------------------------------------- */

static const struct row {
    const char *name, *design; /* the original design's figures */
    phase_fn phase;            /* NULL: not there */
} rows[] = {{"execution", "15 ms, 150000 gas, 3 MB", execute}, {"proof generation", "200 ms, 50 MB", prove}, {"verification", "10 ms, 2 MB", verify}, {"aggregation", "100 ms, 25 MB", NULL}};
enum { ROWS = sizeof rows / sizeof *rows };

static void print_row(const struct row *r, const figures *f, bool json, bool last)
{
    if (json && !r->phase)
        printf("\"%s\": null%s", r->name, last ? "}\n" : ", ");
    else if (json)
        printf("\"%s\": {\"ms\": %.4f, \"gas\": %" PRIu64 ", \"bytes\": %.0f}%s", r->name, 1e3 * f->seconds, f->gas, f->bytes, last ? "}\n" : ", ");
    else if (!r->phase)
        printf("%-18s %12s %14s %12s   %s\n", r->name, "not there", "-", "-", r->design);
    else
        printf("%-18s %9.3f ms %14" PRIu64 " %9.2f MB   %s\n", r->name, 1e3 * f->seconds, f->gas, f->bytes * 1e-6, r->design);
}

static hb_status table(subject *s, bool json)
{
    hb_status st = HB_OK;
    if (json)
        putchar('{');
    else
        printf("%-18s %12s %14s %12s   %s\n", "", "time", "gas", "memory", "original design");
    for (int i = 0; i < ROWS && st == HB_OK; i++) {
        figures f = {0};
        if (rows[i].phase)
            st = measure(s, rows[i].phase, &f);
        if (st == HB_OK)
            print_row(&rows[i], &f, json, i == ROWS - 1);
    }
    return st;
}

static hb_status make(subject *s, const hb_buf *text)
{
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_status st = hb_bytecode_assemble(&code, &limits, (const char *)text->data, text->len, &s->err);
    if (st == HB_OK)
        st = hb_bytecode_program_make(&s->code, code.data, code.len, &limits, &s->err);
    if (st == HB_OK)
        st = hb_bytecode_translate_load(&s->image, &s->code, &s->err);
    if (st == HB_OK)
        st = hb_machine_key_init(&s->key, &s->image, NULL, &s->err);
    hb_buf_free(&code);
    return st;
}

static int bench(subject *s, const char *path, bool json)
{
    hb_buf text = {0};
    int status = hb_cli_read_file("bench", path, &text);
    if (!status) {
        hb_status st = make(s, &text);
        if (st == HB_OK)
            st = table(s, json);
        if (st != HB_OK) {
            hb_cli_complain("bench", "%s: %s: %s", path, hb_status_text(st), s->err.message);
            status = HB_EXIT_NO;
        }
    }
    hb_buf_free(&text);
    hb_buf_free(&s->proof);
    hb_machine_key_free(&s->key);
    hb_rv_program_free(&s->image);
    hb_bytecode_program_free(&s->code);
    return status;
}

int hb_cli_bench_design(int argc, char **argv)
{
    static const struct option options[] = {{"design-table", no_argument, NULL, 'd'}, {"threads", required_argument, NULL, 't'}, {"repeat", required_argument, NULL, 'r'},
                                            {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    subject *s = calloc(1, sizeof *s);
    bool json = false, good = s != NULL;
    if (good)
        s->threads = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN), s->repeat = 5;
    for (int c; good && (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 'd': break;
        case 't': good = hb_cli_parse_number(optarg, 256, &s->threads) && s->threads; break;
        case 'r': good = hb_cli_parse_number(optarg, 1000, &s->repeat) && s->repeat; break;
        case 'j': json = true; break;
        case 'h': fputs(usage, stdout); free(s); return HB_EXIT_YES;
        default: good = false;
        }
    }
    if (!good || optind + 1 < argc) {
        fputs(usage, stderr);
        free(s);
        return HB_EXIT_USAGE;
    }
    char *guest = optind < argc ? NULL : hb_build_guest_dir("bench");
    char *path = optind < argc ? hb_cli_format("%s", argv[optind]) : guest ? hb_cli_format("%s/examples/bytecode/transfers.hba", guest) : NULL;
    const int status = path ? bench(s, path, json) : HB_EXIT_ENVIRONMENT;
    free(path);
    free(guest);
    free(s);
    return status;
}
