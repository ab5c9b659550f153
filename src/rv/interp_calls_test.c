/* Calls: halting, output, public values, regions, and the ways in which calls trap. */
#include <stdio.h>

#include "rv/rv_call_test_util.h"

static void exit_codes(void **state)
{
    (void)state;
    static const uint64_t codes[] = {0, 1, 42, 101, 255, 256, UINT64_MAX, UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1};
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
        hb_rvasm *a = new_asm();
        call2(a, 0, codes[k], 7);
        outcome o = finish(a, NULL);
        if (codes[k] < 256) {
            assert_int_equal(o.status, HB_OK);
            assert_int_equal(o.report->exit_code, codes[k]);
            const hb_rv_record *r = hb_rv_run_record(o.run);
            const hb_rv_cell *cells = r->cells.data;
            assert_int_equal(r->pc_out, HB_PC_HALT);
            assert_int_equal(cells[16].v_fin, codes[k]);
            assert_true(cells[16].ts_last > 0);
            const hb_rv_event_call *c = r->family[HB_FAM_CALL].data;
            assert_int_equal(c->pv_index, 16);
            assert_int_equal(c->next_pc, HB_PC_HALT);
            assert_int_equal(c->pv_new, codes[k]);
            assert_int_equal(c->a1, 7);
            assert_int_equal(r->ts_end, 4 + 4 * (r->cycles - 1) + 16);
        } else {
            assert_int_equal(o.status, HB_EXECUTION_FAILED);
            assert_int_equal(o.report->trap.reason, HB_TRAP_EXIT_CODE);
            assert_int_equal(hb_rv_run_record(o.run)->family[HB_FAM_CALL].count, 0);
        }
        end(&o);
    }
}

static void output_is_captured(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    write_text(a, 1, "hello ");
    write_text(a, 2, "oops\n");
    write_text(a, 1, "world\n");
    write_text(a, 13, "pub");
    write_text(a, 13, "lic");
    emit_write(a, 1, 1, 0);      /* nothing, from a dangling pointer */
    emit_write(a, 13, 0, 0);
    emit_write(a, 1, HB_RVASM_DATA + 3, 4); /* unaligned: "lo o" */
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, NULL);
    assert_int_equal(o.status, HB_OK);
    assert_span(o.report->stdout_bytes, "hello world\nlo o");
    assert_span(o.report->stderr_bytes, "oops\n");
    assert_span(o.report->public_values, "public");
    assert_string_equal(o.report->stderr_tail, "oops\n");
    assert_int_equal(o.report->call_counts[HB_CALL_WRITE], 8);
    assert_int_equal(o.report->gas, o.report->cycles + 9 * 3);
    end(&o);
}

typedef struct heard {
    char text[64];
    size_t len;
} heard;

static void listen(void *ctx, int fd, const uint8_t *data, size_t len)
{
    heard *h = ctx;
    h->len += (size_t)snprintf(h->text + h->len, sizeof h->text - h->len, "%d:%.*s|", fd, (int)len, (const char *)data);
}

static void output_goes_to_a_callback(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    write_text(a, 1, "one");
    write_text(a, 2, "two");
    hb_rvasm_halt(a, 0);
    heard h = {.len = 0};
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.output = listen, .output_ctx = &h}, &run, NULL), HB_OK);
    assert_string_equal(h.text, "1:one|2:two|");
    assert_int_equal(hb_rv_run_report(run)->stdout_bytes.len, 0);
    assert_string_equal(hb_rv_run_report(run)->stderr_tail, "two");
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

