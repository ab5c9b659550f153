#include "zerocheck/summand.h"

#include <string.h>

typedef struct builder {
    hb_summand *s;
    const hb_air *air;
    const hb_zerocheck_claim *claim;
    const hb_zerocheck_challenges *ch;
    hb_arena *arena;
    hb_expr *map;        /* node of the record -> node of ext */
    hb_k *node_weights;  /* of ext, for sweeps; zero between them */
    hb_k *bus_weights;   /* of ext: what is swept into the affine part of B at the end */
    uint32_t capacity;   /* nodes of ext */
} builder;

/* --- sizes --------------------------------------------------------------------------------------------------------------------------- */
static bool is_flagged(const hb_air *air, const hb_air_use *u)
{
    return u->kind <= HB_AIR_CONSUME && u->flag != HB_ALWAYS && air->nodes[u->flag].degree > 0;
}

uint32_t hb_summand_flags(const hb_air *air)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < air->n_uses; i++) {
        bool fresh = is_flagged(air, &air->uses[i]);
        for (uint32_t k = 0; k < i && fresh; k++)
            fresh = !is_flagged(air, &air->uses[k]) || air->uses[k].flag != air->uses[i].flag;
        n += fresh;
    }
    return n;
}

/* Copies; rests of constraints (at most a node each and a change of sign); flag * product and flag * input; groups. */
static hb_air_limits ext_limits(const hb_air *air)
{
    uint32_t inputs = air->pre_width + air->width + HB_ST_COUNT, products = 0;
    for (uint32_t i = 0; i < air->n_nodes; i++)
        products += hb_air_is_product(air, i);
    return (hb_air_limits){3 * air->n_nodes + 8 * air->n_terms + hb_summand_flags(air) * (inputs + products) + inputs + 16, 1, 1, 1, 1};
}

uint32_t hb_summand_nodes(const hb_air *air)
{
    return ext_limits(air).nodes;
}

size_t hb_summand_bytes(const hb_air *air)
{
    hb_air_limits l = ext_limits(air);
    size_t inputs = air->pre_width + air->width + HB_ST_COUNT, flags = hb_summand_flags(air), allocations = 16 + 4 * HB_CLASSES + flags;
    return hb_air_memory_bytes(l) + (HB_CLASSES + 1 + flags) * inputs * sizeof(hb_k) + air->n_nodes * sizeof(hb_expr) + 2 * l.nodes * sizeof(hb_k) +
           2 * HB_CLASSES * l.nodes * (sizeof(hb_expr) + sizeof(hb_k)) + flags * (sizeof(hb_form) + sizeof(hb_expr)) + allocations * HB_ARENA_ALIGN;
}

/* --- small parts --------------------------------------------------------------------------------------------------------------------- */
static bool form_alloc(builder *b, hb_form *f)
{
    f->w = hb_arena_alloc_many(b->arena, b->s->n_inputs, sizeof *f->w);
    f->constant = hb_k_zero();
    if (f->w)
        memset(f->w, 0, b->s->n_inputs * sizeof *f->w);
    return f->w != NULL;
}

static bool outputs_alloc(builder *b, hb_outputs *o)
{
    o->n = 0;
    o->nodes = hb_arena_alloc_many(b->arena, b->capacity, sizeof *o->nodes);
    o->weights = hb_arena_alloc_many(b->arena, b->capacity, sizeof *o->weights);
    return o->nodes && o->weights;
}

static void outputs_add(hb_summand *s, hb_outputs out[HB_CLASSES], hb_expr node, hb_k weight)
{
    hb_outputs *o = &out[s->ext.nodes[node].degree >= 3];
    o->nodes[o->n] = node;
    o->weights[o->n++] = weight;
}

static void weigh(hb_k *weights, hb_expr node, hb_k w)
{
    weights[node] = hb_k_add(weights[node], w);
}

/* Sweeps; hands products to `take` (times factor unless HB_ALWAYS) and leaves node_weights zero. */
static void sweep(builder *b, hb_k *weights, hb_form *form, hb_outputs *take, hb_expr factor)
{
    uint32_t n = b->s->ext.n_nodes;
    hb_air_sweep(&b->s->ext, b->claim->publics, weights, form->w, &form->constant);
    for (uint32_t i = 0; i < n; i++) {
        if (hb_k_is_zero(weights[i]))
            continue;
        if (take)
            outputs_add(b->s, take, factor == HB_ALWAYS ? i : hb_air_mul(&b->s->ext, factor, i), weights[i]);
        weights[i] = hb_k_zero();
    }
}

