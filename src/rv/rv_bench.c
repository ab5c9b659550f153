/* Speed of the interpreter, without and with recording and when planning shards, on two loops: arithmetic with a branch, and a mix with loads and stores. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "rv/interp.h"
#include "rv/rvasm.h"
#include "rv/shardrun.h"

/* Ten instructions a round. */
static void arithmetic_loop(hb_rvasm *a, uint64_t rounds)
{
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, 6, rounds);
    hb_rvasm_li(a, 7, 0x123456789);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_ADD, 8, 8, 7, 0);
    hb_rvasm_op(a, HB_OP_SLLI, 9, 8, 0, 7);
    hb_rvasm_op(a, HB_OP_XOR, 8, 8, 9, 0);
    hb_rvasm_op(a, HB_OP_SRLI, 9, 8, 0, 9);
    hb_rvasm_op(a, HB_OP_XOR, 8, 8, 9, 0);
    hb_rvasm_op(a, HB_OP_ADDIW, 18, 8, 0, 5);
    hb_rvasm_op(a, HB_OP_SLTU, 19, 18, 8, 0);
    hb_rvasm_op(a, HB_OP_ADD, 20, 20, 19, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 6, 0, loop);
    hb_rvasm_halt(a, 0);
}

/* A sum over a table with byte accesses and a call, 16 instructions a round: the mix of compiled code. */
static void memory_loop(hb_rvasm *a, uint64_t rounds)
{
    uint32_t loop = hb_rvasm_label(a), function = hb_rvasm_label(a), over = hb_rvasm_label(a);
    a->bss = 1 << 16;
    hb_rvasm_li(a, 6, rounds);
    hb_rvasm_li(a, 7, HB_RVASM_DATA);
    hb_rvasm_li(a, 2, HB_RV_STACK_TOP - 64);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_ANDI, 9, 6, 0, 2040);
    hb_rvasm_op(a, HB_OP_ADD, 9, 9, 7, 0);
    hb_rvasm_op(a, HB_OP_LD, 18, 9, 0, 0);
    hb_rvasm_jal(a, 1, function);
    hb_rvasm_op(a, HB_OP_LBU, 19, 9, 0, 3);
    hb_rvasm_op(a, HB_OP_ADD, 20, 20, 19, 0);
    hb_rvasm_op(a, HB_OP_SW, 0, 9, 20, 4);
    hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 6, 0, loop);
    hb_rvasm_halt(a, 0);
    hb_rvasm_place(a, function);
    hb_rvasm_op(a, HB_OP_SD, 0, 2, 1, 8);
    hb_rvasm_op(a, HB_OP_ADD, 18, 18, 6, 0);
    hb_rvasm_branch(a, HB_OP_BGEU, 18, 6, over);
    hb_rvasm_op(a, HB_OP_ADDI, 18, 18, 0, 1);
    hb_rvasm_place(a, over);
    hb_rvasm_op(a, HB_OP_SD, 0, 9, 18, 0);
    hb_rvasm_op(a, HB_OP_LD, 1, 2, 0, 8);
    hb_rvasm_op(a, HB_OP_JALR, 0, 1, 0, 0);
}

static void die(const char *name, const hb_error *err)
{
    fprintf(stderr, "%s: %s\n", name, err->message);
    exit(1);
}

/* Best of several runs: the first ones pay for memory that the machine has not backed yet. */
static void measure(const char *name, void (*body)(hb_rvasm *, uint64_t), uint64_t rounds, bool record)
{
    hb_rvasm *a = calloc(1, sizeof *a);
    hb_rv_program program;
    hb_rv_run *run = NULL;
    hb_error err = {0};
    uint64_t counts[HB_FAM_COUNT] = {0}, cycles = 0, best = UINT64_MAX;
    if (!a)
        exit(1);
    body(a, rounds);
    if (hb_rvasm_build(a, &program, &err) != HB_OK)
        die(name, &err);
    for (int n = 0; n < 5; n++) {
        hb_rv_exec_options options = {.record = record && n > 0, .expected_events = counts};
        if (hb_rv_exec(&program, &options, &run, &err) != HB_OK)
            die(name, &err);
        const hb_rv_report *r = hb_rv_run_report(run);
        for (int f = 0; f < HB_FAM_COUNT; f++)
            counts[f] = r->family_counts[f];
        if (r->wall_ns < best && options.record == record)
            best = r->wall_ns;
        cycles = r->cycles;
        hb_rv_run_free(run);
    }
    printf("%-12s %-10s %10" PRIu64 " instructions %8.1f M/s\n", name, record ? "recording" : "plain", cycles, (double)cycles * 1e3 / (double)best);
    hb_rv_program_free(&program);
    hb_rvasm_free(a);
    free(a);
}

/* Planning: shards of 2^20 cycles, in slices of 2^16. */
static void measure_plan(const char *name, void (*body)(hb_rvasm *, uint64_t), uint64_t rounds)
{
    hb_rvasm *a = calloc(1, sizeof *a);
    hb_rv_program program;
    hb_rv_run *run = NULL;
    hb_error err = {0};
    uint64_t best = UINT64_MAX, cycles = 0, shards = 0;
    if (!a)
        exit(1);
    body(a, rounds);
    if (hb_rvasm_build(a, &program, &err) != HB_OK)
        die(name, &err);
    for (int n = 0; n < 3; n++) {
        if (hb_rv_start(&program, &(hb_rv_exec_options){.sharding = HB_RV_SHARDS_PLAN}, &run, &err) != HB_OK)
            die(name, &err);
        hb_rv_end end;
        do {
            hb_rv_shard_counts counts;
            hb_rv_shard shard;
            do {
                end = hb_rv_advance(run, &(hb_rv_bound){.cycles = hb_rv_run_cycles(run) + (1 << 16)});
                hb_rv_shard_counts_now(run, &counts);
            } while (end == HB_RV_END_PAUSED && counts.cycles < 1 << 20);
            if (hb_rv_shard_end(run, &shard, &err) != HB_OK)
                die(name, &err);
            shards = shard.index;
        } while (end == HB_RV_END_PAUSED);
        if (hb_rv_finish(run, &err) != HB_OK)
            die(name, &err);
        const hb_rv_report *r = hb_rv_run_report(run);
        best = r->wall_ns < best ? r->wall_ns : best;
        cycles = r->cycles;
        hb_rv_run_free(run);
    }
    printf("%-12s %-10s %10" PRIu64 " instructions %8.1f M/s (%" PRIu64 " shards)\n", name, "planning", cycles, (double)cycles * 1e3 / (double)best, shards);
    hb_rv_program_free(&program);
    hb_rvasm_free(a);
    free(a);
}

int main(int argc, char **argv)
{
    uint64_t scale = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    measure("arithmetic", arithmetic_loop, 20000000 * scale, false);
    measure("memory", memory_loop, 12000000 * scale, false);
    measure_plan("arithmetic", arithmetic_loop, 10000000 * scale);
    measure_plan("memory", memory_loop, 6000000 * scale);
    measure("arithmetic", arithmetic_loop, 2000000, true);
    measure("memory", memory_loop, 1200000, true);
    return 0;
}
