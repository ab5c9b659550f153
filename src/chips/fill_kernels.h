/* Kernel table of fill.c; internal to the room. */
#pragma once
#include "base/isa.h"
#include "field/f.h"

typedef struct hb_fill_kernels {
    /* out[i] = Montgomery form of in[i], i < n. in: canonical, readable up to the next multiple of 16. No alignment needed. */
    void (*to_montgomery)(hb_f *out, const uint32_t *in, size_t n);
} hb_fill_kernels;

HB_ISA_TABLES(hb_fill_kernels, hb_fill_kernels_table)
