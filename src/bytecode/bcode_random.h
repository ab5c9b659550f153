/* Random valid programs for tests: structured enough to run for a while (loops, ifs, calls, computed jumps, also into the middle of blocks), wild enough to
 * reach every end. Only for tests. */
#pragma once
#include "base/buf.h"
#include "base/bytes.h"
#include "base/testing.h"
#include "bytecode/bcode_program.h"

enum { BCR_MAX = 4000, BCR_FUNCTIONS = 4, BCR_LOCALS = 6 };

typedef struct bcr_insn {
    uint64_t imm;
    uint8_t op;
    bool label; /* imm is an index of an instruction, xored with mask when laid out */
    uint16_t mask;
} bcr_insn;

typedef struct bcr_gen {
    hb_test_rng *rng;
    bcr_insn insns[BCR_MAX + 64];
    uint32_t n;
    int depth;            /* words on the stack, as far as known here */
    uint32_t functions[BCR_FUNCTIONS], n_functions;
    unsigned wild;        /* of 1000 instructions, this many are anything */
    uint64_t memory;      /* limit */
    unsigned nesting;
} bcr_gen;

static inline uint64_t bcr_below(bcr_gen *g, uint64_t n)
{
    return hb_test_below(g->rng, n);
}

static inline void bcr_add(bcr_gen *g, uint8_t op, uint64_t imm)
{
    if (g->n < BCR_MAX + 64)
        g->insns[g->n++] = (bcr_insn){.imm = imm, .op = op};
}

static inline void bcr_push(bcr_gen *g, uint64_t v)
{
    unsigned size = v < 256 ? 0 : v < 65536 ? 1 : v <= UINT32_MAX ? 2 : 3;
    size += (unsigned)bcr_below(g, 8) == 0 && size < 3;
    bcr_add(g, (uint8_t)(HB_BC_PUSH1 + size), v);
    g->depth++;
}

static inline uint32_t bcr_push_label(bcr_gen *g, uint32_t index)
{
    bcr_add(g, HB_BC_PUSH2, index);
    g->insns[g->n - 1].label = true;
    g->depth++;
    return g->n - 1;
}

static inline uint64_t bcr_value(bcr_gen *g)
{
    static const uint64_t edges[] = {0, 1, 2, 3, 7, 8, 63, 64, 65, 127, 128, 255, 256, 2046, 2047, 2048, 2049, 4095, 65535, 65536,
                                     UINT32_MAX, UINT64_C(1) << 32, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX - 2048, UINT64_MAX - 2047,
                                     UINT64_MAX - 1, UINT64_MAX};
    switch (bcr_below(g, 4)) {
    case 0: return edges[bcr_below(g, sizeof edges / sizeof *edges)];
    case 1: return hb_test_u64(g->rng) >> bcr_below(g, 64);
    default: return bcr_below(g, 20);
    }
}

static inline void bcr_anything(bcr_gen *g)
{
    uint8_t op;
    do
        op = (uint8_t)hb_test_u64(g->rng);
    while (!hb_bytecode_rows[op].name);
    uint64_t imm = hb_test_u64(g->rng) & (hb_bytecode_rows[op].imm_bytes >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * hb_bytecode_rows[op].imm_bytes) - 1);
    if (op == HB_BC_GET || op == HB_BC_SET)
        imm %= 32;
    if (op == HB_BC_SWAP || op == HB_BC_DUP)
        imm = 1 + imm % (bcr_below(g, 4) ? 6 : 255);
    if (hb_bytecode_takes_target(op))
        bcr_add(g, HB_BC_NOT, 0), bcr_add(g, HB_BC_NOT, 0); /* never a constant jump */
    bcr_add(g, op, imm);
    g->depth += hb_bytecode_rows[op].pushes - hb_bytecode_rows[op].pops;
}

static inline void bcr_address(bcr_gen *g)
{
    if (g->memory && bcr_below(g, 30)) {
        bcr_push(g, bcr_below(g, g->memory < 70 || bcr_below(g, 2) ? g->memory : 64));
        if (bcr_below(g, 3) == 0 && g->depth >= 2) { /* not a constant */
            bcr_add(g, HB_BC_GET, 31);
            bcr_add(g, HB_BC_OR, 0);
        }
    } else {
        bcr_push(g, bcr_value(g));
    }
}

