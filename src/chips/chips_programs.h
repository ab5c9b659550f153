/* Tests only: programs that cover every instruction with edge operands, aliases and x0. */
#pragma once
#include <stdlib.h>

#include "rv/interp.h"
#include "rv/rvasm.h"
#include "rv/rvrandom.h"

#define CHIPS_EDGES 17
static const uint64_t chips_edges[CHIPS_EDGES] = {
    0, 1, 2, UINT64_MAX, UINT64_C(1) << 63, INT64_MAX, UINT64_C(1) << 31, (UINT64_C(1) << 31) - 1, UINT32_MAX, UINT64_C(1) << 32,
    UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0x5555555555555555), 0xffff, 0x10000, UINT64_C(0xffffffff80000000), UINT64_C(0xdeadbeef00000025),
    UINT64_C(0x0123456789abcdef)};

static inline hb_rvasm *chips_asm(void)
{
    return calloc(1, sizeof(hb_rvasm));
}

/* x8.. = edge values */
static inline void chips_load_edges(hb_rvasm *a)
{
    for (unsigned i = 0; i < CHIPS_EDGES; i++)
        hb_rvasm_li(a, 8 + i, chips_edges[i]);
}

/* Every register-register operation on all pairs of edge values (one in `stride` of them), then with aliased and x0 operands. */
static inline void chips_emit_reg_ops(hb_rvasm *a, hb_op first, hb_op last, unsigned stride)
{
    unsigned count = 0;
    for (unsigned op = first; op <= last; op++) {
        if (hb_isa_table[op].format != HB_FMT_R)
            continue;
        chips_load_edges(a);
        for (unsigned i = 0; i < CHIPS_EDGES; i++)
            for (unsigned j = 0; j < CHIPS_EDGES; j++)
                if (count++ % stride == 0)
                    hb_rvasm_op(a, (hb_op)op, 30, 8 + i, 8 + j, 0);
        hb_rvasm_op(a, (hb_op)op, 0, 9, 10, 0);
        hb_rvasm_op(a, (hb_op)op, 29, 0, 11, 0);
        hb_rvasm_op(a, (hb_op)op, 29, 11, 0, 0);
        hb_rvasm_op(a, (hb_op)op, 29, 0, 0, 0);
        hb_rvasm_op(a, (hb_op)op, 11, 11, 12, 0);
        hb_rvasm_op(a, (hb_op)op, 12, 11, 12, 0);
        hb_rvasm_op(a, (hb_op)op, 13, 18, 18, 0);
        hb_rvasm_op(a, (hb_op)op, 18, 18, 18, 0);
        hb_rvasm_op(a, (hb_op)op, 0, 0, 0, 0);
        for (unsigned i = 0; i < CHIPS_EDGES; i++) { /* the destination is an operand */
            hb_rvasm_li(a, 30, chips_edges[(5 * i + 3) % CHIPS_EDGES]);
            hb_rvasm_op(a, (hb_op)op, 30, 30, 8 + i, 0);
            hb_rvasm_op(a, (hb_op)op, 30, 8 + (3 * i + 1) % CHIPS_EDGES, 30, 0);
        }
    }
}

static inline void chips_emit_imm_ops(hb_rvasm *a)
{
    static const int64_t imms[] = {0, 1, -1, 2047, -2048, 37}, shifts[] = {0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 63};
    for (unsigned op = 1; op < HB_OP_COUNT; op++) {
        hb_isa_format f = hb_isa_table[op].format;
        if (f != HB_FMT_I && f != HB_FMT_SH6 && f != HB_FMT_SH5)
            continue;
        chips_load_edges(a);
        for (unsigned i = 0; i < CHIPS_EDGES; i++)
            for (unsigned k = 0; k < (f == HB_FMT_I ? 6u : 11u); k++)
                if (f == HB_FMT_I || f == HB_FMT_SH6 || shifts[k] < 32)
                    hb_rvasm_op(a, (hb_op)op, 30, 8 + i, 0, f == HB_FMT_I ? imms[k] : shifts[k]);
        hb_rvasm_op(a, (hb_op)op, 0, 9, 0, 5);
        hb_rvasm_op(a, (hb_op)op, 29, 0, 0, 3);
        hb_rvasm_op(a, (hb_op)op, 11, 11, 0, 7);
        hb_rvasm_op(a, (hb_op)op, 0, 0, 0, 1);
    }
}

