/* BLAKE3 compression in every lane of a SIMD register. Only for *_kernel.c.
 *
 * hb_v32 is the register of raw 32-bit words that fits the instruction set: 16 lanes (AVX-512), 8 (AVX2) or 4 (anything, by the compiler's vector
 * extension). It is narrower than a v16 where registers are few, because 16 state words should stay in registers. */
#pragma once
#include <string.h>

#include "hash/blake3c.h"

#define HB_BV static inline __attribute__((always_inline))

#if defined __AVX512F__ && defined __AVX512VL__
#include <immintrin.h>
#define HB_V32_LANES 16
typedef __m512i hb_v32;
HB_BV hb_v32 hb_v32_load(const uint32_t *p) { return _mm512_loadu_si512(p); }
HB_BV void hb_v32_store(uint32_t *p, hb_v32 x) { _mm512_storeu_si512(p, x); }
HB_BV hb_v32 hb_v32_set1(uint32_t x) { return _mm512_set1_epi32((int)x); }
HB_BV hb_v32 hb_v32_add(hb_v32 x, hb_v32 y) { return _mm512_add_epi32(x, y); }
HB_BV hb_v32 hb_v32_xor(hb_v32 x, hb_v32 y) { return _mm512_xor_si512(x, y); }
#define hb_v32_rotr(x, n) _mm512_ror_epi32((x), (n))
HB_BV void hb_v32_unzip(hb_v32 x, hb_v32 y, hb_v32 *even, hb_v32 *odd)
{
    __m512i i = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *even = _mm512_permutex2var_epi32(x, i, y);
    *odd = _mm512_permutex2var_epi32(x, _mm512_or_si512(i, _mm512_set1_epi32(1)), y);
}
#elif defined __AVX2__
#include <immintrin.h>
#define HB_V32_LANES 8
typedef __m256i hb_v32;
HB_BV hb_v32 hb_v32_load(const uint32_t *p) { return _mm256_loadu_si256((const __m256i *)(const void *)p); }
HB_BV void hb_v32_store(uint32_t *p, hb_v32 x) { _mm256_storeu_si256((__m256i *)(void *)p, x); }
HB_BV hb_v32 hb_v32_set1(uint32_t x) { return _mm256_set1_epi32((int)x); }
HB_BV hb_v32 hb_v32_add(hb_v32 x, hb_v32 y) { return _mm256_add_epi32(x, y); }
HB_BV hb_v32 hb_v32_xor(hb_v32 x, hb_v32 y) { return _mm256_xor_si256(x, y); }
/* Rotations by whole bytes are one shuffle. n is a constant. */
HB_BV hb_v32 hb_v32_rotr(hb_v32 x, int n)
{
    const __m256i by16 = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    const __m256i by8 = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12));
    if (n == 16 || n == 8)
        return _mm256_shuffle_epi8(x, n == 16 ? by16 : by8);
    return _mm256_or_si256(_mm256_srli_epi32(x, n), _mm256_slli_epi32(x, 32 - n));
}
HB_BV void hb_v32_unzip(hb_v32 x, hb_v32 y, hb_v32 *even, hb_v32 *odd)
{
    __m256 a = _mm256_castsi256_ps(x), b = _mm256_castsi256_ps(y);
    *even = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88)), 0xd8);
    *odd = _mm256_permute4x64_epi64(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xdd)), 0xd8);
}
#else
#define HB_V32_LANES 4
typedef uint32_t hb_v32 __attribute__((vector_size(16)));
HB_BV hb_v32 hb_v32_load(const uint32_t *p)
{
    hb_v32 r;
    memcpy(&r, p, sizeof r);
    return r;
}
HB_BV void hb_v32_store(uint32_t *p, hb_v32 x) { memcpy(p, &x, sizeof x); }
HB_BV hb_v32 hb_v32_set1(uint32_t x) { return (hb_v32){x, x, x, x}; }
HB_BV hb_v32 hb_v32_add(hb_v32 x, hb_v32 y) { return x + y; }
HB_BV hb_v32 hb_v32_xor(hb_v32 x, hb_v32 y) { return x ^ y; }
HB_BV hb_v32 hb_v32_rotr(hb_v32 x, int n) { return x >> n | x << (32 - n); }
HB_BV void hb_v32_unzip(hb_v32 x, hb_v32 y, hb_v32 *even, hb_v32 *odd)
{
    *even = (hb_v32){x[0], x[2], y[0], y[2]};
    *odd = (hb_v32){x[1], x[3], y[1], y[3]};
}
#endif

