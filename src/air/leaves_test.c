/* Multiplicities, leaves and the digest, against scalar evaluation, at every instruction set and with threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "air/air_toys.h"
#include "air/digest.h"
#include "air/doc.h"
#include "air/eval_k.h"
#include "air/leaves.h"
#include "air/row.h"
#include "base/cpu.h"

static const uint32_t sizes[TOY_CHIPS] = {5000, 4096, 300, 9001, UINT32_MAX, 40, 20};

static void print_finding(void *ctx, const hb_air_finding *f)
{
    (void)ctx;
    printf("%s\n", f->text);
}

static void toys_are_valid(void **state)
{
    (void)state;
    for (int garbage = 0; garbage < 2; garbage++) {
        toy_machine m;
        toy_build(&m, sizes, garbage, 5);
        hb_error err;
        assert_int_equal(toy_count(&m, NULL, &err), HB_OK);
        assert_int_equal(toy_findings(&m, print_finding), 0);
        toy_free(&m);
    }
}

static void multiplicities_do_not_depend_on_threads(void **state)
{
    (void)state;
    toy_machine a, b;
    hb_pool *pool = hb_pool_create(3);
    for (hb_isa isa = HB_ISA_BASELINE; isa < HB_ISA_COUNT; isa++) {
        hb_isa_cap(isa);
        toy_build(&a, sizes, true, 9);
        toy_build(&b, sizes, true, 9);
        memset(b.cols[TOY_RC][0], 0x11, 100); /* what was there before does not matter */
        assert_int_equal(toy_count(&a, NULL, NULL), HB_OK);
        assert_int_equal(toy_count(&b, pool, NULL), HB_OK);
        for (uint32_t c = 0; c < TOY_CHIPS; c++)
            for (uint32_t j = 0; j < toy_pre[c] + toy_width[c]; j++)
                assert_memory_equal(a.cols[c][j], b.cols[c][j], a.of[c]->stored_rows * sizeof(hb_f));
        toy_free(&a);
        toy_free(&b);
    }
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(pool);
}

static void missing_tuples_are_found(void **state)
{
    (void)state;
    toy_machine m;
    hb_error err;
    toy_build(&m, sizes, true, 9);
    toy_set(&m, TOY_USER, U_X, 7000, 5000);
    toy_set(&m, TOY_USER, U_X, 333, 4999); /* fits, but twice that does not */
    assert_int_equal(toy_count(&m, NULL, &err), HB_PROOF_GENERATION_FAILED);
    assert_int_equal(err.chip, TOY_USER);
    assert_int_equal(err.row, 333);
    assert_string_equal(err.message, "USER row 333 looks up a tuple that bus RC18 does not hold");
    toy_free(&m);
    toy_build(&m, sizes, true, 9);
    uint32_t row = 100;
    while (m.cols[TOY_USER][U_S][row] == 0)
        row++;
    toy_set(&m, TOY_USER, U_AB, row, 256);
    assert_int_equal(toy_count(&m, NULL, &err), HB_PROOF_GENERATION_FAILED);
    assert_int_equal(err.row, row);
    toy_free(&m);
    uint32_t few[TOY_CHIPS];
    memcpy(few, sizes, sizeof few);
    few[TOY_PROG] = 0;
    toy_build(&m, few, true, 9);
    assert_int_equal(toy_count(&m, NULL, &err), HB_PROOF_GENERATION_FAILED);
    assert_string_equal(err.message, "USER looks up bus PROG, which no table provides");
    toy_free(&m);
}

static hb_bus_challenges some_challenges(uint64_t seed)
{
    hb_bus_challenges ch = {.alpha = toy_k(&seed), .beta_tag = toy_k(&seed)};
    for (int i = 0; i < 16; i++)
        ch.beta[i] = toy_k(&seed);
    return ch;
}

static void check_term(const toy_machine *m, const hb_table *t, uint32_t term, const hb_bus_challenges *ch, const hb_kpack *num, const hb_kpack *den)
{
    hb_f *values = malloc(t->air->n_nodes * sizeof *values);
    hb_k *k = malloc(t->air->n_nodes * sizeof *k);
    bool fraction = t->air->terms[term].tree == HB_AIR_TREE_F;
    for (uint32_t row = 0; row < (t->n_rows + 4095) / 4096 * 4096; row++) {
        hb_air_leaf want = {hb_k_zero(), hb_k_one()};
        if (row < t->n_rows) {
            hb_air_eval_row(t->air, t->cols, row, &m->publics, values);
            for (uint32_t i = 0; i < t->air->n_nodes; i++)
                k[i] = hb_k_from_f(values[i]);
            want = hb_air_leaf_k(t->air, &t->air->terms[term], k, ch);
        }
        assert_true(hb_k_eq(hb_kpack_get(den, row), want.den));
        assert_true(!fraction || hb_k_eq(hb_kpack_get(num, row), want.num));
    }
    free(values);
    free(k);
}

