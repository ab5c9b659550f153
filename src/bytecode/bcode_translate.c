#include "bytecode/bcode_translate.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "bytecode/bcode_image.h"
#include "rv/elf.h"

_Static_assert(HB_BYTECODE_IMAGE_MEMORY == HB_BC_AT_MEMORY, "one place for the memory");
_Static_assert(HB_BC_AT_STACK + HB_BYTECODE_MAX_STACK <= HB_BC_AT_MEMORY && HB_BC_AT_MEMORY + HB_BYTECODE_MAX_MEMORY <= HB_BC_AT_OUTPUT, "parts do not overlap");

const uint8_t hb_bc_mapped_pool[HB_BC_MAPPED_MAX] = {HB_S5, HB_S6, HB_S7, HB_S8, HB_S9, HB_S10, HB_S11, HB_T3, HB_T4, HB_T5, HB_T6};

enum { MAX_LOOP_DEPTH = 4, LOOP_WEIGHT_LOG2 = 3 };

/* How often each of r0..r31 is used, an instruction counting 8 times for each loop around it (a loop: from the target of a backward constant jump to it). */
static hb_status count_uses(const hb_bc_translation *t, uint64_t uses[HB_BYTECODE_REGISTERS], hb_error *err)
{
    const hb_bytecode_program *p = t->p;
    size_t bytes = (p->n_insns + (size_t)1) * sizeof(int32_t);
    int32_t *step = hb_pages_alloc(bytes), depth = 0; /* loops that begin at an instruction minus those that ended before it */
    if (!step)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory to translate bytecode");
    for (uint32_t k = 0; k < t->flow.n_blocks; k++) {
        const hb_bytecode_block *b = &t->flow.blocks[k];
        if (b->target > k) /* HB_BC_NO_BLOCK too */
            continue;
        step[t->flow.blocks[b->target].first]++;
        step[b->first + b->n]--;
    }
    for (uint32_t k = 0; k < p->n_insns; k++) {
        const hb_bytecode_insn *i = &p->insns[k];
        depth += step[k];
        if (i->op == HB_BC_GET || i->op == HB_BC_SET)
            uses[i->imm] += UINT64_C(1) << LOOP_WEIGHT_LOG2 * (depth < MAX_LOOP_DEPTH ? depth : MAX_LOOP_DEPTH);
    }
    hb_pages_free(step, bytes);
    return HB_OK;
}

hb_status hb_bc_map_registers(hb_bc_translation *t, hb_error *err)
{
    uint64_t uses[HB_BYTECODE_REGISTERS] = {0};
    hb_status st = count_uses(t, uses, err);
    for (unsigned n = 0; n < HB_BC_MAPPED_MAX && st == HB_OK; n++) {
        unsigned best = 0;
        for (unsigned r = 1; r < HB_BYTECODE_REGISTERS; r++)
            if (uses[r] > uses[best])
                best = r;
        if (!uses[best])
            break;
        t->mapped[best] = hb_bc_mapped_pool[n];
        uses[best] = 0;
    }
    return st;
}

static hb_status emit_pass(hb_bc_translation *t)
{
    hb_emit_begin(&t->e, HB_RT_BLOCKS + 3 * t->flow.n_blocks);
    hb_bc_emit_start(t);
    /* The run-time part comes first, so that its distance to the start of the program is small; execution jumps over it once. */
    uint32_t begin = hb_emit_label(&t->e);
    hb_emit_jump(&t->e, begin);
    hb_bc_emit_finish(t);
    hb_bc_emit_routines(t);
    hb_bc_emit_exact(t);
    hb_emit_place(&t->e, begin);
    hb_status st = hb_bc_emit_blocks(t);
    if (t->e.text.len % 8)
        hb_emit_op(&t->e, HB_OP_EBREAK, 0, 0, 0, 0);
    hb_emit_place(&t->e, HB_RT_RODATA);
    return st;
}

static hb_status emit_text(hb_bc_translation *t, hb_error *err)
{
    enum { PASSES = 4 }; /* a fifth would hardly shorten anything */
    hb_status st = HB_OK;
    for (unsigned pass = 0; pass < PASSES && st == HB_OK; pass++) {
        st = emit_pass(t);
        if (st == HB_OK && pass + 1 < PASSES && !hb_emit_shorten(&t->e))
            break;
    }
    if (st == HB_OK)
        st = hb_emit_finish(&t->e);
    return st == HB_OK ? st : hb_fail(err, st, "no memory to translate bytecode");
}

static uint32_t address_of(const hb_bc_translation *t, uint32_t label)
{
    uint32_t offset = hb_emit_offset(&t->e, label);
    HB_ASSERT(offset != UINT32_MAX);
    return (uint32_t)HB_BC_AT_TEXT + offset;
}

static void fill_rows(const hb_bc_translation *t, uint8_t *rows)
{
    for (unsigned op = 0; op < HB_BC_OPS_END; op++) {
        const hb_bytecode_row *r = &hb_bytecode_rows[op];
        if (!r->name)
            continue;
        uint64_t net = (uint8_t)(r->pushes - r->pops);
        uint64_t row = address_of(t, HB_RT_HANDLER + op) | (uint64_t)r->gas << 32 | (uint64_t)r->pops << 40 | net << 48 | (uint64_t)(1 + r->imm_bytes) << 56;
        hb_store_le64(rows + 8 * op, row);
    }
}