static void copy_nodes(builder *b)
{
    hb_air *e = &b->s->ext;
    for (uint32_t i = 0; i < b->air->n_nodes; i++) {
        const hb_air_node *n = &b->air->nodes[i];
        switch ((hb_air_op)n->op) {
        case HB_AIR_CONST: b->map[i] = hb_air_const(e, hb_f_to_u32(n->a)); break;
        case HB_AIR_KEY: b->map[i] = hb_air_key(e, n->a); break;
        case HB_AIR_COL: b->map[i] = hb_air_col(e, n->a); break;
        case HB_AIR_STRUCTURED:
            b->map[i] = hb_air_structured(e, (hb_structured)n->a);
            b->s->structured_used[n->a] = true;
            break;
        case HB_AIR_ADD: b->map[i] = hb_air_add(e, b->map[n->a], b->map[n->b]); break;
        case HB_AIR_SUB: b->map[i] = hb_air_sub(e, b->map[n->a], b->map[n->b]); break;
        case HB_AIR_MUL: b->map[i] = hb_air_mul(e, b->map[n->a], b->map[n->b]); break;
        }
    }
}

/* --- constraints --------------------------------------------------------------------------------------------------------------------- */
/* The expression without its affine addends; UINT32_MAX if nothing is left. */
static hb_expr rest_of(hb_air *e, hb_expr x)
{
    const hb_air_node n = e->nodes[x];
    if (n.degree <= 1)
        return UINT32_MAX;
    if (hb_air_is_product(e, x))
        return x;
    if (n.op == HB_AIR_MUL) { /* one factor is constant */
        bool first = e->nodes[n.a].degree == 0;
        return hb_air_mul(e, rest_of(e, first ? n.b : n.a), first ? n.a : n.b);
    }
    hb_expr a = rest_of(e, n.a), b = rest_of(e, n.b);
    if (b == UINT32_MAX)
        return a;
    if (a == UINT32_MAX)
        return n.op == HB_AIR_ADD ? b : hb_air_scale(e, -1, b);
    return n.op == HB_AIR_ADD ? hb_air_add(e, a, b) : hb_air_sub(e, a, b);
}

/* The class is that of the rest: its degree is what the points of a round are chosen for. */
static void take_constraint(builder *b, hb_expr x, hb_k weight, uint32_t class)
{
    hb_summand *s = b->s;
    hb_expr rest = rest_of(&s->ext, x);
    if (rest == UINT32_MAX || s->ext.nodes[rest].degree <= 1 || (s->ext.nodes[rest].degree >= 3) != class)
        return;
    outputs_add(s, s->rest, rest, weight);
    weigh(b->node_weights, x, weight);
}

static void take_constraints(builder *b, hb_k *power)
{
    hb_k l = *power;
    for (uint32_t class = 0; class < HB_CLASSES; class++) {
        l = *power;
        for (uint32_t k = 0; k < b->air->n_constraints; k++, l = hb_k_mul(l, b->ch->lambda))
            take_constraint(b, b->map[b->air->constraints[k].expr], l, class);
        sweep(b, b->node_weights, &b->s->con[class], NULL, HB_ALWAYS);
    }
    *power = l;
}

/* --- bus terms ----------------------------------------------------------------------------------------------------------------------- */
/* weights += w (fp - sub), sub = 0 or 1; the constant goes to *constant. */
static void weigh_fingerprint(builder *b, const hb_air_use *u, hb_k w, hb_k *weights, hb_k *constant)
{
    const hb_bus_challenges *ch = hb_bus_challenges_of(u->bus, b->claim->bus, b->claim->global);
    hb_k a = hb_k_sub(ch->alpha, hb_k_mul_f(ch->beta_tag, hb_f_from_u32(u->bus)));
    *constant = hb_k_mul_add(w, hb_k_sub_f(a, HB_F_ONE), *constant);
    for (uint32_t j = 0; j < u->n; j++)
        weigh(weights, b->map[hb_air_use_word(b->air, u, j)], hb_k_neg(hb_k_mul(w, ch->beta[j])));
}

