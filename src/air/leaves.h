/* The leaves of the bus trees (docs/protocol.md 5): the prover evaluates a term on all rows of its table. Hosted. */
#pragma once
#include "air/challenges.h"
#include "air/table.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/pool.h"
#include "field/kpack.h"

/* Fills the leaves of term `term` for the ceil(n_rows / 4096) tiles that hold real rows: 256 packs a tile, row x in lane x % 16 of pack x / 16; rows
 * from n_rows on are neutral (1, or 0 / 1). Product trees: the factors in den, num must be NULL. Tree F: both.
 * challenges: those of the term's bus.
 * Temporary memory from the arena, given back: at most 80 bytes a node of the record, and 1 KiB a node of the term and thread of the pool.
 * HB_OUT_OF_MEMORY when it does not fit. The result does not depend on pool or instruction set. */
hb_status hb_air_leaves(const hb_table *table, uint32_t term, const hb_bus_challenges *challenges, const hb_air_publics *publics, hb_pool *pool,
                        hb_arena *arena, hb_kpack *num, hb_kpack *den, hb_error *err);
