/* Configuration of a virtual machine. C17 and C++.
 *
 * Order of precedence: what the caller assigns, then the environment, then a JSON file, then the defaults. hb_zkvm_config_init does the last three; the caller assigns
 * afterwards:
 *
 *     hb_zkvm_config config;
 *     hb_status st = hb_zkvm_config_init(&config, "hauptbuch.config.json", &err);
 *     config.enable_state_caching = 0;
 *
 * JSON: an object with the names of the fields. Environment: HB_ and the name in capitals (HB_MAX_MEMORY_LIMIT=256M). Sizes may carry K, M or G, switches
 * are true, false, 1 or 0. Anything else is an error, unknown names too: a setting that was misspelt must not be lost. */
#pragma once
#include <stddef.h>

#include "hauptbuch/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hb_zkvm_config {
    size_t size;                          /* sizeof(hb_zkvm_config) of the caller's header */
    uint64_t max_memory_limit;            /* bytes of memory that a guest may touch; 1 GiB */
    uint64_t max_stack_limit;             /* bytes of a guest's stack; 1 MiB */
    uint64_t program_execution_timeout;   /* seconds; 300; 0: none */
    uint64_t proof_generation_timeout;    /* seconds; 600; 0: none */
    int enable_proof_aggregation;         /* 1 */
    int enable_state_caching;             /* 1: proofs are kept for cached_generate_proof, a ledger's pages and values in memory */
    int enable_parallel_execution;        /* 1: several threads within a proof, several programs at once */
    uint64_t max_cycles;                  /* instructions of a run; 0: no limit but the timeout */
    uint64_t max_gas;                     /* gas that a bytecode program may ask for; 0: any */
    uint64_t proving_memory;              /* bytes that executing and proving may take; 0: three quarters of what is free at the call */
    uint64_t threads;                     /* 0: all processors */
    uint64_t cache_entries;               /* proofs kept; 64 */
} hb_zkvm_config;

/* Defaults, the JSON file (path may be NULL: none), the environment. HB_IO: a file that cannot be read; HB_INVALID_ARGUMENT: what it or the environment says, with the name of
 * the field. *config is filled with the defaults at least. */
HB_PUBLIC hb_status hb_zkvm_config_init(hb_zkvm_config *config, const char *json_path, hb_error *err);

#ifdef __cplusplus
}
#endif
