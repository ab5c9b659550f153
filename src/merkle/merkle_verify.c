#include "merkle/merkle_verify.h"

#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "field/f.h"

void hb_merkle_leaf(uint32_t digest[HB_DIGEST_WORDS], const uint32_t *words, size_t width)
{
    uint32_t cv[16]; /* output of a compression; words 0-7 are the chaining value */
    uint64_t block = 0;
    memcpy(cv, hb_blake3_iv, HB_DIGEST_BYTES);
    do {
        size_t n = width < HB_BLOCK_WORDS ? width : HB_BLOCK_WORDS;
        uint32_t m[HB_BLOCK_WORDS] = {0};
        memcpy(m, words, 4 * n);
        hb_blake3_compress(cv, cv, m, block++, (uint32_t)(4 * n), HB_HASH_LEAF);
        words += n;
        width -= n;
    } while (width);
    memcpy(digest, cv, HB_DIGEST_BYTES);
}

void hb_merkle_node(uint32_t out[HB_DIGEST_WORDS], const uint32_t left[HB_DIGEST_WORDS], const uint32_t right[HB_DIGEST_WORDS])
{
    uint32_t m[HB_BLOCK_WORDS], full[16];
    memcpy(m, left, HB_DIGEST_BYTES);
    memcpy(m + HB_DIGEST_WORDS, right, HB_DIGEST_BYTES);
    hb_blake3_compress(full, hb_blake3_iv, m, 0, 64, HB_HASH_NODE);
    memcpy(out, full, HB_DIGEST_BYTES);
}

/* The parents of the sorted indices, in place; returns how many. *lonely = how many of the indices have a sibling that is not among them. */
static size_t step_up(uint32_t *index, size_t count, size_t *lonely)
{
    size_t parents = 0;
    *lonely = 0;
    for (size_t k = 0; k < count; k++, parents++) {
        if (k + 1 < count && index[k + 1] == (index[k] ^ 1))
            k++; /* index[k] is the even one, since the list is sorted */
        else
            ++*lonely;
        index[parents] = index[k] >> 1;
    }
    return parents;
}

size_t hb_merkle_sibling_count(unsigned leaves_log2, const uint32_t *indices, size_t count, hb_merkle_scratch *scratch)
{
    size_t all = 0, lonely;
    memcpy(scratch->index, indices, count * sizeof *indices);
    for (unsigned l = hb_merkle_cap_log2(leaves_log2); l < leaves_log2; l++) {
        count = step_up(scratch->index, count, &lonely);
        all += lonely;
    }
    return all;
}

static bool sorted_below(const uint32_t *indices, size_t count, uint64_t end)
{
    if (count == 0 || count > HB_MERKLE_MAX_OPENINGS)
        return false;
    for (size_t k = 0; k + 1 < count; k++)
        if (indices[k] >= indices[k + 1])
            return false;
    return indices[count - 1] < end;
}

static bool read_digest(hb_reader *r, uint32_t digest[HB_DIGEST_WORDS])
{
    const uint8_t *p;
    if (!hb_read_span(r, HB_DIGEST_BYTES, &p))
        return false;
    for (unsigned i = 0; i < HB_DIGEST_WORDS; i++)
        digest[i] = hb_load_le32(p + 4 * i);
    return true;
}

/* Digests and indices of one level become those of the next. False when a sibling is missing. Parent number `out` is written after both of its children,
 * which stand at places k >= out, were read. */
static bool hash_up(hb_merkle_scratch *s, size_t *count, hb_reader *siblings)
{
    size_t out = 0;
    for (size_t k = 0; k < *count; k++, out++) {
        const uint32_t index = s->index[k];
        uint32_t read[HB_DIGEST_WORDS];
        const uint32_t *other = read;
        if (k + 1 < *count && s->index[k + 1] == (index ^ 1))
            other = s->digest[k + 1];
        else if (!read_digest(siblings, read))
            return false;
        const uint32_t *left = index & 1 ? other : s->digest[k], *right = index & 1 ? s->digest[k] : other;
        k += other != read;
        hb_merkle_node(s->digest[out], left, right);
        s->index[out] = index >> 1;
    }
    *count = out;
    return true;
}

static bool all_canonical(const uint32_t *words, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok &= hb_f_is_canonical(words[i]);
    return ok;
}

hb_status hb_merkle_verify(const uint32_t (*cap)[HB_DIGEST_WORDS], unsigned leaves_log2, const uint32_t *indices, size_t count,
                           const uint32_t *leaves, size_t width, const uint8_t *siblings, size_t sibling_count, hb_merkle_scratch *scratch,
                           hb_error *err)
{
    if (leaves_log2 > HB_MERKLE_MAX_LOG2 || !sorted_below(indices, count, UINT64_C(1) << leaves_log2) ||
        sibling_count > HB_MERKLE_MAX_OPENINGS * HB_MERKLE_MAX_LOG2)
        return HB_REJECT(err, HB_R_BAD_LENGTH);
    if (!all_canonical(leaves, count * width))
        return HB_REJECT(err, HB_R_NOT_CANONICAL);
    for (size_t k = 0; k < count; k++) {
        scratch->index[k] = indices[k];
        hb_merkle_leaf(scratch->digest[k], leaves + k * width, width);
    }
    hb_reader r = hb_reader_of(siblings, sibling_count * HB_DIGEST_BYTES);
    for (unsigned l = hb_merkle_cap_log2(leaves_log2); l < leaves_log2; l++)
        if (!hash_up(scratch, &count, &r))
            return HB_REJECT(err, HB_R_BAD_LENGTH);
    if (hb_reader_left(&r))
        return HB_REJECT(err, HB_R_BAD_LENGTH);
    for (size_t k = 0; k < count; k++)
        if (memcmp(scratch->digest[k], cap[scratch->index[k]], HB_DIGEST_BYTES))
            return HB_REJECT(err, HB_R_MERKLE_ROOT);
    return HB_OK;
}
