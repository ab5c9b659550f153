#include "field/v16k.h"
#include "pcs/pcs_kernels.h"

/* --- dense combination of columns ---------------------------------------------------------------------------------------------------- */
#define COMBINE_PACKS 2   /* rows at a time: two packs of accumulators fill the registers of AVX-512 */
#define PREFETCH_CELLS 256

/* acc[j] += w0 x0 + w1 x1 for COMBINE_PACKS packs of two columns: one fold for two products. */
HB_V void combine_two(v16ka *acc, const hb_f *x0, const hb_f *x1, const hb_k *w0, const hb_k *w1, size_t packs)
{
    v16s x[COMBINE_PACKS], y[COMBINE_PACKS];
    for (size_t j = 0; j < packs; j++) {
        x[j] = v16_split(v16_load(x0 + HB_LANES * j));
        y[j] = v16_split(v16_load(x1 + HB_LANES * j));
    }
    for (int k = 0; k < HB_K_DEGREE; k++) {
        v16s a = v16s_set1(w0->c[k]), b = v16s_set1(w1->c[k]);
        for (size_t j = 0; j < packs; j++)
            acc[j].c[k] = v16w_fold(v16w_add(acc[j].c[k], v16w_add(v16s_mul(x[j], a), v16s_mul(y[j], b))));
    }
}

HB_V void combine_rows(hb_kpack *out, const hb_f *const *column, const hb_k *weight, size_t n_columns, size_t row, size_t packs)
{
    v16ka acc[COMBINE_PACKS];
    for (size_t j = 0; j < packs; j++)
        acc[j] = v16ka_zero();
    size_t c = 0;
    for (; c + 2 <= n_columns; c += 2) {
        const hb_f *x0 = column[c] + row, *x1 = column[c + 1] + row;
        __builtin_prefetch(x0 + PREFETCH_CELLS); /* more streams than the hardware follows */
        __builtin_prefetch(x0 + PREFETCH_CELLS + HB_LANES);
        __builtin_prefetch(x1 + PREFETCH_CELLS);
        __builtin_prefetch(x1 + PREFETCH_CELLS + HB_LANES);
        combine_two(acc, x0, x1, &weight[c], &weight[c + 1], packs);
    }
    if (c < n_columns) {
        v16kc w = v16kc_of(weight[c]);
        for (size_t j = 0; j < packs; j++)
            v16ka_mac_f(&acc[j], v16_load(column[c] + row + HB_LANES * j), &w.p);
    }
    for (size_t j = 0; j < packs; j++)
        v16k_store(&out[j], v16ka_reduce(acc[j]));
}

static void combine(hb_kpack *out, const hb_f *const *column, const hb_k *weight, size_t n_columns, size_t n)
{
    size_t i = 0;
    for (; i + COMBINE_PACKS <= n; i += COMBINE_PACKS)
        combine_rows(&out[i], column, weight, n_columns, HB_LANES * i, COMBINE_PACKS);
    for (; i < n; i++)
        combine_rows(&out[i], column, weight, n_columns, HB_LANES * i, 1);
}

/* --- sumcheck ------------------------------------------------------------------------------------------------------------------------ */
HB_V void eval_pair(v16ka *s0, v16ka *s_inf, v16k f0, v16k f1, v16k w0, v16k w1)
{
    v16kp p = v16k_prepare(w0);
    v16ka_mac(s0, f0, &p);
    v16kp d = v16k_prepare(v16k_sub(w1, w0));
    v16ka_mac(s_inf, v16k_sub(f1, f0), &d);
}

HB_V void eval_range(v16ka *s0, v16ka *s_inf, const hb_kpack *f, const hb_kpack *w, size_t half, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        eval_pair(s0, s_inf, v16k_load(&f[i]), v16k_load(&f[half + i]), v16k_load(&w[i]), v16k_load(&w[half + i]));
}

static void round_eval(const hb_kpack *f, const hb_kpack *w, size_t half, size_t begin, size_t end, hb_k sum[2])
{
    v16ka s0 = v16ka_zero(), s_inf = v16ka_zero();
    eval_range(&s0, &s_inf, f, w, half, begin, end);
    sum[0] = v16k_hsum(v16ka_reduce(s0));
    sum[1] = v16k_hsum(v16ka_reduce(s_inf));
}

HB_V void fold_range(hb_kpack *v, size_t half, size_t begin, size_t end, const v16kc *a)
{
    for (size_t i = begin; i < end; i++)
        v16k_store(&v[i], v16k_line(v16k_load(&v[i]), v16k_load(&v[half + i]), a));
}

static void fold(hb_kpack *v, size_t half, size_t begin, size_t end, hb_k a)
{
    v16kc c = v16kc_of(a);
    fold_range(v, half, begin, end, &c);
}

/* Two short passes over a block that stays in the first cache; one loop for both would need more registers than there are. */
#define BLOCK_PACKS 16

static void fold_eval(hb_kpack *f, hb_kpack *w, size_t half, size_t begin, size_t end, hb_k a, hb_k sum[2])
{
    v16kc c = v16kc_of(a);
    v16ka s0 = v16ka_zero(), s_inf = v16ka_zero();
    const size_t quarter = half / 2;
    for (size_t i = begin; i < end; i += BLOCK_PACKS) {
        size_t stop = end - i < BLOCK_PACKS ? end : i + BLOCK_PACKS;
        fold_range(f, half, i, stop, &c);
        fold_range(f, half, quarter + i, quarter + stop, &c);
        fold_range(w, half, i, stop, &c);
        fold_range(w, half, quarter + i, quarter + stop, &c);
        eval_range(&s0, &s_inf, f, w, quarter, i, stop);
    }
    sum[0] = v16k_hsum(v16ka_reduce(s0));
    sum[1] = v16k_hsum(v16ka_reduce(s_inf));
}

/* --- products with a tensor ---------------------------------------------------------------------------------------------------------- */
static hb_k dot(const hb_kpack *x, const hb_kpack *y, size_t n)
{
    v16ka s = v16ka_zero();
    for (size_t i = 0; i < n; i++) {
        v16kp p = v16k_prepare(v16k_load(&y[i]));
        v16ka_mac(&s, v16k_load(&x[i]), &p);
    }
    return v16k_hsum(v16ka_reduce(s));
}

static void scale(hb_kpack *out, const hb_kpack *x, hb_k c, size_t n)
{
    v16kc p = v16kc_of(c);
    for (size_t i = 0; i < n; i++)
        v16k_store(&out[i], v16k_mul_c(v16k_load(&x[i]), &p));
}

static void add_scaled(hb_kpack *out, const hb_kpack *const x[2], const hb_k c[2], size_t n)
{
    v16kc p = v16kc_of(c[0]), q = v16kc_of(c[1]);
    for (size_t i = 0; i < n; i++) {
        v16k s = v16k_mul2_p(v16k_load(&x[0][i]), &p.p, v16k_load(&x[1][i]), &q.p);
        v16k_store(&out[i], v16k_add(v16k_load(&out[i]), s));
    }
}

const hb_pcs_kernels HB_ISA_SYM(hb_pcs_kernels_table) = {
    .combine = combine,
    .round_eval = round_eval,
    .fold = fold,
    .fold_eval = fold_eval,
    .dot = dot,
    .scale = scale,
    .add_scaled = add_scaled,
};
