/* Arithmetic: one guest operation, or a pair that compilers write for one thing, at a time. What each computes is the
 * table of interp_body.h. */
#include "rv/jit_state.h"

#if HB_RV_JIT

/* rd := rs1 op rs2 by an opcode reg, r/m. W operations (wide = false) sign-extend their 32 bits. */
static void binary(hb_rv_jit *j, const hb_rv_decoded *d, bool wide, unsigned opcode, bool commutes)
{
    unsigned a = d->rs1, b = d->rs2, to = hb_jit_target(j, d->rd, X_RAX);
    if (b && j->host[b] == (int)to && a != b) {
        if (commutes) {
            b = a;
            a = d->rs2;
        } else {
            to = X_RAX; /* rs2 is still needed */
        }
    }
    if (a == 0 && commutes && b != 0) {
        a = b;
        b = 0;
    }
    if (opcode == X_ADD && a && b && j->host[a] >= 0 && j->host[b] >= 0 && j->host[a] != (int)to) {
        x_op(&j->e, wide, X_LEA, to, x_mem_index((unsigned)j->host[a], (unsigned)j->host[b], 0, 0));
    } else {
        hb_jit_read(j, to, a);
        if (b) {
            x_op(&j->e, wide, opcode, to, hb_jit_operand(j, b));
        } else {
            x_const(&j->e, X_RDX, 0);
            x_op(&j->e, wide, opcode, to, x_reg(X_RDX));
        }
    }
    if (!wide)
        x_op(&j->e, true, X_MOVSXD, to, x_reg(to));
    hb_jit_written(j, d->rd, to);
}

static void add_imm(hb_rv_jit *j, const hb_rv_decoded *d)
{
    const int32_t imm = (int32_t)d->imm;
    const unsigned to = hb_jit_target(j, d->rd, X_RAX);
    if (d->rs1 == 0) {
        hb_jit_write_const(j, d->rd, (uint64_t)d->imm);
        return;
    }
    if (d->rd == d->rs1) {
        if (imm)
            x_imm(&j->e, true, X_G_ADD, hb_jit_operand(j, d->rd), imm);
        return;
    }
    if (imm && j->host[d->rs1] >= 0) {
        x_op(&j->e, true, X_LEA, to, x_mem((unsigned)j->host[d->rs1], imm));
    } else {
        hb_jit_read(j, to, d->rs1);
        if (imm)
            x_imm(&j->e, true, X_G_ADD, x_reg(to), imm);
    }
    hb_jit_written(j, d->rd, to);
}

static void addw_imm(hb_rv_jit *j, const hb_rv_decoded *d)
{
    const int32_t imm = (int32_t)d->imm;
    const unsigned to = hb_jit_target(j, d->rd, X_RAX);
    if (d->rs1 == 0) {
        hb_jit_write_const(j, d->rd, (uint64_t)d->imm);
        return;
    }
    if (imm == 0) {
        x_op(&j->e, true, X_MOVSXD, to, hb_jit_operand(j, d->rs1));
    } else {
        if (j->host[d->rs1] >= 0 && j->host[d->rs1] != (int)to) {
            x_op(&j->e, false, X_LEA, to, x_mem((unsigned)j->host[d->rs1], imm));
        } else {
            hb_jit_read(j, to, d->rs1);
            x_imm(&j->e, false, X_G_ADD, x_reg(to), imm);
        }
        x_op(&j->e, true, X_MOVSXD, to, x_reg(to));
    }
    hb_jit_written(j, d->rd, to);
}

static void logic_imm(hb_rv_jit *j, const hb_rv_decoded *d, unsigned op)
{
    if (d->rd == d->rs1) {
        x_imm(&j->e, true, op, hb_jit_operand(j, d->rd), (int32_t)d->imm);
        return;
    }
    const unsigned to = hb_jit_target(j, d->rd, X_RAX);
    hb_jit_read(j, to, d->rs1);
    x_imm(&j->e, true, op, x_reg(to), (int32_t)d->imm);
    hb_jit_written(j, d->rd, to);
}

static void shift_imm(hb_rv_jit *j, const hb_rv_decoded *d, bool wide, unsigned op)
{
    const unsigned to = hb_jit_target(j, d->rd, X_RAX), amount = (unsigned)d->imm;
    if (!wide && op == X_G_SAR && d->rs1) {
        x_op(&j->e, true, X_MOVSXD, to, hb_jit_operand(j, d->rs1));
        wide = true; /* the sign is there already */
    } else {
        hb_jit_read(j, to, d->rs1);
    }
    if (amount)
        x_shift(&j->e, wide, op, to, amount);
    if (!wide)
        x_op(&j->e, true, X_MOVSXD, to, x_reg(to));
    hb_jit_written(j, d->rd, to);
}

