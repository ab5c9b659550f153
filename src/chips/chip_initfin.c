/* INITFIN: the first and last value of every cell (machine.md 5). INITFIN_GLOBAL: the same over a run of shards, where the values enter and leave on the bus
 * GLOBAL, marked with the number of the shard that comes next to them (docs/protocol.md 14).
 *
 * Keys (hi, lo) increase strictly from row to row: CHAIN hands the key of row k to row k + 1, and with borrow = b the differences lo - lo_before - 1 +
 * 2^29 b in [0, 2^29) and hi - hi_before - b in [0, 2^18) say in integers that either b = 0, lo > lo_before, hi >= hi_before, or b = 1 and
 * hi > hi_before. (machine.md asks for [0, 2^16) in the last place; hi and hi_before are at most 543 in either case, and RC18 has room in a group.)
 * Row 0 follows (0, -1), a public token. So a cell has at most one row, and only cells with a row can be accessed.
 *
 * Rows 0..16 are the public values: hi = 0 and lo = row number are forced there. v_fin is forced to 0 in these rows and the public words take its place in
 * the consumed tuple, so the last value that a call wrote is the statement's.
 *
 * The class of a key is forced, not chosen: each class has bounds for hi and for lo, and the bounds of different classes do not meet. (Two classes at once
 * would need hi >= 1024 and hi <= 574.)
 *
 *     class      hi          lo                       initial value
 *     (none)     0 .. 511    0 .. 2^29 - 1            0           (public values, registers, keys that nobody has)
 *     RAM_LOW    512         2^13 .. img_lo - 1       0           (stack; addresses below 2^16 have no class, hence no row)
 *     IMAGE      512         img_lo .. img_hi - 1     IMAGE table
 *     RAM_HIGH   512         img_hi .. 2^29 - 1       0
 *     RAM_FAR    513 .. 539  0 .. 2^29 - 1            0
 *     INPUT      540 .. 543  0 .. 2^29 - 1            any         (advice)
 *
 * Text keeps its value: in image rows IMAGE says whether the double word is text, and then last and first value are the same. So what a run leaves
 * behind does not depend on whether stores to text trap; one that is undone before the end has a proof all the same. (Elsewhere the flag is free, and
 * setting it only forbids change. Words of executable segments behind the image's end are zero memory, in which no instruction lies.) */
#include "chips/chip_list.h"
#include "chips/columns.h"
#include "chips/gadgets.h"

static const char *const names[] = {
    [INITFIN_HI] = "hi", [INITFIN_LO] = "lo", [INITFIN_HI_BEFORE] = "hi_before", [INITFIN_LO_BEFORE] = "lo_before", [INITFIN_BORROW] = "borrow",
    [INITFIN_STEP_TOP] = "step_top", [INITFIN_ABOVE_TOP] = "above_top", [INITFIN_BELOW_TOP] = "below_top",
    [INITFIN_RAM_LOW] = "ram_low", [INITFIN_IMAGE] = "image", [INITFIN_RAM_HIGH] = "ram_high", [INITFIN_RAM_FAR] = "ram_far",
    [INITFIN_INPUT] = "input", [INITFIN_TEXT] = "is_text", [INITFIN_INIT] = "init0", "init1", "init2", "init3", [INITFIN_FIN] = "fin0", "fin1", "fin2", "fin3",
    [INITFIN_TS] = "ts_last",
};

#define LO_END (1 << 29)

typedef struct row {
    hb_expr hi, lo;       /* committed */
    hb_expr lo_key;       /* with the row number in public rows */
    hb_expr ram_low, image, ram_high, ram_far, input;
    hb_limbs init;
} row;

/* x in [0, 2^29), given bits 18.. of it */
static void show_29_bits(hb_air *a, hb_expr x, hb_expr top)
{
    hb_chips_rc18(a, hb_chips_add_scaled(a, x, -(1 << 18), top));
    hb_chips_rc16(a, top);
    hb_chips_rc16(a, hb_air_scale(a, 32, top));
}

