#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytecode/bcode_asm.h"

/* Appends a short formatted text. */
__attribute__((format(printf, 2, 3))) static hb_status put(hb_buf *out, const char *fmt, ...)
{
    char line[96];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    return n < 0 ? HB_INTERNAL : hb_buf_append(out, line, (size_t)n);
}

static bool is_target(const hb_bytecode_program *p, uint32_t k)
{
    return hb_bytecode_is_push(p->insns[k].op) && k + 1 < p->n_insns && hb_bytecode_takes_target(p->insns[k + 1].op);
}

static hb_status put_insn(hb_buf *out, const hb_bytecode_program *p, uint32_t k)
{
    const hb_bytecode_insn *i = &p->insns[k];
    const char *name = hb_bytecode_rows[i->op].name;
    if (is_target(p, k))
        return put(out, "    %s @L%04" PRIx64 "\n", name, i->imm);
    if (i->op == HB_BC_GET || i->op == HB_BC_SET)
        return put(out, "    %s r%" PRIu64 "\n", name, i->imm);
    if (!hb_bytecode_rows[i->op].imm_bytes)
        return put(out, "    %s\n", name);
    return put(out, i->imm < 10000 ? "    %s %" PRIu64 "\n" : "    %s 0x%" PRIx64 "\n", name, i->imm);
}

static hb_status put_limits(hb_buf *out, const hb_bytecode_limits *l)
{
    const hb_bytecode_limits d = HB_BYTECODE_DEFAULT_LIMITS;
    hb_status st = HB_OK;
    if (l->stack != d.stack)
        st = put(out, ".stack_limit %" PRIu64 "\n", l->stack);
    if (st == HB_OK && l->memory != d.memory)
        st = put(out, ".memory_limit %" PRIu64 "\n", l->memory);
    if (st == HB_OK && l->gas != d.gas)
        st = put(out, ".gas_limit %" PRIu64 "\n", l->gas);
    return st;
}

hb_status hb_bytecode_disassemble(hb_buf *text, const hb_bytecode_program *p)
{
    size_t start = text->len, bytes = p->code_len * sizeof(bool);
    bool *targets = hb_pages_alloc(bytes);
    if (!targets)
        return HB_OUT_OF_MEMORY;
    for (uint32_t k = 0; k < p->n_insns; k++)
        if (is_target(p, k))
            targets[p->insns[k].imm] = true;
    hb_status st = put_limits(text, &p->limits);
    for (uint32_t k = 0; k < p->n_insns && st == HB_OK; k++) {
        if (targets[p->insns[k].at])
            st = put(text, "L%04" PRIx32 ":\n", p->insns[k].at);
        if (st == HB_OK)
            st = put_insn(text, p, k);
    }
    hb_pages_free(targets, bytes);
    if (st != HB_OK)
        text->len = start;
    return st;
}
