#include "chips/forge.h"

#include "chips/chips_programs.h"
#include "chips/forge_hand.h"
#include "chips/forge_oracle.h"

static chips_trace *trace;
static forge_set covered[HB_CHIP_COUNT], needed[HB_CHIP_COUNT];
static uint32_t rows_per_chip = 12, max_depth = 3, start_budget = 60, base_budget = 400;
static const char *only;

static int make_trace(void **state)
{
    (void)state;
    hb_rvasm *a = chips_asm();
    hb_rv_exec_options o = chips_options();
    chips_emit_reg_ops(a, 1, HB_OP_COUNT - 1, 5);
    chips_emit_imm_ops(a);
    chips_emit_shift_amounts(a);
    chips_emit_control(a);
    chips_emit_memory(a);
    hb_rvasm_li(a, 10, 1);
    hb_rvasm_li(a, 11, 5);
    hb_rvasm_call(a, 0x10);
    chips_emit_long_loop(a, 140000);
    chips_emit_calls(a);
    hb_rvasm_li(a, 31, HB_RVASM_TEXT); /* text that is read as data: rows of INITFIN with text */
    for (unsigned i = 0; i < 4; i++)
        hb_rvasm_op(a, HB_OP_LD, 30, 31, 0, 8 * i);
    hb_rvasm_halt(a, 7);
    trace = chips_trace_of(a, &o);
    only = getenv("HB_CHIP");
    if (getenv("HB_ROWS"))
        rows_per_chip = (uint32_t)atoi(getenv("HB_ROWS"));
    if (getenv("HB_DEPTH"))
        max_depth = (uint32_t)atoi(getenv("HB_DEPTH"));
    if (getenv("HB_BUDGET"))
        start_budget = (uint32_t)atoi(getenv("HB_BUDGET")), base_budget = 6 * start_budget;
    return 0;
}

static int free_trace(void **state)
{
    (void)state;
    chips_trace_free(trace);
    return 0;
}

/* Shards have BOUNDARY and INITFIN_GLOBAL, a whole run has not; tests/soundness/run_rows_full_test.c forges those. */
static bool plays(uint32_t chip)
{
    const bool in_shards = chip == HB_CHIP_BOUNDARY || chip == HB_CHIP_INITFIN_GLOBAL;
    assert_true(in_shards == (trace->tables[chip].n_rows == 0));
    return !in_shards && (!only || strcmp(only, hb_chips[chip]->name) == 0);
}

/* Rows of a chip: about n, evenly spaced, the last included. */
static uint32_t sample(uint32_t chip, uint32_t i, uint32_t n)
{
    uint32_t rows = trace->tables[chip].n_rows;
    return n <= 1 ? 0 : (uint32_t)((uint64_t)i * (rows - 1) / (n - 1));
}

static uint64_t successes, accepted;

static void begin(forge_search *s, uint32_t chip, uint32_t row)
{
    forge_search_begin(s, trace, chip, row, &covered[chip], &needed[chip]);
    s->is_lie = forge_is_lie;
}

static void end(forge_search *s)
{
    successes += s->successes;
    accepted += s->accepted;
    forge_search_end(s);
}

/* Edits of cells, repaired. */
static void edits(void **state)
{
    (void)state;
    successes = accepted = 0;
    for (uint32_t c = HB_CHIP_INITFIN; c < HB_CHIP_COUNT; c++)
        for (uint32_t i = 0; i < rows_per_chip && plays(c); i++) {
            forge_search s;
            begin(&s, c, sample(c, i, rows_per_chip));
            forge_search_row(&s, max_depth, start_budget);
            end(&s);
        }
    print_message("%lu rows accepted, all true but %lu\n", (unsigned long)accepted, (unsigned long)successes);
    assert_int_equal(successes, 0);
}

/* Is column j a limb (or byte) that a consumed MEM token holds, or its time? 0 no, 1 value, 2 time */
static int input_kind(const forge_search *s, uint32_t j)
{
    const hb_air *air = s->f.air;
    for (uint32_t i = 0; i < air->n_uses; i++) {
        const hb_air_use *u = &air->uses[i];
        if (u->kind != HB_AIR_CONSUME || u->bus != HB_BUS_MEM)
            continue;
        for (uint32_t w = 2; w < 7; w++) {
            bool reads[FORGE_CELLS];
            hb_expr e = hb_air_use_word(air, u, w);
            forge_support(air, &e, 1, reads);
            if (reads[j] && air->nodes[e].degree == 1)
                return w == 6 ? 2 : 1;
        }
    }
    return 0;
}

