/* Instructions without memory, except MUL and DIV. */
#include "chips/beq.h"
#include "chips/fill.h"
#include "rv/isa.h"

/* A sign-extended immediate: limb 0, sign. */
static void put_imm(uint32_t *c, uint32_t col, const hb_rv_insn *insn)
{
    hb_put(c, col, insn->imm[0]);
    hb_put(c, col + 1, insn->imm[1] & 1);
}

static bool has_imm_operand(uint32_t op)
{
    return !hb_isa_reads_rs2((hb_op)op);
}

/* Operand 2 of chips with an is_imm flag: register or immediate. Without an access the time is such that its range check passes. Returns the value. */
static uint64_t put_rs2_or_imm(uint32_t *c, uint32_t col, const hb_rv_insn *insn, const hb_rv_event_reg *e, bool imm)
{
    uint64_t v = imm ? hb_insn_imm(insn) : e->rs2;
    hb_put_operand(c, col, insn->rs2, v, imm ? e->ts : e->rs2_ts);
    return v;
}

/* The block of the destination register before the instruction. */
static void put_rd(uint32_t *c, uint32_t col, const hb_rv_insn *insn, const hb_rv_event_reg *e)
{
    hb_put_operand(c, col, insn->rd, e->rd_prev, e->rd_ts);
}

static void addi_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, ADDI_RS1, insn->rs1, e->rs1, e->rs1_ts);
    put_rd(c, ADDI_RD, insn, e);
    put_imm(c, ADDI_IMM, insn);
    hb_put_limbs(c, ADDI_R, e->rd);
}

static void addi_low_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, ADDI_LOW_RS1, insn->rs1, e->rs1, e->rs1_ts);
    put_rd(c, ADDI_LOW_RD, insn, e);
    put_imm(c, ADDI_LOW_IMM, insn);
}

static void addi_self_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, ADDI_SELF_RD, insn->rd, e->rs1, e->rs1_ts);
    put_imm(c, ADDI_SELF_IMM, insn);
}

static void li_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put(c, LI_RS1_TS, e->rs1_ts);
    put_rd(c, LI_RD, insn, e);
    put_imm(c, LI_IMM, insn);
}

static void add_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, ADD_RS1, insn->rs1, e->rs1, e->rs1_ts);
    hb_put_operand(c, ADD_RS2, insn->rs2, e->rs2, e->rs2_ts);
    put_rd(c, ADD_RD, insn, e);
    hb_put_limbs(c, ADD_R, e->rd);
}

/* The operand that is the destination too, and the other one (self.h). rs1 = rs2 = rd: rs1 is read, rs2 is merged. */
typedef struct operands {
    bool second;
    uint32_t other;
    uint64_t a, b;
    uint32_t a_ts, b_ts;
} operands;

static operands split_operands(const hb_rv_insn *insn, const hb_rv_event_reg *e)
{
    if (insn->rd == insn->rs2)
        return (operands){true, insn->rs1, e->rs2, e->rs1, e->rs2_ts, e->rs1_ts};
    return (operands){false, insn->rs2, e->rs1, e->rs2, e->rs1_ts, e->rs2_ts};
}

static void add_self_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    const operands o = split_operands(insn, e);
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, ADD_SELF_RD, insn->rd, o.a, o.a_ts);
    hb_put_operand(c, ADD_SELF_OTHER, o.other, o.b, o.b_ts);
    hb_put(c, ADD_SELF_SECOND, o.second);
    hb_put_limbs(c, ADD_SELF_R, e->rd);
}

static void addw_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    bool imm = has_imm_operand(insn->op);
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, ADDW_RS1, insn->rs1, e->rs1, e->rs1_ts);
    put_rs2_or_imm(c, ADDW_RS2, insn, e, imm);
    put_rd(c, ADDW_RD, insn, e);
    hb_put(c, ADDW_SUB, insn->op == HB_OP_SUBW);
    hb_put(c, ADDW_IMM, imm);
    hb_put(c, ADDW_R0, hb_limb(e->rd, 0));
    hb_put(c, ADDW_R1, hb_limb(e->rd, 1));
    hb_put(c, ADDW_SIGN, (uint32_t)(e->rd >> 31) & 1);
}

