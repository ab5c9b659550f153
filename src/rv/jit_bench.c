/* Instructions per second of processor time, of the interpreter and of translated code, on guests.
 *
 *   jit_bench                         two programs of its own: Fibonacci numbers, and a quicksort of 2^20 numbers
 *   jit_bench [OPTION GUEST.elf]...   built guests (hauptbuch build); an option is for the guest behind it:
 *     -n N  input chunk: N as u32 (examples fibonacci)
 *     -v N  input chunk: a vector of N random u32 (examples/rust/quicksort)
 *     -i F  input chunk: the bytes of a file */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "rv/elf.h"
#include "rv/interp.h"
#include "rv/rvasm.h"

enum { RUNS = 3, NUMBERS = 1 << 20 };

enum { RA = 1, SP = 2, T0 = 5, T1 = 6, T2 = 7, S0 = 8, S1 = 9, A0 = 10, A1, A2, A3, A4, A5, A6 };

static void die(const char *name, const char *message)
{
    fprintf(stderr, "%s: %s\n", name, message);
    exit(1);
}

/* The inner loop of examples/rust/fibonacci as compilers write it. */
static void fibonacci(hb_rvasm *a)
{
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, A0, 0);
    hb_rvasm_li(a, A1, 1);
    hb_rvasm_li(a, A2, 100000000);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_ADDI, A3, A1, 0, 0);
    hb_rvasm_op(a, HB_OP_ADD, A1, A0, A1, 0);
    hb_rvasm_op(a, HB_OP_ADDIW, A2, A2, 0, -1);
    hb_rvasm_op(a, HB_OP_ADDI, A0, A3, 0, 0);
    hb_rvasm_branch(a, HB_OP_BNE, A2, 0, loop);
    hb_rvasm_halt(a, 0);
}

/* Fills [A0, A1) with 32-bit numbers of a linear congruential generator. */
static void fill(hb_rvasm *a)
{
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_op(a, HB_OP_ADDI, A2, A0, 0, 0);
    hb_rvasm_li(a, A3, 1);
    hb_rvasm_li(a, A4, UINT64_C(6364136223846793005));
    hb_rvasm_li(a, A5, UINT64_C(1442695040888963407));
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_MUL, A3, A3, A4, 0);
    hb_rvasm_op(a, HB_OP_ADD, A3, A3, A5, 0);
    hb_rvasm_op(a, HB_OP_SRLI, T0, A3, 0, 32);
    hb_rvasm_op(a, HB_OP_SW, 0, A2, T0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, A2, A2, 0, 4);
    hb_rvasm_branch(a, HB_OP_BNE, A2, A1, loop);
}

/* sort(A0: first, A1: last; addresses of u32): Hoare's partition around the middle, both sides recursively. */
static void quicksort(hb_rvasm *a)
{
    uint32_t sort = hb_rvasm_label(a), again = hb_rvasm_label(a), up = hb_rvasm_label(a), down = hb_rvasm_label(a),
             done = hb_rvasm_label(a), out = hb_rvasm_label(a);
    a->bss = 4 * NUMBERS;
    hb_rvasm_li(a, SP, HB_RV_STACK_TOP - 64);
    hb_rvasm_li(a, A0, HB_RVASM_DATA);
    hb_rvasm_li(a, A1, HB_RVASM_DATA + 4 * NUMBERS);
    fill(a);
    hb_rvasm_op(a, HB_OP_ADDI, A1, A1, 0, -4);
    hb_rvasm_jal(a, RA, sort);
    hb_rvasm_halt(a, 0);

    hb_rvasm_place(a, sort);
    hb_rvasm_branch(a, HB_OP_BGEU, A0, A1, out);
    hb_rvasm_op(a, HB_OP_ADDI, SP, SP, 0, -32);
    hb_rvasm_op(a, HB_OP_SD, 0, SP, RA, 0);
    hb_rvasm_op(a, HB_OP_SD, 0, SP, S0, 8);
    hb_rvasm_op(a, HB_OP_SD, 0, SP, S1, 16);
    hb_rvasm_op(a, HB_OP_ADD, A4, A0, A1, 0);
    hb_rvasm_op(a, HB_OP_SRLI, A4, A4, 0, 3);
    hb_rvasm_op(a, HB_OP_SLLI, A4, A4, 0, 2);
    hb_rvasm_op(a, HB_OP_LWU, A4, A4, 0, 0); /* pivot */
    hb_rvasm_op(a, HB_OP_ADDI, A2, A0, 0, -4);
    hb_rvasm_op(a, HB_OP_ADDI, A3, A1, 0, 4);
    hb_rvasm_place(a, again);
    hb_rvasm_place(a, up);
    hb_rvasm_op(a, HB_OP_ADDI, A2, A2, 0, 4);
    hb_rvasm_op(a, HB_OP_LWU, A5, A2, 0, 0);
    hb_rvasm_branch(a, HB_OP_BLTU, A5, A4, up);
    hb_rvasm_place(a, down);
    hb_rvasm_op(a, HB_OP_ADDI, A3, A3, 0, -4);
    hb_rvasm_op(a, HB_OP_LWU, A6, A3, 0, 0);
    hb_rvasm_branch(a, HB_OP_BLTU, A4, A6, down);
    hb_rvasm_branch(a, HB_OP_BGEU, A2, A3, done);
    hb_rvasm_op(a, HB_OP_SW, 0, A2, A6, 0);
    hb_rvasm_op(a, HB_OP_SW, 0, A3, A5, 0);
    hb_rvasm_jal(a, 0, again);
    hb_rvasm_place(a, done); /* [A0, A3] and [A3 + 4, A1] */
    hb_rvasm_op(a, HB_OP_ADDI, S0, A3, 0, 4);
    hb_rvasm_op(a, HB_OP_ADDI, S1, A1, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, A3, 0, 0);
    hb_rvasm_jal(a, RA, sort);
    hb_rvasm_op(a, HB_OP_ADDI, A0, S0, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, S1, 0, 0);
    hb_rvasm_jal(a, RA, sort);
    hb_rvasm_op(a, HB_OP_LD, RA, SP, 0, 0);
    hb_rvasm_op(a, HB_OP_LD, S0, SP, 0, 8);
    hb_rvasm_op(a, HB_OP_LD, S1, SP, 0, 16);
    hb_rvasm_op(a, HB_OP_ADDI, SP, SP, 0, 32);
    hb_rvasm_place(a, out);
    hb_rvasm_op(a, HB_OP_JALR, 0, RA, 0, 0);
}

