/* The tree against the plain oracle: random batches, colliding prefixes, proofs of every kind and forged ones, updates by proof alone. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/reject.h"
#include "hash/blake3.h"
#include "ledger/state_proof.h"
#include "ref/ref_ledger.h"
#include "tests/ledger/memory_source.h"

enum { KEYS_MAX = 64 };

/* Keys with long common prefixes are frequent. */
static void random_key(hb_test_rng *rng, uint8_t key[32])
{
    static const unsigned same[] = {0, 0, 0, 1, 2, 4, 31};
    hb_test_bytes(rng, key, 32);
    memset(key, 0x5a, same[hb_test_below(rng, sizeof same / sizeof *same)]);
    if (hb_test_below(rng, 4) == 0)
        key[31] = (uint8_t)hb_test_below(rng, 4);
}

static memory_op random_op(hb_test_rng *rng, const memory_tree *t, unsigned deletes)
{
    memory_op op = {.put = hb_test_below(rng, 8) >= deletes};
    if (t->n_map && hb_test_below(rng, 2))
        memcpy(op.entry.key, t->map[hb_test_below(rng, t->n_map)].key, 32);
    else
        random_key(rng, op.entry.key);
    op.entry.value_bytes = hb_test_below(rng, MEMORY_VALUE_MAX + 1);
    hb_test_bytes(rng, op.entry.value, op.entry.value_bytes);
    return op;
}

/* n operations with different keys (fewer when keys repeat). */
static size_t random_batch(hb_test_rng *rng, const memory_tree *t, memory_op *ops, size_t n, unsigned deletes)
{
    size_t made = 0;
    for (size_t i = 0; i < n; i++) {
        ops[made] = random_op(rng, t, deletes);
        bool repeated = false;
        for (size_t k = 0; k < made; k++)
            repeated = repeated || memcmp(ops[k].entry.key, ops[made].entry.key, 32) == 0;
        made += !repeated;
    }
    return made;
}

static void assert_root(const memory_tree *t)
{
    uint8_t root[32];
    memory_tree_oracle(t, root);
    assert_memory_equal(root, t->root.hash, 32);
}

static hb_status count_leaf(void *ctx, const hb_tree_leaf *leaf, hb_error *err)
{
    (void)leaf, (void)err;
    ++*(size_t *)ctx;
    return HB_OK;
}

static void constants(void **state)
{
    (void)state;
    uint8_t a[32], b[32], mine[32], plain[32];
    hb_test_rng rng = {7};
    for (int i = 0; i < 20; i++) {
        hb_test_bytes(&rng, a, 32);
        hb_test_bytes(&rng, b, 32);
        hb_ledger_hash_leaf(mine, a, b);
        ref_ledger_hash("hauptbuch ledger leaf", a, b, plain);
        assert_memory_equal(mine, plain, 32);
        hb_ledger_hash_node(mine, a, b);
        ref_ledger_hash("hauptbuch ledger node", a, b, plain);
        assert_memory_equal(mine, plain, 32);
    }
}

static void batches_agree_with_the_oracle(void **state)
{
    (void)state;
    memory_op ops[KEYS_MAX];
    for (uint64_t seed = 1; seed <= 40; seed++) {
        hb_test_rng rng = {seed};
        memory_tree t;
        memory_tree_init(&t);
        for (int round = 0; round < 25; round++) {
            const unsigned deletes = round % 5 == 4 ? 7 : 3;
            memory_tree_apply(&t, ops, random_batch(&rng, &t, ops, hb_test_below(&rng, KEYS_MAX), deletes), seed & 1);
            assert_root(&t);
            size_t n = 0;
            assert_int_equal(hb_tree_each(&t.source, &t.root, count_leaf, &n, NULL), HB_OK);
            assert_int_equal(n, t.n_map);
        }
        memory_tree_free(&t);
    }
}

/* Everything is deleted again: the empty root, and with stale records dropped nothing is left behind. */
static void down_to_nothing(void **state)
{
    (void)state;
    hb_test_rng rng = {5};
    memory_tree t;
    memory_op ops[KEYS_MAX];
    memory_tree_init(&t);
    for (int i = 0; i < 5; i++)
        memory_tree_apply(&t, ops, random_batch(&rng, &t, ops, KEYS_MAX, 0), true);
    while (t.n_map) {
        const size_t n = t.n_map < 17 ? t.n_map : 17;
        for (size_t i = 0; i < n; i++) {
            ops[i] = (memory_op){.put = false};
            memcpy(ops[i].entry.key, t.map[i * (t.n_map / n)].key, 32);
        }
        memory_tree_apply(&t, ops, n, true);
        assert_root(&t);
    }
    assert_true(hb_ledger_is_empty(t.root.hash));
    assert_int_equal(t.n_records, 0);
    memory_tree_free(&t);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    hb_test_rng rng = {11};
    memory_tree a, b;
    memory_op ops[KEYS_MAX], one;
    memory_tree_init(&a);
    memory_tree_init(&b);
    const size_t n = random_batch(&rng, &a, ops, KEYS_MAX, 0);
    memory_tree_apply(&a, ops, n, true);
    for (size_t i = n; i-- > 0;) {
        one = ops[i];
        memory_tree_apply(&b, &one, 1, true);
    }
    assert_memory_equal(a.root.hash, b.root.hash, 32);
    memory_tree_free(&a);
    memory_tree_free(&b);
}

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

