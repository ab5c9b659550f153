/* Tests only: is what a row says true? The reference semantics of rv/rvref.h, applied to the tokens of a row that nothing caught. */
#pragma once
#include "chips/forge.h"
#include "rv/rvref.h"

typedef struct forge_cell {
    uint32_t hi, lo, ts_before, ts_after;
    uint64_t before, after;
} forge_cell;

typedef struct forge_oracle {
    forge_cell ram[2], reg[4];
    uint32_t n_ram, n_reg;
    uint32_t pc, next_pc;
    bool bad; /* touched what the row does not hold */
} forge_oracle;

static inline bool forge_token_value(const forge_row *f, const hb_air_use *u, uint64_t *v)
{
    *v = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t limb = forge_word(f, u, 2 + i);
        if (limb > 65535)
            return false;
        *v |= (uint64_t)limb << 16 * i;
    }
    return true;
}

/* Pairs each consumed MEM token with the produced one that the recorder has next. */
static inline bool forge_read_tokens(const forge_row *f, forge_oracle *o)
{
    forge_cell *open = NULL;
    bool ranges = true;
    for (uint32_t i = 0; i < f->air->n_uses; i++) {
        const hb_air_use *u = &f->air->uses[i];
        if (!hb_bus_is_permutation((hb_bus)u->bus) || !forge_active(u, f->values))
            continue;
        if (u->bus == HB_BUS_STATE) {
            if (u->kind == HB_AIR_CONSUME)
                o->pc = forge_word(f, u, 0);
            else
                o->next_pc = forge_word(f, u, 0);
        } else if (u->kind == HB_AIR_CONSUME) {
            open = forge_is_ram(f, u) ? &o->ram[o->n_ram++] : &o->reg[o->n_reg++];
            *open = (forge_cell){.hi = forge_word(f, u, 0), .lo = forge_word(f, u, 1), .ts_before = forge_word(f, u, 6)};
            ranges &= forge_token_value(f, u, &open->before);
        } else {
            open->ts_after = forge_word(f, u, 6);
            ranges &= open->ts_before < open->ts_after;
            ranges &= forge_token_value(f, u, &open->after) && open->hi == forge_word(f, u, 0) && open->lo == forge_word(f, u, 1);
        }
    }
    return ranges; /* limbs, order of times, same cell */
}

static inline forge_cell *forge_find_ram(forge_oracle *o, uint64_t address)
{
    for (uint32_t i = 0; i < o->n_ram; i++)
        if ((((uint64_t)o->ram[i].hi - 512) << 32 | (uint64_t)o->ram[i].lo << 3) == (address & ~UINT64_C(7)))
            return &o->ram[i];
    o->bad = true;
    return &o->ram[0];
}

static uint8_t forge_get(void *ctx, uint64_t address)
{
    return (uint8_t)(forge_find_ram(ctx, address)->before >> 8 * (address & 7));
}

static void forge_set_byte(void *ctx, uint64_t address, uint8_t v)
{
    forge_cell *c = forge_find_ram(ctx, address);
    uint64_t mask = UINT64_C(0xff) << 8 * (address & 7);
    c->before = (c->before & ~mask) | (uint64_t)v << 8 * (address & 7); /* becomes what should be after */
}

/* What the row claims is true, false, or cannot be said (inputs that no run has: x0 not 0, one register with two values). */
typedef enum forge_verdict { FORGE_TRUE, FORGE_FALSE, FORGE_UNKNOWN } forge_verdict;

