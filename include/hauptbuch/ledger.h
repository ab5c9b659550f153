/* The ledger: a directory with a versioned map from 32-byte keys to values, each version under a Merkle root, each step of it proven. C17 and C++. docs/ledger.md is the manual; the
 * byte formats that are named here stand at the top of the files that it lists.
 *
 * Any number of threads may use a handle. Several handles on one directory are fine, also in several processes; none may be used after fork. Every change makes one new version or
 * changes nothing at all. A library that was built without LMDB answers HB_UNSUPPORTED to all of it.
 *
 * version: a number, or HB_LEDGER_LATEST. Bytes that a function returns are with malloc: hb_bytes_free. All functions: HB_INVALID_ARGUMENT (also: no such version), HB_IO (files; "damaged"),
 * HB_OUT_OF_MEMORY, HB_UNSUPPORTED. */
#pragma once
#include "hauptbuch/keys.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_ledger hb_ledger;

#define HB_LEDGER_LATEST UINT64_MAX

/* A program as the ledger registers it. uses_state: its public values begin with the root before, the root after, and the digest of its writes; it writes to the namespace
 * "storage/<id>" and nowhere else. */
typedef struct hb_ledger_program {
    const char *id, *version;
    hb_verifying_key key;
    int uses_state;
} hb_ledger_program;

/* One key and what it has, gets, or is claimed to have; value.bytes NULL: nothing (an empty value needs a pointer). */
typedef struct hb_ledger_cell {
    uint8_t key[32];
    hb_chunk value;
} hb_ledger_cell;

/* A new ledger with these programs and cells in its version 0; HB_INVALID_ARGUMENT when there is one already. *ledger is NULL after a failure. */
HB_PUBLIC hb_status hb_ledger_create(hb_ledger **ledger, const char *directory, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells,
                                     hb_error *err);
/* caching: pages and values are kept in memory; results are the same either way. */
HB_PUBLIC hb_status hb_ledger_open(hb_ledger **ledger, const char *directory, int caching, hb_error *err);
HB_PUBLIC void hb_ledger_close(hb_ledger *ledger); /* NULL is fine */

/* The key of a name in a namespace ("storage/token"). HB_UNSUPPORTED without LMDB, and nothing else. */
HB_PUBLIC hb_status hb_ledger_cell_key(uint8_t key[32], const char *space, const void *name, size_t n_name);

HB_PUBLIC hb_status hb_ledger_versions(hb_ledger *ledger, uint64_t *oldest, uint64_t *latest, hb_error *err); /* that can be read */
HB_PUBLIC hb_status hb_ledger_root(hb_ledger *ledger, uint64_t version, uint8_t root[32], hb_error *err);
HB_PUBLIC hb_status hb_ledger_commitment(hb_ledger *ledger, uint64_t version, uint8_t **bytes, size_t *n, hb_error *err);
/* *value is NULL when the key is not there. */
HB_PUBLIC hb_status hb_ledger_get(hb_ledger *ledger, uint64_t version, const uint8_t key[32], uint8_t **value, size_t *n, hb_error *err);
/* A proof of what n keys, 1 or more, strictly ascending, have in a version, or that they have nothing. */
HB_PUBLIC hb_status hb_ledger_prove(hb_ledger *ledger, uint64_t version, const uint8_t (*keys)[32], size_t n_keys, uint8_t **proof, size_t *n, hb_error *err);
/* Is such a proof one for these cells, keys strictly ascending, against this root? Needs no ledger. HB_STATE_VERIFICATION_FAILED with err->reason. */
HB_PUBLIC hb_status hb_ledger_verify(const uint8_t root[32], const uint8_t *proof, size_t n, const hb_ledger_cell *cells, size_t n_cells, hb_error *err);
/* What a program of the guest SDK's ledger module takes as its first input chunk: these names' cells in its own namespace, and their proof. */
HB_PUBLIC hb_status hb_ledger_witness(hb_ledger *ledger, const char *program, const hb_chunk *names, size_t n_names, uint8_t **bytes, size_t *n, hb_error *err);

/* An administrative version: an auditor sees that no proof led to it. *version (may be NULL): the new one. HB_STATE_COMMITMENT_FAILED: the clock is behind the ledger's last version. */
HB_PUBLIC hb_status hb_ledger_put(hb_ledger *ledger, const hb_ledger_program *programs, size_t n_programs, const hb_ledger_cell *cells, size_t n_cells, uint64_t *version,
                                  hb_error *err);
/* Likewise; its state, programs included, is that of an older version. History stays. */
HB_PUBLIC hb_status hb_ledger_rollback(hb_ledger *ledger, uint64_t to, uint64_t *version, hb_error *err);

typedef enum hb_ledger_kind { HB_LEDGER_GENESIS, HB_LEDGER_ADMIN, HB_LEDGER_PROVEN } hb_ledger_kind;

typedef struct hb_ledger_version {
    uint64_t version, timestamp; /* seconds */
    hb_ledger_kind kind;
    uint8_t root[32], digest[32]; /* digest of the commitment, which chains to the version before */
} hb_ledger_version;

/* Versions first..last (HB_LEDGER_LATEST or less), ascending. fn must not call the ledger; it returns 0 to go on, else the walk ends, which is HB_OK. */
HB_PUBLIC hb_status hb_ledger_history(hb_ledger *ledger, uint64_t first, uint64_t last, int (*fn)(void *ctx, const hb_ledger_version *version), void *ctx, hb_error *err);

#ifdef __cplusplus
}
#endif
