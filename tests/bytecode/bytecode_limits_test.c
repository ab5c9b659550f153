/* Stack, memory and gas limits to the unit, executed and proven. */
#include "tests/bytecode/bytecode_case.h"

static void proves(const char *text, hb_bytecode_end end, uint64_t gas)
{
    bytecode_case c;
    uint64_t proven;
    bytecode_case_make(&c, text);
    assert_int_equal(bytecode_case_prove(&c, NULL, 0, &proven), end);
    assert_int_equal(proven, gas);
    bytecode_case_free(&c);
}

/* 1 KiB are 128 words. */
static void stack_of_one_kib(void **state)
{
    (void)state;
    char text[2048];
    for (unsigned words = 128; words <= 129; words++) {
        int n = snprintf(text, sizeof text, ".stack_limit 1024\n");
        for (unsigned k = 0; k < words; k++)
            n += snprintf(text + n, sizeof text - (size_t)n, "PUSH 7\n");
        proves(text, words <= 128 ? HB_BC_END_SUCCESS : HB_BC_END_STACK, 128);
    }
}

static void memory_of_one_mib(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        unsigned bytes;
    } ops[] = {{"LOAD8", 1}, {"STORE64", 8}, {"WRITE", 9}};
    char text[200];
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++)
        for (unsigned beyond = 0; beyond <= 1; beyond++) {
            unsigned at = 1048576 - ops[k].bytes + beyond;
            /* SET and GET keep the address from being a constant of the translation. */
            snprintf(text, sizeof text, ".memory_limit 1048576\nPUSH %u\nSET r0\nPUSH %u\nGET r0\n%s\n", at, ops[k].bytes, ops[k].op);
            unsigned gas = ops[k].bytes == 9 ? 5 : 3;
            proves(text, beyond ? HB_BC_END_MEMORY : HB_BC_END_SUCCESS, beyond ? 4 : 4 + gas);
        }
}

static void gas_to_the_unit(void **state)
{
    (void)state;
    char text[200];
    /* 2 + 100 (1 + 1 + 1 + 1 + 1 + 1 + 10) */
    for (unsigned limit = 1601; limit <= 1603; limit++) {
        snprintf(text, sizeof text, ".gas_limit %u\nPUSH 100\nSET r0\nloop:\nPUSH 1\nGET r0\nSUB\nSET r0\nGET r0\nPUSH @loop\nJUMPI\n", limit);
        proves(text, limit < 1602 ? HB_BC_END_GAS : HB_BC_END_SUCCESS, limit < 1602 ? 1592 : 1602);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stack_of_one_kib), cmocka_unit_test(memory_of_one_mib), cmocka_unit_test(gas_to_the_unit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
