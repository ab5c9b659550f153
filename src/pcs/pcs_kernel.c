#include "field/v16k.h"
#include "pcs/pcs_kernels.h"

/* --- dense combination of columns ---------------------------------------------------------------------------------------------------- */
/* There are more streams than the hardware follows. Each line is asked for twice, in this step and the next, because requests are dropped when too many
 * are under way: measured 0.50 ns a cell, against 0.68 asking once and 1.5 not at all. */
#define PREFETCH_CELLS 256
HB_V void prefetch(const hb_f *x)
{
    __builtin_prefetch(x + PREFETCH_CELLS);
    __builtin_prefetch(x + PREFETCH_CELLS + HB_LANES);
}

/* 16 rows: the accumulators stay in registers while all columns pass by, two at a time because two products cost one fold. */
HB_V v16k combine_rows(const hb_f *const *column, const hb_k *weight, size_t n_columns, size_t row)
{
    v16ka acc = v16ka_zero();
    size_t c = 0;
    for (; c + 2 <= n_columns; c += 2) {
        const hb_f *x0 = column[c] + row, *x1 = column[c + 1] + row;
        prefetch(x0);
        prefetch(x1);
        v16kc w0 = v16kc_of(weight[c]), w1 = v16kc_of(weight[c + 1]);
        v16ka_mac_f2(&acc, v16_load(x0), &w0.p, v16_load(x1), &w1.p);
    }
    if (c < n_columns) {
        v16kc w = v16kc_of(weight[c]);
        v16ka_mac_f(&acc, v16_load(column[c] + row), &w.p);
    }
    return v16ka_reduce(acc);
}

static void combine(hb_kpack *out, const hb_f *const *column, const hb_k *weight, size_t n_columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v16k_store(&out[i], combine_rows(column, weight, n_columns, HB_LANES * i));
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
