/* Prover of the batched zerocheck (docs/protocol.md 8). Hosted; results do not depend on threads or instruction set. */
#pragma once
#include "air/table.h"
#include "base/arena.h"
#include "base/error.h"
#include "transcript/send.h"
#include "zerocheck/zerocheck.h"

/* What the opening needs besides the result. */
typedef struct hb_zerocheck_opening {
    hb_zerocheck_result result;
    hb_k **tiles; /* tiles[id][k] = V_{T,j}(tile k): the column's sum over the tile with weights L_z(r_0) eq(r_y, y); stored tiles of T */
} hb_zerocheck_opening;

/* Bytes of arena that hb_zerocheck_prove takes at its fullest, for a pool of so many threads. Of these, 20 bytes a column and stored tile stay
 * (result.columns, tiles); the rest is given back: 1.25 bytes a row and column of K (the table's columns, used structured ones, 3, and one a flag),
 * so about 1.5 bytes a cell, and 2 to 4 MiB a thread. */
size_t hb_zerocheck_prove_bytes(const hb_zerocheck_claim *claim, unsigned threads);

/* tables[i] belongs to claim->tables[i]. Draws LAMBDA and ETA, sends SKIP to COLUMNS. The prover does not check that the trace is valid (a verifier
 * will; air/checker.h says what is wrong). HB_OUT_OF_MEMORY; HB_PROOF_GENERATION_FAILED in the event (probability 2^-148) that a challenge
 * hits a value that cannot be proven. */
hb_status hb_zerocheck_prove(hb_sender *s, const hb_zerocheck_claim *claim, const hb_table *tables, hb_arena *arena, hb_zerocheck_opening *out,
                             hb_error *err);
