/* Tables that provide (PROG, IMAGE, RC16, RC18, BYTE), INITFIN, BOUNDARY and BUMP. */
#include "chips/fill.h"

/* --- PROG -------------------------------------------------------------------------------------------------------------------------- */
static size_t prog_rows(const hb_chip_run *run)
{
    return run->program->n_insns;
}

static void prog_tuple(const hb_rv_insn *i, uint32_t tuple[PROG_PRE_WIDTH])
{
    tuple[PROG_PC] = i->pc;
    tuple[PROG_OP] = i->op;
    tuple[PROG_RD] = i->rd;
    tuple[PROG_RS1] = i->rs1;
    tuple[PROG_RS2] = i->rs2;
    for (uint32_t k = 0; k < 4; k++)
        tuple[PROG_IMM + k] = i->imm[k];
}

static void prog_fill_pre(const hb_rv_program *program, hb_f *const *cols)
{
    for (uint32_t row = 0; row < program->n_insns; row++) {
        uint32_t tuple[PROG_PRE_WIDTH];
        prog_tuple(&program->insns[row], tuple);
        for (uint32_t j = 0; j < PROG_PRE_WIDTH; j++)
            cols[j][row] = hb_f_from_u32(tuple[j]);
    }
}

static size_t prog_row_of(const hb_rv_program *program, hb_bus bus, const uint32_t *tuple)
{
    uint32_t row = hb_rv_program_find(program, tuple[PROG_PC]), expected[PROG_PRE_WIDTH];
    if (bus != HB_BUS_PROG || row >= program->n_insns)
        return SIZE_MAX;
    prog_tuple(&program->insns[row], expected);
    for (uint32_t j = 0; j < PROG_PRE_WIDTH; j++)
        if (expected[j] != tuple[j])
            return SIZE_MAX;
    return row;
}

const hb_chip_filler hb_filler_prog = {prog_rows, NULL, prog_fill_pre, prog_row_of};

/* --- IMAGE ------------------------------------------------------------------------------------------------------------------------- */
static size_t image_words(const hb_rv_program *program)
{
    return (size_t)((program->img_hi - program->img_lo) / 8);
}

static size_t image_rows(const hb_chip_run *run)
{
    return image_words(run->program);
}

static bool is_text(const hb_rv_program *program, uint64_t lo)
{
    return lo >= program->text_lo / 8 && lo < program->text_hi / 8;
}

static void image_fill_pre(const hb_rv_program *program, hb_f *const *cols)
{
    for (size_t row = 0; row < image_words(program); row++) {
        for (uint32_t i = 0; i < 4; i++)
            cols[IMAGE_V + i][row] = hb_f_from_u32(hb_limb(program->image[row], i));
        cols[IMAGE_TEXT][row] = is_text(program, program->img_lo / 8 + row) ? HB_F_ONE : 0;
    }
}

static size_t image_row_of(const hb_rv_program *program, hb_bus bus, const uint32_t *tuple)
{
    uint64_t first = program->img_lo / 8, row = tuple[0] - first;
    if (bus != HB_BUS_IMAGE || tuple[0] < first || row >= image_words(program))
        return SIZE_MAX;
    for (uint32_t i = 0; i < 4; i++)
        if (tuple[1 + i] != hb_limb(program->image[row], i))
            return SIZE_MAX;
    return tuple[5] == is_text(program, tuple[0]) ? (size_t)row : SIZE_MAX;
}

const hb_chip_filler hb_filler_image = {image_rows, NULL, image_fill_pre, image_row_of};

/* --- RC16, RC18, BYTE --------------------------------------------------------------------------------------------------------------- */
static size_t rows_2_16(const hb_chip_run *run)
{
    (void)run;
    return 1u << 16;
}

static size_t rows_2_18(const hb_chip_run *run)
{
    (void)run;
    return 1u << 18;
}

