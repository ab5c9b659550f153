/* The record: slots and previous times of a small program field by field; bumps exactly where the distance asks for them; the checker refuses every change of a record. */
#include "rv/recorder.h"
#include "rv/rv_test_util.h"

static const void *event(const hb_rv_run *run, hb_rv_family f, size_t i)
{
    const hb_rv_events *e = &hb_rv_run_record(run)->family[f];
    assert_true(i < e->count);
    return (const uint8_t *)e->data + i * hb_rv_event_bytes(f);
}

static void fields_of_events(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t next = hb_rvasm_label(a);
    hb_rvasm_op(a, HB_OP_ADDI, 8, 0, 0, 5);             /* ts 4 */
    hb_rvasm_op(a, HB_OP_ADD, 8, 8, 8, 0);              /* ts 8: rs1 = rs2 = rd */
    hb_rvasm_op(a, HB_OP_LUI, 9, 0, 0, 0x10000);        /* ts 12 */
    hb_rvasm_op(a, HB_OP_SW, 0, 9, 8, 6);               /* ts 16: crosses a double word */
    hb_rvasm_op(a, HB_OP_LD, 0, 9, 0, 8);               /* ts 20: to x0 */
    hb_rvasm_branch(a, HB_OP_BLT, 9, 8, next);          /* ts 24: not taken */
    hb_rvasm_place(a, next);
    hb_rvasm_op(a, HB_OP_FENCE, 0, 0, 0, 0);            /* ts 28 */
    hb_rvasm_halt(a, 1);                                /* ts 32, 36: li; ts 40: ECALL */
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);

    const hb_rv_event_reg addi = {.insn = 0, .ts = 4, .rd = 5};
    assert_memory_equal(event(run, HB_FAM_ADDI, 0), &addi, sizeof addi);
    const hb_rv_event_reg add = {.insn = 1, .ts = 8, .rs1_ts = 6, .rs2_ts = 8, .rd_ts = 9, .rs1 = 5, .rs2 = 5, .rd_prev = 5, .rd = 10};
    assert_memory_equal(event(run, HB_FAM_ADD, 0), &add, sizeof add);
    const hb_rv_event_reg lui = {.insn = 2, .ts = 12, .rd = 0x10000};
    assert_memory_equal(event(run, HB_FAM_CONST, 0), &lui, sizeof lui);
    const hb_rv_event_mem sw = {.r = {.insn = 3, .ts = 16, .rs1_ts = 14, .rs2_ts = 10, .rs1 = 0x10000, .rs2 = 10}, .addr = 0x10006,
                                .mem_new = {UINT64_C(10) << 48, 0}};
    assert_memory_equal(event(run, HB_FAM_STORE2, 0), &sw, sizeof sw);
    const hb_rv_event_mem ld = {.r = {.insn = 4, .ts = 20, .rs1_ts = 16, .rs1 = 0x10000}, .addr = 0x10008, .mem_ts = {19}};
    assert_memory_equal(event(run, HB_FAM_LD, 0), &ld, sizeof ld);
    const hb_rv_event_reg blt = {.insn = 5, .ts = 24, .rs1_ts = 20, .rs2_ts = 17, .rs1 = 0x10000, .rs2 = 10, .next_pc = 0x1e000006};
    assert_memory_equal(event(run, HB_FAM_BLT, 0), &blt, sizeof blt);
    const hb_rv_event_reg fence = {.insn = 6, .ts = 28, .rd_ts = 22};
    assert_memory_equal(event(run, HB_FAM_CONST, 1), &fence, sizeof fence);
    const hb_rv_event_call halt = {.insn = 9, .ts = 40, .a0 = 1, .t0_ts = 38, .a0_ts = 34, .pv_index = 16, .pv_new = 1, .next_pc = HB_PC_HALT};
    assert_memory_equal(event(run, HB_FAM_CALL, 0), &halt, sizeof halt);

    const hb_rv_record *r = hb_rv_run_record(run);
    assert_int_equal(r->ts_end, 56);
    assert_int_equal(r->cycles, 10);
    assert_int_equal(r->pc_in, 0x1e000000);
    assert_int_equal(r->bumps.count, 0);
    /* 17 pv cells; x0, x5, x8, x9, x10, x11, sink; 0x10000 and 0x10008; five double words of image */
    static const uint32_t registers[] = {0, 5, 8, 9, 10, 11, 32};
    assert_int_equal(r->cells.count, 17 + 7 + 2 + 5);
    const hb_rv_cell *c = (const hb_rv_cell *)r->cells.data + 17;
    for (size_t k = 0; k < 7; k++)
        assert_true(c[k].hi == 0x100 && c[k].lo == registers[k]);
    const hb_rv_cell word = {.hi = 0x200, .lo = 0x2000, .v_fin = UINT64_C(10) << 48, .ts_last = 19, .type = HB_CELL_ZERO};
    assert_memory_equal(&c[7], &word, sizeof word);
    assert_true(c[9].hi == 0x200 && c[9].lo == 0x78000000 / 8 && c[9].type == HB_CELL_IMAGE && c[9].ts_last == 0 && c[9].v_init == p.image[0]);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* A word and its base register accessed again exactly `distance` instructions after SD; `last` is HB_OP_LD, or HB_OP_ADD to read only
 * the base register, as rs2. */
