/* Every instruction on edge operands, with aliased registers, against the second semantics (rvref.h); division, shift and multiplication edges against values
 * from the manual. */
#include "rv/rv_test_util.h"

static const uint64_t edges[] = {
    0,
    1,
    2,
    UINT64_MAX,
    UINT64_C(1) << 63,
    INT64_MAX,
    UINT64_C(1) << 31,
    UINT64_C(0x7fffffff),
    UINT64_C(0xffffffff),
    UINT64_C(1) << 32,
    UINT64_C(0x5555555555555555),
    UINT64_C(0xaaaaaaaaaaaaaaaa),
    UINT64_C(0xffffffff80000000),
    UINT64_C(0xdeadbeef80000000),
    UINT64_C(0xdeadbeef00000000),
    UINT64_C(0x80000001),
    UINT64_C(4000000001),
    31,
    32,
    63,
    64,
    UINT64_C(0x123456789abcdef0),
};
enum { EDGES = sizeof edges / sizeof *edges };
static const int64_t imms[] = {0, 1, -1, 2, 2047, -2048, 0x555, -0x556, 31, 32, 63};
enum { IMMS = sizeof imms / sizeof *imms };

enum { BASE = 3, S1 = 8, S2 = 9, D = 18 };

/* What the reference makes of one word: register 32 in, the destination's value out. */
static uint64_t reference(uint32_t word, unsigned rs1, uint64_t a, unsigned rs2, uint64_t b, unsigned rd)
{
    rvref m = {.pc = 0x78000000, .get = no_get, .set = no_set};
    m.x[rs1] = a;
    m.x[rs2] = b;
    m.x[0] = 0;
    assert_true(rvref_step(&m, word));
    return m.x[rd];
}

typedef struct expectation {
    uint64_t *value;
    size_t n;
} expectation;

