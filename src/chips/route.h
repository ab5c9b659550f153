/* Which chip serves which event of a record.
 *
 * Several chips may serve one instruction: a general one, and variants that are narrower and say less ("the sum does not leave the low limb", "the destination is an
 * operand"). Which of them proves an event is the prover's choice, of no concern to soundness: each chip shows its own side condition. A variant with few
 * rows costs more than it saves, as tables are stored in tiles; so the choice is made for the whole record. Hosted. */
#pragma once
#include "base/error.h"
#include "base/pool.h"
#include "chips/chip.h"
#include "rv/events.h"
#include "rv/rvprogram.h"

typedef enum hb_route_policy {
    HB_ROUTE_CHEAPEST, /* what is estimated to be proved fastest */
    HB_ROUTE_TURNS     /* the chips that can serve an event take turns: for tests, which want rows in every table */
} hb_route_policy;

/* A program and the record of a run of it, as fillers take them. Rows of an instruction chip, in this order: events[0 .. rows - 1], or all events of its family when that is
 * NULL. The caller's record must outlive it. */
typedef struct hb_chip_run {
    const hb_rv_program *program;
    const hb_rv_record *record;
    size_t rows[HB_CHIP_COUNT];      /* of instruction chips */
    uint32_t *events[HB_CHIP_COUNT]; /* which event; HB_ROUTE_SECOND set: of the second family that the chip serves */
    hb_rv_family family[HB_CHIP_COUNT][2];
    uint32_t *cells;                 /* rows of INITFIN: which cells of the record, n_cells of them; NULL: all. The public ones, and those that were touched */
    size_t n_cells;
    void *memory;                    /* one block */
} hb_chip_run;

#define HB_ROUTE_SECOND (UINT32_C(1) << 31)

/* Chooses. The result depends on program, record and policy only. pool may be NULL. HB_OK, HB_OUT_OF_MEMORY; free also after a failure. */
hb_status hb_chip_run_init(hb_chip_run *run, const hb_rv_program *program, const hb_rv_record *record, hb_route_policy policy, hb_pool *pool, hb_error *err);
void hb_chip_run_free(hb_chip_run *run);

/* The cell of row `row` of INITFIN, and the number of rows. */
const hb_rv_cell *hb_chip_run_cell(const hb_chip_run *run, size_t row);
size_t hb_chip_run_cells(const hb_chip_run *run);

/* A chip that may be chosen, and what its rows cost besides cells: terms of the product trees and of the fraction tree. The tests compare them with the chip's rules. */
typedef struct hb_route_choice {
    hb_chip_id chip;
    uint8_t products, fractions;
} hb_route_choice;

#define HB_ROUTE_CHOICES 6u
#define HB_ROUTES_MAX 16u /* of hb_routes */

/* One or two families of events and the chips that serve them, narrowest first. */
typedef struct hb_route {
    hb_rv_family family[2]; /* HB_FAM_COUNT: none */
    /* Bit k: choice k can serve this event. Never 0. */
    uint32_t (*admit)(const hb_rv_insn *insn, const void *event);
    hb_route_choice choice[HB_ROUTE_CHOICES];
    uint32_t n;
} hb_route;

extern const hb_route hb_routes[];
extern const size_t hb_n_routes;
