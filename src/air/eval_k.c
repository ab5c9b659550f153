#include "air/eval_k.h"

#include "base/check.h"

static hb_k eval_mul(const hb_air *air, const hb_air_node *n, const hb_k *values)
{
    const hb_air_node *b = &air->nodes[n->b];
    if (b->op == HB_AIR_CONST) /* constants stand second */
        return hb_k_mul_f(values[n->a], b->a);
    return n->a == n->b ? hb_k_square(values[n->a]) : hb_k_mul(values[n->a], values[n->b]);
}

void hb_air_eval_k(const hb_air *air, const hb_k *cols, const hb_k structured[HB_ST_COUNT], const hb_air_publics *publics, hb_k *values)
{
    for (uint32_t i = 0; i < air->n_nodes; i++) {
        const hb_air_node *n = &air->nodes[i];
        switch ((hb_air_op)n->op) {
        case HB_AIR_CONST: values[i] = hb_k_from_f(n->a); break;
        case HB_AIR_KEY: values[i] = hb_k_from_f(publics->key[n->a]); break;
        case HB_AIR_COL: values[i] = cols[n->a]; break;
        case HB_AIR_STRUCTURED: values[i] = structured[n->a]; break;
        case HB_AIR_ADD: values[i] = hb_k_add(values[n->a], values[n->b]); break;
        case HB_AIR_SUB: values[i] = hb_k_sub(values[n->a], values[n->b]); break;
        case HB_AIR_MUL: values[i] = eval_mul(air, n, values); break;
        }
    }
}

hb_k hb_air_constraints_k(const hb_air *air, const hb_k *values, hb_k lambda, hb_k *power)
{
    hb_k sum = hb_k_zero(), l = *power;
    for (uint32_t k = 0; k < air->n_constraints; k++) {
        sum = hb_k_mul_add(l, values[air->constraints[k].expr], sum);
        l = hb_k_mul(l, lambda);
    }
    *power = l;
    return sum;
}

hb_k hb_bus_fingerprint(const hb_bus_challenges *ch, uint32_t bus, const hb_k *v, uint32_t n)
{
    hb_k f = hb_k_sub(ch->alpha, hb_k_mul_f(ch->beta_tag, hb_f_from_u32(bus)));
    for (uint32_t j = 0; j < n; j++)
        f = hb_k_sub(f, hb_k_mul(ch->beta[j], v[j]));
    return f;
}

static hb_k use_fingerprint(const hb_air *air, const hb_air_use *u, const hb_k *values, const hb_bus_challenges *ch)
{
    hb_k v[HB_AIR_MAX_TUPLE];
    HB_ASSERT(u->n <= HB_AIR_MAX_TUPLE);
    for (uint32_t j = 0; j < u->n; j++)
        v[j] = values[hb_air_use_word(air, u, j)];
    return hb_bus_fingerprint(ch, u->bus, v, u->n);
}

static hb_k flag_value(const hb_air_use *u, const hb_k *values)
{
    return u->flag == HB_ALWAYS ? hb_k_one() : values[u->flag];
}

/* Sum of the fractions 1 / (a - beta_0 x_i): adding them up one by one gives the elementary symmetric form of docs/protocol.md 5. */
static hb_air_leaf group_leaf(const hb_air *air, const hb_air_term *t, const hb_k *values, const hb_bus_challenges *ch)
{
    hb_air_leaf leaf = {hb_k_zero(), hb_k_one()};
    for (uint32_t i = 0; i < t->n_uses; i++) {
        hb_k d = use_fingerprint(air, &air->uses[t->uses[i]], values, ch);
        leaf.num = hb_k_mul_add(leaf.num, d, leaf.den);
        leaf.den = hb_k_mul(leaf.den, d);
    }
    return leaf;
}

hb_air_leaf hb_air_leaf_k(const hb_air *air, const hb_air_term *t, const hb_k *values, const hb_bus_challenges *ch)
{
    const hb_air_use *u = &air->uses[t->uses[0]];
    if (t->n_uses > 1)
        return group_leaf(air, t, values, ch);
    hb_k fp = use_fingerprint(air, u, values, ch);
    if (t->tree == HB_AIR_TREE_F) {
        hb_k s = flag_value(u, values);
        return (hb_air_leaf){t->kind == HB_AIR_PROVIDE ? hb_k_neg(s) : s, fp};
    }
    if (u->flag == HB_ALWAYS)
        return (hb_air_leaf){hb_k_zero(), fp};
    hb_k raised = hb_k_mul(values[u->flag], hb_k_sub_f(fp, HB_F_ONE));
    return (hb_air_leaf){hb_k_zero(), hb_k_add_f(raised, HB_F_ONE)};
}
