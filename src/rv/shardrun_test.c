/* Runs in shards: whatever the cuts, planned and recorded shards and those from checkpoints agree with each other and with the uncut run, and the
 * chains of their boundary rows close. */
#include "rv/rvfault.h"
#include "rv/shard_calls_test_util.h"

static void random_programs(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 3, 16, 256, 1024, 4096};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        hb_rv_program p = random_rounds(seed, 150, 3 + seed % 4);
        uint64_t size = sizes[seed % 6];
        size_t shards = check_sharded(&p, NULL, size, seed + 100, true);
        assert_true(size > 300 || shards > 3);
        hb_rv_program_free(&p);
    }
}

static void calls_and_blocks(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 5, 40, 200, 100000};
    hb_rv_program p = calls_program();
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        hb_rv_exec_options o = calls_options(k % 2);
        size_t shards = check_sharded(&p, &o, sizes[k], k + 1, true);
        assert_true(k < 5 ? shards > 3 : shards == 1);
    }
    hb_rv_program_free(&p);
}

static void swallow(void *ctx, int fd, const uint8_t *data, size_t len)
{
    (void)fd;
    (void)data;
    *(size_t *)ctx += len;
}

/* Output that goes to a callback counts for no limit, in checkpoints neither. */
static void output_elsewhere(void **state)
{
    (void)state;
    hb_rv_program p = calls_program();
    hb_rv_exec_options o = calls_options(0);
    size_t bytes = 0;
    o.output = swallow;
    o.output_ctx = &bytes;
    o.output_limit = 150;
    plan n = make_plan(&p, &o, 30, 4, true);
    assert_int_equal(n.status, HB_OK);
    check_records(&p, &o, &n, NULL, true);
    assert_int_equal(bytes, 2 * CALL_ROUNDS * 29);
    free_plan(&n);
    o.output = NULL;
    plan limited = make_plan(&p, &o, 30, 4, true);
    assert_int_equal(limited.status, HB_EXECUTION_FAILED);
    assert_int_equal(hb_rv_run_report(limited.run)->trap.reason, HB_TRAP_OUTPUT_LIMIT);
    check_records(&p, &o, &limited, NULL, true);
    free_plan(&limited);
    hb_rv_program_free(&p);
}

/* A program that does something first and then what `emit` emits. */
static hb_rv_program with_end(void (*emit)(hb_rvasm *a))
{
    hb_rvasm *a = new_asm();
    a->bss = 64;
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    hb_rvasm_li(a, 4, HB_RV_INPUT_LO);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 4, 16);
    hb_rvasm_op(a, HB_OP_LD, 6, 3, 0, 16);
    hb_rvasm_li(a, 10, 4);
    hb_rvasm_li(a, 11, 44);
    hb_rvasm_call(a, 0x10);
    emit(a);
    hb_rvasm_halt(a, 1);
    return build_and_free(a);
}

static void emit_invalid(hb_rvasm *a)
{
    hb_rvasm_word(a, 0);
}

static void emit_null_access(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_LD, 7, 0, 0, 8);
}

static void emit_store_to_text(hb_rvasm *a)
{
    hb_rvasm_li(a, 7, HB_RVASM_TEXT);
    hb_rvasm_op(a, HB_OP_SB, 0, 7, 7, 0);
}

static void emit_bad_jump(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_JALR, 1, 3, 0, 0);
}

/* The fill gets as far as a word that was read. */
static void emit_hint_not_fresh(hb_rvasm *a)
{
    hb_rvasm_op(a, HB_OP_LW, 7, 4, 0, 8);
    read_hint(a, HB_RV_INPUT_LO);
}

static void emit_hint_filled(hb_rvasm *a)
{
    read_hint(a, HB_RV_INPUT_LO + 8);
    hb_rvasm_op(a, HB_OP_ADDI, 9, 9, 0, 1);
    read_hint(a, HB_RV_INPUT_LO);
}

static void emit_wrong_length(hb_rvasm *a)
{
    hb_rvasm_li(a, A1, 5);
    hb_rvasm_li(a, A0, HB_RV_INPUT_LO);
    hb_rvasm_call(a, 0xf1);
}

