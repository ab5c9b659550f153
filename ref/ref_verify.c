/* The proof file, the statement, the integer checks, and the order of steps: docs/protocol.md 6 and 11, src/machine/prooffile.h for the file. */
#include "ref_verify.h"

#include <stdlib.h>
#include <string.h>

#include "ref_hash.h"
#include "ref_protocol.h"

enum { HALT_PC = (1 << 30) + (1 << 29), STATEMENT_WORDS = 24, FREE_BYTES_TAG = 16 };

typedef struct {
    const uint8_t *p;
    size_t left;
    bool ok;
} file;

static uint64_t number(file *f, uint32_t bytes) {
    if (f->left < bytes) f->ok = false;
    if (!f->ok) return 0;
    uint64_t v = 0;
    for (uint32_t i = 0; i < bytes; i++) v |= (uint64_t)f->p[i] << (8 * i);
    f->p += bytes;
    f->left -= bytes;
    return v;
}

typedef struct {
    uint64_t entry, img_lo, img_hi, n_prog, n_image, cap_nodes;
    uint8_t *cap; /* 32 bytes a node */
} program;

static void put64(uint8_t *p, uint64_t x) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(x >> (8 * i));
}

static void params_id(const ref_machine *m, uint8_t id[32]) { ref_blake3((const uint8_t *)m->params_text, strlen(m->params_text), id); }

static void key_digest(const ref_machine *m, const program *g, uint8_t key[32]) {
    uint8_t text[FREE_BYTES_TAG + 32 + 32 + 40 + 32];
    memcpy(text, "hauptbuch vkey 1", 16);
    params_id(m, text + 16);
    memcpy(text + 48, m->digest, 32);
    const uint64_t numbers[5] = {g->entry, g->img_lo / 8, g->img_hi / 8, g->n_prog, g->n_image};
    for (int i = 0; i < 5; i++) put64(text + 80 + 8 * i, numbers[i]);
    ref_blake3(g->cap, 32 * (size_t)g->cap_nodes, text + 120);
    ref_blake3(text, sizeof text, key);
}

/* Shape of the file only. */
static bool read_file(const ref_machine *m, file *f, ref_run *run, program *g, const uint8_t **public_bytes, uint64_t *n_public) {
    uint8_t id[32];
    params_id(m, id);
    if (f->left < 40 || memcmp(f->p, "hbproof1", 8) != 0 || memcmp(f->p + 8, id, 32) != 0) return false;
    f->p += 40;
    f->left -= 40;
    run->words[0] = (uint32_t)number(f, 4);
    run->words[1] = (uint32_t)number(f, 4);
    g->entry = number(f, 4);
    if (number(f, 4) != 0) return false;
    g->img_lo = number(f, 8);
    g->img_hi = number(f, 8);
    g->n_prog = number(f, 4);
    g->n_image = number(f, 4);
    g->cap_nodes = number(f, 4);
    if (number(f, 4) != 0 || g->cap_nodes == 0 || g->cap_nodes > 256) return false;
    for (uint64_t i = 0; i < 32 * g->cap_nodes; i++) g->cap[i] = (uint8_t)number(f, 1);
    for (uint32_t i = 2; i < STATEMENT_WORDS; i++) run->words[i] = (uint32_t)number(f, 4);
    if (number(f, 4) != m->n_chips) return false;
    for (uint32_t c = 0; c < m->n_chips; c++) run->heights[c] = (uint32_t)number(f, 4);
    *n_public = number(f, 8);
    *public_bytes = f->p;
    if (!f->ok || f->left < *n_public) return false;
    f->p += *n_public;
    f->left -= *n_public;
    for (uint64_t i = *n_public; i % 4; i++)
        if (number(f, 1) != 0) return false;
    const uint64_t words = number(f, 8);
    if (!f->ok || f->left % 4 != 0 || words != f->left / 4) return false;
    ref_reader_init(&run->r, f->p, words);
    return true;
}

static bool public_bytes_match(const ref_run *run, const uint8_t *bytes, uint64_t n) {
    uint8_t want[32], got[32];
    for (int i = 0; i < 32; i++) want[i] = (uint8_t)(run->words[5 + i / 4] >> (8 * (i % 4)));
    ref_sha256(bytes, n, got);
    if (memcmp(want, got, 32) == 0) return true;
    ref_blake3(bytes, n, got);
    return memcmp(want, got, 32) == 0;
}

static const char *integer_checks(const ref_machine *m, const ref_run *run, const program *g, uint32_t exit_code) {
    const uint32_t *w = run->words;
    if (w[0] != 0 || w[1] != 0) return "kind";
    if (w[2] != g->entry || g->entry >= UINT64_C(1) << 30) return "entry";
    if (w[3] != HALT_PC) return "not halted";
    if (g->img_lo % 8 || g->img_hi % 8 || g->img_lo > g->img_hi || g->img_lo < 0x10000 || g->img_hi > UINT64_C(1) << 32) return "image range";
    if (g->n_image != (g->img_hi - g->img_lo) / 8) return "image height";
    uint64_t time = 4, lookups = 0;
    for (uint32_t c = 0; c < m->n_chips; c++) {
        const ref_chip *chip = &m->chips[c];
        const uint64_t n = run->heights[c];
        if (chip->key_height && n != (chip->key_height == 1 ? g->n_prog : g->n_image)) return "height of the key";
        if (chip->fixed_rows && n != chip->fixed_rows) return "fixed height";
        if (n > UINT64_C(1) << chip->max_log2) return "height bound";
        if (chip->is_initfin && n < 17) return "INITFIN height";
        time += n * chip->ts_inc;
        lookups += n * chip->air->lookups_per_row;
    }
    if (time >= UINT64_C(1) << 27 || time != w[4]) return "time";
    if (lookups >= UINT64_C(1) << 28) return "too many lookups";
    if (w[22] >= 1u << 16 || w[23] >= 1u << 29) return "chain end";
    if (w[21] >= 256 || w[21] != exit_code) return "exit code";
    for (int i = 0; i < 8; i++)
        if (w[13 + i] != 0) return "deferred digest";
    return NULL;
}

