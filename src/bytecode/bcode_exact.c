/* The exact path: one instruction after the other with all its checks, for the rest of a block whose block-wide check failed and for computed jumps into the
 * middle of a block. A loop over the code's bytes in rodata, which leaves for the blocks at the next block start.
 *
 * Here a7 is the offset of the instruction, a6 rodata, a5 the table of entries, a4 the offset behind the instruction, a3 its gas (already paid),
 * a0 and a1 the two top words (garbage if there are fewer: the checks come before their use). */
#include "bytecode/bcode_image.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TRAP(END) (HB_RT_EXACT_TRAP + HB_BC_END_##END)
#define OP(NAME) HB_LABEL(HB_RT_HANDLER + HB_BC_##NAME)
#define BINARY HB_JUMP(HB_RT_EXACT_BINARY)
#define UNARY HB_JUMP(HB_RT_EXACT_UNARY)
#define PUSH HB_JUMP(HB_RT_EXACT_PUSH)
#define NEXT HB_JUMP(HB_RT_EXACT_GO)
enum { LOCAL = HB_RT_LOCAL + 48 };

static const hb_emit_row fetch[] = {
    HB_LABEL(HB_RT_EXACT_LOOP),
    HB_R(ADD, HB_T0, HB_A6, HB_A7),
    HB_I(LBU, HB_T0, HB_T0, HB_BC_RO_CODE),
    HB_I(SLLI, HB_T0, HB_T0, 3),
    HB_R(ADD, HB_T0, HB_T0, HB_A6),
    HB_I(LD, HB_T0, HB_T0, HB_BC_RO_ROWS),
    HB_I(SRLI, HB_A4, HB_T0, 56),
    HB_R(ADD, HB_A4, HB_A4, HB_A7),
    HB_I(SRLI, HB_A3, HB_T0, 32),
    HB_I(ANDI, HB_A3, HB_A3, 255),
    HB_BR(BLT, HB_BC_GAS, HB_A3, HB_RT_TRAP + HB_BC_END_GAS),
    HB_R(SUB, HB_BC_GAS, HB_BC_GAS, HB_A3),
    HB_I(SRLI, HB_T1, HB_T0, 40),
    HB_I(ANDI, HB_T1, HB_T1, 255),
    HB_I(SLLI, HB_T1, HB_T1, 3),
    HB_R(SUB, HB_T2, HB_BC_STK, HB_BC_BOTTOM),
    HB_BR(BLTU, HB_T2, HB_T1, TRAP(STACK)),
    HB_I(SLLI, HB_T1, HB_T0, 8),
    HB_I(SRAI, HB_T1, HB_T1, 56),
    HB_I(SLLI, HB_T1, HB_T1, 3),
    HB_R(ADD, HB_T1, HB_T1, HB_BC_STK),
    HB_BR(BLTU, HB_BC_LIMIT, HB_T1, TRAP(STACK)),
    HB_I(LD, HB_A0, HB_BC_STK, -8),
    HB_I(LD, HB_A1, HB_BC_STK, -16),
    HB_I(ADDIW, HB_T0, HB_T0, 0), /* the address: the low half, below 2^31 */
    HB_I(JALR, HB_X0, HB_T0, 0),
};

