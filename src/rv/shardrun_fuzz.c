/* Any words as a program, any bytes as its input, any cuts: planned and recorded shards are the same, their records are consistent, their chains
 * close, and every checkpoint gives its shard again. */
#include <string.h>

#include "base/check.h"
#include "rv/record_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_shard(const hb_rv_shard *a, const hb_rv_shard *b)
{
    HB_ASSERT(a->index == b->index && a->pc_in == b->pc_in && a->pc_out == b->pc_out && a->first_cycle == b->first_cycle);
    HB_ASSERT(memcmp(a->counts.family, b->counts.family, sizeof a->counts.family) == 0 && a->counts.bumps == b->counts.bumps);
    HB_ASSERT(a->counts.cells == b->counts.cells && a->counts.cycles == b->counts.cycles && a->counts.ts == b->counts.ts);
    HB_ASSERT(!a->counts.cells || memcmp(a->boundary, b->boundary, a->counts.cells * sizeof *a->boundary) == 0);
}

static void same_events(const hb_rv_events *a, const hb_rv_events *b, size_t bytes)
{
    HB_ASSERT(a->count == b->count && (!a->count || memcmp(a->data, b->data, a->count * bytes) == 0));
}

static void from_checkpoint(const hb_rv_program *p, hb_rv_run *planned, const hb_rv_shard *want, const hb_rv_record *record)
{
    hb_buf bytes = {0};
    hb_rv_run *alone;
    hb_rv_shard got;
    HB_ASSERT(hb_rv_checkpoint_write(planned, &bytes, NULL) == HB_OK);
    HB_ASSERT(hb_rv_checkpoint_open(p, bytes.data, bytes.len, &alone, NULL) == HB_OK);
    HB_ASSERT(hb_rv_checkpoint_replay(alone, &got, NULL) == HB_OK);
    same_shard(&got, want);
    const hb_rv_record *r = hb_rv_run_record(alone);
    same_events(&r->family[HB_FAM_LD], &record->family[HB_FAM_LD], sizeof(hb_rv_event_mem));
    same_events(&r->family[HB_FAM_STORE2], &record->family[HB_FAM_STORE2], sizeof(hb_rv_event_mem));
    same_events(&r->family[HB_FAM_CALL], &record->family[HB_FAM_CALL], sizeof(hb_rv_event_call));
    hb_rv_run_free(alone);
    hb_buf_free(&bytes);
}

static void run_in_shards(const hb_rv_program *p, const hb_rv_exec_options *options, const uint8_t *cuts, size_t n_cuts)
{
    hb_rv_run *planned, *recorded;
    hb_rv_shards_check check = {.program = p};
    hb_rv_exec_options o = *options;
    hb_rv_end end;
    size_t k = 0, n;
    const hb_rv_cell *cells;
    o.sharding = HB_RV_SHARDS_PLAN;
    HB_ASSERT(hb_rv_start(p, &o, &planned, NULL) == HB_OK);
    o.sharding = HB_RV_SHARDS_RECORD;
    HB_ASSERT(hb_rv_start(p, &o, &recorded, NULL) == HB_OK);
    do {
        hb_rv_bound to = {.cycles = hb_rv_run_cycles(planned) + (k < n_cuts ? 1 + cuts[k] : 400)};
        hb_rv_shard a, b;
        hb_error err;
        k++;
        end = hb_rv_advance(planned, &to);
        HB_ASSERT(hb_rv_advance(recorded, &to) == end);
        HB_ASSERT(hb_rv_shard_end(planned, &a, NULL) == HB_OK && hb_rv_shard_end(recorded, &b, NULL) == HB_OK);
        same_shard(&a, &b);
        HB_ASSERT(hb_rv_record_check(p, hb_rv_run_record(recorded), &err) == HB_OK);
        HB_ASSERT(hb_rv_shards_check_add(&check, &a, NULL) == HB_OK);
        if (k % 4 == 1)
            from_checkpoint(p, planned, &a, hb_rv_run_record(recorded));
    } while (end == HB_RV_END_PAUSED);
    HB_ASSERT(hb_rv_finish(planned, NULL) == hb_rv_finish(recorded, NULL));
    HB_ASSERT(hb_rv_run_final_cells(planned, &cells, &n, NULL) == HB_OK && hb_rv_shards_check_end(&check, cells, n, NULL) == HB_OK);
    hb_rv_shards_check_free(&check);
    hb_rv_run_free(planned);
    hb_rv_run_free(recorded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t text = size / 2 & ~(size_t)3;
    const hb_rv_segment segments[] = {
        {.vaddr = HB_RV_STACK_TOP, .data = data, .file_bytes = text, .mem_bytes = text, .executable = true},
        {.vaddr = HB_RV_STACK_TOP + 0x10000, .data = data, .file_bytes = 0, .mem_bytes = 4096, .writable = true, .header = 1},
    };
    const hb_rv_span inputs[2] = {{data + text, (size - text) / 2}, {data + text, size - text}};
    hb_rv_program p;
    if (text > 0x8000 || hb_rv_program_build(&p, segments, 2, HB_RV_STACK_TOP, NULL) != HB_OK)
        return 0;
    run_in_shards(&p, &(hb_rv_exec_options){.cycle_limit = 1500, .memory_limit = 1 << 20, .output_limit = 1 << 16, .inputs = inputs, .n_inputs = 2, .stdin_bytes = inputs[0]},
                  data + text, size - text);
    hb_rv_program_free(&p);
    return 0;
}
