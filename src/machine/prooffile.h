/* The proof file. All numbers little-endian; nothing optional, nothing padded with choices: one proof has one encoding, anything else is rejected.
 *
 *  offset  bytes
 *       0      8  magic "hbproof1"
 *       8     32  parameter id (must be the compiled-in one)
 *      40      8  program: entry word index, nodes in the program cap (1..256) (u32 each)
 *      48     16  img_lo, img_hi (u64 each)
 *      64      8  n_PROG, n_IMAGE (u32 each)
 *      72     32  load digest
 *     104 32 cap  program cap
 *       +     68  run: 8 words of the public-values digest, 8 of the deferred digest, exit code (u32 each)
 *       +     12  S (u32; 0: the whole run is one proof of kind `single`), nonce* (u64; 0 when S is 0)
 *       +  8 +  b number of public bytes, the bytes written to fd 13 (their SHA-256 or BLAKE3 must be the committed digest), zero bytes to a multiple of 4
 *                 then the proofs: one of kind `single`, or S + 1: `init`, then `exec` 1..S. Each one:
 *       +     28  kind, index, pc_in, pc_out, ts_end, chain_hi, chain_lo (u32 each)
 *       +  4 + 4n number of chips (must be the machine's), heights
 *       +  8 + 4w number of proof words, the words of docs/protocol.md
 * and the end of the file.
 *
 * Reading is freestanding, copies only fixed-size parts, and never allocates. */
#pragma once
#include "base/error.h"
#include "machine/statement.h"

/* What a file says apart from its proofs. */
typedef struct hb_proof_view {
    hb_program_part part;
    hb_statement statement; /* of the proof read last; digests and exit code are the run's */
    uint32_t n_shards;      /* S */
    uint32_t nonce[2];      /* nonce*: low, high */
    const uint8_t *public_bytes; /* into the file */
    uint64_t n_public_bytes;
    const uint8_t *proofs; /* into the file: where the first proof begins */
    uint64_t n_proofs_bytes;
    const uint8_t *words; /* of the proof read last; into the file, unaligned */
    uint64_t n_words;
} hb_proof_view;

/* Reads the head and the first proof. HB_OK, or HB_REJECTED with a reason (not a proof file, other parameters, malformed). Checks shapes only, nothing
 * cryptographic; with S = 0 also that the file ends with the one proof. */
hb_status hb_proof_parse(const uint8_t *file, size_t bytes, hb_proof_view *out, hb_error *err);

/* One proof after the other: *at counts bytes from view->proofs, 0 for the first. Fills statement, words and n_words; seed is left as it is. HB_REJECTED
 * (MALFORMED_PROOF). */
hb_status hb_proof_next(hb_proof_view *view, uint64_t *at, hb_error *err);

/* Proofs that the file must hold. */
static inline uint32_t hb_proof_count(const hb_proof_view *view)
{
    return view->n_shards + 1;
}
