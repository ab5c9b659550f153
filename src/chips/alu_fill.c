/* Instructions without memory, except MUL and DIV. */
#include "chips/beq.h"
#include "chips/fill.h"
#include "rv/isa.h"

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
    hb_put(c, ADDI_IMM, insn->imm[0]);
    hb_put(c, ADDI_IMM_SIGN, insn->imm[1] & 1);
    hb_put_limbs(c, ADDI_R, e->rd);
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

static void sub_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    add_row(insn, event, c);
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

static void logic_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_reg *e = event;
    bool imm = has_imm_operand(insn->op);
    uint64_t b = imm ? hb_insn_imm(insn) : e->rs2;
    hb_put_start(c, insn, e->ts);
    hb_put(c, LOGIC_RS1, insn->rs1);
    hb_put_bytes(c, LOGIC_A, e->rs1);
    hb_put(c, LOGIC_RS1_TS, e->rs1_ts);
    hb_put(c, LOGIC_RS2, insn->rs2);
    hb_put_bytes(c, LOGIC_B, b);
    hb_put(c, LOGIC_RS2_TS, imm ? e->ts : e->rs2_ts);
    put_rd(c, LOGIC_RD, insn, e);
    hb_put_bytes(c, LOGIC_AND, e->rs1 & b);
    hb_put(c, LOGIC_OR, insn->op == HB_OP_OR || insn->op == HB_OP_ORI);
    hb_put(c, LOGIC_XOR, insn->op == HB_OP_XOR || insn->op == HB_OP_XORI);
    hb_put(c, LOGIC_IMM, imm);
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

static void beq_finish(hb_fill_block *block, size_t rows)
{
    hb_f scratch[HB_FILL_ROWS];
    for (uint32_t j = BEQ_WITNESS_LOW; j <= BEQ_WITNESS_HIGH; j++) {
        hb_f *column = block->cells + j * HB_FILL_STRIDE;
        hb_f_inv_many(column, column, rows, scratch);
        for (size_t i = 0; i < rows; i++)
            column[i] = hb_f_to_u32(column[i]);
    }
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
    hb_put(c, JALR_IMM, insn->imm[0]);
    hb_put(c, JALR_IMM_SIGN, insn->imm[1] & 1);
    hb_put(c, JALR_LINK, insn->imm[2]);
    hb_put(c, JALR_LINK + 1, insn->imm[3]);
    hb_put(c, JALR_Q, hb_limb(target, 0) >> 2);
    hb_put(c, JALR_BIT0, target & 1);
    hb_put(c, JALR_T1, hb_limb(target, 1));
}

HB_FILL_INSNS(addi, ADDI, ADDI, hb_rv_event_reg, NULL)
HB_FILL_INSNS(add, ADD, ADD, hb_rv_event_reg, NULL)
HB_FILL_INSNS(sub, SUB, ADD, hb_rv_event_reg, NULL)
HB_FILL_INSNS(addw, ADDW, ADDW, hb_rv_event_reg, NULL)
HB_FILL_INSNS(const, CONST, CONST, hb_rv_event_reg, NULL)
HB_FILL_INSNS(logic, LOGIC, LOGIC, hb_rv_event_reg, NULL)
HB_FILL_INSNS(shift, SHIFT, SHIFT, hb_rv_event_reg, NULL)
HB_FILL_INSNS(slt, SLT, SLT, hb_rv_event_reg, NULL)
HB_FILL_INSNS(beq, BEQ, BEQ, hb_rv_event_reg, beq_finish)
HB_FILL_INSNS(blt, BLT, BLT, hb_rv_event_reg, NULL)
HB_FILL_INSNS(jal, JAL, JAL, hb_rv_event_reg, NULL)
HB_FILL_INSNS(jalr, JALR, JALR, hb_rv_event_reg, NULL)
