#include "bytecode/rvemit.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"

enum site_kind { SITE_BRANCH, SITE_JUMP, SITE_LA };
enum reach { REACH_FAR, REACH_MID, REACH_NEAR }; /* auipc + jalr, jal, branch */

typedef struct hb_emit_site {
    uint32_t at, label; /* word index of its first word */
    uint8_t kind, reach, op, rd, rs1, rs2;
} hb_emit_site;

static void fail(hb_emit *e, hb_status st)
{
    if (e->failed == HB_OK)
        e->failed = st;
}

static uint32_t here(const hb_emit *e)
{
    return (uint32_t)(e->text.len / 4);
}

static hb_emit_site *site_at(const hb_emit *e, uint32_t k)
{
    return (hb_emit_site *)(void *)e->sites.data + k;
}

static uint32_t *label_at(const hb_emit *e, uint32_t label)
{
    return (uint32_t *)(void *)e->labels.data + label;
}

void hb_emit_begin(hb_emit *e, uint32_t n_labels)
{
    e->text.len = e->sites.len = e->labels.len = 0;
    e->n_sites = e->n_labels = 0;
    size_t bytes = n_labels * sizeof(uint32_t);
    if (hb_buf_reserve(&e->labels, bytes) != HB_OK) {
        fail(e, HB_OUT_OF_MEMORY);
        return;
    }
    if (bytes)
        memset(e->labels.data, 0, bytes);
    e->labels.len = bytes;
    e->n_labels = n_labels;
}

void hb_emit_free(hb_emit *e)
{
    hb_buf_free(&e->text);
    hb_buf_free(&e->labels);
    hb_buf_free(&e->sites);
    hb_buf_free(&e->reaches);
    *e = (hb_emit){0};
}

uint32_t hb_emit_label(hb_emit *e)
{
    if (hb_buf_append_u32(&e->labels, 0) != HB_OK)
        fail(e, HB_OUT_OF_MEMORY);
    else
        e->n_labels++;
    return e->n_labels ? e->n_labels - 1 : 0;
}

void hb_emit_place(hb_emit *e, uint32_t label)
{
    if (e->failed != HB_OK)
        return;
    HB_ASSERT(label < e->n_labels && !*label_at(e, label));
    *label_at(e, label) = here(e) + 1;
}

uint32_t hb_emit_offset(const hb_emit *e, uint32_t label)
{
    return label < e->n_labels && *label_at(e, label) ? (*label_at(e, label) - 1) * 4 : UINT32_MAX;
}

static void put_word(hb_emit *e, uint32_t word)
{
    if (hb_buf_append_u32(&e->text, word) != HB_OK)
        fail(e, HB_OUT_OF_MEMORY);
}

