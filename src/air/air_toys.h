/* A small machine for the tests of air and zerocheck: seven chips that use every feature of a record, with balanced buses. Test code only.
 *
 *   RC     provides RC16 and RC18 (INDEX)          BYTE   provides AND and BYTES                PROG   preprocessed columns, provides PROG
 *   USER   products, a cubic constraint, flags, all kinds of lookups, STATE, leaves of degree 1 to 3
 *   OTHER  the other side of CHAIN; MEM            PUB    structured columns and key constants in constraints
 *   PLAIN  constraints only */
#pragma once
#include <stdlib.h>
#include <string.h>

#include "air/checker.h"
#include "air/multiplicity.h"
#include "base/check.h"

enum { TOY_RC, TOY_BYTE, TOY_PROG, TOY_USER, TOY_OTHER, TOY_PUB, TOY_PLAIN, TOY_CHIPS };
enum { U_K, U_T, U_X, U_Y, U_P, U_S, U_Q, U_A, U_B, U_AB, U_V, U_PC, U_D, U_WIDTH };
enum { O_K, O_X, O_Y, O_F, O_WIDTH };
enum { P_SEL, P_LO, P_HI, P_IDX, P_KEY, P_WIDTH };
enum { L_A, L_B, L_C, L_WIDTH };

static const char *const toy_names[TOY_CHIPS] = {"RC", "BYTE", "PROG", "USER", "OTHER", "PUB", "PLAIN"};
static const uint32_t toy_pre[TOY_CHIPS] = {0, 0, 9, 0, 0, 0, 0};
static const uint32_t toy_width[TOY_CHIPS] = {2, 2, 1, U_WIDTH, O_WIDTH, P_WIDTH, L_WIDTH};

typedef struct toy_machine {
    size_t n_tables;
    hb_table tables[TOY_CHIPS]; /* the present ones */
    hb_table *of[TOY_CHIPS];    /* by chip, NULL if absent */
    hb_air airs[TOY_CHIPS];
    void *air_memory[TOY_CHIPS];
    hb_f *cells[TOY_CHIPS];
    hb_f *cols[TOY_CHIPS][16];
    hb_air_publics publics;
    hb_bus_token tokens[2];
    uint64_t seed;
} toy_machine;

static inline uint32_t toy_random(uint64_t *s)
{
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*s >> 33);
}

static inline hb_f toy_f(uint64_t *s)
{
    return hb_f_from_u32(toy_random(s));
}

static inline hb_k toy_k(uint64_t *s)
{
    hb_k k;
    for (int i = 0; i < 5; i++)
        k.c[i] = toy_f(s);
    return k;
}

/* --- rules --------------------------------------------------------------------------------------------------------------------------- */
static inline void toy_rules_tables(hb_air *a, uint32_t chip)
{
    if (chip == TOY_RC) {
        hb_expr index = hb_air_structured(a, HB_ST_INDEX);
        hb_air_provide(a, HB_BUS_RC16, hb_air_col(a, 0), &index, 1);
        hb_air_provide(a, HB_BUS_RC18, hb_air_col(a, 1), &index, 1);
    } else if (chip == TOY_BYTE) {
        hb_expr t[3] = {hb_air_structured(a, HB_ST_BYTE_A), hb_air_structured(a, HB_ST_BYTE_B), hb_air_structured(a, HB_ST_BYTE_AND)};
        hb_air_provide(a, HB_BUS_AND, hb_air_col(a, 0), t, 3);
        hb_air_provide(a, HB_BUS_BYTES, hb_air_col(a, 1), t, 2);
    } else {
        hb_expr t[9];
        for (uint32_t j = 0; j < 9; j++)
            t[j] = hb_air_col(a, j);
        hb_air_provide(a, HB_BUS_PROG, hb_air_col(a, 9), t, 9);
    }
}

