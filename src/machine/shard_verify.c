#include "machine/shard_verify.h"

#include <string.h>

#include "base/bytes.h"
#include "base/reject.h"
#include "gkr/gkr_verify.h"
#include "pcs/pcs_verify.h"
#include "zerocheck/zerocheck_verify.h"

typedef struct {
    const hb_machine_airs *airs;
    const hb_program_part *part;
    const hb_statement *st;
    const hb_bus_challenges *global;
    hb_machine_layout *layout;
    hb_receiver r;
    hb_scratch scratch;
    uint32_t (*cap[HB_COMMITMENTS])[8]; /* of commitments 1 and 2 */
} conversation;

static uint32_t cap_nodes(const hb_stack *stack, int commitment)
{
    return UINT32_C(1) << hb_merkle_cap_log2(stack->h[commitment] + HB_RATE_LOG2_0);
}

static hb_status receive_cap(conversation *c, int commitment)
{
    if (c->layout->stack.w[commitment] == 0)
        return HB_OK;
    c->cap[commitment] = hb_scratch_alloc_many(&c->scratch, HB_CAP_NODES_MAX, sizeof *c->cap[commitment]);
    if (!c->cap[commitment])
        return HB_REJECT(c->r.err, HB_R_SCRATCH);
    return hb_receive_words(&c->r, HB_TAG_CAP, c->cap[commitment][0], 8 * (size_t)cap_nodes(&c->layout->stack, commitment));
}

static hb_status open_conversation(conversation *c, const uint8_t vkey[32])
{
    hb_statement_absorb(c->st, vkey, &c->r.t);
    if (c->part->cap_nodes != cap_nodes(&c->layout->stack, HB_COMMIT_KEY))
        return HB_REJECT(c->r.err, HB_R_BAD_LENGTH);
    hb_transcript_absorb(&c->r.t, HB_TAG_CAP, c->part->cap[0], 8 * (size_t)c->part->cap_nodes);
    hb_status st = receive_cap(c, HB_COMMIT_BOUNDARY);
    return st == HB_OK ? receive_cap(c, HB_COMMIT_MAIN) : st;
}

static hb_status take_outcome(conversation *c, const hb_gkr_result *trees, hb_shard_outcome *outcome)
{
    if (c->st->kind == HB_KIND_SINGLE)
        return HB_OK;
    outcome->g_global = trees->roots[hb_gkr_value(HB_AIR_TREE_G_GLOBAL)];
    outcome->r_global = trees->roots[hb_gkr_value(HB_AIR_TREE_R_GLOBAL)];
    return hb_k_is_zero(outcome->g_global) || hb_k_is_zero(outcome->r_global) ? HB_REJECT(c->r.err, HB_R_GKR_PRODUCT_ZERO) : HB_OK;
}

static hb_status check_trace(conversation *c, hb_shard_outcome *outcome, hb_zerocheck_result *point)
{
    hb_machine_layout *layout = c->layout;
    hb_bus_challenges bus;
    hb_gkr_result trees;
    hb_status st = hb_receive_grind(&c->r, HB_LABEL_BUS, HB_GRIND_BUS);
    if (st != HB_OK)
        return st;
    hb_machine_bus_challenges(&c->r.t, &bus);
    hb_machine_public_factors(c->st, &bus, &layout->pv_g, &layout->pv_r);
    st = hb_gkr_verify(&c->r, &layout->trees, layout->pv_g, layout->pv_r, &trees);
    if (st == HB_OK)
        st = take_outcome(c, &trees, outcome);
    if (st != HB_OK)
        return st;
    hb_zerocheck_table tables[HB_CHIP_COUNT];
    for (uint32_t i = 0; i < layout->n_tables; i++)
        tables[i] = (hb_zerocheck_table){&c->airs->air[layout->chip[i]], c->st->heights[layout->chip[i]]};
    const hb_zerocheck_claim claim = {tables, layout->n_tables, &layout->trees, &trees, &bus, &layout->publics, c->global};
    return hb_zerocheck_verify(&c->r, &claim, &c->scratch, point);
}

static hb_status check_opening(conversation *c, const hb_zerocheck_result *at)
{
    hb_row_point point;
    if (!hb_machine_point(at, &point))
        return HB_REJECT(c->r.err, HB_R_ZERO_CHALLENGE);
    const hb_pcs_cap caps[HB_COMMITMENTS] = {(hb_pcs_cap)c->part->cap, (hb_pcs_cap)c->cap[HB_COMMIT_BOUNDARY], (hb_pcs_cap)c->cap[HB_COMMIT_MAIN]};
    return hb_pcs_verify(&c->r, &hb_pcs_shard_params, &c->layout->stack, caps, &point, at->columns, &c->scratch);
}

hb_status hb_shard_verify(const hb_machine_airs *airs, const hb_program_part *part, const uint8_t vkey[32], const hb_statement *statement,
                          const hb_bus_challenges *global, const uint8_t *words, uint64_t n_words, hb_scratch scratch, hb_shard_outcome *outcome, hb_error *err)
{
    conversation c = {.airs = airs, .part = part, .st = statement, .global = global, .scratch = scratch};
    hb_zerocheck_result point;
    c.layout = hb_scratch_alloc(&c.scratch, sizeof *c.layout);
    if (!c.layout)
        return HB_REJECT(err, HB_R_SCRATCH);
    hb_status st = hb_machine_layout_init(c.layout, airs, part, statement, &c.scratch, err);
    if (st != HB_OK)
        return st;
    hb_receiver_init(&c.r, words, (size_t)n_words * 4, err);
    st = open_conversation(&c, vkey);
    if (st == HB_OK)
        st = check_trace(&c, outcome, &point);
    if (st == HB_OK)
        st = check_opening(&c, &point);
    return st == HB_OK ? hb_receive_end(&c.r) : st;
}

hb_status hb_shard_boundary_cap(const hb_statement *statement, const uint8_t *words, uint64_t n_words, hb_scratch scratch, uint32_t (*cap)[8], uint32_t *nodes,
                                hb_error *err)
{
    hb_stack *stack = hb_scratch_alloc(&scratch, sizeof *stack);
    if (!stack)
        return HB_REJECT(err, HB_R_SCRATCH);
    hb_status st = hb_machine_boundary_layout(stack, statement, err);
    if (st != HB_OK)
        return st;
    *nodes = cap_nodes(stack, HB_COMMIT_BOUNDARY);
    if (n_words < 8 * (uint64_t)*nodes)
        return HB_REJECT(err, HB_R_TRUNCATED);
    for (uint32_t i = 0; i < *nodes; i++)
        for (uint32_t w = 0; w < 8; w++)
            cap[i][w] = hb_load_le32(words + 4 * (8 * (size_t)i + w));
    return HB_OK;
}