/* x86 masks the count as RISC-V does: by 63, or by 31 for 32-bit operands. */
static void shift(hb_rv_jit *j, const hb_rv_decoded *d, bool wide, unsigned op)
{
    unsigned to = X_RAX;
    if (j->bmi2) {
        const unsigned count = hb_jit_source(j, d->rs2, X_RCX);
        to = hb_jit_target(j, d->rd, X_RAX);
        if (d->rs1)
            x_shift_by(&j->e, wide, op, to, hb_jit_operand(j, d->rs1), count);
        else
            x_const(&j->e, to, 0);
    } else {
        hb_jit_read(j, X_RCX, d->rs2);
        hb_jit_read(j, X_RAX, d->rs1);
        x_shift_cl(&j->e, wide, op, X_RAX);
    }
    if (!wide)
        x_op(&j->e, true, X_MOVSXD, to, x_reg(to));
    hb_jit_written(j, d->rd, to);
}

static void set_if(hb_rv_jit *j, const hb_rv_decoded *d, unsigned cc, bool immediate)
{
    const unsigned a = hb_jit_source(j, d->rs1, X_RAX);
    if (immediate)
        x_imm(&j->e, true, X_G_CMP, x_reg(a), (int32_t)d->imm);
    else if (d->rs2)
        x_op(&j->e, true, X_CMP, a, hb_jit_operand(j, d->rs2));
    else
        x_imm(&j->e, true, X_G_CMP, x_reg(a), 0);
    const unsigned to = hb_jit_target(j, d->rd, X_RAX);
    x_setcc(&j->e, cc, to, X_RAX);
    hb_jit_written(j, d->rd, to);
}

/* An operand of MUL, DIV and the like, which take no constants. */
static hb_x64_rm multiplicand(hb_rv_jit *j, unsigned g)
{
    if (g)
        return hb_jit_operand(j, g);
    x_const(&j->e, X_RCX, 0);
    return x_reg(X_RCX);
}

static void multiply_high(hb_rv_jit *j, const hb_rv_decoded *d)
{
    hb_jit_read(j, X_RAX, d->rs1);
    const hb_x64_rm b = multiplicand(j, d->rs2);
    x_unary(&j->e, true, d->op == HB_OP_MULH ? X_G_IMUL : X_G_MUL, b);
    if (d->op == HB_OP_MULHSU) { /* a negative rs1 is 2^64 less than what was multiplied */
        hb_jit_read(j, X_RAX, d->rs1);
        x_shift(&j->e, true, X_G_SAR, X_RAX, 63);
        x_op(&j->e, true, X_AND, X_RAX, b);
        x_op(&j->e, true, X_SUB, X_RDX, x_reg(X_RAX));
    }
    hb_jit_written(j, d->rd, X_RDX);
}

/* Quotient in rax, remainder in rdx; the cases that x86 traps on are done apart: divisor 0, and -1 for signed
 * operands (which has MIN / -1 in it). */
static void divide(hb_rv_jit *j, const hb_rv_decoded *d, bool wide, bool is_signed, bool remainder)
{
    hb_x64 *e = &j->e;
    hb_jit_read(j, X_RCX, d->rs2);
    hb_jit_read(j, X_RAX, d->rs1);
    uint8_t *special, *plain_end, *zero;
    if (is_signed) { /* rcx + 1 is 0 or 1, unsigned */
        x_op(e, wide, X_LEA, X_RDX, x_mem(X_RCX, 1));
        x_imm(e, wide, X_G_CMP, x_reg(X_RDX), 1);
        special = x_jcc(e, X_BE);
        if (wide)
            x_byte(e, 0x48); /* cqo, else cdq */
        x_byte(e, 0x99);
        x_unary(e, wide, X_G_IDIV, x_reg(X_RCX));
    } else {
        x_op(e, wide, X_TEST, X_RCX, x_reg(X_RCX));
        special = x_jcc(e, X_E);
        x_const(e, X_RDX, 0);
        x_unary(e, wide, X_G_DIV, x_reg(X_RCX));
    }
    plain_end = x_jmp(e);
    x_patch(special, e->p);
    zero = NULL;
    if (is_signed) {
        x_op(e, wide, X_TEST, X_RCX, x_reg(X_RCX));
        zero = x_jcc(e, X_E);
        x_unary(e, wide, X_G_NEG, x_reg(X_RAX));
        x_const(e, X_RDX, 0);
        uint8_t *end = x_jmp(e);
        x_patch(zero, e->p);
        zero = end;
    }
    x_mov(e, X_RDX, X_RAX);
    x_const(e, X_RAX, UINT64_MAX);
    if (zero)
        x_patch(zero, e->p);
    x_patch(plain_end, e->p);
    const unsigned result = remainder ? X_RDX : X_RAX;
    if (!wide)
        x_op(e, true, X_MOVSXD, result, x_reg(result));
    hb_jit_written(j, d->rd, result);
}

/* Two instructions with one result, the second overwriting what the first wrote. Nothing can stop the run between
 * them. */