static inline void toy_rules_user(hb_air *a)
{
    hb_expr c[U_WIDTH], one = hb_air_const(a, 1);
    for (uint32_t j = 0; j < U_WIDTH; j++)
        c[j] = hb_air_col(a, j);
    hb_expr xy = hb_air_mul(a, c[U_X], c[U_Y]), next = hb_air_add(a, c[U_K], one), t = hb_air_add(a, c[U_T], hb_air_scale(a, 3, xy));
    hb_air_zero(a, "p = x y", hb_air_sub(a, c[U_P], xy));
    hb_air_bool(a, "s", c[U_S]);
    hb_air_bool(a, "q", c[U_Q]);
    hb_air_zero(a, "v = s x y + s", hb_air_sub(a, hb_air_add(a, hb_air_mul(a, c[U_S], xy), c[U_S]), c[U_V]));
    hb_air_zero(a, "q needs s", hb_air_mul(a, c[U_Q], hb_air_sub(a, one, c[U_S])));
    hb_air_zero(a, "d = 2 k - x / 7", hb_air_sub(a, hb_air_scale(a, 2, c[U_K]), hb_air_add(a, c[U_D], hb_air_scale_inv(a, 7, c[U_X]))));
    hb_air_consume(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){c[U_K], c[U_T]}, 2);
    hb_air_produce(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){next, t}, 2);
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[U_X], 1);
    hb_air_lookup(a, HB_BUS_RC18, HB_ALWAYS, (hb_expr[]){hb_air_add(a, c[U_X], c[U_Y])}, 1);
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[U_Y], 1);
    hb_air_lookup(a, HB_BUS_AND, c[U_S], (hb_expr[]){c[U_A], c[U_B], c[U_AB]}, 3);
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, (hb_expr[]){hb_air_scale(a, 2, c[U_X])}, 1);
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, (hb_expr[]){hb_air_sub(a, hb_air_const(a, 1023), c[U_Y])}, 1);
    hb_air_lookup(a, HB_BUS_RC18, HB_ALWAYS, (hb_expr[]){hb_air_add(a, c[U_S], one)}, 1);
    hb_air_lookup(a, HB_BUS_BYTES, HB_ALWAYS, (hb_expr[]){c[U_A], c[U_B]}, 2);
    hb_expr prog[9] = {c[U_PC], hb_air_mul(a, c[U_PC], c[U_PC])};
    for (uint32_t j = 2; j < 9; j++)
        prog[j] = hb_air_add(a, hb_air_scale(a, j, c[U_PC]), hb_air_const(a, 100 * j));
    hb_air_lookup(a, HB_BUS_PROG, c[U_Q], prog, 9);
    hb_air_consume(a, HB_BUS_CHAIN, c[U_S], (hb_expr[]){c[U_K], c[U_X], c[U_Y]}, 3);
    hb_air_consume(a, HB_BUS_CHAIN, c[U_Q], (hb_expr[]){c[U_K], xy, c[U_V]}, 3);
}

static inline void toy_rules_other(hb_air *a)
{
    hb_expr c[O_WIDTH], zero = hb_air_const(a, 0), one = hb_air_const(a, 1);
    for (uint32_t j = 0; j < O_WIDTH; j++)
        c[j] = hb_air_col(a, j);
    hb_air_bool(a, "f", c[O_F]);
    hb_air_produce(a, HB_BUS_CHAIN, c[O_F], c, 3);
    hb_air_produce(a, HB_BUS_MEM, HB_ALWAYS, (hb_expr[]){c[O_K], c[O_X], zero, zero, one, hb_air_const(a, 65535), c[O_Y]}, 7);
    hb_air_consume(a, HB_BUS_MEM, HB_ALWAYS, (hb_expr[]){c[O_K], c[O_X], zero, zero, one, hb_air_const(a, 65535), c[O_Y]}, 7);
    const hb_expr flagged[7] = {c[O_K], c[O_X], zero, zero, one, hb_air_const(a, 65535), hb_air_key(a, HB_KEY_SHARD)};
    const hb_expr always[7] = {c[O_Y], c[O_X], zero, zero, one, hb_air_const(a, 65535), hb_air_scale(a, 2, hb_air_key(a, HB_KEY_SHARD))};
    hb_air_produce(a, HB_BUS_GLOBAL, c[O_F], flagged, 7);
    hb_air_produce(a, HB_BUS_GLOBAL, HB_ALWAYS, always, 7);
    hb_air_consume(a, HB_BUS_GLOBAL, HB_ALWAYS, always, 7);
    hb_air_consume(a, HB_BUS_GLOBAL, c[O_F], flagged, 7);
}

