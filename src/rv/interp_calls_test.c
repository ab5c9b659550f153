/* Calls: halting, output, public values, hints, arguments and standard input, unconstrained blocks, regions, and every way in which they trap. */
#include <stdio.h>

#include "rv/rv_test_util.h"
#include "rv/rvhooks.h"

enum { T0 = 5, A0 = 10, A1 = 11, A2 = 12 };

static void call2(hb_rvasm *a, uint64_t number, uint64_t a0, uint64_t a1)
{
    hb_rvasm_li(a, A0, a0);
    hb_rvasm_li(a, A1, a1);
    hb_rvasm_call(a, number);
}

static void emit_write(hb_rvasm *a, uint64_t fd, uint64_t address, uint64_t len)
{
    hb_rvasm_li(a, A2, len);
    call2(a, 2, fd, address);
}

static void write_text(hb_rvasm *a, uint64_t fd, const char *text)
{
    emit_write(a, fd, hb_rvasm_bytes(a, text, strlen(text)), strlen(text));
}

typedef struct outcome {
    hb_rv_program program;
    hb_rv_run *run;
    hb_status status;
    const hb_rv_report *report;
} outcome;

static outcome finish(hb_rvasm *a, const hb_rv_exec_options *options)
{
    outcome o = {.program = build_and_free(a)};
    o.status = run_both(&o.program, options, &o.run);
    o.report = hb_rv_run_report(o.run);
    return o;
}

static void end(outcome *o)
{
    hb_rv_run_free(o->run);
    hb_rv_program_free(&o->program);
}

static hb_rv_span span_of(const char *text)
{
    return (hb_rv_span){(const uint8_t *)text, strlen(text)};
}

static void assert_span(hb_rv_span s, const char *want)
{
    assert_int_equal(s.len, strlen(want));
    if (s.len)
        assert_memory_equal(s.data, want, s.len);
}

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
        {2, 24, 0x10000, HB_TRAP_WRITE_DESCRIPTOR},
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
        {0x00010109, 0, "Execution failed: call that this version cannot prove: KECCAK_PERMUTE at pc 0x78000010, call 0x10109"},
        {0x12345, 0, "Execution failed: unknown call at pc 0x78000010, call 0x12345"},
        {2, 17, "Execution failed: hook failed: hook RSA_MUL_MOD (fd 17): the request must have 768 bytes at pc 0x7800000c, call 0x2"},
        {2, 99, "Execution failed: WRITE to an unknown descriptor: fd 99 at pc 0x7800000c, call 0x2"},
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

/* HINT_LEN, then HINT_READ of what it says to `address`. */
static void read_hint(hb_rvasm *a, uint64_t address)
{
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, T0, 0, 0);
    hb_rvasm_li(a, A0, address);
    hb_rvasm_call(a, 0xf1);
}

