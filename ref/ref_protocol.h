/* Shared by the steps of the reference verifier: the tables of one proof and everything that one step hands to the next. */
#pragma once
#include "ref_reader.h"
#include "ref_verify.h"

#define REF_TREES 5  /* G, R, the fraction tree, G*, R* */
#define REF_VALUES 6 /* G, R, p, q, G*, R* */
#define REF_COMMITMENTS 3

/* The part of a key that depends on the program. */
typedef struct ref_program {
    uint64_t entry, img_lo, img_hi, n_prog, n_image, cap_nodes;
    uint8_t load_digest[32];
    uint8_t *cap; /* 32 bytes a node */
} ref_program;

/* A proof file without its proofs. */
typedef struct ref_file {
    ref_program program;
    uint32_t public_words[17]; /* public-values digest, deferred digest, exit code */
    uint32_t n_shards, nonce[2];
    const uint8_t *public_bytes;
    uint64_t n_public_bytes;
    const uint8_t *proofs; /* n_shards + 1 of them */
    uint64_t n_proofs_bytes;
} ref_file;

typedef struct ref_table {
    uint32_t chip;
    const hb_air *air;
    bool absent;        /* its preprocessed columns take room in commitment 0, and that is all: no terms, no ids, no values */
    uint32_t n_rows, h; /* h = max(12, ceil_log2 n_rows) */
    uint64_t tiles;     /* stored */
    uint32_t main;      /* the commitment of its main columns: 1 or 2 */
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
    uint32_t tree; /* 0 G, 1 R, 2 fraction, 3 G*, 4 R* */
    uint32_t n_uses, uses[3];
} ref_term;

typedef struct ref_bus_challenges {
    ref_k alpha, beta[16], beta_tag;
} ref_bus_challenges;

typedef struct ref_run {
    ref_reader r;
    /* statement */
    uint32_t words[24]; /* as absorbed */
    uint32_t heights[REF_CHIPS_MAX];
    uint32_t seed[8];   /* seed* of a run in shards; zero for kind single */
    uint64_t key_constants[HB_KEY_COUNT];
    uint32_t (*cap[REF_COMMITMENTS])[8];
    /* tables */
    uint32_t n_tables, n_max, n_columns;
    ref_table tables[REF_CHIPS_MAX];
    ref_term *terms[REF_CHIPS_MAX]; /* per table */
    uint32_t n_terms[REF_CHIPS_MAX];
    uint32_t stack_h[REF_COMMITMENTS], stack_w[REF_COMMITMENTS];
    /* challenges and points */
    ref_bus_challenges own, global;
    uint32_t n_trees, n_values; /* 3 and 4 for kind single, else 5 and 6 */
    uint32_t depth;
    ref_block *blocks[REF_TREES];
    uint32_t n_blocks[REF_TREES];
    ref_k product[2];           /* G*_root, R*_root */
    ref_k xi[64], claims[REF_VALUES];
    ref_k r0, ry[8], ru[32], lagrange[16];
} ref_run;

enum { REF_KIND_SINGLE, REF_KIND_EXEC, REF_KIND_INIT };
/* Where things stand among the words of the statement. */
enum { REF_W_KIND, REF_W_INDEX, REF_W_PC_IN, REF_W_PC_OUT, REF_W_TS_END, REF_W_PUBLIC, REF_W_DEFERRED = 13, REF_W_EXIT_CODE = 21, REF_W_CHAIN_HI, REF_W_CHAIN_LO, REF_W_COUNT };
#define REF_PC_HALT ((UINT32_C(1) << 30) + (UINT32_C(1) << 29))

uint32_t ref_ceil_log2(uint64_t x);
ref_k ref_fingerprint(const ref_run *run, hb_bus bus, const ref_k *v, uint32_t n);
bool ref_is(const ref_machine *machine, uint32_t chip, const char *name);
uint32_t ref_rows_of(const ref_machine *machine, const ref_run *run, const char *name);

void ref_params_id(const ref_machine *machine, uint8_t id[32]);
void ref_key_digest(const ref_machine *machine, const ref_program *program, uint8_t key[32]);
/* protocol.md 11; NULL, or why not. */
const char *ref_check_statement(const ref_machine *machine, const ref_run *run, const ref_program *program);
/* ALPHA, BETAs, BETA_TAG. */
void ref_bus_draw(ref_reader *r, ref_bus_challenges *out);

bool ref_layout(ref_run *run, const ref_machine *machine, const ref_program *program); /* tables, terms, blocks, stacks */
void ref_gkr(ref_run *run, ref_k pv_g, ref_k pv_r);
void ref_zerocheck(ref_run *run);
void ref_opening(ref_run *run);

/* Everything about one proof after the integer checks: run->words, heights, seed, global and r are set. NULL, or why not; run->product is set. */
const char *ref_conversation(const ref_machine *machine, ref_run *run, const ref_program *program, const uint8_t key[32]);
/* protocol.md 14. runs: n_shards + 1, as they stand in the file. NULL, or why not. */
const char *ref_run_in_shards(const ref_machine *machine, const ref_file *file, ref_run *runs, const uint8_t key[32]);
