/* Zerocheck with the univariate skip, constraints, leaf expressions, structured columns: docs/protocol.md 8 and 12. */
#include <stdlib.h>

#include "ref_protocol.h"

ref_k ref_fingerprint(const ref_run *run, hb_bus bus, const ref_k *v, uint32_t n) {
    const ref_bus_challenges *ch = bus == HB_BUS_GLOBAL ? &run->global : &run->own;
    ref_k s = ref_k_sub(ch->alpha, ref_k_mul(ch->beta_tag, ref_k_of(bus)));
    for (uint32_t j = 0; j < n; j++) s = ref_k_sub(s, ref_k_mul(ch->beta[j], v[j]));
    return s;
}

/* sum_z bit_i(z) L_z(r_0) */
static ref_k skip_bit(const ref_run *run, uint32_t i) {
    ref_k s = ref_k_of(0);
    for (uint32_t z = 0; z < 16; z++)
        if (z >> i & 1) s = ref_k_add(s, run->lagrange[z]);
    return s;
}

/* The extension of bit i of the row index. */
static ref_k row_bit(const ref_run *run, uint32_t i) {
    if (i < 8) return run->ry[i];
    if (i < 12) return skip_bit(run, i - 8);
    return i < run->n_max ? run->ru[i - 12] : ref_k_of(0);
}

static ref_k public_column(const ref_run *run, hb_structured s) {
    ref_k sum = ref_k_of(0);
    for (uint32_t k = 0; k < 17; k++) {
        const uint32_t word = run->words[REF_W_PUBLIC + k];
        const uint32_t value = s == HB_ST_PV_SEL ? 1 : s == HB_ST_PV_LO ? word & 0xffff : word >> 16;
        sum = ref_k_add(sum, ref_k_mul(ref_k_of(value), ref_eq_bits(run->ry, 8, k)));
    }
    return ref_k_mul(sum, ref_k_mul(run->lagrange[0], ref_eq_bits(run->ru, run->n_max - 12, 0)));
}

static ref_k structured(const ref_run *run, hb_structured s) {
    ref_k sum = ref_k_of(0);
    switch (s) {
    case HB_ST_INDEX:
        for (uint32_t i = 0; i < run->n_max; i++) sum = ref_k_add(sum, ref_k_mul(ref_k_of(UINT64_C(1) << i), row_bit(run, i)));
        return sum;
    case HB_ST_BYTE_A:
    case HB_ST_BYTE_B:
        for (uint32_t i = 0; i < 8; i++) sum = ref_k_add(sum, ref_k_mul(ref_k_of(1u << i), row_bit(run, i + (s == HB_ST_BYTE_B ? 8 : 0))));
        return sum;
    case HB_ST_BYTE_AND:
        for (uint32_t i = 0; i < 8; i++) sum = ref_k_add(sum, ref_k_mul(ref_k_of(1u << i), ref_k_mul(row_bit(run, i), row_bit(run, i + 8))));
        return sum;
    default: return public_column(run, s);
    }
}

/* Values of all nodes of a chip's record at the point. */
static ref_k *node_values(const ref_run *run, const ref_table *t) {
    ref_k *v = calloc(t->air->n_nodes, sizeof *v);
    for (uint32_t i = 0; i < t->air->n_nodes; i++) {
        const hb_air_node *n = &t->air->nodes[i];
        switch (n->op) {
        case HB_AIR_CONST: v[i] = ref_k_of((uint64_t)hb_f_to_u32(n->a)); break;
        case HB_AIR_KEY: v[i] = ref_k_of(run->key_constants[n->a]); break;
        case HB_AIR_COL: v[i] = t->v[n->a]; break;
        case HB_AIR_STRUCTURED: v[i] = structured(run, (hb_structured)n->a); break;
        case HB_AIR_ADD: v[i] = ref_k_add(v[n->a], v[n->b]); break;
        case HB_AIR_SUB: v[i] = ref_k_sub(v[n->a], v[n->b]); break;
        default: v[i] = ref_k_mul(v[n->a], v[n->b]); break;
        }
    }
    return v;
}

static ref_k less_than(uint64_t n, const ref_k *r, uint32_t bits) {
    ref_k lt = ref_k_of(0);
    for (uint32_t i = 0; i < bits; i++) {
        const ref_k zero = ref_k_sub(ref_k_of(1), r[i]);
        lt = (n >> i & 1) ? ref_k_add(zero, ref_k_mul(lt, r[i])) : ref_k_mul(lt, zero);
    }
    return lt;
}

