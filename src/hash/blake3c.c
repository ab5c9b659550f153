#include "hash/blake3c.h"

static inline uint32_t rotr(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

#define G(a, b, c, d, x, y)                                                                                             \
    do {                                                                                                                \
        v[a] += v[b] + (x);                                                                                             \
        v[d] = rotr(v[d] ^ v[a], 16);                                                                                   \
        v[c] += v[d];                                                                                                   \
        v[b] = rotr(v[b] ^ v[c], 12);                                                                                   \
        v[a] += v[b] + (y);                                                                                             \
        v[d] = rotr(v[d] ^ v[a], 8);                                                                                    \
        v[c] += v[d];                                                                                                   \
        v[b] = rotr(v[b] ^ v[c], 7);                                                                                    \
    } while (0)

/* Columns, then diagonals. */
#define ROUND(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15)                                     \
    G(0, 4, 8, 12, m[i0], m[i1]);                                                                                       \
    G(1, 5, 9, 13, m[i2], m[i3]);                                                                                       \
    G(2, 6, 10, 14, m[i4], m[i5]);                                                                                      \
    G(3, 7, 11, 15, m[i6], m[i7]);                                                                                      \
    G(0, 5, 10, 15, m[i8], m[i9]);                                                                                      \
    G(1, 6, 11, 12, m[i10], m[i11]);                                                                                    \
    G(2, 7, 8, 13, m[i12], m[i13]);                                                                                     \
    G(3, 4, 9, 14, m[i14], m[i15]);

void hb_blake3_compress(uint32_t out[16], const uint32_t cv[8], const uint32_t m[16], uint64_t counter, uint32_t block_len, uint32_t flags)
{
    uint32_t v[16] = {cv[0], cv[1], cv[2], cv[3], cv[4], cv[5], cv[6], cv[7], hb_blake3_iv[0], hb_blake3_iv[1], hb_blake3_iv[2],
                      hb_blake3_iv[3], (uint32_t)counter, (uint32_t)(counter >> 32), block_len, flags};
    HB_BLAKE3_ROUNDS(ROUND)
    for (int i = 0; i < 8; i++) {
        uint32_t h = cv[i];
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = v[i + 8] ^ h;
    }
}
