/* Any words as a program, any bytes as its input: plain, translated and recorded runs end alike, and the record is one consistent history. */
#include <string.h>

#include "base/check.h"
#include "rv/interp_state.h"
#include "rv/record_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Registers, memory, counts and the way it ended. */
static void check_translated(const hb_rv_program *p, hb_rv_exec_options o, hb_status st, const hb_rv_run *plain)
{
    hb_rv_run *run;
    o.engine = HB_RV_ENGINE_TRANSLATOR;
    HB_ASSERT(hb_rv_exec(p, &o, &run, NULL) == st);
    const hb_rv_report *a = hb_rv_run_report(plain), *b = hb_rv_run_report(run);
    HB_ASSERT(a->end == b->end && a->cycles == b->cycles && a->misaligned == b->misaligned && a->touched_pages == b->touched_pages && plain->ip == run->ip);
    HB_ASSERT(memcmp(a->op_counts, b->op_counts, sizeof a->op_counts) == 0 && memcmp(plain->x, run->x, sizeof run->x) == 0);
    HB_ASSERT(a->trap.reason == b->trap.reason && a->trap.pc == b->trap.pc && a->trap.address == b->trap.address);
    for (uint32_t k = 0; k < run->mem.n_pages; k++) {
        HB_ASSERT(plain->mem.pages[k].number == run->mem.pages[k].number);
        HB_ASSERT(memcmp(plain->mem.pages[k].data, run->mem.pages[k].data, HB_RVMEM_PAGE_BYTES) == 0);
    }
    hb_rv_run_free(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t text = size / 2 & ~(size_t)3;
    const hb_rv_segment segments[] = {
        {.vaddr = HB_RV_STACK_TOP, .data = data, .file_bytes = text, .mem_bytes = text, .executable = true},
        {.vaddr = HB_RV_STACK_TOP + 0x10000, .data = data, .file_bytes = 0, .mem_bytes = 4096, .writable = true, .header = 1},
    };
    const hb_rv_span input = {data + text, size - text};
    hb_rv_program p;
    if (text > 0x8000 || hb_rv_program_build(&p, segments, 2, HB_RV_STACK_TOP, NULL) != HB_OK)
        return 0;
    hb_rv_exec_options o = {.cycle_limit = 2000, .memory_limit = 1 << 20, .output_limit = 1 << 16, .inputs = &input, .n_inputs = 1, .stdin_bytes = input};
    hb_rv_run *plain, *recorded;
    hb_error err;
    o.engine = HB_RV_ENGINE_INTERPRETER;
    hb_status st = hb_rv_exec(&p, &o, &plain, NULL);
    check_translated(&p, o, st, plain);
    o.record = true;
    HB_ASSERT(hb_rv_exec(&p, &o, &recorded, NULL) == st && plain && recorded);
    const hb_rv_report *a = hb_rv_run_report(plain), *b = hb_rv_run_report(recorded);
    HB_ASSERT(a->end == b->end && a->cycles == b->cycles && a->misaligned == b->misaligned && a->touched_pages == b->touched_pages);
    HB_ASSERT(memcmp(a->family_counts, b->family_counts, sizeof a->family_counts) == 0 && a->trap.reason == b->trap.reason);
    for (unsigned r = 0; r <= HB_RV_REG_SINK; r++)
        HB_ASSERT(hb_rv_run_register(plain, r) == hb_rv_run_register(recorded, r));
    HB_ASSERT(hb_rv_run_register(plain, 0) == 0);
    HB_ASSERT(hb_rv_record_check(&p, hb_rv_run_record(recorded), &err) == HB_OK);
    hb_rv_run_free(plain);
    hb_rv_run_free(recorded);
    hb_rv_program_free(&p);
    return 0;
}