static void emit_many_pages(hb_rvasm *a)
{
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, 7, HB_RVASM_DATA + 16 * PAGE);
    hb_rvasm_li(a, 8, PAGE);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_SD, 0, 7, 7, 0);
    hb_rvasm_op(a, HB_OP_ADD, 7, 7, 8, 0);
    hb_rvasm_jal(a, 0, loop);
}

static void emit_stack_overflow(hb_rvasm *a)
{
    hb_rvasm_li(a, 7, HB_RV_STACK_TOP - 2 * PAGE);
    hb_rvasm_op(a, HB_OP_SD, 0, 7, 7, 0);
    hb_rvasm_op(a, HB_OP_LD, 7, 7, 0, 0);
    hb_rvasm_op(a, HB_OP_SD, 0, 7, 7, -8);
}

static void emit_endless(hb_rvasm *a)
{
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_place(a, loop);
    hb_rvasm_jal(a, 0, loop);
}

static void emit_block_that_traps(hb_rvasm *a)
{
    hb_rvasm_call(a, 3);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 16);
    hb_rvasm_op(a, HB_OP_ADDI, 3, 0, 0, 0);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 16);
}

static void emit_endless_block(hb_rvasm *a)
{
    hb_rvasm_call(a, 3);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 16);
    emit_endless(a);
}

/* However a run ends, it ends in the same way in shards, with the same message. */
static void other_ends(void **state)
{
    (void)state;
    static const hb_rv_span inputs[] = {{(const uint8_t *)"eight by", 8}, {(const uint8_t *)"sixteen bytes!!!", 16}};
    static const struct {
        void (*emit)(hb_rvasm *a);
        hb_rv_trap trap; /* NONE: a limit */
    } cases[] = {
        {emit_invalid, HB_TRAP_INVALID_INSTRUCTION}, {emit_null_access, HB_TRAP_NULL_ACCESS},  {emit_store_to_text, HB_TRAP_STORE_TO_TEXT},
        {emit_bad_jump, HB_TRAP_PC_OUTSIDE},         {emit_hint_filled, HB_TRAP_HINT_NOT_FRESH}, {emit_hint_not_fresh, HB_TRAP_HINT_NOT_FRESH},
        {emit_wrong_length, HB_TRAP_HINT_LENGTH},    {emit_many_pages, HB_TRAP_MEMORY_LIMIT},  {emit_stack_overflow, HB_TRAP_STACK_OVERFLOW},
        {emit_block_that_traps, HB_TRAP_NULL_ACCESS}, {emit_endless, HB_TRAP_NONE},            {emit_endless_block, HB_TRAP_NONE},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rv_program p = with_end(cases[k].emit);
        for (uint64_t size = 1; size <= 64; size = 4 * size) {
            hb_rv_exec_options o = {.inputs = inputs + (k == 5), .n_inputs = 2 - (k == 5), .cycle_limit = 120, .memory_limit = 12 * PAGE, .stack_limit = 2 * PAGE};
            hb_rv_run *whole;
            hb_error err = {0};
            check_sharded(&p, &o, size, k + 9, true);
            hb_status st = hb_rv_exec(&p, &o, &whole, &err);
            plan n = make_plan(&p, &o, size, k + 9, false);
            assert_int_equal(n.status, st);
            if (st == HB_OK)
                fail_msg("case %zu halts", k);
            assert_string_equal(n.err.message, err.message);
            if (cases[k].trap)
                assert_int_equal(hb_rv_run_report(whole)->trap.reason, cases[k].trap);
            free_plan(&n);
            hb_rv_run_free(whole);
        }
        hb_rv_program_free(&p);
    }
}