static void long_output_and_limit(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    emit_write(a, 1, 0x10000, 10000); /* untouched memory: zeros, and it stays untouched */
    emit_write(a, 13, HB_RVASM_TEXT, 8192);
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, &(hb_rv_exec_options){.output_limit = 18192});
    assert_int_equal(o.status, HB_OK);
    assert_int_equal(o.report->stdout_bytes.len, 10000);
    assert_int_equal(o.report->touched_pages, 0);
    assert_int_equal(hb_load_le32(o.report->public_values.data), hb_rv_program_word(&o.program, HB_RVASM_TEXT));
    hb_rv_run *run;
    assert_int_equal(run_both(&o.program, &(hb_rv_exec_options){.output_limit = 18191}, &run), HB_EXECUTION_FAILED);
    assert_int_equal(hb_rv_run_report(run)->trap.reason, HB_TRAP_OUTPUT_LIMIT);
    hb_rv_run_free(run);
    end(&o);
    /* lengths that would need the whole host */
    static const uint64_t fds[] = {1, 13, 14, 21};
    for (int k = 0; k < 4; k++) {
        a = new_asm();
        emit_write(a, fds[k], 0x10000, HB_RV_MAP_END - 0x10000);
        hb_rvasm_halt(a, 0);
        o = finish(a, &(hb_rv_exec_options){.output_limit = 1 << 20});
        assert_int_equal(o.report->trap.reason, HB_TRAP_OUTPUT_LIMIT);
        end(&o);
    }
}

static void commits(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    for (uint64_t k = 0; k < 8; k++)
        call2(a, 0x10, k, 0xfffffff0 + k);
    call2(a, 0x1a, 3, 77);
    call2(a, 0x10, 2, 5); /* the last write counts */
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, NULL);
    assert_int_equal(o.status, HB_OK);
    for (uint32_t k = 0; k < 8; k++)
        assert_int_equal(o.report->pv_words[k], k == 2 ? 5 : 0xfffffff0 + k);
    assert_int_equal(o.report->pv_words[11], 77);
    const hb_rv_event_call *c = hb_rv_run_record(o.run)->family[HB_FAM_CALL].data;
    assert_int_equal(c[8].pv_index, 11);
    assert_int_equal(c[9].pv_prev, 0xfffffff2);
    assert_int_equal(c[9].pv_ts, c[2].ts + 8);
    assert_int_equal(c[9].t0_ts + 2, c[9].ts); /* li t0 was the instruction before, its rd slot is ts + 2 */
    end(&o);
    static const struct {
        uint64_t number, a0, a1;
        hb_rv_trap reason;
    } bad[] = {
        {0x10, 8, 0, HB_TRAP_COMMIT_INDEX},
        {0x10, UINT64_MAX, 0, HB_TRAP_COMMIT_INDEX},
        {0x10, UINT64_C(1) << 32, 0, HB_TRAP_COMMIT_INDEX},
        {0x10, 0, UINT64_C(1) << 32, HB_TRAP_COMMIT_WORD},
        {0x10, 0, UINT64_MAX, HB_TRAP_COMMIT_WORD},
        {0x1a, 8, 0, HB_TRAP_COMMIT_INDEX},
        {0x1a, 7, UINT64_C(1) << 32, HB_TRAP_COMMIT_WORD},
        {0x1b, 0, 0, HB_TRAP_CALL_UNPROVABLE},
        {0x00300105, 0, 0, HB_TRAP_CALL_UNPROVABLE},
        {0x00010180, 0, 0, HB_TRAP_CALL_UNPROVABLE},
        {0x99, 0, 0, HB_TRAP_CALL_UNKNOWN},
        {UINT64_C(1) << 32, 0, 0, HB_TRAP_CALL_UNKNOWN}, /* HALT only in the low half */
        {UINT64_C(1) << 32 | 0x10, 0, 0, HB_TRAP_CALL_UNKNOWN},
        {4, 0, 0, HB_TRAP_EXIT_UNCONSTRAINED},
        {2, 3, 0x10000, HB_TRAP_WRITE_DESCRIPTOR},
        {2, 0, 0x10000, HB_TRAP_WRITE_DESCRIPTOR},
        {2, 26, 0x10000, HB_TRAP_WRITE_DESCRIPTOR},
        {2, (UINT64_C(1) << 32) + 1, 0x10000, HB_TRAP_WRITE_DESCRIPTOR},
        {2, 1, 0xfff8, HB_TRAP_WRITE_RANGE},
        {2, 1, HB_RV_MAP_END - 8, HB_TRAP_WRITE_RANGE},
        {2, 13, UINT64_MAX - 8, HB_TRAP_WRITE_RANGE},
        {2, 23, 0x10000, HB_TRAP_STDIN_REQUEST},
        {2, 15, 0x10000, HB_TRAP_HOOK},
        {0xf1, HB_RV_INPUT_LO, 0, HB_TRAP_HINT_EMPTY},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        a = new_asm();
        hb_rvasm_li(a, A2, 9);
        call2(a, bad[k].number, bad[k].a0, bad[k].a1);
        hb_rvasm_halt(a, 0);
        o = finish(a, NULL);
        if (o.report->trap.reason != bad[k].reason)
            fail_msg("case %zu: %s", k, hb_rv_trap_text(o.report->trap.reason));
        assert_int_equal(o.report->trap.call, bad[k].number);
        assert_int_equal(hb_rv_run_record(o.run)->family[HB_FAM_CALL].count, 0);
        end(&o);
    }
}

