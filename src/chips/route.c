#include "chips/route.h"

#include <stdlib.h>
#include <string.h>

#include "air/challenges.h"
#include "air/table.h"

/* Time of proving, in tenths of a nanosecond and core: a committed cell, a leaf of a product tree, of the fraction tree. Measured; only their proportion matters. */
enum { COST_CELL = 85, COST_PRODUCT = 190, COST_FRACTION = 400 };

#define SETS (1u << HB_ROUTE_CHOICES)

/* Bytes of an event. */
static size_t event_bytes(hb_rv_family f)
{
    return f == HB_FAM_CALL ? sizeof(hb_rv_event_call) : f >= HB_FAM_LD && f <= HB_FAM_STORE2 ? sizeof(hb_rv_event_mem) : sizeof(hb_rv_event_reg);
}

static size_t family_count(const hb_rv_record *record, hb_rv_family f)
{
    return f == HB_FAM_COUNT ? 0 : record->family[f].count;
}

static uint64_t cost(const hb_route_choice *choice, uint64_t rows)
{
    const uint64_t cells = (uint64_t)hb_stored_tiles((uint32_t)rows) * HB_TILE_ROWS * hb_chips[choice->chip]->width;
    return cells * COST_CELL + rows * (choice->products * (uint64_t)COST_PRODUCT + choice->fractions * (uint64_t)COST_FRACTION);
}

/* Rows of each choice when those of `set` are used: events go to the first one that can. False if some event cannot be served. */
static bool rows_of_set(const hb_route *r, const uint64_t histogram[SETS], uint32_t set, uint64_t rows[HB_ROUTE_CHOICES])
{
    memset(rows, 0, HB_ROUTE_CHOICES * sizeof *rows);
    for (uint32_t mask = 1; mask < 1u << r->n; mask++) {
        if (histogram[mask] && !(mask & set))
            return false;
        if (histogram[mask])
            rows[__builtin_ctz(mask & set)] += histogram[mask];
    }
    return true;
}

static uint32_t cheapest_set(const hb_route *r, const uint64_t histogram[SETS])
{
    uint32_t best = (1u << r->n) - 1;
    uint64_t best_cost = UINT64_MAX;
    for (uint32_t set = 1; set < 1u << r->n; set++) {
        uint64_t rows[HB_ROUTE_CHOICES], total = 0;
        if (!rows_of_set(r, histogram, set, rows))
            continue;
        for (uint32_t k = 0; k < r->n; k++)
            total += cost(&r->choice[k], rows[k]);
        if (total < best_cost) {
            best_cost = total;
            best = set;
        }
    }
    return best;
}

/* The choice for the next event that `mask` can serve. */
static uint32_t choose(uint32_t mask, uint32_t set, hb_route_policy policy, uint32_t *turn)
{
    if (policy == HB_ROUTE_CHEAPEST)
        return (uint32_t)__builtin_ctz(mask & set);
    do
        *turn = (*turn + 1) % HB_ROUTE_CHOICES;
    while (!(mask >> *turn & 1));
    return *turn;
}

/* Masks of all events of the route, and how often each occurs; returns the number of events. */
static size_t admit_all(const hb_chip_run *run, const hb_route *r, uint8_t *masks, uint64_t histogram[SETS])
{
    const uint8_t *first = masks;
    for (uint32_t f = 0; f < 2; f++) {
        const size_t n = family_count(run->record, r->family[f]);
        const uint8_t *event = n ? run->record->family[r->family[f]].data : NULL;
        for (size_t i = 0; i < n; i++, event += event_bytes(r->family[f])) {
            const uint32_t *insn = (const uint32_t *)(const void *)event; /* the first member of every event */
            *masks = (uint8_t)r->admit(&run->program->insns[*insn], event);
            histogram[*masks++]++;
        }
    }
    return (size_t)(masks - first);
}

/* Replaces masks by choices; counts the rows of each. */
static void choose_all(const hb_route *r, uint8_t *masks, size_t n, const uint64_t histogram[SETS], hb_route_policy policy, uint64_t rows[HB_ROUTE_CHOICES])
{
    const uint32_t set = cheapest_set(r, histogram);
    uint32_t turn = 0;
    for (size_t i = 0; i < n; i++) {
        masks[i] = (uint8_t)choose(masks[i], set, policy, &turn);
        rows[masks[i]]++;
    }
}

