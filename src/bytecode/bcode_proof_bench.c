/* What one bytecode program costs: its mix of instructions, and time and memory of executing, proving and verifying. bcode_proof_bench [FILE.hba] [THREADS]
 * (default: guest/examples/bytecode/transfers.hba below HB_SOURCE_DIR or here; all processors).
 *
 * Each phase runs in a child of its own, so that its memory is what the child's peak rose by: above the process that has the program in memory and is idle. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_run.h"
#include "bytecode/bcode_translate.h"
#include "machine/machine_prove.h"
#include "machine/machine_verify.h"
#include "rv/interp.h"

enum { REPEAT = 5 };

/* What a phase works on. */
typedef struct subject {
    hb_bytecode_program code;
    hb_rv_program image;
    hb_machine_key key;
    unsigned threads;
    hb_buf proof;
} subject;

typedef bool (*phase_fn)(subject *s);

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Peak of the resident memory so far, in KiB. */
static double peak(void)
{
    char line[200];
    double kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %lf", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return kib;
}

static bool interpret(subject *s)
{
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    if (hb_bytecode_machine_create(&m, &s->code, NULL, 0, 0, NULL) != HB_OK || hb_bytecode_machine_run(m, UINT64_MAX, NULL) != HB_OK)
        return false;
    hb_bytecode_machine_view(m, &v);
    bool ok = v.end == HB_BC_END_SUCCESS;
    hb_bytecode_machine_free(m);
    return ok;
}

static hb_rv_run *execute(const subject *s, bool record)
{
    const hb_rv_exec_options options = {.record = record};
    hb_rv_run *run = NULL;
    hb_error err = {.message = ""};
    if (hb_rv_exec(&s->image, &options, &run, &err) == HB_OK)
        return run;
    fprintf(stderr, "%s\n", err.message);
    hb_rv_run_free(run);
    return NULL;
}

static bool execute_image(subject *s)
{
    hb_rv_run *run = execute(s, false);
    bool ok = run != NULL;
    hb_rv_run_free(run);
    return ok;
}

static bool prove(subject *s)
{
    hb_pool *pool = hb_pool_create(s->threads);
    hb_rv_run *run = execute(s, true);
    hb_error err = {.message = ""};
    bool ok = run && pool;
    s->proof.len = 0;
    if (ok) {
        const hb_rv_span values = hb_rv_run_report(run)->public_values;
        ok = hb_machine_prove(&s->key, hb_rv_run_record(run), values.data, values.len, pool, NULL, &s->proof, NULL, &err) == HB_OK;
        if (!ok)
            fprintf(stderr, "%s\n", err.message);
    }
    hb_rv_run_free(run);
    hb_pool_destroy(pool);
    return ok;
}

static bool verify(subject *s)
{
    static hb_proof_view view;
    hb_verify_request request = {.exit_code = 0};
    hb_error err = {.message = ""};
    void *memory = malloc(HB_VERIFY_SCRATCH_BYTES); /* small pages: only what the verifier touches becomes resident */
    memcpy(request.vkey, s->key.vkey, 32);
    bool ok = memory && hb_machine_verify(&s->key.airs, s->proof.data, s->proof.len, &request, hb_scratch_of(memory, HB_VERIFY_SCRATCH_BYTES), &view, &err) == HB_OK;
    if (!ok)
        fprintf(stderr, "%s\n", err.message);
    free(memory);
    return ok;
}

/* Fastest of some runs, and the memory of the first. */
static bool in_child(subject *s, phase_fn phase, double figures[2])
{
    const double before = peak();
    figures[0] = 1e9;
    for (int k = 0; k < REPEAT; k++) {
        const double begin = now();
        if (!phase(s))
            return false;
        const double took = now() - begin;
        figures[0] = took < figures[0] ? took : figures[0];
        if (k == 0)
            figures[1] = peak() - before;
    }
    return true;
}

