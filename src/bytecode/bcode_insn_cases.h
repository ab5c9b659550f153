/* Every instruction with edge operands: interpreter against the model step by step, and the translated image for what a run shows outside. Only
 * for tests: those of bcode_insn_test.c and bcode_images_full_test.c. */
#pragma once
#include "bytecode/bcode_check.h"

static const uint64_t edges[] = {0, 1, 2, 3, 7, 8, 9, 10, 63, 64, 65, 255, 256, 2047, 2048, 4088, 4089, 4095, 4096, UINT32_MAX - 1, UINT32_MAX,
                                 UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1, INT64_MAX, UINT64_C(1) << 63, (UINT64_C(1) << 63) + 1, UINT64_MAX - 8,
                                 UINT64_MAX - 2047, UINT64_MAX - 1, UINT64_MAX};
enum { EDGES = sizeof edges / sizeof *edges };

/* Of the edges, those that images are made for too. */
static bool is_image_edge(unsigned k)
{
    return k == 0 || k == 1 || k == 2 || k == 5 || k == 9 || k == 13 || k == 14 || k == 21 || k == 24 || k == 27 || k == 29;
}

/* How the operands come: constants, out of registers with and without the result going to one, from the stack of an earlier block, one of each. */
enum ways { CONSTANTS, REGISTERS, REGISTER_TO_SAME, EARLIER_BLOCK, TOP_CONSTANT, BELOW_CONSTANT, EXACT_PATH, WAYS };

/* Jumps to the instruction behind, by a computed target. */
static void computed_jump(bck *c, size_t behind)
{
    bck_push(c, c->len + 9 + 2 + 1 + 1 + behind);
    bck_imm(c, HB_BC_PUSH1, 0);
    bck_op(c, HB_BC_OR);
    bck_op(c, HB_BC_JUMP);
}

static void operands(bck *c, enum ways way, uint64_t a, uint64_t b)
{
    bool b_in_register = way == REGISTERS || way == REGISTER_TO_SAME || way == TOP_CONSTANT, a_in_register = way == REGISTERS || way == REGISTER_TO_SAME || way == BELOW_CONSTANT;
    bck_push(c, a);
    bck_imm(c, HB_BC_SET, 1);
    bck_push(c, b);
    bck_imm(c, HB_BC_SET, 2);
    if (b_in_register)
        bck_imm(c, HB_BC_GET, 2);
    else
        bck_push(c, b);
    if (a_in_register)
        bck_imm(c, HB_BC_GET, 1);
    else
        bck_push(c, a);
    if (way == EARLIER_BLOCK) {
        bck_push(c, c->len + 10);
        bck_op(c, HB_BC_JUMP);
    }
    if (way == EXACT_PATH) {
        computed_jump(c, 1);
        bck_op(c, HB_BC_NOT); /* jumped over: the block starts here, the run goes on in its middle */
    }
}

/* Shows what is on the stack. */
static void show(bck *c, enum ways way)
{
    if (way == REGISTER_TO_SAME) {
        bck_imm(c, HB_BC_SET, 1);
        bck_imm(c, HB_BC_GET, 1);
    }
    bck_op(c, HB_BC_OUTPUT);
    bck_imm(c, HB_BC_GET, 1);
    bck_op(c, HB_BC_OUTPUT);
    bck_imm(c, HB_BC_GET, 2);
    bck_op(c, HB_BC_OUTPUT);
}

static void two_operands(void **state)
{
    (void)state;
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        const hb_bytecode_row *r = &hb_bytecode_rows[op];
        if (!r->name || r->pops != 2 || r->pushes != 1)
            continue;
        for (unsigned j = 0; j < EDGES; j++)
            for (unsigned k = 0; k < EDGES; k++)
                for (unsigned way = 0; way < WAYS; way++) {
                    bool image = is_image_edge(j) && is_image_edge(k);
                    bck c = bck_new();
                    if (way > CONSTANTS && !image)
                        continue;
                    operands(&c, (enum ways)way, edges[j], edges[k]);
                    bck_op(&c, (uint8_t)op);
                    show(&c, (enum ways)way);
                    bck_run(&c, image);
                }
    }
}

