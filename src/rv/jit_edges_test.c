/* Every operation of translated code against the interpreter: all pairs of edge values, all ways in which operands
 * share registers, with registers that live in host registers and ones that do not, with and without BMI2. */
#include "base/cpu.h"
#include "rv/jit_test_util.h"
#include "rv/rvrandom.h"

static const uint64_t values[] = {0,
                                  1,
                                  2,
                                  UINT64_MAX,
                                  UINT64_C(1) << 63,
                                  INT64_MAX,
                                  UINT64_C(0x80000000),
                                  UINT64_C(0x7fffffff),
                                  0xffffffff,
                                  UINT64_C(1) << 32,
                                  63,
                                  64,
                                  UINT64_C(0xffffffff80000000),
                                  UINT64_C(0x123456789abcdef0),
                                  UINT64_C(0xfedcba9876543210)};
enum { VALUES = sizeof values / sizeof *values, RESULTS = 1 << 16 };

/* Registers that the text names often live in host registers, nine of them: HOT and those behind it. */
enum { BASE = 2, OUT = 3, HOT = 8, COLD = 20 };

static void favour_registers(hb_rvasm *a, unsigned times)
{
    for (unsigned k = 0; k < 3 * times; k++) /* behind the end: never run, but seen by the first look */
        hb_rvasm_op(a, HB_OP_ADD, HOT + 3 * (k % 3), HOT + 3 * (k % 3) + 1, HOT + 3 * (k % 3) + 2, 0);
}

static bool is_plain_operation(hb_op op)
{
    const hb_isa_format f = hb_isa_table[op].format;
    return f == HB_FMT_R || f == HB_FMT_I || f == HB_FMT_SH5 || f == HB_FMT_SH6;
}

/* rd, rs1, rs2 of one way to share registers; 0 is x0. */
static const uint8_t ways[][3] = {
    {HOT, HOT + 1, HOT + 2}, {HOT, HOT, HOT + 1},
    {HOT, HOT + 1, HOT},     {HOT, HOT + 1, HOT + 1},
    {HOT, HOT, HOT},         {COLD, COLD + 1, COLD + 2},
    {COLD, COLD, COLD + 1},  {COLD, COLD + 1, COLD},
    {COLD, COLD, COLD},      {HOT, COLD, HOT},
    {COLD, HOT, COLD},       {HOT, COLD, COLD + 1},
    {COLD, HOT, HOT + 1},    {HOT, 0, HOT},
    {HOT, HOT, 0},           {HOT, 0, 0},
    {COLD, 0, COLD},         {COLD, COLD, 0},
    {HOT, HOT + 1, 0},       {COLD, 0, HOT},
    {0, HOT, COLD},
};

static void one_operation(hb_rvasm *a, hb_op op, const uint8_t way[3], uint64_t v, uint64_t w, int64_t imm,
                          unsigned *at)
{
    if (way[1])
        hb_rvasm_op(a, HB_OP_LD, way[1], BASE, 0, (int64_t)v * 8);
    if (way[2] && way[2] != way[1])
        hb_rvasm_op(a, HB_OP_LD, way[2], BASE, 0, (int64_t)w * 8);
    hb_rvasm_op(a, op, way[0], way[1], way[2], imm);
    hb_rvasm_op(a, HB_OP_SD, 0, OUT, way[0], 8 * (int64_t)(*at % 256));
    *at += 1;
}

static void all_values(hb_rvasm *a, hb_op op, const uint8_t way[3], unsigned *at)
{
    static const int16_t immediates[] = {0, 1, -1, 31, 32, 63, 2047, -2048};
    const hb_isa_format f = hb_isa_table[op].format;
    for (unsigned v = 0; v < VALUES; v++)
        for (unsigned w = 0; w < (f == HB_FMT_R ? (unsigned)VALUES : 8); w++) {
            int64_t imm = immediates[w % 8];
            if (f == HB_FMT_SH5)
                imm &= 31;
            if (f == HB_FMT_SH6)
                imm &= 63;
            one_operation(a, op, way, v, w, imm, at);
            if (*at % 256 == 0)
                hb_rvasm_op(a, HB_OP_ADDI, OUT, OUT, 0, 2040);
        }
}