static void order(hb_air *a, const row *r)
{
    hb_expr hi_before = hb_air_col(a, INITFIN_HI_BEFORE), lo_before = hb_air_col(a, INITFIN_LO_BEFORE), borrow = hb_air_col(a, INITFIN_BORROW);
    hb_expr index = hb_air_structured(a, HB_ST_INDEX);
    const hb_expr before[3] = {index, hi_before, lo_before}, here[3] = {hb_chips_plus(a, index, 1), r->hi, r->lo_key};
    hb_air_consume(a, HB_BUS_CHAIN, HB_ALWAYS, before, 3);
    hb_air_produce(a, HB_BUS_CHAIN, HB_ALWAYS, here, 3);
    hb_air_bool(a, "borrow", borrow);
    hb_expr step = hb_chips_plus(a, hb_air_sub(a, r->lo_key, lo_before), -1);
    show_29_bits(a, hb_chips_add_scaled(a, step, LO_END, borrow), hb_air_col(a, INITFIN_STEP_TOP));
    hb_chips_rc18(a, hb_air_sub(a, hb_air_sub(a, r->hi, hi_before), borrow));
}

/* lower <= hi <= upper and lower <= lo <= upper. In public rows lo is 0, and lo_key = row number needs no bound. */
static void classes(hb_air *a, const row *r)
{
    const hb_expr all[5] = {r->ram_low, r->image, r->ram_high, r->ram_far, r->input};
    static const char *const labels[5] = {"ram_low", "image", "ram_high", "ram_far", "input"};
    for (uint32_t i = 0; i < 5; i++)
        hb_air_bool(a, labels[i], all[i]);
    hb_expr img_lo = hb_air_key(a, HB_KEY_IMG_LO), img_hi = hb_air_key(a, HB_KEY_IMG_HI);
    hb_expr hi_512 = hb_chips_total(a, all, 3);

    hb_expr lower = hb_chips_add_scaled(a, hb_chips_add_scaled(a, hb_air_scale(a, 512, hi_512), 513, r->ram_far), 540, r->input);
    hb_expr upper = hb_chips_add_scaled(a, hb_chips_add_scaled(a, hi_512, 539 - 511, r->ram_far), 543 - 511, r->input);
    hb_chips_rc16(a, hb_air_sub(a, r->hi, lower));
    hb_chips_rc16(a, hb_chips_plus(a, hb_air_sub(a, upper, r->hi), 511));

    hb_expr image_lower = hb_air_mul(a, img_lo, r->image), high_lower = hb_air_mul(a, img_hi, r->ram_high);
    lower = hb_chips_add_scaled(a, hb_air_add(a, image_lower, high_lower), 1 << 13, r->ram_low);
    hb_expr low_upper = hb_air_mul(a, hb_chips_plus(a, img_lo, -LO_END), r->ram_low);
    hb_expr image_upper = hb_air_mul(a, hb_chips_plus(a, img_hi, -LO_END), r->image);
    upper = hb_chips_plus(a, hb_air_add(a, low_upper, image_upper), LO_END - 1);
    show_29_bits(a, hb_air_sub(a, r->lo, lower), hb_air_col(a, INITFIN_ABOVE_TOP));
    show_29_bits(a, hb_air_sub(a, upper, r->lo), hb_air_col(a, INITFIN_BELOW_TOP));
}

static void initial_value(hb_air *a, const row *r)
{
    hb_chips_rc16_limbs(a, &r->init);
    /* limbs are in range, so their sum is 0 only when all are */
    hb_expr zero = hb_chips_not(a, hb_air_add(a, r->image, r->input));
    hb_air_zero(a, "zero at first", hb_air_mul(a, zero, hb_chips_total(a, r->init.v, 4)));
    const hb_expr tuple[6] = {r->lo, r->init.v[0], r->init.v[1], r->init.v[2], r->init.v[3], hb_air_col(a, INITFIN_TEXT)};
    hb_air_lookup(a, HB_BUS_IMAGE, r->image, tuple, 6);
}

