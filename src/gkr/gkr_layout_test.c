#include "gkr/gkr_layout.h"

#include "base/testing.h"

#include <stdlib.h>

static _Alignas(64) uint8_t memory[1 << 16];

static hb_status lay(hb_gkr_layout *layout, uint32_t n_trees, const hb_gkr_table *tables, size_t n, size_t bytes, hb_reason *reason)
{
    hb_error err;
    hb_scratch scratch = hb_scratch_of(memory, bytes);
    hb_error_clear(&err);
    hb_status st = hb_gkr_layout_init(layout, n_trees, tables, n, &scratch, &err);
    *reason = (hb_reason)err.reason;
    return st;
}

static void check_block(const hb_gkr_block *b, uint16_t table, uint16_t term, uint32_t h_log2, uint32_t n_rows, uint64_t off)
{
    assert_int_equal(b->table, table);
    assert_int_equal(b->term, term);
    assert_int_equal(b->h_log2, h_log2);
    assert_int_equal(b->n_rows, n_rows);
    assert_int_equal(b->off, off);
}

/* By hand: three tables of 2^12 (one row), 2^14 and 2^13 (4097 rows) leaves a term. */
static void test_by_hand(void **state)
{
    (void)state;
    static const uint8_t t0[] = {0, 2, 0}, t1[] = {1, 0}, t2[] = {2, 2, 0};
    const hb_gkr_table tables[] = {{1, 3, t0}, {16384, 2, t1}, {4097, 3, t2}};
    hb_gkr_layout layout;
    hb_reason reason;
    assert_int_equal(lay(&layout, 3, tables, 3, hb_gkr_layout_bytes(8), &reason), HB_OK);
    assert_int_equal(layout.depth, 15);
    assert_int_equal(layout.n_max, 14);
    const hb_gkr_tree *g = &layout.trees[0], *r = &layout.trees[1], *f = &layout.trees[2];
    assert_int_equal(g->n_blocks, 4);
    check_block(&g->blocks[0], 1, 1, 14, 16384, 0);
    check_block(&g->blocks[1], 2, 2, 13, 4097, 16384);
    check_block(&g->blocks[2], 0, 0, 12, 1, 24576);
    check_block(&g->blocks[3], 0, 2, 12, 1, 28672);
    assert_int_equal(g->leaves, 32768);
    assert_int_equal(r->n_blocks, 1);
    check_block(&r->blocks[0], 1, 0, 14, 16384, 0);
    assert_int_equal(f->n_blocks, 3);
    check_block(&f->blocks[0], 2, 0, 13, 4097, 0);
    check_block(&f->blocks[1], 2, 1, 13, 4097, 8192);
    check_block(&f->blocks[2], 0, 1, 12, 1, 16384);
    assert_int_equal(hb_gkr_block_tiles(&g->blocks[1]), 2);
    assert_int_equal(hb_gkr_block_packs(&g->blocks[3]), 256);
}

/* The weights of all aligned blocks of one height are the eq table of the upper coordinates: they sum to 1, and each is its product. */
static void test_weights(void **state)
{
    (void)state;
    hb_test_rng rng = {3};
    hb_k xi[16], sum = hb_k_zero();
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < HB_K_DEGREE; j++)
            xi[i].c[j] = hb_f_from_u32(hb_test_u32(&rng));
    hb_gkr_layout layout = {.depth = 15};
    for (uint64_t u = 0; u < 8; u++) {
        hb_gkr_block b = {.h_log2 = 12, .off = u << 12};
        hb_k w = hb_gkr_block_weight(&layout, &b, xi), e = hb_k_one();
        for (int i = 0; i < 3; i++) /* x b + (1 - x)(1 - b) */
            e = hb_k_mul(e, u >> i & 1 ? xi[12 + i] : hb_k_sub(hb_k_one(), xi[12 + i]));
        assert_true(hb_k_eq(w, e));
        sum = hb_k_add(sum, w);
    }
    assert_true(hb_k_eq(sum, hb_k_one()));
    assert_true(hb_k_eq(hb_gkr_block_weight(&layout, &(hb_gkr_block){.h_log2 = 15}, xi), hb_k_one()));
}

static void test_bounds(void **state)
{
    (void)state;
    static const uint8_t all[2] = {0, 0}, other[1] = {3}, none[1] = {0};
    hb_gkr_layout layout;
    hb_reason reason;
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){1u << 29, 1, all}, 1, sizeof memory, &reason), HB_OK);
    assert_int_equal(layout.depth, 29);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){1u << 28, 2, all}, 1, sizeof memory, &reason), HB_OK);
    assert_int_equal(layout.depth, 29);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){(1u << 28) + 1, 2, all}, 1, sizeof memory, &reason), HB_REJECTED);
    assert_int_equal(reason, HB_R_BAD_LENGTH);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){(1u << 29) + 1, 1, all}, 1, sizeof memory, &reason), HB_REJECTED);
    assert_int_equal(reason, HB_R_BAD_LENGTH);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){UINT32_MAX, 0, none}, 1, sizeof memory, &reason), HB_REJECTED);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){0, 1, all}, 1, sizeof memory, &reason), HB_REJECTED);
    assert_int_equal(reason, HB_R_BAD_LENGTH);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){5, 1, other}, 1, sizeof memory, &reason), HB_REJECTED);
    assert_int_equal(reason, HB_R_BAD_LENGTH);
    assert_int_equal(lay(&layout, 4, &(hb_gkr_table){5, 1, other}, 1, sizeof memory, &reason), HB_OK);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){5, 0, none}, 1, sizeof memory, &reason), HB_REJECTED); /* no block at all */
    assert_int_equal(reason, HB_R_BAD_LENGTH);
    assert_int_equal(lay(&layout, 3, NULL, 0, sizeof memory, &reason), HB_REJECTED);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){5, 2, all}, 1, 2 * sizeof(hb_gkr_block) - 1, &reason), HB_REJECTED);
    assert_int_equal(reason, HB_R_SCRATCH);
    assert_int_equal(lay(&layout, 3, &(hb_gkr_table){5, 2, all}, 1, 2 * sizeof(hb_gkr_block), &reason), HB_OK);
}

/* docs/protocol.md 7: 11, 10, .., 0, 12, 13, ..; what remains is the rest, ascending. */
static void test_bit_order(void **state)
{
    (void)state;
    for (uint32_t d = 12; d <= HB_GKR_DEPTH_MAX; d++) {
        uint32_t gone = 0;
        for (uint32_t l = 0; l < d; l++) {
            uint8_t bits[HB_GKR_DEPTH_MAX];
            uint32_t n = 0;
            hb_gkr_remaining_bits(d, l, bits);
            for (uint32_t i = 0; i < d; i++)
                if (!(gone >> i & 1))
                    assert_int_equal(bits[n++], i);
            assert_int_equal(n, d - l);
            assert_int_equal(hb_gkr_combined_bit(d, l), l < 12 ? 11 - l : l);
            gone |= 1u << hb_gkr_combined_bit(d, l);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_weights), cmocka_unit_test(test_bounds),
                                       cmocka_unit_test(test_bit_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
