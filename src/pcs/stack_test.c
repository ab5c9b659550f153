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

/* Commitments 0 and 1 lie as they do when only the tables with columns in them are known, and these without their other columns. */
static void check_alone(const hb_stack *whole, const hb_stack_shape *shapes, size_t n)
{
    static hb_stack one;
    for (int c = 0; c < HB_COMMIT_MAIN; c++) {
        hb_stack_shape some[HB_STACK_TABLES_MAX];
        size_t from[HB_STACK_TABLES_MAX], m = 0;
        for (size_t t = 0; t < n; t++)
            if (shapes[t].width[c]) {
                from[m] = t;
                some[m] = (hb_stack_shape){.n_rows = shapes[t].n_rows, .idle = c == HB_COMMIT_KEY};
                some[m++].width[c] = shapes[t].width[c];
            }
        if (m == 0)
            continue;
        assert_int_equal(hb_stack_init_one(&one, some, m, c, NULL), HB_OK);
        assert_int_equal(one.h[c], whole->h[c]);
        assert_int_equal(one.w[c], whole->w[c]);
        assert_int_equal(one.tiles[c], whole->tiles[c]);
        assert_int_equal(one.n_tables, m);
        for (size_t t = 0; t < m; t++) {
            assert_int_equal(one.tables[t].n_chunks, whole->tables[from[t]].n_chunks);
            for (uint32_t k = 0; k < one.tables[t].n_chunks; k++)
                assert_int_equal(one.tables[t].chunk[k].first[c], whole->tables[from[t]].chunk[k].first[c]);
        }
        assert_int_equal(hb_stack_init_one(&one, shapes, n, c, NULL), HB_OK); /* others do no harm */
        assert_int_equal(one.w[c], whole->w[c]);
    }
}

static void check_layout(const hb_stack_shape *shapes, size_t n)
{
    static hb_stack s;
    hb_error err;
    hb_error_clear(&err);
    assert_int_equal(hb_stack_init(&s, shapes, n, &err), HB_OK);
    uint32_t ids = 0, n_max = 12;
    uint64_t cells[HB_COMMITMENTS] = {0};
    for (size_t t = 0; t < n; t++) {
        const hb_stack_table *x = &s.tables[t];
        assert_int_equal(x->first_id, shapes[t].idle ? HB_STACK_NO_ID : ids);
        assert_int_equal(x->idle, shapes[t].idle);
        assert_int_equal(x->tiles, plain_tiles(shapes[t].n_rows));
        assert_true(x->tiles <= 1u << (x->rows_log2 - 12));
        assert_true(shapes[t].n_rows <= 1u << x->rows_log2 && (x->rows_log2 == 12 || shapes[t].n_rows > 1u << (x->rows_log2 - 1)));
        ids += shapes[t].idle ? 0 : shapes[t].width[0] + shapes[t].width[1] + shapes[t].width[2];
        n_max = x->rows_log2 > n_max && !shapes[t].idle ? x->rows_log2 : n_max;
        for (int c = 0; c < HB_COMMITMENTS; c++)
            cells[c] += plain_tiles(shapes[t].n_rows) * 4096 * shapes[t].width[c];
    }
    assert_int_equal(s.n_columns, ids);
    assert_int_equal(s.n_max, n_max);
    uint32_t most = 14, h = 0;
    for (int c = 0; c < 2; c++) {
        uint32_t hc = 0;
        while ((uint64_t)16 << hc < cells[c])
            hc++;
        hc = hc < 12 ? 12 : hc > 20 ? 20 : hc;
        assert_int_equal(s.h[c], hc);
        most = cells[c] && hc > most ? hc : most;
    }
    while ((uint64_t)64 << h < cells[2])
        h++;
    h = h < most ? most : h;
    assert_int_equal(s.h[2], h > 20 ? 20 : h);
    for (int c = 0; c < HB_COMMITMENTS; c++)
        check_commitment(&s, shapes, n, c);
    assert_int_equal(hb_stack_columns(&s), s.w[0] + s.w[1] + s.w[2]);
    check_alone(&s, shapes, n);
}