/* Something that needs at most the words there are. */
static inline void bcr_simple(bcr_gen *g)
{
    static const uint8_t binary[] = {HB_BC_ADD, HB_BC_ADD, HB_BC_SUB, HB_BC_MUL, HB_BC_DIV, HB_BC_MOD, HB_BC_WADD, HB_BC_WSUB, HB_BC_WMUL, HB_BC_LT,
                                     HB_BC_GT, HB_BC_EQ, HB_BC_AND, HB_BC_OR, HB_BC_XOR, HB_BC_SHL, HB_BC_SHR, HB_BC_WADD, HB_BC_WSUB, HB_BC_XOR};
    unsigned kind = (unsigned)bcr_below(g, 16);
    if (bcr_below(g, 1000) < g->wild) {
        bcr_anything(g);
    } else if (kind < 3 || (g->depth < 2 && kind < 8)) {
        bcr_push(g, bcr_value(g));
    } else if (kind < 6) {
        bcr_add(g, HB_BC_GET, bcr_below(g, 4) ? bcr_below(g, BCR_LOCALS) : bcr_below(g, 32));
        g->depth++;
    } else if (kind < 8) {
        bcr_add(g, HB_BC_SET, bcr_below(g, 4) ? bcr_below(g, BCR_LOCALS) : bcr_below(g, 28));
        g->depth--;
    } else if (kind < 11 && g->depth >= 2) {
        uint8_t op = binary[bcr_below(g, sizeof binary)];
        if (bcr_below(g, 3) == 0)
            bcr_push(g, bcr_value(g)), bcr_add(g, HB_BC_SWAP, 1);
        bcr_add(g, op, 0);
        g->depth--;
    } else if (kind == 11 && g->depth >= 1) {
        bcr_add(g, bcr_below(g, 2) ? HB_BC_ISZERO : HB_BC_NOT, 0);
    } else if (kind == 12 && g->depth >= 1) {
        uint64_t n = bcr_below(g, (uint64_t)(g->depth < 250 ? g->depth : 250));
        bcr_add(g, HB_BC_DUP, n);
        g->depth++;
    } else if (kind == 13 && g->depth >= 2) {
        bcr_add(g, HB_BC_SWAP, 1 + bcr_below(g, (uint64_t)(g->depth < 250 ? g->depth : 250) - 1));
    } else if (kind == 14 && g->depth >= 1) {
        bcr_add(g, HB_BC_POP, 0);
        g->depth--;
    } else {
        bcr_push(g, bcr_value(g));
    }
}

static inline void bcr_memory_op(bcr_gen *g)
{
    uint8_t width = (uint8_t)(2 * bcr_below(g, 5));
    if (bcr_below(g, 2)) {
        bcr_address(g);
        bcr_add(g, (uint8_t)(HB_BC_LOAD + width), 0);
    } else {
        if (bcr_below(g, 2) || g->depth < 1)
            bcr_push(g, bcr_value(g));
        bcr_address(g);
        bcr_add(g, (uint8_t)(HB_BC_STORE + width), 0);
        g->depth -= 2;
    }
}

static inline void bcr_stream_op(bcr_gen *g)
{
    switch (bcr_below(g, 6)) {
    case 0: bcr_add(g, HB_BC_INPUT, 0), g->depth++; break;
    case 1: bcr_add(g, HB_BC_INPUTLEN, 0), g->depth++; break;
    case 2:
    case 3:
        if (g->depth < 1)
            bcr_push(g, bcr_value(g));
        bcr_add(g, HB_BC_OUTPUT, 0), g->depth--;
        break;
    default:
        bcr_push(g, bcr_below(g, 40) ? bcr_below(g, 20) : bcr_value(g));
        bcr_address(g);
        bcr_add(g, bcr_below(g, 2) ? HB_BC_READ : HB_BC_WRITE, 0);
        g->depth -= 2;
    }
}

static inline void bcr_body(bcr_gen *g, unsigned items);

