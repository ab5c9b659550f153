/* Affine forms with coefficients in K over the inputs of a record (columns and structured columns): what fingerprints and the linear parts of
 * weighted sums of constraints become. Freestanding C, used by the prover. */
#pragma once
#include "air/challenges.h"
#include "air/record.h"

/* node_weights: one K a node of the record; means sum_i node_weights[i] node_i. Backward sweep: distributes weights over sums and constant
 * multiples. Afterwards inputs[slot] (slots as in air/tape.h) and *constant have been increased by the affine part, and node_weights is 0 but
 * for products of two non-constant factors, whose weights are the nonlinear rest. */
void hb_air_sweep(const hb_air *air, const hb_air_publics *publics, hb_k *node_weights, hb_k *inputs, hb_k *constant);

/* Whether a node is a product of two non-constant factors. */
static inline bool hb_air_is_product(const hb_air *air, hb_expr x)
{
    const hb_air_node *n = &air->nodes[x];
    return n->op == HB_AIR_MUL && air->nodes[n->a].degree > 0 && air->nodes[n->b].degree > 0;
}

/* Coefficients of the elementary symmetric polynomials e_0 .. e_k in the fraction of a group of k lookups (docs/protocol.md 5): den and num. */
typedef struct hb_group_form {
    hb_k den[HB_AIR_GROUP + 1], num[HB_AIR_GROUP + 1];
} hb_group_form;

hb_group_form hb_air_group_form(const hb_bus_challenges *challenges, uint32_t bus, uint32_t k);
