#include "rv/rvrandom.h"

static uint64_t next(uint64_t *state)
{
    /* xorshift64*, S. Vigna */
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static unsigned below(uint64_t *state, unsigned n)
{
    return (unsigned)((next(state) >> 33) % n);
}

uint64_t hb_rvrandom_value(uint64_t *state)
{
    static const uint64_t edges[] = {
        0,
        1,
        2,
        UINT64_MAX,
        UINT64_MAX - 1,
        UINT64_C(1) << 63,
        INT64_MAX,
        UINT64_C(1) << 31,
        UINT64_C(0x7fffffff),
        UINT64_C(0xffffffff),
        UINT64_C(1) << 32,
        UINT64_C(0x5555555555555555),
        UINT64_C(0xaaaaaaaaaaaaaaaa),
        UINT64_C(0xffffffff80000000),
        UINT64_C(0xdeadbeef00000000),
        UINT64_C(0x8000000080000000),
        UINT64_C(4000000001),
        63,
        64,
        0xffff,
        0x10000,
    };
    unsigned k = below(state, 3 * sizeof edges / sizeof *edges);
    if (k < sizeof edges / sizeof *edges)
        return edges[k];
    return k & 1 ? next(state) : next(state) >> below(state, 64);
}

static unsigned any_rd(uint64_t *s)
{
    return below(s, 30);
}

static unsigned any_rs(uint64_t *s)
{
    return below(s, 32);
}

static int64_t any_imm12(uint64_t *s)
{
    static const int16_t edges[] = {0, 1, -1, 2047, -2048, 7, 8, -8};
    unsigned k = below(s, 16);
    return k < 8 ? edges[k] : (int64_t)below(s, 4096) - 2048;
}

/* An operation that always goes on to the next instruction. */
static void straight(hb_rvasm *a, uint64_t *s)
{
    hb_op op;
    do
        op = (hb_op)(1 + below(s, HB_OP_COUNT - 1));
    while (hb_isa_table[op].format == HB_FMT_B || op == HB_OP_JAL || op == HB_OP_JALR || hb_isa_table[op].format == HB_FMT_NONE);
    unsigned rd = any_rd(s), rs1 = any_rs(s), rs2 = any_rs(s);
    int64_t imm = any_imm12(s);
    if (below(s, 6) == 0)
        rs2 = rs1;
    if (below(s, 6) == 0 && rs1 < 30)
        rd = rs1;
    switch (hb_isa_table[op].format) {
    case HB_FMT_LOAD:
    case HB_FMT_STORE:
        rs1 = HB_RVRANDOM_BASE_REG;
        if (below(s, 4) == 0)
            imm &= ~INT64_C(7);
        else if (below(s, 4) == 0)
            imm = (int64_t)below(s, 16) - 8; /* around the page boundary that the base points at */
        break;
    case HB_FMT_SH6:
        imm &= 63;
        break;
    case HB_FMT_SH5:
        imm &= 31;
        break;
    case HB_FMT_U:
        imm = (int32_t)((uint32_t)next(s) & 0xfffff000);
        break;
    default:
        break;
    }
    hb_rvasm_op(a, op, rd, rs1, rs2, imm);
}

/* A branch or jump over a few instructions. */
static void forward(hb_rvasm *a, uint64_t *s)
{
    static const hb_op branches[] = {HB_OP_BEQ, HB_OP_BNE, HB_OP_BLT, HB_OP_BGE, HB_OP_BLTU, HB_OP_BGEU};
    uint32_t label = hb_rvasm_label(a);
    unsigned k = below(s, 9), skip = below(s, 4), rd = any_rd(s);
    if (k < 6) {
        unsigned rs1 = any_rs(s);
        hb_rvasm_branch(a, branches[k], rs1, below(s, 4) ? any_rs(s) : rs1, label);
    } else if (k < 8) {
        hb_rvasm_jal(a, rd, label);
    } else { /* auipc t, 0; jalr rd, 4 * (2 + skip)(t): bit 0 of the target is cleared */
        unsigned t = 1 + below(s, 29);
        hb_rvasm_op(a, HB_OP_AUIPC, t, 0, 0, 0);
        hb_rvasm_op(a, HB_OP_JALR, rd, t, 0, 4 * (2 + (int64_t)skip) + below(s, 2));
    }
    for (unsigned i = 0; i < skip; i++)
        straight(a, s);
    hb_rvasm_place(a, label);
}

static void loop(hb_rvasm *a, uint64_t *s)
{
    uint32_t label = hb_rvasm_label(a);
    hb_rvasm_li(a, HB_RVRANDOM_LOOP_REG, 2 + below(s, 5));
    hb_rvasm_place(a, label);
    for (unsigned i = 0; i < 6; i++)
        straight(a, s);
    hb_rvasm_op(a, HB_OP_ADDI, HB_RVRANDOM_LOOP_REG, HB_RVRANDOM_LOOP_REG, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, HB_RVRANDOM_LOOP_REG, 0, label);
}

void hb_rvrandom_emit(hb_rvasm *a, uint64_t seed, unsigned n)
{
    uint64_t s = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    if (a->bss < HB_RVRANDOM_BUFFER_BYTES)
        a->bss = HB_RVRANDOM_BUFFER_BYTES;
    for (unsigned r = 1; r < HB_RVRANDOM_LOOP_REG; r++)
        hb_rvasm_li(a, r, hb_rvrandom_value(&s));
    hb_rvasm_li(a, HB_RVRANDOM_LOOP_REG, 0);
    hb_rvasm_li(a, HB_RVRANDOM_BASE_REG, HB_RVASM_DATA + 4096 + 4096 * below(&s, 2));
    for (unsigned i = 0; i < n; i++) {
        unsigned k = below(&s, 40);
        if (k == 0)
            loop(a, &s);
        else if (k < 6)
            forward(a, &s);
        else
            straight(a, &s);
    }
}

void hb_rvrandom_dump_registers(hb_rvasm *a, uint64_t address)
{
    hb_rvasm_li(a, HB_RVRANDOM_BASE_REG, address);
    for (unsigned r = 1; r < 32; r++)
        hb_rvasm_op(a, HB_OP_SD, 0, HB_RVRANDOM_BASE_REG, r, 8 * (int64_t)(r - 1));
}
