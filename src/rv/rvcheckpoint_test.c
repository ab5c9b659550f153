/* Checkpoints that were cut short, changed or made up: refused with a reason, or harmless. That good ones give the right records is in shardrun_test.c. */
#include "hash/blake3.h"
#include "rv/shard_calls_test_util.h"

enum { DIGEST = 32 };

/* A checkpoint of a middle shard of the program with calls. */
static hb_buf some_checkpoint(const hb_rv_program *p, hb_rv_shard *shard)
{
    hb_rv_exec_options o = calls_options(1);
    plan n = make_plan(p, &o, 130, 5, true);
    size_t k = n.n / 2;
    hb_buf b = n.shards[k].checkpoint;
    *shard = n.shards[k].shard;
    shard->boundary = NULL;
    n.shards[k].checkpoint = (hb_buf){0};
    assert_true(n.n > 4 && shard->counts.family[HB_FAM_CALL] > 4 && shard->counts.family[HB_FAM_ADD]);
    free_plan(&n);
    return b;
}

/* Makes the digest right again. */
static void seal(uint8_t *data, size_t len)
{
    uint8_t digest[DIGEST];
    hb_blake3_hash(digest, data, len - DIGEST);
    memcpy(data + len - DIGEST, digest, DIGEST);
}

static hb_status open_and_free(const hb_rv_program *p, const uint8_t *data, size_t len, hb_error *err)
{
    hb_rv_run *run;
    hb_status st = hb_rv_checkpoint_open(p, data, len, &run, err);
    assert_true((run != NULL) == (st == HB_OK));
    hb_rv_run_free(run);
    return st;
}

static void cut_short(void **state)
{
    (void)state;
    hb_rv_shard shard;
    hb_rv_program p = calls_program();
    hb_buf b = some_checkpoint(&p, &shard);
    uint8_t *copy = malloc(b.len + 1);
    assert_non_null(copy);
    for (size_t len = 0; len < b.len; len += len < 2000 || len + 200 > b.len ? 1 : 97) {
        hb_error err = {0};
        assert_int_equal(open_and_free(&p, b.data, len, &err), HB_INVALID_ARGUMENT);
        assert_true(strncmp(err.message, "checkpoint: ", 12) == 0);
        if (len < DIGEST + 8)
            continue;
        memcpy(copy, b.data, len); /* the same with a digest that fits */
        seal(copy, len);
        assert_int_equal(open_and_free(&p, copy, len, &err), HB_INVALID_ARGUMENT);
    }
    memcpy(copy, b.data, b.len);
    copy[b.len - DIGEST] = 0;
    seal(copy, b.len + 1);
    hb_error err = {0};
    assert_int_equal(open_and_free(&p, copy, b.len + 1, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "1 bytes too many"));
    free(copy);
    hb_buf_free(&b);
    hb_rv_program_free(&p);
}

/* Every byte, one bit at a time: the digest tells. With the digest made right: refused, or a run that stays inside its memory and does as promised or not. */
static void flipped(void **state)
{
    (void)state;
    hb_rv_shard shard, got;
    hb_rv_program p = calls_program();
    hb_buf b = some_checkpoint(&p, &shard);
    uint64_t seed = 77, opened = 0, refused = 0, kept = 0;
    for (size_t at = 0; at < b.len; at += at < 1400 ? 1 : 1 + next_random(&seed) % 40) {
        uint8_t bit = (uint8_t)(1 << next_random(&seed) % 8);
        hb_rv_run *run;
        b.data[at] ^= bit;
        if (at % 16 == 0)
            assert_int_equal(open_and_free(&p, b.data, b.len, NULL), HB_INVALID_ARGUMENT);
        if (at < b.len - DIGEST) {
            seal(b.data, b.len);
            hb_status st = hb_rv_checkpoint_open(&p, b.data, b.len, &run, NULL);
            if (st == HB_OK) {
                st = hb_rv_checkpoint_replay(run, &got, NULL);
                assert_true(st == HB_OK || st == HB_INVALID_ARGUMENT);
                if (st == HB_OK) {
                    kept++;
                    assert_int_equal(hb_rv_record_check(&p, hb_rv_run_record(run), NULL), HB_OK);
                }
                opened++;
                hb_rv_run_free(run);
            } else {
                assert_true(st == HB_INVALID_ARGUMENT || st == HB_OUT_OF_MEMORY);
                refused++;
            }
        }
        b.data[at] ^= bit;
        seal(b.data, b.len);
    }
    assert_true(refused > 300 && opened > 100 && kept > 50 && opened > kept);
    assert_int_equal(open_and_free(&p, b.data, b.len, NULL), HB_OK);
    hb_buf_free(&b);
    hb_rv_program_free(&p);
}

