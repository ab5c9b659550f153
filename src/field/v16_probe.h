/* Every operation of field/v16.h and field/v16k.h as a function on arrays, so that tests can hold each instruction set against the scalar field and
 * micro-benchmarks can time it. Not used by the prover. */
#pragma once
#include "base/isa.h"
#include "field/kpack.h"

typedef enum hb_v16_op {
    /* two operands -> one result, lane by lane */
    HB_V16_ADD, HB_V16_SUB, HB_V16_MUL, HB_V16_NEG, HB_V16_DOUBLE, HB_V16_SQUARE, HB_V16_MULC, /* constant: y[0] */
    HB_V16_TO_CANONICAL, HB_V16_FROM_CANONICAL, HB_V16_CANON /* x + y as raw words */, HB_V16_STREAM, HB_V16_SET1,
    HB_V16_OP_COUNT
} hb_v16_op;

typedef enum hb_v16k_op {
    HB_V16K_ADD, HB_V16K_SUB, HB_V16K_NEG, HB_V16K_DOUBLE, HB_V16K_MUL, HB_V16K_SQUARE,
    HB_V16K_MUL_C,  /* x by the constant y[lane 0] */
    HB_V16K_MUL_F,  /* x by the base lanes y.c[0] */
    HB_V16K_F_MUL,  /* base lanes x.c[0] by y */
    HB_V16K_ADD_F, HB_V16K_SUB_F, HB_V16K_FROM_F,
    HB_V16K_LINE,   /* x + r (y - x), r = x[lane 0] */
    HB_V16K_LINE_F, /* the same for base lanes x.c[0], y.c[0] */
    HB_V16K_MUL2,   /* x y + y y */
    HB_V16K_SUMS,   /* 9 x y, by the lazy sums: see v16_probe_kernel.c */
    HB_V16K_OP_COUNT
} hb_v16k_op;

typedef struct hb_v16_probe {
    /* n vectors of 16 words each; out may be x. The operation is chosen once, outside the loop. */
    void (*f)(hb_v16_op op, uint32_t *out, const uint32_t *x, const uint32_t *y, size_t n);
    void (*k)(hb_v16k_op op, hb_kpack *out, const hb_kpack *x, const hb_kpack *y, size_t n);
    void (*deinterleave)(uint32_t out[32], const uint32_t in[32]); /* even lanes, odd lanes */
    void (*interleave)(uint32_t out[32], const uint32_t in[32]);
    void (*deinterleave_k)(hb_kpack out[2], const hb_kpack in[2]);
    void (*transpose)(uint32_t m[16][16]);
    hb_f (*hsum)(const uint32_t x[16]);
    hb_k (*hsum_k)(const hb_kpack *x);
    /* sum over rows i < n and lanes of x[i] y[i] for base x (16 words a row), by v16ka_mac_f2 (n even) */
    hb_k (*dot_f)(const uint32_t *x, const hb_kpack *y, size_t n);
    /* the same for x in K, by v16ka_mac */
    hb_k (*dot_k)(const hb_kpack *x, const hb_kpack *y, size_t n);
} hb_v16_probe;

HB_ISA_TABLES(hb_v16_probe, hb_v16_probe_table)