/* Other inputs: one value limb or time of the row is something else, and the row is repaired. */
static void other_inputs(void **state)
{
    (void)state;
    successes = accepted = 0;
    static const uint32_t limbs[] = {0, 1, 65535, 32768, 65280, 7}, bytes[] = {0, 1, 255, 128}, add[] = {1, 2, 3, 4, 5, 6, 7};
    for (uint32_t c = HB_CHIP_ADDI; c < HB_CHIP_COUNT; c++)
        for (uint32_t i = 0; i < rows_per_chip && plays(c); i++)
            for (uint32_t j = 0; j < trace->air[c].width; j++) {
                forge_search s;
                begin(&s, c, sample(c, i, rows_per_chip));
                int kind = input_kind(&s, j);
                bool byte = hb_f_to_u32(s.f.honest[j]) < 256 && (c == HB_CHIP_LOGIC || c == HB_CHIP_MUL || c == HB_CHIP_DIV || c == HB_CHIP_LOAD2 || c == HB_CHIP_STORE2);
                for (uint32_t e = 0; e < 15 && kind; e++) {
                    hb_f old = s.f.honest[j], ts = s.f.honest[COL_TS], v;
                    if (kind == 2)
                        v = hb_f_add(ts, forge_int(e == 0 ? 5 : e == 1 ? 20 : -(1 << 18) - 5));
                    else if (e < 7)
                        v = hb_f_add(old, hb_f_from_u32(add[e]));
                    else if (e < 13)
                        v = byte ? hb_f_from_u32(bytes[e & 3]) : hb_f_from_u32(limbs[e - 7]);
                    else
                        v = hb_f_from_u32(hb_test_u32(&s.rng) & (byte ? 255 : 65535));
                    if (kind == 1 && hb_f_to_u32(v) > (byte ? 255u : 65535u))
                        continue;
                    if (kind == 2 && e > 2)
                        break;
                    s.f.cells[j] = v;
                    forge_rebase(&s.f);
                    forge_search_pin(&s);
                    forge_search_base(&s, max_depth + 2, base_budget);
                    s.f.cells[j] = old;
                    forge_rebase(&s.f);
                }
                end(&s);
            }
    print_message("%lu rows accepted, all true but %lu\n", (unsigned long)accepted, (unsigned long)successes);
    assert_int_equal(successes, 0);
}

/* Columns that the PROG tuple's op reads. */
static uint32_t op_flags(const hb_air *air, uint32_t flags[FORGE_CELLS])
{
    uint32_t n = 0;
    bool reads[FORGE_CELLS];
    if (air == &trace->air[HB_CHIP_CALL]) /* its number stands in the token of t0 */
        for (uint32_t j = CALL_WRITE; j <= CALL_HINT_READ; j++)
            flags[n++] = j;
    for (uint32_t i = 0; i < air->n_uses; i++)
        if (air->uses[i].kind == HB_AIR_LOOKUP && air->uses[i].bus == HB_BUS_PROG) {
            hb_expr e = hb_air_use_word(air, &air->uses[i], 1);
            forge_support(air, &e, 1, reads);
            for (uint32_t j = 0; j < air->width; j++)
                if (reads[j])
                    flags[n++] = j;
        }
    return n;
}

static uint32_t random_insn(hb_test_rng *rng, uint32_t op)
{
    const hb_rv_program *p = &trace->program;
    uint32_t at = hb_test_u32(rng) % p->n_insns;
    for (uint32_t k = 0; k < p->n_insns; k++)
        if (p->insns[(at + k) % p->n_insns].op == op)
            return (at + k) % p->n_insns;
    return UINT32_MAX;
}

static uint32_t op_value(forge_row *f)
{
    forge_evaluate(f, f->cells, f->values);
    for (uint32_t i = 0; i < f->air->n_uses; i++)
        if (f->air->uses[i].kind == HB_AIR_LOOKUP && f->air->uses[i].bus == HB_BUS_PROG)
            return forge_word(f, &f->air->uses[i], 1);
    return 0;
}

