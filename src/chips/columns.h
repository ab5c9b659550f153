/* Main columns of every chip, shared by its rules, its fill and the tests. A name followed by another name that is n further stands for n columns.
 * Register operands are blocks of six: index, four limbs, time of the previous access. Letters: A operand 1, B operand 2, R result, OLD the
 * destination register before; M memory before. */
#pragma once

/* every instruction chip */
enum { COL_PC, COL_TS, COL_FREE };

/* --- tables that provide: preprocessed columns first, then multiplicities ------------------------------------------------------------ */
enum { PROG_PC, PROG_OP, PROG_RD, PROG_RS1, PROG_RS2, PROG_IMM, PROG_PRE_WIDTH = PROG_IMM + 4 };
enum { IMAGE_V, IMAGE_TEXT = IMAGE_V + 4, IMAGE_PRE_WIDTH };
enum { BYTE_ANDS, BYTE_PAIRS, BYTE_WIDTH };

/* --- memory ------------------------------------------------------------------------------------------------------------------------ */
enum {
    INITFIN_HI, INITFIN_LO,           /* key; 0 in the rows of public values, where INDEX is added to LO */
    INITFIN_HI_BEFORE, INITFIN_LO_BEFORE, /* key of the row before */
    INITFIN_BORROW,                   /* lo does not increase, so hi does */
    INITFIN_STEP_TOP,                 /* bits 18.. of lo - lo_before - 1 + 2^29 borrow */
    INITFIN_ABOVE_TOP, INITFIN_BELOW_TOP, /* bits 18.. of lo's distance from the bounds of its class */
    INITFIN_RAM_LOW, INITFIN_IMAGE, INITFIN_RAM_HIGH, INITFIN_RAM_FAR, INITFIN_INPUT, /* class of the address */
    INITFIN_TEXT,                     /* the double word is text; means something in image rows only */
    INITFIN_INIT, INITFIN_FIN = INITFIN_INIT + 4, INITFIN_TS = INITFIN_FIN + 4, INITFIN_WIDTH
};

/* BOUNDARY: a cell that a shard accesses */
enum {
    BOUNDARY_HI, BOUNDARY_LO,         /* key */
    BOUNDARY_IN, BOUNDARY_OUT = BOUNDARY_IN + 4, /* value before and after the shard */
    BOUNDARY_SHARD_PREV = BOUNDARY_OUT + 4,      /* number of the last shard before that accessed it, 0 for none */
    BOUNDARY_TS,                      /* time of the last access */
    BOUNDARY_WIDTH
};
enum { BUMP_HI, BUMP_LO, BUMP_V, BUMP_TS_PREV = BUMP_V + 4, BUMP_TS_NEW, BUMP_NEW_TOP, BUMP_GAP_TOP, BUMP_WIDTH };

/* --- instructions without memory ------------------------------------------------------------------------------------------------------ */
enum {
    ADDI_RS1 = COL_FREE, ADDI_A, ADDI_RS1_TS = ADDI_A + 4, ADDI_RD, ADDI_OLD, ADDI_RD_TS = ADDI_OLD + 4,
    ADDI_IMM, ADDI_IMM_SIGN, ADDI_R, ADDI_WIDTH = ADDI_R + 4
};
/* ADDI whose result has the upper limbs of the operand; the same with rd = rs1; the same with rs1 = x0 (whatever the immediate) */
enum { ADDI_LOW_RS1 = COL_FREE, ADDI_LOW_A, ADDI_LOW_RS1_TS = ADDI_LOW_A + 4, ADDI_LOW_RD, ADDI_LOW_OLD, ADDI_LOW_RD_TS = ADDI_LOW_OLD + 4,
       ADDI_LOW_IMM, ADDI_LOW_IMM_SIGN, ADDI_LOW_WIDTH };
