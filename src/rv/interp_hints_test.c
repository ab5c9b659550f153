/* Hints, arguments and standard input, and unconstrained blocks. */
#include "rv/rv_call_test_util.h"

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

static void keys_by_name(void **state)
{
    (void)state;
    static const hb_rv_named_key keys[2] = {{"helper", {1, 2, 3}}, {"help", {4, 5, 6}}};
    static const char *const names[] = {"help", "helper", "helpe", ""};
    hb_rvasm *a = new_asm();
    for (unsigned k = 0; k < 4; k++) {
        uint64_t name = hb_rvasm_bytes(a, names[k], strlen(names[k]) + 1);
        emit_write(a, 25, name, strlen(names[k]));
        hb_rvasm_call(a, 0xf0);
        hb_rvasm_op(a, HB_OP_ADDI, 20 + k, T0, 0, 0); /* length of the answer */
        read_hint(a, HB_RV_INPUT_LO + 64 * k);
    }
    hb_rvasm_halt(a, 0);
    outcome o = finish(a, &(hb_rv_exec_options){.keys = keys, .n_keys = 2});
    assert_int_equal(o.status, HB_OK);
    uint8_t b[32];
    for (unsigned k = 0; k < 4; k++)
        assert_int_equal(hb_rv_run_register(o.run, 20 + k), k < 2 ? 32 : 0);
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO, b, 32));
    assert_memory_equal(b, keys[1].key, 32);
    assert_true(hb_rv_run_memory(o.run, HB_RV_INPUT_LO + 64, b, 32));
    assert_memory_equal(b, keys[0].key, 32);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hints),               cmocka_unit_test(bad_hints),            cmocka_unit_test(hints_need_fresh_words),
        cmocka_unit_test(arguments_and_stdin), cmocka_unit_test(keys_by_name), cmocka_unit_test(unconstrained_blocks), cmocka_unit_test(bad_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
