/* Segments to a program: the checks, the image, and the transpiled instructions. */
#include "rv/rvprogram.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "hash/blake3.h"
#include "rv/rvprogram_priv.h"

#define TEXT_END_MAX ((UINT64_C(1) << 32) - 8) /* keeps pc + 4, and text_hi after rounding, below 2^32 */

static uint64_t round_down8(uint64_t v)
{
    return v & ~UINT64_C(7);
}

static uint64_t round_up8(uint64_t v)
{
    return (v + 7) & ~UINT64_C(7);
}

static hb_status check_segment(const hb_rv_segment *s, uint64_t previous_end, hb_error *err)
{
    const char *reason = NULL;
    if (s->file_bytes > s->mem_bytes)
        reason = "more bytes in the file than in memory";
    else if (s->vaddr < HB_RV_STACK_TOP)
        reason = "lies below the image range, which starts at 0x78000000";
    else if (s->vaddr > HB_RV_INPUT_LO || s->mem_bytes > HB_RV_INPUT_LO - s->vaddr)
        reason = "reaches beyond the image range into the input region";
    else if (s->vaddr < previous_end)
        reason = "overlaps the segment before it, or segments do not ascend";
    else if (s->writable && s->executable)
        reason = "is both writable and executable";
    else if (s->executable && s->vaddr % 4)
        reason = "is executable but does not start at a multiple of 4";
    else if (s->executable && s->vaddr + s->mem_bytes > TEXT_END_MAX)
        reason = "is executable but does not end below 2^32 - 8";
    if (!reason)
        return HB_OK;
    return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: header %" PRIu32 ": %s", s->header, reason);
}

/* Fills the ranges of *out and of *loaded from segments that are each fine by themselves. */
static hb_status measure(hb_rv_program *out, hb_rv_loaded *loaded, const hb_rv_segment *segments, size_t n, hb_error *err)
{
    uint64_t end = 0, img_lo = UINT64_MAX, file_end = 0, text_lo = UINT64_MAX, text_hi = 0, words_lo = UINT64_MAX, words_hi = 0;
    for (size_t i = 0; i < n; i++) {
        const hb_rv_segment *s = &segments[i];
        if (!s->mem_bytes)
            continue;
        hb_status st = check_segment(s, end, err);
        if (st != HB_OK)
            return st;
        end = s->vaddr + s->mem_bytes;
        if (img_lo == UINT64_MAX)
            img_lo = s->vaddr;
        if (s->file_bytes)
            file_end = s->vaddr + s->file_bytes;
        if (!s->executable)
            continue;
        if (text_lo == UINT64_MAX)
            text_lo = s->vaddr;
        text_hi = end;
        if (s->file_bytes < 4)
            continue;
        if (words_lo == UINT64_MAX)
            words_lo = s->vaddr;
        words_hi = s->vaddr + (s->file_bytes & ~UINT64_C(3));
    }
    if (words_lo == UINT64_MAX)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: no executable segment with an instruction");
    out->img_lo = round_down8(img_lo);
    out->img_hi = round_up8(file_end);
    out->image_end = end;
    out->text_lo = round_down8(text_lo);
    out->text_hi = round_up8(text_hi);
    loaded->text_base = words_lo;
    loaded->n_decoded = (words_hi - words_lo) / 4;
    if (out->img_hi - out->img_lo > HB_RV_MAX_IMAGE_BYTES)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: the image spans %" PRIu64 " bytes, at most %" PRIu64 " are possible",
                       out->img_hi - out->img_lo, HB_RV_MAX_IMAGE_BYTES);
    if (out->img_hi > HB_RV_IMAGE_END_MAX)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: the image ends at 0x%" PRIx64 ", above 2^32", out->img_hi);
    return HB_OK;
}

/* Text must stay what it is: nothing writable within its double words. And the entry is in text. */
static hb_status check_text(const hb_rv_program *p, const hb_rv_segment *segments, size_t n, uint64_t entry, hb_error *err)
{
    bool entry_found = false;
    for (size_t i = 0; i < n; i++) {
        const hb_rv_segment *s = &segments[i];
        if (s->mem_bytes && s->writable && s->vaddr < p->text_hi && s->vaddr + s->mem_bytes > p->text_lo)
            return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: header %" PRIu32 ": is writable and lies between, or shares a double word with, "
                           "executable segments", s->header);
        if (s->mem_bytes && s->executable && entry >= s->vaddr && entry - s->vaddr < (s->file_bytes & ~UINT64_C(3)))
            entry_found = true;
    }
    if (!entry_found || entry % 4)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: the entry 0x%" PRIx64 " is not an instruction of an executable segment", entry);
    return HB_OK;
}

static void copy_bytes(uint64_t *image, uint64_t offset, const uint8_t *data, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++, offset++)
        image[offset / 8] |= (uint64_t)data[i] << (offset % 8 * 8);
}

