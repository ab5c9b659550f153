/* The text form: what it means, every error with its place, and the way back by the disassembler. */
#include "bytecode/bcode_asm.h"
#include "bytecode/bcode_random.h"

typedef struct assembled {
    hb_buf code;
    hb_bytecode_limits limits;
} assembled;

static assembled assembles_len(const char *text, size_t len)
{
    assembled a = {.code = {0}};
    hb_error err = {.message = ""};
    if (hb_bytecode_assemble(&a.code, &a.limits, text, len, &err) != HB_OK)
        fail_msg("%s\n%.*s", err.message, (int)(len < 500 ? len : 500), text);
    return a;
}

static void gives(const char *text, const void *code, size_t len)
{
    assembled a = assembles_len(text, strlen(text));
    assert_int_equal(a.code.len, len);
    assert_memory_equal(a.code.data, code, len);
    hb_buf_free(&a.code);
}

static void refuses(const char *text, uint32_t line, const char *message)
{
    hb_buf code = {0};
    hb_bytecode_limits limits;
    hb_error err = {.message = ""};
    assert_int_equal(hb_buf_append(&code, "kept", 4), HB_OK);
    assert_int_equal(hb_bytecode_assemble(&code, &limits, text, strlen(text), &err), HB_INVALID_PROGRAM);
    assert_string_equal(err.message, message);
    assert_int_equal(err.row, line);
    assert_int_equal(code.len, 4);
    hb_buf_free(&code);
}

static void instructions(void **state)
{
    (void)state;
    /* Every instruction, in lower case, with its operand. */
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        const hb_bytecode_row *r = &hb_bytecode_rows[op];
        if (!r->name)
            continue;
        char text[40];
        int n = snprintf(text, sizeof text, r->imm_bytes ? "%s 1" : "%s", r->name);
        for (int k = 0; k < n; k++)
            if (text[k] >= 'A' && text[k] <= 'Z')
                text[k] = (char)(text[k] + 32);
        const uint8_t code[9] = {(uint8_t)op, r->imm_bytes ? 1 : 0};
        gives(text, code, 1u + r->imm_bytes);
    }
    gives("PUSH 0\nPUSH 255\nPUSH 256\nPUSH 65536\nPUSH 0x100000000", "\x30\0\x30\xff\x31\0\1\x32\0\0\1\0\x33\0\0\0\0\1\0\0\0", 21);
    gives("PUSH8 1", "\x33\1\0\0\0\0\0\0\0", 9);
    gives("PUSH 18446744073709551615", "\x33\xff\xff\xff\xff\xff\xff\xff\xff", 9);
    gives("PUSH 0XaBcD", "\x31\xcd\xab", 3);
    gives("GET r31\nSET R0\nGET 7", "\x40\x1f\x41\0\x40\7", 6);
    gives("; nothing\n\n\t STOP ; the end\r\n  ; more", "\x25", 1);
    gives("STOP\r\nSTOP\r\n", "\x25\x25", 2);
}

static void labels(void **state)
{
    (void)state;
    gives("a: PUSH @a\nJUMP\nb:\nc: PUSH @b\nJUMP\nPUSH @end\nend:", "\x30\0\x20\x30\3\x20\x30\x08", 8);
    gives("_x.9: PUSH4 @_x.9\nJUMP", "\x32\0\0\0\0\x20", 6);
    /* A label far away needs PUSH2, which moves what lies behind it. */
    char text[3000] = "PUSH @far\nJUMP\n";
    for (unsigned k = 0; k < 252; k++)
        strcat(text, "STOP\n");
    strcat(text, "far: STOP");
    assembled a = assembles_len(text, strlen(text));
    assert_true(a.code.len == 256 && a.code.data[0] == 0x30 && a.code.data[1] == 255);
    hb_buf_free(&a.code);
    strcpy(strstr(text, "far: STOP"), "STOP\nfar: STOP");
    a = assembles_len(text, strlen(text));
    assert_true(a.code.len == 258 && a.code.data[0] == 0x31 && a.code.data[1] == 1 && a.code.data[2] == 1);
    hb_buf_free(&a.code);
}

