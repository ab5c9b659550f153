/* The stacking layout against a direct reading of docs/protocol.md 4: list all chunks, sort them, lay them down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pcs/stack.h"

typedef struct piece {
    uint32_t log2, table, column, base; /* column counted within the commitment */
} piece;

static int by_size_table_column(const void *x, const void *y)
{
    const piece *a = x, *b = y;
    if (a->log2 != b->log2)
        return a->log2 > b->log2 ? -1 : 1;
    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static uint64_t plain_tiles(uint64_t n_rows)
{
    uint64_t n = (n_rows + 4095) / 4096, log2 = 0;
    while (n >> (log2 + 1))
        log2++;
    if (n < 16)
        return n;
    uint64_t unit = (uint64_t)1 << (log2 - 3);
    return (n + unit - 1) / unit * unit;
}

static void check_commitment(const hb_stack *s, const hb_stack_shape *shapes, size_t n, int c)
{
    size_t count = 0;
    piece *pieces = malloc(sizeof *pieces * 4 * (s->n_columns + 1));
    uint64_t cells = 0;
    for (uint32_t t = 0; t < n; t++)
        for (uint32_t j = 0; j < shapes[t].width[c]; j++) {
            uint64_t tiles = plain_tiles(shapes[t].n_rows), base = 0;
            cells += tiles * 4096;
            for (int a = 40; a >= 0; a--)
                if (tiles >> a & 1) {
                    pieces[count++] = (piece){(uint32_t)a, t, j, (uint32_t)base};
                    base += (uint64_t)1 << a;
                }
        }
    qsort(pieces, count, sizeof *pieces, by_size_table_column);
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const hb_stack_table *t = &s->tables[pieces[i].table];
        const hb_stack_chunk *k = t->chunk;
        while (k->tiles_log2 != pieces[i].log2)
            assert_true(++k < t->chunk + t->n_chunks);
        assert_int_equal(k->base, pieces[i].base);
        assert_int_equal(k->first[c] + ((uint64_t)pieces[i].column << k->tiles_log2), at);
        assert_int_equal(at % (1u << k->tiles_log2), 0); /* aligned */
        at += (uint64_t)1 << k->tiles_log2;
    }
    free(pieces);
    assert_int_equal(at * 4096, cells);
    assert_int_equal(s->tiles[c], at);
    uint64_t column = (uint64_t)1 << s->h[c];
    assert_int_equal(s->w[c], (cells + column - 1) / column);
}

static void check_layout(const hb_stack_shape *shapes, size_t n)
{
    static hb_stack s;
    hb_error err;
    hb_error_clear(&err);
    assert_int_equal(hb_stack_init(&s, shapes, n, &err), HB_OK);
    uint32_t ids = 0, n_max = 12;
    uint64_t cells[2] = {0, 0};
    for (size_t t = 0; t < n; t++) {
        const hb_stack_table *x = &s.tables[t];
        assert_int_equal(x->first_id, ids);
        assert_int_equal(x->tiles, plain_tiles(shapes[t].n_rows));
        assert_true(x->tiles <= 1u << (x->rows_log2 - 12));
        assert_true(shapes[t].n_rows <= 1u << x->rows_log2 && (x->rows_log2 == 12 || shapes[t].n_rows > 1u << (x->rows_log2 - 1)));
        ids += shapes[t].width[0] + shapes[t].width[1];
        n_max = x->rows_log2 > n_max ? x->rows_log2 : n_max;
        for (int c = 0; c < 2; c++)
            cells[c] += plain_tiles(shapes[t].n_rows) * 4096 * shapes[t].width[c];
    }
    assert_int_equal(s.n_columns, ids);
    assert_int_equal(s.n_max, n_max);
    uint32_t h0 = 0, h1 = 0;
    while ((uint64_t)16 << h0 < cells[0])
        h0++;
    h0 = h0 < 12 ? 12 : h0 > 20 ? 20 : h0;
    while ((uint64_t)64 << h1 < cells[1])
        h1++;
    h1 = h1 < 14 ? 14 : h1;
    h1 = h1 < h0 ? h0 : h1;
    h1 = h1 > 20 ? 20 : h1;
    assert_int_equal(s.h[0], h0);
    assert_int_equal(s.h[1], h1);
    check_commitment(&s, shapes, n, 0);
    check_commitment(&s, shapes, n, 1);
}

