#include "poly/ntt_kernel.h"

#include "poly/ntt_pass.h"

static void pass_last(uint32_t *to, size_t stride, const uint32_t *from, unsigned k, const hb_ntt_twiddle *tw, unsigned size_log2)
{
#define CALL(K) hb_ntt_pass((hb_ntt_to){to, stride}, from, K, tw, (size_t)1 << (size_log2 - K), (size_t)1 << size_log2, true)
    HB_NTT_SWITCH(k, CALL)
#undef CALL
}

/* First pass of a row: every input vector stands for 2^rate_log2 equal elements (the levels below rate_log2 only copy). from: the inputs, canonical. */
HB_V void spread(uint32_t *to, const uint32_t *from, const unsigned k, const hb_ntt_twiddle *tw, unsigned rate_log2, size_t inputs)
{
    const size_t copies = (size_t)1 << rate_log2;
    for (size_t b = 0; b < inputs; b += (size_t)1 << k)
        for (size_t j = 0; j < copies; j++) {
            v16 x[16];
            HB_UNROLL for (unsigned u = 0; u < 1u << k; u++)
                x[u] = v16_load(from + (b + u) * 16);
            if (j == 0)
                hb_ntt_levels(x, k, tw, copies, 0, true);
            else
                hb_ntt_levels(x, k, tw, copies, j, false);
            HB_UNROLL for (unsigned u = 0; u < 1u << k; u++)
                v16_store(to + ((b << rate_log2) + j + u * copies) * 16, x[u]);
        }
}

static void pass_spread(uint32_t *to, const uint32_t *from, unsigned k, const hb_ntt_twiddle *tw, unsigned rate_log2, size_t inputs)
{
#define CALL(K) spread(to, from, K, tw, rate_log2, inputs)
    HB_NTT_SWITCH(k, CALL)
#undef CALL
}

/* --- step 1 ----------------------------------------------------------------------------------------------------------------------------- */
static void rows(const hb_ntt_plan *plan, hb_ntt_input in, uint32_t *matrix, size_t begin, size_t end, uint32_t *buffer)
{
    const unsigned width_log2 = plan->width_log2;
    const size_t inputs = (size_t)1 << (width_log2 - plan->rate_log2); /* a row */
    uint32_t *gathered = buffer + ((size_t)16 << width_log2);
    for (size_t g = begin; g < end; g++) {
        for (size_t t = 0; t < inputs; t += 16) {
            v16 r[16];
            for (size_t q = 0; q < 16; q++)
                r[q] = v16_load(in.base + ((16 * g + q) * inputs + t) / 16 * in.stride);
            v16_transpose(r);
            for (size_t q = 0; q < 16; q++)
                v16_store(gathered + (t + q) * 16, r[q]);
        }
        uint32_t *group = matrix + g * hb_ntt_group_words(plan);
        unsigned level = plan->rate_log2, k = hb_ntt_next_levels(width_log2 - level);
        pass_spread(level + k == width_log2 ? group : buffer, gathered, k, plan->twiddles, level, inputs);
        for (level += k; level < width_log2; level += 4)
            hb_ntt_pass_buffer(level + 4 == width_log2 ? group : buffer, buffer, 4, plan->twiddles, level, width_log2);
    }
}

/* --- step 2 ----------------------------------------------------------------------------------------------------------------------------- */
/* Between the steps, element (row r, column c) is multiplied by omega_N^(c bitrev(r)). With r = 16 m + s the factor is a product of one that depends
 * on m and one that depends on s. The former are plain integers instead of Montgomery forms: so the products are canonical words. */
typedef struct chunk_twiddles {
    v16 low[16];     /* for s; Montgomery */
    uint32_t *high;  /* for m: 2^(rows_log2 - 4) vectors; canonical */
} chunk_twiddles;

/* Fills out[m], m < 2^bits, with start * product over bits b of m of powers[top - b]. */
HB_V void products(uint32_t *out, unsigned bits, v16 start, const v16 *powers, unsigned top)
{
    v16_store(out, start);
    for (unsigned b = 0; b < bits; b++) {
        const v16s f = v16_split(powers[top - b]);
        for (size_t i = 0; i < (size_t)1 << b; i++)
            v16_store(out + (i + ((size_t)1 << b)) * 16, v16s_mul_reduce(v16_split(v16_load(out + i * 16)), f));
    }
}

