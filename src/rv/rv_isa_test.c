/* The one table: shape, decoder against an independent reading of the encodings, encoder as its inverse, texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rv/isa.h"

static uint64_t rng = 88172645463325252u;

static uint32_t random_word(void)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return (uint32_t)(rng >> 16);
}

static void table_is_sorted_and_disjoint(void **state)
{
    (void)state;
    for (unsigned op = 1; op < HB_OP_COUNT; op++) {
        const hb_isa_row *r = &hb_isa_table[op];
        assert_non_null(r->mnemonic);
        assert_int_equal(r->match & ~r->mask, 0);
        assert_int_equal(r->match & 3, 3);
        if (op > 1)
            assert_true((hb_isa_table[op - 1].match & 0x7f) <= (r->match & 0x7f));
        for (unsigned other = op + 1; other < HB_OP_COUNT; other++) {
            assert_true((r->match ^ hb_isa_table[other].match) & r->mask & hb_isa_table[other].mask);
            assert_string_not_equal(r->mnemonic, hb_isa_table[other].mnemonic);
        }
    }
}

/* The decoder's short cut by major opcode finds exactly what a search of the whole table finds. */
static void decoder_equals_search(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 2000000; n++) {
        uint32_t w = random_word();
        if (n & 1)
            w |= 3;
        if ((n & 6) == 6)
            w = (w & 0x01ff8f80) | hb_isa_table[1 + n % (HB_OP_COUNT - 1)].match;
        unsigned found = HB_OP_INVALID;
        for (unsigned op = 1; op < HB_OP_COUNT; op++)
            if ((w & hb_isa_table[op].mask) == hb_isa_table[op].match)
                found = op;
        assert_int_equal(hb_isa_decode(w).op, found);
    }
}

static void decode_of_encode_is_identity(void **state)
{
    (void)state;
    for (unsigned op = 1; op < HB_OP_COUNT; op++)
        for (unsigned n = 0; n < 2000; n++) {
            uint32_t w = (random_word() & ~hb_isa_table[op].mask) | hb_isa_table[op].match, again;
            hb_isa_insn i = hb_isa_decode(w), j;
            assert_int_equal(i.op, op);
            assert_true(hb_isa_encode(&i, &again));
            if (op != HB_OP_FENCE)
                assert_int_equal(again, w);
            j = hb_isa_decode(again);
            assert_memory_equal(&i, &j, sizeof i);
        }
}

static void encoder_refuses_what_does_not_fit(void **state)
{
    (void)state;
    static const hb_isa_insn bad[] = {
        {HB_OP_INVALID, 0, 0, 0, 0},     {HB_OP_ADDI, 32, 0, 0, 0},       {HB_OP_ADD, 0, 32, 0, 0},
        {HB_OP_ADD, 0, 0, 32, 0},        {HB_OP_ADDI, 1, 1, 0, 2048},     {HB_OP_ADDI, 1, 1, 0, -2049},
        {HB_OP_SLLI, 1, 1, 0, 64},       {HB_OP_SLLI, 1, 1, 0, -1},       {HB_OP_SLLIW, 1, 1, 0, 32},
        {HB_OP_BEQ, 0, 1, 1, 4096},      {HB_OP_BEQ, 0, 1, 1, 3},         {HB_OP_JAL, 1, 0, 0, 1 << 20},
        {HB_OP_JAL, 1, 0, 0, 1},         {HB_OP_LUI, 1, 0, 0, 0x1800},    {HB_OP_LUI, 1, 0, 0, INT64_C(0x80000000)},
        {HB_OP_SD, 0, 1, 1, 2048},       {HB_OP_COUNT, 0, 0, 0, 0},
    };
    uint32_t w = 77;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        assert_false(hb_isa_encode(&bad[k], &w));
    assert_int_equal(w, 77);
}