static void const_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    put_rd(c, CONST_RD, insn, e);
    hb_put_limbs(c, CONST_VALUE, e->rd);
}

static void put_logic_flags(uint32_t *c, uint32_t col, uint32_t op)
{
    hb_put(c, col, op == HB_OP_OR || op == HB_OP_ORI);
    hb_put(c, col + 1, op == HB_OP_XOR || op == HB_OP_XORI);
}

/* index, `bytes` bytes; where they end is returned */
static uint32_t put_byte_operand(uint32_t *c, uint32_t col, uint32_t index, uint64_t v, uint32_t bytes)
{
    hb_put(c, col, index);
    for (uint32_t i = 0; i < bytes; i++)
        hb_put(c, col + 1 + i, hb_byte(v, i));
    return col + 1 + bytes;
}

static void put_and(uint32_t *c, uint32_t col, uint64_t a, uint64_t b, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        hb_put(c, col + i, hb_byte(a & b, i));
}

static void logic_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put(c, put_byte_operand(c, LOGIC_RS1, insn->rs1, e->rs1, 8), e->rs1_ts);
    hb_put(c, put_byte_operand(c, LOGIC_RS2, insn->rs2, e->rs2, 8), e->rs2_ts);
    put_rd(c, LOGIC_RD, insn, e);
    put_and(c, LOGIC_AND, e->rs1, e->rs2, 8);
    put_logic_flags(c, LOGIC_OR, insn->op);
}

static void logic_self_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    const operands o = split_operands(insn, e);
    hb_put_start(c, insn, e->ts);
    hb_put(c, put_byte_operand(c, LOGIC_SELF_RD, insn->rd, o.a, 8), o.a_ts);
    hb_put(c, put_byte_operand(c, LOGIC_SELF_OTHER, o.other, o.b, 8), o.b_ts);
    hb_put(c, LOGIC_SELF_SECOND, o.second);
    put_and(c, LOGIC_SELF_AND, o.a, o.b, 8);
    put_logic_flags(c, LOGIC_SELF_OR, insn->op);
}

static void logic_half_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    const operands o = split_operands(insn, e);
    hb_put_start(c, insn, e->ts);
    put_byte_operand(c, LOGIC_HALF_RD, insn->rd, o.a, 4);
    hb_put(c, LOGIC_HALF_A2, hb_limb(o.a, 2));
    hb_put(c, LOGIC_HALF_A3, hb_limb(o.a, 3));
    hb_put(c, LOGIC_HALF_TS, o.a_ts);
    put_byte_operand(c, LOGIC_HALF_OTHER, o.other, o.b, 4);
    hb_put(c, LOGIC_HALF_FILL, (uint32_t)(o.b >> 63));
    hb_put(c, LOGIC_HALF_OTHER_TS, o.b_ts);
    hb_put(c, LOGIC_HALF_SECOND, o.second);
    put_and(c, LOGIC_HALF_AND, o.a, o.b, 4);
    put_logic_flags(c, LOGIC_HALF_OR, insn->op);
}

static void logic_imm_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    put_byte_operand(c, LOGIC_IMM_RS1, insn->rs1, e->rs1, 2);
    for (uint32_t i = 1; i < 4; i++)
        hb_put(c, LOGIC_IMM_A1 + i - 1, hb_limb(e->rs1, i));
    hb_put(c, LOGIC_IMM_RS1_TS, e->rs1_ts);
    put_rd(c, LOGIC_IMM_RD, insn, e);
    hb_put(c, LOGIC_IMM_IMM, insn->imm[0] & 255);
    hb_put(c, LOGIC_IMM_IMM + 1, insn->imm[0] >> 8);
    hb_put(c, LOGIC_IMM_SIGN, insn->imm[1] & 1);
    put_and(c, LOGIC_IMM_AND, e->rs1, insn->imm[0], 2);
    put_logic_flags(c, LOGIC_IMM_OR, insn->op);
}

