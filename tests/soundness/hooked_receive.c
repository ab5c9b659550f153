/* The verifier's half of the transcript with every message noted (conversation.h). */
#define hb_receiver_init plain_receiver_init
#define hb_receive_k plain_receive_k
#define hb_receive_words plain_receive_words
#define hb_receive_raw plain_receive_raw
#define hb_receive_grind plain_receive_grind
#include "transcript/receive.c"
#undef hb_receiver_init
#undef hb_receive_k
#undef hb_receive_words
#undef hb_receive_raw
#undef hb_receive_grind

#include "tests/soundness/conversation.h"

void hb_receiver_init(hb_receiver *r, const uint8_t *proof, size_t bytes, hb_error *err);
hb_status hb_receive_k(hb_receiver *r, hb_tag tag, hb_k *out, size_t n);
hb_status hb_receive_words(hb_receiver *r, hb_tag tag, uint32_t *out, size_t n);
hb_status hb_receive_raw(hb_receiver *r, const uint8_t **bytes, size_t n_words);
hb_status hb_receive_grind(hb_receiver *r, hb_label label, uint32_t bits);

static const uint8_t *start;

void hb_receiver_init(hb_receiver *r, const uint8_t *proof, size_t bytes, hb_error *err)
{
    start = proof;
    plain_receiver_init(r, proof, bytes, err);
}

/* Called after a successful read that began at `from`. */
static hb_status noted(const hb_receiver *r, hb_status st, reading_kind kind, uint32_t label, const uint8_t *from)
{
    conversation *c = conversation_now();
    if (!c || st != HB_OK || r->in.p == from)
        return st;
    if (c->n_readings == READINGS_MAX)
        c->overflow = true;
    else
        c->readings[c->n_readings++] = (reading){kind, label, (size_t)(from - start), (size_t)(r->in.p - from) / 4, c->n_talks};
    return st;
}

hb_status hb_receive_k(hb_receiver *r, hb_tag tag, hb_k *out, size_t n)
{
    const uint8_t *from = r->in.p;
    return noted(r, plain_receive_k(r, tag, out, n), READING_K, (uint32_t)tag, from);
}

hb_status hb_receive_words(hb_receiver *r, hb_tag tag, uint32_t *out, size_t n)
{
    const uint8_t *from = r->in.p;
    return noted(r, plain_receive_words(r, tag, out, n), READING_WORDS, (uint32_t)tag, from);
}

hb_status hb_receive_raw(hb_receiver *r, const uint8_t **bytes, size_t n_words)
{
    const uint8_t *from = r->in.p;
    return noted(r, plain_receive_raw(r, bytes, n_words), READING_RAW, 0, from);
}

hb_status hb_receive_grind(hb_receiver *r, hb_label label, uint32_t bits)
{
    const uint8_t *from = r->in.p;
    return noted(r, plain_receive_grind(r, label, bits), READING_NONCE, (uint32_t)label, from);
}