/* For an instruction chip but CALL, on a row as last judged. */
static inline forge_verdict forge_ask(const forge_row *f)
{
    forge_oracle o = {.n_ram = 0};
    const hb_rv_program *p = &f->trace->program;
    if (!forge_read_tokens(f, &o))
        return FORGE_FALSE; /* a limb out of range was produced */
    uint32_t index = hb_rv_program_find(p, o.pc), word = hb_rv_program_word(p, (uint64_t)o.pc * 4), k = 0;
    if (index == UINT32_MAX)
        return FORGE_FALSE;
    hb_isa_insn d = hb_isa_decode(word);
    bool any_merged = false;
    rvref m = {.pc = (uint64_t)o.pc * 4, .get = forge_get, .set = forge_set_byte, .ctx = &o};
    bool writes = hb_isa_writes_rd(d.op) || d.op == HB_OP_FENCE;
    uint32_t sink = writes && (d.rd == 0 || d.op == HB_OP_FENCE) ? HB_RV_REG_SINK : d.rd;
    const forge_cell *dest = writes && o.n_reg ? &o.reg[o.n_reg - 1] : NULL; /* its access comes last */
    bool used[2] = {hb_isa_reads_rs1(d.op), hb_isa_reads_rs2(d.op)};
    uint32_t operand[2] = {d.rs1, d.rs2};
    for (uint32_t i = 0; i < 2; i++) {
        bool merged = false;
        if (!used[i])
            continue;
        if (k < o.n_reg && &o.reg[k] != dest && o.reg[k].lo == operand[i]) {
            if (o.reg[k].after != o.reg[k].before)
                return FORGE_FALSE;
        } else if (dest && sink == operand[i] && dest->lo == sink && !any_merged) {
            any_merged = merged = true;
        } else {
            return FORGE_FALSE;
        }
        uint64_t v = merged ? dest->before : o.reg[k].before;
        if (i && used[0] && d.rs1 == d.rs2 && m.x[d.rs1] != v)
            return FORGE_UNKNOWN;
        m.x[operand[i]] = v;
        k += !merged;
    }
    if (o.n_reg != k + writes)
        return FORGE_FALSE;
    if (m.x[0])
        return FORGE_UNKNOWN;
    uint32_t rd = d.rd;
    if (writes && rd == 0) { /* see what would be written: rd = some other register */
        rd = 31;
        while (rd == d.rs1 || rd == d.rs2)
            rd--;
        if (d.op != HB_OP_FENCE)
            word |= rd << 7;
        m.x[rd] = 0;
    }
    if (!rvref_step(&m, word) || o.bad || m.pc % 4 || m.pc / 4 != o.next_pc)
        return FORGE_FALSE;
    if (writes && (o.reg[k].lo != sink || o.reg[k].after != m.x[rd]))
        return FORGE_FALSE;
    for (uint32_t i = 0; i < o.n_ram; i++)
        if (o.ram[i].after != o.ram[i].before)
            return FORGE_FALSE;
    return FORGE_TRUE;
}

/* CALL, from machine.md 2, 4 and guest-abi.md. */
static inline forge_verdict forge_ask_call(const forge_row *f)
{
    forge_oracle o = {.n_ram = 0};
    if (!forge_read_tokens(f, &o))
        return FORGE_FALSE;
    uint32_t insn = hb_rv_program_find(&f->trace->program, o.pc);
    if (insn == UINT32_MAX || f->trace->program.insns[insn].op != HB_OP_ECALL || o.n_reg < 3)
        return FORGE_FALSE;
    const forge_cell *t0 = &o.reg[0], *a0 = &o.reg[1], *a1 = &o.reg[2], *pv = &o.reg[3];
    if (t0->hi != 256 || t0->lo != 5 || a0->lo != 10 || a1->lo != 11 || a0->after != a0->before || a1->after != a1->before)
        return FORGE_FALSE;
    uint64_t number = t0->before, answer = number, end = a0->before + a1->before, cell = UINT64_MAX, word = a1->before;
    bool ok = number == 2;
    if (number == 0)
        ok = a0->before < 256, cell = 16, word = a0->before;
    if (number == 0x10 || number == 0x1a)
        ok = a0->before < 8 && word >> 32 == 0, cell = a0->before + (number == 0x1a ? 8 : 0);
    if (number == 3)
        ok = true, answer = 0;
    if (number == 0xf0)
        ok = true, answer = t0->after; /* advice */
    if (number == 0xf1)
        ok = a0->before % 8 == 0 && a0->before >= HB_RV_INPUT_LO && end >= a0->before && end <= HB_RV_MAP_END;
    bool published = o.n_reg == 4 && pv->hi == 0 && pv->lo == cell && pv->after == word;
    ok = ok && answer == t0->after && (cell == UINT64_MAX ? o.n_reg == 3 : published);
    return ok && o.next_pc == (number ? o.pc + 1 : HB_PC_HALT) ? FORGE_TRUE : FORGE_FALSE;
}

