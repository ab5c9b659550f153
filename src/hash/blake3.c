/* The tree of BLAKE3: chunks of 16 blocks are leaves; the stack holds the roots of complete subtrees, one for each 1 bit of the number of
 * finished chunks, largest first. A subtree is joined only when more input follows, so that the last join can carry the ROOT flag. */
#include "hash/blake3.h"

#include <string.h>

#include "base/bytes.h"

static void load_block(uint32_t m[16], const uint8_t block[64])
{
    for (int i = 0; i < 16; i++)
        m[i] = hb_load_le32(block + 4 * i);
}

static void start_chunk(hb_blake3 *h, uint64_t chunk)
{
    memcpy(h->cv, hb_blake3_iv, sizeof h->cv);
    h->block_len = 0;
    h->blocks = 0;
    h->chunk = chunk;
}

void hb_blake3_init(hb_blake3 *h)
{
    h->depth = 0;
    start_chunk(h, 0);
}

static uint32_t start_flag(const hb_blake3 *h)
{
    return h->blocks == 0 ? HB_BLAKE3_CHUNK_START : 0;
}

/* out = output of the block that ends the current chunk. */
static void end_chunk(const hb_blake3 *h, uint32_t out[16], uint32_t flags)
{
    uint8_t padded[64] = {0};
    uint32_t m[16];
    memcpy(padded, h->block, h->block_len);
    load_block(m, padded);
    hb_blake3_compress(out, h->cv, m, h->chunk, h->block_len, start_flag(h) | HB_BLAKE3_CHUNK_END | flags);
}

/* out = parent of left and right; right may be out. */
static void join(uint32_t out[16], const uint32_t left[8], const uint32_t right[8], uint32_t flags)
{
    uint32_t m[16];
    memcpy(m, left, 32);
    memcpy(m + 8, right, 32);
    hb_blake3_compress(out, hb_blake3_iv, m, 0, 64, HB_BLAKE3_PARENT | flags);
}

/* The current chunk is full and more input follows: put it on the stack, joining equal subtrees. */
static void push_chunk(hb_blake3 *h)
{
    uint32_t out[16];
    uint64_t finished = h->chunk + 1;
    end_chunk(h, out, 0);
    for (uint64_t n = finished; !(n & 1); n >>= 1)
        join(out, h->stack[--h->depth], out, 0);
    memcpy(h->stack[h->depth++], out, 32);
    start_chunk(h, finished);
}

/* The block is full and more input follows. */
static void push_block(hb_blake3 *h)
{
    uint32_t m[16], out[16];
    if (h->blocks == 15) {
        push_chunk(h);
        return;
    }
    load_block(m, h->block);
    hb_blake3_compress(out, h->cv, m, h->chunk, 64, start_flag(h));
    memcpy(h->cv, out, sizeof h->cv);
    h->blocks++;
    h->block_len = 0;
}

void hb_blake3_update(hb_blake3 *h, const void *data, size_t n)
{
    const uint8_t *p = data;
    while (n) {
        if (h->block_len == 64)
            push_block(h);
        size_t take = 64 - h->block_len;
        take = take < n ? take : n;
        memcpy(h->block + h->block_len, p, take);
        h->block_len += (uint32_t)take;
        p += take;
        n -= take;
    }
}

void hb_blake3_final(const hb_blake3 *h, uint8_t digest[HB_DIGEST_BYTES])
{
    uint32_t out[16], depth = h->depth;
    end_chunk(h, out, depth ? 0 : HB_BLAKE3_ROOT);
    while (depth) {
        depth--;
        join(out, h->stack[depth], out, depth ? 0 : HB_BLAKE3_ROOT);
    }
    for (int i = 0; i < 8; i++)
        hb_store_le32(digest + 4 * i, out[i]);
}

void hb_blake3_hash(uint8_t digest[HB_DIGEST_BYTES], const void *data, size_t n)
{
    hb_blake3 h;
    hb_blake3_init(&h);
    hb_blake3_update(&h, data, n);
    hb_blake3_final(&h, digest);
}
