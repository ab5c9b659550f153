/* State of a ledger, read and written by a program whose run is proven. The twin in Rust is hauptbuch::ledger.
 *
 *     static uint8_t memory[16 * HB_LEDGER_CELL_BYTES];
 *     hb_ledger ledger;
 *     hb_ledger_open(&ledger, "counter", memory, sizeof memory);
 *     ... hb_ledger_get, hb_ledger_put, hb_ledger_delete ...
 *     hb_ledger_commit(&ledger); // before any other public output
 *
 * The host passes values and one proof as the next input chunk (`hauptbuch state prove DIR --witness counter NAME... -o FILE`). They are checked here, and
 * hb_ledger_commit puts the state roots before and after and the digest of the writes first in the public output. Which names are there is the host's choice:
 * asking for another one ends the run with code 3, as does a chunk that is not exactly what a ledger gives. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HB_LEDGER_CELL_BYTES 192

typedef struct hb_ledger {
    const char *program;
    struct hb_ledger_cell *cells; /* in the caller's memory, as is what follows */
    struct hb_state_cell *states;
    size_t n;
    const uint8_t *proof; /* into the input */
    size_t proof_bytes;
    uint8_t before_root[32];
} hb_ledger;

/* program: the id, which must stay. memory: HB_LEDGER_CELL_BYTES a cell, 8-byte aligned; too little of it ends the run with code 1. */
void hb_ledger_open(hb_ledger *ledger, const char *program, void *memory, size_t bytes);

/* The value now, after the program's own writes; false when there is none. */
bool hb_ledger_get(const hb_ledger *ledger, const void *name, size_t name_bytes, const uint8_t **value, size_t *bytes);

/* The value must stay where it is until hb_ledger_commit. */
void hb_ledger_put(hb_ledger *ledger, const void *name, size_t name_bytes, const void *value, size_t bytes);

/* Deleting what is not there changes nothing. */
void hb_ledger_delete(hb_ledger *ledger, const void *name, size_t name_bytes);

void hb_ledger_commit(hb_ledger *ledger);

#ifdef __cplusplus
}
#endif
