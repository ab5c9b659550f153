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
/* ADD and SUB alike */
enum {
    ADD_RS1 = COL_FREE, ADD_A, ADD_RS1_TS = ADD_A + 4, ADD_RS2, ADD_B, ADD_RS2_TS = ADD_B + 4, ADD_RD, ADD_OLD, ADD_RD_TS = ADD_OLD + 4,
    ADD_R, ADD_WIDTH = ADD_R + 4
};
enum {
    ADDW_RS1 = COL_FREE, ADDW_A, ADDW_RS1_TS = ADDW_A + 4, ADDW_RS2, ADDW_B, ADDW_RS2_TS = ADDW_B + 4, ADDW_RD, ADDW_OLD,
    ADDW_RD_TS = ADDW_OLD + 4, ADDW_SUB, ADDW_IMM, ADDW_R0, ADDW_R1, ADDW_SIGN, ADDW_WIDTH
};
enum { CONST_RD = COL_FREE, CONST_OLD, CONST_RD_TS = CONST_OLD + 4, CONST_VALUE, CONST_WIDTH = CONST_VALUE + 4 };
enum {
    LOGIC_RS1 = COL_FREE, LOGIC_A, LOGIC_RS1_TS = LOGIC_A + 8, LOGIC_RS2, LOGIC_B, LOGIC_RS2_TS = LOGIC_B + 8, LOGIC_RD, LOGIC_OLD,
    LOGIC_RD_TS = LOGIC_OLD + 4, LOGIC_AND, LOGIC_OR = LOGIC_AND + 8, LOGIC_XOR, LOGIC_IMM, LOGIC_WIDTH
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
enum { JAL_RD = COL_FREE, JAL_OLD, JAL_RD_TS = JAL_OLD + 4, JAL_TARGET, JAL_LINK, JAL_WIDTH = JAL_LINK + 2 };
enum {
    JALR_RS1 = COL_FREE, JALR_A, JALR_RS1_TS = JALR_A + 4, JALR_RD, JALR_OLD, JALR_RD_TS = JALR_OLD + 4,
    JALR_IMM, JALR_IMM_SIGN, JALR_LINK, JALR_Q = JALR_LINK + 2, JALR_BIT0, JALR_T1, JALR_WIDTH
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
enum {
    LD_RS1 = COL_FREE, LD_A, LD_RS1_TS = LD_A + 4, LD_RD, LD_OLD, LD_RD_TS = LD_OLD + 4, LD_IMM, LD_IMM_SIGN, LD_Q, LD_T1, LD_L2,
    LD_M, LD_M_TS = LD_M + 4, LD_WIDTH
};
enum {
    SD_RS1 = COL_FREE, SD_A, SD_RS1_TS = SD_A + 4, SD_RS2, SD_B, SD_RS2_TS = SD_B + 4, SD_IMM, SD_IMM_SIGN, SD_Q, SD_T1, SD_L2,
    SD_M, SD_M_TS = SD_M + 4, SD_WIDTH
};
enum {
    LOAD_RS1 = COL_FREE, LOAD_A, LOAD_RS1_TS = LOAD_A + 4, LOAD_RD, LOAD_OLD, LOAD_RD_TS = LOAD_OLD + 4, LOAD_IMM, LOAD_IMM_SIGN,
    LOAD_Q, LOAD_T1, LOAD_L2, LOAD_M, LOAD_M_TS = LOAD_M + 4,
    LOAD_HALF, LOAD_WORD, LOAD_SIGNED,       /* flags; neither of the first two: a byte */
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
    STORE_HALF, STORE_WORD,                  /* flags; neither: a byte */
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