/* Whole double words at once, ragged ends by bytes (a double word may hold the end of one segment and the start of the next). */
static void copy_segment(hb_rv_program *p, const hb_rv_segment *s)
{
    if (!s->file_bytes)
        return;
    uint64_t at = s->vaddr - p->img_lo, i = (8 - at % 8) % 8;
    if (i > s->file_bytes)
        i = s->file_bytes;
    copy_bytes(p->image, at, s->data, i);
    for (; s->file_bytes - i >= 8; i += 8) {
        uint64_t v = 0;
        for (unsigned k = 0; k < 8; k++)
            v |= (uint64_t)s->data[i + k] << (k * 8);
        p->image[(at + i) / 8] = v;
    }
    copy_bytes(p->image, at + i, s->data + i, s->file_bytes - i);
}

uint32_t hb_rv_program_word(const hb_rv_program *p, uint64_t address)
{
    if (address % 4 || address < p->img_lo || address >= p->img_hi)
        return 0;
    uint64_t at = address - p->img_lo;
    return (uint32_t)(p->image[at / 8] >> (at % 8 * 8));
}

static bool has_row(hb_op op)
{
    return op != HB_OP_INVALID && op != HB_OP_EBREAK;
}

/* The word index of a branch or JAL target for PROG rows. */
static uint32_t target_index(uint64_t target)
{
    return target % 4 || target >> 32 ? HB_PC_NOWHERE : (uint32_t)(target / 4);
}

static void set_limbs(uint32_t imm[4], uint64_t v)
{
    for (unsigned k = 0; k < 4; k++)
        imm[k] = (uint32_t)(v >> (16 * k)) & 0xffff;
}

/* SLLI, SRLI, SRLIW as a product and a move by whole limbs (rvprogram.h). */
static void transpile_shift(const hb_isa_insn *i, hb_rv_insn *row)
{
    const uint32_t amount = (uint32_t)i->imm;
    uint32_t u = amount % 16, k = amount / 16;
    if (i->op == HB_OP_SRLIW && amount == 0)
        return;
    if (i->op == HB_OP_SRLI && amount == 0)
        row->op = HB_OP_SLLI;
    if (row->op != HB_OP_SLLI) {
        u = (16 - u) % 16;
        k = (amount - 1) / 16;
    }
    const uint32_t imm[4] = {UINT32_C(1) << u, k, u >= 9, 1};
    memcpy(row->imm, imm, sizeof imm);
}

static void transpile(const hb_isa_insn *i, uint64_t pc, hb_rv_insn *row)
{
    uint64_t link = pc + 4;
    *row = (hb_rv_insn){.pc = (uint32_t)(pc / 4), .op = (uint8_t)i->op, .rd = i->rd, .rs1 = i->rs1, .rs2 = i->rs2};
    if (hb_isa_writes_rd(i->op) && i->rd == 0)
        row->rd = HB_RV_REG_SINK;
    set_limbs(row->imm, (uint64_t)i->imm);
    switch (hb_isa_table[i->op].family) {
    case HB_FAM_CONST:
        row->op = HB_OP_LUI;
        if (i->op == HB_OP_FENCE)
            row->rd = HB_RV_REG_SINK;
        if (i->op == HB_OP_AUIPC)
            set_limbs(row->imm, pc + (uint64_t)i->imm);
        break;
    case HB_FAM_BEQ:
    case HB_FAM_BLT:
        set_limbs(row->imm, 0);
        row->imm[0] = target_index(pc + (uint64_t)i->imm);
        break;
    case HB_FAM_JAL:
        set_limbs(row->imm, link << 16);
        row->imm[0] = target_index(pc + (uint64_t)i->imm);
        break;
    case HB_FAM_JALR:
        set_limbs(row->imm, link << 32 | ((uint64_t)i->imm & 0xffffffff));
        break;
    case HB_FAM_SHIFT:
        if (i->op == HB_OP_SLLI || i->op == HB_OP_SRLI || i->op == HB_OP_SRLIW)
            transpile_shift(i, row);
        break;
    default:
        break;
    }
}

static hb_rv_decoded predecode(const hb_isa_insn *i, const hb_rv_loaded *l, uint64_t at, uint8_t rd, uint32_t insn)
{
    hb_rv_decoded d = {.op = (uint8_t)i->op, .rd = rd, .rs1 = i->rs1, .rs2 = i->rs2, .insn = insn, .imm = i->imm};
    if (i->op == HB_OP_AUIPC)
        d.imm = (int64_t)(l->text_base + 4 * at + (uint64_t)i->imm);
    if (i->op == HB_OP_JAL || hb_isa_table[i->op].format == HB_FMT_B) {
        int64_t to = (int64_t)at + i->imm / 4;
        bool inside = i->imm % 4 == 0 && to >= 0 && to < (int64_t)l->n_decoded;
        d.imm = inside ? i->imm / 4 : HB_RV_JUMP_NOWHERE;
    }
    return d;
}