static ref_k mask(const ref_run *run, uint64_t n) {
    if (n == UINT64_C(1) << run->n_max) return ref_k_of(1);
    const uint64_t y = n & 255, z = n >> 8 & 15, u = n >> 12;
    ref_k inside = ref_k_mul(run->lagrange[z], less_than(y, run->ry, 8));
    for (uint64_t i = 0; i < z; i++) inside = ref_k_add(inside, run->lagrange[i]);
    const uint32_t bits = run->n_max - 12;
    return ref_k_add(less_than(u, run->ru, bits), ref_k_mul(ref_eq_bits(run->ru, bits, u), inside));
}

/* num and den of a fraction term, or (unused, value) of a product term. */
static void leaf(const ref_run *run, const ref_table *t, const ref_term *term, const ref_k *v, ref_k *num, ref_k *den) {
    const hb_air *air = t->air;
    const hb_air_use *u = &air->uses[term->uses[0]];
    const ref_k one = ref_k_of(1);
    if (term->n_uses == 1) {
        ref_k tuple[16];
        for (uint32_t j = 0; j < u->n; j++) tuple[j] = v[air->tuples[u->tuple + j]];
        const ref_k fp = ref_fingerprint(run, (hb_bus)u->bus, tuple, u->n), flag = u->flag == HB_ALWAYS ? one : v[u->flag];
        *num = u->kind == HB_AIR_PROVIDE ? ref_k_sub(ref_k_of(0), flag) : flag;
        *den = term->tree == 2 ? fp : ref_k_add(ref_k_mul(flag, ref_k_sub(fp, one)), one);
        return;
    }
    /* a group is the sum of 1 / (a - beta_0 x_i), added up as fractions */
    *num = ref_k_of(0);
    *den = one;
    for (uint32_t i = 0; i < term->n_uses; i++) {
        const ref_k fp = ref_fingerprint(run, (hb_bus)u->bus, &v[air->tuples[air->uses[term->uses[i]].tuple]], 1);
        *num = ref_k_add(ref_k_mul(*num, fp), *den);
        *den = ref_k_mul(*den, fp);
    }
}

static ref_k block_weight(const ref_run *run, const ref_block *b) { return ref_eq_bits(run->xi + b->h, run->depth - b->h, b->off >> b->h); }

/* sum_T S_T at the point */
static ref_k combined(ref_run *run, ref_k lambda, const ref_k eta[REF_VALUES]) {
    static const int eta_of[REF_TREES] = {0, 1, 3, 4, 5};
    ref_k total = ref_k_of(0), power = ref_k_of(1);
    const ref_k one = ref_k_of(1);
    for (uint32_t t = 0; t < run->n_tables; t++) {
        const ref_table *table = &run->tables[t];
        if (table->absent) continue;
        ref_k *v = node_values(run, table);
        for (uint32_t k = 0; k < table->air->n_constraints; k++, power = ref_k_mul(power, lambda))
            total = ref_k_add(total, ref_k_mul(power, v[table->air->constraints[k].expr]));
        ref_k masked = ref_k_of(0);
        for (uint32_t tree = 0; tree < run->n_trees; tree++)
            for (uint32_t i = 0; i < run->n_blocks[tree]; i++) {
                const ref_block *b = &run->blocks[tree][i];
                if (b->table != t) continue;
                ref_k num, den;
                leaf(run, table, &run->terms[t][b->term], v, &num, &den);
                ref_k x = ref_k_mul(eta[eta_of[tree]], ref_k_sub(den, one));
                if (tree == 2) x = ref_k_add(x, ref_k_mul(eta[2], num));
                masked = ref_k_add(masked, ref_k_mul(block_weight(run, b), x));
            }
        ref_k eps = one;
        for (uint32_t i = table->h; i < run->n_max; i++) eps = ref_k_mul(eps, ref_k_sub(one, run->xi[i]));
        if (!ref_check(&run->r, !ref_k_is_zero(eps), "padding weight zero")) eps = one;
        total = ref_k_add(total, ref_k_mul(mask(run, table->n_rows), ref_k_mul(masked, ref_k_inv(eps))));
        free(v);
    }
    return total;
}

