#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "machine/prooffile.h"

typedef struct {
    const uint8_t *p;
    size_t left;
    int ok;
} cursor;

static const uint8_t *take(cursor *c, uint64_t n) {
    if (!c->ok || n > c->left) {
        c->ok = 0;
        return NULL;
    }
    const uint8_t *p = c->p;
    c->p += n;
    c->left -= (size_t)n;
    return p;
}

static uint32_t take32(cursor *c) {
    const uint8_t *p = take(c, 4);
    return p ? hb_load_le32(p) : 0;
}

static uint64_t take64(cursor *c) {
    const uint8_t *p = take(c, 8);
    return p ? hb_load_le64(p) : 0;
}

static void take_part(cursor *c, hb_program_part *part) {
    part->entry = take32(c);
    part->cap_nodes = take32(c);
    part->img_lo = take64(c);
    part->img_hi = take64(c);
    part->n_prog = take32(c);
    part->n_image = take32(c);
    const uint8_t *digest = take(c, 32);
    if (digest) memcpy(part->load_digest, digest, 32);
    if (part->cap_nodes == 0 || part->cap_nodes > HB_CAP_NODES_MAX) c->ok = 0;
    for (uint32_t i = 0; c->ok && i < part->cap_nodes; i++)
        for (uint32_t w = 0; w < 8; w++) part->cap[i][w] = take32(c);
}

static void take_run(cursor *c, hb_proof_view *out) {
    for (int i = 0; i < 8; i++) out->statement.public_digest[i] = take32(c);
    for (int i = 0; i < 8; i++) out->statement.deferred_digest[i] = take32(c);
    out->statement.exit_code = take32(c);
    out->n_shards = take32(c);
    out->nonce[0] = take32(c);
    out->nonce[1] = take32(c);
    if (out->n_shards > HB_MAX_SHARDS || (out->n_shards == 0 && (out->nonce[0] | out->nonce[1]) != 0)) c->ok = 0;
}

static void take_public(cursor *c, hb_proof_view *out) {
    out->n_public_bytes = take64(c);
    out->public_bytes = take(c, out->n_public_bytes);
    for (uint64_t i = out->n_public_bytes; c->ok && i % 4 != 0; i++) {
        const uint8_t *pad = take(c, 1);
        if (!pad || *pad != 0) c->ok = 0;
    }
}

static void take_proof(cursor *c, hb_proof_view *out) {
    hb_statement *st = &out->statement;
    st->kind = take32(c);
    st->index = take32(c);
    st->pc_in = take32(c);
    st->pc_out = take32(c);
    st->ts_end = take32(c);
    st->chain_hi = take32(c);
    st->chain_lo = take32(c);
    if (take32(c) != HB_CHIP_COUNT) c->ok = 0;
    for (uint32_t i = 0; c->ok && i < HB_CHIP_COUNT; i++) st->heights[i] = take32(c);
    out->n_words = take64(c);
    if (out->n_words > c->left / 4) c->ok = 0;
    out->words = take(c, 4 * out->n_words);
}

hb_status hb_proof_next(hb_proof_view *view, uint64_t *at, hb_error *err) {
    cursor c = {view->proofs + *at, (size_t)(view->n_proofs_bytes - *at), 1};
    take_proof(&c, view);
    if (!c.ok) return HB_REJECT(err, HB_R_MALFORMED_PROOF);
    *at = view->n_proofs_bytes - c.left;
    return HB_OK;
}

hb_status hb_proof_parse(const uint8_t *file, size_t bytes, hb_proof_view *out, hb_error *err) {
    memset(out, 0, sizeof *out);
    cursor c = {file, bytes, 1};
    const uint8_t *magic = take(&c, 8);
    if (!magic || memcmp(magic, "hbproof1", 8) != 0) return HB_REJECT(err, HB_R_BAD_MAGIC);
    uint8_t id[32];
    hb_params_id(id);
    const uint8_t *given = take(&c, 32);
    if (!given || memcmp(given, id, 32) != 0) return HB_REJECT(err, HB_R_BAD_PARAMETERS);
    take_part(&c, &out->part);
    take_run(&c, out);
    take_public(&c, out);
    if (!c.ok) return HB_REJECT(err, HB_R_MALFORMED_PROOF);
    out->proofs = c.p;
    out->n_proofs_bytes = c.left;
    uint64_t end = 0;
    hb_status st = hb_proof_next(out, &end, err);
    if (st == HB_OK && out->n_shards == 0 && end != out->n_proofs_bytes) return HB_REJECT(err, HB_R_MALFORMED_PROOF);
    return st;
}
