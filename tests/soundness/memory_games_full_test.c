/* Games with the table of first and last values, and with the re-stamping of old cells (attacks.md B1, B2; machine.md 2, 4, 5): records of a run that a cheating
 * prover has changed, filled into the tables by the honest fillers, so that all differences and carries are as good as they can be. */
#include "tests/soundness/row_games.h"

#include <stdlib.h>

#include "chips/route.h"

static proof_case the_case;

static int make(void **state)
{
    (void)state;
    proof_case_make(&the_case, 1, 0);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    proof_case_free(&the_case);
    return 0;
}

/* A copy of the case's record whose cells may be changed; room for two more than copy_cells makes. */
typedef struct forged_cells {
    hb_rv_record record;
    hb_rv_cell *cells;
    size_t n;
} forged_cells;

static void insert(forged_cells *f, size_t at, hb_rv_cell cell)
{
    memmove(f->cells + at + 1, f->cells + at, (f->n - at) * sizeof *f->cells);
    f->cells[at] = cell;
    f->n++;
}

/* With one row that nobody needs, of a double word of text that is not read as data: it keeps what it has. */
static forged_cells copy_cells(void)
{
    const hb_rv_program *program = the_case.key.program;
    const hb_rv_cell unread = {512, (uint32_t)(program->img_lo / 8), program->image[0], program->image[0], 0, HB_CELL_IMAGE};
    forged_cells f = {.record = *hb_rv_run_record(the_case.run)};
    f.n = f.record.cells.count;
    f.cells = malloc((f.n + 3) * sizeof *f.cells);
    memcpy(f.cells, f.record.cells.data, f.n * sizeof *f.cells);
    f.record.cells.data = f.cells;
    size_t at = HB_PUBLIC_WORDS;
    while (at < f.n && (f.cells[at].hi < unread.hi || (f.cells[at].hi == unread.hi && f.cells[at].lo < unread.lo)))
        at++;
    if (at == f.n || f.cells[at].hi != unread.hi || f.cells[at].lo != unread.lo)
        insert(&f, at, unread);
    f.record.cells.count = f.n;
    return f;
}

/* The table of the forged record in place of the honest one, and the statement that goes with it. */
static void fill_again(void *ctx, hb_machine_proof *p)
{
    const forged_cells *f = ctx;
    const hb_rv_cell *last = &f->cells[f->n - 1];
    p->statement.heights[HB_CHIP_INITFIN] = (uint32_t)f->n;
    p->statement.exit_code = (uint32_t)f->cells[16].v_fin;
    p->statement.chain_hi = last->hi;
    p->statement.chain_lo = last->lo;
    assert_true(forgery_relayout(p));
    const hb_chip_run run = {.program = p->key->program, .record = &f->record}; /* INITFIN's filler needs no more */
    hb_chip_fillers[HB_CHIP_INITFIN]->fill(&run, 0, f->n, forgery_table(p, HB_CHIP_INITFIN)->cols);
}

static void lost(forged_cells *f, const char *what)
{
    f->record.cells.count = f->n;
    const game g = {.c = &the_case, .edit = fill_again, .ctx = f};
    game_lost(&g, what);
    free(f->cells);
}

/* The honest table filled again is what it was. */
static void the_same_cells(void **state)
{
    (void)state;
    forged_cells f = copy_cells();
    const game g = {.c = &the_case, .edit = fill_again, .ctx = &f};
    game_harmless(&g, "the same cells");
    free(f.cells);
}

static void take_away(forged_cells *f, size_t at)
{
    f->n--;
    memmove(f->cells + at, f->cells + at + 1, (f->n - at) * sizeof *f->cells);
}

/* The i-th cell of this kind from the end: registers (hi 256), RAM, the image, touched or not. */
typedef enum place { REGISTER, STACK_OR_HEAP, IMAGE_TOUCHED, IMAGE_UNTOUCHED, INPUT } place;
static size_t find(const forged_cells *f, place where)
{
    for (size_t i = f->n; i-- > HB_PUBLIC_WORDS;) {
        const hb_rv_cell *c = &f->cells[i];
        const bool image = c->type == HB_CELL_IMAGE;
        if (where == REGISTER ? c->hi == 256 && c->ts_last : where == STACK_OR_HEAP ? c->hi >= 512 && c->type == HB_CELL_ZERO && c->ts_last :
            where == IMAGE_TOUCHED ? image && c->ts_last : where == IMAGE_UNTOUCHED ? image && !c->ts_last : c->type == HB_CELL_INPUT)
            return i;
    }
    fail_msg("no cell of kind %d", (int)where);
    return 0;
}

