/* How fast the interpreter is, and how many RV64 instructions one bytecode instruction becomes. bcode_bench [FILE.hba]... (default: loops below). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/bytes.h"
#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_run.h"
#include "bytecode/bcode_translate.h"
#include "rv/interp.h"

typedef struct benchmark {
    const char *name, *text;
} benchmark;

static const benchmark benchmarks[] = {
    {"count (registers)", "PUSH 5000000\nSET r0\nloop:\nPUSH 1\nGET r0\nSUB\nSET r0\nGET r0\nPUSH @loop\nJUMPI\n"},
    {"count (stack)", "PUSH 5000000\nloop:\nPUSH 1\nSWAP 1\nSUB\nDUP 0\nPUSH @loop\nJUMPI\n"},
    {"fibonacci", "PUSH 2000000\nSET r0\nPUSH 1\nSET r2\nloop:\nGET r1\nGET r2\nWADD\nGET r2\nSET r1\nSET r2\nPUSH 1\nGET r0\nSUB\nSET r0\nGET r0\n"
                  "PUSH @loop\nJUMPI\n"},
    {"memory", "PUSH 400000\nSET r0\nloop:\nPUSH 0xffff\nGET r0\nAND\nPUSH 3\nSWAP 1\nSHL\nSET r1\nGET r1\nLOAD\nGET r0\nADD\nGET r1\nSTORE\nPUSH 1\n"
               "GET r0\nSUB\nSET r0\nGET r0\nPUSH @loop\nJUMPI\n"},
    {"calls", "PUSH 800000\nSET r0\nloop:\nGET r0\nGET r1\nPUSH @mix\nCALL\nSET r1\nPUSH 1\nGET r0\nSUB\nSET r0\nGET r0\nPUSH @loop\nJUMPI\nSTOP\n"
              "mix:\nXOR\nDUP 0\nPUSH 7\nSWAP 1\nSHL\nXOR\nRETURN\n"},
    {"computed jumps", "PUSH 800000\nPUSH 7\nSET r1\nGET r1\nSET r2\nGET r2\nSET r3\nloop:\nPUSH 1\nSWAP 1\nSUB\nDUP 0\nPUSH @loop\nPUSH 0\nOR\nJUMPI\n"},
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run_one(const char *name, const char *text, size_t len)
{
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_bytecode_program p;
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_rv_program image;
    hb_rv_run *run;
    hb_error err = {0};
    if (hb_bytecode_assemble(&code, &limits, text, len, &err) != HB_OK || hb_bytecode_program_make(&p, code.data, code.len, &limits, &err) != HB_OK) {
        printf("%s: %s\n", name, err.message);
        return;
    }
    double best = 1e9;
    for (unsigned k = 0; k < 3; k++) {
        hb_bytecode_machine_create(&m, &p, NULL, 0, 0, &err);
        double start = seconds();
        hb_bytecode_machine_run(m, UINT64_MAX, &err);
        double t = seconds() - start;
        best = t < best ? t : best;
        hb_bytecode_machine_view(m, &v);
        if (k < 2)
            hb_bytecode_machine_free(m);
    }
    const hb_rv_exec_options options = {0};
    if (hb_bytecode_translate_load(&image, &p, &err) != HB_OK || hb_rv_exec(&image, &options, &run, &err) != HB_OK) {
        printf("%s: %s\n", name, err.message);
        return;
    }
    const hb_rv_report *r = hb_rv_run_report(run);
    printf("%-24s %-10s %10" PRIu64 " steps  %10" PRIu64 " gas  %7.1f M/s   %10" PRIu64 " cycles  %5.2f a step  (image: %" PRIu32 " instructions, %" PRIu64 " bytes)\n", name,
           hb_bytecode_end_text(v.end), v.steps, v.gas, (double)v.steps / best * 1e-6, r->cycles, (double)r->cycles / (double)v.steps, image.n_insns,
           image.img_hi - image.img_lo);
    hb_rv_run_free(run);
    hb_rv_program_free(&image);
    hb_bytecode_machine_free(m);
    hb_bytecode_program_free(&p);
    hb_buf_free(&code);
}

static void run_file(const char *path)
{
    static char text[1 << 20];
    FILE *f = fopen(path, "rb");
    if (!f) {
        printf("%s: cannot be opened\n", path);
        return;
    }
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    run_one(path, text, n);
}

int main(int argc, char **argv)
{
    for (int k = 1; k < argc; k++)
        run_file(argv[k]);
    for (size_t k = 0; argc < 2 && k < sizeof benchmarks / sizeof *benchmarks; k++)
        run_one(benchmarks[k].name, benchmarks[k].text, strlen(benchmarks[k].text));
    return 0;
}
