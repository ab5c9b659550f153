#include "ref_hash.h"

#include <string.h>

const uint32_t ref_blake3_iv[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};

static uint32_t rotate(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static void g(uint32_t v[16], int a, int b, int c, int d, uint32_t x, uint32_t y) {
    v[a] += v[b] + x;
    v[d] = rotate(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = rotate(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 7);
}

void ref_blake3_compress(const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t len, uint32_t flags, uint32_t out[16]) {
    static const int permutation[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    uint32_t v[16], m[16], next[16];
    memcpy(v, cv, 32);
    memcpy(v + 8, ref_blake3_iv, 16);
    v[12] = (uint32_t)counter;
    v[13] = (uint32_t)(counter >> 32);
    v[14] = len;
    v[15] = flags;
    memcpy(m, block, 64);
    for (int round = 0; round < 7; round++) {
        for (int i = 0; i < 4; i++) g(v, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
        for (int i = 0; i < 4; i++) g(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i]);
        for (int i = 0; i < 16; i++) next[i] = m[permutation[i]];
        memcpy(m, next, 64);
    }
    for (int i = 0; i < 8; i++) {
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = v[i + 8] ^ cv[i];
    }
}

enum { CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8 };

static void load_block(const uint8_t *data, size_t len, uint32_t block[16]) {
    uint8_t bytes[64] = {0};
    if (len) memcpy(bytes, data, len);
    for (int i = 0; i < 16; i++)
        block[i] = bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 | (uint32_t)bytes[4 * i + 3] << 24;
}

static void hash_chunk(const uint8_t *data, size_t len, uint64_t index, uint32_t root, uint32_t out[16]) {
    uint32_t cv[8], block[16];
    memcpy(cv, ref_blake3_iv, 32);
    for (size_t at = 0;; at += 64) {
        const size_t n = len - at < 64 ? len - at : 64;
        const int last = at + n == len;
        load_block(data + at, n, block);
        ref_blake3_compress(cv, block, index, (uint32_t)n, (at == 0 ? CHUNK_START : 0u) | (last ? CHUNK_END | root : 0u), out);
        if (last) return;
        memcpy(cv, out, 32);
    }
}

static void hash_subtree(const uint8_t *data, size_t len, uint64_t index, uint32_t root, uint32_t out[16]) {
    if (len <= 1024) {
        hash_chunk(data, len, index, root, out);
        return;
    }
    size_t left = 1024; /* the largest power of two of chunks that leaves something on the right */
    while (2 * left < len) left *= 2;
    uint32_t block[16], half[16];
    hash_subtree(data, left, index, 0, half);
    memcpy(block, half, 32);
    hash_subtree(data + left, len - left, index + left / 1024, 0, half);
    memcpy(block + 8, half, 32);
    ref_blake3_compress(ref_blake3_iv, block, 0, 64, PARENT | root, out);
}

static void store_words(const uint32_t *w, int n, uint8_t *out) {
    for (int i = 0; i < 4 * n; i++) out[i] = (uint8_t)(w[i / 4] >> (8 * (i % 4)));
}

void ref_blake3(const uint8_t *data, size_t len, uint8_t out[32]) {
    uint32_t words[16];
    hash_subtree(data, len, 0, ROOT, words);
    store_words(words, 8, out);
}

/* SHA-256 (FIPS 180-4). The constants are the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8. */
static const uint32_t sha_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static void sha_block(uint32_t h[8], const uint8_t *p) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, h, 32);
    for (int i = 0; i < 64; i++) {
        const uint32_t e = s[4], a = s[0];
        const uint32_t t1 = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + sha_k[i] + w[i];
        const uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 28);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
}

void ref_sha256(const uint8_t *data, size_t len, uint8_t out[32]) {
    uint32_t h[8];
    memcpy(h, ref_blake3_iv, 32); /* BLAKE3 took its initial values from SHA-256 */
    size_t at = 0;
    for (; len - at >= 64; at += 64) sha_block(h, data + at);
    uint8_t tail[128] = {0};
    const size_t rest = len - at;
    if (rest) memcpy(tail, data + at, rest);
    tail[rest] = 0x80;
    const size_t end = rest < 56 ? 64 : 128;
    for (int i = 0; i < 8; i++) tail[end - 1 - (size_t)i] = (uint8_t)((uint64_t)len * 8 >> (8 * i));
    for (size_t i = 0; i < end; i += 64) sha_block(h, tail + i);
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}