static inline void toy_rules_pub(hb_air *a)
{
    hb_expr c[P_WIDTH], one = hb_air_const(a, 1), nothing = hb_air_structured(a, HB_ST_PV_SEL);
    for (uint32_t j = 0; j < P_WIDTH; j++)
        c[j] = hb_air_col(a, j);
    hb_air_bool(a, "sel", c[P_SEL]);
    hb_air_zero(a, "sel is public", hb_air_mul(a, c[P_SEL], hb_air_sub(a, one, nothing)));
    hb_air_zero(a, "lo", hb_air_mul(a, c[P_SEL], hb_air_sub(a, c[P_LO], hb_air_structured(a, HB_ST_PV_LO))));
    hb_air_zero(a, "hi", hb_air_mul(a, c[P_SEL], hb_air_sub(a, c[P_HI], hb_air_structured(a, HB_ST_PV_HI))));
    hb_air_zero(a, "idx", hb_air_mul(a, c[P_IDX], hb_air_sub(a, c[P_IDX], hb_air_structured(a, HB_ST_INDEX))));
    hb_air_zero(a, "key", hb_air_mul(a, c[P_SEL], hb_air_sub(a, c[P_KEY], hb_air_add(a, hb_air_key(a, 0), hb_air_mul(a, hb_air_key(a, 1), c[P_LO])))));
    hb_air_zero(a, "bytes", hb_air_mul(a, hb_air_mul(a, c[P_SEL], c[P_IDX]), hb_air_sub(a, c[P_IDX], hb_air_structured(a, HB_ST_BYTE_A))));
    hb_air_lookup(a, HB_BUS_RC16, nothing, &c[P_LO], 1);
}

static inline void toy_rules_plain(hb_air *a)
{
    hb_air_zero(a, "abc", hb_air_sub(a, hb_air_mul(a, hb_air_mul(a, hb_air_col(a, L_A), hb_air_col(a, L_A)), hb_air_col(a, L_B)), hb_air_col(a, L_C)));
    hb_air_zero(a, "a b", hb_air_sub(a, hb_air_mul(a, hb_air_col(a, L_A), hb_air_col(a, L_B)), hb_air_col(a, L_A)));
}

/* --- rows ---------------------------------------------------------------------------------------------------------------------------- */
static inline void toy_set(toy_machine *m, uint32_t chip, uint32_t column, uint32_t row, uint64_t value)
{
    m->cols[chip][column][row] = hb_f_from_u64(value);
}

