/* A slow prover of the opening in plain scalar loops over arrays of hb_k, written from docs/protocol.md, that can also cheat. The fast prover must give the same
 * bytes; a cheating proof must be rejected for the one reason that it was made for. Only for tests. */
#pragma once
#include "pcs/pcs_case.h"
#include "pcs/pcs_forge.h"
#include "pcs/pcs_query.h"

typedef enum slow_lie {
    SLOW_HONEST,
    SLOW_LIE_TILE_ROUND,   /* round `at`: s(0) + 1 */
    SLOW_LIE_STACKED,      /* another matrix `at` is committed and opened than the one the tile rounds speak of */
    SLOW_LIE_COMMITTED,    /* another matrix `at` is committed than everything else speaks of */
    SLOW_LIE_COMMIT_WORD,  /* a word of codeword `at` is written as x + p, everywhere */
    SLOW_LIE_OOD,          /* oracle `at`: first answer + 1 */
    SLOW_LIE_ORACLE,       /* oracle `at` encodes another polynomial; messages follow the right one */
    SLOW_LIE_SWITCH,       /* from oracle `at` on, another polynomial */
    SLOW_LIE_ORACLE_WORD,  /* a word of oracle `at` is written as x + p, everywhere */
    SLOW_LIE_LAST_LEAVES,  /* oracle 3 is wrong in all leaves whose number has bit `at` set */
    SLOW_LIE_ROUND,        /* sumcheck round `at`: s(0) + 1 */
    SLOW_LIE_FINAL,        /* another final polynomial with the same product with the weights */
    SLOW_LIE_LEAF,         /* one opened row of oracle `at` (0: commitment `lie_commitment`) is another with the same combination */
    SLOW_LIE_SIBLING       /* one sibling digest of the opening of oracle `at` is flipped */
} slow_lie;

/* Where messages lie in the proof, in words. */
typedef enum slow_kind { SLOW_TILE_ROUND, SLOW_STACKED, SLOW_NONCE, SLOW_CAP, SLOW_OOD, SLOW_LEAVES, SLOW_SIBLINGS, SLOW_ROUND, SLOW_FINAL } slow_kind;
typedef struct slow_message {
    slow_kind kind;
    uint32_t oracle;      /* LEAVES, SIBLINGS, CAP, OOD */
    size_t at, words;
    uint32_t width;       /* LEAVES: words a leaf */
} slow_message;

typedef struct slow_tree {
    uint32_t leaves_log2, width;
    uint32_t *rows;              /* [leaf][width] */
    uint32_t (*node)[HB_DIGEST_WORDS]; /* heap order: children of i are 2 i and 2 i + 1, leaves from 2^leaves_log2 on */
} slow_tree;

typedef struct slow_prover {
    const pcs_case *x;
    const hb_pcs_params *params;
    slow_lie lie;
    uint32_t at;
    int lie_commitment;
    hb_sender s;
    hb_buf proof;
    slow_message messages[128];
    size_t n_messages;
    uint32_t h;
    hb_f *stacked;  /* [W][2^h], zero padded: what the combination is made of */
    slow_tree tree[HB_COMMITMENTS], oracle[HB_ORACLES + 1];
    uint32_t cap[HB_COMMITMENTS][HB_PCS_CAP_NODES][HB_DIGEST_WORDS];
    hb_k rho[HB_STACK_LOG2_MAX], a[HB_STACK_LOG2_MAX];
    uint32_t n_a, rounds;
    hb_k gamma;
    hb_k *f, *w;
    uint32_t m; /* variables of f */
} slow_prover;

#define SLOW_CAPS(p) {(hb_pcs_cap)(p)->cap[0], (hb_pcs_cap)(p)->cap[1], (hb_pcs_cap)(p)->cap[2]}

static inline void *slow_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    assert_non_null(p);
    return p;
}

static inline void slow_note(slow_prover *p, slow_kind kind, uint32_t oracle, size_t before, uint32_t width)
{
    assert_true(p->n_messages < sizeof p->messages / sizeof p->messages[0]);
    if (p->proof.len > before)
        p->messages[p->n_messages++] = (slow_message){kind, oracle, before / 4, (p->proof.len - before) / 4, width};
}

static inline void slow_send_k(slow_prover *p, slow_kind kind, uint32_t oracle, hb_tag tag, const hb_k *v, size_t n)
{
    const size_t before = p->proof.len;
    assert_int_equal(hb_send_k(&p->s, tag, v, n), HB_OK);
    slow_note(p, kind, oracle, before, 0);
}

