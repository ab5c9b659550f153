/* Which chips can serve an event: the side conditions that they show, and what a merged access needs. */
#include "chips/route.h"
#include "rv/isa.h"

#define MAX_GAP (UINT32_C(1) << 18) /* an access follows the last one of its cell after at most so many slots (chips/gadgets.h) */

/* Can one access in the slot of rd take the place of a read after time ts_prev and the write? The record only keeps the read near enough. */
static bool mergeable(const hb_rv_event_reg *e, uint32_t ts_prev)
{
    return e->ts + 2 - ts_prev <= MAX_GAP;
}

/* rd is rs2 (then that access is merged) or rs1. */
static bool merges_either(const hb_rv_insn *i, const hb_rv_event_reg *e)
{
    return i->rd == i->rs2 ? mergeable(e, e->rs2_ts) : i->rd == i->rs1 && mergeable(e, e->rs1_ts);
}

static bool is_32_bits(uint64_t x)
{
    return x >> 32 == 0;
}

/* 0: LI, 1: ADDI_SELF, 2: ADDI_LOW, 3: ADDI */
static uint32_t admit_addi(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_reg *e = event;
    const bool low = e->rs1 >> 16 == e->rd >> 16;
    return 8u | (low ? 4u : 0) | (low && i->rd == i->rs1 && mergeable(e, e->rs1_ts) ? 2u : 0) | (i->rs1 == 0 ? 1u : 0);
}

/* 0: ADD_SELF, 1: ADD */
static uint32_t admit_add(const hb_rv_insn *i, const void *event)
{
    return 2u | (merges_either(i, event) ? 1u : 0);
}

/* 0: LOGIC_IMM alone, or 1: LOGIC_HALF, 2: LOGIC_SELF, 3: LOGIC */
static uint32_t admit_logic(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_reg *e = event;
    if (!hb_isa_reads_rs2((hb_op)i->op))
        return 1u;
    const uint64_t other = i->rd == i->rs2 ? e->rs1 : e->rs2;
    const bool merges = merges_either(i, e), half = other >> 32 == 0 || other >> 32 == UINT32_MAX;
    return 8u | (merges ? 4u : 0) | (merges && half ? 2u : 0);
}

/* 0: SHIFT_IMM_SELF, 1: SHIFT_IMM, or 2: SHIFT alone */
static uint32_t admit_shift(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_reg *e = event;
    if (hb_isa_reads_rs2((hb_op)i->op) || i->imm[3] != 1) /* only prepared ones have a limb 3 (rv/rvprogram.h) */
        return 4u;
    return 2u | (i->rd == i->rs1 && mergeable(e, e->rs1_ts) ? 1u : 0);
}

/* 0: BEQ_ZERO, 1: BEQ */
static uint32_t admit_beq(const hb_rv_insn *i, const void *event)
{
    (void)event;
    return 2u | (i->rs2 == 0 ? 1u : 0);
}

/* 0: BLT_LOW, 1: BLT */
static uint32_t admit_blt(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_reg *e = event;
    (void)i;
    return 2u | (e->rs1 >> 32 == e->rs2 >> 32 ? 1u : 0);
}

/* 0: JALR_NEAR, 1: JALR */
static uint32_t admit_jalr(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_reg *e = event;
    (void)i;
    return 2u | (is_32_bits(e->rs1) ? 1u : 0);
}

/* The conditions of hb_chips_near (gadgets.h). */
static bool is_near(const hb_rv_event_mem *e)
{
    return is_32_bits(e->r.rs1) && is_32_bits(e->addr);
}

/* 0: LD, 1: LW, 2: LB, 3: LOAD */
static uint32_t admit_load(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_mem *e = event;
    uint32_t narrow = 0;
    switch (i->op) {
    case HB_OP_LD: narrow = 1u; break;
    case HB_OP_LW: case HB_OP_LWU: narrow = e->addr % 4 ? 0 : 2u; break;
    case HB_OP_LB: case HB_OP_LBU: narrow = 4u; break;
    default: break;
    }
    return 8u | (is_near(e) ? narrow : 0);
}

/* 0: SD, 1: SW, 2: SB, 3: STORE */
static uint32_t admit_store(const hb_rv_insn *i, const void *event)
{
    const hb_rv_event_mem *e = event;
    uint32_t narrow = 0;
    switch (i->op) {
    case HB_OP_SD: narrow = 1u; break;
    case HB_OP_SW: narrow = e->addr % 4 ? 0 : 2u; break;
    case HB_OP_SB: narrow = 4u; break;
    default: break;
    }
    return 8u | (is_near(e) ? narrow : 0);
}

const hb_route hb_routes[] = {
    {{HB_FAM_ADDI, HB_FAM_COUNT}, admit_addi, {{HB_CHIP_LI, 6, 2}, {HB_CHIP_ADDI_SELF, 4, 2}, {HB_CHIP_ADDI_LOW, 6, 2}, {HB_CHIP_ADDI, 6, 4}}, 4},
    {{HB_FAM_ADD, HB_FAM_COUNT}, admit_add, {{HB_CHIP_ADD_SELF, 6, 3}, {HB_CHIP_ADD, 8, 4}}, 2},
    {{HB_FAM_LOGIC, HB_FAM_COUNT}, admit_logic, {{HB_CHIP_LOGIC_IMM, 6, 4}, {HB_CHIP_LOGIC_HALF, 6, 6}, {HB_CHIP_LOGIC_SELF, 6, 10}, {HB_CHIP_LOGIC, 8, 10}}, 4},
    {{HB_FAM_SHIFT, HB_FAM_COUNT}, admit_shift, {{HB_CHIP_SHIFT_IMM_SELF, 4, 5}, {HB_CHIP_SHIFT_IMM, 6, 5}, {HB_CHIP_SHIFT, 8, 8}}, 3},
    {{HB_FAM_BEQ, HB_FAM_COUNT}, admit_beq, {{HB_CHIP_BEQ_ZERO, 6, 2}, {HB_CHIP_BEQ, 6, 2}}, 2},
    {{HB_FAM_BLT, HB_FAM_COUNT}, admit_blt, {{HB_CHIP_BLT_LOW, 6, 2}, {HB_CHIP_BLT, 6, 3}}, 2},
    {{HB_FAM_JALR, HB_FAM_COUNT}, admit_jalr, {{HB_CHIP_JALR_NEAR, 6, 2}, {HB_CHIP_JALR, 6, 3}}, 2},
    {{HB_FAM_LD, HB_FAM_LOAD}, admit_load, {{HB_CHIP_LD, 8, 3}, {HB_CHIP_LW, 8, 3}, {HB_CHIP_LB, 8, 4}, {HB_CHIP_LOAD, 8, 7}}, 4},
    {{HB_FAM_SD, HB_FAM_STORE}, admit_store, {{HB_CHIP_SD, 8, 3}, {HB_CHIP_SW, 8, 3}, {HB_CHIP_SB, 8, 5}, {HB_CHIP_STORE, 8, 8}}, 4},
};
const size_t hb_n_routes = sizeof hb_routes / sizeof *hb_routes;
_Static_assert(sizeof hb_routes / sizeof *hb_routes <= HB_ROUTES_MAX, "room for a set of choices each");