static void missing_cells(void **state)
{
    (void)state;
    static const place places[] = {REGISTER, STACK_OR_HEAP, IMAGE_TOUCHED, INPUT};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        forged_cells f = copy_cells();
        take_away(&f, find(&f, places[k]));
        lost(&f, "a touched cell without a row");
    }
    forged_cells f = copy_cells();
    take_away(&f, 3);
    lost(&f, "a public cell without a row");
}

/* Twice the same key: the same value, or one that a later access would rather find. */
static void repeated_cells(void **state)
{
    (void)state;
    static const place places[] = {REGISTER, STACK_OR_HEAP, IMAGE_TOUCHED, IMAGE_UNTOUCHED, INPUT};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++)
        for (int other = 0; other < 2; other++) {
            forged_cells f = copy_cells();
            const size_t at = find(&f, places[k]);
            hb_rv_cell twin = f.cells[at];
            twin.ts_last = 0;
            twin.v_fin = twin.v_init = other ? twin.v_init : twin.v_fin;
            insert(&f, at + 1, twin);
            lost(&f, "a cell with two rows");
        }
    forged_cells f = copy_cells();
    insert(&f, f.n, f.cells[find(&f, REGISTER)]); /* at the end of the table */
    lost(&f, "a register again behind all others");
    f = copy_cells();
    insert(&f, HB_PUBLIC_WORDS, f.cells[16]);
    lost(&f, "the exit code's cell again");
}

static void cells_in_another_order(void **state)
{
    (void)state;
    forged_cells f = copy_cells();
    for (size_t i = HB_PUBLIC_WORDS, j = f.n - 1; i < j; i++, j--) {
        const hb_rv_cell t = f.cells[i];
        f.cells[i] = f.cells[j], f.cells[j] = t;
    }
    lost(&f, "the table in reverse");
    f = copy_cells();
    const size_t at = find(&f, REGISTER);
    const hb_rv_cell t = f.cells[at];
    f.cells[at] = f.cells[at - 1], f.cells[at - 1] = t;
    lost(&f, "two cells that change places");
}

/* Registers and memory start at 0, the image as in the key; only input is free. */
static void other_first_values(void **state)
{
    (void)state;
    static const place places[] = {REGISTER, STACK_OR_HEAP, IMAGE_TOUCHED, IMAGE_UNTOUCHED};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++)
        for (unsigned bit = 0; bit < 64; bit += 21) {
            forged_cells f = copy_cells();
            hb_rv_cell *c = &f.cells[find(&f, places[k])];
            c->v_init ^= UINT64_C(1) << bit;
            c->v_fin ^= c->ts_last ? 0 : UINT64_C(1) << bit;
            lost(&f, "a cell with another first value");
        }
}

/* An untouched cell is its own affair: with any first value it would be accepted, but for the class that its address forces on it. */
static void cells_of_another_class(void **state)
{
    (void)state;
    static const hb_rv_cell strangers[] = {
        {512, 1, 5, 5, 0, HB_CELL_INPUT},                       /* below the map's first address */
        {512, 1, 0, 0, 0, HB_CELL_ZERO},
        {512, (UINT32_C(1) << 29) - 1, 5, 5, 0, HB_CELL_INPUT}, /* RAM that says it is input */
        {539, 77, 5, 5, 0, HB_CELL_INPUT},
        {544, 0, 5, 5, 0, HB_CELL_INPUT},                       /* above the map */
        {544, 0, 0, 0, 0, HB_CELL_ZERO},
        {65535, 9, 0, 0, 0, HB_CELL_ZERO},
        {512, UINT32_C(1) << 29, 0, 0, 0, HB_CELL_ZERO},        /* lo does not fit: 2^32 in two ways */
    };
    for (size_t k = 0; k < sizeof strangers / sizeof *strangers; k++) {
        forged_cells f = copy_cells();
        size_t at = HB_PUBLIC_WORDS;
        while (at < f.n && (f.cells[at].hi < strangers[k].hi || (f.cells[at].hi == strangers[k].hi && f.cells[at].lo < strangers[k].lo)))
            at++;
        insert(&f, at, strangers[k]);
        lost(&f, "a cell that has no place");
    }
}

static void other_last_values(void **state)
{
    (void)state;
    static const place places[] = {REGISTER, STACK_OR_HEAP, IMAGE_TOUCHED, IMAGE_UNTOUCHED, INPUT};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        forged_cells f = copy_cells();
        f.cells[find(&f, places[k])].v_fin ^= UINT64_C(1) << 40;
        lost(&f, "a last value that nobody wrote");
        f = copy_cells();
        f.cells[find(&f, places[k])].ts_last += 4;
        lost(&f, "a last value of another time");
    }
}

