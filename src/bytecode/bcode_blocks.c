/* The frame of the blocks: entries, checks, code out of line. */
#include <string.h>

#include "bytecode/bcode_build.h"

typedef enum stub_kind {
    STUB_TRAP,      /* gives `gas` back, ends */
    STUB_EXACT,     /* gives `gas` back, goes on with the exact path */
    STUB_ANY,       /* entry of a block with any depth */
    STUB_CALLED     /* entry of a block by CALL */
} stub_kind;

typedef struct stub {
    uint32_t label, kind, gas;
    uint32_t what; /* TRAP: end; EXACT: offset; ANY, CALLED: block */
} stub;

static uint32_t add_stub(hb_bc_builder *b, stub s)
{
    s.label = s.kind == STUB_ANY      ? hb_bc_label_any(s.what)
              : s.kind == STUB_CALLED ? hb_bc_label_called(s.what)
                                      : hb_emit_label(b->e);
    if (hb_buf_append(&b->stubs, &s, sizeof s) != HB_OK && b->e->failed == HB_OK)
        b->e->failed = HB_OUT_OF_MEMORY;
    return s.label;
}

/* Of the stubs that wait, the last ones are looked at: code that flows on without an end makes ever more of them wait. */
static uint32_t find_stub(hb_bc_builder *b, stub s)
{
    enum { LOOK_BACK = 256 };
    const stub *have = (const stub *)(const void *)b->stubs.data;
    size_t n = b->stubs.len / sizeof *have, first = n > LOOK_BACK ? n - LOOK_BACK : 0;
    while (n-- > first)
        if (have[n].kind == s.kind && have[n].gas == s.gas && have[n].what == s.what)
            return have[n].label;
    return add_stub(b, s);
}

uint32_t hb_bc_trap(hb_bc_builder *b, hb_bytecode_end end)
{
    return find_stub(b, (stub){.kind = STUB_TRAP, .gas = b->gas, .what = (uint32_t)end});
}

static int64_t capacity(const hb_bc_builder *b)
{
    return (int64_t)(b->p->limits.stack / 8);
}

static void check_below(hb_bc_builder *b, const hb_bytecode_block *blk)
{
    int64_t move = -8 * (int64_t)blk->need;
    if (move >= -2048) {
        hb_emit_i(b->e, HB_OP_ADDI, HB_T0, HB_BC_STK, move);
    } else {
        hb_emit_li(b->e, HB_T0, (uint64_t)move);
        hb_emit_r(b->e, HB_OP_ADD, HB_T0, HB_T0, HB_BC_STK);
    }
    uint32_t exact = find_stub(b, (stub){.kind = STUB_EXACT, .what = b->p->insns[blk->first].at});
    hb_emit_branch(b->e, HB_OP_BLTU, HB_T0, HB_BC_BOTTOM, exact);
}

static void check_above(hb_bc_builder *b, const hb_bytecode_block *blk)
{
    hb_emit_i(b->e, HB_OP_ADDI, HB_T0, HB_BC_STK, 8 * (int64_t)blk->grow);
    uint32_t exact = find_stub(b, (stub){.kind = STUB_EXACT, .what = b->p->insns[blk->first].at});
    hb_emit_branch(b->e, HB_OP_BLTU, HB_BC_LIMIT, HB_T0, exact);
}

static void emit_called(hb_bc_builder *b)
{
    hb_emit_store(b->e, HB_OP_SD, HB_RA, HB_BC_CALLS, 0);
    hb_emit_i(b->e, HB_OP_ADDI, HB_BC_CALLS, HB_BC_CALLS, 8);
}

static void emit_any(hb_bc_builder *b, uint32_t block)
{
    const hb_bytecode_block *blk = &b->t->flow.blocks[block];
    if (blk->need)
        check_below(b, blk);
    if (blk->grow)
        check_above(b, blk);
}

static void emit_stub(hb_bc_builder *b, const stub *s)
{
    hb_emit_place(b->e, s->label);
    switch (s->kind) {
    case STUB_TRAP:
        if (s->gas)
            hb_emit_i(b->e, HB_OP_ADDI, HB_BC_GAS, HB_BC_GAS, s->gas);
        hb_emit_jump(b->e, HB_RT_TRAP + s->what);
        break;
    case STUB_EXACT:
        if (s->gas)
            hb_emit_i(b->e, HB_OP_ADDI, HB_BC_GAS, HB_BC_GAS, s->gas);
        hb_emit_li(b->e, HB_A7, s->what);
        hb_emit_jump(b->e, HB_RT_EXACT);
        break;
    case STUB_ANY:
        emit_any(b, s->what);
        hb_emit_jump(b->e, hb_bc_label_direct(s->what));
        break;
    default:
        emit_called(b);
        hb_emit_jump(b->e, hb_bc_label_direct(s->what));
    }
}