/* --- shifts ------------------------------------------------------------------------------------------------------------------------- */
typedef struct shift_kind {
    bool right, w, arith;
} shift_kind;

static shift_kind shift_kind_of(uint32_t op)
{
    switch (op) {
    case HB_OP_SRL: case HB_OP_SRLI: return (shift_kind){true, false, false};
    case HB_OP_SRA: case HB_OP_SRAI: return (shift_kind){true, false, true};
    case HB_OP_SLLW: case HB_OP_SLLIW: return (shift_kind){false, true, false};
    case HB_OP_SRLW: case HB_OP_SRLIW: return (shift_kind){true, true, false};
    case HB_OP_SRAW: case HB_OP_SRAIW: return (shift_kind){true, true, true};
    default: return (shift_kind){false, false, false};
    }
}

/* Limb i of the operand moved by `whole` limbs, as chip_shift.c says. */
static uint32_t moved_limb(uint64_t a, shift_kind kind, uint32_t whole, uint32_t i, uint32_t fill)
{
    if (!kind.right)
        return i >= whole ? hb_limb(a, i - whole) : 0;
    return i + whole < (kind.w ? 2u : 4u) ? hb_limb(a, i + whole) : 65535 * fill;
}

static void put_shift_parts(uint32_t *c, uint64_t a, shift_kind kind, uint32_t amount, uint32_t fill)
{
    uint32_t t = amount & 15, whole = amount >> 4, c_log2 = kind.right ? t : 16 - t;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t m = moved_limb(a, kind, whole, i, fill);
        hb_put(c, SHIFT_BIT + i, t >> i & 1);
        hb_put(c, SHIFT_L + i, m & ((1u << c_log2) - 1));
        hb_put(c, SHIFT_H + i, m >> c_log2);
    }
    hb_put(c, SHIFT_POW3, (1u << (t & 7)) - 1);
    hb_put(c, SHIFT_D, (65536u >> c_log2) - 1);
    hb_put(c, SHIFT_C, 65536 - (1u << c_log2));
    hb_put(c, SHIFT_WHOLE1, whole == 1);
    hb_put(c, SHIFT_WHOLE2, whole == 2);
    hb_put(c, SHIFT_WHOLE3, whole == 3);
}

static void shift_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    bool imm = has_imm_operand(insn->op);
    shift_kind kind = shift_kind_of(insn->op);
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, SHIFT_RS1, insn->rs1, e->rs1, e->rs1_ts);
    uint32_t b0 = hb_limb(put_rs2_or_imm(c, SHIFT_RS2, insn, e, imm), 0);
    put_rd(c, SHIFT_RD, insn, e);
    uint32_t top = hb_limb(e->rs1, kind.w && kind.right ? 1 : 3), fill = kind.arith ? top >> 15 : 0, units = kind.w ? 5 : 6;
    hb_put(c, SHIFT_RIGHT, kind.right && !kind.w);
    hb_put(c, SHIFT_LEFT_W, !kind.right && kind.w);
    hb_put(c, SHIFT_RIGHT_W, kind.right && kind.w);
    hb_put(c, SHIFT_ARITH, kind.arith);
    hb_put(c, SHIFT_IMM, imm);
    hb_put(c, SHIFT_REST, b0 >> units);
    put_shift_parts(c, e->rs1, kind, b0 & ((1u << units) - 1), fill);
    hb_put(c, SHIFT_TOP, top);
    hb_put(c, SHIFT_FILL, fill);
    hb_put(c, SHIFT_R1, hb_limb(e->rd, 1));
    hb_put(c, SHIFT_SIGN, kind.w ? (uint32_t)(e->rd >> 31) & 1 : 0);
}

