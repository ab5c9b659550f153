/* A tree whose pages and leaf records live in memory, the map that it stands for, and the oracle's root of that map. */
#pragma once
#include "base/testing.h"
#include "ledger/tree.h"

#define MEMORY_VALUE_MAX 40u

typedef struct memory_record {
    uint8_t key[HB_PAGE_KEY_MAX];
    size_t key_bytes;
    uint8_t *data;
    size_t bytes;
} memory_record;

typedef struct memory_entry {
    uint8_t key[32];
    uint8_t value[MEMORY_VALUE_MAX];
    size_t value_bytes;
} memory_entry;

typedef struct memory_tree {
    memory_record *records; /* ascending */
    size_t n_records, room;
    memory_entry *map; /* ascending */
    size_t n_map, map_room;
    uint64_t version;
    hb_tree_root root;
    hb_tree_source source;
} memory_tree;

typedef struct memory_op {
    memory_entry entry;
    bool put;
} memory_op;

void memory_tree_init(memory_tree *t);
void memory_tree_free(memory_tree *t);

/* Applies the batch (any order, distinct keys) to tree and map; drop: records that became stale are removed. */
void memory_tree_apply(memory_tree *t, memory_op *ops, size_t n, bool drop);
const memory_entry *memory_tree_find(const memory_tree *t, const uint8_t key[32]);
void memory_tree_oracle(const memory_tree *t, uint8_t root[32]);
