/* hb_ntt_weights_add. The vector to be added is u[b] = sum_q d_q z_q^e with e = bitrev_m(b), z_q = omega_{2^L}^(i_q), L = order_log2 >= m.
 *
 * Let l = parts_log2 and e = e0 + 2^l e1. For fixed e0, which are the 2^(m-l) consecutive places b of part B = bitrev_l(e0),
 *     u = sum_q (d_q z_q^e0) omega_{2^(L-l)}^(i_q e1),  e1 < 2^(m-l):
 * a transform of 2^(L-l) points whose inputs are zero but at i_q mod 2^(L-l). This is where the first l levels of a transform of all 2^L points would lead; they are
 * skipped because they only carry the few terms along. Sixteen parts are done at once, one a lane. */
#include "base/check.h"
#include "poly/ntt_kernel.h"
#include "poly/ntt_weights_kernel.h"

#define SIZE_LOG2 7u /* of a part: balances terms (each costs a product for every part) against levels */
#define SCALAR_BELOW 8u

static size_t bitrev(size_t x, unsigned bits)
{
    size_t r = 0;
    for (unsigned i = 0; i < bits; i++)
        r |= (x >> i & 1) << (bits - 1 - i);
    return r;
}

static size_t round16(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

/* --- shape and memory: shared tables, then a buffer for each thread ------------------------------------------------------------------------ */
static hb_ntt_weights shape(unsigned m, size_t count, unsigned order_log2)
{
    hb_ntt_weights s = {.m = m, .order_log2 = order_log2 < m ? m : order_log2, .count = count, .stride = round16(count)};
    s.size_log2 = m - 4 < SIZE_LOG2 ? m - 4 : SIZE_LOG2;
    s.parts_log2 = m - s.size_log2;
    /* a transform costs size_log2 / 2 products for each of its points, the plain sum one for each term and wanted point */
    s.dense = 2 * count < (size_t)s.size_log2 << (s.order_log2 - m);
    return s;
}

/* Sets the pointers into `words` (which may be NULL when only the size is wanted); returns how many words. */
static size_t lay_out(hb_ntt_weights *s, uint32_t *words, hb_ntt_twiddle **twiddles)
{
    size_t at = 0;
#define TAKE(member, type, n) ((member) = (type)(void *)(words ? words + at : NULL), at += round16(n))
    TAKE(s->scale, hb_kpack *, HB_K_DEGREE * s->stride);
    TAKE(s->powers, hb_f *, s->parts_log2 * s->stride);
    TAKE(s->middle, hb_f *, 16 * s->stride);
    TAKE(s->lanes, uint32_t *, 16 * s->count);
    TAKE(s->place, uint32_t *, s->count);
    TAKE(s->row, uint32_t *, (size_t)1 << s->size_log2);
    TAKE(*twiddles, hb_ntt_twiddle *, s->dense ? 0 : (size_t)2 << (s->order_log2 - s->parts_log2));
#undef TAKE
    s->twiddles = *twiddles;
    return at;
}

size_t hb_ntt_weights_scratch_bytes(const hb_pool *pool, unsigned m, size_t count, unsigned order_log2)
{
    if (m < SCALAR_BELOW)
        return HB_LANES * 4;
    hb_ntt_weights s = shape(m, count, order_log2);
    hb_ntt_twiddle *twiddles;
    size_t shared = lay_out(&s, NULL, &twiddles), threads = hb_pool_threads(pool);
    return 4 * (round16((shared + threads - 1) / threads) + hb_ntt_weights_buffer_words(&s));
}

/* --- tables -------------------------------------------------------------------------------------------------------------------------------- */
static void fill_term(hb_ntt_weights *s, size_t q, uint32_t index)
{
    const unsigned l = s->parts_log2, left = s->order_log2 - l;
    hb_f z = hb_f_pow(hb_f_root(s->order_log2), index);
    for (unsigned b = l; b-- > 0; z = hb_f_square(z))
        s->powers[b * s->stride + q] = z;
    s->place[q] = s->dense ? z : (uint32_t)bitrev(index & (((size_t)1 << left) - 1), left);
    s->middle[q] = s->lanes[16 * q] = HB_F_ONE;
    for (unsigned i = 1; i < 16; i++) {
        unsigned b = (unsigned)__builtin_ctz(i); /* lowest bit; the rest was done before */
        s->lanes[16 * q + i] = hb_f_mul(s->lanes[16 * q + (i & (i - 1))], s->powers[b * s->stride + q]);
        if (i < 1u << (l - 4))
            s->middle[i * s->stride + q] = hb_f_mul(s->middle[(i & (i - 1)) * s->stride + q], s->powers[(4 + b) * s->stride + q]);
    }
}

/* Terms beyond count have factor 0; their powers only must be reduced. */
static void fill_padding(hb_ntt_weights *s)
{
    for (size_t q = s->count; q < s->stride; q++) {
        hb_kpack_set(s->scale, q, hb_k_zero());
        for (unsigned b = 0; b < s->parts_log2; b++)
            s->powers[b * s->stride + q] = HB_F_ONE;
        for (unsigned i = 0; i < 16; i++)
            s->middle[i * s->stride + q] = HB_F_ONE;
    }
}

/* --- sums ---------------------------------------------------------------------------------------------------------------------------------- */
static void add_scalar(hb_kpack *w, unsigned m, hb_k scale, hb_f z)
{
    hb_k t[1u << SCALAR_BELOW]; /* t[b] = scale z^bitrev(b): bit b of the place brings z^(2^(m-1-b)) */
    t[0] = scale;
    for (unsigned b = m; b-- > 0; z = hb_f_square(z))
        for (size_t i = 0; i < (size_t)1 << m; i += (size_t)2 << b)
            t[i + ((size_t)1 << b)] = hb_k_mul_f(t[i], z);
    for (size_t i = 0; i < (size_t)1 << m; i++)
        hb_kpack_set(w, i, hb_k_add(hb_kpack_get(w, i), t[i]));
}

typedef struct job {
    const hb_ntt_weights *s;
    const hb_ntt_weights_kernels *kernels;
    hb_kpack *w;
    uint32_t *buffers;
} job;

static void add_groups(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    j->kernels->add(j->s, j->w, begin, end, j->buffers + worker * hb_ntt_weights_buffer_words(j->s));
}

void hb_ntt_weights_add(hb_pool *pool, hb_kpack *w, unsigned m, const hb_k *scale, const uint32_t *index, size_t count, unsigned order_log2,
                        void *scratch)
{
    HB_ASSERT(m <= HB_NTT_MAX_H && order_log2 <= HB_F_TWO_ADICITY);
    if (m < SCALAR_BELOW) {
        for (size_t q = 0; q < count; q++)
            add_scalar(w, m, scale[q], hb_f_pow(hb_f_root(order_log2), index[q]));
        return;
    }
    if (count == 0)
        return;
    hb_ntt_weights s = shape(m, count, order_log2);
    hb_ntt_twiddle *twiddles;
    size_t shared = lay_out(&s, scratch, &twiddles);
    for (size_t q = 0; q < count; q++) {
        hb_kpack_set(s.scale, q, scale[q]);
        fill_term(&s, q, index[q] << (s.order_log2 - order_log2));
    }
    fill_padding(&s);
    for (size_t i = 0; i < (size_t)1 << s.size_log2; i++)
        s.row[i] = (uint32_t)bitrev(i, s.size_log2);
    if (!s.dense)
        hb_ntt_fill_twiddles(twiddles, s.order_log2 - s.parts_log2);
    job j = {&s, HB_ISA_PICK(hb_ntt_weights_kernels_table), w, (uint32_t *)scratch + shared};
    hb_pool_for(pool, (size_t)1 << (s.parts_log2 - 4), 0, add_groups, &j);
}
