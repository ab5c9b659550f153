#include "ref_reader.h"

#include <stdlib.h>
#include <string.h>

#include "ref_hash.h"

void ref_reader_init(ref_reader *r, const uint8_t *bytes, uint64_t n_words) {
    *r = (ref_reader){.bytes = bytes, .n_words = n_words};
    memcpy(r->cv, ref_blake3_iv, 32);
}

bool ref_check(ref_reader *r, bool ok, const char *why) {
    if (!ok && !r->why) r->why = why;
    return ok;
}

uint32_t ref_read_word(ref_reader *r) {
    if (!ref_check(r, r->next < r->n_words, "proof too short") || r->why) return 0;
    const uint8_t *p = r->bytes + 4 * r->next++;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t ref_read_element(ref_reader *r) {
    const uint32_t w = ref_read_word(r);
    return ref_check(r, w < REF_P, "field element not canonical") ? w : 0;
}

/* Compresses the pending block, zero padded; out may be NULL. */
static void compress_pending(ref_reader *r, uint32_t flag, uint32_t *out) {
    uint32_t result[16];
    for (uint32_t i = r->pending; i < 16; i++) r->block[i] = 0;
    ref_blake3_compress(r->cv, r->block, r->counter++, 4 * r->pending, flag, result);
    memcpy(r->cv, result, 32);
    if (out) memcpy(out, result + 8, 32);
    r->pending = 0;
}

static void push(ref_reader *r, uint32_t word) {
    r->block[r->pending++] = word;
    if (r->pending == 16) compress_pending(r, REF_ABSORB, NULL);
}

void ref_absorb(ref_reader *r, uint32_t tag, const uint32_t *words, uint32_t n) {
    push(r, tag);
    push(r, n);
    for (uint32_t i = 0; i < n; i++) push(r, words[i]);
}

void ref_read_k(ref_reader *r, uint32_t tag, ref_k *out, uint32_t n) {
    push(r, tag);
    push(r, 5 * n);
    for (uint32_t i = 0; i < 5 * n; i++) {
        const uint32_t w = ref_read_element(r);
        out[i / 5].c[i % 5] = w;
        push(r, w);
    }
}

void ref_read_cap(ref_reader *r, uint32_t nodes, uint32_t (*out)[8]) {
    for (uint32_t i = 0; i < 8 * nodes; i++) out[i / 8][i % 8] = ref_read_word(r);
    ref_absorb(r, REF_CAP, out[0], 8 * nodes);
}

static void squeeze(ref_reader *r, uint32_t label, uint32_t bits[8]) {
    push(r, label + (UINT32_C(1) << 31));
    compress_pending(r, REF_SQUEEZE, bits);
}

/* Bits [from, from + n) of a 256-bit little-endian integer, n <= 57. */
static uint64_t slice(const uint32_t bits[8], uint32_t from, uint32_t n) {
    uint64_t v = 0;
    for (uint32_t i = 0; i < n; i++) v |= (uint64_t)(bits[(from + i) / 32] >> ((from + i) % 32) & 1) << i;
    return v;
}

ref_k ref_challenge(ref_reader *r, uint32_t label) {
    uint32_t bits[8];
    squeeze(r, label, bits);
    ref_k k;
    for (uint32_t i = 0; i < 5; i++) k.c[i] = slice(bits, 51 * i, 51) % REF_P;
    return k;
}

void ref_indices(ref_reader *r, uint32_t label, uint32_t n, uint32_t width, uint32_t *out) {
    uint32_t bits[8];
    const uint32_t per_squeeze = 256 / width;
    for (uint32_t i = 0; i < n; i++) {
        if (i % per_squeeze == 0) squeeze(r, label, bits);
        out[i] = (uint32_t)slice(bits, width * (i % per_squeeze), width);
    }
}

void ref_grind(ref_reader *r, uint32_t label, uint32_t bits) {
    if (bits == 0) return;
    compress_pending(r, REF_FLUSH, NULL);
    uint32_t block[16] = {0}, out[16];
    block[0] = ref_read_word(r);
    block[1] = ref_read_word(r);
    block[2] = bits;
    block[3] = label;
    ref_blake3_compress(r->cv, block, r->counter++, 16, REF_GRIND, out);
    ref_check(r, out[8] < UINT64_C(1) << (32 - bits), "proof of work");
    memcpy(r->cv, out, 32);
}

static void leaf_digest(const uint32_t *words, uint32_t n, uint32_t digest[8]) {
    memcpy(digest, ref_blake3_iv, 32);
    for (uint32_t j = 0; j == 0 || 16 * j < n; j++) {
        const uint32_t here = n - 16 * j < 16 ? n - 16 * j : 16;
        uint32_t block[16] = {0}, out[16];
        memcpy(block, words + 16 * j, 4 * here);
        ref_blake3_compress(digest, block, j, 4 * here, REF_LEAF, out);
        memcpy(digest, out, 32);
    }
}

void ref_read_opening(ref_reader *r, const uint32_t (*cap)[8], uint32_t leaves_log2, const uint32_t *leaves, uint32_t n, uint32_t leaf_words, uint32_t *out) {
    uint32_t(*node)[8] = malloc(n * sizeof *node), *index = malloc(n * sizeof *index);
    for (uint32_t i = 0; i < n * leaf_words; i++) out[i] = ref_read_element(r);
    for (uint32_t i = 0; i < n; i++) {
        leaf_digest(out + i * leaf_words, leaf_words, node[i]);
        index[i] = leaves[i];
    }
    const uint32_t cap_log2 = leaves_log2 < 8 ? leaves_log2 : 8;
    uint32_t count = n;
    for (uint32_t level = leaves_log2; level > cap_log2; level--) {
        uint32_t parents = 0;
        for (uint32_t i = 0; i < count; parents++) {
            uint32_t block[16], sibling[8], parent[16];
            const bool pair = i + 1 < count && index[i + 1] == (index[i] ^ 1);
            if (pair) memcpy(sibling, node[i + 1], 32);
            else
                for (int w = 0; w < 8; w++) sibling[w] = ref_read_word(r);
            const bool right = index[i] & 1;
            memcpy(block + (right ? 8 : 0), node[i], 32);
            memcpy(block + (right ? 0 : 8), sibling, 32);
            ref_blake3_compress(ref_blake3_iv, block, 0, 64, REF_NODE, parent);
            memcpy(node[parents], parent, 32);
            index[parents] = index[i] / 2;
            i += pair ? 2 : 1;
        }
        count = parents;
    }
    for (uint32_t i = 0; i < count; i++) ref_check(r, memcmp(node[i], cap[index[i]], 32) == 0, "Merkle path");
    free(node);
    free(index);
}