/* All results are in memory at the end. */
static void check_operation(hb_op op)
{
    hb_rvasm *a = new_asm();
    unsigned at = 0;
    hb_rvasm_bytes(a, values, sizeof values);
    a->bss = RESULTS;
    hb_rvasm_li(a, BASE, HB_RVASM_DATA);
    hb_rvasm_li(a, OUT, HB_RVASM_DATA + sizeof values);
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++)
        all_values(a, op, ways[k], &at);
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    favour_registers(a, 9000);
    hb_rv_program p = build_and_free(a);
    jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
    assert_int_equal(advance_pair(&r, &(hb_rv_bound){.cycles = 1000}), HB_RV_END_PAUSED);
    if (hb_rv_jit_available()) {
        assert_true(r.translated->jit->host[HOT] >= 0 && r.translated->jit->host[HOT + 2] >= 0);
        assert_true(r.translated->jit->host[COLD] < 0 && r.translated->jit->host[COLD + 2] < 0);
        r.translated->jit->next_look = UINT64_MAX; /* keep this choice */
    }
    assert_int_equal(advance_pair(&r, NULL), HB_RV_END_TRAP);
    assert_true(at * 8 < RESULTS || at / 256 * 2040 + 2048 < RESULTS);
    const uint64_t cycles = hb_rv_run_cycles(r.plain), translated = finish_pair(&r);
    if (hb_rv_jit_available())
        assert_true(translated > cycles * 9 / 10);
    hb_rv_program_free(&p);
}

static void all_operations(void **state)
{
    (void)state;
    for (int op = 1; op < HB_OP_COUNT; op++)
        if (is_plain_operation((hb_op)op))
            check_operation((hb_op)op);
}

static void shifts_without_bmi2(void **state)
{
    (void)state;
    static const hb_op shifts[] = {HB_OP_SLL, HB_OP_SRL, HB_OP_SRA, HB_OP_SLLW, HB_OP_SRLW, HB_OP_SRAW};
    hb_isa_cap(HB_ISA_BASELINE);
    for (size_t s = 0; s < sizeof shifts / sizeof *shifts; s++)
        check_operation(shifts[s]);
    hb_isa_cap(HB_ISA_AVX512);
}

/* Runs to an EBREAK, at once and in steps of different lengths. */
static void check_program(hb_rvasm *a)
{
    static const uint64_t strides[] = {UINT64_C(1) << 40, 1, 2, 3, 7, 61};
    hb_rvasm_op(a, HB_OP_EBREAK, 0, 0, 0, 0);
    favour_registers(a, 600);
    hb_rv_program p = build_and_free(a);
    for (size_t k = 0; k < sizeof strides / sizeof *strides; k++) {
        jit_pair r = start_pair(&p, NULL, HB_RV_ENGINE_TRANSLATOR);
        uint64_t n = strides[k];
        while (advance_pair(&r, &(hb_rv_bound){.cycles = n}) == HB_RV_END_PAUSED) {
            assert_int_equal(hb_rv_run_cycles(r.translated), n);
            n += strides[k];
        }
        assert_int_equal(r.plain->trap, HB_TRAP_EBREAK);
        finish_pair(&r);
    }
    hb_rv_program_free(&p);
}

/* Pairs that are translated as one, in forms that are and that only look like it. */
static void pairs(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 2; k++) {
        hb_rvasm *a = new_asm();
        const unsigned r = k ? COLD : HOT, s = k ? HOT + 1 : COLD + 1;
        for (int64_t v = 0; v < 3; v++) {
            const int64_t upper = v == 0 ? INT32_MIN : v == 1 ? 0x7ffff000 : 0x1000;
            hb_rvasm_op(a, HB_OP_LUI, r, 0, 0, upper);
            hb_rvasm_op(a, HB_OP_ADDIW, r, r, 0, -1);
            hb_rvasm_op(a, HB_OP_ADD, 30, 30, r, 0);
            hb_rvasm_op(a, HB_OP_LUI, r, 0, 0, upper);
            hb_rvasm_op(a, HB_OP_ADDI, r, r, 0, 2047);
            hb_rvasm_op(a, HB_OP_XOR, 30, 30, r, 0);
            hb_rvasm_op(a, HB_OP_AUIPC, r, 0, 0, upper);
            hb_rvasm_op(a, HB_OP_ADDI, r, r, 0, -2048);
            hb_rvasm_op(a, HB_OP_SUB, 30, 30, r, 0);
            hb_rvasm_op(a, HB_OP_LUI, r, 0, 0, upper);
            hb_rvasm_op(a, HB_OP_ADDI, s, r, 0, 5); /* no pair: both stay */
            hb_rvasm_op(a, HB_OP_ADD, 30, 30, s, 0);
            hb_rvasm_op(a, HB_OP_ADD, 30, 30, r, 0);
        }
        hb_rvasm_li(a, s, UINT64_C(0xfedcba9876543210));
        for (unsigned amount = 0; amount < 5; amount++) {
            const uint8_t sums[][3] = {{s, r, s},
                                       {r, s, r},
                                       {s, r, r},
                                       {s, r, 0},
                                       {0, r, s}}; /* what is shifted into r; the two that are then added */
            for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
                hb_rvasm_op(a, HB_OP_SLLI, r, sums[i][0], 0, amount);
                hb_rvasm_op(a, HB_OP_ADD, r, sums[i][1], sums[i][2], 0);
                hb_rvasm_op(a, HB_OP_XOR, 30, 30, r, 0);
                hb_rvasm_op(a, HB_OP_SLLI, r, sums[i][0], 0, amount);
                hb_rvasm_op(a, HB_OP_ADD, r, sums[i][2], sums[i][1], 0);
                hb_rvasm_op(a, HB_OP_SUB, 30, 30, r, 0);
            }
        }
        for (unsigned left = 31; left < 34; left++)
            for (unsigned right = 31; right < 34; right++) {
                hb_rvasm_op(a, HB_OP_SLLI, r, s, 0, left);
                hb_rvasm_op(a, HB_OP_SRLI, r, r, 0, right);
                hb_rvasm_op(a, HB_OP_SUB, 30, 30, r, 0);
            }
        hb_rvasm_op(a, HB_OP_SLLI, r, s, 0, 32);
        hb_rvasm_op(a, HB_OP_SRLI, s, r, 0, 32); /* no pair */
        hb_rvasm_op(a, HB_OP_ADD, 30, 30, r, 0);
        hb_rvasm_op(a, HB_OP_SLLI, 0, s, 0, 32);
        hb_rvasm_op(a, HB_OP_SRLI, 0, s, 0, 32);
        check_program(a);
    }
}