/* Where nothing runs into: emits all code that waits (entries may add more of it). */
static void flush_stubs(hb_bc_builder *b)
{
    for (size_t at = 0; at < b->stubs.len; at += sizeof(stub)) {
        stub s;
        memcpy(&s, b->stubs.data + at, sizeof s);
        emit_stub(b, &s);
    }
    b->stubs.len = 0;
}

/* Entries of the current block: with any depth, by CALL, directly. `below`, `above`: the checks of the direct one. */
static void emit_entries(hb_bc_builder *b, bool below, bool above)
{
    const hb_bytecode_block *blk = b->b;
    bool any = blk->computed;
    bool shared = any && below == (blk->need > 0) && above == (blk->grow > 0);
    bool any_here = any && !shared && !b->falls;
    bool called_here = blk->called && !b->falls && !shared;
    if (any_here) {
        hb_emit_place(b->e, hb_bc_label_any(b->block));
        emit_any(b, b->block);
        if (called_here)
            hb_emit_jump(b->e, hb_bc_label_direct(b->block));
    } else if (any && !shared) {
        add_stub(b, (stub){.kind = STUB_ANY, .what = b->block});
    }
    if (called_here) {
        hb_emit_place(b->e, hb_bc_label_called(b->block));
        emit_called(b);
    } else if (blk->called) {
        add_stub(b, (stub){.kind = STUB_CALLED, .what = b->block});
    }
    if (shared)
        hb_emit_place(b->e, hb_bc_label_any(b->block));
    hb_emit_place(b->e, hb_bc_label_direct(b->block));
    if (below)
        check_below(b, blk);
    if (above)
        check_above(b, blk);
}

/* No depth at the entry passes the checks: all of the block is for the exact path. */
static bool never_passes(const hb_bc_builder *b)
{
    const hb_bytecode_block *blk = b->b;
    int64_t lo = blk->computed ? 0 : blk->lo, hi = blk->computed ? capacity(b) : blk->hi;
    if (lo < (int64_t)blk->need)
        lo = blk->need;
    if (hi > capacity(b) - (int64_t)blk->grow)
        hi = capacity(b) - (int64_t)blk->grow;
    return lo > hi;
}

static void emit_body(hb_bc_builder *b)
{
    const hb_bytecode_block *blk = b->b;
    if (blk->gas) {
        hb_emit_i(b->e, HB_OP_ADDI, HB_BC_GAS, HB_BC_GAS, -(int64_t)blk->gas);
        uint32_t exact = find_stub(b, (stub){.kind = STUB_EXACT, .gas = blk->gas, .what = b->p->insns[blk->first].at});
        hb_emit_branch(b->e, HB_OP_BLT, HB_BC_GAS, HB_X0, exact);
    }
    hb_bc_values_start(&b->v, b->e);
    b->gas = blk->gas;
    b->over = false;
    b->falls = true;
    for (b->k = blk->first; b->k <= b->last && !b->over;) {
        uint32_t from = b->k;
        hb_bc_lower(b);
        for (; from < b->k; from++)
            b->gas -= hb_bytecode_rows[b->p->insns[from].op].gas;
    }
    if (!b->over)
        hb_bc_values_finish(&b->v);
}

static void emit_block(hb_bc_builder *b, uint32_t block)
{
    const hb_bytecode_block *blk = &b->t->flow.blocks[block];
    if (!blk->direct && !b->t->flow.computed_jumps && !(blk->computed && blk->updates))
        return;
    b->b = blk;
    b->block = block;
    b->last = blk->first + blk->n - 1;
    if (never_passes(b)) {
        if (blk->computed)
            hb_emit_place(b->e, hb_bc_label_any(block));
        hb_emit_place(b->e, hb_bc_label_direct(block));
        if (blk->called)
            add_stub(b, (stub){.kind = STUB_CALLED, .what = block});
        hb_emit_li(b->e, HB_A7, b->p->insns[blk->first].at);
        hb_emit_jump(b->e, HB_RT_EXACT);
        b->falls = false;
    } else {
        bool below = blk->direct && blk->lo < (int64_t)blk->need;
        bool above = blk->direct && blk->hi + (int64_t)blk->grow > capacity(b);
        emit_entries(b, below, above);
        emit_body(b);
    }
    /* Behind a CALL the code that it returns to must follow at once. */
    if (!b->falls && (b->over || b->p->insns[b->last].op != HB_BC_CALL))
        flush_stubs(b);
}

hb_status hb_bc_emit_blocks(hb_bc_translation *t)
{
    hb_bc_builder *b = hb_pages_alloc(sizeof *b);
    if (!b)
        return HB_OUT_OF_MEMORY;
    b->t = t;
    b->e = &t->e;
    b->p = t->p;
    b->falls = true; /* the start goes on with block 0 */
    for (uint32_t k = 0; k < t->flow.n_blocks; k++)
        emit_block(b, k);
    hb_emit_jump(b->e, HB_RT_TRAP + HB_BC_END_SUCCESS);
    flush_stubs(b);
    hb_buf_free(&b->stubs);
    hb_pages_free(b, sizeof *b);
    return t->e.failed;
}
