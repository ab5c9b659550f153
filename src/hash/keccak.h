/* Keccak-f[1600] and Keccak-256 as Ethereum uses it (the original padding 0x01, not SHA-3's 0x06). Freestanding. Source: the Keccak
 * reference, version 3.0, and FIPS 202 for the permutation. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define HB_KECCAK256_RATE 136u /* bytes */

/* Lane (x, y) is s[x + 5 y]. */
void hb_keccak_f1600(uint64_t s[25]);

typedef struct hb_keccak256 {
    uint64_t s[25];
    uint32_t filled; /* bytes absorbed into the current block, < HB_KECCAK256_RATE */
} hb_keccak256;

void hb_keccak256_init(hb_keccak256 *h);
/* data may be NULL when n is 0. */
void hb_keccak256_update(hb_keccak256 *h, const void *data, size_t n);
/* Leaves h used up. */
void hb_keccak256_final(hb_keccak256 *h, uint8_t digest[32]);
void hb_keccak256_hash(uint8_t digest[32], const void *data, size_t n);
