/* What a cheating prover does with wrong tables: proves them all the same. */
#pragma once
#include "tests/soundness/proof_case.h"

typedef enum forgery_end {
    FORGERY_NOT_PROVABLE, /* a tuple is in no table, so that there are no multiplicities to put; or the tables do not fit */
    FORGERY_REJECTED,
    FORGERY_ACCEPTED
} forgery_end;

/* Proves this record under the case's key; edit (may be NULL) changes the filled tables, before or after the multiplicities are counted. */
typedef struct forgery {
    const hb_rv_record *record;
    const uint8_t *public_bytes;
    size_t n_public_bytes;
    void (*edit)(void *ctx, hb_machine_proof *p);
    void *ctx;
    bool edit_after_counting;
    const hb_machine_key *key; /* proves under this key instead (NULL: the case's); its verifying key is also the verifier's */
} forgery;

/* why (may be NULL): the verifier's reason. findings (may be NULL): what the trace checker says of the tables as they were committed, counts included. */
forgery_end forge(proof_case *c, const forgery *f, hb_error *why, size_t *findings);

/* The trace checker's verdict on a proof's tables, with the statement's public tokens. */
size_t forgery_findings(const hb_machine_proof *p);

/* An edit changes how many rows tables have: put new numbers into p->statement.heights (ts_end is not touched) and call this; rows keep their contents, new ones are
 * zero, p->tables and p->layout are new. Fixed columns of PROG and IMAGE stay those of the key. False if such tables cannot be. */
bool forgery_relayout(hb_machine_proof *p);

/* The table of a chip, which must have rows. */
hb_table *forgery_table(hb_machine_proof *p, uint32_t chip);
