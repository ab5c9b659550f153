/* The prover's half of the conversation: a message is absorbed and appended to the proof in one call. Hosted.
 *
 * Challenges are drawn from s->t with hb_transcript_challenge / _indices. Whoever starts a proof fills the struct:
 * hb_transcript_init(&s.t), an empty or growing buffer, a pool or NULL. The proof is a sequence of 32-bit little-endian words.
 * After HB_OUT_OF_MEMORY the proof is unusable. */
#pragma once
#include "base/buf.h"
#include "base/pool.h"
#include "base/stop.h"
#include "transcript/transcript.h"

typedef struct hb_sender {
    hb_transcript t;
    hb_buf *proof; /* not owned */
    hb_pool *pool; /* not owned; NULL = inline */
    const hb_stop *stop; /* may be NULL; when it asks, sending fails as if memory had run out: whoever asked knows better */
} hb_sender;

/* n elements of K, as canonical words. */
hb_status hb_send_k(hb_sender *s, hb_tag tag, const hb_k *values, size_t n);

/* n words as they are (digests). */
hb_status hb_send_words(hb_sender *s, hb_tag tag, const uint32_t *words, size_t n);

/* Appends without absorbing: Merkle openings, which a cap binds. */
hb_status hb_send_raw(hb_sender *s, const uint32_t *words, size_t n);

/* Proof of work: finds the smallest nonce with `bits` leading zero bits (0 does nothing, at most 32), takes it into the transcript
 * and appends it (low word, high word). Expected 2^bits compressions, 16 at a time, on all threads of the pool; the result does not
 * depend on their number. */
hb_status hb_send_grind(hb_sender *s, hb_label label, uint32_t bits);