/* Instructions that touch cold registers and words in all slots after a long time, at varying distances: bumps are counted as they are recorded. */
static void long_gaps(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    static const uint64_t rounds[] = {32768, 32766, 32764, 33000};
    a->bss = 256;
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    for (size_t k = 0; k < sizeof rounds / sizeof *rounds; k++) {
        uint32_t loop = hb_rvasm_label(a);
        hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 8);
        hb_rvasm_op(a, HB_OP_ADD, 10, 10, 10, 0);
        hb_rvasm_op(a, HB_OP_SUB, 12, 11, 10, 0);
        hb_rvasm_op(a, HB_OP_LW, 13, 3, 0, 14); /* crosses */
        hb_rvasm_op(a, HB_OP_SH, 0, 3, 13, 255 - 32 * (int64_t)k);
        hb_rvasm_call(a, 0xf0);
        hb_rvasm_li(a, 4, rounds[k]);
        hb_rvasm_place(a, loop);
        hb_rvasm_op(a, HB_OP_ADDI, 4, 4, 0, -1);
        hb_rvasm_branch(a, HB_OP_BNE, 4, 0, loop);
    }
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    uint64_t bumps = 0;
    for (uint64_t size = 90000; size <= 360000; size *= 2) {
        plan n = make_plan(&p, NULL, size, size, size == 90000);
        check_chains(&p, &n);
        check_records(&p, NULL, &n, NULL, size == 90000);
        for (size_t k = 0; k < n.n; k++)
            bumps += n.shards[k].shard.counts.bumps;
        free_plan(&n);
    }
    assert_true(bumps > 20);
    hb_rv_program_free(&p);
}

/* One boundary row by hand, of each space. */
static void rows_by_hand(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    hb_rvasm_li(a, 3, 0x10000);                     /* 1: lui */
    hb_rvasm_op(a, HB_OP_ADDI, 9, 0, 0, 5);         /* 2 */
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 0);           /* 3: ends shard 1 */
    hb_rvasm_op(a, HB_OP_LD, 8, 3, 0, 0);           /* 4: shard 2 */
    hb_rvasm_op(a, HB_OP_ADDI, 10, 0, 0, 7);        /* 5: ends shard 2 */
    hb_rvasm_op(a, HB_OP_ECALL, 0, 0, 0, 0);        /* 6: shard 3, HALT 7 */
    hb_rv_program p = build_and_free(a);
    static const hb_rv_boundary rows[3][5] = {
        {{0x100, 0, 0, 0, 0, 8}, {0x100, 3, 0, 0x10000, 0, 12}, {0x100, 9, 0, 5, 0, 13}, {0x200, 0x2000, 0, 5, 0, 15}},
        {{0x100, 0, 0, 0, 1, 8}, {0x100, 3, 0x10000, 0x10000, 1, 4}, {0x100, 8, 0, 5, 0, 6}, {0x100, 10, 0, 7, 0, 10}, {0x200, 0x2000, 5, 5, 1, 7}},
        {{0, 16, 0, 7, 0, 12}, {0x100, 5, 0, 0, 0, 19}, {0x100, 10, 7, 7, 2, 4}, {0x100, 11, 0, 0, 0, 4}}};
    static const size_t n_rows[] = {4, 5, 4}, cycles[] = {3, 5, 6}, ts[] = {16, 12, 20};
    hb_rv_run *run;
    assert_int_equal(hb_rv_start(&p, &(hb_rv_exec_options){.sharding = HB_RV_SHARDS_PLAN}, &run, NULL), HB_OK);
    for (size_t k = 0; k < 3; k++) {
        hb_rv_shard s;
        assert_int_equal(hb_rv_advance(run, &(hb_rv_bound){.cycles = cycles[k]}), k < 2 ? HB_RV_END_PAUSED : HB_RV_END_HALT);
        assert_int_equal(hb_rv_shard_end(run, &s, NULL), HB_OK);
        assert_int_equal(s.counts.cells, n_rows[k]);
        assert_memory_equal(s.boundary, rows[k], n_rows[k] * sizeof **rows);
        assert_int_equal(s.counts.ts, ts[k]);
        assert_int_equal(s.index, k + 1);
        assert_int_equal(s.pc_out, k < 2 ? 0x1e000000 + cycles[k] : HB_PC_HALT);
    }
    assert_int_equal(hb_rv_finish(run, NULL), HB_OK);
    const hb_rv_cell *c;
    size_t n;
    assert_int_equal(hb_rv_run_final_cells(run, &c, &n, NULL), HB_OK);
    assert_int_equal(n, 17 + 7 + 1 + 3); /* registers 0, 3, 5, 8, 9, 10, 11 */
    static const uint32_t last[] = {2, 2, 3, 2, 1, 3, 3, 2};
    for (size_t k = 0; k < 8; k++)
        assert_int_equal(c[17 + k].ts_last, last[k]);
    assert_true(c[16].ts_last == 3 && c[16].v_fin == 7 && c[25].ts_last == 0 && c[25].type == HB_CELL_IMAGE);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* Any bit of any boundary row and of the final cells matters to one of the two checks. */
