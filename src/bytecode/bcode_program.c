#include "bytecode/bcode_program.h"

#include <inttypes.h>
#include <string.h>


static hb_status invalid(hb_error *err, uint64_t offset, const char *reason)
{
    hb_status st = hb_fail(err, HB_INVALID_PROGRAM, "Invalid program: offset %" PRIu64 ": %s", offset, reason);
    if (err)
        err->offset = offset;
    return st;
}

static uint64_t immediate(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned k = 0; k < bytes; k++)
        v |= (uint64_t)p[k] << (8 * k);
    return v;
}

/* Decodes the instruction at offset `at` (inside the code); NULL, or what is wrong with it. */
static const char *decode(const uint8_t *code, size_t len, uint32_t at, hb_bytecode_insn *out)
{
    uint8_t op = code[at];
    const hb_bytecode_row *row = &hb_bytecode_rows[op];
    if (!row->name)
        return "invalid opcode";
    if (row->imm_bytes > len - at - 1)
        return "the immediate is cut off by the end of the code";
    *out = (hb_bytecode_insn){.imm = immediate(code + at + 1, row->imm_bytes), .at = at, .op = op, .size = (uint8_t)(1 + row->imm_bytes)};
    if ((op == HB_BC_GET || op == HB_BC_SET) && out->imm >= HB_BYTECODE_REGISTERS)
        return "there are registers 0 to 31 only";
    if (op == HB_BC_SWAP && out->imm == 0)
        return "SWAP 0";
    return NULL;
}

/* Walks over the code; with p NULL it only checks and counts. */
static hb_status walk(const uint8_t *code, size_t len, hb_bytecode_program *p, uint32_t *count, hb_error *err)
{
    uint32_t n = 0;
    for (uint32_t at = 0; at < len; n++) {
        hb_bytecode_insn i;
        const char *reason = decode(code, len, at, &i);
        if (reason)
            return invalid(err, at, reason);
        if (p) {
            p->insns[n] = i;
            p->starts[at] = n;
        }
        at += i.size;
    }
    *count = n;
    return HB_OK;
}

static hb_status check_jumps(const hb_bytecode_program *p, hb_error *err)
{
    for (uint32_t k = 1; k < p->n_insns; k++) {
        const hb_bytecode_insn *push = &p->insns[k - 1], *jump = &p->insns[k];
        if (!hb_bytecode_is_push(push->op) || !hb_bytecode_takes_target(jump->op))
            continue;
        if (push->imm >= p->code_len || p->starts[push->imm] == HB_BC_NO_INSN)
            return invalid(err, push->at, "the target of the jump is not the start of an instruction");
    }
    return HB_OK;
}

static hb_status check_limits(const hb_bytecode_limits *l, hb_error *err)
{
    if (l->stack > HB_BYTECODE_MAX_STACK)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a stack limit of %" PRIu64 " bytes, at most %" PRIu64 " are possible", l->stack, HB_BYTECODE_MAX_STACK);
    if (l->memory > HB_BYTECODE_MAX_MEMORY)
        return hb_fail(err, HB_INVALID_ARGUMENT, "a memory limit of %" PRIu64 " bytes, at most %" PRIu64 " are possible", l->memory, HB_BYTECODE_MAX_MEMORY);
    return HB_OK;
}

static hb_status allocate(hb_bytecode_program *p, size_t len, uint32_t n, hb_error *err)
{
    size_t bytes = len + (len + 1) * sizeof *p->starts + n * sizeof *p->insns + 3 * (size_t)HB_ARENA_ALIGN;
    if (hb_arena_init(&p->memory, bytes) != HB_OK)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for a bytecode program of %zu bytes", len);
    p->code = hb_arena_alloc(&p->memory, len);
    p->starts = hb_arena_alloc_many(&p->memory, len + 1, sizeof *p->starts);
    p->insns = hb_arena_alloc_many(&p->memory, n, sizeof *p->insns);
    return HB_OK;
}

hb_status hb_bytecode_program_make(hb_bytecode_program *out, const uint8_t *code, size_t len, const hb_bytecode_limits *limits, hb_error *err)
{
    uint32_t n = 0;
    *out = (hb_bytecode_program){.limits = limits ? *limits : HB_BYTECODE_DEFAULT_LIMITS};
    out->limits.stack &= ~UINT64_C(7);
    hb_status st = check_limits(&out->limits, err);
    if (st == HB_OK && !len)
        st = invalid(err, 0, "empty code");
    if (st == HB_OK && len > HB_BYTECODE_MAX_CODE)
        st = invalid(err, HB_BYTECODE_MAX_CODE, "code of more than 131072 bytes");
    if (st == HB_OK)
        st = walk(code, len, NULL, &n, err);
    if (st == HB_OK)
        st = allocate(out, len, n, err);
    if (st == HB_OK) {
        memcpy(out->code, code, len);
        memset(out->starts, 0xff, (len + 1) * sizeof *out->starts);
        out->code_len = (uint32_t)len;
        st = walk(code, len, out, &out->n_insns, err);
    }
    if (st == HB_OK)
        st = check_jumps(out, err);
    if (st != HB_OK)
        hb_bytecode_program_free(out);
    return st;
}

void hb_bytecode_program_free(hb_bytecode_program *p)
{
    hb_arena_free(&p->memory);
    *p = (hb_bytecode_program){0};
}
