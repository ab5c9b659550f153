/* The fast prover against the slow one of pcs_slow.h, byte for byte, and against the verifier, over shapes, instruction sets and threads. */
#include "base/cpu.h"
#include "pcs/pcs_slow.h"

/* Few queries and little grinding: the code paths are the same, and the slow prover's time goes into what is tested. */
static const hb_pcs_params few = {.queries = {24, 10, 8, 6}, .grind_gamma = 3, .grind_query = 5, .grind_fold = {2, 3, 4}};

typedef struct shape {
    const char *name;
    size_t n;
    hb_stack_shape tables[PCS_CASE_TABLES];
    uint32_t h[HB_COMMITMENTS]; /* expected */
} shape;

static const shape shapes[] = {
    {"one small table, nothing preprocessed", 1, {{100, {0, 0, 3}, false}}, {12, 12, 14}},
    {"one column of one tile", 1, {{1, {0, 0, 1}, false}}, {12, 12, 14}},
    {"chunks of all sizes, key and main", 4, {{4096 * 5 + 1, {2, 0, 7}, false}, {1, {1, 0, 3}, false}, {31 * 4096, {1, 0, 2}, false}, {40000, {0, 0, 11}, false}}, {14, 12, 14}},
    {"H 15, preprocessed short", 3, {{70000, {0, 0, 14}, false}, {4096, {3, 0, 1}, false}, {9 * 4096, {0, 0, 2}, false}}, {12, 12, 15}},
    {"H 16, chunks of several stacked columns", 3, {{1u << 17, {0, 0, 16}, false}, {5000, {4, 0, 10}, false}, {3 * 4096, {0, 0, 1}, false}}, {12, 12, 16}},
    {"a preprocessed matrix that sets H", 2, {{1u << 16, {8, 0, 1}, false}, {10, {0, 0, 4}, false}}, {15, 12, 15}},
    {"a tall table", 2, {{300000, {0, 0, 2}, false}, {1, {1, 0, 1}, false}}, {12, 12, 14}},
    {"three commitments, an idle table between", 4, {{9000, {0, 5, 0}, false}, {20000, {3, 0, 0}, true}, {4096 * 5 + 1, {2, 0, 7}, false}, {1, {0, 3, 0}, false}}, {13, 13, 14}},
    {"idle tables first and last, taller than all others", 4, {{70000, {4, 0, 0}, true}, {100, {1, 0, 3}, false}, {50, {0, 9, 0}, false}, {100000, {1, 0, 0}, true}}, {15, 12, 15}},
    {"nothing but an idle table in the key", 2, {{1, {2, 0, 0}, true}, {5000, {0, 0, 2}, false}}, {12, 12, 14}},
    {"a boundary that sets H", 3, {{1u << 16, {0, 8, 0}, false}, {10, {1, 0, 4}, false}, {10, {1, 0, 0}, true}}, {12, 15, 15}},
};

static void check_equal(const hb_buf *a, const hb_buf *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, a->len);
}

/* Commits and opens in an arena of exactly the announced sizes. */
static void fast_prove(const pcs_case *x, const hb_pcs_params *params, hb_pool *pool, hb_pcs_keep keep, hb_buf *proof, hb_pcs_committed *committed)
{
    hb_arena arena[HB_COMMITMENTS + 1];
    hb_error err;
    hb_error_clear(&err);
    for (int c = 0; c < HB_COMMITMENTS; c++) {
        assert_int_equal(hb_arena_init(&arena[c], hb_pcs_commit_bytes(&x->stack, c, keep, pool)), HB_OK);
        assert_int_equal(hb_pcs_commit(c, &x->stack, x->tables, keep, pool, &arena[c], &committed[c], &err), HB_OK);
        assert_true(arena[c].used <= hb_pcs_committed_bytes(&x->stack, c, keep));
    }
    assert_int_equal(hb_arena_init(&arena[HB_COMMITMENTS], hb_pcs_open_bytes(params, &x->stack, committed, pool)), HB_OK);
    hb_sender s = {.proof = proof, .pool = pool};
    pcs_case_absorb(&s.t, x, (const hb_pcs_cap[])PCS_CASE_CAPS(committed));
    const hb_status st = hb_pcs_open(&s, params, &x->stack, x->tables, committed, &x->point, (const hb_k *const *)x->tile_values, &arena[HB_COMMITMENTS], &err);
    if (st != HB_OK)
        fail_msg("%s", err.message);
    assert_int_equal(arena[HB_COMMITMENTS].used, 0);
    for (int i = 0; i <= HB_COMMITMENTS; i++)
        hb_arena_free(&arena[i]);
}