static void take_fraction(builder *b, const hb_air_use *u, hb_k w)
{
    hb_k num = hb_k_mul(w, b->ch->eta[HB_GKR_VALUE_P]);
    weigh_fingerprint(b, u, hb_k_mul(w, b->ch->eta[HB_GKR_VALUE_Q]), b->bus_weights, &b->s->bus.constant);
    if (u->flag == HB_ALWAYS)
        b->s->bus.constant = hb_k_add(b->s->bus.constant, num);
    else
        weigh(b->bus_weights, b->map[u->flag], u->kind == HB_AIR_PROVIDE ? hb_k_neg(num) : num);
}

static void take_group(builder *b, const hb_air_term *t, hb_k w)
{
    hb_group_form g = hb_air_group_form(b->claim->bus, t->bus, t->n_uses);
    hb_air *e = &b->s->ext;
    hb_k c[HB_AIR_GROUP + 1];
    hb_expr x[HB_AIR_GROUP];
    for (uint32_t j = 0; j <= HB_AIR_GROUP; j++) {
        hb_k sum = hb_k_mul(b->ch->eta[HB_GKR_VALUE_P], g.num[j]);
        sum = hb_k_mul_add(b->ch->eta[HB_GKR_VALUE_Q], j ? g.den[j] : hb_k_sub_f(g.den[j], HB_F_ONE), sum);
        c[j] = hb_k_mul(w, sum);
    }
    b->s->bus.constant = hb_k_add(b->s->bus.constant, c[0]);
    for (uint32_t i = 0; i < t->n_uses; i++) {
        x[i] = b->map[hb_air_use_word(b->air, &b->air->uses[t->uses[i]], 0)];
        weigh(b->bus_weights, x[i], c[1]);
    }
    hb_expr pair = hb_air_mul(e, x[0], x[1]), second = pair;
    if (t->n_uses == 3) {
        second = hb_air_add(e, pair, hb_air_mul(e, x[2], hb_air_add(e, x[0], x[1])));
        weigh(b->bus_weights, hb_air_mul(e, pair, x[2]), c[3]);
    }
    weigh(b->bus_weights, second, c[2]);
}

/* All G and R terms under one flag. */
static bool take_flag(builder *b, hb_expr flag, const hb_k *weights)
{
    hb_summand *s = b->s;
    hb_form *f = &s->flag_forms[s->n_flags];
    if (!form_alloc(b, f))
        return false;
    for (uint32_t k = 0; k < b->air->n_terms; k++) {
        const hb_air_term *t = &b->air->terms[k];
        const hb_air_use *u = &b->air->uses[t->uses[0]];
        if (t->tree != HB_AIR_TREE_F && u->flag == flag)
            weigh_fingerprint(b, u, hb_k_mul(b->ch->eta[hb_gkr_value(t->tree)], weights[k]), b->node_weights, &f->constant);
    }
    s->flags[s->n_flags++] = b->map[flag];
    sweep(b, b->node_weights, f, s->product, b->map[flag]);
    weigh(b->bus_weights, b->map[flag], f->constant);
    f->constant = hb_k_zero();
    return true;
}

/* A flag of degree 0 is 1 or 0: it scales. */
static void take_unflagged(builder *b, const hb_air_term *t, const hb_air_use *u, hb_k w)
{
    if (u->flag != HB_ALWAYS)
        w = hb_k_mul_f(w, hb_air_constant(b->air, b->claim->publics, u->flag));
    weigh_fingerprint(b, u, hb_k_mul(b->ch->eta[hb_gkr_value(t->tree)], w), b->bus_weights, &b->s->bus.constant);
}

