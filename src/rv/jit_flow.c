/* How blocks begin, end and lead to each other. */
#include "rv/jit_state.h"

#if HB_RV_JIT

enum { LOOP_ALIGN = 32 };

/* Instructions of the block that have not been executed when the current one has. */
static int32_t rest_behind(const hb_rv_jit *j)
{
    return (int32_t)(j->len - j->at - 1);
}

static void cold_exit(hb_rv_jit *j, uint8_t *site, hb_jit_exit exit, uint32_t word, int32_t add)
{
    hb_jit_cold cold = {.kind = HB_JIT_COLD_EXIT, .exit = exit, .site = {site, NULL}, .word = word, .add = add};
    hb_jit_push(j, &j->cold, &cold, sizeof cold);
}

static void jump_to_body(hb_rv_jit *j, uint8_t *site, uint32_t word)
{
    hb_jit_fix fix = {site, word};
    hb_jit_push(j, &j->fixes, &fix, sizeof fix);
}

static uint64_t *counter(hb_rv_jit *j, uint32_t from, uint32_t to)
{
    uint64_t *cell = hb_jit_cell(j);
    hb_jit_edge edge = {from, to, (uint32_t)(cell - j->cells)};
    hb_jit_push(j, &j->edges, &edge, sizeof edge);
    return cell;
}

/* jmp through a cell that first leads to C and, once the word is translated, to its checked entry. `left` must be
 * true. */
static void jump_by_slot(hb_rv_jit *j, uint32_t word)
{
    hb_jit_slot slot = {hb_jit_cell(j), j->words[word].waiting};
    if (!slot.next)
        hb_jit_push(j, &j->known, &word, sizeof word);
    hb_jit_cold cold = {.kind = HB_JIT_COLD_SLOT, .exit = HB_JIT_EXIT_MISS, .cell = slot.cell, .word = word};
    hb_jit_push(j, &j->slots, &slot, sizeof slot);
    j->words[word].waiting = (uint32_t)j->slots.n;
    hb_jit_push(j, &j->cold, &cold, sizeof cold);
    x_jmp_rm(&j->e, x_at(slot.cell));
}

/* May the body of this word come right behind? */
static bool can_follow(const hb_rv_jit *j, uint32_t word)
{
    const hb_jit_word *w = &j->words[word];
    return (w->flags & (HB_JIT_PLANNED | HB_JIT_RETURN)) == HB_JIT_PLANNED && !w->body;
}

/* Ends the block after `rest` of its instructions were not executed, and goes on at a word. last: nothing of the
 * block comes behind, so that the body of that word may. */
static void go_to(hb_rv_jit *j, uint32_t word, int32_t rest, bool last)
{
    const hb_jit_word *to = &j->words[word];
    if (!(to->flags & HB_JIT_PLANNED)) {
        if (rest)
            x_imm(&j->e, true, X_G_ADD, x_reg(HB_JIT_LEFT), rest);
        jump_by_slot(j, word);
        return;
    }
    x_imm(&j->e, true, X_G_SUB, x_reg(HB_JIT_LEFT), to->len - rest);
    cold_exit(j, x_jcc(&j->e, X_L), HB_JIT_EXIT_BUDGET, word, to->len);
    if (last && can_follow(j, word))
        j->next = word;
    else
        jump_to_body(j, x_jmp(&j->e), word);
}

/* A jump that is counted as one. */
static void jump(hb_rv_jit *j, uint32_t word, int32_t rest, bool last)
{
    x_inc(&j->e, x_at(counter(j, j->first + j->at + 1, word)));
    go_to(j, word, rest, last);
}

/* cmp rs1, rs2; the condition code under which the branch is taken. */
static unsigned compare(hb_rv_jit *j, const hb_rv_decoded *d)
{
    static const uint8_t codes[6] = {X_E, X_NE, X_L, X_GE, X_B, X_AE}, swapped[6] = {X_E, X_NE, X_G, X_LE, X_A, X_BE};
    const unsigned k = d->op - HB_OP_BEQ;
    unsigned a = d->rs1, b = d->rs2;
    const bool swap = a == 0 && b != 0;
    if (swap) {
        a = b;
        b = 0;
    }
    if (b) {
        const unsigned r = hb_jit_source(j, a, X_RAX);
        x_op(&j->e, true, X_CMP, r, hb_jit_operand(j, b));
    } else if (a && j->host[a] < 0) {
        x_imm(&j->e, true, X_G_CMP, hb_jit_slot_of(a), 0);
    } else {
        const unsigned r = hb_jit_source(j, a, X_RAX);
        x_op(&j->e, true, X_TEST, r, x_reg(r));
    }
    return swap ? swapped[k] : codes[k];
}

