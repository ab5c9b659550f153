/* Basic blocks of a program, and what is known about the stack at their entries.
 *
 * A block begins at offset 0, at a constant jump target, behind an instruction that ends a block, and where a block would get too large. READ and WRITE end
 * blocks because their price is only known when they run; SLOAD and SSTORE because without a ledger they are an end.
 * The analysis is an interval of stack depths per block, found by iteration with widening over all direct edges. A depth out of the interval is impossible when
 * the block is entered directly; blocks that a computed jump or a RETURN may enter (COMPUTED) may have any depth then. */
#pragma once
#include "bytecode/bcode_program.h"

#define HB_BC_NO_BLOCK UINT32_MAX
enum { HB_BC_BLOCK_GAS = 2000, HB_BC_BLOCK_GROWTH = 200, HB_BC_BLOCK_INSNS = 200 }; /* bounds; keep immediates of the translation short */

typedef struct hb_bytecode_block {
    uint32_t first, n;      /* instructions */
    uint32_t gas;           /* of all of them, without the priced part of READ and WRITE */
    uint32_t need, grow;    /* words below the entry depth that it uses; words above it that it reaches at most */
    int32_t net;
    uint32_t target;        /* block of the constant jump at its end, or HB_BC_NO_BLOCK */
    bool falls;             /* may go on with the next block (or run off the end of the code) */
    bool computed;          /* may be entered by a computed jump or a RETURN */
    bool called;            /* target of a constant CALL */
    bool direct;            /* may be entered directly; then with a depth in [lo, hi] */
    int64_t lo, hi;
    uint8_t updates;
} hb_bytecode_block;

typedef struct hb_bytecode_flow {
    hb_bytecode_block *blocks;
    uint32_t n_blocks;
    uint32_t *block_of;     /* per instruction */
    bool computed_jumps;    /* the program has a JUMP, JUMPI or CALL whose target is not pushed just before it */
    hb_arena memory;
} hb_bytecode_flow;

hb_status hb_bytecode_flow_make(hb_bytecode_flow *out, const hb_bytecode_program *p, hb_error *err);
void hb_bytecode_flow_free(hb_bytecode_flow *f); /* also right for an all-zero flow */

/* What a validator reports without rejecting. */
typedef struct hb_bytecode_report {
    uint32_t n_insns, n_blocks;
    uint32_t unreachable;        /* instructions that no run reaches (none when there are computed jumps) */
    uint32_t first_unreachable;  /* offset of the first, or the code's length */
    uint32_t known_depths;       /* instructions before which the stack depth is the same in every run */
    int64_t max_known_depth;     /* the largest of those depths; -1 when there is none */
    bool computed_jumps;
} hb_bytecode_report;

void hb_bytecode_report_make(hb_bytecode_report *out, const hb_bytecode_program *p, const hb_bytecode_flow *f);

/* Stack depth before the block's first instruction where it is the same in every run, else -1. */
int64_t hb_bytecode_known_depth(const hb_bytecode_block *b);