static hb_rv_program with_distance(uint32_t distance, hb_op last)
{
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a);
    hb_rvasm_li(a, 3, 0x70000000);
    hb_rvasm_li(a, 9, 7);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 0);
    /* distance - 1 instructions between the two accesses of the word: li (1 or 2), the loop, nops */
    uint32_t rounds = (distance - 8) / 2, before = rounds < 2048 ? 1 : rounds % 4096 ? 2 : 1;
    uint32_t nops = distance - 1 - before - 2 * rounds;
    hb_rvasm_li(a, 4, rounds);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_ADDI, 4, 4, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 4, 0, loop);
    for (uint32_t k = 0; k < nops; k++)
        hb_rvasm_op(a, HB_OP_ADDI, 5, 5, 0, 0);
    if (last == HB_OP_LD)
        hb_rvasm_op(a, HB_OP_LD, 10, 3, 0, 0);
    else
        hb_rvasm_op(a, HB_OP_ADD, 10, 0, 3, 0);
    hb_rvasm_halt(a, 0);
    return build_and_free(a);
}

static void bumps_bridge_gaps(void **state)
{
    (void)state;
    static const struct {
        uint32_t distance;
        unsigned word_bumps;
    } cases[] = {{1000, 0}, {65535, 0}, {65536, 0}, {65537, 1}, {65538, 1}, {200000, 1}, {2000000, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        hb_rv_program p = with_distance(cases[k].distance, HB_OP_LD);
        hb_rv_run *run;
        assert_int_equal(run_both(&p, NULL, &run), HB_OK);
        const hb_rv_event_mem *sd = event(run, HB_FAM_SD, 0), *ld = event(run, HB_FAM_LD, 0);
        assert_int_equal(ld->r.ts - sd->r.ts, 4 * cases[k].distance);
        assert_int_equal(ld->mem_prev[0], 7);
        const hb_rv_record *r = hb_rv_run_record(run);
        const hb_rv_event_bump *b = r->bumps.data;
        unsigned words = 0, registers = 0;
        for (size_t i = 0; i < r->bumps.count; i++) {
            words += b[i].hi >= 512;
            registers += b[i].hi == 256;
            if (b[i].hi >= 512) {
                const hb_rv_event_bump want = {.hi = 512, .lo = 0x70000000 / 8, .value = 7, .ts_prev = sd->r.ts + 3, .ts_new = ld->r.ts + 2};
                assert_memory_equal(&b[i], &want, sizeof want);
            }
        }
        assert_int_equal(words, cases[k].word_bumps);
        assert_int_equal(ld->mem_ts[0], words ? ld->r.ts + 2 : sd->r.ts + 3);
        /* x3: read by SD in slot 0 and by LD in slot 0, 4 * distance apart: bumped when the word is */
        assert_int_equal(ld->r.rs1_ts, words ? ld->r.ts - 1 : sd->r.ts);
        assert_true(registers >= words);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
}

/* From slot 0 of one instruction to slot 1 of another: one more than the greatest distance needs a bump, three less than it does not. */
static void bumps_count_slots(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 2; k++) {
        hb_rv_program p = with_distance(65535 + k, HB_OP_ADD);
        hb_rv_run *run;
        assert_int_equal(run_both(&p, NULL, &run), HB_OK);
        const hb_rv_event_mem *sd = event(run, HB_FAM_SD, 0);
        const hb_rv_event_reg *add = event(run, HB_FAM_ADD, 0);
        assert_int_equal(add->ts + 1 - sd->r.ts, k ? HB_RV_MAX_GAP + 1 : HB_RV_MAX_GAP - 3);
        assert_int_equal(add->rs2_ts, k ? add->ts : sd->r.ts);
        hb_rv_run_free(run);
        hb_rv_program_free(&p);
    }
}

/* A public-value cell and the registers of calls after a long time. */
static void bumps_of_calls(void **state)
{
    (void)state;
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a);
    for (int k = 0; k < 2; k++) {
        hb_rvasm_li(a, 10, 3);
        hb_rvasm_li(a, 5, 0x10);
        hb_rvasm_op(a, HB_OP_ECALL, 0, 0, 0, 0);
        if (k)
            break;
        hb_rvasm_li(a, 4, 100000);
        hb_rvasm_place(a, loop);
        hb_rvasm_op(a, HB_OP_ADDI, 4, 4, 0, -1);
        hb_rvasm_branch(a, HB_OP_BNE, 4, 0, loop);
    }
    hb_rvasm_halt(a, 0);
    hb_rv_program p = build_and_free(a);
    hb_rv_run *run;
    assert_int_equal(run_both(&p, NULL, &run), HB_OK);
    const hb_rv_record *r = hb_rv_run_record(run);
    const hb_rv_event_call *c = r->family[HB_FAM_CALL].data;
    assert_int_equal(c[1].pv_ts, c[1].ts + 7);
    assert_int_equal(c[1].a1_ts, c[1].ts - 1);
    const hb_rv_event_bump *b = r->bumps.data;
    unsigned pv = 0;
    for (size_t i = 0; i < r->bumps.count; i++)
        pv += b[i].hi == 0 && b[i].lo == 3;
    assert_int_equal(pv, 1);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* Some of everything, with input words, an image, all kinds of calls, and (many rounds) bumps. */
static hb_rv_program varied_program(uint32_t rounds)
{
    hb_rvasm *a = new_asm();
    uint32_t loop = hb_rvasm_label(a), over = hb_rvasm_label(a), on = hb_rvasm_label(a);
    a->bss = 64; /* no bytes from the file: keeps the image, and so the list of cells, short */
    hb_rvasm_li(a, 3, HB_RVASM_TEXT);
    hb_rvasm_op(a, HB_OP_LD, 8, 3, 0, 8);
    hb_rvasm_li(a, 3, HB_RVASM_DATA);
    hb_rvasm_op(a, HB_OP_LW, 8, 3, 0, 3);
    hb_rvasm_op(a, HB_OP_LHU, 9, 3, 0, 7);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 9, 8);
    hb_rvasm_op(a, HB_OP_SB, 0, 3, 9, 1);
    hb_rvasm_op(a, HB_OP_SD, 0, 3, 8, 13);
    hb_rvasm_li(a, 4, rounds);
    hb_rvasm_place(a, loop);
    hb_rvasm_op(a, HB_OP_ADDI, 4, 4, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 4, 0, loop);
    hb_rvasm_op(a, HB_OP_LD, 10, 3, 0, 8);
    hb_rvasm_jal(a, 1, over);
    hb_rvasm_place(a, over);
    hb_rvasm_op(a, HB_OP_JALR, 0, 1, 0, 4);
    hb_rvasm_op(a, HB_OP_MUL, 12, 10, 10, 0);
    hb_rvasm_op(a, HB_OP_DIVU, 13, 12, 9, 0);
    hb_rvasm_op(a, HB_OP_XOR, 13, 13, 0, 0);
    hb_rvasm_op(a, HB_OP_ADD, 14, 12, 13, 0);
    hb_rvasm_op(a, HB_OP_SUB, 14, 13, 9, 0);
    hb_rvasm_op(a, HB_OP_ADDW, 14, 14, 14, 0);
    hb_rvasm_op(a, HB_OP_SLL, 14, 14, 9, 0);
    hb_rvasm_op(a, HB_OP_SLT, 15, 14, 9, 0);
    hb_rvasm_branch(a, HB_OP_BGEU, 14, 14, on);
    hb_rvasm_place(a, on);
    hb_rvasm_call(a, 0xf0);
    hb_rvasm_op(a, HB_OP_ADDI, 11, 5, 0, 0);
    hb_rvasm_li(a, 10, HB_RV_INPUT_LO);
    hb_rvasm_call(a, 0xf1);
    hb_rvasm_op(a, HB_OP_LW, 16, 10, 0, 0);
    hb_rvasm_op(a, HB_OP_LD, 16, 10, 0, 8); /* an input word that nobody reads could be anywhere */
    hb_rvasm_li(a, 10, 1);
    hb_rvasm_li(a, 11, 0xabcdef);
    hb_rvasm_call(a, 0x10);
    hb_rvasm_call(a, 0x1a);
    hb_rvasm_halt(a, 17);
    return build_and_free(a);
}

