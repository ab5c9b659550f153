/* Tiles and WHIR: docs/protocol.md 9 and 10. */
#include <stdlib.h>
#include <string.h>

#include "ref_protocol.h"

enum { ORACLES = 3 };
static const uint32_t fold_log2[ORACLES + 1] = {0, 4, 4, 5}, rate_log2[ORACLES + 1] = {1, 3, 6, 9};
static const uint32_t queries[ORACLES + 1] = {261, 85, 39, 26}, fold_grinding[ORACLES + 1] = {0, 11, 14, 18};

/* s of degree 2 with s(0), s(inf) and s(0) + s(1) = claim, at the next challenge. */
static ref_k plain_round(ref_reader *r, ref_k claim, uint32_t label, uint32_t grinding, ref_k *x) {
    ref_k m[2];
    ref_read_k(r, REF_ROUND2, m, 2);
    ref_grind(r, label, grinding);
    *x = ref_challenge(r, label);
    const ref_k s1 = ref_k_sub(claim, m[0]), linear = ref_k_sub(ref_k_sub(s1, m[0]), m[1]);
    return ref_k_add(m[0], ref_k_mul(*x, ref_k_add(linear, ref_k_mul(m[1], *x))));
}

/* --- tiles ---------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t log, table, column;
    uint64_t base;
} chunk;

static int chunk_order(const void *x, const void *y) {
    const chunk *a = x, *b = y;
    if (a->log != b->log) return a->log > b->log ? -1 : 1;
    if (a->table != b->table) return a->table < b->table ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static chunk *chunks_of(const ref_run *run, int commitment, size_t *n) {
    chunk *list = malloc(sizeof *list * (run->n_columns * 20u + 1u));
    *n = 0;
    for (uint32_t t = 0; t < run->n_tables; t++) {
        const ref_table *table = &run->tables[t];
        const uint32_t pre = table->air->pre_width, first = commitment ? pre : 0;
        uint32_t last = commitment ? pre + table->air->width : pre;
        if (commitment && (table->absent || table->main != (uint32_t)commitment)) last = first;
        for (uint32_t j = first; j < last; j++) {
            uint64_t base = 0;
            for (int a = 19; a >= 0; a--) {
                if (!(table->tiles >> a & 1)) continue;
                list[(*n)++] = (chunk){(uint32_t)a, t, j, base};
                base += UINT64_C(1) << a;
            }
        }
    }
    qsort(list, *n, sizeof *list, chunk_order);
    return list;
}

/* coef^_c(rho) for all stacked columns of a commitment. */
static void coefficients(const ref_run *run, int commitment, ref_k tau, const ref_k *rho, ref_k *coef) {
    size_t n;
    chunk *list = chunks_of(run, commitment, &n);
    const uint32_t per_column = run->stack_h[commitment] - 12, kappa_bits = run->stack_h[2] - 12, u_bits = run->n_max - 12;
    uint64_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const ref_table *table = &run->tables[list[i].table];
        const ref_k power = table->absent ? ref_k_of(0) : ref_k_pow(tau, table->first_id + list[i].column);
        const uint32_t a = list[i].log < per_column ? list[i].log : per_column; /* pieces of at most a column */
        for (uint64_t piece = 0; piece < UINT64_C(1) << (list[i].log - a); piece++, at += UINT64_C(1) << a) {
            const uint64_t base = list[i].base + (piece << a), kappa = at & ((UINT64_C(1) << per_column) - 1);
            if (table->absent) continue;
            ref_k x = ref_k_mul(power, ref_eq_bits(run->ru + a, u_bits - a, base >> a));
            x = ref_k_mul(x, ref_eq(run->ru, rho, a));
            x = ref_k_mul(x, ref_eq_bits(rho + a, kappa_bits - a, kappa >> a));
            coef[at >> per_column] = ref_k_add(coef[at >> per_column], x);
        }
    }
    free(list);
}

