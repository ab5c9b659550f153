/* Every case of the two headers with its image. */
#include "bytecode/bcode_insn_cases.h"
#include "bytecode/bcode_order_cases.h"

int main(void)
{
    const struct CMUnitTest tests[] = {BCODE_INSN_TESTS, BCODE_ORDER_TESTS};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
