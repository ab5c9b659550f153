/* The BLAKE3 compression function as a primitive, and the domains in which this project uses it. Scalar, freestanding, inline.
 *
 * Source: J. O'Connor, J.-P. Aumasson, S. Neves, Z. Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere", section 2.2. Words are
 * 32-bit; bytes map to words little-endian. A digest is 8 words. Many at a time: hash/blake3x16.h. */
#pragma once
#include <stdint.h>

#define HB_DIGEST_WORDS 8u
#define HB_DIGEST_BYTES 32u
#define HB_BLOCK_WORDS 16u

/* Flags of standard BLAKE3 (bits 0-3); keyed and derive-key modes are not used. */
#define HB_BLAKE3_CHUNK_START (UINT32_C(1) << 0)
#define HB_BLAKE3_CHUNK_END (UINT32_C(1) << 1)
#define HB_BLAKE3_PARENT (UINT32_C(1) << 2)
#define HB_BLAKE3_ROOT (UINT32_C(1) << 3)

/* Our own domains, from bit 8 on: no standard mode sets these bits, so no input of one is an input of another. */
#define HB_HASH_LEAF (UINT32_C(1) << 8)     /* Merkle leaves */
#define HB_HASH_NODE (UINT32_C(1) << 9)     /* Merkle nodes */
#define HB_HASH_ABSORB (UINT32_C(1) << 10)  /* transcript, docs/protocol.md 3 */
#define HB_HASH_SQUEEZE (UINT32_C(1) << 11)
#define HB_HASH_FLUSH (UINT32_C(1) << 12)
#define HB_HASH_GRIND (UINT32_C(1) << 13)

#define HB_BLAKE3_IV                                                                                                    \
    {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}

static const uint32_t hb_blake3_iv[HB_DIGEST_WORDS] = HB_BLAKE3_IV;

/* Which message word each round uses at each place: row r + 1 is row r permuted by (2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8). */
#define HB_BLAKE3_SCHEDULE                                                                                              \
    {                                                                                                                   \
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8}, \
            {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},                                                     \
            {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},                                                     \
            {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},                                                     \
            {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7}, {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13} \
    }

static inline uint32_t hb_rotr32(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static inline void hb_blake3_g(uint32_t v[16], int a, int b, int c, int d, uint32_t x, uint32_t y)
{
    v[a] += v[b] + x;
    v[d] = hb_rotr32(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = hb_rotr32(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = hb_rotr32(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = hb_rotr32(v[b] ^ v[c], 7);
}

/* Columns, then diagonals. s: this round's row of the schedule. */
static inline void hb_blake3_round(uint32_t v[16], const uint32_t m[16], const uint8_t s[16])
{
    hb_blake3_g(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    hb_blake3_g(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    hb_blake3_g(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    hb_blake3_g(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    hb_blake3_g(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    hb_blake3_g(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    hb_blake3_g(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    hb_blake3_g(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
}

/* All 16 output words: out[i] = v[i] ^ v[i+8] (the next chaining value) and out[8+i] = v[8+i] ^ cv[i]. block_len: bytes of the block that
 * count, 0..64; the others must be zero. out may be cv or block. */
static inline void hb_blake3_compress(uint32_t out[16], const uint32_t cv[8], const uint32_t block[16], uint64_t counter,
                                      uint32_t block_len, uint32_t flags)
{
    static const uint8_t schedule[7][16] = HB_BLAKE3_SCHEDULE;
    uint32_t v[16] = {cv[0], cv[1], cv[2], cv[3], cv[4], cv[5], cv[6], cv[7], hb_blake3_iv[0], hb_blake3_iv[1], hb_blake3_iv[2],
                      hb_blake3_iv[3], (uint32_t)counter, (uint32_t)(counter >> 32), block_len, flags};
    for (int r = 0; r < 7; r++)
        hb_blake3_round(v, block, schedule[r]);
    for (int i = 0; i < 8; i++) {
        uint32_t h = cv[i];
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = v[i + 8] ^ h;
    }
}
