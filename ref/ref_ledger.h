/* The ledger's tree, plain: the root of a whole map, recomputed from nothing. Oracle of src/ledger; shares no code with it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct ref_ledger_entry {
    uint8_t key[32];
    const uint8_t *value;
    size_t value_bytes;
} ref_ledger_entry;

/* Entries in any order, keys distinct; they are reordered. 0 entries: 32 zero bytes. */
void ref_ledger_root(ref_ledger_entry *entries, size_t n, uint8_t root[32]);

/* Derive-key BLAKE3 of 64 bytes, the context hashed here and not taken as a constant. */
void ref_ledger_hash(const char *context, const uint8_t left[32], const uint8_t right[32], uint8_t out[32]);
