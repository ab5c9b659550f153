/* Plays the kernel file for all three instruction sets in one file. */
#define HB_KERNEL_ISA baseline
#include "base/isa.h"

#include "base/testing.h"

typedef struct numbers {
    int number;
} numbers;

HB_ISA_TABLES(numbers, number_table)

const numbers HB_ISA_SYM(number_table) = {HB_ISA_BASELINE};
#if defined __x86_64__
#undef HB_KERNEL_ISA
#define HB_KERNEL_ISA avx2
const numbers HB_ISA_SYM(number_table) = {HB_ISA_AVX2};
#undef HB_KERNEL_ISA
#define HB_KERNEL_ISA avx512
const numbers HB_ISA_SYM(number_table) = {HB_ISA_AVX512};
#endif

static void pick_follows_the_cap(void **state)
{
    (void)state;
    for (int cap = 0; cap < HB_ISA_COUNT; cap++) {
        hb_isa_cap((hb_isa)cap);
        assert_int_equal(HB_ISA_PICK(number_table)->number, hb_isa_current());
    }
}

static void pick_at_names_any(void **state)
{
    (void)state;
#if defined __x86_64__
    for (int isa = 0; isa < HB_ISA_COUNT; isa++)
        assert_int_equal(HB_ISA_PICK_AT(number_table, (hb_isa)isa)->number, isa);
#endif
    assert_int_equal(HB_ISA_PICK_AT(number_table, HB_ISA_BASELINE)->number, HB_ISA_BASELINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pick_follows_the_cap),
        cmocka_unit_test(pick_at_names_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
