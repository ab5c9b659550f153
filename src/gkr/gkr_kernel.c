#include "gkr/gkr_kernels.h"

#include "field/v16k.h"

/* BLOCK: packs handled between two visits of the same array, so that what one pass wrote is in the first-level cache for the next.
 * AHEAD: how many packs early memory is asked for. Hardware does not keep up with up to 16 interleaved streams at this density of
 * arithmetic: without asking, levels larger than the caches took twice as long (measured on Zen 5; 4 to 16 are alike). */
enum { BLOCK = 8, AHEAD = 8 };

/* An array read with step 1, or one pack read again and again with step 0. */
typedef struct view {
    const hb_kpack *at;
    size_t step;
} view;

#define ROW0 {0}
#define ROW_ONE {HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE, \
                 HB_F_ONE, HB_F_ONE, HB_F_ONE, HB_F_ONE}
static const hb_kpack all_zero = {{ROW0, ROW0, ROW0, ROW0, ROW0}};
static const hb_kpack all_one = {{ROW_ONE, ROW0, ROW0, ROW0, ROW0}};

static const view view_zero = {&all_zero, 0}, view_one = {&all_one, 0};

/* May point behind the array; then the request is useless but harmless. */
HB_V void ask(const hb_kpack *x)
{
    for (int c = 0; c < HB_K_DEGREE; c++)
        __builtin_prefetch((const void *)((uintptr_t)x + AHEAD * sizeof *x + (size_t)c * sizeof x->c[0]));
}

/* The passes over a block are functions of their own: calls cost nothing beside a block, and code for 16 lanes in plain C is long. */
#define PASS static __attribute__((noinline)) void

HB_V v16k at(view x, size_t i)
{
    return v16k_load(x.at + i * x.step);
}

PASS fold_block(hb_kpack *out, view lo, view hi, size_t i, size_t end, const v16kc *r)
{
    for (; i < end; i++) {
        ask(lo.at + i * lo.step), ask(hi.at + i * hi.step);
        v16k_store(out + i, v16k_line(at(lo, i), at(hi, i), r));
    }
}

/* sum += sum of a b */
PASS dot_block(v16ka *sum, view a, view b, size_t i, size_t end)
{
    v16ka s = *sum;
    for (; i < end; i++) {
        v16kp y = v16k_prepare(at(b, i));
        v16ka_mac(&s, at(a, i), &y);
    }
    *sum = s;
}

/* sum += sum of (a1 - a0) (b1 - b0) */
PASS dot_block_inf(v16ka *sum, view a0, view a1, view b0, view b1, size_t i, size_t end)
{
    v16ka s = *sum;
    for (; i < end; i++) {
        v16kp y = v16k_prepare(v16k_sub(at(b1, i), at(b0, i)));
        v16ka_mac(&s, v16k_sub(at(a1, i), at(a0, i)), &y);
    }
    *sum = s;
}

/* sums[k] += weight * s */
PASS weigh(hb_kpack *sum, v16ka s, const v16kc *weight)
{
    v16k_store(sum, v16k_add(v16k_load(sum), v16k_mul_c(v16ka_reduce(s), weight)));
}

/* --- product tree ---------------------------------------------------------------------------------------------------------------------- */
typedef struct product_view {
    view a, b;
} product_view;

HB_V product_view product_at(const hb_gkr_round *round, const hb_kpack *tile)
{
    if (!tile)
        return (product_view){{round->e, 1}, view_one};
    return (product_view){{tile, 1}, {tile + round->packs, 1}};
}

PASS product_weight(const hb_gkr_round *round, hb_kpack *tile, size_t i, size_t end)
{
    for (; tile && i < end; i++) {
        ask(tile + i), ask(tile + round->packs + i);
        v16k_store(tile + i, v16k_mul(v16k_load(tile + i), v16k_load(round->e + i)));
    }
}

HB_V void product_fold(hb_kpack *out, size_t packs, product_view lo, product_view hi, size_t i, size_t end, const v16kc *r)
{
    fold_block(out, lo.a, hi.a, i, end, r);
    fold_block(out + packs, lo.b, hi.b, i, end, r);
}

static void product_first(const hb_gkr_round *round, size_t begin, size_t end, hb_gkr_sums sums)
{
    for (size_t t = begin; t < end; t++) {
        hb_kpack *tile0 = round->tile[0][t], *tile1 = round->tile[0][t + round->half];
        if (!tile0 && !tile1)
            continue;
        product_view lo = product_at(round, tile0), hi = product_at(round, tile1);
        v16ka s0 = v16ka_zero(), s1 = v16ka_zero();
        for (size_t i = 0; i < round->packs; i += BLOCK) {
            size_t j = i + BLOCK < round->packs ? i + BLOCK : round->packs;
            product_weight(round, tile0, i, j);
            product_weight(round, tile1, i, j);
            if (tile0 && round->want_t0)
                dot_block(&s0, lo.a, lo.b, i, j);
            dot_block_inf(&s1, lo.a, hi.a, lo.b, hi.b, i, j);
        }
        v16kc weight = v16kc_of(round->eq[t]);
        weigh(&sums[0], s0, &weight);
        weigh(&sums[1], s1, &weight);
    }
}