static void lays_down(void **state)
{
    (void)state;
    check_layout((hb_stack_shape[]){{1, {0, 1}}}, 1);
    check_layout((hb_stack_shape[]){{4096, {2, 3}}, {4097, {0, 5}}, {1, {1, 1}}}, 3);
    check_layout((hb_stack_shape[]){{15 * 4096, {0, 7}}, {31 * 4096, {3, 40}}, {30 * 4096 + 1, {0, 1}}}, 3);
    check_layout((hb_stack_shape[]){{1u << 22, {0, 30}}, {1u << 18, {2, 1}}, {3000000, {0, 20}}, {1u << 16, {3, 4}}}, 4);
    check_layout((hb_stack_shape[]){{1u << 29, {0, 1}}}, 1);
    check_layout((hb_stack_shape[]){{1u << 20, {40, 2}}}, 1);
}

static void lays_down_random(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 300; round++) {
        hb_stack_shape shapes[12];
        size_t n = 0;
        uint64_t rows = 0;
        for (; n < 12 && rows < 1u << 24; n++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint32_t bits = (uint32_t)(seed >> 60) + 6; /* 6..21 */
            shapes[n].n_rows = 1 + (uint32_t)(seed >> 20) % (1u << bits);
            shapes[n].width[0] = seed >> 57 & 1 ? (uint32_t)(seed >> 50) % 4 : 0;
            shapes[n].width[1] = 1 + (uint32_t)(seed >> 40) % 30;
            rows += shapes[n].n_rows * (uint64_t)(shapes[n].width[0] + shapes[n].width[1]);
        }
        check_layout(shapes, n);
    }
}

static void rejected(const hb_stack_shape *shapes, size_t n, hb_reason reason)
{
    static hb_stack s;
    hb_error err;
    hb_error_clear(&err);
    assert_int_equal(hb_stack_init(&s, shapes, n, &err), HB_REJECTED);
    assert_int_equal(err.reason, reason);
    assert_int_equal(hb_stack_init(&s, shapes, n, NULL), HB_REJECTED);
}

static void bounds(void **state)
{
    (void)state;
    static hb_stack_shape many[129];
    for (size_t i = 0; i < 129; i++)
        many[i] = (hb_stack_shape){1, {0, 1}};
    check_layout(many, 128);
    rejected(many, 129, HB_R_STACK_TABLES);
    rejected(many, 0, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{0, {0, 1}}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{(1u << 29) + 1, {0, 1}}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {65536, 1}}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {0, 65536}}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{UINT32_MAX, {0, UINT32_MAX}}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {3, 0}}}, 1, HB_R_STACK_SIZE); /* nothing in the main commitment */

    /* 512 stacked columns are accepted, 513 are not, however they are split. */
    check_layout((hb_stack_shape[]){{1u << 20, {0, 512}}}, 1);
    rejected((hb_stack_shape[]){{1u << 20, {0, 513}}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 20, {0, 512}}, {1, {0, 1}}}, 2, HB_R_STACK_SIZE);
    check_layout((hb_stack_shape[]){{1u << 20, {112, 400}}}, 1);
    rejected((hb_stack_shape[]){{1u << 20, {112, 401}}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 20, {512, 1}}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 29, {65535, 65535}}, {1u << 29, {65535, 65535}}}, 2, HB_R_STACK_SIZE);
    static hb_stack_shape huge[128];
    for (size_t i = 0; i < 128; i++)
        huge[i] = (hb_stack_shape){1u << 29, {65535, 65535}};
    rejected(huge, 128, HB_R_STACK_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lays_down),
        cmocka_unit_test(lays_down_random),
        cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
