/* Any words as a program, any bytes as its input: plain and recorded runs end alike, and the record is one consistent history. */
#include <string.h>

#include "base/check.h"
#include "rv/interp.h"
#include "rv/record_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    hb_status st = hb_rv_exec(&p, &o, &plain, NULL);
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
