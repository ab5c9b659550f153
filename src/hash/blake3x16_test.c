/* Many-lane BLAKE3 against the scalar function, at every instruction set this machine has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/cpu.h"
#include "hash/blake3x16.h"

static uint32_t random32(uint64_t *s)
{
    *s = *s * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*s >> 32);
}

static void compress16(void **state)
{
    (void)state;
    _Alignas(64) uint32_t cv[8][16], m[16][16], got[8][16];
    uint64_t seed = 1;
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 8 * 16; i++)
            cv[i / 16][i % 16] = random32(&seed);
        for (int i = 0; i < 16 * 16; i++)
            m[i / 16][i % 16] = random32(&seed);
        /* a counter whose low word overflows between lanes */
        uint64_t counter = ((uint64_t)random32(&seed) << 32) - (uint64_t)(round % 20);
        uint32_t step = round % 2 ? 1 : 0, len = random32(&seed) % 65, flags = 1u << round % 14;
        memcpy(got, cv, sizeof cv);
        hb_blake3_compress16(got, (const uint32_t(*)[16])m, counter, step, len, flags);
        for (int lane = 0; lane < 16; lane++) {
            uint32_t c[8], b[16], out[16];
            for (int i = 0; i < 8; i++)
                c[i] = cv[i][lane];
            for (int i = 0; i < 16; i++)
                b[i] = m[i][lane];
            hb_blake3_compress(out, c, b, counter + (uint64_t)lane * step, len, flags);
            for (int i = 0; i < 8; i++)
                assert_int_equal(got[i][lane], out[i]);
        }
    }
}

static uint32_t word8(const uint32_t cv[8], const uint32_t block[16], uint64_t nonce)
{
    uint32_t b[16], out[16];
    memcpy(b, block, sizeof b);
    b[0] = (uint32_t)nonce;
    b[1] = (uint32_t)(nonce >> 32);
    hb_blake3_compress(out, cv, b, 77, 16, HB_HASH_GRIND);
    return out[8];
}

/* The smallest nonce, whatever the pool and the number of bits. */
static void grind(void **state)
{
    (void)state;
    uint32_t cv[8] = {1, 2, 3, 4, 5, 6, 7, 8}, block[16] = {9, 9, 3, 4};
    hb_pool *pools[2] = {NULL, hb_pool_create(2)};
    for (unsigned bits = 0; bits <= 14; bits++) {
        uint64_t want = 0, got = 12345;
        cv[3] = bits;
        while ((uint64_t)word8(cv, block, want) >> (32 - bits))
            want++;
        for (int p = 0; p < 2; p++) {
            assert_true(hb_blake3_grind(pools[p], &got, cv, block, 77, 16, HB_HASH_GRIND, bits, 0));
            assert_true(got == want);
            assert_true(hb_blake3_grind(pools[p], &got, cv, block, 77, 16, HB_HASH_GRIND, bits, want + 1));
            if (want) /* a limit of 0 means none */
                assert_false(hb_blake3_grind(pools[p], &got, cv, block, 77, 16, HB_HASH_GRIND, bits, want));
        }
    }
    hb_pool_destroy(pools[1]);
}

static void each_isa(void (*test)(void **))
{
    for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++) {
        hb_isa_cap(isa);
        test(NULL);
    }
    hb_isa_cap(HB_ISA_AVX512);
}

static void compress16_each(void **state)
{
    (void)state;
    each_isa(compress16);
}

static void grind_each(void **state)
{
    (void)state;
    each_isa(grind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(compress16_each), cmocka_unit_test(grind_each)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