/* Calls decode on each word of text: pass 1 counts rows, pass 2 writes them. Words between segments stay undecodable. */
static uint32_t decode_text(hb_rv_program *p, hb_rv_loaded *l, const hb_rv_segment *segments, size_t n, bool write)
{
    uint32_t rows = 0;
    for (size_t s = 0; s < n; s++) {
        if (!segments[s].executable || !segments[s].mem_bytes)
            continue;
        for (uint64_t k = 0; k < segments[s].file_bytes / 4; k++) {
            uint64_t pc = segments[s].vaddr + 4 * k, at = (pc - l->text_base) / 4;
            hb_isa_insn i = hb_isa_decode(hb_rv_program_word(p, pc));
            bool row = has_row(i.op);
            if (write && row)
                transpile(&i, pc, &p->insns[rows]);
            if (write)
                l->decoded[at] = predecode(&i, l, at, row ? p->insns[rows].rd : 0, row ? rows : HB_RV_NO_INSN);
            rows += row;
        }
    }
    return rows;
}

static void digest_segments(const hb_rv_segment *segments, size_t n, uint8_t digest[32])
{
    hb_blake3 h;
    hb_blake3_init(&h);
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[28];
        if (!segments[i].mem_bytes)
            continue;
        hb_store_le64(bytes, segments[i].vaddr);
        hb_store_le64(bytes + 8, segments[i].file_bytes);
        hb_store_le64(bytes + 16, segments[i].mem_bytes);
        hb_store_le32(bytes + 24, segments[i].flags);
        hb_blake3_update(&h, bytes, sizeof bytes);
    }
    hb_blake3_final(&h, digest);
}

static hb_status build(hb_rv_program *p, hb_rv_loaded *l, const hb_rv_segment *segments, size_t n, uint64_t entry, hb_error *err)
{
    hb_status st = measure(p, l, segments, n, err);
    if (st == HB_OK)
        st = check_text(p, segments, n, entry, err);
    if (st != HB_OK)
        return st;
    p->entry = (uint32_t)(entry / 4);
    digest_segments(segments, n, p->load_digest);
    p->image = hb_pages_alloc(p->img_hi - p->img_lo);
    if (!p->image)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for an image of %" PRIu64 " bytes", p->img_hi - p->img_lo);
    for (size_t i = 0; i < n; i++)
        if (segments[i].mem_bytes)
            copy_segment(p, &segments[i]);
    p->n_insns = decode_text(p, l, segments, n, false);
    if (p->n_insns > HB_RV_MAX_INSNS)
        return hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: %" PRIu32 " instructions, at most %" PRIu32 " are possible", p->n_insns, HB_RV_MAX_INSNS);
    p->insns = hb_pages_alloc(p->n_insns * sizeof *p->insns);
    l->decoded = hb_pages_alloc((l->n_decoded + 1) * sizeof *l->decoded);
    if (!p->insns || !l->decoded)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for %" PRIu32 " instructions", p->n_insns);
    decode_text(p, l, segments, n, true);
    return HB_OK;
}

hb_status hb_rv_program_build(hb_rv_program *out, const hb_rv_segment *segments, size_t n, uint64_t entry, hb_error *err)
{
    *out = (hb_rv_program){0};
    hb_rv_loaded *l = hb_pages_alloc(sizeof *l);
    if (!l)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a program");
    out->priv = l;
    hb_status st = build(out, l, segments, n, entry, err);
    if (st != HB_OK)
        hb_rv_program_free(out);
    return st;
}

void hb_rv_program_free(hb_rv_program *p)
{
    hb_rv_loaded *l = p->priv;
    if (l) {
        hb_pages_free(l->decoded, (l->n_decoded + 1) * sizeof *l->decoded);
        hb_pages_free(l->symbols, l->symbols_bytes);
        hb_pages_free(l->names, l->names_bytes);
        hb_pages_free(l, sizeof *l);
    }
    hb_pages_free(p->image, p->img_hi - p->img_lo);
    hb_pages_free(p->insns, p->n_insns * sizeof *p->insns);
    *p = (hb_rv_program){0};
}

uint32_t hb_rv_program_find(const hb_rv_program *p, uint32_t pc)
{
    const hb_rv_loaded *l = hb_rv_loaded_of(p);
    uint64_t at = (uint64_t)pc * 4 - l->text_base;
    if ((uint64_t)pc * 4 < l->text_base || at / 4 >= l->n_decoded)
        return HB_RV_NO_INSN;
    const hb_rv_decoded *d = &l->decoded[at / 4];
    return d->op == HB_OP_INVALID ? HB_RV_NO_INSN : d->insn;
}

const char *hb_rv_program_function(const hb_rv_program *p, uint64_t address, uint64_t *offset)
{
    const hb_rv_loaded *l = hb_rv_loaded_of(p);
    size_t lo = 0, hi = l->n_symbols; /* symbols before lo are at or below address, from hi on above it */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->symbols[mid].address <= address)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (!lo || address < p->text_lo || address >= p->text_hi)
        return NULL;
    *offset = address - l->symbols[lo - 1].address;
    return l->names + l->symbols[lo - 1].name;
}
