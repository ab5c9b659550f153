/* Loads and stores: all widths at all offsets inside a double word, across double words, pages and into the ends of the map; overlapping widths; wrapping addresses; the
 * rules of the map; routing to families. */
#include "rv/rv_test_util.h"

static const struct {
    hb_op load, store;
    unsigned bytes;
} widths[] = {
    {HB_OP_LB, HB_OP_SB, 1},  {HB_OP_LBU, HB_OP_SB, 1}, {HB_OP_LH, HB_OP_SH, 2}, {HB_OP_LHU, HB_OP_SH, 2},
    {HB_OP_LW, HB_OP_SW, 4},  {HB_OP_LWU, HB_OP_SW, 4}, {HB_OP_LD, HB_OP_SD, 8},
};
enum { WIDTHS = sizeof widths / sizeof *widths };

/* Memory model of the reference: a window of bytes. */
typedef struct window {
    uint64_t base;
    uint8_t bytes[64];
} window;

static uint8_t window_get(void *ctx, uint64_t at)
{
    window *w = ctx;
    assert_true(at - w->base < sizeof w->bytes);
    return w->bytes[at - w->base];
}

static void window_set(void *ctx, uint64_t at, uint8_t v)
{
    window *w = ctx;
    assert_true(at - w->base < sizeof w->bytes);
    w->bytes[at - w->base] = v;
}

static uint32_t encode(hb_op op, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    hb_isa_insn i = {op, (uint8_t)rd, (uint8_t)rs1, (uint8_t)rs2, imm};
    uint32_t word = 0;
    assert_true(hb_isa_encode(&i, &word));
    return word;
}

/* Fills 64 bytes around `middle`, then for every store width and offset stores, and loads with every load at every offset that overlaps; compares all loaded values
 * (summed with a multiplier into x20) and the final bytes with the reference. */