/* Some keys that are there and some that are not, sorted, distinct. */
static size_t pick_keys(hb_test_rng *rng, const memory_tree *t, uint8_t keys[][32], size_t want)
{
    size_t n = 0, made = 0;
    for (; n < want; n++)
        if (t->n_map && hb_test_below(rng, 3))
            memcpy(keys[n], t->map[hb_test_below(rng, t->n_map)].key, 32);
        else
            random_key(rng, keys[n]);
    qsort(keys, n, 32, by_key);
    for (size_t i = 0; i < n; i++)
        if (made == 0 || memcmp(keys[made - 1], keys[i], 32) != 0)
            memmove(keys[made++], keys[i], 32);
    return made;
}

static void make_proof(memory_tree *t, uint8_t keys[][32], size_t n, hb_buf *proof, hb_state_cell *cells)
{
    hb_error err = {0};
    proof->len = 0;
    if (hb_tree_prove(&t->source, &t->root, (const uint8_t(*)[32])keys, n, proof, &err) != HB_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < n; i++)
        memcpy(cells[i].key, keys[i], 32);
}

static void assert_facts(const memory_tree *t, const hb_state_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const memory_entry *e = memory_tree_find(t, cells[i].key);
        uint8_t hash[32] = {0};
        if (e)
            hb_blake3_hash(hash, e->value, e->value_bytes);
        assert_int_equal(cells[i].before_present, e != NULL);
        assert_memory_equal(cells[i].before_hash, hash, 32);
    }
}

/* The root that the proof computes for random new values is the one that the tree and the oracle reach. */
static void assert_update(hb_test_rng *rng, memory_tree *t, const hb_buf *proof, hb_state_cell *cells, size_t n)
{
    memory_op ops[KEYS_MAX];
    uint8_t before[32], after[32];
    const unsigned deletes = (unsigned)hb_test_below(rng, 9);
    for (size_t i = 0; i < n; i++) {
        const memory_entry *e = memory_tree_find(t, cells[i].key);
        ops[i] = (memory_op){.put = hb_test_below(rng, 8) >= deletes};
        ops[i].entry.value_bytes = 5;
        hb_test_bytes(rng, ops[i].entry.value, 5);
        if (e && hb_test_below(rng, 4) == 0) { /* as it was */
            ops[i].put = true;
            ops[i].entry = *e;
        }
        memcpy(ops[i].entry.key, cells[i].key, 32);
        cells[i].after_present = ops[i].put;
        memset(cells[i].after_hash, 0, 32);
        if (ops[i].put)
            hb_blake3_hash(cells[i].after_hash, ops[i].entry.value, ops[i].entry.value_bytes);
    }
    assert_int_equal(hb_state_proof_update(proof->data, proof->len, cells, n, before, after, NULL), HB_OK);
    assert_memory_equal(before, t->root.hash, 32);
    memory_tree_apply(t, ops, n, true);
    assert_root(t);
    assert_memory_equal(after, t->root.hash, 32);
}

static void proofs_and_updates(void **state)
{
    (void)state;
    uint8_t keys[KEYS_MAX][32];
    hb_state_cell cells[KEYS_MAX];
    memory_op ops[KEYS_MAX];
    hb_buf proof = {0};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        hb_test_rng rng = {seed * 77};
        memory_tree t;
        memory_tree_init(&t);
        for (int round = 0; round < 25; round++) {
            if (round % 4 == 0)
                memory_tree_apply(&t, ops, random_batch(&rng, &t, ops, hb_test_below(&rng, seed % 3 ? KEYS_MAX : 5), 2), true);
            const size_t n = pick_keys(&rng, &t, keys, 1 + hb_test_below(&rng, round & 1 ? 3 : KEYS_MAX - 1));
            make_proof(&t, keys, n, &proof, cells);
            assert_int_equal(hb_state_proof_read(proof.data, proof.len, cells, n, t.root.hash, NULL), HB_OK);
            assert_facts(&t, cells, n);
            assert_update(&rng, &t, &proof, cells, n);
        }
        memory_tree_free(&t);
    }
    hb_buf_free(&proof);
}

