/* The records of all chips' rules, as prover and verifier both make them: by running the rules, never by reading them from anywhere. Freestanding. */
#pragma once
#include "air/record.h"
#include "base/error.h"
#include "base/scratch.h"
#include "chips/chip.h"

typedef struct hb_machine_airs {
    hb_air air[HB_CHIP_COUNT]; /* finished, without problems */
    uint8_t *trees[HB_CHIP_COUNT]; /* tree number of each term, for the layout of the trees */
    uint8_t digest[32];        /* machine digest (docs/protocol.md 11) */
} hb_machine_airs;

/* Scratch that hb_machine_airs_init takes at most. */
#define HB_MACHINE_AIRS_BYTES ((size_t)4 << 20)

/* Records the rules of every chip into `scratch`. HB_INTERNAL (a mistake in a chip, with its name in the message) or HB_REJECTED (SCRATCH). */
hb_status hb_machine_airs_init(hb_machine_airs *airs, hb_scratch *scratch, hb_error *err);
