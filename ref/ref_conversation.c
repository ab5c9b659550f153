/* One proof: the key, the integer checks, and the order of the conversation. docs/protocol.md 6 and 11. */
#include <stdlib.h>
#include <string.h>

#include "ref_hash.h"
#include "ref_protocol.h"

static void put64(uint8_t *p, uint64_t x) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(x >> (8 * i));
}

void ref_params_id(const ref_machine *m, uint8_t id[32]) { ref_blake3((const uint8_t *)m->params_text, strlen(m->params_text), id); }

void ref_key_digest(const ref_machine *m, const ref_program *g, uint8_t key[32]) {
    uint8_t text[16 + 32 + 32 + 40 + 32 + 32];
    memcpy(text, "hauptbuch vkey 1", 16);
    ref_params_id(m, text + 16);
    memcpy(text + 48, m->digest, 32);
    const uint64_t numbers[5] = {g->entry, g->img_lo / 8, g->img_hi / 8, g->n_prog, g->n_image};
    for (int i = 0; i < 5; i++) put64(text + 80 + 8 * i, numbers[i]);
    memcpy(text + 120, g->load_digest, 32);
    ref_blake3(g->cap, 32 * (size_t)g->cap_nodes, text + 152);
    ref_blake3(text, sizeof text, key);
}

/* --- integers ------------------------------------------------------------------------------------------------------------------- */

uint32_t ref_rows_of(const ref_machine *m, const ref_run *run, const char *name) {
    for (uint32_t c = 0; c < m->n_chips; c++)
        if (ref_is(m, c, name)) return run->heights[c];
    return 0;
}

static bool in_kind(const ref_machine *m, uint32_t chip, uint32_t kind) {
    const bool shards_only = ref_is(m, chip, "BOUNDARY") || ref_is(m, chip, "INITFIN_GLOBAL");
    if (kind == REF_KIND_SINGLE) return !shards_only;
    if (kind == REF_KIND_INIT) return ref_is(m, chip, "IMAGE") || ref_is(m, chip, "RC16") || ref_is(m, chip, "RC18") || ref_is(m, chip, "INITFIN_GLOBAL");
    return !ref_is(m, chip, "IMAGE") && !ref_is(m, chip, "INITFIN") && !ref_is(m, chip, "INITFIN_GLOBAL");
}

static const char *check_heights(const ref_machine *m, const ref_run *run, const ref_program *g) {
    uint64_t time = 4, lookups = 0;
    for (uint32_t c = 0; c < m->n_chips; c++) {
        const ref_chip *chip = &m->chips[c];
        const uint64_t n = run->heights[c];
        if (!in_kind(m, c, run->words[REF_W_KIND])) {
            if (n != 0) return "a table that this kind does not have";
            continue;
        }
        if (ref_is(m, c, "PROG") && n != g->n_prog) return "height of the key";
        if (ref_is(m, c, "IMAGE") && n != g->n_image) return "height of the key";
        if (chip->fixed_rows && n != chip->fixed_rows) return "fixed height";
        if (n > UINT64_C(1) << chip->max_log2) return "height bound";
        time += n * chip->ts_inc;
        lookups += n * chip->air->lookups_per_row;
    }
    if (time >= UINT64_C(1) << 27 || time != run->words[REF_W_TS_END]) return "time";
    return lookups >= UINT64_C(1) << 28 ? "too many lookups" : NULL;
}

static const char *check_kind(const ref_machine *m, const ref_run *run, const ref_program *g) {
    const uint32_t *w = run->words;
    const bool last_key = w[REF_W_CHAIN_HI] < 1u << 16 && w[REF_W_CHAIN_LO] < 1u << 29;
    switch (w[REF_W_KIND]) {
    case REF_KIND_SINGLE:
        if (w[REF_W_INDEX] != 0) return "index";
        if (w[REF_W_PC_IN] != g->entry) return "entry";
        if (w[REF_W_PC_OUT] != REF_PC_HALT) return "not halted";
        if (ref_rows_of(m, run, "INITFIN") < 17) return "INITFIN height";
        return last_key ? NULL : "chain end";
    case REF_KIND_EXEC:
        if (w[REF_W_INDEX] == 0 || w[REF_W_INDEX] >= 1u << 18) return "index";
        if (w[REF_W_PC_IN] >= REF_P || w[REF_W_PC_OUT] >= REF_P) return "pc";
        if (ref_rows_of(m, run, "BOUNDARY") == 0) return "no boundary";
        return w[REF_W_CHAIN_HI] == 0 && w[REF_W_CHAIN_LO] == 0 ? NULL : "chain end";
    case REF_KIND_INIT:
        if (w[REF_W_INDEX] != 0) return "index";
        if (w[REF_W_PC_IN] != 0 || w[REF_W_PC_OUT] != 0) return "pc";
        if (ref_rows_of(m, run, "INITFIN_GLOBAL") < 17) return "INITFIN height";
        return last_key ? NULL : "chain end";
    default: return "kind";
    }
}

