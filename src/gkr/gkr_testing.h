/* Bus trees with random leaves for tests and the benchmark's check. Only for tests. */
#pragma once
#include "base/arena.h"
#include "base/cpu.h"
#include "gkr/gkr_prove.h"
#include "gkr/gkr_slow.h"
#include "gkr/gkr_verify.h"

enum { GKR_TABLES_MAX = 8, GKR_TERMS_MAX = 8 };

/* Heights and the trees of each table's terms, e.g. {4097, "GRF"}. G, R, F, then 3, 4, 5 for further trees. rows 0 ends the list. */
typedef struct gkr_shape {
    uint32_t rows;
    const char *terms;
} gkr_shape;

typedef struct gkr_case {
    hb_gkr_layout layout;
    void *layout_memory;
    hb_gkr_slow slow;    /* honest leaves; the levels above once something was proven */
    hb_k pv_g, pv_r;     /* public factors that balance */
    hb_kpack *packs;     /* the prover's copy of the leaves, made anew for each proof */
    hb_kpack **pointers; /* its blocks */
    hb_gkr_leaves leaves;
} gkr_case;

static inline hb_k gkr_random(hb_test_rng *rng)
{
    hb_k a;
    for (int j = 0; j < HB_K_DEGREE; j++)
        a.c[j] = hb_f_from_u32(hb_test_u32(rng));
    return a;
}

static inline uint8_t gkr_tree_of(char c)
{
    return (uint8_t)(c == 'G' ? 0 : c == 'R' ? 1 : c == 'F' ? 2 : c - '0');
}

static inline void gkr_case_layout(gkr_case *c, const gkr_shape *shapes, uint32_t n_trees)
{
    static uint8_t trees[GKR_TABLES_MAX][GKR_TERMS_MAX];
    hb_gkr_table tables[GKR_TABLES_MAX];
    size_t n = 0, terms = 0;
    for (; n < GKR_TABLES_MAX && shapes[n].rows; n++) {
        tables[n] = (hb_gkr_table){shapes[n].rows, (uint32_t)strlen(shapes[n].terms), trees[n]};
        assert_true(tables[n].n_terms <= GKR_TERMS_MAX);
        for (uint32_t k = 0; k < tables[n].n_terms; k++)
            trees[n][k] = gkr_tree_of(shapes[n].terms[k]);
        terms += tables[n].n_terms;
    }
    size_t bytes = hb_gkr_layout_bytes(terms);
    c->layout_memory = malloc(bytes);
    assert_non_null(c->layout_memory);
    hb_scratch scratch = hb_scratch_of(c->layout_memory, bytes);
    assert_int_equal(hb_gkr_layout_init(&c->layout, n_trees, tables, n, &scratch, NULL), HB_OK);
}

/* Makes the fractions' sum zero by changing one numerator; products need no such thing, pv_r takes what is left over. */
static inline void gkr_case_balance(gkr_case *c)
{
    hb_k **v = c->slow.level[0];
    size_t n = (size_t)1 << c->layout.depth;
    hb_k *inverse = hb_gkr_slow_vector(n), *scratch = hb_gkr_slow_vector(n), sum = hb_k_zero(), g = c->pv_g, r = hb_k_one();
    hb_k_inv_many(inverse, v[3], n, scratch);
    for (size_t i = 0; i < n; i++) {
        sum = hb_k_add(sum, hb_k_mul(v[2][i], inverse[i]));
        g = hb_k_mul(g, v[0][i]);
        r = hb_k_mul(r, v[1][i]);
    }
    if (c->layout.trees[HB_GKR_TREE_F].n_blocks)
        v[2][0] = hb_k_sub(v[2][0], hb_k_mul(sum, v[3][0]));
    c->pv_r = hb_k_mul(g, hb_k_inv(r));
    free(inverse);
    free(scratch);
}

static inline void gkr_case_init(gkr_case *c, const gkr_shape *shapes, uint32_t n_trees, uint64_t seed)
{
    hb_test_rng rng = {seed};
    memset(c, 0, sizeof *c);
    gkr_case_layout(c, shapes, n_trees);
    hb_gkr_slow_init(&c->slow, &c->layout);
    size_t blocks = 0;
    for (uint32_t k = 0; k < n_trees; k++)
        for (uint32_t b = 0; b < c->layout.trees[k].n_blocks; b++, blocks++) {
            const hb_gkr_block *block = &c->layout.trees[k].blocks[b];
            for (uint32_t v = hb_gkr_value(k); v <= hb_gkr_value(k) + (k == HB_GKR_TREE_F); v++)
                for (uint32_t x = 0; x < block->n_rows; x++)
                    c->slow.level[0][v][block->off + x] = gkr_random(&rng);
        }
    c->pv_g = gkr_random(&rng);
    gkr_case_balance(c);
    c->packs = aligned_alloc(64, (hb_gkr_leaf_packs(&c->layout) + 1) * sizeof *c->packs);
    c->pointers = malloc((2 * blocks + 1) * sizeof *c->pointers);
    assert_true(c->packs && c->pointers);
}