static void limits(void **state)
{
    (void)state;
    static const char text[] = ".stack_limit 1024\n.Memory_Limit 0x10\nstart: .GAS_LIMIT 18446744073709551615 ; all\nSTOP";
    assembled a = assembles_len(text, strlen(text));
    assert_true(a.limits.stack == 1024 && a.limits.memory == 16 && a.limits.gas == UINT64_MAX);
    hb_buf_free(&a.code);
    a = assembles_len("STOP", 4);
    assert_true(a.limits.stack == 65536 && a.limits.memory == 1048576 && a.limits.gas == UINT64_MAX);
    hb_buf_free(&a.code);
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line;
        const char *message;
    } table[] = {
        {"", 1, "line 1, column 1: there is no instruction"},
        {"; only this\n\n", 2, "line 2, column 1: there is no instruction"},
        {"STOP\n  FOO", 2, "line 2, column 3: unknown instruction 'FOO'"},
        {"PUSH", 1, "line 1, column 5: an operand is missing"},
        {"PUSH ;", 1, "line 1, column 6: an operand is missing"},
        {"PUSH 12x", 1, "line 1, column 6: not a number: '12x'"},
        {"PUSH 0x", 1, "line 1, column 6: not a number: '0x'"},
        {"PUSH -1", 1, "line 1, column 6: an operand is missing"},
        {"PUSH 18446744073709551616", 1, "line 1, column 6: the number does not fit into 64 bits: '18446744073709551616'"},
        {"PUSH1 256", 1, "line 1, column 7: the number does not fit into the operand: '256'"},
        {"PUSH2 65536", 1, "line 1, column 7: the number does not fit into the operand: '65536'"},
        {"PUSH4 4294967296", 1, "line 1, column 7: the number does not fit into the operand: '4294967296'"},
        {"DUP 256", 1, "line 1, column 5: the number does not fit into the operand: '256'"},
        {"SWAP 0", 1, "line 1, column 6: SWAP takes 1 to 255, not '0'"},
        {"GET 32", 1, "line 1, column 5: there are registers 0 to 31 only: '32'"},
        {"SET r99", 1, "line 1, column 5: there are registers 0 to 31 only: 'r99'"},
        {"GET r", 1, "line 1, column 5: not a number: 'r'"},
        {"DUP r1", 1, "line 1, column 5: not a number: 'r1'"},
        {"DUP @a", 1, "line 1, column 5: an operand is missing"},
        {"PUSH @", 1, "line 1, column 6: a label is missing behind @"},
        {"PUSH @9", 1, "line 1, column 6: a label is missing behind @"},
        {"PUSH @nowhere", 1, "line 1, column 6: there is no label 'nowhere'"},
        {"a: STOP\nb: STOP\na: STOP", 3, "line 3, column 1: label for the second time: 'a'"},
        {"9a: STOP", 1, "line 1, column 1: a label begins with a digit: '9a'"},
        {"ADD ADD", 1, "line 1, column 5: more on the line than one instruction"},
        {"STOP 1", 1, "line 1, column 6: more on the line than one instruction"},
        {"PUSH 1 2", 1, "line 1, column 8: more on the line than one instruction"},
        {"a: b: STOP", 1, "line 1, column 4: unknown instruction 'b'"},
        {"  , STOP", 1, "line 1, column 3: an instruction, a label or a comment is missing"},
        {"\xff", 1, "line 1, column 1: an instruction, a label or a comment is missing"},
        {".stack_limit", 1, "line 1, column 13: a number is missing"},
        {".stack_limit x\nSTOP", 1, "line 1, column 14: not a number: 'x'"},
        {".stack_limit 1073741825\nSTOP", 1, "line 1, column 14: a limit larger than possible: '1073741825'"},
        {".memory_limit 4294967297\nSTOP", 1, "line 1, column 15: a limit larger than possible: '4294967297'"},
        {".gas_limit 1\n.gas_limit 1\nSTOP", 2, "line 2, column 1: a limit for the second time: '.gas_limit'"},
        {".time_limit 1\nSTOP", 1, "line 1, column 1: unknown directive '.time_limit'"},
        {"STOP\nPUSH 2\nJUMP", 2, "line 2, column 1: the target of the jump is not the start of an instruction"},
        {"PUSH @end\nJUMP\nend:", 1, "line 1, column 1: the target of the jump is not the start of an instruction"},
    };
    for (size_t k = 0; k < sizeof table / sizeof *table; k++)
        refuses(table[k].text, table[k].line, table[k].message);
}

static void label_operands_that_do_not_fit(void **state)
{
    (void)state;
    char text[3000] = "PUSH1 @far\nJUMP\n";
    for (unsigned k = 0; k < 300; k++)
        strcat(text, "STOP\n");
    strcat(text, "far: STOP");
    refuses(text, 1, "line 1, column 7: the label does not fit into the operand: 'far'");
}