/* Every combination of flags that adds up to some instruction's number, and instructions of other chips with flags left to repairs. */
static void other_instructions(void **state)
{
    (void)state;
    successes = accepted = 0;
    for (uint32_t c = HB_CHIP_ADDI; c < HB_CHIP_COUNT; c++)
        for (uint32_t i = 0; i < rows_per_chip && plays(c); i++) {
            uint32_t flags[FORGE_CELLS], n = op_flags(&trace->air[c], flags);
            for (uint32_t k = 0; k < 1u << n; k++) {
                forge_search s;
                begin(&s, c, sample(c, i, rows_per_chip));
                for (uint32_t j = 0; j < n; j++)
                    s.f.cells[flags[j]] = k >> j & 1 ? HB_F_ONE : 0;
                uint32_t op = op_value(&s.f), insn = op < HB_OP_COUNT ? random_insn(&s.rng, op) : UINT32_MAX;
                if (insn != UINT32_MAX) {
                    forge_retarget(&s.f, insn);
                    forge_search_pin(&s);
                    for (uint32_t j = 0; j < n; j++)
                        s.touched[flags[j]] = true;
                    forge_search_base(&s, max_depth + 3, base_budget);
                }
                end(&s);
            }
            for (uint32_t k = 0; k < 20; k++) {
                forge_search s;
                begin(&s, c, sample(c, i, rows_per_chip));
                s.rng.state += k;
                forge_retarget(&s.f, hb_test_u32(&s.rng) % trace->program.n_insns);
                forge_search_pin(&s);
                forge_search_base(&s, max_depth + 3, base_budget);
                end(&s);
            }
        }
    print_message("%lu rows accepted, all true but %lu\n", (unsigned long)accepted, (unsigned long)successes);
    assert_int_equal(successes, 0);
}

/* One random start aimed at an item: other inputs, another instruction with any flags, an edit of what the item reads. */
static void aim(forge_search *s, uint32_t item, const uint32_t *flags, uint32_t n_flags, const int *kind)
{
    forge_row *f = &s->f;
    for (uint32_t k = hb_test_u32(&s->rng) % 4; k; k--) {
        uint32_t j = hb_test_u32(&s->rng) % f->columns, old = hb_f_to_u32(f->cells[j]);
        static const uint32_t some[] = {0, 1, 255, 256, 128, 7, 8, 32, 65535, 32768, 65280, 0x7800};
        uint32_t r = hb_test_u32(&s->rng), v = r % 3 == 0 ? some[r / 3 % 12] : r % 3 == 1 ? old + r / 3 % 8 : r / 3 % 65536;
        if (kind[j] == 1 && v < 65536)
            f->cells[j] = hb_f_from_u32(v);
    }
    forge_rebase(f);
    if (f->chip >= HB_CHIP_ADDI && hb_test_u32(&s->rng) % 3 == 0) {
        for (uint32_t j = 0; j < n_flags; j++)
            f->cells[flags[j]] = hb_test_u32(&s->rng) % 2 ? HB_F_ONE : 0;
        if (hb_test_u32(&s->rng) % 3 == 0 && n_flags)
            f->cells[flags[hb_test_u32(&s->rng) % n_flags]] = forge_int((int)(hb_test_u32(&s->rng) % 9) - 4);
        uint32_t op = op_value(f), insn = op < HB_OP_COUNT ? random_insn(&s->rng, op) : UINT32_MAX;
        if (insn == UINT32_MAX)
            insn = hb_test_u32(&s->rng) % trace->program.n_insns;
        forge_retarget(f, insn);
        for (uint32_t j = 0; j < n_flags; j++)
            s->touched[flags[j]] = hb_test_u32(&s->rng) % 4 != 0;
    }
    forge_search_pin(s);
    for (uint32_t k = hb_test_u32(&s->rng) % 3; k; k--) {
        uint32_t j = hb_test_u32(&s->rng) % f->columns;
        for (uint32_t tries = 0; !forge_reads(s, item)[j] && tries < 200; tries++)
            j = hb_test_u32(&s->rng) % f->columns;
        f->cells[j] = forge_edit(f->cells[j], hb_test_u32(&s->rng) % FORGE_EDITS);
        s->touched[j] = true;
    }
    s->ignored = item;
    forge_search_base(s, 6, 150);
}

static bool is_interesting(const hb_air *air, uint32_t item)
{
    if (item < air->n_constraints)
        return true;
    const hb_air_use *u = &air->uses[item - air->n_constraints];
    return u->kind == HB_AIR_LOOKUP || (u->kind == HB_AIR_CONSUME && u->bus != HB_BUS_STATE);
}