static void fill_entries(const hb_bc_translation *t, uint8_t *entries)
{
    uint32_t exact = address_of(t, HB_RT_EXACT) | 1;
    for (uint32_t k = 0; k < t->p->n_insns; k++)
        hb_store_le32(entries + 4 * (size_t)t->p->insns[k].at, exact);
    for (uint32_t k = 0; k < t->flow.n_blocks; k++) {
        uint32_t any = hb_emit_offset(&t->e, hb_bc_label_any(k));
        if (any != UINT32_MAX)
            hb_store_le32(entries + 4 * (size_t)t->p->insns[t->flow.blocks[k].first].at, (uint32_t)HB_BC_AT_TEXT + any);
    }
    hb_store_le32(entries + 4 * (size_t)t->p->code_len, address_of(t, HB_RT_TRAP + HB_BC_END_SUCCESS));
}

static size_t rodata_bytes(const hb_bytecode_program *p)
{
    return hb_bc_entries_at(p) + 4 * ((size_t)p->code_len + 1);
}

/* ro: rodata_bytes zero bytes. */
static void fill_rodata(const hb_bc_translation *t, uint8_t *ro)
{
    const hb_bytecode_program *p = t->p;
    hb_store_le64(ro + HB_BC_RO_HEADER, HB_BC_TRANSLATOR_VERSION);
    hb_store_le64(ro + HB_BC_RO_HEADER + 8, p->limits.stack);
    hb_store_le64(ro + HB_BC_RO_HEADER + 16, p->limits.memory);
    hb_store_le64(ro + HB_BC_RO_HEADER + 24, p->limits.gas);
    fill_rows(t, ro + HB_BC_RO_ROWS);
    for (unsigned k = 0; k < 64; k++)
        hb_store_le32(ro + HB_BC_RO_SHA + 4 * k, hb_bc_sha_constants[k]);
    memcpy(ro + HB_BC_RO_CODE, p->code, p->code_len);
    fill_entries(t, ro + hb_bc_entries_at(p));
}

/* ELF64 with two segments that follow each other in the file as in memory. */
static hb_status write_elf(hb_buf *out, const hb_bc_translation *t, hb_error *err)
{
    enum { EHDR = 64, PHDR = 56, TEXT_AT = EHDR + 2 * PHDR };
    size_t text = t->e.text.len, ro = rodata_bytes(t->p), bytes = TEXT_AT + text + ro;
    if (hb_buf_reserve(out, bytes) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the image of a bytecode program");
    uint8_t *h = out->data + out->len;
    memset(h, 0, bytes);
    memcpy(h, "\177ELF\2\1\1", 7);
    hb_store_le16(h + 16, 2);   /* ET_EXEC */
    hb_store_le16(h + 18, 243); /* RISC-V */
    hb_store_le32(h + 20, 1);
    hb_store_le64(h + 24, HB_BC_AT_TEXT);
    hb_store_le64(h + 32, EHDR);
    hb_store_le16(h + 52, EHDR);
    hb_store_le16(h + 54, PHDR);
    hb_store_le16(h + 56, 2);
    for (unsigned k = 0; k < 2; k++) {
        uint8_t *p = h + EHDR + k * PHDR;
        uint64_t from = k ? text : 0, size = k ? ro : text;
        hb_store_le32(p, 1);             /* PT_LOAD */
        hb_store_le32(p + 4, k ? 4 : 5); /* R--, R-X */
        hb_store_le64(p + 8, TEXT_AT + from);
        hb_store_le64(p + 16, HB_BC_AT_TEXT + from);
        hb_store_le64(p + 24, HB_BC_AT_TEXT + from);
        hb_store_le64(p + 32, size);
        hb_store_le64(p + 40, size);
        hb_store_le64(p + 48, 8);
    }
    memcpy(h + TEXT_AT, t->e.text.data, text);
    fill_rodata(t, h + TEXT_AT + text);
    out->len += bytes;
    return HB_OK;
}

static bool program_reads_input(const hb_bytecode_program *p)
{
    for (uint32_t k = 0; k < p->n_insns; k++)
        if (p->insns[k].op == HB_BC_INPUT || p->insns[k].op == HB_BC_INPUTLEN || p->insns[k].op == HB_BC_READ)
            return true;
    return false;
}

hb_status hb_bytecode_translate(hb_buf *out, const hb_bytecode_program *p, hb_error *err)
{
    hb_bc_translation t = {.p = p, .reads_input = program_reads_input(p)};
    hb_status st = hb_bytecode_flow_make(&t.flow, p, err);
    if (st == HB_OK)
        st = hb_bc_map_registers(&t, err);
    if (st == HB_OK)
        st = emit_text(&t, err);
    if (st == HB_OK)
        st = write_elf(out, &t, err);
    hb_emit_free(&t.e);
    hb_bytecode_flow_free(&t.flow);
    return st;
}

hb_status hb_bytecode_translate_load(hb_rv_program *out, const hb_bytecode_program *p, hb_error *err)
{
    hb_buf elf = {0};
    *out = (hb_rv_program){0};
    hb_status st = hb_bytecode_translate(&elf, p, err);
    if (st == HB_OK)
        st = hb_rv_elf_load(out, elf.data, elf.len, err);
    hb_buf_free(&elf);
    return st;
}