static bool pair(hb_rv_jit *j, const hb_rv_decoded *d, const hb_rv_decoded *n)
{
    if (n->rd != d->rd || d->rd == HB_RV_REG_SINK)
        return false;
    if ((d->op == HB_OP_LUI || d->op == HB_OP_AUIPC) && n->rs1 == d->rd &&
        (n->op == HB_OP_ADDI || n->op == HB_OP_ADDIW)) {
        const uint64_t sum = (uint64_t)d->imm + (uint64_t)n->imm;
        hb_jit_write_const(j, d->rd, n->op == HB_OP_ADDI ? sum : (uint64_t)(int64_t)(int32_t)(uint32_t)sum);
        return true;
    }
    if (d->op != HB_OP_SLLI || d->rs1 == 0)
        return false;
    const unsigned to = hb_jit_target(j, d->rd, X_RAX);
    if (d->imm == 32 && n->op == HB_OP_SRLI && n->rs1 == d->rd && n->imm == 32) {
        x_op(&j->e, false, X_MOV, to, hb_jit_operand(j, d->rs1)); /* clears the upper half */
        hb_jit_written(j, d->rd, to);
        return true;
    }
    if (d->imm <= 3 && n->op == HB_OP_ADD && (n->rs1 == d->rd) != (n->rs2 == d->rd)) {
        const unsigned other = n->rs1 == d->rd ? n->rs2 : n->rs1;
        if (!other)
            return false;
        const unsigned a = hb_jit_source(j, d->rs1, X_RCX), b = hb_jit_source(j, other, X_RDX);
        x_op(&j->e, true, X_LEA, to, x_mem_index(b, a, (unsigned)d->imm, 0));
        hb_jit_written(j, d->rd, to);
        return true;
    }
    return false;
}

static void single(hb_rv_jit *j, const hb_rv_decoded *d)
{
    switch (d->op) {
    case HB_OP_ADD: binary(j, d, true, X_ADD, true); break;
    case HB_OP_SUB: binary(j, d, true, X_SUB, false); break;
    case HB_OP_AND: binary(j, d, true, X_AND, true); break;
    case HB_OP_OR: binary(j, d, true, X_OR, true); break;
    case HB_OP_XOR: binary(j, d, true, X_XOR, true); break;
    case HB_OP_ADDW: binary(j, d, false, X_ADD, true); break;
    case HB_OP_SUBW: binary(j, d, false, X_SUB, false); break;
    case HB_OP_MUL: binary(j, d, true, X_IMUL, true); break;
    case HB_OP_MULW: binary(j, d, false, X_IMUL, true); break;
    case HB_OP_ADDI: add_imm(j, d); break;
    case HB_OP_ADDIW: addw_imm(j, d); break;
    case HB_OP_ANDI: logic_imm(j, d, X_G_AND); break;
    case HB_OP_ORI: logic_imm(j, d, X_G_OR); break;
    case HB_OP_XORI: logic_imm(j, d, X_G_XOR); break;
    case HB_OP_SLLI: shift_imm(j, d, true, X_G_SHL); break;
    case HB_OP_SRLI: shift_imm(j, d, true, X_G_SHR); break;
    case HB_OP_SRAI: shift_imm(j, d, true, X_G_SAR); break;
    case HB_OP_SLLIW: shift_imm(j, d, false, X_G_SHL); break;
    case HB_OP_SRLIW: shift_imm(j, d, false, X_G_SHR); break;
    case HB_OP_SRAIW: shift_imm(j, d, false, X_G_SAR); break;
    case HB_OP_SLL: shift(j, d, true, X_G_SHL); break;
    case HB_OP_SRL: shift(j, d, true, X_G_SHR); break;
    case HB_OP_SRA: shift(j, d, true, X_G_SAR); break;
    case HB_OP_SLLW: shift(j, d, false, X_G_SHL); break;
    case HB_OP_SRLW: shift(j, d, false, X_G_SHR); break;
    case HB_OP_SRAW: shift(j, d, false, X_G_SAR); break;
    case HB_OP_SLT: set_if(j, d, X_L, false); break;
    case HB_OP_SLTU: set_if(j, d, X_B, false); break;
    case HB_OP_SLTI: set_if(j, d, X_L, true); break;
    case HB_OP_SLTIU: set_if(j, d, X_B, true); break;
    case HB_OP_MULH:
    case HB_OP_MULHSU:
    case HB_OP_MULHU: multiply_high(j, d); break;
    case HB_OP_DIV: divide(j, d, true, true, false); break;
    case HB_OP_DIVU: divide(j, d, true, false, false); break;
    case HB_OP_REM: divide(j, d, true, true, true); break;
    case HB_OP_REMU: divide(j, d, true, false, true); break;
    case HB_OP_DIVW: divide(j, d, false, true, false); break;
    case HB_OP_DIVUW: divide(j, d, false, false, false); break;
    case HB_OP_REMW: divide(j, d, false, true, true); break;
    case HB_OP_REMUW: divide(j, d, false, false, true); break;
    default: hb_jit_write_const(j, d->rd, (uint64_t)d->imm); break; /* LUI, AUIPC, FENCE */
    }
}

unsigned hb_jit_emit_operation(hb_rv_jit *j)
{
    const hb_rv_decoded *d = hb_jit_insn(j, j->first + j->at);
    if (j->at + 1 < j->len && pair(j, d, d + 1))
        return 2;
    single(j, d);
    return 1;
}
#endif