static void aimed(void **state)
{
    (void)state;
    uint32_t trials = getenv("HB_TRIALS") ? (uint32_t)atoi(getenv("HB_TRIALS")) : 2000;
    successes = accepted = 0;
    for (uint32_t c = HB_CHIP_INITFIN; c < HB_CHIP_COUNT; c++) {
        const hb_air *air = &trace->air[c];
        uint32_t flags[FORGE_CELLS], n_flags = op_flags(air, flags);
        if (!plays(c))
            continue;
        for (uint32_t item = 0; item < air->n_constraints + air->n_uses; item++) {
            hb_test_rng rng = {c * 1000 + item};
            int kind[FORGE_CELLS];
            for (uint32_t t = 0; t < trials && is_interesting(air, item) && !forge_has(&needed[c], item); t++) {
                forge_search s;
                begin(&s, c, hb_test_u32(&rng) % trace->tables[c].n_rows);
                for (uint32_t j = 0; j < s.f.columns && t == 0; j++)
                    kind[j] = input_kind(&s, j);
                s.rng = (hb_test_rng){hb_test_u64(&rng)};
                aim(&s, item, flags, n_flags, kind);
                end(&s);
            }
        }
    }
    print_message("%lu rows accepted, all true but %lu\n", (unsigned long)accepted, (unsigned long)successes);
    assert_int_equal(successes, 0);
}

static uint32_t item_of(const hb_air *air, const char *name)
{
    for (uint32_t k = 0; k < air->n_constraints; k++)
        if (strcmp(air->constraints[k].label, name) == 0)
            return k;
    const char *number = strchr(name, '#');
    if (!number)
        fail_msg("no rule \"%s\"", name);
    return air->n_constraints + (uint32_t)atoi(number + 1);
}

static bool row_has_op(uint32_t chip, uint32_t row, uint32_t op)
{
    if (!op)
        return true;
    uint32_t pc = hb_f_to_u32(trace->tables[chip].cols[COL_PC][row]);
    return trace->program.insns[hb_rv_program_find(&trace->program, pc)].op == op;
}

/* Finds out on which of the first rows that fit the forgery works. */
static bool hand_works(const forge_hand *h)
{
    const hb_air *air = &trace->air[h->chip];
    uint32_t item = item_of(air, h->item), tried = 0;
    for (uint32_t row = 0; row < trace->tables[h->chip].n_rows && tried < 60 && !forge_has(&needed[h->chip], item); row++) {
        forge_search s;
        if (!row_has_op(h->chip, row, h->op))
            continue;
        tried++;
        begin(&s, h->chip, row);
        if (h->base)
            h->base(&s.f);
        forge_rebase(&s.f);
        h->edit(&s);
        forge_search_pin(&s);
        s.ignored = item;
        if (getenv("HB_SHOW") && tried == 1) {
            char name[64];
            forge_set bad = forge_judge(&s.f, false);
            print_message("%s %s:", hb_chips[h->chip]->name, h->item);
            for (uint32_t k = 0; k < FORGE_ITEMS; k++)
                if (forge_has(&bad, k))
                    print_message(" [%s]", forge_item_name(air, k, name));
            print_message("\n");
        }
        forge_search_base(&s, 8, 3000);
        end(&s);
    }
    return forge_has(&covered[h->chip], item);
}

static void by_hand(void **state)
{
    (void)state;
    uint32_t failed = 0;
    successes = accepted = 0;
    memset(covered, 0, sizeof covered);
    memset(needed, 0, sizeof needed);
    for (uint32_t i = 0; i < sizeof forge_hands / sizeof *forge_hands; i++) {
        const forge_hand *h = &forge_hands[i];
        if (only && strcmp(only, hb_chips[h->chip]->name) != 0)
            continue;
        bool works = hand_works(h), lie = forge_has(&needed[h->chip], item_of(&trace->air[h->chip], h->item));
        if (!works || !lie)
            print_message("%s %s: %s\n", hb_chips[h->chip]->name, h->item, works ? "no lie" : "does not work");
        failed += !works;
    }
    assert_int_equal(successes, 0);
    assert_int_equal(failed, 0);
}

static void report(void **state)
{
    (void)state;
    for (uint32_t c = HB_CHIP_INITFIN; c < HB_CHIP_COUNT; c++) {
        const hb_air *air = &trace->air[c];
        char name[64];
        if (!plays(c))
            continue;
        print_message("%s: uncovered:", hb_chips[c]->name);
        for (uint32_t k = 0; k < air->n_constraints + air->n_uses; k++)
            if (!forge_has(&covered[c], k) && is_interesting(air, k))
                print_message(" [%s]", forge_item_name(air, k, name));
        print_message("\n%s: covered, no lie:", hb_chips[c]->name);
        for (uint32_t k = 0; k < air->n_constraints + air->n_uses; k++)
            if (forge_has(&covered[c], k) && !forge_has(&needed[c], k))
                print_message(" [%s]", forge_item_name(air, k, name));
        print_message("\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),
        cmocka_unit_test(edits), cmocka_unit_test(other_inputs), cmocka_unit_test(other_instructions), cmocka_unit_test(aimed), cmocka_unit_test(report)};
    return cmocka_run_group_tests(tests, make_trace, free_trace);
}
