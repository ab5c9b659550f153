#include "gkr/gkr_prove.h"

#include "gkr/gkr_prover.h"

static hb_status out_of_memory(hb_error *err)
{
    return hb_fail(err, HB_OUT_OF_MEMORY, "no memory for the levels of the bus trees");
}

/* GKR_TOP, the point of its four bits, and the claims there. */
static hb_status prove_top(hb_gkr_prover *g, hb_gkr_result *out)
{
    hb_k top[HB_GKR_VALUES_MAX][HB_GKR_TOP], point[HB_GKR_TOP_LOG2];
    uint8_t bits[HB_GKR_DEPTH_MAX];
    for (uint32_t v = 0; v < g->n_values; v++)
        for (uint32_t i = 0; i < HB_GKR_TOP; i++)
            top[v][i] = hb_gkr_top_value(g, v, i);
    if (hb_send_k(g->s, HB_TAG_GKR_TOP, &top[0][0], HB_GKR_TOP * (size_t)g->n_values) != HB_OK)
        return HB_OUT_OF_MEMORY;
    hb_gkr_roots(g->n_values, top, out->roots);
    hb_gkr_remaining_bits(out->depth, out->depth - HB_GKR_TOP_LOG2, bits);
    for (uint32_t i = 0; i < HB_GKR_TOP_LOG2; i++)
        out->xi[bits[i]] = point[i] = hb_transcript_challenge(&g->s->t, HB_LABEL_GKR_POINT);
    for (uint32_t v = 0; v < g->n_values; v++)
        out->claims[v] = hb_gkr_top_at(top[v], point);
    return HB_OK;
}

/* From the claims about level + 1 to those about level. */
static hb_status prove_layer(hb_gkr_prover *g, uint32_t level, hb_gkr_result *out)
{
    hb_k end[HB_GKR_VALUES_MAX][2];
    hb_k lam = hb_transcript_challenge(&g->s->t, HB_LABEL_GKR_LAMBDA);
    hb_status st = hb_gkr_prove_layer(g, level, lam, out->claims, out->xi, end);
    if (st != HB_OK)
        return st;
    if (hb_send_k(g->s, HB_TAG_GKR_END, &end[0][0], 2 * (size_t)g->n_values) != HB_OK)
        return HB_OUT_OF_MEMORY;
    hb_k mu = hb_transcript_challenge(&g->s->t, HB_LABEL_GKR_MU);
    for (uint32_t v = 0; v < g->n_values; v++)
        out->claims[v] = hb_k_line(end[v][0], end[v][1], mu);
    out->xi[hb_gkr_combined_bit(out->depth, level)] = mu;
    hb_gkr_close_level(g, level);
    return HB_OK;
}

static hb_status prove(hb_gkr_prover *g, hb_gkr_result *out)
{
    hb_status st = hb_gkr_prover_init(g);
    if (st != HB_OK)
        return st;
    st = hb_gkr_build_levels(g);
    if (st == HB_OK)
        st = prove_top(g, out);
    for (uint32_t level = out->depth - HB_GKR_TOP_LOG2; st == HB_OK && level-- > 0;) {
        st = level == 0 ? hb_gkr_restore_leaves(g) : HB_OK;
        if (st == HB_OK)
            st = prove_layer(g, level, out);
    }
    for (uint32_t i = out->depth; st == HB_OK && i < out->n_xi; i++)
        out->xi[i] = hb_transcript_challenge(&g->s->t, HB_LABEL_XI_EXTEND);
    return st;
}

hb_status hb_gkr_prove(hb_sender *s, const hb_gkr_layout *layout, const hb_gkr_leaves *leaves, hb_arena *arena, hb_gkr_result *out,
                       hb_error *err)
{
    hb_gkr_prover g = {.s = s,
                       .layout = layout,
                       .leaves = leaves,
                       .arena = arena,
                       .kernels = HB_ISA_PICK(hb_gkr_kernels_table),
                       .threads = hb_pool_threads(s->pool),
                       .n_values = hb_gkr_values(layout->n_trees),
                       .n_tiles = (size_t)1 << (layout->depth - HB_GKR_TILE_LOG2)};
    size_t before = hb_arena_mark(arena);
    *out = (hb_gkr_result){.depth = layout->depth, .n_xi = layout->depth > layout->n_max ? layout->depth : layout->n_max};
    hb_status st = prove(&g, out);
    hb_arena_release(arena, before);
    if (st == HB_OUT_OF_MEMORY)
        return out_of_memory(err);
    if (st == HB_PROOF_GENERATION_FAILED)
        return hb_fail(err, st, "a challenge of the bus trees took a value for which there is no proof");
    return st;
}