static void product_fold_eval(const hb_gkr_round *round, size_t begin, size_t end, hb_gkr_sums sums)
{
    v16kc r = v16kc_of(round->r);
    size_t packs = round->packs, half = round->half;
    for (size_t t = begin; t < end; t++) {
        hb_kpack **x = round->tile[0] + t;
        product_view lo0 = product_at(round, x[0]), hi0 = product_at(round, x[2 * half]);
        product_view lo1 = product_at(round, x[half]), hi1 = product_at(round, x[3 * half]);
        hb_kpack *out0 = x[0] ? x[0] : x[2 * half], *out1 = x[half] ? x[half] : x[3 * half];
        x[0] = out0;
        x[half] = out1;
        if (!out0 && !out1)
            continue;
        product_view v0 = product_at(round, out0), v1 = product_at(round, out1);
        v16ka s0 = v16ka_zero(), s1 = v16ka_zero();
        for (size_t i = 0; i < packs; i += BLOCK) {
            size_t j = i + BLOCK < packs ? i + BLOCK : packs;
            if (out0)
                product_fold(out0, packs, lo0, hi0, i, j, &r);
            if (out1)
                product_fold(out1, packs, lo1, hi1, i, j, &r);
            if (out0)
                dot_block(&s0, v0.a, v0.b, i, j);
            dot_block_inf(&s1, v0.a, v1.a, v0.b, v1.b, i, j);
        }
        v16kc weight = v16kc_of(round->eq[t]);
        weigh(&sums[0], s0, &weight);
        weigh(&sums[1], s1, &weight);
    }
}

static void product_last(const hb_gkr_round *round, size_t begin, size_t end)
{
    v16kc r = v16kc_of(round->r);
    for (size_t t = begin; t < end; t++) {
        hb_kpack **x = round->tile[0] + t, *out = x[0] ? x[0] : x[round->half];
        if (out)
            product_fold(out, round->packs, product_at(round, x[0]), product_at(round, x[round->half]), 0, round->packs, &r);
        x[0] = out;
    }
}

static void product_build(const hb_kpack *const in[2], hb_kpack *const out[2], size_t packs)
{
    for (size_t i = 0; i < packs; i++) {
        ask(in[0] + i), ask(in[0] + packs + i);
        v16k_store(out[0] + i, v16k_mul(v16k_load(in[0] + i), v16k_load(in[0] + packs + i)));
    }
}

/* --- fraction tree --------------------------------------------------------------------------------------------------------------------- */
typedef struct fraction_view {
    view p0, p1, q0, q1;
} fraction_view;

HB_V fraction_view fraction_at(const hb_gkr_round *round, const hb_kpack *p, const hb_kpack *q)
{
    if (!p)
        return (fraction_view){{round->e_lam, 1}, view_zero, view_one, view_one};
    return (fraction_view){{p, 1}, {p + round->packs, 1}, {q, 1}, {q + round->packs, 1}};
}

PASS fraction_weight(const hb_gkr_round *round, hb_kpack *p, const hb_kpack *q, size_t i, size_t end)
{
    hb_kpack *p1 = p ? p + round->packs : NULL;
    for (; p && i < end; i++) {
        ask(p + i), ask(p1 + i), ask(q + i), ask(q + round->packs + i);
        v16kp e = v16k_prepare(v16k_load(round->e + i)), e_lam = v16k_prepare(v16k_load(round->e_lam + i));
        v16k_store(p + i, v16k_mul2_p(v16k_load(p + i), &e, v16k_load(q + i), &e_lam));
        v16k_store(p1 + i, v16k_mul_p(v16k_load(p1 + i), &e));
    }
}

HB_V void fraction_fold(hb_kpack *p, hb_kpack *q, size_t packs, fraction_view lo, fraction_view hi, size_t i, size_t end, const v16kc *r)
{
    fold_block(p, lo.p0, hi.p0, i, end, r);
    fold_block(p + packs, lo.p1, hi.p1, i, end, r);
    fold_block(q, lo.q0, hi.q0, i, end, r);
    fold_block(q + packs, lo.q1, hi.q1, i, end, r);
}