/* Of this thread, so that others on the machine count less. */
static double cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Million instructions per second of processor time, best of several runs. */
static double speed(const char *name, const hb_rv_program *p, const hb_rv_span *input, hb_rv_engine engine,
                    hb_rv_report *out)
{
    double best = 0;
    for (int k = 0; k < RUNS; k++) {
        hb_rv_exec_options o = {
            .engine = engine, .inputs = input, .n_inputs = input != NULL, .memory_limit = UINT64_C(4) << 30};
        hb_rv_run *run;
        hb_error err = {0};
        if (hb_rv_start(p, &o, &run, &err) != HB_OK)
            die(name, err.message);
        double ns = cpu_ns();
        hb_rv_advance(run, NULL);
        ns = cpu_ns() - ns;
        if (hb_rv_finish(run, &err) != HB_OK)
            die(name, err.message);
        *out = *hb_rv_run_report(run);
        const double now = (double)out->cycles * 1e3 / ns;
        best = now > best ? now : best;
        hb_rv_run_free(run);
    }
    return best;
}

static void measure(const char *name, const hb_rv_program *p, const hb_rv_span *input)
{
    static hb_rv_report r; /* large */
    const double slow = speed(name, p, input, HB_RV_ENGINE_INTERPRETER, &r),
                 fast = speed(name, p, input, HB_RV_ENGINE_AUTO, &r);
    printf("%-24s %12" PRIu64 " instructions   interpreter %7.1f M/s   translated %7.1f M/s   %5.1f x   %5.1f %% of "
                              "them by translated code\n",
           name, r.cycles, slow, fast, fast / slow, 100.0 * (double)r.translated / (double)r.cycles);
}

static void measure_own(const char *name, void (*body)(hb_rvasm *))
{
    hb_rvasm *a = calloc(1, sizeof *a);
    hb_rv_program p;
    hb_error err = {0};
    if (!a)
        die(name, "no memory");
    body(a);
    if (hb_rvasm_build(a, &p, &err) != HB_OK)
        die(name, err.message);
    measure(name, &p, NULL);
    hb_rv_program_free(&p);
    hb_rvasm_free(a);
    free(a);
}

static void read_file(const char *path, hb_buf *out)
{
    FILE *f = fopen(path, "rb");
    uint8_t piece[4096];
    size_t n;
    if (!f)
        die(path, "cannot be opened");
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        if (hb_buf_append(out, piece, n) != HB_OK)
            die(path, "no memory");
    fclose(f);
}

static void make_input(char kind, const char *value, hb_buf *out)
{
    const uint64_t n = strtoull(value, NULL, 10);
    uint64_t state = 1;
    if (kind == 'i')
        read_file(value, out);
    else if (kind == 'n')
        hb_buf_append_u32(out, (uint32_t)n);
    else if (kind == 'v')
        hb_buf_append_u64(out, n);
    else
        die(value, "unknown option before it");
    for (uint64_t k = 0; kind == 'v' && k < n; k++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        hb_buf_append_u32(out, (uint32_t)(state >> 32));
    }
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        measure_own("fibonacci (own)", fibonacci);
        measure_own("quicksort (own)", quicksort);
    }
    for (int k = 1; k < argc; k++) {
        hb_buf input = {0}, elf = {0};
        const bool option = argv[k][0] == '-' && k + 2 < argc;
        if (option) {
            make_input(argv[k][1], argv[k + 1], &input);
            k += 2;
        }
        read_file(argv[k], &elf);
        hb_rv_program p;
        hb_error err = {0};
        if (hb_rv_elf_load(&p, elf.data, elf.len, &err) != HB_OK)
            die(argv[k], err.message);
        const char *name = strrchr(argv[k], '/');
        hb_rv_span chunk = {input.data, input.len};
        measure(name ? name + 1 : argv[k], &p, option ? &chunk : NULL);
        hb_rv_program_free(&p);
        hb_buf_free(&elf);
        hb_buf_free(&input);
    }
    return 0;
}
