/* What the reference verifier reads: the proof's words through the transcript (docs/protocol.md 3). The first failure is kept; after it everything
 * reads as zero, so that callers may check once at the end of a step. */
#pragma once
#include "ref_field.h"

enum ref_tag { REF_PARAMETERS = 1, REF_VKEY, REF_STATEMENT, REF_SIGMA, REF_HEIGHTS, REF_CAP, REF_GKR_TOP, REF_ROUND2, REF_GKR_END, REF_SKIP, REF_ROUND4,
               REF_COLUMNS, REF_STACKED, REF_OOD, REF_FINAL };
enum ref_label { REF_L_ALPHA = 1, REF_L_BETA, REF_L_BETA_TAG, REF_L_GKR_POINT, REF_L_GKR_LAMBDA, REF_L_GKR_ROUND, REF_L_GKR_MU, REF_L_XI_EXTEND, REF_L_LAMBDA,
                 REF_L_ETA, REF_L_SKIP, REF_L_ZEROCHECK_ROUND, REF_L_TAU, REF_L_TILE_ROUND, REF_L_GAMMA, REF_L_OOD_POINT, REF_L_QUERY, REF_L_DELTA, REF_L_FOLD,
                 REF_L_FINAL_ROUND, REF_L_BUS, REF_L_GLOBAL };
enum ref_flag { REF_LEAF = 1 << 8, REF_NODE = 1 << 9, REF_ABSORB = 1 << 10, REF_SQUEEZE = 1 << 11, REF_FLUSH = 1 << 12, REF_GRIND = 1 << 13 };

typedef struct ref_reader {
    const uint8_t *bytes;
    uint64_t n_words, next;
    const char *why; /* NULL while all is well */
    uint32_t cv[8], block[16], pending;
    uint64_t counter;
} ref_reader;

void ref_reader_init(ref_reader *r, const uint8_t *bytes, uint64_t n_words);
/* Notes the first failure; returns ok. */
bool ref_check(ref_reader *r, bool ok, const char *why);

uint32_t ref_read_word(ref_reader *r);                   /* not absorbed */
uint32_t ref_read_element(ref_reader *r);                /* not absorbed; below p */
void ref_absorb(ref_reader *r, uint32_t tag, const uint32_t *words, uint32_t n);
void ref_read_k(ref_reader *r, uint32_t tag, ref_k *out, uint32_t n); /* absorbed as one object */
void ref_read_cap(ref_reader *r, uint32_t nodes, uint32_t (*out)[8]);
ref_k ref_challenge(ref_reader *r, uint32_t label);
void ref_indices(ref_reader *r, uint32_t label, uint32_t n, uint32_t bits, uint32_t *out);
void ref_grind(ref_reader *r, uint32_t label, uint32_t bits);

/* Opens `n` leaves (sorted, distinct) of leaf_words words each of a tree of 2^leaves_log2 leaves with this cap; leaf words go to out. */
void ref_read_opening(ref_reader *r, const uint32_t (*cap)[8], uint32_t leaves_log2, const uint32_t *leaves, uint32_t n, uint32_t leaf_words, uint32_t *out);