/* Flips one bit of one 32-bit word at a time of the n elements at `data` (the first, the last, and some between): each must be noticed. */
static void every_word_matters(const hb_rv_program *p, hb_rv_run *run, hb_rv_events *e, size_t bytes, const char *name)
{
    const hb_rv_record *r = hb_rv_run_record(run);
    size_t step = e->count > 12 ? e->count / 6 : 1;
    for (size_t i = 0; i < e->count; i += (i + step >= e->count && i != e->count - 1) ? e->count - 1 - i : step)
        for (size_t w = 0; w < bytes / 4; w++) {
            uint32_t *word = (uint32_t *)(void *)((uint8_t *)e->data + i * bytes + 4 * w), old = *word;
            uint32_t bit = UINT32_C(1) << ((i * 7 + w * 11) % 20);
            *word ^= bit;
            if (hb_rv_record_check(p, r, NULL) == HB_OK)
                fail_msg("%s %zu: a change of word %zu (bit 0x%x) is not noticed", name, i, w, bit);
            *word = old;
        }
}

static hb_rv_run *run_varied(const hb_rv_program *p)
{
    const hb_rv_span input = {(const uint8_t *)"sixteen bytes!!!", 16};
    hb_rv_run *run;
    assert_int_equal(run_both(p, &(hb_rv_exec_options){.inputs = &input, .n_inputs = 1}, &run), HB_OK);
    return run;
}

