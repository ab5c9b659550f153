#include "hash/blake3_kernel.h"

#include "hash/blake3v.h"

/* Counters of lanes first .. first + HB_V32_LANES - 1, low and high words. */
static void lane_counters(hb_v32 *low, hb_v32 *high, uint64_t counter, uint64_t step, unsigned first)
{
    uint32_t lo[HB_V32_LANES], hi[HB_V32_LANES];
    for (unsigned i = 0; i < HB_V32_LANES; i++) {
        uint64_t c = counter + (first + i) * step;
        lo[i] = (uint32_t)c;
        hi[i] = (uint32_t)(c >> 32);
    }
    *low = hb_v32_load(lo);
    *high = hb_v32_load(hi);
}

HB_BV void load_lanes(hb_v32 v[16], hb_v32 m[16], uint32_t cv[8][16], const uint32_t block[16][16], unsigned lane, uint64_t counter,
                      uint32_t counter_step, uint32_t block_len, uint32_t flags)
{
    hb_v32 h[8], low, high;
    for (int i = 0; i < 8; i++)
        h[i] = hb_v32_load(cv[i] + lane);
    for (int i = 0; i < 16; i++)
        m[i] = hb_v32_load(block[i] + lane);
    lane_counters(&low, &high, counter, counter_step, lane);
    hb_blake3v_start(v, h, low, high, block_len, flags);
}

/* With registers of 16 lanes the second state is the first one again. */
static void compress16(uint32_t cv[8][16], const uint32_t block[16][16], uint64_t counter, uint32_t counter_step, uint32_t block_len,
                       uint32_t flags)
{
    for (unsigned lane = 0; lane < 16; lane += 2 * HB_V32_LANES) {
        const unsigned other = (lane + HB_V32_LANES) % 16;
        hb_v32 v[2][16], m[2][16];
        load_lanes(v[0], m[0], cv, block, lane, counter, counter_step, block_len, flags);
        load_lanes(v[1], m[1], cv, block, other, counter, counter_step, block_len, flags);
        hb_blake3v_rounds2(v[0], v[1], m[0], m[1]);
        for (int i = 0; i < 8; i++) {
            hb_v32_store(cv[i] + lane, hb_v32_xor(v[0][i], v[0][i + 8]));
            hb_v32_store(cv[i] + other, hb_v32_xor(v[1][i], v[1][i + 8]));
        }
    }
}

/* Only output word 8 is needed, so the compiler drops most of the last half round. */
static uint64_t grind(const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t block_len, uint32_t flags, unsigned bits,
                      uint64_t first, uint64_t n)
{
    hb_v32 h[8], m[2][16];
    const hb_v32 low = hb_v32_set1((uint32_t)counter), high = hb_v32_set1((uint32_t)(counter >> 32));
    for (int i = 0; i < 8; i++)
        h[i] = hb_v32_set1(cv[i]);
    for (int i = 2; i < 16; i++)
        m[0][i] = m[1][i] = hb_v32_set1(block[i]);
    const uint64_t limit = UINT64_C(1) << (32 - bits), end = first + 16 * n;
    for (uint64_t nonce = first; nonce < end; nonce += 2 * HB_V32_LANES) {
        uint32_t word8[2 * HB_V32_LANES];
        hb_v32 v[2][16];
        for (unsigned k = 0; k < 2; k++) {
            lane_counters(&m[k][0], &m[k][1], nonce, 1, k * HB_V32_LANES);
            hb_blake3v_start(v[k], h, low, high, block_len, flags);
        }
        hb_blake3v_rounds2(v[0], v[1], m[0], m[1]);
        for (unsigned k = 0; k < 2; k++)
            hb_v32_store(word8 + k * HB_V32_LANES, hb_v32_xor(v[k][8], h[0]));
        for (unsigned i = 0; i < 2 * HB_V32_LANES; i++)
            if (word8[i] < limit)
                return nonce + i;
    }
    return UINT64_MAX;
}

const hb_blake3_kernels HB_ISA_SYM(hb_blake3_kernels_table) = {compress16, grind};
