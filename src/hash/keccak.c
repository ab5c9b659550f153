#include "hash/keccak.h"

#include <string.h>

#include "base/bytes.h"

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/* rho and pi follow one cycle through all lanes but (0, 0): the t-th lane of the cycle moves to the next place, rotated by
 * (t + 1)(t + 2) / 2 mod 64. */
static const uint8_t cycle[24] = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
static const uint8_t rotation[24] = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};

static inline uint64_t rotl(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

void hb_keccak_f1600(uint64_t s[25])
{
    for (int round = 0; round < 24; round++) {
        uint64_t c[5];
        for (int x = 0; x < 5; x++) /* theta */
            c[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
        for (int x = 0; x < 5; x++) {
            uint64_t d = c[(x + 4) % 5] ^ rotl(c[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5)
                s[x + y] ^= d;
        }
        uint64_t moving = s[1];
        for (int t = 0; t < 24; t++) { /* rho, pi */
            uint64_t next = s[cycle[t]];
            s[cycle[t]] = rotl(moving, rotation[t]);
            moving = next;
        }
        for (int y = 0; y < 25; y += 5) { /* chi */
            memcpy(c, s + y, sizeof c);
            for (int x = 0; x < 5; x++)
                s[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }
        s[0] ^= round_constants[round]; /* iota */
    }
}

void hb_keccak256_init(hb_keccak256 *h)
{
    memset(h, 0, sizeof *h);
}

static void absorb_byte(hb_keccak256 *h, uint32_t at, uint8_t b)
{
    h->s[at / 8] ^= (uint64_t)b << 8 * (at % 8);
}

void hb_keccak256_update(hb_keccak256 *h, const void *data, size_t n)
{
    const uint8_t *p = data;
    while (n) {
        if (h->filled % 8 == 0 && n >= 8) {
            h->s[h->filled / 8] ^= hb_load_le64(p);
            h->filled += 8, p += 8, n -= 8;
        } else {
            absorb_byte(h, h->filled, *p);
            h->filled += 1, p += 1, n -= 1;
        }
        if (h->filled == HB_KECCAK256_RATE) {
            hb_keccak_f1600(h->s);
            h->filled = 0;
        }
    }
}

void hb_keccak256_final(hb_keccak256 *h, uint8_t digest[32])
{
    absorb_byte(h, h->filled, 0x01);
    absorb_byte(h, HB_KECCAK256_RATE - 1, 0x80);
    hb_keccak_f1600(h->s);
    for (int i = 0; i < 4; i++)
        hb_store_le64(digest + 8 * i, h->s[i]);
}

void hb_keccak256_hash(uint8_t digest[32], const void *data, size_t n)
{
    hb_keccak256 h;
    hb_keccak256_init(&h);
    hb_keccak256_update(&h, data, n);
    hb_keccak256_final(&h, digest);
}