static void hints(void **state)
{
    (void)state;
    const hb_rv_span inputs[] = {span_of("first chunk"), {NULL, 0}, span_of("12345678")};
    hb_rvasm *a = new_asm();
    read_hint(a, HB_RV_INPUT_LO);
    hb_rvasm_op(a, HB_OP_ADDI, 20, T0, 0, 0); /* t0 is unchanged by HINT_READ: 0xf1 */
    read_hint(a, HB_RV_INPUT_LO + 4096);      /* empty */
    write_text(a, 14, "pushed");
    write_text(a, 14, "pushed later, read sooner");
    read_hint(a, HB_RV_INPUT_LO + 16);
    read_hint(a, HB_RV_INPUT_LO + 4096);
    read_hint(a, HB_RV_MAP_END - 8);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, 21, T0, 0, 0); /* none left */
    hb_rvasm_li(a, 3, HB_RV_INPUT_LO);
    hb_rvasm_op(a, HB_OP_LD, 22, 3, 0, 8);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 21, 8);    /* input words are ordinary memory afterwards */
    hb_rvasm_op(a, HB_OP_LD, 23, 3, 0, 1024); /* never filled */
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, &(hb_rv_exec_options){.inputs = inputs, .n_inputs = 3});
    assert_int_equal(o.status, HB_OK);
    assert_int_equal(hb_rv_run_register(o.run, 20), 0xf1);
    assert_int_equal(hb_rv_run_register(o.run, 21), UINT64_MAX);
    assert_int_equal(hb_rv_run_register(o.run, 22), 0x6b6e75); /* "unk", zero-padded */
    assert_int_equal(hb_rv_run_register(o.run, 23), 0);
    char text[32] = {0};
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO + 16, (uint8_t *)text, 25));
    assert_string_equal(text, "pushed later, read sooner");
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO + 4096, (uint8_t *)text, 8));
    assert_memory_equal(text, "pushed\0\0", 8);
    /* cells: 2 + 4 + 1 + 1 filled words with their initial values, and the unfilled one as advice 0 */
    const hb_rv_record *r = hb_rv_run_record(o.run);
    const hb_rv_cell *c = r->cells.data;
    size_t inputs_seen = 0;
    for (size_t i = 0; i < r->cells.count; i++)
        if (c[i].type == HB_CELL_INPUT) {
            inputs_seen++;
            if (c[i].lo == (uint32_t)(HB_RV_INPUT_LO + 8) / 8 && c[i].hi == 512 + HB_RV_INPUT_LO / (UINT64_C(1) << 32)) {
                assert_int_equal(c[i].v_init, 0x6b6e75);
                assert_int_equal(c[i].v_fin, UINT64_MAX);
            }
        }
    assert_int_equal(inputs_seen, 2 + 4 + 1 + 1 + 1);
    const hb_rv_event_call *calls = r->family[HB_FAM_CALL].data;
    assert_int_equal(calls[0].t0_new, 11);
    assert_int_equal(calls[1].t0_new, 0xf1);
    end(&o);
}

static void bad_hints(void **state)
{
    (void)state;
    static const struct {
        uint64_t address, len;
        hb_rv_trap reason;
    } cases[] = {
        {HB_RV_INPUT_LO, 4096, HB_TRAP_NONE},
        {HB_RV_INPUT_LO, 4095, HB_TRAP_HINT_LENGTH},
        {HB_RV_INPUT_LO, 4097, HB_TRAP_HINT_LENGTH},
        {HB_RV_INPUT_LO, UINT64_MAX, HB_TRAP_HINT_LENGTH},
        {HB_RV_INPUT_LO + 4, 4096, HB_TRAP_HINT_POINTER},
        {HB_RV_INPUT_LO - 8, 4096, HB_TRAP_HINT_REGION},
        {HB_RVASM_DATA, 4096, HB_TRAP_HINT_REGION},
        {HB_RVASM_TEXT, 4096, HB_TRAP_HINT_REGION},
        {0x10000, 4096, HB_TRAP_HINT_REGION},
        {0, 4096, HB_TRAP_HINT_REGION},
        {HB_RV_MAP_END - 4096, 4096, HB_TRAP_NONE},
        {HB_RV_MAP_END - 4088, 4096, HB_TRAP_HINT_REGION},
        {HB_RV_MAP_END, 4096, HB_TRAP_HINT_REGION},
        {UINT64_MAX - 7, 4096, HB_TRAP_HINT_REGION},
    };
    static const uint8_t chunk[4096] = {1};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rvasm *a = new_asm();
        call2(a, 0xf1, cases[k].address, cases[k].len);
        hb_rvasm_halt(a, 0);
        outcome o = finish(a, &(hb_rv_exec_options){.inputs = &(hb_rv_span){chunk, sizeof chunk}, .n_inputs = 1});
        if (o.report->trap.reason != cases[k].reason)
            fail_msg("case %zu: %s", k, hb_rv_trap_text(o.report->trap.reason));
        end(&o);
    }
}