static void errors_name_number_and_pc(void **state)
{
    (void)state;
    static const struct {
        uint64_t number, a0;
        const char *message;
    } cases[] = {
        {0x00010109, 0, "call that this version cannot prove: KECCAK_PERMUTE at pc 0x78000010, call 0x10109"},
        {0x12345, 0, "unknown call at pc 0x78000010, call 0x12345"},
        {2, 17, "hook failed: hook RSA_MUL_MOD (fd 17): the request must have 768 bytes at pc 0x7800000c, call 0x2"},
        {2, 99, "WRITE to an unknown descriptor: fd 99 at pc 0x7800000c, call 0x2"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rvasm *a = new_asm();
        call2(a, cases[k].number, cases[k].a0, 0);
        hb_rv_program p = build_and_free(a);
        hb_rv_run *run;
        hb_error err;
        assert_int_equal(hb_rv_exec(&p, NULL, &run, &err), HB_EXECUTION_FAILED);
        assert_string_equal(err.message, cases[k].message);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
}

static void regions(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    write_text(a, 1, "cycle-tracker-start: outer\n");
    write_text(a, 1, "cycle-tracker-rep");
    write_text(a, 1, "ort-start: inner \nnot a region\n");
    for (int k = 0; k < 10; k++)
        hb_rvasm_op(a, HB_OP_ADDI, 1, 1, 0, 1);
    write_text(a, 1, "cycle-tracker-report-end: inner\n");
    write_text(a, 2, "cycle-tracker-end: outer\n"); /* not on stderr */
    write_text(a, 1, "cycle-tracker-end: outer\ncycle-tracker-end: outer\ncycle-tracker-end: unknown\n");
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, NULL);
    assert_int_equal(o.status, HB_OK);
    assert_int_equal(o.report->n_regions, 3);
    assert_string_equal(o.report->regions[0].name, "outer");
    assert_int_equal(o.report->regions[0].entered, 1);
    assert_string_equal(o.report->regions[1].name, "inner");
    assert_int_equal(o.report->regions[1].entered, 1);
    assert_true(o.report->regions[1].cycles >= 10 && o.report->regions[1].cycles < o.report->regions[0].cycles);
    assert_int_equal(o.report->regions[2].entered, 0);
    end(&o);
}

static void stderr_tail_starts_with_a_line(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    char line[101];
    memset(line, 'x', 99);
    line[99] = '\n';
    line[100] = 0;
    for (int k = 0; k < 30; k++)
        write_text(a, 2, line);
    write_text(a, 2, "panicked at the end\n");
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    outcome o = finish(a, NULL);
    const char *tail = o.report->stderr_tail;
    assert_int_equal(strlen(tail), 1000 + 20);
    assert_memory_equal(tail, line, 100);
    assert_string_equal(tail + 1000, "panicked at the end\n");
    end(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes),
        cmocka_unit_test(output_is_captured),
        cmocka_unit_test(output_goes_to_a_callback),
        cmocka_unit_test(long_output_and_limit),
        cmocka_unit_test(commits),
        cmocka_unit_test(errors_name_number_and_pc),
        cmocka_unit_test(regions),
        cmocka_unit_test(stderr_tail_starts_with_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
