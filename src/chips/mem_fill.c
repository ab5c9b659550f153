/* Loads and stores. */
#include "chips/fill.h"
#include "rv/isa.h"

/* rs1, the immediate and the address: columns rs1 (block of six), imm and imm + 1, and q, q + 1, q + 2 = q, t1, l2. */
static void put_address(uint32_t *c, const hb_rv_insn *insn, const hb_rv_event_mem *e, uint32_t rs1, uint32_t imm, uint32_t q)
{
    hb_put_start(c, insn, e->r.ts);
    hb_put_operand(c, rs1, insn->rs1, e->r.rs1, e->r.rs1_ts);
    hb_put(c, imm, insn->imm[0]);
    hb_put(c, imm + 1, insn->imm[1] & 1);
    hb_put(c, q, hb_limb(e->addr, 0) >> 3);
    hb_put(c, q + 1, hb_limb(e->addr, 1));
    hb_put(c, q + 2, hb_limb(e->addr, 2));
}

static void put_rd(uint32_t *c, uint32_t col, const hb_rv_insn *insn, const hb_rv_event_reg *e)
{
    hb_put_operand(c, col, insn->rd, e->rd_prev, e->rd_ts);
}

static void put_memory(uint32_t *c, uint32_t col, const hb_rv_event_mem *e)
{
    hb_put_limbs(c, col, e->mem_prev[0]);
    hb_put(c, col + 4, e->mem_ts[0]);
}

static void put_two_words(uint32_t *c, uint32_t bytes, uint32_t wrap, const hb_rv_event_mem *e)
{
    hb_put_bytes(c, bytes, e->mem_prev[0]);
    hb_put_bytes(c, bytes + 8, e->mem_prev[1]);
    hb_put(c, bytes + 16, e->mem_ts[0]);
    hb_put(c, bytes + 17, e->mem_ts[1]);
    hb_put(c, wrap, (uint32_t)e->addr >= 0xfffffff8u);
}

static bool is_signed_load(uint32_t op)
{
    return op == HB_OP_LB || op == HB_OP_LH || op == HB_OP_LW;
}

static void ld_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    put_address(c, insn, e, LD_RS1, LD_IMM, LD_Q);
    put_rd(c, LD_RD, insn, &e->r);
    put_memory(c, LD_M, e);
}

static void sd_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    put_address(c, insn, e, SD_RS1, SD_IMM, SD_Q);
    hb_put_operand(c, SD_RS2, insn->rs2, e->r.rs2, e->r.rs2_ts);
    put_memory(c, SD_M, e);
}

/* Byte i of a double word, 0 below byte 0. */
static uint32_t byte_or_zero(uint64_t v, int i)
{
    return i < 0 ? 0 : hb_byte(v, (uint32_t)i);
}

static void load_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    uint64_t m = e->mem_prev[0];
    uint32_t width = hb_isa_access_bytes(insn->op), end = (e->addr & 7) + width - 1, limb = end >> 1, odd = end & 1;
    int last = (int)end;
    put_address(c, insn, e, LOAD_RS1, LOAD_IMM, LOAD_Q);
    put_rd(c, LOAD_RD, insn, &e->r);
    put_memory(c, LOAD_M, e);
    hb_put(c, LOAD_HALF, width == 2);
    hb_put(c, LOAD_WORD, width == 4);
    hb_put(c, LOAD_SIGNED, is_signed_load(insn->op));
    hb_put(c, LOAD_LIMB1, limb == 1);
    hb_put(c, LOAD_LIMB2, limb == 2);
    hb_put(c, LOAD_LIMB3, limb == 3);
    hb_put(c, LOAD_ODD, odd);
    hb_put(c, LOAD_LAST, byte_or_zero(m, last));
    hb_put(c, LOAD_LAST1, byte_or_zero(m, last - 1));
    hb_put(c, LOAD_LAST2, byte_or_zero(m, last - 2));
    hb_put(c, LOAD_LAST3, byte_or_zero(m, last - 3));
    hb_put(c, LOAD_AFTER, odd ? 0 : byte_or_zero(m, last + 1));
    hb_put(c, LOAD_BEFORE, odd ? 0 : byte_or_zero(m, last - 4));
    hb_put(c, LOAD_SIGN, is_signed_load(insn->op) ? byte_or_zero(m, last) >> 7 : 0);
}

