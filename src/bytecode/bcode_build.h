/* Translation of one block after the other: state shared by the frame of blocks (bcode_blocks.c) and their instructions (bcode_lower.c). */
#pragma once
#include "bytecode/bcode_values.h"

typedef struct hb_bc_builder {
    hb_bc_translation *t;
    hb_emit *e;
    const hb_bytecode_program *p;
    hb_bc_values v;
    const hb_bytecode_block *b;
    uint32_t block;
    uint32_t k, last;   /* instruction being translated; the last of the block */
    uint32_t gas;       /* of instruction k and of those behind it: what a trap gives back */
    bool falls;         /* the code emitted last goes on with what is emitted next */
    bool over;          /* nothing more of this block can run */
    hb_buf stubs;       /* code out of line that waits for a place */
} hb_bc_builder;

/* Label of code that ends the run, gas given back, at instruction k. */
uint32_t hb_bc_trap(hb_bc_builder *b, hb_bytecode_end end);

/* Translates instruction b->k, and what it is fused with; moves k behind it. */
void hb_bc_lower(hb_bc_builder *b);
