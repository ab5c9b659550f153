/* Small transforms over subgroups of F*, scalar, freestanding, natural order on both sides. For tables and checks, not for bulk work. */
#pragma once
#include "field/k.h"

#define HB_NTT_SMALL_MAX_LOG2 12u

/* coefficients a[0..n-1] -> values a[i] = f(omega^i), omega = hb_f_root(n_log2), in place. */
void hb_ntt_small_forward(hb_f *a, unsigned n_log2);
/* The inverse: values -> coefficients. */
void hb_ntt_small_inverse(hb_f *a, unsigned n_log2);
void hb_ntt_small_forward_k(hb_k *a, unsigned n_log2);
void hb_ntt_small_inverse_k(hb_k *a, unsigned n_log2);
