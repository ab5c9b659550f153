#include "merkle/merkle_kernel.h"

#include "hash/blake3v.h"

static void absorb(hb_merkle_group *cv, size_t groups, const uint32_t *const *columns, size_t count, size_t first, size_t block)
{
    for (size_t g = 0; g < groups; g++)
        for (size_t lane = 0; lane < 16; lane += HB_V32_LANES) {
            hb_v32 h[8], m[16];
            for (size_t j = 0; j < 16; j++)
                m[j] = j < count ? hb_v32_load(columns[j] + first + 16 * g + lane) : hb_v32_set1(0);
            if (block == 0)
                hb_blake3v_iv(h);
            else
                for (int i = 0; i < 8; i++)
                    h[i] = hb_v32_load(cv[g].w[i] + lane);
            hb_blake3v_compress(h, m, block, (uint32_t)(4 * count), HB_HASH_LEAF);
            for (int i = 0; i < 8; i++)
                hb_v32_store(cv[g].w[i] + lane, h[i]);
        }
}

/* Children 2 i and 2 i + 1 are neighbouring lanes: unzipping gives all left and all right children. Lanes l .. of the parents come from one of the
 * two groups, except with 16 lanes, where both contribute. All loads of a parent group precede its stores, so that out may be in. */
static void nodes(hb_merkle_group *out, const hb_merkle_group *in, size_t groups)
{
    for (size_t g = 0; g < groups; g++) {
        hb_v32 h[16 / HB_V32_LANES][8];
        for (size_t part = 0; part < 16 / HB_V32_LANES; part++) {
            hb_v32 m[16];
            for (int i = 0; i < 8; i++) {
                size_t child = 2 * part * HB_V32_LANES, next = child + HB_V32_LANES;
                const hb_merkle_group *a = &in[2 * g + child / 16], *b = &in[2 * g + next / 16];
                hb_v32_unzip(hb_v32_load(a->w[i] + child % 16), hb_v32_load(b->w[i] + next % 16), &m[i], &m[8 + i]);
            }
            hb_blake3v_iv(h[part]);
            hb_blake3v_compress(h[part], m, 0, 64, HB_HASH_NODE);
        }
        for (size_t part = 0; part < 16 / HB_V32_LANES; part++)
            for (int i = 0; i < 8; i++)
                hb_v32_store(out[g].w[i] + part * HB_V32_LANES, h[part][i]);
    }
}

const hb_merkle_kernels HB_ISA_SYM(hb_merkle_kernels_table) = {absorb, nodes};
