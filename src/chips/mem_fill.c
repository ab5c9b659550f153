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

/* Columns NEAR_*. */
static void put_near(uint32_t *c, const hb_rv_insn *insn, const hb_rv_event_mem *e)
{
    hb_put_start(c, insn, e->r.ts);
    hb_put(c, NEAR_RS1, insn->rs1);
    hb_put(c, NEAR_A, hb_limb(e->r.rs1, 0));
    hb_put(c, NEAR_A + 1, hb_limb(e->r.rs1, 1));
    hb_put(c, NEAR_RS1_TS, e->r.rs1_ts);
    hb_put(c, NEAR_IMM, insn->imm[0]);
    hb_put(c, NEAR_IMM_SIGN, insn->imm[1] & 1);
    put_memory(c, NEAR_M, e);
}

/* Columns limb1, limb2, limb3, odd of a byte's place. */
static void put_byte_pick(uint32_t *c, uint32_t col, uint64_t address)
{
    for (uint32_t k = 1; k < 4; k++)
        hb_put(c, col + k - 1, (address & 7) >> 1 == k);
    hb_put(c, col + 3, address & 1);
}

static void ld_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    put_near(c, insn, e);
    put_rd(c, LD_RD, insn, &e->r);
}

static void sd_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    put_near(c, insn, e);
    hb_put_operand(c, SD_RS2, insn->rs2, e->r.rs2, e->r.rs2_ts);
}

static void lw_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    const uint32_t upper = (uint32_t)e->addr >> 2 & 1, top = hb_limb(e->mem_prev[0], 2 * upper + 1);
    put_near(c, insn, e);
    put_rd(c, LW_RD, insn, &e->r);
    hb_put(c, LW_UPPER, upper);
    hb_put(c, LW_SIGNED, is_signed_load(insn->op));
    hb_put(c, LW_TOP, top);
    hb_put(c, LW_SIGN, is_signed_load(insn->op) ? top >> 15 : 0);
}

static void lb_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    const uint32_t offset = e->addr & 7, byte = hb_byte(e->mem_prev[0], offset);
    put_near(c, insn, e);
    put_rd(c, LB_RD, insn, &e->r);
    put_byte_pick(c, LB_LIMB1, e->addr);
    hb_put(c, LB_BYTE, byte);
    hb_put(c, LB_OTHER, hb_byte(e->mem_prev[0], offset ^ 1));
    hb_put(c, LB_SIGNED, is_signed_load(insn->op));
    hb_put(c, LB_SIGN, is_signed_load(insn->op) ? byte >> 7 : 0);
}

static void sw_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    put_near(c, insn, e);
    hb_put_operand(c, SW_RS2, insn->rs2, e->r.rs2, e->r.rs2_ts);
    hb_put(c, SW_UPPER, (uint32_t)e->addr >> 2 & 1);
}

static void sb_row(const hb_rv_insn *insn, const void *event, uint32_t *c)
{
    const hb_rv_event_mem *e = event;
    const uint32_t offset = e->addr & 7, byte = hb_byte(e->r.rs2, 0), lost = hb_byte(e->mem_prev[0], offset);
    put_near(c, insn, e);
    hb_put(c, SB_RS2, insn->rs2);
    hb_put(c, SB_BYTE, byte);
    hb_put(c, SB_REST, hb_byte(e->r.rs2, 1));
    for (uint32_t i = 1; i < 4; i++)
        hb_put(c, SB_B1 + i - 1, hb_limb(e->r.rs2, i));
    hb_put(c, SB_RS2_TS, e->r.rs2_ts);
    put_byte_pick(c, SB_LIMB1, e->addr);
    hb_put(c, SB_LOST, lost);
    hb_put(c, SB_KEPT, hb_byte(e->mem_prev[0], offset ^ 1));
    hb_put_signed(c, SB_CHANGE, ((int32_t)byte - (int32_t)lost) * (offset & 1 ? 256 : 1));
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
    hb_put(c, LOAD_DOUBLE, width == 8);
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

/* How much limb i changes. In rows of SD, where it does not matter, as if by SB. */
static void put_change(uint32_t *c, uint32_t col, const hb_rv_event_mem *e, uint32_t i, bool dword)
{
    int32_t change = i < 4 ? (int32_t)hb_limb(e->mem_new[0], i) - (int32_t)hb_limb(e->mem_prev[0], i) : 0;
    if (dword)
        change = i ? 0 : (int32_t)hb_byte(e->mem_new[0], 0) - (int32_t)hb_byte(e->mem_prev[0], 0);
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
    hb_put(c, STORE_DOUBLE, width == 8);
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
        put_change(c, STORE_CHANGE + i, e, limb + i, width == 8);
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

HB_FILL_INSNS(ld, LD, ld_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(lw, LW, lw_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(lb, LB, lb_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(load, LOAD, load_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(load2, LOAD2, load2_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(sd, SD, sd_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(sw, SW, sw_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(sb, SB, sb_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(store, STORE, store_row, hb_rv_event_mem, NULL)
HB_FILL_INSNS(store2, STORE2, store2_row, hb_rv_event_mem, NULL)