static void too_long(void **state)
{
    (void)state;
    hb_buf text = {0}, code = {0};
    hb_bytecode_limits l;
    hb_error err = {.message = ""};
    for (unsigned k = 0; k < HB_BYTECODE_MAX_CODE; k++)
        assert_int_equal(hb_buf_append(&text, "STOP\n", 5), HB_OK);
    assert_int_equal(hb_bytecode_assemble(&code, &l, (const char *)text.data, text.len, &err), HB_OK);
    assert_int_equal(hb_buf_append(&text, "STOP\n", 5), HB_OK);
    code.len = 0;
    assert_int_equal(hb_bytecode_assemble(&code, &l, (const char *)text.data, text.len, &err), HB_INVALID_PROGRAM);
    assert_string_equal(err.message, "line 131073, column 1: code of more than 131072 bytes");
    text.len = 0; /* fewer instructions, more bytes */
    for (unsigned k = 0; k < HB_BYTECODE_MAX_CODE / 9 + 1; k++)
        assert_int_equal(hb_buf_append(&text, "PUSH8 1\n", 8), HB_OK);
    assert_int_equal(hb_bytecode_assemble(&code, &l, (const char *)text.data, text.len, &err), HB_INVALID_PROGRAM);
    assert_string_equal(err.message, "line 14564, column 1: code of more than 131072 bytes");
    hb_buf_free(&text);
    hb_buf_free(&code);
}

/* Text of code, and back. */
static void there_and_back(const hb_bytecode_program *p)
{
    hb_buf text = {0};
    assert_int_equal(hb_bytecode_disassemble(&text, p), HB_OK);
    assembled a = assembles_len((const char *)text.data, text.len);
    assert_int_equal(a.code.len, p->code_len);
    assert_memory_equal(a.code.data, p->code, p->code_len);
    assert_memory_equal(&a.limits, &p->limits, sizeof a.limits);
    hb_buf_free(&a.code);
    hb_buf_free(&text);
}

static void round_trips(void **state)
{
    (void)state;
    hb_test_rng rng = {5};
    for (unsigned k = 0; k < 400; k++) {
        hb_bytecode_program p;
        bcr_program(&rng, &p);
        there_and_back(&p);
        hb_bytecode_program_free(&p);
    }
    /* Any bytes that the validator takes. */
    unsigned taken = 0;
    for (unsigned k = 0; k < 20000; k++) {
        uint8_t code[24];
        hb_bytecode_program p;
        size_t n = 1 + hb_test_below(&rng, sizeof code);
        for (size_t i = 0; i < n; i++)
            do
                code[i] = (uint8_t)hb_test_u64(&rng) & 0x7f;
            while (!hb_bytecode_rows[code[i]].name && hb_test_below(&rng, 30));
        if (hb_bytecode_program_make(&p, code, n, NULL, NULL) != HB_OK)
            continue;
        taken++;
        there_and_back(&p);
        hb_bytecode_program_free(&p);
    }
    assert_true(taken > 2000);
}

/* Any text: an answer, and what is accepted is valid. */
static void noise(void **state)
{
    (void)state;
    static const char *const pieces[] = {"PUSH ", "PUSH @", "a", "b", ":", "\n", " ", ";", "1", "0x", "ADD", "JUMP\n", "DUP ", ".gas_limit ", "r", "\t", "9", "SWAP ", "\xff", "PUSH1 @"};
    hb_test_rng rng = {6};
    unsigned good = 0;
    for (unsigned k = 0; k < 20000; k++) {
        char text[200] = "";
        for (uint64_t n = hb_test_below(&rng, 14); n--;)
            strcat(text, pieces[hb_test_below(&rng, sizeof pieces / sizeof *pieces)]);
        hb_buf code = {0};
        hb_bytecode_limits l;
        hb_error err = {.message = ""};
        hb_status st = hb_bytecode_assemble(&code, &l, text, strlen(text), &err);
        assert_true(st == HB_OK || (st == HB_INVALID_PROGRAM && strncmp(err.message, "line ", 5) == 0 && err.row));
        good += st == HB_OK;
        hb_buf_free(&code);
    }
    assert_true(good > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instructions), cmocka_unit_test(labels),   cmocka_unit_test(limits),      cmocka_unit_test(errors), cmocka_unit_test(label_operands_that_do_not_fit),
        cmocka_unit_test(too_long),     cmocka_unit_test(round_trips), cmocka_unit_test(noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
