/* Limits to the unit, the order of checks, the gas table, flags, and what the trace says. Only
 * for tests: those of bcode_order_test.c and bcode_images_full_test.c. */
#pragma once
#include "bytecode/bcode_check.h"

static hb_bytecode_end run_end(const bck *c)
{
    return bck_run(c, true);
}

/* As many words as instruction `op` needs (operands that do not trap), after which it is the next. */
static void prepare(bck *c, uint8_t op)
{
    hb_bytecode_insn i = {.op = op, .imm = 2};
    for (uint32_t k = hb_bytecode_need(&i); k--;)
        bck_push(c, k == 0 && (op == HB_BC_JUMP || op == HB_BC_JUMPI || op == HB_BC_CALL) ? 0 : 3);
}

static void one(bck *c, uint8_t op)
{
    bck_op(c, op);
    for (unsigned k = hb_bytecode_rows[op].imm_bytes; k--;)
        bck_op(c, 2);
}

static uint64_t gas_so_far(const bck *c)
{
    uint64_t gas = 0;
    for (size_t at = 0; at < c->len; at += 1u + hb_bytecode_rows[c->code[at]].imm_bytes)
        gas += hb_bytecode_rows[c->code[at]].gas;
    return gas;
}

/* The gas of each instruction, from the definition. */
static void gas_table(void **state)
{
    (void)state;
    static const uint8_t gas[256] = {
        [0x01] = 1, [0x02] = 1, [0x03] = 2, [0x04] = 3, [0x05] = 3, [0x06] = 10, [0x07] = 1, [0x08] = 1, [0x09] = 2, [0x10] = 3, [0x11] = 3,
        [0x12] = 3, [0x13] = 3, [0x14] = 3, [0x15] = 3, [0x16] = 3, [0x17] = 3, [0x18] = 3, [0x19] = 3, [0x20] = 8, [0x21] = 10, [0x22] = 10,
        [0x23] = 5, [0x24] = 0, [0x25] = 0, [0x30] = 1, [0x31] = 1, [0x32] = 1, [0x33] = 1, [0x34] = 1, [0x35] = 1, [0x36] = 1, [0x40] = 1,
        [0x41] = 1, [0x50] = 1, [0x51] = 1, [0x52] = 1, [0x53] = 1, [0x54] = 1, [0x55] = 1, [0x56] = 1, [0x57] = 1, [0x58] = 1, [0x59] = 1,
        [0x60] = 2, [0x61] = 1, [0x62] = 2, [0x63] = 3, [0x64] = 3, [0x70] = 20, [0x71] = 50,
    };
    static const uint8_t stack_ops[256] = {
        [0x01] = 3, [0x02] = 3, [0x03] = 3, [0x04] = 3, [0x05] = 3, [0x06] = 3, [0x07] = 3, [0x08] = 3, [0x09] = 3, [0x10] = 2, [0x11] = 2,
        [0x12] = 2, [0x13] = 2, [0x14] = 2, [0x15] = 2, [0x16] = 2, [0x17] = 2, [0x18] = 2, [0x19] = 2, [0x20] = 1, [0x21] = 2, [0x22] = 1,
        [0x23] = 0, [0x24] = 0, [0x25] = 0, [0x30] = 1, [0x31] = 1, [0x32] = 1, [0x33] = 1, [0x34] = 1, [0x35] = 1, [0x36] = 2, [0x40] = 1,
        [0x41] = 1, [0x50] = 3, [0x51] = 3, [0x52] = 3, [0x53] = 2, [0x54] = 3, [0x55] = 3, [0x56] = 3, [0x57] = 2, [0x58] = 3, [0x59] = 3,
        [0x60] = 1, [0x61] = 1, [0x62] = 1, [0x63] = 2, [0x64] = 2, [0x70] = 2, [0x71] = 2,
    };
    for (unsigned op = 0; op < 256; op++) {
        const hb_bytecode_row *r = &hb_bytecode_rows[op];
        bool exists = gas[op] || stack_ops[op] || op == 0x24 || op == 0x25;
        assert_int_equal(r->name != NULL, exists);
        assert_int_equal(r->gas, gas[op]);
        assert_int_equal(r->stack_ops, stack_ops[op]);
    }
}

/* Gas limits around what each instruction needs. */
static void gas_to_the_unit(void **state)
{
    (void)state;
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        if (!hb_bytecode_rows[op].name)
            continue;
        bck c = bck_new();
        memset(c.input, 7, sizeof c.input);
        c.input_len = 40;
        prepare(&c, (uint8_t)op);
        if (hb_bytecode_takes_target((uint8_t)op)) {
            c.code[c.len - 8] = (uint8_t)(c.len + 1); /* to the instruction behind */
        }
        one(&c, (uint8_t)op);
        uint64_t gas = gas_so_far(&c);
        if (op == HB_BC_READ || op == HB_BC_WRITE)
            gas++;
        bck_op(&c, HB_BC_STOP);
        for (uint64_t limit = 0; limit <= gas + 1; limit++) {
            c.limits.gas = limit;
            hb_bytecode_end end = run_end(&c);
            assert_int_equal(end == HB_BC_END_GAS, limit < gas);
        }
    }
}

