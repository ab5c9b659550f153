/* One-shot hashes: vectors, published examples, and every way of cutting an input into updates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hash/blake3.h"
#include "hash/hash_vectors.h"
#include "hash/keccak.h"
#include "hash/sha256.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define MAX_INPUT 102400u

static uint8_t input[MAX_INPUT];

typedef void one_shot(uint8_t digest[32], const void *data, size_t n);

static void assert_digest(const uint8_t digest[32], const char *hex)
{
    char text[65];
    for (int i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(text, hex);
}

static void check_vectors(one_shot *hash, const hash_vector *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t digest[32];
        hash(digest, input, v[i].length);
        assert_digest(digest, v[i].digest);
    }
}

static void vectors(void **state)
{
    (void)state;
    check_vectors(hb_blake3_hash, blake3_vectors, COUNT(blake3_vectors));
    check_vectors(hb_sha256_hash, sha256_vectors, COUNT(sha256_vectors));
    check_vectors(hb_keccak256_hash, keccak256_vectors, COUNT(keccak256_vectors));
}

/* FIPS 180-4 example texts; the empty Keccak-256 digest that Ethereum calls the hash of empty code; the permutation of the zero state from the
 * Keccak team's KeccakF-1600-IntermediateValues. */
static void published(void **state)
{
    (void)state;
    uint8_t digest[32];
    hb_sha256_hash(digest, "abc", 3);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hb_sha256_hash(digest, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56);
    assert_digest(digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    hb_sha256 h;
    hb_sha256_init(&h);
    for (int i = 0; i < 10000; i++)
        hb_sha256_update(&h, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 100);
    hb_sha256_final(&h, digest);
    assert_digest(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    hb_keccak256_hash(digest, NULL, 0);
    assert_digest(digest, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    uint64_t s[25] = {0};
    hb_keccak_f1600(s);
    assert_true(s[0] == UINT64_C(0xf1258f7940e1dde7) && s[24] == UINT64_C(0xeaf1ff7b5ceca249));
}

/* Every hasher must give the same digest however the input is cut. */
static void update_cut(uint8_t out[3][32], size_t n, size_t first, size_t step)
{
    hb_blake3 b;
    hb_sha256 s;
    hb_keccak256 k;
    hb_blake3_init(&b), hb_sha256_init(&s), hb_keccak256_init(&k);
    for (size_t at = 0, take = first; at < n; at += take, take = step) {
        take = take < n - at ? take : n - at;
        hb_blake3_update(&b, input + at, take), hb_sha256_update(&s, input + at, take), hb_keccak256_update(&k, input + at, take);
    }
    hb_blake3_final(&b, out[0]), hb_sha256_final(&s, out[1]), hb_keccak256_final(&k, out[2]);
}

static void cuts(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 3, 63, 64, 65, 136, 1000, 1024, 1025, 2048, 5000};
    const size_t n = 9000;
    uint8_t want[3][32], got[3][32];
    hb_blake3_hash(want[0], input, n), hb_sha256_hash(want[1], input, n), hb_keccak256_hash(want[2], input, n);
    for (size_t i = 0; i < COUNT(steps); i++)
        for (size_t first = 1; first < 200; first += 67) {
            update_cut(got, n, first, steps[i]);
            assert_memory_equal(got, want, sizeof want);
        }
}

/* final must not disturb a BLAKE3 state. */
static void final_is_pure(void **state)
{
    (void)state;
    hb_blake3 h;
    uint8_t digest[32], want[32];
    hb_blake3_init(&h);
    for (size_t n = 0; n < 4200; n += 7) {
        hb_blake3_final(&h, digest);
        hb_blake3_hash(want, input, n);
        assert_memory_equal(digest, want, 32);
        hb_blake3_update(&h, input + n, 7);
    }
}

/* All of the message, the chaining value, the counter, the length and the flags must matter, in all 16 output words' sense. */
static void compress_inputs_matter(void **state)
{
    (void)state;
    uint32_t cv[8], m[16], out[16], other[16];
    for (uint32_t i = 0; i < 16; i++)
        m[i] = i * 0x9e3779b9u, cv[i % 8] = i * 0x85ebca6bu;
    hb_blake3_compress(out, cv, m, 5, 64, HB_HASH_LEAF);
    for (int i = 0; i < 8 + 16 + 4; i++) {
        uint32_t c2[8], m2[16];
        memcpy(c2, cv, sizeof cv), memcpy(m2, m, sizeof m);
        if (i < 8)
            c2[i] ^= 1u << 31;
        else if (i < 24)
            m2[i - 8] ^= 1;
        hb_blake3_compress(other, c2, m2, i == 24 ? 5 + (UINT64_C(1) << 32) : i == 25 ? 4 : 5, i == 26 ? 63 : 64,
                           i == 27 ? HB_HASH_NODE : HB_HASH_LEAF);
        for (int w = 0; w < 16; w++)
            assert_int_not_equal(out[w], other[w]);
    }
    memcpy(other, m, sizeof m);
    hb_blake3_compress(other, cv, other, 5, 64, HB_HASH_LEAF); /* in place over the block */
    assert_memory_equal(out, other, sizeof out);
}

int main(void)
{
    for (size_t i = 0; i < MAX_INPUT; i++)
        input[i] = (uint8_t)(i % 251);
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(published), cmocka_unit_test(cuts),
                                       cmocka_unit_test(final_is_pure), cmocka_unit_test(compress_inputs_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