const char *ref_check_statement(const ref_machine *m, const ref_run *run, const ref_program *g) {
    if (g->entry >= UINT64_C(1) << 30) return "entry";
    if (g->img_lo % 8 || g->img_hi % 8 || g->img_lo > g->img_hi || g->img_lo < 0x10000 || g->img_hi > UINT64_C(1) << 32) return "image range";
    if (g->n_image != (g->img_hi - g->img_lo) / 8) return "image height";
    const char *why = check_kind(m, run, g);
    if (!why) why = check_heights(m, run, g);
    if (!why && run->words[REF_W_EXIT_CODE] >= 256) why = "exit code";
    for (int i = 0; i < 8; i++)
        if (!why && run->words[REF_W_DEFERRED + i] != 0) why = "deferred digest";
    return why;
}

/* --- conversation --------------------------------------------------------------------------------------------------------------- */

static void absorb_bytes(ref_reader *r, uint32_t tag, const uint8_t bytes[32]) {
    uint32_t w[8];
    for (int i = 0; i < 8; i++) w[i] = bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 | (uint32_t)bytes[4 * i + 3] << 24;
    ref_absorb(r, tag, w, 8);
}

static void absorb_statement(const ref_machine *m, ref_run *run, const uint8_t key[32]) {
    uint8_t id[32];
    ref_params_id(m, id);
    absorb_bytes(&run->r, REF_PARAMETERS, id);
    absorb_bytes(&run->r, REF_VKEY, key);
    ref_absorb(&run->r, REF_STATEMENT, run->words, REF_W_COUNT);
    ref_absorb(&run->r, REF_SIGMA, run->seed, 8);
    ref_absorb(&run->r, REF_HEIGHTS, run->heights, m->n_chips);
}

static uint32_t cap_nodes(const ref_run *run, int c) { return run->stack_h[c] + 1 < 8 ? 1u << (run->stack_h[c] + 1) : 256; }

static void take_caps(ref_run *run, const ref_program *g) {
    for (uint64_t i = 0; i < 8 * g->cap_nodes; i++) {
        const uint8_t *p = g->cap + 4 * i;
        run->cap[0][i / 8][i % 8] = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
    if (!ref_check(&run->r, g->cap_nodes == cap_nodes(run, 0), "size of the program cap")) return;
    ref_absorb(&run->r, REF_CAP, run->cap[0][0], 8 * (uint32_t)g->cap_nodes);
    for (int c = 1; c < REF_COMMITMENTS; c++)
        if (run->stack_w[c]) ref_read_cap(&run->r, cap_nodes(run, c), run->cap[c]);
}

void ref_bus_draw(ref_reader *r, ref_bus_challenges *out) {
    out->alpha = ref_challenge(r, REF_L_ALPHA);
    for (int i = 0; i < 16; i++) out->beta[i] = ref_challenge(r, REF_L_BETA);
    out->beta_tag = ref_challenge(r, REF_L_BETA_TAG);
}

/* What enters and leaves the buses STATE and CHAIN from outside. */
static void public_factors(const ref_machine *m, const ref_run *run, ref_k *g, ref_k *r) {
    const uint32_t *w = run->words;
    const ref_k state[2][2] = {{ref_k_of(w[REF_W_PC_IN]), ref_k_of(4)}, {ref_k_of(w[REF_W_PC_OUT]), ref_k_of(w[REF_W_TS_END])}};
    const uint32_t cells = ref_rows_of(m, run, w[REF_W_KIND] == REF_KIND_INIT ? "INITFIN_GLOBAL" : "INITFIN");
    const ref_k chain[2][3] = {{ref_k_of(0), ref_k_of(0), ref_k_of(REF_P - 1)}, {ref_k_of(cells), ref_k_of(w[REF_W_CHAIN_HI]), ref_k_of(w[REF_W_CHAIN_LO])}};
    *g = *r = ref_k_of(1);
    if (w[REF_W_KIND] != REF_KIND_INIT) {
        *g = ref_k_mul(*g, ref_fingerprint(run, HB_BUS_STATE, state[0], 2));
        *r = ref_k_mul(*r, ref_fingerprint(run, HB_BUS_STATE, state[1], 2));
    }
    if (w[REF_W_KIND] != REF_KIND_EXEC) {
        *g = ref_k_mul(*g, ref_fingerprint(run, HB_BUS_CHAIN, chain[0], 3));
        *r = ref_k_mul(*r, ref_fingerprint(run, HB_BUS_CHAIN, chain[1], 3));
    }
}

static void steps(const ref_machine *m, ref_run *run) {
    ref_k g, r;
    ref_grind(&run->r, REF_L_BUS, 8);
    ref_bus_draw(&run->r, &run->own);
    public_factors(m, run, &g, &r);
    ref_gkr(run, g, r);
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
    for (int i = 0; i < REF_TREES; i++) free(run->blocks[i]);
}

const char *ref_conversation(const ref_machine *machine, ref_run *run, const ref_program *program, const uint8_t key[32]) {
    static uint32_t caps[REF_COMMITMENTS][256][8];
    for (int c = 0; c < REF_COMMITMENTS; c++) run->cap[c] = caps[c];
    run->key_constants[HB_KEY_IMG_LO] = program->img_lo / 8;
    run->key_constants[HB_KEY_IMG_HI] = program->img_hi / 8;
    run->key_constants[HB_KEY_SHARD] = run->words[REF_W_INDEX];
    if (ref_layout(run, machine, program)) {
        absorb_statement(machine, run, key);
        take_caps(run, program);
        if (!run->r.why) steps(machine, run);
    }
    free_run(run);
    return run->r.why;
}
