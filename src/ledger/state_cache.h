/* Pages and values in memory: a bounded map from the records' keys to copies, least recently used out first. Records are written once, so a copy is never
 * out of date; whoever reads checks hashes as for records from disk. Any thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hb_state_cache hb_state_cache;

/* bytes: room for all copies together, bookkeeping included. NULL: out of memory. */
hb_state_cache *hb_state_cache_create(size_t bytes);
void hb_state_cache_destroy(hb_state_cache *cache);

#define HB_STATE_CACHE_KEY_MAX 48u

/* Copies at most `room` bytes of the record to out; returns its length, or SIZE_MAX when it is not there or longer than room. */
size_t hb_state_cache_get(hb_state_cache *cache, const uint8_t *key, size_t key_bytes, void *out, size_t room);
/* Keeps a copy, when it fits and memory allows. */
void hb_state_cache_put(hb_state_cache *cache, const uint8_t *key, size_t key_bytes, const void *data, size_t bytes);
/* Forgets everything (after pruning). */
void hb_state_cache_clear(hb_state_cache *cache);

typedef struct hb_state_cache_stats {
    uint64_t hits, misses;
    size_t entries, bytes;
} hb_state_cache_stats;
hb_state_cache_stats hb_state_cache_read_stats(hb_state_cache *cache);
