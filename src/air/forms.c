#include "air/forms.h"

#include "air/tape.h"

void hb_air_sweep(const hb_air *air, const hb_air_publics *publics, hb_k *w, hb_k *inputs, hb_k *constant)
{
    for (uint32_t i = air->n_nodes; i-- > 0;) {
        const hb_air_node *n = &air->nodes[i];
        hb_k wi = w[i];
        if (hb_k_is_zero(wi) || hb_air_is_product(air, i))
            continue;
        w[i] = hb_k_zero();
        if (n->degree == 0) {
            *constant = hb_k_add(*constant, hb_k_mul_f(wi, hb_air_constant(air, publics, i)));
            continue;
        }
        switch ((hb_air_op)n->op) {
        case HB_AIR_COL: inputs[n->a] = hb_k_add(inputs[n->a], wi); break;
        case HB_AIR_STRUCTURED: {
            hb_k *in = &inputs[hb_tape_structured_slot(air, (hb_structured)n->a)];
            *in = hb_k_add(*in, wi);
            break;
        }
        case HB_AIR_ADD:
            w[n->a] = hb_k_add(w[n->a], wi);
            w[n->b] = hb_k_add(w[n->b], wi);
            break;
        case HB_AIR_SUB:
            w[n->a] = hb_k_add(w[n->a], wi);
            w[n->b] = hb_k_sub(w[n->b], wi);
            break;
        case HB_AIR_MUL: { /* one factor is constant */
            bool first = air->nodes[n->a].degree == 0;
            hb_f c = hb_air_constant(air, publics, first ? n->a : n->b);
            uint32_t x = first ? n->b : n->a;
            w[x] = hb_k_add(w[x], hb_k_mul_f(wi, c));
            break;
        }
        case HB_AIR_CONST:
        case HB_AIR_KEY: break;
        }
    }
}

/* den = sum_j (-beta_0)^j e_j a^(k-j), num = sum_j (-beta_0)^j e_j (k-j) a^(k-j-1). */
hb_group_form hb_air_group_form(const hb_bus_challenges *ch, uint32_t bus, uint32_t k)
{
    hb_group_form g;
    hb_k a = hb_k_sub(ch->alpha, hb_k_mul_f(ch->beta_tag, hb_f_from_u32(bus))), power[HB_AIR_GROUP + 1], sign = hb_k_one();
    power[0] = hb_k_one();
    for (uint32_t j = 1; j <= k; j++)
        power[j] = hb_k_mul(power[j - 1], a);
    for (uint32_t j = 0; j <= HB_AIR_GROUP; j++) {
        g.den[j] = j <= k ? hb_k_mul(sign, power[k - j]) : hb_k_zero();
        g.num[j] = j < k ? hb_k_mul_f(hb_k_mul(sign, power[k - j - 1]), hb_f_from_u32(k - j)) : hb_k_zero();
        sign = hb_k_neg(hb_k_mul(sign, ch->beta[0]));
    }
    return g;
}