static inline void bcr_condition(bcr_gen *g)
{
    static const uint8_t compares[] = {HB_BC_LT, HB_BC_GT, HB_BC_EQ};
    if (g->depth < 1 || bcr_below(g, 2))
        bcr_add(g, HB_BC_GET, bcr_below(g, BCR_LOCALS)), g->depth++;
    if (bcr_below(g, 3)) {
        bcr_push(g, bcr_value(g));
        bcr_add(g, compares[bcr_below(g, 3)], 0), g->depth--;
    }
    for (uint64_t k = bcr_below(g, 3); k--;)
        bcr_add(g, HB_BC_ISZERO, 0);
}

static inline void bcr_if(bcr_gen *g)
{
    bcr_condition(g);
    uint32_t push = bcr_push_label(g, 0);
    bcr_add(g, HB_BC_JUMPI, 0), g->depth -= 2;
    int depth = g->depth;
    bcr_body(g, 1 + (unsigned)bcr_below(g, 4));
    while (g->depth > depth)
        bcr_add(g, HB_BC_POP, 0), g->depth--;
    while (g->depth < depth)
        bcr_push(g, bcr_value(g));
    g->insns[push].imm = g->n;
}

/* Counts a register that the body does not touch down to 0. */
static inline void bcr_loop(bcr_gen *g)
{
    unsigned counter = 28 + g->nesting % 3;
    bcr_push(g, 1 + bcr_below(g, 12));
    bcr_add(g, HB_BC_SET, counter), g->depth--;
    uint32_t start = g->n;
    int depth = g->depth;
    bcr_body(g, 1 + (unsigned)bcr_below(g, 6));
    bool unbalanced = bcr_below(g, 20) == 0;
    while (g->depth > depth && !unbalanced)
        bcr_add(g, HB_BC_POP, 0), g->depth--;
    while (g->depth < depth && !unbalanced)
        bcr_push(g, bcr_value(g));
    bcr_push(g, 1);
    bcr_add(g, HB_BC_GET, counter);
    bcr_add(g, HB_BC_SUB, 0);
    bcr_add(g, HB_BC_SET, counter);
    bcr_add(g, HB_BC_GET, counter);
    bcr_push_label(g, start);
    bcr_add(g, HB_BC_JUMPI, 0);
    g->depth = depth;
}

/* A jump that skips a little, its target computed; sometimes anywhere, also into the middle of a block or between instructions. */
static inline void bcr_computed(bcr_gen *g)
{
    static const uint8_t ways[] = {HB_BC_XOR, HB_BC_OR, HB_BC_WADD};
    uint32_t push = bcr_push_label(g, 0);
    uint16_t mask = bcr_below(g, 2) ? (uint16_t)hb_test_u64(g->rng) : 0;
    bcr_add(g, HB_BC_PUSH2, mask);
    bcr_add(g, mask ? HB_BC_XOR : ways[bcr_below(g, 3)], 0);
    g->insns[push].mask = mask;
    if (bcr_below(g, 2)) {
        bcr_add(g, HB_BC_JUMP, 0), g->depth--;
    } else {
        bcr_condition(g);
        bcr_add(g, HB_BC_SWAP, 1);
        bcr_add(g, HB_BC_JUMPI, 0), g->depth -= 2;
    }
    if (bcr_below(g, 12) == 0) {
        g->insns[push].imm = bcr_below(g, g->n + 20);
        if (bcr_below(g, 3) == 0)
            g->insns[push].mask ^= 1;
        return;
    }
    for (uint64_t k = bcr_below(g, 4); k--;)
        bcr_push(g, bcr_value(g)), bcr_add(g, HB_BC_SET, bcr_below(g, BCR_LOCALS)), g->depth--;
    g->insns[push].imm = g->n;
}

static inline void bcr_call(bcr_gen *g)
{
    if (!g->n_functions)
        return;
    uint32_t f = g->functions[bcr_below(g, g->n_functions)];
    bcr_push_label(g, f);
    if (bcr_below(g, 4) == 0)
        bcr_push(g, 0), bcr_add(g, HB_BC_OR, 0), g->depth--;
    bcr_add(g, HB_BC_CALL, 0), g->depth--;
}