static void one_operand(void **state)
{
    (void)state;
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        const hb_bytecode_row *r = &hb_bytecode_rows[op];
        if (!r->name || r->pops != 1 || r->pushes != 1)
            continue;
        for (unsigned j = 0; j < EDGES; j++)
            for (unsigned way = 0; way < WAYS; way++) {
                bck c = bck_new();
                c.limits.memory = 4096;
                bck_push(&c, UINT64_C(0x8877665544332211));
                bck_imm(&c, HB_BC_PUSH1, 3);
                bck_op(&c, HB_BC_STORE);
                bck_push(&c, UINT64_C(0xffeeddccbbaa9988));
                bck_push(&c, 4088);
                bck_op(&c, HB_BC_STORE);
                operands(&c, (enum ways)way, edges[j], 5);
                bck_op(&c, (uint8_t)op);
                show(&c, (enum ways)way);
                bck_run(&c, true);
            }
    }
}

/* The same operand twice in one register, and the result into it. */
static void one_register_for_all(void **state)
{
    (void)state;
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        const hb_bytecode_row *r = &hb_bytecode_rows[op];
        if (!r->name || r->pops != 2 || r->pushes != 1)
            continue;
        for (unsigned j = 0; j < EDGES; j++) {
            bck c = bck_new();
            bck_push(&c, edges[j]);
            bck_imm(&c, HB_BC_SET, 1);
            bck_imm(&c, HB_BC_GET, 1);
            bck_imm(&c, HB_BC_DUP, 0);
            bck_op(&c, (uint8_t)op);
            bck_imm(&c, HB_BC_SET, 1);
            show(&c, REGISTERS);
            bck_run(&c, true);
        }
    }
}

static void stores(void **state)
{
    (void)state;
    static const uint64_t limits[] = {0, 1, 3, 4, 7, 8, 9, 4095, 4096};
    for (unsigned op = HB_BC_STORE; op <= HB_BC_STORE64; op += 2)
        for (unsigned l = 0; l < sizeof limits / sizeof *limits; l++)
            for (unsigned j = 0; j < EDGES; j++)
                for (unsigned way = 0; way < WAYS; way++) {
                    bck c = bck_new();
                    c.limits.memory = limits[l];
                    operands(&c, (enum ways)way, edges[j], UINT64_C(0x1122334455667788));
                    bck_op(&c, (uint8_t)op);
                    bck_imm(&c, HB_BC_PUSH1, 0);
                    bck_op(&c, (uint8_t)(op - 1));
                    show(&c, (enum ways)way);
                    bck_run(&c, l % 3 == 2 || j < 6);
                }
}

static void words_and_registers(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 256; n++)
        for (unsigned have = n ? n - 1 : 0; have <= n + 1; have++)
            for (unsigned swap = 0; swap < 2; swap++) {
                bck c = bck_new();
                if (swap && !n)
                    continue;
                for (unsigned k = 0; k < have; k++)
                    bck_imm(&c, HB_BC_PUSH1, (uint8_t)k);
                if (have && n % 2)
                    bck_push(&c, c.len + 10), bck_op(&c, HB_BC_JUMP);
                bck_imm(&c, swap ? HB_BC_SWAP : HB_BC_DUP, (uint8_t)n);
                bck_op(&c, HB_BC_OUTPUT);
                bck_op(&c, HB_BC_OUTPUT);
                bck_run(&c, true);
            }
    bck c = bck_new();
    for (unsigned r = 0; r < 32; r++)
        bck_push(&c, UINT64_C(0x0101010101010101) * (r + 1)), bck_imm(&c, HB_BC_SET, (uint8_t)r);
    for (unsigned r = 0; r < 32; r++)
        bck_imm(&c, HB_BC_GET, (uint8_t)(31 - r)), bck_op(&c, HB_BC_OUTPUT);
    assert_int_equal(bck_run(&c, true), HB_BC_END_SUCCESS);
}

static void pushes_and_pop(void **state)
{
    (void)state;
    static const uint8_t ops[] = {HB_BC_PUSH1, HB_BC_PUSH2, HB_BC_PUSH4, HB_BC_PUSH8};
    for (unsigned k = 0; k < 4; k++)
        for (unsigned j = 0; j < EDGES; j++) {
            bck c = bck_new();
            bck_op(&c, ops[k]);
            hb_store_le64(c.code + c.len, edges[j]);
            c.len += 1u << k;
            bck_imm(&c, HB_BC_DUP, 0);
            bck_op(&c, HB_BC_POP);
            bck_op(&c, HB_BC_OUTPUT);
            bck_op(&c, HB_BC_POP);
            assert_int_equal(bck_run(&c, true), HB_BC_END_STACK);
        }
}

