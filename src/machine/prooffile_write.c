#include "machine/prooffile_write.h"

#include <string.h>

#include "base/bytes.h"

typedef struct {
    hb_buf *out;
    hb_status st;
} writer;

static void put(writer *w, const void *bytes, size_t n)
{
    if (w->st == HB_OK && n)
        w->st = hb_buf_append(w->out, bytes, n);
}

static void put32(writer *w, uint32_t x)
{
    uint8_t b[4];
    hb_store_le32(b, x);
    put(w, b, sizeof b);
}

static void put64(writer *w, uint64_t x)
{
    uint8_t b[8];
    hb_store_le64(b, x);
    put(w, b, sizeof b);
}

static void put_part(writer *w, const hb_program_part *part)
{
    put32(w, part->entry);
    put32(w, part->cap_nodes);
    put64(w, part->img_lo);
    put64(w, part->img_hi);
    put32(w, part->n_prog);
    put32(w, part->n_image);
    put(w, part->load_digest, sizeof part->load_digest);
    for (uint32_t i = 0; i < part->cap_nodes; i++)
        for (int k = 0; k < 8; k++)
            put32(w, part->cap[i][k]);
}

hb_status hb_proof_write_head(const hb_program_part *part, const hb_statement *run, uint32_t n_shards, uint64_t nonce, const uint8_t *public_bytes,
                              size_t n_public_bytes, hb_buf *file)
{
    static const uint8_t zeros[4];
    writer w = {file, HB_OK};
    uint8_t id[32];
    hb_params_id(id);
    put(&w, "hbproof1", 8);
    put(&w, id, 32);
    put_part(&w, part);
    for (uint32_t k = 0; k < 17; k++)
        put32(&w, hb_statement_public_word(run, k));
    put32(&w, n_shards);
    put64(&w, nonce);
    put64(&w, n_public_bytes);
    put(&w, public_bytes, n_public_bytes);
    put(&w, zeros, (4 - n_public_bytes % 4) % 4);
    return w.st;
}

hb_status hb_proof_write_statement(const hb_statement *st, hb_buf *file, size_t *words_at)
{
    writer w = {file, HB_OK};
    const uint32_t numbers[7] = {st->kind, st->index, st->pc_in, st->pc_out, st->ts_end, st->chain_hi, st->chain_lo};
    for (uint32_t i = 0; i < 7; i++)
        put32(&w, numbers[i]);
    put32(&w, HB_CHIP_COUNT);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        put32(&w, st->heights[c]);
    *words_at = file->len;
    put64(&w, 0);
    return w.st;
}
