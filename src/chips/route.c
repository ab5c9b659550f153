#include "chips/route.h"

#include <stdlib.h>
#include <string.h>

#include "air/challenges.h"
#include "air/table.h"

/* Time of proving, in tenths of a nanosecond and core: a committed cell, a leaf of a product tree, of the fraction tree. Measured; only their proportion matters. */
enum { COST_CELL = 85, COST_PRODUCT = 190, COST_FRACTION = 400 };

#define SETS (1u << HB_ROUTE_CHOICES)
#define CHUNK_EVENTS ((size_t)1 << 15)

/* Some events of one family of a route. */
typedef struct chunk {
    const hb_route *route;
    uint32_t second;                    /* HB_ROUTE_SECOND for the second family, else 0 */
    size_t begin, end;
    uint8_t *masks;                     /* which choices can serve each event; then which one does */
    uint64_t histogram[SETS];           /* of the masks */
    uint64_t rows[HB_ROUTE_CHOICES];    /* of each choice */
    uint32_t *lists[HB_ROUTE_CHOICES];  /* where their events are listed */
} chunk;

typedef struct routing {
    hb_chip_run *run;
    hb_route_policy policy;
    chunk *chunks;
    size_t n_chunks, n_events;
    uint32_t sets[HB_ROUTES_MAX];       /* by route: the choices in use */
} routing;

/* Bytes of an event. */
static size_t event_bytes(hb_rv_family f)
{
    return f == HB_FAM_CALL ? sizeof(hb_rv_event_call) : f >= HB_FAM_LD && f <= HB_FAM_STORE2 ? sizeof(hb_rv_event_mem) : sizeof(hb_rv_event_reg);
}

static hb_rv_family family_of(const chunk *c)
{
    return c->route->family[c->second != 0];
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

static void admit_chunks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const routing *r = ctx;
    for (size_t k = begin; k < end; k++) {
        chunk *c = &r->chunks[k];
        const size_t bytes = event_bytes(family_of(c));
        const uint8_t *event = (const uint8_t *)r->run->record->family[family_of(c)].data + c->begin * bytes;
        for (size_t i = 0; i < c->end - c->begin; i++, event += bytes) {
            const uint32_t *insn = (const uint32_t *)(const void *)event; /* the first member of every event */
            c->masks[i] = (uint8_t)c->route->admit(&r->run->program->insns[*insn], event);
            c->histogram[c->masks[i]]++;
        }
    }
}

static void choose_chunks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const routing *r = ctx;
    for (size_t k = begin; k < end; k++) {
        chunk *c = &r->chunks[k];
        uint32_t turn = 0;
        for (size_t i = 0; i < c->end - c->begin; i++) {
            c->masks[i] = (uint8_t)choose(c->masks[i], r->sets[c->route - hb_routes], r->policy, &turn);
            c->rows[c->masks[i]]++;
        }
    }
}

static void list_chunks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    (void)worker;
    const routing *r = ctx;
    for (size_t k = begin; k < end; k++) {
        chunk *c = &r->chunks[k];
        for (size_t i = 0; i < c->end - c->begin; i++)
            *c->lists[c->masks[i]]++ = (uint32_t)(c->begin + i) | c->second;
    }
}

/* Calls visit(r, first, n) for the chunks of each route, which are neighbours. */
static void each_route(routing *r, void (*visit)(routing *r, chunk *first, size_t n, void *ctx), void *ctx)
{
    for (size_t k = 0, n; k < r->n_chunks; k += n) {
        for (n = 1; k + n < r->n_chunks && r->chunks[k + n].route == r->chunks[k].route;)
            n++;
        visit(r, &r->chunks[k], n, ctx);
    }
}

static void choose_set(routing *r, chunk *first, size_t n, void *ctx)
{
    (void)ctx;
    uint64_t histogram[SETS] = {0};
    for (size_t k = 0; k < n; k++)
        for (uint32_t mask = 0; mask < SETS; mask++)
            histogram[mask] += first[k].histogram[mask];
    r->sets[first->route - hb_routes] = cheapest_set(first->route, histogram);
}

/* The list of each chip is those of the chunks one after the other. ctx: where the next list begins. */
static void place_lists(routing *r, chunk *first, size_t n, void *ctx)
{
    uint32_t **lists = ctx;
    const hb_route *route = first->route;
    for (uint32_t choice = 0; choice < route->n; choice++) {
        const hb_chip_id chip = route->choice[choice].chip;
        r->run->events[chip] = *lists;
        for (size_t k = 0; k < n; k++) {
            first[k].lists[choice] = *lists;
            *lists += first[k].rows[choice];
        }
        r->run->rows[chip] = (size_t)(*lists - r->run->events[chip]);
        memcpy(r->run->family[chip], route->family, sizeof route->family);
    }
}

/* Counts events and chunks; writes the chunks too when there is room for them. */
static void cut_chunks(routing *r, uint8_t *masks)
{
    r->n_chunks = r->n_events = 0;
    for (size_t i = 0; i < hb_n_routes; i++)
        for (uint32_t f = 0; f < 2; f++) {
            const hb_rv_family family = hb_routes[i].family[f];
            const size_t n = family == HB_FAM_COUNT ? 0 : r->run->record->family[family].count;
            for (size_t at = 0; at < n; at += CHUNK_EVENTS, r->n_chunks++)
                if (r->chunks)
                    r->chunks[r->n_chunks] = (chunk){.route = &hb_routes[i], .second = f ? HB_ROUTE_SECOND : 0, .begin = at,
                                                     .end = n - at < CHUNK_EVENTS ? n : at + CHUNK_EVENTS, .masks = masks + r->n_events + at};
            r->n_events += n;
        }
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

hb_status hb_chip_run_init(hb_chip_run *run, const hb_rv_program *program, const hb_rv_record *record, hb_route_policy policy, hb_pool *pool, hb_error *err)
{
    routing r = {.run = run, .policy = policy};
    *run = (hb_chip_run){.program = program, .record = record};
    cut_chunks(&r, NULL);
    const size_t listed = r.n_events + record->cells.count;
    run->memory = malloc(listed * sizeof(uint32_t) + 1);
    r.chunks = malloc(r.n_chunks * sizeof *r.chunks + r.n_events + 1);
    if (!run->memory || !r.chunks) {
        free(r.chunks);
        return hb_fail(err, HB_OUT_OF_MEMORY, "no memory to distribute %zu events and cells", listed);
    }
    cut_chunks(&r, (uint8_t *)(r.chunks + r.n_chunks));
    whole_families(run);
    hb_pool_for(pool, r.n_chunks, 1, admit_chunks, &r);
    each_route(&r, choose_set, NULL);
    hb_pool_for(pool, r.n_chunks, 1, choose_chunks, &r);
    uint32_t *lists = run->memory;
    each_route(&r, place_lists, &lists);
    hb_pool_for(pool, r.n_chunks, 1, list_chunks, &r);
    run->cells = lists;
    run->n_cells = list_cells(record, lists);
    free(r.chunks);
    return HB_OK;
}

void hb_chip_run_free(hb_chip_run *run)
{
    free(run->memory);
    *run = (hb_chip_run){0};
}