/* A register that is changed gives another record, which its row shows. */
static void changed_state_shows(void **state)
{
    (void)state;
    hb_rv_shard shard, got;
    hb_rv_program p = calls_program();
    hb_buf b = some_checkpoint(&p, &shard);
    const size_t cells = 8 + 32 + 32 + 1 + 8 + 16 + 8 + 8 * (HB_FAM_COUNT + 3) + 4, s4 = cells + 12 * S4;
    hb_rv_run *run;
    hb_store_le64(b.data + s4, hb_load_le64(b.data + s4) ^ 1);
    seal(b.data, b.len);
    assert_int_equal(hb_rv_checkpoint_open(&p, b.data, b.len, &run, NULL), HB_OK);
    assert_int_equal(hb_rv_checkpoint_replay(run, &got, NULL), HB_OK);
    assert_int_equal(got.index, shard.index);
    bool found = false;
    for (size_t k = 0; k < got.counts.cells; k++)
        found |= got.boundary[k].hi == 0x100 && got.boundary[k].lo == S4 && got.boundary[k].v_in == hb_load_le64(b.data + s4);
    assert_true(found);
    assert_int_equal(hb_rv_checkpoint_replay(run, &got, NULL), HB_INVALID_ARGUMENT); /* once */
    assert_int_equal(hb_rv_advance(run, NULL), HB_RV_END_PAUSED);                    /* nothing is behind the shard */
    const hb_rv_cell *list;
    size_t n;
    hb_buf again = {0};
    assert_int_equal(hb_rv_run_final_cells(run, &list, &n, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_checkpoint_write(run, &again, NULL), HB_INVALID_ARGUMENT);
    assert_int_equal(hb_rv_finish(run, NULL), HB_OK);
    hb_rv_run_free(run);
    hb_buf_free(&b);
    hb_rv_program_free(&p);
}

static void of_another_program(void **state)
{
    (void)state;
    hb_rv_shard shard;
    hb_error err = {0};
    hb_rv_program p = calls_program(), other = random_rounds(1, 20, 2);
    hb_buf b = some_checkpoint(&p, &shard);
    assert_int_equal(open_and_free(&other, b.data, b.len, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "another program"));
    b.data[7]++;
    assert_int_equal(open_and_free(&p, b.data, b.len, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "version"));
    hb_buf_free(&b);
    hb_rv_program_free(&p);
    hb_rv_program_free(&other);
}

/* Promises are kept: a count that is changed so that the numbers still fit each other is noticed when the shard has run. */
static void broken_promise(void **state)
{
    (void)state;
    hb_rv_shard shard, got;
    hb_error err = {0};
    hb_rv_program p = calls_program();
    hb_buf b = some_checkpoint(&p, &shard);
    const size_t counts = 8 + 32 + 32 + 1 + 8 + 16 + 8;
    uint8_t *add = b.data + counts + 8 * HB_FAM_ADD, *addi = b.data + counts + 8 * HB_FAM_ADDI;
    hb_rv_run *run;
    hb_store_le64(add, hb_load_le64(add) + 1);
    hb_store_le64(addi, hb_load_le64(addi) - 1);
    seal(b.data, b.len);
    assert_int_equal(hb_rv_checkpoint_open(&p, b.data, b.len, &run, NULL), HB_OK);
    assert_int_equal(hb_rv_checkpoint_replay(run, &got, &err), HB_INVALID_ARGUMENT);
    assert_non_null(strstr(err.message, "does not run as it says"));
    hb_rv_run_free(run);
    hb_buf_free(&b);
    hb_rv_program_free(&p);
}

/* A checkpoint holds the pages that its shard needs, not those of the run. */
static void size_follows_the_shard(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a), spin = hb_rvasm_label(a);
    hb_rvasm_li(a, 7, 0x79000000);
    hb_rvasm_li(a, 8, PAGE);
    hb_rvasm_li(a, 6, 300);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_SD, 0, 7, 7, 0);
    hb_rvasm_op(a, HB_OP_ADD, 7, 7, 8, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 6, 0, loop);
    hb_rvasm_li(a, 6, 500);
    hb_rvasm_place(a, spin);
    hb_rvasm_op(a, HB_OP_ADDI, 6, 6, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 6, 0, spin);
    hb_rvasm_op(a, HB_OP_LD, 9, 7, 0, -8);
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    check_sharded(&p, NULL, 400, 8, true);
    plan n = make_plan(&p, NULL, 400, 8, true);
    assert_true(n.n > 3);
    assert_true(n.shards[n.n - 2].checkpoint.len < 2000);                                           /* registers only */
    assert_true(n.shards[n.n - 1].checkpoint.len > 2000 && n.shards[n.n - 1].checkpoint.len < 8500); /* one page */
    free_plan(&n);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_short),          cmocka_unit_test(flipped),        cmocka_unit_test(changed_state_shows),
        cmocka_unit_test(of_another_program), cmocka_unit_test(broken_promise), cmocka_unit_test(size_follows_the_shard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