/* Stack limits around what each instruction needs, and too few words. */
static void stack_to_the_word(void **state)
{
    (void)state;
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        if (!hb_bytecode_rows[op].name)
            continue;
        hb_bytecode_insn i = {.op = (uint8_t)op, .imm = 2};
        for (uint32_t have = 0; have <= hb_bytecode_need(&i); have++)
            for (uint64_t limit = 0; limit <= 40; limit++) {
                bck c = bck_new();
                memset(c.input, 7, sizeof c.input);
                c.input_len = 40;
                c.limits.stack = limit;
                for (uint32_t k = have; k--;)
                    bck_push(&c, 3);
                if (have && hb_bytecode_takes_target((uint8_t)op))
                    c.code[c.len - 8] = (uint8_t)(c.len + 1);
                one(&c, (uint8_t)op);
                bck_op(&c, HB_BC_STOP);
                bool fits = limit / 8 >= have && (hb_bytecode_net(&i) <= 0 || limit / 8 >= have + 1u);
                hb_bytecode_end end = run_end(&c);
                assert_int_equal(end == HB_BC_END_STACK, have < hb_bytecode_need(&i) || !fits);
            }
    }
}

/* Of several faults of one instruction, the first in the order of the definition is the end. */
static void order_of_checks(void **state)
{
    (void)state;
    bck c;
    /* READ: gas of its length before input before memory; input empty, address outside. */
    c = bck_new();
    bck_push(&c, 80), bck_push(&c, UINT64_MAX), bck_op(&c, HB_BC_READ);
    assert_int_equal(run_end(&c), HB_BC_END_INPUT);
    c.limits.gas = 2 + 3 + 10;
    assert_int_equal(run_end(&c), HB_BC_END_INPUT);
    c.limits.gas--;
    assert_int_equal(run_end(&c), HB_BC_END_GAS);
    c.limits.gas = UINT64_MAX;
    c.input_len = 64;
    c.code[1] = 64;
    assert_int_equal(run_end(&c), HB_BC_END_MEMORY);
    /* With one word on the stack the length does not exist: underflow, unless even the fixed part is too much. */
    for (unsigned op = HB_BC_READ; op <= HB_BC_WRITE; op++) {
        c = bck_new();
        bck_push(&c, UINT64_MAX), bck_op(&c, (uint8_t)op);
        c.limits.gas = 4;
        assert_int_equal(run_end(&c), HB_BC_END_STACK);
        c.limits.gas = 3;
        assert_int_equal(run_end(&c), HB_BC_END_GAS);
    }
    /* The largest price does not wrap. */
    for (unsigned op = HB_BC_READ; op <= HB_BC_WRITE; op++) {
        c = bck_new();
        bck_push(&c, UINT64_MAX), bck_push(&c, 0), bck_op(&c, (uint8_t)op);
        const uint64_t price = 3 + (UINT64_C(1) << 61);
        c.limits.gas = price + 1;
        assert_int_equal(run_end(&c), HB_BC_END_GAS);
        c.limits.gas = price + 2;
        assert_int_equal(run_end(&c), op == HB_BC_READ ? HB_BC_END_INPUT : HB_BC_END_MEMORY);
        c.limits.gas = UINT64_MAX;
        assert_int_equal(run_end(&c), op == HB_BC_READ ? HB_BC_END_INPUT : HB_BC_END_MEMORY);
    }
    /* Gas before underflow; underflow before everything else. */
    c = bck_new();
    bck_op(&c, HB_BC_DIV);
    assert_int_equal(run_end(&c), HB_BC_END_STACK);
    c.limits.gas = 2;
    assert_int_equal(run_end(&c), HB_BC_END_GAS);
    /* Stack limit before input. */
    c = bck_new();
    c.limits.stack = 0;
    bck_op(&c, HB_BC_INPUT);
    assert_int_equal(run_end(&c), HB_BC_END_STACK);
    c.limits.stack = 8;
    assert_int_equal(run_end(&c), HB_BC_END_INPUT);
}

