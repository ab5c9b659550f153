#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "base/cpu.h"
#include "zerocheck/zerocheck_oracle.h"

static hb_status verify(const fixture *f, const hb_buf *proof, hb_zerocheck_result *result, hb_error *err)
{
    static uint8_t memory[1 << 20];
    hb_scratch scratch = hb_scratch_of(memory, hb_zerocheck_verify_bytes(&f->claim));
    hb_receiver r;
    hb_receiver_init(&r, proof->data, proof->len, err);
    hb_status st = hb_zerocheck_verify(&r, &f->claim, &scratch, result);
    return st == HB_OK ? hb_receive_end(&r) : st;
}

static void oracle_is_accepted(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f, (uint32_t[TOY_CHIPS]){1100, 4096, 200, 5000, UINT32_MAX, 40, 20}, true, 1);
    hb_buf proof = {0};
    hb_sender s = {.proof = &proof};
    hb_zerocheck_result a, b;
    hb_error err;
    hb_transcript_init(&s.t);
    oracle_prove(&f, &s, &a);
    hb_status st = verify(&f, &proof, &b, &err);
    if (st != HB_OK)
        fail_msg("%s", err.message);
    assert_true(hb_k_eq(a.r0, b.r0));
    free(a.columns);
    hb_buf_free(&proof);
    fixture_free(&f);
}

typedef struct shape {
    const char *what;
    uint32_t rows[TOY_CHIPS];
    bool garbage;
} shape;

static const shape shapes[] = {
#ifdef HB_ZEROCHECK_SHAPES
    HB_ZEROCHECK_SHAPES
#else
    {"small", {1100, 4096, 200, 3, UINT32_MAX, 17, 1}, false},
    {"garbage", {1100, 4096, 200, 5000, UINT32_MAX, 40, 20}, true},
    {"two tables, one row each", {0, 0, 1, 0, 0, 0, 1}, true},
    {"full tiles only", {4096, 8192, 4096, 4096, 4096, 4096, 8192}, false},
    {"odd tiles, low tables", {20000, 5000, 300, 12288, UINT32_MAX, 9000, 4097}, true},
#endif
};

static hb_status prove(const fixture *f, hb_pool *pool, hb_buf *proof, hb_zerocheck_opening *out, hb_arena *arena, hb_error *err)
{
    hb_sender s = {.proof = proof, .pool = pool};
    hb_transcript_init(&s.t);
    return hb_zerocheck_prove(&s, &f->claim, f->m.tables, arena, out, err);
}

/* Same bytes as the slow prover, at every instruction set and number of threads; accepted. */
static void check_shape(const shape *sh)
{
    fixture f;
    hb_buf slow = {0};
    hb_sender s = {.proof = &slow};
    hb_zerocheck_result want, got;
    hb_error err;
    hb_pool *pool = hb_pool_create(3);
    fixture_init(&f, sh->rows, sh->garbage, 11);
    hb_transcript_init(&s.t);
    oracle_prove(&f, &s, &want);
    assert_int_equal(verify(&f, &slow, &got, &err), HB_OK);
    for (hb_isa isa = HB_ISA_BASELINE; isa < HB_ISA_COUNT; isa++)
        for (int threads = 0; threads < 2; threads++) {
            hb_buf fast = {0};
            hb_arena arena;
            hb_zerocheck_opening out;
            hb_isa_cap(isa);
            size_t bytes = hb_zerocheck_prove_bytes(&f.claim, threads ? 3 : 1);
            assert_int_equal(hb_arena_init(&arena, bytes), HB_OK);
            if (prove(&f, threads ? pool : NULL, &fast, &out, &arena, &err) != HB_OK)
                fail_msg("%s", err.message);
            assert_int_equal(fast.len, slow.len);
            for (size_t i = 0; i < fast.len; i++)
                if (fast.data[i] != slow.data[i])
                    fail_msg("%s, %s, word %zu (skip ends at 305)", sh->what, hb_isa_name(isa), i / 4);
            if (isa == HB_ISA_AVX512)
                printf("%s: %.1f MiB of arena reserved, %.1f used\n", sh->what, (double)bytes / 1048576, (double)hb_arena_peak(&arena) / 1048576);
            hb_arena_free(&arena);
            hb_buf_free(&fast);
        }
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(pool);
    free(want.columns);
    hb_buf_free(&slow);
    fixture_free(&f);
}

static void prover_is_the_oracle(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        check_shape(&shapes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(oracle_is_accepted), cmocka_unit_test(prover_is_the_oracle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
