/* The transcript with the tape (HB_TEST_HOOKS), and with every call noted in the conversation that listens. */
#define HB_TEST_HOOKS
#define hb_transcript_absorb plain_absorb
#define hb_transcript_absorb_k plain_absorb_k
#define hb_transcript_challenge plain_challenge
#define hb_transcript_indices plain_indices
#define hb_transcript_flush plain_flush
#define hb_transcript_take_nonce plain_take_nonce
#include "transcript/transcript.c"
#undef hb_transcript_absorb
#undef hb_transcript_absorb_k
#undef hb_transcript_challenge
#undef hb_transcript_indices
#undef hb_transcript_flush
#undef hb_transcript_take_nonce

#include "tests/soundness/conversation.h"

void hb_transcript_absorb(hb_transcript *t, hb_tag tag, const uint32_t *words, size_t n);
void hb_transcript_absorb_k(hb_transcript *t, hb_tag tag, const hb_k *values, size_t n);
hb_k hb_transcript_challenge(hb_transcript *t, hb_label label);
void hb_transcript_indices(hb_transcript *t, hb_label label, uint32_t n, uint32_t bits, uint32_t *out);
void hb_transcript_flush(hb_transcript *t);
bool hb_transcript_take_nonce(hb_transcript *t, hb_label label, uint32_t bits, uint64_t nonce);

static conversation *listening;

void conversation_listen(conversation *c)
{
    listening = c;
    if (c)
        c->n_talks = c->n_readings = c->n_words = 0, c->overflow = false;
}

conversation *conversation_now(void)
{
    return listening;
}

/* A new talk with room for n words, or NULL. */
static talk *note(talk_kind kind, uint32_t label, size_t n)
{
    conversation *c = listening;
    if (!c)
        return NULL;
    if (c->n_talks == TALKS_MAX || n > TALK_WORDS_MAX - c->n_words) {
        c->overflow = true;
        return NULL;
    }
    talk *e = &c->talks[c->n_talks++];
    *e = (talk){.kind = kind, .label = label, .at = c->n_words, .n = n};
    c->n_words += n;
    return e;
}

static void note_words(talk_kind kind, uint32_t label, uint32_t bits, const uint32_t *words, size_t n)
{
    talk *e = note(kind, label, n);
    if (e && n)
        memcpy(listening->words + e->at, words, n * sizeof *words);
    if (e)
        e->bits = bits;
}

void hb_transcript_absorb(hb_transcript *t, hb_tag tag, const uint32_t *words, size_t n)
{
    note_words(TALK_ABSORB, (uint32_t)tag, 0, words, n);
    plain_absorb(t, tag, words, n);
}

void hb_transcript_absorb_k(hb_transcript *t, hb_tag tag, const hb_k *values, size_t n)
{
    talk *e = note(TALK_ABSORB, (uint32_t)tag, HB_K_DEGREE * n);
    for (size_t i = 0; e && i < n; i++)
        hb_k_to_words(listening->words + e->at + HB_K_DEGREE * i, values[i]);
    plain_absorb_k(t, tag, values, n);
}

hb_k hb_transcript_challenge(hb_transcript *t, hb_label label)
{
    const hb_k r = plain_challenge(t, label);
    note_words(TALK_CHALLENGE, (uint32_t)label, 0, r.c, HB_K_DEGREE);
    return r;
}

void hb_transcript_indices(hb_transcript *t, hb_label label, uint32_t n, uint32_t bits, uint32_t *out)
{
    plain_indices(t, label, n, bits, out);
    note_words(TALK_INDICES, (uint32_t)label, bits, out, n);
}

void hb_transcript_flush(hb_transcript *t)
{
    (void)note(TALK_FLUSH, 0, 0);
    plain_flush(t);
}

bool hb_transcript_take_nonce(hb_transcript *t, hb_label label, uint32_t bits, uint64_t nonce)
{
    talk *e = note(TALK_NONCE, (uint32_t)label, 0);
    if (e)
        e->bits = bits, e->nonce = nonce;
    return plain_take_nonce(t, label, bits, nonce);
}

void conversation_replay(const conversation *c, size_t change, uint32_t word, size_t nonce_talk, uint32_t *drawn)
{
    static uint32_t words[TALK_WORDS_MAX];
    static hb_tape empty; /* replaying an empty tape changes no challenge, but accepts any nonce */
    hb_transcript t;
    memcpy(words, c->words, c->n_words * sizeof *words);
    if (change != SIZE_MAX)
        words[change] = word;
    hb_transcript_tape(&empty, HB_TAPE_REPLAY);
    hb_transcript_init(&t);
    for (size_t i = 0; i < c->n_talks; i++) {
        const talk *e = &c->talks[i];
        switch (e->kind) {
        case TALK_ABSORB: plain_absorb(&t, (hb_tag)e->label, words + e->at, e->n); break;
        case TALK_CHALLENGE: {
            const hb_k r = plain_challenge(&t, (hb_label)e->label);
            memcpy(drawn + e->at, r.c, sizeof r.c);
            break;
        }
        case TALK_INDICES: plain_indices(&t, (hb_label)e->label, (uint32_t)e->n, e->bits, drawn + e->at); break;
        case TALK_FLUSH: plain_flush(&t); break;
        case TALK_NONCE: (void)plain_take_nonce(&t, (hb_label)e->label, e->bits, e->nonce + (i == nonce_talk)); break;
        }
    }
    hb_transcript_tape(NULL, HB_TAPE_OFF);
}
