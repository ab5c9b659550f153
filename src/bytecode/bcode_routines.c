/* Run-time part: what blocks and the exact path share. */
#include "bytecode/bcode_image.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
enum { LOCAL = HB_RT_LOCAL + 16 };

/* Word after word, unaligned ones too, then bytes. Right for overlapping ranges with a0 below a2: a word is read before its bytes are overwritten. */
static const hb_emit_row copy[] = {
    HB_LABEL(HB_RT_COPY),
    HB_I(ANDI, HB_T0, HB_A1, -8),
    HB_I(ANDI, HB_A1, HB_A1, 7),
    HB_R(ADD, HB_T0, HB_T0, HB_A2),
    HB_BR(BEQ, HB_A2, HB_T0, LOCAL + 1),
    HB_LABEL(LOCAL),
    HB_I(LD, HB_T1, HB_A2, 0),
    HB_I(ADDI, HB_A2, HB_A2, 8),
    HB_ST(SD, HB_T1, 0, HB_A0),
    HB_I(ADDI, HB_A0, HB_A0, 8),
    HB_BR(BNE, HB_A2, HB_T0, LOCAL),
    HB_LABEL(LOCAL + 1),
    HB_R(ADD, HB_T0, HB_A2, HB_A1),
    HB_BR(BEQ, HB_A2, HB_T0, LOCAL + 3),
    HB_LABEL(LOCAL + 2),
    HB_I(LBU, HB_T1, HB_A2, 0),
    HB_I(ADDI, HB_A2, HB_A2, 1),
    HB_ST(SB, HB_T1, 0, HB_A0),
    HB_I(ADDI, HB_A0, HB_A0, 1),
    HB_BR(BNE, HB_A2, HB_T0, LOCAL + 2),
    HB_LABEL(LOCAL + 3),
    HB_I(JALR, HB_X0, HB_RA, 0),
};

/* The price of a1 bytes, kept in a2 so that a trap can give it back; then t0 := the memory limit. */
#define PRICE(no_gas)                                                                                                  \
    HB_I(SRLI, HB_A2, HB_A1, 3), HB_I(ANDI, HB_T0, HB_A1, 7), HB_R(SLTU, HB_T0, HB_X0, HB_T0),                         \
        HB_R(ADD, HB_A2, HB_A2, HB_T0), HB_BR(BLTU, HB_BC_GAS, HB_A2, no_gas),                                         \
        HB_R(SUB, HB_BC_GAS, HB_BC_GAS, HB_A2), HB_I(ADDI, HB_T0, HB_BC_MEM8, 8)

/* Is [a0, a0 + a1) inside the memory? */
#define INSIDE(no_memory)                                                                                              \
    HB_BR(BLTU, HB_T0, HB_A1, no_memory), HB_R(SUB, HB_T0, HB_T0, HB_A1), HB_BR(BLTU, HB_T0, HB_A0, no_memory),        \
        HB_R(ADD, HB_A0, HB_A0, HB_BC_MEM)

