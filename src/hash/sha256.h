/* SHA-256 (FIPS 180-4). Freestanding. Caller's state, no allocation; one state, one thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct hb_sha256 {
    uint32_t state[8];
    uint64_t bytes; /* so far */
    uint8_t block[64];
} hb_sha256;

void hb_sha256_init(hb_sha256 *h);
/* data may be NULL when n is 0. Fewer than 2^61 bytes in all. */
void hb_sha256_update(hb_sha256 *h, const void *data, size_t n);
/* Leaves h used up. */
void hb_sha256_final(hb_sha256 *h, uint8_t digest[32]);
void hb_sha256_hash(uint8_t digest[32], const void *data, size_t n);

/* One compression: state updated by a 64-byte block of 16 words (big-endian bytes already turned into words). For precompiles. */
void hb_sha256_compress(uint32_t state[8], const uint32_t block[16]);
/* The message schedule alone: w[0..15] given, w[16..63] filled. For precompiles. */
void hb_sha256_extend(uint32_t w[64]);