static inline void bcr_body(bcr_gen *g, unsigned items)
{
    g->nesting++;
    while (items-- && g->n < BCR_MAX - 200) {
        unsigned kind = (unsigned)bcr_below(g, 40);
        if (kind < 3 && g->nesting < 4)
            bcr_loop(g);
        else if (kind < 6 && g->nesting < 6)
            bcr_if(g);
        else if (kind < 7)
            bcr_computed(g);
        else if (kind < 9)
            bcr_call(g);
        else if (kind < 14)
            bcr_memory_op(g);
        else if (kind < 17)
            bcr_stream_op(g);
        else
            for (unsigned k = 1 + (unsigned)bcr_below(g, 6); k--;)
                bcr_simple(g);
    }
    g->nesting--;
}

/* Lays the instructions out; labels are offsets then. */
static inline void bcr_layout(bcr_gen *g, hb_buf *out)
{
    uint32_t at[BCR_MAX + 65], end = 0;
    for (uint32_t k = 0; k < g->n; k++) {
        at[k] = end;
        end += 1u + hb_bytecode_rows[g->insns[k].op].imm_bytes;
    }
    at[g->n] = end;
    for (uint32_t k = 0; k < g->n; k++) {
        const bcr_insn *i = &g->insns[k];
        uint64_t imm = i->label ? (uint64_t)at[i->imm < g->n ? i->imm : 0] ^ i->mask : i->imm;
        uint8_t bytes[9] = {i->op};
        hb_store_le64(bytes + 1, imm);
        assert_int_equal(hb_buf_append(out, bytes, 1u + hb_bytecode_rows[i->op].imm_bytes), HB_OK);
    }
}

/* A program and its limits. Almost always valid; when a wild constant jump makes it invalid, another is made. */
static inline void bcr_program(hb_test_rng *rng, hb_bytecode_program *out)
{
    static bcr_gen g;
    static const uint64_t stacks[] = {0, 8, 16, 24, 40, 80, 160, 1000, 65536}, memories[] = {0, 1, 3, 7, 8, 9, 15, 64, 300, 4096, 70000};
    for (;;) {
        hb_buf code = {0};
        hb_bytecode_limits limits;
        g.rng = rng;
        g.n = 0, g.depth = 0, g.n_functions = 0, g.nesting = 0;
        g.wild = bcr_below(&g, 3) ? (unsigned)bcr_below(&g, 4) : (unsigned)bcr_below(&g, 200);
        limits.stack = stacks[bcr_below(&g, 3) ? 8 : bcr_below(&g, 9)];
        limits.memory = g.memory = memories[bcr_below(&g, 3) ? 7 + bcr_below(&g, 4) : bcr_below(&g, 11)];
        limits.gas = bcr_below(&g, 3) == 0 ? bcr_below(&g, 400) : 300 + bcr_below(&g, 20000);
        uint32_t push = 0;
        if (bcr_below(&g, 3)) {
            push = bcr_push_label(&g, 0);
            bcr_add(&g, HB_BC_JUMP, 0), g.depth--;
            for (unsigned f = 0; f < BCR_FUNCTIONS; f++) {
                uint32_t start = g.n;
                g.depth = 0;
                bcr_body(&g, (unsigned)bcr_below(&g, 5));
                bcr_add(&g, HB_BC_RETURN, 0);
                g.functions[g.n_functions++] = start;
                if (bcr_below(&g, 3) == 0)
                    bcr_call(&g); /* unreachable, or after a mid jump */
            }
            g.depth = 0;
            g.insns[push].imm = g.n;
        }
        bcr_body(&g, 1 + (unsigned)bcr_below(&g, 40));
        if (bcr_below(&g, 3) == 0)
            bcr_add(&g, (uint8_t)(HB_BC_RETURN + bcr_below(&g, 3)), 0);
        if (push && g.insns[push].imm >= g.n)
            bcr_add(&g, HB_BC_STOP, 0);
        if (g.n == 0)
            continue;
        if (g.insns[g.n - 1].label || g.insns[g.n - 1].op == HB_BC_JUMPI || g.insns[g.n - 1].op == HB_BC_JUMP)
            bcr_add(&g, HB_BC_STOP, 0);
        bcr_layout(&g, &code);
        hb_status st = hb_bytecode_program_make(out, code.data, code.len, &limits, NULL);
        hb_buf_free(&code);
        if (st == HB_OK)
            return;
    }
}
