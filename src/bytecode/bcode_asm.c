#include "bytecode/bcode_asm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { MAX_ROUNDS = 100, ANY_PUSH = 0 /* of item.op: PUSH of the smallest size */ };

typedef struct place {
    uint32_t line, column;
} place;

typedef struct slice {
    const char *p;
    size_t len;
} slice;

typedef struct label {
    slice name;
    place at;
    uint32_t item; /* the label stands before this item */
} label;

/* One instruction. */
typedef struct item {
    uint64_t imm;
    slice name;      /* of the label that the operand is, or {NULL, 0} */
    place at, operand;
    uint32_t target; /* item of the label */
    uint32_t offset;
    uint8_t op;
    bool smallest;   /* PUSH without a size */
} item;

typedef struct assembler {
    const char *p, *end, *line_start;
    uint32_t line;
    hb_buf items, labels;
    uint32_t n_items, n_labels;
    hb_bytecode_limits limits;
    bool limit_set[3];
    hb_error *err;
} assembler;

static item *item_at(const assembler *a, uint32_t k)
{
    return (item *)(void *)a->items.data + k;
}

static label *label_at(const assembler *a, uint32_t k)
{
    return (label *)(void *)a->labels.data + k;
}

static place here(const assembler *a)
{
    return (place){a->line, (uint32_t)(a->p - a->line_start) + 1};
}

static hb_status wrong(const assembler *a, place at, const char *reason, slice what)
{
    int n = what.len < 40 ? (int)what.len : 40;
    const char *quote = what.p ? "'" : "";
    hb_status st = hb_fail(a->err, HB_INVALID_PROGRAM, "line %" PRIu32 ", column %" PRIu32 ": %s%s%s%.*s%s", at.line, at.column, reason, what.p ? " " : "",
                           quote, n, what.p ? what.p : "", quote);
    if (a->err)
        a->err->row = at.line;
    return st;
}

static const slice nothing = {NULL, 0};

static bool is_name_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || (!first && c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The characters from here on that may belong to a word or number. */
static slice word(assembler *a)
{
    slice w = {a->p, 0};
    while (a->p < a->end && is_name_char(*a->p, false))
        a->p++;
    w.len = (size_t)(a->p - w.p);
    return w;
}

static void skip_blanks(assembler *a)
{
    while (a->p < a->end && (*a->p == ' ' || *a->p == '\t' || *a->p == '\r'))
        a->p++;
}

static bool same_word(slice w, const char *text)
{
    size_t n = strlen(text);
    if (w.len != n)
        return false;
    for (size_t k = 0; k < n; k++) {
        char c = w.p[k];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c != text[k])
            return false;
    }
    return true;
}

/* NULL, or what is wrong. */
static const char *parse_number(slice w, uint64_t *value)
{
    unsigned base = 10;
    uint64_t v = 0;
    if (w.len > 2 && w.p[0] == '0' && (w.p[1] == 'x' || w.p[1] == 'X')) {
        base = 16;
        w.p += 2;
        w.len -= 2;
    }
    for (size_t k = 0; k < w.len; k++) {
        char c = w.p[k];
        unsigned digit = is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
        if (digit >= base)
            return "not a number:";
        if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
            return "the number does not fit into 64 bits:";
    }
    *value = v;
    return w.len ? NULL : "a number is missing";
}

static uint8_t smallest_push(uint64_t v)
{
    return v <= UINT8_MAX ? HB_BC_PUSH1 : v <= UINT16_MAX ? HB_BC_PUSH2 : v <= UINT32_MAX ? HB_BC_PUSH4 : HB_BC_PUSH8;
}

static bool fits(uint8_t op, uint64_t v)
{
    unsigned bytes = hb_bytecode_rows[op].imm_bytes;
    return bytes >= 8 || v >> (8 * bytes) == 0;
}

/* The operand of i, from here on. */
static hb_status parse_operand(assembler *a, item *i, bool is_push)
{
    skip_blanks(a);
    i->operand = here(a);
    if (is_push && a->p < a->end && *a->p == '@') {
        a->p++;
        i->name = word(a);
        if (!i->name.len || is_digit(i->name.p[0]))
            return wrong(a, i->operand, "a label is missing behind @", nothing);
        return HB_OK;
    }
    slice w = word(a), digits = w;
    bool is_register = i->op == HB_BC_GET || i->op == HB_BC_SET;
    if (is_register && w.len > 1 && (w.p[0] == 'r' || w.p[0] == 'R'))
        digits = (slice){w.p + 1, w.len - 1};
    if (!w.len)
        return wrong(a, i->operand, "an operand is missing", nothing);
    const char *reason = parse_number(digits, &i->imm);
    if (reason)
        return wrong(a, i->operand, reason, w);
    if (i->smallest)
        i->op = smallest_push(i->imm);
    if (is_register && i->imm >= HB_BYTECODE_REGISTERS)
        return wrong(a, i->operand, "there are registers 0 to 31 only:", w);
    if (i->op == HB_BC_SWAP && i->imm == 0)
        return wrong(a, i->operand, "SWAP takes 1 to 255, not", w);
    return fits(i->op, i->imm) ? HB_OK : wrong(a, i->operand, "the number does not fit into the operand:", w);
}

