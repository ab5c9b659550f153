/* Tests only: rules that no forged row of the search or by hand needed alone, each with the reason. chips_forge_full_test holds this list against what it finds: a rule that is
 * neither needed nor here fails, and so does one that is here and was needed after all. */
#pragma once
#include "chips/chip.h"

/* Provably implied by the other rules: it could go, and costs nothing in a group that is not full. */
#define FORGE_TOP "redundant: with 2^k top in RC16 alone, x = low + 2^18 top stays an integer below the bound + 2^18, which is as good here"
#define FORGE_FOLLOWS "redundant: follows from the booleans of the single flags and the one of their sum; stands there because a bus use has this flag"
/* The harness judges a row alone, with the rest of the trace honest or adapting. */
#define FORGE_PAIR "two rows: image = -1 in a row of another space and image = 1 in the row of the image cancel in the lookup and make any double word of the image zero"
#define FORGE_JUDGED "the token's values are judged by the oracle (forge_oracle.h), not by what the base row had"
#define FORGE_KEY "the parts of an address only ever meet in the cell's key: one out of range leads to a key that has no row of INITFIN, or is the same address in other parts"
/* PROG fixes the operation's number, a polynomial in the flags. */
#define FORGE_NUMBER "flags of other values would have to add up to a number in PROG and satisfy the chip's equations; neither search nor hand found some, no proof that there are none"
/* The chip's header derives the result's uniqueness; this rule is part of that derivation. */
#define FORGE_DERIVED "part of the argument at the head of the chip's file; every other value that was tried is caught by a second rule too"
#define FORGE_BYTES "a byte or limb out of range is also noticed by the carries of the product, but for operands that were not tried"

typedef struct forge_remaining {
    hb_chip_id chip;
    const char *item, *why;
} forge_remaining;

