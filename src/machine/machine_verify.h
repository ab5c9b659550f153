/* The verifier of a proof file: one decision from bytes to yes or no. Freestanding, no allocation, nothing taken from the proof but what the
 * statement is and what is checked.
 *
 * HB_OK says: the program with verifying key `vkey`, started at its entry with its image, zero memory and some private input, halted with
 * `exit_code` after committing to the public values whose bytes *view points at. Proofs are succinct, not hiding. */
#pragma once
#include "machine/airs.h"
#include "machine/prooffile.h"

typedef struct hb_verify_request {
    uint8_t vkey[32];   /* of the program that the caller trusts */
    uint32_t exit_code; /* the only one that is accepted */
} hb_verify_request;

/* Scratch for any proof within the machine's bounds (airs not included). */
#define HB_VERIFY_SCRATCH_BYTES ((size_t)3 << 20)

/* airs: hb_machine_airs_init's, reusable for any number of proofs and threads. view: filled as far as the file could be read; valid on HB_OK.
 * HB_OK, or HB_REJECTED with the reason in *err (err may be NULL). */
hb_status hb_machine_verify(const hb_machine_airs *airs, const uint8_t *file, size_t bytes, const hb_verify_request *request, hb_scratch scratch,
                            hb_proof_view *view, hb_error *err);
