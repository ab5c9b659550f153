/* The recorder: normalisation, terms and grouping, every static check with an honest control; the trace checker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "air/checker.h"
#include "air/record.h"

static hb_air record_; /* one record at a time */
static void *memory;

static hb_air *fresh(uint32_t pre, uint32_t width)
{
    free(memory);
    memory = malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT));
    assert_non_null(memory);
    hb_air_init(&record_, pre, width, HB_AIR_LIMITS_DEFAULT, memory);
    return &record_;
}

/* Reads all columns, so that the unused-column check is silent. */
static void use_all(hb_air *a)
{
    hb_expr sum = hb_air_const(a, 0);
    for (uint32_t j = 0; j < a->pre_width + a->width; j++)
        sum = hb_air_add(a, sum, hb_air_scale(a, 1000 + j, hb_air_col(a, j)));
    hb_air_zero(a, "use all", sum);
}

static void nodes_are_shared(void **state)
{
    (void)state;
    hb_air *a = fresh(0, 4);
    hb_expr x = hb_air_col(a, 0), y = hb_air_col(a, 1), one = hb_air_const(a, 1), zero = hb_air_const(a, 0);
    assert_int_equal(x, hb_air_col(a, 0));
    assert_int_equal(hb_air_add(a, x, y), hb_air_add(a, y, x));
    assert_int_equal(hb_air_mul(a, x, y), hb_air_mul(a, y, x));
    assert_int_not_equal(hb_air_sub(a, x, y), hb_air_sub(a, y, x));
    assert_int_equal(hb_air_sub(a, x, one), hb_air_add(a, hb_air_const(a, -1), x));
    assert_int_equal(hb_air_sub(a, x, x), zero);
    assert_int_equal(hb_air_add(a, x, zero), x);
    assert_int_equal(hb_air_mul(a, x, one), x);
    assert_int_equal(hb_air_mul(a, x, zero), zero);
    assert_int_equal(hb_air_scale(a, 3, hb_air_scale(a, 5, x)), hb_air_scale(a, 15, x));
    assert_int_equal(hb_air_scale(a, 65536, hb_air_scale_inv(a, 65536, x)), x);
    assert_int_equal(hb_air_add(a, hb_air_add(a, x, one), hb_air_const(a, 6)), hb_air_add(a, x, hb_air_const(a, 7)));
    assert_int_equal(hb_air_const(a, -1), hb_air_const(a, (int64_t)HB_F_P * 5 - 1));
    assert_int_equal(hb_air_const(a, ((int64_t)1 << 62) - 1), hb_air_const(a, (((int64_t)1 << 62) - 1) % HB_F_P));
    assert_int_equal(a->nodes[hb_air_mul(a, hb_air_mul(a, x, y), hb_air_add(a, x, hb_air_key(a, 0)))].degree, 3);
    assert_int_equal(a->nodes[hb_air_structured(a, HB_ST_INDEX)].degree, 1);
    assert_int_equal(a->nodes[hb_air_mul(a, hb_air_key(a, 0), hb_air_key(a, 1))].degree, 0);
    assert_int_equal(a->problem.code, HB_AIR_OK);
}

static void groups_follow_the_protocol(void **state)
{
    (void)state;
    hb_air *a = fresh(0, 8);
    hb_expr c[8], flag;
    for (uint32_t j = 0; j < 8; j++)
        c[j] = hb_air_col(a, j);
    flag = c[7];
    hb_air_bool(a, "flag", flag);
    hb_expr q = hb_air_mul(a, c[0], c[1]), pair[2] = {c[0], c[1]}, state_tuple[2] = {c[2], c[3]};
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[0], 1);   /* 0: group A */
    hb_air_consume(a, HB_BUS_STATE, HB_ALWAYS, state_tuple, 2); /* 1 */
    hb_air_lookup(a, HB_BUS_RC18, HB_ALWAYS, &c[1], 1);   /* 2: group B */
    hb_air_lookup(a, HB_BUS_RC16, flag, &c[2], 1);        /* 3: flagged, alone */
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[3], 1);   /* 4: A */
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &q, 1);      /* 5: degree 2, alone */
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[4], 1);   /* 6: A full */
    hb_air_lookup(a, HB_BUS_BYTES, HB_ALWAYS, pair, 2);   /* 7 */
    hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[5], 1);   /* 8: group C */
    hb_air_lookup(a, HB_BUS_RC18, HB_ALWAYS, &c[6], 1);   /* 9: B */
    hb_air_produce(a, HB_BUS_STATE, flag, state_tuple, 2); /* 10 */
    assert_int_equal(hb_air_finish(a).code, HB_AIR_OK);
    static const struct {
        uint32_t tree, n, use[3], degree;
    } want[] = {{HB_AIR_TREE_F, 3, {0, 4, 6}, 3}, {HB_AIR_TREE_R, 1, {1}, 1}, {HB_AIR_TREE_F, 2, {2, 9}, 2}, {HB_AIR_TREE_F, 1, {3}, 1},
                {HB_AIR_TREE_F, 1, {5}, 2},       {HB_AIR_TREE_F, 1, {7}, 1}, {HB_AIR_TREE_F, 1, {8}, 1},    {HB_AIR_TREE_G, 1, {10}, 2}};
    assert_int_equal(a->n_terms, 8);
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(a->terms[i].tree, want[i].tree);
        assert_int_equal(a->terms[i].n_uses, want[i].n);
        assert_int_equal(a->terms[i].degree, want[i].degree);
        for (uint32_t k = 0; k < want[i].n; k++)
            assert_int_equal(a->terms[i].uses[k], want[i].use[k]);
    }
    assert_int_equal(a->lookups_per_row, 9);
}