/* Is the branch more often taken than not, as far as one knows? */
static bool is_likely(const hb_rv_jit *j, uint32_t word, const hb_rv_decoded *d)
{
    if (j->counts && !(j->words[word + 1].flags & HB_JIT_LEADER))
        return 2 * j->counts[word + 1] < j->counts[word];
    return d->imm < 0;
}

void hb_jit_emit_branch(hb_rv_jit *j, const hb_rv_decoded *d)
{
    const uint32_t word = j->first + j->at;
    const unsigned cc = compare(j, d);
    if (d->imm == HB_RV_JUMP_NOWHERE) {
        cold_exit(j, x_jcc(&j->e, cc), HB_JIT_EXIT_INTERPRET, word, rest_behind(j) + 1);
        return;
    }
    const uint32_t target = (uint32_t)(word + d->imm);
    if (is_likely(j, word, d)) {
        uint8_t *over = x_jcc(&j->e, cc ^ 1);
        jump(j, target, rest_behind(j), false);
        x_patch(over, j->e.p);
    } else {
        hb_jit_side side = {x_jcc(&j->e, cc), target, j->at};
        hb_jit_push(j, &j->sides, &side, sizeof side);
    }
}

/* The ways out of the block that are seldom taken, behind it. */
static void emit_sides(hb_rv_jit *j)
{
    for (size_t k = 0; k < j->sides.n; k++) {
        const hb_jit_side *s = (const hb_jit_side *)(const void *)j->sides.buf.data + k;
        j->at = s->at;
        x_patch(s->site, j->e.p);
        jump(j, s->word, rest_behind(j), k + 1 == j->sides.n);
    }
    j->sides.n = j->sides.buf.len = 0;
}

static void link_register(hb_rv_jit *j, const hb_rv_decoded *d)
{
    hb_jit_write_const(j, d->rd, hb_jit_pc(j, j->first + j->at) + 4);
}

static void leave(hb_rv_jit *j, hb_jit_exit exit, uint32_t word, int32_t add)
{
    cold_exit(j, x_jmp(&j->e), exit, word, add);
}

void hb_jit_emit_jal(hb_rv_jit *j, const hb_rv_decoded *d)
{
    const uint32_t word = j->first + j->at;
    if (d->imm == HB_RV_JUMP_NOWHERE) {
        leave(j, HB_JIT_EXIT_INTERPRET, word, 1);
        return;
    }
    link_register(j, d);
    jump(j, (uint32_t)(word + d->imm), 0, j->sides.n == 0);
}

uint32_t hb_jit_static_target(const hb_rv_jit *j, uint32_t word)
{
    const hb_rv_decoded *d = hb_jit_insn(j, word);
    if (word == 0 || d->op != HB_OP_JALR || d[-1].op != HB_OP_AUIPC || d[-1].rd != d->rs1)
        return HB_JIT_NONE;
    const uint64_t to = (((uint64_t)d[-1].imm + (uint64_t)d->imm) & ~UINT64_C(1)) - j->loaded->text_base;
    return to % 4 || to / 4 >= j->n_words ? HB_JIT_NONE : (uint32_t)(to / 4);
}

/* rcx := word of the target; bits that a valid one does not have are set when it is misaligned or outside. */
static void indirect_target(hb_rv_jit *j, const hb_rv_decoded *d)
{
    hb_x64 *e = &j->e;
    const int64_t offset = d->imm - (int64_t)j->loaded->text_base;
    const bool reachable = offset == (int32_t)offset;
    if (reachable && d->rs1 && j->host[d->rs1] >= 0) {
        x_op(e, true, X_LEA, X_RCX, x_mem((unsigned)j->host[d->rs1], (int32_t)offset));
    } else {
        hb_jit_read(j, X_RCX, d->rs1);
        x_const(e, X_RAX, (uint64_t)offset);
        x_op(e, true, X_ADD, X_RCX, x_reg(X_RAX));
    }
    x_imm(e, true, X_G_AND, x_reg(X_RCX), -2); /* JALR clears bit 0; the base is a multiple of 4 */
    x_shift(e, true, X_G_ROR, X_RCX, 2);
}