/* One quarter-round step in each of two independent states v (message m) and w (message n). One state alone is limited by the latency of its chain of
 * operations (measured: 6.4 ns a compression with 16 lanes against 4.3 in pairs), although two do not quite fit into the registers. */
#define HB_BLAKE3V_G2(a, b, c, d, i, j)                                                                                 \
    do {                                                                                                                \
        v[a] = hb_v32_add(hb_v32_add(v[a], v[b]), m[i]), w[a] = hb_v32_add(hb_v32_add(w[a], w[b]), n[i]);               \
        v[d] = hb_v32_rotr(hb_v32_xor(v[d], v[a]), 16), w[d] = hb_v32_rotr(hb_v32_xor(w[d], w[a]), 16);                 \
        v[c] = hb_v32_add(v[c], v[d]), w[c] = hb_v32_add(w[c], w[d]);                                                   \
        v[b] = hb_v32_rotr(hb_v32_xor(v[b], v[c]), 12), w[b] = hb_v32_rotr(hb_v32_xor(w[b], w[c]), 12);                 \
        v[a] = hb_v32_add(hb_v32_add(v[a], v[b]), m[j]), w[a] = hb_v32_add(hb_v32_add(w[a], w[b]), n[j]);               \
        v[d] = hb_v32_rotr(hb_v32_xor(v[d], v[a]), 8), w[d] = hb_v32_rotr(hb_v32_xor(w[d], w[a]), 8);                   \
        v[c] = hb_v32_add(v[c], v[d]), w[c] = hb_v32_add(w[c], w[d]);                                                   \
        v[b] = hb_v32_rotr(hb_v32_xor(v[b], v[c]), 7), w[b] = hb_v32_rotr(hb_v32_xor(w[b], w[c]), 7);                   \
    } while (0)

#define HB_BLAKE3V_ROUND2(i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15)                         \
    HB_BLAKE3V_G2(0, 4, 8, 12, i0, i1);                                                                                 \
    HB_BLAKE3V_G2(1, 5, 9, 13, i2, i3);                                                                                 \
    HB_BLAKE3V_G2(2, 6, 10, 14, i4, i5);                                                                                \
    HB_BLAKE3V_G2(3, 7, 11, 15, i6, i7);                                                                                \
    HB_BLAKE3V_G2(0, 5, 10, 15, i8, i9);                                                                                \
    HB_BLAKE3V_G2(1, 6, 11, 12, i10, i11);                                                                              \
    HB_BLAKE3V_G2(2, 7, 8, 13, i12, i13);                                                                               \
    HB_BLAKE3V_G2(3, 4, 9, 14, i14, i15);

/* The state before the first round. */
HB_BV void hb_blake3v_start(hb_v32 v[16], const hb_v32 cv[8], hb_v32 counter_low, hb_v32 counter_high, uint32_t block_len, uint32_t flags)
{
    for (int i = 0; i < 8; i++)
        v[i] = cv[i];
    for (int i = 0; i < 4; i++)
        v[8 + i] = hb_v32_set1(hb_blake3_iv[i]);
    v[12] = counter_low;
    v[13] = counter_high;
    v[14] = hb_v32_set1(block_len);
    v[15] = hb_v32_set1(flags);
}

/* All rounds, of two states. */
HB_BV void hb_blake3v_rounds2(hb_v32 v[16], hb_v32 w[16], const hb_v32 m[16], const hb_v32 n[16])
{
    HB_BLAKE3_ROUNDS(HB_BLAKE3V_ROUND2)
}

/* cv[k] = output words 0-7 for message m[k], k = 0, 1; one counter for all lanes. */
HB_BV void hb_blake3v_compress2(hb_v32 cv[2][8], hb_v32 m[2][16], uint64_t counter, uint32_t block_len, uint32_t flags)
{
    hb_v32 v[2][16], low = hb_v32_set1((uint32_t)counter), high = hb_v32_set1((uint32_t)(counter >> 32));
    for (int k = 0; k < 2; k++)
        hb_blake3v_start(v[k], cv[k], low, high, block_len, flags);
    hb_blake3v_rounds2(v[0], v[1], m[0], m[1]);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < 8; i++)
            cv[k][i] = hb_v32_xor(v[k][i], v[k][i + 8]);
}

HB_BV void hb_blake3v_iv(hb_v32 cv[8])
{
    for (int i = 0; i < 8; i++)
        cv[i] = hb_v32_set1(hb_blake3_iv[i]);
}