static void load2_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    uint32_t width = hb_isa_access_bytes(insn->op), offset = e->addr & 7;
    bool is_signed = is_signed_load(insn->op);
    put_address(c, insn, e, LOAD2_RS1, LOAD2_IMM, LOAD2_Q);
    put_rd(c, LOAD2_RD, insn, &e->r);
    put_two_words(c, LOAD2_M, LOAD2_WRAP, e);
    hb_put(c, LOAD2_HALF, width == 2);
    hb_put(c, LOAD2_WORD, width == 4);
    hb_put(c, LOAD2_DOUBLE, width == 8);
    hb_put(c, LOAD2_SIGNED, is_signed);
    for (uint32_t o = 1; o < 8; o++)
        hb_put(c, LOAD2_OFFSET + o - 1, o == offset);
    uint32_t end = offset + width - 1; /* 8..14: the last byte lies in the second double word */
    uint32_t top = width == 8 ? 0 : hb_byte(e->mem_prev[1], end - 8);
    hb_put(c, LOAD2_TOP, top);
    hb_put(c, LOAD2_SIGN, is_signed ? top >> 7 : 0);
}

/* How much limb i changes. */
static void put_change(uint32_t *c, uint32_t col, const hb_rv_event_mem *e, uint32_t i)
{
    int32_t change = i < 4 ? (int32_t)hb_limb(e->mem_new[0], i) - (int32_t)hb_limb(e->mem_prev[0], i) : 0;
    hb_put_signed(c, col, change);
}

static void store_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    uint64_t m = e->mem_prev[0];
    uint32_t width = hb_isa_access_bytes(insn->op), offset = e->addr & 7, limb = offset >> 1, odd = offset & 1;
    put_address(c, insn, e, STORE_RS1, STORE_IMM, STORE_Q);
    hb_put(c, STORE_RS2, insn->rs2);
    for (uint32_t i = 0; i < 4; i++)
        hb_put(c, STORE_B + i, hb_byte(e->r.rs2, i));
    hb_put(c, STORE_B2, hb_limb(e->r.rs2, 2));
    hb_put(c, STORE_B3, hb_limb(e->r.rs2, 3));
    hb_put(c, STORE_RS2_TS, e->r.rs2_ts);
    put_memory(c, STORE_M, e);
    hb_put(c, STORE_HALF, width == 2);
    hb_put(c, STORE_WORD, width == 4);
    hb_put(c, STORE_LIMB1, limb == 1);
    hb_put(c, STORE_LIMB2, limb == 2);
    hb_put(c, STORE_LIMB3, limb == 3);
    hb_put(c, STORE_ODD, odd);
    uint32_t end = limb + (width == 4 ? 2 : 1), end_limb = end < 4 ? hb_limb(m, end) : 0;
    hb_put(c, STORE_LOST, hb_byte(m, offset));
    hb_put(c, STORE_KEPT, hb_byte(m, offset ^ 1));
    hb_put(c, STORE_END_LOST, end_limb & 0xff);
    hb_put(c, STORE_END_KEPT, end_limb >> 8);
    for (uint32_t i = 0; i < 3; i++)
        put_change(c, STORE_CHANGE + i, e, limb + i);
}

static void store2_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    uint32_t width = hb_isa_access_bytes(insn->op), offset = e->addr & 7;
    put_address(c, insn, e, STORE2_RS1, STORE2_IMM, STORE2_Q);
    hb_put(c, STORE2_RS2, insn->rs2);
    hb_put_bytes(c, STORE2_B, e->r.rs2);
    hb_put(c, STORE2_RS2_TS, e->r.rs2_ts);
    put_two_words(c, STORE2_M, STORE2_WRAP, e);
    hb_put(c, STORE2_HALF, width == 2);
    hb_put(c, STORE2_WORD, width == 4);
    hb_put(c, STORE2_DOUBLE, width == 8);
    for (uint32_t o = 1; o < 8; o++)
        hb_put(c, STORE2_OFFSET + o - 1, o == offset);
}

HB_FILL_INSNS(ld, LD, LD, hb_rv_event_mem, NULL)
HB_FILL_INSNS(load, LOAD, LOAD, hb_rv_event_mem, NULL)
HB_FILL_INSNS(load2, LOAD2, LOAD2, hb_rv_event_mem, NULL)
HB_FILL_INSNS(sd, SD, SD, hb_rv_event_mem, NULL)
HB_FILL_INSNS(store, STORE, STORE, hb_rv_event_mem, NULL)
HB_FILL_INSNS(store2, STORE2, STORE2, hb_rv_event_mem, NULL)
