/* One bit anywhere: in the proof file, in the key, in what the ELF loads. Every flip is rejected, by both verifiers, and neither crashes. */
#include <stdlib.h>

#include "base/reject.h"
#include "rv/elf.h"
#include "tests/soundness/proof_case.h"

static proof_case the_case;

static int make(void **state)
{
    (void)state;
    proof_case_make(&the_case, 1, 7);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}

static void honest_proof_is_accepted(void **state)
{
    (void)state;
    assert_true(proof_case_accepts(&the_case, the_case.proof.data, the_case.proof.len, 7, NULL));
}

static void other_exit_codes_are_rejected(void **state)
{
    (void)state;
    hb_error why;
    for (uint32_t code = 0; code < 256; code++) {
        if (code == 7)
            continue;
        assert_false(proof_case_accepts_fast(&the_case, the_case.proof.data, the_case.proof.len, code, &why));
        assert_int_equal(why.reason, HB_R_EXIT_CODE);
    }
}

/* 10,000 random ones; HB_PROOF_FLIPS=N says how many, HB_PROOF_FLIPS=all takes every bit of the file. */
static void flipped_bits_are_rejected(void **state)
{
    (void)state;
    const char *wanted = getenv("HB_PROOF_FLIPS");
    const bool all = wanted && strcmp(wanted, "all") == 0;
    const size_t bits = 8 * the_case.proof.len, flips = all ? bits : wanted ? strtoull(wanted, NULL, 10) : 10000;
    hb_test_rng rng = proof_case_rng(20261125);
    uint8_t *p = the_case.proof.data;
    for (size_t i = 0; i < flips; i++) {
        const size_t bit = all ? i : (size_t)hb_test_below(&rng, bits);
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const bool both = i % (all ? 1000 : 50) == 0;
        const bool yes = both ? proof_case_accepts(&the_case, p, the_case.proof.len, 7, NULL) : proof_case_accepts_fast(&the_case, p, the_case.proof.len, 7, NULL);
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (yes)
            fail_msg("bit %zu of the proof flipped: accepted", bit);
    }
}

/* The head of the file (statement, program part, heights, public bytes), bit by bit. */
static void every_bit_of_the_head_matters(void **state)
{
    (void)state;
    uint8_t *p = the_case.proof.data;
    hb_proof_view view;
    assert_int_equal(hb_proof_parse(p, the_case.proof.len, &view, NULL), HB_OK);
    const size_t head = (size_t)(view.words - p);
    for (size_t bit = 0; bit < 8 * head; bit++) {
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const bool yes = proof_case_accepts_fast(&the_case, p, the_case.proof.len, 7, NULL);
        p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (yes)
            fail_msg("bit %zu of the head flipped: accepted", bit);
    }
}

static void truncations_and_extensions_are_rejected(void **state)
{
    (void)state;
    hb_buf longer = {0};
    hb_test_rng rng = {7};
    for (size_t n = 0; n < 600; n++)
        assert_false(proof_case_accepts_fast(&the_case, the_case.proof.data, n, 7, NULL));
    for (int i = 0; i < 400; i++)
        assert_false(proof_case_accepts(&the_case, the_case.proof.data, (size_t)hb_test_below(&rng, the_case.proof.len), 7, NULL));
    assert_int_equal(hb_buf_append(&longer, the_case.proof.data, the_case.proof.len), HB_OK);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(hb_buf_append(&longer, "", 1), HB_OK);
        assert_false(proof_case_accepts(&the_case, longer.data, longer.len, 7, NULL));
    }
    hb_buf_free(&longer);
}

