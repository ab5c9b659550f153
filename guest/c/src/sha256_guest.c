/* SHA-256 (FIPS 180-4). */
#include <hauptbuch.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static inline uint32_t load_be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void store_be(uint8_t *p, uint32_t x)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(x >> (24 - 8 * i));
}

static void compress(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = load_be(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        const uint32_t s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
        const uint32_t s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    for (int i = 0; i < 8; i++)
        v[i] = state[i];
    for (int i = 0; i < 64; i++) {
        const uint32_t s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25), choose = v[6] ^ (v[4] & (v[5] ^ v[6]));
        const uint32_t t1 = v[7] + s1 + choose + K[i] + w[i];
        const uint32_t s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22), majority = (v[0] & v[1]) | (v[2] & (v[0] | v[1]));
        v[7] = v[6], v[6] = v[5], v[5] = v[4], v[4] = v[3] + t1;
        v[3] = v[2], v[2] = v[1], v[1] = v[0], v[0] = t1 + s0 + majority;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

void hb_sha256_init(hb_sha256 *h)
{
    *h = (hb_sha256){{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}, 0, {0}};
}

void hb_sha256_update(hb_sha256 *h, const void *bytes, size_t size)
{
    const uint8_t *p = bytes;
    size_t filled = h->total % 64;
    h->total += size;
    if (filled > 0) {
        const size_t take = size < 64 - filled ? size : 64 - filled;
        __builtin_memcpy(h->block + filled, p, take);
        p += take, size -= take;
        if (filled + take < 64)
            return;
        compress(h->state, h->block);
    }
    for (; size >= 64; p += 64, size -= 64)
        compress(h->state, p);
    if (size > 0)
        __builtin_memcpy(h->block, p, size);
}

void hb_sha256_final(hb_sha256 *h, uint8_t digest[32])
{
    size_t filled = h->total % 64;
    h->block[filled++] = 0x80;
    if (filled > 56) {
        __builtin_memset(h->block + filled, 0, 64 - filled);
        compress(h->state, h->block);
        filled = 0;
    }
    __builtin_memset(h->block + filled, 0, 56 - filled);
    store_be(h->block + 56, (uint32_t)(h->total >> 29));
    store_be(h->block + 60, (uint32_t)(h->total << 3));
    compress(h->state, h->block);
    for (int i = 0; i < 8; i++)
        store_be(digest + 4 * i, h->state[i]);
}