/* Leaves the stacked values in v. */
static void tiles(ref_run *run, ref_k *rho, ref_k *v) {
    ref_reader *r = &run->r;
    const uint32_t w = run->stack_w[0] + run->stack_w[1] + run->stack_w[2];
    const ref_k tau = ref_challenge(r, REF_L_TAU);
    ref_k claim = ref_k_of(0);
    for (uint32_t t = 0; t < run->n_tables; t++)
        for (uint32_t j = 0; j < run->tables[t].air->pre_width + run->tables[t].air->width && !run->tables[t].absent; j++)
            claim = ref_k_add(claim, ref_k_mul(ref_k_pow(tau, run->tables[t].first_id + j), run->tables[t].v[j]));
    for (uint32_t i = 0; i < run->stack_h[2] - 12; i++) claim = plain_round(r, claim, REF_L_TILE_ROUND, 0, &rho[i]);
    ref_read_k(r, REF_STACKED, v, w);
    ref_k *coef = calloc(w, sizeof *coef), sum = ref_k_of(0);
    coefficients(run, 0, tau, rho, coef);
    coefficients(run, 1, tau, rho, coef + run->stack_w[0]);
    coefficients(run, 2, tau, rho, coef + run->stack_w[0] + run->stack_w[1]);
    for (uint32_t c = 0; c < w; c++) sum = ref_k_add(sum, ref_k_mul(coef[c], v[c]));
    ref_check(r, ref_k_eq(sum, claim), "tiles");
    free(coef);
}

/* --- WHIR ----------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    ref_k weight, z;
    uint32_t start; /* number of challenges drawn before the term was added */
} term;

typedef struct {
    ref_run *run;
    ref_k gamma, sigma;
    ref_k a[32]; /* fold challenges in order */
    uint32_t n_a;
    term terms[512];
    uint32_t n_terms;
    uint32_t (*cap)[8]; /* of the previous K oracle */
    uint32_t domain_log2, fold; /* of the previous K oracle */
} whir;

static int index_order(const void *x, const void *y) {
    const uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static uint32_t sort_distinct(uint32_t *index, uint32_t n) {
    qsort(index, n, sizeof *index, index_order);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++)
        if (m == 0 || index[m - 1] != index[i]) index[m++] = index[i];
    return m;
}

static const uint32_t *find_leaf(const uint32_t *leaves, uint32_t n, uint32_t leaf, const uint32_t *words, uint32_t leaf_words) {
    for (uint32_t i = 0; i < n; i++)
        if (leaves[i] == leaf) return words + i * leaf_words;
    return NULL;
}

/* y_q of the commitments at these indices: sum_c gamma^(c-1) leaf_c. */
static void open_commitments(whir *w, const uint32_t *index, uint32_t n, ref_k *y) {
    ref_run *run = w->run;
    ref_k power = ref_k_of(1);
    for (uint32_t q = 0; q < n; q++) y[q] = ref_k_of(0);
    for (int c = 0; c < REF_COMMITMENTS; c++) {
        if (run->stack_w[c] == 0) continue;
        const uint32_t log = run->stack_h[c] + 1, width = run->stack_w[c], mask = (UINT32_C(1) << log) - 1;
        uint32_t *leaves = malloc(sizeof *leaves * n), *words = malloc(sizeof *words * n * width);
        for (uint32_t q = 0; q < n; q++) leaves[q] = index[q] & mask;
        const uint32_t m = sort_distinct(leaves, n);
        ref_read_opening(&run->r, (const uint32_t(*)[8])run->cap[c], log, leaves, m, width, words);
        ref_k p = power;
        for (uint32_t q = 0; q < n; q++) {
            const uint32_t *leaf = find_leaf(leaves, m, index[q] & mask, words, width);
            p = power;
            for (uint32_t j = 0; j < width; j++, p = ref_k_mul(p, w->gamma)) y[q] = ref_k_add(y[q], ref_k_mul(p, ref_k_of(leaf[j])));
        }
        power = p;
        free(leaves);
        free(words);
    }
}

