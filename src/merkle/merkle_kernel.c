#include "merkle/merkle_kernel.h"

#include "hash/blake3v.h"

/* Work goes in units of HB_V32_LANES digests, two units at a time. Unit u is lanes (u * HB_V32_LANES) % 16 .. of a group. */
#define UNITS_PER_GROUP (16 / HB_V32_LANES)

HB_BV uint32_t *unit_word(hb_merkle_group *groups, size_t unit, int word)
{
    return groups[unit / UNITS_PER_GROUP].w[word] + unit % UNITS_PER_GROUP * HB_V32_LANES;
}

HB_BV const uint32_t *unit_word_in(const hb_merkle_group *groups, size_t unit, int word)
{
    return groups[unit / UNITS_PER_GROUP].w[word] + unit % UNITS_PER_GROUP * HB_V32_LANES;
}

HB_BV void load_leaves(hb_v32 h[8], hb_v32 m[16], const hb_merkle_group *cv, const uint32_t *const *columns, size_t count, size_t first, size_t block,
                       size_t unit)
{
    for (size_t j = 0; j < 16; j++)
        m[j] = j < count ? hb_v32_load(columns[j] + first + unit * HB_V32_LANES) : hb_v32_set1(0);
    if (block == 0)
        hb_blake3v_iv(h);
    else
        for (int i = 0; i < 8; i++)
            h[i] = hb_v32_load(unit_word_in(cv, unit, i));
}

/* A unit without partner (one group only) is done twice. */
static void absorb(hb_merkle_group *cv, size_t groups, const uint32_t *const *columns, size_t count, size_t first, size_t block)
{
    const size_t units = groups * UNITS_PER_GROUP;
    for (size_t unit = 0; unit < units; unit += 2) {
        hb_v32 h[2][8], m[2][16];
        const size_t other = unit + 1 < units ? unit + 1 : unit;
        load_leaves(h[0], m[0], cv, columns, count, first, block, unit);
        load_leaves(h[1], m[1], cv, columns, count, first, block, other);
        hb_blake3v_compress2(h, m, block, (uint32_t)(4 * count), HB_HASH_LEAF);
        for (int i = 0; i < 8; i++) {
            hb_v32_store(unit_word(cv, unit, i), h[0][i]);
            hb_v32_store(unit_word(cv, other, i), h[1][i]);
        }
    }
}

/* Children 2 i and 2 i + 1 are neighbouring lanes of units 2 u and 2 u + 1: unzipping gives all left and all right children. */
HB_BV void load_children(hb_v32 m[16], const hb_merkle_group *in, size_t unit)
{
    for (int i = 0; i < 8; i++)
        hb_v32_unzip(hb_v32_load(unit_word_in(in, 2 * unit, i)), hb_v32_load(unit_word_in(in, 2 * unit + 1, i)), &m[i], &m[8 + i]);
}

/* Parents u and u + 1 overwrite units u and u + 1, which were read by then: so out may be in. */
static void nodes(hb_merkle_group *out, const hb_merkle_group *in, size_t groups)
{
    const size_t units = groups * UNITS_PER_GROUP;
    for (size_t unit = 0; unit < units; unit += 2) {
        hb_v32 h[2][8], m[2][16];
        const size_t other = unit + 1 < units ? unit + 1 : unit;
        load_children(m[0], in, unit);
        load_children(m[1], in, other);
        hb_blake3v_iv(h[0]);
        hb_blake3v_iv(h[1]);
        hb_blake3v_compress2(h, m, 0, 64, HB_HASH_NODE);
        for (int i = 0; i < 8; i++) {
            hb_v32_store(unit_word(out, unit, i), h[0][i]);
            hb_v32_store(unit_word(out, other, i), h[1][i]);
        }
    }
}

const hb_merkle_kernels HB_ISA_SYM(hb_merkle_kernels_table) = {absorb, nodes};