/* --- what the statement says of the public cells ---------------------------------------------------------------------------------------- */
static void other_exit_code(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    p->statement.exit_code = 1;
    assert_true(forgery_relayout(p));
}

static void public_words(void **state)
{
    (void)state;
    const game g = {.c = &the_case, .edit = other_exit_code};
    assert_int_equal(game_lost(&g, "another exit code"), HB_R_GKR_PRODUCTS);
    forged_cells f = copy_cells();
    f.cells[16].v_fin = 3; /* statement and table agree; the call wrote 0 */
    lost(&f, "an exit code that nobody wrote");
    f = copy_cells();
    f.cells[16].v_fin = f.cells[16].v_init = 3;
    f.cells[16].ts_last = 0;
    lost(&f, "an exit code from the beginning");
}

/* --- old cells ---------------------------------------------------------------------------------------------------------------------------- */
/* A run that is long enough for gaps of 2^18 and more. */
static void make_long(proof_case *c)
{
    hb_rvasm *a = calloc(1, sizeof *a);
    hb_rvasm_li(a, 9, 77);
    hb_rvasm_li(a, 28, 40000);
    const uint32_t top = hb_rvasm_label(a);
    hb_rvasm_place(a, top);
    hb_rvasm_op(a, HB_OP_ADDI, 28, 28, 0, -1);
    hb_rvasm_branch(a, HB_OP_BNE, 28, 0, top);
    hb_rvasm_op(a, HB_OP_ADD, 9, 9, 9, 0);
    proof_case_commit_nothing(a);
    hb_rvasm_halt(a, 0);
    proof_case_start(c, a);
}

typedef struct bumps {
    uint32_t count; /* additional rows: each goes on where the one before it ended */
    uint32_t step;  /* of all but the last */
} bumps;

/* Rows that re-stamp the cell of the first honest row, again and again by `step`, the last one to where the honest row led. */
static void walk_in_time(void *ctx, hb_machine_proof *p)
{
    const bumps *b = ctx;
    p->statement.heights[HB_CHIP_BUMP] += b->count;
    assert_true(forgery_relayout(p));
    hb_table *t = forgery_table(p, HB_CHIP_BUMP);
    const hb_f end = t->cols[BUMP_TS_NEW][0];
    hb_f now = t->cols[BUMP_TS_PREV][0];
    for (uint32_t i = 0; i <= b->count; i++) {
        const uint32_t row = i ? t->n_rows - b->count + i - 1 : 0;
        if (i)
            game_copy_row(p, HB_CHIP_BUMP, row, 0);
        const hb_f next = i == b->count ? end : hb_f_add(now, hb_f_from_u32(b->step));
        t->cols[BUMP_TS_PREV][row] = now;
        t->cols[BUMP_TS_NEW][row] = next;
        t->cols[BUMP_NEW_TOP][row] = hb_f_from_u32(hb_f_to_u32(next) >> 18);
        t->cols[BUMP_GAP_TOP][row] = hb_f_from_u32((hb_f_to_u32(hb_f_sub(next, now)) - 1) >> 18);
        now = next;
    }
}

static void drop_bump(void *ctx, hb_machine_proof *p)
{
    (void)ctx;
    p->statement.heights[HB_CHIP_BUMP]--;
    assert_true(forgery_relayout(p));
}

static void bumps_round_the_modulus(void **state)
{
    (void)state;
    proof_case c;
    make_long(&c);
    assert_true(hb_rv_run_record(c.run)->bumps.count >= 1);
    bumps b = {.count = 2, .step = 4};
    game g = {.c = &c, .edit = walk_in_time, .ctx = &b};
    game_harmless(&g, "a cell that is re-stamped three times"); /* time may pass in any number of steps */
    b = (bumps){.count = 15, .step = UINT32_C(1) << 27};
    game_lost(&g, "a cell that walks round p: 15 * 2^27 + 1 = p");
    b = (bumps){.count = 1, .step = HB_F_P - 8};
    game_lost(&g, "a cell that goes back in time");
    g.edit = drop_bump;
    game_lost(&g, "a cell that is not re-stamped");
    proof_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_cells),         cmocka_unit_test(missing_cells),
        cmocka_unit_test(repeated_cells), cmocka_unit_test(cells_in_another_order), cmocka_unit_test(other_first_values),
        cmocka_unit_test(cells_of_another_class), cmocka_unit_test(other_last_values), cmocka_unit_test(public_words),       cmocka_unit_test(bumps_round_the_modulus),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
