/* Kernel table of merkle/merkle.h; internal to the room. */
#pragma once
#include <stddef.h>

#include "base/isa.h"
#include "merkle/merkle.h"

typedef struct hb_merkle_kernels {
    /* Block `block` (1 to 16 columns, given by columns[0 .. count-1] + first) of 16 * groups leaves goes into their chaining values cv. Block 0
     * starts from the IV. */
    void (*absorb)(hb_merkle_group *cv, size_t groups, const uint32_t *const *columns, size_t count, size_t first, size_t block);
    /* out[g] = the 16 parents of in[2 g] and in[2 g + 1]. out may be in. */
    void (*nodes)(hb_merkle_group *out, const hb_merkle_group *in, size_t groups);
} hb_merkle_kernels;

HB_ISA_TABLES(hb_merkle_kernels, hb_merkle_kernels_table)