static const hb_emit_row read_write[] = {
    HB_LABEL(HB_RT_READ),
    PRICE(LOCAL + 5),
    HB_I(LD, HB_T1, HB_BC_GLOB, HB_BC_VAR_INPUT),
    HB_I(LD, HB_T2, HB_BC_GLOB, HB_BC_VAR_INPUT_END),
    HB_R(SUB, HB_T2, HB_T2, HB_T1),
    HB_BR(BLTU, HB_T2, HB_A1, LOCAL + 6),
    HB_BR(BEQ, HB_A1, HB_X0, LOCAL + 3),
    INSIDE(LOCAL + 7),
    HB_MV(HB_A2, HB_T1),
    HB_R(ADD, HB_T1, HB_T1, HB_A1),
    HB_ST(SD, HB_T1, HB_BC_VAR_INPUT, HB_BC_GLOB),
    HB_JUMP(HB_RT_COPY),
    HB_LABEL(HB_RT_WRITE),
    PRICE(LOCAL + 5),
    HB_BR(BEQ, HB_A1, HB_X0, LOCAL + 3),
    INSIDE(LOCAL + 7),
    HB_MV(HB_A2, HB_A0),
    HB_I(LD, HB_A0, HB_BC_GLOB, HB_BC_VAR_OUTPUT),
    HB_R(ADD, HB_T0, HB_A0, HB_A1),
    HB_ST(SD, HB_T0, HB_BC_VAR_OUTPUT, HB_BC_GLOB),
    HB_JUMP(HB_RT_COPY),
    /* What is given back: the fixed part, and the price of the bytes where it was paid. */
    HB_LABEL(LOCAL + 5),
    HB_I(ADDI, HB_BC_GAS, HB_BC_GAS, 3),
    HB_JUMP(HB_RT_TRAP + HB_BC_END_GAS),
    HB_LABEL(LOCAL + 6),
    HB_R(ADD, HB_BC_GAS, HB_BC_GAS, HB_A2),
    HB_I(ADDI, HB_BC_GAS, HB_BC_GAS, 3),
    HB_JUMP(HB_RT_TRAP + HB_BC_END_INPUT),
    HB_LABEL(LOCAL + 7),
    HB_R(ADD, HB_BC_GAS, HB_BC_GAS, HB_A2),
    HB_I(ADDI, HB_BC_GAS, HB_BC_GAS, 3),
    HB_JUMP(HB_RT_TRAP + HB_BC_END_MEMORY),
};

/* Square and multiply; t1: an earlier square has overflowed (the same rule as in the native interpreter). */
static const hb_emit_row power[] = {
    HB_LABEL(HB_RT_POW),
    HB_I(ADDI, HB_A2, HB_X0, 1),
    HB_MV(HB_T1, HB_X0),
    HB_LABEL(LOCAL + 8),
    HB_I(ANDI, HB_T0, HB_A1, 1),
    HB_BR(BEQ, HB_T0, HB_X0, LOCAL + 9),
    HB_BR(BNE, HB_T1, HB_X0, LOCAL + 10),
    HB_R(MULHU, HB_T0, HB_A2, HB_A0),
    HB_BR(BNE, HB_T0, HB_X0, LOCAL + 10),
    HB_R(MUL, HB_A2, HB_A2, HB_A0),
    HB_LABEL(LOCAL + 9),
    HB_I(SRLI, HB_A1, HB_A1, 1),
    HB_BR(BEQ, HB_A1, HB_X0, LOCAL + 10),
    HB_R(MULHU, HB_T0, HB_A0, HB_A0),
    HB_R(OR, HB_T1, HB_T1, HB_T0),
    HB_R(MUL, HB_A0, HB_A0, HB_A0),
    HB_JUMP(LOCAL + 8),
    HB_LABEL(LOCAL + 10), /* a1 is 0 exactly when there was no overflow */
    HB_MV(HB_A0, HB_A2),
    HB_I(JALR, HB_X0, HB_RA, 0),
};

/* The last word may have fewer than 8 bytes; what lies behind them is anybody's choice and is not read. */
static const hb_emit_row input[] = {
    HB_LABEL(HB_RT_INPUT),
    HB_I(LD, HB_T0, HB_BC_GLOB, HB_BC_VAR_INPUT),
    HB_I(LD, HB_T1, HB_BC_GLOB, HB_BC_VAR_INPUT_END),
    HB_R(SUB, HB_T1, HB_T1, HB_T0),
    HB_I(SLTIU, HB_A1, HB_T1, 8),
    HB_BR(BNE, HB_A1, HB_X0, LOCAL + 11),
    HB_I(LD, HB_A0, HB_T0, 0),
    HB_I(ADDI, HB_T0, HB_T0, 8),
    HB_ST(SD, HB_T0, HB_BC_VAR_INPUT, HB_BC_GLOB),
    HB_I(JALR, HB_X0, HB_RA, 0),
    HB_LABEL(LOCAL + 11),
    HB_BR(BEQ, HB_T1, HB_X0, LOCAL + 13), /* a1 = 1: nothing is left */
    HB_R(ADD, HB_T1, HB_T0, HB_T1),
    HB_ST(SD, HB_T1, HB_BC_VAR_INPUT, HB_BC_GLOB),
    HB_MV(HB_A0, HB_X0),
    HB_LABEL(LOCAL + 12),
    HB_I(ADDI, HB_T1, HB_T1, -1),
    HB_I(LBU, HB_A1, HB_T1, 0),
    HB_I(SLLI, HB_A0, HB_A0, 8),
    HB_R(OR, HB_A0, HB_A0, HB_A1),
    HB_BR(BNE, HB_T1, HB_T0, LOCAL + 12),
    HB_MV(HB_A1, HB_X0),
    HB_LABEL(LOCAL + 13),
    HB_I(JALR, HB_X0, HB_RA, 0),
};

