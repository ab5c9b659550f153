/* Code that all blocks share: the way in, the ways out, and the slow path of memory; and the seldom-used code behind
 * the blocks, which leads there. */
#include "rv/jit_state.h"

#if HB_RV_JIT

#include "base/check.h"

static const uint8_t saved[6] = {X_RBX, X_RBP, X_R12, X_R13, X_R14, X_R15}; /* the System V convention's */

static void move_registers(hb_rv_jit *j, unsigned opcode)
{
    for (unsigned g = 1; g < 33; g++)
        if (j->host[g] >= 0)
            x_op(&j->e, true, opcode, (unsigned)j->host[g], hb_jit_slot_of(g));
}

static hb_x64_rm field(size_t offset)
{
    return x_mem(HB_JIT_STATE, (int32_t)offset - (int32_t)(offsetof(hb_rv_run, x) + 16 * sizeof(uint64_t)));
}

/* hb_jit_enter_fn: rdi = run, rsi = where to go, rdx = left. */
static void emit_enter(hb_rv_jit *j)
{
    hb_x64 *e = &j->e;
    j->enter = e->p;
    for (unsigned k = 0; k < 6; k++)
        x_push(e, saved[k]);
    x_imm(e, true, X_G_SUB, x_reg(X_RSP), 8); /* blocks run with rsp a multiple of 16 */
    x_op(e, true, X_LEA, HB_JIT_STATE, x_mem(X_RDI, (int32_t)(offsetof(hb_rv_run, x) + 16 * sizeof(uint64_t))));
    x_op(e, true, X_MOV, HB_JIT_PAGES, field(offsetof(hb_rv_run, mem.read)));
    x_mov(e, HB_JIT_LEFT, X_RDX);
    x_mov(e, X_RAX, X_RSI);
    move_registers(j, X_MOV);
    x_jmp_rm(e, x_reg(X_RAX));
}

/* One routine for each exit: the word is in eax, or for MISS_INDIRECT in ecx. */
static void emit_exits(hb_rv_jit *j)
{
    hb_x64 *e = &j->e;
    uint8_t *to_common[HB_JIT_EXITS];
    for (unsigned k = 0; k < HB_JIT_EXITS; k++) {
        j->exits[k] = e->p;
        if (k == HB_JIT_EXIT_MISS_INDIRECT)
            x_op(e, false, X_MOV, X_RAX, x_reg(X_RCX));
        x_const(e, X_RDX, (uint64_t)k << 32);
        to_common[k] = x_jmp(e);
    }
    for (unsigned k = 0; k < HB_JIT_EXITS; k++)
        x_patch(to_common[k], e->p);
    x_op(e, true, X_OR, X_RAX, x_reg(X_RDX));
    move_registers(j, X_MOV_STORE);
    x_op(e, true, X_MOV_STORE, HB_JIT_LEFT, field(offsetof(hb_rv_run, left)));
    x_imm(e, true, X_G_ADD, x_reg(X_RSP), 8);
    for (unsigned k = 6; k-- > 0;)
        x_pop(e, saved[k]);
    x_ret(e);
}

/* Called with the address in rcx and the word in eax; returns with flags "not zero" after a trap. */
static void emit_access(hb_rv_jit *j)
{
    hb_x64 *e = &j->e;
    uint32_t (*const access)(hb_rv_run *, uint64_t, uint32_t) = hb_jit_access;
    j->access = e->p;
    move_registers(j, X_MOV_STORE);
    x_imm(e, true, X_G_SUB, x_reg(X_RSP), 8);
    x_op(e, true, X_LEA, X_RDI, field(0));
    x_mov(e, X_RSI, X_RCX);
    x_op(e, false, X_MOV, X_RDX, x_reg(X_RAX));
    x_const(e, X_RAX, (uint64_t)(uintptr_t)access);
    x_op(e, false, 0xff, 2, x_reg(X_RAX)); /* call rax */
    x_imm(e, true, X_G_ADD, x_reg(X_RSP), 8);
    move_registers(j, X_MOV);
    x_op(e, false, X_TEST, X_RAX, x_reg(X_RAX));
    x_ret(e);
}

/* Called with the address in rcx and the site in rax: looks into the page table and puts what it finds into the site.
 * Returns with flags "zero", or "not zero" when the slow path must do the access. Keeps rcx. */