static void text(hb_air *a, const row *r)
{
    static const char *const labels[4] = {"text 0", "text 1", "text 2", "text 3"};
    for (uint32_t i = 0; i < 4; i++) {
        hb_expr change = hb_air_sub(a, hb_air_col(a, INITFIN_FIN + i), r->init.v[i]);
        hb_air_zero(a, labels[i], hb_air_mul(a, hb_air_col(a, INITFIN_TEXT), change));
    }
}

static void public_rows(hb_air *a, const row *r)
{
    static const char *const labels[4] = {"public fin 0", "public fin 1", "public fin 2", "public fin 3"};
    hb_expr selected = hb_air_structured(a, HB_ST_PV_SEL);
    hb_air_zero(a, "public hi", hb_air_mul(a, selected, r->hi));
    hb_air_zero(a, "public lo", hb_air_mul(a, selected, r->lo));
    for (uint32_t i = 0; i < 4; i++)
        hb_air_zero(a, labels[i], hb_air_mul(a, selected, hb_air_col(a, INITFIN_FIN + i)));
}

static void memory(hb_air *a, const row *r, hb_bus bus)
{
    hb_limbs fin = hb_chips_limbs(a, INITFIN_FIN);
    fin.v[0] = hb_air_add(a, fin.v[0], hb_air_structured(a, HB_ST_PV_LO));
    fin.v[1] = hb_air_add(a, fin.v[1], hb_air_structured(a, HB_ST_PV_HI));
    const hb_expr first[7] = {r->hi, r->lo_key, r->init.v[0], r->init.v[1], r->init.v[2], r->init.v[3], hb_air_const(a, 0)};
    const hb_expr last[7] = {r->hi, r->lo_key, fin.v[0], fin.v[1], fin.v[2], fin.v[3], hb_air_col(a, INITFIN_TS)};
    hb_air_produce(a, bus, HB_ALWAYS, first, 7);
    hb_air_consume(a, bus, HB_ALWAYS, last, 7);
}

static void record(hb_air *a, hb_bus bus)
{
    row r = {
        .hi = hb_air_col(a, INITFIN_HI), .lo = hb_air_col(a, INITFIN_LO),
        .ram_low = hb_air_col(a, INITFIN_RAM_LOW), .image = hb_air_col(a, INITFIN_IMAGE), .ram_high = hb_air_col(a, INITFIN_RAM_HIGH),
        .ram_far = hb_air_col(a, INITFIN_RAM_FAR), .input = hb_air_col(a, INITFIN_INPUT), .init = hb_chips_limbs(a, INITFIN_INIT),
    };
    r.lo_key = hb_air_add(a, r.lo, hb_air_mul(a, hb_air_structured(a, HB_ST_PV_SEL), hb_air_structured(a, HB_ST_INDEX)));
    order(a, &r);
    classes(a, &r);
    initial_value(a, &r);
    text(a, &r);
    public_rows(a, &r);
    memory(a, &r, bus);
}

static void rules(hb_air *a)
{
    record(a, HB_BUS_MEM);
}

static void rules_global(hb_air *a)
{
    record(a, HB_BUS_GLOBAL);
}

const hb_chip hb_chip_initfin = {
    .name = "INITFIN", .id = HB_CHIP_INITFIN, .width = INITFIN_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_CELLS_HEIGHT_LOG2, .rules = rules,
};

const hb_chip hb_chip_initfin_global = {
    .name = "INITFIN_GLOBAL", .id = HB_CHIP_INITFIN_GLOBAL, .width = INITFIN_WIDTH, .column_names = names,
    .height_rule = HB_HEIGHT_FREE, .max_height_log2 = HB_CELLS_HEIGHT_LOG2, .rules = rules_global,
};
