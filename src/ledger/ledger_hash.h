/* Keys and node hashes of the ledger's tree. Freestanding; guest, host and ref/ agree on them byte for byte.
 *
 *   key(namespace, name) = BLAKE3(namespace || 0 || name), 32 bytes; the namespace has no zero byte
 *   leaf                 = BLAKE3 in derive-key mode, context "hauptbuch ledger leaf", over key || BLAKE3(value)
 *   inner node           = BLAKE3 in derive-key mode, context "hauptbuch ledger node", over left || right
 *   empty subtree        = 32 zero bytes
 *
 * Both inputs are 64 bytes, so a node costs one compression. A subtree with one leaf is that leaf: depth follows the number of entries. The
 * path of a key is its bits, the most significant of byte 0 first; bit 0 goes left. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash/blake3c.h"

#define HB_LEDGER_KEY_BITS 256u

/* The context keys of the two derive-key modes (chaining value of the context string), and the flags of the one block of input. */
#define HB_LEDGER_LEAF_CV                                                                                              \
    {0xa457aa20, 0x7b35a4fa, 0xf310785d, 0xaafadd6f, 0xfd1ff7dd, 0x6e77d7d9, 0x06bda7dd, 0x7b63a478}
#define HB_LEDGER_NODE_CV                                                                                              \
    {0xfcadbb49, 0x40c18ccf, 0xd7c3a8b0, 0xac67af92, 0x6faa4ab6, 0x1ec4790c, 0x88041249, 0x7f7bcfb4}
#define HB_BLAKE3_DERIVE_KEY_MATERIAL (UINT32_C(1) << 6)
#define HB_LEDGER_NODE_FLAGS                                                                                           \
    (HB_BLAKE3_CHUNK_START | HB_BLAKE3_CHUNK_END | HB_BLAKE3_ROOT | HB_BLAKE3_DERIVE_KEY_MATERIAL)

/* Outputs may be inputs. */
void hb_ledger_hash_leaf(uint8_t out[32], const uint8_t key[32], const uint8_t value_hash[32]);
void hb_ledger_hash_node(uint8_t out[32], const uint8_t left[32], const uint8_t right[32]);
void hb_ledger_key(uint8_t out[32], const void *space, size_t space_bytes, const void *name, size_t name_bytes);

static inline unsigned hb_ledger_bit(const uint8_t key[32], unsigned bit)
{
    return key[bit >> 3] >> (7 - (bit & 7)) & 1u;
}

/* Bits that the two keys share before the first that differs; 256 for equal keys. */
unsigned hb_ledger_common_bits(const uint8_t a[32], const uint8_t b[32]);

static inline bool hb_ledger_is_empty(const uint8_t hash[32])
{
    uint8_t any = 0;
    for (int i = 0; i < 32; i++)
        any |= hash[i];
    return any == 0;
}
