/* Proofs that were made before, kept in the ledger's store: bounded, the least recently used goes first, verified on read, and made once when several ask at
 * the same time (threads or processes).
 *
 * Tables (store.h): cache: key (32) -> proof file, sealed; key and 's' (33) -> stamp (u64), sealed. cache_order: stamp (u64, big-endian) -> key. meta "cache": bytes of all
 * proofs, next stamp, limit (u64 each), sealed. A spoiled entry is dropped and proven anew, and is never an error. */
#pragma once
#include "ledger/state_manager.h"

#define HB_PROOF_CACHE_LIMIT_DEFAULT (UINT64_C(1) << 30)

/* Digest of what a proof depends on. options: anything that changes the proof's bytes. */
void hb_proof_cache_key(uint8_t key[32], const uint8_t vkey[32], const uint8_t input_digest[32], hb_span options);

/* How the cache gets proofs and tells good ones. Called without locks of the store held. */
typedef struct hb_proof_maker {
    void *ctx;
    hb_status (*prove)(void *ctx, hb_buf *proof, hb_error *err);             /* appends */
    bool (*accept)(void *ctx, const uint8_t *proof, size_t bytes);           /* is this a proof of what is wanted? */
} hb_proof_maker;

/* The proof, out of the cache or made now and kept. *hit (may be NULL) says which. Who comes second waits for the first. Errors of prove are returned and not kept;
 * one that is larger than the limit, or cannot be written, is returned all the same. */
hb_status hb_proof_cached(hb_state_manager *m, const uint8_t key[32], const hb_proof_maker *maker, hb_buf *proof, bool *hit, hb_error *err);

/* Bytes that the proofs may take together; entries above are dropped now. 0 empties the cache and keeps it so. */
hb_status hb_proof_cache_set_limit(hb_state_manager *m, uint64_t bytes, hb_error *err);

typedef struct hb_proof_cache_stats {
    uint64_t entries, bytes, limit;
} hb_proof_cache_stats;
hb_status hb_proof_cache_read_stats(hb_state_manager *m, hb_proof_cache_stats *stats, hb_error *err);