/* CALL at full depth with a bad target: the depth is looked at first. */
static void depth_before_jump(void **state)
{
    (void)state;
    for (unsigned bad = 0; bad < 2; bad++)
        for (uint64_t rounds = 1023; rounds <= 1024; rounds++) {
            /* r0 counts; calls offset 18 (with a computed target), the last time offset 18 or 19. */
            bck c = bck_new();
            bck_push(&c, rounds + 1), bck_imm(&c, HB_BC_SET, 0);
            bck_imm(&c, HB_BC_SET, 31 - 31), c.len -= 2;
            size_t loop = c.len;
            bck_imm(&c, HB_BC_PUSH1, 1), bck_imm(&c, HB_BC_GET, 0), bck_op(&c, HB_BC_SUB), bck_imm(&c, HB_BC_SET, 0);
            bck_imm(&c, HB_BC_GET, 0), bck_op(&c, HB_BC_ISZERO);
            bck_push(&c, bad), bck_op(&c, HB_BC_AND);
            bck_push(&c, loop), bck_op(&c, HB_BC_WADD), bck_op(&c, HB_BC_CALL);
            hb_bytecode_end end = run_end(&c);
            /* rounds + 1 calls are made, the last one may be to a bad place; then calls go on until the depth is reached. */
            hb_bytecode_end expected = bad && rounds + 1 <= HB_BYTECODE_MAX_CALLS ? HB_BC_END_JUMP : bad ? HB_BC_END_STACK : HB_BC_END_ARITHMETIC;
            if (!bad && rounds + 1 > HB_BYTECODE_MAX_CALLS)
                expected = HB_BC_END_STACK;
            assert_int_equal(end, expected);
        }
}

static void ends(void **state)
{
    (void)state;
    static const struct {
        hb_bytecode_end end;
        uint32_t code;
        const char *text;
    } all[] = {{HB_BC_END_SUCCESS, 0, "success"}, {HB_BC_END_REVERTED, 16, "reverted"}, {HB_BC_END_ARITHMETIC, 17, "arithmetic"}, {HB_BC_END_STACK, 18, "stack"},
               {HB_BC_END_MEMORY, 19, "memory"},  {HB_BC_END_JUMP, 20, "jump"},         {HB_BC_END_GAS, 21, "gas"},               {HB_BC_END_INPUT, 22, "input"}};
    for (unsigned k = 0; k < sizeof all / sizeof *all; k++) {
        assert_int_equal(hb_bytecode_end_code(all[k].end), all[k].code);
        assert_string_equal(hb_bytecode_end_text(all[k].end), all[k].text);
        assert_int_equal(hb_bytecode_end_of_code(all[k].code), all[k].end);
    }
    assert_int_equal(hb_bytecode_end_of_code(1), HB_BC_RUNNING);
    assert_int_equal(hb_bytecode_end_code(HB_BC_RUNNING), 255);
    assert_string_equal(hb_bytecode_end_text((hb_bytecode_end)99), "unknown");
}

typedef struct seen {
    uint64_t n, gas, stack_ops;
    hb_bytecode_step last;
    bool zero[16], negative[16];
} seen;

static void watch(void *ctx, const hb_bytecode_step *step)
{
    seen *s = ctx;
    if (s->n < 16) {
        s->zero[s->n] = step->after.zero;
        s->negative[s->n] = step->after.negative;
    }
    s->n++;
    s->gas += step->gas;
    s->stack_ops += step->stack_ops;
    s->last = *step;
}

static void trace_with(const bck *c, seen *s)
{
    hb_bytecode_program p;
    hb_bytecode_machine *m;
    *s = (seen){.n = 0};
    assert_int_equal(hb_bytecode_program_make(&p, c->code, c->len, &c->limits, NULL), HB_OK);
    assert_int_equal(hb_bytecode_machine_create(&m, &p, c->input, c->input_len, 0, NULL), HB_OK);
    assert_int_equal(hb_bytecode_machine_trace(m, UINT64_MAX, watch, s, NULL), HB_OK);
    hb_bytecode_machine_free(m);
    hb_bytecode_program_free(&p);
}