static void check_shape(const shape *sh, const hb_pcs_params *params, uint64_t seed)
{
    static pcs_case x;
    static slow_prover ref;
    static hb_pcs_committed committed[HB_COMMITMENTS];
    print_message("  %s\n", sh->name);
    assert_true(pcs_case_make(&x, sh->tables, sh->n, seed));
    pcs_case_evaluate(&x);
    for (int c = 0; c < HB_COMMITMENTS; c++)
        assert_int_equal(x.stack.h[c], sh->h[c]);
    slow_prove(&ref, &x, params, SLOW_HONEST, 0);
    assert_int_equal(slow_verdict(&ref, x.values), 0);

    hb_pool *two = hb_pool_create(2);
    for (int isa = HB_ISA_BASELINE; isa <= (int)hb_isa_detected(); isa++)
        for (int keep = HB_PCS_KEEP_CODEWORDS; keep <= HB_PCS_DROP_CODEWORDS; keep++) {
            hb_buf proof = {0};
            hb_isa_cap((hb_isa)isa);
            fast_prove(&x, params, (isa + keep + (int)seed) % 2 ? two : NULL, (hb_pcs_keep)keep, &proof, committed);
            for (int c = 0; c < HB_COMMITMENTS; c++)
                if (x.stack.w[c])
                    assert_memory_equal(committed[c].cap, ref.cap[c], sizeof ref.cap[c]);
            check_equal(&proof, &ref.proof);
            hb_buf_free(&proof);
        }
    hb_isa_cap(HB_ISA_AVX512);
    hb_pool_destroy(two);
    slow_free(&ref);
    pcs_case_free(&x);
}

static void all_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        check_shape(&shapes[i], &few, i + 1);
}

/* Commitments 0 and 1 made before anything is known of the other tables, from these tables alone. */
static void commits_early(const shape *sh, uint64_t seed)
{
    static pcs_case x;
    static hb_stack early;
    static hb_pcs_committed whole, alone;
    assert_true(pcs_case_make(&x, sh->tables, sh->n, seed));
    for (int c = 0; c < HB_COMMIT_MAIN; c++) {
        hb_stack_shape some[PCS_CASE_TABLES];
        hb_table tables[PCS_CASE_TABLES];
        size_t n = 0;
        for (size_t t = 0; t < sh->n; t++)
            if (sh->tables[t].width[c]) {
                tables[n] = x.tables[t];
                some[n] = sh->tables[t];
                if (c == HB_COMMIT_KEY) /* a key is made with idle tables only */
                    some[n] = (hb_stack_shape){sh->tables[t].n_rows, {sh->tables[t].width[c], 0, 0}, true};
                n++;
            }
        if (n == 0)
            continue;
        hb_arena arena[2];
        assert_int_equal(hb_stack_init_one(&early, some, n, c, NULL), HB_OK);
        assert_int_equal(hb_arena_init(&arena[0], hb_pcs_commit_bytes(&early, c, HB_PCS_DROP_CODEWORDS, NULL)), HB_OK);
        assert_int_equal(hb_arena_init(&arena[1], hb_pcs_commit_bytes(&x.stack, c, HB_PCS_KEEP_CODEWORDS, NULL)), HB_OK);
        assert_int_equal(hb_pcs_commit(c, &early, tables, HB_PCS_DROP_CODEWORDS, NULL, &arena[0], &alone, NULL), HB_OK);
        assert_int_equal(hb_pcs_commit(c, &x.stack, x.tables, HB_PCS_KEEP_CODEWORDS, NULL, &arena[1], &whole, NULL), HB_OK);
        assert_int_equal(alone.width, whole.width);
        assert_int_equal(alone.h, whole.h);
        assert_memory_equal(alone.cap, whole.cap, sizeof whole.cap);
        hb_arena_free(&arena[0]);
        hb_arena_free(&arena[1]);
    }
    pcs_case_free(&x);
}

static void early_commitments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        commits_early(&shapes[i], i + 1);
}

static void shipped_parameters(void **state)
{
    (void)state;
    check_shape(&shapes[2], &hb_pcs_shard_params, 99);
}

