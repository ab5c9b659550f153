/* What is behind the public handles (include/hauptbuch/). For the files of this room. */
#pragma once
#include <pthread.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "hauptbuch/ledger.h"
#include "hauptbuch/zkvm.h"
#include "machine/job.h"
#include "program/package_directory.h"

struct hb_program {
    hb_package package;
};

struct hb_proving_key {
    hb_program *program; /* a copy of its own */
    hb_rv_program image;
    hb_machine_key key;
};

struct hb_execution_result {
    hb_buf public_values, out, err, proof, writes;
    uint32_t exit_code;
    uint64_t cycles, gas;
    hb_verifying_key vkey;
    bool sandboxed;
    /* Of this handle alone, no part of its bytes (hb_api_result_write): what the ledger made of it. */
    bool committed, state_verified;
    uint64_t state_version; /* when committed */
    hb_buf state_commitment, state_proof;
    char state_status[HB_ERROR_MESSAGE_BYTES]; /* "": nobody has asked a ledger */
};

typedef struct hb_api_cache hb_api_cache; /* api_cache.c */

struct hb_zkvm {
    hb_zkvm_config config;
    pthread_mutex_t lock; /* of everything below */
    hb_callbacks callbacks;
    bool has_registry;
    hb_package_directory registry;
    hb_verifying_key *allowed;
    size_t n_allowed;
    hb_api_cache *cache;
    pthread_rwlock_t ledger_lock; /* shared: the ledger is in use; taken before `lock` */
    hb_ledger *ledger;            /* NULL: none is open */
};

/* Keys that a guest may ask for (fd 25). The names are the program's. */
typedef struct hb_api_keys {
    hb_rv_named_key *keys;
    size_t n;
} hb_api_keys;

/* --- api_config.c ------------------------------------------------------------------------------------------------------------------------ */
/* *out = *config as far as its size goes, or the defaults when it is NULL. HB_INVALID_ARGUMENT. */
hb_status hb_api_config_take(hb_zkvm_config *out, const hb_zkvm_config *config, hb_error *err);
unsigned hb_api_threads(const hb_zkvm_config *config);
size_t hb_api_memory(const hb_zkvm_config *config);

/* --- api_program.c ----------------------------------------------------------------------------------------------------------------------- */
hb_status hb_api_program_copy(hb_program **out, const hb_program *program, hb_error *err);
/* May the program have what it asks for? */
hb_status hb_api_check_limits(const hb_program *program, const hb_zkvm_config *config, hb_error *err);

/* --- api_keys.c -------------------------------------------------------------------------------------------------------------------------- */
/* The guest's input as the executor takes it; spans: room for hb_api_span_count(program, input) of them. */
size_t hb_api_span_count(const hb_program *program, const hb_program_input *input);
hb_status hb_api_exec_options(const hb_program *program, const hb_program_input *input, const hb_zkvm_config *config, hb_rv_span *spans, hb_rv_exec_options *out,
                              hb_error *err);

/* Executes and proves; everything of *result that is the run's. keys may be NULL: none. */
hb_status hb_api_prove(const hb_proving_key *key, const hb_api_keys *keys, const hb_program_input *input, const hb_zkvm_config *config, const hb_callbacks *callbacks,
                       hb_execution_result *result, uint32_t *shards, hb_error *err);

/* --- api_result.c ------------------------------------------------------------------------------------------------------------------------ */
/* The result as bytes, and back, to pass it between processes. */
hb_status hb_api_result_write(const hb_execution_result *result, hb_buf *out);
bool hb_api_result_read(hb_execution_result *result, const uint8_t *bytes, size_t n);
void hb_api_result_clear(hb_execution_result *result);

/* --- api_zkvm.c --------------------------------------------------------------------------------------------------------------------------- */
/* The proof must say what the result says: HB_PROOF_VERIFICATION_FAILED, HB_INVALID_EXECUTION_RESULT. */
hb_status hb_api_check_result(const hb_execution_result *result, const hb_verifying_key *key, hb_error *err);

/* --- api_resolve.c ----------------------------------------------------------------------------------------------------------------------- */
/* The keys of all programs that the program needs. HB_DEPENDENCY_RESOLUTION_FAILED. */
hb_status hb_api_resolve(hb_zkvm *vm, const hb_program *program, hb_api_keys *keys, hb_error *err);
void hb_api_keys_free(hb_api_keys *keys);

/* --- api_ledger.c, api_state.c (api_no_ledger.c without LMDB) ------------------------------------------------------------------------------ */
hb_package_registry hb_api_ledger_registry(hb_ledger *ledger);

/* Makes the state that the result leads to the ledger's next version, verifies it, and fills the result's state_*. asked_for: by the caller and not in passing, so that programs without
 * state leave their receipt too. HB_STATE_VERIFICATION_FAILED: it leads to none, or is refused; HB_STATE_COMMITMENT_FAILED: no ledger, or one that cannot be read or written. Then the
 * ledger is as it was, and the result's state_status and err->message say why (but for a version that was made and then cannot be verified: result->committed). */
hb_status hb_api_state_step(hb_zkvm *vm, hb_execution_result *result, bool asked_for, hb_error *err);

/* --- api_cache.c ------------------------------------------------------------------------------------------------------------------------- */
hb_api_cache *hb_api_cache_new(size_t entries);
void hb_api_cache_free(hb_api_cache *cache);

/* A lease on a key: *found is a copy of what is kept (the caller's), or NULL, and then the caller makes it and ends with hb_api_cache_put (result may be NULL: it failed). Who comes in
 * between waits. */
hb_status hb_api_cache_get(hb_api_cache *cache, const uint8_t key[32], hb_execution_result **found, hb_error *err);
void hb_api_cache_put(hb_api_cache *cache, const uint8_t key[32], const hb_execution_result *result);
