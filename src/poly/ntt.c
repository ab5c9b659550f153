/* The four-step method on bit-reversed input. Seen as an array A of N = 2^(h + rate) elements in bit-reversed order, the input is v with 2^rate - 1 zeros
 * behind each element; the first `rate` levels of a decimation in time only copy each v[b] over the zeros. The remaining levels are cut in two:
 * A is a matrix of 2^rows_log2 rows; step 1 does the levels inside rows (16 rows at a time, from input to a matrix in scratch memory), step 2 the levels across
 * rows (16 columns at a time, from there to the codeword). Level t of step 2 needs omega_{2^(t+1)}^(c + W j) for column c and row j mod 2^t; multiplying
 * element (r, c) by omega_N^(c bitrev(r)) first leaves the same twiddles omega^j for all columns. */
#include "poly/ntt.h"

#include "base/arena.h"
#include "base/check.h"
#include "poly/ntt_kernel.h"

#define SPREAD_MAX_ROWS_LOG2 12u

/* Fewest passes over the buffers, then rows and columns as equal as possible. */
static unsigned passes(unsigned row_levels, unsigned rows_log2)
{
    return (row_levels + 3) / 4 + (rows_log2 + 3) / 4;
}

static void choose_width(hb_ntt_plan *p)
{
    const unsigned n = p->h + p->rate_log2;
    unsigned best = p->rate_log2 + 4;
    for (unsigned w = best; w + 4 <= n; w++) {
        unsigned cost = passes(w - p->rate_log2, n - w), least = passes(best - p->rate_log2, n - best);
        unsigned skew = 2 * w > n ? 2 * w - n : n - 2 * w, skew_best = 2 * best > n ? 2 * best - n : n - 2 * best;
        if (cost < least || (cost == least && skew < skew_best))
            best = w;
    }
    p->width_log2 = best;
    p->rows_log2 = n - best;
}

static void choose_method(hb_ntt_plan *p)
{
    if (p->rate_log2 >= 4 && p->h >= 4 && p->h <= SPREAD_MAX_ROWS_LOG2) {
        p->method = HB_NTT_SPREAD;
        p->rows_log2 = p->h;
        p->width_log2 = p->rate_log2;
    } else if (p->h >= 8) {
        p->method = HB_NTT_FOUR_STEP;
        choose_width(p);
    } else {
        p->method = HB_NTT_SCALAR;
        p->rows_log2 = 0;
        p->width_log2 = p->h + p->rate_log2;
    }
}

/* From the largest level down: each level's table is every second entry of the next. */
void hb_ntt_fill_twiddles(hb_ntt_twiddle *t, unsigned size_log2)
{
    size_t half = ((size_t)1 << size_log2) / 2;
    hb_f w = HB_F_ONE, omega = hb_f_root(size_log2);
    for (size_t j = 0; j < half; j++, w = hb_f_mul(w, omega))
        t[half + j] = (hb_ntt_twiddle){w, w * HB_F_P_INV};
    for (half /= 2; half; half /= 2)
        for (size_t j = 0; j < half; j++)
            t[half + j] = t[2 * half + 2 * j];
}

hb_status hb_ntt_plan_init(hb_ntt_plan *plan, unsigned h, unsigned rate_log2)
{
    *plan = (hb_ntt_plan){.h = h, .rate_log2 = rate_log2};
    if (h > HB_NTT_MAX_H || rate_log2 > HB_NTT_MAX_RATE_LOG2 || h + rate_log2 > HB_F_TWO_ADICITY)
        return HB_INVALID_ARGUMENT;
    choose_method(plan);
    unsigned largest = plan->rows_log2 > plan->width_log2 ? plan->rows_log2 : plan->width_log2;
    largest = largest ? largest : 1;
    plan->twiddle_bytes = sizeof(hb_ntt_twiddle) << largest;
    plan->twiddles = hb_pages_alloc(plan->twiddle_bytes);
    if (!plan->twiddles)
        return HB_OUT_OF_MEMORY;
    hb_ntt_fill_twiddles(plan->twiddles, largest);
    return HB_OK;
}

void hb_ntt_plan_free(hb_ntt_plan *plan)
{
    hb_pages_free(plan->twiddles, plan->twiddle_bytes);
    *plan = (hb_ntt_plan){0};
}