/* A word that was filled, read or written before is not fresh; its neighbours are. With and without recording alike (run_both). */
static void hints_need_fresh_words(void **state)
{
    (void)state;
    static const uint8_t bytes[4096] = {7};
    for (int k = 0; k < 7; k++) {
        const hb_rv_span inputs[] = {{bytes, 4096}, {bytes, 24}};
        hb_rvasm *a = new_asm();
        hb_rvasm_li(a, 3, HB_RV_INPUT_LO + 8192);
        hb_rv_trap want = HB_TRAP_HINT_NOT_FRESH;
        if (k == 0)
            read_hint(a, HB_RV_INPUT_LO + 8192 + 4096 - 4096); /* fills a whole page, then its last word again */
        else if (k == 1)
            hb_rvasm_op(a, HB_OP_LBU, 4, 3, 0, 23);
        else if (k == 2)
            hb_rvasm_op(a, HB_OP_SB, 0, 3, 4, 0);
        else if (k == 3)
            hb_rvasm_op(a, HB_OP_LD, 4, 3, 0, -4); /* crosses into the word from the page before */
        else if (k == 4)
            hb_rvasm_op(a, HB_OP_LW, 0, 3, 0, 22);
        else {
            hb_rvasm_op(a, HB_OP_LD, 4, 3, 0, -8);
            hb_rvasm_op(a, HB_OP_SD, 0, 3, 4, 24);
            if (k == 6)
                emit_write(a, 1, HB_RV_INPUT_LO + 8192, 24); /* looking at memory with WRITE is no access */
            want = HB_TRAP_NONE;
        }
        call2(a, 0xf1, k == 0 ? HB_RV_INPUT_LO + 8192 + 4072 : HB_RV_INPUT_LO + 8192, 24);
        hb_rvasm_halt(a, 0);
        const hb_rv_exec_options o2 = {.inputs = k == 0 ? inputs : inputs + 1, .n_inputs = k == 0 ? 2 : 1};
        outcome o = finish(a, &o2);
        if (o.report->trap.reason != want)
            fail_msg("case %d: %s", k, hb_rv_trap_text(o.report->trap.reason));
        end(&o);
    }
}

static void arguments_and_stdin(void **state)
{
    (void)state;
    const char *const args[] = {"prog", "", "x y"};
    hb_rvasm *a = new_asm();
    emit_write(a, 22, 0, 0);
    read_hint(a, HB_RV_INPUT_LO);
    uint64_t five = hb_rvasm_bytes(a, "\5\0\0\0\0\0\0\0", 8), all = hb_rvasm_bytes(a, "\377\377\377\377\377\377\377\377", 8);
    emit_write(a, 23, five, 8);
    read_hint(a, HB_RV_INPUT_LO + 64);
    emit_write(a, 23, all, 8);
    read_hint(a, HB_RV_INPUT_LO + 128);
    emit_write(a, 23, all, 8);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, 20, T0, 0, 0);
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, &(hb_rv_exec_options){.args = args, .n_args = 3, .stdin_bytes = span_of("hello, stdin")});
    assert_int_equal(o.status, HB_OK);
    assert_int_equal(hb_rv_run_register(o.run, 20), 0); /* end of input: an empty chunk */
    uint8_t b[16];
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO, b, 16));
    assert_memory_equal(b, "prog\0\0x y\0\0\0\0\0\0\0", 16);
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO + 64, b, 8));
    assert_memory_equal(b, "hello\0\0\0", 8);
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO + 128, b, 8));
    assert_memory_equal(b, ", stdin\0", 8);
    end(&o);
}

