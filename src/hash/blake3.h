/* Standard BLAKE3 (hash mode), 32-byte output. Freestanding. Caller's state, no allocation; one state, one thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "hash/blake3c.h"

#define HB_BLAKE3_CHUNK_BYTES 1024u
#define HB_BLAKE3_MAX_DEPTH 54u /* 2^54 chunks of 2^10 bytes: any length below 2^64 */

typedef struct hb_blake3 {
    uint32_t cv[8];        /* of the current chunk */
    uint8_t block[64];     /* its last block, not compressed until more bytes follow */
    uint32_t block_len;    /* bytes in block, 0..64 */
    uint32_t blocks;       /* blocks of this chunk already compressed, 0..15 */
    uint64_t chunk;        /* number of this chunk */
    uint32_t depth;        /* subtree roots on the stack */
    uint32_t stack[HB_BLAKE3_MAX_DEPTH][8];
} hb_blake3;

void hb_blake3_init(hb_blake3 *h);
/* data may be NULL when n is 0. */
void hb_blake3_update(hb_blake3 *h, const void *data, size_t n);
/* Does not change h: more may follow. */
void hb_blake3_final(const hb_blake3 *h, uint8_t digest[HB_DIGEST_BYTES]);
void hb_blake3_hash(uint8_t digest[HB_DIGEST_BYTES], const void *data, size_t n);