/* For columns 16 chunk + lane. Row bit b has weight 2^(rows_log2 - 1 - b) in bitrev(r). */
HB_V void make_twiddles(chunk_twiddles *t, const hb_ntt_plan *plan, size_t chunk)
{
    _Alignas(64) uint32_t lanes[16], low[256];
    v16 powers[32]; /* omega_N^(c 2^i) */
    const unsigned rows_log2 = plan->rows_log2;
    const hb_f omega = hb_f_root(plan->h + plan->rate_log2);
    lanes[0] = hb_f_pow(omega, 16 * chunk);
    for (int i = 1; i < 16; i++)
        lanes[i] = hb_f_mul(lanes[i - 1], omega);
    powers[0] = v16_load(lanes);
    for (unsigned i = 1; i < rows_log2; i++)
        powers[i] = v16_square(powers[i - 1]);
    products(low, 4, v16_set1(HB_F_ONE), powers, rows_log2 - 1);
    for (unsigned s = 0; s < 16; s++)
        t->low[s] = v16_load(low + 16 * s);
    products(t->high, rows_log2 - 4, v16_set1(1), powers, rows_log2 - 5);
}

/* Rows 16 m .. 16 m + 15 of this chunk of columns, before the twiddles. */
HB_V void load_rows(v16 x[16], const hb_ntt_plan *plan, hb_ntt_input in, const uint32_t *matrix, size_t m, size_t chunk)
{
    if (plan->method == HB_NTT_SPREAD) {
        const uint32_t *v = in.base + m * in.stride;
        HB_UNROLL for (unsigned s = 0; s < 16; s++)
            x[s] = v16_set1(v[s]);
    } else {
        const uint32_t *tile = matrix + m * hb_ntt_group_words(plan) + chunk * 256;
        HB_UNROLL for (unsigned s = 0; s < 16; s++)
            x[s] = v16_load(tile + 16 * s);
        v16_transpose(x);
    }
}

static void columns(const hb_ntt_plan *plan, hb_ntt_input in, const uint32_t *matrix, uint32_t *out, size_t begin, size_t end, uint32_t *buffer)
{
    const unsigned rows_log2 = plan->rows_log2;
    const size_t width = (size_t)1 << plan->width_log2;
    chunk_twiddles t;
    t.high = buffer + ((size_t)16 << rows_log2);
    for (size_t chunk = begin; chunk < end; chunk++) {
        hb_ntt_to to = {out + 16 * chunk, width};
        make_twiddles(&t, plan, chunk);
        for (size_t m = 0; m < (size_t)1 << (rows_log2 - 4); m++) {
            v16 x[16];
            const v16s high = v16_split(v16_load(t.high + 16 * m));
            load_rows(x, plan, in, matrix, m, chunk);
            HB_UNROLL for (unsigned s = 0; s < 16; s++)
                x[s] = v16_mul(x[s], v16s_mul_reduce(v16_split(t.low[s]), high));
            hb_ntt_levels(x, 4, plan->twiddles, 1, 0, true);
            HB_UNROLL for (unsigned s = 0; s < 16; s++)
                hb_ntt_put(rows_log2 == 4 ? to : (hb_ntt_to){buffer, 16}, 16 * m + s, x[s], rows_log2 == 4);
        }
        unsigned k = 0;
        for (unsigned level = 4; level < rows_log2; level += k) {
            k = hb_ntt_next_levels(rows_log2 - level);
            if (level + k == rows_log2)
                pass_last(to.base, to.stride, buffer, k, plan->twiddles, rows_log2);
            else
                hb_ntt_pass_buffer(buffer, buffer, k, plan->twiddles, level, rows_log2);
        }
    }
    v16_stream_end();
}

const hb_ntt_kernels HB_ISA_SYM(hb_ntt_kernels_table) = {rows, columns};
