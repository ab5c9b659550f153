#include "air/kform.h"
#include "zerocheck/kacc.h"

HB_V v16c constant(const hb_f c[2])
{
    return (v16c){v16_set1(c[0]), v16_set1(c[1])};
}

/* Values in natural order -> coefficients at bit-reversed places (decimation in frequency, without the factor 1/16). */
HB_V void inverse16(v16 *r, const hb_f (*w)[2])
{
    for (int half = 8; half; half /= 2)
        for (int base = 0; base < 16; base += 2 * half)
            for (int j = 0; j < half; j++) {
                v16 a = r[base + j], b = r[base + j + half];
                r[base + j] = v16_add(a, b);
                b = v16_sub(a, b);
                r[base + j + half] = j ? v16_mulc(b, constant(w[j * (8 / half)])) : b;
            }
}

/* The way back (decimation in time). */
HB_V void forward16(v16 *r, const hb_f (*w)[2])
{
    for (int half = 1; half < 16; half *= 2)
        for (int base = 0; base < 16; base += 2 * half)
            for (int j = 0; j < half; j++) {
                v16 a = r[base + j], b = r[base + j + half];
                b = j ? v16_mulc(b, constant(w[j * (8 / half)])) : b;
                r[base + j] = v16_add(a, b);
                r[base + j + half] = v16_sub(a, b);
            }
}

static void transform(const hb_skip_constants *k, const hb_f *in, hb_f *const out[HB_SKIP_COSETS])
{
    v16 r[16], c[16];
    for (int z = 0; z < 16; z++)
        r[z] = v16_load(in + 256 * z);
    if (out[0])
        for (int z = 0; z < 16; z++)
            v16_store(out[0] + 16 * z, r[z]);
    inverse16(r, k->inverse);
    for (uint32_t q = 1; q < HB_SKIP_COSETS; q++) {
        if (!out[q])
            continue;
        for (int m = 0; m < 16; m++)
            c[m] = v16_mulc(r[m], constant(k->shift[q][m]));
        forward16(c, k->forward);
        for (int z = 0; z < 16; z++)
            v16_store(out[q] + 16 * z, c[z]);
    }
}

static void linear(const hb_f *column, const hb_kpack eq[16], hb_kacc acc[16])
{
    for (uint32_t z = 0; z < 16; z++) {
        v16ka s = acc_load(&acc[z]);
        const hb_f *in = column + 256 * z;
        for (uint32_t v = 0; v < 16; v += 2) {
            v16s x = v16_split(v16_load(in + 16 * v)), y = v16_split(v16_load(in + 16 * v + 16));
            for (int c = 0; c < HB_K_DEGREE; c++) {
                v16w t = v16w_add(v16s_mul(x, v16_split(v16_load(eq[v].c[c]))), v16s_mul(y, v16_split(v16_load(eq[v + 1].c[c]))));
                s.c[c] = v16w_fold(v16w_add(s.c[c], t));
            }
        }
        acc_store(&acc[z], s);
    }
}

static void weigh(const hb_f *const *in, const hb_k *weights, uint32_t n, const hb_kpack *eq, hb_kacc acc[16])
{
    v16kp e = v16k_prepare(v16k_load(eq));
    const hb_k zero = HB_K_ZERO;
    for (uint32_t z = 0; z < 16; z++)
        acc_mac(&acc[z], v16ka_reduce(kform(in, 16 * z, weights, n, zero)), &e);
}

static void masked(const hb_f *const *con, const hb_k *con_weights, uint32_t n_con, hb_k con_constant, const hb_f *const *bus, const hb_k *bus_weights,
                   uint32_t n_bus, hb_k bus_constant, const hb_f *mask, const hb_kpack *eq, hb_kacc acc[16])
{
    v16kp e = v16k_prepare(v16k_load(eq));
    for (uint32_t z = 0; z < 16; z++) {
        v16k c = v16ka_reduce(kform(con, 16 * z, con_weights, n_con, con_constant));
        v16k b = v16ka_reduce(kform(bus, 16 * z, bus_weights, n_bus, bus_constant));
        acc_mac(&acc[z], v16k_add(c, v16k_mul_f(b, v16_load(mask + 16 * z))), &e);
    }
}

static void scale(const hb_kpack *in, hb_k c, hb_kpack *out, size_t n)
{
    v16kc k = v16kc_of(c);
    for (size_t i = 0; i < n; i++)
        v16k_store(&out[i], v16k_mul_c(v16k_load(&in[i]), &k));
}

static hb_k total(const hb_kacc *acc)
{
    return v16k_hsum(v16ka_reduce(acc_load(acc)));
}

const hb_skip_kernels HB_ISA_SYM(hb_skip_kernels_table) = {transform, linear, weigh, masked, scale, total};
