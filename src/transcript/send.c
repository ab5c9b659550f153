#include "transcript/send.h"

#include "base/bytes.h"
#include "hash/blake3c.h"
#include "hash/blake3x16.h"

/* Room for n words at the end of the proof, or NULL. */
static uint8_t *extend(hb_sender *s, size_t n)
{
    if (hb_stop_asked(s->stop) || n > SIZE_MAX / 4 || hb_buf_reserve(s->proof, 4 * n) != HB_OK)
        return NULL;
    uint8_t *p = s->proof->data + s->proof->len;
    s->proof->len += 4 * n;
    return p;
}

hb_status hb_send_raw(hb_sender *s, const uint32_t *words, size_t n)
{
    if (!n)
        return HB_OK;
    uint8_t *p = extend(s, n);
    if (!p)
        return HB_OUT_OF_MEMORY;
    for (size_t i = 0; i < n; i++)
        hb_store_le32(p + 4 * i, words[i]);
    return HB_OK;
}

hb_status hb_send_words(hb_sender *s, hb_tag tag, const uint32_t *words, size_t n)
{
    hb_transcript_absorb(&s->t, tag, words, n);
    return hb_send_raw(s, words, n);
}

hb_status hb_send_k(hb_sender *s, hb_tag tag, const hb_k *values, size_t n)
{
    hb_transcript_absorb_k(&s->t, tag, values, n);
    if (!n)
        return HB_OK;
    uint8_t *p = n > SIZE_MAX / HB_K_DEGREE ? NULL : extend(s, HB_K_DEGREE * n);
    if (!p)
        return HB_OUT_OF_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < HB_K_DEGREE; j++)
            hb_store_le32(p + 4 * (HB_K_DEGREE * i + j), hb_f_to_u32(values[i].c[j]));
    return HB_OK;
}

hb_status hb_send_grind(hb_sender *s, hb_label label, uint32_t bits)
{
    if (!bits)
        return HB_OK;
    uint32_t block[16];
    uint64_t nonce;
    hb_transcript_flush(&s->t);
    hb_transcript_grind_block(block, label, bits, 0);
    if (!hb_blake3_grind(s->pool, &nonce, s->t.cv, block, s->t.counter, HB_GRIND_BYTES, HB_HASH_GRIND, bits, 0) ||
        !hb_transcript_take_nonce(&s->t, label, bits, nonce))
        return HB_INTERNAL;
    return hb_send_raw(s, (const uint32_t[2]){(uint32_t)nonce, (uint32_t)(nonce >> 32)}, 2);
}
