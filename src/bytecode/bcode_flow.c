#include "bytecode/bcode_flow.h"

#include <string.h>

enum { WIDEN_AFTER = 12 };

static bool ends_block(uint8_t op)
{
    switch (op) {
    case HB_BC_JUMP:
    case HB_BC_JUMPI:
    case HB_BC_CALL:
    case HB_BC_RETURN:
    case HB_BC_REVERT:
    case HB_BC_STOP:
    case HB_BC_READ:
    case HB_BC_WRITE:
    case HB_BC_SLOAD:
    case HB_BC_SSTORE:
        return true;
    default:
        return false;
    }
}

/* Is instruction k a jump whose target the instruction before it pushes? */
static bool is_constant_jump(const hb_bytecode_program *p, uint32_t k)
{
    return k && hb_bytecode_takes_target(p->insns[k].op) && hb_bytecode_is_push(p->insns[k - 1].op);
}

static bool falls_through(uint8_t op)
{
    return op != HB_BC_JUMP && op != HB_BC_CALL && op != HB_BC_RETURN && op != HB_BC_REVERT && op != HB_BC_STOP && op != HB_BC_SLOAD &&
           op != HB_BC_SSTORE;
}

/* Adds instruction i behind the end of b. */
static void extend(hb_bytecode_block *b, const hb_bytecode_insn *i)
{
    int64_t below = (int64_t)hb_bytecode_need(i) - b->net;
    if (below > (int64_t)b->need)
        b->need = (uint32_t)below;
    b->net += hb_bytecode_net(i);
    if (b->net > (int32_t)b->grow)
        b->grow = (uint32_t)b->net;
    b->gas += hb_bytecode_rows[i->op].gas;
    b->n++;
}

/* Cuts the program into blocks; starts[k] says which instructions must begin one. With blocks NULL it only counts. */
static uint32_t cut(const hb_bytecode_program *p, const bool *starts, hb_bytecode_flow *f)
{
    uint32_t n = 0;
    hb_bytecode_block b = {0};
    for (uint32_t k = 0; k < p->n_insns; k++) {
        const hb_bytecode_insn *i = &p->insns[k];
        bool full = b.n == HB_BC_BLOCK_INSNS || b.gas + hb_bytecode_rows[i->op].gas > HB_BC_BLOCK_GAS || b.grow == HB_BC_BLOCK_GROWTH;
        /* A push and its jump stay together. */
        if (full && is_constant_jump(p, k) && !starts[k])
            full = false;
        if (k == 0 || starts[k] || full || ends_block(p->insns[k - 1].op)) {
            b = (hb_bytecode_block){.first = k, .target = HB_BC_NO_BLOCK};
            n++;
        }
        extend(&b, i);
        if (f->blocks) {
            f->blocks[n - 1] = b;
            f->block_of[k] = n - 1;
        }
    }
    return n;
}

/* Constant jump targets; and in programs with computed jumps, where a pushed number is the offset of an instruction: it may well be where they go, and the
 * middle of a block is slow. Numbers below SMALL are pushed for so many other reasons that they do not count. */
static void mark_starts(const hb_bytecode_program *p, bool *starts)
{
    enum { SMALL = 16 };
    bool computed = false;
    for (uint32_t k = 0; k < p->n_insns; k++)
        computed |= hb_bytecode_takes_target(p->insns[k].op) && !is_constant_jump(p, k);
    for (uint32_t k = 0; k < p->n_insns; k++) {
        const hb_bytecode_insn *i = &p->insns[k];
        if (is_constant_jump(p, k))
            starts[p->starts[p->insns[k - 1].imm]] = true;
        else if (computed && hb_bytecode_is_push(i->op) && i->imm >= SMALL && i->imm < p->code_len && p->starts[i->imm] != HB_BC_NO_INSN)
            starts[p->starts[i->imm]] = true;
    }
}

/* Where each block goes, and who may be entered by a computed jump. */
static void connect(const hb_bytecode_program *p, hb_bytecode_flow *f)
{
    for (uint32_t k = 0; k < f->n_blocks; k++) {
        hb_bytecode_block *b = &f->blocks[k];
        uint32_t last = b->first + b->n - 1;
        uint8_t op = p->insns[last].op;
        b->falls = falls_through(op);
        if (!hb_bytecode_takes_target(op))
            continue;
        if (b->n > 1 && is_constant_jump(p, last)) {
            b->target = f->block_of[p->starts[p->insns[last - 1].imm]];
            f->blocks[b->target].called |= op == HB_BC_CALL;
        } else {
            f->computed_jumps = true;
        }
        if (op == HB_BC_CALL && k + 1 < f->n_blocks)
            f->blocks[k + 1].computed = true;
    }
    if (f->computed_jumps)
        for (uint32_t k = 0; k < f->n_blocks; k++)
            f->blocks[k].computed = true;
}

/* Depths at the entry that survive the block's own checks; false: none does. */
static bool passing(const hb_bytecode_block *b, int64_t cap, int64_t *lo, int64_t *hi)
{
    if (*lo < (int64_t)b->need)
        *lo = b->need;
    if (*hi > cap - (int64_t)b->grow)
        *hi = cap - (int64_t)b->grow;
    return *lo <= *hi;
}