static ref_k skip_round(ref_run *run, ref_k claim) {
    ref_k t[61], at_d = ref_k_of(0);
    ref_read_k(&run->r, REF_SKIP, t, 61);
    const uint64_t w = ref_f_root(4);
    for (uint32_t z = 0; z < 16; z++) {
        ref_k value = ref_k_of(0);
        for (int i = 60; i >= 0; i--) value = ref_k_add(ref_k_mul(value, ref_k_of(ref_f_pow(w, z))), t[i]);
        at_d = ref_k_add(at_d, ref_k_mul(ref_eq_bits(run->xi + 8, 4, z), value));
    }
    ref_check(&run->r, ref_k_eq(at_d, claim), "skip round");
    run->r0 = ref_challenge(&run->r, REF_L_SKIP);
    if (!ref_check(&run->r, !ref_k_eq(ref_k_pow(run->r0, 16), ref_k_of(1)), "skip challenge in D")) run->r0 = ref_k_of(0);
    ref_k value = ref_k_of(0);
    for (int i = 60; i >= 0; i--) value = ref_k_add(ref_k_mul(value, run->r0), t[i]);
    for (uint32_t i = 0; i < 16; i++) { /* L_i(r) = prod (r - w^j) / (w^i - w^j) */
        run->lagrange[i] = ref_k_of(1);
        for (uint32_t j = 0; j < 16; j++) {
            if (j == i) continue;
            const uint64_t wi = ref_f_pow(w, i), wj = ref_f_pow(w, j);
            run->lagrange[i] = ref_k_mul(run->lagrange[i], ref_k_mul(ref_k_sub(run->r0, ref_k_of(wj)), ref_k_of(ref_f_inv((wi + REF_P - wj) % REF_P))));
        }
    }
    return value;
}

/* Degree-4 polynomial from t(0), t(1), t(2), t(3) and its leading coefficient, at x: subtract lead * X^4, interpolate the cubic. */
static ref_k quartic(const ref_k t[4], ref_k lead, ref_k x) {
    ref_k sum = ref_k_mul(lead, ref_k_pow(x, 4));
    for (uint64_t i = 0; i < 4; i++) {
        ref_k basis = ref_k_sub(t[i], ref_k_mul(lead, ref_k_of(i * i * i * i)));
        for (uint64_t j = 0; j < 4; j++)
            if (j != i) basis = ref_k_mul(ref_k_mul(basis, ref_k_sub(x, ref_k_of(j))), ref_k_of(ref_f_inv((i + REF_P - j) % REF_P)));
        sum = ref_k_add(sum, basis);
    }
    return sum;
}

void ref_zerocheck(ref_run *run) {
    ref_reader *r = &run->r;
    const ref_k one = ref_k_of(1), lambda = ref_challenge(r, REF_L_LAMBDA);
    ref_k eta[REF_VALUES];
    for (uint32_t i = 0; i < run->n_values; i++) eta[i] = ref_challenge(r, REF_L_ETA);
    ref_k claim = ref_k_of(0);
    for (uint32_t i = 0; i < run->n_values; i++) claim = ref_k_add(claim, ref_k_mul(eta[i], i == 2 ? run->claims[i] : ref_k_sub(run->claims[i], one)));
    claim = skip_round(run, claim);
    for (uint32_t i = 0; i < run->n_max - 4; i++) {
        const uint32_t bit = i < 8 ? i : i + 4; /* y, then u; the skip bits 8..11 are done */
        ref_k m[4], x = run->xi[bit];
        ref_read_k(r, REF_ROUND4, m, 4); /* t(0), t(2), t(3), t(inf) */
        if (!ref_check(r, !ref_k_is_zero(x), "coordinate zero")) x = one;
        const ref_k t1 = ref_k_mul(ref_k_sub(claim, ref_k_mul(ref_k_sub(one, x), m[0])), ref_k_inv(x));
        const ref_k rr = ref_challenge(r, REF_L_ZEROCHECK_ROUND), t[4] = {m[0], t1, m[1], m[2]};
        claim = quartic(t, m[3], rr);
        *(i < 8 ? &run->ry[i] : &run->ru[i - 8]) = rr;
    }
    ref_k *all = calloc(run->n_columns, sizeof *all);
    ref_read_k(r, REF_COLUMNS, all, run->n_columns);
    for (uint32_t t = 0; t < run->n_tables; t++)
        for (uint32_t j = 0; j < run->tables[t].air->pre_width + run->tables[t].air->width && !run->tables[t].absent; j++)
            run->tables[t].v[j] = all[run->tables[t].first_id + j];
    free(all);
    ref_check(r, ref_k_eq(claim, combined(run, lambda, eta)), "constraints");
}
