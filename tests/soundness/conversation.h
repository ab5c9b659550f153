/* What a verifier reads from a proof, absorbs and draws, in order: hooks h3 and h4 of the soundness tests. The test program's own objects (hooked_transcript.c,
 * hooked_receive.c) take the place of the library's and note every call while a conversation listens; the verifier does not know. */
#pragma once
#ifndef HB_TEST_HOOKS
#define HB_TEST_HOOKS
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transcript/transcript.h"

typedef enum talk_kind { TALK_ABSORB, TALK_CHALLENGE, TALK_INDICES, TALK_FLUSH, TALK_NONCE } talk_kind;

/* words[at .. at + n): what was absorbed, or what was drawn (5 of a challenge, in the form that hb_k has). */
typedef struct talk {
    talk_kind kind;
    uint32_t label; /* tag of an absorb, else label */
    uint32_t bits;  /* of indices or of the puzzle */
    size_t at, n;
    uint64_t nonce;
} talk;

typedef enum reading_kind { READING_K, READING_WORDS, READING_RAW, READING_NONCE } reading_kind;

/* A message, opening or nonce: 4 n bytes from `offset` on (of the proof's words). next: index of the first talk after it. */
typedef struct reading {
    reading_kind kind;
    uint32_t label; /* tag or label; 0 for raw words */
    size_t offset, n;
    size_t next;
} reading;

#define TALKS_MAX 4096u
#define READINGS_MAX 1024u
#define TALK_WORDS_MAX 131072u

typedef struct conversation {
    talk talks[TALKS_MAX];
    reading readings[READINGS_MAX];
    uint32_t words[TALK_WORDS_MAX];
    size_t n_talks, n_readings, n_words;
    bool overflow; /* something was not noted: the test must fail */
} conversation;

/* From now on (NULL: not any more). Empties it. One verifier in one thread at a time. */
void conversation_listen(conversation *c);

/* The conversation once more on a fresh transcript, with other words in one place: words[change] becomes `word` (SIZE_MAX: nothing changes). Challenges and indices
 * go to drawn[] at the places where words[] holds the old ones; grinding accepts any nonce. nonce_talk: this talk's nonce + 1 is taken (SIZE_MAX: none). */
void conversation_replay(const conversation *c, size_t change, uint32_t word, size_t nonce_talk, uint32_t *drawn);

/* Provers send the nonce 0, whatever it is worth, instead of searching one. */
void conversation_grind_lazily(bool on);

/* For hooked_receive.c. */
conversation *conversation_now(void);