/* Branches, taken and not, with x0 on either side and equal operands; JAL and JALR with and without a link. */
static void branches(void **state)
{
    (void)state;
    static const uint8_t operands[][2] = {{HOT, HOT + 1}, {COLD, COLD + 1}, {HOT, COLD}, {COLD, HOT},
                                          {0, HOT},       {HOT, 0},         {0, COLD},   {COLD, 0},
                                          {0, 0},         {HOT, HOT},       {COLD, COLD}};
    for (size_t k = 0; k < sizeof operands / sizeof *operands; k++) {
        hb_rvasm *a = new_asm();
        for (unsigned v = 0; v < 9; v++)
            for (int op = HB_OP_BEQ; op <= HB_OP_BGEU; op++) {
                static const int64_t some[3] = {-1, 0, 1};
                const uint32_t over = hb_rvasm_label(a);
                if (operands[k][0])
                    hb_rvasm_op(a, HB_OP_ADDI, operands[k][0], 0, 0, some[v % 3]);
                if (operands[k][1])
                    hb_rvasm_op(a, HB_OP_ADDI, operands[k][1], 0, 0, some[v / 3]);
                hb_rvasm_branch(a, (hb_op)op, operands[k][0], operands[k][1], over);
                hb_rvasm_op(a, HB_OP_ADDI, 30, 30, 0, 1);
                hb_rvasm_place(a, over);
                hb_rvasm_op(a, HB_OP_SLLI, 30, 30, 0, 1);
            }
        check_program(a);
    }
}

static void loads_and_stores(void **state)
{
    (void)state;
    static const uint8_t registers[][2] = {{HOT, HOT + 1}, {COLD, COLD + 1}, {HOT, HOT}, {COLD, COLD},
                                           {HOT, COLD},    {COLD, HOT},      {0, HOT}};
    for (size_t k = 0; k < sizeof registers / sizeof *registers; k++) {
        hb_rvasm *a = new_asm();
        const unsigned data = registers[k][0], base = registers[k][1];
        hb_rvasm_bytes(a, values, sizeof values);
        a->bss = 3 << 12;
        for (int op = 1; op < HB_OP_COUNT; op++)
            for (int64_t at = 0; hb_isa_access_bytes((hb_op)op) && at < 12; at++) {
                hb_rvasm_li(a, base, HB_RVASM_DATA + (at < 8 ? (uint64_t)at * 9 : 4096 - 2 * (uint64_t)(at - 8)));
                hb_rvasm_op(a, (hb_op)op, data, base, data, at % 2 ? 0 : 16);
                hb_rvasm_op(a, HB_OP_ADD, 30, 30, data, 0);
            }
        check_program(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_operations), cmocka_unit_test(shifts_without_bmi2), cmocka_unit_test(pairs),
        cmocka_unit_test(branches),       cmocka_unit_test(loads_and_stores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