/* The block of move.h. */
static void put_move(uint32_t *c, uint32_t col, const hb_rv_insn *insn, uint64_t a)
{
    const uint32_t d = insn->imm[0], k = insn->imm[1], large = insn->imm[2];
    const bool w = insn->op == HB_OP_SRLIW;
    uint32_t sum = 0, digits = 0;
    for (uint32_t i = 4; i-- > 0;) {
        const uint32_t product = w && i >= 2 ? 0 : d * hb_limb(a, i);
        hb_put(c, col + MOVE_E + i, product & 0xffff);
        hb_put(c, col + MOVE_H + i, product >> 16);
        sum += product >> 16;
        digits = 5 * digits + (product & 0xffff);
    }
    hb_put(c, col + MOVE_D, d);
    hb_put(c, col + MOVE_RIGHT, insn->op != HB_OP_SLLI);
    hb_put(c, col + MOVE_W, w);
    hb_put(c, col + MOVE_LARGE, large);
    for (uint32_t i = 1; i < 4; i++)
        hb_put(c, col + MOVE_WHOLE1 + i - 1, k == i);
    hb_put(c, col + MOVE_CHECK, large ? digits >> 9 : 64 * sum);
}

static void shift_imm_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, SHIFT_IMM_RS1, insn->rs1, e->rs1, e->rs1_ts);
    put_rd(c, SHIFT_IMM_RD, insn, e);
    put_move(c, SHIFT_IMM_MOVE, insn, e->rs1);
}

static void shift_imm_self_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, SHIFT_IMM_SELF_RD, insn->rd, e->rs1, e->rs1_ts);
    put_move(c, SHIFT_IMM_SELF_MOVE, insn, e->rs1);
}

/* --- comparisons --------------------------------------------------------------------------------------------------------------------- */
static void put_compare(uint32_t *c, uint32_t block, uint64_t a, uint64_t b, bool is_signed)
{
    uint64_t bias = (uint64_t)is_signed << 63, x = a ^ bias, y = b ^ bias;
    uint32_t mark = 3;
    while (mark && hb_limb(x, mark) == hb_limb(y, mark))
        mark--;
    uint32_t p = hb_limb(x, mark), q = hb_limb(y, mark);
    bool less = x < y;
    hb_put(c, block + CMP_SIGN_A, is_signed ? (uint32_t)(a >> 63) : 0);
    hb_put(c, block + CMP_SIGN_B, is_signed ? (uint32_t)(b >> 63) : 0);
    hb_put(c, block + CMP_MARK1, mark == 1);
    hb_put(c, block + CMP_MARK2, mark == 2);
    hb_put(c, block + CMP_MARK3, mark == 3);
    hb_put(c, block + CMP_DIFF, less ? q - p - 1 : p - q - (mark != 0));
    hb_put(c, block + CMP_LT, less);
}

static void slt_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    bool imm = has_imm_operand(insn->op), is_signed = insn->op == HB_OP_SLT || insn->op == HB_OP_SLTI;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, SLT_RS1, insn->rs1, e->rs1, e->rs1_ts);
    uint64_t b = put_rs2_or_imm(c, SLT_RS2, insn, e, imm);
    put_rd(c, SLT_RD, insn, e);
    hb_put(c, SLT_SIGNED, is_signed);
    hb_put(c, SLT_IMM, imm);
    put_compare(c, SLT_COMPARE, e->rs1, b, is_signed);
}

static void put_branch_operands(uint32_t *c, const hb_rv_insn *insn, const hb_rv_event_reg *e)
{
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, BLT_RS1, insn->rs1, e->rs1, e->rs1_ts);
    hb_put_operand(c, BLT_RS2, insn->rs2, e->rs2, e->rs2_ts);
    hb_put(c, BLT_TARGET, insn->imm[0]);
}
_Static_assert(BLT_RS1 == (int)BEQ_RS1 && BLT_RS2 == (int)BEQ_RS2 && BLT_TARGET == (int)BEQ_TARGET, "shared by both branch chips");

static void blt_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    bool is_signed = insn->op == HB_OP_BLT || insn->op == HB_OP_BGE;
    put_branch_operands(c, insn, e);
    hb_put(c, BLT_SIGNED, is_signed);
    hb_put(c, BLT_GE, insn->op == HB_OP_BGE || insn->op == HB_OP_BGEU);
    put_compare(c, BLT_COMPARE, e->rs1, e->rs2, is_signed);
}

