/* Tests only: a program that uses everything outside registers and memory, over and over, so that cuts fall everywhere. */
#pragma once
#include "rv/shard_test_util.h"

enum { CALL_ROUNDS = 6, S0 = 8, S1 = 9, S2 = 18, S3 = 19, S4 = 20, PAGE = 4096 };

/* HINT_LEN, HINT_READ to S0, which then points behind what was read; its first and last word are loaded. */
static inline void next_hint(hb_rvasm *a)
{
    uint32_t empty = hb_rvasm_label(a);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, A1, T0, 0, 0);
    hb_rvasm_op(a, HB_OP_ADDI, A0, S0, 0, 0);
    hb_rvasm_call(a, 0xf1);
    hb_rvasm_op(a, HB_OP_ADDI, A1, A1, 0, 7);
    hb_rvasm_op(a, HB_OP_ANDI, A1, A1, 0, -8);
    hb_rvasm_branch(a, HB_OP_BEQ, A1, 0, empty);
    hb_rvasm_op(a, HB_OP_ADD, S0, S0, A1, 0);
    hb_rvasm_op(a, HB_OP_LD, S4, S0, 0, -8);
    hb_rvasm_op(a, HB_OP_LBU, S4, A0, 0, 1);
    hb_rvasm_place(a, empty);
}

/* WRITE of len bytes at S1 + offset. */
static inline void write_from(hb_rvasm *a, uint64_t fd, int64_t offset, uint64_t len)
{
    hb_rvasm_li(a, A2, len);
    hb_rvasm_li(a, A0, (uint64_t)offset);
    hb_rvasm_op(a, HB_OP_ADD, A1, S1, A0, 0);
    hb_rvasm_li(a, A0, fd);
    hb_rvasm_call(a, 2);
}

/* A block that stores to old and new pages, reads far ones, and hands out what it found as a hint. */
static inline void unconstrained(hb_rvasm *a)
{
    uint32_t over = hb_rvasm_label(a);
    hb_rvasm_call(a, 3);
    hb_rvasm_branch(a, HB_OP_BEQ, T0, 0, over);
    hb_rvasm_li(a, 21, 3 * PAGE);
    hb_rvasm_op(a, HB_OP_ADD, 21, S1, 21, 0);
    hb_rvasm_op(a, HB_OP_LD, 22, 21, 0, 16);
    hb_rvasm_op(a, HB_OP_ADDI, 22, 22, 0, 1);
    hb_rvasm_op(a, HB_OP_SD, 0, 21, 22, 16);
    hb_rvasm_op(a, HB_OP_SD, 0, S3, 22, -2044); /* a page that may be new */
    hb_rvasm_op(a, HB_OP_SD, 0, S1, 22, 0);
    write_from(a, 14, 0, 24);
    hb_rvasm_call(a, 4);
    hb_rvasm_place(a, over);
    next_hint(a);
}

static inline hb_rv_program calls_program(void)
{
    hb_rvasm *a = new_asm();
    uint32_t again = hb_rvasm_label(a);
    static const char text[] = "forty bytes of text, stored by the guest";
    a->bss = 8 * PAGE; /* no bytes from the file: keeps the image, and so the list of cells, short */
    hb_rvasm_li(a, S0, HB_RV_INPUT_LO + PAGE - 24);
    hb_rvasm_li(a, S1, HB_RVASM_DATA);
    for (int k = 0; k < 5; k++) {
        hb_rvasm_li(a, 21, hb_load_le64((const uint8_t *)text + 8 * k));
        hb_rvasm_op(a, HB_OP_SD, 0, S1, 21, 8 + 8 * k);
    }
    hb_rvasm_li(a, S2, CALL_ROUNDS);
    hb_rvasm_li(a, S3, 0x70000000 + 2044);
    hb_rvasm_li(a, 21, HB_RVASM_DATA + 3 * PAGE);
    hb_rvasm_op(a, HB_OP_SD, 0, 21, S0, 16); /* a page that later only blocks and WRITE look at */
    hb_rvasm_place(a, again);
    next_hint(a);
    hb_rvasm_li(a, 5, 5);
    hb_rvasm_op(a, HB_OP_SD, 0, S1, 5, 0);
    write_from(a, 23, 0, 8);
    next_hint(a);
    unconstrained(a);
    write_from(a, 14, 10, 11);
    write_from(a, 22, 0, 0);
    next_hint(a);
    next_hint(a);
    write_from(a, 25, 8, 5); /* the key named "forty" */
    next_hint(a);
    write_from(a, 1, 3 * PAGE + 9, 20);
    write_from(a, 2, 8, 9);
    write_from(a, 13, 8, 2);
    hb_rvasm_op(a, HB_OP_ADDI, S3, S3, 0, 1024);
    hb_rvasm_op(a, HB_OP_SW, 0, S3, S2, 1023 - 1024); /* misaligned, at times across pages */
    hb_rvasm_op(a, HB_OP_LD, S4, S3, 0, -3);
    hb_rvasm_li(a, 21, HB_RV_INPUT_LO + 8 * PAGE);
    hb_rvasm_op(a, HB_OP_LD, 21, 21, 0, 8); /* an input word that nothing filled */
    hb_rvasm_op(a, HB_OP_ANDI, A0, S2, 0, 7);
    hb_rvasm_op(a, HB_OP_SRLI, A1, S4, 0, 32);
    hb_rvasm_call(a, 0x10);
    hb_rvasm_call(a, 0x1a);
    hb_rvasm_op(a, HB_OP_ADDI, S2, S2, 0, -1);
    uint32_t done = hb_rvasm_label(a);
    hb_rvasm_branch(a, HB_OP_BEQ, S2, 0, done);
    hb_rvasm_jal(a, 0, again);
    hb_rvasm_place(a, done);
    hb_rvasm_call(a, 0xf0); /* nothing is left, or the length of what is */
    hb_rvasm_halt(a, 77);
    return build_and_free(a);
}

/* Its options; extra inputs are never read. The pointers lead to constants. */
static inline hb_rv_exec_options calls_options(size_t extra)
{
    static const hb_rv_span inputs[] = {
        {(const uint8_t *)"first input", 11}, {NULL, 0}, {(const uint8_t *)"an input that is longer than the others, for a change of pages", 62},
        {(const uint8_t *)"4", 1},            {(const uint8_t *)"the fifth", 9}, {(const uint8_t *)"sixth ..", 8}, {(const uint8_t *)"never read", 10}};
    static const char *const args[] = {"program", "argument", ""};
    static const hb_rv_named_key keys[] = {{"none", {1}}, {"forty", {4, 0, 0, 0, 0, 0, 0, 9, 0, 0, 3}}};
    return (hb_rv_exec_options){.inputs = inputs, .n_inputs = CALL_ROUNDS + extra, .args = args, .n_args = 3, .keys = keys, .n_keys = 2,
                                .stdin_bytes = {(const uint8_t *)"seventeen letters", 17}, .cycle_limit = 100000};
}
