/* docs/protocol.md 14. The tree is that of RFC 6962 (largest power of two to the left), built leaf by leaf: the perfect subtrees of the leaves so far
 * are the binary digits of their number. */
#include "machine/run.h"

#include <string.h>

#include "base/bytes.h"
#include "hash/blake3.h"
#include "hash/blake3c.h"
#include "machine/layout.h"

enum { LEAF_BYTE, NODE_BYTE };

static void put_u32(hb_blake3 *h, uint32_t x)
{
    uint8_t bytes[4];
    hb_store_le32(bytes, x);
    hb_blake3_update(h, bytes, sizeof bytes);
}

static void node_of(const uint8_t left[32], const uint8_t right[32], uint8_t out[32])
{
    uint8_t bytes[65] = {NODE_BYTE};
    memcpy(bytes + 1, left, 32);
    memcpy(bytes + 33, right, 32);
    hb_blake3_hash(out, bytes, sizeof bytes);
}

uint32_t hb_run_rows(const hb_statement *st)
{
    return st->heights[st->kind == HB_KIND_INIT ? HB_CHIP_INITFIN_GLOBAL : HB_CHIP_BOUNDARY];
}

void hb_run_beta(const uint32_t (*boundary_cap)[8], uint32_t nodes, uint8_t beta[32])
{
    hb_blake3 h;
    hb_blake3_init(&h);
    for (uint32_t i = 0; i < nodes; i++)
        for (uint32_t w = 0; w < 8; w++)
            put_u32(&h, boundary_cap[i][w]);
    hb_blake3_final(&h, beta);
}

static void leaf_of(const hb_statement *st, const uint8_t beta[32], uint8_t leaf[32])
{
    static const uint8_t tag[1] = {LEAF_BYTE};
    hb_blake3 h;
    hb_blake3_init(&h);
    hb_blake3_update(&h, tag, sizeof tag);
    put_u32(&h, st->kind);
    put_u32(&h, st->index);
    hb_blake3_update(&h, beta, 32);
    put_u32(&h, hb_run_rows(st));
    put_u32(&h, st->pc_in);
    put_u32(&h, st->pc_out);
    hb_blake3_final(&h, leaf);
}

void hb_run_tree_add(hb_run_tree *t, const hb_statement *st, const uint8_t beta[32])
{
    uint8_t node[32];
    uint32_t depth = 0; /* of the stack of subtrees */
    leaf_of(st, beta, node);
    for (uint64_t n = t->n; n; n &= n - 1)
        depth++;
    for (uint64_t n = t->n; n & 1; n >>= 1)
        node_of(t->node[--depth], node, node);
    memcpy(t->node[depth], node, 32);
    t->n++;
}

void hb_run_tree_root(const hb_run_tree *t, uint8_t root[32])
{
    uint32_t depth = 0;
    for (uint64_t n = t->n; n; n &= n - 1)
        depth++;
    memcpy(root, t->node[--depth], 32);
    while (depth-- > 0)
        node_of(t->node[depth], root, root);
}

void hb_run_sigma(const uint8_t vkey[32], const hb_statement *run, uint32_t n_shards, const uint8_t root[32], uint32_t sigma[8])
{
    static const char tag[] = "hauptbuch sigma 1";
    uint8_t id[32], digest[32];
    hb_blake3 h;
    hb_params_id(id);
    hb_blake3_init(&h);
    hb_blake3_update(&h, (const uint8_t *)tag, sizeof tag - 1);
    hb_blake3_update(&h, id, sizeof id);
    hb_blake3_update(&h, vkey, 32);
    for (uint32_t k = 0; k < HB_PUBLIC_WORDS; k++)
        put_u32(&h, hb_statement_public_word(run, k));
    put_u32(&h, n_shards);
    hb_blake3_update(&h, root, 32);
    hb_blake3_final(&h, digest);
    for (uint32_t i = 0; i < 8; i++)
        sigma[i] = hb_load_le32(digest + 4 * i);
}

bool hb_run_seed(const uint32_t sigma[8], const uint32_t nonce[2], uint32_t seed[8])
{
    uint32_t block[16], out[16];
    hb_transcript_grind_block(block, HB_LABEL_GLOBAL, HB_GRIND_GLOBAL, (uint64_t)nonce[1] << 32 | nonce[0]);
    hb_blake3_compress(out, sigma, block, 0, HB_GRIND_BYTES, HB_HASH_GRIND);
    memcpy(seed, out, 8 * sizeof *seed);
    return out[8] >> (32 - HB_GRIND_GLOBAL) == 0;
}

uint64_t hb_run_grind(const uint32_t sigma[8], uint32_t seed[8])
{
    for (uint64_t n = 0;; n++) {
        const uint32_t nonce[2] = {(uint32_t)n, (uint32_t)(n >> 32)};
        if (hb_run_seed(sigma, nonce, seed))
            return n;
    }
}

void hb_run_challenges(const uint32_t seed[8], hb_bus_challenges *out)
{
    hb_transcript t;
    hb_transcript_init(&t);
    hb_transcript_absorb(&t, HB_TAG_SIGMA, seed, 8);
    hb_machine_bus_challenges(&t, out);
}