static void expect(hb_air *a, hb_air_problem_code code)
{
    hb_air_problem p = hb_air_finish(a);
    if (p.code != code)
        fail_msg("got \"%s\", index %u", hb_air_problem_text(p.code), p.index);
}

static void constraints_vanish_at_zero(void **state)
{
    (void)state;
    for (int bad = 0; bad < 7; bad++) {
        hb_air *a = fresh(1, 3);
        hb_expr x = hb_air_col(a, 1), s = hb_air_structured(a, HB_ST_INDEX), t = hb_air_structured(a, HB_ST_PV_LO), k = hb_air_key(a, 0);
        hb_expr one = hb_air_const(a, 1);
        use_all(a);
        /* holds: (s + 1)(s - 1) - s^2 + 1 + x t, only visible after expansion */
        hb_expr e = hb_air_sub(a, hb_air_mul(a, hb_air_add(a, s, one), hb_air_sub(a, s, one)), hb_air_sub(a, hb_air_mul(a, s, s), one));
        e = hb_air_add(a, e, hb_air_mul(a, x, t));
        if (bad == 1)
            e = hb_air_add(a, e, one);
        if (bad == 2)
            e = hb_air_add(a, e, s);
        if (bad == 3)
            e = hb_air_add(a, e, k);
        if (bad == 4)
            e = hb_air_add(a, e, hb_air_mul(a, s, hb_air_add(a, x, k)));
        if (bad == 5)
            e = hb_air_mul(a, t, hb_air_sub(a, x, t));
        if (bad == 6)
            e = hb_air_sub(a, x, hb_air_structured(a, HB_ST_PV_SEL));
        hb_air_zero(a, "e", e);
        expect(a, bad ? HB_AIR_CONSTRAINT_AT_ZERO : HB_AIR_OK);
    }
}

static void checks_bite(void **state)
{
    (void)state;
    for (int bad = 0; bad < 14; bad++) {
        hb_air *a = fresh(1, 4);
        hb_expr x = hb_air_col(a, 1), y = hb_air_col(a, 2), f = hb_air_col(a, 3), m = hb_air_col(a, 4), pair[2] = {x, y};
        hb_expr xy = hb_air_mul(a, x, y), f2 = hb_air_mul(a, f, f);
        if (bad != 1)
            use_all(a);
        hb_air_zero(a, bad == 2 ? "use all" : "product", hb_air_mul(a, xy, bad == 3 ? xy : f));
        if (bad == 4)
            hb_air_zero(a, "", x);
        if (bad == 5)
            hb_air_zero(a, "nothing", hb_air_sub(a, x, x));
        if (bad != 6)
            hb_air_bool(a, "flag", f);
        hb_air_consume(a, HB_BUS_STATE, bad == 7 ? f2 : f, pair, 2);
        hb_expr nf = hb_air_sub(a, hb_air_const(a, 1), f);
        hb_air_lookup(a, HB_BUS_BYTES, nf, pair, 2);
        hb_expr cube = hb_air_mul(a, xy, x);
        hb_air_produce(a, HB_BUS_STATE, f, (hb_expr[]){x, bad == 8 ? cube : xy}, 2);
        if (bad == 9)
            hb_air_produce(a, HB_BUS_BYTES, HB_ALWAYS, pair, 2);
        if (bad == 10)
            hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, pair, 2);
        hb_air_provide(a, HB_BUS_AND, bad == 11 ? nf : m, (hb_expr[]){x, y, x}, 3);
        if (bad == 12)
            hb_air_provide(a, HB_BUS_BYTES, m, pair, 2);
        if (bad == 13)
            hb_air_col(a, 5);
        static const hb_air_problem_code want[] = {
            HB_AIR_OK, HB_AIR_UNUSED_COLUMN, HB_AIR_LABEL, HB_AIR_CONSTRAINT_DEGREE, HB_AIR_LABEL, HB_AIR_CONSTRAINT_TRIVIAL,
            HB_AIR_FLAG_NOT_BOOLEAN, HB_AIR_FLAG_DEGREE, HB_AIR_TERM_DEGREE, HB_AIR_BAD_BUS, HB_AIR_BAD_TUPLE, HB_AIR_MULTIPLICITY,
            HB_AIR_MULTIPLICITY, HB_AIR_BAD_COLUMN};
        if (bad == 1) { /* m stays, but y is read nowhere */
            a = fresh(0, 2);
            hb_air_bool(a, "x", hb_air_col(a, 0));
            hb_air_scale(a, 2, hb_air_col(a, 1));
        }
        expect(a, want[bad]);
    }
}