static void trace_and_flags(void **state)
{
    (void)state;
    seen s;
    bck c = bck_new();
    bck_push(&c, 5), bck_push(&c, 5);
    bck_op(&c, HB_BC_WSUB);                       /* 0: zero */
    bck_op(&c, HB_BC_NOT);                        /* all ones: negative */
    bck_imm(&c, HB_BC_DUP, 0);                    /* no flags: stay */
    bck_imm(&c, HB_BC_PUSH1, 63), bck_imm(&c, HB_BC_SWAP, 1), bck_op(&c, HB_BC_SHR); /* 1 */
    bck_op(&c, HB_BC_ADD);                        /* traps: flags stay */
    trace_with(&c, &s);
    assert_int_equal(s.n, 9);
    static const bool zero[9] = {0, 0, 1, 0, 0, 0, 0, 0, 0}, negative[9] = {0, 0, 0, 1, 1, 1, 1, 0, 0};
    assert_memory_equal(s.zero, zero, sizeof zero);
    assert_memory_equal(s.negative, negative, sizeof negative);
    assert_int_equal(s.gas, 8);
    assert_int_equal(s.stack_ops, 1 + 1 + 3 + 2 + 1 + 1 + 2 + 3);
    assert_int_equal(s.last.op, HB_BC_ADD);
    assert_int_equal(s.last.gas, 0);
    assert_int_equal(s.last.stack_ops, 0);
    assert_int_equal(s.last.after.end, HB_BC_END_ARITHMETIC);
    assert_int_equal(s.last.after.depth, 2);
    assert_int_equal(s.last.pc, c.len - 1);
    assert_int_equal(s.last.after.pc, c.len - 1);
    /* Running off the end is no step; STOP is one. */
    c = bck_new();
    bck_imm(&c, HB_BC_PUSH1, 1);
    trace_with(&c, &s);
    assert_int_equal(s.n, 1);
    bck_op(&c, HB_BC_STOP);
    trace_with(&c, &s);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.last.after.steps, 2);
    assert_true(s.last.after.halted && !s.last.after.reverted);
}

/* max_steps is exact, and a run in pieces is the same run. */
static void pieces(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 60; seed++) {
        hb_test_rng rng = {seed};
        hb_bytecode_program p;
        hb_bytecode_machine *whole, *parts;
        hb_bytecode_view v, w;
        bcr_program(&rng, &p);
        assert_int_equal(hb_bytecode_machine_create(&whole, &p, NULL, 0, 0, NULL), HB_OK);
        assert_int_equal(hb_bytecode_machine_create(&parts, &p, NULL, 0, 0, NULL), HB_OK);
        assert_int_equal(hb_bytecode_machine_run(whole, UINT64_MAX, NULL), HB_OK);
        hb_bytecode_machine_view(whole, &v);
        for (w.end = HB_BC_RUNNING; w.end == HB_BC_RUNNING;) {
            uint64_t n = hb_test_below(&rng, 9);
            hb_bytecode_machine_view(parts, &w);
            uint64_t before = w.steps;
            assert_int_equal(hb_bytecode_machine_run(parts, n, NULL), HB_OK);
            hb_bytecode_machine_view(parts, &w);
            assert_true(w.end != HB_BC_RUNNING || w.steps == before + n);
        }
        assert_int_equal(v.end, w.end);
        assert_int_equal(v.gas, w.gas);
        assert_int_equal(v.steps, w.steps);
        assert_int_equal(v.pc, w.pc);
        /* And after the end nothing happens any more. */
        assert_int_equal(hb_bytecode_machine_run(parts, 5, NULL), HB_OK);
        hb_bytecode_machine_view(parts, &w);
        assert_int_equal(v.steps, w.steps);
        hb_bytecode_machine_free(whole);
        hb_bytecode_machine_free(parts);
        hb_bytecode_program_free(&p);
    }
}

static void output_limit(void **state)
{
    (void)state;
    bck c = bck_new();
    hb_bytecode_program p;
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_error err;
    bck_imm(&c, HB_BC_PUSH1, 1), bck_op(&c, HB_BC_OUTPUT), bck_imm(&c, HB_BC_PUSH1, 2), bck_op(&c, HB_BC_OUTPUT);
    assert_int_equal(hb_bytecode_program_make(&p, c.code, c.len, &c.limits, NULL), HB_OK);
    assert_int_equal(hb_bytecode_machine_create(&m, &p, NULL, 0, 15, NULL), HB_OK);
    assert_int_equal(hb_bytecode_machine_run(m, UINT64_MAX, &err), HB_LIMIT);
    assert_string_equal(err.message, "the output limit of 15 bytes is reached");
    hb_bytecode_machine_view(m, &v);
    assert_int_equal(v.end, HB_BC_RUNNING);
    assert_int_equal(v.steps, 3);
    assert_int_equal(v.gas, 4);
    assert_int_equal(v.depth, 1);
    assert_int_equal(hb_bytecode_machine_trace(m, 1, watch, &(seen){.n = 0}, &err), HB_LIMIT);
    hb_bytecode_machine_free(m);
    hb_bytecode_program_free(&p);
}

#define BCODE_ORDER_TESTS \
    cmocka_unit_test(gas_table), cmocka_unit_test(gas_to_the_unit), cmocka_unit_test(stack_to_the_word), cmocka_unit_test(order_of_checks), \
    cmocka_unit_test(depth_before_jump), cmocka_unit_test(ends), cmocka_unit_test(trace_and_flags), cmocka_unit_test(pieces), \
    cmocka_unit_test(output_limit)
