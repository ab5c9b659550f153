/* 16 BLAKE3 compressions at a time (hosted; SIMD by hb_isa_current). Any thread. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "hash/blake3c.h"

/* Lane-wise hb_blake3_compress: word i of lane l is x[i][l]. cv is replaced by output words 0-7. counter: lane l uses counter + l * counter_step.
 * cv and block: 64-byte aligned rows. */
void hb_blake3_compress16(uint32_t cv[8][16], const uint32_t block[16][16], uint64_t counter, uint32_t counter_step, uint32_t block_len,
                          uint32_t flags);

/* The puzzle of docs/protocol.md 3: the smallest 64-bit nonce such that, with block words 0 and 1 replaced by the nonce (low, high), output
 * word 8 of compress(cv, block, counter, block_len, flags) is below 2^(32 - bits). bits <= 32. The pool only makes it faster: the smallest
 * nonce is found in any case. False if there is none below `limit` (0 = no limit); expected work is 2^bits compressions. */
bool hb_blake3_grind(hb_pool *pool, uint64_t *nonce, const uint32_t cv[8], const uint32_t block[16], uint64_t counter, uint32_t block_len,
                     uint32_t flags, unsigned bits, uint64_t limit);
