/* Any bytes at all: the loader answers, and what it accepts has the promised shape. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "rv/elf.h"
#include "rv/isa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hb_rv_program p;
    hb_error err;
    if (hb_rv_elf_load(&p, data, size, &err) != HB_OK) {
        HB_ASSERT(!p.priv && !p.image && !p.insns);
        HB_ASSERT(err.status == HB_INVALID_PROGRAM && strncmp(err.message, "Invalid program", 15) == 0);
        return 0;
    }
    HB_ASSERT(p.img_lo % 8 == 0 && p.img_hi % 8 == 0 && p.img_lo < p.img_hi && p.img_hi - p.img_lo <= HB_RV_MAX_IMAGE_BYTES);
    HB_ASSERT(p.text_lo >= HB_RV_STACK_TOP && p.text_lo < p.text_hi && p.text_hi < UINT64_C(1) << 32);
    HB_ASSERT(p.image_end <= HB_RV_INPUT_LO);
    HB_ASSERT(p.entry * UINT64_C(4) >= p.text_lo && p.entry * UINT64_C(4) < p.text_hi);
    for (uint32_t i = 0; i < p.n_insns; i++) {
        const hb_rv_insn *r = &p.insns[i];
        HB_ASSERT(r->pc * UINT64_C(4) >= p.text_lo && r->pc * UINT64_C(4) < p.text_hi);
        HB_ASSERT(i == 0 || p.insns[i - 1].pc < r->pc);
        HB_ASSERT(r->op > HB_OP_INVALID && r->op < HB_OP_EBREAK && r->rd <= HB_RV_REG_SINK && r->rs1 < 32 && r->rs2 < 32);
        HB_ASSERT(hb_rv_program_find(&p, r->pc) == i);
    }
    uint64_t offset;
    const char *name = hb_rv_program_function(&p, p.entry * UINT64_C(4), &offset);
    HB_ASSERT(!name || strlen(name) > 0);
    hb_rv_program_free(&p);
    return 0;
}
