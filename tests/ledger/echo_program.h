/* The smallest provable program whose public values and exit code are what its input says: it commits to whatever digest it is given, which makes it the
 * forger that a ledger must hold against. The input chunk is: digest words (32 bytes), exit code (8), public values. */
#pragma once
#include "base/testing.h"
#include "machine/machine_prove.h"
#include "rv/interp.h"

typedef struct echo_program {
    hb_rv_program program;
    hb_machine_key key;
} echo_program;

/* Programs with different `pad` have different verifying keys. */
void echo_program_make(echo_program *p, unsigned pad);
void echo_program_free(echo_program *p);

/* Appends a proof of a run with these public values and exit code. */
void echo_program_prove(const echo_program *p, const void *public_values, size_t n, unsigned exit_code, hb_buf *proof);
