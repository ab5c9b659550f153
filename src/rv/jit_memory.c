/* Loads and stores. In line: is the address aligned, and in the page of the last time? Then the access. If not, out
 * of line: the page table. Loads and stores that move about have the page table in line. Everything else (first
 * touches, misaligned accesses, traps, pages of the input region whose words must be seen) is done by hb_jit_access. */
#include "rv/jit_state.h"

#if HB_RV_JIT

#include "base/check.h"

static uint64_t extended(hb_op op, uint64_t v)
{
    switch (op) {
    case HB_OP_LB: return (uint64_t)(int64_t)(int8_t)v;
    case HB_OP_LH: return (uint64_t)(int64_t)(int16_t)v;
    case HB_OP_LW: return (uint64_t)(int64_t)(int32_t)v;
    default: return v;
    }
}

uint32_t hb_jit_access(hb_rv_run *m, uint64_t at, uint32_t word)
{
    const hb_rv_decoded *d = &m->loaded->decoded[word];
    const unsigned bytes = hb_isa_access_bytes((hb_op)d->op);
    const bool store = hb_isa_table[d->op].format == HB_FMT_STORE;
    uint64_t v = 0;
    hb_rv_trap trap = store ? hb_rvmem_store(&m->mem, at, bytes, m->x[d->rs2]) : hb_rvmem_load(&m->mem, at, bytes, &v);
    if (trap != HB_TRAP_NONE) {
        m->trap = trap;
        m->trap_address = at;
        return 1;
    }
    hb_rv_count_access(m, at, bytes, store);
    if (!store)
        m->x[d->rd] = extended((hb_op)d->op, v);
    return 0;
}

static unsigned log2_bytes(hb_op op)
{
    const unsigned bytes = hb_isa_access_bytes(op);
    return bytes == 8 ? 3 : bytes == 4 ? 2 : bytes == 2 ? 1 : 0;
}

void hb_jit_forget_pages(hb_rv_jit *j)
{
    for (uint32_t k = 0; k < j->n_sites; k++)
        j->sites[k].page = HB_JIT_NO_PAGE;
}

void hb_jit_find_scattered(hb_rv_jit *j, const uint64_t *counts)
{
    for (size_t k = 0; k < j->misses.n; k++) {
        const hb_jit_misses *s = (const hb_jit_misses *)(const void *)j->misses.buf.data + k;
        if (j->cells[s->cell] > counts[s->word] / 16)
            j->words[s->word].flags |= HB_JIT_SCATTERED;
    }
}

static hb_jit_site *site_for(hb_rv_jit *j, unsigned base, bool store)
{
    hb_jit_site **site = &j->site_of[store][base];
    if (!*site) {
        if (j->n_sites == j->max_cells) {
            j->failed = true;
            return j->sites;
        }
        *site = &j->sites[j->n_sites++];
        (*site)->page = HB_JIT_NO_PAGE;
    }
    return *site;
}

/* Leaves the guest address in the register that is returned. */
static unsigned guest_address(hb_rv_jit *j, const hb_rv_decoded *d)
{
    hb_x64 *e = &j->e;
    if (!d->rs1) {
        x_const(e, X_RCX, (uint64_t)d->imm);
    } else if (j->host[d->rs1] < 0) {
        hb_jit_read(j, X_RCX, d->rs1);
        if (d->imm)
            x_imm(e, true, X_G_ADD, x_reg(X_RCX), (int32_t)d->imm);
    } else if (d->imm) {
        x_op(e, true, X_LEA, X_RCX, x_mem((unsigned)j->host[d->rs1], (int32_t)d->imm));
    } else {
        return (unsigned)j->host[d->rs1];
    }
    return X_RCX;
}