static void fences_and_hints_are_known(void **state)
{
    (void)state;
    assert_int_equal(hb_isa_decode(0x0ff0000f).op, HB_OP_FENCE); /* fence */
    assert_int_equal(hb_isa_decode(0x8330000f).op, HB_OP_FENCE); /* fence.tso */
    assert_int_equal(hb_isa_decode(0x0100000f).op, HB_OP_FENCE); /* pause */
    assert_int_equal(hb_isa_decode(0xfff08f8f).op, HB_OP_FENCE); /* reserved fm, rd, rs1 */
    assert_int_equal(hb_isa_decode(0xfff08f8f).rd, 0);
    assert_int_equal(hb_isa_decode(0x0000100f).op, HB_OP_INVALID); /* fence.i is Zifencei */
    assert_int_equal(hb_isa_decode(0xc0001073).op, HB_OP_INVALID); /* unimp = csrrw x0, cycle, x0 */
    assert_int_equal(hb_isa_decode(0xc00025f3).op, HB_OP_INVALID); /* rdcycle */
    assert_int_equal(hb_isa_decode(0).op, HB_OP_INVALID);
    assert_int_equal(hb_isa_decode(UINT32_MAX).op, HB_OP_INVALID);
    assert_int_equal(hb_isa_decode(0x00001013).op, HB_OP_SLLI);    /* slli x0, x0, 0: a HINT */
    assert_int_equal(hb_isa_decode(0x0200101b).op, HB_OP_INVALID); /* slliw with amount bit 5 */
    assert_int_equal(hb_isa_decode(0x00200073).op, HB_OP_INVALID); /* uret */
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        uint64_t pc;
        uint32_t word;
        const char *text;
    } cases[] = {
        {0, 0xff010113, "addi sp, sp, -16"},   {0, 0x00813083, "ld ra, 8(sp)"},
        {0, 0x00113423, "sd ra, 8(sp)"},       {0x1000, 0xfe0516e3, "bne a0, zero, 0xfec"},
        {0x78000000, 0x008000ef, "jal ra, 0x78000008"}, {0, 0x00008067, "jalr zero, 0(ra)"},
        {0, 0xfffff537, "lui a0, 0xfffff"},    {0, 0x43f55513, "srai a0, a0, 63"},
        {0, 0x02c5b533, "mulhu a0, a1, a2"},   {0, 0x00000073, "ecall"},
        {0, 0xc0001073, ".word 0xc0001073"},   {0, 0x0ff0000f, "fence"},
        {0, 0x8000051b, "addiw a0, zero, -2048"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char out[64], cut[5];
        size_t n = hb_isa_print(out, sizeof out, cases[k].pc, cases[k].word);
        assert_string_equal(out, cases[k].text);
        assert_int_equal(n, strlen(cases[k].text));
        assert_int_equal(hb_isa_print(cut, sizeof cut, cases[k].pc, cases[k].word), n);
        assert_memory_equal(cut, cases[k].text, 4);
        assert_int_equal(cut[4], 0);
    }
    assert_string_equal(hb_isa_register_name(8), "s0");
    assert_string_equal(hb_isa_register_name(32), "sink");
    assert_string_equal(hb_isa_register_name(33), "?");
}

static void access_widths(void **state)
{
    (void)state;
    assert_int_equal(hb_isa_access_bytes(HB_OP_LB), 1);
    assert_int_equal(hb_isa_access_bytes(HB_OP_LHU), 2);
    assert_int_equal(hb_isa_access_bytes(HB_OP_LWU), 4);
    assert_int_equal(hb_isa_access_bytes(HB_OP_SD), 8);
    assert_int_equal(hb_isa_access_bytes(HB_OP_ADDI), 0);
    assert_int_equal(hb_isa_access_bytes(HB_OP_INVALID), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sorted_and_disjoint), cmocka_unit_test(decoder_equals_search),
        cmocka_unit_test(decode_of_encode_is_identity), cmocka_unit_test(encoder_refuses_what_does_not_fit),
        cmocka_unit_test(fences_and_hints_are_known),   cmocka_unit_test(texts),
        cmocka_unit_test(access_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
