#include "ref_ledger.h"

#include <string.h>

#include "ref_hash.h"

enum { CHUNK_START = 1, CHUNK_END = 2, ROOT = 8, DERIVE_CONTEXT = 32, DERIVE_MATERIAL = 64 };

static void to_words(const uint8_t *bytes, size_t n, uint32_t *words)
{
    for (size_t i = 0; i < n; i++)
        words[i / 4] |= (uint32_t)bytes[i] << (8 * (i % 4));
}

void ref_ledger_hash(const char *context, const uint8_t left[32], const uint8_t right[32], uint8_t out[32])
{
    uint32_t text[16] = {0}, pair[16] = {0}, key[16], result[16];
    to_words((const uint8_t *)context, strlen(context), text);
    ref_blake3_compress(ref_blake3_iv, text, 0, (uint32_t)strlen(context), CHUNK_START | CHUNK_END | ROOT | DERIVE_CONTEXT, key);
    to_words(left, 32, pair);
    to_words(right, 32, pair + 8);
    ref_blake3_compress(key, pair, 0, 64, CHUNK_START | CHUNK_END | ROOT | DERIVE_MATERIAL, result);
    for (size_t i = 0; i < 32; i++)
        out[i] = (uint8_t)(result[i / 4] >> (8 * (i % 4)));
}

/* The entries whose bit is 0 go to the front; returns how many. */
static size_t split(ref_ledger_entry *e, size_t n, unsigned bit)
{
    size_t zeros = 0;
    for (size_t i = 0; i < n; i++)
        if ((e[i].key[bit / 8] >> (7 - bit % 8) & 1) == 0) {
            const ref_ledger_entry swap = e[i];
            e[i] = e[zeros];
            e[zeros++] = swap;
        }
    return zeros;
}

static void subtree(ref_ledger_entry *e, size_t n, unsigned bit, uint8_t out[32])
{
    uint8_t left[32], right[32];
    memset(out, 0, 32);
    if (n == 0)
        return;
    if (n == 1) {
        ref_blake3(e->value, e->value_bytes, right);
        ref_ledger_hash("hauptbuch ledger leaf", e->key, right, out);
        return;
    }
    const size_t zeros = split(e, n, bit);
    subtree(e, zeros, bit + 1, left);
    subtree(e + zeros, n - zeros, bit + 1, right);
    ref_ledger_hash("hauptbuch ledger node", left, right, out);
}

void ref_ledger_root(ref_ledger_entry *entries, size_t n, uint8_t root[32])
{
    subtree(entries, n, 0, root);
}
