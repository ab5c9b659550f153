/* The ledger as its users see it: versions of a state, read, proven, changed. Sits on the store (promises and limits there) and the tree.
 *
 * Every change is one transaction that makes one new version, or nothing at all: the state after a failed call is bit for bit what it was. Any number of
 * threads may use a handle; a handle must not be used after fork. Keys are those of ledger_hash.h. */
#pragma once
#include "base/buf.h"
#include "ledger/ledger_hash.h"
#include "ledger/store.h"
#include "ledger/transition.h"
#include "machine/airs.h"

typedef struct hb_state_manager hb_state_manager;

#define HB_STATE_LATEST UINT64_MAX
#define HB_STATE_CACHE_BYTES_DEFAULT ((size_t)64 << 20)

typedef struct hb_state_options {
    bool read_only;
    bool no_sync;               /* store.h */
    bool enable_state_caching;  /* pages and values in memory; results are the same either way */
    size_t cache_bytes;         /* 0: HB_STATE_CACHE_BYTES_DEFAULT */
    uint64_t map_bytes, map_bytes_max; /* store.h; 0: its defaults */
} hb_state_options;

/* A change of one key. value NULL: delete. */
typedef struct hb_state_write {
    uint8_t key[32];
    const void *value;
    size_t value_bytes;
} hb_state_write;

typedef struct hb_metadata {
    const char *key, *value;
} hb_metadata;

typedef struct hb_program_registration {
    const char *id, *version; /* id: hb_program_id_valid; version: any text of 1 to 127 characters, as a rule a semantic version */
    uint8_t vkey[32];
    bool uses_state;
    const char *metadata;     /* free text, may be NULL */
    const char *const *dependencies; /* "id version" each: registered already, or in the same call before this one */
    size_t n_dependencies;
} hb_program_registration;

/* An administrative change: writes, programs, metadata, all optional. */
typedef struct hb_state_change {
    uint64_t timestamp;
    const hb_state_write *writes; /* any order; two for one key are HB_INVALID_ARGUMENT */
    size_t n_writes;
    const hb_program_registration *programs;
    size_t n_programs;
    const hb_metadata *metadata; /* keys strictly ascending */
    size_t n_metadata;
} hb_state_change;

/* Makes a ledger in `dir` (made if need be) with `genesis` as version 0 (NULL: empty, time 0). HB_INVALID_ARGUMENT when there is one already. */
hb_status hb_state_manager_create(const char *dir, const hb_state_change *genesis, const hb_state_options *options, hb_state_manager **out, hb_error *err);
/* HB_INVALID_ARGUMENT: no ledger there. HB_UNSUPPORTED: network file system. HB_IO: damaged, among others when committed versions are missing. options may
 * be NULL. Time does not depend on the ledger's size. */
hb_status hb_state_manager_open(const char *dir, const hb_state_options *options, hb_state_manager **out, hb_error *err);
void hb_state_manager_close(hb_state_manager *m);
hb_store *hb_state_manager_store(hb_state_manager *m);

/* Reading. version: HB_STATE_LATEST or a number from the oldest readable one to the latest (HB_INVALID_ARGUMENT otherwise). */
hb_status hb_state_get(hb_state_manager *m, uint64_t version, const uint8_t key[32], bool *present, hb_buf *value, hb_error *err); /* appends */
hb_status hb_state_root(hb_state_manager *m, uint64_t version, uint8_t root[32], hb_error *err);
/* Appends the encoded commitment; also of versions that were pruned. */
hb_status hb_state_commitment_bytes(hb_state_manager *m, uint64_t version, hb_buf *out, hb_error *err);
hb_status hb_state_versions(hb_state_manager *m, uint64_t *oldest, uint64_t *latest, hb_error *err);
/* Appends the proof of keys[0..n), strictly ascending, against the version's root. */
hb_status hb_state_prove(hb_state_manager *m, uint64_t version, const uint8_t (*keys)[32], size_t n, hb_buf *proof, hb_error *err);
/* All entries in order of keys. fn must not call the manager. */
typedef hb_status (*hb_state_entry_fn)(void *ctx, const uint8_t key[32], hb_span value, hb_error *err);
hb_status hb_state_each(hb_state_manager *m, uint64_t version, hb_state_entry_fn fn, void *ctx, hb_error *err);
/* The commitments of versions from..to (to: HB_STATE_LATEST or less), ascending. fn must not call the manager. */
typedef hb_status (*hb_state_history_fn)(void *ctx, const hb_state_commitment *c, hb_span bytes, hb_error *err);
hb_status hb_state_history(hb_state_manager *m, uint64_t from, uint64_t to, hb_state_history_fn fn, void *ctx, hb_error *err);
/* The receipt (and, with proof not NULL and kept, the proof file) of a version of kind program; appended. HB_INVALID_ARGUMENT: not of that kind. */
hb_status hb_state_receipt(hb_state_manager *m, uint64_t version, hb_buf *receipt, hb_buf *proof, hb_error *err);