static void blt_low_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    const bool mark = hb_limb(e->rs1, 1) != hb_limb(e->rs2, 1), less = (uint32_t)e->rs1 < (uint32_t)e->rs2;
    const uint32_t p = hb_limb(e->rs1, mark), q = hb_limb(e->rs2, mark);
    hb_put_start(c, insn, e->ts);
    hb_put(c, BLT_LOW_RS1, insn->rs1);
    hb_put(c, BLT_LOW_RS1_TS, e->rs1_ts);
    hb_put(c, BLT_LOW_RS2, insn->rs2);
    hb_put(c, BLT_LOW_RS2_TS, e->rs2_ts);
    for (uint32_t i = 0; i < 2; i++) {
        hb_put(c, BLT_LOW_A + i, hb_limb(e->rs1, i));
        hb_put(c, BLT_LOW_B + i, hb_limb(e->rs2, i));
        hb_put(c, BLT_LOW_UPPER + i, hb_limb(e->rs1, 2 + i));
    }
    hb_put(c, BLT_LOW_TARGET, insn->imm[0]);
    hb_put(c, BLT_LOW_SIGNED, insn->op == HB_OP_BLT || insn->op == HB_OP_BGE);
    hb_put(c, BLT_LOW_GE, insn->op == HB_OP_BGE || insn->op == HB_OP_BGEU);
    hb_put(c, BLT_LOW_MARK, mark);
    hb_put(c, BLT_LOW_DIFF, less ? q - p - 1 : p - q - mark);
    hb_put(c, BLT_LOW_LT, less);
}

/* Norm of limbs i, i + 1 of the difference, Montgomery form; see chip_beq.c. */
static hb_f norm(uint64_t a, uint64_t b, uint32_t i)
{
    hb_f d = hb_f_sub(hb_f_from_u32(hb_limb(a, i)), hb_f_from_u32(hb_limb(b, i)));
    hb_f e = hb_f_sub(hb_f_from_u32(hb_limb(a, i + 1)), hb_f_from_u32(hb_limb(b, i + 1)));
    return hb_f_sub(hb_f_square(d), hb_f_mul(HB_F_CONST(HB_BEQ_NONRESIDUE), hb_f_square(e)));
}

/* The norms stand in for their inverses until the block is full; beq_finish inverts them all with one inversion. Limbs below 0x10000 differ whenever norms do. */
static void beq_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    put_branch_operands(c, insn, e);
    hb_put(c, BEQ_IS_BNE, insn->op == HB_OP_BNE);
    hb_put(c, BEQ_DIFFER, e->rs1 != e->rs2);
    bool low_differs = (uint32_t)e->rs1 != (uint32_t)e->rs2;
    hb_put(c, BEQ_WITNESS_LOW, low_differs ? norm(e->rs1, e->rs2, 0) : 0);
    hb_put(c, BEQ_WITNESS_HIGH, low_differs ? 0 : norm(e->rs1, e->rs2, 2));
}

/* Inverts columns first .. last of a block, Montgomery form, into canonical numbers. */
static void invert_columns(hb_fill_block *block, size_t rows, uint32_t first, uint32_t last)
{
    hb_f scratch[HB_FILL_ROWS];
    for (uint32_t j = first; j <= last; j++) {
        hb_f *column = block->cells + j * HB_FILL_STRIDE;
        hb_f_inv_many(column, column, rows, scratch);
        for (size_t i = 0; i < rows; i++)
            column[i] = hb_f_to_u32(column[i]);
    }
}

static void beq_finish(hb_fill_block *block, size_t rows)
{
    invert_columns(block, rows, BEQ_WITNESS_LOW, BEQ_WITNESS_HIGH);
}