static void checkers_notice_every_change(void **state)
{
    (void)state;
    hb_rv_program p = calls_program();
    hb_rv_exec_options o = calls_options(0);
    plan n = make_plan(&p, &o, 60, 3, false);
    size_t k = n.n / 2;
    hb_rv_shard *s = &n.shards[k].shard, got;
    hb_rv_run *run;
    o.sharding = HB_RV_SHARDS_RECORD;
    assert_int_equal(hb_rv_start(&p, &o, &run, NULL), HB_OK);
    for (size_t i = 0; i <= k; i++) {
        const hb_rv_shard *w = &n.shards[i].shard;
        hb_rv_advance(run, &(hb_rv_bound){.cycles = w->first_cycle + w->counts.cycles});
        assert_int_equal(hb_rv_shard_end(run, &got, NULL), HB_OK);
    }
    hb_rv_record *r = hb_rv_run_record_mutable(run);
    uint32_t *words = r->boundary.data, *copy = (void *)(uintptr_t)s->boundary;
    const size_t per_row = sizeof(hb_rv_boundary) / 4;
    for (size_t w = 0; w < s->counts.cells * per_row; w++) {
        uint32_t bit = UINT32_C(1) << (w * 7 % 20);
        hb_rv_shards_check c = {.program = &p};
        bool noticed = false;
        words[w] ^= bit;
        copy[w] ^= bit;
        noticed |= hb_rv_record_check(&p, r, NULL) != HB_OK;
        for (size_t i = 0; i < n.n && !noticed; i++)
            noticed |= hb_rv_shards_check_add(&c, &n.shards[i].shard, NULL) != HB_OK;
        noticed = noticed || hb_rv_shards_check_end(&c, n.cells, n.n_cells, NULL) != HB_OK;
        if (!noticed)
            fail_msg("a change of word %zu of row %zu is not noticed", w % per_row, w / per_row);
        hb_rv_shards_check_free(&c);
        words[w] ^= bit;
        copy[w] ^= bit;
    }
    assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_OK);
    hb_rv_cell *cells = (void *)(uintptr_t)n.cells;
    for (size_t w = 0; w < n.n_cells * sizeof *cells / 4; w += n.n_cells > 300 ? 11 : 1) {
        hb_rv_shards_check c = {.program = &p};
        ((uint32_t *)(void *)cells)[w] ^= 2;
        for (size_t i = 0; i < n.n; i++)
            assert_int_equal(hb_rv_shards_check_add(&c, &n.shards[i].shard, NULL), HB_OK);
        if (hb_rv_shards_check_end(&c, cells, n.n_cells, NULL) == HB_OK)
            fail_msg("a change of word %zu of final cell %zu is not noticed", w % 8, w / 8);
        hb_rv_shards_check_free(&c);
        ((uint32_t *)(void *)cells)[w] ^= 2;
    }
    hb_rv_run_free(run);
    free_plan(&n);
    hb_rv_program_free(&p);
}