/* li rs1, a; li rs2, b; op; sd rd, 0(base); base += 8. */
static void emit_case(hb_rvasm *a, hb_op op, unsigned rd, unsigned rs1, uint64_t va, unsigned rs2, uint64_t vb, int64_t imm, expectation *e)
{
    hb_isa_insn i = {op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    uint32_t word;
    assert_true(hb_isa_encode(&i, &word));
    hb_rvasm_li(a, rs1, va);
    if (hb_isa_reads_rs2(op) && rs2 != rs1)
        hb_rvasm_li(a, rs2, vb);
    if (rs2 == rs1)
        vb = va;
    hb_rvasm_word(a, word);
    hb_rvasm_op(a, HB_OP_SD, 0, BASE, rd, 0);
    hb_rvasm_op(a, HB_OP_ADDI, BASE, BASE, 0, 8);
    e->value = realloc(e->value, (e->n + 1) * sizeof *e->value);
    assert_non_null(e->value);
    e->value[e->n++] = reference(word, rs1, va, hb_isa_reads_rs2(op) ? rs2 : 0, vb, rd);
}

static void finish_and_compare(hb_rvasm *a, hb_op op, expectation *e)
{
    a->bss = 8 * e->n;
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    for (size_t k = 0; k < e->n; k++)
        if (word_at(run, HB_RVASM_DATA + 8 * k) != e->value[k])
            fail_msg("%s, case %zu: 0x%llx, reference 0x%llx", hb_isa_table[op].mnemonic, k, (unsigned long long)word_at(run, HB_RVASM_DATA + 8 * k),
                     (unsigned long long)e->value[k]);
    check_events_by_reference(&p, hb_rv_run_record(run));
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
    free(e->value);
}

static void register_operations(void **state)
{
    (void)state;
    for (int n = 1; n < HB_OP_COUNT; n++) {
        hb_op op = (hb_op)n;
        if (hb_isa_table[op].format != HB_FMT_R)
            continue;
        hb_rvasm *a = new_asm();
        expectation e = {0};
        hb_rvasm_li(a, BASE, HB_RVASM_DATA);
        for (int i = 0; i < EDGES; i++)
            for (int j = 0; j < EDGES; j++) {
                emit_case(a, op, D, S1, edges[i], S2, edges[j], 0, &e);
                if ((i + j) % 4 == 0) {
                    emit_case(a, op, S1, S1, edges[i], S2, edges[j], 0, &e);
                    emit_case(a, op, S2, S1, edges[i], S2, edges[j], 0, &e);
                    emit_case(a, op, 0, S1, edges[i], S2, edges[j], 0, &e);
                }
            }
        for (int i = 0; i < EDGES; i++) {
            emit_case(a, op, D, S1, edges[i], S1, 0, 0, &e);
            emit_case(a, op, S1, S1, edges[i], S1, 0, 0, &e);
            emit_case(a, op, 0, S1, edges[i], S1, 0, 0, &e);
            emit_case(a, op, D, 0, 0, S2, edges[i], 0, &e);
            emit_case(a, op, D, S1, edges[i], 0, 0, 0, &e);
        }
        emit_case(a, op, 0, 0, 0, 0, 0, 0, &e);
        finish_and_compare(a, op, &e);
    }
}

static void immediate_operations(void **state)
{
    (void)state;
    for (int n = 1; n < HB_OP_COUNT; n++) {
        hb_op op = (hb_op)n;
        hb_isa_format f = hb_isa_table[op].format;
        if (f != HB_FMT_I && f != HB_FMT_SH6 && f != HB_FMT_SH5)
            continue;
        hb_rvasm *a = new_asm();
        expectation e = {0};
        hb_rvasm_li(a, BASE, HB_RVASM_DATA);
        for (int i = 0; i < EDGES; i++)
            for (int j = 0; j < (f == HB_FMT_I ? IMMS : f == HB_FMT_SH6 ? 64 : 32); j++) {
                int64_t imm = f == HB_FMT_I ? imms[j] : j;
                emit_case(a, op, D, S1, edges[i], 0, 0, imm, &e);
                if (j % 4 == 0) {
                    emit_case(a, op, S1, S1, edges[i], 0, 0, imm, &e);
                    emit_case(a, op, 0, S1, edges[i], 0, 0, imm, &e);
                }
            }
        finish_and_compare(a, op, &e);
    }
}

static void branches(void **state)
{
    (void)state;
    static const hb_op ops[] = {HB_OP_BEQ, HB_OP_BNE, HB_OP_BLT, HB_OP_BGE, HB_OP_BLTU, HB_OP_BGEU};
    for (size_t k = 0; k < sizeof ops / sizeof *ops; k++) {
        hb_rvasm *a = new_asm();
        expectation e = {0};
        hb_rvasm_li(a, BASE, HB_RVASM_DATA);
        for (int i = 0; i < EDGES; i++)
            for (int j = 0; j < EDGES; j++) {
                hb_isa_insn insn = {ops[k], 0, S1, S2, 8};
                uint32_t word;
                rvref m = {.pc = 0x78000000, .get = no_get, .set = no_set};
                assert_true(hb_isa_encode(&insn, &word));
                hb_rvasm_li(a, S1, edges[i]);
                hb_rvasm_li(a, S2, edges[j]);
                hb_rvasm_li(a, D, 1);
                hb_rvasm_word(a, word);
                hb_rvasm_li(a, D, 0);
                hb_rvasm_op(a, HB_OP_SD, 0, BASE, D, 0);
                hb_rvasm_op(a, HB_OP_ADDI, BASE, BASE, 0, 8);
                m.x[S1] = edges[i];
                m.x[S2] = edges[j];
                assert_true(rvref_step(&m, word));
                e.value = realloc(e.value, (e.n + 1) * sizeof *e.value);
                assert_non_null(e.value);
                e.value[e.n++] = m.pc == 0x78000008;
            }
        finish_and_compare(a, ops[k], &e);
    }
}

/* Values written out in the manual (M extension, table of division results) or computed by hand. */
static void known_results(void **state)
{
    (void)state;
    static const struct {
        hb_op op;
        uint64_t a, b, want;
    } cases[] = {
        {HB_OP_DIV, 7, 0, UINT64_MAX},
        {HB_OP_DIVU, 7, 0, UINT64_MAX},
        {HB_OP_REM, (uint64_t)-7, 0, (uint64_t)-7},
        {HB_OP_REMU, 7, 0, 7},
        {HB_OP_DIV, UINT64_C(1) << 63, UINT64_MAX, UINT64_C(1) << 63},
        {HB_OP_REM, UINT64_C(1) << 63, UINT64_MAX, 0},
        {HB_OP_DIV, (uint64_t)-7, 2, (uint64_t)-3},
        {HB_OP_REM, (uint64_t)-7, 2, (uint64_t)-1},
        {HB_OP_REM, 7, (uint64_t)-2, 1},
        {HB_OP_DIVW, UINT64_C(0xffffffff80000000), UINT64_C(0x12345678ffffffff), UINT64_C(0xffffffff80000000)},
        {HB_OP_REMW, UINT64_C(0x80000000), UINT64_C(0xffffffff), 0},
        {HB_OP_DIVW, 7, UINT64_C(0xabcd00000000), UINT64_MAX},
        {HB_OP_REMW, UINT64_C(0x180000001), UINT64_C(0x100000000), UINT64_C(0xffffffff80000001)},
        {HB_OP_DIVUW, UINT64_C(0xffffffff80000000), 1, UINT64_C(0xffffffff80000000)},
        {HB_OP_REMUW, UINT64_C(0x80000000), UINT64_C(0x80000001), UINT64_C(0xffffffff80000000)},
        {HB_OP_REMUW, UINT64_C(0xffffffff), 0, UINT64_MAX},
        {HB_OP_MULHSU, UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {HB_OP_MULHSU, UINT64_C(1) << 63, 2, UINT64_MAX},
        {HB_OP_MULH, UINT64_MAX, UINT64_MAX, 0},
        {HB_OP_MULH, UINT64_C(1) << 63, UINT64_C(1) << 63, UINT64_C(1) << 62},
        {HB_OP_MULHU, UINT64_MAX, UINT64_MAX, UINT64_MAX - 1},
        {HB_OP_MULW, UINT64_C(0x80000000), UINT64_MAX, UINT64_C(0xffffffff80000000)},
        {HB_OP_SLL, 1, 64, 1},
        {HB_OP_SRA, UINT64_C(1) << 63, 63, UINT64_MAX},
        {HB_OP_SLLW, 1, 31, UINT64_C(0xffffffff80000000)},
        {HB_OP_SRLW, UINT64_C(0xffffffff80000000), 32, UINT64_C(0xffffffff80000000)},
        {HB_OP_SRAW, UINT64_C(0x7fffffff80000000), 31, UINT64_MAX},
        {HB_OP_ADDW, UINT64_C(0x7fffffff), 1, UINT64_C(0xffffffff80000000)},
        {HB_OP_SUBW, 0, 1, UINT64_MAX},
        {HB_OP_SLT, UINT64_MAX, 0, 1},
        {HB_OP_SLTU, UINT64_MAX, 0, 0},
    };
    hb_rvasm *a = new_asm();
    size_t n = sizeof cases / sizeof *cases;
    hb_rvasm_li(a, BASE, HB_RVASM_DATA);
    for (size_t k = 0; k < n; k++) {
        hb_rvasm_li(a, S1, cases[k].a);
        hb_rvasm_li(a, S2, cases[k].b);
        hb_rvasm_op(a, cases[k].op, D, S1, S2, 0);
        hb_rvasm_op(a, HB_OP_SD, 0, BASE, D, (int64_t)(8 * k));
    }
    a->bss = 8 * n;
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    for (size_t k = 0; k < n; k++)
        if (word_at(run, HB_RVASM_DATA + 8 * k) != cases[k].want)
            fail_msg("case %zu (%s)", k, hb_isa_table[cases[k].op].mnemonic);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

static void jumps_and_constants(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t over = hb_rvasm_label(a);
    hb_rvasm_op(a, HB_OP_AUIPC, 5, 0, 0, (int32_t)0xfffff000); /* 0x78000000 - 4096 */
    hb_rvasm_op(a, HB_OP_LUI, 6, 0, 0, INT32_MIN);
    hb_rvasm_jal(a, 7, over);                       /* at 0x78000008 */
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    hb_rvasm_place(a, over);
    hb_rvasm_op(a, HB_OP_AUIPC, 8, 0, 0, 0);        /* 0x78000010 */
    hb_rvasm_op(a, HB_OP_JALR, 8, 8, 0, 13);        /* rd = rs1; bit 0 cleared: to 0x7800001c */
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    hb_rvasm_word(a, 0x8330000f);                   /* fence.tso */
    hb_rvasm_word(a, 0xfff08f8f);                   /* reserved fence fields naming x31 and x1 */
    hb_rvasm_halt(a, 9);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    assert_int_equal(hb_rv_run_register(run, 6), UINT64_C(0xffffffff80000000));
    assert_int_equal(hb_rv_run_register(run, 7), 0x7800000c);
    assert_int_equal(hb_rv_run_register(run, 8), 0x78000018);
    assert_int_equal(hb_rv_run_register(run, 31), 0);
    assert_int_equal(hb_rv_run_report(run)->exit_code, 9);
    assert_int_equal(hb_rv_run_report(run)->op_counts[HB_OP_FENCE], 2);
    assert_int_equal(hb_rv_run_report(run)->op_counts[HB_OP_AUIPC], 2);
    assert_int_equal(hb_rv_run_report(run)->family_counts[HB_FAM_CONST], 5);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(register_operations), cmocka_unit_test(immediate_operations), cmocka_unit_test(branches),
        cmocka_unit_test(known_results),       cmocka_unit_test(jumps_and_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