static inline void slow_grind(slow_prover *p, hb_label label, uint32_t bits)
{
    const size_t before = p->proof.len;
    assert_int_equal(hb_send_grind(&p->s, label, bits), HB_OK);
    slow_note(p, SLOW_NONCE, 0, before, 0);
}

/* --- codes and trees ------------------------------------------------------------------------------------------------------------------- */
/* out[i] = sum_b v[b stride] omega^(i bitrev_m(b)), canonical, i < 2^(m + rate): the recursion f(x) = f_even(x^2) + x f_odd(x^2). The coefficients of
 * even exponents are the first half of v. */
static inline void slow_encode(const hb_f *v, size_t stride, uint32_t m, uint32_t domain_log2, hb_f *out)
{
    if (m == 0) {
        for (size_t i = 0; i < (size_t)1 << domain_log2; i++)
            out[i] = v[0];
        return;
    }
    const size_t half = (size_t)1 << (domain_log2 - 1);
    hb_f *even = slow_alloc(half, sizeof *even), *odd = slow_alloc(half, sizeof *odd);
    slow_encode(v, stride, m - 1, domain_log2 - 1, even);
    slow_encode(v + (stride << (m - 1)), stride, m - 1, domain_log2 - 1, odd);
    const hb_f omega = hb_f_root(domain_log2);
    hb_f x = HB_F_ONE;
    for (size_t i = 0; i < half; i++, x = hb_f_mul(x, omega)) {
        const hb_f t = hb_f_mul(x, odd[i]);
        out[i] = hb_f_add(even[i], t);
        out[half + i] = hb_f_sub(even[i], t);
    }
    free(even);
    free(odd);
}

static inline void slow_tree_hash(slow_tree *t)
{
    const size_t n = (size_t)1 << t->leaves_log2;
    t->node = slow_alloc(2 * n, sizeof *t->node);
    for (size_t i = 0; i < n; i++)
        hb_merkle_leaf(t->node[n + i], t->rows + i * t->width, t->width);
    for (size_t i = n; --i > 0;)
        hb_merkle_node(t->node[i], t->node[2 * i], t->node[2 * i + 1]);
}

/* Words of the leaf as they will be sent, for leaves[k] of an opening. */
static inline void slow_open(slow_prover *p, const slow_tree *t, uint32_t oracle, const uint32_t *leaves, uint32_t n, const uint32_t *forged)
{
    const int commitment = oracle ? 0 : (int)(t - p->tree);
    size_t before = p->proof.len;
    const size_t size = (size_t)1 << t->leaves_log2;
    for (uint32_t k = 0; k < n; k++)
        assert_int_equal(hb_send_raw(&p->s, forged && k == 0 ? forged : t->rows + (size_t)leaves[k] * t->width, t->width), HB_OK);
    slow_note(p, SLOW_LEAVES, oracle, before, t->width);
    before = p->proof.len;
    uint8_t *known = slow_alloc(2 * size, 1);
    for (uint32_t k = 0; k < n; k++)
        for (size_t i = size + leaves[k]; i; i /= 2)
            known[i] = 1;
    for (size_t level = size; level > HB_PCS_CAP_NODES; level /= 2)
        for (size_t i = level; i < 2 * level; i++)
            if (known[i] && !known[i ^ 1])
                assert_int_equal(hb_send_raw(&p->s, t->node[i ^ 1], HB_DIGEST_WORDS), HB_OK);
    free(known);
    if (p->lie == SLOW_LIE_SIBLING && p->at == oracle && (oracle || commitment == p->lie_commitment) && p->proof.len > before)
        p->proof.data[before + 5] ^= 16;
    slow_note(p, SLOW_SIBLINGS, oracle, before, 0);
}

/* --- commitments ----------------------------------------------------------------------------------------------------------------------- */
/* All chunks in a list, sorted, laid down one after the other. */
typedef struct slow_chunk {
    uint32_t log2, table, column, base;
} slow_chunk;