static void streams(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 18; len++)
        for (uint64_t n = 0; n <= 20; n++)
            for (unsigned at = 0; at < 4; at++) {
                bck c = bck_new();
                static const uint64_t places[] = {0, 5, 20, UINT64_MAX};
                c.limits.memory = 24;
                c.input_len = len;
                for (size_t k = 0; k < len; k++)
                    c.input[k] = (uint8_t)(0x80 + k);
                bck_push(&c, n), bck_push(&c, places[at]), bck_op(&c, HB_BC_READ);
                bck_op(&c, HB_BC_INPUTLEN), bck_op(&c, HB_BC_OUTPUT);
                bck_push(&c, n), bck_push(&c, places[at]), bck_op(&c, HB_BC_WRITE);
                bck_op(&c, HB_BC_INPUT), bck_op(&c, HB_BC_OUTPUT);
                bck_op(&c, HB_BC_INPUTLEN), bck_op(&c, HB_BC_OUTPUT);
                bck_op(&c, HB_BC_INPUT), bck_op(&c, HB_BC_OUTPUT);
                bck_run(&c, true);
            }
}

static void storage_without_a_ledger(void **state)
{
    (void)state;
    for (unsigned op = HB_BC_SLOAD; op <= HB_BC_SSTORE; op++) {
        bck c = bck_new();
        bck_push(&c, 1), bck_push(&c, 2);
        bck_op(&c, (uint8_t)op);
        assert_int_equal(bck_run(&c, true), HB_BC_END_MEMORY);
    }
}

static void control(void **state)
{
    (void)state;
    for (unsigned op = HB_BC_JUMP; op <= HB_BC_CALL; op++)
        for (unsigned j = 0; j < 60; j++)
            for (uint64_t condition = 0; condition < 2; condition++)
                for (unsigned computed = 0; computed < 2; computed++) {
                    uint64_t target = j < 40 ? j : edges[j % EDGES];
                    bck c = bck_new();
                    c.limits.gas = 200; /* the target may be a loop */
                    hb_bytecode_program p;
                    bck_push(&c, condition);
                    bck_push(&c, target);
                    if (computed)
                        bck_op(&c, HB_BC_NOT), bck_op(&c, HB_BC_NOT);
                    bck_op(&c, (uint8_t)op);
                    bck_imm(&c, HB_BC_PUSH1, 7), bck_op(&c, HB_BC_OUTPUT), bck_op(&c, HB_BC_STOP);
                    bck_imm(&c, HB_BC_PUSH1, 8), bck_op(&c, HB_BC_OUTPUT), bck_op(&c, HB_BC_RETURN);
                    if (hb_bytecode_program_make(&p, c.code, c.len, &c.limits, NULL) != HB_OK) {
                        assert_false(computed);
                        continue;
                    }
                    hb_bytecode_program_free(&p);
                    bck_run(&c, true);
                }
}

static void call_depth(void **state)
{
    (void)state;
    for (unsigned computed = 0; computed < 2; computed++)
        for (uint64_t times = 1022; times <= 1026; times++) {
            /* r0 := times; f: if r0 = 0 return; r0 := r0 - 1; call f; return */
            bck c = bck_new();
            bck_push(&c, times), bck_imm(&c, HB_BC_SET, 0);
            bck_push(&c, c.len + 10 + 1), bck_op(&c, HB_BC_CALL);
            bck_op(&c, HB_BC_STOP);
            size_t f = c.len;
            bck_imm(&c, HB_BC_GET, 0), bck_push(&c, c.len + 10 + 1), bck_op(&c, HB_BC_JUMPI);
            bck_op(&c, HB_BC_RETURN);
            bck_imm(&c, HB_BC_PUSH1, 1), bck_imm(&c, HB_BC_GET, 0), bck_op(&c, HB_BC_SUB), bck_imm(&c, HB_BC_SET, 0);
            bck_push(&c, f);
            if (computed)
                bck_op(&c, HB_BC_NOT), bck_op(&c, HB_BC_NOT);
            bck_op(&c, HB_BC_CALL);
            bck_op(&c, HB_BC_RETURN);
            /* One call from outside and `times` from inside. */
            assert_int_equal(bck_run(&c, true), times + 1 > HB_BYTECODE_MAX_CALLS ? HB_BC_END_STACK : HB_BC_END_SUCCESS);
        }
}

#define BCODE_INSN_TESTS \
    cmocka_unit_test(two_operands), cmocka_unit_test(one_operand), cmocka_unit_test(one_register_for_all), cmocka_unit_test(stores), \
    cmocka_unit_test(streams), cmocka_unit_test(words_and_registers), cmocka_unit_test(pushes_and_pop), cmocka_unit_test(control), \
    cmocka_unit_test(storage_without_a_ledger), cmocka_unit_test(call_depth)
