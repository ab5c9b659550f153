#include "transcript/receive.h"

void hb_receiver_init(hb_receiver *r, const uint8_t *proof, size_t bytes, hb_error *err)
{
    hb_transcript_init(&r->t);
    r->in = hb_reader_of(proof, bytes);
    r->err = err;
}

hb_status hb_receive_raw(hb_receiver *r, const uint8_t **bytes, size_t n_words)
{
    if (n_words > SIZE_MAX / 4 || !hb_read_span(&r->in, 4 * n_words, bytes))
        return HB_REJECT(r->err, HB_R_TRUNCATED);
    return HB_OK;
}

hb_status hb_receive_k(hb_receiver *r, hb_tag tag, hb_k *out, size_t n)
{
    const uint8_t *p;
    if (n > SIZE_MAX / (4 * HB_K_DEGREE) || !hb_read_span(&r->in, 4 * HB_K_DEGREE * n, &p))
        return HB_REJECT(r->err, HB_R_TRUNCATED);
    for (size_t i = 0; i < n; i++) {
        uint32_t words[HB_K_DEGREE];
        for (size_t j = 0; j < HB_K_DEGREE; j++)
            words[j] = hb_load_le32(p + 4 * (HB_K_DEGREE * i + j));
        if (!hb_k_from_words(&out[i], words))
            return HB_REJECT(r->err, HB_R_NOT_CANONICAL);
    }
    hb_transcript_absorb_k(&r->t, tag, out, n);
    return HB_OK;
}

hb_status hb_receive_words(hb_receiver *r, hb_tag tag, uint32_t *out, size_t n)
{
    const uint8_t *p = NULL;
    if (hb_receive_raw(r, &p, n) != HB_OK)
        return HB_REJECTED;
    for (size_t i = 0; i < n; i++)
        out[i] = hb_load_le32(p + 4 * i);
    hb_transcript_absorb(&r->t, tag, out, n);
    return HB_OK;
}

hb_status hb_receive_grind(hb_receiver *r, hb_label label, uint32_t bits)
{
    const uint8_t *p = NULL;
    if (!bits)
        return HB_OK;
    if (hb_receive_raw(r, &p, 2) != HB_OK)
        return HB_REJECTED;
    hb_transcript_flush(&r->t);
    if (!hb_transcript_take_nonce(&r->t, label, bits, hb_load_le64(p)))
        return HB_REJECT(r->err, HB_R_BAD_GRINDING);
    return HB_OK;
}

hb_status hb_receive_end(hb_receiver *r)
{
    return hb_reader_left(&r->in) ? HB_REJECT(r->err, HB_R_TRAILING_BYTES) : HB_OK;
}
