/* Pages: four levels of the binary tree in one record. A page at nibble depth d holds the 16 subtrees at bit depth 4(d+1) below its place and is found
 * by the version that wrote it and the path to it.
 *
 * Record key (so that a version's pages are contiguous, by depth, then path):
 *   version (8 bytes, big-endian), d (1 byte, 0..63), path (ceil(d/2) bytes: nibbles, high one first; an odd last low nibble is 0)
 * Record value:
 *   kinds (4 bytes, little-endian): bits 2i, 2i+1 = kind of slot i: 0 empty, 1 leaf, 2 page
 *   for every slot that is not empty, in order: hash (32), version that wrote it (8, little-endian), and for a leaf its index (4, little-endian)
 *
 * A page other than the root's has two leaves below it or more. Pages are written once and never changed. */
#pragma once
#include "base/error.h"
#include "ledger/ledger_hash.h"

#define HB_PAGE_KEY_MAX 41u
#define HB_PAGE_BYTES_MAX (4u + 16u * 44u)
#define HB_PAGE_DEPTH_MAX 63u

enum hb_page_kind { HB_PAGE_EMPTY, HB_PAGE_LEAF, HB_PAGE_INNER };

typedef struct hb_page_slot {
    uint8_t kind;     /* hb_page_kind */
    uint32_t index;   /* of a leaf's record in its version */
    uint64_t version; /* that wrote the leaf's record or the page */
    uint8_t hash[32]; /* zero when empty */
} hb_page_slot;

/* A page with the binary tree over its slots: node[1] is the page's own root, node[i] has children node[2i] and node[2i+1], node[16 + s] is slot s. kind of
 * inner nodes as of slots, HB_PAGE_INNER for any node with two leaves below. */
typedef struct hb_page {
    hb_page_slot slot[16];
    uint8_t node[32][32];
    uint8_t node_kind[32];
} hb_page;

void hb_page_clear(hb_page *page);

/* Recomputes the nodes above slot s after it changed (all slots: hb_page_hash_all). */
void hb_page_hash_above(hb_page *page, uint16_t changed_slots);
void hb_page_hash_all(hb_page *page);

/* Returns the number of bytes. */
size_t hb_page_encode(const hb_page *page, uint8_t out[HB_PAGE_BYTES_MAX]);
/* False unless the bytes are exactly a page (shape only); the nodes are computed. */
bool hb_page_decode(hb_page *page, const uint8_t *data, size_t bytes);

/* The same with the hashes of the inner nodes behind it (from node 15 down to 1, those that cost a compression), so that reading it back costs none: for
 * copies in memory only. */
#define HB_PAGE_PACKED_MAX (HB_PAGE_BYTES_MAX + 15u * 32u)
size_t hb_page_pack(const hb_page *page, uint8_t out[HB_PAGE_PACKED_MAX]);
bool hb_page_unpack(hb_page *page, const uint8_t *data, size_t bytes);

/* `key` leads to the page. Returns the length of the record key. */
size_t hb_page_key(uint8_t out[HB_PAGE_KEY_MAX], uint64_t version, unsigned depth, const uint8_t key[32]);

static inline unsigned hb_page_nibble(const uint8_t key[32], unsigned depth)
{
    return depth & 1 ? key[depth >> 1] & 15u : key[depth >> 1] >> 4;
}