enum { ADDI_SELF_RD = COL_FREE, ADDI_SELF_A, ADDI_SELF_TS = ADDI_SELF_A + 4, ADDI_SELF_IMM, ADDI_SELF_IMM_SIGN, ADDI_SELF_WIDTH };
enum { LI_RS1_TS = COL_FREE, LI_RD, LI_OLD, LI_RD_TS = LI_OLD + 4, LI_IMM, LI_IMM_SIGN, LI_WIDTH };
/* ADD and SUB alike */
#define SUB_WIDTH ADD_WIDTH
enum {
    ADD_RS1 = COL_FREE, ADD_A, ADD_RS1_TS = ADD_A + 4, ADD_RS2, ADD_B, ADD_RS2_TS = ADD_B + 4, ADD_RD, ADD_OLD, ADD_RD_TS = ADD_OLD + 4,
    ADD_R, ADD_WIDTH = ADD_R + 4
};
/* rd is an operand, A; the other operand is B */
enum {
    ADD_SELF_RD = COL_FREE, ADD_SELF_A, ADD_SELF_TS = ADD_SELF_A + 4, ADD_SELF_OTHER, ADD_SELF_B, ADD_SELF_OTHER_TS = ADD_SELF_B + 4,
    ADD_SELF_SECOND,                        /* rd is rs2 */
    ADD_SELF_R, ADD_SELF_WIDTH = ADD_SELF_R + 4
};
enum {
    ADDW_RS1 = COL_FREE, ADDW_A, ADDW_RS1_TS = ADDW_A + 4, ADDW_RS2, ADDW_B, ADDW_RS2_TS = ADDW_B + 4, ADDW_RD, ADDW_OLD,
    ADDW_RD_TS = ADDW_OLD + 4, ADDW_SUB, ADDW_IMM, ADDW_R0, ADDW_R1, ADDW_SIGN, ADDW_WIDTH
};
enum { CONST_RD = COL_FREE, CONST_OLD, CONST_RD_TS = CONST_OLD + 4, CONST_VALUE, CONST_WIDTH = CONST_VALUE + 4 };
enum {
    LOGIC_RS1 = COL_FREE, LOGIC_A, LOGIC_RS1_TS = LOGIC_A + 8, LOGIC_RS2, LOGIC_B, LOGIC_RS2_TS = LOGIC_B + 8, LOGIC_RD, LOGIC_OLD,
    LOGIC_RD_TS = LOGIC_OLD + 4, LOGIC_AND, LOGIC_OR = LOGIC_AND + 8, LOGIC_XOR, LOGIC_WIDTH
};
/* rd is an operand, A (bytes); the other operand is B */
enum {
    LOGIC_SELF_RD = COL_FREE, LOGIC_SELF_A, LOGIC_SELF_TS = LOGIC_SELF_A + 8, LOGIC_SELF_OTHER, LOGIC_SELF_B, LOGIC_SELF_OTHER_TS = LOGIC_SELF_B + 8,
    LOGIC_SELF_SECOND, LOGIC_SELF_AND, LOGIC_SELF_OR = LOGIC_SELF_AND + 8, LOGIC_SELF_XOR, LOGIC_SELF_WIDTH
};
/* the same where the upper half of B is all zeros or all ones: four bytes and two limbs of A, four bytes of B */
enum {
    LOGIC_HALF_RD = COL_FREE, LOGIC_HALF_A, LOGIC_HALF_A2 = LOGIC_HALF_A + 4, LOGIC_HALF_A3, LOGIC_HALF_TS,
    LOGIC_HALF_OTHER, LOGIC_HALF_B, LOGIC_HALF_FILL = LOGIC_HALF_B + 4, LOGIC_HALF_OTHER_TS,
    LOGIC_HALF_SECOND, LOGIC_HALF_AND, LOGIC_HALF_OR = LOGIC_HALF_AND + 4, LOGIC_HALF_XOR, LOGIC_HALF_WIDTH
};
/* immediate: two bytes and three limbs of A, two bytes of the immediate and its sign */
enum {
    LOGIC_IMM_RS1 = COL_FREE, LOGIC_IMM_A, LOGIC_IMM_A1 = LOGIC_IMM_A + 2, LOGIC_IMM_RS1_TS = LOGIC_IMM_A1 + 3,
    LOGIC_IMM_RD, LOGIC_IMM_OLD, LOGIC_IMM_RD_TS = LOGIC_IMM_OLD + 4, LOGIC_IMM_IMM, LOGIC_IMM_SIGN = LOGIC_IMM_IMM + 2,
    LOGIC_IMM_AND, LOGIC_IMM_OR = LOGIC_IMM_AND + 2, LOGIC_IMM_XOR, LOGIC_IMM_WIDTH
};
enum {
    SHIFT_RS1 = COL_FREE, SHIFT_A, SHIFT_RS1_TS = SHIFT_A + 4, SHIFT_RS2, SHIFT_B, SHIFT_RS2_TS = SHIFT_B + 4, SHIFT_RD, SHIFT_OLD,
    SHIFT_RD_TS = SHIFT_OLD + 4,
    SHIFT_RIGHT, SHIFT_LEFT_W, SHIFT_RIGHT_W, SHIFT_ARITH, SHIFT_IMM, /* flags; none of the first three: left, 64 bits */
    SHIFT_BIT,                              /* bits 0..3 of the amount */
    SHIFT_POW3 = SHIFT_BIT + 4,             /* 2^(bits 0..2) - 1 */
    SHIFT_D, SHIFT_C,                       /* D - 1 and 2^16 - C, see chip_shift.c */
    SHIFT_WHOLE1, SHIFT_WHOLE2, SHIFT_WHOLE3, /* the amount is at least 16, 32, 48: one-hot */
    SHIFT_REST,                             /* bits of rs2 above the amount */
    SHIFT_L, SHIFT_H = SHIFT_L + 4,         /* parts of the moved limbs */
    SHIFT_TOP = SHIFT_H + 4,                /* limb with the sign */
    SHIFT_FILL,                             /* sign of an arithmetic shift */
    SHIFT_R1, SHIFT_SIGN, SHIFT_WIDTH       /* limb 1 of the result, its sign in W forms */
};
/* SLLI, SRLI, SRLIW as the transpiler prepares them (rv/rvprogram.h); the block alone, then where it begins in both chips */
enum {
    MOVE_D, MOVE_RIGHT, MOVE_W, MOVE_LARGE, /* the PROG row's factor; flags; the factor is 2^9 or more */
    MOVE_WHOLE1, MOVE_WHOLE2, MOVE_WHOLE3,  /* whole limbs moved, one-hot; none: 0 */
    MOVE_E, MOVE_H = MOVE_E + 4, MOVE_CHECK = MOVE_H + 4, MOVE_WIDTH
};
enum { SHIFT_IMM_RS1 = COL_FREE, SHIFT_IMM_A, SHIFT_IMM_RS1_TS = SHIFT_IMM_A + 4, SHIFT_IMM_RD, SHIFT_IMM_OLD, SHIFT_IMM_RD_TS = SHIFT_IMM_OLD + 4,
       SHIFT_IMM_MOVE, SHIFT_IMM_WIDTH = SHIFT_IMM_MOVE + MOVE_WIDTH };
