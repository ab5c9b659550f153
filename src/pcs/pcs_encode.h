/* Encoding of stacked columns, several at a time. Hosted, for the prover. */
#pragma once
#include "pcs/pcs_cells.h"
#include "poly/ntt.h"

/* A transform's tables and, for each thread, its scratch and a column's cells. */
typedef struct hb_pcs_encoder {
    hb_ntt_plan plan;
    unsigned threads;
    size_t scratch_bytes, cells; /* a thread */
    uint8_t *scratch;
    hb_f *buffer;
} hb_pcs_encoder;

/* Arena bytes for columns of 2^h cells; 0 when the system has no memory for the transform's tables. */
size_t hb_pcs_encoder_bytes(uint32_t h, const hb_pool *pool);

/* HB_OUT_OF_MEMORY. The plan's tables are not the arena's: end with hb_pcs_encoder_free. */
hb_status hb_pcs_encoder_init(hb_pcs_encoder *e, uint32_t h, const hb_pool *pool, hb_arena *arena, hb_error *err);
void hb_pcs_encoder_free(hb_pcs_encoder *e);

/* Codewords of the n stacked columns from `first` on, to out[0 .. n-1] (2^(h + 1) words each, 64-byte aligned). */
void hb_pcs_encode(const hb_pcs_encoder *e, const hb_pcs_cells *cells, uint32_t first, uint32_t n, uint32_t *const *out, hb_pool *pool);