static void limbs_need_a_reason(void **state)
{
    (void)state;
    for (int bad = 0; bad < 8; bad++) {
        hb_air *a = fresh(0, 12);
        hb_expr c[12], flag;
        for (uint32_t j = 0; j < 12; j++)
            c[j] = hb_air_col(a, j);
        use_all(a);
        flag = c[11];
        hb_air_bool(a, "flag", flag);
        hb_expr lohi = hb_air_add(a, c[5], hb_air_scale(a, bad == 1 ? 257 : 256, c[6]));
        hb_expr wrong = hb_air_sub(a, hb_air_const(a, 1), flag);
        hb_air_lookup(a, HB_BUS_BYTES, bad == 2 ? wrong : flag, (hb_expr[]){c[5], c[6]}, 2);
        if (bad != 3)
            hb_air_lookup(a, HB_BUS_RC16, HB_ALWAYS, &c[7], 1);
        hb_air_consume(a, HB_BUS_MEM, bad == 4 ? wrong : flag, (hb_expr[]){c[0], c[1], c[2], c[3], c[4], c[4], c[8]}, 7);
        hb_expr declared = hb_air_mul(a, c[9], hb_air_const(a, 65535));
        if (bad != 5)
            hb_air_range16(a, declared, "boolean * 65535");
        hb_air_produce(a, HB_BUS_MEM, flag, (hb_expr[]){c[0], c[1], lohi, c[7], c[3], declared, c[8]}, 7);
        hb_air_produce(a, HB_BUS_MEM, bad == 6 ? HB_ALWAYS : flag,
                       (hb_expr[]){c[0], c[1], hb_air_const(a, bad == 7 ? 65536 : 65535), c[2], c[3], c[4], c[8]}, 7);
        expect(a, bad ? HB_AIR_RANGE : HB_AIR_OK);
    }
}

static void small_memory_is_an_answer(void **state)
{
    (void)state;
    hb_air_limits tiny = {8, 1, 1, 2, 1};
    free(memory);
    memory = malloc(hb_air_memory_bytes(tiny));
    hb_air_init(&record_, 0, 6, tiny, memory);
    hb_expr x = hb_air_col(&record_, 0);
    for (uint32_t j = 1; j < 6; j++)
        x = hb_air_mul(&record_, x, hb_air_add(&record_, x, hb_air_col(&record_, j)));
    assert_true(x < record_.n_nodes);
    assert_int_equal(hb_air_finish(&record_).code, HB_AIR_FULL);
}

/* --- trace checker ------------------------------------------------------------------------------------------------------------------- */
enum { ROWS = 100 };
static hb_f cells[2][4][HB_TILE_ROWS];
static hb_f *columns[2][4];
static hb_air airs[2];
static hb_table tables[2];
static size_t reports;
static hb_air_finding last;

static void on_finding(void *ctx, const hb_air_finding *f)
{
    (void)ctx;
    reports++;
    last = *f;
}