/* Administrative versions. *version (may be NULL): the new one. HB_REJECTED TIMESTAMP, HB_INVALID_ARGUMENT, HB_LIMIT, HB_IO. */
hb_status hb_state_put(hb_state_manager *m, const hb_state_change *change, uint64_t *version, hb_error *err);
/* A new version with the state (and the programs) of an older readable one; metadata says "rollback_to". */
hb_status hb_state_rollback_to(hb_state_manager *m, uint64_t to, uint64_t timestamp, uint64_t *version, hb_error *err);

/* A proven step. */
typedef struct hb_transition {
    const char *program;         /* id */
    const char *program_version; /* NULL: the registered one */
    uint64_t base_version;       /* that it must follow; HB_STATE_LATEST: any */
    uint64_t timestamp;
    hb_span proof;               /* proof file */
    hb_span writes;              /* list of writes (transition.h); empty (NULL) for programs without state */
    const hb_metadata *metadata; /* keys strictly ascending */
    size_t n_metadata;
} hb_transition;

/* Verifies the proof under the registered key and commits the next version. HB_REJECTED, with nothing changed, and in this order: PROGRAM_UNKNOWN,
 * PROGRAM_VERSION, the reasons of hb_machine_verify (WRONG_KEY, EXIT_CODE, ...), REPLAY, STATE_VERSION, TIMESTAMP, NO_STATE_VALUES, PRE_ROOT, WRITES_FORMAT,
 * WRITES_DIGEST, NAMESPACE, POST_ROOT. */
hb_status hb_state_update(hb_state_manager *m, const hb_transition *t, uint64_t *version, hb_error *err);

/* A guest's ledger input chunk (witness, transition.h) for these names of the program's storage: values and one proof. Appends. */
hb_status hb_state_witness(hb_state_manager *m, uint64_t version, const char *program, const hb_span *names, size_t n, hb_buf *out, hb_error *err);

/* Registry. The two functions fit hb_package_registry (program/package_resolve.h) with ctx = the manager. */
hb_status hb_registry_versions(void *manager, const char *id, void (*found)(void *ctx, const char *version), void *found_ctx, hb_error *err);
hb_status hb_registry_key(void *manager, const char *id, const char *version, uint8_t vkey[32], hb_error *err);

/* Old versions. Drops records that only versions below `oldest` use, and their proofs; commitments and receipts stay. */
hb_status hb_state_prune(hb_state_manager *m, uint64_t oldest, hb_error *err);

/* Recomputes everything that is readable: every page and value, every version's root, the chain of commitments, receipts, registry, seals; with proofs also every
 * kept zk proof. HB_IO with the version that is spoiled in err->offset and in the message. */
typedef struct hb_state_check_report {
    uint64_t versions, pages, values, receipts, proofs, cache_entries;
} hb_state_check_report;
hb_status hb_state_check(hb_state_manager *m, bool proofs, hb_state_check_report *report, hb_error *err);

/* Files. export: the state of one version; import: an administrative version whose state is the file's (its root is checked). Format in state_export.c. */
hb_status hb_state_export(hb_state_manager *m, uint64_t version, hb_status (*write)(void *ctx, const void *data, size_t n, hb_error *err), void *ctx,
                          hb_error *err);
hb_status hb_state_import(hb_state_manager *m, const uint8_t *file, size_t bytes, uint64_t timestamp, uint64_t *version, hb_error *err);
