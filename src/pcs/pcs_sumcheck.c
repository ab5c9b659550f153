#include "pcs/pcs_sumcheck.h"

#include "pcs/pcs_kernels.h"

/* Vectors whose halves do not fill packs are handled one element at a time: the last rounds. */
static bool halves_fill_packs(size_t n)
{
    return n % (2 * HB_LANES) == 0;
}

#define PIECES_MAX 128u /* partial sums of one round; they add up exactly, so cutting does not change results */
#define PIECE_PACKS_MIN 64u

typedef struct job {
    const hb_pcs_kernels *kernels;
    hb_kpack *f, *w;
    size_t half, grain; /* packs */
    hb_k a;
    hb_k part[PIECES_MAX][2];
} job;

static job job_of(const hb_pcs_pair *pair, size_t items)
{
    job j = {.kernels = HB_ISA_PICK(hb_pcs_kernels_table), .f = pair->f, .w = pair->w, .half = pair->n / 2 / HB_LANES};
    j.grain = (items + PIECES_MAX - 1) / PIECES_MAX;
    if (j.grain < PIECE_PACKS_MIN)
        j.grain = PIECE_PACKS_MIN;
    return j;
}

static void add_parts(const job *j, size_t items, hb_k s[2])
{
    s[0] = s[1] = hb_k_zero();
    for (size_t i = 0; i * j->grain < items; i++)
        for (int k = 0; k < 2; k++)
            s[k] = hb_k_add(s[k], j->part[i][k]);
}

static void eval_piece(void *ctx, size_t begin, size_t end, unsigned worker)
{
    job *j = ctx;
    (void)worker;
    j->kernels->round_eval(j->f, j->w, j->half, begin, end, j->part[begin / j->grain]);
}

static void fold_piece(void *ctx, size_t begin, size_t end, unsigned worker)
{
    job *j = ctx;
    (void)worker;
    j->kernels->fold(j->f, j->half, begin, end, j->a);
    j->kernels->fold(j->w, j->half, begin, end, j->a);
}

static void fold_eval_piece(void *ctx, size_t begin, size_t end, unsigned worker)
{
    job *j = ctx;
    (void)worker;
    j->kernels->fold_eval(j->f, j->w, j->half, begin, end, j->a, j->part[begin / j->grain]);
}

static void round_few(const hb_pcs_pair *pair, hb_k s[2])
{
    const size_t half = pair->n / 2;
    s[0] = s[1] = hb_k_zero();
    for (size_t i = 0; i < half; i++) {
        const hb_k f = hb_kpack_get(pair->f, i), w = hb_kpack_get(pair->w, i);
        const hb_k df = hb_k_sub(hb_kpack_get(pair->f, half + i), f), dw = hb_k_sub(hb_kpack_get(pair->w, half + i), w);
        s[0] = hb_k_mul_add(f, w, s[0]);
        s[1] = hb_k_mul_add(df, dw, s[1]);
    }
}

static void bind_few(hb_kpack *v, size_t half, hb_k a)
{
    for (size_t i = 0; i < half; i++)
        hb_kpack_set(v, i, hb_k_line(hb_kpack_get(v, i), hb_kpack_get(v, half + i), a));
}

void hb_pcs_round(hb_pool *pool, const hb_pcs_pair *pair, hb_k s[2])
{
    if (!halves_fill_packs(pair->n)) {
        round_few(pair, s);
        return;
    }
    const size_t items = pair->n / 2 / HB_LANES;
    job j = job_of(pair, items);
    hb_pool_for(pool, items, j.grain, eval_piece, &j);
    add_parts(&j, items, s);
}

void hb_pcs_bind(hb_pool *pool, hb_pcs_pair *pair, hb_k a)
{
    if (!halves_fill_packs(pair->n)) {
        bind_few(pair->f, pair->n / 2, a);
        bind_few(pair->w, pair->n / 2, a);
    } else {
        const size_t items = pair->n / 2 / HB_LANES;
        job j = job_of(pair, items);
        j.a = a;
        hb_pool_for(pool, items, j.grain, fold_piece, &j);
    }
    pair->n /= 2;
}

void hb_pcs_bind_round(hb_pool *pool, hb_pcs_pair *pair, hb_k a, hb_k s[2])
{
    if (!halves_fill_packs(pair->n / 2)) {
        hb_pcs_bind(pool, pair, a);
        hb_pcs_round(pool, pair, s);
        return;
    }
    const size_t items = pair->n / 4 / HB_LANES;
    job j = job_of(pair, items);
    j.a = a;
    hb_pool_for(pool, items, j.grain, fold_eval_piece, &j);
    add_parts(&j, items, s);
    pair->n /= 2;
}
