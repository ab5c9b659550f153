#include "ledger/ledger_hash.h"

#include "base/bytes.h"
#include "hash/blake3.h"

static void hash_pair(uint8_t out[32], const uint32_t cv[8], const uint8_t first[32], const uint8_t second[32])
{
    uint32_t block[16], result[16];
    for (unsigned i = 0; i < 8; i++) {
        block[i] = hb_load_le32(first + 4 * i);
        block[8 + i] = hb_load_le32(second + 4 * i);
    }
    hb_blake3_compress(result, cv, block, 0, 64, HB_LEDGER_NODE_FLAGS);
    for (unsigned i = 0; i < 8; i++)
        hb_store_le32(out + 4 * i, result[i]);
}

void hb_ledger_hash_leaf(uint8_t out[32], const uint8_t key[32], const uint8_t value_hash[32])
{
    static const uint32_t cv[8] = HB_LEDGER_LEAF_CV;
    hash_pair(out, cv, key, value_hash);
}

void hb_ledger_hash_node(uint8_t out[32], const uint8_t left[32], const uint8_t right[32])
{
    static const uint32_t cv[8] = HB_LEDGER_NODE_CV;
    hash_pair(out, cv, left, right);
}

void hb_ledger_key(uint8_t out[32], const void *space, size_t space_bytes, const void *name, size_t name_bytes)
{
    static const uint8_t zero = 0;
    hb_blake3 h;
    hb_blake3_init(&h);
    hb_blake3_update(&h, space, space_bytes);
    hb_blake3_update(&h, &zero, 1);
    hb_blake3_update(&h, name, name_bytes);
    hb_blake3_final(&h, out);
}

unsigned hb_ledger_common_bits(const uint8_t a[32], const uint8_t b[32])
{
    unsigned i = 0;
    while (i < 32 && a[i] == b[i])
        i++;
    if (i == 32)
        return HB_LEDGER_KEY_BITS;
    unsigned bits = 8 * i;
    for (uint8_t diff = a[i] ^ b[i]; !(diff & 0x80); diff = (uint8_t)(diff << 1))
        bits++;
    return bits;
}
