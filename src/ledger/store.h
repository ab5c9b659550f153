/* The ledger's store: one directory with an LMDB environment (data.mdb, lock.mdb) and a head file. One writer and any number of readers at a time,
 * over threads and processes.
 *
 * Tables (LMDB databases); numbers in keys are big-endian so that they sort, in values little-endian:
 *   meta      name -> value: "format" (u32: 1), "oldest" (u64: oldest readable version), "head" (u64, digest), "cache" (see proof_cache.h)  sealed
 *   versions  version -> version of the root page (u64), statement digest (32) or zero, state commitment (state_commitment.h)    sealed
 *   pages     see page.h
 *   leaves    version, index (u32) -> key (32), value
 *   stale     version, chunk (u32) -> records that this version stopped using (hb_tree_batch.stale)                       sealed
 *   receipts  statement digest (32) -> version (u64), receipt (transition.h)                                              sealed
 *   proofs    version -> the transition's proof file                                                                      sealed
 *   cache, cache_order    see proof_cache.h
 * A sealed value ends with the first 16 bytes of BLAKE3(table name || 0 || key || value). Pages and leaves are covered by the tree's hashes.
 * The head file (8 bytes version, 32 digest, 16 seal) is written after each commit and is a lower bound: a data file that is behind it has lost
 * versions and is refused.
 *
 * Promise: after kill -9, power loss or a full disk the store opens at the last committed version (LMDB: data is synced before the meta page that
 * names it). A damaged record is HB_IO with the word "damaged", never an answer.
 *
 * A handle must not be used in another process than the one that opened it (after fork): HB_INVALID_ARGUMENT. Network file systems are refused
 * (HB_UNSUPPORTED): they break LMDB's memory map and locks. */
#pragma once
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "ledger/span.h"

typedef struct hb_store hb_store;
typedef struct hb_store_txn hb_store_txn;

typedef enum hb_store_table {
    HB_TABLE_META, HB_TABLE_VERSIONS, HB_TABLE_PAGES, HB_TABLE_LEAVES, HB_TABLE_STALE, HB_TABLE_RECEIPTS, HB_TABLE_PROOFS, HB_TABLE_CACHE,
    HB_TABLE_CACHE_ORDER, HB_TABLES
} hb_store_table;
extern const char *const hb_table_names[HB_TABLES];

typedef struct hb_store_options {
    bool create;       /* make the directory and the tables; else they must be there */
    bool read_only;
    bool no_sync;      /* do not wait for the disk at commits: for benchmarks and scratch stores; a power loss may then destroy it */
    uint64_t map_bytes;     /* first size of the map (address space, not disk); 0: 1 GiB. It doubles when full */
    uint64_t map_bytes_max; /* 0: 2^44 */
} hb_store_options;

/* Opening what this process has open already gives another handle on the same environment (LMDB's locks do not bear two in one process); HB_INVALID_ARGUMENT when that
 * one is read-only and this is to write. */
hb_status hb_store_open(const char *dir, const hb_store_options *options, hb_store **store, hb_error *err);
void hb_store_close(hb_store *store); /* NULL: nothing */

/* The directory that it was opened with. */
const char *hb_store_dir(const hb_store *store);

/* Runs fn in a transaction. A write is committed when fn returns HB_OK and undone otherwise; when the map is full it is undone, the map grows and fn
 * runs again, so fn must start afresh each time. Transactions do not nest, and fn must not call anything that begins one. Spans that fn gets are
 * good until it returns (in a write: until its next put or delete). */
typedef hb_status (*hb_store_fn)(hb_store_txn *txn, void *ctx, hb_error *err);
hb_status hb_store_read(hb_store *store, hb_store_fn fn, void *ctx, hb_error *err);
hb_status hb_store_write(hb_store *store, hb_store_fn fn, void *ctx, hb_error *err);

/* data is NULL when the key is not there. */
hb_status hb_store_get(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span *value, hb_error *err);
hb_status hb_store_put(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span value, hb_error *err);
/* The key is above all others of its table (faster; HB_INTERNAL if it is not). */
hb_status hb_store_append(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span head, hb_span tail, hb_error *err);
/* Nothing happens when the key is not there. */
hb_status hb_store_delete(hb_store_txn *txn, hb_store_table table, hb_span key, hb_error *err);

/* Sealed values. get: HB_IO when the seal is broken; the value comes without it. */
hb_status hb_store_get_sealed(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span *value, hb_error *err);
hb_status hb_store_put_sealed(hb_store_txn *txn, hb_store_table table, hb_span key, hb_span head, hb_span tail, hb_error *err);
hb_status hb_store_unseal(hb_store_table table, hb_span key, hb_span *value, hb_error *err);

/* The entry at the smallest key that is at least `from` (data NULL: there is none); last: the one with the largest key of the table. */
hb_status hb_store_seek(hb_store_txn *txn, hb_store_table table, hb_span from, hb_span *key, hb_span *value, hb_error *err);
hb_status hb_store_last(hb_store_txn *txn, hb_store_table table, hb_span *key, hb_span *value, hb_error *err);

/* All entries with keys of at least `from`, ascending, until fn returns something else than HB_OK, which is then returned. */
typedef hb_status (*hb_store_entry_fn)(void *ctx, hb_span key, hb_span value, hb_error *err);
hb_status hb_store_each(hb_store_txn *txn, hb_store_table table, hb_span from, hb_store_entry_fn fn, void *ctx, hb_error *err);

/* LMDB's own structure (lmdb_check.h): all of it. HB_IO: damaged. */
hb_status hb_store_check_file(hb_store *store, hb_error *err);

uint64_t hb_store_entries(hb_store_txn *txn, hb_store_table table);

/* After the commit of a version; see head file above. Failing to write it is not an error of the commit. */
void hb_store_write_head(hb_store *store, uint64_t version, const uint8_t digest[32]);
/* *there: false when there is no head file (version 0 was never reported). HB_IO: damaged. */
hb_status hb_store_read_head(hb_store *store, bool *there, uint64_t *version, uint8_t digest[32], hb_error *err);

/* The name of the file system when it is one that cannot hold a store (f_type of statfs), else NULL. */
const char *hb_store_refused_file_system(long f_type);

/* LMDB's data file, for the size of a store. */
uint64_t hb_store_file_bytes(const hb_store *store);
