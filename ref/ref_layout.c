/* Tables, terms, tree blocks, stacks: docs/protocol.md 4, 5 and the first part of 7. */
#include <stdlib.h>
#include <string.h>

#include "ref_protocol.h"

uint32_t ref_ceil_log2(uint64_t x) {
    uint32_t n = 0;
    while ((UINT64_C(1) << n) < x) n++;
    return n;
}

static uint64_t stored_tiles(uint32_t n_rows) {
    const uint64_t tiles = ((uint64_t)n_rows + 4095) / 4096;
    if (tiles < 16) return tiles;
    uint32_t floor_log2 = 0;
    while (UINT64_C(2) << floor_log2 <= tiles) floor_log2++;
    const uint64_t unit = UINT64_C(1) << (floor_log2 - 3);
    return (tiles + unit - 1) / unit * unit;
}

/* Is this use a lookup that may share a fraction: unflagged, one expression of degree 1 (or less), on a range table? */
static bool groupable(const hb_air *air, const hb_air_use *u) {
    return u->kind == HB_AIR_LOOKUP && u->flag == HB_ALWAYS && (u->bus == HB_BUS_RC16 || u->bus == HB_BUS_RC18) && air->nodes[air->tuples[u->tuple]].degree <= 1;
}

/* Two trees for the bus GLOBAL, two for the other permutation buses, one for all lookups. */
static uint32_t tree_of(const hb_air_use *u) {
    if (u->kind == HB_AIR_LOOKUP || u->kind == HB_AIR_PROVIDE) return 2;
    return (u->bus == HB_BUS_GLOBAL ? 3u : 0u) + (u->kind == HB_AIR_CONSUME ? 1u : 0u);
}

static void build_terms(ref_run *run, uint32_t t) {
    const hb_air *air = run->tables[t].air;
    ref_term *terms = calloc(air->n_uses ? air->n_uses : 1, sizeof *terms);
    uint32_t n = 0;
    ref_term *open[HB_BUS_BYTES + 1] = {0}; /* the group of a bus that still has room */
    for (uint32_t i = 0; i < air->n_uses; i++) {
        const hb_air_use *u = &air->uses[i];
        ref_term **group = &open[u->bus];
        if (groupable(air, u) && *group) {
            (*group)->uses[(*group)->n_uses++] = i;
            if ((*group)->n_uses == 3) *group = NULL;
            continue;
        }
        terms[n] = (ref_term){.tree = tree_of(u), .n_uses = 1, .uses = {i}};
        if (groupable(air, u)) *group = &terms[n];
        n++;
    }
    run->terms[t] = terms;
    run->n_terms[t] = n;
}

static void build_blocks(ref_run *run) {
    run->depth = 12;
    for (uint32_t tree = 0; tree < run->n_trees; tree++) {
        uint32_t total = 0;
        for (uint32_t t = 0; t < run->n_tables; t++) total += run->n_terms[t];
        ref_block *blocks = calloc(total ? total : 1, sizeof *blocks);
        uint32_t n = 0;
        uint64_t off = 0;
        for (uint32_t h = 40; h >= 12; h--) /* descending heights, then table and term order */
            for (uint32_t t = 0; t < run->n_tables; t++)
                for (uint32_t i = 0; run->tables[t].h == h && i < run->n_terms[t]; i++) {
                    if (run->terms[t][i].tree != tree) continue;
                    blocks[n++] = (ref_block){t, i, h, off};
                    off += UINT64_C(1) << h;
                }
        run->blocks[tree] = blocks;
        run->n_blocks[tree] = n;
        if (ref_ceil_log2(off) > run->depth) run->depth = ref_ceil_log2(off);
    }
}

static uint32_t clamp(uint32_t lo, uint32_t x, uint32_t hi) { return x < lo ? lo : x > hi ? hi : x; }

static bool build_stacks(ref_run *run) {
    uint64_t cells[REF_COMMITMENTS] = {0};
    for (uint32_t t = 0; t < run->n_tables; t++) {
        const ref_table *table = &run->tables[t];
        cells[0] += 4096 * table->tiles * table->air->pre_width;
        if (!table->absent) cells[table->main] += 4096 * table->tiles * table->air->width;
    }
    uint32_t least = 14, total = 0;
    for (int c = 0; c < REF_COMMITMENTS; c++) {
        const uint32_t log = ref_ceil_log2(cells[c]), spread = c == 2 ? 6 : 4;
        run->stack_h[c] = cells[c] == 0 ? 0 : clamp(c == 2 ? least : 12, log > spread ? log - spread : 0, 20);
        if (run->stack_h[c] > least) least = run->stack_h[c];
        const uint64_t size = UINT64_C(1) << run->stack_h[c], w = (cells[c] + size - 1) / size;
        if (w > 512) return false;
        run->stack_w[c] = (uint32_t)w;
        total += run->stack_w[c];
    }
    return total <= 512 && run->stack_w[2] > 0;
}

bool ref_is(const ref_machine *machine, uint32_t chip, const char *name) { return strcmp(machine->chips[chip].name, name) == 0; }

bool ref_layout(ref_run *run, const ref_machine *machine, const ref_program *program) {
    run->n_trees = run->words[REF_W_KIND] == REF_KIND_SINGLE ? 3 : 5;
    run->n_values = run->words[REF_W_KIND] == REF_KIND_SINGLE ? 4 : 6;
    for (uint32_t c = 0; c < machine->n_chips; c++) {
        const hb_air *air = machine->chips[c].air;
        const uint64_t of_key = ref_is(machine, c, "PROG") ? program->n_prog : ref_is(machine, c, "IMAGE") ? program->n_image : 0;
        const bool absent = run->heights[c] == 0;
        if (absent && of_key == 0) continue;
        const uint32_t rows = absent ? (uint32_t)of_key : run->heights[c], log = ref_ceil_log2(rows), t = run->n_tables++;
        run->tables[t] = (ref_table){.chip = c, .air = air, .absent = absent, .n_rows = rows, .h = log < 12 ? 12 : log, .tiles = stored_tiles(rows),
                                     .main = ref_is(machine, c, "BOUNDARY") || ref_is(machine, c, "INITFIN_GLOBAL") ? 1 : 2, .first_id = run->n_columns};
        if (absent) continue;
        run->tables[t].v = calloc(air->pre_width + air->width, sizeof(ref_k));
        run->n_columns += air->pre_width + air->width;
        if (run->tables[t].h > run->n_max) run->n_max = run->tables[t].h;
        build_terms(run, t);
    }
    build_blocks(run);
    return ref_check(&run->r, run->depth <= 29, "trees too deep") && ref_check(&run->r, build_stacks(run), "too many stacked columns");
}
