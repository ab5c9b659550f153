/* Disassembler: assembler text in the GNU style, without pseudo-instructions (one word has one text). */
#include <inttypes.h>
#include <stdio.h>

#include "rv/isa.h"

static const char register_names[33][5] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",  "a6",
    "a7",   "s2", "s3", "s4", "s5",  "s6",  "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6", "sink",
};

const char *hb_isa_register_name(unsigned r)
{
    return r < 33 ? register_names[r] : "?";
}

size_t hb_isa_print(char *out, size_t size, uint64_t pc, uint32_t word)
{
    hb_isa_insn i = hb_isa_decode(word);
    const char *m = hb_isa_table[i.op].mnemonic;
    const char *rd = register_names[i.rd], *rs1 = register_names[i.rs1], *rs2 = register_names[i.rs2];
    uint64_t target = pc + (uint64_t)i.imm;
    int n = 0;
    if (i.op == HB_OP_INVALID) {
        n = snprintf(out, size, ".word 0x%08" PRIx32, word);
        return n < 0 ? 0 : (size_t)n;
    }
    switch (hb_isa_table[i.op].format) {
    case HB_FMT_NONE:
    case HB_FMT_FENCE:
        n = snprintf(out, size, "%s", m);
        break;
    case HB_FMT_R:
        n = snprintf(out, size, "%s %s, %s, %s", m, rd, rs1, rs2);
        break;
    case HB_FMT_I:
    case HB_FMT_SH6:
    case HB_FMT_SH5:
        n = snprintf(out, size, "%s %s, %s, %" PRId64, m, rd, rs1, i.imm);
        break;
    case HB_FMT_LOAD:
        n = snprintf(out, size, "%s %s, %" PRId64 "(%s)", m, rd, i.imm, rs1);
        break;
    case HB_FMT_STORE:
        n = snprintf(out, size, "%s %s, %" PRId64 "(%s)", m, rs2, i.imm, rs1);
        break;
    case HB_FMT_B:
        n = snprintf(out, size, "%s %s, %s, 0x%" PRIx64, m, rs1, rs2, target);
        break;
    case HB_FMT_U:
        n = snprintf(out, size, "%s %s, 0x%" PRIx64, m, rd, (uint64_t)i.imm >> 12 & 0xfffff);
        break;
    case HB_FMT_J:
        n = snprintf(out, size, "%s %s, 0x%" PRIx64, m, rd, target);
        break;
    }
    return n < 0 ? 0 : (size_t)n;
}