/* --- scratch: the matrix, then a buffer for each thread ---------------------------------------------------------------------------------- */
static size_t matrix_words(const hb_ntt_plan *p)
{
    return p->method == HB_NTT_FOUR_STEP ? hb_ntt_group_words(p) << (p->rows_log2 - 4) : 0;
}

static size_t buffer_words(const hb_ntt_plan *p)
{
    if (p->method == HB_NTT_SCALAR)
        return 0;
    size_t columns = ((size_t)16 << p->rows_log2) + ((size_t)1 << p->rows_log2);
    size_t rows = ((size_t)16 << p->width_log2) + ((size_t)16 << (p->width_log2 - p->rate_log2));
    return p->method == HB_NTT_FOUR_STEP && rows > columns ? rows : columns;
}

size_t hb_ntt_pool_scratch_bytes(const hb_ntt_plan *plan, unsigned threads)
{
    return 4 * (matrix_words(plan) + buffer_words(plan) * threads);
}

size_t hb_ntt_scratch_bytes(const hb_ntt_plan *plan)
{
    return hb_ntt_pool_scratch_bytes(plan, 1);
}

/* --- encoding ----------------------------------------------------------------------------------------------------------------------------- */
static void encode_scalar(const hb_ntt_plan *p, hb_ntt_input in, uint32_t *out)
{
    const size_t n = (size_t)1 << (p->h + p->rate_log2), copies = (size_t)1 << p->rate_log2;
    for (size_t b = 0; b < (size_t)1 << p->h; b++) {
        uint32_t word = hb_f_to_u32(in.base[b / 16 * in.stride + b % 16]);
        for (size_t i = 0; i < copies; i++)
            out[b * copies + i] = word;
    }
    for (size_t half = copies; half < n; half *= 2)
        for (size_t block = 0; block < n; block += 2 * half)
            for (size_t j = 0; j < half; j++) {
                uint32_t *x = out + block + j, *y = x + half;
                uint32_t product = hb_f_mul(*y, p->twiddles[half + j].w); /* canonical times Montgomery is canonical */
                *y = hb_f_sub(*x, product);
                *x = hb_f_add(*x, product);
            }
}

typedef struct job {
    const hb_ntt_plan *plan;
    const hb_ntt_kernels *kernels;
    hb_ntt_input in;
    uint32_t *matrix, *buffers, *out;
} job;

static void row_groups(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    j->kernels->rows(j->plan, j->in, j->matrix, begin, end, j->buffers + worker * buffer_words(j->plan));
}

static void column_chunks(void *ctx, size_t begin, size_t end, unsigned worker)
{
    const job *j = ctx;
    j->kernels->columns(j->plan, j->in, j->matrix, j->out, begin, end, j->buffers + worker * buffer_words(j->plan));
}

static void encode(hb_pool *pool, const hb_ntt_plan *plan, hb_ntt_input in, uint32_t *out, void *scratch)
{
    if (plan->method == HB_NTT_SCALAR) {
        encode_scalar(plan, in, out);
        return;
    }
    HB_ASSERT((uintptr_t)in.base % 64 == 0 && (uintptr_t)out % 64 == 0 && (uintptr_t)scratch % 64 == 0);
    job j = {plan, HB_ISA_PICK(hb_ntt_kernels_table), in, scratch, (uint32_t *)scratch + matrix_words(plan), out};
    if (plan->method == HB_NTT_FOUR_STEP)
        hb_pool_for(pool, (size_t)1 << (plan->rows_log2 - 4), 0, row_groups, &j);
    hb_pool_for(pool, (size_t)1 << (plan->width_log2 - 4), 0, column_chunks, &j);
}

void hb_ntt_encode(const hb_ntt_plan *plan, const hb_f *in, uint32_t *out, void *scratch)
{
    encode(NULL, plan, (hb_ntt_input){in, 16}, out, scratch);
}

void hb_ntt_encode_pool(hb_pool *pool, const hb_ntt_plan *plan, const hb_f *in, uint32_t *out, void *scratch)
{
    encode(pool, plan, (hb_ntt_input){in, 16}, out, scratch);
}

void hb_ntt_encode_k(hb_pool *pool, const hb_ntt_plan *plan, const hb_kpack *in, uint32_t *const planes[HB_K_DEGREE], void *scratch)
{
    for (int c = 0; c < HB_K_DEGREE; c++)
        encode(pool, plan, (hb_ntt_input){in->c[c], 16 * HB_K_DEGREE}, planes[c], scratch);
}
