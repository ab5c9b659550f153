/* Writing proof files (format: machine/prooffile.h). Hosted. */
#pragma once
#include "base/buf.h"
#include "machine/statement.h"

/* Appends everything up to the number of proof words, which the caller patches: *words_at is the offset of that u64 in the buffer. */
hb_status hb_proof_write_head(const hb_program_part *part, const hb_statement *st, const uint8_t *public_bytes, size_t n_public_bytes, hb_buf *file,
                              size_t *words_at);