static void flipped_keys_are_rejected(void **state)
{
    (void)state;
    hb_error why;
    for (int bit = 0; bit < 256; bit++) {
        the_case.key.vkey[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const bool yes = proof_case_accepts(&the_case, the_case.proof.data, the_case.proof.len, 7, &why);
        the_case.key.vkey[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(yes);
        assert_int_equal(why.reason, HB_R_WRONG_KEY);
    }
}

/* Bytes of an ELF64 file whose change must change the key: the entry; flags, offset, address and sizes of what is loaded; and its contents. */
static bool loads(const uint8_t *elf, size_t len, size_t at)
{
    const size_t phoff = (size_t)elf[32] | (size_t)elf[33] << 8, n = (size_t)elf[56] | (size_t)elf[57] << 8;
    if (at >= 24 && at < 32) /* entry */
        return true;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *h = elf + phoff + 56 * i;
        uint64_t offset, filesz;
        memcpy(&offset, h + 8, 8);
        memcpy(&filesz, h + 32, 8);
        const size_t field = at - (size_t)(h - elf); /* p_flags, p_offset, p_vaddr; p_filesz, p_memsz */
        if (h[0] == 1 && at >= (size_t)(h - elf) && ((field >= 4 && field < 24) || (field >= 32 && field < 48)))
            return true;
        if (h[0] == 1 && at >= offset && at < offset + filesz && at < len)
            return true;
    }
    return false;
}

static void bytes_of_the_elf_change_the_key(void **state)
{
    (void)state;
    hb_test_rng rng = {99};
    unsigned changed = 0, refused = 0;
    for (int i = 0; i < 150; i++) {
        size_t at;
        do
            at = (size_t)hb_test_below(&rng, the_case.elf.len);
        while (!loads(the_case.elf.data, the_case.elf.len, at));
        const uint8_t bit = (uint8_t)(1u << hb_test_below(&rng, 8));
        the_case.elf.data[at] ^= bit;
        hb_rv_program program;
        hb_error err = {0};
        const hb_status st = hb_rv_elf_load(&program, the_case.elf.data, the_case.elf.len, &err);
        the_case.elf.data[at] ^= bit;
        if (st != HB_OK) {
            refused++;
            continue;
        }
        static hb_machine_key key;
        assert_int_equal(hb_machine_key_init(&key, &program, NULL, &err), HB_OK);
        if (memcmp(key.vkey, the_case.key.vkey, 32) == 0)
            fail_msg("byte %zu of the ELF file changed, the key did not", at);
        hb_machine_key_free(&key);
        hb_rv_program_free(&program);
        changed++;
    }
    assert_true(changed > 100);
    print_message("%u changes of the ELF file change the key, %u are refused by the loader\n", changed, refused);
}

/* The key of the same ELF file is the same whatever lies beside what it loads. */
static void bytes_beside_the_image_do_not_change_the_key(void **state)
{
    (void)state;
    hb_buf elf = {0};
    hb_rv_program program;
    hb_error err = {0};
    assert_int_equal(hb_buf_append(&elf, the_case.elf.data, the_case.elf.len), HB_OK);
    assert_int_equal(hb_buf_append(&elf, "a comment behind everything", 27), HB_OK);
    elf.data[8] ^= 1; /* ABI version: padding */
    if (hb_rv_elf_load(&program, elf.data, elf.len, &err) != HB_OK)
        fail_msg("%s", err.message);
    static hb_machine_key key;
    assert_int_equal(hb_machine_key_init(&key, &program, the_case.pool, &err), HB_OK);
    assert_memory_equal(key.vkey, the_case.key.vkey, 32);
    hb_machine_key_free(&key);
    hb_rv_program_free(&program);
    hb_buf_free(&elf);
}

static void proofs_do_not_depend_on_threads(void **state)
{
    (void)state;
    const hb_rv_report *report = hb_rv_run_report(the_case.run);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        hb_pool *pool = hb_pool_create(threads);
        hb_buf again = {0};
        hb_error err = {0};
        assert_int_equal(hb_machine_prove(&the_case.key, hb_rv_run_record(the_case.run), report->public_values.data, report->public_values.len, pool, NULL, &again, NULL, &err),
                         HB_OK);
        assert_int_equal(again.len, the_case.proof.len);
        assert_memory_equal(again.data, the_case.proof.data, again.len);
        hb_buf_free(&again);
        hb_pool_destroy(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_proof_is_accepted),
        cmocka_unit_test(other_exit_codes_are_rejected),
        cmocka_unit_test(flipped_bits_are_rejected),
        cmocka_unit_test(every_bit_of_the_head_matters),
        cmocka_unit_test(truncations_and_extensions_are_rejected),
        cmocka_unit_test(flipped_keys_are_rejected),
        cmocka_unit_test(bytes_of_the_elf_change_the_key),
        cmocka_unit_test(bytes_beside_the_image_do_not_change_the_key),
        cmocka_unit_test(proofs_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
