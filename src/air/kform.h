/* Sums of base values with weights in K, for *_kernel.c only. */
#pragma once
#include "field/v16k.h"

/* c 2^32, whose reduction is c. */
HB_V v16w v16w_of(hb_f c)
{
    return v16s_mul(v16s_set1(c), v16s_set1(HB_F_ONE)); /* c R, below U */
}

/* constant + sum_i weights[i] in[i][at .. at + 16), not yet reduced. Two products between folds, see field/v16.h. */
HB_V v16ka kform(const hb_f *const *in, size_t at, const hb_k *weights, uint32_t n, hb_k constant)
{
    v16ka s;
    uint32_t i = 0;
    for (int c = 0; c < HB_K_DEGREE; c++)
        s.c[c] = v16w_of(constant.c[c]);
    for (; i + 1 < n; i += 2) {
        v16s x = v16_split(v16_load(in[i] + at)), y = v16_split(v16_load(in[i + 1] + at));
        for (int c = 0; c < HB_K_DEGREE; c++) {
            v16w t = v16w_add(v16s_mul(x, v16s_set1(weights[i].c[c])), v16s_mul(y, v16s_set1(weights[i + 1].c[c])));
            s.c[c] = v16w_fold(v16w_add(s.c[c], t));
        }
    }
    if (i < n) {
        v16s x = v16_split(v16_load(in[i] + at));
        for (int c = 0; c < HB_K_DEGREE; c++)
            s.c[c] = v16w_fold(v16w_add(s.c[c], v16s_mul(x, v16s_set1(weights[i].c[c]))));
    }
    return s;
}