static hb_status parse_instruction(assembler *a, slice name, place at)
{
    item i = {.at = at};
    if (same_word(name, "PUSH")) {
        i.op = HB_BC_PUSH1;
        i.smallest = true;
    }
    for (unsigned op = 0; op < HB_BC_OPS_END && !i.op; op++)
        if (hb_bytecode_rows[op].name && same_word(name, hb_bytecode_rows[op].name))
            i.op = (uint8_t)op;
    if (!i.op)
        return wrong(a, at, "unknown instruction", name);
    if (a->n_items == HB_BYTECODE_MAX_CODE)
        return wrong(a, at, "code of more than 131072 bytes", nothing);
    hb_status st = HB_OK;
    if (hb_bytecode_rows[i.op].imm_bytes)
        st = parse_operand(a, &i, hb_bytecode_is_push(i.op));
    if (st == HB_OK && hb_buf_append(&a->items, &i, sizeof i) != HB_OK)
        st = hb_fail(a->err, HB_OUT_OF_MEMORY, "no memory to assemble");
    a->n_items += st == HB_OK;
    return st;
}

static hb_status parse_directive(assembler *a, slice name, place at)
{
    static const char *const names[3] = {".STACK_LIMIT", ".MEMORY_LIMIT", ".GAS_LIMIT"};
    const uint64_t most[3] = {HB_BYTECODE_MAX_STACK, HB_BYTECODE_MAX_MEMORY, UINT64_MAX};
    uint64_t *const values[3] = {&a->limits.stack, &a->limits.memory, &a->limits.gas};
    for (unsigned k = 0; k < 3; k++) {
        if (!same_word(name, names[k]))
            continue;
        skip_blanks(a);
        place operand = here(a);
        slice w = word(a);
        const char *reason = parse_number(w, values[k]);
        if (reason)
            return wrong(a, operand, reason, w.len ? w : nothing);
        if (*values[k] > most[k])
            return wrong(a, operand, "a limit larger than possible:", w);
        if (a->limit_set[k])
            return wrong(a, at, "a limit for the second time:", name);
        a->limit_set[k] = true;
        return HB_OK;
    }
    return wrong(a, at, "unknown directive", name);
}

/* One line, without its end. */
static hb_status parse_line(assembler *a)
{
    hb_status st = HB_OK;
    skip_blanks(a);
    place at = here(a);
    slice w = word(a);
    skip_blanks(a);
    if (w.len && a->p < a->end && *a->p == ':') {
        if (is_digit(w.p[0]))
            return wrong(a, at, "a label begins with a digit:", w);
        label l = {.name = w, .at = at, .item = a->n_items};
        if (hb_buf_append(&a->labels, &l, sizeof l) != HB_OK)
            return hb_fail(a->err, HB_OUT_OF_MEMORY, "no memory to assemble");
        a->n_labels++;
        a->p++;
        skip_blanks(a);
        at = here(a);
        w = word(a);
    }
    if (w.len)
        st = w.p[0] == '.' ? parse_directive(a, w, at) : parse_instruction(a, w, at);
    skip_blanks(a);
    if (st == HB_OK && a->p < a->end && *a->p != ';' && *a->p != '\n')
        return wrong(a, here(a), w.len ? "more on the line than one instruction" : "an instruction, a label or a comment is missing", nothing);
    return st;
}

static hb_status parse(assembler *a)
{
    hb_status st = HB_OK;
    while (a->p < a->end && st == HB_OK) {
        a->line++;
        a->line_start = a->p;
        st = parse_line(a);
        const char *newline = st == HB_OK ? memchr(a->p, '\n', (size_t)(a->end - a->p)) : NULL;
        a->p = newline ? newline + 1 : a->end;
    }
    return st;
}

static int compare_names(const slice *x, const slice *y)
{
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->p, y->p, n);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* By name, then by place. */
static int compare_labels(const void *x, const void *y)
{
    const label *l = x, *m = y;
    int order = compare_names(&l->name, &m->name);
    if (order)
        return order;
    return l->at.line != m->at.line ? (l->at.line > m->at.line) - (l->at.line < m->at.line) : 0;
}

static int compare_to_label(const void *name, const void *l)
{
    return compare_names(name, &((const label *)l)->name);
}