/* Immediate shifts by every amount, register shifts by every one that matters, with bits above the amount set. */
static inline void chips_emit_shift_amounts(hb_rvasm *a)
{
    for (unsigned op = 1; op < HB_OP_COUNT; op++)
        for (unsigned n = 0; n < (hb_isa_table[op].format == HB_FMT_SH6 ? 64u : hb_isa_table[op].format == HB_FMT_SH5 ? 32u : 0u); n++) {
            hb_rvasm_li(a, 30, chips_edges[(n + 10) % CHIPS_EDGES]);
            hb_rvasm_op(a, (hb_op)op, 29, 30, 0, n);
            hb_rvasm_op(a, (hb_op)op, 30, 30, 0, n);
        }
    static const uint64_t amounts[] = {0, 1, 7, 8, 15, 16, 17, 30, 31, 32, 33, 47, 48, 49, 63, 64, 0xffc0, UINT64_C(0xffffffffffff0021)};
    for (unsigned op = 1; op < HB_OP_COUNT; op++) {
        if (hb_isa_table[op].family != HB_FAM_SHIFT || hb_isa_table[op].format != HB_FMT_R)
            continue;
        chips_load_edges(a);
        for (unsigned k = 0; k < sizeof amounts / sizeof *amounts; k++) {
            hb_rvasm_li(a, 31, amounts[k]);
            for (unsigned i = 0; i < CHIPS_EDGES; i++)
                hb_rvasm_op(a, (hb_op)op, 30, 8 + i, 31, 0);
        }
    }
}

/* Branches on all pairs, taken or not: to the next instruction but one. LUI, AUIPC, FENCE, JAL, JALR. */
static inline void chips_emit_control(hb_rvasm *a)
{
    chips_load_edges(a);
    for (unsigned op = HB_OP_BEQ; op <= HB_OP_BGEU; op++)
        for (unsigned i = 0; i < CHIPS_EDGES; i++)
            for (unsigned j = 0; j < CHIPS_EDGES; j++) {
                hb_rvasm_op(a, (hb_op)op, 0, 8 + i, 8 + j, 8);
                hb_rvasm_op(a, HB_OP_FENCE, 0, 0, 0, 0);
            }
    hb_rvasm_op(a, HB_OP_BEQ, 0, 0, 0, 4);
    hb_rvasm_op(a, HB_OP_LUI, 5, 0, 0, 0x12345000);
    hb_rvasm_op(a, HB_OP_LUI, 0, 0, 0, INT64_C(-4096));
    hb_rvasm_op(a, HB_OP_LUI, 6, 0, 0, INT64_C(-4096));
    hb_rvasm_op(a, HB_OP_AUIPC, 7, 0, 0, INT64_C(-0x78000000));
    hb_rvasm_op(a, HB_OP_AUIPC, 0, 0, 0, 4096);
    hb_rvasm_op(a, HB_OP_FENCE, 0, 0, 0, 0);
    hb_rvasm_op(a, HB_OP_JAL, 1, 0, 0, 8);
    hb_rvasm_op(a, HB_OP_FENCE, 0, 0, 0, 0);
    hb_rvasm_op(a, HB_OP_JAL, 0, 0, 0, 8);
    hb_rvasm_op(a, HB_OP_FENCE, 0, 0, 0, 0);
    static const struct {
        unsigned rd, rs1;
        int64_t imm;
    } jumps[] = {{1, 31, 0}, {0, 31, 1}, {31, 31, 8}, {1, 31, -2048}, {1, 31, 2047}, {1, 31, -7}};
    for (unsigned k = 0; k < 6; k++) { /* lands behind itself */
        int64_t imm = jumps[k].imm;
        uint64_t here = (hb_rvasm_here(a) + 4 * 8 + 4 + 3) & ~UINT64_C(3);
        hb_rvasm *probe = chips_asm(); /* how long is li? */
        probe->text.len = 0;
        hb_rvasm_li(probe, 31, here);
        size_t li = probe->text.len;
        uint64_t after = hb_rvasm_here(a) + li + 4;
        hb_rvasm_free(probe);
        free(probe);
        probe = calloc(1, sizeof *probe);
        hb_rvasm_li(probe, 31, (after | (imm & 1 ? 1 : 0)) - (uint64_t)imm);
        if (probe->text.len == li)
            hb_rvasm_li(a, 31, (after | (imm & 1 ? 1 : 0)) - (uint64_t)imm), hb_rvasm_op(a, HB_OP_JALR, jumps[k].rd, jumps[k].rs1, 0, imm);
        hb_rvasm_free(probe);
        free(probe);
    }
}