static void everything_around(uint64_t middle)
{
    window w = {.base = middle - 32};
    rvref ref = {.get = window_get, .set = window_set, .ctx = &w};
    hb_rvasm *a = new_asm();
    uint64_t misaligned = 0, crossing = 0;
    hb_rvasm_li(a, 3, middle);
    ref.x[3] = middle;
    hb_rvasm_li(a, 21, UINT64_C(0x9e3779b97f4a7c15));
    ref.x[21] = UINT64_C(0x9e3779b97f4a7c15);
#define BOTH(word)                                                                                                      \
    do {                                                                                                                \
        uint32_t w_ = (word);                                                                                           \
        hb_rvasm_word(a, w_);                                                                                           \
        assert_true(rvref_step(&ref, w_));                                                                              \
    } while (0)
    for (int s = 0; s < WIDTHS; s++) {
        if (s == 1 || s == 3 || s == 5)
            continue;
        for (int offset = -16; offset < 16; offset++) {
            BOTH(encode(HB_OP_ADD, 22, 22, 21, 0));
            BOTH(encode(widths[s].store, 0, 3, 22, offset));
            misaligned += (unsigned)offset % widths[s].bytes != 0;
            crossing += ((unsigned)offset % 8) + widths[s].bytes > 8;
            for (int l = 0; l < WIDTHS; l++)
                for (int at = offset - 1; at <= offset + 3; at += 2) {
                    BOTH(encode(widths[l].load, 23, 3, 0, at));
                    BOTH(encode(HB_OP_MUL, 20, 20, 21, 0));
                    BOTH(encode(HB_OP_ADD, 20, 20, 23, 0));
                    misaligned += (unsigned)at % widths[l].bytes != 0;
                    crossing += ((unsigned)at % 8) + widths[l].bytes > 8;
                }
        }
    }
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    assert_int_equal(hb_rv_run_register(run, 20), ref.x[20]);
    for (unsigned k = 0; k < 64; k += 8)
        assert_int_equal(word_at(run, w.base + k), hb_load_le64(w.bytes + k));
    const hb_rv_report *r = hb_rv_run_report(run);
    assert_int_equal(r->misaligned, misaligned);
    assert_int_equal(r->family_counts[HB_FAM_LOAD2] + r->family_counts[HB_FAM_STORE2], crossing);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

static void all_widths_and_offsets(void **state)
{
    (void)state;
    everything_around(0x70000100);                    /* inside a page */
    everything_around(0x70001000);                    /* across pages */
    everything_around(UINT64_C(0x100000000));         /* across 2^32, where lo of the cell's address wraps */
    everything_around(HB_RV_STACK_TOP - 32);          /* up to the first byte of text */
    everything_around(HB_RV_INPUT_LO);                /* into the input region */
    everything_around(HB_RV_MAP_END - 64);
    everything_around(HB_RV_RAM_LO + 64);
}

/* Stores of one register through all base + immediate wraps. */
static void addresses_wrap(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    hb_rvasm_li(a, 3, UINT64_C(0x10000) - 2048);      /* base below the map, address inside */
    hb_rvasm_li(a, 9, 0x1122334455667788);
    hb_rvasm_op(a, HB_OP_LUI, 4, 0, 0, 0x10000);
    hb_rvasm_op(a, HB_OP_SD, 0, 4, 9, 0);
    hb_rvasm_op(a, HB_OP_LD, 10, 3, 0, 2047);         /* 0xffff: below the map */
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
    const hb_rv_report *r = hb_rv_run_report(run);
    assert_int_equal(r->trap.reason, HB_TRAP_NULL_ACCESS);
    assert_int_equal(r->trap.address, 0xffff);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

typedef struct trap_case {
    hb_op op;
    uint64_t base;
    int64_t imm;
    hb_rv_trap reason;
    uint64_t address;
} trap_case;

/* One access; what becomes of it. */
static void one_access(const trap_case *c, const hb_rv_exec_options *options)
{
    hb_rvasm *a = new_asm();
    hb_rvasm_bytes(a, "datadata", 8);
    hb_rvasm_li(a, 3, c->base);
    uint64_t pc = hb_rvasm_here(a), before = (pc - HB_RVASM_TEXT) / 4;
    hb_rvasm_op(a, c->op, 0, 3, 3, c->imm);
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    hb_status st = run_both(&p, options, &run);
    const hb_rv_report *r = hb_rv_run_report(run);
    if (r->trap.reason != c->reason)
        fail_msg("%s at 0x%llx: %s, expected %s", hb_isa_table[c->op].mnemonic, (unsigned long long)(c->base + (uint64_t)c->imm), hb_rv_trap_text(r->trap.reason), hb_rv_trap_text(c->reason));
    if (c->reason == HB_TRAP_NONE) {
        assert_int_equal(st, HB_OK);
    } else {
        assert_int_equal(st, HB_EXECUTION_FAILED);
        assert_int_equal(r->trap.pc, pc);
        assert_int_equal(r->cycles, before); /* the access itself did not happen */
        assert_int_equal(r->trap.address, c->address);
    }
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

static void rules_of_the_map(void **state)
{
    (void)state;
    static const trap_case cases[] = {
        {HB_OP_LB, 0, 0, HB_TRAP_NULL_ACCESS, 0},
        {HB_OP_LD, 8, 0, HB_TRAP_NULL_ACCESS, 8},
        {HB_OP_SD, 0xfff8, 0, HB_TRAP_NULL_ACCESS, 0xfff8},
        {HB_OP_LW, 0xfffe, 0, HB_TRAP_NULL_ACCESS, 0xfffe},
        {HB_OP_LD, 0x10000, 0, HB_TRAP_NONE, 0},
        {HB_OP_SB, 0x10000, 0, HB_TRAP_NONE, 0},
        {HB_OP_LD, UINT64_C(0x100000008), 0, HB_TRAP_NONE, 0},
        {HB_OP_LD, UINT64_C(0xfffffff8), 0, HB_TRAP_NONE, 0},
        {HB_OP_LB, HB_RV_MAP_END - 1, 0, HB_TRAP_NONE, 0},
        {HB_OP_SD, HB_RV_MAP_END - 8, 0, HB_TRAP_NONE, 0},
        {HB_OP_LD, HB_RV_MAP_END - 7, 0, HB_TRAP_UNMAPPED, HB_RV_MAP_END - 7},
        {HB_OP_LH, HB_RV_MAP_END - 1, 0, HB_TRAP_UNMAPPED, HB_RV_MAP_END - 1},
        {HB_OP_SB, HB_RV_MAP_END, 0, HB_TRAP_UNMAPPED, HB_RV_MAP_END},
        {HB_OP_LB, UINT64_C(1) << 40, 0, HB_TRAP_UNMAPPED, UINT64_C(1) << 40},
        {HB_OP_LD, UINT64_C(1) << 63, 0, HB_TRAP_UNMAPPED, UINT64_C(1) << 63},
        {HB_OP_LD, UINT64_MAX - 7, 0, HB_TRAP_UNMAPPED, UINT64_MAX - 7},
        {HB_OP_LD, UINT64_MAX - 3, 0, HB_TRAP_UNMAPPED, UINT64_MAX - 3},
        {HB_OP_LB, UINT64_MAX, 0, HB_TRAP_UNMAPPED, UINT64_MAX},
        {HB_OP_LD, UINT64_MAX - 7, 16, HB_TRAP_NULL_ACCESS, 8},           /* wraps to 8 */
        {HB_OP_LB, 0, -1, HB_TRAP_UNMAPPED, UINT64_MAX},
        {HB_OP_LD, HB_RV_MAP_END + 16, -24, HB_TRAP_NONE, 0},
        {HB_OP_LW, HB_RVASM_TEXT, 0, HB_TRAP_NONE, 0},                    /* text is readable data */
        {HB_OP_SW, HB_RVASM_TEXT, 0, HB_TRAP_STORE_TO_TEXT, HB_RVASM_TEXT},
        {HB_OP_SD, HB_RVASM_TEXT - 8, 0, HB_TRAP_NONE, 0},
        {HB_OP_SD, HB_RVASM_TEXT - 7, 0, HB_TRAP_STORE_TO_TEXT, HB_RVASM_TEXT - 7},
        {HB_OP_SB, HB_RVASM_TEXT + 7, 0, HB_TRAP_STORE_TO_TEXT, HB_RVASM_TEXT + 7},
        {HB_OP_SB, HB_RVASM_TEXT + 256, 0, HB_TRAP_NONE, 0},              /* behind text, in its page */
        {HB_OP_SD, HB_RVASM_DATA, 0, HB_TRAP_NONE, 0},
        {HB_OP_SD, HB_RVASM_DATA + 0x100000, 0, HB_TRAP_NONE, 0},         /* heap */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        one_access(&cases[k], NULL);
}

static void stack_guard(void **state)
{
    (void)state;
    const hb_rv_exec_options o = {.stack_limit = 10000};
    const uint64_t low = HB_RV_STACK_TOP - 10000;
    const trap_case cases[] = {
        {HB_OP_SD, low, 0, HB_TRAP_NONE, 0},
        {HB_OP_SD, low - 1, 0, HB_TRAP_STACK_OVERFLOW, low - 1},
        {HB_OP_LB, low - 1, 0, HB_TRAP_STACK_OVERFLOW, low - 1},
        {HB_OP_LB, low - 4096, 0, HB_TRAP_STACK_OVERFLOW, low - 4096},
        {HB_OP_LB, 0x10000, 0, HB_TRAP_STACK_OVERFLOW, 0x10000},
        {HB_OP_LB, 0xffff, 0, HB_TRAP_NULL_ACCESS, 0xffff},
        {HB_OP_SD, HB_RV_STACK_TOP - 8, 0, HB_TRAP_NONE, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        one_access(&cases[k], &o);
    one_access(&(trap_case){HB_OP_LB, 0x10000, 0, HB_TRAP_NONE, 0}, &(hb_rv_exec_options){.stack_limit = UINT64_MAX});
    /* after an access above the limit in the same page, the guard still holds */
    hb_rvasm *a = new_asm();
    hb_rvasm_li(a, 3, low);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 3, 0);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 3, -8);
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, &o, &run), HB_EXECUTION_FAILED);
    assert_int_equal(hb_rv_run_report(run)->trap.reason, HB_TRAP_STACK_OVERFLOW);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* Touches `pages` pages of the heap, one byte each. */
static hb_rv_program toucher(uint64_t pages)
{
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    hb_rvasm_li(a, 4, pages);
    hb_rvasm_li(a, 6, 4096);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_LBU, 7, 3, 0, 0); /* reading counts as touching */
    hb_rvasm_op(a, HB_OP_ADD, 8, 8, 7, 0);
    hb_rvasm_op(a, HB_OP_ADD, 3, 3, 6, 0);
    hb_rvasm_op(a, HB_OP_ADDI, 4, 4, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 4, 0, loop);
    hb_rvasm_halt(a, 0);
    return build_and_free(a);
}

static void memory_limit(void **state)
{
    (void)state;
    hb_rv_program p = toucher(100);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, &(hb_rv_exec_options){.memory_limit = 100 * 4096}, &run), HB_OK);
    assert_int_equal(hb_rv_run_report(run)->touched_pages, 100);
    assert_int_equal(hb_rv_run_register(run, 8), 0);
    hb_rv_run_free(run);
    assert_int_equal(run_both(&p, &(hb_rv_exec_options){.memory_limit = 100 * 4096 - 1}, &run), HB_EXECUTION_FAILED);
    assert_int_equal(hb_rv_run_report(run)->trap.reason, HB_TRAP_MEMORY_LIMIT);
    assert_int_equal(hb_rv_run_report(run)->trap.address, HB_RVASM_DATA + 99 * 4096);
    assert_int_equal(hb_rv_run_report(run)->touched_pages, 99);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* Jumps that lead out of text, and words that are no instructions. */
static void bad_jumps(void **state)
{
    (void)state;
    static const struct {
        uint64_t target;
        hb_rv_trap reason;
    } cases[] = {
        {0, HB_TRAP_PC_OUTSIDE},
        {HB_RVASM_TEXT - 4, HB_TRAP_PC_OUTSIDE},
        {HB_RVASM_TEXT + 2, HB_TRAP_PC_MISALIGNED},
        {HB_RVASM_TEXT + 3, HB_TRAP_PC_MISALIGNED},
        {HB_RVASM_TEXT + 256, HB_TRAP_PC_OUTSIDE},
        {HB_RVASM_DATA, HB_TRAP_PC_OUTSIDE},
        {UINT64_C(1) << 32, HB_TRAP_PC_OUTSIDE},
        {(UINT64_C(1) << 32) + HB_RVASM_TEXT, HB_TRAP_PC_OUTSIDE},
        {UINT64_C(0x180000000), HB_TRAP_PC_OUTSIDE}, /* HB_PC_HALT as a byte address */
        {UINT64_MAX - 3, HB_TRAP_PC_OUTSIDE},
        {UINT64_MAX, HB_TRAP_PC_MISALIGNED},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rvasm *a = new_asm();
        hb_rvasm_bytes(a, "\x13\0\0\0", 4); /* a nop in data: still not text */
        hb_rvasm_li(a, 3, cases[k].target);
        uint64_t pc = hb_rvasm_here(a);
        hb_rvasm_op(a, HB_OP_JALR, 1, 3, 0, 0);
        hb_rvasm_halt(a, 0);
        hb_rv_program p = build_and_free(a);
        hb_rv_run *run;
        assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
        const hb_rv_report *r = hb_rv_run_report(run);
        if (r->trap.reason != cases[k].reason)
            fail_msg("case %zu: %s", k, hb_rv_trap_text(r->trap.reason));
        assert_int_equal(r->trap.pc, pc);
        assert_int_equal(r->trap.address, cases[k].target & ~UINT64_C(1));
        assert_int_equal(hb_rv_run_register(run, 1), 0); /* no link */
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
}

static void bad_words(void **state)
{
    (void)state;
    static const struct {
        uint32_t word;
        hb_rv_trap reason;
        const char *message;
    } cases[] = {
        {0, HB_TRAP_INVALID_INSTRUCTION, "Invalid instruction at pc 0x78000008, word 0x00000000"},
        {UINT32_MAX, HB_TRAP_INVALID_INSTRUCTION, "word 0xffffffff"},
        {0xc0001073, HB_TRAP_UNIMP, "UNIMP"},
        {0x00100073, HB_TRAP_EBREAK, "EBREAK"},
        {0xc00025f3, HB_TRAP_INVALID_INSTRUCTION, "word 0xc00025f3"},        /* rdcycle */
        {0x0000100f, HB_TRAP_INVALID_INSTRUCTION, "word 0x0000100f"},        /* fence.i */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rvasm *a = new_asm();
        hb_rvasm_li(a, 10, 1);
        hb_rvasm_li(a, 11, 1);
        hb_rvasm_word(a, cases[k].word);
        hb_rvasm_halt(a, 0);
        hb_rv_program p = build_and_free(a);
        hb_rv_run *run;
        hb_error err;
        assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
        assert_int_equal(hb_rv_run_report(run)->trap.reason, cases[k].reason);
        assert_int_equal(hb_rv_run_report(run)->trap.word, cases[k].word);
        assert_int_equal(hb_rv_run_report(run)->cycles, 2);
        hb_rv_run_free(run);
        assert_int_equal(hb_rv_exec(&p, NULL, &run, &err), HB_EXECUTION_FAILED);
        assert_non_null(strstr(err.message, cases[k].message));
        assert_int_equal(err.offset, 0x78000008);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
}

/* Taken branches and JAL to nowhere trap with the target; the same branch untaken does not. Running past the last word traps there. */
static void static_targets(void **state)
{
    (void)state;
    static const struct {
        hb_op op;
        int64_t offset;
        hb_rv_trap reason;
    } cases[] = {
        {HB_OP_BEQ, 2, HB_TRAP_PC_MISALIGNED}, {HB_OP_BEQ, -8, HB_TRAP_PC_OUTSIDE}, {HB_OP_BEQ, 4094, HB_TRAP_PC_MISALIGNED},
        {HB_OP_BEQ, 4092, HB_TRAP_PC_OUTSIDE}, {HB_OP_JAL, 6, HB_TRAP_PC_MISALIGNED}, {HB_OP_JAL, -1024, HB_TRAP_PC_OUTSIDE},
        {HB_OP_JAL, 1 << 19, HB_TRAP_PC_OUTSIDE}, {HB_OP_BNE, 2, HB_TRAP_NONE}, {HB_OP_BNE, -4096, HB_TRAP_NONE}, {HB_OP_JAL, 12, HB_TRAP_PC_OUTSIDE},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rvasm *a = new_asm();
        hb_rvasm_op(a, HB_OP_ADDI, 0, 0, 0, 0);
        hb_rvasm_op(a, cases[k].op, 0, 0, 0, cases[k].offset);
        if (cases[k].reason == HB_TRAP_NONE)
            hb_rvasm_halt(a, 0);
        else
            hb_rvasm_op(a, HB_OP_ADDI, 0, 0, 0, 0);
        hb_rv_program p = build_and_free(a);
        hb_rv_run *run;
        hb_status st = run_both(&p, NULL, &run);
        const hb_rv_report *r = hb_rv_run_report(run);
        if (r->trap.reason != cases[k].reason)
            fail_msg("case %zu: %s", k, hb_rv_trap_text(r->trap.reason));
        if (st != HB_OK) {
            assert_int_equal(r->trap.pc, 0x78000004);
            assert_int_equal(r->trap.address, (uint64_t)(0x78000004 + cases[k].offset));
        }
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
    hb_rvasm *a = new_asm();
    hb_rvasm_op(a, HB_OP_ADDI, 1, 0, 0, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_EXECUTION_FAILED);
    assert_int_equal(hb_rv_run_report(run)->trap.reason, HB_TRAP_PC_OUTSIDE);
    assert_int_equal(hb_rv_run_report(run)->trap.pc, 0x78000004);
    assert_int_equal(hb_rv_run_report(run)->cycles, 1);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* .data, .rodata in text, the gap between segments, and .bss read as the file says; a load to x0 is still an access. */
static void initial_memory(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    hb_rvasm_bytes(a, "abcdefghij", 10);
    a->bss = 100;
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    hb_rvasm_op(a, HB_OP_LD, 4, 3, 0, 0);
    hb_rvasm_op(a, HB_OP_LD, 5, 3, 0, 8);
    hb_rvasm_op(a, HB_OP_LD, 0, 3, 0, 16);
    hb_rvasm_op(a, HB_OP_LD, 6, 3, 0, -8);
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    assert_int_equal(hb_rv_run_register(run, 4), UINT64_C(0x6867666564636261));
    assert_int_equal(hb_rv_run_register(run, 6), 0);
    assert_int_equal(hb_rv_run_report(run)->family_counts[HB_FAM_LD], 4);
    const hb_rv_record *r = hb_rv_run_record(run);
    const hb_rv_cell *c = r->cells.data;
    size_t beyond = 0;
    for (size_t i = 0; i < r->cells.count; i++)
        beyond += c[i].hi >= 512 && (uint64_t)c[i].lo * 8 >= p.img_hi;
    assert_int_equal(beyond, 1); /* the .bss word that only the load to x0 touched */
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_widths_and_offsets), cmocka_unit_test(addresses_wrap), cmocka_unit_test(rules_of_the_map),
        cmocka_unit_test(stack_guard),            cmocka_unit_test(memory_limit),   cmocka_unit_test(bad_jumps),
        cmocka_unit_test(bad_words),              cmocka_unit_test(static_targets), cmocka_unit_test(initial_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