static size_t rc16_row_of(const hb_rv_program *program, hb_bus bus, const uint32_t *tuple)
{
    (void)program;
    return bus == HB_BUS_RC16 && tuple[0] < 1u << 16 ? tuple[0] : SIZE_MAX;
}

static size_t rc18_row_of(const hb_rv_program *program, hb_bus bus, const uint32_t *tuple)
{
    (void)program;
    return bus == HB_BUS_RC18 && tuple[0] < 1u << 18 ? tuple[0] : SIZE_MAX;
}

static size_t byte_row_of(const hb_rv_program *program, hb_bus bus, const uint32_t *tuple)
{
    (void)program;
    uint32_t x = tuple[0], y = tuple[1];
    bool holds = x < 256 && y < 256 && (bus == HB_BUS_BYTES || (bus == HB_BUS_AND && tuple[2] == (x & y)));
    return holds ? x + 256 * y : SIZE_MAX;
}

const hb_chip_filler hb_filler_rc16 = {rows_2_16, NULL, NULL, rc16_row_of};
const hb_chip_filler hb_filler_rc18 = {rows_2_18, NULL, NULL, rc18_row_of};
const hb_chip_filler hb_filler_byte = {rows_2_16, NULL, NULL, byte_row_of};

/* --- INITFIN ------------------------------------------------------------------------------------------------------------------------- */
#define PUBLIC_ROWS 17u

static size_t initfin_rows(const hb_chip_run *run)
{
    return hb_chip_run_cells(run);
}

/* Class of a key and its bounds for lo; see chip_initfin.c. A key of no class gets some class: its proof fails. */
typedef struct cell_class {
    uint32_t column; /* 0: none */
    uint32_t lo_first, lo_last;
} cell_class;

static cell_class class_of(const hb_rv_program *program, uint32_t hi, uint32_t lo)
{
    const uint32_t end = (1u << 29) - 1, img_lo = (uint32_t)(program->img_lo / 8), img_hi = (uint32_t)(program->img_hi / 8);
    if (hi < 512)
        return (cell_class){0, 0, end};
    if (hi >= 540)
        return (cell_class){INITFIN_INPUT, 0, end};
    if (hi > 512)
        return (cell_class){INITFIN_RAM_FAR, 0, end};
    if (lo < img_lo)
        return (cell_class){INITFIN_RAM_LOW, 1u << 13, img_lo - 1};
    if (lo < img_hi)
        return (cell_class){INITFIN_IMAGE, img_lo, img_hi - 1};
    return (cell_class){INITFIN_RAM_HIGH, img_hi, end};
}

static void initfin_row(const hb_chip_run *run, size_t row, uint32_t *c)
{
    const hb_rv_program *program = run->program;
    const hb_rv_cell *cell = hb_chip_run_cell(run, row), *before = row ? hb_chip_run_cell(run, row - 1) : NULL;
    bool public_row = row < PUBLIC_ROWS;
    uint32_t hi_before = before ? before->hi : 0, lo_before = before ? before->lo : HB_F_P - 1;
    uint32_t lo = public_row ? 0 : cell->lo, next = row ? lo_before + 1 : 0, borrow = cell->lo < next;
    cell_class k = class_of(program, cell->hi, cell->lo);
    for (uint32_t j = INITFIN_RAM_LOW; j <= INITFIN_INPUT; j++)
        hb_put(c, j, j == k.column);
    hb_put(c, INITFIN_TEXT, k.column == INITFIN_IMAGE && is_text(program, cell->lo));
    hb_put(c, INITFIN_HI, cell->hi);
    hb_put(c, INITFIN_LO, lo);
    hb_put(c, INITFIN_HI_BEFORE, hi_before);
    hb_put(c, INITFIN_LO_BEFORE, lo_before);
    hb_put(c, INITFIN_BORROW, borrow);
    hb_put(c, INITFIN_STEP_TOP, (cell->lo - next + (borrow << 29)) >> 18);
    hb_put(c, INITFIN_ABOVE_TOP, (lo - k.lo_first) >> 18);
    hb_put(c, INITFIN_BELOW_TOP, (k.lo_last - lo) >> 18);
    hb_put_limbs(c, INITFIN_INIT, cell->v_init);
    hb_put_limbs(c, INITFIN_FIN, public_row ? 0 : cell->v_fin);
    hb_put(c, INITFIN_TS, cell->ts_last);
}