/* Everything a block does but output and hints is undone, and neither recorded nor counted. */
static void unconstrained_blocks(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t outside = hb_rvasm_label(a), after = hb_rvasm_label(a), again = hb_rvasm_label(a);
    hb_rvasm_bytes(a, "in the block", 12);
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    hb_rvasm_li(a, 4, 0x70000000);
    hb_rvasm_li(a, 8, 2); /* two rounds */
    hb_rvasm_li(a, 9, 11);
    hb_rvasm_op(a, HB_OP_SD, 0, 4, 9, 0);
    hb_rvasm_place(a, again);
    hb_rvasm_call(a, 3);
    hb_rvasm_branch(a, HB_OP_BEQ, T0, 0, outside);
    hb_rvasm_li(a, 20, 5);                         /* a register */
    hb_rvasm_op(a, HB_OP_SD, 0, 4, 20, 0);         /* an old page */
    hb_rvasm_op(a, HB_OP_SD, 0, 4, 20, 2047);      /* misaligned */
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 20, 0);         /* an image page that was not touched yet */
    hb_rvasm_op(a, HB_OP_LD, 21, 3, 0, 0);
    hb_rvasm_li(a, 22, HB_RV_INPUT_LO);
    hb_rvasm_op(a, HB_OP_SD, 0, 22, 20, 0);        /* a word of the input region stays fresh */
    hb_rvasm_op(a, HB_OP_LD, 23, 22, 0, 8);
    emit_write(a, 1, HB_RVASM_DATA, 12);           /* sees the store */
    emit_write(a, 14, HB_RVASM_DATA + 7, 5);       /* the reason why blocks exist: hints */
    hb_rvasm_call(a, 4);
    hb_rvasm_place(a, outside);
    hb_rvasm_op(a, HB_OP_LD, 24, 4, 0, 0);
    hb_rvasm_op(a, HB_OP_LD, 25, 3, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 8, 8, 0, -1);
    hb_rvasm_branch(a, HB_OP_BEQ, 8, 0, after);
    hb_rvasm_jal(a, 0, again);
    hb_rvasm_place(a, after);
    read_hint(a, HB_RV_INPUT_LO);
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, NULL);
    assert_int_equal(o.status, HB_OK);
    assert_int_equal(hb_rv_run_register(o.run, 20), 0);
    assert_int_equal(hb_rv_run_register(o.run, 24), 11);
    assert_int_equal(hb_rv_run_register(o.run, 25), UINT64_C(0x6220656874206e69)); /* "in the b" */
    assert_int_equal(o.report->stdout_bytes.len, 24);
    assert_memory_equal(o.report->stdout_bytes.data, "\5\0\0\0\0\0\0\0lock", 12);
    assert_int_equal(o.report->misaligned, 0);
    assert_true(o.report->host_cycles > 30);
    assert_int_equal(o.report->op_counts[HB_OP_SD], 1);
    assert_int_equal(o.report->call_counts[HB_CALL_ENTER_UNCONSTRAINED], 2);
    assert_int_equal(o.report->call_counts[HB_CALL_WRITE], 0);
    assert_int_equal(word_at(o.run, HB_RV_INPUT_LO), UINT64_C(0x0000006b636f6c00)); /* "\\0lock" */
    const hb_rv_record *r = hb_rv_run_record(o.run);
    const hb_rv_event_call *c = r->family[HB_FAM_CALL].data;
    assert_int_equal(c[0].t0, 3);
    assert_int_equal(c[0].t0_new, 0);
    assert_int_equal(c[0].next_pc, o.program.insns[c[0].insn].pc + 1);
    end(&o);
}

static void bad_blocks(void **state)
{
    (void)state;
    static const struct {
        uint64_t first, second;
        hb_rv_trap reason;
    } cases[] = {
        {3, 3, HB_TRAP_CALL_UNCONSTRAINED},  {3, 0, HB_TRAP_CALL_UNCONSTRAINED},    {3, 0x10, HB_TRAP_CALL_UNCONSTRAINED}, {3, 0xf0, HB_TRAP_CALL_UNCONSTRAINED},
        {3, 0xf1, HB_TRAP_CALL_UNCONSTRAINED}, {3, 0x10109, HB_TRAP_CALL_UNCONSTRAINED}, {3, 0x77, HB_TRAP_CALL_UNKNOWN},    {4, 0, HB_TRAP_EXIT_UNCONSTRAINED},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rvasm *a = new_asm();
        hb_rvasm_call(a, cases[k].first);
        hb_rvasm_call(a, cases[k].second);
        hb_rvasm_halt(a, 0);
        outcome o = finish(a, NULL);
        if (o.report->trap.reason != cases[k].reason)
            fail_msg("case %zu: %s", k, hb_rv_trap_text(o.report->trap.reason));
        end(&o);
    }
    /* an endless block meets the cycle limit */
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_call(a, 3);
    hb_rvasm_place(a, loop);
    hb_rvasm_jal(a, 0, loop);
    outcome o = finish(a, &(hb_rv_exec_options){.cycle_limit = 1000});
    assert_int_equal(o.status, HB_LIMIT);
    assert_int_equal(o.report->end, HB_RV_END_CYCLE_LIMIT);
    assert_int_equal(o.report->cycles, 2);
    assert_int_equal(o.report->host_cycles, 1000);
    end(&o);
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
        cmocka_unit_test(hints),
        cmocka_unit_test(bad_hints),
        cmocka_unit_test(hints_need_fresh_words),
        cmocka_unit_test(arguments_and_stdin),
        cmocka_unit_test(unconstrained_blocks),
        cmocka_unit_test(bad_blocks),
        cmocka_unit_test(regions),
        cmocka_unit_test(stderr_tail_starts_with_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
