/* Shared by the steps of the reference verifier: the tables of one proof and everything that one step hands to the next. */
#pragma once
#include "ref_reader.h"
#include "ref_verify.h"

typedef struct ref_table {
    uint32_t chip;
    const hb_air *air;
    uint32_t n_rows, h; /* h = max(12, ceil_log2 n_rows) */
    uint64_t tiles;     /* stored */
    uint32_t first_id;  /* id(T, 0) */
    ref_k *v;           /* column values, pre then main */
} ref_table;

typedef struct ref_block { /* of a tree: one term of one table */
    uint32_t table, term;
    uint32_t h;
    uint64_t off;
} ref_block;

/* One leaf per row (protocol.md 5): a single use, or up to three grouped range lookups. */
typedef struct ref_term {
    uint32_t tree; /* 0 G, 1 R, 2 fraction */
    uint32_t n_uses, uses[3];
} ref_term;

typedef struct ref_run {
    ref_reader r;
    /* statement */
    uint32_t words[24]; /* as absorbed */
    uint32_t heights[REF_CHIPS_MAX];
    uint64_t key_constants[HB_KEY_COUNT];
    uint32_t (*cap[2])[8];
    uint32_t cap_nodes[2];
    /* tables */
    uint32_t n_tables, n_max, n_columns;
    ref_table tables[REF_CHIPS_MAX];
    ref_term *terms[REF_CHIPS_MAX]; /* per table */
    uint32_t n_terms[REF_CHIPS_MAX];
    /* stacking: [0] preprocessed, [1] main */
    uint32_t stack_h[2], stack_w[2];
    /* challenges and points */
    ref_k alpha, beta[16], beta_tag;
    uint32_t depth;
    ref_block *blocks[3];
    uint32_t n_blocks[3];
    ref_k xi[64], claims[4];
    ref_k r0, ry[8], ru[32], lagrange[16];
} ref_run;

uint32_t ref_ceil_log2(uint64_t x);
ref_k ref_fingerprint(const ref_run *run, hb_bus bus, const ref_k *v, uint32_t n);

bool ref_layout(ref_run *run, const ref_machine *machine); /* tables, terms, blocks, stacks */
void ref_gkr(ref_run *run, ref_k pv_g, ref_k pv_r);
void ref_zerocheck(ref_run *run);
void ref_opening(ref_run *run);
