/* Writing proof files (format: machine/prooffile.h). Hosted. */
#pragma once
#include "base/buf.h"
#include "machine/statement.h"

/* Appends everything before the first proof. run: digests and exit code of this statement are used. n_shards = 0 and nonce = 0 for a proof of kind `single`. */
hb_status hb_proof_write_head(const hb_program_part *part, const hb_statement *run, uint32_t n_shards, uint64_t nonce, const uint8_t *public_bytes,
                              size_t n_public_bytes, hb_buf *file);

/* Appends what stands before the words of one proof; the caller appends the words and patches their number: *words_at is the offset of that u64 in
 * the buffer. */
hb_status hb_proof_write_statement(const hb_statement *st, hb_buf *file, size_t *words_at);