/* Tables that are not the layout's, and arenas that are a little too small. */
static void mistakes(void **state)
{
    (void)state;
    static pcs_case x;
    static hb_pcs_committed committed;
    hb_error err;
    hb_arena arena;
    assert_true(pcs_case_make(&x, shapes[2].tables, shapes[2].n, 5));
    for (int keep = HB_PCS_KEEP_CODEWORDS; keep <= HB_PCS_DROP_CODEWORDS; keep++) {
        const size_t bytes = hb_pcs_commit_bytes(&x.stack, HB_COMMIT_MAIN, (hb_pcs_keep)keep, NULL);
        for (size_t k = 0; k < 8; k++) {
            assert_int_equal(hb_arena_init(&arena, bytes / 8 * k + 64), HB_OK);
            assert_int_equal(hb_pcs_commit(HB_COMMIT_MAIN, &x.stack, x.tables, (hb_pcs_keep)keep, NULL, &arena, &committed, &err), HB_OUT_OF_MEMORY);
            assert_int_equal(err.status, HB_OUT_OF_MEMORY);
            assert_int_equal(arena.used, 0);
            hb_arena_free(&arena);
        }
        assert_int_equal(hb_arena_init(&arena, bytes), HB_OK);
        x.tables[1].n_rows++;
        assert_int_equal(hb_pcs_commit(HB_COMMIT_MAIN, &x.stack, x.tables, (hb_pcs_keep)keep, NULL, &arena, &committed, &err), HB_INVALID_ARGUMENT);
        x.tables[1].n_rows--;
        x.airs[2].width++;
        assert_int_equal(hb_pcs_commit(HB_COMMIT_MAIN, &x.stack, x.tables, (hb_pcs_keep)keep, NULL, &arena, &committed, &err), HB_INVALID_ARGUMENT);
        x.airs[2].width--;
        assert_int_equal(arena.used, 0);
        assert_int_equal(hb_pcs_commit(HB_COMMIT_MAIN, &x.stack, x.tables, (hb_pcs_keep)keep, NULL, &arena, &committed, &err), HB_OK);
        hb_arena_free(&arena);
    }
    pcs_case_free(&x);
}

/* Opening in an arena that is too small: an answer, and everything given back; whatever the size, also just below what is needed at most. */
static void no_room_to_open(void **state)
{
    (void)state;
    static pcs_case x;
    static hb_pcs_committed committed[HB_COMMITMENTS];
    hb_error err;
    assert_true(pcs_case_make(&x, shapes[2].tables, shapes[2].n, 6));
    pcs_case_evaluate(&x);
    for (int keep = HB_PCS_KEEP_CODEWORDS; keep <= HB_PCS_DROP_CODEWORDS; keep++) {
        hb_arena made[HB_COMMITMENTS], arena;
        for (int c = 0; c < HB_COMMITMENTS; c++) {
            assert_int_equal(hb_arena_init(&made[c], hb_pcs_commit_bytes(&x.stack, c, (hb_pcs_keep)keep, NULL)), HB_OK);
            assert_int_equal(hb_pcs_commit(c, &x.stack, x.tables, (hb_pcs_keep)keep, NULL, &made[c], &committed[c], &err), HB_OK);
        }
        assert_int_equal(hb_arena_init(&arena, hb_pcs_open_bytes(&few, &x.stack, committed, NULL)), HB_OK);
        const size_t whole = arena.size;
        size_t failed = 0;
        for (size_t k = 0; k <= 24; k++) {
            hb_buf proof = {0};
            hb_sender s = {.proof = &proof};
            arena.size = whole / 24 * k / 64 * 64;
            pcs_case_absorb(&s.t, &x, (const hb_pcs_cap[])PCS_CASE_CAPS(committed));
            const hb_status st =
                hb_pcs_open(&s, &few, &x.stack, x.tables, committed, &x.point, (const hb_k *const *)x.tile_values, &arena, &err);
            assert_true(st == HB_OK || (st == HB_OUT_OF_MEMORY && err.status == st && err.message[0]));
            assert_true(st == HB_OUT_OF_MEMORY || failed == k); /* once there is room, there is */
            failed += st != HB_OK;
            assert_int_equal(arena.used, 0);
            hb_buf_free(&proof);
        }
        assert_in_range(failed, 12, 24); /* the announced size is no wild guess */
        arena.size = whole;
        hb_arena_free(&arena);
        for (int c = 0; c < HB_COMMITMENTS; c++)
            hb_arena_free(&made[c]);
    }
    pcs_case_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_shapes),
        cmocka_unit_test(early_commitments),
        cmocka_unit_test(shipped_parameters),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(no_room_to_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
