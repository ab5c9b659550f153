#include "field/v16_probe.h"

#include "field/v16k.h"

#define EACH(expr)                                                                                                      \
    for (size_t i = 0; i < n; i++) {                                                                                    \
        v16 a = v16_load(x + 16 * i), b = v16_load(y + 16 * i);                                                         \
        (void)a, (void)b;                                                                                               \
        v16_store(out + 16 * i, (expr));                                                                                \
    }                                                                                                                   \
    break

static void f(hb_v16_op op, uint32_t *out, const uint32_t *x, const uint32_t *y, size_t n)
{
    const v16c c = v16c_set1(y[0]);
    switch (op) {
    case HB_V16_ADD: EACH(v16_add(a, b));
    case HB_V16_SUB: EACH(v16_sub(a, b));
    case HB_V16_MUL: EACH(v16_mul(a, b));
    case HB_V16_NEG: EACH(v16_neg(a));
    case HB_V16_DOUBLE: EACH(v16_double(a));
    case HB_V16_SQUARE: EACH(v16_square(a));
    case HB_V16_MULC: EACH(v16_mulc(a, c));
    case HB_V16_TO_CANONICAL: EACH(v16_to_canonical(a));
    case HB_V16_FROM_CANONICAL: EACH(v16_from_canonical(a));
    case HB_V16_CANON: EACH(v16_canon(v16_add32(a, b)));
    case HB_V16_SET1: EACH(v16_add(v16_set1(y[0]), v16_zero()));
    case HB_V16_STREAM:
        for (size_t i = 0; i < n; i++)
            v16_stream(out + 16 * i, v16_load(x + 16 * i));
        v16_stream_end();
        break;
    case HB_V16_OP_COUNT: break;
    }
}
#undef EACH

#define EACH(expr)                                                                                                      \
    for (size_t i = 0; i < n; i++) {                                                                                    \
        v16k a = v16k_load(&x[i]), b = v16k_load(&y[i]);                                                                \
        (void)a, (void)b;                                                                                               \
        v16k_store(&out[i], (expr));                                                                                    \
    }                                                                                                                   \
    break

HB_V v16k f_mul(v16 a, v16k b)
{
    v16kp p = v16k_prepare(b);
    return v16k_f_mul_p(a, &p);
}

/* a b + b b. */
HB_V v16k mul2(v16k a, v16k b)
{
    v16kp p = v16k_prepare(b);
    return v16k_mul2_p(a, &p, b, &p);
}

/* x y once by v16ka_mac, twice coefficient by coefficient (x = sum x_i X^i) with either base sum, and all that three times over by v16ka_add: 9 x y. */
HB_V v16k sums(v16k a, v16k b)
{
    v16ka s = v16ka_zero(), all = v16ka_zero();
    v16kp p = v16k_prepare(b);
    v16ka_mac(&s, a, &p);
    v16k shifted = b; /* b X^i */
    for (int i = 0; i < HB_K_DEGREE; i++) {
        v16kp q = v16k_prepare(shifted);
        v16k next = {{v16_double(shifted.c[4]), shifted.c[0], shifted.c[1], shifted.c[2], shifted.c[3]}};
        v16ka_mac_f(&s, a.c[i], &q);
        v16ka_mac_f2(&s, a.c[i], &q, v16_zero(), &p);
        shifted = next;
    }
    for (int i = 0; i < 3; i++)
        all = v16ka_add(all, s);
    return v16ka_reduce(all);
}

static void k(hb_v16k_op op, hb_kpack *out, const hb_kpack *x, const hb_kpack *y, size_t n)
{
    const v16kc c = v16kc_of(hb_kpack_get(y, 0)), r = v16kc_of(hb_kpack_get(x, 0));
    switch (op) {
    case HB_V16K_ADD: EACH(v16k_add(a, b));
    case HB_V16K_SUB: EACH(v16k_sub(a, b));
    case HB_V16K_NEG: EACH(v16k_neg(a));
    case HB_V16K_DOUBLE: EACH(v16k_double(a));
    case HB_V16K_MUL: EACH(v16k_mul(a, b));
    case HB_V16K_SQUARE: EACH(v16k_square(a));
    case HB_V16K_MUL_C: EACH(v16k_mul_c(a, &c));
    case HB_V16K_MUL_F: EACH(v16k_mul_f(a, b.c[0]));
    case HB_V16K_F_MUL: EACH(f_mul(a.c[0], b));
    case HB_V16K_ADD_F: EACH(v16k_add_f(a, b.c[0]));
    case HB_V16K_SUB_F: EACH(v16k_sub_f(a, b.c[0]));
    case HB_V16K_FROM_F: EACH(v16k_from_v16(a.c[0]));
    case HB_V16K_LINE: EACH(v16k_line(a, b, &r));
    case HB_V16K_LINE_F: EACH(v16k_line_f(a.c[0], b.c[0], &r));
    case HB_V16K_MUL2: EACH(mul2(a, b));
    case HB_V16K_SUMS: EACH(sums(a, b));
    case HB_V16K_OP_COUNT: break;
    }
}
#undef EACH

static void deinterleave(uint32_t out[32], const uint32_t in[32])
{
    v16 even, odd;
    v16_deinterleave(v16_loadu(in), v16_loadu(in + 16), &even, &odd);
    v16_storeu(out, even);
    v16_storeu(out + 16, odd);
}

static void interleave(uint32_t out[32], const uint32_t in[32])
{
    v16 lo, hi;
    v16_interleave(v16_loadu(in), v16_loadu(in + 16), &lo, &hi);
    v16_storeu(out, lo);
    v16_storeu(out + 16, hi);
}

static void deinterleave_k(hb_kpack out[2], const hb_kpack in[2])
{
    v16k even, odd;
    v16k_deinterleave(v16k_load(&in[0]), v16k_load(&in[1]), &even, &odd);
    v16k_store(&out[0], even);
    v16k_store(&out[1], odd);
}

static void transpose(uint32_t m[16][16])
{
    v16 r[16];
    for (int i = 0; i < 16; i++)
        r[i] = v16_loadu(m[i]);
    v16_transpose(r);
    for (int i = 0; i < 16; i++)
        v16_storeu(m[i], r[i]);
}

static hb_f hsum(const uint32_t x[16])
{
    return v16_hsum(v16_loadu(x));
}

static hb_k hsum_k(const hb_kpack *x)
{
    return v16k_hsum(v16k_load(x));
}

static hb_k dot_f(const uint32_t *x, const hb_kpack *y, size_t n)
{
    v16ka s = v16ka_zero();
    for (size_t i = 0; i < n; i += 2) {
        v16kp a = v16k_prepare(v16k_load(&y[i])), b = v16k_prepare(v16k_load(&y[i + 1]));
        v16ka_mac_f2(&s, v16_load(x + 16 * i), &a, v16_load(x + 16 * i + 16), &b);
    }
    return v16k_hsum(v16ka_reduce(s));
}

static hb_k dot_k(const hb_kpack *x, const hb_kpack *y, size_t n)
{
    v16ka s = v16ka_zero();
    for (size_t i = 0; i < n; i++) {
        v16kp b = v16k_prepare(v16k_load(&y[i]));
        v16ka_mac(&s, v16k_load(&x[i]), &b);
    }
    return v16k_hsum(v16ka_reduce(s));
}

const hb_v16_probe HB_ISA_SYM(hb_v16_probe_table) = {f, k, deinterleave, interleave, deinterleave_k, transpose, hsum, hsum_k, dot_f, dot_k};
