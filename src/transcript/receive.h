/* The verifier's half of the conversation: a message is read from the proof, checked for form and absorbed in one call. Freestanding.
 *
 * Every function returns HB_OK or HB_REJECTED (reasons TRUNCATED, NOT_CANONICAL, BAD_GRINDING, TRAILING_BYTES); after a rejection the
 * receiver must not be used further. Challenges are drawn from r->t. Start: hb_receiver_init. */
#pragma once
#include "base/bytes.h"
#include "base/reject.h"
#include "transcript/transcript.h"

typedef struct hb_receiver {
    hb_transcript t;
    hb_reader in;  /* the proof's bytes, not owned */
    hb_error *err; /* not owned, may be NULL */
} hb_receiver;

void hb_receiver_init(hb_receiver *r, const uint8_t *proof, size_t bytes, hb_error *err);

/* n elements of K; each word must be canonical. */
hb_status hb_receive_k(hb_receiver *r, hb_tag tag, hb_k *out, size_t n);

/* n words of any value (digests). */
hb_status hb_receive_words(hb_receiver *r, hb_tag tag, uint32_t *out, size_t n);

/* *bytes = the next 4 n bytes of the proof in place (any alignment), not absorbed. */
hb_status hb_receive_raw(hb_receiver *r, const uint8_t **bytes, size_t n_words);

/* Reads a nonce and checks it; bits 0 reads nothing. */
hb_status hb_receive_grind(hb_receiver *r, hb_label label, uint32_t bits);

/* Rejects if anything is left. */
hb_status hb_receive_end(hb_receiver *r);