static hb_status find_labels(assembler *a)
{
    const label *twice = NULL;
    if (a->n_labels)
        qsort(a->labels.data, a->n_labels, sizeof(label), compare_labels);
    for (uint32_t k = 1; k < a->n_labels; k++) {
        const label *l = label_at(a, k);
        if (compare_names(&l[-1].name, &l->name) == 0 && (!twice || l->at.line < twice->at.line))
            twice = l;
    }
    if (twice)
        return wrong(a, twice->at, "label for the second time:", twice->name);
    for (uint32_t k = 0; k < a->n_items; k++) {
        item *i = item_at(a, k);
        if (!i->name.p)
            continue;
        const label *l = a->n_labels ? bsearch(&i->name, a->labels.data, a->n_labels, sizeof(label), compare_to_label) : NULL;
        if (!l)
            return wrong(a, i->operand, "there is no label", i->name);
        i->target = l->item;
    }
    return HB_OK;
}

/* Offsets from the current sizes; returns the code's length. */
static uint32_t place_items(assembler *a)
{
    uint32_t offset = 0;
    for (uint32_t k = 0; k < a->n_items; k++) {
        item *i = item_at(a, k);
        i->offset = offset;
        offset += 1u + hb_bytecode_rows[i->op].imm_bytes;
    }
    return offset;
}

static uint32_t target_offset(const assembler *a, const item *i, uint32_t code_len)
{
    return i->target < a->n_items ? item_at(a, i->target)->offset : code_len;
}

/* Sizes of `PUSH @label`: from the smallest up until all fit, which ends because they only grow. Programs made to need very many rounds get larger ones. */
static hb_status fit_labels(assembler *a, uint32_t *code_len)
{
    bool changed = true;
    for (unsigned round = 0; changed; round++) {
        changed = false;
        *code_len = place_items(a);
        for (uint32_t k = 0; k < a->n_items; k++) {
            item *i = item_at(a, k);
            if (!i->name.p)
                continue;
            i->imm = target_offset(a, i, *code_len);
            if (fits(i->op, i->imm) && (round < MAX_ROUNDS || !i->smallest || i->op == HB_BC_PUSH4))
                continue;
            if (!i->smallest)
                continue;
            i->op = round < MAX_ROUNDS ? smallest_push(i->imm) : HB_BC_PUSH4;
            changed = true;
        }
    }
    for (uint32_t k = 0; k < a->n_items; k++) {
        const item *i = item_at(a, k);
        if (!fits(i->op, i->imm))
            return wrong(a, i->operand, "the label does not fit into the operand:", i->name);
    }
    return HB_OK;
}

static hb_status write_code(const assembler *a, hb_buf *code)
{
    for (uint32_t k = 0; k < a->n_items; k++) {
        const item *i = item_at(a, k);
        uint8_t bytes[9] = {i->op};
        hb_store_le64(bytes + 1, i->imm);
        if (hb_buf_append(code, bytes, 1u + hb_bytecode_rows[i->op].imm_bytes) != HB_OK)
            return hb_fail(a->err, HB_OUT_OF_MEMORY, "no memory to assemble");
    }
    return HB_OK;
}

/* What only the validator sees: jumps with wrong constants. Its offset leads to the line. */
static hb_status validate(const assembler *a, const uint8_t *code, size_t len)
{
    hb_bytecode_program p;
    hb_error err = {.offset = 0};
    hb_status st = hb_bytecode_program_make(&p, code, len, &a->limits, &err);
    hb_bytecode_program_free(&p);
    if (st != HB_INVALID_PROGRAM)
        return st == HB_OK ? st : hb_fail(a->err, st, "%s", err.message);
    place at = {a->line, 1};
    for (uint32_t k = 0; k < a->n_items; k++)
        if (item_at(a, k)->offset == err.offset)
            at = item_at(a, k)->at;
    const char *reason = strstr(err.message, ": ");
    reason = reason ? strstr(reason + 2, ": ") : NULL;
    return wrong(a, at, reason ? reason + 2 : err.message, nothing);
}

static hb_status assemble(assembler *a, hb_buf *code)
{
    uint32_t code_len = 0;
    size_t start = code->len;
    hb_status st = parse(a);
    if (st == HB_OK && !a->n_items)
        st = wrong(a, (place){a->line ? a->line : 1, 1}, "there is no instruction", nothing);
    if (st == HB_OK)
        st = find_labels(a);
    if (st == HB_OK)
        st = fit_labels(a, &code_len);
    if (st == HB_OK && code_len > HB_BYTECODE_MAX_CODE)
        st = wrong(a, item_at(a, a->n_items - 1)->at, "code of more than 131072 bytes", nothing);
    if (st == HB_OK)
        st = write_code(a, code);
    if (st == HB_OK)
        st = validate(a, code->data + start, code->len - start);
    if (st != HB_OK)
        code->len = start;
    return st;
}

hb_status hb_bytecode_assemble(hb_buf *code, hb_bytecode_limits *limits, const char *text, size_t len, hb_error *err)
{
    assembler a = {.p = text, .end = len ? text + len : text, .line_start = text, .limits = HB_BYTECODE_DEFAULT_LIMITS, .err = err};
    hb_status st = assemble(&a, code);
    if (st == HB_OK)
        *limits = a.limits;
    hb_buf_free(&a.items);
    hb_buf_free(&a.labels);
    return st;
}
