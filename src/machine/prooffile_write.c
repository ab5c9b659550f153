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
    put32(w, 0);
    put64(w, part->img_lo);
    put64(w, part->img_hi);
    put32(w, part->n_prog);
    put32(w, part->n_image);
    put32(w, part->cap_nodes);
    put32(w, 0);
    for (uint32_t i = 0; i < part->cap_nodes; i++)
        for (int k = 0; k < 8; k++)
            put32(w, part->cap[i][k]);
}

static void put_statement(writer *w, const hb_statement *st)
{
    put32(w, st->pc_in);
    put32(w, st->pc_out);
    put32(w, st->ts_end);
    for (uint32_t k = 0; k < 17; k++)
        put32(w, hb_statement_public_word(st, k));
    put32(w, st->chain_hi);
    put32(w, st->chain_lo);
    put32(w, HB_CHIP_COUNT);
    for (uint32_t c = 0; c < HB_CHIP_COUNT; c++)
        put32(w, st->heights[c]);
}

hb_status hb_proof_write_head(const hb_program_part *part, const hb_statement *st, const uint8_t *public_bytes, size_t n_public_bytes, hb_buf *file,
                              size_t *words_at)
{
    static const uint8_t zeros[4];
    writer w = {file, HB_OK};
    uint8_t id[32];
    hb_params_id(id);
    put(&w, "hbproof1", 8);
    put(&w, id, 32);
    put32(&w, st->kind);
    put32(&w, st->index);
    put_part(&w, part);
    put_statement(&w, st);
    put64(&w, n_public_bytes);
    put(&w, public_bytes, n_public_bytes);
    put(&w, zeros, (4 - n_public_bytes % 4) % 4);
    *words_at = file->len;
    put64(&w, 0);
    return w.st;
}