static void lays_down(void **state)
{
    (void)state;
    check_layout((hb_stack_shape[]){{1, {0, 0, 1}, false}}, 1);
    check_layout((hb_stack_shape[]){{4096, {2, 0, 3}, false}, {4097, {0, 0, 5}, false}, {1, {1, 0, 1}, false}}, 3);
    check_layout((hb_stack_shape[]){{15 * 4096, {0, 0, 7}, false}, {31 * 4096, {3, 0, 40}, false}, {30 * 4096 + 1, {0, 0, 1}, false}}, 3);
    check_layout((hb_stack_shape[]){{1u << 22, {0, 0, 30}, false}, {1u << 18, {2, 0, 1}, false}, {3000000, {0, 0, 20}, false}, {1u << 16, {3, 0, 4}, false}}, 4);
    check_layout((hb_stack_shape[]){{1u << 29, {0, 0, 1}, false}}, 1);
    check_layout((hb_stack_shape[]){{1u << 20, {40, 0, 2}, false}}, 1);
    /* boundary columns; idle tables before, between and behind the others, also the tallest one */
    check_layout((hb_stack_shape[]){{4096, {2, 3, 0}, false}, {4097, {0, 0, 5}, false}, {1, {1, 0, 1}, false}}, 3);
    check_layout((hb_stack_shape[]){{5000, {3, 0, 0}, true}, {1, {0, 0, 1}, false}}, 2);
    check_layout((hb_stack_shape[]){{70000, {2, 0, 3}, false}, {1u << 21, {6, 0, 0}, true}, {300000, {0, 12, 0}, false}, {9000, {0, 0, 20}, false}, {1, {0, 0, 0}, true}}, 5);
    check_layout((hb_stack_shape[]){{1u << 22, {0, 12, 0}, false}, {1, {0, 0, 1}, false}}, 2); /* the boundary sets H */
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
            shapes[n].width[1] = 0;
            shapes[n].width[2] = 1 + (uint32_t)(seed >> 40) % 30;
            shapes[n].idle = n && shapes[n].width[0] && (seed >> 30 & 1);
            if (shapes[n].idle)
                shapes[n].width[2] = 0;
            else if (n && (seed >> 31 & 3) == 0)
                shapes[n].width[1] = shapes[n].width[2], shapes[n].width[2] = 0;
            rows += shapes[n].n_rows * (uint64_t)(shapes[n].width[0] + shapes[n].width[1] + shapes[n].width[2]);
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
        many[i] = (hb_stack_shape){1, {0, 0, 1}, false};
    check_layout(many, 128);
    rejected(many, 129, HB_R_STACK_TABLES);
    rejected(many, 0, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{0, {0, 0, 1}, false}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{(1u << 29) + 1, {0, 0, 1}, false}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {65536, 0, 1}, false}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {0, 0, 65536}, false}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{UINT32_MAX, {0, 0, UINT32_MAX}, false}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {3, 0, 0}, false}}, 1, HB_R_STACK_SIZE); /* nothing in the main commitment */
    rejected((hb_stack_shape[]){{1, {3, 4, 0}, false}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1, {3, 0, 0}, true}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1, {0, 65536, 1}, false}}, 1, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {0, 0, 1}, false}, {1, {1, 0, 1}, true}}, 2, HB_R_STACK_TABLES); /* idle with main columns */
    rejected((hb_stack_shape[]){{1, {0, 0, 1}, false}, {1, {1, 1, 0}, true}}, 2, HB_R_STACK_TABLES);
    rejected((hb_stack_shape[]){{1, {0, 0, 1}, false}, {0, {1, 0, 0}, true}}, 2, HB_R_STACK_TABLES);

    /* 512 stacked columns are accepted, 513 are not, however they are split. */
    check_layout((hb_stack_shape[]){{1u << 20, {0, 0, 512}, false}}, 1);
    rejected((hb_stack_shape[]){{1u << 20, {0, 0, 513}, false}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 20, {0, 0, 512}, false}, {1, {0, 0, 1}, false}}, 2, HB_R_STACK_SIZE);
    check_layout((hb_stack_shape[]){{1u << 20, {112, 0, 400}, false}}, 1);
    check_layout((hb_stack_shape[]){{1u << 20, {112, 0, 300}, false}, {1u << 20, {0, 100, 0}, false}}, 2);
    rejected((hb_stack_shape[]){{1u << 20, {112, 0, 300}, false}, {1u << 20, {0, 101, 0}, false}}, 2, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 20, {0, 0, 512}, false}, {1u << 20, {1, 0, 0}, true}}, 2, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 20, {112, 0, 401}, false}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 20, {512, 0, 1}, false}}, 1, HB_R_STACK_SIZE);
    rejected((hb_stack_shape[]){{1u << 29, {65535, 0, 65535}, false}, {1u << 29, {65535, 0, 65535}, false}}, 2, HB_R_STACK_SIZE);
    static hb_stack_shape huge[128];
    for (size_t i = 0; i < 128; i++)
        huge[i] = (hb_stack_shape){1u << 29, {65535, 0, 65535}, false};
    rejected(huge, 128, HB_R_STACK_SIZE);
}

static void one_commitment(void **state)
{
    (void)state;
    static hb_stack s;
    hb_error err;
    const hb_stack_shape shapes[] = {{9000, {0, 2, 0}, false}, {70, {5, 0, 0}, true}};
    for (int c = 0; c < HB_COMMIT_MAIN; c++) {
        hb_error_clear(&err);
        assert_int_equal(hb_stack_init_one(&s, shapes, 2, c, &err), HB_OK);
        assert_int_equal(s.w[HB_COMMIT_BOUNDARY], 6);
        assert_int_equal(s.w[HB_COMMIT_KEY], 5);
        assert_int_equal(s.w[HB_COMMIT_MAIN], 0);
        assert_int_equal(hb_stack_init_one(&s, &shapes[c], 1, c, &err), HB_REJECTED); /* the other one's table */
        assert_int_equal(err.reason, HB_R_STACK_SIZE);
    }
    assert_int_equal(hb_stack_init_one(&s, shapes, 0, HB_COMMIT_KEY, &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STACK_TABLES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lays_down),
        cmocka_unit_test(lays_down_random),
        cmocka_unit_test(bounds),
        cmocka_unit_test(one_commitment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