/* Folds the values of a coset leaf by the last `fold` challenges. */
static ref_k fold_leaf(const whir *w, const uint32_t *words, uint32_t index) {
    uint32_t s = 1u << w->fold;
    const uint64_t omega = ref_f_root(w->domain_log2), half = ref_f_inv(2);
    ref_k v[32];
    uint64_t x[32];
    for (uint32_t l = 0; l < s; l++) {
        for (int i = 0; i < 5; i++) v[l].c[i] = words[5 * l + (uint32_t)i];
        x[l] = ref_f_pow(omega, index + ((uint64_t)l << (w->domain_log2 - w->fold)));
    }
    for (uint32_t k = 0; k < w->fold; k++) {
        const ref_k a = w->a[w->n_a - w->fold + k], rest = ref_k_sub(ref_k_of(1), a);
        s /= 2;
        for (uint32_t l = 0; l < s; l++) {
            const ref_k even = ref_k_mul(ref_k_add(v[l], v[l + s]), ref_k_of(half));
            const ref_k odd = ref_k_mul(ref_k_sub(v[l], v[l + s]), ref_k_of(ref_f_inv(2 * x[l] % REF_P)));
            v[l] = ref_k_add(ref_k_mul(rest, even), ref_k_mul(a, odd));
            x[l] = x[l] * x[l] % REF_P;
        }
    }
    return v[0];
}

/* Queries to oracle i (0: the commitments): indices, values, positions. */
static void query(whir *w, uint32_t i, ref_k *y, ref_k *z) {
    ref_run *run = w->run;
    const uint32_t n = queries[i], bits = i == 0 ? run->stack_h[2] + 1 : w->domain_log2 - w->fold;
    uint32_t index[261];
    ref_grind(&run->r, REF_L_QUERY, 20);
    ref_indices(&run->r, REF_L_QUERY, n, bits, index);
    if (i == 0) {
        open_commitments(w, index, n, y);
        for (uint32_t q = 0; q < n; q++) z[q] = ref_k_of(ref_f_pow(ref_f_root(bits), index[q]));
        return;
    }
    const uint32_t leaf_words = 5u << w->fold;
    uint32_t *leaves = malloc(sizeof *leaves * n), *words = malloc(sizeof *words * n * leaf_words);
    memcpy(leaves, index, sizeof *leaves * n);
    const uint32_t m = sort_distinct(leaves, n);
    ref_read_opening(&run->r, (const uint32_t(*)[8])w->cap, bits, leaves, m, leaf_words, words);
    for (uint32_t q = 0; q < n; q++) {
        y[q] = fold_leaf(w, find_leaf(leaves, m, index[q], words, leaf_words), index[q]);
        z[q] = ref_k_of(ref_f_pow(ref_f_root(bits), index[q])); /* (omega_N^index)^(2^k) has order N / 2^k */
    }
    free(leaves);
    free(words);
}

static void add_term(whir *w, ref_k weight, ref_k z) { w->terms[w->n_terms++] = (term){weight, z, w->n_a}; }

static void whir_round(whir *w, uint32_t i, uint32_t m) {
    ref_run *run = w->run;
    const uint32_t domain = m + rate_log2[i], leaves_log2 = domain - fold_log2[i], nodes = leaves_log2 < 8 ? 1u << leaves_log2 : 256;
    uint32_t(*cap)[8] = malloc(256 * sizeof *cap);
    ref_k point[2], ood[2], y[261], z[261];
    ref_read_cap(&run->r, nodes, cap);
    for (int k = 0; k < 2; k++) point[k] = ref_challenge(&run->r, REF_L_OOD_POINT);
    ref_read_k(&run->r, REF_OOD, ood, 2);
    query(w, i - 1, y, z);
    const ref_k delta = ref_challenge(&run->r, REF_L_DELTA);
    ref_k power = delta;
    for (uint32_t k = 0; k < 2 + queries[i - 1]; k++, power = ref_k_mul(power, delta)) {
        w->sigma = ref_k_add(w->sigma, ref_k_mul(power, k < 2 ? ood[k] : y[k - 2]));
        add_term(w, power, k < 2 ? point[k] : z[k - 2]);
    }
    for (uint32_t k = 0; k < fold_log2[i]; k++, w->n_a++) w->sigma = plain_round(&run->r, w->sigma, REF_L_FOLD, fold_grinding[i], &w->a[w->n_a]);
    free(w->cap);
    w->cap = cap;
    w->domain_log2 = domain;
    w->fold = fold_log2[i];
}

