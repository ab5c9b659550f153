/* Any bytes as a checkpoint of one fixed program, with the head and the digest made right: refused, or a run that goes to its end without harm. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "hash/blake3.h"
#include "rv/rvasm.h"
#include "rv/rvcheckpoint_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hints, output, memory, a block, a commit; then it begins again. */
static hb_rv_program make_program(void)
{
    hb_rv_program p;
    hb_rvasm *a = calloc(1, sizeof *a);
    HB_ASSERT(a);
    uint32_t again = hb_rvasm_label(a), over = hb_rvasm_label(a);
    a->bss = 64;
    hb_rvasm_li(a, 8, HB_RVASM_DATA);
    hb_rvasm_li(a, 9, HB_RVASM_DATA + 4092);
    hb_rvasm_li(a, 18, HB_RV_INPUT_LO + 4080);
    hb_rvasm_place(a, again);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, 11, 5, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 10, 18, 0, 0);
    hb_rvasm_call(a, 0xf1);
    hb_rvasm_op(a, HB_OP_LD, 13, 18, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 18, 18, 0, 24);
    hb_rvasm_op(a, HB_OP_ANDI, 10, 13, 0, 15); /* descriptor, from the input */
    hb_rvasm_op(a, HB_OP_ADDI, 11, 8, 0, 1);
    hb_rvasm_op(a, HB_OP_ADDI, 12, 0, 0, 9);
    hb_rvasm_call(a, 0x02);
    hb_rvasm_call(a, 0x03);
    hb_rvasm_branch(a, HB_OP_BEQ, 5, 0, over);
    hb_rvasm_op(a, HB_OP_SD, 0, 8, 9, 3);
    hb_rvasm_op(a, HB_OP_SD, 0, 9, 9, 3);
    hb_rvasm_call(a, 0x04);
    hb_rvasm_place(a, over);
    hb_rvasm_op(a, HB_OP_LW, 13, 8, 0, 2);
    hb_rvasm_op(a, HB_OP_SD, 0, 9, 13, 1);
    hb_rvasm_op(a, HB_OP_ANDI, 10, 13, 0, 7);
    hb_rvasm_op(a, HB_OP_ADDI, 11, 0, 0, 77);
    hb_rvasm_call(a, 0x10);
    hb_rvasm_jal(a, 0, again);
    HB_ASSERT(hb_rvasm_build(a, &p, NULL) == HB_OK);
    hb_rvasm_free(a);
    free(a);
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static hb_rv_program program;
    const size_t head = HB_CHECKPOINT_MAGIC_BYTES + HB_CHECKPOINT_DIGEST_BYTES;
    if (!program.n_insns)
        program = make_program();
    uint8_t *bytes = malloc(head + size + HB_CHECKPOINT_DIGEST_BYTES);
    HB_ASSERT(bytes);
    memcpy(bytes, HB_CHECKPOINT_MAGIC, HB_CHECKPOINT_MAGIC_BYTES);
    hb_rv_checkpoint_program(&program, bytes + HB_CHECKPOINT_MAGIC_BYTES);
    if (size)
        memcpy(bytes + head, data, size);
    hb_blake3_hash(bytes + head + size, bytes, head + size);
    hb_rv_run *run;
    hb_rv_shard shard;
    hb_status st = hb_rv_checkpoint_open(&program, bytes, head + size + HB_CHECKPOINT_DIGEST_BYTES, &run, NULL);
    HB_ASSERT((st == HB_OK) == (run != NULL));
    if (st == HB_OK) {
        st = hb_rv_checkpoint_replay(run, &shard, NULL);
        HB_ASSERT(st == HB_OK || st == HB_INVALID_ARGUMENT || st == HB_OUT_OF_MEMORY);
        hb_rv_run_free(run);
    }
    free(bytes);
    return 0;
}