/* All loads and stores at all offsets, through positive and negative displacements, and across 2^32, below the top of the stack, in the heap. */
static inline void chips_emit_memory(hb_rvasm *a)
{
    static const uint8_t pattern[64] = {0x01, 0x82, 0x03, 0x84, 0xff, 0x7f, 0x80, 0x00, 0x10, 0xa0, 0x55, 0xaa, 0xfe, 0xef, 0x81, 0x18, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    uint64_t data = hb_rvasm_bytes(a, pattern, sizeof pattern);
    const uint64_t bases[] = {data + 8, (UINT64_C(1) << 32) - 8, HB_RV_STACK_TOP - 64, UINT64_C(0x1f00000000), 0x10000, HB_RV_INPUT_LO - 16};
    for (unsigned b = 0; b < sizeof bases / sizeof *bases; b++) {
        chips_load_edges(a);
        for (unsigned op = 1; op < HB_OP_COUNT; op++) {
            unsigned width = hb_isa_access_bytes((hb_op)op);
            if (!width || (b > 1 && op % 3))
                continue;
            bool load = hb_isa_writes_rd((hb_op)op);
            for (unsigned offset = 0; offset < 9; offset++) {
                int64_t imm = offset % 3 == 0 ? 0 : offset % 3 == 1 ? 2047 : -2048;
                hb_rvasm_li(a, 31, bases[b] + offset - (uint64_t)imm);
                if (!load)
                    hb_rvasm_op(a, (hb_op)op, 0, 31, 8 + (offset * 5 + op) % CHIPS_EDGES, imm);
                else
                    hb_rvasm_op(a, (hb_op)op, offset == 4 ? 0 : 30, 31, 0, imm);
            }
        }
    }
    hb_rvasm_li(a, 31, data);
    hb_rvasm_op(a, HB_OP_LD, 31, 31, 0, 0); /* rd = rs1 */
    hb_rvasm_li(a, 31, data);
    hb_rvasm_op(a, HB_OP_SD, 0, 31, 31, 0); /* rs2 = rs1 */
    hb_rvasm_op(a, HB_OP_SH, 0, 31, 31, 1);
    hb_rvasm_op(a, HB_OP_LWU, 31, 31, 0, 3);
    hb_rvasm_li(a, 31, 16); /* address wraps round 2^64 */
    hb_rvasm_li(a, 30, data);
    hb_rvasm_op(a, HB_OP_ADDI, 29, 30, 0, -8);
}

static const uint8_t chips_input[21] = "twenty-one bytes here";

/* Every call. The run needs one input chunk of 21 bytes (chips_options). */
static inline void chips_emit_calls(hb_rvasm *a)
{
    for (unsigned i = 0; i < 8; i++) {
        hb_rvasm_li(a, 10, i);
        hb_rvasm_li(a, 11, UINT64_C(0xfedc0000) + 0x1111 * i);
        hb_rvasm_call(a, 0x10);
        hb_rvasm_li(a, 11, 0);
        if (i % 3 == 0)
            hb_rvasm_call(a, 0x1a);
    }
    hb_rvasm_li(a, 10, 3); /* the last one counts */
    hb_rvasm_li(a, 11, UINT64_C(0xffffffff));
    hb_rvasm_call(a, 0x10);
    hb_rvasm_call(a, 0xf0); /* HINT_LEN, then HINT_READ to the start and end of the region */
    hb_rvasm_li(a, 10, HB_RV_MAP_END - 24);
    hb_rvasm_li(a, 11, 21);
    hb_rvasm_call(a, 0xf1);
    hb_rvasm_li(a, 31, HB_RV_MAP_END - 24);
    hb_rvasm_op(a, HB_OP_LD, 30, 31, 0, 16);
    hb_rvasm_op(a, HB_OP_LW, 30, 31, 0, 6);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_li(a, 10, HB_RV_INPUT_LO);
    hb_rvasm_li(a, 11, 6);
    hb_rvasm_call(a, 0xf1);
    hb_rvasm_call(a, 0xf0); /* none left */
    uint64_t text = hb_rvasm_bytes(a, "hello\n\0\0", 8);
    hb_rvasm_li(a, 10, 1);
    hb_rvasm_li(a, 11, text);
    hb_rvasm_li(a, 12, 6);
    hb_rvasm_call(a, 0x02);
    hb_rvasm_call(a, 0x03); /* ENTER_UNCONSTRAINED: t0 tells the sides apart */
    uint32_t proved = hb_rvasm_label(a);
    hb_rvasm_branch(a, HB_OP_BEQ, 5, 0, proved);
    hb_rvasm_call(a, 0x04);
    hb_rvasm_place(a, proved);
}

/* A loop long enough for gaps above 2^18 between accesses of some cells: bumps. */
static inline void chips_emit_long_loop(hb_rvasm *a, uint64_t rounds)
{
    hb_rvasm_li(a, 28, rounds);
    uint32_t top = hb_rvasm_label(a);
    hb_rvasm_place(a, top);
    hb_rvasm_op(a, HB_OP_ADDI, 28, 28, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 28, 0, top);
}

static const hb_rv_span chips_inputs[2] = {{chips_input, 21}, {chips_input, 6}};

static inline hb_rv_exec_options chips_options(void)
{
    return (hb_rv_exec_options){.inputs = chips_inputs, .n_inputs = 2};
}