static void beq_zero_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, BEQ_ZERO_RS1, insn->rs1, e->rs1, e->rs1_ts);
    hb_put(c, BEQ_ZERO_RS2_TS, e->rs2_ts);
    hb_put(c, BEQ_ZERO_TARGET, insn->imm[0]);
    hb_put(c, BEQ_ZERO_IS_BNE, insn->op == HB_OP_BNE);
    hb_put(c, BEQ_ZERO_DIFFER, e->rs1 != 0);
    hb_put(c, BEQ_ZERO_WITNESS, hb_f_from_u32(hb_limb(e->rs1, 0) + hb_limb(e->rs1, 1) + hb_limb(e->rs1, 2) + hb_limb(e->rs1, 3)));
}

static void beq_zero_finish(hb_fill_block *block, size_t rows)
{
    invert_columns(block, rows, BEQ_ZERO_WITNESS, BEQ_ZERO_WITNESS);
}

/* --- jumps --------------------------------------------------------------------------------------------------------------------------- */
static void jal_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    put_rd(c, JAL_RD, insn, e);
    hb_put(c, JAL_TARGET, insn->imm[0]);
    hb_put(c, JAL_LINK, insn->imm[1]);
    hb_put(c, JAL_LINK + 1, insn->imm[2]);
}

static void jalr_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    uint64_t imm = (uint64_t)(int64_t)(int16_t)insn->imm[0], target = e->rs1 + imm;
    hb_put_start(c, insn, e->ts);
    hb_put_operand(c, JALR_RS1, insn->rs1, e->rs1, e->rs1_ts);
    put_rd(c, JALR_RD, insn, e);
    put_imm(c, JALR_IMM, insn);
    hb_put(c, JALR_LINK, insn->imm[2]);
    hb_put(c, JALR_LINK + 1, insn->imm[3]);
    hb_put(c, JALR_Q, hb_limb(target, 0) >> 2);
    hb_put(c, JALR_BIT0, target & 1);
    hb_put(c, JALR_T1, hb_limb(target, 1));
}

static void jalr_near_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    hb_put_start(c, insn, e->ts);
    hb_put(c, JALR_NEAR_RS1, insn->rs1);
    hb_put(c, JALR_NEAR_A, hb_limb(e->rs1, 0));
    hb_put(c, JALR_NEAR_A + 1, hb_limb(e->rs1, 1));
    hb_put(c, JALR_NEAR_RS1_TS, e->rs1_ts);
    put_rd(c, JALR_NEAR_RD, insn, e);
    put_imm(c, JALR_NEAR_IMM, insn);
    hb_put(c, JALR_NEAR_LINK, insn->imm[2]);
    hb_put(c, JALR_NEAR_LINK + 1, insn->imm[3]);
    hb_put(c, JALR_NEAR_BIT0, (uint32_t)(e->rs1 + insn->imm[0]) & 1);
}

HB_FILL_INSNS(addi, ADDI, addi_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(addi_low, ADDI_LOW, addi_low_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(addi_self, ADDI_SELF, addi_self_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(li, LI, li_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(add, ADD, add_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(add_self, ADD_SELF, add_self_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(sub, SUB, add_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(addw, ADDW, addw_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(const, CONST, const_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(logic, LOGIC, logic_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(logic_self, LOGIC_SELF, logic_self_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(logic_half, LOGIC_HALF, logic_half_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(logic_imm, LOGIC_IMM, logic_imm_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(shift, SHIFT, shift_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(shift_imm, SHIFT_IMM, shift_imm_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(shift_imm_self, SHIFT_IMM_SELF, shift_imm_self_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(slt, SLT, slt_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(beq, BEQ, beq_row, hb_rv_event_reg, beq_finish)
HB_FILL_INSNS(beq_zero, BEQ_ZERO, beq_zero_row, hb_rv_event_reg, beq_zero_finish)
HB_FILL_INSNS(blt, BLT, blt_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(blt_low, BLT_LOW, blt_low_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(jal, JAL, jal_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(jalr, JALR, jalr_row, hb_rv_event_reg, NULL)
HB_FILL_INSNS(jalr_near, JALR_NEAR, jalr_near_row, hb_rv_event_reg, NULL)