/* INITFIN, from machine.md 5. */
static inline forge_verdict forge_ask_initfin(const forge_row *f)
{
    const hb_rv_program *p = &f->trace->program;
    uint32_t before[2] = {0}, here[2] = {0}, cell[2] = {0}, fin[4] = {0};
    uint64_t init = 0, address;
    for (uint32_t i = 0; i < f->air->n_uses; i++) {
        const hb_air_use *u = &f->air->uses[i];
        bool produce = u->kind == HB_AIR_PRODUCE;
        if (u->bus == HB_BUS_CHAIN)
            (produce ? here : before)[0] = forge_word(f, u, 1), (produce ? here : before)[1] = forge_word(f, u, 2);
        if (u->bus != HB_BUS_MEM)
            continue;
        if (produce && (forge_word(f, u, 6) || !forge_token_value(f, u, &init)))
            return FORGE_FALSE;
        cell[0] = forge_word(f, u, 0), cell[1] = forge_word(f, u, 1);
        if (cell[0] != here[0] || cell[1] != here[1])
            return FORGE_FALSE;
        for (uint32_t j = 0; j < 4 && !produce; j++)
            fin[j] = forge_word(f, u, 2 + j);
    }
    bool first = before[0] == 0 && before[1] == HB_F_P - 1;
    if (here[1] >= 1u << 29 || !(first || here[0] > before[0] || (here[0] == before[0] && here[1] > before[1])))
        return FORGE_FALSE;
    if (f->row < HB_PUBLIC_WORDS) {
        hb_f lo = f->trace->publics.pv_lo[f->row], hi = f->trace->publics.pv_hi[f->row];
        bool public_word = fin[0] == hb_f_to_u32(lo) && fin[1] == hb_f_to_u32(hi) && fin[2] == 0 && fin[3] == 0;
        return public_word && here[0] == 0 && here[1] == f->row && init == 0 ? FORGE_TRUE : FORGE_FALSE;
    }
    if (here[0] < 512) /* registers; other spaces below 512 belong to nobody */
        return init == 0 ? FORGE_TRUE : FORGE_FALSE;
    address = (uint64_t)(here[0] - 512) << 32 | (uint64_t)here[1] << 3;
    if (here[0] >= 544 || address < HB_RV_RAM_LO)
        return FORGE_FALSE;
    if (address >= HB_RV_INPUT_LO)
        return FORGE_TRUE;
    bool in_image = address >= p->img_lo && address < p->img_hi;
    for (uint32_t j = 0; j < 4 && in_image && address >= p->text_lo && address < p->text_hi; j++)
        if (fin[j] != (uint32_t)(init >> 16 * j & 0xffff))
            return FORGE_FALSE;
    return init == (in_image ? p->image[(address - p->img_lo) / 8] : 0) ? FORGE_TRUE : FORGE_FALSE;
}

static inline forge_verdict forge_ask_bump(const forge_row *f)
{
    forge_oracle o = {.n_ram = 0};
    forge_read_tokens(f, &o);
    const forge_cell *c = &o.reg[0];
    return c->before == c->after && c->ts_before < c->ts_after && c->ts_after < 1u << 27 && forge_read_tokens(f, &(forge_oracle){.n_ram = 0}) ? FORGE_TRUE : FORGE_FALSE;
}

static inline bool forge_is_lie(const forge_row *f)
{
    forge_verdict v = f->chip == HB_CHIP_CALL ? forge_ask_call(f) : f->chip == HB_CHIP_INITFIN ? forge_ask_initfin(f) :
                      f->chip == HB_CHIP_BUMP ? forge_ask_bump(f) : forge_ask(f);
    return v == FORGE_FALSE;
}