HB_V void fraction_eval(v16ka *s0, v16ka *s1, fraction_view lo, fraction_view hi, bool want_t0, size_t i, size_t end)
{
    if (want_t0) {
        dot_block(s0, lo.p0, lo.q1, i, end);
        dot_block(s0, lo.p1, lo.q0, i, end);
    }
    dot_block_inf(s1, lo.p0, hi.p0, lo.q1, hi.q1, i, end);
    dot_block_inf(s1, lo.p1, hi.p1, lo.q0, hi.q0, i, end);
}

static void fraction_first(const hb_gkr_round *round, size_t begin, size_t end, hb_gkr_sums sums)
{
    for (size_t t = begin; t < end; t++) {
        hb_kpack *p0 = round->tile[0][t], *p1 = round->tile[0][t + round->half];
        hb_kpack *q0 = round->tile[1][t], *q1 = round->tile[1][t + round->half];
        if (!p0 && !p1)
            continue;
        fraction_view lo = fraction_at(round, p0, q0), hi = fraction_at(round, p1, q1);
        v16ka s0 = v16ka_zero(), s1 = v16ka_zero();
        for (size_t i = 0; i < round->packs; i += BLOCK) {
            size_t j = i + BLOCK < round->packs ? i + BLOCK : round->packs;
            fraction_weight(round, p0, q0, i, j);
            fraction_weight(round, p1, q1, i, j);
            fraction_eval(&s0, &s1, lo, hi, p0 && round->want_t0, i, j);
        }
        v16kc weight = v16kc_of(round->eq[t]);
        weigh(&sums[0], s0, &weight);
        weigh(&sums[1], s1, &weight);
    }
}

static void fraction_fold_eval(const hb_gkr_round *round, size_t begin, size_t end, hb_gkr_sums sums)
{
    v16kc r = v16kc_of(round->r);
    size_t packs = round->packs, half = round->half;
    for (size_t t = begin; t < end; t++) {
        hb_kpack **p = round->tile[0] + t, **q = round->tile[1] + t;
        fraction_view lo0 = fraction_at(round, p[0], q[0]), hi0 = fraction_at(round, p[2 * half], q[2 * half]);
        fraction_view lo1 = fraction_at(round, p[half], q[half]), hi1 = fraction_at(round, p[3 * half], q[3 * half]);
        for (size_t k = 0; k <= half; k += half) { /* present tiles move to where one of the two lay */
            q[k] = p[k] ? q[k] : q[k + 2 * half];
            p[k] = p[k] ? p[k] : p[k + 2 * half];
        }
        if (!p[0] && !p[half])
            continue;
        fraction_view v0 = fraction_at(round, p[0], q[0]), v1 = fraction_at(round, p[half], q[half]);
        v16ka s0 = v16ka_zero(), s1 = v16ka_zero();
        for (size_t i = 0; i < packs; i += BLOCK) {
            size_t j = i + BLOCK < packs ? i + BLOCK : packs;
            if (p[0])
                fraction_fold(p[0], q[0], packs, lo0, hi0, i, j, &r);
            if (p[half])
                fraction_fold(p[half], q[half], packs, lo1, hi1, i, j, &r);
            fraction_eval(&s0, &s1, v0, v1, p[0], i, j);
        }
        v16kc weight = v16kc_of(round->eq[t]);
        weigh(&sums[0], s0, &weight);
        weigh(&sums[1], s1, &weight);
    }
}

static void fraction_last(const hb_gkr_round *round, size_t begin, size_t end)
{
    v16kc r = v16kc_of(round->r);
    for (size_t t = begin; t < end; t++) {
        hb_kpack **p = round->tile[0] + t, **q = round->tile[1] + t;
        fraction_view lo = fraction_at(round, p[0], q[0]), hi = fraction_at(round, p[round->half], q[round->half]);
        q[0] = p[0] ? q[0] : q[round->half];
        p[0] = p[0] ? p[0] : p[round->half];
        if (p[0])
            fraction_fold(p[0], q[0], round->packs, lo, hi, 0, round->packs, &r);
    }
}

static void fraction_build(const hb_kpack *const in[2], hb_kpack *const out[2], size_t packs)
{
    const hb_kpack *p = in[0], *q = in[1];
    for (size_t i = 0; i < packs; i++) {
        ask(p + i), ask(p + packs + i), ask(q + i), ask(q + packs + i);
        v16k x = v16k_load(q + i);
        v16kp x_ready = v16k_prepare(x), y_ready = v16k_prepare(v16k_load(q + packs + i));
        v16k_store(out[0] + i, v16k_mul2_p(v16k_load(p + i), &y_ready, v16k_load(p + packs + i), &x_ready));
        v16k_store(out[1] + i, v16k_mul_p(x, &y_ready));
    }
}

const hb_gkr_kernels HB_ISA_SYM(hb_gkr_kernels_table) = {
    .product = {product_first, product_fold_eval, product_last, product_build},
    .fraction = {fraction_first, fraction_fold_eval, fraction_last, fraction_build},
};
