/* The reference verifier: docs/protocol.md turned into the plainest C that decides the same thing as src/. It allocates, it is slow, it shares no code with
 * src/ but the record of the chips' rules (air/record.h), which it reads as data: it groups lookups, places blocks and evaluates expressions itself. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "air/record.h"

enum { REF_CHIPS_MAX = 64 };

/* What the verifier knows about a chip without reading a proof. */
typedef struct ref_chip {
    const char *name;       /* docs/protocol.md speaks of some chips by name */
    const hb_air *air;
    uint32_t fixed_rows;    /* 0: free, up to 2^max_log2, or the key's */
    uint32_t max_log2;
    uint32_t ts_inc;
} ref_chip;

typedef struct ref_machine {
    uint32_t n_chips;
    ref_chip chips[REF_CHIPS_MAX];
    const char *params_text;
    uint8_t digest[32];     /* of the machine (protocol.md 11) */
} ref_machine;

/* NULL if the proof file proves its statement under `vkey` with this exit code, else the first reason found (a static string). */
const char *ref_verify(const ref_machine *machine, const uint8_t *file, size_t bytes, const uint8_t vkey[32], uint32_t exit_code);