enum { SHIFT_IMM_SELF_RD = COL_FREE, SHIFT_IMM_SELF_A, SHIFT_IMM_SELF_TS = SHIFT_IMM_SELF_A + 4, SHIFT_IMM_SELF_MOVE,
       SHIFT_IMM_SELF_WIDTH = SHIFT_IMM_SELF_MOVE + MOVE_WIDTH };
enum {
    SLT_RS1 = COL_FREE, SLT_A, SLT_RS1_TS = SLT_A + 4, SLT_RS2, SLT_B, SLT_RS2_TS = SLT_B + 4, SLT_RD, SLT_OLD, SLT_RD_TS = SLT_OLD + 4,
    SLT_SIGNED, SLT_IMM, SLT_COMPARE
};
enum {
    BLT_RS1 = COL_FREE, BLT_A, BLT_RS1_TS = BLT_A + 4, BLT_RS2, BLT_B, BLT_RS2_TS = BLT_B + 4, BLT_TARGET, BLT_SIGNED, BLT_GE, BLT_COMPARE
};
/* block of compare.h: sign of a and of b, marker of the highest differing limb (1, 2, 3), difference there, outcome */
enum { CMP_SIGN_A, CMP_SIGN_B, CMP_MARK1, CMP_MARK2, CMP_MARK3, CMP_DIFF, CMP_LT, CMP_WIDTH };
enum { SLT_WIDTH = SLT_COMPARE + CMP_WIDTH, BLT_WIDTH = BLT_COMPARE + CMP_WIDTH };
enum {
    BEQ_RS1 = COL_FREE, BEQ_A, BEQ_RS1_TS = BEQ_A + 4, BEQ_RS2, BEQ_B, BEQ_RS2_TS = BEQ_B + 4, BEQ_TARGET, BEQ_IS_BNE,
    BEQ_DIFFER, BEQ_WITNESS_LOW, BEQ_WITNESS_HIGH, BEQ_WIDTH
};
/* branches whose operands have the same upper halves: low limbs of both, then the shared ones */
enum {
    BLT_LOW_RS1 = COL_FREE, BLT_LOW_A, BLT_LOW_RS1_TS = BLT_LOW_A + 2, BLT_LOW_RS2, BLT_LOW_B, BLT_LOW_RS2_TS = BLT_LOW_B + 2, BLT_LOW_UPPER,
    BLT_LOW_TARGET = BLT_LOW_UPPER + 2, BLT_LOW_SIGNED, BLT_LOW_GE, BLT_LOW_MARK, BLT_LOW_DIFF, BLT_LOW_LT, BLT_LOW_WIDTH
};
/* comparison of a register with x0 */
enum {
    BEQ_ZERO_RS1 = COL_FREE, BEQ_ZERO_A, BEQ_ZERO_RS1_TS = BEQ_ZERO_A + 4, BEQ_ZERO_RS2_TS, BEQ_ZERO_TARGET, BEQ_ZERO_IS_BNE, BEQ_ZERO_DIFFER,
    BEQ_ZERO_WITNESS, BEQ_ZERO_WIDTH
};
enum { JAL_RD = COL_FREE, JAL_OLD, JAL_RD_TS = JAL_OLD + 4, JAL_TARGET, JAL_LINK, JAL_WIDTH = JAL_LINK + 2 };
enum {
    JALR_RS1 = COL_FREE, JALR_A, JALR_RS1_TS = JALR_A + 4, JALR_RD, JALR_OLD, JALR_RD_TS = JALR_OLD + 4,
    JALR_IMM, JALR_IMM_SIGN, JALR_LINK, JALR_Q = JALR_LINK + 2, JALR_BIT0, JALR_T1, JALR_WIDTH
};
/* rs1 below 2^32: two limbs */
enum {
    JALR_NEAR_RS1 = COL_FREE, JALR_NEAR_A, JALR_NEAR_RS1_TS = JALR_NEAR_A + 2, JALR_NEAR_RD, JALR_NEAR_OLD, JALR_NEAR_RD_TS = JALR_NEAR_OLD + 4,
    JALR_NEAR_IMM, JALR_NEAR_IMM_SIGN, JALR_NEAR_LINK, JALR_NEAR_BIT0 = JALR_NEAR_LINK + 2, JALR_NEAR_WIDTH
};
enum {
    MUL_RS1 = COL_FREE, MUL_A, MUL_RS1_TS = MUL_A + 8, MUL_RS2, MUL_B, MUL_RS2_TS = MUL_B + 8, MUL_RD, MUL_OLD, MUL_RD_TS = MUL_OLD + 4,
    MUL_H, MUL_HU, MUL_HSU, MUL_W,      /* flags; none: MUL */
    MUL_P, MUL_CARRY = MUL_P + 8,       /* product mod 2^128, carries out of its limbs */
    MUL_SIGN_A = MUL_CARRY + 8, MUL_SIGN_B, MUL_SIGN_W, MUL_WIDTH
};
enum {
    DIV_RS1 = COL_FREE, DIV_N, DIV_RS1_TS = DIV_N + 4,
    DIV_RS2, DIV_D, DIV_D2 = DIV_D + 8, DIV_D3, DIV_RS2_TS, /* bytes of the effective divisor; upper limbs of the register */
    DIV_RD, DIV_OLD, DIV_RD_TS = DIV_OLD + 4,
    DIV_SIGNED, DIV_UNSIGNED, DIV_W, DIV_REM,               /* flags; exactly one of the first two */
    DIV_Q, DIV_R = DIV_Q + 8, DIV_CARRY = DIV_R + 4,        /* quotient bytes, remainder limbs, carries of q d + r - n */
    DIV_SLACK = DIV_CARRY + 8,                              /* how far |r| is below |d| */
    DIV_SIGN_N = DIV_SLACK + 4, DIV_SIGN_D, DIV_SIGN_Q, DIV_SIGN_R,
    DIV_SAME, DIV_OPPOSITE,                                 /* divisor not 0 and remainder of the same, opposite sign */
    DIV_TOP_N, DIV_TOP_D, DIV_R1, DIV_SIGN_W, DIV_WIDTH
};