/* Rows of USER below `padding` are real. Returns the number of CHAIN tokens, put into OTHER's rows. */
static inline uint32_t toy_fill_user(toy_machine *m, uint32_t n, uint32_t stored, bool garbage)
{
    uint64_t t = 0;
    uint32_t token = 0;
    for (uint32_t k = 0; k < (garbage ? stored : n); k++) {
        uint32_t x = toy_random(&m->seed) % 500, y = toy_random(&m->seed) % 500, s = toy_random(&m->seed) % 4 == 0, q = s & toy_random(&m->seed);
        uint32_t a = toy_random(&m->seed) % 256, b = toy_random(&m->seed) % 16, pc = toy_random(&m->seed) % 200;
        if (k >= n) /* anything that satisfies the constraints */
            x = toy_random(&m->seed), y = toy_random(&m->seed), a = x + 1, b = y + 7, pc = x + y;
        uint64_t xy = (uint64_t)(x % HB_F_P) * (y % HB_F_P) % HB_F_P, v = s ? xy + 1 : 0;
        uint64_t row[U_WIDTH] = {k, t, x, y, xy, s, q & 1, a, b, a & b, v, pc, 0};
        for (uint32_t j = 0; j < U_WIDTH; j++)
            toy_set(m, TOY_USER, j, k, row[j]);
        m->cols[TOY_USER][U_D][k] = hb_f_sub(hb_f_from_u32(2 * k), hb_f_mul(hb_f_from_u32(x), hb_f_inv(hb_f_from_u32(7))));
        if (k >= n)
            continue;
        t = (t + 3 * xy) % HB_F_P;
        for (uint32_t which = 0; which < 2; which++)
            if (which ? q & 1 : s) {
                uint64_t tuple[O_WIDTH] = {k, which ? xy : x, which ? v : y, 1};
                for (uint32_t j = 0; j < O_WIDTH; j++)
                    toy_set(m, TOY_OTHER, j, token, tuple[j]);
                token++;
            }
    }
    m->tokens[0] = (hb_bus_token){HB_AIR_PRODUCE, HB_BUS_STATE, {0, 0}};
    m->tokens[1] = (hb_bus_token){HB_AIR_CONSUME, HB_BUS_STATE, {n, (uint32_t)t}};
    return token;
}

static inline void toy_fill_rest(toy_machine *m, uint32_t chip, uint32_t n, uint32_t stored, bool garbage)
{
    for (uint32_t r = 0; r < (garbage ? stored : n); r++) {
        if (chip == TOY_PROG)
            for (uint32_t j = 0; j < 9; j++)
                toy_set(m, chip, j, r, r >= n ? toy_random(&m->seed) : j == 1 ? (uint64_t)r * r : j ? (uint64_t)j * r + 100 * j : r);
        if (chip == TOY_PLAIN) {
            bool on = toy_random(&m->seed) & 1;
            hb_f x = toy_f(&m->seed);
            m->cols[chip][L_A][r] = on ? x : 0;
            m->cols[chip][L_B][r] = on ? HB_F_ONE : x;
            m->cols[chip][L_C][r] = on ? hb_f_square(x) : 0;
        }
        if (chip == TOY_PUB) {
            bool public = r < HB_PUBLIC_WORDS;
            m->cols[chip][P_SEL][r] = public ? HB_F_ONE : 0;
            m->cols[chip][P_LO][r] = public ? m->publics.pv_lo[r] : toy_f(&m->seed);
            m->cols[chip][P_HI][r] = public ? m->publics.pv_hi[r] : toy_f(&m->seed);
            m->cols[chip][P_IDX][r] = hb_f_from_u32(toy_random(&m->seed) & 1 ? r : 0);
            m->cols[chip][P_KEY][r] = hb_f_add(m->publics.key[0], hb_f_mul(m->publics.key[1], m->cols[chip][P_LO][r]));
        }
    }
}

static inline size_t toy_row_of(const void *ctx, hb_bus bus, const uint32_t *tuple)
{
    const toy_machine *m = ctx;
    uint32_t r = tuple[0];
    if (bus != HB_BUS_PROG || !m->of[TOY_PROG] || r >= m->of[TOY_PROG]->n_rows)
        return SIZE_MAX;
    for (uint32_t j = 0; j < 9; j++)
        if (hb_f_from_u32(tuple[j]) != m->cols[TOY_PROG][j][r])
            return SIZE_MAX;
    return r;
}

static inline hb_status toy_count(toy_machine *m, hb_pool *pool, hb_error *err)
{
    hb_air_finder finders[TOY_CHIPS];
    hb_arena arena;
    for (uint32_t i = 0; i < TOY_CHIPS; i++)
        finders[i] = (hb_air_finder){toy_row_of, m};
    HB_ASSERT(hb_arena_init(&arena, (size_t)64 << 20) == HB_OK);
    hb_status st = hb_air_count_multiplicities(m->tables, m->n_tables, finders, &m->publics, pool, &arena, err);
    HB_ASSERT(arena.used == 0);
    hb_arena_free(&arena);
    return st;
}