/* rdx := entry of the page table; `mask` tests the map's end and the alignment at once. */
static void by_page_table(hb_rv_jit *j, unsigned log2, hb_jit_cold *cold)
{
    hb_x64 *e = &j->e;
    x_op(e, true, X_TEST, cold->address, x_at(&j->mask[log2]));
    cold->site[0] = x_jcc(e, X_NE);
    x_mov(e, X_RDX, cold->address);
    x_shift(e, true, X_G_SHR, X_RDX, HB_RVMEM_PAGE_LOG2);
    x_op(e, true, X_MOV, X_RDX,
         x_mem_index(HB_JIT_PAGES, X_RDX, 3, cold->store ? (int32_t)(HB_RVMEM_PAGES * sizeof(uintptr_t)) : 0));
    x_op(e, true, X_TEST, X_RDX, x_reg(X_RDX));
    cold->site[1] = x_jcc(e, X_E);
}

/* rdx := entry of the page that the site knows, when that is the right one and the address is aligned: bits within
 * the page, but for those of the alignment, do not matter. The load of the entry does not wait for the address. */
static void by_site(hb_rv_jit *j, const hb_rv_decoded *d, unsigned log2, hb_jit_cold *cold)
{
    hb_x64 *e = &j->e;
    const hb_jit_site *site = site_for(j, d->rs1, cold->store);
    x_mov(e, X_RDX, cold->address);
    x_imm(e, true, X_G_AND, x_reg(X_RDX), -(int32_t)HB_RVMEM_PAGE_BYTES | ((1 << log2) - 1));
    x_op(e, true, X_CMP, X_RDX, x_at(&site->page));
    cold->site[0] = x_jcc(e, X_NE);
    cold->kept = site;
    cold->hit = e->p;
    x_op(e, true, X_MOV, X_RDX, x_at(&site->bias));
}

static hb_jit_cold locate(hb_rv_jit *j, const hb_rv_decoded *d, bool store)
{
    hb_jit_cold cold = {.kind = HB_JIT_COLD_ACCESS,
                        .exit = HB_JIT_EXIT_TRAP,
                        .word = j->first + j->at,
                        .add = (int32_t)(j->len - j->at),
                        .store = store};
    const unsigned log2 = log2_bytes((hb_op)d->op);
    cold.address = (uint8_t)guest_address(j, d);
    if (j->words[cold.word].flags & HB_JIT_SCATTERED)
        by_page_table(j, log2, &cold);
    else
        by_site(j, d, log2, &cold);
    return cold;
}

void hb_jit_emit_load(hb_rv_jit *j, const hb_rv_decoded *d)
{
    hb_jit_cold cold = locate(j, d, false);
    const unsigned to = hb_jit_target(j, d->rd, X_RAX);
    const hb_x64_rm mem = x_mem_index(X_RDX, cold.address, 0, 0);
    switch (d->op) {
    case HB_OP_LB: x_op(&j->e, true, X_MOVSX8, to, mem); break;
    case HB_OP_LH: x_op(&j->e, true, X_MOVSX16, to, mem); break;
    case HB_OP_LW: x_op(&j->e, true, X_MOVSXD, to, mem); break;
    case HB_OP_LD: x_op(&j->e, true, X_MOV, to, mem); break;
    case HB_OP_LBU: x_op(&j->e, false, X_MOVZX8, to, mem); break;
    case HB_OP_LHU: x_op(&j->e, false, X_MOVZX16, to, mem); break;
    default:
        HB_ASSERT(d->op == HB_OP_LWU);
        x_op(&j->e, false, X_MOV, to, mem);
        break;
    }
    hb_jit_written(j, d->rd, to);
    cold.resume = j->e.p;
    hb_jit_push(j, &j->cold, &cold, sizeof cold);
}

void hb_jit_emit_store(hb_rv_jit *j, const hb_rv_decoded *d)
{
    hb_jit_cold cold = locate(j, d, true);
    const unsigned bytes = hb_isa_access_bytes((hb_op)d->op);
    const hb_x64_rm mem = x_mem_index(X_RDX, cold.address, 0, 0);
    if (d->rs2)
        x_store(&j->e, bytes, mem, hb_jit_source(j, d->rs2, X_RAX));
    else
        x_store_imm(&j->e, bytes, mem, 0);
    cold.resume = j->e.p;
    hb_jit_push(j, &j->cold, &cold, sizeof cold);
}
#endif