static inline int slow_chunk_order(const void *x, const void *y)
{
    const slow_chunk *a = x, *b = y;
    if (a->log2 != b->log2)
        return a->log2 > b->log2 ? -1 : 1;
    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static inline slow_chunk *slow_chunks(const hb_stack *s, int c, size_t *n)
{
    size_t columns = 0;
    for (uint32_t t = 0; t < s->n_tables; t++)
        columns += s->tables[t].width[c];
    slow_chunk *list = slow_alloc(4 * columns, sizeof *list);
    *n = 0;
    for (uint32_t t = 0; t < s->n_tables; t++)
        for (uint32_t j = hb_stack_table_columns(&s->tables[t], c), end = j + s->tables[t].width[c]; j < end; j++)
            for (uint32_t a = 20, base = 0; a-- > 0;)
                if (s->tables[t].tiles >> a & 1) {
                    list[(*n)++] = (slow_chunk){a, t, j, base};
                    base += 1u << a;
                }
    qsort(list, *n, sizeof *list, slow_chunk_order);
    return list;
}

static inline void slow_commit(slow_prover *p, int c)
{
    const hb_stack *s = &p->x->stack;
    const uint32_t width = s->w[c], h = s->h[c];
    const size_t first = hb_stack_first_column(s, c), domain = (size_t)2 << h;
    size_t n, at = 0;
    slow_chunk *list = slow_chunks(s, c, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t row = 0; row < (size_t)HB_TILE_ROWS << list[i].log2; row++, at++)
            p->stacked[((first + (at >> h)) << p->h) + (at & (((size_t)1 << h) - 1))] =
                p->x->tables[list[i].table].cols[list[i].column][((size_t)list[i].base << HB_TILE_LOG2) + row];
    free(list);
    if (width == 0)
        return;
    const bool other = (uint32_t)c == p->at && (p->lie == SLOW_LIE_STACKED || p->lie == SLOW_LIE_COMMITTED);
    hb_f *cell = &p->stacked[(first << p->h) + 77], kept = *cell;
    *cell = other ? hb_f_add(kept, HB_F_ONE) : kept;
    p->tree[c] = (slow_tree){.leaves_log2 = h + 1, .width = width, .rows = slow_alloc(domain * width, sizeof(uint32_t))};
    hb_f *codeword = slow_alloc(domain, sizeof *codeword);
    for (uint32_t j = 0; j < width; j++) {
        slow_encode(&p->stacked[(first + j) << p->h], 1, h, h + 1, codeword);
        for (size_t i = 0; i < domain; i++)
            p->tree[c].rows[i * width + j] = hb_f_to_u32(codeword[i]);
        for (size_t i = 0; i < domain && p->lie == SLOW_LIE_COMMIT_WORD && p->at == first + j; i++)
            p->tree[c].rows[i * width + j] += HB_F_P;
    }
    free(codeword);
    if (p->lie == SLOW_LIE_COMMITTED)
        *cell = kept;
    slow_tree_hash(&p->tree[c]);
    memcpy(p->cap[c], p->tree[c].node + HB_PCS_CAP_NODES, sizeof p->cap[c]);
}

/* --- tiles ----------------------------------------------------------------------------------------------------------------------------- */
static inline void slow_round(const hb_k *f, const hb_k *w, size_t stride, size_t n, hb_k s[2])
{
    s[0] = s[1] = hb_k_zero(); /* pairs (i, i + stride) for i with that bit 0 */
    for (size_t i = 0; i < n; i++)
        if (!(i / stride & 1)) {
            s[0] = hb_k_add(s[0], hb_k_mul(f[i], w[i]));
            s[1] = hb_k_add(s[1], hb_k_mul(hb_k_sub(f[i + stride], f[i]), hb_k_sub(w[i + stride], w[i])));
        }
}

static inline hb_k slow_tile_value(const slow_prover *p, const hb_f *tile)
{
    hb_k sum = hb_k_zero();
    for (uint32_t row = 0; row < HB_TILE_ROWS; row++) {
        const hb_k weight = hb_k_mul(p->x->point.lagrange[row >> HB_Y_BITS], hb_eq_bits(p->x->point.ry, HB_Y_BITS, row & 255));
        sum = hb_k_add(sum, hb_k_mul_f(weight, tile[row]));
    }
    return sum;
}

static inline void slow_tiles(slow_prover *p)
{
    const hb_stack *s = &p->x->stack;
    const uint32_t bits = p->h - HB_TILE_LOG2, width = hb_stack_columns(s);
    const hb_k tau = hb_transcript_challenge(&p->s.t, HB_LABEL_TAU);
    hb_k *v = slow_alloc(width << bits, sizeof *v), *coef = slow_alloc(width << bits, sizeof *coef); /* [column][kappa] */
    for (int c = 0; c < HB_COMMITMENTS; c++) {
        size_t n, at = 0;
        slow_chunk *list = slow_chunks(s, c, &n);
        for (size_t i = 0; i < n; i++)
            for (uint32_t u = 0; u < 1u << list[i].log2; u++, at++) {
                const uint32_t id = s->tables[list[i].table].first_id + list[i].column, column_bits = s->h[c] - HB_TILE_LOG2;
                const size_t to = ((hb_stack_first_column(s, c) + (at >> column_bits)) << bits) + (at & (((size_t)1 << column_bits) - 1));
                if (s->tables[list[i].table].idle) {
                    v[to] = slow_tile_value(p, p->x->tables[list[i].table].cols[list[i].column] + ((size_t)(list[i].base + u) << HB_TILE_LOG2));
                    continue;
                }
                v[to] = p->x->tile_values[id][list[i].base + u];
                coef[to] = hb_k_mul(hb_k_pow(tau, id), hb_eq_bits(p->x->point.ru, p->x->point.n_u, list[i].base + u));
            }
        free(list);
    }
    for (uint32_t i = 0; i < bits; i++) {
        hb_k message[2];
        const size_t n = (size_t)width << (bits - i);
        slow_round(v, coef, 1, n, message);
        if (p->lie == SLOW_LIE_TILE_ROUND && p->at == i)
            message[0] = hb_k_add_f(message[0], HB_F_ONE);
        slow_send_k(p, SLOW_TILE_ROUND, 0, HB_TAG_ROUND2, message, 2);
        p->rho[i] = hb_transcript_challenge(&p->s.t, HB_LABEL_TILE_ROUND);
        for (size_t b = 0; b < n / 2; b++) {
            v[b] = hb_k_line(v[2 * b], v[2 * b + 1], p->rho[i]);
            coef[b] = hb_k_line(coef[2 * b], coef[2 * b + 1], p->rho[i]);
        }
    }
    if (p->lie == SLOW_LIE_STACKED) { /* the committed matrix has one more in cell 77 of its first column */
        const hb_k weight = hb_k_mul(hb_k_mul(p->x->point.lagrange[0], hb_eq_bits(p->x->point.ry, HB_Y_BITS, 77)), hb_eq_bits(p->rho, bits, 0));
        hb_k *first = &v[hb_stack_first_column(s, (int)p->at)];
        *first = hb_k_add(*first, weight);
    }
    slow_send_k(p, SLOW_STACKED, 0, HB_TAG_STACKED, v, width);
    free(v);
    free(coef);
}

/* --- WHIR ------------------------------------------------------------------------------------------------------------------------------ */
static inline void slow_start(slow_prover *p)
{
    const size_t n = (size_t)1 << p->h;
    const uint32_t width = hb_stack_columns(&p->x->stack);
    slow_grind(p, HB_LABEL_GAMMA, p->params->grind_gamma);
    p->gamma = hb_transcript_challenge(&p->s.t, HB_LABEL_GAMMA);
    p->m = p->h;
    p->f = slow_alloc(n, sizeof *p->f);
    p->w = slow_alloc(n, sizeof *p->w);
    for (size_t b = 0; b < n; b++) {
        for (uint32_t c = width; c-- > 0;)
            p->f[b] = hb_k_add_f(hb_k_mul(p->f[b], p->gamma), p->stacked[((size_t)c << p->h) + b]);
        const hb_k low = hb_k_mul(p->x->point.lagrange[b >> HB_Y_BITS & 15], hb_eq_bits(p->x->point.ry, HB_Y_BITS, b & 255));
        p->w[b] = hb_k_mul(low, hb_eq_bits(p->rho, p->h - HB_TILE_LOG2, b >> HB_TILE_LOG2));
    }
}

static inline void slow_oracle(slow_prover *p, uint32_t i)
{
    const uint32_t domain_log2 = p->m + hb_pcs_rate_log2[i], k = hb_pcs_fold_log2[i], s = 1u << k;
    const size_t domain = (size_t)1 << domain_log2, n = domain >> k;
    const bool other = p->lie == SLOW_LIE_ORACLE && p->at == i;
    if (p->lie == SLOW_LIE_SWITCH && p->at == i)
        p->f[3] = hb_k_add_f(p->f[3], HB_F_ONE);
    p->f[1] = other ? hb_k_add_f(p->f[1], HB_F_ONE) : p->f[1];
    slow_tree *t = &p->oracle[i];
    *t = (slow_tree){.leaves_log2 = domain_log2 - k, .width = HB_K_DEGREE * s, .rows = slow_alloc(domain * HB_K_DEGREE, sizeof(uint32_t))};
    hb_f *plane = slow_alloc(domain, sizeof *plane);
    for (uint32_t j = 0; j < HB_K_DEGREE; j++) {
        slow_encode(&p->f[0].c[j], HB_K_DEGREE, p->m, domain_log2, plane);
        for (size_t leaf = 0; leaf < n; leaf++)
            for (uint32_t l = 0; l < s; l++)
                t->rows[leaf * t->width + HB_K_DEGREE * l + j] = hb_f_to_u32(plane[leaf + l * n]);
    }
    free(plane);
    p->f[1] = other ? hb_k_sub_f(p->f[1], HB_F_ONE) : p->f[1];
    for (size_t leaf = 0; leaf < n && p->lie == SLOW_LIE_LAST_LEAVES && i == HB_ORACLES; leaf++)
        t->rows[leaf * t->width] ^= leaf >> p->at & 1;
    for (size_t leaf = 0; leaf < n && p->lie == SLOW_LIE_ORACLE_WORD && p->at == i; leaf++)
        t->rows[leaf * t->width + 7] += HB_F_P;
    slow_tree_hash(t);
    const size_t before = p->proof.len;
    assert_int_equal(hb_send_words(&p->s, HB_TAG_CAP, t->node[HB_PCS_CAP_NODES], (size_t)HB_PCS_CAP_NODES * HB_DIGEST_WORDS), HB_OK);
    slow_note(p, SLOW_CAP, i, before, 0);
}

static inline hb_k slow_value_at(const hb_k *f, uint32_t m, hb_k z)
{
    hb_k sum = hb_k_zero();
    for (uint32_t e = 1u << m; e-- > 0;)
        sum = hb_k_add(hb_k_mul(sum, z), f[hb_pcs_bit_reverse(e, m)]);
    return sum;
}

static inline void slow_open_forged(slow_prover *p, const slow_tree *t, uint32_t oracle, const uint32_t *leaves, uint32_t n)
{
    uint32_t *row = slow_alloc(t->width, sizeof *row);
    memcpy(row, t->rows + (size_t)leaves[0] * t->width, t->width * sizeof *row);
    if (oracle == 0)
        forge_matrix_row(p->gamma, row);
    else
        forge_coset(&p->a[p->n_a - hb_pcs_fold_log2[oracle]], hb_pcs_fold_log2[oracle], t->leaves_log2 + hb_pcs_fold_log2[oracle], leaves[0], row);
    slow_open(p, t, oracle, leaves, n, row);
    free(row);
}

/* Queries to oracle i; z: positions in the order drawn. */
static inline void slow_query(slow_prover *p, uint32_t i, hb_f *z)
{
    const uint32_t n = p->params->queries[i], bits = i ? p->oracle[i].leaves_log2 : p->h + 1;
    uint32_t index[HB_QUERIES_MAX], leaves[HB_QUERIES_MAX];
    slow_grind(p, HB_LABEL_QUERY, p->params->grind_query);
    hb_transcript_indices(&p->s.t, HB_LABEL_QUERY, n, bits, index);
    for (int c = 0; c < (i ? 1 : HB_COMMITMENTS); c++) {
        const slow_tree *t = i ? &p->oracle[i] : &p->tree[c];
        if (t->width == 0)
            continue;
        for (uint32_t q = 0; q < n; q++)
            leaves[q] = index[q] % (1u << t->leaves_log2);
        const uint32_t unique = hb_pcs_sort_unique(leaves, n);
        if (p->lie == SLOW_LIE_LEAF && p->at == i && (i || c == p->lie_commitment))
            slow_open_forged(p, t, i, leaves, unique);
        else
            slow_open(p, t, i, leaves, unique, NULL);
    }
    for (uint32_t q = 0; q < n; q++)
        z[q] = hb_f_pow(hb_f_root(bits), index[q]);
}

static inline void slow_add_power(slow_prover *p, hb_k scale, hb_k z)
{
    const uint32_t n = 1u << p->m;
    for (uint32_t e = 0; e < n; e++, scale = hb_k_mul(scale, z)) {
        hb_k *w = &p->w[hb_pcs_bit_reverse(e, p->m)];
        *w = hb_k_add(*w, scale);
    }
}

static inline void slow_whir_round(slow_prover *p, hb_label label, uint32_t grind)
{
    const size_t n = (size_t)1 << p->m, half = n / 2;
    hb_k message[2];
    slow_round(p->f, p->w, half, n, message);
    if (p->lie == SLOW_LIE_ROUND && p->at == p->rounds)
        message[0] = hb_k_add_f(message[0], HB_F_ONE);
    p->rounds++;
    slow_send_k(p, SLOW_ROUND, 0, HB_TAG_ROUND2, message, 2);
    slow_grind(p, label, grind);
    const hb_k a = hb_transcript_challenge(&p->s.t, label);
    for (size_t b = 0; b < half; b++) {
        p->f[b] = hb_k_add(hb_k_mul(hb_k_sub(hb_k_one(), a), p->f[b]), hb_k_mul(a, p->f[half + b]));
        p->w[b] = hb_k_add(hb_k_mul(hb_k_sub(hb_k_one(), a), p->w[b]), hb_k_mul(a, p->w[half + b]));
    }
    p->a[p->n_a++] = a;
    p->m--;
}

static inline void slow_whir(slow_prover *p)
{
    slow_start(p);
    hb_f z[HB_QUERIES_MAX];
    for (uint32_t i = 1; i <= HB_ORACLES; i++) {
        hb_k point[2], answer[2];
        slow_oracle(p, i);
        for (int k = 0; k < 2; k++)
            point[k] = hb_transcript_challenge(&p->s.t, HB_LABEL_OOD_POINT);
        for (int k = 0; k < 2; k++)
            answer[k] = slow_value_at(p->f, p->m, point[k]);
        if (p->lie == SLOW_LIE_OOD && p->at == i)
            answer[0] = hb_k_add_f(answer[0], HB_F_ONE);
        slow_send_k(p, SLOW_OOD, i, HB_TAG_OOD, answer, 2);
        slow_query(p, i - 1, z);
        const hb_k delta = hb_transcript_challenge(&p->s.t, HB_LABEL_DELTA);
        hb_k power = delta;
        for (int k = 0; k < 2; k++, power = hb_k_mul(power, delta))
            slow_add_power(p, power, point[k]);
        for (uint32_t q = 0; q < p->params->queries[i - 1]; q++, power = hb_k_mul(power, delta))
            slow_add_power(p, power, hb_k_from_f(z[q]));
        for (uint32_t k = 0; k < hb_pcs_fold_log2[i]; k++)
            slow_whir_round(p, HB_LABEL_FOLD, p->params->grind_fold[i - 1]);
    }
    if (p->lie == SLOW_LIE_FINAL) { /* orthogonal to the weights */
        p->f[0] = hb_k_add(p->f[0], p->w[1]);
        p->f[1] = hb_k_sub(p->f[1], p->w[0]);
    }
    slow_send_k(p, SLOW_FINAL, 0, HB_TAG_FINAL, p->f, (size_t)1 << p->m);
    slow_query(p, HB_ORACLES, z);
    while (p->m)
        slow_whir_round(p, HB_LABEL_FINAL_ROUND, 0);
}

static inline void slow_prove_lie(slow_prover *p, const pcs_case *x, const hb_pcs_params *params, slow_lie lie, uint32_t at, int lie_commitment)
{
    *p = (slow_prover){.x = x, .params = params, .lie = lie, .at = at, .lie_commitment = lie_commitment, .h = x->stack.h[HB_COMMIT_MAIN]};
    p->s.proof = &p->proof;
    p->stacked = slow_alloc((size_t)hb_stack_columns(&x->stack) << p->h, sizeof *p->stacked);
    for (int c = 0; c < HB_COMMITMENTS; c++)
        slow_commit(p, c);
    pcs_case_absorb(&p->s.t, x, (const hb_pcs_cap[])SLOW_CAPS(p));
    slow_tiles(p);
    slow_whir(p);
}

static inline void slow_prove(slow_prover *p, const pcs_case *x, const hb_pcs_params *params, slow_lie lie, uint32_t at)
{
    slow_prove_lie(p, x, params, lie, at, HB_COMMIT_MAIN);
}

static inline uint32_t slow_verdict(const slow_prover *p, const hb_k *values)
{
    return pcs_case_verify(p->x, p->params, (const hb_pcs_cap[])SLOW_CAPS(p), values, &p->proof);
}

static inline void slow_free(slow_prover *p)
{
    for (int c = 0; c < HB_COMMITMENTS; c++)
        free(p->tree[c].rows), free(p->tree[c].node);
    for (uint32_t i = 1; i <= HB_ORACLES; i++)
        free(p->oracle[i].rows), free(p->oracle[i].node);
    free(p->stacked);
    free(p->f);
    free(p->w);
    hb_buf_free(&p->proof);
}
