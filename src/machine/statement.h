/* What a proof states, and the parts of a key that depend on the program (docs/protocol.md 6 and 11). Freestanding. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "chips/chip.h"
#include "transcript/transcript.h"

#define HB_MAX_SHARDS ((1u << 18) - 1) /* shard numbers are below 2^18 */
#define HB_CAP_NODES_MAX 256u

typedef struct hb_statement {
    uint32_t kind, index; /* HB_KIND_* (chips/chip.h); number in its run */
    uint32_t pc_in, pc_out, ts_end;
    uint32_t public_digest[8];   /* words given to COMMIT 0..7; little-endian they are the digest's bytes */
    uint32_t deferred_digest[8]; /* zero until aggregation exists */
    uint32_t exit_code;
    uint32_t chain_hi, chain_lo; /* key of the last row of INITFIN or INITFIN_GLOBAL */
    uint32_t seed[8];            /* seed* of its run (machine/run.h); zero for kind `single` */
    uint32_t heights[HB_CHIP_COUNT];
} hb_statement;

/* The program part of a verifying key: everything of it that is not compiled into the verifier. */
typedef struct hb_program_part {
    uint32_t entry;          /* word index, below 2^30 */
    uint64_t img_lo, img_hi; /* byte addresses, multiples of 8 */
    uint32_t n_prog, n_image; /* heights of PROG and IMAGE */
    uint8_t load_digest[32]; /* of the addresses, sizes and flags of what the program file loads (rv/rvprogram.h) */
    uint32_t cap_nodes;      /* nodes in the cap of commitment 0 */
    uint32_t cap[HB_CAP_NODES_MAX][8];
} hb_program_part;

/* 32 bytes; see protocol.md 2. */
void hb_params_id(uint8_t id[32]);
/* The canonical text whose hash the parameter id is. */
const char *hb_params_text(void);

/* vkey of protocol.md 11. machine_digest: hb_machine_digest. */
void hb_vkey_digest(const hb_program_part *part, const uint8_t machine_digest[32], uint8_t vkey[32]);

/* Absorbs PARAMETERS, VKEY, STATEMENT, SIGMA, HEIGHTS, in this order. */
void hb_statement_absorb(const hb_statement *st, const uint8_t vkey[32], hb_transcript *t);

/* Public word k = 0..16 as PV cell k must hold it at the end: digest, deferred digest, exit code. */
uint32_t hb_statement_public_word(const hb_statement *st, uint32_t k);
