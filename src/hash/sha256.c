#include "hash/sha256.h"

#include <string.h>

#include "base/bytes.h"

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t rotr(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

void hb_sha256_extend(uint32_t w[64])
{
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotr(a, 7) ^ rotr(a, 18) ^ a >> 3) + w[i - 7] + (rotr(b, 17) ^ rotr(b, 19) ^ b >> 10);
    }
}

void hb_sha256_compress(uint32_t state[8], const uint32_t block[16])
{
    uint32_t w[64], s[8];
    memcpy(w, block, 64);
    memcpy(s, state, sizeof s);
    hb_sha256_extend(w);
    for (int i = 0; i < 64; i++) {
        uint32_t a = s[0], e = s[4];
        uint32_t choose = (e & s[5]) ^ (~e & s[6]), majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
        uint32_t t1 = s[7] + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + choose + round_constants[i] + w[i];
        uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + majority;
        memmove(s + 1, s, 7 * sizeof *s);
        s[0] = t1 + t2;
        s[4] += t1;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void hb_sha256_init(hb_sha256 *h)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(h->state, start, sizeof start);
    h->bytes = 0;
}

static void compress_bytes(hb_sha256 *h, const uint8_t *p)
{
    uint32_t m[16];
    for (int i = 0; i < 16; i++)
        m[i] = hb_load_be32(p + 4 * i);
    hb_sha256_compress(h->state, m);
}

void hb_sha256_update(hb_sha256 *h, const void *data, size_t n)
{
    const uint8_t *p = data;
    while (n) {
        size_t filled = h->bytes % 64, take = 64 - filled;
        take = take < n ? take : n;
        memcpy(h->block + filled, p, take);
        h->bytes += take;
        p += take;
        n -= take;
        if (h->bytes % 64 == 0)
            compress_bytes(h, h->block);
    }
}

void hb_sha256_final(hb_sha256 *h, uint8_t digest[32])
{
    uint8_t tail[72] = {0x80}; /* then zeros up to 8 bytes before a block's end, then the length in bits */
    uint64_t bits = h->bytes * 8;
    size_t zeros_end = (119 - h->bytes % 64) % 64 + 1; /* 1 .. 64 bytes: 0x80 and zeros */
    hb_store_be64(tail + zeros_end, bits);
    hb_sha256_update(h, tail, zeros_end + 8);
    for (int i = 0; i < 8; i++)
        hb_store_be32(digest + 4 * i, h->state[i]);
}

void hb_sha256_hash(uint8_t digest[32], const void *data, size_t n)
{
    hb_sha256 h;
    hb_sha256_init(&h);
    hb_sha256_update(&h, data, n);
    hb_sha256_final(&h, digest);
}