static void initfin_fill(const hb_chip_run *run, size_t begin, size_t end, hb_f *const *cols)
{
    hb_fill_block block = {0};
    for (size_t at = begin; at < end; at += HB_FILL_ROWS) {
        size_t rows = end - at < HB_FILL_ROWS ? end - at : HB_FILL_ROWS;
        for (size_t i = 0; i < rows; i++)
            initfin_row(run, at + i, block.cells + i);
        hb_fill_flush(&block, INITFIN_WIDTH, at, rows, cols);
    }
}

const hb_chip_filler hb_filler_initfin = {initfin_rows, initfin_fill, NULL, NULL};
const hb_chip_filler hb_filler_initfin_global = {initfin_rows, initfin_fill, NULL, NULL};

/* --- BOUNDARY ------------------------------------------------------------------------------------------------------------------------ */
static size_t boundary_rows(const hb_chip_run *run)
{
    return run->record->boundary.count;
}

static void boundary_row(const hb_rv_boundary *e, uint32_t *c)
{
    hb_put(c, BOUNDARY_HI, e->hi);
    hb_put(c, BOUNDARY_LO, e->lo);
    hb_put_limbs(c, BOUNDARY_IN, e->v_in);
    hb_put_limbs(c, BOUNDARY_OUT, e->v_out);
    hb_put(c, BOUNDARY_SHARD_PREV, e->s_prev);
    hb_put(c, BOUNDARY_TS, e->ts_last);
}

static void boundary_fill(const hb_chip_run *run, size_t begin, size_t end, hb_f *const *cols)
{
    const hb_rv_boundary *cells = run->record->boundary.data;
    hb_fill_block block = {0};
    for (size_t at = begin; at < end; at += HB_FILL_ROWS) {
        size_t rows = end - at < HB_FILL_ROWS ? end - at : HB_FILL_ROWS;
        for (size_t i = 0; i < rows; i++)
            boundary_row(&cells[at + i], block.cells + i);
        hb_fill_flush(&block, BOUNDARY_WIDTH, at, rows, cols);
    }
}

const hb_chip_filler hb_filler_boundary = {boundary_rows, boundary_fill, NULL, NULL};

/* --- BUMP ---------------------------------------------------------------------------------------------------------------------------- */
static size_t bump_rows(const hb_chip_run *run)
{
    return run->record->bumps.count;
}

static void bump_row(const hb_rv_event_bump *e, uint32_t *c)
{
    hb_put(c, BUMP_HI, e->hi);
    hb_put(c, BUMP_LO, e->lo);
    hb_put_limbs(c, BUMP_V, e->value);
    hb_put(c, BUMP_TS_PREV, e->ts_prev);
    hb_put(c, BUMP_TS_NEW, e->ts_new);
    hb_put(c, BUMP_NEW_TOP, e->ts_new >> 18);
    hb_put(c, BUMP_GAP_TOP, (e->ts_new - e->ts_prev - 1) >> 18);
}

static void bump_fill(const hb_chip_run *run, size_t begin, size_t end, hb_f *const *cols)
{
    const hb_rv_event_bump *events = run->record->bumps.data;
    hb_fill_block block = {0};
    for (size_t at = begin; at < end; at += HB_FILL_ROWS) {
        size_t rows = end - at < HB_FILL_ROWS ? end - at : HB_FILL_ROWS;
        for (size_t i = 0; i < rows; i++)
            bump_row(&events[at + i], block.cells + i);
        hb_fill_flush(&block, BUMP_WIDTH, at, rows, cols);
    }
}

const hb_chip_filler hb_filler_bump = {bump_rows, bump_fill, NULL, NULL};
