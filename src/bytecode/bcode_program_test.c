/* The validator: what it refuses, with offset and reason; what it reports. */
#include "base/testing.h"
#include "bytecode/bcode_flow.h"

static void refused(const void *code, size_t len, uint64_t offset, const char *reason)
{
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    char expect[200];
    snprintf(expect, sizeof expect, "Invalid program: offset %llu: %s", (unsigned long long)offset, reason);
    assert_int_equal(hb_bytecode_program_make(&p, code, len, NULL, &err), HB_INVALID_PROGRAM);
    assert_string_equal(err.message, expect);
    assert_int_equal(err.offset, offset);
    assert_true(!p.code && !p.insns);
    assert_int_equal(hb_bytecode_program_make(&p, code, len, NULL, NULL), HB_INVALID_PROGRAM);
}

static hb_bytecode_program accepted(const void *code, size_t len)
{
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    if (hb_bytecode_program_make(&p, code, len, NULL, &err) != HB_OK)
        fail_msg("%s", err.message);
    return p;
}

static void opcodes(void **state)
{
    (void)state;
    refused("", 0, 0, "empty code");
    for (unsigned op = 0; op < 256; op++) {
        const uint8_t code[] = {0x25, (uint8_t)op, 1, 0, 0, 0, 0, 0, 0, 0};
        unsigned imm = hb_bytecode_rows[op].imm_bytes;
        if (!hb_bytecode_rows[op].name) {
            refused(code, 2, 1, "invalid opcode");
            continue;
        }
        for (unsigned have = 0; have < imm; have++)
            refused(code, 2 + have, 1, "the immediate is cut off by the end of the code");
        hb_bytecode_program p = accepted(code, 2 + imm);
        assert_int_equal(p.n_insns, 2);
        assert_true(p.insns[1].at == 1 && p.insns[1].op == op && p.insns[1].size == 1 + imm && p.insns[1].imm == (imm ? 1 : 0));
        assert_true(p.starts[0] == 0 && p.starts[1] == 1 && p.starts[2 + imm] == HB_BC_NO_INSN);
        hb_bytecode_program_free(&p);
    }
}

static void operands(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 256; n++) {
        const uint8_t get[] = {0x40, (uint8_t)n}, set[] = {0x41, (uint8_t)n}, swap[] = {0x36, (uint8_t)n}, dup[] = {0x35, (uint8_t)n};
        const uint8_t *const codes[] = {get, set, swap, dup};
        for (unsigned k = 0; k < 4; k++) {
            if (k < 2 && n >= 32) {
                refused(codes[k], 2, 0, "there are registers 0 to 31 only");
            } else if (k == 2 && n == 0) {
                refused(codes[k], 2, 0, "SWAP 0");
            } else {
                hb_bytecode_program p = accepted(codes[k], 2);
                assert_int_equal(p.insns[0].imm, n);
                hb_bytecode_program_free(&p);
            }
        }
    }
}

/* Every target of a constant jump, by each jump and each size of PUSH. */
static void targets(void **state)
{
    (void)state;
    static const uint8_t pushes[] = {0x30, 0x31, 0x32, 0x33}, jumps[] = {0x20, 0x21, 0x22};
    for (unsigned s = 0; s < 4; s++)
        for (unsigned j = 0; j < 3; j++)
            for (unsigned target = 0; target < 20; target++) {
                uint8_t code[16] = {0x25, pushes[s], (uint8_t)target};
                unsigned at = 2 + (1u << s);
                code[at] = jumps[j], code[at + 1] = 0x31, code[at + 2] = 7, code[at + 3] = 0; /* PUSH2 behind */
                bool start = target <= 1 || target == at || target == at + 1;
                if (start) {
                    hb_bytecode_program p = accepted(code, at + 4);
                    hb_bytecode_program_free(&p);
                } else {
                    refused(code, at + 4, 1, "the target of the jump is not the start of an instruction");
                }
            }
    /* Not constant, so not looked at. */
    hb_bytecode_program p = accepted("\x30\x63\x34\x20", 4);
    hb_bytecode_program_free(&p);
    /* 2^32 + 0 is no target either. */
    refused("\x33\0\0\0\0\1\0\0\0\x20", 10, 0, "the target of the jump is not the start of an instruction");
}

static void sizes(void **state)
{
    (void)state;
    static uint8_t code[HB_BYTECODE_MAX_CODE + 1];
    memset(code, 0x25, sizeof code);
    refused(code, sizeof code, HB_BYTECODE_MAX_CODE, "code of more than 131072 bytes");
    hb_bytecode_program p = accepted(code, sizeof code - 1);
    assert_int_equal(p.n_insns, HB_BYTECODE_MAX_CODE);
    hb_bytecode_program_free(&p);
}

static void limits(void **state)
{
    (void)state;
    hb_bytecode_program p;
    hb_bytecode_limits l = {.stack = HB_BYTECODE_MAX_STACK + 7, .memory = HB_BYTECODE_MAX_MEMORY, .gas = 0};
    assert_int_equal(hb_bytecode_program_make(&p, (const uint8_t *)"%", 1, &l, NULL), HB_OK);
    assert_int_equal(p.limits.stack, HB_BYTECODE_MAX_STACK); /* rounded down to words */
    hb_bytecode_program_free(&p);
    l.stack++;
    assert_int_equal(hb_bytecode_program_make(&p, (const uint8_t *)"%", 1, &l, NULL), HB_INVALID_ARGUMENT);
    l.stack = 0, l.memory++;
    assert_int_equal(hb_bytecode_program_make(&p, (const uint8_t *)"%", 1, &l, NULL), HB_INVALID_ARGUMENT);
}

static hb_bytecode_report report_of(const void *code, size_t len)
{
    hb_bytecode_program p = accepted(code, len);
    hb_bytecode_flow f;
    hb_bytecode_report r;
    assert_int_equal(hb_bytecode_flow_make(&f, &p, NULL), HB_OK);
    hb_bytecode_report_make(&r, &p, &f);
    hb_bytecode_flow_free(&f);
    hb_bytecode_program_free(&p);
    return r;
}

static void reports(void **state)
{
    (void)state;
    /* PUSH1 5; JUMP; ADD; MUL; STOP (offset 5): two instructions that nothing reaches. */
    hb_bytecode_report r = report_of("\x30\x05\x20\x01\x03\x25", 6);
    assert_int_equal(r.n_insns, 5);
    assert_int_equal(r.unreachable, 2);
    assert_int_equal(r.first_unreachable, 3);
    assert_false(r.computed_jumps);
    /* PUSH1 1; PUSH1 2; PUSH1 3; ADD; ADD: depths 0 to 3. */
    r = report_of("\x30\x01\x30\x02\x30\x03\x01\x01", 8);
    assert_int_equal(r.unreachable, 0);
    assert_int_equal(r.known_depths, 5);
    assert_int_equal(r.max_known_depth, 3);
    /* A loop that grows the stack: no depth is known in it. PUSH1 0; PUSH1 0; JUMP. */
    r = report_of("\x30\x00\x30\x00\x20", 5);
    assert_int_equal(r.known_depths, 0);
    assert_int_equal(r.max_known_depth, -1);
    /* A computed jump may go anywhere. GET 0; JUMP; ADD. */
    r = report_of("\x40\x00\x20\x01", 4);
    assert_true(r.computed_jumps);
    assert_int_equal(r.unreachable, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(opcodes), cmocka_unit_test(operands), cmocka_unit_test(targets),
                                       cmocka_unit_test(sizes),   cmocka_unit_test(limits),   cmocka_unit_test(reports)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
