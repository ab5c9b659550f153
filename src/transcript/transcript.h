/* The Fiat-Shamir transcript (docs/protocol.md 3): what prover and verifier have said so far, squeezed into challenges. Freestanding.
 *
 * Everything absorbed carries a tag and its length, every squeeze a label, so two different conversations never compress the same
 * blocks. Prover code absorbs through transcript/send.h, verifier code through transcript/receive.h; directly absorbed are only
 * things that both sides know (parameters, key, statement, heights, key caps). The state is plain data: copying it forks the
 * conversation. Not shared between threads. */
#pragma once
#include <stdint.h>

#include "field/k.h"

/* Tags and labels as in docs/protocol.md 3. */
typedef enum hb_tag {
    HB_TAG_PARAMETERS = 1,
    HB_TAG_VKEY,
    HB_TAG_STATEMENT,
    HB_TAG_SIGMA,
    HB_TAG_HEIGHTS,
    HB_TAG_CAP,
    HB_TAG_GKR_TOP,
    HB_TAG_ROUND2, /* two K */
    HB_TAG_GKR_END,
    HB_TAG_SKIP,
    HB_TAG_ROUND4, /* four K */
    HB_TAG_COLUMNS,
    HB_TAG_STACKED,
    HB_TAG_OOD,
    HB_TAG_FINAL
} hb_tag;

typedef enum hb_label {
    HB_LABEL_ALPHA = 1,
    HB_LABEL_BETA,
    HB_LABEL_BETA_TAG,
    HB_LABEL_GKR_POINT,
    HB_LABEL_GKR_LAMBDA,
    HB_LABEL_GKR_ROUND,
    HB_LABEL_GKR_MU,
    HB_LABEL_XI_EXTEND,
    HB_LABEL_LAMBDA,
    HB_LABEL_ETA,
    HB_LABEL_SKIP,
    HB_LABEL_ZEROCHECK_ROUND,
    HB_LABEL_TAU,
    HB_LABEL_TILE_ROUND,
    HB_LABEL_GAMMA,
    HB_LABEL_OOD_POINT,
    HB_LABEL_QUERY,
    HB_LABEL_DELTA,
    HB_LABEL_FOLD,
    HB_LABEL_FINAL_ROUND,
    HB_LABEL_BUS,   /* grinding only, */
    HB_LABEL_GLOBAL /* this too */
} hb_label;

typedef struct hb_transcript {
    uint32_t cv[8];
    uint32_t block[16]; /* the first `fill` words are pending, fill < 16 between calls */
    uint32_t fill;
    uint64_t counter;
} hb_transcript;

void hb_transcript_init(hb_transcript *t);

/* words: any 32-bit values; NULL allowed when n = 0. n < 2^32. */
void hb_transcript_absorb(hb_transcript *t, hb_tag tag, const uint32_t *words, size_t n);

/* n elements as 5 n canonical words; the length absorbed is 5 n. */
void hb_transcript_absorb_k(hb_transcript *t, hb_tag tag, const hb_k *values, size_t n);

/* One element of K, within 2^-17 of uniform. */
hb_k hb_transcript_challenge(hb_transcript *t, hb_label label);

/* n indices below 2^bits, bits 1..32, with repetitions, in the order drawn. */
void hb_transcript_indices(hb_transcript *t, hb_label label, uint32_t n, uint32_t bits, uint32_t *out);

/* --- grinding, for send.h and receive.h only -------------------------------------------------------------------------------------- */
/* Compresses what is pending (flag FLUSH). */
void hb_transcript_flush(hb_transcript *t);

/* The puzzle's block; HB_GRIND_BYTES of it count. */
#define HB_GRIND_BYTES 16u
void hb_transcript_grind_block(uint32_t block[16], hb_label label, uint32_t bits, uint64_t nonce);

/* Right after a flush: whether this nonce has `bits` leading zero bits, bits 1..32. If so it is taken into the state. */
bool hb_transcript_take_nonce(hb_transcript *t, hb_label label, uint32_t bits, uint64_t nonce);

/* --- tests only --------------------------------------------------------------------------------------------------------------------- */
#ifdef HB_TEST_HOOKS
/* A tape freezes challenges: while one is recording, every challenge, index and accepted nonce is noted; while one is replaying they are
 * taken from it in order whatever was absorbed (grinding then accepts any nonce). So a test can change one message of a proof
 * and see which check notices, instead of having every later challenge change. The library is built without this: a test that wants
 * it defines HB_TEST_HOOKS and includes transcript/transcript.c, which then takes the place of the library's object. */
#define HB_TAPE_CAP 65536u
typedef struct hb_tape {
    uint32_t words[HB_TAPE_CAP];
    size_t used, at; /* recorded, replayed */
} hb_tape;
typedef enum hb_tape_mode { HB_TAPE_OFF, HB_TAPE_RECORD, HB_TAPE_REPLAY } hb_tape_mode;

/* For all transcripts from now on. tape may be NULL for HB_TAPE_OFF. RECORD empties the tape, REPLAY rewinds it. */
void hb_transcript_tape(hb_tape *tape, hb_tape_mode mode);
#endif
