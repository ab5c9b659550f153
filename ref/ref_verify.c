/* The proof file of a run in one proof: src/machine/prooffile.h. */
#include "ref_verify.h"

#include <stdlib.h>
#include <string.h>

#include "ref_hash.h"
#include "ref_protocol.h"

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

/* Shape of the file only. */
static bool read_file(const ref_machine *m, file *f, ref_run *run, ref_program *g, const uint8_t **public_bytes, uint64_t *n_public) {
    uint8_t id[32];
    ref_params_id(m, id);
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
    for (uint32_t i = 2; i < REF_W_COUNT; i++) run->words[i] = (uint32_t)number(f, 4);
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
    for (int i = 0; i < 32; i++) want[i] = (uint8_t)(run->words[REF_W_PUBLIC + i / 4] >> (8 * (i % 4)));
    ref_sha256(bytes, n, got);
    if (memcmp(want, got, 32) == 0) return true;
    ref_blake3(bytes, n, got);
    return memcmp(want, got, 32) == 0;
}

const char *ref_verify(const ref_machine *machine, const uint8_t *bytes, size_t n, const uint8_t vkey[32], uint32_t exit_code) {
    static uint8_t cap_bytes[256 * 32];
    file f = {bytes, n, true};
    ref_program g = {.cap = cap_bytes};
    ref_run run = {0};
    const uint8_t *public_bytes;
    uint64_t n_public;
    uint8_t key[32];
    if (!read_file(machine, &f, &run, &g, &public_bytes, &n_public)) return "file format";
    ref_key_digest(machine, &g, key);
    if (memcmp(key, vkey, 32) != 0) return "verifying key";
    if (run.words[REF_W_KIND] != REF_KIND_SINGLE) return "kind";
    const char *why = ref_check_statement(machine, &run, &g);
    if (why) return why;
    if (run.words[REF_W_EXIT_CODE] != exit_code) return "exit code";
    if (!public_bytes_match(&run, public_bytes, n_public)) return "public values";
    return ref_conversation(machine, &run, &g, key);
}