static void checker_notices_every_change(void **state)
{
    (void)state;
    hb_rv_program p = varied_program(2);
    hb_rv_run *run = run_varied(&p);
    hb_rv_record *r = hb_rv_run_record_mutable(run);
    for (int f = 0; f < HB_FAM_COUNT; f++) {
        char name[16] = {'f', (char)('A' + f)};
        assert_true(r->family[f].count > 0);
        every_word_matters(&p, run, &r->family[f], hb_rv_event_bytes((hb_rv_family)f), name);
    }
    every_word_matters(&p, run, &r->cells, sizeof(hb_rv_cell), "cell");
    /* things missing, and wrong ends */
    hb_rv_events *lists[] = {&r->family[HB_FAM_ADDI], &r->family[HB_FAM_CALL], &r->cells};
    for (size_t k = 0; k < 3; k++) {
        lists[k]->count--;
        assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_INVALID_ARGUMENT);
        lists[k]->count++;
    }
    uint32_t *ends[] = {&r->pc_in, &r->pc_out, &r->ts_end};
    for (size_t k = 0; k < 3; k++) {
        *ends[k] ^= 4;
        assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_INVALID_ARGUMENT);
        *ends[k] ^= 4;
    }
    r->cycles++;
    assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_INVALID_ARGUMENT);
    r->cycles--;
    assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_OK);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

static void checker_notices_changed_bumps(void **state)
{
    (void)state;
    hb_rv_program p = varied_program(33000);
    hb_rv_run *run = run_varied(&p);
    hb_rv_record *r = hb_rv_run_record_mutable(run);
    assert_true(r->bumps.count >= 3);
    hb_rv_event_bump *b = r->bumps.data;
    for (size_t w = 0; w < sizeof *b / 4; w++) {
        ((uint32_t *)(void *)b)[w] ^= 1;
        assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_INVALID_ARGUMENT);
        ((uint32_t *)(void *)b)[w] ^= 1;
    }
    r->bumps.count--;
    assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_INVALID_ARGUMENT);
    r->bumps.count++;
    assert_int_equal(hb_rv_record_check(&p, r, NULL), HB_OK);
    hb_rv_run_free(run);
    hb_rv_program_free(&p);
}

/* The room for events may be given or not, and too small a guess grows. */
static void room_for_events(void **state)
{
    (void)state;
    hb_rv_program p = with_distance(50000, HB_OP_LD);
    static const uint64_t none[HB_FAM_COUNT] = {0};
    const uint64_t *guesses[] = {NULL, none};
    for (int k = 0; k < 2; k++) {
        hb_rv_run *run;
        hb_error err = {0};
        assert_int_equal(hb_rv_exec(&p, &(hb_rv_exec_options){.record = true, .expected_events = guesses[k]}, &run, &err), HB_OK);
        if (hb_rv_record_check(&p, hb_rv_run_record(run), &err) != HB_OK)
            fail_msg("%s", err.message);
        hb_rv_run_free(run);
    }
    hb_rv_program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_events), cmocka_unit_test(bumps_bridge_gaps),            cmocka_unit_test(bumps_of_calls),
        cmocka_unit_test(bumps_count_slots),
        cmocka_unit_test(room_for_events),  cmocka_unit_test(checker_notices_every_change),
        cmocka_unit_test(checker_notices_changed_bumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
