/* One semantic body per instruction. Included once per loop, after
 *   HB_BODY    name of the function
 *   HB_RECORD  0 or 1: write events (events.h)
 *   HB_FAULT   0 or 1: take values through fault injection (rvfault.h; needs HB_RECORD)
 *   HB_PLAN    1: no events, but everything that is known from them about a shard: counts and times of accesses (not with HB_RECORD). May be left out
 * Recording and faults observe from outside: what an instruction does is the expression given to R_TYPE, BRANCH, ... below and nothing else. */
#include "rv/interp_macros.h"

hb_rv_exit HB_BODY(hb_rv_run *m)
{
#define LABEL(NAME, ...) [HB_OP_##NAME] = &&do_##NAME,
    static const void *const labels[HB_OP_COUNT] = {[HB_OP_INVALID] = &&do_INVALID, HB_ISA_TABLE(LABEL)};
    uint64_t *const x = m->x;
    const hb_rv_decoded *const base = m->loaded->decoded;
#if !HB_PLAN
    int64_t *const delta = m->delta;
#endif
    const hb_rv_decoded *ip = m->ip;
    int64_t left = m->left;
    hb_rv_exit result;
#if HB_RECORD || HB_PLAN
    uint32_t ts = m->ts;
#endif
#if HB_PLAN
    uint32_t ts_stop = ts + 4 * (uint32_t)left; /* where the next instruction is not granted, unless a call comes before */
#endif
#if !HB_RECORD
    const uintptr_t *const read = m->mem.read;
    const uintptr_t *const write = m->mem.write;
#endif
#if HB_FAULT
    const hb_rv_decoded *in = ip;
    hb_rv_decoded other;
    if (m->fault.kind == HB_FAULT_WORD) {
        other = base[m->fault.value % m->loaded->n_decoded];
        m->fault_hit |= memcmp(&other, ip, offsetof(hb_rv_decoded, insn)) != 0 || other.imm != ip->imm;
        in = &other;
    }
#else
#define in ip
#endif
    COUNT_RUN(ip, 1);
#if HB_FAULT
    if (--left < 0)
        goto out_of_budget;
    goto *labels[in->op];
#else
    DISPATCH();
#endif

    R_TYPE(ADD, a + b)
    R_TYPE(SUB, a - b)
    R_TYPE(AND, a & b)
    R_TYPE(OR, a | b)
    R_TYPE(XOR, a ^ b)
    R_TYPE(SLL, a << (b & 63))
    R_TYPE(SRL, a >> (b & 63))
    R_TYPE(SRA, sra64(a, b & 63))
    R_TYPE(SLT, (int64_t)a < (int64_t)b)
    R_TYPE(SLTU, a < b)
    I_TYPE(ADDI, a + i)
    I_TYPE(ANDI, a & i)
    I_TYPE(ORI, a | i)
    I_TYPE(XORI, a ^ i)
    I_TYPE(SLLI, a << i)
    I_TYPE(SRLI, a >> i)
    I_TYPE(SRAI, sra64(a, (unsigned)i))
    I_TYPE(SLTI, (int64_t)a < (int64_t)i)
    I_TYPE(SLTIU, a < i)
    R_TYPE(ADDW, sext32(a + b))
    R_TYPE(SUBW, sext32(a - b))
    R_TYPE(SLLW, sext32(a << (b & 31)))
    R_TYPE(SRLW, sext32((uint32_t)a >> (b & 31)))
    R_TYPE(SRAW, sra64(sext32(a), b & 31))
    I_TYPE(ADDIW, sext32(a + i))
    I_TYPE(SLLIW, sext32(a << i))
    I_TYPE(SRLIW, sext32((uint32_t)a >> i))
    I_TYPE(SRAIW, sra64(sext32(a), (unsigned)i))
    U_TYPE(LUI, i)
    U_TYPE(AUIPC, i)
    U_TYPE(FENCE, i) /* i is 0 and rd the sink: nothing */

    R_TYPE(MUL, a *b)
    R_TYPE(MULH, high_ss(a, b))
    R_TYPE(MULHSU, high_su(a, b))
    R_TYPE(MULHU, high_uu(a, b))
    R_TYPE(MULW, sext32(a *b))
    R_TYPE(DIV, div_signed(a, b))
    R_TYPE(DIVU, b ? a / b : UINT64_MAX)
    R_TYPE(REM, rem_signed(a, b))
    R_TYPE(REMU, b ? a % b : a)
    R_TYPE(DIVW, sext32(div_signed(sext32(a), sext32(b))))
    R_TYPE(DIVUW, (uint32_t)b ? sext32((uint32_t)a / (uint32_t)b) : UINT64_MAX)
    R_TYPE(REMW, sext32(rem_signed(sext32(a), sext32(b))))
    R_TYPE(REMUW, sext32((uint32_t)b ? (uint32_t)a % (uint32_t)b : (uint32_t)a))

    BRANCH(BEQ, a == b)
    BRANCH(BNE, a != b)
    BRANCH(BLT, (int64_t)a < (int64_t)b)
    BRANCH(BGE, (int64_t)a >= (int64_t)b)
    BRANCH(BLTU, a < b)
    BRANCH(BGEU, a >= b)

    LOAD(LB, 1, int8_t)
    LOAD(LH, 2, int16_t)
    LOAD(LW, 4, int32_t)
    LOAD(LD, 8, int64_t)
    LOAD(LBU, 1, uint8_t)
    LOAD(LHU, 2, uint16_t)
    LOAD(LWU, 4, uint32_t)
    STORE(SB, 1)
    STORE(SH, 2)
    STORE(SW, 4)
    STORE(SD, 8)

do_JAL: {
    DESTINATION();
    int64_t by = in->imm;
    if (UNLIKELY(!INSIDE(by)))
        goto nowhere;
    uint64_t v = VIA(RESULT, hb_rv_pc(m, ip) + 4);
#if HB_RECORD
    NEW_REG_EVENT(HB_FAM_JAL)
    RECORD_RD(e, v);
#endif
    x[rd] = v;
    PLAN(JAL, false, false, true);
    JUMP(by);
}

do_JALR: {
    A();
    DESTINATION();
    uint64_t target = (a + (uint64_t)in->imm) & ~UINT64_C(1), to = target - m->loaded->text_base;
    if (UNLIKELY(to % 4))
        TRAP(HB_TRAP_PC_MISALIGNED, target);
    if (UNLIKELY(to / 4 >= m->loaded->n_decoded))
        TRAP(HB_TRAP_PC_OUTSIDE, target);
    uint64_t v = VIA(RESULT, hb_rv_pc(m, ip) + 4);
#if HB_RECORD
    NEW_REG_EVENT(HB_FAM_JALR)
    RECORD_RS1(e);
    RECORD_RD(e, v);
    e->next_pc = (uint32_t)(target / 4);
#endif
    x[rd] = v;
    PLAN(JALR, true, false, true);
    JUMP((int64_t)(to / 4) - (ip - base));
}

do_ECALL: {
    uint64_t t0 = VIA(CALL, x[HB_RV_T0]), a0 = VIA(OPERAND1, x[HB_RV_A0]), a1 = VIA(OPERAND2, x[HB_RV_A1]);
    SET_LEFT();
    m->ip = ip;
    m->left = left;
#if HB_RECORD || HB_PLAN
    m->ts = ts;
#endif
    result = hb_rv_call(m, t0, a0, a1);
    left = m->left;
#if HB_RECORD || HB_PLAN
    ts = m->ts;
#endif
#if HB_PLAN
    ts_stop = ts + 4 * (uint32_t)left;
#endif
    if (result == HB_RV_EXIT_TRAP)
        goto refused;
#if HB_PLAN
    m->shard.ops[HB_OP_ECALL]++;
#endif
    ip++;
    if (result == HB_RV_EXIT_NONE)
        DISPATCH();
    COUNT_RUN(ip, -1);
    return result; /* m->ip, m->left and m->ts are as the call left them */
}

do_EBREAK:
    TRAP(HB_TRAP_EBREAK, 0);

do_INVALID:
    TRAP(HB_TRAP_INVALID_INSTRUCTION, 0); /* the driver looks at the word */

nowhere: { /* the decoder refused the target of a branch or JAL */
    hb_isa_insn insn = hb_isa_decode(hb_rv_program_word(m->program, hb_rv_pc(m, ip)));
    uint64_t target = hb_rv_pc(m, ip) + (uint64_t)insn.imm;
    TRAP(target % 4 ? HB_TRAP_PC_MISALIGNED : HB_TRAP_PC_OUTSIDE, target);
}

#if HB_RECORD
no_memory:
    TRAP(HB_TRAP_HOST_MEMORY, 0);
#endif

out_of_budget:
    result = HB_RV_EXIT_BUDGET;
    left = 0;
    goto leave;

trapped:
    SET_LEFT();
refused:
    result = HB_RV_EXIT_TRAP;
    left++; /* it did not happen */

leave:
    COUNT_RUN(ip, -1);
    m->ip = ip;
    m->left = left;
#if HB_RECORD || HB_PLAN
    m->ts = ts;
#endif
    return result;
}
#undef in
