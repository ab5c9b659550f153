/* Leaves, bus trees and zerocheck together: the toy machine from its columns to claims about its columns, and those claims against the columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "air/leaves.h"
#include "gkr/gkr_prove.h"
#include "gkr/gkr_verify.h"
#include "zerocheck/zerocheck_oracle.h"

static const uint32_t rows[TOY_CHIPS] = {1100, 4096, 200, 9000, UINT32_MAX, 40, 20};

static hb_k token_factor(const fixture *f, size_t i)
{
    hb_k v[HB_AIR_MAX_TUPLE];
    const hb_bus_token *t = &f->m.tokens[i];
    for (uint32_t j = 0; j < HB_AIR_MAX_TUPLE; j++)
        v[j] = hb_k_from_f(hb_f_from_u32(t->words[j]));
    return hb_bus_fingerprint(&f->bus, t->bus, v, hb_bus_tuple_words(t->bus));
}

static void make_leaves(fixture *f, hb_gkr_leaves *leaves, hb_pool *pool, hb_arena *arena)
{
    memset(leaves, 0, sizeof *leaves);
    for (uint32_t tree = 0; tree < HB_GKR_TREES_GLOBAL; tree++) {
        const hb_gkr_tree *t = &f->layout.trees[tree];
        uint32_t value = tree == HB_GKR_TREE_F ? HB_GKR_VALUE_Q : hb_gkr_value(tree);
        leaves->v[value] = hb_arena_alloc_many(arena, t->n_blocks, sizeof(hb_kpack *));
        if (tree == HB_GKR_TREE_F)
            leaves->v[HB_GKR_VALUE_P] = hb_arena_alloc_many(arena, t->n_blocks, sizeof(hb_kpack *));
        for (uint32_t b = 0; b < t->n_blocks; b++) {
            const hb_gkr_block *block = &t->blocks[b];
            hb_kpack *den = hb_arena_alloc_many(arena, hb_gkr_block_packs(block), sizeof *den), *num = NULL;
            leaves->v[value][b] = den;
            if (tree == HB_GKR_TREE_F)
                leaves->v[HB_GKR_VALUE_P][b] = num = hb_arena_alloc_many(arena, hb_gkr_block_packs(block), sizeof *num);
            assert_int_equal(hb_air_leaves(&f->m.tables[block->table], block->term, tree < 3 ? &f->bus : &f->global, &f->m.publics, pool, arena, num, den, NULL), HB_OK);
        }
    }
}

/* Proves; returns the verifier's reason, and what both ended with. */
static uint32_t run(fixture *f, hb_pool *pool, hb_zerocheck_opening *out, hb_zerocheck_result *verified, hb_arena *arena, uint8_t *memory)
{
    hb_buf proof = {0};
    hb_sender s = {.proof = &proof, .pool = pool};
    hb_gkr_leaves leaves;
    hb_error err = {.reason = HB_R_NONE};
    hb_transcript_init(&s.t);
    make_leaves(f, &leaves, pool, arena);
    assert_int_equal(hb_gkr_prove(&s, &f->layout, &leaves, arena, &f->trees, &err), HB_OK);
    assert_int_equal(hb_zerocheck_prove(&s, &f->claim, f->m.tables, arena, out, &err), HB_OK);

    hb_receiver r;
    hb_gkr_result trees;
    hb_zerocheck_claim claim = f->claim;
    hb_scratch scratch = hb_scratch_of(memory, hb_zerocheck_verify_bytes(&claim));
    claim.trees = &trees;
    hb_receiver_init(&r, proof.data, proof.len, &err);
    hb_status st = hb_gkr_verify(&r, &f->layout, token_factor(f, 0), token_factor(f, 1), &trees);
    if (st == HB_OK)
        st = hb_zerocheck_verify(&r, &claim, &scratch, verified);
    if (st == HB_OK)
        st = hb_receive_end(&r);
    hb_buf_free(&proof);
    return st == HB_OK ? HB_R_NONE : err.reason;
}

/* Columns and tiles at the point where the zerocheck ended, by their definition. */
static void check_values(const fixture *f, const hb_zerocheck_opening *out, const hb_zerocheck_result *verified)
{
    hb_row_point p = {.n_u = out->result.n_max - 12};
    hb_k *y = malloc(256 * sizeof *y);
    uint32_t id = 0;
    assert_int_equal(out->result.n_max, f->layout.n_max);
    assert_int_equal(out->result.n_columns, hb_zerocheck_columns(&f->claim));
    assert_true(hb_row_point_set_z(&p, verified->r0));
    for (uint32_t b = 0; b < 256; b++)
        y[b] = oracle_eq(verified->ry, 8, b);
    for (size_t i = 0; i < f->m.n_tables; i++)
        for (uint32_t j = 0; j < oracle_width(&f->m.tables[i]); j++, id++) {
            const hb_table *t = &f->m.tables[i];
            hb_k column = hb_k_zero();
            for (uint32_t tile = 0; tile < t->stored_rows / 4096; tile++) {
                hb_k sum = hb_k_zero();
                for (uint32_t x = 0; x < 4096; x++)
                    sum = hb_k_add(sum, hb_k_mul_f(hb_k_mul(p.lagrange[x >> 8], y[x & 255]), t->cols[j][tile * 4096 + x]));
                assert_true(hb_k_eq(sum, out->tiles[id][tile]));
                column = hb_k_mul_add(oracle_eq(verified->ru, p.n_u, tile), sum, column);
            }
            assert_true(hb_k_eq(column, verified->columns[id]));
            assert_true(hb_k_eq(column, out->result.columns[id]));
        }
    free(y);
}

