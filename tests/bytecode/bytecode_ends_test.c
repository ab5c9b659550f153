/* Every end of a bytecode program is proven: its exit code is the statement's, output and gas are the public values. */
#include <stdlib.h>

#include "base/bytes.h"
#include "tests/bytecode/bytecode_case.h"

/* guest/examples/bytecode/ends.hba outputs its first input word and ends as that says. */
static char *read_example(void)
{
    const char *root = getenv("HB_SOURCE_DIR");
    char path[4096], *text = calloc(1, 1 << 16);
    snprintf(path, sizeof path, "%s/guest/examples/bytecode/ends.hba", root ? root : ".");
    FILE *f = fopen(path, "rb");
    if (!f || !text)
        fail_msg("cannot open %s", path);
    assert_true(fread(text, 1, (1 << 16) - 1, f) > 0);
    fclose(f);
    return text;
}

static void every_end(void **state)
{
    (void)state;
    static const struct {
        bool input;
        uint64_t word;
        hb_bytecode_end end;
        uint64_t gas;
    } cases[] = {
        {true, 0, HB_BC_END_SUCCESS, 90},     {true, 1, HB_BC_END_REVERTED, 20},  {true, 2, HB_BC_END_ARITHMETIC, 36}, {true, 3, HB_BC_END_STACK, 48},
        {true, 4, HB_BC_END_MEMORY, 63},      {true, 5, HB_BC_END_JUMP, 79},      {true, 6, HB_BC_END_GAS, 100000},     {false, 0, HB_BC_END_INPUT, 0},
    };
    bytecode_case c;
    char *text = read_example();
    bytecode_case_make(&c, text);
    unsigned seen = 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint8_t word[8];
        uint64_t gas;
        hb_store_le64(word, cases[k].word);
        hb_bytecode_end end = bytecode_case_prove(&c, cases[k].input ? word : NULL, cases[k].input ? 8 : 0, &gas);
        assert_int_equal(end, cases[k].end);
        assert_int_equal(gas, cases[k].gas);
        seen |= 1u << end;
    }
    assert_int_equal(seen, (1u << HB_BC_END_COUNT) - 2); /* all but "running" */
    bytecode_case_free(&c);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
