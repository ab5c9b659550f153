/* The verifier's reader of a record: constraints and bus leaves at a point of K. Freestanding; scratch by the caller. */
#pragma once
#include "air/challenges.h"
#include "air/record.h"

/* values[i] = value of node i when column j has the value cols[j] (preprocessed first) and structured column s the value structured[s].
 * values: air->n_nodes elements. */
void hb_air_eval_k(const hb_air *air, const hb_k *cols, const hb_k structured[HB_ST_COUNT], const hb_air_publics *publics, hb_k *values);

/* sum_k *power * lambda^k * C_k from the node values; *power is then multiplied by lambda^(number of constraints). */
hb_k hb_air_constraints_k(const hb_air *air, const hb_k *values, hb_k lambda, hb_k *power);

/* G, R: the factor in den (num is 0). F: numerator and denominator. Without the row mask. */
typedef struct hb_air_leaf {
    hb_k num, den;
} hb_air_leaf;

hb_air_leaf hb_air_leaf_k(const hb_air *air, const hb_air_term *term, const hb_k *values, const hb_bus_challenges *challenges);

/* fp(bus; v_0 .. v_{n-1}). */
hb_k hb_bus_fingerprint(const hb_bus_challenges *challenges, uint32_t bus, const hb_k *v, uint32_t n);