static uint32_t attempt(const uint32_t sizes[TOY_CHIPS], void (*change)(fixture *f), bool values)
{
    fixture f;
    hb_arena arena;
    hb_zerocheck_opening out;
    hb_zerocheck_result verified;
    hb_pool *pool = hb_pool_create(2);
    uint8_t *memory = malloc((size_t)1 << 20);
    fixture_init(&f, sizes, true, 31);
    if (change)
        change(&f);
    size_t bytes = hb_gkr_leaf_packs(&f.layout) * sizeof(hb_kpack) + hb_gkr_prove_bytes(&f.layout, 2) + hb_zerocheck_prove_bytes(&f.claim, 2) + ((size_t)4 << 20);
    assert_int_equal(hb_arena_init(&arena, bytes), HB_OK);
    uint32_t reason = run(&f, pool, &out, &verified, &arena, memory);
    if (values && reason == HB_R_NONE)
        check_values(&f, &out, &verified);
    hb_arena_free(&arena);
    hb_pool_destroy(pool);
    free(memory);
    fixture_free(&f);
    return reason;
}

static void honest(void **state)
{
    (void)state;
    assert_int_equal(attempt(rows, NULL, true), HB_R_NONE);
    assert_int_equal(attempt((const uint32_t[TOY_CHIPS]){30000, 4096, 4097, 1, UINT32_MAX, 9000, 20}, NULL, true), HB_R_NONE);
    assert_int_equal(attempt((const uint32_t[TOY_CHIPS]){1024, 4096, 256, 66000, UINT32_MAX, 17, 5000}, NULL, true), HB_R_NONE);
}

static void one_more(fixture *f) { f->m.cols[TOY_RC][0][7] = hb_f_add(f->m.cols[TOY_RC][0][7], HB_F_ONE); }
static void other_word(fixture *f) { f->m.cols[TOY_PROG][5][0] = hb_f_add(f->m.cols[TOY_PROG][5][0], HB_F_ONE); }
static void other_state(fixture *f) { f->m.cols[TOY_USER][U_T][8000] = hb_f_add(f->m.cols[TOY_USER][U_T][8000], HB_F_ONE); }
static void other_token(fixture *f) { f->m.tokens[1].words[0]++; }
static void other_chain(fixture *f) { f->m.cols[TOY_OTHER][O_X][1] = hb_f_add(f->m.cols[TOY_OTHER][O_X][1], HB_F_ONE); }

/* The prover lies in step with a padding row: USER's multiplicities are counted as if row n_T were real. The mask keeps it off the buses, so the sum is wrong. */
static void padding_lookup(fixture *f)
{
    uint32_t value = 5;
    f->m.cols[TOY_USER][U_X][9000] = hb_f_from_u32(value);
    f->m.cols[TOY_USER][U_P][9000] = hb_f_mul(f->m.cols[TOY_USER][U_X][9000], f->m.cols[TOY_USER][U_Y][9000]);
    hb_f v = hb_f_mul(f->m.cols[TOY_USER][U_S][9000], hb_f_add(f->m.cols[TOY_USER][U_P][9000], HB_F_ONE));
    f->m.cols[TOY_USER][U_V][9000] = v;
    f->m.cols[TOY_RC][0][value] = hb_f_add(f->m.cols[TOY_RC][0][value], HB_F_ONE);
}

static void unbalanced(void **state)
{
    (void)state;
    assert_int_equal(attempt(rows, NULL, false), HB_R_NONE);
    assert_int_equal(attempt(rows, one_more, false), HB_R_GKR_FRACTIONS);
    assert_int_equal(attempt(rows, other_word, false), HB_R_GKR_FRACTIONS);
    assert_int_equal(attempt(rows, padding_lookup, false), HB_R_GKR_FRACTIONS);
    assert_int_equal(attempt(rows, other_state, false), HB_R_GKR_PRODUCTS);
    assert_int_equal(attempt(rows, other_token, false), HB_R_GKR_PRODUCTS);
    assert_int_equal(attempt(rows, other_chain, false), HB_R_GKR_PRODUCTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(honest), cmocka_unit_test(unbalanced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
