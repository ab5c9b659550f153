/* The proof file (src/machine/prooffile.h): its shape, its key, its public values; then its one proof, or the run in shards. */
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

/* The head of the file; what is left of f are the proofs. */
static bool read_head(const ref_machine *m, file *f, ref_file *out) {
    ref_program *g = &out->program;
    uint8_t id[32];
    ref_params_id(m, id);
    if (f->left < 40 || memcmp(f->p, "hbproof1", 8) != 0 || memcmp(f->p + 8, id, 32) != 0) return false;
    f->p += 40;
    f->left -= 40;
    g->entry = number(f, 4);
    g->cap_nodes = number(f, 4);
    g->img_lo = number(f, 8);
    g->img_hi = number(f, 8);
    g->n_prog = number(f, 4);
    g->n_image = number(f, 4);
    if (g->cap_nodes == 0 || g->cap_nodes > 256) return false;
    for (int i = 0; i < 32; i++) g->load_digest[i] = (uint8_t)number(f, 1);
    for (uint64_t i = 0; i < 32 * g->cap_nodes; i++) g->cap[i] = (uint8_t)number(f, 1);
    for (int i = 0; i < 17; i++) out->public_words[i] = (uint32_t)number(f, 4);
    out->n_shards = (uint32_t)number(f, 4);
    for (int i = 0; i < 2; i++) out->nonce[i] = (uint32_t)number(f, 4);
    if (out->n_shards >= 1u << 18 || (out->n_shards == 0 && (out->nonce[0] || out->nonce[1]))) return false;
    out->n_public_bytes = number(f, 8);
    out->public_bytes = f->p;
    if (!f->ok || f->left < out->n_public_bytes) return false;
    f->p += out->n_public_bytes;
    f->left -= out->n_public_bytes;
    for (uint64_t i = out->n_public_bytes; i % 4; i++)
        if (number(f, 1) != 0) return false;
    return f->ok;
}

/* One proof's statement, and the reader at its words. */
static bool read_proof(const ref_machine *m, const ref_file *of, file *f, ref_run *run) {
    memset(run, 0, sizeof *run);
    for (uint32_t i = 0; i < REF_W_PUBLIC; i++) run->words[i] = (uint32_t)number(f, 4);
    memcpy(run->words + REF_W_PUBLIC, of->public_words, sizeof of->public_words);
    run->words[REF_W_CHAIN_HI] = (uint32_t)number(f, 4);
    run->words[REF_W_CHAIN_LO] = (uint32_t)number(f, 4);
    if (number(f, 4) != m->n_chips) return false;
    for (uint32_t c = 0; c < m->n_chips; c++) run->heights[c] = (uint32_t)number(f, 4);
    const uint64_t words = number(f, 8);
    if (!f->ok || words > f->left / 4) return false;
    ref_reader_init(&run->r, f->p, words);
    f->p += 4 * words;
    f->left -= 4 * words;
    return true;
}

static bool read_proofs(const ref_machine *m, const ref_file *of, ref_run *runs) {
    file f = {of->proofs, of->n_proofs_bytes, true};
    for (uint32_t i = 0; i <= of->n_shards; i++)
        if (!read_proof(m, of, &f, &runs[i])) return false;
    return f.left == 0;
}

static bool public_bytes_match(const ref_file *f) {
    uint8_t want[32], got[32];
    for (int i = 0; i < 32; i++) want[i] = (uint8_t)(f->public_words[i / 4] >> (8 * (i % 4)));
    ref_sha256(f->public_bytes, f->n_public_bytes, got);
    if (memcmp(want, got, 32) == 0) return true;
    ref_blake3(f->public_bytes, f->n_public_bytes, got);
    return memcmp(want, got, 32) == 0;
}

static const char *verify_single(const ref_machine *machine, const ref_file *f, ref_run *run, const uint8_t key[32]) {
    if (run->words[REF_W_KIND] != REF_KIND_SINGLE) return "kind";
    const char *why = ref_check_statement(machine, run, &f->program);
    return why ? why : ref_conversation(machine, run, &f->program, key);
}

const char *ref_verify(const ref_machine *machine, const uint8_t *bytes, size_t n, const uint8_t vkey[32], uint32_t exit_code) {
    static uint8_t cap_bytes[256 * 32];
    file f = {bytes, n, true};
    ref_file head = {.program = {.cap = cap_bytes}};
    uint8_t key[32];
    if (!read_head(machine, &f, &head)) return "file format";
    head.proofs = f.p;
    head.n_proofs_bytes = f.left;
    if (head.n_proofs_bytes / (36 + 4 * machine->n_chips) <= head.n_shards) return "file format"; /* not even room for the heads of all proofs */
    ref_run *runs = calloc(head.n_shards + 1, sizeof *runs);
    const char *why = read_proofs(machine, &head, runs) ? NULL : "file format";
    ref_key_digest(machine, &head.program, key);
    if (!why && memcmp(key, vkey, 32) != 0) why = "verifying key";
    if (!why && head.public_words[16] != exit_code) why = "exit code";
    if (!why && !public_bytes_match(&head)) why = "public values";
    if (!why) why = head.n_shards == 0 ? verify_single(machine, &head, &runs[0], key) : ref_run_in_shards(machine, &head, runs, key);
    free(runs);
    return why;
}