/* Table 0: c = a b, state a -> a + 1, looks up (a, b); table 1 provides (a, b) with multiplicity. */
static void make_trace(void)
{
    static void *mem[2];
    for (uint32_t i = 0; i < 2; i++) {
        free(mem[i]);
        mem[i] = malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT));
        hb_air_init(&airs[i], 0, i ? 3 : 4, HB_AIR_LIMITS_DEFAULT, mem[i]);
        for (uint32_t j = 0; j < 4; j++)
            columns[i][j] = cells[i][j];
        tables[i] = (hb_table){i, &airs[i], ROWS, HB_TILE_ROWS, 12, columns[i], i ? "provider" : "user", NULL};
    }
    memset(cells, 0, sizeof cells);
    hb_air *a = &airs[0];
    hb_expr x = hb_air_col(a, 0), y = hb_air_col(a, 1), z = hb_air_col(a, 2), f = hb_air_col(a, 3);
    hb_air_bool(a, "f", f);
    hb_air_zero(a, "c = a b", hb_air_sub(a, hb_air_mul(a, x, y), z));
    hb_air_consume(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){x, z}, 2);
    hb_expr next = hb_air_add(a, x, hb_air_const(a, 1));
    hb_air_produce(a, HB_BUS_STATE, HB_ALWAYS, (hb_expr[]){next, hb_air_scale(a, 7, next)}, 2);
    hb_air_lookup(a, HB_BUS_BYTES, f, (hb_expr[]){x, y}, 2);
    assert_int_equal(hb_air_finish(a).code, HB_AIR_OK);
    a = &airs[1];
    hb_air_provide(a, HB_BUS_BYTES, hb_air_col(a, 2), (hb_expr[]){hb_air_col(a, 0), hb_air_col(a, 1)}, 2);
    assert_int_equal(hb_air_finish(a).code, HB_AIR_OK);
    for (uint32_t r = 0; r < ROWS; r++) {
        cells[0][0][r] = cells[1][0][r] = hb_f_from_u32(r);
        cells[0][1][r] = cells[1][1][r] = hb_f_from_u32(7);
        cells[0][2][r] = hb_f_from_u32(7 * r);
        cells[0][3][r] = cells[1][2][r] = r % 3 ? HB_F_ONE : HB_F_ZERO;
    }
}

static size_t run_checker(void)
{
    hb_bus_token tokens[2] = {{HB_AIR_PRODUCE, HB_BUS_STATE, {0, 0}}, {HB_AIR_CONSUME, HB_BUS_STATE, {ROWS, 7 * ROWS}}};
    hb_air_checker c = {.tables = tables, .n_tables = 2, .tokens = tokens, .n_tokens = 2, .max_reports = 4, .report = on_finding};
    size_t findings = 0;
    hb_error err;
    reports = 0;
    assert_int_equal(hb_air_check_trace(&c, &findings, &err), HB_OK);
    return findings;
}

static void checker_finds(void **state)
{
    (void)state;
    make_trace();
    assert_int_equal(run_checker(), 0);
    cells[0][2][5] = hb_f_from_u32(36); /* constraint, and the state tuple (5, 35) */
    assert_int_equal(run_checker(), 3);
    make_trace();
    cells[0][2][ROWS + 7] = HB_F_ONE; /* padding rows obey constraints too, but reach no bus */
    assert_int_equal(run_checker(), 1);
    assert_int_equal(last.kind, HB_FINDING_CONSTRAINT);
    assert_int_equal(last.row, ROWS + 7);
    assert_string_equal(last.label, "c = a b");
    assert_string_equal(last.text, "user row 107 (padding): constraint c = a b is 2013265920, with c0=0 c1=0 c2=1");
    make_trace();
    cells[1][2][4] = HB_F_TWO;
    assert_int_equal(run_checker(), 1);
    assert_int_equal(last.count, -1);
    assert_string_equal(last.text, "bus BYTES (4, 7): provided but not looked up, 1 times; first seen in user row 4");
    make_trace();
    cells[0][3][50] = HB_F_TWO; /* not boolean: constraint, flag; as a flag it still counts once */
    assert_int_equal(run_checker(), 2);
    make_trace();
    cells[0][1][3] = HB_F_P;
    assert_int_equal(run_checker(), 1);
    assert_int_equal(last.kind, HB_FINDING_CELL);
    make_trace();
    for (uint32_t r = 0; r < ROWS; r++)
        cells[0][2][r] = HB_F_ONE;
    assert_true(run_checker() > ROWS);
    assert_true(reports <= 4 + 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_shared),   cmocka_unit_test(groups_follow_the_protocol), cmocka_unit_test(constraints_vanish_at_zero),
        cmocka_unit_test(checks_bite),        cmocka_unit_test(limbs_need_a_reason),        cmocka_unit_test(small_memory_is_an_answer),
        cmocka_unit_test(checker_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
