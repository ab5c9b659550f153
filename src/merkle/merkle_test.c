/* Trees against a plain recursive definition, openings against the verifier, and the verifier against everything that may be wrong with an opening. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cpu.h"
#include "base/reject.h"
#include "field/f.h"
#include "merkle/merkle.h"

#define MAX_LOG2 13u
#define MAX_COLUMNS 161u

static uint64_t seed = 7;

static uint32_t random32(void)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 32);
}

typedef struct matrix {
    const uint32_t *columns[MAX_COLUMNS];
    uint32_t *cells;
    size_t width, rows;
} matrix;

/* Values include 0 and p - 1; columns are not aligned. */
static matrix random_matrix(unsigned rows_log2, size_t width)
{
    matrix m = {.width = width, .rows = (size_t)1 << rows_log2};
    m.cells = malloc((m.rows + 1) * width * sizeof *m.cells);
    assert_non_null(m.cells);
    for (size_t i = 0; i < (m.rows + 1) * width; i++) {
        uint32_t r = random32();
        m.cells[i] = r % 16 == 0 ? 0 : r % 16 == 1 ? HB_F_P - 1 : r % HB_F_P;
    }
    for (size_t j = 0; j < width; j++)
        m.columns[j] = m.cells + j * (m.rows + 1) + 1;
    return m;
}

static void plain_digest(const matrix *m, unsigned level, size_t index, uint32_t digest[8])
{
    if (level) {
        uint32_t block[16], out[16], iv[8] = HB_BLAKE3_IV;
        plain_digest(m, level - 1, 2 * index, block);
        plain_digest(m, level - 1, 2 * index + 1, block + 8);
        hb_blake3_compress(out, iv, block, 0, 64, 1u << 9);
        memcpy(digest, out, 32);
        return;
    }
    uint32_t out[16] = HB_BLAKE3_IV;
    for (size_t at = 0; at < m->width; at += 16) {
        uint32_t block[16] = {0}, n = 0;
        for (; n < 16 && at + n < m->width; n++)
            block[n] = m->columns[at + n][index];
        hb_blake3_compress(out, out, block, at / 16, 4 * n, 1u << 8);
    }
    memcpy(digest, out, 32);
}

typedef struct built {
    hb_merkle_tree tree;
    void *memory;
    uint32_t cap[256][8];
} built;

static void *aligned(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(p);
    memset(p, 0xee, bytes);
    return p;
}

static built build(hb_pool *pool, const matrix *m, unsigned rows_log2, unsigned skip, bool by_blocks)
{
    built b;
    b.memory = aligned(hb_merkle_tree_bytes(rows_log2, skip));
    assert_int_equal(hb_merkle_tree_init(&b.tree, rows_log2, m->width, skip, b.memory), HB_OK);
    if (by_blocks) {
        hb_merkle_group *state = skip ? aligned(hb_merkle_state_bytes(rows_log2)) : b.tree.level[0];
        for (size_t block = 0; 16 * block < m->width; block++)
            hb_merkle_absorb(pool, &b.tree, state, block, m->columns + 16 * block);
        hb_merkle_finish(pool, &b.tree, state);
        if (skip)
            free(state);
    } else {
        hb_merkle_commit(pool, &b.tree, m->columns);
    }
    hb_merkle_cap(&b.tree, b.cap);
    return b;
}

/* Heights around 16 leaves, a tile and the cap; widths around one block. */
static void caps(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 15, 16, 17, 40, 160};
    hb_pool *pool = hb_pool_create(2);
    for (unsigned l = 0; l <= MAX_LOG2; l++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            matrix m = random_matrix(l, widths[w]);
            uint32_t want[256][8];
            for (size_t i = 0; i < (size_t)1 << hb_merkle_cap_log2(l); i++)
                plain_digest(&m, l - hb_merkle_cap_log2(l), i, want[i]);
            for (hb_isa isa = HB_ISA_BASELINE; isa <= hb_isa_detected(); isa++)
                for (unsigned skip = 0; skip <= hb_merkle_skip(l, 9); skip++)
                    for (int by_blocks = 0; by_blocks < 2; by_blocks++) {
                        hb_isa_cap(isa);
                        built b = build(by_blocks ? NULL : pool, &m, l, skip, by_blocks);
                        assert_memory_equal(b.cap, want, (size_t)32 << b.tree.cap_log2);
                        free(b.memory);
                    }
            free(m.cells);
        }
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(pool);
}