/* Depths with which b is left. */
static bool leaving(const hb_bytecode_block *b, int64_t cap, int64_t *lo, int64_t *hi)
{
    int64_t low = 0, high = cap;
    if (!b->computed) {
        low = b->lo;
        high = b->hi;
    }
    if (!passing(b, cap, &low, &high))
        return false;
    *lo = low + b->net;
    *hi = high + b->net;
    return true;
}

typedef struct worklist {
    uint32_t *items; /* a stack; each block at most once */
    bool *waiting;
    uint32_t n;
} worklist;

static void add_work(worklist *w, uint32_t block)
{
    if (!w->waiting[block])
        w->items[w->n++] = block;
    w->waiting[block] = true;
}

/* b may be entered directly with any depth in [lo, hi]. */
static void enter(hb_bytecode_flow *f, worklist *w, uint32_t block, int64_t cap, int64_t lo, int64_t hi)
{
    hb_bytecode_block *b = &f->blocks[block];
    if (b->direct && lo >= b->lo && hi <= b->hi)
        return;
    bool widen = b->updates >= WIDEN_AFTER;
    if (!b->direct) {
        b->lo = lo;
        b->hi = hi;
    } else {
        if (lo < b->lo)
            b->lo = widen ? 0 : lo;
        if (hi > b->hi)
            b->hi = widen ? cap : hi;
    }
    b->direct = true;
    b->updates++;
    add_work(w, block);
}

/* At most WIDEN_AFTER + 3 rounds a block. */
static void iterate(const hb_bytecode_program *p, hb_bytecode_flow *f, worklist *w)
{
    int64_t cap = (int64_t)(p->limits.stack / 8), lo, hi;
    enter(f, w, 0, cap, 0, 0);
    for (uint32_t k = 0; k < f->n_blocks; k++)
        if (f->blocks[k].computed && f->computed_jumps)
            add_work(w, k);
    while (w->n) {
        uint32_t k = w->items[--w->n];
        const hb_bytecode_block *b = &f->blocks[k];
        w->waiting[k] = false;
        if (!leaving(b, cap, &lo, &hi))
            continue;
        if (b->falls && k + 1 < f->n_blocks)
            enter(f, w, k + 1, cap, lo, hi);
        if (b->target != HB_BC_NO_BLOCK)
            enter(f, w, b->target, cap, lo, hi);
        /* Whatever was called may come back. */
        uint8_t last = p->insns[b->first + b->n - 1].op;
        if (last == HB_BC_CALL && k + 1 < f->n_blocks && !f->blocks[k + 1].updates) {
            f->blocks[k + 1].updates = 1;
            add_work(w, k + 1);
        }
    }
}

hb_status hb_bytecode_flow_make(hb_bytecode_flow *out, const hb_bytecode_program *p, hb_error *err)
{
    *out = (hb_bytecode_flow){0};
    size_t n = p->n_insns;
    size_t bytes = n * (sizeof(hb_bytecode_block) + 2 * sizeof(uint32_t) + 2 * sizeof(bool)) + 6 * (size_t)HB_ARENA_ALIGN;
    if (hb_arena_init(&out->memory, bytes) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the blocks of a bytecode program");
    bool *starts = hb_arena_alloc_many(&out->memory, n, sizeof *starts);
    memset(starts, 0, n * sizeof *starts);
    mark_starts(p, starts);
    out->n_blocks = cut(p, starts, out);
    out->block_of = hb_arena_alloc_many(&out->memory, n, sizeof *out->block_of);
    out->blocks = hb_arena_alloc_many(&out->memory, out->n_blocks, sizeof *out->blocks);
    cut(p, starts, out);
    connect(p, out);
    size_t mark = hb_arena_mark(&out->memory);
    worklist w = {.items = hb_arena_alloc_many(&out->memory, out->n_blocks, sizeof *w.items),
                  .waiting = hb_arena_alloc_many(&out->memory, out->n_blocks, sizeof *w.waiting)};
    memset(w.waiting, 0, out->n_blocks * sizeof *w.waiting);
    iterate(p, out, &w);
    hb_arena_release(&out->memory, mark);
    return HB_OK;
}

void hb_bytecode_flow_free(hb_bytecode_flow *f)
{
    hb_arena_free(&f->memory);
    *f = (hb_bytecode_flow){0};
}

int64_t hb_bytecode_known_depth(const hb_bytecode_block *b)
{
    return b->direct && !b->computed && b->lo == b->hi ? b->lo : -1;
}

void hb_bytecode_report_make(hb_bytecode_report *out, const hb_bytecode_program *p, const hb_bytecode_flow *f)
{
    *out = (hb_bytecode_report){.n_insns = p->n_insns,
                                .n_blocks = f->n_blocks,
                                .first_unreachable = p->code_len,
                                .max_known_depth = -1,
                                .computed_jumps = f->computed_jumps};
    for (uint32_t k = 0; k < f->n_blocks; k++) {
        const hb_bytecode_block *b = &f->blocks[k];
        bool reached = b->direct || f->computed_jumps || (b->computed && b->updates);
        if (!reached) {
            out->unreachable += b->n;
            if (out->first_unreachable == p->code_len)
                out->first_unreachable = p->insns[b->first].at;
        }
        int64_t depth = hb_bytecode_known_depth(b);
        if (!reached || depth < 0)
            continue;
        for (uint32_t i = b->first; i < b->first + b->n; i++) {
            if (depth > out->max_known_depth)
                out->max_known_depth = depth;
            depth += hb_bytecode_net(&p->insns[i]);
        }
        out->known_depths += b->n;
    }
}