static bool take_terms(builder *b, const hb_k *weights)
{
    for (uint32_t k = 0; k < b->air->n_terms; k++) {
        const hb_air_term *t = &b->air->terms[k];
        const hb_air_use *u = &b->air->uses[t->uses[0]];
        bool flagged = is_flagged(b->air, u), seen = false;
        if (t->n_uses > 1) {
            take_group(b, t, weights[k]);
        } else if (t->tree == HB_AIR_TREE_F) {
            take_fraction(b, u, weights[k]);
        } else if (!flagged) {
            take_unflagged(b, t, u, weights[k]);
        } else {
            for (uint32_t f = 0; f < b->s->n_flags; f++)
                seen |= b->s->flags[f] == b->map[u->flag];
            if (!seen && !take_flag(b, u->flag, weights))
                return false;
        }
    }
    sweep(b, b->bus_weights, &b->s->bus, b->s->product, HB_ALWAYS);
    return true;
}

/* --- all together -------------------------------------------------------------------------------------------------------------------- */
static bool alloc(builder *b)
{
    hb_summand *s = b->s;
    hb_air_limits l = ext_limits(b->air);
    b->capacity = l.nodes;
    s->n_cols = b->air->pre_width + b->air->width;
    s->n_inputs = s->n_cols + HB_ST_COUNT;
    void *memory = hb_arena_alloc(b->arena, hb_air_memory_bytes(l));
    uint32_t flags = hb_summand_flags(b->air);
    s->flags = hb_arena_alloc_many(b->arena, flags, sizeof *s->flags);
    s->flag_forms = hb_arena_alloc_many(b->arena, flags, sizeof *s->flag_forms);
    b->map = hb_arena_alloc_many(b->arena, b->air->n_nodes, sizeof *b->map);
    b->node_weights = hb_arena_alloc_many(b->arena, l.nodes, sizeof *b->node_weights);
    b->bus_weights = hb_arena_alloc_many(b->arena, l.nodes, sizeof *b->bus_weights);
    if (!memory || !s->flags || !s->flag_forms || !b->map || !b->node_weights || !b->bus_weights || !form_alloc(b, &s->bus))
        return false;
    for (uint32_t c = 0; c < HB_CLASSES; c++)
        if (!form_alloc(b, &s->con[c]) || !outputs_alloc(b, &s->rest[c]) || !outputs_alloc(b, &s->product[c]))
            return false;
    hb_air_init(&s->ext, b->air->pre_width, b->air->width, l, memory);
    memset(b->node_weights, 0, l.nodes * sizeof *b->node_weights);
    memset(b->bus_weights, 0, l.nodes * sizeof *b->bus_weights);
    return true;
}

bool hb_summand_init(hb_summand *s, const hb_air *air, const hb_zerocheck_claim *claim, const hb_zerocheck_challenges *ch, const hb_k *weights, hb_k *power,
                     hb_arena *arena)
{
    builder b = {.s = s, .air = air, .claim = claim, .ch = ch, .arena = arena};
    memset(s, 0, sizeof *s);
    if (!alloc(&b))
        return false;
    copy_nodes(&b);
    take_constraints(&b, power);
    return take_terms(&b, weights) && s->ext.problem.code == HB_AIR_OK;
}

bool hb_summand_base_products(hb_summand *s, hb_arena *arena, hb_outputs out[HB_CLASSES])
{
    for (uint32_t c = 0; c < HB_CLASSES; c++) {
        size_t room = s->product[c].n + (c ? 0 : (size_t)s->n_flags * s->n_inputs);
        out[c].n = s->product[c].n;
        out[c].nodes = hb_arena_alloc_many(arena, room, sizeof *out[c].nodes);
        out[c].weights = hb_arena_alloc_many(arena, room, sizeof *out[c].weights);
        if (!out[c].nodes || !out[c].weights)
            return false;
        memcpy(out[c].nodes, s->product[c].nodes, out[c].n * sizeof *out[c].nodes);
        memcpy(out[c].weights, s->product[c].weights, out[c].n * sizeof *out[c].weights);
    }
    for (uint32_t f = 0; f < s->n_flags; f++)
        for (uint32_t i = 0; i < s->n_inputs; i++) {
            if (hb_k_is_zero(s->flag_forms[f].w[i]))
                continue;
            hb_expr input = i < s->n_cols ? hb_air_col(&s->ext, i) : hb_air_structured(&s->ext, (hb_structured)(i - s->n_cols));
            outputs_add(s, out, hb_air_mul(&s->ext, s->flags[f], input), s->flag_forms[f].w[i]);
        }
    return s->ext.problem.code == HB_AIR_OK;
}