static void leaves_are_those_of_the_scalar_reader(void **state)
{
    (void)state;
    toy_machine m;
    hb_arena arena;
    hb_bus_challenges ch = some_challenges(77);
    hb_pool *pool = hb_pool_create(2);
    toy_build(&m, sizes, true, 3);
    assert_int_equal(toy_count(&m, NULL, NULL), HB_OK);
    assert_int_equal(hb_arena_init(&arena, (size_t)8 << 20), HB_OK);
    for (hb_isa isa = HB_ISA_BASELINE; isa < HB_ISA_COUNT; isa++)
        for (size_t i = 0; i < m.n_tables; i++)
            for (uint32_t term = 0; term < m.tables[i].air->n_terms; term++) {
                const hb_table *t = &m.tables[i];
                size_t packs = (t->n_rows + 4095u) / 4096 * 256;
                hb_kpack *num = aligned_alloc(64, packs * sizeof *num), *den = aligned_alloc(64, packs * sizeof *den);
                bool fraction = t->air->terms[term].tree == HB_AIR_TREE_F;
                hb_isa_cap(isa);
                assert_int_equal(hb_air_leaves(t, term, &ch, &m.publics, isa == HB_ISA_AVX2 ? pool : NULL, &arena, fraction ? num : NULL, den, NULL), HB_OK);
                check_term(&m, t, term, &ch, num, den);
                free(num);
                free(den);
            }
    assert_int_equal(arena.used, 0);
    hb_isa_cap(HB_ISA_AVX512);
    hb_arena_free(&arena);
    hb_arena_init(&arena, 1000);
    hb_kpack one[1];
    assert_int_equal(hb_air_leaves(m.of[TOY_USER], 0, &ch, &m.publics, NULL, &arena, NULL, one, NULL), HB_OUT_OF_MEMORY);
    hb_arena_free(&arena);
    hb_pool_destroy(pool);
    toy_free(&m);
}

static void gather(void *ctx, const char *bytes, size_t n)
{
    char *text = ctx;
    size_t len = strlen(text);
    memcpy(text + len, bytes, n);
    text[len + n] = 0;
}

static void digest_is_of_the_text(void **state)
{
    (void)state;
    toy_machine m;
    static char text[1 << 16];
    static const char *const names[] = {"a", "b", "c"};
    uint8_t d[32], e[32];
    toy_build(&m, (uint32_t[TOY_CHIPS]){0, 0, 0, 0, 0, 0, 1}, false, 3);
    hb_air_write_text(m.of[TOY_PLAIN]->air, "PLAIN", names, (hb_air_sink){gather, text});
    /* numbers follow the constraints, whatever the compiler evaluated first; operands of + and * are ordered by structure */
    assert_string_equal(text, "chip PLAIN 0 3\ncolumn a\ncolumn b\ncolumn c\nnode const 0\nnode column 1\nnode column 0\nnode mul 2 2\nnode mul 1 3\n"
                              "node column 2\nnode sub 4 5\nnode mul 1 2\nnode sub 7 2\nzero 6 abc\nzero 8 a b\n");
    hb_air_digest(m.of[TOY_PLAIN]->air, "PLAIN", names, d);
    hb_blake3_hash(e, text, strlen(text));
    assert_memory_equal(d, e, 32);
    toy_free(&m);
    /* a changed constant, label or bus shows */
    uint8_t digests[4][32];
    for (int change = 0; change < 4; change++) {
        hb_air a;
        void *memory = malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT));
        hb_air_init(&a, 0, 2, HB_AIR_LIMITS_DEFAULT, memory);
        hb_expr x = hb_air_col(&a, 0), y = hb_air_col(&a, 1);
        hb_air_zero(&a, change == 1 ? "m" : "l", hb_air_mul(&a, x, hb_air_sub(&a, y, hb_air_const(&a, change == 2 ? 6 : 5))));
        hb_air_lookup(&a, change == 3 ? HB_BUS_RC18 : HB_BUS_RC16, HB_ALWAYS, &x, 1);
        assert_int_equal(hb_air_finish(&a).code, HB_AIR_OK);
        hb_air_digest(&a, "X", NULL, digests[change]);
        for (int k = 0; k < change; k++)
            assert_memory_not_equal(digests[k], digests[change], 32);
        free(memory);
    }
}