static uint32_t encode(hb_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    hb_isa_insn i = {op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    uint32_t word = 0;
    bool ok = hb_isa_encode(&i, &word);
    HB_ASSERT(ok); /* operands are the translation's own */
    return word;
}

void hb_emit_op(hb_emit *e, hb_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    put_word(e, encode(op, rd, rs1, rs2, imm));
}

void hb_emit_mv(hb_emit *e, unsigned rd, unsigned rs)
{
    if (rd != rs)
        hb_emit_i(e, HB_OP_ADDI, rd, rs, 0);
}

void hb_emit_li(hb_emit *e, unsigned rd, uint64_t value)
{
    int64_t v = (int64_t)value;
    int64_t low = (int64_t)((value & 0xfff) ^ 0x800) - 0x800; /* low 12 bits as a signed number */
    uint64_t rest = value - (uint64_t)low;
    if (v == low) {
        hb_emit_i(e, HB_OP_ADDI, rd, HB_X0, low);
    } else if (v == (int32_t)v) {
        hb_emit_i(e, HB_OP_LUI, rd, 0, (int32_t)(uint32_t)rest);
        if (low)
            hb_emit_i(e, HB_OP_ADDIW, rd, rd, low); /* wraps at 32 bits: right for 0x7ffff800.. too */
    } else {
        unsigned shift = (unsigned)__builtin_ctzll(rest); /* at least 12 */
        hb_emit_li(e, rd, (uint64_t)((int64_t)rest >> shift));
        hb_emit_i(e, HB_OP_SLLI, rd, rd, shift);
        if (low)
            hb_emit_i(e, HB_OP_ADDI, rd, rd, low);
    }
}

static unsigned words_of(unsigned kind, unsigned reach)
{
    if (kind == SITE_LA)
        return 2;
    return (kind == SITE_BRANCH && reach != REACH_NEAR) + (reach == REACH_FAR ? 2u : 1u);
}

/* Leaves room; hb_emit_finish fills it. */
static void put_site(hb_emit *e, hb_emit_site s)
{
    s.at = here(e);
    s.reach = e->n_sites < e->reaches.len ? e->reaches.data[e->n_sites] : REACH_FAR;
    if (hb_buf_append(&e->sites, &s, sizeof s) != HB_OK)
        fail(e, HB_OUT_OF_MEMORY);
    else
        e->n_sites++;
    for (unsigned k = words_of(s.kind, s.reach); k--;)
        put_word(e, 0);
}

void hb_emit_branch(hb_emit *e, hb_op op, unsigned rs1, unsigned rs2, uint32_t label)
{
    put_site(e, (hb_emit_site){.label = label, .kind = SITE_BRANCH, .op = (uint8_t)op, .rs1 = (uint8_t)rs1, .rs2 = (uint8_t)rs2});
}

void hb_emit_jump(hb_emit *e, uint32_t label)
{
    put_site(e, (hb_emit_site){.label = label, .kind = SITE_JUMP, .rd = HB_X0});
}

void hb_emit_call(hb_emit *e, uint32_t label)
{
    put_site(e, (hb_emit_site){.label = label, .kind = SITE_JUMP, .rd = HB_RA});
}

void hb_emit_la(hb_emit *e, unsigned rd, uint32_t label)
{
    put_site(e, (hb_emit_site){.label = label, .kind = SITE_LA, .rd = (uint8_t)rd});
}

/* Bytes from the word behind `skip` words of the site to its label. */
static int64_t distance(const hb_emit *e, const hb_emit_site *s, unsigned skip)
{
    return 4 * ((int64_t)*label_at(e, s->label) - 1 - s->at - skip);
}

static uint8_t best_reach(const hb_emit *e, const hb_emit_site *s)
{
    int64_t d = distance(e, s, 0);
    /* The jal of a mid branch stands one word further on. */
    if (s->kind == SITE_BRANCH && d >= -4096 && d < 4096)
        return REACH_NEAR;
    return d >= -(1 << 20) + 8 && d < (1 << 20) ? REACH_MID : REACH_FAR;
}

bool hb_emit_shorten(hb_emit *e)
{
    bool changed = false;
    e->reaches.len = 0;
    for (uint32_t k = 0; k < e->n_sites && e->failed == HB_OK; k++) {
        hb_emit_site *s = site_at(e, k);
        if (s->label >= e->n_labels || !*label_at(e, s->label)) {
            fail(e, HB_INTERNAL);
            break;
        }
        uint8_t reach = s->kind == SITE_LA ? REACH_FAR : best_reach(e, s);
        HB_ASSERT(reach >= s->reach);
        changed |= reach != s->reach;
        if (hb_buf_append_u8(&e->reaches, reach) != HB_OK)
            fail(e, HB_OUT_OF_MEMORY);
    }
    return changed && e->failed == HB_OK;
}

/* auipc rd, high; and the low part for the instruction behind it. */
static int64_t split(int64_t d, int64_t *high)
{
    int64_t low = ((d & 0xfff) ^ 0x800) - 0x800;
    *high = d - low;
    return low;
}

static void resolve(const hb_emit *e, const hb_emit_site *s)
{
    uint8_t *w = e->text.data + (size_t)s->at * 4;
    unsigned words = words_of(s->kind, s->reach);
    int64_t high, low;
    if (s->kind == SITE_BRANCH && s->reach == REACH_NEAR) {
        hb_store_le32(w, encode((hb_op)s->op, 0, s->rs1, s->rs2, distance(e, s, 0)));
        return;
    }
    if (s->kind == SITE_BRANCH) {
        /* The opposite branch jumps over the long one. Opposites are neighbours in the table: BEQ BNE, BLT BGE, BLTU BGEU. */
        hb_op opposite = (hb_op)(((s->op - HB_OP_BEQ) ^ 1) + HB_OP_BEQ);
        hb_store_le32(w, encode(opposite, 0, s->rs1, s->rs2, 4 * (int64_t)words));
        w += 4;
    }
    unsigned skip = s->kind == SITE_BRANCH;
    if (s->reach != REACH_FAR) {
        hb_store_le32(w, encode(HB_OP_JAL, s->rd, 0, 0, distance(e, s, skip)));
        return;
    }
    unsigned via = s->kind == SITE_LA ? s->rd : s->rd == HB_RA ? HB_RA : HB_T2;
    low = split(distance(e, s, skip), &high);
    hb_store_le32(w, encode(HB_OP_AUIPC, via, 0, 0, high));
    hb_op second = s->kind == SITE_LA ? HB_OP_ADDI : HB_OP_JALR;
    hb_store_le32(w + 4, encode(second, s->rd, via, 0, low));
}

hb_status hb_emit_finish(hb_emit *e)
{
    for (uint32_t k = 0; k < e->n_sites && e->failed == HB_OK; k++) {
        const hb_emit_site *s = site_at(e, k);
        if (s->label >= e->n_labels || !*label_at(e, s->label))
            fail(e, HB_INTERNAL);
        else
            resolve(e, s);
    }
    return e->failed;
}

void hb_emit_rows(hb_emit *e, const hb_emit_row *rows, size_t n)
{
    for (const hb_emit_row *r = rows; r < rows + n; r++) {
        switch (r->op) {
        case HB_ROW_LABEL: hb_emit_place(e, (uint32_t)r->imm); break;
        case HB_ROW_JUMP: hb_emit_jump(e, (uint32_t)r->imm); break;
        case HB_ROW_CALL: hb_emit_call(e, (uint32_t)r->imm); break;
        case HB_ROW_LI: hb_emit_li(e, r->rd, (uint64_t)r->imm); break;
        case HB_ROW_LA: hb_emit_la(e, r->rd, (uint32_t)r->imm); break;
        default:
            if (hb_isa_table[r->op].format == HB_FMT_B)
                hb_emit_branch(e, (hb_op)r->op, r->rs1, r->rs2, (uint32_t)r->imm);
            else
                hb_emit_op(e, (hb_op)r->op, r->rd, r->rs1, r->rs2, r->imm);
        }
    }
}