/* t0 := entry of offset a7; to no_start when no instruction starts there. */
static void look_up(hb_bc_translation *t, uint32_t no_start)
{
    hb_emit *e = &t->e;
    hb_emit_la(e, HB_T0, HB_RT_RODATA);
    hb_emit_li(e, HB_T1, t->p->code_len);
    hb_emit_branch(e, HB_OP_BGEU, HB_A7, HB_T1, no_start);
    hb_emit_i(e, HB_OP_SLLI, HB_T1, HB_A7, 2);
    hb_emit_r(e, HB_OP_ADD, HB_T0, HB_T0, HB_T1);
    uint32_t entries = hb_bc_entries_at(t->p);
    if (entries >= 2048) {
        hb_emit_li(e, HB_T1, entries);
        hb_emit_r(e, HB_OP_ADD, HB_T0, HB_T0, HB_T1);
        entries = 0;
    }
    hb_emit_i(e, HB_OP_LW, HB_T0, HB_T0, entries);
    hb_emit_branch(e, HB_OP_BEQ, HB_T0, HB_X0, no_start);
}

static void computed_jump(hb_bc_translation *t, uint32_t label, unsigned local, int64_t gas)
{
    const hb_emit_row tail[] = {
        HB_I(JALR, HB_X0, HB_T0, 0),
        HB_LABEL(local),
        HB_I(ADDI, HB_BC_GAS, HB_BC_GAS, gas),
        HB_JUMP(HB_RT_TRAP + HB_BC_END_JUMP),
    };
    hb_emit_place(&t->e, label);
    look_up(t, local);
    hb_emit_rows(&t->e, tail, COUNT(tail));
}

static void computed_call(hb_bc_translation *t)
{
    static const hb_emit_row head[] = {
        HB_LABEL(HB_RT_CALL),
        HB_BR(BEQ, HB_BC_CALLS, HB_BC_BOTTOM, LOCAL + 18),
    };
    static const hb_emit_row tail[] = {
        HB_ST(SD, HB_RA, 0, HB_BC_CALLS),
        HB_I(ADDI, HB_BC_CALLS, HB_BC_CALLS, 8),
        HB_I(JALR, HB_X0, HB_T0, 0),
        HB_LABEL(LOCAL + 18),
        HB_I(ADDI, HB_BC_GAS, HB_BC_GAS, 10),
        HB_JUMP(HB_RT_TRAP + HB_BC_END_STACK),
    };
    hb_emit_rows(&t->e, head, COUNT(head));
    look_up(t, LOCAL + 17); /* of JUMPI: the same gas */
    hb_emit_rows(&t->e, tail, COUNT(tail));
}

void hb_bc_emit_routines(hb_bc_translation *t)
{
    hb_emit_rows(&t->e, copy, COUNT(copy));
    hb_emit_rows(&t->e, read_write, COUNT(read_write));
    hb_emit_rows(&t->e, power, COUNT(power));
    hb_emit_rows(&t->e, input, COUNT(input));
    computed_jump(t, HB_RT_JUMP, LOCAL + 16, 8);
    computed_jump(t, HB_RT_JUMPI, LOCAL + 17, 10);
    computed_call(t);
}
