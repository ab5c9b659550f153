/* LMDB's own structure, checked by reading the data file as bytes, since LMDB follows a damaged page wherever it leads: every page of every table is inside the file, of its
 * kind, reached once and says its own number; nodes lie inside their pages, keys ascend, counts agree; no page in use is on the free list.
 *
 * Format: LMDB 0.9 (data version 1) on a 64-bit little-endian machine, as its mdb.c lays it out (MDB_page, MDB_node, MDB_db, MDB_meta). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* fd: data.mdb. txn_id: of a read transaction that is open meanwhile, so that its pages are not written again. whole: all tables and the free list, else only the
 * list of tables. HB_OK, or HB_IO with "damaged". *passed: that transaction's meta page has been overwritten since (by two commits): begin a new transaction and ask again. */
hb_status hb_lmdb_check(int fd, uint64_t txn_id, bool whole, bool *passed, hb_error *err);