#ifdef HB_TEST_HOOKS
/* A fault in the middle of a run: the records and rows of all shards show its consequences, consistently. */
static void faults_in_shards(void **state)
{
    (void)state;
    hb_rv_program p = random_rounds(3, 120, 4);
    hb_rv_run *whole;
    assert_int_equal(hb_rv_exec(&p, NULL, &whole, NULL), HB_OK);
    uint64_t cycles = hb_rv_run_report(whole)->cycles, size = cycles / 5;
    unsigned hits = 0, turn = 0;
    hb_rv_run_free(whole);
    for (uint64_t step = 2; step < cycles; step += cycles / 40) {
        const hb_rv_fault fault = {.kind = turn++ % 4 ? HB_FAULT_RESULT : HB_FAULT_STORED, .step = step, .value = step * 977};
        hb_rv_exec_options o = {.sharding = HB_RV_SHARDS_RECORD, .fault = &fault, .cycle_limit = 2 * cycles};
        hb_rv_shards_check c = {.program = &p};
        hb_rv_run *run;
        hb_rv_shard s;
        hb_rv_end end;
        const hb_rv_cell *cells;
        size_t n;
        assert_int_equal(hb_rv_start(&p, &o, &run, NULL), HB_OK);
        do {
            end = hb_rv_advance(run, &(hb_rv_bound){.cycles = hb_rv_run_cycles(run) + size});
            assert_int_equal(hb_rv_shard_end(run, &s, NULL), HB_OK);
            assert_int_equal(hb_rv_record_check(&p, hb_rv_run_record(run), NULL), HB_OK);
            assert_int_equal(hb_rv_shards_check_add(&c, &s, NULL), HB_OK);
        } while (end == HB_RV_END_PAUSED);
        hb_rv_finish(run, NULL);
        assert_int_equal(hb_rv_run_final_cells(run, &cells, &n, NULL), HB_OK);
        assert_int_equal(hb_rv_shards_check_end(&c, cells, n, NULL), HB_OK);
        hits += hb_rv_fault_hit(run);
        hb_rv_shards_check_free(&c);
        hb_rv_run_free(run);
    }
    assert_true(hits > 5);
    assert_int_equal(hb_rv_start(&p, &(hb_rv_exec_options){.sharding = HB_RV_SHARDS_PLAN, .fault = &(hb_rv_fault){.step = 1}}, &whole, NULL), HB_INVALID_ARGUMENT);
    hb_rv_program_free(&p);
}
#endif

/* Calls out of order are refused, and a full shard pauses. */
static void order_of_calls(void **state)
{
    (void)state;
    hb_rv_program p = with_end(emit_endless);
    hb_rv_run *run;
    hb_rv_shard s;
    hb_buf b = {0};
    hb_rv_shard_counts counts;
    const hb_rv_cell *cells;
    size_t n;
    hb_rv_exec_options o = {.sharding = HB_RV_SHARDS_PLAN};
    assert_int_equal(hb_rv_exec(&p, &o, &run, NULL), HB_INVALID_ARGUMENT);
    assert_null(run);
    assert_int_equal(hb_rv_start(&p, &o, &run, NULL), HB_OK);
    assert_int_equal(hb_rv_shard_end(run, &s, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_checkpoint_write(run, &b, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_advance(run, &(hb_rv_bound){.ts = 1000}), HB_RV_END_PAUSED);
    hb_rv_shard_counts_now(run, &counts);
    assert_true(counts.ts <= 1000 && counts.ts > 984);
    assert_int_equal(hb_rv_run_final_cells(run, &cells, &n, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_checkpoint_write(run, &b, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_advance(run, NULL), HB_RV_END_PAUSED);
    hb_rv_shard_counts_now(run, &counts);
    assert_true(counts.ts < HB_RV_RECORD_TS_END && counts.ts + 16 >= HB_RV_RECORD_TS_END);
    assert_int_equal(hb_rv_advance(run, NULL), HB_RV_END_PAUSED);
    assert_int_equal(hb_rv_shard_end(run, &s, NULL), HB_OK);
    assert_int_equal(s.counts.ts, counts.ts);
    assert_int_equal(hb_rv_shard_end(run, &s, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_checkpoint_replay(run, &s, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_advance(run, &(hb_rv_bound){.cycles = hb_rv_run_cycles(run) + 10}), HB_RV_END_PAUSED);
    hb_rv_shard_counts_now(run, &counts);
    assert_true(counts.ts == 44 && counts.cycles == 10 && counts.family[HB_FAM_JAL] == 10 && counts.cells == 1);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs), cmocka_unit_test(calls_and_blocks), cmocka_unit_test(output_elsewhere),
        cmocka_unit_test(other_ends),      cmocka_unit_test(long_gaps),        cmocka_unit_test(rows_by_hand),
#ifdef HB_TEST_HOOKS
        cmocka_unit_test(faults_in_shards),
#endif
        cmocka_unit_test(order_of_calls),  cmocka_unit_test(checkers_notice_every_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
