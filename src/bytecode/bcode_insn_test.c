/* The cases of bcode_insn_cases.h, with one image in 23; bcode_images_full_test.c makes them all. */
#include "bytecode/bcode_insn_cases.h"

int main(void)
{
    bck_image_every = 23;
    const struct CMUnitTest tests[] = {BCODE_INSN_TESTS};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
