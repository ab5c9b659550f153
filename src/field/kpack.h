/* Vectors of K in memory: packs of 16 elements, coefficient-major ("AoSoA"). Scalar access; kernels use field/v16.h.
 *
 * A vector of n elements is an array of hb_kpacks(n) packs, 64-byte aligned; element i is lane i % 16 of pack i / 16. The layout is the same
 * for every instruction set. With five separate power-of-two arrays instead, kernels ran 4 times slower (cache set conflicts).
 * When n < 16 the lanes beyond n hold anything reduced; whoever sums over lanes must not count them. */
#pragma once
#include "field/k.h"

#define HB_LANES 16u

typedef struct hb_kpack {
    _Alignas(64) hb_f c[HB_K_DEGREE][HB_LANES];
} hb_kpack;

/* Number of packs for n elements. */
static inline size_t hb_kpacks(size_t n)
{
    return (n + HB_LANES - 1) / HB_LANES;
}

static inline hb_k hb_kpack_get(const hb_kpack *v, size_t i)
{
    const hb_kpack *p = &v[i / HB_LANES];
    size_t lane = i % HB_LANES;
    return (hb_k){{p->c[0][lane], p->c[1][lane], p->c[2][lane], p->c[3][lane], p->c[4][lane]}};
}

static inline void hb_kpack_set(hb_kpack *v, size_t i, hb_k a)
{
    for (int j = 0; j < HB_K_DEGREE; j++)
        v[i / HB_LANES].c[j][i % HB_LANES] = a.c[j];
}

/* n elements from / to an array of hb_k. hb_kpack_from_array fills the lanes beyond n of the last pack with 0. */
static inline void hb_kpack_from_array(hb_kpack *v, const hb_k *a, size_t n)
{
    for (size_t i = 0; i < hb_kpacks(n) * HB_LANES; i++)
        hb_kpack_set(v, i, i < n ? a[i] : hb_k_zero());
}

static inline void hb_kpack_to_array(hb_k *a, const hb_kpack *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        a[i] = hb_kpack_get(v, i);
}