void hb_jit_emit_jalr(hb_rv_jit *j, const hb_rv_decoded *d)
{
    const uint32_t word = j->first + j->at, target = j->at ? hb_jit_static_target(j, word) : HB_JIT_NONE;
    hb_x64 *e = &j->e;
    if (target != HB_JIT_NONE) {
        link_register(j, d);
        jump(j, target, 0, j->sides.n == 0);
        return;
    }
    indirect_target(j, d);
    x_imm(e, true, X_G_CMP, x_reg(X_RCX), (int32_t)j->n_words);
    cold_exit(j, x_jcc(e, X_AE), HB_JIT_EXIT_INTERPRET, word, 1);
    link_register(j, d);
    x_inc(e, x_at(counter(j, word + 1, HB_JIT_NONE)));
    x_op(e, true, X_LEA, X_RDX, x_at(j->map));
    x_op(e, true, X_MOV, X_RDX, x_mem_index(X_RDX, X_RCX, 3, 0));
    x_op(e, true, X_TEST, X_RDX, x_reg(X_RDX));
    cold_exit(j, x_jcc(e, X_E), HB_JIT_EXIT_MISS_INDIRECT, HB_JIT_NONE, 0); /* the word is in rcx */
    x_jmp_rm(e, x_reg(X_RDX));
}

/* The two entries that test `left`: the one that the map names counts a run that starts here, the one that slots name
 * does not. */
static void checked_entries(hb_rv_jit *j, hb_jit_word *w, uint32_t word)
{
    j->map[word] = (uint64_t)(uintptr_t)j->e.p;
    x_inc(&j->e, x_at(counter(j, HB_JIT_NONE, word)));
    const uint64_t checked = (uint64_t)(uintptr_t)j->e.p;
    for (uint32_t s = w->waiting; s;) {
        const hb_jit_slot *slot = (const hb_jit_slot *)(const void *)j->slots.buf.data + s - 1;
        *slot->cell = checked;
        s = slot->next;
    }
    w->waiting = 0;
    x_imm(&j->e, true, X_G_SUB, x_reg(HB_JIT_LEFT), w->len);
    cold_exit(j, x_jcc(&j->e, X_L), HB_JIT_EXIT_BUDGET, word, w->len);
}

void hb_jit_emit_entry(hb_rv_jit *j)
{
    hb_jit_word *w = &j->words[j->first];
    if (w->flags & HB_JIT_RETURN) {
        checked_entries(j, w, j->first);
    } else {
        hb_jit_cold cold = {.kind = HB_JIT_COLD_ENTRY, .word = j->first};
        hb_jit_push(j, &j->cold, &cold, sizeof cold);
        x_align(&j->e, w->flags & HB_JIT_LOOP ? LOOP_ALIGN : 1);
    }
    w->body = (uint32_t)(j->e.p - j->code.base);
}

void hb_jit_emit_late_entry(hb_rv_jit *j, uint32_t word)
{
    checked_entries(j, &j->words[word], word);
    x_jmp_to(&j->e, j->code.base + j->words[word].body);
}

void hb_jit_emit_end(hb_rv_jit *j)
{
    const uint32_t word = j->first + j->len;
    const hb_rv_decoded *last = j->len ? hb_jit_insn(j, word - 1) : NULL;
    if (!last || (last->op != HB_OP_JAL && last->op != HB_OP_JALR)) {
        const unsigned op = word < j->n_words ? hb_jit_insn(j, word)->op : HB_OP_INVALID;
        if (op == HB_OP_ECALL)
            leave(j, HB_JIT_EXIT_CALL, word, 0);
        else if (op == HB_OP_EBREAK || op == HB_OP_INVALID)
            leave(j, HB_JIT_EXIT_INTERPRET, word, 0);
        else
            go_to(j, word, 0, j->sides.n == 0);
    }
    emit_sides(j);
}
#endif
