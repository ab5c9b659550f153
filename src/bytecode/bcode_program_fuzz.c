/* Any bytes as code: the validator answers; what it accepts is one list of instructions, can be analysed, and runs without a crash. */
#include <string.h>

#include "base/check.h"
#include "bytecode/bcode_flow.h"
#include "bytecode/bcode_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_instructions(const hb_bytecode_program *p)
{
    uint32_t at = 0;
    for (uint32_t k = 0; k < p->n_insns; k++) {
        const hb_bytecode_insn *i = &p->insns[k];
        HB_ASSERT(i->at == at && i->size == 1 + hb_bytecode_rows[i->op].imm_bytes && p->starts[at] == k && hb_bytecode_rows[i->op].name);
        at += i->size;
        for (uint32_t inside = i->at + 1; inside < at; inside++)
            HB_ASSERT(p->starts[inside] == HB_BC_NO_INSN);
    }
    HB_ASSERT(at == p->code_len && p->starts[at] == HB_BC_NO_INSN);
}

static void check_flow(const hb_bytecode_program *p)
{
    hb_bytecode_flow f;
    hb_bytecode_report r;
    uint32_t next = 0;
    if (hb_bytecode_flow_make(&f, p, NULL) != HB_OK)
        return;
    hb_bytecode_report_make(&r, p, &f);
    HB_ASSERT(r.unreachable <= r.n_insns && r.known_depths <= r.n_insns);
    for (uint32_t k = 0; k < f.n_blocks; k++) {
        HB_ASSERT(f.blocks[k].first == next && f.blocks[k].n);
        next += f.blocks[k].n;
    }
    HB_ASSERT(next == p->n_insns);
    hb_bytecode_flow_free(&f);
}

/* A known stack depth is the depth. */
static void check_run(const hb_bytecode_program *p, const uint8_t *input, size_t len)
{
    hb_bytecode_machine *m;
    hb_bytecode_view v;
    hb_bytecode_flow f;
    if (hb_bytecode_flow_make(&f, p, NULL) != HB_OK || hb_bytecode_machine_create(&m, p, input, len, 1 << 16, NULL) != HB_OK)
        return;
    for (unsigned step = 0; step < 2000; step++) {
        hb_bytecode_machine_view(m, &v);
        HB_ASSERT(v.gas <= p->limits.gas && v.depth <= p->limits.stack / 8 && v.call_depth <= HB_BYTECODE_MAX_CALLS && v.pc <= p->code_len);
        if (v.end != HB_BC_RUNNING)
            break;
        uint32_t insn = v.pc < p->code_len ? p->starts[v.pc] : HB_BC_NO_INSN;
        if (insn != HB_BC_NO_INSN && f.blocks[f.block_of[insn]].first == insn) {
            int64_t known = hb_bytecode_known_depth(&f.blocks[f.block_of[insn]]);
            HB_ASSERT(known < 0 || f.computed_jumps || known == (int64_t)v.depth);
        }
        if (hb_bytecode_machine_run(m, 1, NULL) != HB_OK)
            break;
    }
    hb_bytecode_machine_free(m);
    hb_bytecode_flow_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const hb_bytecode_limits limits = {.stack = 1024, .memory = 4096, .gas = 100000};
    hb_bytecode_program p;
    hb_error err = {.message = ""};
    hb_status st = hb_bytecode_program_make(&p, data, size, &limits, &err);
    if (st != HB_OK) {
        HB_ASSERT(st == HB_INVALID_PROGRAM && strncmp(err.message, "Invalid program: offset ", 24) == 0 && err.offset <= size && !p.code);
        return 0;
    }
    check_instructions(&p);
    check_flow(&p);
    check_run(&p, data, size < 64 ? size : 64);
    hb_bytecode_program_free(&p);
    return 0;
}
