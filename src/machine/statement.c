#include "machine/statement.h"

#include <string.h>

#include "base/bytes.h"
#include "hash/blake3.h"

uint32_t hb_statement_public_word(const hb_statement *st, uint32_t k) {
    if (k < 8) return st->public_digest[k];
    if (k < 16) return st->deferred_digest[k - 8];
    return st->exit_code;
}

void hb_vkey_digest(const hb_program_part *part, const uint8_t machine_digest[32], uint8_t vkey[32]) {
    static const char tag[] = "hauptbuch vkey 1";
    enum { TAG_BYTES = sizeof tag - 1 };
    uint8_t text[TAG_BYTES + 32 + 32 + 5 * 8 + 32 + 32];
    uint8_t *p = text;
    memcpy(p, tag, TAG_BYTES);
    p += TAG_BYTES;
    hb_params_id(p);
    p += 32;
    memcpy(p, machine_digest, 32);
    p += 32;
    const uint64_t numbers[5] = {part->entry, part->img_lo / 8, part->img_hi / 8, part->n_prog, part->n_image};
    for (int i = 0; i < 5; i++, p += 8) hb_store_le64(p, numbers[i]);
    memcpy(p, part->load_digest, 32);
    p += 32;

    uint8_t cap[HB_CAP_NODES_MAX * 32];
    for (uint32_t i = 0; i < part->cap_nodes; i++)
        for (uint32_t w = 0; w < 8; w++) hb_store_le32(cap + 32 * i + 4 * w, part->cap[i][w]);
    hb_blake3_hash(p, cap, 32u * part->cap_nodes);
    hb_blake3_hash(vkey, text, sizeof text);
}

static void absorb_bytes(hb_transcript *t, hb_tag tag, const uint8_t bytes[32]) {
    uint32_t w[8];
    for (int i = 0; i < 8; i++) w[i] = hb_load_le32(bytes + 4 * i);
    hb_transcript_absorb(t, tag, w, 8);
}

void hb_statement_absorb(const hb_statement *st, const uint8_t vkey[32], hb_transcript *t) {
    uint8_t id[32];
    hb_params_id(id);
    absorb_bytes(t, HB_TAG_PARAMETERS, id);
    absorb_bytes(t, HB_TAG_VKEY, vkey);

    uint32_t w[24] = {st->kind, st->index, st->pc_in, st->pc_out, st->ts_end};
    for (uint32_t k = 0; k < 17; k++) w[5 + k] = hb_statement_public_word(st, k);
    w[22] = st->chain_hi;
    w[23] = st->chain_lo;
    hb_transcript_absorb(t, HB_TAG_STATEMENT, w, 24);
    hb_transcript_absorb(t, HB_TAG_SIGMA, st->seed, 8);
    hb_transcript_absorb(t, HB_TAG_HEIGHTS, st->heights, HB_CHIP_COUNT);
}
