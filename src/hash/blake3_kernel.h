/* Kernel table of hash/blake3x16.h; internal to the room. */
#pragma once
#include "base/isa.h"
#include "hash/blake3c.h"

typedef struct hb_blake3_kernels {
    /* As hb_blake3_compress16. */
    void (*compress16)(uint32_t cv[8][16], const uint32_t block[16][16], uint64_t counter, uint32_t counter_step, uint32_t block_len,
                       uint32_t flags);
    /* The smallest nonce in [first, first + 16 n), n even, that solves the puzzle of hb_blake3_grind, or UINT64_MAX. bits <= 32; no wrap-around. */
    uint64_t (*grind)(const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t block_len, uint32_t flags, unsigned bits,
                      uint64_t first, uint64_t n);
} hb_blake3_kernels;

HB_ISA_TABLES(hb_blake3_kernels, hb_blake3_kernels_table)
