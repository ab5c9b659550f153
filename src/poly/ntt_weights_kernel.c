#include "poly/ntt_weights_kernel.h"

#include "field/v16k.h"
#include "poly/ntt_pass.h"

/* high[term] = product of powers over bits 8.. of part number 16 g. */
static void make_high(const hb_ntt_weights *s, size_t g, uint32_t *high)
{
    for (size_t q = 0; q < s->stride; q += 16) {
        v16 x = v16_set1(HB_F_ONE);
        for (unsigned b = 8; b < s->parts_log2; b++)
            if (g >> (b - 4) & 1)
                x = v16_mul(x, v16_load(s->powers + b * s->stride + q));
        v16_store(high + q, x);
    }
}

/* factor[c][term] = coefficient c of scale times z^bitrev(16 g). */
static void make_factors(const hb_ntt_weights *s, size_t g, const uint32_t *high, uint32_t *factor)
{
    for (size_t q = 0; q < s->stride; q += 16) {
        v16s z = v16_split(v16_mul(v16_load(high + q), v16_load(s->middle + (g % 16) * s->stride + q)));
        for (size_t c = 0; c < HB_K_DEGREE; c++)
            v16_store(factor + c * s->stride + q, v16s_mul_reduce(v16_split(v16_load(s->scale[q / 16].c[c])), z));
    }
}

/* Adds rows (row e = coefficient e of 16 parts, below 2p) to coefficient c of parts 16 g ..: the element of part B at place i has exponent part bitrev(i). */
static void add_rows(const hb_ntt_weights *s, hb_kpack *w, size_t g, size_t c, const uint32_t *rows)
{
    const size_t packs = (size_t)1 << (s->size_log2 - 4); /* a part */
    for (size_t t = 0; t < packs; t++) {
        v16 r[16];
        for (size_t i = 0; i < 16; i++)
            r[i] = v16_canon(v16_load(rows + 16 * (size_t)s->row[16 * t + i]));
        v16_transpose(r);
        for (size_t part = 0; part < 16; part++) {
            uint32_t *to = w[(16 * g + part) * packs + t].c[c];
            v16_store(to, v16_add(v16_load(to), r[part]));
        }
    }
}

/* One coefficient by a transform of 2^(order_log2 - parts_log2) points with few non-zero inputs, of which only the first 2^size_log2 outputs are wanted. */
static void transform(const hb_ntt_weights *s, const uint32_t *factor, uint32_t *x)
{
    const unsigned whole_log2 = s->order_log2 - s->parts_log2;
    const size_t whole = (size_t)1 << whole_log2, size = (size_t)1 << s->size_log2;
    for (size_t i = 0; i < whole; i++)
        v16_store(x + 16 * i, v16_zero());
    for (size_t q = 0; q < s->count; q++) {
        uint32_t *at = x + 16 * (size_t)s->place[q];
        v16 term = v16s_mul_reduce(v16_split(v16_load(s->lanes + 16 * q)), v16s_set1(factor[q]));
        v16_store(at, v16_add(v16_load(at), term));
    }
    for (unsigned level = 0, k; level < s->size_log2; level += k) {
        k = hb_ntt_next_levels(s->size_log2 - level);
        hb_ntt_pass_buffer(x, x, k, s->twiddles, level, whole_log2);
    }
    for (size_t half = size; half < whole; half *= 2)
        for (size_t block = 0; block < whole; block += 2 * half)
            for (size_t i = 0; i < size; i++) {
                uint32_t *a = x + 16 * (block + i);
                v16 product = v16_mulc(v16_load(a + 16 * half), hb_ntt_factor(s->twiddles + half + i));
                v16_store(a, v16_add32(v16_canon(v16_load(a)), product));
            }
}

/* All five coefficients by adding the sequences factor * y^e, e = 0, 1, .., term by term; y = z^(2^parts_log2). x: five times 2^size_log2 vectors. */
static void sum_powers(const hb_ntt_weights *s, const uint32_t *factor, uint32_t *x)
{
    const size_t size = (size_t)1 << s->size_log2;
    for (size_t i = 0; i < HB_K_DEGREE * size; i++)
        v16_store(x + 16 * i, v16_zero());
    for (size_t q = 0; q < s->count; q++) {
        const v16s lanes = v16_split(v16_load(s->lanes + 16 * q));
        const v16c y = v16c_set1(s->place[q]);
        v16 t[HB_K_DEGREE]; /* five chains, to hide the latency of the products */
        for (size_t c = 0; c < HB_K_DEGREE; c++)
            t[c] = v16s_mul_reduce(lanes, v16s_set1(factor[c * s->stride + q]));
        for (size_t e = 0; e < size; e++)
            for (size_t c = 0; c < HB_K_DEGREE; c++) {
                uint32_t *at = x + 16 * (c * size + e);
                v16_store(at, v16_add(v16_load(at), t[c]));
                t[c] = v16_mulc(t[c], y);
            }
    }
}

static void add(const hb_ntt_weights *s, hb_kpack *w, size_t begin, size_t end, uint32_t *buffer)
{
    uint32_t *high = buffer, *factor = high + s->stride, *x = factor + HB_K_DEGREE * s->stride;
    for (size_t g = begin; g < end; g++) {
        if (g == begin || g % 16 == 0)
            make_high(s, g, high);
        make_factors(s, g, high, factor);
        if (s->dense)
            sum_powers(s, factor, x);
        for (size_t c = 0; c < HB_K_DEGREE; c++) {
            if (!s->dense)
                transform(s, factor + c * s->stride, x);
            add_rows(s, w, g, c, s->dense ? x + 16 * (c << s->size_log2) : x);
        }
    }
}

const hb_ntt_weights_kernels HB_ISA_SYM(hb_ntt_weights_kernels_table) = {add};