typedef struct opening {
    unsigned leaves_log2;
    size_t width, count, siblings;
    uint32_t index[HB_MERKLE_MAX_OPENINGS], *words;
    hb_buf buf;
    const uint32_t (*cap)[8];
} opening;

static hb_status verify(const opening *o, uint32_t *reason)
{
    static hb_merkle_scratch scratch;
    memset(&scratch, 0xa5, sizeof scratch);
    hb_error err = {.reason = 0};
    hb_status st =
        hb_merkle_verify(o->cap, o->leaves_log2, o->index, o->count, o->words, o->width, o->buf.data, o->siblings, &scratch, &err);
    *reason = err.reason;
    return st;
}

static void assert_rejected(const opening *o, uint32_t want)
{
    uint32_t reason;
    assert_int_equal(verify(o, &reason), HB_REJECTED);
    assert_int_equal(reason, want);
}

static opening open_some(const built *b, const matrix *m, unsigned l, size_t wanted)
{
    opening o = {.leaves_log2 = l, .width = m->width, .cap = (const uint32_t(*)[8])b->cap};
    for (size_t i = 0; i < m->rows && o.count < wanted; i++)
        if (random32() % (m->rows - i) < wanted - o.count)
            o.index[o.count++] = (uint32_t)i;
    hb_merkle_columns c = {m->columns, m->width};
    assert_int_equal(hb_merkle_open(&b->tree, o.index, o.count, hb_merkle_columns_row, &c, &o.buf), HB_OK);
    o.siblings = o.buf.len / 32;
    o.words = malloc(o.count * m->width * sizeof *o.words);
    assert_non_null(o.words);
    for (size_t k = 0; k < o.count; k++)
        hb_merkle_columns_row(&c, o.index[k], o.words + k * m->width);
    return o;
}

static void spoil_words(opening *o)
{
    for (int i = 0; i < 20; i++) {
        size_t at = random32() % (o->count * o->width);
        uint32_t old = o->words[at];
        o->words[at] = old ? old - 1 : 1;
        assert_rejected(o, HB_R_MERKLE_ROOT);
        o->words[at] = old % 2 ? HB_F_P : UINT32_MAX;
        assert_rejected(o, HB_R_NOT_CANONICAL);
        o->words[at] = old;
    }
}

static void spoil_siblings(opening *o)
{
    for (int i = 0; i < 20 && o->buf.len; i++) {
        size_t at = random32() % o->buf.len;
        uint8_t bit = (uint8_t)(1u << random32() % 8);
        o->buf.data[at] ^= bit;
        assert_rejected(o, HB_R_MERKLE_ROOT);
        o->buf.data[at] ^= bit;
    }
    uint8_t zero[32] = {0};
    assert_int_equal(hb_buf_append(&o->buf, zero, 32), HB_OK);
    o->siblings++;
    assert_rejected(o, HB_R_BAD_LENGTH); /* one digest too many */
    o->siblings--;
    if (o->siblings) {
        o->siblings--;
        assert_rejected(o, HB_R_BAD_LENGTH); /* one too few */
        o->siblings++;
    }
}

static void spoil_indices(opening *o)
{
    uint32_t last = o->index[o->count - 1];
    o->index[o->count - 1] = (uint32_t)1 << o->leaves_log2;
    assert_rejected(o, HB_R_BAD_LENGTH);
    o->index[o->count - 1] = last;
    if (o->count > 1) {
        uint32_t first = o->index[0];
        o->index[0] = o->index[1]; /* a repetition */
        assert_rejected(o, HB_R_BAD_LENGTH);
        o->index[0] = first, o->index[o->count - 1] = 0; /* not sorted */
        assert_rejected(o, HB_R_BAD_LENGTH);
        o->index[o->count - 1] = last;
    }
    size_t count = o->count;
    o->count = 0;
    assert_rejected(o, HB_R_BAD_LENGTH);
    o->count = HB_MERKLE_MAX_OPENINGS + 1;
    assert_rejected(o, HB_R_BAD_LENGTH);
    o->count = count;
}

