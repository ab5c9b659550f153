/* The cases of bcode_order_cases.h, with one image in 7; bcode_images_full_test.c makes them all. */
#include "bytecode/bcode_order_cases.h"

int main(void)
{
    bck_image_every = 7;
    const struct CMUnitTest tests[] = {BCODE_ORDER_TESTS};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