static const forge_remaining forge_remainders[] = {
    {HB_CHIP_BUMP, "lookup RC16 #6", FORGE_TOP},
    {HB_CHIP_INITFIN, "lookup RC16 #3", FORGE_TOP},
    {HB_CHIP_INITFIN, "lookup RC16 #9", FORGE_TOP},
    {HB_CHIP_INITFIN, "lookup RC16 #12", FORGE_TOP},
    {HB_CHIP_INITFIN, "image", FORGE_PAIR},
    {HB_CHIP_INITFIN, "consume MEM #20", FORGE_JUDGED},
    {HB_CHIP_ADDW, "one flag", FORGE_NUMBER},
    {HB_CHIP_SHIFT, "left_w", FORGE_NUMBER},
    {HB_CHIP_SHIFT, "right_w", FORGE_NUMBER},
    {HB_CHIP_SHIFT, "arith", FORGE_NUMBER},
    {HB_CHIP_SHIFT, "imm", FORGE_NUMBER},
    {HB_CHIP_SHIFT, "arith only to the right", FORGE_NUMBER},
    {HB_CHIP_SHIFT, "whole 1", FORGE_DERIVED},
    {HB_CHIP_SHIFT, "whole 2", FORGE_DERIVED},
    {HB_CHIP_SHIFT, "whole 3", FORGE_DERIVED},
    {HB_CHIP_SHIFT, "one whole", FORGE_DERIVED},
    {HB_CHIP_SHIFT, "W moves at most one limb", FORGE_DERIVED},
    {HB_CHIP_SHIFT, "lookup RC16 #4", FORGE_DERIVED},
    {HB_CHIP_SLT, "mark 3", FORGE_DERIVED},
    {HB_CHIP_SLT, "one mark", FORGE_DERIVED},
    {HB_CHIP_BLT, "mark 3", FORGE_DERIVED},
    {HB_CHIP_BLT, "equal 1", FORGE_DERIVED},
    {HB_CHIP_JALR, "lookup RC16 #10", FORGE_KEY},
    {HB_CHIP_JALR, "lookup RC16 #11", FORGE_KEY},
    {HB_CHIP_MUL, "hsu", FORGE_NUMBER},
    {HB_CHIP_MUL, "sign b", FORGE_DERIVED},
    {HB_CHIP_MUL, "lookup BYTES #1", FORGE_BYTES},
    {HB_CHIP_MUL, "lookup BYTES #3", FORGE_BYTES},
    {HB_CHIP_MUL, "lookup BYTES #7", FORGE_BYTES},
    {HB_CHIP_DIV, "signed", FORGE_NUMBER},
    {HB_CHIP_DIV, "unsigned", FORGE_NUMBER},
    {HB_CHIP_DIV, "one of signed, unsigned", FORGE_NUMBER},
    {HB_CHIP_DIV, "w", FORGE_NUMBER},
    {HB_CHIP_DIV, "sign d", FORGE_DERIVED},
    {HB_CHIP_DIV, "sign r", FORGE_DERIVED},
    {HB_CHIP_DIV, "same", FORGE_DERIVED},
    {HB_CHIP_DIV, "opposite", FORGE_DERIVED},
    {HB_CHIP_DIV, "quotient's sign", FORGE_DERIVED},
    {HB_CHIP_DIV, "same signs", FORGE_DERIVED},
    {HB_CHIP_DIV, "opposite signs", FORGE_DERIVED},
    {HB_CHIP_DIV, "opposite 3", FORGE_DERIVED},
    {HB_CHIP_DIV, "lookup BYTES #15", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup BYTES #16", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup BYTES #17", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup BYTES #18", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup RC16 #21", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup RC16 #23", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup RC16 #25", FORGE_BYTES},
    {HB_CHIP_DIV, "lookup RC16 #26", FORGE_BYTES},
    {HB_CHIP_LOAD, "word", FORGE_NUMBER},
    {HB_CHIP_LOAD, "double", FORGE_NUMBER},
    {HB_CHIP_LOAD, "one width", FORGE_NUMBER},
    {HB_CHIP_LOAD, "limb 1", FORGE_DERIVED},
    {HB_CHIP_LOAD, "limb 2", FORGE_DERIVED},
    {HB_CHIP_LOAD, "limb 3", FORGE_DERIVED},
    {HB_CHIP_LOAD, "one limb", FORGE_DERIVED},
    {HB_CHIP_LOAD, "double ends at 7", FORGE_DERIVED},
    {HB_CHIP_LOAD, "lookup RC16 #14", FORGE_KEY},
    {HB_CHIP_LOAD, "lookup RC16 #16", FORGE_KEY},
    {HB_CHIP_LOAD, "lookup RC16 #17", FORGE_KEY},
    {HB_CHIP_LOAD2, "word", FORGE_NUMBER},
    {HB_CHIP_LOAD2, "half crosses", FORGE_DERIVED},
    {HB_CHIP_LOAD2, "word crosses", FORGE_DERIVED},
    {HB_CHIP_LOAD2, "LD has no sign", FORGE_NUMBER},
    {HB_CHIP_LOAD2, "lookup RC16 #19", FORGE_KEY},
    {HB_CHIP_LOAD2, "lookup RC16 #20", FORGE_KEY},
    {HB_CHIP_LOAD2, "lookup RC16 #21", FORGE_KEY},
    {HB_CHIP_LOAD2, "lookup RC16 #22", FORGE_KEY},
    {HB_CHIP_STORE, "word", FORGE_NUMBER},
    {HB_CHIP_STORE, "double", FORGE_NUMBER},
    {HB_CHIP_STORE, "one width", FORGE_NUMBER},
    {HB_CHIP_STORE, "one limb", FORGE_DERIVED},
    {HB_CHIP_STORE, "lookup RC16 #14", FORGE_KEY},
    {HB_CHIP_STORE, "lookup RC16 #16", FORGE_KEY},
    {HB_CHIP_STORE, "lookup RC16 #17", FORGE_KEY},
    {HB_CHIP_STORE2, "half", FORGE_NUMBER},
    {HB_CHIP_STORE2, "one width", FORGE_NUMBER},
    {HB_CHIP_STORE2, "lookup RC16 #22", FORGE_KEY},
    {HB_CHIP_STORE2, "lookup RC16 #23", FORGE_KEY},
    {HB_CHIP_STORE2, "lookup RC16 #24", FORGE_KEY},
    {HB_CHIP_STORE2, "lookup RC16 #25", FORGE_KEY},
    {HB_CHIP_CALL, "one silent call", FORGE_FOLLOWS},
    {HB_CHIP_CALL, "one commit", FORGE_FOLLOWS},
    {HB_CHIP_CALL, "write", FORGE_NUMBER},
    {HB_CHIP_CALL, "commit", FORGE_NUMBER},
    {HB_CHIP_CALL, "hint_len", FORGE_NUMBER},
    {HB_CHIP_CALL, "hint_read", FORGE_NUMBER},
    {HB_CHIP_CALL, "carry 0 a", FORGE_DERIVED},
    {HB_CHIP_CALL, "carry 0 b", FORGE_DERIVED},
    {HB_CHIP_CALL, "carry 1 a", FORGE_DERIVED},
    {HB_CHIP_CALL, "carry 1 b", FORGE_DERIVED},
    {HB_CHIP_CALL, "lookup RC16 #21", FORGE_KEY},
    {HB_CHIP_ADD_SELF, "second", FORGE_NUMBER},
    {HB_CHIP_LOGIC_HALF, "second", FORGE_NUMBER},
    {HB_CHIP_LOGIC_HALF, "one operation", FORGE_NUMBER},
    {HB_CHIP_LOGIC_SELF, "second", FORGE_NUMBER},
    {HB_CHIP_LOGIC_SELF, "one operation", FORGE_NUMBER},
    {HB_CHIP_SHIFT_IMM_SELF, "whole 2", FORGE_DERIVED},
    {HB_CHIP_BEQ_ZERO, "is_bne", FORGE_NUMBER},
    {HB_CHIP_LB, "limb 2", FORGE_DERIVED},
    {HB_CHIP_LB, "one limb", FORGE_DERIVED},
    {HB_CHIP_SB, "limb 2", FORGE_DERIVED},
};