static bool measure(subject *s, const char *name, phase_fn phase, const char *bounds)
{
    int ends[2];
    double figures[2];
    if (pipe(ends) != 0)
        return false;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        bool ok = in_child(s, phase, figures);
        _exit(ok && write(ends[1], figures, sizeof figures) == sizeof figures ? 0 : 1);
    }
    close(ends[1]);
    bool ok = child > 0 && read(ends[0], figures, sizeof figures) == sizeof figures;
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    if (ok)
        printf("%-22s %9.3f ms %9.2f MB   %s\n", name, 1e3 * figures[0], figures[1] * 1024e-6, bounds);
    else
        printf("%-22s failed\n", name);
    return ok;
}

typedef struct mix {
    uint64_t counts[256];
} mix;

static void count(void *ctx, const hb_bytecode_step *step)
{
    mix *m = ctx;
    m->counts[step->op]++;
}

static bool print_mix(const subject *s)
{
    hb_bytecode_machine *machine;
    hb_bytecode_view v;
    mix m = {{0}};
    unsigned most = 0;
    if (hb_bytecode_machine_create(&machine, &s->code, NULL, 0, 0, NULL) != HB_OK)
        return false;
    bool ok = hb_bytecode_machine_trace(machine, UINT64_MAX, count, &m, NULL) == HB_OK;
    hb_bytecode_machine_view(machine, &v);
    printf("%s: %" PRIu64 " instructions, %" PRIu64 " gas\n", hb_bytecode_end_text(v.end), v.steps, v.gas);
    for (unsigned op = 0; op < 256; op++)
        most = m.counts[op] > m.counts[most] ? op : most;
    for (unsigned op = 0; op < 256; op++)
        if (m.counts[op])
            printf("  %-8s %8" PRIu64 "  %5.2f %%\n", hb_bytecode_rows[op].name, m.counts[op], 100.0 * (double)m.counts[op] / (double)v.steps);
    printf("most frequent: %s, %.2f %% (at most 25)\n", hb_bytecode_rows[most].name, 100.0 * (double)m.counts[most] / (double)v.steps);
    hb_rv_run *run = execute(s, false);
    if (run)
        printf("image: %" PRIu32 " instructions, %" PRIu64 " executed, %.2f a bytecode instruction (at most 5)\n", s->image.n_insns, hb_rv_run_report(run)->cycles,
               (double)hb_rv_run_report(run)->cycles / (double)v.steps);
    ok = ok && run;
    hb_rv_run_free(run);
    hb_bytecode_machine_free(machine);
    return ok;
}

static bool make(subject *s, const char *path)
{
    static char text[1 << 20];
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_error err = {.message = "cannot be opened"};
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof text, f) : 0;
    if (f)
        fclose(f);
    bool ok = f && hb_bytecode_assemble(&code, &limits, text, n, &err) == HB_OK && hb_bytecode_program_make(&s->code, code.data, code.len, &limits, &err) == HB_OK &&
              hb_bytecode_translate_load(&s->image, &s->code, &err) == HB_OK && hb_machine_key_init(&s->key, &s->image, NULL, &err) == HB_OK;
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, err.message);
    hb_buf_free(&code);
    return ok;
}

int main(int argc, char **argv)
{
    static subject s;
    char path[4096];
    const char *root = getenv("HB_SOURCE_DIR");
    snprintf(path, sizeof path, "%s/guest/examples/bytecode/transfers.hba", root ? root : ".");
    const double begin = now();
    if (!make(&s, argc > 1 ? argv[1] : path))
        return 1;
    printf("assembling, translating and key: %.3f ms\n", 1e3 * (now() - begin));
    s.threads = argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    bool ok = print_mix(&s);
    printf("%-22s %12s %12s   (bounds for 150,000 gas), %u threads\n", "", "time", "memory", s.threads);
    ok = measure(&s, "execution, native", interpret, "15 ms, 3 MB") && ok;
    ok = measure(&s, "execution, image", execute_image, "15 ms, 3 MB") && ok;
    ok = measure(&s, "proof with execution", prove, "600 ms (goal 200), 250 MB (goal 50)") && ok;
    ok = prove(&s) && ok;
    ok = measure(&s, "verification", verify, "10 ms, 2 MB") && ok;
    return ok ? 0 : 1;
}
