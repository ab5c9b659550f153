/* Inside of the state manager, for state_*.c only. */
#pragma once
#include <pthread.h>

#include "ledger/state_cache.h"
#include "ledger/state_manager.h"
#include "ledger/tree.h"

/* Values up to this size are kept in memory. */
#define HB_STATE_CACHED_VALUE_MAX 4096u

struct hb_state_manager {
    hb_store *store;
    hb_state_cache *cache; /* NULL: off */
    bool read_only;
    pthread_mutex_t airs_lock;
    hb_machine_airs *airs; /* made when the first proof is verified */
    void *airs_memory;
};

/* One version as stored. bytes (and the views of c) belong to the transaction. */
typedef struct hb_state_head {
    hb_state_commitment c;
    hb_span bytes;
    hb_tree_root root;
    uint8_t statement[32]; /* digest of the statement, the key of its receipt; zero unless of kind program */
} hb_state_head;

/* The version's record, also of a pruned one. HB_INVALID_ARGUMENT: there is none. */
hb_status hb_state_load(hb_store_txn *txn, uint64_t version, hb_state_head *out, hb_error *err);
/* Its state can be read too. */
hb_status hb_state_load_readable(hb_store_txn *txn, uint64_t version, hb_state_head *out, hb_error *err);
hb_status hb_state_oldest(hb_store_txn *txn, uint64_t *oldest, hb_error *err);

/* A version's record by hand. */
hb_status hb_state_parse_version(hb_span value, hb_state_head *out, hb_error *err);

/* The tree's records out of a transaction; caching only for committed ones (read transactions). */
typedef struct hb_state_source {
    hb_state_manager *m;
    hb_store_txn *txn;
    bool caching;
    uint8_t record[32 + HB_STATE_CACHED_VALUE_MAX]; /* the last leaf that came from memory */
} hb_state_source;
hb_tree_source hb_state_source_of(hb_state_source *s, hb_state_manager *m, hb_store_txn *txn, bool caching);

/* hb_store_write, unless the handle is read-only (HB_INVALID_ARGUMENT). */
hb_status hb_state_transact(hb_state_manager *m, hb_store_fn fn, void *ctx, hb_error *err);

/* What the next version is to be. */
typedef struct hb_state_plan {
    hb_version_kind kind;
    uint64_t timestamp;
    const hb_state_write *writes; /* strictly ascending by key */
    size_t n_writes;
    const uint8_t *expected_root; /* NULL: any; else another root is HB_REJECTED POST_ROOT */
    hb_span programs;             /* as in the commitment */
    uint32_t n_programs;
    const hb_metadata *metadata;
    size_t n_metadata;
    const uint8_t *receipt, *statement; /* digests, or NULL */
} hb_state_plan;

typedef struct hb_state_made {
    uint64_t version;
    uint8_t digest[32];
} hb_state_made;

/* Writes the version after `parent` (NULL: version 0) in this transaction. The parent must not lie in the store's memory. */
hb_status hb_state_commit(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *parent, const hb_state_plan *plan, hb_state_made *made, hb_error *err);

/* An administrative change (parent NULL: the genesis) in this transaction. */
hb_status hb_state_apply_change(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *parent, const hb_state_change *change, hb_state_made *made,
                                hb_error *err);

/* The latest version, copied into `copy`, so that it stays while the transaction writes. */
hb_status hb_state_load_copy(hb_store_txn *txn, uint64_t version, hb_buf *copy, hb_state_head *out, hb_error *err);

/* Sorts by key; HB_INVALID_ARGUMENT for two of one key, or a value that is too long. */
hb_status hb_state_sort_writes(hb_state_write *writes, size_t n, hb_error *err);

/* Registry (state_registry.c): the record of a program, and what a registration adds: its new record and the commitment's list. */
hb_status hb_registry_load(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *head, hb_text id, bool caching, hb_buf *record, hb_error *err);
hb_status hb_registry_add(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *parent, const hb_program_registration *programs, size_t n,
                          hb_buf *records, hb_state_write *writes, hb_buf *list, uint32_t *n_list, hb_error *err);
hb_status hb_registry_check(hb_state_manager *m, hb_store_txn *txn, const hb_state_head *head, hb_error *err);
void hb_registry_key_of(uint8_t key[32], hb_text id);

/* The verifier's records of the chips' rules, made once. */
hb_status hb_state_airs(hb_state_manager *m, const hb_machine_airs **airs, hb_error *err);

static inline hb_text hb_text_of(const char *s)
{
    return (hb_text){s, s ? strlen(s) : 0};
}
