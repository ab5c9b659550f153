/* Random programs for differential tests and for proofs of "anything": every operation but ECALL and EBREAK, dense in edge values, aliased operands, misaligned and
 * page-crossing accesses, taken and untaken branches, jumps and short loops. The same seed gives the same program. */
#pragma once
#include "rv/rvasm.h"

#define HB_RVRANDOM_BUFFER_BYTES 12288 /* what loads and stores hit, from HB_RVASM_DATA on; the middle page is the target */
#define HB_RVRANDOM_BASE_REG 31        /* points into the middle of the buffer */
#define HB_RVRANDOM_LOOP_REG 30        /* loop counter */

/* Emits code that sets all registers, then about `n` random instructions; it runs off the end of what it emitted. Sets a->bss. */
void hb_rvrandom_emit(hb_rvasm *a, uint64_t seed, unsigned n);

/* Emits code that stores x1..x31 at `address` (a multiple of 8; 31 double words, x31 as its constant). Clobbers x31, x30. */
void hb_rvrandom_dump_registers(hb_rvasm *a, uint64_t address);

/* A value from the edge set {0, 1, 2, -1, MIN, MAX, 2^31, ..., alternating bits, random}; state is any non-zero seed. */
uint64_t hb_rvrandom_value(uint64_t *state);
