/* The proof file. All numbers little-endian; nothing optional, nothing padded with choices: one proof has one encoding, anything else is rejected.
 *
 *  offset  bytes
 *       0      8  magic "hbproof1"
 *       8     32  parameter id (must be the compiled-in one)
 *      40      8  kind, shard index (u32 each)
 *      48     24  entry word index (u32), zero (u32), img_lo, img_hi (u64 each)
 *      72     16  n_PROG, n_IMAGE, nodes in the program cap (1..256), zero (u32 each)
 *      88  32 cap program cap
 *       +     88  statement: pc_in, pc_out, ts_end, 8 digest words, 8 deferred words, exit code, chain_hi, chain_lo (u32 each)
 *       +  4 + 4n number of chips (must be the machine's), heights
 *       +  8 +  b number of public bytes, the bytes written to fd 13 (their SHA-256 or BLAKE3 must be the committed digest), zero bytes to a multiple of 4
 *       +  8 + 4w number of proof words, the words of docs/protocol.md
 * and the end of the file.
 *
 * Reading is freestanding, copies only fixed-size parts, and never allocates. */
#pragma once
#include "base/error.h"
#include "machine/statement.h"

typedef struct hb_proof_view {
    hb_program_part part;
    hb_statement statement;
    const uint8_t *public_bytes; /* into the file */
    uint64_t n_public_bytes;
    const uint8_t *words; /* into the file, unaligned */
    uint64_t n_words;
} hb_proof_view;

/* HB_OK, or HB_REJECTED with a reason (not a proof file, other parameters, malformed). Checks the shape only, nothing cryptographic. */
hb_status hb_proof_parse(const uint8_t *file, size_t bytes, hb_proof_view *out, hb_error *err);
