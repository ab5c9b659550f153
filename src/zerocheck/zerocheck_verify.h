/* Verifier of the batched zerocheck (docs/protocol.md 8). Freestanding.
 *
 * HB_OK means: if in addition every column has the value out->columns[id] at the point, then (up to the soundness error) all constraints hold on all
 * rows and the trees' claims are those of the tables' leaves. Rejections: those of transcript/receive.h and ZERO_CHALLENGE, ZEROCHECK_SKIP,
 * ZEROCHECK_END, SCRATCH, BAD_LENGTH (a claim whose sizes no layout has). */
#pragma once
#include "base/scratch.h"
#include "transcript/receive.h"
#include "zerocheck/zerocheck.h"

/* Scratch that hb_zerocheck_verify needs: 20 bytes a column (kept), and what it uses in between. */
size_t hb_zerocheck_verify_bytes(const hb_zerocheck_claim *claim);

/* Draws LAMBDA and ETA, reads SKIP to COLUMNS. On return only out->columns is taken from the scratch. */
hb_status hb_zerocheck_verify(hb_receiver *r, const hb_zerocheck_claim *claim, hb_scratch *scratch, hb_zerocheck_result *out);