/* No change to the bytes of a proof is accepted for the same root and keys; each reason occurs. */
static void changed_proofs_are_rejected(void **state)
{
    (void)state;
    hb_test_rng rng = {3};
    memory_tree t;
    memory_op ops[KEYS_MAX];
    uint8_t keys[8][32];
    hb_state_cell cells[8];
    hb_buf proof = {0};
    unsigned seen[HB_R_COUNT] = {0};
    hb_error err;
    memory_tree_init(&t);
    memory_tree_apply(&t, ops, random_batch(&rng, &t, ops, KEYS_MAX, 0), true);
    for (int round = 0; round < 60; round++) {
        const size_t n = pick_keys(&rng, &t, keys, 1 + hb_test_below(&rng, 7));
        make_proof(&t, keys, n, &proof, cells);
        for (size_t cut = 0; cut < proof.len; cut += 1 + hb_test_below(&rng, 9)) {
            assert_int_equal(hb_state_proof_read(proof.data, cut, cells, n, t.root.hash, &err), HB_REJECTED);
            seen[err.reason]++;
        }
        for (int i = 0; i < 60; i++) {
            const size_t at = hb_test_below(&rng, proof.len);
            const uint8_t flip = (uint8_t)(i & 1 ? 1 + hb_test_below(&rng, 4) : 1u << hb_test_below(&rng, 8));
            proof.data[at] ^= flip;
            assert_int_equal(hb_state_proof_read(proof.data, proof.len, cells, n, t.root.hash, &err), HB_REJECTED);
            seen[err.reason]++;
            proof.data[at] ^= flip;
        }
        hb_buf_append_u8(&proof, 0);
        assert_int_equal(hb_state_proof_read(proof.data, proof.len, cells, n, t.root.hash, &err), HB_REJECTED);
        seen[err.reason]++;
        proof.len--;
        hb_state_cell swap = cells[0];
        cells[0] = cells[n - 1];
        cells[n - 1] = swap;
        assert_int_equal(hb_state_proof_read(proof.data, proof.len, cells, n, t.root.hash, &err), n > 1 ? HB_REJECTED : HB_OK);
        seen[n > 1 ? err.reason : HB_R_NONE]++;
    }
    assert_int_equal(hb_state_proof_read(proof.data, proof.len, cells, 0, t.root.hash, &err), HB_REJECTED);
    const unsigned expected[] = {HB_R_TRUNCATED, HB_R_TRAILING_BYTES, HB_R_BAD_MAGIC, HB_R_STATE_KEYS, HB_R_STATE_SHAPE, HB_R_STATE_ROOT};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(seen[expected[i]]);
    hb_buf_free(&proof);
    memory_tree_free(&t);
}

