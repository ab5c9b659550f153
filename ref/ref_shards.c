/* A run in shards: docs/protocol.md 14. */
#include <stdlib.h>
#include <string.h>

#include "ref_hash.h"
#include "ref_protocol.h"

enum { CAP_BYTES = 32 * 256 }; /* the cap of commitment 1: H_1 is at least 12 */

static void put32(uint8_t **p, uint32_t x) {
    for (int i = 0; i < 4; i++) *(*p)++ = (uint8_t)(x >> (8 * i));
}

static void put_bytes(uint8_t **p, const void *bytes, size_t n) {
    memcpy(*p, bytes, n);
    *p += n;
}

/* Which proof stands where, and that one goes on where the one before it ended. */
static const char *check_order(const ref_machine *m, const ref_file *f, const ref_run *runs) {
    uint64_t boundary_rows = 0;
    for (uint32_t s = 0; s <= f->n_shards; s++) {
        const uint32_t *w = runs[s].words;
        if (w[REF_W_INDEX] != s) return "order of the shards";
        if (w[REF_W_KIND] != (s == 0 ? REF_KIND_INIT : REF_KIND_EXEC)) return "kind";
        boundary_rows += ref_rows_of(m, &runs[s], s == 0 ? "INITFIN_GLOBAL" : "BOUNDARY");
        if (s == 0) continue;
        if (w[REF_W_PC_IN] != (s == 1 ? f->program.entry : runs[s - 1].words[REF_W_PC_OUT])) return "a shard starts elsewhere";
        if (s == f->n_shards && w[REF_W_PC_OUT] != REF_PC_HALT) return "not halted";
        if (s < f->n_shards && w[REF_W_PC_OUT] >= 1u << 30) return "halted too early";
    }
    return boundary_rows >= UINT64_C(1) << 40 ? "too many boundary rows" : NULL;
}

static void leaf(const ref_machine *m, const ref_run *run, uint8_t out[32]) {
    uint8_t text[1 + 8 + 32 + 12], *p = text;
    const uint32_t *w = run->words;
    *p++ = 0;
    put32(&p, w[REF_W_KIND]);
    put32(&p, w[REF_W_INDEX]);
    ref_blake3(run->r.bytes, CAP_BYTES, p); /* the first words of the proof: the cap of commitment 0 is the key's */
    p += 32;
    put32(&p, ref_rows_of(m, run, w[REF_W_KIND] == REF_KIND_INIT ? "INITFIN_GLOBAL" : "BOUNDARY"));
    put32(&p, w[REF_W_PC_IN]);
    put32(&p, w[REF_W_PC_OUT]);
    ref_blake3(text, sizeof text, out);
}

static void tree(const uint8_t (*leaves)[32], uint32_t n, uint8_t out[32]) {
    if (n == 1) {
        memcpy(out, leaves[0], 32);
        return;
    }
    uint32_t k = 1;
    while (2 * k < n) k *= 2;
    uint8_t text[65] = {1};
    tree(leaves, k, text + 1);
    tree(leaves + k, n - k, text + 33);
    ref_blake3(text, sizeof text, out);
}

/* seed* from sigma and the nonce. */
static bool grind(const uint8_t sigma[32], const uint32_t nonce[2], uint32_t seed[8]) {
    uint32_t cv[8], out[16];
    const uint32_t block[16] = {nonce[0], nonce[1], 16, REF_L_GLOBAL};
    for (int i = 0; i < 8; i++) cv[i] = sigma[4 * i] | (uint32_t)sigma[4 * i + 1] << 8 | (uint32_t)sigma[4 * i + 2] << 16 | (uint32_t)sigma[4 * i + 3] << 24;
    ref_blake3_compress(cv, block, 0, 16, REF_GRIND, out);
    memcpy(seed, out, 32);
    return out[8] < 1u << 16;
}

static bool draw(const ref_machine *m, const ref_file *f, const ref_run *runs, const uint8_t key[32], uint32_t seed[8], ref_bus_challenges *global) {
    uint8_t text[17 + 32 + 32 + 64 + 8 + 32], *p = text, sigma[32];
    uint8_t(*leaves)[32] = malloc((f->n_shards + 1) * sizeof *leaves);
    for (uint32_t s = 0; s <= f->n_shards; s++) leaf(m, &runs[s], leaves[s]);
    put_bytes(&p, "hauptbuch sigma 1", 17);
    ref_params_id(m, p);
    p += 32;
    put_bytes(&p, key, 32);
    for (int i = 0; i < 17; i++) put32(&p, f->public_words[i]);
    put32(&p, f->n_shards);
    tree((const uint8_t(*)[32])leaves, f->n_shards + 1, p);
    free(leaves);
    ref_blake3(text, sizeof text, sigma);
    if (!grind(sigma, f->nonce, seed)) return false;
    ref_reader r;
    ref_reader_init(&r, NULL, 0);
    ref_absorb(&r, REF_SIGMA, seed, 8);
    ref_bus_draw(&r, global);
    return true;
}

const char *ref_run_in_shards(const ref_machine *m, const ref_file *f, ref_run *runs, const uint8_t key[32]) {
    uint32_t seed[8];
    ref_bus_challenges global;
    ref_k product[2] = {ref_k_of(1), ref_k_of(1)};
    const char *why = check_order(m, f, runs);
    for (uint32_t s = 0; s <= f->n_shards && !why; s++) {
        why = ref_check_statement(m, &runs[s], &f->program);
        if (!why && 4 * runs[s].r.n_words < CAP_BYTES) why = "no cap of the boundary";
    }
    if (why) return why;
    if (!draw(m, f, runs, key, seed, &global)) return "proof of work of the run";
    for (uint32_t s = 0; s <= f->n_shards; s++) {
        memcpy(runs[s].seed, seed, sizeof seed);
        runs[s].global = global;
        why = ref_conversation(m, &runs[s], &f->program, key);
        if (why) return why;
        for (int i = 0; i < 2; i++) product[i] = ref_k_mul(product[i], runs[s].product[i]);
    }
    return ref_k_eq(product[0], product[1]) ? NULL : "the shards do not agree on memory";
}