static inline void toy_record(toy_machine *m, uint32_t chip)
{
    hb_air *a = &m->airs[chip];
    m->air_memory[chip] = malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT));
    HB_ASSERT(m->air_memory[chip]);
    hb_air_init(a, toy_pre[chip], toy_width[chip], HB_AIR_LIMITS_DEFAULT, m->air_memory[chip]);
    switch (chip) {
    case TOY_USER: toy_rules_user(a); break;
    case TOY_OTHER: toy_rules_other(a); break;
    case TOY_PUB: toy_rules_pub(a); break;
    case TOY_PLAIN: toy_rules_plain(a); break;
    default: toy_rules_tables(a, chip);
    }
    HB_ASSERT(hb_air_finish(a).code == HB_AIR_OK);
}

/* rows[chip] = 0: absent; OTHER's number is at least the number of tokens (UINT32_MAX: exactly that). Multiplicities are not yet filled. */
static inline void toy_build(toy_machine *m, const uint32_t rows[TOY_CHIPS], bool garbage, uint64_t seed)
{
    memset(m, 0, sizeof *m);
    m->seed = seed;
    uint32_t key[HB_KEY_COUNT] = {12345, 678, 3}, words[HB_PUBLIC_WORDS], n[TOY_CHIPS];
    for (uint32_t i = 0; i < HB_PUBLIC_WORDS; i++)
        words[i] = i == 0 ? 0x12340001u : (i * 3u << 16) + 17 * i;
    m->publics = hb_air_publics_of(key, words);
    memcpy(n, rows, sizeof n);
    for (uint32_t c = 0; c < TOY_CHIPS; c++) {
        if (!n[c])
            continue;
        uint32_t capacity = HB_TILE_ROWS * hb_stored_tiles(c == TOY_OTHER && n[c] == UINT32_MAX ? 2 * n[TOY_USER] + 1 : n[c]);
        toy_record(m, c);
        m->cells[c] = aligned_alloc(64, (size_t)capacity * (toy_pre[c] + toy_width[c]) * sizeof(hb_f));
        HB_ASSERT(m->cells[c]);
        memset(m->cells[c], 0, (size_t)capacity * (toy_pre[c] + toy_width[c]) * sizeof(hb_f));
        for (uint32_t j = 0; j < toy_pre[c] + toy_width[c]; j++)
            m->cols[c][j] = m->cells[c] + (size_t)j * capacity;
    }
    uint32_t tokens = n[TOY_USER] ? toy_fill_user(m, n[TOY_USER], HB_TILE_ROWS * hb_stored_tiles(n[TOY_USER]), garbage) : 0;
    if (n[TOY_OTHER] == UINT32_MAX)
        n[TOY_OTHER] = tokens ? tokens : 1;
    for (uint32_t c = 0; c < TOY_CHIPS; c++) {
        uint32_t stored = HB_TILE_ROWS * hb_stored_tiles(n[c]);
        if (!n[c])
            continue;
        toy_fill_rest(m, c, n[c], stored, garbage);
        m->of[c] = &m->tables[m->n_tables++];
        *m->of[c] = (hb_table){c, &m->airs[c], n[c], stored, hb_table_height_log2(n[c]), m->cols[c], toy_names[c], NULL};
    }
}

static inline void toy_free(toy_machine *m)
{
    for (uint32_t c = 0; c < TOY_CHIPS; c++) {
        free(m->air_memory[c]);
        free(m->cells[c]);
    }
}

static inline size_t toy_findings(const toy_machine *m, void (*report)(void *, const hb_air_finding *))
{
    hb_air_checker c = {m->tables, m->n_tables, m->publics, m->tokens, m->of[TOY_USER] ? 2 : 0, 3, report, NULL};
    size_t findings = 0;
    HB_ASSERT(hb_air_check_trace(&c, &findings, NULL) == HB_OK);
    return findings;
}
