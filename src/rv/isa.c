#include "rv/isa.h"

#define ROW(NAME, number, mnemonic, match, mask, format, family)                                                        \
    [HB_OP_##NAME] = {mnemonic, match, mask, HB_FMT_##format, HB_FAM_##family},
const hb_isa_row hb_isa_table[HB_OP_COUNT] = {
    [HB_OP_INVALID] = {"invalid", 1, 0, HB_FMT_NONE, HB_FAM_COUNT},
    HB_ISA_TABLE(ROW)
};
_Static_assert(HB_OP_COUNT == 66, "RV64I and M have 65 instructions");

/* First row of each major opcode (bits 6..2); a run ends where the table's next major opcode starts. The table is sorted by major opcode, which
 * the test of this file checks. */
static const uint8_t first_row[32] = {
    [0x03 >> 2] = HB_OP_LB,    [0x0f >> 2] = HB_OP_FENCE, [0x13 >> 2] = HB_OP_ADDI, [0x17 >> 2] = HB_OP_AUIPC,
    [0x1b >> 2] = HB_OP_ADDIW, [0x23 >> 2] = HB_OP_SB,    [0x33 >> 2] = HB_OP_ADD,  [0x37 >> 2] = HB_OP_LUI,
    [0x3b >> 2] = HB_OP_ADDW,  [0x63 >> 2] = HB_OP_BEQ,   [0x67 >> 2] = HB_OP_JALR, [0x6f >> 2] = HB_OP_JAL,
    [0x73 >> 2] = HB_OP_ECALL,
};

static hb_op find_op(uint32_t word)
{
    for (unsigned op = first_row[word >> 2 & 31]; op && op < HB_OP_COUNT; op++) {
        if ((word & hb_isa_table[op].mask) == hb_isa_table[op].match)
            return (hb_op)op;
        if ((hb_isa_table[op].match ^ word) & 0x7f)
            break; /* past the rows of this major opcode, or word is not a 32-bit encoding */
    }
    return HB_OP_INVALID;
}

/* Bits [lo, lo + n) of w. */
static uint32_t bits(uint32_t w, unsigned lo, unsigned n)
{
    return w >> lo & ((UINT32_C(1) << n) - 1);
}

/* The n-bit number v, sign-extended. */
static int64_t extend(uint32_t v, unsigned n)
{
    uint64_t sign = UINT64_C(1) << (n - 1);
    return (int64_t)((v ^ sign) - sign);
}

static int64_t immediate(hb_isa_format format, uint32_t w)
{
    switch (format) {
    case HB_FMT_I:
    case HB_FMT_LOAD:
        return extend(bits(w, 20, 12), 12);
    case HB_FMT_SH6:
        return bits(w, 20, 6);
    case HB_FMT_SH5:
        return bits(w, 20, 5);
    case HB_FMT_STORE:
        return extend(bits(w, 25, 7) << 5 | bits(w, 7, 5), 12);
    case HB_FMT_B:
        return extend(bits(w, 31, 1) << 12 | bits(w, 7, 1) << 11 | bits(w, 25, 6) << 5 | bits(w, 8, 4) << 1, 13);
    case HB_FMT_U:
        return extend(w & 0xfffff000, 32);
    case HB_FMT_J:
        return extend(bits(w, 31, 1) << 20 | bits(w, 12, 8) << 12 | bits(w, 20, 1) << 11 | bits(w, 21, 10) << 1, 21);
    case HB_FMT_NONE:
    case HB_FMT_R:
    case HB_FMT_FENCE:
        break;
    }
    return 0;
}

hb_isa_insn hb_isa_decode(uint32_t word)
{
    hb_isa_insn insn = {.op = find_op(word)};
    if (hb_isa_writes_rd(insn.op))
        insn.rd = (uint8_t)bits(word, 7, 5);
    if (hb_isa_reads_rs1(insn.op))
        insn.rs1 = (uint8_t)bits(word, 15, 5);
    if (hb_isa_reads_rs2(insn.op))
        insn.rs2 = (uint8_t)bits(word, 20, 5);
    insn.imm = immediate(hb_isa_table[insn.op].format, word);
    return insn;
}

/* Register operands by format, as bit masks over hb_isa_format. */
#define F(x) (1u << HB_FMT_##x)
enum {
    WRITES_RD = F(R) | F(I) | F(SH6) | F(SH5) | F(LOAD) | F(U) | F(J),
    READS_RS1 = F(R) | F(I) | F(SH6) | F(SH5) | F(LOAD) | F(STORE) | F(B),
    READS_RS2 = F(R) | F(STORE) | F(B),
};

bool hb_isa_writes_rd(hb_op op)
{
    return WRITES_RD >> hb_isa_table[op].format & 1;
}

bool hb_isa_reads_rs1(hb_op op)
{
    return READS_RS1 >> hb_isa_table[op].format & 1;
}

bool hb_isa_reads_rs2(hb_op op)
{
    return READS_RS2 >> hb_isa_table[op].format & 1;
}

unsigned hb_isa_access_bytes(hb_op op)
{
    uint32_t major = hb_isa_table[op].match & 0x7f;
    return op != HB_OP_INVALID && (major == 0x03 || major == 0x23) ? 1u << (hb_isa_table[op].match >> 12 & 3) : 0;
}

/* Is v a number of n bits, signed, and a multiple of 2^zeros? */
static bool fits(int64_t v, unsigned n, unsigned zeros)
{
    int64_t half = INT64_C(1) << (n - 1);
    return v >= -half && v < half && !(v & ((INT64_C(1) << zeros) - 1));
}

/* The immediate's bits in place; false when it does not fit. */
static bool place_immediate(hb_isa_format format, int64_t imm, uint32_t *w)
{
    uint32_t v = (uint32_t)imm;
    switch (format) {
    case HB_FMT_I:
    case HB_FMT_LOAD:
        *w = v << 20;
        return fits(imm, 12, 0);
    case HB_FMT_SH6:
        *w = v << 20;
        return imm >= 0 && imm < 64;
    case HB_FMT_SH5:
        *w = v << 20;
        return imm >= 0 && imm < 32;
    case HB_FMT_STORE:
        *w = bits(v, 5, 7) << 25 | bits(v, 0, 5) << 7;
        return fits(imm, 12, 0);
    case HB_FMT_B:
        *w = bits(v, 12, 1) << 31 | bits(v, 5, 6) << 25 | bits(v, 1, 4) << 8 | bits(v, 11, 1) << 7;
        return fits(imm, 13, 1);
    case HB_FMT_U:
        *w = v & 0xfffff000;
        return fits(imm, 32, 12);
    case HB_FMT_J:
        *w = bits(v, 20, 1) << 31 | bits(v, 1, 10) << 21 | bits(v, 11, 1) << 20 | bits(v, 12, 8) << 12;
        return fits(imm, 21, 1);
    case HB_FMT_FENCE:
        *w = UINT32_C(0x0ff) << 20;
        return true;
    case HB_FMT_NONE:
    case HB_FMT_R:
        break;
    }
    *w = 0;
    return true;
}

bool hb_isa_encode(const hb_isa_insn *insn, uint32_t *word)
{
    uint32_t imm;
    if (insn->op == HB_OP_INVALID || insn->op >= HB_OP_COUNT || insn->rd > 31 || insn->rs1 > 31 || insn->rs2 > 31 ||
        !place_immediate(hb_isa_table[insn->op].format, insn->imm, &imm))
        return false;
    uint32_t w = hb_isa_table[insn->op].match | imm;
    if (hb_isa_writes_rd(insn->op))
        w |= (uint32_t)insn->rd << 7;
    if (hb_isa_reads_rs1(insn->op))
        w |= (uint32_t)insn->rs1 << 15;
    if (hb_isa_reads_rs2(insn->op))
        w |= (uint32_t)insn->rs2 << 20;
    *word = w;
    return true;
}