static void absorb_bytes(ref_reader *r, uint32_t tag, const uint8_t bytes[32]) {
    uint32_t w[8];
    for (int i = 0; i < 8; i++) w[i] = bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 | (uint32_t)bytes[4 * i + 3] << 24;
    ref_absorb(r, tag, w, 8);
}

static void absorb_statement(const ref_machine *m, ref_run *run, const uint8_t key[32]) {
    static const uint32_t no_sigma[8];
    uint8_t id[32];
    params_id(m, id);
    absorb_bytes(&run->r, REF_PARAMETERS, id);
    absorb_bytes(&run->r, REF_VKEY, key);
    ref_absorb(&run->r, REF_STATEMENT, run->words, STATEMENT_WORDS);
    ref_absorb(&run->r, REF_SIGMA, no_sigma, 8);
    ref_absorb(&run->r, REF_HEIGHTS, run->heights, m->n_chips);
}

static uint32_t cap_nodes(const ref_run *run, int c) { return run->stack_h[c] + 1 < 8 ? 1u << (run->stack_h[c] + 1) : 256; }

static void read_caps(ref_run *run, const program *g) {
    for (uint64_t i = 0; i < 8 * g->cap_nodes; i++) {
        const uint8_t *p = g->cap + 4 * i;
        run->cap[0][i / 8][i % 8] = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
    ref_check(&run->r, g->cap_nodes == cap_nodes(run, 0), "size of the program cap");
    ref_absorb(&run->r, REF_CAP, run->cap[0][0], 8 * (uint32_t)g->cap_nodes);
    ref_read_cap(&run->r, cap_nodes(run, 1), run->cap[1]);
}

static void prove_steps(const ref_machine *m, ref_run *run) {
    const uint32_t *w = run->words;
    uint32_t n_initfin = 0;
    for (uint32_t c = 0; c < m->n_chips; c++)
        if (m->chips[c].is_initfin) n_initfin = run->heights[c];
    ref_grind(&run->r, REF_L_BUS, 8);
    run->alpha = ref_challenge(&run->r, REF_L_ALPHA);
    for (int i = 0; i < 16; i++) run->beta[i] = ref_challenge(&run->r, REF_L_BETA);
    run->beta_tag = ref_challenge(&run->r, REF_L_BETA_TAG);
    const ref_k start[2] = {ref_k_of(w[2]), ref_k_of(4)}, end[2] = {ref_k_of(w[3]), ref_k_of(w[4])};
    const ref_k chain0[3] = {ref_k_of(0), ref_k_of(0), ref_k_of(REF_P - 1)}, chain1[3] = {ref_k_of(n_initfin), ref_k_of(w[22]), ref_k_of(w[23])};
    ref_gkr(run, ref_k_mul(ref_fingerprint(run, HB_BUS_STATE, start, 2), ref_fingerprint(run, HB_BUS_CHAIN, chain0, 3)),
            ref_k_mul(ref_fingerprint(run, HB_BUS_STATE, end, 2), ref_fingerprint(run, HB_BUS_CHAIN, chain1, 3)));
    if (run->r.why) return;
    ref_zerocheck(run);
    if (run->r.why) return;
    ref_opening(run);
}

static void free_run(ref_run *run) {
    for (uint32_t t = 0; t < run->n_tables; t++) {
        free(run->tables[t].v);
        free(run->terms[t]);
    }
    for (int i = 0; i < 3; i++) free(run->blocks[i]);
}

const char *ref_verify(const ref_machine *machine, const uint8_t *bytes, size_t n, const uint8_t vkey[32], uint32_t exit_code) {
    static uint8_t cap_bytes[256 * 32];
    static uint32_t caps[2][256][8];
    file f = {bytes, n, true};
    program g = {.cap = cap_bytes};
    ref_run run = {.cap = {caps[0], caps[1]}};
    const uint8_t *public_bytes;
    uint64_t n_public;
    uint8_t key[32];
    if (!read_file(machine, &f, &run, &g, &public_bytes, &n_public)) return "file format";
    key_digest(machine, &g, key);
    if (memcmp(key, vkey, 32) != 0) return "verifying key";
    const char *why = integer_checks(machine, &run, &g, exit_code);
    if (why) return why;
    if (!public_bytes_match(&run, public_bytes, n_public)) return "public values";
    run.key_constants[HB_KEY_IMG_LO] = g.img_lo / 8;
    run.key_constants[HB_KEY_IMG_HI] = g.img_hi / 8;
    if (ref_layout(&run, machine)) {
        absorb_statement(machine, &run, key);
        read_caps(&run, &g);
        if (!run.r.why) prove_steps(machine, &run);
    }
    free_run(&run);
    return run.r.why;
}
