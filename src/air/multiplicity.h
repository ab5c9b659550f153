/* Multiplicities of lookup tables: how often each row of a providing table is looked up. Hosted.
 *
 * Generic: evaluates the lookups of all tables on their real rows and counts. The row that holds a tuple is known at once where a table provides
 * (INDEX) or (BYTE_A, BYTE_B, ..); for other tables the caller says. */
#pragma once
#include "air/challenges.h"
#include "air/table.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/pool.h"

/* row_of: the row of the providing table that holds this tuple of canonical words, SIZE_MAX if there is none. Called from several threads.
 * May be NULL for tables that provide nothing or only the tuples above. */
typedef struct hb_air_finder {
    size_t (*row_of)(const void *ctx, hb_bus bus, const uint32_t *tuple);
    const void *ctx;
} hb_air_finder;

/* Fills the multiplicity columns of all provides (zero beyond n_rows). Each bus has at most one provide among the tables. finders: one a table.
 * Temporary memory from the arena, given back: 4 bytes a row of every provide and thread of the pool, and 64 KiB + 1 KiB a node a thread.
 * HB_PROOF_GENERATION_FAILED when a tuple is in no row of its table or no table provides its bus (err->chip, err->row, message);
 * HB_OUT_OF_MEMORY; HB_INVALID_ARGUMENT for two provides of one bus. */
hb_status hb_air_count_multiplicities(const hb_table *tables, size_t n_tables, const hb_air_finder *finders, const hb_air_publics *publics, hb_pool *pool,
                                      hb_arena *arena, hb_error *err);
