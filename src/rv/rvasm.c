#include "rv/rvasm.h"

#include <string.h>

#include "base/bytes.h"

static void fail(hb_rvasm *a, hb_status st)
{
    if (a->failed == HB_OK)
        a->failed = st;
}

void hb_rvasm_free(hb_rvasm *a)
{
    hb_buf_free(&a->text);
    hb_buf_free(&a->data);
    *a = (hb_rvasm){0};
}

static uint32_t next_word(const hb_rvasm *a)
{
    return (uint32_t)(a->text.len / 4);
}

uint64_t hb_rvasm_here(const hb_rvasm *a)
{
    return HB_RVASM_TEXT + a->text.len;
}

void hb_rvasm_word(hb_rvasm *a, uint32_t word)
{
    if (hb_buf_append_u32(&a->text, word) != HB_OK)
        fail(a, HB_OUT_OF_MEMORY);
}

void hb_rvasm_op(hb_rvasm *a, hb_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    hb_isa_insn i = {op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    uint32_t word = 0;
    if ((rd | rs1 | rs2) > 31 || !hb_isa_encode(&i, &word))
        fail(a, HB_INVALID_ARGUMENT);
    hb_rvasm_word(a, word);
}

void hb_rvasm_li(hb_rvasm *a, unsigned rd, uint64_t value)
{
    int64_t v = (int64_t)value;
    int64_t low = (int64_t)((value & 0xfff) ^ 0x800) - 0x800; /* low 12 bits as a signed number */
    uint64_t rest = value - (uint64_t)low;
    if (v == low) {
        hb_rvasm_op(a, HB_OP_ADDI, rd, 0, 0, low);
    } else if (v == (int32_t)v) {
        hb_rvasm_op(a, HB_OP_LUI, rd, 0, 0, (int32_t)(uint32_t)rest);
        if (low)
            hb_rvasm_op(a, HB_OP_ADDIW, rd, rd, 0, low); /* wraps at 32 bits: right for 0x7ffff800.. too */
    } else {
        hb_rvasm_li(a, rd, (uint64_t)((int64_t)rest >> 12));
        hb_rvasm_op(a, HB_OP_SLLI, rd, rd, 0, 12);
        if (low)
            hb_rvasm_op(a, HB_OP_ADDI, rd, rd, 0, low);
    }
}

uint32_t hb_rvasm_label(hb_rvasm *a)
{
    if (a->n_labels == HB_RVASM_MAX_LABELS) {
        fail(a, HB_INVALID_ARGUMENT);
        return 0;
    }
    return a->n_labels++;
}

void hb_rvasm_place(hb_rvasm *a, uint32_t label)
{
    if (label >= a->n_labels || a->labels[label])
        fail(a, HB_INVALID_ARGUMENT);
    else
        a->labels[label] = next_word(a) + 1;
}

static void add_fixup(hb_rvasm *a, uint32_t label)
{
    if (label >= a->n_labels || a->n_fixups == HB_RVASM_MAX_FIXUPS)
        fail(a, HB_INVALID_ARGUMENT);
    else
        a->fixups[a->n_fixups++] = (hb_rvasm_fixup){next_word(a), label};
}

void hb_rvasm_branch(hb_rvasm *a, hb_op op, unsigned rs1, unsigned rs2, uint32_t label)
{
    add_fixup(a, label);
    hb_rvasm_op(a, op, 0, rs1, rs2, 0);
}

void hb_rvasm_jal(hb_rvasm *a, unsigned rd, uint32_t label)
{
    add_fixup(a, label);
    hb_rvasm_op(a, HB_OP_JAL, rd, 0, 0, 0);
}

void hb_rvasm_call(hb_rvasm *a, uint64_t number)
{
    hb_rvasm_li(a, 5, number);
    hb_rvasm_op(a, HB_OP_ECALL, 0, 0, 0, 0);
}

void hb_rvasm_halt(hb_rvasm *a, unsigned code)
{
    hb_rvasm_li(a, 10, code);
    hb_rvasm_call(a, 0);
}

uint64_t hb_rvasm_bytes(hb_rvasm *a, const void *bytes, size_t n)
{
    uint64_t at = HB_RVASM_DATA + a->data.len;
    if (hb_buf_append(&a->data, bytes, n) != HB_OK)
        fail(a, HB_OUT_OF_MEMORY);
    return at;
}

static hb_status resolve(hb_rvasm *a, hb_error *err)
{
    for (uint32_t i = 0; i < a->n_fixups && a->failed == HB_OK; i++) {
        const hb_rvasm_fixup *f = &a->fixups[i];
        uint8_t *at = a->text.data + (size_t)f->at * 4;
        hb_isa_insn insn = hb_isa_decode(hb_load_le32(at));
        insn.imm = ((int64_t)a->labels[f->label] - 1 - (int64_t)f->at) * 4;
        uint32_t word;
        if (!a->labels[f->label] || !hb_isa_encode(&insn, &word))
            fail(a, HB_INVALID_ARGUMENT);
        else
            hb_store_le32(at, word);
    }
    return a->failed == HB_OK ? HB_OK : hb_fail(err, a->failed, "assembler: bad operand, label or no memory");
}

/* At most two segments: text, and data if there is any. */
static size_t segments_of(const hb_rvasm *a, hb_rv_segment s[2])
{
    s[0] = (hb_rv_segment){.vaddr = HB_RVASM_TEXT, .data = a->text.data, .file_bytes = a->text.len, .mem_bytes = a->text.len, .executable = true,
                           .flags = 5};
    s[1] = (hb_rv_segment){.vaddr = HB_RVASM_DATA, .data = a->data.data, .file_bytes = a->data.len, .mem_bytes = a->data.len + a->bss,
                           .writable = true, .flags = 6, .header = 1};
    return s[1].mem_bytes ? 2 : 1;
}

hb_status hb_rvasm_build(hb_rvasm *a, hb_rv_program *out, hb_error *err)
{
    hb_rv_segment s[2];
    *out = (hb_rv_program){0};
    hb_status st = resolve(a, err);
    return st == HB_OK ? hb_rv_program_build(out, s, segments_of(a, s), HB_RVASM_TEXT, err) : st;
}

hb_status hb_rvasm_elf(hb_rvasm *a, hb_buf *out, hb_error *err)
{
    enum { EHDR = 64, PHDR = 56, PAGE = 4096 };
    hb_rv_segment s[2];
    hb_status st = resolve(a, err);
    if (st != HB_OK)
        return st;
    size_t n = segments_of(a, s);
    uint8_t h[EHDR + 2 * PHDR] = "\177ELF\2\1\1";
    hb_store_le16(h + 16, 2);   /* ET_EXEC */
    hb_store_le16(h + 18, 243); /* RISC-V */
    hb_store_le32(h + 20, 1);
    hb_store_le64(h + 24, HB_RVASM_TEXT);
    hb_store_le64(h + 32, EHDR);
    hb_store_le16(h + 52, EHDR);
    hb_store_le16(h + 54, PHDR);
    hb_store_le16(h + 56, (uint16_t)n);
    uint64_t offset = PAGE; /* both segments start at a page of the file, as their addresses do: an operating system can map them */
    for (size_t i = 0; i < n; i++) {
        uint8_t *p = h + EHDR + i * PHDR;
        hb_store_le32(p, 1);                            /* PT_LOAD */
        hb_store_le32(p + 4, s[i].executable ? 5 : 6);  /* R-X, RW- */
        hb_store_le64(p + 8, offset);
        hb_store_le64(p + 16, s[i].vaddr);
        hb_store_le64(p + 24, s[i].vaddr);
        hb_store_le64(p + 32, s[i].file_bytes);
        hb_store_le64(p + 40, s[i].mem_bytes);
        hb_store_le64(p + 48, PAGE);
        offset += (s[i].file_bytes + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    }
    size_t start = out->len;
    st = hb_buf_reserve(out, offset);
    if (st != HB_OK)
        return hb_fail(err, st, "no memory for an ELF file");
    memset(out->data + start, 0, offset);
    memcpy(out->data + start, h, sizeof h);
    memcpy(out->data + start + PAGE, a->text.data, a->text.len);
    if (a->data.len)
        memcpy(out->data + start + offset - ((a->data.len + PAGE - 1) & ~(size_t)(PAGE - 1)), a->data.data, a->data.len);
    out->len += offset;
    return HB_OK;
}