/* Lists the events of each chip of the route; returns where the lists end. */
static uint32_t *distribute(hb_chip_run *run, const hb_route *r, const uint8_t *choices, const uint64_t rows[HB_ROUTE_CHOICES], uint32_t *lists)
{
    uint32_t *at[HB_ROUTE_CHOICES];
    for (uint32_t k = 0; k < r->n; k++) {
        const hb_chip_id chip = r->choice[k].chip;
        run->rows[chip] = rows[k];
        run->events[chip] = at[k] = lists;
        run->family[chip][0] = r->family[0];
        run->family[chip][1] = r->family[1];
        lists += rows[k];
    }
    for (uint32_t f = 0; f < 2; f++)
        for (size_t i = 0; i < family_count(run->record, r->family[f]); i++)
            *at[*choices++]++ = (uint32_t)i | (f ? HB_ROUTE_SECOND : 0);
    return lists;
}

/* Chips that serve a family alone. */
static void whole_families(hb_chip_run *run)
{
    static const hb_chip_id chips[] = {HB_CHIP_SUB, HB_CHIP_ADDW, HB_CHIP_CONST, HB_CHIP_SLT, HB_CHIP_JAL, HB_CHIP_MUL, HB_CHIP_DIV, HB_CHIP_LOAD2, HB_CHIP_STORE2, HB_CHIP_CALL};
    static const hb_rv_family families[] = {HB_FAM_SUB, HB_FAM_ADDW, HB_FAM_CONST, HB_FAM_SLT, HB_FAM_JAL, HB_FAM_MUL, HB_FAM_DIV, HB_FAM_LOAD2, HB_FAM_STORE2, HB_FAM_CALL};
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        run->family[chips[i]][0] = families[i];
        run->rows[chips[i]] = run->record->family[families[i]].count;
    }
}

/* A cell that nothing touched needs no row: what INITFIN would produce and consume for it is the same. (One with two different values is kept, for no proof to
 * be made of it.) */
static bool needs_row(const hb_rv_cell *cell, size_t i)
{
    return i < HB_PUBLIC_WORDS || cell->ts_last || cell->v_init != cell->v_fin;
}

static size_t list_cells(const hb_rv_record *record, uint32_t *list)
{
    const hb_rv_cell *cells = record->cells.data;
    size_t n = 0;
    for (size_t i = 0; i < record->cells.count; i++)
        if (needs_row(&cells[i], i))
            list[n++] = (uint32_t)i;
    return n;
}

size_t hb_chip_run_cells(const hb_chip_run *run)
{
    return run->cells ? run->n_cells : run->record->cells.count;
}

const hb_rv_cell *hb_chip_run_cell(const hb_chip_run *run, size_t row)
{
    return (const hb_rv_cell *)run->record->cells.data + (run->cells ? run->cells[row] : row);
}

hb_status hb_chip_run_init(hb_chip_run *run, const hb_rv_program *program, const hb_rv_record *record, hb_route_policy policy, hb_error *err)
{
    size_t total = 0, largest = 0;
    *run = (hb_chip_run){.program = program, .record = record};
    for (size_t i = 0; i < hb_n_routes; i++) {
        const size_t n = family_count(record, hb_routes[i].family[0]) + family_count(record, hb_routes[i].family[1]);
        total += n;
        largest = n > largest ? n : largest;
    }
    total += record->cells.count;
    run->memory = malloc(total * sizeof(uint32_t) + largest + 1);
    if (!run->memory)
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory to distribute %zu events and cells", total);
    uint32_t *lists = run->memory;
    run->cells = lists;
    run->n_cells = list_cells(record, lists);
    lists += record->cells.count;
    uint8_t *masks = (uint8_t *)((uint32_t *)run->memory + total);
    whole_families(run);
    for (size_t i = 0; i < hb_n_routes; i++) {
        uint64_t histogram[SETS] = {0}, rows[HB_ROUTE_CHOICES] = {0};
        const size_t n = admit_all(run, &hb_routes[i], masks, histogram);
        choose_all(&hb_routes[i], masks, n, histogram, policy, rows);
        lists = distribute(run, &hb_routes[i], masks, rows, lists);
    }
    return HB_OK;
}

void hb_chip_run_free(hb_chip_run *run)
{
    free(run->memory);
    *run = (hb_chip_run){0};
}
