/* The BLAKE3 compression function as a primitive, and the domains in which this project uses it. Scalar, freestanding.
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

/* HB_BLAKE3_ROUNDS(R): R(i0, .., i15) for each of the seven rounds, i = which message word is used at which place: each row is the
 * row before it permuted by (2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8). */
#define HB_BLAKE3_ROUNDS(R)                                                                                             \
    R(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)                                                             \
    R(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)                                                             \
    R(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1)                                                             \
    R(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6)                                                             \
    R(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4)                                                             \
    R(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7)                                                             \
    R(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13)

/* All 16 output words: out[i] = v[i] ^ v[i+8] (the next chaining value) and out[8+i] = v[8+i] ^ cv[i]. block_len: bytes of the block that
 * count, 0..64; the others must be zero. out may be cv or block. */
void hb_blake3_compress(uint32_t out[16], const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t block_len,
                        uint32_t flags);
