/* Rows of oracles that are not the committed ones and yet give the verifier the same value: a query's answer is one element of K, a row has many words. Only
 * for tests. */
#pragma once
#include "base/testing.h"
#include "field/k.h"

/* d with sum_c d_c gamma^c = 0, d_5 = 1: the minimal polynomial of gamma over F, by elimination. */
static inline void forge_relation(hb_k gamma, hb_f d[6])
{
    hb_f a[5][6]; /* rows: coefficients; columns: powers 0..4 | power 5 */
    hb_k power = hb_k_one();
    for (int c = 0; c < 6; c++, power = hb_k_mul(power, gamma))
        for (int i = 0; i < 5; i++)
            a[i][c] = power.c[i];
    for (int c = 0; c < 5; c++) {
        int pivot = c;
        while (pivot < 5 && !a[pivot][c])
            pivot++;
        assert_true(pivot < 5);
        for (int k = 0; k < 6; k++) {
            const hb_f t = a[c][k];
            a[c][k] = a[pivot][k];
            a[pivot][k] = t;
        }
        const hb_f inverse = hb_f_inv(a[c][c]);
        for (int k = 0; k < 6; k++)
            a[c][k] = hb_f_mul(a[c][k], inverse);
        for (int i = 0; i < 5; i++)
            for (int k = 5; i != c && k >= c; k--)
                a[i][k] = hb_f_sub(a[i][k], hb_f_mul(a[i][c], a[c][k]));
    }
    for (int c = 0; c < 5; c++)
        d[c] = hb_f_neg(a[c][5]);
    d[5] = HB_F_ONE;
}

/* Fold of a coset leaf by k challenges, as docs/protocol.md writes it. */
static inline hb_k forge_fold(const hb_k *a, uint32_t k, uint32_t domain_log2, uint32_t leaf, const hb_k *leaf_values)
{
    hb_k v[32];
    hb_f x[32];
    uint32_t s = 1u << k;
    for (uint32_t l = 0; l < s; l++) {
        v[l] = leaf_values[l];
        x[l] = hb_f_pow(hb_f_root(domain_log2), leaf + ((size_t)l << (domain_log2 - k)));
    }
    for (uint32_t round = 0; round < k; round++) {
        s /= 2;
        for (uint32_t l = 0; l < s; l++) {
            const hb_k even = hb_k_mul_f(hb_k_add(v[l], v[l + s]), HB_F_HALF);
            const hb_k odd = hb_k_mul_f(hb_k_sub(v[l], v[l + s]), hb_f_inv(hb_f_double(x[l])));
            v[l] = hb_k_add(hb_k_mul(hb_k_sub(hb_k_one(), a[round]), even), hb_k_mul(a[round], odd));
            x[l] = hb_f_square(x[l]);
        }
    }
    return v[0];
}

static inline void forge_add(uint32_t *word, hb_f d)
{
    *word = hb_f_to_u32(hb_f_add(hb_f_from_u32(*word), d));
}

/* A row of at least 6 columns of a commitment. */
static inline void forge_matrix_row(hb_k gamma, uint32_t *row)
{
    hb_f d[6];
    forge_relation(gamma, d);
    for (int c = 0; c < 6; c++)
        forge_add(&row[c], d[c]);
}

/* A coset leaf: its first value changes by 1, its second so that the fold stays. */
static inline void forge_coset(const hb_k *a, uint32_t k, uint32_t domain_log2, uint32_t leaf, uint32_t *row)
{
    hb_k unit[32] = {HB_K_ZERO};
    unit[0] = hb_k_one();
    const hb_k first = forge_fold(a, k, domain_log2, leaf, unit);
    unit[0] = hb_k_zero();
    unit[1] = hb_k_one();
    const hb_k change = hb_k_neg(hb_k_mul(first, hb_k_inv(forge_fold(a, k, domain_log2, leaf, unit))));
    forge_add(&row[0], HB_F_ONE);
    for (int j = 0; j < HB_K_DEGREE; j++)
        forge_add(&row[HB_K_DEGREE + j], change.c[j]);
}