static const hb_emit_row arithmetic[] = {
    OP(ADD),
    HB_R(ADD, HB_A1, HB_A0, HB_A1),
    HB_BR(BLTU, HB_A1, HB_A0, TRAP(ARITHMETIC)),
    HB_MV(HB_A0, HB_A1),
    BINARY,
    OP(SUB),
    HB_BR(BLTU, HB_A0, HB_A1, TRAP(ARITHMETIC)),
    OP(WSUB),
    HB_R(SUB, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(MUL),
    HB_R(MULHU, HB_T0, HB_A0, HB_A1),
    HB_BR(BNE, HB_T0, HB_X0, TRAP(ARITHMETIC)),
    OP(WMUL),
    HB_R(MUL, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(WADD),
    HB_R(ADD, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(DIV),
    HB_BR(BEQ, HB_A1, HB_X0, TRAP(ARITHMETIC)),
    HB_R(DIVU, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(MOD),
    HB_BR(BEQ, HB_A1, HB_X0, TRAP(ARITHMETIC)),
    HB_R(REMU, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(POW),
    HB_CALL(HB_RT_POW),
    HB_BR(BNE, HB_A1, HB_X0, TRAP(ARITHMETIC)),
    BINARY,
    OP(LT),
    HB_R(SLTU, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(GT),
    HB_R(SLTU, HB_A0, HB_A1, HB_A0),
    BINARY,
    OP(EQ),
    HB_R(XOR, HB_A0, HB_A0, HB_A1),
    HB_I(SLTIU, HB_A0, HB_A0, 1),
    BINARY,
    OP(ISZERO),
    HB_I(SLTIU, HB_A0, HB_A0, 1),
    UNARY,
    OP(AND),
    HB_R(AND, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(OR),
    HB_R(OR, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(XOR),
    HB_R(XOR, HB_A0, HB_A0, HB_A1),
    BINARY,
    OP(NOT),
    HB_I(XORI, HB_A0, HB_A0, -1),
    UNARY,
    OP(SHL),
    HB_I(SLTIU, HB_T0, HB_A1, 64),
    HB_R(SUB, HB_T0, HB_X0, HB_T0),
    HB_R(SLL, HB_A0, HB_A0, HB_A1),
    HB_R(AND, HB_A0, HB_A0, HB_T0),
    BINARY,
    OP(SHR),
    HB_I(SLTIU, HB_T0, HB_A1, 64),
    HB_R(SUB, HB_T0, HB_X0, HB_T0),
    HB_R(SRL, HB_A0, HB_A0, HB_A1),
    HB_R(AND, HB_A0, HB_A0, HB_T0),
    BINARY,
};

#define LOAD(bytes, insn) HB_LI(HB_T1, bytes), HB_CALL(HB_RT_EXACT_ADDRESS), HB_I(insn, HB_A0, HB_A0, 0), UNARY
#define STORE(bytes, insn)                                                                                             \
    HB_LI(HB_T1, bytes), HB_CALL(HB_RT_EXACT_ADDRESS), HB_ST(insn, HB_A1, 0, HB_A0), HB_JUMP(HB_RT_EXACT_DROP2)

static const hb_emit_row memory[] = {
    OP(LOAD), OP(LOAD64), LOAD(8, LD), OP(LOAD32), LOAD(4, LWU), OP(LOAD16), LOAD(2, LHU), OP(LOAD8), LOAD(1, LBU),
    OP(STORE), OP(STORE64), STORE(8, SD), OP(STORE32), STORE(4, SW), OP(STORE16), STORE(2, SH), OP(STORE8), STORE(1, SB),
    HB_LABEL(HB_RT_EXACT_ADDRESS),
    HB_I(ADDI, HB_T0, HB_BC_MEM8, 8),
    HB_BR(BLTU, HB_T0, HB_T1, TRAP(MEMORY)),
    HB_R(SUB, HB_T0, HB_T0, HB_T1),
    HB_BR(BLTU, HB_T0, HB_A0, TRAP(MEMORY)),
    HB_R(ADD, HB_A0, HB_A0, HB_BC_MEM),
    HB_I(JALR, HB_X0, HB_RA, 0),
    OP(SLOAD), OP(SSTORE),
    HB_JUMP(TRAP(MEMORY)),
};

/* The immediate lies in the code behind the opcode byte. */
#define IMMEDIATE(insn, rd) HB_R(ADD, HB_T0, HB_A6, HB_A7), HB_I(insn, rd, HB_T0, HB_BC_RO_CODE + 1)
/* t1 := address of the word n below the top, which must exist. */
#define NTH_WORD                                                                                                       \
    IMMEDIATE(LBU, HB_T1), HB_I(ADDI, HB_T1, HB_T1, 1), HB_I(SLLI, HB_T1, HB_T1, 3),                                   \
        HB_R(SUB, HB_T0, HB_BC_STK, HB_BC_BOTTOM), HB_BR(BLTU, HB_T0, HB_T1, TRAP(STACK)), HB_R(SUB, HB_T1, HB_BC_STK, HB_T1)
/* t0 := address of register r. */
#define REGISTER IMMEDIATE(LBU, HB_T0), HB_I(SLLI, HB_T0, HB_T0, 3), HB_R(ADD, HB_T0, HB_T0, HB_BC_GLOB)

static const hb_emit_row words[] = {
    OP(PUSH1), IMMEDIATE(LBU, HB_A0), PUSH,
    OP(PUSH2), IMMEDIATE(LHU, HB_A0), PUSH,
    OP(PUSH4), IMMEDIATE(LWU, HB_A0), PUSH,
    OP(PUSH8), IMMEDIATE(LD, HB_A0), PUSH,
    OP(POP),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -8),
    NEXT,
    OP(DUP),
    NTH_WORD,
    HB_I(LD, HB_A0, HB_T1, 0),
    PUSH,
    OP(SWAP),
    NTH_WORD,
    HB_I(LD, HB_A1, HB_T1, 0),
    HB_ST(SD, HB_A0, 0, HB_T1),
    HB_MV(HB_A0, HB_A1),
    UNARY,
    OP(GET),
    REGISTER,
    HB_I(LD, HB_A0, HB_T0, HB_BC_VAR_REGISTERS),
    PUSH,
    OP(SET),
    REGISTER,
    HB_ST(SD, HB_A0, HB_BC_VAR_REGISTERS, HB_T0),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -8),
    NEXT,
};

static const hb_emit_row streams[] = {
    OP(INPUT),
    HB_CALL(HB_RT_INPUT),
    HB_BR(BNE, HB_A1, HB_X0, TRAP(INPUT)),
    PUSH,
    OP(INPUTLEN),
    HB_I(LD, HB_A0, HB_BC_GLOB, HB_BC_VAR_INPUT_END),
    HB_I(LD, HB_A1, HB_BC_GLOB, HB_BC_VAR_INPUT),
    HB_R(SUB, HB_A0, HB_A0, HB_A1),
    PUSH,
    OP(OUTPUT),
    HB_I(LD, HB_T0, HB_BC_GLOB, HB_BC_VAR_OUTPUT),
    HB_ST(SD, HB_A0, 0, HB_T0),
    HB_I(ADDI, HB_T0, HB_T0, 8),
    HB_ST(SD, HB_T0, HB_BC_VAR_OUTPUT, HB_BC_GLOB),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -8),
    NEXT,
    OP(READ),
    HB_CALL(HB_RT_READ),
    HB_JUMP(HB_RT_EXACT_DROP2),
    OP(WRITE),
    HB_CALL(HB_RT_WRITE),
    HB_JUMP(HB_RT_EXACT_DROP2),
};

/* The last of these rows go on into check_target. */
static const hb_emit_row jumps[] = {
    OP(STOP),
    HB_JUMP(HB_RT_TRAP + HB_BC_END_SUCCESS),
    OP(REVERT),
    HB_JUMP(HB_RT_TRAP + HB_BC_END_REVERTED),
    OP(RETURN),
    HB_BR(BEQ, HB_BC_CALLS, HB_BC_GLOB, HB_RT_TRAP + HB_BC_END_SUCCESS),
    HB_I(ADDI, HB_BC_CALLS, HB_BC_CALLS, -8),
    HB_I(LD, HB_T0, HB_BC_CALLS, 0),
    HB_JUMP(HB_RT_EXACT_LEAVE),
    OP(CALL),
    HB_BR(BEQ, HB_BC_CALLS, HB_BC_BOTTOM, TRAP(STACK)),
    HB_I(SLLI, HB_T0, HB_A4, 2),
    HB_R(ADD, HB_T0, HB_T0, HB_A5),
    HB_I(LW, HB_T0, HB_T0, 0), /* behind a CALL a block starts, or the code ends */
    HB_ST(SD, HB_T0, 0, HB_BC_CALLS),
    HB_I(ADDI, HB_BC_CALLS, HB_BC_CALLS, 8),
    HB_JUMP(HB_RT_HANDLER + HB_BC_JUMP),
    OP(JUMPI),
    HB_BR(BEQ, HB_A1, HB_X0, HB_RT_EXACT_DROP2),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -8),
    OP(JUMP),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -8),
    HB_MV(HB_A4, HB_A0),
};

/* Results; all go on into HB_RT_EXACT_GO. */
static const hb_emit_row tails[] = {
    HB_JUMP(HB_RT_EXACT_GO), /* of JUMP */
    HB_LABEL(HB_RT_EXACT_DROP2),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -16),
    HB_JUMP(HB_RT_EXACT_GO),
    HB_LABEL(HB_RT_EXACT_PUSH),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, 16),
    HB_LABEL(HB_RT_EXACT_BINARY),
    HB_I(ADDI, HB_BC_STK, HB_BC_STK, -8),
    HB_LABEL(HB_RT_EXACT_UNARY),
    HB_ST(SD, HB_A0, -8, HB_BC_STK),
    HB_LABEL(HB_RT_EXACT_GO),
    HB_I(SLLI, HB_T0, HB_A4, 2),
    HB_R(ADD, HB_T0, HB_T0, HB_A5),
    HB_I(LW, HB_T0, HB_T0, 0),
    HB_BR(BEQ, HB_T0, HB_X0, TRAP(JUMP)),
    HB_MV(HB_A7, HB_A4),
    HB_I(ANDI, HB_T1, HB_T0, 1),
    HB_BR(BNE, HB_T1, HB_X0, HB_RT_EXACT_LOOP),
    /* and on into HB_RT_EXACT_LEAVE */
};

/* r0..r31 that live in machine registers, to memory or back. */
static void move_registers(hb_bc_translation *t, bool to_memory)
{
    for (unsigned r = 0; r < HB_BYTECODE_REGISTERS; r++) {
        int64_t at = HB_BC_VAR_REGISTERS + 8 * (int64_t)r;
        if (t->mapped[r] && to_memory)
            hb_emit_store(&t->e, HB_OP_SD, t->mapped[r], HB_BC_GLOB, at);
        else if (t->mapped[r])
            hb_emit_i(&t->e, HB_OP_LD, t->mapped[r], HB_BC_GLOB, at);
    }
}

static void enter(hb_bc_translation *t)
{
    hb_emit *e = &t->e;
    hb_emit_place(e, HB_RT_EXACT);
    move_registers(t, true);
    hb_emit_la(e, HB_A6, HB_RT_RODATA);
    hb_emit_li(e, HB_A5, hb_bc_entries_at(t->p));
    hb_emit_r(e, HB_OP_ADD, HB_A5, HB_A5, HB_A6);
}

/* JUMP and CALL arrive with the target in a4, unchecked. */
static void check_target(hb_bc_translation *t)
{
    hb_emit_li(&t->e, HB_T0, t->p->code_len);
    hb_emit_branch(&t->e, HB_OP_BGEU, HB_A4, HB_T0, TRAP(JUMP));
}

void hb_bc_emit_exact(hb_bc_translation *t)
{
    hb_emit *e = &t->e;
    enter(t);
    hb_emit_rows(e, fetch, COUNT(fetch));
    hb_emit_rows(e, arithmetic, COUNT(arithmetic));
    hb_emit_rows(e, memory, COUNT(memory));
    hb_emit_rows(e, words, COUNT(words));
    hb_emit_rows(e, streams, COUNT(streams));
    hb_emit_rows(e, jumps, COUNT(jumps));
    check_target(t);
    hb_emit_rows(e, tails, COUNT(tails));
    hb_emit_place(e, HB_RT_EXACT_LEAVE);
    move_registers(t, false);
    hb_emit_i(e, HB_OP_JALR, HB_X0, HB_T0, 0);
    for (unsigned end = HB_BC_END_SUCCESS; end < HB_BC_END_COUNT; end++) {
        hb_emit_place(e, HB_RT_EXACT_TRAP + end);
        hb_emit_r(e, HB_OP_ADD, HB_BC_GAS, HB_BC_GAS, HB_A3);
        hb_emit_jump(e, HB_RT_TRAP + end);
    }
}