/* The prover's leaves, from the dense ones. */
static inline void gkr_case_fill(gkr_case *c)
{
    hb_kpack *next = c->packs, **pointer = c->pointers;
    for (uint32_t k = 0; k < c->layout.n_trees; k++)
        for (uint32_t v = hb_gkr_value(k); v <= hb_gkr_value(k) + (k == HB_GKR_TREE_F); v++) {
            c->leaves.v[v] = pointer;
            for (uint32_t b = 0; b < c->layout.trees[k].n_blocks; b++) {
                const hb_gkr_block *block = &c->layout.trees[k].blocks[b];
                size_t packs = hb_gkr_block_packs(block);
                hb_kpack_from_array(next, c->slow.level[0][v] + block->off, packs * HB_LANES);
                *pointer++ = next;
                next += packs;
            }
        }
}

static inline void gkr_case_free(gkr_case *c)
{
    hb_gkr_slow_free(&c->slow);
    free(c->layout_memory);
    free(c->packs);
    free(c->pointers);
}

static inline void gkr_start(hb_transcript *t)
{
    hb_transcript_init(t);
    hb_transcript_absorb(t, HB_TAG_HEIGHTS, (const uint32_t[3]){7, 0, 9}, 3);
}

static inline void gkr_prove_slow(gkr_case *c, const hb_gkr_lie *lie, hb_buf *proof, hb_gkr_result *out)
{
    hb_sender s = {.proof = proof};
    gkr_start(&s.t);
    for (uint32_t l = 1; l <= c->slow.depth; l++)
        for (uint32_t v = 0; v < c->slow.n_values; v++) {
            free(c->slow.level[l][v]);
            c->slow.level[l][v] = NULL;
        }
    hb_gkr_slow_prove(&c->slow, &s, c->layout.n_max, lie, out);
}

static inline hb_status gkr_stream_block(void *ctx, uint32_t tree, uint32_t block, hb_kpack *num, hb_kpack *den)
{
    const gkr_case *c = ctx;
    const hb_gkr_block *b = &c->layout.trees[tree].blocks[block];
    const size_t elements = hb_gkr_block_packs(b) * HB_LANES;
    hb_kpack_from_array(den, c->slow.level[0][tree == HB_GKR_TREE_F ? HB_GKR_VALUE_Q : hb_gkr_value(tree)] + b->off, elements);
    if (num)
        hb_kpack_from_array(num, c->slow.level[0][HB_GKR_VALUE_P] + b->off, elements);
    return HB_OK;
}

/* Streamed leaves give the same proof and the same end. */
static inline void gkr_streamed_agrees(gkr_case *c, hb_pool *pool, const hb_buf *want, size_t from, const hb_gkr_result *want_out)
{
    hb_arena arena;
    hb_buf proof = {0};
    hb_gkr_result out;
    hb_sender s = {.proof = &proof, .pool = pool};
    const size_t bytes = hb_gkr_stream_bytes(&c->layout, hb_pool_threads(pool));
    const hb_gkr_leaves leaves = {.fill = gkr_stream_block, .ctx = c};
    gkr_start(&s.t);
    assert_int_equal(hb_arena_init(&arena, bytes), HB_OK);
    assert_int_equal(hb_gkr_prove(&s, &c->layout, &leaves, &arena, &out, NULL), HB_OK);
    assert_true(hb_arena_peak(&arena) <= bytes);
    assert_int_equal(proof.len, want->len - from);
    assert_memory_equal(proof.data, want->data + from, proof.len);
    for (uint32_t v = 0; v < hb_gkr_values(c->layout.n_trees); v++)
        assert_true(hb_k_eq(out.claims[v], want_out->claims[v]));
    hb_arena_free(&arena);
    hb_buf_free(&proof);
}

static inline hb_status gkr_prove_fast(gkr_case *c, hb_pool *pool, hb_buf *proof, hb_gkr_result *out)
{
    hb_arena arena;
    hb_sender s = {.proof = proof, .pool = pool};
    size_t bytes = hb_gkr_prove_bytes(&c->layout, hb_pool_threads(pool));
    gkr_start(&s.t);
    gkr_case_fill(c);
    assert_int_equal(hb_arena_init(&arena, bytes), HB_OK);
    const size_t from = proof->len;
    hb_status st = hb_gkr_prove(&s, &c->layout, &c->leaves, &arena, out, NULL);
    if (st == HB_OK)
        gkr_streamed_agrees(c, pool, proof, from, out);
    assert_int_equal(hb_arena_peak(&arena), bytes);
    assert_int_equal(hb_arena_mark(&arena), 0);
    hb_arena_free(&arena);
    return st;
}

static inline hb_status gkr_verify(const gkr_case *c, const uint8_t *proof, size_t bytes, hb_reason *reason, hb_gkr_result *out)
{
    hb_error err;
    hb_receiver r;
    hb_error_clear(&err);
    hb_receiver_init(&r, proof, bytes, &err);
    gkr_start(&r.t);
    hb_status st = hb_gkr_verify(&r, &c->layout, c->pv_g, c->pv_r, out);
    if (st == HB_OK)
        st = hb_receive_end(&r);
    *reason = (hb_reason)err.reason;
    return st;
}

/* Are the claims the extensions of the leaves at xi? */
static inline bool gkr_claims_hold(const gkr_case *c, const hb_gkr_result *out)
{
    hb_k *w = hb_gkr_slow_weights(out->xi, c->layout.depth);
    bool hold = true;
    for (uint32_t v = 0; v < c->slow.n_values; v++) {
        hb_k sum = hb_k_zero();
        for (size_t i = 0; i < (size_t)1 << c->layout.depth; i++)
            sum = hb_k_add(sum, hb_k_mul(w[i], c->slow.level[0][v][i]));
        hold &= hb_k_eq(sum, out->claims[v]);
    }
    free(w);
    return hold;
}