/* The same tree written in ways that hash to the same root but are not the one way. */
static void other_shapes_are_rejected(void **state)
{
    (void)state;
    uint8_t keys[1][32] = {{0}}, root[32], other[32] = {0x80}, leaf[2][32], value[32] = {1};
    hb_state_cell cell = {0};
    hb_error err;
    hb_ledger_hash_leaf(leaf[0], keys[0], value);
    hb_ledger_hash_leaf(leaf[1], other, value);
    hb_ledger_hash_node(root, leaf[0], leaf[1]);
    /* {key 0..., key 80...}: the sibling must be shown, as key 0... may be deleted. */
    hb_buf good = {0}, bad = {0};
    hb_buf_append(&good, HB_STATE_PROOF_MAGIC "\2\1", 10);
    hb_buf_append(&good, keys[0], 32);
    hb_buf_append(&good, value, 32);
    hb_buf_append(&bad, good.data, good.len);
    hb_buf_append(&good, "\1", 1);
    hb_buf_append(&good, other, 32);
    hb_buf_append(&good, value, 32);
    hb_buf_append(&bad, "\3", 1);
    hb_buf_append(&bad, leaf[1], 32);
    assert_int_equal(hb_state_proof_read(good.data, good.len, &cell, 1, root, &err), HB_OK);
    assert_int_equal(hb_state_proof_read(bad.data, bad.len, &cell, 1, root, &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_SHAPE);
    /* A lone leaf below an inner node, and an inner node over nothing. */
    bad.len = 8 + 2 + 64;
    hb_buf_append(&bad, "\0", 1);
    assert_int_equal(hb_state_proof_read(bad.data, bad.len, &cell, 1, leaf[0], &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_SHAPE);
    assert_int_equal(hb_state_proof_read((const uint8_t *)HB_STATE_PROOF_MAGIC "\2\0\0", 11, &cell, 1, leaf[0], &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_SHAPE);
    /* An absent key beside a subtree of which nothing is known, where that hash is zero. */
    uint8_t zero[8 + 3 + 32] = HB_STATE_PROOF_MAGIC "\2\0\3";
    assert_int_equal(hb_state_proof_read(zero, sizeof zero, &cell, 1, leaf[0], &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_SHAPE);
    /* A leaf that does not belong here: key 80... on the way to key 0.... */
    uint8_t stray[8 + 2 + 64 + 1 + 32] = HB_STATE_PROOF_MAGIC "\2\1\x80";
    assert_int_equal(hb_state_proof_read(stray, sizeof stray, &cell, 1, leaf[0], &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_SHAPE);
    /* Deeper than a key has bits. */
    uint8_t deep[8 + 300];
    memset(deep, 2, sizeof deep);
    memcpy(deep, HB_STATE_PROOF_MAGIC, 8);
    assert_int_equal(hb_state_proof_read(deep, sizeof deep, &cell, 1, leaf[0], &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_SHAPE);
    hb_buf_free(&good);
    hb_buf_free(&bad);
}

static void values_are_compared(void **state)
{
    (void)state;
    memory_tree t;
    memory_op ops[2] = {{.put = true, .entry = {.key = {1}, .value = "one", .value_bytes = 3}}, {.put = true, .entry = {.key = {2}, .value_bytes = 0}}};
    uint8_t key[32] = {1}, keys[1][32] = {{1}}, absent[32] = {3};
    hb_state_cell cell;
    hb_buf proof = {0};
    hb_error err;
    memory_tree_init(&t);
    memory_tree_apply(&t, ops, 2, true);
    make_proof(&t, keys, 1, &proof, &cell);
    assert_int_equal(hb_verify_merkle_proof(proof.data, proof.len, t.root.hash, key, "one", 3, &err), HB_OK);
    assert_int_equal(hb_verify_merkle_proof(proof.data, proof.len, t.root.hash, key, "two", 3, &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_VALUE);
    assert_int_equal(hb_verify_merkle_proof(proof.data, proof.len, t.root.hash, key, NULL, 0, &err), HB_REJECTED);
    assert_int_equal(err.reason, HB_R_STATE_VALUE);
    memcpy(keys[0], absent, 32);
    make_proof(&t, keys, 1, &proof, &cell);
    assert_int_equal(hb_verify_merkle_proof(proof.data, proof.len, t.root.hash, absent, NULL, 0, &err), HB_OK);
    assert_int_equal(hb_verify_merkle_proof(proof.data, proof.len, t.root.hash, absent, "", 0, &err), HB_REJECTED); /* empty is not absent */
    assert_int_equal(err.reason, HB_R_STATE_VALUE);
    assert_int_equal(hb_verify_merkle_proof(proof.data, proof.len, t.root.hash, key, "one", 3, &err), HB_REJECTED);
    hb_buf_free(&proof);
    memory_tree_free(&t);
}

/* A record changed behind the tree's back is an error, not an answer. */
static void damage_is_seen(void **state)
{
    (void)state;
    hb_test_rng rng = {21};
    memory_tree t;
    memory_op ops[KEYS_MAX];
    memory_tree_init(&t);
    memory_tree_apply(&t, ops, random_batch(&rng, &t, ops, KEYS_MAX, 0), true);
    for (size_t i = 0; i < t.n_records; i++) {
        memory_record *r = &t.records[i];
        uint8_t *byte = &r->data[hb_test_below(&rng, r->bytes)];
        size_t n = 0;
        *byte ^= 1;
        assert_int_equal(hb_tree_each(&t.source, &t.root, count_leaf, &n, NULL), HB_IO);
        for (size_t k = 0; k < t.n_map; k++) {
            bool present;
            hb_tree_leaf leaf;
            if (hb_tree_get(&t.source, &t.root, t.map[k].key, &present, &leaf, NULL) == HB_OK) {
                assert_true(present && leaf.value_bytes == t.map[k].value_bytes);
                assert_memory_equal(leaf.value, t.map[k].value, leaf.value_bytes);
            }
        }
        *byte ^= 1;
    }
    memory_tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants),
        cmocka_unit_test(batches_agree_with_the_oracle),
        cmocka_unit_test(down_to_nothing),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(proofs_and_updates),
        cmocka_unit_test(changed_proofs_are_rejected),
        cmocka_unit_test(other_shapes_are_rejected),
        cmocka_unit_test(values_are_compared),
        cmocka_unit_test(damage_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