static uint32_t bit_reverse(uint32_t b, uint32_t bits) {
    uint32_t r = 0;
    for (uint32_t i = 0; i < bits; i++) r |= (b >> i & 1) << (bits - 1 - i);
    return r;
}

static void whir_end(whir *w, const ref_k *rho) {
    ref_run *run = w->run;
    const uint32_t h = run->stack_h[2], left = h - 13;
    ref_k f[128], y[26], z[26], point[32];
    ref_read_k(&run->r, REF_FINAL, f, 1u << left);
    query(w, ORACLES, y, z);
    for (uint32_t q = 0; q < queries[ORACLES]; q++) {
        ref_k value = ref_k_of(0);
        for (uint32_t b = 0; b < 1u << left; b++) value = ref_k_add(value, ref_k_mul(f[b], ref_k_pow(z[q], bit_reverse(b, left))));
        ref_check(&run->r, ref_k_eq(value, y[q]), "final polynomial");
    }
    for (uint32_t k = 0; k < left; k++, w->n_a++) w->sigma = plain_round(&run->r, w->sigma, REF_L_FINAL_ROUND, 0, &w->a[w->n_a]);
    for (uint32_t i = 0; i < h; i++) point[i] = w->a[h - 1 - i]; /* coordinate of index bit i */
    ref_k value = ref_k_of(0), skip = ref_k_of(0);
    for (uint32_t b = 0; b < 1u << left; b++) value = ref_k_add(value, ref_k_mul(f[b], ref_eq_bits(point, left, b)));
    for (uint32_t i = 0; i < 16; i++) skip = ref_k_add(skip, ref_k_mul(run->lagrange[i], ref_eq_bits(point + 8, 4, i)));
    ref_k weight = ref_k_mul(skip, ref_k_mul(ref_eq(run->ry, point, 8), ref_eq(rho, point + 12, h - 12)));
    for (uint32_t k = 0; k < w->n_terms; k++) {
        ref_k x = w->terms[k].weight, power = w->terms[k].z;
        for (uint32_t j = w->terms[k].start; j < h; j++, power = ref_k_mul(power, power))
            x = ref_k_mul(x, ref_k_add(ref_k_sub(ref_k_of(1), w->a[j]), ref_k_mul(w->a[j], power)));
        weight = ref_k_add(weight, x);
    }
    ref_check(&run->r, ref_k_eq(w->sigma, ref_k_mul(value, weight)), "opening");
}

void ref_opening(ref_run *run) {
    ref_reader *r = &run->r;
    const uint32_t columns = run->stack_w[0] + run->stack_w[1] + run->stack_w[2];
    ref_k rho[32], *v = calloc(columns, sizeof *v);
    tiles(run, rho, v);
    whir w = {.run = run};
    ref_grind(r, REF_L_GAMMA, 6);
    w.gamma = ref_challenge(r, REF_L_GAMMA);
    w.sigma = ref_k_of(0);
    for (uint32_t c = columns; c-- > 0;) w.sigma = ref_k_add(ref_k_mul(w.sigma, w.gamma), v[c]);
    free(v);
    uint32_t m = run->stack_h[2];
    for (uint32_t i = 1; i <= ORACLES; m -= fold_log2[i], i++) whir_round(&w, i, m);
    whir_end(&w, rho);
    free(w.cap);
    ref_check(r, r->next == r->n_words, "words left over");
}