static void openings(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 40, 261, 512};
    static hb_merkle_scratch scratch;
    uint32_t reason;
    for (unsigned l = 0; l <= MAX_LOG2; l++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts && counts[c] <= (size_t)1 << l; c++)
            for (unsigned skip = 0; skip <= hb_merkle_skip(l, 9); skip += 2) {
                matrix m = random_matrix(l, 1 + random32() % 40);
                built b = build(NULL, &m, l, skip, false);
                opening o = open_some(&b, &m, l, counts[c]);
                assert_int_equal(hb_merkle_sibling_count(l, o.index, o.count, &scratch), o.siblings);
                assert_int_equal(verify(&o, &reason), HB_OK);
                spoil_words(&o), spoil_siblings(&o), spoil_indices(&o);
                assert_int_equal(verify(&o, &reason), HB_OK);
                b.cap[o.index[0] >> (l - b.tree.cap_log2)][random32() % 8] ^= 1;
                assert_rejected(&o, HB_R_MERKLE_ROOT);
                hb_buf_free(&o.buf);
                free(o.words), free(b.memory), free(m.cells);
            }
}

/* A node is not a leaf: a tree of one level more must not accept two digests as a row of 16 words (they are rarely canonical, but the flags alone must do). */
static void leaf_is_no_node(void **state)
{
    (void)state;
    uint32_t block[16], leaf[8], node[8];
    for (uint32_t i = 0; i < 16; i++)
        block[i] = i;
    hb_merkle_leaf(leaf, block, 16);
    hb_merkle_node(node, block, block + 8);
    assert_memory_not_equal(leaf, node, 32);
    /* zero padding and width are kept apart by the length */
    uint32_t a[8], b[8], zeros[32] = {0};
    hb_merkle_leaf(a, zeros, 15), hb_merkle_leaf(b, zeros, 16);
    assert_memory_not_equal(a, b, 32);
    hb_merkle_leaf(b, zeros, 32);
    assert_memory_not_equal(a, b, 32);
}

static void callers_mistakes(void **state)
{
    (void)state;
    matrix m = random_matrix(9, 3);
    built b = build(NULL, &m, 9, 1, false);
    hb_buf out = {0};
    hb_merkle_columns c = {m.columns, m.width};
    uint32_t bad[3] = {1, 1, 512};
    assert_int_equal(hb_merkle_open(&b.tree, bad, 2, hb_merkle_columns_row, &c, &out), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_merkle_open(&b.tree, bad + 1, 2, hb_merkle_columns_row, &c, &out), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_merkle_open(&b.tree, bad, 0, hb_merkle_columns_row, &c, &out), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_merkle_open(&b.tree, bad, 1, NULL, NULL, &out), HB_INVALID_ARGUMENT);
    assert_int_equal(out.len, 0);
    hb_merkle_tree t;
    assert_int_equal(hb_merkle_tree_init(&t, 9, 0, 0, b.memory), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_merkle_tree_init(&t, 9, 1, 2, b.memory), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_merkle_tree_init(&t, 31, 1, 0, b.memory), HB_INVALID_ARGUMENT);
    free(b.memory), free(m.cells);
}

/* Columns of an oracle of K-values: leaf i, word 5 l + c is coefficient c of point i + l N / 2^fold. */
static void cosets(void **state)
{
    (void)state;
    enum { N = 64 };
    static uint32_t planes[5][N];
    const uint32_t *p[5], *columns[20];
    for (uint32_t c = 0; c < 5; c++)
        for (uint32_t i = 0; i < N; i++)
            p[c] = planes[c], planes[c][i] = 100 * i + c;
    hb_merkle_coset_columns(columns, p, 6, 2);
    for (uint32_t i = 0; i < N / 4; i++)
        for (uint32_t l = 0; l < 4; l++)
            for (uint32_t c = 0; c < 5; c++)
                assert_int_equal(columns[5 * l + c][i], 100 * (i + l * N / 4) + c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(caps),           cmocka_unit_test(openings), cmocka_unit_test(leaf_is_no_node),
                                       cmocka_unit_test(callers_mistakes), cmocka_unit_test(cosets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