/* --- loads and stores ------------------------------------------------------------------------------------------------------------------ */
/* near ones (gadgets.h), within a double word: every such chip begins with NEAR_*; two limbs of rs1 */
enum { NEAR_RS1 = COL_FREE, NEAR_A, NEAR_RS1_TS = NEAR_A + 2, NEAR_IMM, NEAR_IMM_SIGN, NEAR_M, NEAR_M_TS = NEAR_M + 4, NEAR_FREE };
enum { LD_RD = NEAR_FREE, LD_OLD, LD_RD_TS = LD_OLD + 4, LD_WIDTH };
enum { SD_RS2 = NEAR_FREE, SD_B, SD_RS2_TS = SD_B + 4, SD_WIDTH };
enum {
    LW_RD = NEAR_FREE, LW_OLD, LW_RD_TS = LW_OLD + 4, LW_UPPER, LW_SIGNED, LW_TOP, LW_SIGN, LW_WIDTH /* upper half of the double word; limb 1 and sign of the value */
};
enum {
    LB_RD = NEAR_FREE, LB_OLD, LB_RD_TS = LB_OLD + 4, LB_LIMB1, LB_LIMB2, LB_LIMB3, LB_ODD, /* which byte, as in LOAD */
    LB_BYTE, LB_OTHER, LB_SIGNED, LB_SIGN, LB_WIDTH /* both bytes of its limb */
};
enum { SW_RS2 = NEAR_FREE, SW_B, SW_RS2_TS = SW_B + 4, SW_UPPER, SW_WIDTH };
enum {
    SB_RS2 = NEAR_FREE, SB_BYTE, SB_REST, SB_B1, SB_RS2_TS = SB_B1 + 3, /* both bytes of limb 0, other limbs */
    SB_LIMB1, SB_LIMB2, SB_LIMB3, SB_ODD, SB_LOST, SB_KEPT, SB_CHANGE, SB_WIDTH /* bytes of the limb before, its change */
};
/* all others */
enum {
    LOAD_RS1 = COL_FREE, LOAD_A, LOAD_RS1_TS = LOAD_A + 4, LOAD_RD, LOAD_OLD, LOAD_RD_TS = LOAD_OLD + 4, LOAD_IMM, LOAD_IMM_SIGN,
    LOAD_Q, LOAD_T1, LOAD_L2, LOAD_M, LOAD_M_TS = LOAD_M + 4,
    LOAD_HALF, LOAD_WORD, LOAD_DOUBLE, LOAD_SIGNED, /* flags; none of the first three: a byte */
    LOAD_LIMB1, LOAD_LIMB2, LOAD_LIMB3,      /* limb that holds the last byte, one-hot; none: limb 0 */
    LOAD_ODD,                                /* it is the high byte there */
    LOAD_LAST, LOAD_LAST1, LOAD_LAST2, LOAD_LAST3, /* the last byte and the three before it */
    LOAD_AFTER, LOAD_BEFORE,                 /* the rest of the limbs involved */
    LOAD_SIGN, LOAD_WIDTH
};
enum {
    LOAD2_RS1 = COL_FREE, LOAD2_A, LOAD2_RS1_TS = LOAD2_A + 4, LOAD2_RD, LOAD2_OLD, LOAD2_RD_TS = LOAD2_OLD + 4, LOAD2_IMM, LOAD2_IMM_SIGN,
    LOAD2_Q, LOAD2_T1, LOAD2_L2, LOAD2_M, LOAD2_M_TS0 = LOAD2_M + 16, LOAD2_M_TS1, /* bytes of both double words */
    LOAD2_WRAP,                              /* the second one begins a new 2^32 */
    LOAD2_HALF, LOAD2_WORD, LOAD2_DOUBLE, LOAD2_SIGNED,
    LOAD2_OFFSET,                            /* one-hot 1..7 */
    LOAD2_TOP = LOAD2_OFFSET + 7, LOAD2_SIGN, LOAD2_WIDTH
};
enum {
    STORE_RS1 = COL_FREE, STORE_A, STORE_RS1_TS = STORE_A + 4,
    STORE_RS2, STORE_B, STORE_B2 = STORE_B + 4, STORE_B3, STORE_RS2_TS, /* four bytes, two limbs */
    STORE_IMM, STORE_IMM_SIGN, STORE_Q, STORE_T1, STORE_L2, STORE_M, STORE_M_TS = STORE_M + 4,
    STORE_HALF, STORE_WORD, STORE_DOUBLE,    /* flags; none: a byte */
    STORE_LIMB1, STORE_LIMB2, STORE_LIMB3,   /* limb that holds the first byte, one-hot; none: limb 0 */
    STORE_ODD,                               /* it is the high byte there */
    STORE_LOST, STORE_KEPT,                  /* bytes of that limb: the one overwritten first, the other */
    STORE_END_LOST, STORE_END_KEPT,          /* low and high byte of the limb where an odd half or word ends */
    STORE_CHANGE, STORE_WIDTH = STORE_CHANGE + 3 /* new - old of the limbs from there on */
};
enum {
    STORE2_RS1 = COL_FREE, STORE2_A, STORE2_RS1_TS = STORE2_A + 4, STORE2_RS2, STORE2_B, STORE2_RS2_TS = STORE2_B + 8, /* bytes */
    STORE2_IMM, STORE2_IMM_SIGN, STORE2_Q, STORE2_T1, STORE2_L2, STORE2_M, STORE2_M_TS0 = STORE2_M + 16, STORE2_M_TS1, STORE2_WRAP,
    STORE2_HALF, STORE2_WORD, STORE2_DOUBLE,
    STORE2_OFFSET, STORE2_WIDTH = STORE2_OFFSET + 7 /* one-hot 1..7 */
};

/* --- calls --------------------------------------------------------------------------------------------------------------------------- */
enum {
    CALL_T0_TS = COL_FREE, CALL_A0, CALL_A0_TS = CALL_A0 + 4, CALL_A1, CALL_A1_TS = CALL_A1 + 4,
    CALL_WRITE, CALL_ENTER, CALL_COMMIT, CALL_DEFERRED, CALL_HINT_LEN, CALL_HINT_READ, /* flags; none: HALT */
    CALL_PV, CALL_PV_TS = CALL_PV + 2,       /* public-value cell before, limbs 0 and 1 */
    CALL_FREE,                               /* HINT_LEN: the answer; HINT_READ: 2^37 - ptr - len */
    CALL_CARRY0 = CALL_FREE + 4, CALL_CARRY1 = CALL_CARRY0 + 2, /* carries 0..2 of ptr + len + slack, as two bits */
    CALL_WIDTH = CALL_CARRY1 + 2
};