static void emit_look_up(hb_rv_jit *j, bool store, unsigned log2)
{
    hb_x64 *e = &j->e;
    j->look_up[store][log2] = e->p;
    x_op(e, true, X_TEST, X_RCX, x_at(&j->mask[log2]));
    uint8_t *odd = x_jcc(e, X_NE);
    x_mov(e, X_RDX, X_RCX);
    x_shift(e, true, X_G_SHR, X_RDX, HB_RVMEM_PAGE_LOG2);
    x_op(e, true, X_MOV, X_RDX,
         x_mem_index(HB_JIT_PAGES, X_RDX, 3, store ? (int32_t)(HB_RVMEM_PAGES * sizeof(uintptr_t)) : 0));
    x_op(e, true, X_TEST, X_RDX, x_reg(X_RDX));
    uint8_t *absent = x_jcc(e, X_E);
    x_op(e, true, X_MOV_STORE, X_RDX, x_mem(X_RAX, (int32_t)offsetof(hb_jit_site, bias)));
    x_mov(e, X_RDX, X_RCX);
    x_imm(e, true, X_G_AND, x_reg(X_RDX), -(int32_t)HB_RVMEM_PAGE_BYTES);
    x_op(e, true, X_MOV_STORE, X_RDX, x_mem(X_RAX, (int32_t)offsetof(hb_jit_site, page)));
    x_op(e, true, X_CMP, X_RAX, x_reg(X_RAX));
    x_ret(e);
    x_patch(absent, e->p);
    x_patch(odd, e->p);
    x_op(e, true, X_TEST, X_RSP, x_reg(X_RSP)); /* anything that is not zero */
    x_ret(e);
}

void hb_jit_emit_routines(hb_rv_jit *j)
{
    j->e.p = j->code.base;
    emit_enter(j);
    emit_exits(j);
    emit_access(j);
    for (unsigned k = 0; k < 8; k++)
        emit_look_up(j, k & 1, k / 2);
    j->start = j->used = (size_t)(j->e.p - j->code.base);
}

/* Goes back to the block when the access is done, and falls through after a trap. */
static void emit_cold_access(hb_rv_jit *j, const hb_jit_cold *c)
{
    hb_x64 *e = &j->e;
    const unsigned bytes = hb_isa_access_bytes((hb_op)hb_jit_insn(j, c->word)->op);
    x_mov(e, X_RCX, c->address);
    if (c->kept) {
        uint64_t *cell = hb_jit_cell(j);
        hb_jit_misses misses = {c->word, (uint32_t)(cell - j->cells)};
        hb_jit_push(j, &j->misses, &misses, sizeof misses);
        x_inc(e, x_at(cell));
        x_op(e, true, X_LEA, X_RAX, x_at(c->kept));
        x_patch(x_call(e), j->look_up[c->store][bytes == 8 ? 3 : bytes / 2]);
        x_patch(x_jcc(e, X_E), c->hit);
    }
    x_const(e, X_RAX, c->word);
    x_patch(x_call(e), j->access);
    x_patch(x_jcc(e, X_E), c->resume);
}

static void emit_cold(hb_rv_jit *j, const hb_jit_cold *c)
{
    hb_x64 *e = &j->e;
    if (c->kind == HB_JIT_COLD_ENTRY) {
        hb_jit_emit_late_entry(j, c->word);
        return;
    }
    for (unsigned k = 0; k < 2; k++)
        if (c->site[k])
            x_patch(c->site[k], e->p);
    if (c->kind == HB_JIT_COLD_SLOT)
        *c->cell = (uint64_t)(uintptr_t)e->p;
    if (c->kind == HB_JIT_COLD_ACCESS)
        emit_cold_access(j, c);
    if (c->word != HB_JIT_NONE)
        x_const(e, X_RAX, c->word);
    if (c->add)
        x_imm(e, true, X_G_ADD, x_reg(HB_JIT_LEFT), c->add);
    x_jmp_to(e, j->exits[c->exit]);
}

void hb_jit_emit_cold(hb_rv_jit *j)
{
    for (size_t k = 0; k < j->cold.n; k++) { /* entries append */
        const hb_jit_cold c = ((const hb_jit_cold *)(const void *)j->cold.buf.data)[k];
        emit_cold(j, &c);
    }
    j->cold.n = j->cold.buf.len = 0;
}
#endif
