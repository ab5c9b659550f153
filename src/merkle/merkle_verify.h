/* Checking openings of the trees of merkle/merkle.h. Freestanding; caller's scratch, no allocation. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/status.h"
#include "hash/blake3c.h"

#define HB_MERKLE_MAX_LOG2 30u
#define HB_MERKLE_CAP_LOG2 8u
#define HB_MERKLE_MAX_OPENINGS 512u

/* About 18 KiB whatever the tree. Contents need no initialisation. */
typedef struct hb_merkle_scratch {
    uint32_t index[HB_MERKLE_MAX_OPENINGS];
    uint32_t digest[HB_MERKLE_MAX_OPENINGS][HB_DIGEST_WORDS];
} hb_merkle_scratch;

/* min(8, leaves_log2). */
static inline unsigned hb_merkle_cap_log2(unsigned leaves_log2)
{
    return leaves_log2 < HB_MERKLE_CAP_LOG2 ? leaves_log2 : HB_MERKLE_CAP_LOG2;
}

/* Digest of one leaf of `width` words. */
void hb_merkle_leaf(uint32_t digest[HB_DIGEST_WORDS], const uint32_t *words, size_t width);
/* Digest of a node. out may be left or right. */
void hb_merkle_node(uint32_t out[HB_DIGEST_WORDS], const uint32_t left[HB_DIGEST_WORDS], const uint32_t right[HB_DIGEST_WORDS]);

/* Number of sibling digests in the opening of `indices` (as required below). */
size_t hb_merkle_sibling_count(unsigned leaves_log2, const uint32_t *indices, size_t count, hb_merkle_scratch *scratch);

/* Checks that leaves[k * width ..] is leaf indices[k] of the committed tree, for k < count.
 *   cap       2^hb_merkle_cap_log2(leaves_log2) digests, trusted
 *   indices   strictly ascending, below 2^leaves_log2, 1 .. HB_MERKLE_MAX_OPENINGS of them
 *   leaves    count * width words
 *   siblings  sibling_count * 32 bytes, every one of which must be used
 * Rejects: HB_R_BAD_LENGTH (a count, an index or the number of siblings is not as required), HB_R_NOT_CANONICAL (a leaf word is not below p),
 * HB_R_MERKLE_ROOT (a computed cap node differs). */
hb_status hb_merkle_verify(const uint32_t (*cap)[HB_DIGEST_WORDS], unsigned leaves_log2, const uint32_t *indices, size_t count,
                           const uint32_t *leaves, size_t width, const uint8_t *siblings, size_t sibling_count, hb_merkle_scratch *scratch,
                           hb_error *err);