/* The digest depends on the rules alone: not on the order in which a compiler evaluates arguments, nor on the machine. */
static void digest_is_the_same_everywhere(void **state)
{
    (void)state;
    static const uint8_t want[32] = {0x36, 0xc8, 0xe1, 0xb6, 0xa5, 0xce, 0xac, 0xfb, 0xfa, 0xce, 0xbc, 0xd1, 0x93, 0xc1, 0xae, 0xb3,
                                     0x26, 0xce, 0x44, 0xaa, 0x14, 0xe2, 0xe3, 0x8e, 0x79, 0x02, 0x6c, 0xd2, 0xa8, 0xb0, 0xfd, 0x74};
    toy_machine m;
    hb_blake3 h;
    uint8_t got[32];
    toy_build(&m, sizes, false, 1);
    hb_blake3_init(&h);
    for (size_t i = 0; i < m.n_tables; i++)
        hb_air_hash_text(m.tables[i].air, m.tables[i].name, NULL, &h);
    hb_blake3_final(&h, got);
    if (memcmp(got, want, 32) != 0)
        for (int i = 0; i < 32; i++)
            printf("0x%02x%s", got[i], i < 31 ? ", " : "\n");
    assert_memory_equal(got, want, 32);
    toy_free(&m);
}

static void documents_read_well(void **state)
{
    (void)state;
    static char text[1 << 16];
    static const char *const names[] = {"a", "b", "r", "s"};
    hb_air air;
    void *memory = malloc(hb_air_memory_bytes(HB_AIR_LIMITS_DEFAULT));
    hb_air_init(&air, 0, 4, HB_AIR_LIMITS_DEFAULT, memory);
    hb_expr a = hb_air_col(&air, 0), b = hb_air_col(&air, 1), r = hb_air_col(&air, 2), s = hb_air_col(&air, 3);
    hb_expr sum = hb_air_sub(&air, a, hb_air_add(&air, hb_air_scale(&air, 2, b), r));
    hb_expr carry = hb_air_scale_inv(&air, 65536, sum);
    hb_air_bool(&air, "carry", carry);
    hb_air_bool(&air, "s", s);
    hb_air_lookup(&air, HB_BUS_RC16, HB_ALWAYS, (hb_expr[]){hb_air_sub(&air, hb_air_const(&air, 9), a)}, 1);
    hb_air_lookup(&air, HB_BUS_RC16, HB_ALWAYS, &b, 1);
    hb_air_consume(&air, HB_BUS_STATE, s, (hb_expr[]){hb_air_key(&air, HB_KEY_IMG_LO), hb_air_scale(&air, -1, r)}, 2);
    hb_air_range16(&air, b, "because");
    assert_int_equal(hb_air_finish(&air).code, HB_AIR_OK);
    assert_int_equal(hb_air_write_doc(&air, "TOY", names, (hb_air_sink){gather, text}), HB_OK);
    static const char *const parts[] = {
        "## TOY\n\nColumns (0 preprocessed, 4 main): `a`, `b`, `r`, `s`.\n", "| s | `s * (s - 1)` | 2 |\n", "| carry | `t1 * (t1 - 1)` | 2 |\n",
        "`t1 = 1/2^16 * (a - (", "| look up RC16 | `(9 - a)` |  | 2 |\n| look up RC16 | `(b)` |  | same leaf |\n",
        "| consume STATE | `(IMG_LO, -r)` | if `s` | 2 |\n", "\nBelow 2^16: `b`: because.\n"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!strstr(text, parts[i]))
            fail_msg("%s\nnot in\n%s", parts[i], text);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(toys_are_valid),          cmocka_unit_test(multiplicities_do_not_depend_on_threads),
        cmocka_unit_test(missing_tuples_are_found), cmocka_unit_test(leaves_are_those_of_the_scalar_reader),
        cmocka_unit_test(digest_is_of_the_text),   cmocka_unit_test(documents_read_well),
        cmocka_unit_test(digest_is_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
